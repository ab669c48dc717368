/* mu N -> e N phi of a muon beam in the ECAL, on the device: eotmc/select/conversion_score.h. Each muon's row is added
 * to integer sums here. */
/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/conversion_score.h"

#include "device/launch.h"
#include "engine/beam_planes.h"
#include "engine/stop.h"
#include "job/file_primaries.h"
#include "job/job.h"
#include "job/muon_conversion_private.h"
#include "job/replay.h"
#include "world/launch.h"
#include "world/sections.h"

enum { MUONS_ON_CPU = 4096, MUONS_ON_GPU = 32768 }; /* of a launch */

enum { REAL, INTEGER };
static const struct eot_column_info COLUMN[EOT_N_CONVERSION_COLUMN + 1] = {
    {"primary", "1", "number of the primary", true},
#define EOT_CONVERSION_COLUMN(id, name, unit, kind, value, meaning) {name, unit, meaning, kind == INTEGER},
#include "eotmc/tally/conversion_columns.def"
#undef EOT_CONVERSION_COLUMN
};

/* A device, or a queue on it. */
struct conversion_worker {
    struct eot_backend *b;
    const struct eot_config *config;
    double rare_unit;
    struct eot_stop stop;
    size_t chunk;
    uint64_t record_threshold;
    eot_muon_beam_parameters p;
    struct eot_world_buffers constant;
    struct eot_buffer *event, *parameters, *acc, *stack, *row_buffer, *counter;
    struct eot_beam_planes planes;
    float *row;
};

static bool accepts(const struct eot_config *config) {
    return eot_beam_is_muon(config) && config->physics.rare[EOT_RARE_LFC];
}

static const char *mode(const struct eot_config *config) {
    (void)config;
    return "forced";
}

static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = eot_world_create_with(config, setup, config->physics.cut, options, w, err);
    return status == EOT_OK ? eot_world_take_file(config, w, err) : status;
}

static uint64_t full_batch(const struct eot_backend *b) {
    return b->is_gpu ? MUONS_ON_GPU : (uint64_t)b->compute_units;
}

static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    eot_sums_section_add(l, "counter", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, EOT_N_CONVERSION_COUNTER, true);
    eot_sums_section_add(l, "weight", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, 4, true);
    eot_sums_section_add(l, "mean", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, 3 * EOT_N_CONVERSION_QUANTITY, true);
    eot_sums_section_add(l, "histogram", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN,
                         EOT_N_CONVERSION_HISTOGRAM * 2 * (EOT_CONVERSION_BINS + 2), true);
    eot_sums_section_add(l, "largest weight", EOT_SUMS_MAXIMUM, EOT_SUMS_PER_RUN, 1, true);
    eot_job_planes_layout(config, l);
}

static void worker_free(void *worker) {
    struct conversion_worker *w = worker;
    if (w == NULL) return;
    struct eot_buffer *all[] = {w->event, w->parameters, w->acc, w->stack, w->row_buffer, w->counter};
    eot_world_buffers_free(w->b, &w->constant);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) w->b->op->buffer_free(w->b, all[i]);
    eot_beam_planes_free(&w->planes);
    free(w->row);
    free(w);
}

static enum eot_status worker_create(const struct eot_job_context *c, struct eot_backend *b, void **worker,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct conversion_worker *w = calloc(1, sizeof *w);
    eot_event_launch e = eot_event_launch_from(c->config, c->world);
    *worker = w;
    EOT_CHECK_MEMORY(w);
    w->b = b;
    w->config = c->config;
    w->rare_unit = c->world->rare_unit;
    w->stop = c->stop;
    w->chunk = b->is_gpu ? MUONS_ON_GPU : MUONS_ON_CPU;
    if (w->chunk > c->batch) w->chunk = (size_t)c->batch;
    w->record_threshold = (uint64_t)ceil(ldexp(c->config->scoring.record_fraction, 53));
    w->p = (eot_muon_beam_parameters){.charge = eot_beam_charge(c->config)};
    e.has_vertex = 0;
    w->row = malloc(w->chunk * EOT_N_CONVERSION_COLUMN * sizeof *w->row);
    EOT_CHECK_MEMORY(w->row);
    EOT_TRY(eot_world_upload(c->world, b, &w->constant, NULL, err));
    EOT_TRY(b->op->buffer_create(b, sizeof e, &e, &w->event, err));
    EOT_TRY(b->op->buffer_create(b, sizeof w->p, &w->p, &w->parameters, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * EOT_N_ACC * sizeof(i64), NULL, &w->acc, err));
    EOT_TRY(
        b->op->buffer_create(b, w->chunk * EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH * sizeof(f32), NULL, &w->stack, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * EOT_N_CONVERSION_COLUMN * sizeof(f32), NULL, &w->row_buffer, err));
    EOT_TRY(b->op->buffer_create(b, EOT_N_CONVERSION_COUNTER * sizeof(i64), NULL, &w->counter, err));
    EOT_TRY(eot_beam_planes_create(
        &w->planes,
        &(struct eot_beam_planes_task){.backend = b,
                                       .config = c->config,
                                       .world = c->world,
                                       .kinds = EOT_PLANE_MUONS | EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS,
                                       .most = 2 + eot_beam_planes_most_of_shower(c->config),
                                       .chunk = w->chunk},
        err));
done:
    return status;
}

/* One launch: the rows of n muons from `first` on to the host. */
static enum eot_status follow(struct conversion_worker *w, uint64_t first, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = w->b;
    const struct eot_world_buffers *c = &w->constant;
    w->p.first_primary = first;
    w->p.n_primary = (u32)n;
    EOT_TRY(b->op->buffer_write(b, w->parameters, 0, sizeof w->p, &w->p, err));
    EOT_TRY(eot_launch_conversion(b, n, (size_t)w->config->device.work_group,
                                  (struct eot_args_conversion){.table = c->table,
                                                               .em = c->em,
                                                               .muon_tables = c->muon_tables,
                                                               .grid = c->grid,
                                                               .region = c->region,
                                                               .voxel = c->voxel,
                                                               .world = c->world,
                                                               .event_launch = w->event,
                                                               .launch = w->parameters,
                                                               .acc = w->acc,
                                                               .stack = w->stack,
                                                               .row = w->row_buffer,
                                                               .counter = w->counter},
                                  err));
    EOT_TRY(eot_backend_read(b, w->row_buffer, 0, n * EOT_N_CONVERSION_COLUMN * sizeof *w->row, w->row, err));
done:
    return status;
}

/* Rows of the muons [first, first + n) at planes. */
static enum eot_status cross(struct conversion_worker *w, uint64_t first, size_t n, struct eot_plane_rows *rows,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_beam_planes *p = &w->planes;
    const struct eot_world_buffers *c = &w->constant;
    for (size_t done = 0; done < n && p->p.n_plane > 0; done += p->chunk) {
        size_t count = n - done < p->chunk ? n - done : p->chunk;
        w->p.first_primary = first + done;
        w->p.n_primary = (u32)count;
        EOT_TRY(w->b->op->buffer_write(w->b, w->parameters, 0, sizeof w->p, &w->p, err));
        EOT_TRY(eot_launch_conversion_crossings(w->b, count, (size_t)w->config->device.work_group,
                                                (struct eot_args_conversion_crossings){.table = c->table,
                                                                                       .em = c->em,
                                                                                       .muon_tables = c->muon_tables,
                                                                                       .grid = c->grid,
                                                                                       .region = c->region,
                                                                                       .voxel = c->voxel,
                                                                                       .world = c->world,
                                                                                       .event_launch = w->event,
                                                                                       .launch = w->parameters,
                                                                                       .inverse_X0 = p->inverse_X0,
                                                                                       .planes = p->parameters,
                                                                                       .acc = w->acc,
                                                                                       .stack = w->stack,
                                                                                       .work = p->work,
                                                                                       .number = p->number_of,
                                                                                       .crossing = p->row},
                                                err));
        EOT_TRY(eot_beam_planes_take(p, first + done, count, rows, err));
    }
done:
    return status;
}

/* Sums of w x, w^2 x and w^2 x^2. */
static void add_quantity(int64_t *mean, enum eot_conversion_quantity k, double w, double x) {
    eot_wide_add(mean + 3 * k * EOT_WIDE, w * x);
    eot_wide_add(mean + (3 * k + 1) * EOT_WIDE, w * w * x);
    eot_wide_add(mean + (3 * k + 2) * EOT_WIDE, w * w * x * x);
}

/* A muon that converts into the sums. */
static void score(const struct conversion_worker *worker, struct eot_sums *sums, const float *row) {
    int64_t *weight = eot_sums_at(sums, EOT_CONVERSION_WEIGHTS, 0), *mean = eot_sums_at(sums, EOT_CONVERSION_MEANS, 0),
            *histogram = eot_sums_at(sums, EOT_CONVERSION_HISTOGRAMS, 0);
    double w = (double)row[EOT_CONVERSION_WEIGHT], electron = (double)row[EOT_CONVERSION_ELECTRON];
    if (!(w > 0.0)) return;
    eot_wide_add(weight, w);
    eot_wide_add(weight + EOT_WIDE, w * w);
    eot_wide_add(weight + 2 * EOT_WIDE, w * w * w);
    eot_wide_add(weight + 3 * EOT_WIDE, w * w * w * w);
    int64_t *largest = eot_sums_at(sums, EOT_CONVERSION_LARGEST, 0), bits = eot_f32_bits(row[EOT_CONVERSION_WEIGHT]);
    *largest = bits > *largest ? bits : *largest; /* of numbers above 0 the bits rise, too */
    add_quantity(mean, EOT_CQ_ELECTRON, w, electron);
    add_quantity(mean, EOT_CQ_ECAL, w, (double)row[EOT_CONVERSION_ECAL]);
    add_quantity(mean, EOT_CQ_MISSING, w, (double)row[EOT_CONVERSION_MISSING]);
    add_quantity(mean, EOT_CQ_PASS, w, (double)row[EOT_CONVERSION_PASS]);
    add_quantity(mean, EOT_CQ_ABOVE_5, w, electron > 5.0 ? 1.0 : 0.0);
    add_quantity(mean, EOT_CQ_ABOVE_30, w, electron > 30.0 ? 1.0 : 0.0);
    for (int k = 0; k < EOT_N_CONVERSION_HISTOGRAM; k++) {
        const struct eot_conversion_axis *axis = &eot_conversion_axis[k];
        double place = floor((double)row[axis->column] / eot_conversion_bin_width(axis, worker->config));
        size_t bin = place < 0.0 ? 0 : place < EOT_CONVERSION_BINS ? (size_t)place + 1 : EOT_CONVERSION_BINS + 1;
        int64_t *at = histogram + 2 * EOT_WIDE * ((size_t)k * (EOT_CONVERSION_BINS + 2) + bin);
        eot_wide_add(at, w);
        eot_wide_add(at + EOT_WIDE, w * w);
    }
}

/* The record of a muon: its weight as conversions per muon of the beam. */
static enum eot_status keep(const struct conversion_worker *w, struct eot_job_batch *batch, uint64_t primary,
                            const float *row, struct eot_error *err) {
    float copy[EOT_N_CONVERSION_COLUMN];
    memcpy(copy, row, sizeof copy);
    copy[EOT_CONVERSION_WEIGHT] = (float)(w->rare_unit * (double)row[EOT_CONVERSION_WEIGHT]);
    return eot_event_rows_add(&batch->rows, primary, copy, EOT_N_CONVERSION_COLUMN, err);
}

static enum eot_status batch(void *worker, struct eot_job_batch *batch, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct conversion_worker *w = worker;
    int64_t *total = eot_sums_at(&batch->sums, EOT_CONVERSION_COUNTERS, 0), counter[EOT_N_CONVERSION_COUNTER];
    struct eot_plane_rows planes = {0};
    *is_complete = false;
    EOT_TRY(w->b->op->buffer_zero(w->b, w->counter, 0, sizeof counter, err));
    for (size_t done = 0; done < batch->n; done += w->chunk) {
        size_t n = batch->n - done < w->chunk ? batch->n - done : w->chunk;
        if (eot_stop_is_asked(&w->stop)) goto done;
        EOT_TRY(follow(w, batch->first + done, n, err));
        for (size_t i = 0; i < n; i++) {
            const float *row = w->row + i * EOT_N_CONVERSION_COLUMN;
            uint64_t primary = batch->first + done + i;
            if (row[EOT_CONVERSION_WEIGHT] < 0.0f) {
                eot_lost_events_add(&batch->rows.lost, primary, (uint32_t)-row[EOT_CONVERSION_WEIGHT]);
                continue;
            }
            score(w, &batch->sums, row);
            if (row[EOT_CONVERSION_WEIGHT] > 0.0f && eot_is_kept(primary, w->record_threshold))
                EOT_TRY(keep(w, batch, primary, row, err));
        }
        EOT_TRY(cross(w, batch->first + done, n, &planes, err));
        EOT_TRY(eot_planes_keep(&planes, eot_job_plane_counts(&batch->sums), &batch->rows.planes, err));
    }
    EOT_TRY(eot_backend_read(w->b, w->counter, 0, sizeof counter, counter, err));
    for (int i = 0; i < EOT_N_CONVERSION_COUNTER; i++) total[i] += counter[i];
    batch->rows.n_followed += batch->n;
    *is_complete = true;
done:
    eot_plane_rows_free(&planes);
    return status;
}

static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    (void)err;
    *n_step = (double)eot_sums_count(&run->sums, EOT_CONVERSION_COUNTERS, EOT_CONVERSION_C_STEPS);
    *n_muon = (double)eot_sums_primaries(&run->sums);
    return EOT_OK;
}

EOT_JOB_DEFINE(muon_conversion, "muon conversion", "conversions of muons in the ECAL", "muons", COLUMN,
               EOT_N_CONVERSION_COLUMN, false, accepts, mode, world, full_batch, layout, eot_job_prepare_file,
               worker_create, worker_free, batch, eot_job_finish_nothing, work, eot_muon_conversion_estimate,
               eot_replay_muon_conversion);
