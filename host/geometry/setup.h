/** @file setup.h
 * From the configuration to what is simulated: materials with their atomic data, regions, and the voxel grid. Host
 * side, doubles. */
#ifndef EOT_HOST_GEOMETRY_SETUP_H
#define EOT_HOST_GEOMETRY_SETUP_H

#include "config/config.h"
#include "eotmc/geometry/grid.h"
#include "materials/material.h"

#define EOT_NO_STEP_LIMIT 1e9f /* cm, eot_region.max_step of media that need none */

struct eot_setup {
    int n_material;
    struct eot_material *material;
    int n_region;
    eot_region *region;
    int n_x, n_y, n_z;
    float *edges_x, *edges_y, *edges_z; /* n+1 each, increasing [cm] */
    uint32_t *voxel;                    /* n_x n_y n_z region numbers, x fastest */
};

/** Build materials, regions and the grid. Volumes that overlap, or leave the world, are EOT_E_CONFIG. Release with
 * eot_setup_free. */
enum eot_status eot_setup_create(const struct eot_config *config, struct eot_setup *setup, struct eot_error *err);
void eot_setup_free(struct eot_setup *setup);

/** Thickness of a volume along z in radiation lengths and in nuclear interaction lengths: sums over its layers. */
double eot_setup_volume_X0(const struct eot_setup *setup, const struct eot_volume_config *volume);
double eot_setup_volume_lambda_int(const struct eot_setup *setup, const struct eot_volume_config *volume);

/** Radiation length of a region [cm]: 1/X0 = sum of fraction/X0. */
double eot_setup_region_X0(const struct eot_setup *setup, int region);

/** Number (in the configuration's order) of the volume with this role and module number; modules count along z from 0.
 * -1 if there is none. */
int eot_setup_volume(const struct eot_config *config, enum eot_role role, int module);
/** Whether muons of a run may be split and play roulette (eotmc/transport/roulette.h): forced vertices of showers, of
 * which not all are followed with deposits, in front of chambers, not from a file's states. With planes, whose muons
 * have no weights, eot_check_splitting refuses it. */
bool eot_setup_may_split(const struct eot_config *config);
/** Module number of a volume among those of its role. */
int eot_setup_module(const struct eot_config *config, int volume);
/** First region of a volume, -1 = world: the only one for a homogeneous or merged volume. -1 if there is none. */
int eot_setup_volume_region(const struct eot_setup *setup, int volume);
/** Region number at a point [cm], -1 outside the world. */
int eot_setup_region_at(const struct eot_setup *setup, double x, double y, double z);

#endif
