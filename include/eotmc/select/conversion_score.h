/** @file conversion_score.h
 * What is seen of a muon that converts, by the same code as of electrons on target, and what is summed of it. */
#ifndef EOT_SELECT_CONVERSION_SCORE_H
#define EOT_SELECT_CONVERSION_SCORE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/selection.h"
#include "eotmc/transport/conversion.h"

/** Columns of a converted muon: eotmc/tally/conversion_columns.def. */
enum eot_conversion_column {
#define EOT_CONVERSION_COLUMN(id, name, unit, kind, value, meaning) EOT_CONVERSION_##id,
#include "eotmc/tally/conversion_columns.def"
#undef EOT_CONVERSION_COLUMN
    EOT_N_CONVERSION_COLUMN
};

/** Sums over the muons that convert: energies in counts (in = sum of the ledger), steps of muons. */
enum eot_conversion_counter {
    EOT_CONVERSION_C_STEPS = 0,
    EOT_CONVERSION_C_CONVERTED,
    EOT_CONVERSION_C_IN,
    EOT_CONVERSION_C_LEDGER,
    EOT_CONVERSION_C_FAULT = EOT_CONVERSION_C_LEDGER + EOT_N_LEDGER, /* the rows of faults.def */
    EOT_N_CONVERSION_COUNTER = EOT_CONVERSION_C_FAULT + EOT_N_FAULT
};

/** What is seen of a vertex whose deposits are in the accumulators, by the same code as of electrons on target; and the
 * sums. @param row EOT_N_CONVERSION_COLUMN values out. */
EOT_FN void eot_conversion_score(eot_conversion_world w, u64 primary, eot_event_vertex v, eot_conversion_space space,
                                 EOT_GLOBAL f32 *row) {
    eot_event ev =
        eot_event_with_tracks(w.matter.table, eot_event_view_of(w.e, w.launch, space.acc, 0), primary, v,
                              eot_muon_outcome_none(), eot_muon_outcome_none(), eot_track_none(1), eot_track_none(-1));
    eot_selected sel = eot_event_apply(w.e->selection[0], v, ev, w.e->response.tail_start);
#define EOT_CONVERSION_COLUMN(id, name, unit, kind, value, meaning) row[EOT_CONVERSION_##id] = value;
#include "eotmc/tally/conversion_columns.def"
#undef EOT_CONVERSION_COLUMN
    eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_CONVERTED, 1);
    eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_IN, eot_energy_counts(v.E_beam));
    for (i32 k = 0; k < EOT_N_LEDGER; k++)
        eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_LEDGER + k, space.acc[k]);
}

/** Give up a muon that is lost, or whose electron's shower is: no sum sees it, its energy is in the ledger's term of
 * lost events. @param E its energy [GeV]. @param row its column WEIGHT out: minus the faults. */
EOT_FN void eot_conversion_reject(eot_conversion_space space, f32 E, u32 faults, EOT_GLOBAL f32 *row) {
    row[EOT_CONVERSION_WEIGHT] = -(f32)faults;
    eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_IN, eot_energy_counts(E));
    eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_LEDGER + EOT_ACC_LEDGER_LOST, eot_energy_counts(E));
#define EOT_FAULT_COUNTER(id, name, bits) \
    if (faults & (u32)(bits)) eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_FAULT + EOT_FAULT_INDEX_##id, 1);
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
}

/** One muon, from the beam to what the experiment sees of its conversion. @param charge +1 or -1. @param row
 * EOT_N_CONVERSION_COLUMN values out. */
EOT_FN void eot_conversion_follow(eot_conversion_world w, u64 primary, i32 charge, eot_conversion_space space,
                                  EOT_GLOBAL f32 *row) {
    f32 E;
    for (i32 k = 0; k < EOT_N_ACC; k++) space.acc[k] = 0;
    for (i32 k = 0; k < EOT_N_CONVERSION_COLUMN; k++) row[k] = 0.0f;
    eot_event_muon_state s = eot_conversion_start(w, primary, charge, space.acc, &E);
    eot_conversion_choice c = eot_conversion_choose(w, s, primary);
    eot_atomic_add_i64(space.counter + EOT_CONVERSION_C_STEPS, (i64)c.n_step);
    row[EOT_CONVERSION_BEAM] = E;
    if (c.fault != 0u) eot_conversion_reject(space, E, c.fault, row);
    if (c.fault != 0u || c.chosen < 0) return;
    for (i32 n = 0; n < c.chosen; n++) {
        eot_muon_step step = eot_conversion_step(w, s.m, s.random);
        eot_event_muon_advance(&s, &step, w.matter, w.e, space.acc);
    }
    eot_event_vertex v = eot_conversion_vertex(w, s, c, primary, space.acc);
    v.E_beam = E;
    u32 faults = v.fault;
    if (faults == 0u) faults = eot_conversion_shower(w, v, primary, charge, space);
    if (faults == 0u && v.weight > 0.0f) eot_conversion_score(w, primary, v, space, row);
    if (faults != 0u) eot_conversion_reject(space, E, faults, row);
}

#endif
