/** @file grid.h
 * The voxel grid of a world. */
#ifndef EOT_HOST_WORLD_GRID_H
#define EOT_HOST_WORLD_GRID_H

#include "world/world.h"

/** Append the edges of the voxels to world->table and fill in grid, voxel, region. @return EOT_E_MEMORY. */
enum eot_status eot_world_grid(const struct eot_setup *setup, struct eot_world *world, struct eot_error *err);

/** 1/X0 [1/cm] of the world's regions. @param inverse_X0 [n_region] out. @return EOT_E_CONFIG (a material that cannot
 * be derived). */
enum eot_status eot_world_inverse_X0(const struct eot_config *config, const struct eot_world *world, float *inverse_X0,
                                     struct eot_error *err);

#endif
