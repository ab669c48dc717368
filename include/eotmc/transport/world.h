/** @file world.h
 * What is the same in all launches of a run: beam, detector, response, selection, and where the tables of the rare
 * vertices are. */
#ifndef EOT_TRANSPORT_WORLD_H
#define EOT_TRANSPORT_WORLD_H

#include "eotmc/detector/response.h"
#include "eotmc/detector/secondaries.h"
#include "eotmc/detector/selection.h"
#include "eotmc/detector/spectrometer.h"
#include "eotmc/detector/volume.h"
#include "eotmc/physics/dimuon_trident.h"
#include "eotmc/physics/em_tables.h"
#include "eotmc/physics/lfc_sample.h"
#include "eotmc/tally/tally.h"
#include "eotmc/transport/importance.h"

#define EOT_N_ELEMENT 4 /* elements that a pair may be made on */
#define EOT_N_LFC 8     /* nuclei of the ECAL, counted once a layer, on which e N -> mu N phi is simulated */

/** The beam. */
typedef struct {
    f32 energy, spread; /* GeV, relative */
    f32 spot_x, spot_y, divergence_x, divergence_y;
    f32 angle_x, angle_y; /* mean slopes */
    f32 position_x, position_y, position_z;
    i32 particle;
    u64 file_first; /* number of the run's first primary, and 1/primaries of the run: */
    f64 file_step;  /* primaries take the events of a file one after the other (source.h) */
    u32 file;       /* of the f32 table: [n_file][EOT_FILE_EVENT_COLUMNS], then [particles][EOT_FILE_COLUMNS] */
    i32 n_file;     /* events; 0: primaries are sampled */
} eot_beam;
EOT_LAYOUT(eot_beam, 72);
/** Columns of an event of a file: the end of its share of the primaries, in units of 2^-24 and of 2^-48; number of its
 * first particle, and how many it has. */
enum eot_file_event_column {
    EOT_FILE_UPPER = 0,
    EOT_FILE_LOWER,
    EOT_FILE_FIRST,
    EOT_FILE_NUMBER,
    EOT_FILE_EVENT_COLUMNS
};
/** Columns of a particle of a file: total energy [GeV], place [cm], direction, time [ns], enum eot_particle_type of an
 * electron, positron or photon. */
enum eot_file_column {
    EOT_FILE_E = 0,
    EOT_FILE_X,
    EOT_FILE_Y,
    EOT_FILE_Z,
    EOT_FILE_UX,
    EOT_FILE_UY,
    EOT_FILE_UZ,
    EOT_FILE_TIME,
    EOT_FILE_TYPE,
    EOT_FILE_COLUMNS
};

/** The signal of one of several masses of phi (eotmc/transport/mass.h). */
typedef struct {
    eot_lfc_table lfc[EOT_N_LFC]; /* on the nuclei of eot_vertex_tables, in their order; n_xsec = 0: it is too light */
    f32 scale;                    /* of its rates: with it, all masses make about as many vertices as the first */
    f32 share;                    /* of the vertices that are drawn from it; the sum over the masses is 1 */
    eot_importance importance;
    i32 importance_nucleus;
} eot_mass;
EOT_LAYOUT(eot_mass, 64 * EOT_N_LFC + 32);

/** Tables of the rare vertices: where they are in the f32 table, and what makes their axes. */
typedef struct {
    u32 pair_quantile; /* f32 table [n_pair_energy][n_pair_quantile + 1] of (x+ - x_min)/(x_max - x_min) */
    i32 n_pair_energy, n_pair_quantile;
    f32 pair_log_first, pair_inverse_log_step;
    i32 n_element;
    f32 element_share[EOT_N_ELEMENT], element_Z[EOT_N_ELEMENT],
        element_A[EOT_N_ELEMENT]; /* cumulative share of the vertices */
    eot_dimuon_trident_table trident;
    i32 n_lfc;
    eot_lfc_table lfc[EOT_N_LFC]; /* one nucleus each; rates in units of the run */
    i32 lfc_medium[EOT_N_LFC];
    f32 lfc_Z[EOT_N_LFC], lfc_A[EOT_N_LFC];
    eot_importance pair, signal; /* importance of muon pairs, of the signal's vertices */
    i32 importance_nucleus;      /* at whose energies the signal's is */
    i32 n_mass, unused;          /* masses of phi; with several, vertices are drawn from all of them together */
    eot_mass mass[EOT_MAX_MASS]; /* rising; empty where there is one, that of lfc, which is the first in any case */
} eot_vertex_tables;
EOT_LAYOUT(eot_vertex_tables, 760 + EOT_MAX_MASS * sizeof(eot_mass));

/** What a muon needs that is to cross all trackers. At z0 + i/inverse_step: f32 table [n], decreasing, of the least
 * kinetic energy [GeV]. For each chamber, in the order in which they come, a row of eot_aim_column, and behind those
 * rows [n][n_aim] rows of eot_outlook_column at the same places. */
typedef struct {
    u32 table;
    i32 n;
    f32 z0, inverse_step; /* cm, 1/cm */
    u32 aim;              /* f32 table */
    i32 n_aim;
    f32 inverse_likely; /* 1 over the chance to hit a chamber from which on no muon plays roulette (roulette.h) */
    i32 charges;        /* that selections look for: bit 0 mu-, bit 1 mu+ */
} eot_muon_need;
EOT_LAYOUT(eot_muon_need, 32);
/** Columns of a chamber that a muon is aimed at [cm]. */
enum eot_aim_column { EOT_AIM_Z = 0, EOT_AIM_X, EOT_AIM_Y, EOT_AIM_HALF_X, EOT_AIM_HALF_Y, EOT_AIM_COLUMNS };
/** What happens to a muon between a depth and a chamber. */
enum eot_outlook_column {
    EOT_OUTLOOK_STIFFNESS = 0, /* 1/(spread by scattering x momentum)^2 [1/(GeV cm)^2] */
    EOT_OUTLOOK_BEND_X,        /* how far fields bend a mu+, times its momentum [GeV cm] */
    EOT_OUTLOOK_BEND_Y,
    EOT_OUTLOOK_COLUMNS
};

#define EOT_N_ARRIVAL 32     /* particles of a primary that are followed in the ECAL */
#define EOT_N_LINE_MEDIUM 12 /* materials in front of the ECAL */

/** What a primary meets before the ECAL, and the ECAL's sides. */
typedef struct {
    f32 center_x, center_y, half_x, half_y; /* cm, of the ECAL */
    f32 cut;                                /* GeV */
    f32 highland;                           /* Highland's factor with the logarithm of the whole line, see
                                               eot_highland_factor */
    i32 most; /* arrivals of a primary; 0: every primary enters the ECAL by its front, and nothing acts on it before */
    u32 region; /* f32 table [n_region][2]: medium in front of the ECAL (-1: none), 1/X0 [1/cm] */
    i32 n_medium;
    f32 X0; /* radiation lengths up to the ECAL's front plane, the most of some test primaries */
    eot_em_tables medium[EOT_N_LINE_MEDIUM];
} eot_beam_line;
EOT_LAYOUT(eot_beam_line, 40 + EOT_N_LINE_MEDIUM * sizeof(eot_em_tables));

/** Where losses of muons that no detector sees are drawn more often than in nature (losses.h). */
typedef struct {
    f32 share;              /* of the events that have extra losses; 0: none */
    f32 least;              /* GeV, that a muon must be able to lose */
    f32 decay_z0, decay_z1; /* cm: extra decays, */
    f32 decay_rate;         /* 1/cm, their rate there; 0: none */
    f32 hard_z0, hard_z1;   /* cm: extra hard losses, */
    f32 hard_factor;        /* their number per hard event of nature there; 0: none */
    i32 charges;            /* that a selection looks for: bits 1 of mu-, 2 of mu+ */
} eot_loss_preference;
EOT_LAYOUT(eot_loss_preference, 36);

/** Columns of a region in the f32 table lengths of eot_event_world. */
enum eot_lengths_column {
    EOT_LENGTHS_INTERACTION = 0, /* 1/cm, inverse of the nuclear interaction length */
    EOT_LENGTHS_X0,              /* 1/cm, inverse of the radiation length */
    EOT_LENGTHS_ACTIVE,          /* share of the ionisation that is seen */
    EOT_N_LENGTHS_COLUMN
};

/** What the event kernels read besides the tables. */
typedef struct {
    eot_beam beam;
    i32 multiple_scattering;
    f32 calorimeter_z;     /* cm, front of the ECAL: depth 0 of the cascade */
    f32 layers_inverse_X0; /* 1/cm, average of the ECAL: depth in X0 */
    i32 n_volume;
    eot_deposit_volume volume[EOT_N_DEPOSIT_VOLUME];
    eot_columns columns;
    eot_shower_constants shower;
    eot_response response;
    eot_spectrometer spectrometer;
    i32 n_selection; /* at least 1, the default one first */
    eot_selection selection[EOT_MAX_SELECTION];
    eot_muon_need need;
    eot_vertex_tables vertex;
    eot_beam_line line;
    eot_secondaries secondaries;
    eot_loss_preference losses;
    u32 lengths; /* f32 table [n_region][EOT_N_LENGTHS_COLUMN] */
    u32 unused;  /* to whole u64 */
} eot_event_world;
EOT_LAYOUT(eot_event_world, 19544 + EOT_MAX_MASS * sizeof(eot_mass) + sizeof(eot_spectrometer) +
                                EOT_MAX_SELECTION * sizeof(eot_selection) + sizeof(eot_beam_line) +
                                sizeof(eot_secondaries) + sizeof(eot_loss_preference));

#endif
