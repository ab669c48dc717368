/** @file engine_private.h
 * The showers of one device (or of one of the queues on it): what they need there, in parts that change for one reason
 * each. Only host/engine and the jobs of host/job that follow showers include it. */
#ifndef EOT_HOST_ENGINE_ENGINE_PRIVATE_H
#define EOT_HOST_ENGINE_ENGINE_PRIVATE_H

#include "engine/beam_planes.h"
#include "engine/run.h"
#include "engine/stop.h"
#include "eotmc/transport/lane_sums.h"
#include "world/sections.h"

enum { EOT_VERTEX_SLOTS = 4 }; /* of a lane, for analog vertices that wait to be collected */

/** The lanes of the cascade: their state stays on the device, the host sees sums over them. */
struct eot_cascade_lanes {
    eot_cascade_parameters c;
    size_t n_lane, group, batch;
    struct eot_buffer *parameters, *energy, *state, *stack, *track, *vertex, *way;
    struct eot_buffer *sums, *n_place, *hits; /* of the kernel lanes_summary */
    struct eot_buffer *arrival_stack, *beam;  /* of the kernel arrivals; NULL: there are none */
    int64_t sum[EOT_N_LANES_SUM];             /* over the lanes, as after the last launch */
    int64_t sum_before[EOT_N_LANES_SUM];      /* what the device had summed up until then */
    int64_t *track_host;                      /* n_lane x 3 n_track_bin */
    int64_t *spectrum; /* 3 n_track_bin sums of the last batch, if spectra are tallied; NULL otherwise */
    eot_vertex_record *hit;
    size_t n_hit, hit_capacity;
};

/** The events of a launch, a chunk of the batch's vertices at a time. */
struct eot_event_chunks {
    eot_event_launch e;
    size_t chunk;              /* events of a launch */
    size_t n_look;             /* events of a launch that finds out which to follow; 0: all are followed */
    uint64_t record_threshold; /* of eot_is_kept */
    struct eot_buffer *parameters, *acc, *replay_stack, *vertex, *outcome, *track, *tally, *row, *profile;
    struct eot_buffer *mass;   /* weights of the events of a launch for each mass of phi */
    struct eot_buffer *factor; /* of the weights, by extra losses of muons; one place where there are none */
    struct eot_buffer *located, *locate_stack, *arrived, *history, *taken, *n_followed, *follow,
        *follow_primary;     /* where not all events are followed with deposits */
    struct eot_buffer *list; /* vertices of an analog batch */
    size_t list_capacity;
    float *rows;
};

/** The planes that a run is asked for. */
struct eot_engine_planes {
    eot_plane_launch p;
    size_t n_stop; /* planes in HDF5 */
    int stop[EOT_MAX_OUTPUT_PLANE];
    struct eot_buffer *parameters, *inverse_X0, *crossing, *state;
    struct eot_buffer *after;                     /* tallies of what comes behind the planes in HDF5 */
    unsigned char *crossings, *vertices, *states; /* of a launch, on the host */
    int64_t *acc;
};

/** Events of a launch. */
struct eot_plane_events {
    uint64_t first; /* primary of the batch */
    struct eot_buffer *record, *vertex;
    const uint32_t *primary; /* of each event, in the batch */
    bool is_listed;          /* the events are those of the list of survivors from first_listed on, or all of a part */
    size_t first_listed, n;
};

/** Work items of the kernels that list n events. */
static inline size_t eot_engine_follow_blocks(size_t n) { return (n + EOT_FOLLOW_BLOCK - 1) / EOT_FOLLOW_BLOCK; }

/** What the lengths of the cascade's launches are chosen from. */
struct eot_launch_pace {
    double seconds_per_iteration, steps_done, primaries_done;
};

struct eot_engine {
    struct eot_backend *b;
    const struct eot_config *config;
    const struct eot_world *world;
    struct eot_stop stop;
    struct eot_world_buffers constant; /* the same for all launches */
    struct eot_cascade_lanes cascade;
    struct eot_event_chunks events;
    struct eot_engine_planes planes;
    struct eot_beam_planes beam_planes; /* of electrons, positrons and photons */
    bool resumes;
    double resumes_from;
    struct eot_launch_pace pace;
};

/** What an engine is made for. */
struct eot_engine_task {
    struct eot_backend *backend;
    const struct eot_config *config;
    const struct eot_world *world;
    struct eot_stop stop;
    uint64_t batch;      /* primaries of the largest batch */
    size_t chunk;        /* events of a launch; 0 = automatic */
    bool has_events;     /* replay, muons, detector and selection follow the cascade */
    bool resumes;        /* events come from states, and not from the cascade */
    double resumes_from; /* cm: planes in front of this have been crossed before; -INFINITY: none has */
    const struct eot_track_spectra *spectra; /* NULL: track lengths above thresholds */
};

/** Make the buffers. Release with eot_engine_free, also after an error. @return EOT_E_MEMORY, what the backend returns.
 */
enum eot_status eot_engine_create(struct eot_engine *g, const struct eot_engine_task *task, struct eot_error *err);
void eot_engine_free(struct eot_engine *g);

/** Work items of the kernel `source`: the energies of n primaries and one more. */
size_t eot_engine_source_items(const struct eot_engine *g, size_t n);

/** Values of the tallies of a batch, of all selections. */
size_t eot_engine_tallies(const struct eot_engine *g);

/** A buffer on the device of the engine. */
enum eot_status eot_engine_buffer(struct eot_engine *g, size_t n_bytes, const void *initial, struct eot_buffer **buffer,
                                  struct eot_error *err);

/** Cascade of one batch: showers of the primaries [first, first + n), whose sums are added to the block.
 * @param is_complete false if it was stopped before its end; the block is then of no use.
 * @return EOT_E_DEVICE (a shower overflowed its stack), what the backend returns. */
enum eot_status eot_engine_cascade(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                   bool *is_complete, struct eot_error *err);

/** Replay, muons, detector and selection of the vertices of the batch that eot_engine_cascade has just made: of all, or
 * of those that a look ahead finds to need it. @param kept rows of events to record are appended, events that are lost
 * are counted.
 * @return what the backend returns; EOT_E_MEMORY. */
enum eot_status eot_engine_events(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                  struct eot_event_rows *kept, bool *is_complete, struct eot_error *err);

/** Buffers for planes, where the configuration has any; planes_free accepts none. @return EOT_E_MEMORY, what the
 * backend returns. */
enum eot_status eot_engine_planes_create(struct eot_engine *g, struct eot_error *err);
void eot_engine_planes_free(struct eot_engine *g);
/** Rows of the muons of a launch, and of the electrons of their decays, that cross planes. @param only_new of events
 * alone whose vertices are not known before they are followed (eot_event_launch.follow_threshold). */
enum eot_status eot_engine_planes_cross(struct eot_engine *g, const struct eot_plane_events *e, bool only_new,
                                        struct eot_plane_rows *rows, struct eot_error *err);
/** What the kernel muon does, with a stop at each plane in HDF5, where the events' states are kept. */
enum eot_status eot_engine_planes_follow(struct eot_engine *g, const struct eot_plane_events *e,
                                         struct eot_plane_rows *rows, struct eot_error *err);
/** Detector and selection of the events of a launch; their rows on the host. */
enum eot_status eot_engine_select(struct eot_engine *g, const struct eot_plane_events *e, struct eot_buffer *tally,
                                  struct eot_error *err);
/** The rows of a launch that are recorded, and what only the host can add to the sums. */
enum eot_status eot_engine_keep(struct eot_engine *g, const struct eot_plane_events *e, struct eot_block *block,
                                struct eot_event_rows *kept, struct eot_error *err);
/** The tallies of a batch into its block. @param is_before they are of what comes before planes in HDF5. */
enum eot_status eot_engine_tallies_add(struct eot_engine *g, struct eot_buffer *buffer, bool is_before,
                                       struct eot_block *block, struct eot_error *err);
/** Events from where their states say to their ends, in the place of those of a cascade: muons, detector, selection. An
 * engine that was made with task.resumes. @param first, n the primaries of the batch. @param state their events. */
enum eot_status eot_engine_resume(struct eot_engine *g, uint64_t first, const struct eot_plane_state *state,
                                  size_t n_state, struct eot_block *block, struct eot_event_rows *kept,
                                  bool *is_complete, struct eot_error *err);
/** Rows of the electrons, positrons and photons above the cut of the primaries [first, first + n) at planes. */
enum eot_status eot_engine_planes_showers(struct eot_engine *g, uint64_t first, size_t n, struct eot_plane_rows *rows,
                                          struct eot_error *err);

/** Showers without a rare vertex, from the run's first primary on, into the sums apart: profile, leakage, cells. An
 * interruption leaves them at 0. */
enum eot_status eot_engine_showers(struct eot_engine *g, struct eot_sums *sums, struct eot_error *err);

/** What measures the rate of rare vertices that the cut or the region leaves out. */
struct eot_excluded_task {
    struct eot_backend *backend;
    const struct eot_config *config;
    const struct eot_setup *setup;
    const struct eot_world *world;
    struct eot_stop stop;
};

/** An analog run's probability of a vertex in one step must stay below 1. @return EOT_E_CONFIG with the largest
 * enhancement. */
enum eot_status eot_run_check_enhancement(const struct eot_config *config, const struct eot_world *world,
                                          struct eot_error *err);

/** Whether the cut or the region leaves out a part of what the enabled processes make. */
bool eot_engine_leaves_out(const struct eot_config *config, const struct eot_world *world);
/** Rate of rare vertices below the region or the cut: forced showers with the lowest cut, into the sums apart. An
 * interruption leaves them at 0. */
enum eot_status eot_engine_excluded(const struct eot_excluded_task *task, struct eot_sums *sums, struct eot_error *err);

#endif
