/** @file grid.h
 * The rectilinear voxel grid that every particle lives in, as the device sees it: three arrays of edges and one region
 * number per voxel, all in the f32/u32 table buffers; and the regions: what a voxel is made of and which detector it
 * belongs to. */
#ifndef EOT_GEOMETRY_GRID_H
#define EOT_GEOMETRY_GRID_H

#include "eotmc/base/role.h"
#include "eotmc/math/vector.h"

#define EOT_N_CONSTITUENT 4 /* materials of an effective medium */

/** A homogeneous piece of a volume: one explicit layer, or a whole layered volume merged into an effective medium.
 * Read-only on the device. */
typedef struct {
    i32 volume;                      /* index of the volume in the configuration's order; -1 = world */
    i32 role;                        /* enum eot_role */
    i32 module;                      /* 0-based number among the volumes of the same role (HCAL0, 1, 2; tracker 0..3) */
    i32 n_constituent;               /* 1 for a pure layer */
    i32 material[EOT_N_CONSTITUENT]; /* material indices */
    f32 fraction[EOT_N_CONSTITUENT]; /* share of the path in each, sum 1 */
    i32 active[EOT_N_CONSTITUENT];   /* 1 where the energy lost is seen (scintillator, gas); 2 where its layers lie
                                        between others */
    f32 field_x, field_y, field_z;   /* T, homogeneous in the region */
    f32 max_step; /* cm, longest step allowed in this region (effective media, field); large where unlimited */
} eot_region;
EOT_LAYOUT(eot_region, 80);

/** The grid: offsets into the f32 table (edges) and the u32 table (region of each voxel, x fastest). */
typedef struct {
    i32 n_x, n_y, n_z;             /* voxels along each axis */
    u32 edges_x, edges_y, edges_z; /* offsets of n+1 increasing edges [cm] in the f32 table */
    u32 voxels;                    /* offset in the u32 table; index (i_z n_y + i_y) n_x + i_x */
    i32 n_region;
} eot_grid;
EOT_LAYOUT(eot_grid, 32);

/** Number of the cell that holds v in n+1 increasing edges, -1 below the first, n at or above the last: binary search.
 */
EOT_FN i32 eot_grid_cell(EOT_GLOBAL const f32 *edges, i32 n, f64 v) {
    if (v < (f64)edges[0]) return -1;
    if (v >= (f64)edges[n]) return n;
    i32 low = 0, high = n;
    while (high - low > 1) {
        i32 middle = (low + high) / 2;
        if (v >= (f64)edges[middle])
            low = middle;
        else
            high = middle;
    }
    return low;
}

#endif
