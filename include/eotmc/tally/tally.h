/** @file tally.h
 * Sums over events as integers: they do not depend on the order of addition, merge exactly, and never saturate. A real
 * number is added in two limbs of 2^-40 and 2^-78, so that weights of 1 and pass probabilities of 1e-20 fit one scheme;
 * the squares of weights times such probabilities have two limbs more, down to 2^-154. 2^24 additions per batch and
 * limb are safe.
 *
 * What is summed stands in lists beside this file, a row each: cuts.def, tails.def, categories.def, counters.def,
 * faults.def, histograms.def, channel_thresholds.def. The enums below, names, units and texts of results come from the
 * rows. Every selection has a tally of its own with this layout; see EOT_MAX_SELECTION. */
#ifndef EOT_TALLY_TALLY_H
#define EOT_TALLY_TALLY_H

#include "eotmc/physics/process.h"
#include "eotmc/tally/atomic.h"

#define EOT_LIMB_HIGH D(1099511627776.0)           /* 2^40 */
#define EOT_LIMB_LOW D(302231454903657293676544.0) /* 2^78 */

/** A number as two limbs, of 2^-40 and 2^-78. */
typedef struct {
    i64 high, low;
} eot_limbs;

/** The limbs of v >= 0. */
EOT_FN eot_limbs eot_limbs_of(f64 v) {
    eot_limbs l;
    l.high = (i64)floor(v * EOT_LIMB_HIGH);
    l.low = (i64)floor((v - (f64)l.high / EOT_LIMB_HIGH) * EOT_LIMB_LOW + D(0.5));
    return l;
}

/** Add to the sum of two limbs at place. */
EOT_FN void eot_limbs_add(EOT_GLOBAL i64 *place, eot_limbs l) {
    eot_atomic_add_i64(place, l.high);
    eot_atomic_add_i64(place + 1, l.low);
}

/** Add v >= 0 to the sum of two limbs at place. */
EOT_FN void eot_sum_add(EOT_GLOBAL i64 *place, f64 v) { eot_limbs_add(place, eot_limbs_of(v)); }

/** A weight that is added to many sums, and its square. */
typedef struct {
    f64 weight;
    eot_limbs one, square;
} eot_weight;

EOT_FN eot_weight eot_weight_of(f64 weight) {
    eot_weight w;
    w.weight = weight;
    w.one = eot_limbs_of(weight);
    w.square = eot_limbs_of(weight * weight);
    return w;
}

/** Value of a sum of two limbs. */
EOT_FN f64 eot_sum_value(EOT_GLOBAL const i64 *place) {
    return (f64)place[0] / EOT_LIMB_HIGH + (f64)place[1] / EOT_LIMB_LOW;
}

/** The square of a number that may be very small: [EOT_N_SQUARE_LIMB] limbs of 2^-40, 2^-78, 2^-116 and 2^-154. */
#define EOT_N_SQUARE_LIMB 4
#define EOT_LIMB_STEP D(274877906944.0) /* 2^38 */

/** Add v >= 0 to the sum of EOT_N_SQUARE_LIMB limbs at place. */
EOT_FN void eot_square_add(EOT_GLOBAL i64 *place, f64 v) {
    f64 scale = EOT_LIMB_HIGH;
    for (i32 k = 0; k < EOT_N_SQUARE_LIMB; k++) {
        f64 counts = floor(v * scale + (k + 1 < EOT_N_SQUARE_LIMB ? D(0.0) : D(0.5)));
        if (counts > D(0.0)) eot_atomic_add_i64(place + k, (i64)counts);
        v -= counts / scale;
        scale *= EOT_LIMB_STEP;
    }
}

/** Value of such a sum. */
EOT_FN f64 eot_square_value(EOT_GLOBAL const i64 *place) {
    f64 scale = EOT_LIMB_HIGH, v = D(0.0);
    for (i32 k = 0; k < EOT_N_SQUARE_LIMB; k++) {
        v += (f64)place[k] / scale;
        scale *= EOT_LIMB_STEP;
    }
    return v;
}

/** Cuts, in order. */
enum eot_cut {
#define EOT_CUT(id, name, title, detector, condition) EOT_CUT_##id,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
    EOT_N_CUT
};

/** Models of the tail of the missing energy's resolution. */
enum eot_tail {
#define EOT_TAIL(id, word, probability) EOT_TAIL_##id,
#include "eotmc/tally/tails.def"
#undef EOT_TAIL
    EOT_N_TAIL
};

/** Categories of muon pairs, counted from 0; the record counts from 1, 0 being none of them. */
enum eot_category_index {
#define EOT_CATEGORY(id, name, title, condition) EOT_CATEGORY_##id,
#include "eotmc/tally/categories.def"
#undef EOT_CATEGORY
    EOT_N_CATEGORY
};

/** Kinds of faults that are counted. */
enum eot_fault_index {
#define EOT_FAULT_COUNTER(id, name, bits) EOT_FAULT_INDEX_##id,
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
    EOT_N_FAULT
};

/** Counters without weights: the first place of each, and as EOT_C_LAST_... its last one. */
enum eot_counter {
#define EOT_COUNTER(id, n, text) EOT_C_##id, EOT_C_LAST_##id = EOT_C_##id + (n)-1,
#include "eotmc/tally/counters.def"
#undef EOT_COUNTER
    EOT_N_COUNTER
};
enum eot_fault_counter {
#define EOT_FAULT_COUNTER(id, name, bits) EOT_C_FAULT_##id = EOT_C_FAULT + EOT_FAULT_INDEX_##id,
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
};

/** Number of energies of channel_thresholds.def. */
enum {
    EOT_N_CHANNEL_THRESHOLD = 0
#define EOT_CHANNEL_THRESHOLD(E) +1
#include "eotmc/tally/channel_thresholds.def"
#undef EOT_CHANNEL_THRESHOLD
};

/** The i-th of them [GeV]. */
EOT_FN f32 eot_channel_threshold(i32 i) {
    i32 k = 0;
    f32 threshold = 0.0f;
#define EOT_CHANNEL_THRESHOLD(E) \
    if (i == k++) threshold = E;
#include "eotmc/tally/channel_thresholds.def"
#undef EOT_CHANNEL_THRESHOLD
    return threshold;
}

/** Units of energies and depths in squares and products with squares, so that 2^24 of them fit: GeV, X0. */
#define EOT_TALLY_ENERGY D(1024.0)
#define EOT_TALLY_DEPTH D(64.0)

/** Weighted sums of one channel: a process and the charge of its parent. */
enum eot_channel_sum {
    /* All vertices, and those with a parent above each eot_channel_threshold. A device counts a vertex once, at the
       highest threshold below its parent; eot_channels_sum_up makes the sums of it. */
    EOT_CH_ALL = 0,
    EOT_CH_ABOVE,
    EOT_CH_CUT = EOT_CH_ABOVE + EOT_N_CHANNEL_THRESHOLD, /* cut flow, a sum for each cut */
    EOT_CH_MISSING = EOT_CH_CUT + EOT_N_CUT,             /* and above the missing energy, for each tail */
    EOT_CH_MUON_ENERGY = EOT_CH_MISSING + EOT_N_TAIL,    /* weight x energy of the muon [GeV] */
    EOT_CH_CROSS_ENERGY, /* weight^2 x energy of the muon [EOT_TALLY_ENERGY], for the error of its mean */
    /* For the errors of efficiencies, weight of the event x that of its vertex: of each cut, and for each tail x
       probability to pass. They differ where muons have several histories or extra losses. */
    EOT_CH_CROSS_CUT,
    EOT_CH_CROSS_PASS = EOT_CH_CROSS_CUT + EOT_N_CUT,
    EOT_N_CHANNEL_SUM = EOT_CH_CROSS_PASS + EOT_N_TAIL
};

/** Weighted sums (two limbs each): weight and weight squared. */
enum eot_weighted {
    EOT_W_ALL = 0,                               /* every vertex; e N -> mu N phi: with muons of the selected charge */
    EOT_W_CUT,                                   /* cut flow, a sum for each cut */
    EOT_W_MISSING = EOT_W_CUT + EOT_N_CUT,       /* and above the missing energy, for each tail */
    EOT_W_CATEGORY = EOT_W_MISSING + EOT_N_TAIL, /* for each category */
    EOT_W_DEPTH = EOT_W_CATEGORY + EOT_N_CATEGORY, /* weight x depth [X0]: mean depth */
    EOT_W_CROSS_DEPTH,                             /* weight^2 x depth [EOT_TALLY_DEPTH]: for its error */
    EOT_W_PASSED,                                  /* pass probabilities without weights: expected number of events */
    EOT_W_CROSSED = EOT_W_PASSED + EOT_N_TAIL,     /* muons that have crossed all chambers */
    EOT_W_TRACK,                                   /* those whose momentum is measured */
    EOT_W_TRACK_WRONG,                             /* those whose charge is measured wrong */
    EOT_W_CHANNEL,                                 /* [EOT_N_RARE_CHANNEL][EOT_N_CHANNEL_SUM] */
    EOT_N_WEIGHTED = EOT_W_CHANNEL + EOT_N_RARE_CHANNEL * EOT_N_CHANNEL_SUM
};

/** Histograms of events, with an underflow and an overflow bin. */
enum eot_event_histogram {
#define EOT_HISTOGRAM(id, shown, stage, name, unit, title, axis, scale, low, per_unit) EOT_H_##id,
#define EOT_HISTOGRAM_NAME(id, shown, stage, name, unit, title, axis)
#include "eotmc/tally/histograms.def"
#undef EOT_HISTOGRAM
#undef EOT_HISTOGRAM_NAME
    EOT_N_EVENT_HISTOGRAM
};
#define EOT_N_BIN 80 /* of each, without underflow and overflow */

/** The momenta of tracks, fine enough for quantiles: weights by u = q p_true/p - 1, where p is the measured momentum
 * with the sign of the measured charge and q the true charge; u is Gaussian where 1/p is. Bins, half of them below 0,
 * are uniform in ln(1 + |u|/EOT_RATIO_LEAST), up to |u| = 100; the outermost hold what is beyond. */
#define EOT_N_RATIO 256
#define EOT_RATIO_LEAST 1.0e-4f
#define EOT_RATIO_PER_UNIT 9.265f

/** Layout of a selection's tally of a batch, in i64. */
#define EOT_T_WEIGHTED EOT_N_COUNTER
#define EOT_T_HISTOGRAM (EOT_T_WEIGHTED + 4 * EOT_N_WEIGHTED)
/** (weight x probability to pass)^2, for each tail: of the run's vertices, then of each channel. The weighted sums
 * EOT_W_MISSING and EOT_CH_MISSING have room for squares down to 2^-78 only. */
#define EOT_T_SQUARE (EOT_T_HISTOGRAM + 4 * EOT_N_EVENT_HISTOGRAM * (EOT_N_BIN + 2))
#define EOT_N_SQUARE ((1 + EOT_N_RARE_CHANNEL) * EOT_N_TAIL)
/** Of the sampled events, energies in units of EOT_TALLY_ENERGY: squares of the terms of the ledger, each term times
 * the beam's energy, square of that. In the first selection's tally only. */
#define EOT_T_LEDGER_SQUARE (EOT_T_SQUARE + EOT_N_SQUARE_LIMB * EOT_N_SQUARE)
#define EOT_N_LEDGER_TERM (EOT_C_LAST_LEDGER - EOT_C_LEDGER + 1)
#define EOT_T_LEDGER_CROSS (EOT_T_LEDGER_SQUARE + 2 * EOT_N_LEDGER_TERM)
#define EOT_T_BEAM_SQUARE (EOT_T_LEDGER_CROSS + 2 * EOT_N_LEDGER_TERM)
/** Fourth powers of the terms' shares in the event's beam energy: whether the errors above rest on enough events. */
#define EOT_T_LEDGER_FOURTH (EOT_T_BEAM_SQUARE + 2)
#define EOT_T_RATIO (EOT_T_LEDGER_FOURTH + EOT_N_SQUARE_LIMB * EOT_N_LEDGER_TERM)
#define EOT_N_TALLY (EOT_T_RATIO + 2 * EOT_N_RATIO)

/** The selected events of a selection by measured missing energy and momentum of the muon, for each tail: bins of
 * 1 / EOT_MAP_PER_UNIT GeV from 0 on, with underflow and overflow. It lies behind the tallies of all selections, since
 * it is kept for the run and not for its blocks. A bin is the weighted sum of the probabilities that the missing energy
 * is in it (two limbs) and that of their squares. */
#define EOT_N_MAP_BIN 24
#define EOT_MAP_PER_UNIT 0.2f
#define EOT_MAP_SIDE (EOT_N_MAP_BIN + 2)
#define EOT_MAP_PLACES (2 + EOT_N_SQUARE_LIMB)
#define EOT_N_MAP (EOT_N_TAIL * EOT_MAP_SIDE * EOT_MAP_SIDE * EOT_MAP_PLACES)

/** Place of a bin in a map. @param momentum, missing numbers of bins, 0 the underflow. */
EOT_FN i32 eot_map_offset(i32 tail, i32 momentum, i32 missing) {
    return EOT_MAP_PLACES * ((tail * EOT_MAP_SIDE + momentum) * EOT_MAP_SIDE + missing);
}

/** Place of the square of a tail. @param channel its number, eot_rare_channel; -1: of the run's vertices. */
EOT_FN i32 eot_square_offset(i32 channel, i32 tail) {
    return EOT_T_SQUARE + EOT_N_SQUARE_LIMB * ((channel + 1) * EOT_N_TAIL + tail);
}

/** Selections that can be applied to the events of a run, the default one, which is the first, included. Their tallies
 * lie one behind the other; what does not depend on the selection (counters from EOT_C_MUON_STEPS on) is counted in the
 * first one only. */
#define EOT_MAX_SELECTION 8
#define EOT_MAX_MASS 32 /* masses of phi that one run can serve, each with tallies for every selection */
/** Products of the weights that an event has for two masses (eotmc/transport/mass.h), of pairs i <= k; behind the maps.
 * Of electrons' vertices: w_i w_k, and for each tail w_i w_k q and w_i w_k q^2 with q, the probability to be selected
 * times the weight of the event over that of its vertex; of the others the last one. */
enum eot_product {
    EOT_PRODUCT_ALL = 0,
    EOT_PRODUCT_CROSS = 2,
    EOT_PRODUCT_PASS = EOT_PRODUCT_CROSS + 2 * EOT_N_TAIL,
    EOT_PRODUCT_OTHER = EOT_PRODUCT_PASS + EOT_N_SQUARE_LIMB * EOT_N_TAIL,
    EOT_N_PRODUCT = EOT_PRODUCT_OTHER + EOT_N_SQUARE_LIMB * EOT_N_TAIL
};
EOT_FN i32 eot_products_size(i32 n_mass) { return n_mass > 1 ? n_mass * (n_mass + 1) / 2 * EOT_N_PRODUCT : 0; }
/** Place of the pair i <= k among the products. */
EOT_FN i32 eot_product_offset(i32 i, i32 k) { return (k * (k + 1) / 2 + i) * EOT_N_PRODUCT; }
EOT_FN EOT_GLOBAL i64 *eot_selection_tally(EOT_GLOBAL i64 *tally, i32 i) { return tally + i * EOT_N_TALLY; }
/** The map of selection i of n. */
EOT_FN EOT_GLOBAL i64 *eot_selection_map(EOT_GLOBAL i64 *tally, i32 n, i32 i) {
    return tally + n * EOT_N_TALLY + i * EOT_N_MAP;
}
/** Number of i64 that the tallies of n selections take with their maps. */
EOT_FN i32 eot_tallies_size(i32 n) { return n * (EOT_N_TALLY + EOT_N_MAP); }

/** The same of weight x an energy or a depth. @param unit in which the squares are summed: EOT_TALLY_ENERGY,
 * EOT_TALLY_DEPTH. @param cross the sum of weight^2 x, in that unit. */
EOT_FN void eot_weighted_value_add(EOT_GLOBAL i64 *tally, i32 which, i32 cross, f64 weight, f64 x, f64 unit) {
    f64 scaled = weight * (x / unit);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * which, weight * x);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * which + 2, scaled * scaled);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * cross, weight * scaled);
}

/** Add a weight and its square to two sums, one behind the other. */
EOT_FN void eot_weight_add(EOT_GLOBAL i64 *place, eot_weight w) {
    eot_limbs_add(place, w.one);
    eot_limbs_add(place + 2, w.square);
}

EOT_FN void eot_weighted_add(EOT_GLOBAL i64 *tally, i32 which, eot_weight w) {
    eot_weight_add(tally + EOT_T_WEIGHTED + 4 * which, w);
}

/** The sums of all channels above thresholds, from what a device has counted (enum eot_channel_sum). */
EOT_FN void eot_channels_sum_up(EOT_GLOBAL i64 *tally) {
    for (i32 c = 0; c < EOT_N_RARE_CHANNEL; c++)
        for (i32 i = EOT_N_CHANNEL_THRESHOLD - 1; i >= 0; i--) { /* the place below is the next lower threshold's */
            EOT_GLOBAL i64 *place =
                tally + EOT_T_WEIGHTED + 4 * (EOT_W_CHANNEL + c * EOT_N_CHANNEL_SUM + EOT_CH_ABOVE + i);
            for (i32 k = 0; k < 4; k++) place[k - 4] += place[k];
        }
}

/** Add to the histogram `which` at position p in bins (0 is the lower edge of the first bin). */
EOT_FN void eot_histogram_add(EOT_GLOBAL i64 *tally, i32 which, f32 p, eot_weight w) {
    i32 bin = p < 0.0f ? 0 : p >= (f32)EOT_N_BIN ? EOT_N_BIN + 1 : (i32)p + 1;
    eot_weight_add(tally + EOT_T_HISTOGRAM + 4 * (which * (EOT_N_BIN + 2) + bin), w);
}

/** Add to a bin of a map, at eot_map_offset. */
EOT_FN void eot_map_add(EOT_GLOBAL i64 *place, f64 weight) {
    eot_sum_add(place, weight);
    eot_square_add(place + 2, weight * weight);
}

#endif
