/** @file setup.h
 * The detector as the event kernels see it: the volumes along the beam axis ("slabs"), what an event accumulates, and
 * the response. */
#ifndef EOT_DETECTOR_SETUP_H
#define EOT_DETECTOR_SETUP_H

#include "eotmc/base/portable.h"
#include "eotmc/base/role.h"

#define EOT_N_SLAB 24
#define EOT_N_HCAL 4
#define EOT_N_PLANE 8
#define EOT_MODULE_IN_FRONT (-1) /* matter without a calorimeter's role in front of the ECAL */
#define EOT_N_ECAL_CELL 64
#define EOT_N_HCAL_CELL 16
#define EOT_ENERGY_QUANTUM D(1073741824.0) /* counts per GeV: 2^30 */

/** A volume (or the gap between two) along the beam axis, for showers below the cut: they are followed in depth, not
 * through the grid. */
typedef struct {
    f32 z0, z1;                             /* cm */
    f32 inverse_X0;                         /* 1/cm */
    f32 log_critical_energy;                /* ln(Ec/GeV) */
    f32 moliere_radius;                     /* cm */
    f32 center_x, center_y, half_x, half_y; /* cm */
    f32 shower_visible; /* energy in active material / energy deposited, for electromagnetic showers */
    i32 role, module;   /* enum eot_role; number among its like, or EOT_MODULE_IN_FRONT */
    i32 cells_x, cells_y;
    i32 first_cell; /* accumulator of cell (0, 0), or -1 */
    f32 Z, one_minus_e_hat,
        inverse_sampling_frequency; /* Grindhammer and Peters' material quantities: mass-averaged Z, 1 - e-hat, 1/F_S */
} eot_slab;
EOT_LAYOUT(eot_slab, 72);

/** What an event accumulates, in counts of 1/EOT_ENERGY_QUANTUM GeV. The ledger terms sum to the beam energy. */
enum eot_accumulator {
    EOT_ACC_LEDGER_ECAL = 0, /* deposited in the ECAL */
    EOT_ACC_LEDGER_VETO,
    EOT_ACC_LEDGER_HCAL,
    EOT_ACC_LEDGER_OTHER,    /* other material, air */
    EOT_ACC_LEDGER_REAR,     /* shower energy beyond the last slab */
    EOT_ACC_LEDGER_SIDE,     /* shower energy beside the slabs */
    EOT_ACC_LEDGER_FRONT,    /* shower energy in front of the ECAL: left in matter there, or scattered back out of the
                                first slab */
    EOT_ACC_LEDGER_NEUTRINO, /* neutrinos and captures */
    EOT_ACC_LEDGER_MUON,     /* muons that leave the world (total energy) */
    EOT_ACC_LEDGER_REST,     /* rest energy of stopped muons that do not decay (physics.decay: off) */
    EOT_ACC_LEDGER_PHI,      /* carried away by the scalar */
    EOT_ACC_LEDGER_RECOIL,   /* kinetic energy of the nucleus that it was radiated on; the host moves it from PHI */
    EOT_N_LEDGER,
    EOT_ACC_VETO_VISIBLE = EOT_N_LEDGER,
    EOT_ACC_HCAL_VISIBLE,                                      /* one per module */
    EOT_ACC_HCAL_HADRONIC = EOT_ACC_HCAL_VISIBLE + EOT_N_HCAL, /* hadronic energy, one per module */
    EOT_ACC_ECAL_CELL = EOT_ACC_HCAL_HADRONIC + EOT_N_HCAL,
    EOT_ACC_HCAL_CELL = EOT_ACC_ECAL_CELL + EOT_N_ECAL_CELL,
    EOT_N_ACC = EOT_ACC_HCAL_CELL + EOT_N_HCAL * EOT_N_HCAL_CELL
};

/** Energy as counts; rounding to the nearest keeps differences telescoping. */
EOT_FN i64 eot_energy_counts(f32 energy) { return (i64)floor((f64)energy * EOT_ENERGY_QUANTUM + D(0.5)); }

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
} eot_shower_constants;
EOT_LAYOUT(eot_shower_constants, 108);

typedef struct {
    f32 energy, spread; /* GeV, relative */
    f32 spot_x, spot_y, divergence_x, divergence_y;
    f32 position_x, position_y, position_z;
    i32 particle;
} eot_beam;
EOT_LAYOUT(eot_beam, 40);

/** Response of the detector; selections are in eotmc/detector/selection.h. */
typedef struct {
    f32 beam_resolution;
    f32 ecal_stochastic, ecal_constant;
    f32 tail_start;
    f32 hcal_stochastic, hcal_constant;
    f32 hcal_scale;                                 /* calibrated GeV per GeV of active energy */
    f32 hadronic_visible;                           /* active energy per hadronic energy, before the scale */
    f32 hcal_photostatistics, veto_photostatistics; /* photoelectrons per calibrated GeV, per MeV */
    i32 n_hcal, n_plane, n_before;                  /* tracker planes, those in front of the magnet */
    f32 plane_z[EOT_N_PLANE], plane_resolution[EOT_N_PLANE];
    f32 field_integral; /* T cm, of the y component */
    f32 hcal_end;       /* cm, rear face of the last HCAL module */
    f32 ecal_sampling;  /* GeV^1/2: sampling fluctuation of the ECAL's visible energy, simulated; part of the stochastic
                           term */
} eot_response;
EOT_LAYOUT(eot_response, 128);

#endif
