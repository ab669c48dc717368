#include "engine/run.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device/launch.h"
#include "eotmc/detector/ecal.h"
#include "eotmc/math/random.h"
#include "physics/process.h"
#include "world/launch.h"
#include "world/sections.h"

enum { N_SLOT = 4, LOOK_CHUNKS = 4, MIN_PRIMARIES_PER_LANE = 12, LANES_PER_CPU_UNIT = 64, LANES_PER_GPU_UNIT = 2048 };
static const double LAUNCH_SECONDS = 0.1;                   /* aim of one launch */
static const size_t LARGEST_TRACK_BUFFER = (size_t)1 << 28; /* bytes */
static const uint64_t EXCLUDED_SHOWERS = 4000;              /* largest sample that measures what the cut leaves out */
static const uint64_t EXCLUDED_SHOWERS_SIGNAL = 16000;      /* the same for the signal, whose efficiency contains it */
static const double FREE_PATHS = 10.0;                      /* mean free paths that no photon survives */

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Device buffers of a run and the state of its launches. */
struct engine {
    struct eot_backend *b;
    const struct eot_config *config;
    const struct eot_world *world;
    const struct eot_run_options *options;
    const atomic_bool *is_stopped;      /* by another device of the run; may be NULL */
    struct eot_world_buffers on_device; /* the world */
    struct eot_buffer *cascade, *event, *energy, *lane, *stack, *track, *vertex, *list;
    struct eot_buffer *acc, *replay_stack, *event_vertex, *outcome, *tally, *row, *profile;
    struct eot_buffer *located, *locate_stack, *reaches, *follow; /* where not all events are followed with deposits */
    size_t n_lane, group, batch, chunk, list_capacity;
    size_t n_look;             /* events of a launch that finds out which to follow; 0: all are followed */
    uint64_t record_threshold; /* of eot_is_kept */
    eot_cascade_parameters c;
    eot_event_launch e;
    uint32_t *lanes; /* EOT_N_LANE_WORD x n_lane, as on the device */
    int64_t *track_host,
        *spectrum; /* spectrum: 3 n_track_bin sums of the last batch, if spectra are tallied; NULL otherwise */
    eot_vertex_record *hit;
    float *rows;
    size_t n_hit, hit_capacity;
    double seconds_per_iteration, steps_done, primaries_done; /* what launch lengths are chosen from */
    size_t bytes;
};

static enum eot_status new_buffer(struct engine *g, size_t n_bytes, const void *initial, struct eot_buffer **buffer,
                                  struct eot_error *err) {
    g->bytes += n_bytes;
    return g->b->op->buffer_create(g->b, n_bytes, initial, buffer, err);
}

static void engine_free(struct engine *g) {
    if (g->b == NULL) return;
    struct eot_buffer *all[] = {g->cascade,      g->event,        g->energy,  g->lane,  g->stack,
                                g->track,        g->vertex,       g->list,    g->acc,   g->replay_stack,
                                g->event_vertex, g->outcome,      g->tally,   g->row,   g->profile,
                                g->located,      g->locate_stack, g->reaches, g->follow};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) g->b->op->buffer_free(g->b, all[i]);
    eot_world_buffers_free(g->b, &g->on_device);
    free(g->lanes);
    free(g->track_host);
    free(g->spectrum);
    free(g->hit);
    free(g->rows);
}

eot_cascade_parameters eot_run_cascade_parameters(const struct eot_config *config, double rare_unit) {
    const struct eot_sampling_config *s = &config->sampling;
    return (eot_cascade_parameters){.seed = s->seed,
                                    .run = s->run,
                                    .is_forced = s->mode == EOT_SAMPLING_FORCED,
                                    .enhancement = (f32)(s->analog_enhancement * rare_unit),
                                    .track_tally = config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE,
                                    .n_track_bin = EOT_TRACK_BINS,
                                    .n_slot = N_SLOT,
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

/* Bytes of a batch's tallies, of all selections. */
static size_t tally_bytes(const struct engine *g) {
    return (size_t)g->world->event.n_selection * EOT_N_TALLY * sizeof(i64);
}

/* Work items of the kernel `source`: the energies of n primaries and one more. */
static size_t source_items(const struct engine *g, size_t n) { return n / (size_t)g->b->lane_width + 1; }

/* Events of one launch of the kernels behind the cascade: on a GPU as many as its multiprocessors can hold. */
static size_t event_chunk(const struct eot_backend *b) {
    enum { ON_CPU = 4096, LEAST = 32768, MOST = 262144 };
    size_t chunk = LEAST;
    if (!b->is_gpu) return ON_CPU;
    while (chunk < MOST && chunk < eot_run_full_lanes(b)) chunk *= 2;
    return chunk;
}

static enum eot_status engine_create(struct engine *g, const struct eot_config *config, const struct eot_world *w,
                                     const struct eot_run_options *options, uint64_t batch, bool has_events,
                                     const struct eot_track_spectra *spectra, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(g, 0, sizeof *g);
    g->b = options->backend;
    g->config = config;
    g->world = w;
    g->options = options;
    g->batch = (size_t)batch;
    /* lanes: enough to fill the device, few enough that each has several primaries; a multiple of what a work-group
     * follows */
    size_t width = (size_t)g->b->lane_width, unit = g->b->is_gpu ? 64 : 1;
    g->group = config->device.work_group > 0 ? (size_t)config->device.work_group : unit;
    size_t lanes = config->device.lanes > 0 ? (size_t)config->device.lanes : eot_run_full_lanes(g->b);
    if (config->device.lanes == 0 && lanes > g->batch / MIN_PRIMARIES_PER_LANE)
        lanes = g->batch / MIN_PRIMARIES_PER_LANE;
    size_t n_track = 3 * (spectra != NULL ? spectra->n_energy + 1 : EOT_TRACK_BINS);
    if (lanes > LARGEST_TRACK_BUFFER / sizeof(i64) / n_track) lanes = LARGEST_TRACK_BUFFER / sizeof(i64) / n_track;
    size_t n_group = (lanes + g->group * width - 1) / (g->group * width);
    g->n_lane = (n_group > 0 ? n_group : 1) * g->group * width;
    g->chunk = event_chunk(g->b);
    if (g->chunk > g->batch) g->chunk = g->batch;
    g->record_threshold = (uint64_t)ceil(ldexp(config->scoring.record_fraction, 53));

    g->c = eot_run_cascade_parameters(config, w->rare_unit);
    g->c.n_lane = (u32)g->n_lane;
    if (spectra != NULL) {
        g->c.track_tally = EOT_TRACK_SPECTRUM;
        g->c.n_track_bin = (i32)spectra->n_energy + 1;
        g->c.track_log_first = (f32)spectra->log_first;
        g->c.track_inverse_log_step = (f32)(1.0 / spectra->log_step);
        g->spectrum = calloc(n_track, sizeof *g->spectrum);
        EOT_CHECK_MEMORY(g->spectrum);
    }
    g->e = eot_event_launch_from(config, w);
    g->lanes = calloc(g->n_lane * EOT_N_LANE_WORD, sizeof *g->lanes);
    g->track_host = malloc(g->n_lane * n_track * sizeof *g->track_host);
    g->rows = malloc(g->chunk * EOT_N_EVENT_COLUMN * sizeof *g->rows);
    EOT_CHECK_MEMORY(g->lanes);
    EOT_CHECK_MEMORY(g->track_host);
    EOT_CHECK_MEMORY(g->rows);
    EOT_TRY(eot_world_upload(w, g->b, &g->on_device, &g->bytes, err));
    EOT_TRY(new_buffer(g, sizeof g->c, &g->c, &g->cascade, err));
    EOT_TRY(new_buffer(g, sizeof g->e, &g->e, &g->event, err));
    EOT_TRY(new_buffer(g, source_items(g, g->batch) * (size_t)g->b->lane_width * sizeof(f32), NULL, &g->energy, err));
    EOT_TRY(new_buffer(g, g->n_lane * EOT_N_LANE_WORD * sizeof *g->lanes, NULL, &g->lane, err));
    EOT_TRY(new_buffer(g, g->n_lane * 2 * EOT_STACK_DEPTH * sizeof(f32), NULL, &g->stack, err));
    EOT_TRY(new_buffer(g, g->n_lane * n_track * sizeof(i64), NULL, &g->track, err));
    EOT_TRY(new_buffer(g, (g->c.is_forced ? g->batch : g->n_lane * N_SLOT) * sizeof(eot_vertex_record), NULL,
                       &g->vertex, err));
    if (!has_events) goto done;
    EOT_TRY(new_buffer(g, g->chunk * EOT_N_ACC * sizeof(i64), NULL, &g->acc, err));
    EOT_TRY(new_buffer(g, g->chunk * EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH * sizeof(f32), NULL, &g->replay_stack, err));
    EOT_TRY(new_buffer(g, g->chunk * EOT_EVENT_VERTEX_BYTES, NULL, &g->event_vertex, err));
    EOT_TRY(new_buffer(g, g->chunk * 2 * sizeof(eot_muon_outcome), NULL, &g->outcome, err));
    EOT_TRY(new_buffer(g, tally_bytes(g), NULL, &g->tally, err));
    EOT_TRY(new_buffer(g, g->chunk * EOT_N_EVENT_COLUMN * sizeof(f32), NULL, &g->row, err));
    EOT_TRY(new_buffer(g, g->chunk * sizeof(u32), NULL, &g->follow, err));
    if (g->e.follow_threshold < EOT_KEEP_ALL) {
        g->n_look = LOOK_CHUNKS * g->chunk < g->batch ? LOOK_CHUNKS * g->chunk : g->batch;
        EOT_TRY(new_buffer(g, g->n_look * EOT_EVENT_VERTEX_BYTES, NULL, &g->located, err));
        EOT_TRY(
            new_buffer(g, g->n_look * EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH * sizeof(f32), NULL, &g->locate_stack, err));
        EOT_TRY(new_buffer(g, g->n_look * 2 * sizeof(u32), NULL, &g->reaches, err));
    }
    EOT_TRY(new_buffer(g, sizeof(i64) * (size_t)(g->e.n_profile > 0 ? (int)g->chunk * g->e.n_profile : 1), NULL,
                       &g->profile, err));
done:
    return status;
}

/* A word of one lane's state. */
static uint32_t *word(const struct engine *g, enum eot_lane_word which, size_t lane) {
    return &g->lanes[(size_t)which * g->n_lane + lane];
}

static bool is_interrupted(const struct engine *g) {
    return (g->options->is_interrupted != NULL && *g->options->is_interrupted) ||
           (g->is_stopped != NULL && atomic_load(g->is_stopped));
}

static enum eot_status collect_hits(struct engine *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_record *slots = NULL;
    size_t n = 0;
    for (size_t i = 0; i < g->n_lane; i++) n += *word(g, EOT_LANE_N_HIT, i);
    if (n == 0) return EOT_OK;
    slots = malloc(g->n_lane * N_SLOT * sizeof *slots);
    EOT_CHECK_MEMORY(slots);
    EOT_TRY(g->b->op->buffer_read(g->b, g->vertex, 0, g->n_lane * N_SLOT * sizeof *slots, slots, err));
    if (g->n_hit + n > g->hit_capacity) {
        size_t capacity = 2 * (g->n_hit + n);
        eot_vertex_record *grown = realloc(g->hit, capacity * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        g->hit = grown;
        g->hit_capacity = capacity;
    }
    for (size_t i = 0; i < g->n_lane; i++) {
        for (u32 k = 0; k < *word(g, EOT_LANE_N_HIT, i); k++) g->hit[g->n_hit++] = slots[k * g->n_lane + i];
        *word(g, EOT_LANE_N_HIT, i) = 0;
    }
    EOT_TRY(g->b->op->buffer_write(g->b, g->lane, 0, g->n_lane * EOT_N_LANE_WORD * sizeof *g->lanes, g->lanes, err));
done:
    free(slots);
    return status;
}

static int compare_records(const void *a, const void *b) {
    const eot_vertex_record *u = a, *v = b;
    if (u->i_primary != v->i_primary) return u->i_primary < v->i_primary ? -1 : 1;
    return u->draw < v->draw ? -1 : u->draw > v->draw;
}

/* Iterations of the next cascade launch: as many as take LAUNCH_SECONDS, but no more than the lanes' average work that
 * is left (idle lanes cost as much), and no less than a small share of the batch's iterations so far: each launch waits
 * for the twin's. */
static uint32_t launch_length(const struct engine *g, uint32_t n_primary, uint64_t n_iteration) {
    enum { FIRST = 256, SHORTEST = 16, LARGEST_SHARE = 512, LONGEST = 1 << 20 };
    if (g->config->device.launch_steps > 0) return (uint32_t)g->config->device.launch_steps;
    double length = g->seconds_per_iteration > 0.0 ? LAUNCH_SECONDS / g->seconds_per_iteration : FIRST;
    double left = 0.0, steps = g->steps_done, showers = g->primaries_done;
    for (size_t i = 0; i < g->n_lane && i < n_primary; i++) {
        uint32_t next = *word(g, EOT_LANE_I_PRIMARY, i);
        left += ceil((double)(n_primary - next) / (double)g->n_lane);
        showers += ceil((double)(next - i) / (double)g->n_lane) +
                   (next < n_primary ? 0.5 : 0.0); /* half of the one under way */
        steps += *word(g, EOT_LANE_N_STEP, i);
    }
    if (steps > 0.0) length = fmin(length, left / (double)g->n_lane * steps / showers);
    return (uint32_t)fmin(fmax(length, fmax(SHORTEST, (double)(n_iteration / LARGEST_SHARE))), LONGEST);
}

/* Sum the lanes' track lengths. */
static enum eot_status add_tracks(struct engine *g, size_t n_track, struct eot_block *block, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(g->b->op->buffer_read(g->b, g->track, 0, g->n_lane * n_track * sizeof(i64), g->track_host, err));
    int64_t *sum = g->spectrum != NULL ? memset(g->spectrum, 0, n_track * sizeof *sum) : block->track;
    for (size_t k = 0; k < n_track; k++)
        for (size_t i = 0; i < g->n_lane; i++) sum[k] += g->track_host[k * g->n_lane + i];
done:
    return status;
}

/* Cascade of one batch: showers of [first, first + n). */
static enum eot_status run_cascade(struct engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                   bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *is_complete = false;
    g->n_hit = 0;
    g->c.first_primary = first;
    g->c.n_primary = n;
    g->e.first_primary = first;
    EOT_TRY(g->b->op->buffer_write(g->b, g->cascade, 0, sizeof g->c, &g->c, err));
    EOT_TRY(g->b->op->buffer_write(g->b, g->event, 0, sizeof g->e, &g->e, err));
    EOT_TRY(eot_launch_source(
        g->b, source_items(g, n), 0,
        (struct eot_args_source){.world = g->on_device.world, .launch = g->cascade, .energy = g->energy}, err));
    float *energy = malloc(g->n_lane * sizeof *energy);
    EOT_CHECK_MEMORY(energy);
    size_t n_start = g->n_lane < n ? g->n_lane : n;
    status = g->b->op->buffer_read(g->b, g->energy, 0, n_start * sizeof *energy, energy, err);
    memset(g->lanes, 0, g->n_lane * EOT_N_LANE_WORD * sizeof *g->lanes);
    for (size_t i = 0; status == EOT_OK && i < g->n_lane; i++) {
        *word(g, EOT_LANE_I_PRIMARY, i) = i < n ? (u32)i : n;
        memcpy(word(g, EOT_LANE_E, i), &energy[i < n ? i : 0], sizeof(u32));
        *word(g, EOT_LANE_TYPE, i) = (u32)g->c.primary_type;
    }
    free(energy);
    EOT_TRY(status);
    EOT_TRY(g->b->op->buffer_write(g->b, g->lane, 0, g->n_lane * EOT_N_LANE_WORD * sizeof *g->lanes, g->lanes, err));
    size_t n_track = 3 * (size_t)g->c.n_track_bin;
    const bool has_track = g->c.track_tally != EOT_TRACK_NONE;
    if (has_track) EOT_TRY(g->b->op->buffer_zero(g->b, g->track, 0, g->n_lane * n_track * sizeof(i64), err));
    uint64_t n_iteration = 0;
    for (bool is_busy = true; is_busy;) {
        if (is_interrupted(g)) goto done;
        uint32_t length = launch_length(g, n, n_iteration);
        if (length != g->c.n_iteration) {
            g->c.n_iteration = length;
            EOT_TRY(g->b->op->buffer_write(g->b, g->cascade, 0, sizeof g->c, &g->c, err));
        }
        double start = now_s();
        EOT_TRY(eot_launch_cascade(g->b, g->n_lane / (size_t)g->b->lane_width, g->group,
                                   (struct eot_args_cascade){.table = g->on_device.table,
                                                             .em = g->on_device.em,
                                                             .launch = g->cascade,
                                                             .energy = g->energy,
                                                             .lane = g->lane,
                                                             .stack = g->stack,
                                                             .track = g->track,
                                                             .vertex = g->vertex},
                                   err));
        double seconds = now_s() - start;
        EOT_TRY(g->b->op->buffer_read(g->b, g->lane, 0, g->n_lane * EOT_N_LANE_WORD * sizeof *g->lanes, g->lanes, err));
        if (!g->c.is_forced) EOT_TRY(collect_hits(g, err));
        is_busy = false;
        for (size_t i = 0; i < g->n_lane; i++) is_busy |= *word(g, EOT_LANE_I_PRIMARY, i) < n;
        g->seconds_per_iteration = seconds / length;
        n_iteration += length;
    }
    uint64_t n_overflow = 0;
    g->primaries_done += n;
    for (size_t i = 0; i < g->n_lane; i++) {
        block->n_step += *word(g, EOT_LANE_N_STEP, i);
        g->steps_done += *word(g, EOT_LANE_N_STEP, i);
        n_overflow += *word(g, EOT_LANE_N_OVERFLOW, i);
    }
    EOT_CHECK(n_overflow == 0, EOT_E_DEVICE,
              "%llu showers between primaries %llu and %llu overflowed the stack of %d particles (physics.cut too low "
              "for this energy?); raise physics.cut",
              (unsigned long long)n_overflow, (unsigned long long)first, (unsigned long long)(first + n),
              EOT_STACK_DEPTH);
    if (has_track) EOT_TRY(add_tracks(g, n_track, block, err));
    if (g->n_hit > 1) qsort(g->hit, g->n_hit, sizeof *g->hit, compare_records);
    for (size_t i = 0; i < g->n_hit; i++)
        block->vertex_sum += eot_mixed_bits(eot_mixed_bits(first + g->hit[i].i_primary) ^ g->hit[i].draw);
    block->n_primary += n;
    *is_complete = true;
done:
    return status;
}

const char *eot_run_fault_text(uint32_t faults) {
    return faults & EOT_FAULT_VERTEX    ? "its vertex was not found again"
           : faults & EOT_FAULT_STACK   ? "stack overflow in the replay"
           : faults & EOT_FAULT_ENDLESS ? "a shower without end"
           : faults & EOT_FAULT_STUCK   ? "a muon that is stuck"
           : faults & EOT_FAULT_ENERGY  ? "a vertex above the energies of its tables"
                                        : "a muon that is not a number";
}

double eot_run_complete_row(const struct eot_world *w, const eot_event_launch *launch, uint64_t primary,
                            float row[EOT_N_EVENT_COLUMN]) {
    row[EOT_E_WEIGHT] = (float)((double)row[EOT_E_WEIGHT] * w->rare_unit);
    const struct eot_process *process = eot_process_at((int)row[EOT_E_PROCESS]);
    return process != NULL ? process->complete(&w->event.vertex, launch, primary, row) : 0.0;
}

/* @param list numbers of the events in `record`; NULL: 0, 1, 2, ... */
static enum eot_status keep_rows(struct engine *g, uint64_t first, const eot_vertex_record *record,
                                 const uint32_t *list, size_t n, struct eot_block *block, struct eot_run *run,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < n; i++) {
        float *row = g->rows + i * EOT_N_EVENT_COLUMN;
        if (!(row[EOT_E_WEIGHT] > 0.0f)) continue;
        uint64_t primary = first + record[list != NULL ? list[i] : i].i_primary;
        EOT_CHECK(row[EOT_E_CUTS_PASSED] >= 0.0f, EOT_E_DEVICE,
                  "primary %llu failed on %s (%s); follow it step by step: eotmc replay <run folder or configuration> "
                  "--event %llu",
                  (unsigned long long)primary, g->b->name, eot_run_fault_text((u32)-row[EOT_E_CUTS_PASSED]),
                  (unsigned long long)primary);
        i64 recoil = (i64)floor(eot_run_complete_row(g->world, &g->e, primary, row) * EOT_ENERGY_QUANTUM + 0.5);
        if (eot_is_kept(primary, g->e.sample_threshold)) { /* as the rest of its energy */
            block->event[EOT_C_LEDGER + EOT_ACC_LEDGER_PHI] -= recoil;
            block->event[EOT_C_LEDGER + EOT_ACC_LEDGER_RECOIL] += recoil;
        }
        if (row[EOT_E_CUTS_PASSED] < (float)EOT_N_CUT && !eot_is_kept(primary, g->record_threshold)) continue;
        if (run->n_row == EOT_MAX_EVENT_ROW) {
            run->n_row_dropped++;
            continue;
        }
        if (run->row == NULL) {
            run->row = malloc(EOT_MAX_EVENT_ROW * sizeof *run->row);
            EOT_CHECK_MEMORY(run->row);
        }
        run->row[run->n_row].primary = primary;
        memcpy(run->row[run->n_row++].value, row, sizeof run->row[0].value);
    }
done:
    return status;
}

/* Events [start, start + n_look) of the records: where their vertices are, and the numbers of those that must be
 * followed with deposits. */
static enum eot_status look_ahead(struct engine *g, struct eot_buffer *record, size_t start, size_t n_look,
                                  uint32_t *list, size_t *n_list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint32_t *reaches = malloc(2 * n_look * sizeof *reaches);
    EOT_CHECK_MEMORY(reaches);
    g->e.first_vertex = (u32)start;
    g->e.n_event = (u32)n_look;
    EOT_TRY(g->b->op->buffer_write(g->b, g->event, 0, sizeof g->e, &g->e, err));
    EOT_TRY(eot_launch_locate(g->b, n_look, 0,
                              (struct eot_args_locate){.table = g->on_device.table,
                                                       .em = g->on_device.em,
                                                       .world = g->on_device.world,
                                                       .launch = g->event,
                                                       .record = record,
                                                       .stack = g->locate_stack,
                                                       .vertex = g->located,
                                                       .tally = g->tally},
                              err));
    EOT_TRY(eot_launch_reach(g->b, 2 * n_look, 0,
                             (struct eot_args_reach){.table = g->on_device.table,
                                                     .muon_tables = g->on_device.muon_tables,
                                                     .grid = g->on_device.grid,
                                                     .region = g->on_device.region,
                                                     .voxel = g->on_device.voxel,
                                                     .world = g->on_device.world,
                                                     .launch = g->event,
                                                     .record = record,
                                                     .vertex = g->located,
                                                     .reaches = g->reaches,
                                                     .tally = g->tally},
                             err));
    EOT_TRY(g->b->op->buffer_read(g->b, g->reaches, 0, 2 * n_look * sizeof *reaches, reaches, err));
    *n_list = 0;
    for (size_t i = 0; i < n_look; i++)
        if ((reaches[2 * i] | reaches[2 * i + 1]) != 0) list[(*n_list)++] = (u32)i;
done:
    free(reaches);
    return status;
}

/* Replay, muons, detector and selection of n events of the records from `start` on. @param list their numbers; NULL: 0,
 * 1, 2, ... */
static enum eot_status follow_events(struct engine *g, struct eot_buffer *record, size_t start, const uint32_t *list,
                                     size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    g->e.first_vertex = (u32)start;
    g->e.n_event = (u32)n;
    g->e.has_list = list != NULL;
    EOT_TRY(g->b->op->buffer_write(g->b, g->event, 0, sizeof g->e, &g->e, err));
    if (list != NULL) EOT_TRY(g->b->op->buffer_write(g->b, g->follow, 0, n * sizeof *list, list, err));
    EOT_TRY(eot_launch_replay(g->b, n, 0,
                              (struct eot_args_replay){.table = g->on_device.table,
                                                       .em = g->on_device.em,
                                                       .world = g->on_device.world,
                                                       .launch = g->event,
                                                       .record = record,
                                                       .acc = g->acc,
                                                       .stack = g->replay_stack,
                                                       .vertex = g->event_vertex,
                                                       .tally = g->tally,
                                                       .profile = g->profile,
                                                       .list = g->follow},
                              err));
    EOT_TRY(eot_launch_muon(g->b, n, 0,
                            (struct eot_args_muon){.table = g->on_device.table,
                                                   .muon_tables = g->on_device.muon_tables,
                                                   .grid = g->on_device.grid,
                                                   .region = g->on_device.region,
                                                   .voxel = g->on_device.voxel,
                                                   .world = g->on_device.world,
                                                   .launch = g->event,
                                                   .record = record,
                                                   .vertex = g->event_vertex,
                                                   .acc = g->acc,
                                                   .outcome = g->outcome,
                                                   .tally = g->tally,
                                                   .list = g->follow},
                            err));
    EOT_TRY(eot_launch_select_event(g->b, n, 0,
                                    (struct eot_args_select_event){.world = g->on_device.world,
                                                                   .launch = g->event,
                                                                   .record = record,
                                                                   .vertex = g->event_vertex,
                                                                   .acc = g->acc,
                                                                   .outcome = g->outcome,
                                                                   .tally = g->tally,
                                                                   .row = g->row,
                                                                   .list = g->follow},
                                    err));
    EOT_TRY(g->b->op->buffer_read(g->b, g->row, 0, n * EOT_N_EVENT_COLUMN * sizeof(f32), g->rows, err));
done:
    return status;
}

/* Add the tallies of n further selections to a block. */
static enum eot_status add_further(struct eot_block *block, size_t n, const int64_t *tally, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (n == 0 || tally == NULL) return EOT_OK;
    if (block->further == NULL) block->further = calloc(n * EOT_N_TALLY, sizeof *block->further);
    EOT_CHECK_MEMORY(block->further);
    for (size_t k = 0; k < n * EOT_N_TALLY; k++) block->further[k] += tally[k];
done:
    return status;
}

/* Replay, muons, detector and selection of the batch's vertices: of all, or of those that a look ahead finds to need
 * it. */
static enum eot_status run_events(struct engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                  struct eot_run *run, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_buffer *record = g->vertex;
    eot_vertex_record *copy = NULL;
    uint32_t *list = NULL;
    int64_t *tally = NULL;
    size_t n_vertex = g->c.is_forced ? n : g->n_hit, n_part = g->n_look > 0 ? g->n_look : g->chunk;
    *is_complete = false;
    if (!g->c.is_forced && n_vertex > 0) {
        if (n_vertex > g->list_capacity) {
            g->b->op->buffer_free(g->b, g->list);
            g->list = NULL;
            g->list_capacity = 2 * n_vertex;
            EOT_TRY(new_buffer(g, g->list_capacity * sizeof *g->hit, NULL, &g->list, err));
        }
        EOT_TRY(g->b->op->buffer_write(g->b, g->list, 0, n_vertex * sizeof *g->hit, g->hit, err));
        record = g->list;
    }
    copy = malloc(n_part * sizeof *copy);
    list = malloc(n_part * sizeof *list);
    EOT_CHECK_MEMORY(copy);
    EOT_CHECK_MEMORY(list);
    EOT_TRY(g->b->op->buffer_zero(g->b, g->tally, 0, tally_bytes(g), err));
    for (size_t start = 0; start < n_vertex; start += n_part) {
        if (is_interrupted(g)) goto done;
        size_t count = n_vertex - start < n_part ? n_vertex - start : n_part, n_follow = count;
        EOT_TRY(g->b->op->buffer_read(g->b, record, start * sizeof *copy, count * sizeof *copy, copy, err));
        if (g->n_look > 0) EOT_TRY(look_ahead(g, record, start, count, list, &n_follow, err));
        for (size_t done = 0; done < n_follow; done += g->chunk) {
            const uint32_t *part = g->n_look > 0 ? list + done : NULL;
            size_t m = n_follow - done < g->chunk ? n_follow - done : g->chunk;
            EOT_TRY(follow_events(g, record, start, part, m, err));
            EOT_TRY(keep_rows(g, first, copy, part, m, block, run, err));
        }
    }
    tally = malloc(tally_bytes(g));
    EOT_CHECK_MEMORY(tally);
    EOT_TRY(g->b->op->buffer_read(g->b, g->tally, 0, tally_bytes(g), tally, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_CHECK(tally[EOT_C_FAULT + i] == 0, EOT_E_DEVICE,
                  "a primary between %llu and %llu failed on %s; repeat the run with --device host",
                  (unsigned long long)first, (unsigned long long)(first + n), g->b->name);
    for (int i = 0; i < EOT_N_TALLY; i++) block->event[i] += tally[i];
    EOT_TRY(add_further(block, (size_t)g->world->event.n_selection - 1, tally + EOT_N_TALLY, err));
    block->n_vertex += n_vertex;
    *is_complete = true;
done:
    free(copy);
    free(list);
    free(tally);
    return status;
}

/* Showers without a rare vertex, from the run's first primary on: profile, leakage, cells. */
static enum eot_status run_showers(struct engine *g, struct eot_shower_scores *scores, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = g->config;
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    struct eot_buffer *list = NULL, *profile = NULL;
    eot_vertex_record *record = NULL;
    int64_t *acc = NULL, *counts = NULL, tally[EOT_N_COUNTER];
    eot_event_launch e = g->e;
    const eot_event_world *detector = &g->world->event;
    uint64_t n = (uint64_t)config->scoring.showers, first = config->sampling.first;
    int i_ecal = 0;
    while (detector->slab[i_ecal].role != EOT_ROLE_ECAL) i_ecal++;
    /* two periods a bin; more, or equal parts, where that makes too many or too few */
    int n_period = ecal->repeat,
        per_bin = n_period > 2 * EOT_MAX_PROFILE ? (n_period + EOT_MAX_PROFILE - 1) / EOT_MAX_PROFILE : 2;
    scores->n_bin = n_period >= 16 ? (n_period + per_bin - 1) / per_bin : 75;
    scores->bin_width = n_period >= 16 ? ecal->thickness / n_period * per_bin : ecal->thickness / scores->n_bin;
    scores->n_cell = ecal->cells_x * ecal->cells_y;
    e.has_vertex = 0;
    e.has_list = 0;
    e.n_profile = scores->n_bin;
    e.profile_inverse_width = (f32)(1.0 / scores->bin_width);
    e.first_vertex = 0;
    size_t row = (size_t)scores->n_bin;
    record = calloc(g->chunk, sizeof *record);
    acc = malloc(g->chunk * EOT_N_ACC * sizeof *acc);
    counts = malloc(g->chunk * row * sizeof *counts);
    scores->depth = calloc((size_t)n, sizeof *scores->depth);
    EOT_CHECK_MEMORY(record);
    EOT_CHECK_MEMORY(acc);
    EOT_CHECK_MEMORY(counts);
    EOT_CHECK_MEMORY(scores->depth);
    for (size_t i = 0; i < g->chunk; i++) record[i].i_primary = (u32)i;
    EOT_TRY(new_buffer(g, g->chunk * sizeof *record, record, &list, err));
    EOT_TRY(new_buffer(g, g->chunk * row * sizeof *counts, NULL, &profile, err));
    EOT_TRY(g->b->op->buffer_zero(g->b, g->tally, 0, EOT_N_TALLY * sizeof(i64), err));
    for (uint64_t start = 0; start < n && !is_interrupted(g); start += g->chunk) {
        size_t count = n - start < g->chunk ? (size_t)(n - start) : g->chunk;
        e.first_primary = first + start;
        e.n_event = (u32)count;
        EOT_TRY(g->b->op->buffer_write(g->b, g->event, 0, sizeof e, &e, err));
        EOT_TRY(eot_launch_replay(g->b, count, 0,
                                  (struct eot_args_replay){.table = g->on_device.table,
                                                           .em = g->on_device.em,
                                                           .world = g->on_device.world,
                                                           .launch = g->event,
                                                           .record = list,
                                                           .acc = g->acc,
                                                           .stack = g->replay_stack,
                                                           .vertex = g->event_vertex,
                                                           .tally = g->tally,
                                                           .profile = profile,
                                                           .list = g->follow},
                                  err));
        EOT_TRY(g->b->op->buffer_read(g->b, g->acc, 0, count * EOT_N_ACC * sizeof *acc, acc, err));
        EOT_TRY(g->b->op->buffer_read(g->b, profile, 0, count * row * sizeof *counts, counts, err));
        for (size_t i = 0; i < count; i++) {
            const int64_t *a = acc + i * EOT_N_ACC, *p = counts + i * row;
            double score[EOT_N_SHOWER_SCORE] = {0}, moment = 0.0, sum = 0.0;
            double deposit = (double)a[EOT_ACC_LEDGER_ECAL] / EOT_ENERGY_QUANTUM;
            double seen =
                eot_ecal_seen(deposit, (double)detector->response.ecal_sampling, first + start + i, e.seed, e.run);
            score[EOT_S_DEPOSIT] = deposit;
            score[EOT_S_VISIBLE] = seen * (double)detector->slab[i_ecal].shower_visible;
            score[EOT_S_REAR] = (double)(a[EOT_ACC_LEDGER_VETO] + a[EOT_ACC_LEDGER_HCAL] + a[EOT_ACC_LEDGER_OTHER] +
                                         a[EOT_ACC_LEDGER_REAR]) /
                                EOT_ENERGY_QUANTUM;
            score[EOT_S_SIDE] = (double)a[EOT_ACC_LEDGER_SIDE] / EOT_ENERGY_QUANTUM;
            score[EOT_S_FRONT] = (double)a[EOT_ACC_LEDGER_FRONT] / EOT_ENERGY_QUANTUM;
            for (size_t b = 0; b < row; b++) {
                double E = (double)p[b] / EOT_ENERGY_QUANTUM,
                       share = (config->scoring.preshower_depth - (double)b * scores->bin_width) / scores->bin_width;
                sum += E;
                moment += E * ((double)b + 0.5) * scores->bin_width;
                scores->profile[b] += E;
                scores->profile_square[b] += E * E;
                score[EOT_S_PRESHOWER] += E * fmin(1.0, fmax(0.0, share)); /* inside a bin: in proportion to depth */
            }
            scores->depth[scores->n] = sum > 0.0 ? moment / sum : 0.0;
            for (int k = 0; k < EOT_N_SHOWER_SCORE; k++) {
                scores->sum[k] += score[k];
                scores->square[k] += score[k] * score[k];
            }
            scores->cross_visible += deposit * score[EOT_S_VISIBLE];
            scores->cross_preshower += deposit * score[EOT_S_PRESHOWER];
            for (int k = 0; k < scores->n_cell; k++) {
                double E = (double)a[EOT_ACC_ECAL_CELL + k] / EOT_ENERGY_QUANTUM;
                scores->cell[k] += E;
                scores->cell_square[k] += E * E;
            }
            scores->n++;
        }
    }
    EOT_TRY(g->b->op->buffer_read(g->b, g->tally, 0, sizeof tally, tally, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_CHECK(tally[EOT_C_FAULT + i] == 0, EOT_E_DEVICE,
                  "%lld of the showers from primary %llu failed (fault %d); try another device, and report it",
                  (long long)tally[EOT_C_FAULT + i], (unsigned long long)first, i);
done:
    g->b->op->buffer_free(g->b, list);
    g->b->op->buffer_free(g->b, profile);
    free(record);
    free(acc);
    free(counts);
    return status;
}

/* An analog run's probability of a vertex in one step must stay below 1: in the longest step of a charged particle, in
 * FREE_PATHS of a photon. */
static enum eot_status check_enhancement(const struct eot_config *config, const struct eot_world *w,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_em_tables *t = &w->em;
    double largest = 0.0;
    if (config->sampling.mode != EOT_SAMPLING_ANALOG) return EOT_OK;
    for (int i = 0; i < t->n_medium * t->n_energy; i++) {
        const float *node = w->table.value + t->node + (size_t)i * EOT_EM_N_COLUMN;
        for (int type = 0; type < 3; type++)
            if (t->rare_parents & 1 << type)
                largest =
                    fmax(largest, (double)node[eot_em_rare_column(type)] *
                                      (type == EOT_PHOTON ? FREE_PATHS * (double)node[EOT_EM_PHOTON + EOT_EM_FREE_PATH]
                                                          : (double)t->step_max));
    }
    largest *= w->rare_unit;
    EOT_CHECK(config->sampling.analog_enhancement * largest <= 1.0, EOT_E_CONFIG,
              "sampling.analog_enhancement = %g (a step would hold a rare vertex with a probability above 1); lower it "
              "to %.3g or less",
              config->sampling.analog_enhancement, 1.0 / largest);
done:
    return status;
}

/* Share of process p of the vertices of a parent of energy E, averaged over the layers; e N -> mu N phi by its own
 * tables, not by the cascade's nodes. */
static double vertex_share(const struct eot_world *w, int p, int type, f32 E) {
    double share[EOT_N_RARE] = {0.0}, total = 0.0, exact = 0.0, length = 0.0;
    for (int m = 0; m < w->em.n_medium; m++) length += w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m];
    for (int m = 0; m < w->em.n_medium; m++) {
        double part = w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m] / length;
        for (int q = 0; q < EOT_N_RARE; q++)
            if (eot_rare_parents(q) & 1 << type)
                share[q] += part * (double)eot_rare_rate(w->table.value, w->em, q, m, E);
        for (int i = 0; i < w->event.vertex.n_lfc; i++)
            if (w->event.vertex.lfc_medium[i] == m)
                exact += part * (double)eot_lfc_xsec(w->table.value, w->event.vertex.lfc[i], E);
    }
    for (int q = 0; q < EOT_N_RARE; q++) total += share[q];
    return total > 0.0 ? (p == EOT_RARE_LFC ? exact : share[p]) / total : 0.0;
}

/* Whether the cut or the region leaves out a part of what the enabled processes make. */
static bool leaves_out(const struct eot_config *config, const struct eot_world *w) {
    bool is_out = false;
    for (int p = 0; p < EOT_N_RARE; p++)
        for (int type = 0; type < 3; type++)
            is_out |= config->physics.rare[p] && eot_rare_parents(p) & 1 << type &&
                      w->rare_threshold[type] > eot_process_at(p)->threshold(config);
    return is_out;
}

/* Rate of rare vertices below the region or the cut: forced showers with the lowest cut. */
static enum eot_status measure_excluded(const struct eot_config *config, const struct eot_setup *setup,
                                        const struct eot_world *world, const struct eot_run_options *options,
                                        struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config low = *config;
    struct eot_world w = {0};
    struct engine g = {0};
    uint64_t most = eot_config_family(config) == EOT_FAMILY_SIGNAL ? EXCLUDED_SHOWERS_SIGNAL : EXCLUDED_SHOWERS,
             n_shower = config->sampling.eot < most ? config->sampling.eot : most;
    struct eot_block *block = calloc(1, sizeof *block);
    eot_vertex_record *record = malloc(n_shower * sizeof *record);
    EOT_CHECK_MEMORY(block);
    EOT_CHECK_MEMORY(record);
    low.sampling.mode = EOT_SAMPLING_FORCED;
    low.sampling.signal_preference = 0.0; /* of high energies */
    low.sampling.min_photon_energy = low.sampling.min_lepton_energy = 0.0;
    low.sampling.run = config->sampling.run ^ 0x80000000u; /* random numbers of its own */
    low.scoring.track_length = false;
    EOT_TRY(eot_world_create_with(&low, setup, 0.2, &(struct eot_world_options){.cascade_only = true}, &w, err));
    EOT_TRY(engine_create(&g, &low, &w, options, n_shower, false, NULL, err));
    bool is_complete;
    EOT_TRY(run_cascade(&g, 0, (u32)n_shower, block, &is_complete, err));
    if (!is_complete) goto done;
    EOT_TRY(g.b->op->buffer_read(g.b, g.vertex, 0, n_shower * sizeof *record, record, err));
    double sum[EOT_N_RARE_CHANNEL] = {0.0}, square[EOT_N_RARE_CHANNEL] = {0.0}, n = (double)n_shower;
    for (uint64_t i = 0; i < n_shower; i++) {
        int type = eot_record_type(record[i].draw);
        if (!(record[i].weight > 0.0f) || (double)record[i].E >= world->rare_threshold[type]) continue;
        for (int p = 0; p < EOT_N_RARE; p++) {
            double v = (double)record[i].weight * vertex_share(&w, p, type, record[i].E) * w.rare_unit;
            int channel = eot_rare_channel(p, type);
            if (!(eot_rare_parents(p) & 1 << type)) continue;
            sum[channel] += v;
            square[channel] += v * v;
        }
    }
    for (int c = 0; c < EOT_N_RARE_CHANNEL; c++) {
        run->excluded[c].rate = sum[c] / n;
        run->excluded[c].error = sqrt(fmax(0.0, square[c] / n - sum[c] / n * sum[c] / n) / fmax(n - 1.0, 1.0));
    }
    run->n_excluded_shower = n_shower;
done:
    engine_free(&g);
    eot_world_free(&w);
    free(block);
    free(record);
    return status;
}

enum eot_status eot_run_track_spectra(const struct eot_config *config, const struct eot_world *world,
                                      const struct eot_run_options *options, uint64_t eot, size_t n_batch,
                                      struct eot_track_spectra *spectra, struct eot_error *err) {
    static const double LOG_STEP = 0.0125;
    enum eot_status status = EOT_OK;
    struct engine g = {0};
    struct eot_progress progress;
    struct eot_block *block = calloc(1, sizeof *block);
    bool has_progress = false, is_complete = true;
    uint64_t done_primaries = 0;
    memset(spectra, 0, sizeof *spectra);
    EOT_CHECK_MEMORY(block);
    double log_span = (double)(world->em.n_energy - 1) / (double)world->em.inverse_log_step;
    spectra->log_first = (double)world->em.log_cut;
    spectra->n_energy = (size_t)ceil(log_span / LOG_STEP) + 1;
    spectra->log_step = log_span / (double)(spectra->n_energy - 1);
    spectra->n_primary = calloc(n_batch, sizeof *spectra->n_primary);
    spectra->length = calloc(n_batch * 2 * spectra->n_energy, sizeof *spectra->length);
    spectra->photon = calloc(n_batch * spectra->n_energy, sizeof *spectra->photon);
    EOT_CHECK_MEMORY(spectra->n_primary);
    EOT_CHECK_MEMORY(spectra->length);
    EOT_CHECK_MEMORY(spectra->photon);
    struct eot_config forced = *config;
    forced.sampling.mode = EOT_SAMPLING_FORCED; /* without slots for vertices that lanes might have to wait for */
    double start = now_s(), build_before = options->backend->build_s;
    EOT_TRY(engine_create(&g, &forced, world, options, (eot + n_batch - 1) / n_batch, false, spectra, err));
    eot_progress_start(&progress, options->progress, "EOT", eot, 0);
    has_progress = true;
    for (size_t b = 0; b < n_batch && is_complete; b++) {
        uint64_t end = eot / n_batch * (b + 1) + eot % n_batch * (b + 1) / n_batch;
        uint32_t n = (uint32_t)(end - done_primaries);
        EOT_TRY(run_cascade(&g, config->sampling.first + done_primaries, n, block, &is_complete, err));
        if (!is_complete) break;
        double *length = spectra->length + b * 2 * spectra->n_energy;
        for (size_t p = 0; p < 2; p++)
            for (size_t j = 0; j < spectra->n_energy; j++)
                length[p * spectra->n_energy + j] =
                    (double)g.spectrum[p * (spectra->n_energy + 1) + j] / (double)EOT_TRACK_QUANTUM;
        for (size_t j = 0; j < spectra->n_energy; j++)
            spectra->photon[b * spectra->n_energy + j] =
                (double)g.spectrum[EOT_PHOTON * (spectra->n_energy + 1) + j] / (double)EOT_TRACK_QUANTUM;
        spectra->n_primary[b] = n;
        spectra->n_batch = b + 1;
        done_primaries = end;
        eot_progress_update(&progress, done_primaries);
    }
    spectra->wall_s = now_s() - start - (options->backend->build_s - build_before);
    EOT_CHECK(is_complete, EOT_E_INTERRUPTED, "interrupted after %llu of %llu showers; nothing was kept",
              (unsigned long long)done_primaries, (unsigned long long)eot);
done:
    if (has_progress) eot_progress_finish(&progress, done_primaries);
    engine_free(&g);
    free(block);
    return status;
}

void eot_track_spectra_free(struct eot_track_spectra *spectra) {
    free(spectra->n_primary);
    free(spectra->length);
    free(spectra->photon);
    *spectra = (struct eot_track_spectra){0};
}

/* A batch that a device has finished. */
struct finished {
    uint64_t i; /* its number */
    uint32_t n_primary;
    struct eot_block block;
    struct eot_run kept; /* only its rows */
    struct finished *next;
};

/* What the devices of a run share; `lock` is for all that changes. */
struct team {
    const struct eot_config *config;
    const struct eot_world *world;
    struct eot_run *run;
    struct eot_progress progress;
    size_t n_device;
    uint64_t batch, n_batch;
    pthread_mutex_t lock;
    uint64_t next, n_done;    /* batch to be taken next; batches whose results are in the run: the first ones */
    struct finished *waiting; /* for one before them */
    atomic_bool is_stopped;
    enum eot_status status; /* of the device that failed first */
    struct eot_error error;
};

struct worker {
    struct team *team;
    struct eot_run_options options; /* with a backend of its own */
    struct engine g;
    double build_before; /* JIT time of its device before the run */
    pthread_t thread;
    bool has_thread, is_twin;
};

static void finished_free(struct finished *f) {
    if (f != NULL) {
        free(f->kept.row);
        free(f->block.further);
    }
    free(f);
}

/* Add a batch to the run: in order, so that what is kept is the same whatever device did it. */
static enum eot_status add_batch(struct team *t, struct finished *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run *run = t->run;
    struct eot_block *block = &run->block[f->i * run->n_block / t->n_batch];
    block->n_primary += f->block.n_primary;
    block->n_step += f->block.n_step;
    block->n_vertex += f->block.n_vertex;
    block->vertex_sum += f->block.vertex_sum;
    for (int k = 0; k < 3 * EOT_TRACK_BINS; k++) block->track[k] += f->block.track[k];
    for (int k = 0; k < EOT_N_TALLY; k++) block->event[k] += f->block.event[k];
    EOT_TRY(add_further(block, run->n_further, f->block.further, err));
    if (f->kept.n_row > 0 && run->row == NULL) {
        run->row = malloc(EOT_MAX_EVENT_ROW * sizeof *run->row);
        EOT_CHECK_MEMORY(run->row);
    }
    size_t n_fit = f->kept.n_row < EOT_MAX_EVENT_ROW - run->n_row ? f->kept.n_row : EOT_MAX_EVENT_ROW - run->n_row;
    if (n_fit > 0) memcpy(run->row + run->n_row, f->kept.row, n_fit * sizeof *run->row);
    run->n_row += n_fit;
    run->n_row_dropped += f->kept.n_row_dropped + f->kept.n_row - n_fit;
    run->end += f->n_primary;
    eot_progress_update(&t->progress, run->end - run->first);
done:
    return status;
}

/* Put a finished batch among those that wait, and add to the run what no longer has to. */
static enum eot_status hand_in(struct team *t, struct finished *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    pthread_mutex_lock(&t->lock);
    struct finished **place = &t->waiting;
    while (*place != NULL && (*place)->i < f->i) place = &(*place)->next;
    f->next = *place;
    *place = f;
    while (status == EOT_OK && t->waiting != NULL && t->waiting->i == t->n_done) {
        struct finished *first = t->waiting;
        t->waiting = first->next;
        status = add_batch(t, first, err);
        t->n_done++;
        finished_free(first);
    }
    pthread_mutex_unlock(&t->lock);
    return status;
}

/* A twin is of use, but not needed. */
static void go_on_without(const struct eot_run_options *options, const struct eot_error *err) {
    eot_log_message(options->log, EOT_LOG_VERBOSE, "one batch at a time on %s (%s)", options->backend->name,
                    err != NULL ? err->text : "no resources for two");
}

/* One device, or one of the twins on it: batches, one after the other, as long as there are any. */
static enum eot_status work(struct worker *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct team *t = w->team;
    const struct eot_sampling_config *s = &t->config->sampling;
    struct finished *f = NULL;
    bool is_complete = true;
    status = engine_create(&w->g, t->config, t->world, &w->options, t->batch, !w->options.skips_events, NULL, err);
    if (status != EOT_OK && w->is_twin) {
        go_on_without(&w->options, err);
        return EOT_OK;
    }
    EOT_TRY(status);
    w->g.is_stopped = &t->is_stopped;
    while (is_complete) {
        pthread_mutex_lock(&t->lock);
        uint64_t i = t->next < t->n_batch ? t->next++ : t->n_batch;
        pthread_mutex_unlock(&t->lock);
        if (i == t->n_batch) break;
        uint64_t first = s->first + i * t->batch;
        f = calloc(1, sizeof *f);
        EOT_CHECK_MEMORY(f);
        f->i = i;
        f->n_primary = (uint32_t)(s->eot - i * t->batch < t->batch ? s->eot - i * t->batch : t->batch);
        EOT_TRY(run_cascade(&w->g, first, f->n_primary, &f->block, &is_complete, err));
        if (is_complete && w->options.skips_events)
            f->block.n_vertex = w->g.c.is_forced ? f->n_primary : w->g.n_hit;
        else if (is_complete)
            EOT_TRY(run_events(&w->g, first, f->n_primary, &f->block, &f->kept, &is_complete, err));
        if (is_complete) {
            struct finished *done_batch = f;
            f = NULL;
            EOT_TRY(hand_in(t, done_batch, err));
        }
    }
done:
    finished_free(f);
    return status;
}

static void *work_in_thread(void *argument) {
    struct worker *w = argument;
    struct eot_error error = {0};
    enum eot_status status = work(w, &error);
    if (status != EOT_OK) {
        atomic_store(&w->team->is_stopped, true);
        pthread_mutex_lock(&w->team->lock);
        if (w->team->status == EOT_OK) {
            w->team->status = status;
            w->team->error = error;
            if (w->team->n_device > 1) /* which of them */
                eot_error_set(&w->team->error, status, error.file, error.line, error.function, "%s: %s",
                              w->options.backend->name, error.text);
        }
        pthread_mutex_unlock(&w->team->lock);
    }
    return NULL;
}

static void worker_add(struct worker *worker, size_t *n_worker, struct team *team,
                       const struct eot_run_options *options, struct eot_backend *backend) {
    struct worker *w = &worker[*n_worker];
    *w = (struct worker){
        .team = team, .options = *options, .build_before = backend->build_s, .is_twin = *n_worker >= team->n_device};
    (*n_worker)++;
    w->options.backend = backend;
}

/* X0 of volumes in front of the ECAL. */
static double matter_in_front(const eot_event_world *e) {
    double sum = 0.0;
    for (int i = 0; i < e->n_slab && e->slab[i].role != EOT_ROLE_ECAL; i++)
        sum += (double)((e->slab[i].z1 - e->slab[i].z0) * e->slab[i].inverse_X0);
    return sum;
}

enum eot_status eot_run_execute(const struct eot_config *config, const struct eot_setup *setup,
                                const struct eot_world *world, const struct eot_run_options *options,
                                struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    struct team team = {.config = config,
                        .world = world,
                        .run = run,
                        .batch = s->batch < s->eot ? s->batch : s->eot,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    struct worker *worker = NULL;
    size_t n_worker = 0;
    bool has_progress = false;
    if (options->wants_errors && team.batch == s->eot) team.batch = (s->eot + 9) / 10;
    team.n_batch = (s->eot + team.batch - 1) / team.batch;
    memset(run, 0, sizeof *run);
    run->first = run->end = s->first;
    run->rare_unit = world->rare_unit;
    run->n_further = (size_t)world->event.n_selection - 1;
    run->n_block = team.n_batch < EOT_MAX_BLOCK ? (size_t)team.n_batch : EOT_MAX_BLOCK;
    run->block = calloc(run->n_block, sizeof *run->block);
    for (const struct eot_backend *b = options->backend; b != NULL; b = b->next) {
        run->kernel_s -= b->kernel_s;
        team.n_device++;
    }
    worker = calloc(2 * team.n_device, sizeof *worker);
    EOT_CHECK_MEMORY(run->block);
    EOT_CHECK_MEMORY(worker);
    double start = now_s();
    for (struct eot_backend *b = options->backend; b != NULL; b = b->next)
        worker_add(worker, &n_worker, &team, options, b); /* devices first, then their twins */
    for (struct eot_backend *b = options->backend;
         b != NULL && n_worker < team.n_batch && config->device.in_flight != 1; b = b->next) {
        struct eot_backend *twin;
        if (eot_backend_twin(b, &twin, err) != EOT_OK) go_on_without(options, err);
        if (twin != NULL) worker_add(worker, &n_worker, &team, options, twin);
    }
    EOT_TRY(check_enhancement(config, world, err));
    if (!options->skips_excluded && leaves_out(config, world))
        EOT_TRY(measure_excluded(config, setup, world, options, run, err));
    eot_progress_start(&team.progress, options->progress, "EOT", s->eot, 0);
    has_progress = true;
    double in_front = matter_in_front(&world->event);
    if (in_front > 0.001)
        eot_log_message(
            options->log, EOT_LOG_NORMAL,
            "%.2g X0 of matter in front of the ECAL: the beam is not followed there, it begins its shower in the ECAL",
            in_front);
    if (team.n_device > team.n_batch)
        eot_log_message(options->log, EOT_LOG_NORMAL,
                        "%zu devices, but only %llu batches: the others have nothing to do (smaller sampling.batch "
                        "gives them some)",
                        team.n_device, (unsigned long long)team.n_batch);
    for (const struct eot_backend *b = options->backend; b != NULL; b = b->next) {
        uint64_t wanted = EOT_RUN_PRIMARIES_PER_LANE * eot_run_full_lanes(b);
        if (b->is_gpu && config->device.lanes == 0 && team.batch < wanted && s->eot > team.batch)
            eot_log_message(options->log, EOT_LOG_NORMAL,
                            "batches of %llu primaries leave much of %s idle; sampling.batch=%llu fills it",
                            (unsigned long long)team.batch, b->name, (unsigned long long)wanted);
    }
    for (size_t i = 1; i < n_worker; i++) {
        int code = pthread_create(&worker[i].thread, NULL, work_in_thread, &worker[i]);
        worker[i].has_thread = code == 0;
        if (code == 0 || worker[i].is_twin) continue;
        atomic_store(&team.is_stopped, true);
        if (team.status == EOT_OK)
            team.status = eot_error_set(&team.error, EOT_E_MEMORY, __FILE__, __LINE__, __func__,
                                        "cannot start a thread for %s (%s); use fewer devices",
                                        worker[i].options.backend->name, strerror(code));
    }
    work_in_thread(&worker[0]);
    for (size_t i = 1; i < n_worker; i++)
        if (worker[i].has_thread) pthread_join(worker[i].thread, NULL);
    if (team.status != EOT_OK) {
        if (err != NULL) *err = team.error;
        EOT_TRY(team.status);
    }
    run->is_partial =
        team.n_done < team.n_batch; /* interrupted: batches from the first unfinished one on do not count */
    if (config->scoring.showers > 0 && !options->skips_events && !run->is_partial)
        EOT_TRY(run_showers(&worker[0].g, &run->shower, err));
    for (size_t i = 0; i < n_worker; i++) run->device_bytes += worker[i].g.bytes;
    double built = 0.0;
    for (size_t i = 0; i < team.n_device; i++) {
        run->kernel_s += worker[i].options.backend->kernel_s;
        built = fmax(built, worker[i].options.backend->build_s - worker[i].build_before);
    }
    run->wall_s = now_s() - start - built;
done:
    if (has_progress) eot_progress_finish(&team.progress, run->end - run->first);
    for (size_t i = 0; i < n_worker && worker != NULL; i++) engine_free(&worker[i].g);
    while (team.waiting != NULL) {
        struct finished *f = team.waiting;
        team.waiting = f->next;
        finished_free(f);
    }
    free(worker);
    return status;
}

const int64_t *eot_block_tally(const struct eot_block *block, size_t i) {
    if (i == 0) return block->event;
    return block->further != NULL ? block->further + (i - 1) * EOT_N_TALLY : NULL;
}

void eot_run_free(struct eot_run *run) {
    for (size_t i = 0; run->block != NULL && i < run->n_block; i++) free(run->block[i].further);
    free(run->block);
    free(run->row);
    free(run->shower.depth);
    run->shower.depth = NULL;
    run->block = NULL;
    run->row = NULL;
}
