/** @file score.h
 * Counting: vertices, faults, what each selection makes of an event, and the event's row of the record. */
#ifndef EOT_SELECT_SCORE_H
#define EOT_SELECT_SCORE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/selection.h"
#include "eotmc/transport/mass.h"

/* The tally, which knows nothing of the detector, has a place for all that an event accumulates. */
typedef char eot_tally_has_the_ledger[EOT_C_LAST_LEDGER - EOT_C_LEDGER + 1 == EOT_N_LEDGER ? 1 : -1];
typedef char eot_tally_has_the_cells[EOT_C_LAST_ECAL_CELL - EOT_C_ECAL_CELL + 1 == EOT_N_ECAL_CELL ? 1 : -1];
typedef char eot_tally_has_the_modules[EOT_H_HCAL3 - EOT_H_HCAL0 + 1 == EOT_N_HCAL ? 1 : -1];

#define EOT_SCALE_LINEAR(x) (x)
#define EOT_SCALE_LOG10(x) (eot_log(x) * 0.43429448f)
/** Where a value stands in a histogram, in bins from the lower edge of the first. */
EOT_FN f32 eot_histogram_position(i32 which, f32 x) {
    switch (which) {
#define EOT_HISTOGRAM(id, shown, stage, name, unit, title, axis, scale, low, per_unit) \
    case EOT_H_##id: \
        return (EOT_SCALE_##scale(x) - low) * per_unit;
#define EOT_HISTOGRAM_NAME(id, shown, stage, name, unit, title, axis)
#include "eotmc/tally/histograms.def"
#undef EOT_HISTOGRAM
#undef EOT_HISTOGRAM_NAME
    }
    return -1.0f;
}
/** Add a value to the histogram `which` of a tally. */
EOT_FN void eot_histogram_fill(EOT_GLOBAL i64 *tally, i32 which, f32 x, eot_weight w) {
    eot_histogram_add(tally, which, eot_histogram_position(which, x), w);
}

/** Place among the weighted sums of the channel of a vertex. */
EOT_FN i32 eot_vertex_channel(eot_event_vertex v) {
    return EOT_W_CHANNEL + eot_rare_channel(v.process, v.parent) * EOT_N_CHANNEL_SUM;
}

/** Count a vertex for one selection. @param tally of that selection. */
EOT_FN void eot_vertex_count_for(eot_selection s, eot_event_vertex v, EOT_GLOBAL i64 *tally) {
    eot_weight w = eot_weight_of((f64)v.weight);
    i32 charge = eot_event_charge(s, v), channel = eot_vertex_channel(v);
    f32 E_muon = charge < 0 ? v.E_minus : v.E_plus;
    i32 at = channel + EOT_CH_ALL; /* the highest threshold alone: eot_channels_sum_up does the rest */
    for (i32 i = 0; i < EOT_N_CHANNEL_THRESHOLD; i++)
        if (v.k >= eot_channel_threshold(i)) at = channel + EOT_CH_ABOVE + i;
    eot_weighted_add(tally, at, w);
    eot_weighted_value_add(tally, channel + EOT_CH_MUON_ENERGY, channel + EOT_CH_CROSS_ENERGY, w.weight, (f64)E_muon,
                           EOT_TALLY_ENERGY);
    if (charge != s.charge) return; /* the run's tallies hold the selected one */
    eot_atomic_add_i64(tally + EOT_C_EVENTS, 1);
    eot_weighted_add(tally, EOT_W_ALL, w);
    eot_weighted_value_add(tally, EOT_W_DEPTH, EOT_W_CROSS_DEPTH, w.weight, (f64)v.depth_X0, EOT_TALLY_DEPTH);
    eot_histogram_fill(tally, EOT_H_PARENT_LOG, v.k, w);
    eot_histogram_fill(tally, EOT_H_DEPTH, v.depth_X0, w);
    eot_histogram_fill(tally, EOT_H_MUON_ENERGY, E_muon, w);
    eot_histogram_fill(tally, EOT_H_PARENT, v.k, w);
}

/** Where an event is counted: for each mass that it has a weight for (eotmc/transport/mass.h) by every selection. */
typedef struct {
    EOT_GLOBAL i64 *tally;        /* [masses][e->n_selection][EOT_N_TALLY], the maps in the same order, the products */
    EOT_GLOBAL const f32 *weight; /* [masses], of the vertex */
    f32 of_history; /* weight of the event over that of its vertex: histories (roulette.h) and losses (losses.h) of its
                       muons */
} eot_scores;

/** Tally of a mass and a selection. */
EOT_FN EOT_GLOBAL i64 *eot_scores_tally(eot_scores s, EOT_GLOBAL const eot_event_world *e, i32 mass, i32 selection) {
    return eot_selection_tally(s.tally, mass * e->n_selection + selection);
}

/** The products of the weights, of a run of several masses. @param n_mass of them. */
EOT_FN EOT_GLOBAL i64 *eot_scores_products(eot_scores s, EOT_GLOBAL const eot_event_world *e, i32 n_mass) {
    return s.tally + eot_tallies_size(n_mass * e->n_selection);
}

/** Count a vertex: what needs no deposit, for all masses and selections. */
EOT_FN void eot_vertex_count(EOT_GLOBAL const eot_event_world *e, eot_event_vertex v, eot_scores s) {
    const i32 n_mass = eot_n_mass(&e->vertex);
    for (i32 m = 0; m < n_mass; m++) {
        v.weight = s.weight[m];
        if (!(v.weight > 0.0f)) continue;
        eot_atomic_max_i64(eot_scores_tally(s, e, m, 0) + EOT_C_LARGEST,
                           eot_f32_bits(v.weight)); /* of numbers above 0 the bits rise, too */
        for (i32 i = 0; i < e->n_selection; i++) eot_vertex_count_for(e->selection[i], v, eot_scores_tally(s, e, m, i));
    }
    if (n_mass == 1 || v.parent == EOT_POSITRON) return;
    for (i32 k = 0; k < n_mass; k++)
        for (i32 i = 0; i <= k && s.weight[k] > 0.0f; i++)
            eot_sum_add(eot_scores_products(s, e, n_mass) + eot_product_offset(i, k) + EOT_PRODUCT_ALL,
                        (f64)s.weight[i] * (f64)s.weight[k]);
}

/** The products of the weights of an event that passes the cuts, with its probability to be above the missing energy.
 */
EOT_FN void eot_event_products(EOT_GLOBAL const eot_event_world *e, eot_event_vertex v, eot_selected sel,
                               eot_scores s) {
    const i32 n_mass = eot_n_mass(&e->vertex);
    if (n_mass == 1 || !sel.is_main || sel.n_cut_passed != EOT_N_CUT) return;
    for (i32 k = 0; k < n_mass; k++)
        for (i32 i = 0; i <= k && s.weight[k] > 0.0f; i++) {
            EOT_GLOBAL i64 *place = eot_scores_products(s, e, n_mass) + eot_product_offset(i, k);
            f64 w2 = (f64)s.weight[i] * (f64)s.weight[k];
            for (i32 tail = 0; tail < EOT_N_TAIL; tail++) {
                f64 p = (f64)sel.pass[tail] * (f64)s.of_history;
                if (v.parent != EOT_POSITRON) eot_sum_add(place + EOT_PRODUCT_CROSS + 2 * tail, w2 * p);
                eot_square_add(place + (v.parent == EOT_POSITRON ? EOT_PRODUCT_OTHER : EOT_PRODUCT_PASS) +
                                   EOT_N_SQUARE_LIMB * tail,
                               w2 * p * p);
            }
        }
}

/** Count an event's faults. @param faults bits of enum eot_event_fault. */
EOT_FN void eot_event_faults_count(u32 faults, EOT_GLOBAL i64 *tally) {
#define EOT_FAULT_COUNTER(id, name, bits) \
    if (faults & (u32)(bits)) eot_atomic_add_i64(tally + EOT_C_FAULT_##id, 1);
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
}

/** Bin of the momenta of tracks for u = q p_true/p - 1. */
EOT_FN i32 eot_ratio_bin(f32 u) {
    f32 place = eot_log(1.0f + fabs(u) / EOT_RATIO_LEAST) * EOT_RATIO_PER_UNIT, most = 0.5f * EOT_N_RATIO - 1.0f;
    i32 from_0 = place < most ? (i32)place : EOT_N_RATIO / 2 - 1;
    return u < 0.0f ? EOT_N_RATIO / 2 - 1 - from_0 : EOT_N_RATIO / 2 + from_0;
}

/** Count the tracks of an event, whatever is selected: the same for all selections. */
EOT_FN void eot_event_tracks_count(eot_event ev, f64 weight, EOT_GLOBAL i64 *tally) {
    eot_weight w = eot_weight_of(weight);
    for (i32 k = 0; k < 2; k++) {
        eot_track t = ev.track[k];
        if (!t.is_there) continue;
        eot_weighted_add(tally, EOT_W_CROSSED, w);
        if (t.momentum == 0.0f) continue;
        f32 q_true = (f32)t.charge * t.true_momentum, relative = fabs(t.error * t.true_momentum / t.momentum);
        eot_weighted_add(tally, EOT_W_TRACK, w);
        if (q_true * t.momentum < 0.0f) eot_weighted_add(tally, EOT_W_TRACK_WRONG, w);
        eot_sum_add(tally + EOT_T_RATIO + 2 * eot_ratio_bin(q_true / t.momentum - 1.0f), weight);
        eot_histogram_fill(tally, EOT_H_TRACK_MOMENTUM, t.true_momentum, w);
        eot_histogram_fill(tally, EOT_H_TRACK_VARIANCE, t.true_momentum,
                           eot_weight_of(weight * (f64)relative * (f64)relative));
    }
}

/** Weight of an event in the histograms of the HCAL: all events with a muon through the trackers are there, the others
 * with the inverse of the fraction of them that is followed. */
EOT_FN f64 eot_event_hcal_weight(eot_event ev, f64 weight, f32 sample_weight) {
    if (ev.n_track > 0) return weight;
    return ev.is_sampled ? weight * (f64)sample_weight : D(0.0);
}

/** Count what one selection makes of an event. @param v with the weight of the event. @param vertex_weight that of its
 * vertex. @param sample_weight inverse of the fraction of events whose deposits are tallied. @param tally of that
 * selection. */
EOT_FN void eot_event_score(eot_event_vertex v, f32 vertex_weight, eot_event ev, eot_selected sel, f32 sample_weight,
                            EOT_GLOBAL i64 *tally) {
    f64 cross = (f64)v.weight * (f64)vertex_weight, w = (f64)v.weight,
        w_hcal = eot_event_hcal_weight(ev, w, sample_weight);
    eot_weight weight = eot_weight_of(w);
    i32 channel = eot_vertex_channel(v), passes_all = sel.n_cut_passed == EOT_N_CUT;
    for (i32 i = 0; i < sel.n_cut_passed; i++) {
        eot_weighted_add(tally, channel + EOT_CH_CUT + i, weight);
        eot_sum_add(tally + EOT_T_WEIGHTED + 4 * (channel + EOT_CH_CROSS_CUT + i), cross);
    }
    for (i32 i = 0; i < EOT_N_TAIL && passes_all; i++) {
        f64 p = (f64)sel.pass[i];
        eot_weighted_add(tally, channel + EOT_CH_MISSING + i, eot_weight_of(w * p));
        eot_sum_add(tally + EOT_T_WEIGHTED + 4 * (channel + EOT_CH_CROSS_PASS + i), cross * p);
        eot_square_add(tally + eot_square_offset(eot_rare_channel(v.process, v.parent), i), w * p * (w * p));
    }
    if (!sel.is_main) return;
    for (i32 i = 0; i < EOT_N_HCAL && i < ev.n_hcal && w_hcal > D(0.0); i++)
        eot_histogram_fill(tally, EOT_H_HCAL0 + i, ev.hcal[i], eot_weight_of(w_hcal));
    if (ev.category > 0) eot_weighted_add(tally, EOT_W_CATEGORY + ev.category - 1, weight);
    if (sel.n_cut_passed > EOT_CUT_TRACK) eot_histogram_fill(tally, EOT_H_MISSING, ev.missing_sampled, weight);
    for (i32 i = 0; i < sel.n_cut_passed; i++) {
        eot_atomic_add_i64(tally + EOT_C_CUT + i, 1);
        eot_weighted_add(tally, EOT_W_CUT + i, weight);
    }
    if (!passes_all) return;
    for (i32 i = 0; i < EOT_N_TAIL; i++) {
        eot_weighted_add(tally, EOT_W_MISSING + i, eot_weight_of(w * (f64)sel.pass[i]));
        eot_square_add(tally + eot_square_offset(-1, i), w * (f64)sel.pass[i] * (w * (f64)sel.pass[i]));
        eot_sum_add(tally + EOT_T_WEIGHTED + 4 * (EOT_W_PASSED + i), (f64)sel.pass[i]);
    }
    eot_histogram_fill(tally, EOT_H_PARENT_SELECTED, v.k, eot_weight_of(w * (f64)sel.pass[EOT_TAIL_GAUSSIAN]));
}

/** Number of a bin of a map's axis, 0 the underflow. @param x GeV. */
EOT_FN i32 eot_map_bin(f32 x) {
    f32 p = x * EOT_MAP_PER_UNIT;
    return p < 0.0f ? 0 : p >= (f32)EOT_N_MAP_BIN ? EOT_N_MAP_BIN + 1 : (i32)p + 1;
}

/** Add an event that passes the cuts to the map of its selection: to each bin of missing energy its probability to be
 * measured there and above the cut. The models of the tail are symmetric: below the mean the lower tails are
 * subtracted, so that no digits are lost, and the tail beyond an edge is computed once for the two bins that meet
 * there. @param map of that selection, [EOT_N_MAP]. */
EOT_FN void eot_event_map(eot_selection s, eot_event_vertex v, eot_event ev, eot_selected sel, f32 tail_start,
                          EOT_GLOBAL i64 *map) {
    if (!sel.is_main || sel.n_cut_passed != EOT_N_CUT) return;
    f32 sigma = eot_event_missing_sigma(ev);
    i32 momentum = eot_map_bin(ev.momentum), first = eot_map_bin(s.missing_energy);
    for (i32 tail = 0; tail < EOT_N_TAIL; tail++) {
        f32 low = (s.missing_energy - ev.missing) / sigma,
            beyond_low = eot_tail_probability(tail, fabs(low), tail_start);
        for (i32 i = first; i < EOT_MAP_SIDE; i++) {
            i32 is_last = i > EOT_N_MAP_BIN;
            f32 high = ((f32)i / EOT_MAP_PER_UNIT - ev.missing) / sigma,
                beyond_high = is_last ? 0.0f : eot_tail_probability(tail, fabs(high), tail_start), p;
            if (!is_last && high <= 0.0f)
                p = beyond_high - beyond_low; /* of the lower tail */
            else
                p = (low > 0.0f ? beyond_low : eot_tail_probability(tail, low, tail_start)) - beyond_high;
            if (p > 0.0f) eot_map_add(map + eot_map_offset(tail, momentum, i), (f64)v.weight * (f64)p);
            low = high;
            beyond_low = beyond_high;
        }
    }
}

/** Add an event's deposits to the tally. @param acc [EOT_N_ACC]. */
EOT_FN void eot_event_deposits_add(f32 E_beam, EOT_GLOBAL const i64 *acc, EOT_GLOBAL i64 *tally) {
    f64 beam = (f64)E_beam / EOT_TALLY_ENERGY;
    eot_atomic_add_i64(tally + EOT_C_SAMPLED, 1);
    eot_sum_add(tally + EOT_T_BEAM_SQUARE, beam * beam);
    for (i32 i = 0; i < EOT_N_LEDGER; i++) {
        f64 term = (f64)acc[i] / (EOT_ENERGY_QUANTUM * EOT_TALLY_ENERGY);
        eot_atomic_add_i64(tally + EOT_C_LEDGER + i, acc[i]);
        if (acc[i] == 0) continue;
        eot_sum_add(tally + EOT_T_LEDGER_SQUARE + 2 * i, term * term);
        eot_sum_add(tally + EOT_T_LEDGER_CROSS + 2 * i, term * beam);
        f64 share2 = beam > D(0.0) ? term * term / (beam * beam) : D(0.0);
        eot_square_add(tally + EOT_T_LEDGER_FOURTH + EOT_N_SQUARE_LIMB * i, share2 * share2);
    }
    eot_atomic_add_i64(tally + EOT_C_ENERGY_IN, eot_energy_counts(E_beam));
    if (acc[EOT_ACC_CROSSED] != 0) eot_atomic_add_i64(tally + EOT_C_CROSSED, acc[EOT_ACC_CROSSED]);
    for (i32 i = 0; i < EOT_N_ECAL_CELL; i++)
        if (acc[EOT_ACC_ECAL_CELL + i] != 0)
            eot_atomic_add_i64(tally + EOT_C_ECAL_CELL + i, acc[EOT_ACC_ECAL_CELL + i]);
}

/** Give up an event that has lost a track: what it deposits is not whole, so that no selection sees it, and its whole
 * energy is in the ledger's term of lost events. Its vertex stays counted where it is sound: the rate of vertices does
 * not depend on what becomes of their muons.
 * @param is_new 1 if its vertex has not been counted yet. @param is_sampled 1 if its deposits would be in the sums.
 * @param v with its faults and those of its muons. @param row EOT_N_EVENT_COLUMN values out: the weight and minus the
 * faults. */
EOT_FN void eot_event_reject(EOT_GLOBAL const eot_event_world *e, i32 is_new, i32 is_sampled, eot_event_vertex v,
                             eot_scores s, EOT_GLOBAL f32 *row) {
    u32 of_muons = (u32)(EOT_FAULT_STUCK | EOT_FAULT_NAN);
    EOT_GLOBAL i64 *tally = s.tally; /* what does not depend on masses and selections is in the first */
    if (is_new && (v.fault & ~of_muons) == 0u) eot_vertex_count(e, v, s);
    if (is_sampled) {
        f64 beam = (f64)v.E_beam / EOT_TALLY_ENERGY;
        i64 counts = eot_energy_counts(v.E_beam);
        eot_atomic_add_i64(tally + EOT_C_SAMPLED, 1);
        eot_atomic_add_i64(tally + EOT_C_ENERGY_IN, counts);
        eot_atomic_add_i64(tally + EOT_C_LEDGER + EOT_ACC_LEDGER_LOST, counts);
        eot_sum_add(tally + EOT_T_BEAM_SQUARE, beam * beam);
        eot_sum_add(tally + EOT_T_LEDGER_SQUARE + 2 * EOT_ACC_LEDGER_LOST, beam * beam);
        eot_sum_add(tally + EOT_T_LEDGER_CROSS + 2 * EOT_ACC_LEDGER_LOST, beam * beam);
        eot_square_add(tally + EOT_T_LEDGER_FOURTH + EOT_N_SQUARE_LIMB * EOT_ACC_LEDGER_LOST, D(1.0));
    }
    for (i32 i = 0; i < EOT_N_EVENT_COLUMN; i++) row[i] = 0.0f;
    row[EOT_E_WEIGHT] = v.weight;
    row[EOT_E_BEAM] = v.E_beam;
    row[EOT_E_CUTS_PASSED] = -(f32)v.fault;
    eot_event_faults_count(v.fault, tally);
}

/** The event's row of the record. @param sel what the default selection makes of it. @param row EOT_N_EVENT_COLUMN
 * values out. */
EOT_FN void eot_event_record(eot_event_vertex v, eot_event ev, eot_selected sel, EOT_GLOBAL f32 *row) {
#define EOT_COLUMN(id, name, unit, kind, value, meaning) row[EOT_E_##id] = value;
#include "eotmc/tally/columns.def"
#undef EOT_COLUMN
}

/* Three columns a chamber and muon. */
typedef char eot_record_has_the_hits[EOT_E_MINUS_HIT7_P - EOT_E_PLUS_HIT0_X + 1 == 3 * 2 * EOT_N_PLANE ? 1 : -1];

/** The hits of both muons into the event's row. */
EOT_FN void eot_event_hits_record(eot_muon_outcome plus, eot_muon_outcome minus, EOT_GLOBAL f32 *row) {
    EOT_GLOBAL f32 *to = row + EOT_E_PLUS_HIT0_X;
    for (i32 i = 0; i < EOT_N_PLANE; i++) {
        to[3 * i] = plus.hit[i].x;
        to[3 * i + 1] = plus.hit[i].y;
        to[3 * i + 2] = plus.hit[i].momentum;
        to[3 * (EOT_N_PLANE + i)] = minus.hit[i].x;
        to[3 * (EOT_N_PLANE + i) + 1] = minus.hit[i].y;
        to[3 * (EOT_N_PLANE + i) + 2] = minus.hit[i].momentum;
    }
}

/** Apply all selections to an event, count it, and fill its row of the record. Deposits enter the tallies for a random
 * fraction of all events (sample_threshold). An event with faults is not for here: eot_event_reject.
 * @param is_new 1 if its vertex has not been counted yet. @param acc the event's accumulators [EOT_N_ACC]. @param row
 * EOT_N_EVENT_COLUMN values out, of the default selection. */
EOT_BODY_FN void eot_event_select(EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL const eot_event_launch *launch,
                                  i32 is_new, eot_event_vertex v, eot_event ev, EOT_GLOBAL const i64 *acc, eot_scores s,
                                  EOT_GLOBAL f32 *row) {
    const i32 n_mass = eot_n_mass(&e->vertex), n = n_mass * e->n_selection;
    const f32 tail_start = e->response.tail_start;
    eot_event_vertex of_mass = v;
    if (is_new) eot_vertex_count(e, v, s);
    for (i32 i = 0; i < e->n_selection; i++) {
        eot_selected sel = eot_event_apply(e->selection[i], v, ev, tail_start);
        for (i32 m = 0; m < n_mass; m++) {
            EOT_GLOBAL i64 *tally = eot_scores_tally(s, e, m, i);
            of_mass.weight = s.weight[m] * s.of_history;
            if (!(of_mass.weight > 0.0f)) continue;
            eot_event_score(of_mass, s.weight[m], ev, sel, launch->sample_weight, tally);
            eot_event_map(e->selection[i], of_mass, ev, sel, tail_start,
                          eot_selection_map(s.tally, n, m * e->n_selection + i));
            eot_event_tracks_count(ev, (f64)of_mass.weight, tally);
        }
        if (i == 0) eot_event_products(e, v, sel, s);
    }
    if (ev.is_sampled) eot_event_deposits_add(v.E_beam, acc, s.tally);
    of_mass = v;
    of_mass.weight *= s.of_history;
    eot_event_record(of_mass, ev, eot_event_apply(e->selection[0], v, ev, tail_start), row);
}

#endif
