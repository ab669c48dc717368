/** @file state.h
 * What kernels write and read again: the state of the lanes, records of vertices, outcomes of muons, columns of events.
 * What they only read is in world.h (the same in all launches of a run) and launch.h. */
#ifndef EOT_TRANSPORT_STATE_H
#define EOT_TRANSPORT_STATE_H

#include "eotmc/detector/accumulator.h"
#include "eotmc/detector/response.h"
#include "eotmc/detector/spectrometer.h"
#include "eotmc/tally/record.h"

#define EOT_STACK_DEPTH \
    24 /* the heavier daughter is pushed: depth <= log2(E0/cut) < 16 for 10 TeV over 0.2 GeV, 1 more in replays */

/** The way from a shower's first particle to the one that is followed, as the steps at which a particle was taken from
 * the stack: with them, only the particles on this way have to be followed again to find the place of a step. Entries
 * in order, a word each: the number of the first step after it was taken, and in the upper bits how many particles
 * stayed below it on the stack. A row of a primary begins with their number, in which a row with more than fit says so.
 */
#define EOT_WAY_ENTRIES 31
#define EOT_WAY_WORDS (EOT_WAY_ENTRIES + 1)
#define EOT_WAY_DEPTH_SHIFT 27
#define EOT_WAY_END 0xffffffffu /* no entry: no stack is as deep */
/** Words per lane of the cascade's stack: E and z of the waiting particles, [EOT_STACK_DEPTH][n_lane] of
 * eot_lane_waiting; with ways, planes of a word per lane behind them: how many entries the way to each has, and the
 * entries of the lane, with a spare one. */
#define EOT_LANE_STACK_PLANES(has_ways) ((has_ways) ? 3 * EOT_STACK_DEPTH + EOT_WAY_WORDS : 2 * EOT_STACK_DEPTH)

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
    EOT_LANE_ARRIVAL, /* number of the arrival that is followed */
    EOT_LANE_WAY,     /* entries of the way to the particle that is followed */
    EOT_N_LANE_WORD
};

/* Work items of the kernel `arrivals`, and the stacks that it needs; each makes the lists of many primaries. */
#define EOT_ARRIVAL_ITEMS 4096u

/** Sums over the primaries of a beam that has arrivals (eot_beam_line.most): energies in counts, then a histogram of
 * the share of its energy that the beam's particle has at the front plane of the ECAL. in = ionisation + below +
 * arrived
 * + missed. */
#define EOT_N_KEPT_BIN 100
enum eot_beam_sum {
    EOT_BEAM_HIT = 0,    /* primaries of which anything above the cut arrives in the ECAL */
    EOT_BEAM_IN,         /* energy of the beam */
    EOT_BEAM_IONISATION, /* left in front of the ECAL */
    EOT_BEAM_BELOW,      /* radiated, or of particles, below the cut in front of the ECAL: goes on as showers */
    EOT_BEAM_ARRIVED,
    EOT_BEAM_MISSED,  /* above the cut past the ECAL */
    EOT_BEAM_SPILLED, /* particles beyond EOT_N_ARRIVAL */
    EOT_BEAM_KEPT,    /* [EOT_N_KEPT_BIN] */
    EOT_N_BEAM_SUM = EOT_BEAM_KEPT + EOT_N_KEPT_BIN
};

/** Energy [GeV] of the particle that stands for a primary of which nothing arrives: below any cut, so that it makes one
 * step and nothing of it counts. */
#define EOT_LANE_NOTHING 1e-6f

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

#define EOT_EVENT_VERTEX_BYTES 144 /* of eot_event_vertex, whose vectors are f32 on the device */
#define EOT_MUON_STATE_BYTES 328   /* of eot_event_muon_state (event_muon.h), the last 4 unused */
#define EOT_N_REPLAY_FIELD 8       /* f32 per particle on the replay's stack: E, z, type, x, y, sx, sy, ghost */

/** A muon's crossing of a chamber of the spectrometer, through its front face [cm, ns, GeV/c]; momentum 0: none. */
typedef struct {
    f32 x, y, time, momentum;
} eot_hit;

/** What became of a muon. */
typedef struct {
    eot_hit hit[EOT_N_PLANE];
    f32 E_exit;         /* GeV, total energy on leaving the last HCAL module by its rear face; 0: did not */
    f32 first_momentum; /* GeV/c, at the first chamber; 0: has not crossed it */
    i32 fate;
} eot_muon_outcome;
EOT_LAYOUT(eot_muon_outcome, 140);

/** A spectrometer track. */
typedef struct {
    f32 momentum;      /* GeV/c, signed by the charge; 0: it has none */
    f32 error;         /* relative, of 1/p */
    f32 chi2;          /* per degree of freedom */
    f32 true_momentum; /* GeV/c, of the muon at the first chamber */
    i32 charge;        /* true one */
    i32 is_there;      /* whether all chambers are hit */
} eot_track;
EOT_LAYOUT(eot_track, 24);

/** What went wrong with an event; the record's stage is minus the sum. */
enum eot_event_fault {
    EOT_FAULT_VERTEX = 1,  /* the replay did not find the recorded vertex, or its muons are not numbers */
    EOT_FAULT_STACK = 2,   /* the replay's stack overflowed */
    EOT_FAULT_ENDLESS = 4, /* the shower did not end */
    EOT_FAULT_STUCK = 8,   /* a muon without progress */
    EOT_FAULT_NAN = 16,    /* a muon that is not a number */
    EOT_FAULT_ENERGY = 32  /* a vertex above the energies of its tables */
};

/** Columns of a scored muon of a beam: eotmc/tally/exit_columns.def. */
enum eot_exit_column {
#define EOT_EXIT_COLUMN(id, name, unit, kind, meaning) EOT_EXIT_##id,
#include "eotmc/tally/exit_columns.def"
#undef EOT_EXIT_COLUMN
    EOT_N_EXIT_COLUMN
};

/** Sums of a muon beam: steps, energies in counts (in = out + deposited + neutrino + lost), faults. */
enum eot_exit_counter {
    EOT_EXIT_C_STEPS = 0,
    EOT_EXIT_C_IN,
    EOT_EXIT_C_OUT,
    EOT_EXIT_C_DEPOSITED,
    EOT_EXIT_C_NEUTRINO,
    EOT_EXIT_C_LOST, /* what lost muons had when they were given up */
    EOT_EXIT_C_FAULT_NAN,
    EOT_EXIT_C_FAULT_STUCK,
    EOT_N_EXIT_COUNTER
};

#endif
