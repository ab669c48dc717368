/** @file em_tables.h
 * What the cascade reads: cross sections and quantiles of the layered calorimeter, tabulated by host/physics/em.c. All offsets point into the f32 table. */
#ifndef EOT_PHYSICS_EM_TABLES_H
#define EOT_PHYSICS_EM_TABLES_H

#include "eotmc/base/rare.h"

#define EOT_N_MEDIUM_MAX 2 /* layers of a period */
#define EOT_N_CHANNEL 3    /* bremsstrahlung, pair production, Compton scattering */
enum eot_channel { EOT_CHANNEL_BREMS = 0, EOT_CHANNEL_PAIR = 1, EOT_CHANNEL_COMPTON = 2 };

/** Columns of one node (medium, energy) of the cascade's table. */
enum eot_em_column {
    EOT_EM_MAJORANT = 0,      /* 1/cm, largest hard bremsstrahlung rate at or below this energy */
    EOT_EM_BREMS = 1,         /* 1/cm, photons above the cut */
    EOT_EM_PHOTON = 2,        /* 1/cm, pair production + Compton scattering */
    EOT_EM_COMPTON_SHARE = 3, /* Compton / (pair + Compton) */
    EOT_EM_IONISATION = 4,    /* GeV/cm */
    EOT_EM_RARE = 5,          /* 1/cm, rare processes of each parent: EOT_EM_RARE + enum eot_particle_type */
    EOT_EM_N_COLUMN = 8
};

/** The cascade's medium: one or two layers that repeat along z between 0 and `depth`. Energies on a grid uniform in ln E from the cut. */
typedef struct {
    f32 cut, log_cut;          /* GeV: particles below are handed to the shower parametrisation */
    f32 inverse_log_step;      /* nodes per unit of ln E */
    i32 n_energy;
    i32 n_medium;              /* 1 (effective medium) or 2 (explicit layers) */
    i32 n_quantile;            /* intervals in u */
    u32 node;                  /* [medium][energy][EOT_EM_N_COLUMN] */
    u32 rare;                  /* [medium][energy][EOT_N_RARE]: rate of each rare process (eotmc/physics/rare.h) */
    u32 quantile;              /* [medium][channel][energy][n_quantile + 1] */
    u32 soft;                  /* [energy][path][n_soft_quantile + 1]: quantiles of the sub-cut radiation / cut */
    i32 n_soft_energy, n_soft_path, n_soft_quantile;
    f32 soft_inverse_log_step;
    f32 soft_path_scale;       /* index in path = sqrt(path[X0] x scale) */
    f32 layer[EOT_N_MEDIUM_MAX];      /* cm; layer[0] is unbounded for n_medium = 1 */
    f32 inverse_X0[EOT_N_MEDIUM_MAX]; /* 1/cm */
    f32 depth;                 /* cm, end of the calorimeter */
    f32 step_max;              /* cm, longest step of a charged particle */
    i32 rare_parents;          /* bits 1 << enum eot_particle_type: parents of the enabled rare processes */
    f32 rare_min[3];           /* GeV, rare vertices of parents (by type) below are not sought */
} eot_em_tables;
EOT_LAYOUT(eot_em_tables, 100);

#endif
