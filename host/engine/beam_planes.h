/** @file beam_planes.h
 * The particles of primaries themselves where they cross the planes of output.planes, for any kind of job: buffers, and
 * rows from what a launch leaves (eotmc/transport/plane_beam.h). Muons of rare vertices are the engine's. */
#ifndef EOT_HOST_ENGINE_BEAM_PLANES_H
#define EOT_HOST_ENGINE_BEAM_PLANES_H

#include "device/backend.h"
#include "engine/plane_rows.h"
#include "eotmc/transport/launch.h"
#include "world/world.h"

/** What a job makes them of. */
struct eot_beam_planes_task {
    struct eot_backend *backend;
    const struct eot_config *config;
    const struct eot_world *world;
    int kinds;    /* bits of enum eot_plane_kind that its launches find */
    size_t most;  /* particles of a primary at one plane at most */
    size_t chunk; /* primaries of a launch at most */
};

struct eot_beam_planes {
    struct eot_backend *b;
    eot_plane_launch p;             /* n_plane 0: there are none */
    int number[EOT_N_OUTPUT_PLANE]; /* in output.planes */
    int kinds[EOT_N_OUTPUT_PLANE];  /* that each wants */
    size_t chunk;                   /* primaries of a launch */
    double rare_unit;               /* of weights that are in units of the run's rare rates */
    struct eot_buffer *parameters, *inverse_X0, *work, *number_of,
        *row;            /* the kernels' arguments planes, inverse_X0, work, number, crossing */
    uint32_t *n;         /* crossings of each primary of a launch, on the host */
    unsigned char *rows; /* [chunk][most] eot_beam_crossing */
};

/** Buffers for the planes that want any of the task's kinds. Release with eot_beam_planes_free, also after an error.
 * @param planes zeroed. @return EOT_E_MEMORY, what the backend returns. */
enum eot_status eot_beam_planes_create(struct eot_beam_planes *planes, const struct eot_beam_planes_task *task,
                                       struct eot_error *err);
void eot_beam_planes_free(struct eot_beam_planes *planes);

/** Rows of a launch of n primaries from `first` on. @return EOT_E_MEMORY, what the backend returns. */
enum eot_status eot_beam_planes_take(struct eot_beam_planes *planes, uint64_t first, size_t n,
                                     struct eot_plane_rows *rows, struct eot_error *err);

/** Electrons, positrons and photons above the cut that a shower has in one plane at most: together they have no more
 * energy than its primary. */
size_t eot_beam_planes_most_of_shower(const struct eot_config *config);

/** The kind of a particle by its PDG number, a bit of enum eot_plane_kind; 0: none. */
int eot_plane_kind_of(int32_t pdg);

#endif
