/** @file volume.h
 * What a shower below the cut finds at a place: the volumes' matter and the detector that they belong to, and the
 * constants of these showers. */
#ifndef EOT_DETECTOR_VOLUME_H
#define EOT_DETECTOR_VOLUME_H

#include "eotmc/base/portable.h"
#include "eotmc/base/role.h"

#define EOT_N_DEPOSIT_VOLUME 256 /* volumes that differ in matter or detector; the world is one */
#define EOT_N_HCAL 4
#define EOT_N_ECAL_CELL 64
#define EOT_N_HCAL_CELL 16

/** A volume as showers below the cut see it, layers averaged. Volumes of the same matter that belong to no calorimeter
 * are one, so that it makes no difference into how many boxes such matter is cut; the world is one of them. */
typedef struct {
    f32 inverse_X0;          /* 1/cm */
    f32 log_critical_energy; /* ln(Ec/GeV) */
    f32 moliere_radius;      /* cm */
    f32 Z, one_minus_e_hat,
        inverse_sampling_frequency; /* Grindhammer and Peters' material quantities: mass-averaged Z, 1 - e-hat, 1/F_S */
    f32 shower_visible; /* energy in active material / energy deposited, for electromagnetic showers; 0: no detector */
    i32 is_void;        /* vacuum, or the gas that the world is of: what ends there has missed the set-up */
    i32 role, module;   /* enum eot_role of ECAL, VETO and HCAL, otherwise EOT_ROLE_PASSIVE; number among its like */
    i32 cells_x, cells_y;
    i32 first_cell;                         /* accumulator of cell (0, 0), or -1 */
    f32 center_x, center_y, half_x, half_y; /* cm, of the calorimeter that the cells divide */
    u32 shower_table; /* f32 table: mean depth and shape of showers calibrated for its matter (eot_shower_shape_at), 0:
                         the constants' */
} eot_deposit_volume;
EOT_LAYOUT(eot_deposit_volume, 72);

/** Which volume is where: columns along z over a rectangular grid in x and y. A column is a list of segments, each a
 * volume from its own z to that of the next. All numbers are in the f32 table. */
typedef struct {
    i32 n_x, n_y;         /* columns along x and y */
    u32 edges_x, edges_y; /* n+1 increasing edges [cm] */
    u32 first;            /* number of the first segment of column (i_x, i_y) at i_y n_x + i_x */
    u32 segment;          /* pairs (z [cm], number of the volume); a column ends with a pair (z, -1) */
    f32 z0, z1;           /* cm, where the first segment of each column begins and the last one ends */
    i32 ecal;             /* number of the ECAL among the volumes */
    i32 ecal_is_whole;    /* whether nothing else is inside its box */
    f32 ecal_z0, ecal_z1; /* cm */
} eot_columns;
EOT_LAYOUT(eot_columns, 48);

/** Constants of sub-cut showers, L = ln(1 + E/Ec): see eotmc/transport/shower.h. */
typedef struct {
    f32 depth[3];                       /* mean depth d0 + d1 L + d2 L^2 [X0] */
    f32 alpha[4];                       /* shape max(a0 + a1 L + a2 exp(-L), a3) */
    f32 sigma_depth[2], sigma_alpha[2]; /* sigma(ln .) = 1/(s0 + s1 L), at most 0.4 */
    f32 rho;                            /* correlation of ln m and ln alpha */
    f32 photon_length[4]; /* mean path before a photon converts: l0 (1 + (l1/E)^l2), at most l3 [X0, GeV] */
    f32 radius_max;       /* Moliere radii */
    f32 backscatter_share,
        backscatter_length; /* share of the energy that scatters back, its mean way against the beam [X0] */
    f32 spot_energy;        /* GeV */
    u32 quantile;           /* f32 table: [n_alpha][n_quantile + 1] quantiles of the Gamma distribution */
    i32 n_alpha, n_quantile;
    f32 first_alpha, inverse_alpha_step,
        inverse_quantile_step; /* quantile variable ln(u/(1 - u)), in which both ends are smooth */
    f32 first_logit;
    f32 own_log_first, own_inverse_log_step; /* calibrated showers: ln(E/GeV) of the first node, nodes per unit */
    i32 n_own;                               /* nodes, 0: none are calibrated */
} eot_shower_constants;
EOT_LAYOUT(eot_shower_constants, 120);

/** Columns of a node of calibrated showers (eot_deposit_volume.shower_table: [n_own][EOT_SHOWER_N_COLUMN]). */
enum eot_shower_column {
    EOT_SHOWER_DEPTH,  /* X0, mean depth of electrons and positrons */
    EOT_SHOWER_ALPHA,  /* their shape */
    EOT_SHOWER_PHOTON, /* the next two are photons', from their conversion on */
    EOT_SHOWER_N_COLUMN = 4
};

#endif
