/* A beam of muons: the same steps as the muons of an event, scored at a plane. */
#include "eotmc/transport/muon_beam.h"

/** @param row [n_primary][EOT_N_EXIT_COLUMN]. @param tally [EOT_N_EXIT_COUNTER]. */
__kernel EOT_ONE_BY_ONE void muon_beam(__global const f32 *table, __global const eot_muon_tables *muon_tables,
                                       __global const eot_grid *grid, __global const eot_region *region,
                                       __global const u32 *voxel, __global const eot_muon_beam_parameters *launch,
                                       __global f32 *row, __global i64 *tally) {
    u32 i = (u32)get_global_id(0);
    if (i >= launch->n_primary) return;
    eot_muon_beam_follow(table, muon_tables, grid, region, voxel, launch, launch->first_primary + i,
                         row + (u64)i * EOT_N_EXIT_COLUMN, tally);
}
