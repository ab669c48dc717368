/* What reaches the ECAL of each primary. Thin: the physics is in include/eotmc. */
#include "eotmc/transport/arrivals.h"

/** The lists of a batch, by n_item[0] work items. @param list [2][n_arrival][arrival_stride] out. @param stack
 * [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_item]. @param sum EOT_N_BEAM_SUM sums, added to. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(arrivals) void arrivals(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_grid *grid,
                                                     EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel,
                                                     EOT_GLOBAL const eot_event_world *world,
                                                     EOT_GLOBAL const eot_cascade_parameters *launch,
                                                     EOT_GLOBAL f32 *list, EOT_GLOBAL f32 *stack, EOT_GLOBAL i64 *sum) {
    eot_line_view view =
        eot_line_view_of(eot_matter_view_of(table, 0, grid, region, voxel), world, stack, launch->seed, launch->run);
    view.n_item = EOT_ARRIVAL_ITEMS;
    view.item = EOT_GLOBAL_ID;
    if (view.item < EOT_ARRIVAL_ITEMS) eot_arrivals_make(view, launch, list, sum);
}
