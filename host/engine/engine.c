#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "world/launch.h"

enum {
    LOOK_CHUNKS = 4,
    WITH_PLANES = 8192,
    MIN_PRIMARIES_PER_LANE = 12,
    LANES_PER_CPU_UNIT = 64,
    LANES_PER_GPU_UNIT = 1024
};
static const size_t LARGEST_TRACK_BUFFER = (size_t)1 << 28; /* bytes */

enum eot_status eot_engine_buffer(struct eot_engine *g, size_t n_bytes, const void *initial, struct eot_buffer **buffer,
                                  struct eot_error *err) {
    return g->b->op->buffer_create(g->b, n_bytes, initial, buffer, err);
}

void eot_engine_free(struct eot_engine *g) {
    if (g->b == NULL) return;
    const struct eot_cascade_lanes *l = &g->cascade;
    const struct eot_event_chunks *v = &g->events;
    struct eot_buffer *all[] = {l->parameters, l->energy,     l->state,        l->stack,          l->track,
                                l->vertex,     v->parameters, v->acc,          v->vertex,         v->replay_stack,
                                v->outcome,    v->track,      v->factor,       v->tally,          v->row,
                                v->profile,    v->located,    v->locate_stack, v->arrived,        v->history,
                                v->taken,      v->n_followed, v->follow,       v->follow_primary, v->list,
                                l->sums,       l->n_place,    l->hits,         l->arrival_stack,  l->beam,
                                l->way};
    eot_world_buffers_free(g->b, &g->constant);
    eot_engine_planes_free(g);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) g->b->op->buffer_free(g->b, all[i]);
    free(l->track_host);
    free(l->spectrum);
    free(l->hit);
    free(v->rows);
}

eot_cascade_parameters eot_run_cascade_parameters(const struct eot_config *config, double rare_unit) {
    const struct eot_sampling_config *s = &config->sampling;
    return (eot_cascade_parameters){.seed = s->seed,
                                    .run = s->run,
                                    .is_forced = s->mode == EOT_SAMPLING_FORCED,
                                    .enhancement = (f32)(s->analog_enhancement * rare_unit),
                                    .track_tally = config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE,
                                    .n_track_bin = EOT_TRACK_BINS,
                                    .n_slot = EOT_VERTEX_SLOTS,
                                    .has_ways = eot_world_has_ways(config),
                                    .primary_type = eot_primary_type(config),
                                    .threshold = {
#define EOT_TRACK_THRESHOLD(E) E,
#include "eotmc/tally/track_thresholds.def"
#undef EOT_TRACK_THRESHOLD
                                    }};
}

size_t eot_run_full_lanes(const struct eot_backend *b) {
    if (b->is_host) return 1;
    return (size_t)b->compute_units * (b->is_gpu ? LANES_PER_GPU_UNIT : LANES_PER_CPU_UNIT);
}

size_t eot_run_cascade_group(const struct eot_config *config, const struct eot_backend *b) {
    if (config->device.work_group > 0) return (size_t)config->device.work_group;
    return b->is_gpu ? 64 : 1;
}

size_t eot_engine_source_items(const struct eot_engine *g, size_t n) { return n / (size_t)g->b->lane_width + 1; }

/* Events of one launch of the kernels behind the cascade: on a GPU as many as its multiprocessors can hold. */
static size_t automatic_chunk(const struct eot_backend *b) {
    enum { ON_CPU = 4096, LEAST = 32768, MOST = 262144, EVENTS_PER_UNIT = 2048 };
    size_t chunk = LEAST;
    if (!b->is_gpu) return ON_CPU;
    while (chunk < MOST && chunk < (size_t)b->compute_units * EVENTS_PER_UNIT) chunk *= 2;
    return chunk;
}

/* Lanes: enough to fill the device, few enough that each has several primaries; a multiple of what a work-group
 * follows. */
static void choose_lanes(struct eot_engine *g, size_t n_track) {
    const struct eot_device_config *device = &g->config->device;
    size_t width = (size_t)g->b->lane_width;
    g->cascade.group = eot_run_cascade_group(g->config, g->b);
    size_t lanes = device->lanes > 0 ? (size_t)device->lanes : eot_run_full_lanes(g->b);
    if (device->lanes == 0 && lanes > g->cascade.batch / MIN_PRIMARIES_PER_LANE)
        lanes = g->cascade.batch / MIN_PRIMARIES_PER_LANE;
    if (lanes > LARGEST_TRACK_BUFFER / sizeof(i64) / n_track) lanes = LARGEST_TRACK_BUFFER / sizeof(i64) / n_track;
    if (lanes > g->cascade.batch) lanes = g->cascade.batch; /* the others would have nothing to do */
    size_t n_group = (lanes + g->cascade.group * width - 1) / (g->cascade.group * width);
    g->cascade.n_lane = (n_group > 0 ? n_group : 1) * g->cascade.group * width;
}

static enum eot_status create_cascade(struct eot_engine *g, const struct eot_track_spectra *spectra,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    size_t n_track = 3 * (spectra != NULL ? spectra->n_energy + 1 : EOT_TRACK_BINS);
    choose_lanes(g, n_track);
    l->c = eot_run_cascade_parameters(g->config, g->world->rare_unit);
    EOT_CHECK(
        !g->b->is_forced_only || l->c.has_ways, EOT_E_INTERNAL,
        "the kernels of %s were built for forced vertices with ways; open the device with the options of this run",
        g->b->name);
    l->c.n_lane = (u32)l->n_lane;
    if (spectra != NULL) {
        l->c.track_tally = EOT_TRACK_SPECTRUM;
        l->c.n_track_bin = (i32)spectra->n_energy + 1;
        l->c.track_log_first = (f32)spectra->log_first;
        l->c.track_inverse_log_step = (f32)(1.0 / spectra->log_step);
        l->spectrum = calloc(n_track, sizeof *l->spectrum);
        EOT_CHECK_MEMORY(l->spectrum);
    }
    l->track_host = malloc(l->n_lane * n_track * sizeof *l->track_host);
    EOT_CHECK_MEMORY(l->track_host);
    size_t n_vertex = l->c.is_forced ? l->batch : l->n_lane * EOT_VERTEX_SLOTS,
           n_energy = eot_engine_source_items(g, l->batch) * (size_t)g->b->lane_width;
    l->c.n_arrival = g->world->event.line.most;
    l->c.arrival_stride = (u32)n_energy;
    if (l->c.n_arrival > 0) {
        n_energy *= 2 * (size_t)l->c.n_arrival;
        EOT_TRY(eot_engine_buffer(g, EOT_ARRIVAL_ITEMS * EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH * sizeof(f32), NULL,
                                  &l->arrival_stack, err));
        EOT_TRY(eot_engine_buffer(g, EOT_N_BEAM_SUM * sizeof(i64), NULL, &l->beam, err));
    }
    EOT_TRY(eot_engine_buffer(g, n_energy * sizeof(f32), NULL, &l->energy, err));
    EOT_TRY(eot_engine_buffer(g, sizeof l->c, &l->c, &l->parameters, err));
    EOT_TRY(eot_engine_buffer(g, l->n_lane * EOT_N_LANE_WORD * sizeof(u32), NULL, &l->state, err));
    EOT_TRY(eot_engine_buffer(g, sizeof l->sum, NULL, &l->sums, err));
    EOT_TRY(eot_engine_buffer(g, sizeof(u32), NULL, &l->n_place, err));
    size_t n_hit = l->c.is_forced ? 1 : eot_hit_places(l->c.n_lane, l->c.n_slot);
    EOT_TRY(eot_engine_buffer(g, n_hit * sizeof(eot_vertex_record), NULL, &l->hits, err));
    const size_t n_plane = (size_t)EOT_LANE_STACK_PLANES(l->c.has_ways);
    EOT_TRY(eot_engine_buffer(g, l->n_lane * n_plane * sizeof(f32), NULL, &l->stack, err));
    const size_t n_way = l->c.has_ways ? l->batch * EOT_WAY_WORDS : 1;
    EOT_TRY(eot_engine_buffer(g, n_way * sizeof(u32), NULL, &l->way, err));
    EOT_TRY(eot_engine_buffer(g, l->n_lane * n_track * sizeof(i64), NULL, &l->track, err));
    EOT_TRY(eot_engine_buffer(g, n_vertex * sizeof(eot_vertex_record), NULL, &l->vertex, err));
done:
    return status;
}

size_t eot_engine_tallies(const struct eot_engine *g) {
    const i32 n_mass = g->world->n_mass;
    return (size_t)(eot_tallies_size(n_mass * g->world->event.n_selection) + eot_products_size(n_mass));
}

static enum eot_status create_events(struct eot_engine *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_event_chunks *v = &g->events;
    const size_t stack = EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH * sizeof(f32);
    if (v->chunk == 0) v->chunk = automatic_chunk(g->b);
    if (v->chunk > g->cascade.batch) v->chunk = g->cascade.batch;
    if (v->chunk > WITH_PLANES && (g->config->output.n_plane > 0 || g->resumes))
        v->chunk = WITH_PLANES; /* their rows have 2 kB */
    v->record_threshold = (uint64_t)ceil(ldexp(g->config->scoring.record_fraction, 53));
    v->rows = malloc(v->chunk * EOT_N_EVENT_COLUMN * sizeof *v->rows);
    EOT_CHECK_MEMORY(v->rows);
    EOT_TRY(eot_engine_buffer(g, v->chunk * EOT_N_ACC * sizeof(i64), NULL, &v->acc, err));
    EOT_TRY(eot_engine_buffer(g, v->chunk * stack, NULL, &v->replay_stack, err));
    EOT_TRY(eot_engine_buffer(g, v->chunk * EOT_EVENT_VERTEX_BYTES, NULL, &v->vertex, err));
    EOT_TRY(eot_engine_buffer(g, v->chunk * 2 * sizeof(eot_muon_outcome), NULL, &v->outcome, err));
    size_t n_factor = g->world->event.losses.share > 0.0f ? v->chunk : 1;
    EOT_TRY(eot_engine_buffer(g, n_factor * sizeof(f32), NULL, &v->factor, err));
    EOT_TRY(eot_engine_buffer(g, v->chunk * 2 * sizeof(eot_track), NULL, &v->track, err));
    EOT_TRY(eot_engine_buffer(g, eot_engine_tallies(g) * sizeof(i64), NULL, &v->tally, err));
    EOT_TRY(eot_engine_buffer(g, v->chunk * EOT_N_EVENT_COLUMN * sizeof(f32), NULL, &v->row, err));
    EOT_TRY(eot_engine_buffer(g, sizeof(u32), NULL, &v->taken, err));
    if (v->e.follow_threshold < EOT_KEEP_ALL) {
        v->n_look = LOOK_CHUNKS * v->chunk < g->cascade.batch ? LOOK_CHUNKS * v->chunk : g->cascade.batch;
        EOT_TRY(eot_engine_buffer(g, v->n_look * EOT_EVENT_VERTEX_BYTES, NULL, &v->located, err));
        EOT_TRY(eot_engine_buffer(g, v->n_look * stack, NULL, &v->locate_stack, err));
        EOT_TRY(eot_engine_buffer(g, v->n_look * v->e.n_history * 2 * sizeof(f32), NULL, &v->arrived, err));
    }
    const size_t n_listed = v->n_look > 0 ? v->n_look : 1;
    EOT_TRY(eot_engine_buffer(g, n_listed * sizeof(eot_history), NULL, &v->history, err));
    EOT_TRY(eot_engine_buffer(g, eot_engine_follow_blocks(n_listed) * sizeof(u32), NULL, &v->n_followed, err));
    EOT_TRY(eot_engine_buffer(g, n_listed * sizeof(u32), NULL, &v->follow, err));
    EOT_TRY(eot_engine_buffer(g, n_listed * sizeof(u32), NULL, &v->follow_primary, err));
    const size_t n_mass = (size_t)g->world->n_mass;
    EOT_TRY(eot_engine_buffer(g, (v->n_look > v->chunk ? v->n_look : v->chunk) * n_mass * sizeof(f32), NULL, &v->mass,
                              err));
    size_t n_profile = v->e.n_profile > 0 ? v->chunk * (size_t)v->e.n_profile : 1;
    EOT_TRY(eot_engine_buffer(g, n_profile * sizeof(i64), NULL, &v->profile, err));
    EOT_TRY(eot_engine_planes_create(g, err));
done:
    return status;
}

enum eot_status eot_engine_create(struct eot_engine *g, const struct eot_engine_task *task, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(g, 0, sizeof *g);
    g->b = task->backend;
    g->config = task->config;
    g->world = task->world;
    g->stop = task->stop;
    g->cascade.batch = (size_t)task->batch;
    g->resumes = task->resumes;
    g->resumes_from = task->resumes_from;
    g->events.chunk = task->chunk;
    g->events.e = eot_event_launch_from(g->config, g->world);
    EOT_TRY(eot_world_upload(g->world, g->b, &g->constant, NULL, err));
    EOT_TRY(eot_engine_buffer(g, sizeof g->events.e, &g->events.e, &g->events.parameters, err));
    EOT_TRY(create_cascade(g, task->spectra, err));
    if (task->has_events) EOT_TRY(create_events(g, err));
done:
    return status;
}
