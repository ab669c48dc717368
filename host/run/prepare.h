/** @file prepare.h
 * From configuration and setup to everything a device reads: one f32 table, the structs of offsets, the grid and the event parameters. */
#ifndef EOT_HOST_RUN_PREPARE_H
#define EOT_HOST_RUN_PREPARE_H

#include "config/config.h"
#include "eotmc/physics/muon_tables.h"
#include "eotmc/transport/parameters.h"
#include "setup/setup.h"
#include "table/table.h"

struct eot_world {
    struct eot_f32_table table;
    eot_em_tables em;
    eot_muon_tables muon;
    eot_grid grid;
    uint32_t *voxel;    /* n_voxel region numbers */
    size_t n_voxel;
    eot_region *region; /* n_region */
    int n_region;
    eot_event_parameters event;  /* first_primary, first_vertex, n_event are the run's */
    double calorimeter_X0;       /* cm, average of the ECAL */
    double hcal_peak_error;      /* relative statistical error of the calibration */
    double achieved_error;       /* largest relative integration error of the tables */
    double rare_threshold;       /* GeV, photons that may hold a rare vertex are above */
    char sha256[65];             /* of the table and the structs */
};

/** Build it all. @param cut the cascade's cut [GeV], usually config->physics.cut. Release with eot_world_free.
 * @return EOT_E_CONFIG (no ECAL, unsuitable layers or trackers), EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_world_create(const struct eot_config *config, const struct eot_setup *setup, double cut, struct eot_world *world, struct eot_error *err);
/** Build options that specialise the kernels for a configuration (static text); kernels built without them give the same results. */
const char *eot_world_kernel_options(const struct eot_config *config);
void eot_world_free(struct eot_world *world);

#endif
