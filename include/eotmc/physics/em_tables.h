/** @file em_tables.h
 * What the cascade reads: cross sections and quantiles of the layered calorimeter, tabulated by
 * host/physics/em_tables.c. All offsets point into the f32 table. */
#ifndef EOT_PHYSICS_EM_TABLES_H
#define EOT_PHYSICS_EM_TABLES_H

#include "eotmc/physics/process.h"

#define EOT_N_MEDIUM_MAX 2 /* layers of a period */
#define EOT_N_CHANNEL 3    /* bremsstrahlung, pair production, Compton scattering */
enum eot_channel { EOT_CHANNEL_BREMS = 0, EOT_CHANNEL_PAIR = 1, EOT_CHANNEL_COMPTON = 2 };

/** Columns of one node (medium, energy) of the cascade's table: four for charged particles, four for photons, all but
 * the third with the same part in a step. */
enum eot_em_column {
    EOT_EM_FREE_PATH = 0, /* cm; charged: 1/(largest hard bremsstrahlung rate at or below this energy); photons: 1/(pair
                             production + Compton scattering) */
    EOT_EM_LOSS = 1,      /* along the path; charged: ionisation [GeV/cm]; photons: rare processes [1/cm] */
    EOT_EM_RARE_OTHER = 2, /* 1/cm, rare processes of electrons (charged), of positrons (photons) */
    EOT_EM_VERTEX =
        3, /* at its end; charged: rate of bremsstrahlung above the cut [1/cm]; photons: Compton/(pair + Compton) */
    EOT_EM_CHARGED = 0, /* first column of each kind */
    EOT_EM_PHOTON = 4,
    EOT_EM_N_COLUMN = 8
};

/* Sizes of the tables: constants, so that the hot loop keeps no registers for them. */
#define EOT_EM_N_QUANTILE 128   /* intervals of the daughters' energies */
#define EOT_EM_N_SOFT_ENERGY 10 /* energies, paths and intervals of the radiation below the cut */
#define EOT_EM_N_SOFT_PATH 17
#define EOT_EM_N_SOFT_QUANTILE 64

/** Column of the rare processes of a parent [1/cm]. @param type enum eot_particle_type. */
EOT_FN u32 eot_em_rare_column(i32 type) {
    return (u32)(type == EOT_PHOTON     ? EOT_EM_PHOTON + EOT_EM_LOSS
                 : type == EOT_POSITRON ? EOT_EM_PHOTON + EOT_EM_RARE_OTHER
                                        : EOT_EM_CHARGED + EOT_EM_RARE_OTHER);
}

/** The cascade's medium: one or two layers that repeat along z between 0 and `depth`. Energies on a grid uniform in ln
 * E from the cut. */
typedef struct {
    f32 cut, log_cut;     /* GeV: particles below are handed to the shower parametrisation */
    f32 inverse_log_step; /* nodes per unit of ln E */
    i32 n_energy;
    i32 n_medium; /* 1 (effective medium) or 2 (explicit layers) */
    u32 node;     /* [medium][energy][EOT_EM_N_COLUMN] */
    u32 rare;     /* [medium][energy][EOT_N_RARE]: rate of each rare process (eotmc/physics/process_rate.h) */
    u32 quantile; /* [medium][channel][energy][EOT_EM_N_QUANTILE + 1] */
    u32 soft;     /* [energy][path][EOT_EM_N_SOFT_QUANTILE + 1]: quantiles of the sub-cut radiation / cut */
    f32 soft_inverse_log_step;
    f32 soft_path_scale;              /* index in path = sqrt(path[X0] x scale) */
    f32 layer[EOT_N_MEDIUM_MAX];      /* cm; layer[0] is unbounded for n_medium = 1 */
    f32 inverse_X0[EOT_N_MEDIUM_MAX]; /* 1/cm */
    f32 depth;                        /* cm, end of the calorimeter */
    f32 step_max;                     /* cm, longest step of a charged particle */
    i32 rare_parents;                 /* bits 1 << enum eot_particle_type: parents of the enabled rare processes */
    f32 rare_min[EOT_N_PARTICLE];     /* GeV, rare vertices of parents (by type) below are not sought */
    f32 sought; /* GeV, not below the cut: the cascade follows particles above it, replays those below it, too */
} eot_em_tables;
EOT_LAYOUT(eot_em_tables, 88);

/** From a node of the first layer to that of the second. */
EOT_FN u32 eot_em_layer(eot_em_tables t) { return (u32)t.n_energy * EOT_EM_N_COLUMN; }

#endif
