/** @file tally.h
 * Sums over events as integers: they do not depend on the order of addition, merge exactly, and never saturate. A real
 * number is added in two limbs of 2^-40 and 2^-78, so that weights of 1 and pass probabilities of 1e-20 fit one scheme;
 * 2^24 additions per batch and limb are safe. */
#ifndef EOT_TALLY_TALLY_H
#define EOT_TALLY_TALLY_H

#include "eotmc/physics/process.h"
#include "eotmc/tally/atomic.h"

#define EOT_LIMB_HIGH D(1099511627776.0)           /* 2^40 */
#define EOT_LIMB_LOW D(302231454903657293676544.0) /* 2^78 */

/** Add v >= 0 to the sum of two limbs at place. */
EOT_FN void eot_sum_add(EOT_GLOBAL i64 *place, f64 v) {
    i64 high = (i64)floor(v * EOT_LIMB_HIGH);
    i64 low = (i64)floor((v - (f64)high / EOT_LIMB_HIGH) * EOT_LIMB_LOW + D(0.5));
    eot_atomic_add_i64(place, high);
    eot_atomic_add_i64(place + 1, low);
}

/** Value of a sum of two limbs. */
EOT_FN f64 eot_sum_value(EOT_GLOBAL const i64 *place) {
    return (f64)place[0] / EOT_LIMB_HIGH + (f64)place[1] / EOT_LIMB_LOW;
}

/** Histograms of events; bins are uniform in the variable (or its logarithm), with an underflow and an overflow bin. */
enum eot_event_histogram {
    EOT_H_PHOTON_ENERGY = 0, /* GeV, log10 bins */
    EOT_H_DEPTH,             /* X0 */
    EOT_H_HCAL0,
    EOT_H_HCAL1,
    EOT_H_HCAL2,
    EOT_H_HCAL3,           /* GeV calibrated */
    EOT_H_MISSING,         /* GeV, after the track cut */
    EOT_H_MUON_ENERGY,     /* GeV, of the selected charge at the vertex */
    EOT_H_PARENT,          /* GeV, parent of the vertex */
    EOT_H_PARENT_SELECTED, /* the same, weighted with the probability to pass the selection (Gaussian tail) */
    EOT_N_EVENT_HISTOGRAM
};
#define EOT_N_BIN 80 /* of each, without underflow and overflow */

/** Counters without weights. */
enum eot_counter {
    EOT_C_EVENTS = 0,
    EOT_C_TRACK,
    EOT_C_VETO,
    EOT_C_HCAL,
    EOT_C_MUON_STEPS,
    EOT_C_MUONS,
    EOT_C_REPLAY_STEPS,
    EOT_C_FAULT_STACK,
    EOT_C_FAULT_NAN,
    EOT_C_FAULT_STUCK,
    EOT_C_FAULT_VERTEX,
    EOT_C_FAULT_ENERGY, /* faults: any fails the run */
    EOT_C_LEDGER,       /* EOT_N_LEDGER energies [counts] */
    EOT_C_ENERGY_IN = EOT_C_LEDGER + 12,
    EOT_C_ECAL_CELL,                      /* EOT_N_ECAL_CELL energies */
    EOT_C_SAMPLED = EOT_C_ECAL_CELL + 64, /* events whose deposits are in the sums above */
    EOT_N_COUNTER
};
#define EOT_N_FAULT 5

/** Weighted sums of one channel: a process and the charge of its parent. */
enum eot_channel_sum {
    EOT_CH_ALL = 0,
    EOT_CH_ABOVE,                    /* energy of the parent above eot_channel_threshold */
    EOT_CH_TRACK = EOT_CH_ABOVE + 7, /* cut flow */
    EOT_CH_VETO,
    EOT_CH_HCAL,
    EOT_CH_MISSING_GAUSSIAN,
    EOT_CH_MISSING_EXPONENTIAL,
    EOT_CH_MUON_ENERGY, /* weight x energy of the muon [GeV] */
    EOT_N_CHANNEL_SUM
};
EOT_FN f32 eot_channel_threshold(i32 i) {
    return i == 0 ? 1.0f : i == 1 ? 2.5f : i == 2 ? 5.0f : i == 3 ? 10.0f : i == 4 ? 20.0f : i == 5 ? 30.0f : 50.0f;
} /* GeV */

/** Weighted sums (two limbs each): weight and weight squared. */
enum eot_weighted {
    EOT_W_ALL = 0, /* every vertex; e N -> mu N phi: with muons of the selected charge */
    EOT_W_TRACK,   /* cut flow */
    EOT_W_VETO,
    EOT_W_HCAL,
    EOT_W_MISSING_GAUSSIAN,
    EOT_W_MISSING_EXPONENTIAL,
    EOT_W_CATEGORY_1,
    EOT_W_CATEGORY_2,
    EOT_W_CATEGORY_3,
    EOT_W_DEPTH, /* weight x depth [X0]: mean depth */
    EOT_W_PASSED_GAUSSIAN,
    EOT_W_PASSED_EXPONENTIAL, /* pass probabilities without weights: expected number of events */
    EOT_W_CHANNEL,            /* [EOT_N_RARE_CHANNEL][EOT_N_CHANNEL_SUM] */
    EOT_N_WEIGHTED = EOT_W_CHANNEL + EOT_N_RARE_CHANNEL * EOT_N_CHANNEL_SUM
};

/** Layout of a batch's event tally, in i64. */
#define EOT_T_WEIGHTED EOT_N_COUNTER
#define EOT_T_HISTOGRAM (EOT_T_WEIGHTED + 4 * EOT_N_WEIGHTED)
#define EOT_N_TALLY (EOT_T_HISTOGRAM + 4 * EOT_N_EVENT_HISTOGRAM * (EOT_N_BIN + 2))

EOT_FN void eot_weighted_add(EOT_GLOBAL i64 *tally, i32 which, f64 weight) {
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * which, weight);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * which + 2, weight * weight);
}

/** Add to the histogram `which` at position p in bins (0 is the lower edge of the first bin). */
EOT_FN void eot_histogram_add(EOT_GLOBAL i64 *tally, i32 which, f32 p, f64 weight) {
    i32 bin = p < 0.0f ? 0 : p >= (f32)EOT_N_BIN ? EOT_N_BIN + 1 : (i32)p + 1;
    EOT_GLOBAL i64 *place = tally + EOT_T_HISTOGRAM + 4 * (which * (EOT_N_BIN + 2) + bin);
    eot_sum_add(place, weight);
    eot_sum_add(place + 2, weight * weight);
}

/** Where the axes of the histograms begin, and bins per unit (per decade for the photon energy). */
#define EOT_PHOTON_LOG10_LOW (-1.0f)
#define EOT_PHOTON_BINS_PER_DECADE 20.0f
#define EOT_DEPTH_BINS_PER_X0 4.0f
#define EOT_HCAL_BINS_PER_GEV 8.0f
#define EOT_MISSING_LOW (-40.0f)
#define EOT_MISSING_BINS_PER_GEV 0.5f
#define EOT_MUON_BINS_PER_GEV 0.5f
#define EOT_PARENT_BINS_PER_GEV 0.5f

#endif
