/** @file plane_rows.h
 * What a run keeps of the planes that it is asked for (output.planes): the particles that cross them, and for planes in
 * HDF5 the events as they are there, from which another run goes on to the same bits. Rows are in the order of
 * primaries, and their number is bounded. */
#ifndef EOT_HOST_ENGINE_PLANE_ROWS_H
#define EOT_HOST_ENGINE_PLANE_ROWS_H

#include "base/error.h"
#include "eotmc/detector/accumulator.h"
#include "eotmc/transport/state.h"

/** A particle that crosses a plane towards +z. No padding: rows go to the disk as they are. */
struct eot_plane_particle {
    uint64_t primary;
    double x, y, z;        /* cm */
    double kinetic_energy; /* GeV */
    float direction[3];
    float time;                 /* ns after the front of the ECAL */
    float weight;               /* rare vertices per electron on target, summed over the run's primaries */
    float born_energy, born[3]; /* GeV, total; cm: at its vertex */
    int32_t pdg;
    uint32_t plane;  /* number in output.planes */
    uint32_t draw;   /* of its random numbers behind the plane */
    int32_t process; /* enum eot_rare_process */
    uint32_t stream; /* step of the shower that made its vertex: which of the primary's muons it is */
};

/** An event at a plane: what it has left so far, and its muons there or where they ended before. */
struct eot_plane_state {
    uint64_t primary;
    uint32_t plane, unused;
    unsigned char vertex[EOT_EVENT_VERTEX_BYTES]; /* eot_event_vertex as the device has it */
    unsigned char muon[2][EOT_MUON_STATE_BYTES];  /* eot_event_muon_state of mu+ and mu-; the last 4 bytes are 0 */
    int64_t acc[EOT_N_ACC];
};

struct eot_plane_rows {
    size_t n_particle, n_particle_dropped, n_state, n_state_dropped;
    struct eot_plane_particle *particle;
    struct eot_plane_state *state;
};
/* Rows kept of a run, 96 and 200 MB; further ones are counted as dropped. */
#define EOT_MAX_PLANE_PARTICLE 1000000
#define EOT_MAX_PLANE_STATE 100000

/** Append a row, or count it as dropped. @return EOT_E_MEMORY. */
enum eot_status eot_plane_particle_add(struct eot_plane_rows *rows, const struct eot_plane_particle *particle,
                                       struct eot_error *err);
enum eot_status eot_plane_state_add(struct eot_plane_rows *rows, const struct eot_plane_state *state,
                                    struct eot_error *err);
/** Append all rows of another part, whose primaries are behind these. @return EOT_E_MEMORY; nothing is appended then.
 */
enum eot_status eot_plane_rows_append(struct eot_plane_rows *rows, const struct eot_plane_rows *more,
                                      struct eot_error *err);
/** The rows of both in the order of primaries. @return EOT_E_MEMORY. */
enum eot_status eot_plane_rows_merge(struct eot_plane_rows *rows, const struct eot_plane_rows *part,
                                     struct eot_error *err);
void eot_plane_rows_free(struct eot_plane_rows *rows);

#endif
