/** @file launch.h
 * What differs between the launches of a run: which primaries or events a launch is about, their random numbers, and
 * what is tallied of them. */
#ifndef EOT_TRANSPORT_LAUNCH_H
#define EOT_TRANSPORT_LAUNCH_H

#include "eotmc/tally/record.h"
#include "eotmc/transport/world.h"

/** What the cascade tallies of track lengths: nothing; above thresholds; on the nodes of an energy grid uniform in ln
 * E, the node drawn so that sums over nodes are those of hat functions (a fold with a table is then the fold with its
 * linear interpolation in ln E). */
enum eot_track_tally { EOT_TRACK_NONE = 0, EOT_TRACK_THRESHOLDS = 1, EOT_TRACK_SPECTRUM = 2 };
#define EOT_TRACK_BINS 12            /* thresholds: bins per particle type: below the first, ..., above the last */
#define EOT_TRACK_QUANTUM 1048576.0f /* counts per X0 */

/* Whether the cascade writes the ways to its forced vertices; a build option of the kernels (-DEOT_WAYS=0 or 1).
 * Kernels that write ways know no analog vertices: the hot loop has no registers for both. */
#ifdef EOT_WAYS
#define EOT_HAS_WAYS(parameters) EOT_WAYS
#else
#define EOT_HAS_WAYS(parameters) ((parameters).has_ways)
#endif
#if defined(EOT_WAYS) && EOT_WAYS
#define EOT_IS_FORCED(parameters) 1
#else
#define EOT_IS_FORCED(parameters) ((parameters).is_forced)
#endif

/** A launch of the cascade. */
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
    i32 n_arrival;      /* lists of arrivals have so many places; 0: there are none, and the energies are a list */
    u32 arrival_stride; /* primaries that the lists have place for */
    i32 has_ways;       /* whether the way to each forced vertex is written (EOT_WAY_WORDS) */
    u32 unused;         /* to whole u64 */
} eot_cascade_parameters;
EOT_LAYOUT(eot_cascade_parameters, 104);

/** A launch of the event kernels. */
typedef struct {
    u64 first_primary;
    u64 sample_threshold, follow_threshold; /* 2^53 x fraction of primaries whose deposits are tallied, and that are
                                               followed with deposits whatever their muons do */
    u32 first_vertex, n_event;              /* of this launch in the vertex records */
    u32 seed, run;
    f32 sample_weight;         /* 1 / the first fraction */
    i32 primary_type;          /* enum eot_particle_type */
    i32 has_list;              /* 1: the events of this launch are listed, 0: they are all */
    u32 first_listed;          /* its first place in the list */
    i32 has_vertex;            /* 0: showers only (all primaries, none holds a vertex) */
    i32 n_profile;             /* bins of depth of the deposits' profile; 0: none is made */
    f32 profile_z0;            /* cm */
    f32 profile_inverse_width; /* 1/cm */
    i32 has_ways;              /* as of the cascade */
    u32 n_history;             /* of the muons of a vertex, up to the chambers (roulette.h); at least 1 */
    i32 has_roulette;          /* of muons that are unlikely to reach them */
    u32 unused;                /* to whole u64 */
} eot_event_launch;
EOT_LAYOUT(eot_event_launch, 88);

/** The number of event i of a launch among the vertex records from launch->first_vertex on. */
EOT_FN u32 eot_event_number(EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL const u32 *list, u32 i) {
    return launch->has_list ? list[launch->first_listed + i] : i;
}

/** The history of the muons of a vertex that is followed with deposits, and how many in nature it stands for. */
typedef struct {
    u32 number;
    f32 share; /* 0: none is followed */
} eot_history;
EOT_LAYOUT(eot_history, 8);
#define EOT_MOST_HISTORIES 16
#define EOT_FOLLOW_BLOCK 256 /* events that one work item lists, where not all are followed with deposits */

/* Roulette (roulette.h): the least share of muons that go on, which bounds weights; the largest of those whose charge
 * no selection looks for; and the chance to hit a chamber, over that of a muon of the beam's energy which is aimed at
 * it, below which the others play. */
#define EOT_LEAST_SHARE 0.125f
#define EOT_UNWANTED_SHARE 0.25f
#define EOT_LIKELY_CHANCE 0.03f

#define EOT_N_OUTPUT_PLANE 8 /* planes of output.planes at most */
#define EOT_LIGHT_X0 0.1f    /* radiation lengths that a free electron or photon flies through (light.h) */

/** Planes across the beam, and what a launch of the kernel muon_leg does. */
typedef struct {
    f64 z[EOT_N_OUTPUT_PLANE]; /* cm */
    i32 n_plane;
    i32 is_first, is_last; /* the leg begins at the vertices; it has no plane at its end */
    i32 stop;              /* the plane at its end */
    u32 most;              /* crossings of a primary that there is place for (plane_beam.h) */
    f32 cut;               /* GeV: electrons and photons below it are not kept */
} eot_plane_launch;
EOT_LAYOUT(eot_plane_launch, 8 * EOT_N_OUTPUT_PLANE + 24);

/** A launch of a muon beam. */
typedef struct {
    u64 first_primary;
    u32 n_primary, seed, run;
    i32 charge;
    f32 face_x, face_y, half_x, half_y; /* cm: the scored face; the grid ends in its plane */
    eot_beam beam;
} eot_muon_beam_parameters;
EOT_LAYOUT(eot_muon_beam_parameters, 112);

#endif
