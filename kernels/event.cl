/* Events with a rare vertex, one work item each: replay of the shower, muons, detector and selection. Thin: the physics is in include/eotmc. */
#include "eotmc/transport/select.h"

/** Energies of the primaries of a batch. @param energy n_primary + 1 values out. */
__kernel void source(__global const eot_event_parameters *e, __global const eot_cascade_parameters *c, __global f32 *energy) {
    u32 i = (u32)get_global_id(0);
    if (i > c->n_primary) return;
    energy[i] = eot_source_energy(e->beam, c->first_primary + i, c->seed, c->run);
}

/** Replay. @param stack f32 [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_event]. @param acc [n_event][EOT_N_ACC], cleared here. @param profile [n_event][n_profile]. */
__kernel void replay(__global const f32 *table, __global const eot_em_tables *tables, __global const eot_cascade_parameters *c, __global const eot_event_parameters *e,
                     __global const eot_vertex_record *record, __global i64 *acc, __global f32 *stack, __global eot_event_vertex *vertex, __global i64 *tally,
                     __global i64 *profile) {
    u32 i = (u32)get_global_id(0);
    if (i >= e->n_event) return;
    __global i64 *own = acc + (u64)i * EOT_N_ACC;
    for (i32 k = 0; k < EOT_N_ACC; k++) own[k] = 0;
    for (i32 k = 0; k < e->n_profile; k++) profile[(u64)i * (u32)e->n_profile + (u32)k] = 0;
    eot_vertex_record r = record[e->first_vertex + i];
    if (e->has_vertex && !(r.weight > 0.0f)) { /* a shower without any chance of a vertex */
        vertex[i] = eot_event_vertex_none();
        return;
    }
    vertex[i] = eot_event_replay(table, tables[0], e, c->primary_type, r, own, stack, e->n_event, i, tally, profile + (u64)i * (u32)e->n_profile);
}

/** Both muons of each event. @param outcome [n_event][2]: mu+, mu-. */
__kernel void muon(__global const f32 *table, __global const eot_muon_tables *tables, __global const eot_grid *grid, __global const eot_region *region,
                   __global const u32 *voxel, __global const eot_event_parameters *e, __global const eot_vertex_record *record,
                   __global const eot_event_vertex *vertex, __global i64 *acc, __global eot_muon_outcome *outcome, __global i64 *tally) {
    u32 i = (u32)get_global_id(0);
    if (i >= e->n_event) return;
    eot_event_vertex v = vertex[i];
    if (!(v.weight > 0.0f) || v.fault != 0u) return;
    u64 primary = e->first_primary + record[e->first_vertex + i].i_primary;
    for (i32 k = 0; k < 2; k++) outcome[2 * i + (u32)k] = eot_event_muon(table, tables, grid, region, voxel, e, primary, v, 1 - 2 * k, acc + (u64)i * EOT_N_ACC, tally);
}

/** Detector and selection. @param row [n_event][EOT_N_EVENT_COLUMN]. */
__kernel void select_event(__global const eot_event_parameters *e, __global const eot_vertex_record *record, __global const eot_event_vertex *vertex,
                           __global const i64 *acc, __global const eot_muon_outcome *outcome, __global i64 *tally, __global f32 *row) {
    u32 i = (u32)get_global_id(0);
    if (i >= e->n_event) return;
    __global f32 *own = row + (u64)i * EOT_N_EVENT_COLUMN;
    own[EOT_E_WEIGHT] = 0.0f;
    if (!(vertex[i].weight > 0.0f)) return;
    if (vertex[i].fault != 0u) {
        eot_event_reject(vertex[i], tally, own);
        return;
    }
    u64 primary = e->first_primary + record[e->first_vertex + i].i_primary;
    eot_event_select(e, primary, vertex[i], acc + (u64)i * EOT_N_ACC, outcome[2 * i], outcome[2 * i + 1], tally, own);
}
