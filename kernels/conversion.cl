/* mu N -> e N phi of a muon beam. Thin: the physics is in include/eotmc. */
#include "eotmc/select/conversion_score.h"

/** Follow muons of a beam to their conversion. @param event_launch seed, of no primary in
 * particular. @param launch primaries and charge. @param acc [n_primary][EOT_N_ACC]. @param
 * stack as in replay. @param row [n_primary][EOT_N_CONVERSION_COLUMN]. @param counter EOT_N_CONVERSION_COUNTER sums. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(conversion) void conversion(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em, EOT_GLOBAL const eot_muon_tables *muon_tables,
    EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel,
    EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL const eot_event_launch *event_launch,
    EOT_GLOBAL const eot_muon_beam_parameters *launch, EOT_GLOBAL i64 *acc, EOT_GLOBAL f32 *stack, EOT_GLOBAL f32 *row,
    EOT_GLOBAL i64 *counter) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
    eot_conversion_world w;
    w.matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    w.em = em;
    w.e = world;
    w.launch = event_launch;
    eot_conversion_space space;
    space.acc = acc + (u64)i * EOT_N_ACC;
    space.counter = counter;
    space.stack = stack;
    space.n_item = launch->n_primary;
    space.item = i;
    eot_conversion_follow(w, launch->first_primary + i, launch->charge, space, row + (u64)i * EOT_N_CONVERSION_COLUMN);
}
