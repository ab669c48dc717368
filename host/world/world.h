/** @file world.h
 * From configuration and setup to everything a device reads: one f32 table, the structs of offsets, the grid and the
 * event parameters. */
#ifndef EOT_HOST_WORLD_WORLD_H
#define EOT_HOST_WORLD_WORLD_H

#include "config/config.h"
#include "eotmc/physics/muon_tables.h"
#include "eotmc/transport/hadron_world.h"
#include "eotmc/transport/launch.h"
#include "physics/em.h"
#include "geometry/setup.h"
#include "table/table.h"

/** Relative errors that the tables achieve; stored with them. */
struct eot_world_accuracy {
    struct eot_em_errors em[EOT_N_MEDIUM_MAX]; /* quadrature, per medium and process */
    double muon;                               /* quadrature, largest of all materials and processes */
    double hcal_peak;                          /* statistical, of the calibration */
    double arrivals; /* statistical, of what showers send into the VETO (secondaries.h); 0: nothing */
};

struct eot_source;

#define EOT_CALIBRATION_MUONS 100000 /* that the calibration of the HCAL rests on */

/* What a device reads of it is listed in world/sections.h. */
struct eot_world {
    struct eot_f32_table table;
    eot_em_tables em;
    eot_muon_tables muon;
    eot_grid grid;
    uint32_t *voxel; /* n_voxel region numbers */
    size_t n_voxel;
    eot_region *region; /* n_region */
    size_t n_region;
    eot_event_world event;
    eot_hadron_world hadron; /* of a beam of pions or kaons */
    double calorimeter_X0;   /* cm, average of the ECAL */
    struct eot_world_accuracy accuracy;
    double achieved_error;                 /* largest relative integration error of the tables */
    double hcal_peak_error;                /* relative statistical error of the calibration */
    bool rare_on[EOT_N_RARE];              /* processes that are on */
    double rare_threshold[EOT_N_PARTICLE]; /* GeV, particles (by type) that may hold a rare vertex are above */
    double rare_unit; /* rare vertices that a weight of 1 stands for: rates and weights are kept in units of it on the
                         device */
    int n_mass;       /* of phi; 1 without the signal */
    double mass[EOT_MAX_MASS];      /* GeV */
    double mass_unit[EOT_MAX_MASS]; /* the same of the weights for each mass (eotmc/transport/mass.h) */
    char sha256[65];           /* of all that a device reads: the same whether it was built or taken from the cache */
    bool is_cached;            /* taken from the cache */
    struct eot_source *source; /* events of beam.file; the job's, NULL: none */
    void (*source_free)(struct eot_source *source);
    uint64_t source_batch; /* primaries of a batch that they are in; 0: any number */
};

struct eot_world_options {
    bool no_cache;                /* build the tables anew and do not store them */
    const struct eot_world *like; /* cascade_only: a world of the same beam and physics, whose cross sections are copied
                                     instead of being integrated again; NULL */
    bool cascade_only;            /* only what the source and the cascade need: no muons, no calibration */
};

/** Build it all, or take the tables from the cache ($XDG_CACHE_HOME/eotmc). @param cut the cascade's cut [GeV], usually
 * config->physics.cut. Release with eot_world_free. @return EOT_E_CONFIG (no ECAL, unsuitable layers or trackers),
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_world_create(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                 struct eot_world *world, struct eot_error *err);
/** Build options that specialise the kernels for a configuration (static text); kernels built without them give the
 * same results. With -DEOT_WAYS=1 they know forced vertices only (eot_backend.is_forced_only). */
const char *eot_world_kernel_options(const struct eot_config *config);
const char *eot_world_kernel_options_for(const struct eot_config *config, enum eot_track_tally tally);
/** Bits of the kernels that a run of a configuration launches (struct eot_backend_options), as far as it says; of its
 * cascade alone. */
uint64_t eot_world_kernels(const struct eot_config *config);
uint64_t eot_world_kernels_of_cascade(const struct eot_config *config);
/** Whether losses of muons that nothing sees are drawn more often than in nature (losses.h). */
bool eot_world_has_losses(const struct eot_config *config);
/** Whether the cascade of showers writes the ways to its vertices (EOT_WAY_WORDS): where they are forced, and particles
 * do not arrive one after the other. */
bool eot_world_has_ways(const struct eot_config *config);
/** The same with options. */
enum eot_status eot_world_create_with(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                      const struct eot_world_options *options, struct eot_world *world,
                                      struct eot_error *err);
/** Only what a beam of muons needs: muon tables, grid and beam; no ECAL is required. @return EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_world_create_muons(const struct eot_config *config, const struct eot_setup *setup,
                                       struct eot_world *world, struct eot_error *err);
/** Only the way of a beam of electrons, positrons or photons to the ECAL, without tables: geometry and fields, as if
 * all in front were vacuum. @return EOT_E_CONFIG (no ECAL), EOT_E_MEMORY. */
enum eot_status eot_world_create_line(const struct eot_config *config, const struct eot_setup *setup,
                                      struct eot_world *world, struct eot_error *err);
void eot_world_free(struct eot_world *world);

/** Whether the cascade sees the ECAL as two explicit layers, or as one effective medium. */
bool eot_world_has_explicit_layers(const struct eot_volume_config *ecal);
/** The media of the cascade and its limits, as the tables are built for them. @return EOT_E_CONFIG for layers that the
 * cascade cannot follow. */
enum eot_status eot_world_em_options(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                     struct eot_em_options *options, struct eot_error *err);

/** The same for the ECAL as one effective medium, whatever its layers are, without rare processes. */
enum eot_status eot_world_em_options_plain(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                           struct eot_em_options *options, struct eot_error *err);

/** Whether all errors are numbers within the tolerances that builders hold them to. */
bool eot_world_is_accurate(const struct eot_world_accuracy *accuracy);

#endif
