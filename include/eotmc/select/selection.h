/** @file selection.h
 * The cuts: which of them a reconstructed event passes, and its probability to be above the missing-energy cut. The
 * cuts are the rows of eotmc/tally/cuts.def, the models of the tail those of eotmc/tally/tails.def. */
#ifndef EOT_SELECT_SELECTION_H
#define EOT_SELECT_SELECTION_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/base/role.h"
#include "eotmc/math/tails.h"
#include "eotmc/select/response.h"

/** What a selection makes of an event. */
typedef struct {
    i32 n_cut_passed;     /* one after the other, 0 to EOT_N_CUT */
    i32 is_main;          /* whether the event has a vertex of the selected charge, which the run's tallies are about */
    f32 pass[EOT_N_TAIL]; /* probability to be above the missing energy, for each model of the tail */
} eot_selected;

/** Charge of the muon that an event is selected by: each charge of the signal has its own selection. */
EOT_FN i32 eot_event_charge(eot_selection s, eot_event_vertex v) {
    return eot_rare_family(v.process) == EOT_FAMILY_SIGNAL ? (v.E_plus > 0.0f ? 1 : -1) : s.charge;
}

/** Whether all HCAL modules that there are have seen an energy of a window [GeV], its ends included. */
EOT_FN i32 eot_event_hcal_is_within(eot_event ev, f32 low, f32 high) {
    i32 is_within = 1;
    for (i32 i = 0; i < EOT_N_HCAL; i++)
        if (i < ev.n_hcal) is_within = is_within && ev.hcal[i] >= low && ev.hcal[i] <= high;
    return is_within;
}

/** Number of cuts that an event passes one after the other. @param charge of the muon that is looked for. */
EOT_FN i32 eot_event_cuts_passed(eot_event ev, eot_selection s, i32 charge) {
    i32 n = 0, passes = 1;
#define EOT_CUT(id, name, title, detector, condition) \
    passes = passes && ((s.absent >> (detector)&1) || (condition)); \
    n += passes;
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
    return n;
}

/** Resolution of the missing energy [GeV], not 0. */
EOT_FN f32 eot_event_missing_sigma(eot_event ev) { return fmax(ev.missing_sigma, 1e-3f); }

/** Probability of a model of the tail that a quantity exceeds `a` standard deviations. */
EOT_FN f32 eot_tail_probability(i32 tail, f32 a, f32 start) {
    switch (tail) {
#define EOT_TAIL(id, word, probability) \
    case EOT_TAIL_##id: \
        return probability;
#include "eotmc/tally/tails.def"
#undef EOT_TAIL
    }
    return 0.0f;
}

/** Apply a selection. @param tail_start standard deviations at which exponential tails begin. */
EOT_FN eot_selected eot_event_apply(eot_selection s, eot_event_vertex v, eot_event ev, f32 tail_start) {
    eot_selected sel;
    i32 charge = eot_event_charge(s, v);
    f32 a = (s.missing_energy - ev.missing) / eot_event_missing_sigma(ev), start = tail_start;
    sel.n_cut_passed = eot_event_cuts_passed(ev, s, charge);
    sel.is_main = charge == s.charge;
#define EOT_TAIL(id, word, probability) sel.pass[EOT_TAIL_##id] = probability;
#include "eotmc/tally/tails.def"
#undef EOT_TAIL
    return sel;
}

#endif
