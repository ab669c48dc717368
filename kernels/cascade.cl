/* The hot kernel: showers above the cut, persistent lanes, one particle step per iteration. */
#include "eotmc/transport/cascade.h"

/** Advance every lane by n_iteration steps. @param parameters one. @param tables one. The barrier ends the uniform iteration: CPU compilers split the loop there
 * and vectorise across work items. */
__kernel void cascade(__global const f32 *table, __global const eot_em_tables *tables, __global const eot_cascade_parameters *parameters,
                      __global const f32 *energy, __global u32 *lane, __global f32 *stack, __global i64 *track, __global eot_vertex_record *vertex) {
    u32 g = (u32)get_global_id(0);
    eot_cascade_parameters c = parameters[0];
    eot_em_tables t = tables[0];
    eot_lane L = eot_lane_load(lane, g, c.n_lane);
    for (u32 i = 0; i < c.n_iteration; i++) {
        L = eot_lane_step(L, g, table, t, c, parameters->threshold, energy, stack, track, vertex);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    eot_lane_store(lane, g, c.n_lane, L);
}
