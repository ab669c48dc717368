/* The hot kernel: showers above the cut, persistent lanes, one particle step per iteration. */
#include "eotmc/transport/cascade.h"

/** Advance the lanes of every work item by n_iteration steps. @param launch one. @param em one. */
__kernel void cascade(__global const f32 *table, __global const eot_em_tables *em,
                      __global const eot_cascade_parameters *launch, __global const f32 *energy, __global u32 *lane,
                      __global f32 *stack, __global i64 *track, __global eot_vertex_record *vertex) {
    u32 first = (u32)get_global_id(0) * EOT_LANE_WIDTH;
    eot_cascade_parameters c = launch[0];
    if (first < c.n_lane)
        eot_lanes_advance(first, table, em[0], c, launch->threshold, energy, lane, stack, track, vertex);
}
