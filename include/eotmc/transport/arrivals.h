/** @file arrivals.h
 * The lists of what reaches the ECAL of each primary of a batch, in the order in which the cascade and the replay take
 * it, and sums over them. A list has c.n_arrival places: energies, then depths with the types in their last two bits;
 * the energy of an empty place is 0. Places of one number lie together: [2][n_arrival][arrival_stride]. */
#ifndef EOT_TRANSPORT_ARRIVALS_H
#define EOT_TRANSPORT_ARRIVALS_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/tally/atomic.h"
#include "eotmc/transport/beam_line.h"

/** Depth [cm] of the particle that stands for a primary of which nothing arrives. */
#define EOT_ARRIVAL_BEHIND 1e9f

/** What a step means for the sums of the beam. */
EOT_FN void eot_beam_sums_add(eot_line_step step, f32 cut, EOT_GLOBAL i64 *sum) {
    i64 all = eot_energy_counts(step.before.E);
    if (step.outcome == EOT_LINE_ARRIVES || step.outcome == EOT_LINE_SPILLS)
        eot_atomic_add_i64(sum + EOT_BEAM_ARRIVED, all);
    if (step.outcome == EOT_LINE_SPILLS) eot_atomic_add_i64(sum + EOT_BEAM_SPILLED, 1);
    if (step.outcome == EOT_LINE_FALLS) eot_atomic_add_i64(sum + EOT_BEAM_BELOW, all);
    if (step.outcome == EOT_LINE_MEETS || step.outcome == EOT_LINE_LEAVES)
        eot_atomic_add_i64(sum + EOT_BEAM_MISSED, all);
    if (step.outcome != EOT_LINE_GOES_ON) return;
    eot_line_counts c = eot_line_counts_of(step, cut);
    if (c.ionisation != 0) eot_atomic_add_i64(sum + EOT_BEAM_IONISATION, c.ionisation);
    if (c.soft + c.a + c.b != 0) eot_atomic_add_i64(sum + EOT_BEAM_BELOW, c.soft + c.a + c.b);
}

/** The list of one primary. @param i its index in the batch. @param sum EOT_N_BEAM_SUM sums, added to. */
EOT_FN void eot_arrivals_list(eot_line_view view, EOT_GLOBAL const eot_cascade_parameters *c, u32 i,
                              EOT_GLOBAL f32 *list, EOT_GLOBAL i64 *sum) {
    EOT_GLOBAL const eot_event_world *world = view.world;
    u64 primary = c->first_primary + i;
    u32 stride = c->arrival_stride, n = (u32)c->n_arrival, k = 0;
    eot_primary source =
        eot_source_of(view.matter.table, world->beam, primary, c->seed, c->run, world->beam.position_z);
    eot_line_state s = eot_line_start(view, source, c->primary_type, primary);
    while (s.is_alive) {
        eot_line_step step = eot_line_advance(view, s);
        if (step.outcome == EOT_LINE_ARRIVES) {
            f32 depth = fmax((f32)step.from.z - world->calorimeter_z, 0.0f);
            list[k * stride + i] = step.before.E;
            list[(n + k) * stride + i] = eot_f32_from_bits((eot_f32_bits(depth) & ~3u) | (u32)step.before.type);
            k++;
        }
        eot_beam_sums_add(step, world->line.cut, sum);
        if (step.kept >= 0.0f) {
            i32 bin = (i32)(step.kept / source.E * (f32)EOT_N_KEPT_BIN);
            eot_atomic_add_i64(sum + EOT_BEAM_KEPT + (bin < EOT_N_KEPT_BIN ? bin : EOT_N_KEPT_BIN - 1), 1);
        }
        s = step.after;
    }
    eot_atomic_add_i64(sum + EOT_BEAM_IN, eot_energy_counts(source.E));
    if (k > 0u) eot_atomic_add_i64(sum + EOT_BEAM_HIT, 1);
    if (k == 0u) /* behind the ECAL: no path in it */
        list[n * stride + i] = eot_f32_from_bits((eot_f32_bits(EOT_ARRIVAL_BEHIND) & ~3u) | (u32)c->primary_type);
    for (; k < n; k++) list[k * stride + i] = 0.0f;
}

/** The lists of the primaries item, item + n_item, ... of a batch, and of what pads it: particles of the beam's energy,
 * of which nothing counts. @param list [2][n_arrival][arrival_stride] out. */
EOT_FN void eot_arrivals_make(eot_line_view view, EOT_GLOBAL const eot_cascade_parameters *c, EOT_GLOBAL f32 *list,
                              EOT_GLOBAL i64 *sum) {
    for (u32 i = view.item; i < c->arrival_stride; i += view.n_item) {
        if (i < c->n_primary) {
            eot_arrivals_list(view, c, i, list, sum);
        } else {
            for (u32 k = 0; k < (u32)c->n_arrival; k++) {
                list[k * c->arrival_stride + i] = k == 0u ? view.world->beam.energy : 0.0f;
                list[((u32)c->n_arrival + k) * c->arrival_stride + i] = 0.0f;
            }
        }
    }
}

#endif
