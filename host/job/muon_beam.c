/* A muon beam: muons through the grid, scored where they leave a volume. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"
#include "eotmc/math/random.h"
#include "engine/stop.h"
#include "job/file_primaries.h"
#include "job/muon_beam_private.h"
#include "job/replay.h"
#include "world/sections.h"

enum { MUONS_ON_CPU = 16384, MUONS_ON_GPU = 262144 }; /* of a launch */

enum { REAL, INTEGER };
static const struct eot_column_info COLUMN[EOT_N_EXIT_COLUMN + 1] = {
    {"primary", "1", "number of the primary", true},
#define EOT_EXIT_COLUMN(id, name, unit, kind, meaning) {name, unit, meaning, kind == INTEGER},
#include "eotmc/tally/exit_columns.def"
#undef EOT_EXIT_COLUMN
};

/* From losses of an eV, angles of a nanoradian and displacements of an angstrom on. */
const struct eot_quantile_axis eot_muon_axis[EOT_N_EXIT_SECTION] = {
    [EOT_EXIT_S_LOSS] = {-30, 14}, [EOT_EXIT_S_ANGLE] = {-20, 11}, [EOT_EXIT_S_DISPLACEMENT] = {-27, 14}};

/* A device, or a queue on it. */
struct muon_worker {
    struct eot_backend *b;
    struct eot_stop stop;
    int work_group;
    size_t chunk;
    uint64_t record_threshold;
    eot_muon_beam_parameters p;
    struct eot_world_buffers constant;
    struct eot_buffer *parameters, *row_buffer, *tally;
    struct eot_buffer *whole_grid; /* beyond the scored plane, too: for planes */
    struct eot_beam_planes planes;
    float *row;
};

static bool accepts(const struct eot_config *config) {
    return eot_beam_is_muon(config) && !config->physics.rare[EOT_RARE_LFC];
}

static const char *mode(const struct eot_config *config) {
    (void)config;
    return "analog";
}

static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *w, struct eot_error *err) {
    (void)options;
    enum eot_status status = eot_world_create_muons(config, setup, w, err);
    return status == EOT_OK ? eot_world_take_file(config, w, err) : status;
}

static uint64_t full_batch(const struct eot_backend *b) {
    return b->is_gpu ? MUONS_ON_GPU : (uint64_t)b->compute_units;
}

static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    eot_sums_section_add(l, "counter", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, EOT_N_EXIT_COUNT, true);
    eot_sums_section_add(l, "moment", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, 2, true);
    eot_sums_section_add(l, "loss", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, eot_quantile_bins(eot_muon_axis[EOT_EXIT_S_LOSS]),
                         true);
    eot_sums_section_add(l, "angle", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN,
                         eot_quantile_bins(eot_muon_axis[EOT_EXIT_S_ANGLE]), true);
    eot_sums_section_add(l, "displacement", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN,
                         eot_quantile_bins(eot_muon_axis[EOT_EXIT_S_DISPLACEMENT]), true);
    eot_job_planes_layout(config, l);
}

/* The scored face into p: the rear face of a volume, or the whole of a plane. @return its z [cm]. */
static double face_of(const struct eot_config *config, eot_muon_beam_parameters *p) {
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_volume_config *scored = NULL;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        bool is_later = scored == NULL || v->z + v->thickness > scored->z + scored->thickness;
        if (strcmp(config->scoring.exit, "last") == 0 ? is_later : strcmp(config->scoring.exit, v->name) == 0)
            scored = v;
    }
    bool is_plane = strcmp(config->scoring.exit, "plane") == 0 || scored == NULL;
    p->face_x = is_plane ? 0.0f : (f32)scored->center_x;
    p->face_y = is_plane ? 0.0f : (f32)scored->center_y;
    p->half_x = is_plane ? 1e9f : (f32)(0.5 * scored->size_x);
    p->half_y = is_plane ? 1e9f : (f32)(0.5 * scored->size_y);
    return is_plane ? config->scoring.exit_z : scored->z + scored->thickness;
}

double eot_muon_beam_plane(const struct eot_config *config) {
    eot_muon_beam_parameters ignored;
    return face_of(config, &ignored);
}

/* The grid up to the edge in z nearest to the plane: a muon that leaves it there has crossed the plane. */
static eot_grid grid_up_to(const struct eot_world *w, double plane) {
    eot_grid grid = w->grid;
    const float *edge = w->table.value + grid.edges_z;
    while (grid.n_z > 1 && fabs((double)edge[grid.n_z - 1] - plane) < fabs((double)edge[grid.n_z] - plane)) grid.n_z--;
    return grid;
}

void eot_muon_beam_setup(const struct eot_config *config, const struct eot_world *w, eot_muon_beam_parameters *p,
                         double *plane, eot_grid *scored) {
    *p = (eot_muon_beam_parameters){.seed = config->sampling.seed,
                                    .run = config->sampling.run,
                                    .charge = eot_beam_charge(config),
                                    .beam = w->event.beam};
    *plane = face_of(config, p);
    *scored = grid_up_to(w, *plane);
}

static void worker_free(void *worker) {
    struct muon_worker *w = worker;
    if (w == NULL) return;
    eot_world_buffers_free(w->b, &w->constant);
    w->b->op->buffer_free(w->b, w->parameters);
    w->b->op->buffer_free(w->b, w->row_buffer);
    w->b->op->buffer_free(w->b, w->tally);
    w->b->op->buffer_free(w->b, w->whole_grid);
    eot_beam_planes_free(&w->planes);
    free(w->row);
    free(w);
}

static enum eot_status worker_create(const struct eot_job_context *c, struct eot_backend *b, void **worker,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct muon_worker *w = calloc(1, sizeof *w);
    struct eot_world seen = *c->world; /* by the muons: the grid ends at the scored plane */
    double plane;
    *worker = w;
    EOT_CHECK_MEMORY(w);
    w->b = b;
    w->stop = c->stop;
    w->work_group = c->config->device.work_group;
    w->chunk = b->is_gpu ? MUONS_ON_GPU : MUONS_ON_CPU;
    if (w->chunk > c->batch) w->chunk = (size_t)c->batch;
    w->record_threshold = (uint64_t)ceil(ldexp(c->config->scoring.record_fraction, 53));
    eot_muon_beam_setup(c->config, c->world, &w->p, &plane, &seen.grid);
    w->row = malloc(w->chunk * EOT_N_EXIT_COLUMN * sizeof *w->row);
    EOT_CHECK_MEMORY(w->row);
    EOT_TRY(eot_world_upload(&seen, b, &w->constant, NULL, err));
    EOT_TRY(b->op->buffer_create(b, sizeof w->p, &w->p, &w->parameters, err));
    EOT_TRY(b->op->buffer_create(b, w->chunk * EOT_N_EXIT_COLUMN * sizeof *w->row, NULL, &w->row_buffer, err));
    EOT_TRY(b->op->buffer_create(b, EOT_N_EXIT_COUNTER * sizeof(i64), NULL, &w->tally, err));
    EOT_TRY(b->op->buffer_create(b, sizeof c->world->grid, &c->world->grid, &w->whole_grid, err));
    EOT_TRY(eot_beam_planes_create(&w->planes,
                                   &(struct eot_beam_planes_task){.backend = b,
                                                                  .config = c->config,
                                                                  .world = c->world,
                                                                  .kinds = EOT_PLANE_MUONS | EOT_PLANE_ELECTRONS,
                                                                  .most = 2, /* the muon, the electron of its decay */
                                                                  .chunk = w->chunk},
                                   err));
done:
    return status;
}

/* One launch: the rows of n muons from `first` on to the host. */
static enum eot_status follow(struct muon_worker *w, uint64_t first, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = w->b;
    const struct eot_world_buffers *c = &w->constant;
    w->p.first_primary = first;
    w->p.n_primary = (u32)n;
    EOT_TRY(b->op->buffer_write(b, w->parameters, 0, sizeof w->p, &w->p, err));
    EOT_TRY(eot_launch_muon_beam(b, n, (size_t)w->work_group,
                                 (struct eot_args_muon_beam){.table = c->table,
                                                             .muon_tables = c->muon_tables,
                                                             .grid = c->grid,
                                                             .region = c->region,
                                                             .voxel = c->voxel,
                                                             .launch = w->parameters,
                                                             .row = w->row_buffer,
                                                             .tally = w->tally},
                                 err));
    EOT_TRY(eot_backend_read(b, w->row_buffer, 0, n * EOT_N_EXIT_COLUMN * sizeof *w->row, w->row, err));
done:
    return status;
}

/* Rows of the muons [first, first + n) at planes. */
static enum eot_status cross(struct muon_worker *w, uint64_t first, size_t n, struct eot_plane_rows *rows,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_beam_planes *p = &w->planes;
    const struct eot_world_buffers *c = &w->constant;
    for (size_t done = 0; done < n && p->p.n_plane > 0; done += p->chunk) {
        size_t count = n - done < p->chunk ? n - done : p->chunk;
        w->p.first_primary = first + done;
        w->p.n_primary = (u32)count;
        EOT_TRY(w->b->op->buffer_write(w->b, w->parameters, 0, sizeof w->p, &w->p, err));
        EOT_TRY(eot_launch_beam_crossings(w->b, count, (size_t)w->work_group,
                                          (struct eot_args_beam_crossings){.table = c->table,
                                                                           .muon_tables = c->muon_tables,
                                                                           .grid = w->whole_grid,
                                                                           .region = c->region,
                                                                           .voxel = c->voxel,
                                                                           .launch = w->parameters,
                                                                           .inverse_X0 = p->inverse_X0,
                                                                           .planes = p->parameters,
                                                                           .work = p->work,
                                                                           .number = p->number_of,
                                                                           .crossing = p->row},
                                          err));
        EOT_TRY(eot_beam_planes_take(p, first + done, count, rows, err));
    }
done:
    return status;
}

static void count(struct eot_sums *sums, enum eot_exit_section section, double x) {
    eot_sums_at(sums, section, 0)[eot_quantile_bin(eot_muon_axis[section], (float)x)]++;
}

/* One muon into the sums. */
static void score(struct eot_sums *sums, const float *row) {
    int64_t *moment = eot_sums_at(sums, EOT_EXIT_S_MOMENT, 0);
    double loss = (double)row[EOT_EXIT_LOSS];
    if (!(row[EOT_EXIT_SURVIVED] > 0.0f)) return;
    eot_sums_at(sums, EOT_EXIT_S_COUNTER, 0)[EOT_EXIT_C_PASSED]++;
    eot_wide_add(moment, loss);
    eot_wide_add(moment + EOT_WIDE, loss * loss);
    count(sums, EOT_EXIT_S_LOSS, loss);
    for (size_t a = 0; a < 2; a++) {
        count(sums, EOT_EXIT_S_ANGLE, 1e3 * fabs(atan((double)row[EOT_EXIT_ANGLE_X + a])));
        count(sums, EOT_EXIT_S_DISPLACEMENT, fabs((double)row[EOT_EXIT_DISPLACEMENT_X + a]));
    }
}

static enum eot_status batch(void *worker, struct eot_job_batch *batch, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct muon_worker *w = worker;
    int64_t *counter = eot_sums_at(&batch->sums, EOT_EXIT_S_COUNTER, 0), tally[EOT_N_EXIT_COUNTER];
    struct eot_plane_rows planes = {0};
    *is_complete = false;
    EOT_TRY(w->b->op->buffer_zero(w->b, w->tally, 0, sizeof tally, err));
    for (size_t done = 0; done < batch->n; done += w->chunk) {
        size_t n = batch->n - done < w->chunk ? batch->n - done : w->chunk;
        if (eot_stop_is_asked(&w->stop)) goto done;
        EOT_TRY(follow(w, batch->first + done, n, err));
        for (size_t i = 0; i < n; i++) {
            const float *row = w->row + i * EOT_N_EXIT_COLUMN;
            uint64_t primary = batch->first + done + i;
            if (row[EOT_EXIT_SURVIVED] < 0.0f) {
                eot_lost_events_add(&batch->rows.lost, primary, (uint32_t)-row[EOT_EXIT_SURVIVED]);
                continue;
            }
            score(&batch->sums, row);
            if (eot_is_kept(primary, w->record_threshold))
                EOT_TRY(eot_event_rows_add(&batch->rows, primary, row, EOT_N_EXIT_COLUMN, err));
        }
        EOT_TRY(cross(w, batch->first + done, n, &planes, err));
        EOT_TRY(eot_planes_keep(&planes, eot_job_plane_counts(&batch->sums), &batch->rows.planes, err));
    }
    EOT_TRY(eot_backend_read(w->b, w->tally, 0, sizeof tally, tally, err));
    for (int i = 0; i < EOT_N_EXIT_COUNTER; i++) counter[i] += tally[i];
    batch->rows.n_followed += batch->n;
    *is_complete = true;
done:
    eot_plane_rows_free(&planes);
    return status;
}

static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    (void)err;
    *n_step = (double)eot_sums_count(&run->sums, EOT_EXIT_S_COUNTER, EOT_EXIT_C_STEPS);
    *n_muon = (double)eot_sums_primaries(&run->sums);
    return EOT_OK;
}

EOT_JOB_DEFINE(muon_beam, "muon beam", "muons through the set-up", "muons", COLUMN, EOT_N_EXIT_COLUMN, false, accepts,
               mode, world, full_batch, layout, eot_job_prepare_file, worker_create, worker_free, batch,
               eot_job_finish_nothing, work, eot_muon_beam_estimate, eot_replay_muon_beam);
