/* mu N -> e N phi of a muon beam. Thin: the physics is in include/eotmc. */
#include "eotmc/transport/conversion.h"

/** Follow muons of a beam to their conversion. @param event_launch seed, of no primary in
 * particular. @param launch primaries and charge. @param acc [n_primary][EOT_N_ACC]. @param
 * stack as in replay. @param event_row [n_primary][EOT_N_EVENT_COLUMN]. @param row
 * [n_primary][EOT_N_CONVERSION_COLUMN]. @param tally EOT_N_TALLY sums that nobody reads. @param counter
 * EOT_N_CONVERSION_COUNTER sums. */
__kernel EOT_ONE_BY_ONE void
conversion(__global const f32 *table, __global const eot_em_tables *em, __global const eot_muon_tables *muon_tables,
           __global const eot_grid *grid, __global const eot_region *region, __global const u32 *voxel,
           __global const eot_event_world *world, __global const eot_event_launch *event_launch,
           __global const eot_muon_beam_parameters *launch, __global i64 *acc, __global f32 *stack,
           __global f32 *event_row, __global f32 *row, __global i64 *tally, __global i64 *counter) {
    u32 i = (u32)get_global_id(0);
    if (i >= launch->n_primary) return;
    eot_conversion_world w;
    w.table = table;
    w.em = em;
    w.muon = muon_tables;
    w.grid = grid;
    w.region = region;
    w.voxel = voxel;
    w.e = world;
    w.launch = event_launch;
    eot_conversion_space space;
    space.acc = acc + (u64)i * EOT_N_ACC;
    space.tally = tally;
    space.counter = counter;
    space.stack = stack;
    space.row = event_row + (u64)i * EOT_N_EVENT_COLUMN;
    space.n_item = launch->n_primary;
    space.item = i;
    eot_conversion_follow(w, launch->first_primary + i, launch->charge, space, row + (u64)i * EOT_N_CONVERSION_COLUMN);
}
