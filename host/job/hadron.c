/* Beams of pions and kaons that decay, on the device: eotmc/select/hadron_score.h. Each decay's row is added to integer
 * sums here. */
/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "job/hadron_private.h"

#include "device/launch.h"
#include "eotmc/select/score.h"
#include "engine/stop.h"
#include "job/file_primaries.h"
#include "job/replay.h"
#include "world/launch.h"
#include "world/sections.h"

enum { HADRONS_ON_CPU = 4096, HADRONS_ON_GPU = 32768 }; /* of a launch */
/* the hadron; three pions, of each a muon, and its electron; or one of these with four photons, and their pairs */
enum { MOST_AT_PLANE = 16 };

enum { REAL, INTEGER };
static const struct eot_column_info COLUMN[EOT_N_HADRON_COLUMN + 1] = {
    {"primary", "1", "number of the primary", true},
#define EOT_HADRON_COLUMN(id, name, unit, kind, value, meaning) {name, unit, meaning, kind == INTEGER},
#include "eotmc/tally/hadron_columns.def"
#undef EOT_HADRON_COLUMN
};

/* A device, or a queue on it. */
struct hadron_worker {
    struct eot_backend *b;
    const struct eot_config *config;
    const eot_event_world *world;
    struct eot_stop stop;
    size_t chunk, n_selection;
    uint64_t record_threshold;
    eot_hadron_launch launch;
    struct eot_world_buffers constant;
    struct eot_buffer *event, *parameters, *acc, *of_hadrons, *row_buffer, *selected_buffer, *counter;
    struct eot_beam_planes planes;
    float *row;
    eot_selected *selected;
    double low[EOT_N_HADRON_HISTOGRAM], inverse_width[EOT_N_HADRON_HISTOGRAM];
};

static bool accepts(const struct eot_config *config) { return eot_beam_is_hadron(config); }

static const char *mode(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED ? "forced" : "analog";
}

static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = eot_world_create_with(config, setup, config->physics.cut, options, w, err);
    return status == EOT_OK ? eot_world_take_file(config, w, err) : status;
}

static uint64_t full_batch(const struct eot_backend *b) {
    return b->is_gpu ? HADRONS_ON_GPU : (uint64_t)b->compute_units;
}

static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    size_t n = 1 + config->n_further;
    eot_sums_section_add(l, "counter", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, EOT_N_HADRON_COUNTER, true);
    eot_sums_section_add(l, "weight", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, 2 * EOT_N_HADRON_CELL, true);
    eot_sums_section_add(l, "passed", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN,
                         n * EOT_N_HADRON_CELL * EOT_N_HADRON_QUANTITY * 3, true);
    eot_sums_section_add(l, "expected", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, n * EOT_N_HADRON_QUANTITY, true);
    eot_sums_section_add(l, "histogram", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN,
                         EOT_N_HADRON_HISTOGRAM * 2 * (EOT_HADRON_BINS + 2), true);
    eot_sums_section_add(l, "largest weight", EOT_SUMS_MAXIMUM, EOT_SUMS_PER_RUN, 1, true);
    eot_sums_section_add(l, "selected", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, EOT_N_MAP, false);
    eot_job_planes_layout(config, l);
}

static void worker_free(void *worker) {
    struct hadron_worker *w = worker;
    if (w == NULL) return;
    struct eot_buffer *all[] = {w->event,      w->parameters,      w->acc,    w->of_hadrons,
                                w->row_buffer, w->selected_buffer, w->counter};
    eot_world_buffers_free(w->b, &w->constant);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) w->b->op->buffer_free(w->b, all[i]);
    eot_beam_planes_free(&w->planes);
    free(w->row);
    free(w->selected);
    free(w);
}

static enum eot_status create_buffers(const struct eot_job_context *c, struct hadron_worker *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = w->b;
    eot_event_launch e = eot_event_launch_from(c->config, c->world);
    e.has_vertex = 0;
    w->row = malloc(w->chunk * EOT_N_HADRON_COLUMN * sizeof *w->row);
    w->selected = malloc(w->chunk * w->n_selection * sizeof *w->selected);
    EOT_CHECK_MEMORY(w->row);
    EOT_CHECK_MEMORY(w->selected);
    EOT_TRY(eot_world_upload(c->world, b, &w->constant, NULL, err));
    EOT_TRY(b->op->buffer_create(b, sizeof e, &e, &w->event, err));
    EOT_TRY(b->op->buffer_create(b, sizeof w->launch, &w->launch, &w->parameters, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * EOT_N_ACC * sizeof(i64), NULL, &w->acc, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * (EOT_N_LEDGER + EOT_N_HADRON_TERM) * sizeof(i64), NULL, &w->of_hadrons,
                                 err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * EOT_N_HADRON_COLUMN * sizeof(f32), NULL, &w->row_buffer, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * w->n_selection * sizeof(eot_selected), NULL, &w->selected_buffer, err));
    EOT_TRY(b->op->buffer_create(b, EOT_N_HADRON_COUNTER * sizeof(i64), NULL, &w->counter, err));
    EOT_TRY(eot_beam_planes_create(&w->planes,
                                   &(struct eot_beam_planes_task){.backend = b,
                                                                  .config = c->config,
                                                                  .world = c->world,
                                                                  .kinds = EOT_PLANE_MUONS | EOT_PLANE_HADRONS |
                                                                           EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS,
                                                                  .most = MOST_AT_PLANE,
                                                                  .chunk = w->chunk},
                                   err));
done:
    return status;
}

static enum eot_status worker_create(const struct eot_job_context *c, struct eot_backend *b, void **worker,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct hadron_worker *w = calloc(1, sizeof *w);
    const struct eot_sampling_config *s = &c->config->sampling;
    *worker = w;
    EOT_CHECK_MEMORY(w);
    w->b = b;
    w->config = c->config;
    w->world = &c->world->event;
    w->stop = c->stop;
    w->chunk = b->is_gpu ? HADRONS_ON_GPU : HADRONS_ON_CPU;
    if (w->chunk > c->batch) w->chunk = (size_t)c->batch;
    w->n_selection = 1 + c->config->n_further;
    w->record_threshold = (uint64_t)ceil(ldexp(c->config->scoring.record_fraction, 53));
    w->launch = (eot_hadron_launch){.seed = s->seed,
                                    .run = s->run,
                                    .is_forced = s->mode == EOT_SAMPLING_FORCED,
                                    .enhancement = (f32)s->analog_enhancement};
    for (int k = 0; k < EOT_N_HADRON_HISTOGRAM; k++) {
        double width;
        eot_hadron_bins(&eot_hadron_axis[k], c->config, c->world, &w->low[k], &width);
        w->inverse_width[k] = 1.0 / width;
    }
    EOT_TRY(create_buffers(c, w, err));
done:
    return status;
}

/* One launch: the rows of n hadrons from `first` on to the host. */
static enum eot_status follow(struct hadron_worker *w, uint64_t first, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = w->b;
    const struct eot_world_buffers *c = &w->constant;
    w->launch.first_primary = first;
    w->launch.n_primary = (u32)n;
    EOT_TRY(b->op->buffer_write(b, w->parameters, 0, sizeof w->launch, &w->launch, err));
    EOT_TRY(eot_launch_hadron(b, n, (size_t)w->config->device.work_group,
                              (struct eot_args_hadron){.table = c->table,
                                                       .muon_tables = c->muon_tables,
                                                       .grid = c->grid,
                                                       .region = c->region,
                                                       .voxel = c->voxel,
                                                       .world = c->world,
                                                       .hadron_world = c->hadron_world,
                                                       .event_launch = w->event,
                                                       .launch = w->parameters,
                                                       .acc = w->acc,
                                                       .of_hadrons = w->of_hadrons,
                                                       .row = w->row_buffer,
                                                       .selected = w->selected_buffer,
                                                       .counter = w->counter},
                              err));
    EOT_TRY(b->op->buffer_read(b, w->row_buffer, 0, n * EOT_N_HADRON_COLUMN * sizeof *w->row, w->row, err));
    EOT_TRY(b->op->buffer_read(b, w->selected_buffer, 0, n * w->n_selection * sizeof *w->selected, w->selected, err));
done:
    return status;
}

/* Rows of the hadrons [first, first + n) at planes. */
static enum eot_status cross(struct hadron_worker *w, uint64_t first, size_t n, struct eot_plane_rows *rows,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_beam_planes *p = &w->planes;
    const struct eot_world_buffers *c = &w->constant;
    for (size_t done = 0; done < n && p->p.n_plane > 0; done += p->chunk) {
        size_t count = n - done < p->chunk ? n - done : p->chunk;
        w->launch.first_primary = first + done;
        w->launch.n_primary = (u32)count;
        EOT_TRY(w->b->op->buffer_write(w->b, w->parameters, 0, sizeof w->launch, &w->launch, err));
        EOT_TRY(eot_launch_hadron_crossings(w->b, count, (size_t)w->config->device.work_group,
                                            (struct eot_args_hadron_crossings){.table = c->table,
                                                                               .muon_tables = c->muon_tables,
                                                                               .grid = c->grid,
                                                                               .region = c->region,
                                                                               .voxel = c->voxel,
                                                                               .world = c->world,
                                                                               .hadron_world = c->hadron_world,
                                                                               .event_launch = w->event,
                                                                               .launch = w->parameters,
                                                                               .planes = p->parameters,
                                                                               .acc = w->acc,
                                                                               .of_hadrons = w->of_hadrons,
                                                                               .work = p->work,
                                                                               .number = p->number_of,
                                                                               .crossing = p->row},
                                            err));
        EOT_TRY(eot_beam_planes_take(p, first + done, count, rows, err));
    }
done:
    return status;
}

/* Sums of w x, w^2 x and w^2 x^2, and of x. */
static void add_quantity(int64_t *passed, int64_t *expected, int q, double w, double x) {
    int64_t *at = passed + 3 * q * EOT_WIDE;
    if (!(x > 0.0)) return;
    eot_wide_add(at, w * x);
    eot_wide_add(at + EOT_WIDE, w * w * x);
    eot_wide_add(at + 2 * EOT_WIDE, w * w * x * x);
    eot_wide_add(expected + q * EOT_WIDE, x);
}

/* What the selections make of a decay. */
static void score_selections(const struct hadron_worker *worker, struct eot_sums *sums, const float *row,
                             const eot_selected *selected, size_t cell, double w) {
    for (size_t s = 0; s < worker->n_selection; s++) {
        int64_t *passed = eot_sums_at(sums, EOT_HADRON_PASSED, 0) +
                          3 * EOT_WIDE * EOT_N_HADRON_QUANTITY * (s * EOT_N_HADRON_CELL + cell),
                *expected = eot_sums_at(sums, EOT_HADRON_EXPECTED, 0) + EOT_WIDE * EOT_N_HADRON_QUANTITY * s;
        add_quantity(passed, expected, EOT_HQ_TRACK, w, row[EOT_HADRON_C_N_TRACK] == 1.0f ? 1.0 : 0.0);
        for (int i = 0; i < selected[s].n_cut_passed; i++) add_quantity(passed, expected, EOT_HQ_CUT + i, w, 1.0);
        for (int i = 0; i < EOT_N_TAIL && selected[s].n_cut_passed == EOT_N_CUT; i++)
            add_quantity(passed, expected, EOT_HQ_PASS + i, w, (double)selected[s].pass[i]);
    }
}

/* Weight of a decay in a histogram. */
static double histogram_weight(const struct hadron_worker *worker, const struct eot_hadron_axis *axis, const float *row,
                               const eot_selected *selected, double w) {
    switch (axis->of) {
    case EOT_HADRON_OF_ALL: return w;
    case EOT_HADRON_OF_MUONS: return row[EOT_HADRON_C_MUON] > 0.0f ? w : 0.0;
    case EOT_HADRON_OF_NEUTRINOS: return row[EOT_HADRON_C_NEUTRINO] > 0.0f ? w : 0.0;
    case EOT_HADRON_OF_TRACKS: return selected->n_cut_passed > EOT_CUT_TRACK ? w : 0.0;
    case EOT_HADRON_OF_SELECTED:
        return selected->n_cut_passed == EOT_N_CUT ? w * (double)selected->pass[worker->config->detector.ecal_tail]
                                                   : 0.0;
    }
    return 0.0;
}

/* A selected decay into the map of missing energy and momentum, from its row. */
static void score_map(const struct hadron_worker *worker, struct eot_sums *sums, const float *row,
                      const eot_selected *selected) {
    eot_event_vertex v = eot_event_vertex_none();
    eot_event ev = eot_hadron_unseen();
    v.weight = row[EOT_HADRON_C_WEIGHT];
    ev.missing = row[EOT_HADRON_C_MISSING];
    ev.missing_sigma = row[EOT_HADRON_C_MISSING_SIGMA];
    ev.momentum = row[EOT_HADRON_C_MOMENTUM];
    eot_event_map(worker->world->selection[0], v, ev, *selected, worker->world->response.tail_start,
                  eot_sums_at(sums, EOT_HADRON_SELECTED, 0));
}

/* A decay into the sums. */
static void score(const struct hadron_worker *worker, struct eot_sums *sums, const float *row,
                  const eot_selected *selected) {
    double w = (double)row[EOT_HADRON_C_WEIGHT];
    size_t cell = (size_t)eot_hadron_group_of((i32)row[EOT_HADRON_C_CHANNEL]) * EOT_N_HADRON_PLACE +
                  (size_t)row[EOT_HADRON_C_PLACE];
    int64_t *weight = eot_sums_at(sums, EOT_HADRON_WEIGHTS, 0) + 2 * EOT_WIDE * cell,
            *histogram = eot_sums_at(sums, EOT_HADRON_HISTOGRAMS, 0),
            *largest = eot_sums_at(sums, EOT_HADRON_LARGEST, 0), bits = eot_f32_bits(row[EOT_HADRON_C_WEIGHT]);
    eot_wide_add(weight, w);
    eot_wide_add(weight + EOT_WIDE, w * w);
    *largest = bits > *largest ? bits : *largest; /* of numbers above 0 the bits rise, too */
    score_selections(worker, sums, row, selected, cell, w);
    score_map(worker, sums, row, selected);
    for (int k = 0; k < EOT_N_HADRON_HISTOGRAM; k++) {
        const struct eot_hadron_axis *axis = &eot_hadron_axis[k];
        double place = floor(((double)row[axis->column] - worker->low[k]) * worker->inverse_width[k]),
               content = histogram_weight(worker, axis, row, selected, w);
        if (!(content > 0.0)) continue;
        size_t bin = place < 0.0 ? 0 : place < EOT_HADRON_BINS ? (size_t)place + 1 : EOT_HADRON_BINS + 1;
        int64_t *at = histogram + 2 * EOT_WIDE * ((size_t)k * (EOT_HADRON_BINS + 2) + bin);
        eot_wide_add(at, content);
        eot_wide_add(at + EOT_WIDE, content * content);
    }
}

static enum eot_status batch(void *worker, struct eot_job_batch *batch, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct hadron_worker *w = worker;
    int64_t *total = eot_sums_at(&batch->sums, EOT_HADRON_COUNTERS, 0), counter[EOT_N_HADRON_COUNTER];
    struct eot_plane_rows planes = {0};
    *is_complete = false;
    EOT_TRY(w->b->op->buffer_zero(w->b, w->counter, 0, sizeof counter, err));
    for (size_t done = 0; done < batch->n; done += w->chunk) {
        size_t n = batch->n - done < w->chunk ? batch->n - done : w->chunk;
        if (eot_stop_is_asked(&w->stop)) goto done;
        EOT_TRY(follow(w, batch->first + done, n, err));
        for (size_t i = 0; i < n; i++) {
            const float *row = w->row + i * EOT_N_HADRON_COLUMN;
            uint64_t primary = batch->first + done + i;
            if (row[EOT_HADRON_C_WEIGHT] < 0.0f) {
                eot_lost_events_add(&batch->rows.lost, primary, (uint32_t)-row[EOT_HADRON_C_WEIGHT]);
                continue;
            }
            if (!(row[EOT_HADRON_C_WEIGHT] > 0.0f)) continue;
            score(w, &batch->sums, row, w->selected + i * w->n_selection);
            if (eot_is_kept(primary, w->record_threshold))
                EOT_TRY(eot_event_rows_add(&batch->rows, primary, row, EOT_N_HADRON_COLUMN, err));
        }
        EOT_TRY(cross(w, batch->first + done, n, &planes, err));
        EOT_TRY(eot_planes_keep(&planes, eot_job_plane_counts(&batch->sums), &batch->rows.planes, err));
    }
    EOT_TRY(w->b->op->buffer_read(w->b, w->counter, 0, sizeof counter, counter, err));
    for (int i = 0; i < EOT_N_HADRON_COUNTER; i++) total[i] += counter[i];
    batch->rows.n_followed += batch->n;
    *is_complete = true;
done:
    eot_plane_rows_free(&planes);
    return status;
}

static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    (void)err;
    *n_step = (double)eot_sums_count(&run->sums, EOT_HADRON_COUNTERS, EOT_HADRON_N_STEPS);
    *n_muon = (double)eot_sums_primaries(&run->sums);
    return EOT_OK;
}

EOT_JOB_DEFINE(hadron, "hadron decay", "decays of a beam of hadrons", "hadrons", COLUMN, EOT_N_HADRON_COLUMN, true,
               accepts, mode, world, full_batch, layout, eot_job_prepare_file, worker_create, worker_free, batch,
               eot_job_finish_nothing, work, eot_hadron_estimate, eot_replay_hadron);
