/** @file view.h
 * What a muon reads: the tables, the voxel grid and the materials of its regions, as pointers in one struct. A view is
 * passed by value; it is no kernel argument and lives in no buffer (OpenCL C 1.2 allows pointers in neither). */
#ifndef EOT_TRANSPORT_VIEW_H
#define EOT_TRANSPORT_VIEW_H

#include "eotmc/geometry/grid.h"
#include "eotmc/physics/muon_tables.h"

/** Matter along the way of a muon, read-only. */
typedef struct {
    EOT_GLOBAL const f32 *table;            /* all tables: offsets in `muon` and `grid` point into it */
    EOT_GLOBAL const eot_muon_tables *muon; /* one */
    EOT_GLOBAL const eot_grid *grid;        /* one */
    EOT_GLOBAL const eot_region *region;    /* [grid->n_region] */
    EOT_GLOBAL const u32 *voxel;            /* region of each voxel, from grid->voxels on */
} eot_matter_view;

/** The view of five buffers. */
EOT_FN eot_matter_view eot_matter_view_of(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon,
                                          EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                          EOT_GLOBAL const u32 *voxel) {
    eot_matter_view matter;
    matter.table = table;
    matter.muon = muon;
    matter.grid = grid;
    matter.region = region;
    matter.voxel = voxel;
    return matter;
}

/** Whether a voxel is in the grid. @param i_x,i_y,i_z its indices. */
EOT_FN i32 eot_grid_has(EOT_GLOBAL const eot_grid *grid, i32 i_x, i32 i_y, i32 i_z) {
    return i_x >= 0 && i_x < grid->n_x && i_y >= 0 && i_y < grid->n_y && i_z >= 0 && i_z < grid->n_z;
}

/** Region of a voxel that is in the grid. */
EOT_FN i32 eot_matter_region(eot_matter_view matter, i32 i_x, i32 i_y, i32 i_z) {
    EOT_GLOBAL const eot_grid *grid = matter.grid;
    return (i32)matter.voxel[grid->voxels + (u32)((i_z * grid->n_y + i_y) * grid->n_x + i_x)];
}

#endif
