/** @file parameters.h
 * The structs that cross the bus between host and kernels: parameters of a launch, state of the lanes, records of
 * vertices and events. No function. */
#ifndef EOT_TRANSPORT_PARAMETERS_H
#define EOT_TRANSPORT_PARAMETERS_H

#include "eotmc/detector/selection.h"
#include "eotmc/detector/setup.h"
#include "eotmc/physics/dimuon_trident.h"
#include "eotmc/physics/em_tables.h"
#include "eotmc/physics/lfc_sample.h"
#include "eotmc/tally/record.h"
#include "eotmc/tally/tally.h"

#define EOT_STACK_DEPTH 24 /* the heavier daughter is pushed: depth <= log2(E0/cut) < 16 for 10 TeV over 0.2 GeV */

typedef struct {
    f32 E, z; /* GeV, cm from the calorimeter's front */
    i32 type; /* enum eot_particle_type */
} eot_shower_particle;

/** State of the lanes between launches: words [EOT_N_LANE_WORD][n_lane], real ones as their bits. Field by field, so
 * that neighbouring fields of one lane are not loaded as a short vector, which would keep CPU compilers from
 * vectorising across lanes; on a GPU the accesses coalesce. */
enum eot_lane_word {
    EOT_LANE_E = 0,           /* GeV (f32) */
    EOT_LANE_Z,               /* cm (f32) */
    EOT_LANE_TYPE,            /* enum eot_particle_type */
    EOT_LANE_DEPTH,           /* particles on the stack */
    EOT_LANE_I_PRIMARY,       /* index in the batch; n_primary: the lane is idle */
    EOT_LANE_DRAW,            /* step of the shower */
    EOT_LANE_WEIGHT,          /* expected number of rare vertices so far (f32) */
    EOT_LANE_VERTEX_DRAW,     /* step that holds the chosen vertex */
    EOT_LANE_VERTEX_FRACTION, /* of its path (f32) */
    EOT_LANE_VERTEX_E,        /* GeV (f32) */
    EOT_LANE_N_HIT,           /* analog vertices waiting in the lane's slots */
    EOT_LANE_N_STEP,
    EOT_LANE_N_OVERFLOW,
    EOT_N_LANE_WORD
};

/** A rare vertex as the cascade leaves it: enough to follow its shower again and find it. */
typedef struct {
    u32 i_primary; /* index in the batch */
    u32 draw;      /* step of the shower, and the parent's type in the upper two bits */
    f32 fraction;  /* of the step's path */
    f32 E;         /* GeV of the parent at the vertex: checked by the replay */
    f32 weight;    /* EOT-normalised weight */
} eot_vertex_record;
EOT_LAYOUT(eot_vertex_record, 20);
#define EOT_RECORD_TYPE_SHIFT 30
EOT_FN u32 eot_record_draw(u32 draw) { return draw & 0x3fffffffu; }
EOT_FN i32 eot_record_type(u32 draw) { return (i32)(draw >> EOT_RECORD_TYPE_SHIFT); }

/** Scalars of a cascade launch. */
typedef struct {
    u64 first_primary;
    u32 n_primary, n_lane, n_iteration, seed, run;
    i32 is_forced;
    f32 enhancement; /* factor on rare rates in analog mode */
    i32 track_tally; /* enum eot_track_tally */
    u32 n_slot;      /* analog vertex slots per lane */
    i32 primary_type;
    f32 threshold[EOT_N_TRACK_THRESHOLD]; /* GeV, increasing: of the track-length tally */
    i32 n_track_bin;                      /* spectra: nodes, and one bin for energies below the first */
    f32 track_log_first, track_inverse_log_step;
} eot_cascade_parameters;
EOT_LAYOUT(eot_cascade_parameters, 88);

/** What the cascade tallies of track lengths: nothing; above thresholds; on the nodes of an energy grid uniform in ln
 * E, the node drawn so that sums over nodes are those of hat functions (a fold with a table is then the fold with its
 * linear interpolation in ln E). */
enum eot_track_tally { EOT_TRACK_NONE = 0, EOT_TRACK_THRESHOLDS = 1, EOT_TRACK_SPECTRUM = 2 };
#define EOT_TRACK_BINS 12            /* thresholds: bins per particle type: below the first, ..., above the last */
#define EOT_TRACK_QUANTUM 1048576.0f /* counts per X0 */

#define EOT_N_ELEMENT 4            /* elements that a pair may be made on */
#define EOT_N_LFC 8                /* nuclei of the ECAL, counted once a layer, on which e N -> mu N phi is simulated */
#define EOT_EVENT_VERTEX_BYTES 136 /* of eot_event_vertex, whose vectors are f32 on the device */
#define EOT_N_REPLAY_FIELD 8       /* f32 per particle on the replay's stack: E, z, type, x, y, sx, sy, ghost */

/** Everything the event kernels need besides the tables; one in a buffer. */
typedef struct {
    u64 first_primary;
    u32 first_vertex, n_event;              /* of this launch in the vertex records */
    u64 sample_threshold, follow_threshold; /* 2^53 x fraction of primaries whose deposits are tallied, and that are
                                               followed with deposits whatever their muons do */
    f32 sample_weight;                      /* 1 / the first fraction */
    u32 need; /* f32 table [n_need], decreasing: least kinetic energy [GeV] of a muon at need_z0 + i/need_inverse_step
                 that may cross all trackers */
    i32 n_need;
    f32 need_z0, need_inverse_step;
    i32 has_list; /* 1: the events of this launch are listed, 0: they are all */
    u32 seed, run;
    i32 has_vertex; /* 0: showers only (all primaries, none holds a vertex) */
    i32 multiple_scattering;
    f32 calorimeter_z;     /* cm, front of the ECAL: depth 0 of the cascade */
    f32 layers_inverse_X0; /* 1/cm, average of the ECAL: depth in X0 */
    u32 pair_quantile;     /* f32 table [n_pair_energy][n_pair_quantile + 1] of (x+ - x_min)/(x_max - x_min) */
    i32 n_pair_energy, n_pair_quantile;
    f32 pair_log_first, pair_inverse_log_step;
    i32 n_element;
    f32 element_share[EOT_N_ELEMENT], element_Z[EOT_N_ELEMENT],
        element_A[EOT_N_ELEMENT]; /* cumulative share of the vertices */
    i32 n_slab, n_profile;
    f32 profile_z0, profile_inverse_width;
    eot_beam beam;
    eot_shower_constants shower;
    eot_response response;
    eot_slab slab[EOT_N_SLAB];
    eot_dimuon_trident_table trident;
    i32 n_lfc;
    eot_lfc_table lfc[EOT_N_LFC]; /* one nucleus each; rates in units of the run */
    i32 lfc_medium[EOT_N_LFC];
    f32 lfc_Z[EOT_N_LFC], lfc_A[EOT_N_LFC];
    u32 importance; /* f32 table [n of the nucleus][n_importance_energy + 1 + n_importance_energy (n_importance_angle +
                    1)]: cumulative shares of rows of cells, and of cells in a row */
    i32 importance_nucleus;                      /* whose energies they are at */
    i32 n_importance_energy, n_importance_angle; /* 0: no muons are preferred */
    i32 n_selection;                             /* at least 1, the default one first */
    eot_selection selection[EOT_MAX_SELECTION];
} eot_event_parameters;
EOT_LAYOUT(eot_event_parameters, 2832 + EOT_MAX_SELECTION * sizeof(eot_selection));

/** A muon's crossing of a tracker plane. */
typedef struct {
    f32 x, y, time, is_hit;
} eot_hit;

/** What became of a muon. */
typedef struct {
    eot_hit hit[EOT_N_PLANE];
    f32 E_exit; /* GeV, total energy on leaving the last HCAL module by its rear face; 0: did not */
    i32 fate;
} eot_muon_outcome;
EOT_LAYOUT(eot_muon_outcome, 136);

/** What went wrong with an event; the record's stage is minus the sum. */
enum eot_event_fault {
    EOT_FAULT_VERTEX = 1,  /* the replay did not find the recorded vertex, or its muons are not numbers */
    EOT_FAULT_STACK = 2,   /* the replay's stack overflowed */
    EOT_FAULT_ENDLESS = 4, /* the shower did not end */
    EOT_FAULT_STUCK = 8,   /* a muon without progress */
    EOT_FAULT_NAN = 16,    /* a muon that is not a number */
    EOT_FAULT_ENERGY = 32  /* a vertex above the energies of its tables */
};

/** A muon beam: what the kernel needs besides the tables. */
typedef struct {
    u64 first_primary;
    u32 n_primary, seed, run;
    i32 charge;
    f32 face_x, face_y, half_x, half_y; /* cm: the scored face; the grid ends in its plane */
    eot_beam beam;
} eot_muon_beam_parameters;
EOT_LAYOUT(eot_muon_beam_parameters, 80);

/** Columns of a scored muon, f32 each. */
enum eot_exit_column {
    EOT_EXIT_SURVIVED = 0, /* 1: reached the plane; 0: did not; -1: fault */
    EOT_EXIT_LOSS,         /* GeV of kinetic energy */
    EOT_EXIT_ANGLE_X,
    EOT_EXIT_ANGLE_Y, /* slopes */
    EOT_EXIT_DISPLACEMENT_X,
    EOT_EXIT_DISPLACEMENT_Y, /* cm from the incoming straight line */
    EOT_N_EXIT_COLUMN
};

/** Sums of a muon beam: steps, energies in counts (in = out + deposited + neutrino), faults. */
enum eot_exit_counter {
    EOT_EXIT_C_STEPS = 0,
    EOT_EXIT_C_IN,
    EOT_EXIT_C_OUT,
    EOT_EXIT_C_DEPOSITED,
    EOT_EXIT_C_NEUTRINO,
    EOT_EXIT_C_FAULT_NAN,
    EOT_EXIT_C_FAULT_STUCK,
    EOT_N_EXIT_COUNTER
};

#endif
