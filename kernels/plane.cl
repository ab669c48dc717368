/* Particles at planes across the beam: where they cross them, and events that are followed from plane to plane. */
#include "eotmc/transport/plane_conversion.h"

/** Where the muons of events, and the electrons of their decays, cross planes, one work item a muon. @param list as in
 * the kernel replay. @param inverse_X0 [n_region] 1/cm. @param crossing [n_event][mu+, mu-][the muon, the
 * electron][planes->n_plane]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(crossings) void crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_launch *launch,
    EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL const u32 *list,
    EOT_GLOBAL const f32 *inverse_X0, EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL eot_crossing *crossing) {
    u32 item = EOT_GLOBAL_ID, i = item / 2u;
    if (i >= launch->n_event) return;
    EOT_GLOBAL eot_crossing *own = crossing + (u64)item * 2u * (u32)planes->n_plane;
    eot_event_vertex v = vertex[i];
    eot_crossings_clear(planes, own);
    eot_crossings_clear(planes, own + planes->n_plane);
    if (!(v.weight > 0.0f) || v.fault != 0u) return;
    u64 primary = launch->first_primary + record[launch->first_vertex + eot_event_number(launch, list, i)].i_primary;
    eot_matter_view matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    eot_event_muon_crossings(eot_plane_view_of(matter, inverse_X0, planes), launch, primary, v,
                             1 - 2 * (i32)(item & 1u), own);
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
    u64 primary = launch->first_primary + record[launch->first_vertex + eot_event_number(launch, list, i)].i_primary;
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

/** Where the muons of events that are at their states cross planes, one work item a muon. @param state [n_event][2].
 * @param crossing as of the kernel crossings. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(state_crossings) void state_crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_launch *launch,
    EOT_GLOBAL const eot_event_muon_state *state, EOT_GLOBAL const f32 *inverse_X0,
    EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL eot_crossing *crossing) {
    u32 item = EOT_GLOBAL_ID;
    if (item / 2u >= launch->n_event) return;
    eot_matter_view matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    eot_muon_crossings(eot_plane_view_of(matter, inverse_X0, planes), state[item].m, state[item].random,
                       crossing + (u64)item * 2u * (u32)planes->n_plane);
}

/** Electrons, positrons and photons above the cut of primaries at planes, one work item a primary. @param stack as in
 * replay. @param work [n_event][2][planes->n_plane]. @param number [n_event] crossings of each. @param crossing
 * [n_event][planes->most]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(shower_crossings) void shower_crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
    EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL const f32 *inverse_X0,
    EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL f32 *stack, EOT_GLOBAL eot_crossing *work,
    EOT_GLOBAL u32 *number, EOT_GLOBAL eot_beam_crossing *crossing) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    eot_replay_view view = eot_replay_view_of(table, world, launch, stack, launch->n_event, i);
    view.matter = eot_matter_view_of(table, 0, grid, region, voxel);
    number[i] =
        eot_shower_crossings(view, em[0], i, eot_plane_view_of(view.matter, inverse_X0, planes),
                             work + (u64)i * 2u * (u32)planes->n_plane, eot_crossing_list_of(crossing, planes, i))
            .n;
}

/** Muons of a beam, and the electrons of their decays, at planes, one work item a muon. @param work, number, crossing
 * as above. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(beam_crossings) void beam_crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_muon_beam_parameters *launch,
    EOT_GLOBAL const f32 *inverse_X0, EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL eot_crossing *work,
    EOT_GLOBAL u32 *number, EOT_GLOBAL eot_beam_crossing *crossing) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
    eot_matter_view matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    eot_muon_beam_state s = eot_muon_beam_start(matter, launch, launch->first_primary + i);
    number[i] =
        eot_beam_muon_crossings(eot_plane_view_of(matter, inverse_X0, planes), s.m, s.random,
                                work + (u64)i * 2u * (u32)planes->n_plane, eot_crossing_list_of(crossing, planes, i))
            .n;
}

/** The same of the muons that convert in the ECAL, as if they did not, and the showers of their conversions. @param
 * event_launch of no primary in particular. @param acc [n_primary][EOT_N_ACC], overwritten. @param stack as in replay.
 */
EOT_ONE_BY_ONE EOT_KERNEL_FN(conversion_crossings) void conversion_crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em, EOT_GLOBAL const eot_muon_tables *muon_tables,
    EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel,
    EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL const eot_event_launch *event_launch,
    EOT_GLOBAL const eot_muon_beam_parameters *launch, EOT_GLOBAL const f32 *inverse_X0,
    EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL i64 *acc, EOT_GLOBAL f32 *stack,
    EOT_GLOBAL eot_crossing *work, EOT_GLOBAL u32 *number, EOT_GLOBAL eot_beam_crossing *crossing) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
    eot_conversion_world w;
    eot_conversion_space space;
    w.matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    w.em = em;
    w.e = world;
    w.launch = event_launch;
    space.acc = acc + (u64)i * EOT_N_ACC;
    space.counter = 0;
    space.stack = stack;
    space.n_item = launch->n_primary;
    space.item = i;
    number[i] = eot_conversion_crossings(
                    w, launch->first_primary + i, launch->charge, eot_plane_view_of(w.matter, inverse_X0, planes),
                    space, work + (u64)i * 2u * (u32)planes->n_plane, eot_crossing_list_of(crossing, planes, i))
                    .n;
}
