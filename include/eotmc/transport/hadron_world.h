/** @file hadron_world.h
 * What a beam of pions or kaons needs besides the world that muons and showers read: interaction lengths and ionisation
 * of the regions, where decays are forced, and the trackers of the beam. */
#ifndef EOT_TRANSPORT_HADRON_WORLD_H
#define EOT_TRANSPORT_HADRON_WORLD_H

#include "eotmc/physics/hadron.h"

#define EOT_N_STATION 8      /* trackers in front of the ECAL at most */
#define EOT_N_HADRON_NODE 64 /* of the ionisation in ln(p/m) */

/** Streams of random numbers of a primary: of the beam's hadron, of its decay, of pions from there on. */
enum eot_hadron_stream {
    EOT_HADRON_STREAM_BEAM = 0,
    EOT_HADRON_STREAM_CHOICE, /* place and channel */
    EOT_HADRON_STREAM_DECAY,
    EOT_HADRON_STREAM_SHOWER, /* what is deposited, 32 apart from each other; the next two: a conversion and its pair */
    EOT_HADRON_STREAM_STATION,
    EOT_HADRON_STREAM_PION = 8 /* a pion, and its decay behind it */
};

/** Columns of a region in the f32 table. */
enum eot_hadron_region_column {
    EOT_HADRON_REGION_INTERACTION = 0, /* 1/cm, inverse of the nuclear interaction length; 0: none interacts */
    EOT_HADRON_REGION_X0,              /* 1/cm, inverse of the radiation length */
    EOT_HADRON_REGION_LOSS,            /* GeV/cm, mean ionisation of pions at the nodes, then of kaons */
    EOT_N_HADRON_REGION_COLUMN = EOT_HADRON_REGION_LOSS + 2 * EOT_N_HADRON_NODE
};

/** Constants of a beam of hadrons; all 0 for other beams. */
typedef struct {
    i32 kind, charge; /* enum eot_hadron_kind */
    i32 is_there;     /* whether the beam is of hadrons */
    i32 interacts;    /* physics.hadron_interactions */
    u32 region;       /* f32 table [n_region][EOT_N_HADRON_REGION_COLUMN] */
    u32 place;        /* f32 table [n_place + 1]: share of the forced decays in front of the edges of equal bins of z */
    i32 n_place;
    f32 log_first, inverse_log_step; /* of the nodes in ln(p/m) */
    f32 highland;                    /* Highland's factor with the logarithm of the whole way to the ECAL */
    f32 z0, z1;                      /* cm: where decays are forced */
    f32 srd_z, ecal_z;               /* cm: the SRD, the front face of the ECAL */
    i32 n_station, n_before;         /* trackers in front of the ECAL; those of them in front of the SRD */
    f32 station_x[EOT_N_STATION], station_y[EOT_N_STATION]; /* cm: where a particle of the beam without scattering is */
    f32 station_z[EOT_N_STATION], station_resolution[EOT_N_STATION]; /* cm */
} eot_hadron_world;
EOT_LAYOUT(eot_hadron_world, 64 + 16 * EOT_N_STATION);

/** What differs between launches. */
typedef struct {
    u64 first_primary;
    u32 n_primary, seed, run;
    i32 is_forced;
    f32 enhancement; /* of decays, in analog mode */
    u32 unused;      /* to whole u64 */
} eot_hadron_launch;
EOT_LAYOUT(eot_hadron_launch, 32);

#endif
