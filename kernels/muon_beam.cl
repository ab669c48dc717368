/* A beam of muons: the same steps as the muons of an event, scored at a plane. */
#include "eotmc/transport/muon_beam.h"

/** @param row [n_primary][EOT_N_EXIT_COLUMN]. @param tally [EOT_N_EXIT_COUNTER]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(muon_beam) void muon_beam(EOT_GLOBAL const f32 *table,
                                                       EOT_GLOBAL const eot_muon_tables *muon_tables,
                                                       EOT_GLOBAL const eot_grid *grid,
                                                       EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel,
                                                       EOT_GLOBAL const eot_muon_beam_parameters *launch,
                                                       EOT_GLOBAL f32 *row, EOT_GLOBAL i64 *tally) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
    eot_muon_beam_follow(eot_matter_view_of(table, muon_tables, grid, region, voxel), launch, launch->first_primary + i,
                         row + (u64)i * EOT_N_EXIT_COLUMN, tally);
}
