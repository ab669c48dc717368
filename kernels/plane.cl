/* Muons at planes across the beam: where they cross them, and events that are followed from plane to plane. */
#include "eotmc/transport/plane.h"

/** Where the muons of events cross planes, one work item a muon. @param list as in the kernel replay. @param crossing
 * [n_event][mu+, mu-][planes->n_plane]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(crossings) void crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_launch *launch,
    EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL const u32 *list,
    EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL eot_crossing *crossing) {
    u32 item = EOT_GLOBAL_ID, i = item / 2u;
    if (i >= launch->n_event) return;
    EOT_GLOBAL eot_crossing *own = crossing + (u64)item * (u32)planes->n_plane;
    eot_event_vertex v = vertex[i];
    for (i32 p = 0; p < planes->n_plane; p++) own[p].is_there = 0;
    if (!(v.weight > 0.0f) || v.fault != 0u) return;
    u64 primary = launch->first_primary + record[launch->first_vertex + (launch->has_list ? list[i] : i)].i_primary;
    eot_event_muon_crossings(eot_matter_view_of(table, muon_tables, grid, region, voxel), launch, primary, v,
                             1 - 2 * (i32)(item & 1u), planes, own);
}

/** The kernel muon in legs: both muons of each event from their vertices (planes->is_first) or from their states, to a
 * plane or (planes->is_last) to their ends. @param state [n_event][2]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(muon_leg) void muon_leg(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
    EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL const eot_vertex_record *record,
    EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL i64 *acc, EOT_GLOBAL eot_muon_outcome *outcome,
    EOT_GLOBAL i64 *tally, EOT_GLOBAL const u32 *list, EOT_GLOBAL const eot_plane_launch *planes,
    EOT_GLOBAL eot_event_muon_state *state) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    eot_event_vertex v = vertex[i];
    u64 primary = launch->first_primary + record[launch->first_vertex + (launch->has_list ? list[i] : i)].i_primary;
    eot_matter_view matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    eot_event_view event = eot_event_view_of(world, launch, acc + (u64)i * EOT_N_ACC, tally);
    i32 is_sound = v.weight > 0.0f && v.fault == 0u;
    for (i32 k = 0; k < 2; k++) {
        eot_event_muon_state s;
        if (planes->is_first == 0)
            s = state[2 * i + (u32)k];
        else if (is_sound && eot_event_muon_energy(v, 1 - 2 * k) > 0.0f)
            s = eot_event_muon_start(matter, launch, primary, v, 1 - 2 * k, event.acc);
        else
            s = eot_event_muon_absent(matter, launch, primary);
        if (is_sound) s = eot_event_muon_leg(matter, event, s, planes);
        state[2 * i + (u32)k] = s;
        if (planes->is_last != 0 && is_sound) outcome[2 * i + (u32)k] = s.out;
    }
}
