/* A beam of pions or kaons that decay. Thin: the physics is in include/eotmc. Kernels of other beams are built with
 * -DEOT_HADRON=0, which leaves nothing of it to compile. */
#include "eotmc/select/selection.h"
#include "eotmc/transport/hadron_world.h"
#ifndef EOT_HADRON
#define EOT_HADRON 1
#endif
#if EOT_HADRON
#include "eotmc/select/hadron_planes.h"
#include "eotmc/select/hadron_score.h"
#endif
#include "eotmc/transport/plane_beam.h"

/** Follow hadrons of a beam to their decay and what leaves it. @param event_launch seed and fractions, of no primary in
 * particular. @param acc [n_primary][EOT_N_ACC]. @param of_hadrons [n_primary][EOT_N_LEDGER + EOT_N_HADRON_TERM].
 * @param row [n_primary][EOT_N_HADRON_COLUMN]. @param selected [n_primary][n_selection]. @param counter
 * EOT_N_HADRON_COUNTER sums. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(hadron) void hadron(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
    EOT_GLOBAL const eot_hadron_world *hadron_world, EOT_GLOBAL const eot_event_launch *event_launch,
    EOT_GLOBAL const eot_hadron_launch *launch, EOT_GLOBAL i64 *acc, EOT_GLOBAL i64 *of_hadrons, EOT_GLOBAL f32 *row,
    EOT_GLOBAL eot_selected *selected, EOT_GLOBAL i64 *counter) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
#if EOT_HADRON
    eot_hadron_run run;
    run.view.matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    run.view.hadron = hadron_world;
    run.view.scatters = world->multiple_scattering;
    run.view.enhancement = launch->is_forced ? 1.0f : launch->enhancement;
    run.e = world;
    run.launch = event_launch;
    run.acc = acc + (u64)i * EOT_N_ACC;
    run.of_hadrons = of_hadrons + (u64)i * (EOT_N_LEDGER + EOT_N_HADRON_TERM);
    run.primary = launch->first_primary + i;
    run.is_full = 0;
    eot_hadron_follow(run, launch, row + (u64)i * EOT_N_HADRON_COLUMN, selected + (u64)i * (u32)world->n_selection,
                      counter);
#endif
}

/** Hadrons of a beam, and all that is followed of their decays, at planes, one work item a hadron. Arguments as above
 * and as of the kernel beam_crossings; acc and of_hadrons are overwritten. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(hadron_crossings) void hadron_crossings(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
    EOT_GLOBAL const eot_hadron_world *hadron_world, EOT_GLOBAL const eot_event_launch *event_launch,
    EOT_GLOBAL const eot_hadron_launch *launch, EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL i64 *acc,
    EOT_GLOBAL i64 *of_hadrons, EOT_GLOBAL eot_crossing *work, EOT_GLOBAL u32 *number,
    EOT_GLOBAL eot_beam_crossing *crossing) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_primary) return;
#if EOT_HADRON
    eot_hadron_run run;
    run.view.matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    run.view.hadron = hadron_world;
    run.view.scatters = world->multiple_scattering;
    run.view.enhancement = launch->is_forced ? 1.0f : launch->enhancement;
    run.e = world;
    run.launch = event_launch;
    run.acc = acc + (u64)i * EOT_N_ACC;
    run.of_hadrons = of_hadrons + (u64)i * (EOT_N_LEDGER + EOT_N_HADRON_TERM);
    run.primary = launch->first_primary + i;
    run.is_full = 0;
    number[i] = eot_hadron_primary_crossings(run, launch, planes, work + (u64)i * 2u * (u32)planes->n_plane,
                                             eot_crossing_list_of(crossing, planes, i))
                    .n;
#endif
}
