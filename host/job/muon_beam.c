#include "job/muon_beam.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/sha256.h"
#include "device/launch.h"
#include "version.h"
#include "world/sections.h"

enum { N_HISTOGRAM_BIN = 100 };

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

/* The grid up to the edge in z nearest to the plane: a muon that leaves it there has crossed the plane. */
static eot_grid grid_up_to(const struct eot_world *w, double plane) {
    eot_grid grid = w->grid;
    const float *edge = w->table.value + grid.edges_z;
    while (grid.n_z > 1 && fabs((double)edge[grid.n_z - 1] - plane) < fabs((double)edge[grid.n_z] - plane)) grid.n_z--;
    return grid;
}

static int compare_doubles(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return u < v ? -1 : u > v;
}

static enum eot_status add(struct eot_result *result, const char *name, const char *unit, double value,
                           double std_error, size_t n_eff, struct eot_error *err) {
    struct eot_estimate e = {.value = value, .std_error = std_error, .n_eff = (double)n_eff};
    snprintf(e.name, sizeof e.name, "%s", name);
    snprintf(e.unit, sizeof e.unit, "%s", unit);
    return eot_result_add_estimate(result, &e, err);
}

/* Quantile of n sorted values; its error is half the distance between the order statistics one binomial standard
 * deviation below and above. */
static void quantile(const double *sorted, size_t n, double q, double *value, double *std_error) {
    double at = q * (double)(n - 1), spread = sqrt(q * (1.0 - q) * (double)n);
    size_t i = (size_t)at, low = (size_t)fmax(0.0, at - spread),
           high = (size_t)fmin((double)(n - 1), ceil(at + spread));
    *value = i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
    *std_error = 0.5 * (sorted[high] - sorted[low]);
}

static enum eot_status add_quantiles(struct eot_result *result, const char *prefix, const char *unit,
                                     const double *sorted, size_t n, const char *const *label, const double *q,
                                     size_t n_quantile, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < n_quantile; i++) {
        char name[80];
        double value, std_error;
        quantile(sorted, n, q[i], &value, &std_error);
        snprintf(name, sizeof name, "%s_q%s_%s", prefix, label[i], unit);
        EOT_TRY(add(result, name, unit, value, std_error, n, err));
    }
done:
    return status;
}

/* Distribution per muon of the beam, from 0 to the 99.9 % quantile. */
static enum eot_status add_histogram(struct eot_result *result, const char *name, const char *unit, const char *title,
                                     const char *axis, const double *sorted, size_t n, double weight,
                                     struct eot_error *err) {
    double edges[N_HISTOGRAM_BIN + 1], values[N_HISTOGRAM_BIN] = {0}, variances[N_HISTOGRAM_BIN] = {0},
                                       end = sorted[(size_t)(0.999 * (double)(n - 1))];
    if (!(end > 0.0)) return EOT_OK; /* nothing was lost or deflected: no axis to draw */
    struct eot_histogram h = {.n_bin = N_HISTOGRAM_BIN, .edges = edges, .values = values, .variances = variances};
    for (int i = 0; i <= N_HISTOGRAM_BIN; i++) edges[i] = end * i / N_HISTOGRAM_BIN;
    for (size_t i = 0; i < n; i++) {
        int bin = (int)(sorted[i] / end * N_HISTOGRAM_BIN);
        if (bin < 0)
            h.underflow += weight;
        else if (bin >= N_HISTOGRAM_BIN)
            h.overflow += weight;
        else {
            values[bin] += weight;
            variances[bin] += weight * weight;
        }
    }
    snprintf(h.name, sizeof h.name, "%s", name);
    snprintf(h.unit, sizeof h.unit, "%s", unit);
    snprintf(h.title, sizeof h.title, "%s", title);
    snprintf(h.axis, sizeof h.axis, "%s", axis);
    return eot_result_add_histogram(result, &h, err);
}

static enum eot_status score(const float *row, size_t n, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *loss = NULL, *angle = NULL, *displacement = NULL;
    size_t n_through = 0;
    for (size_t i = 0; i < n; i++) n_through += row[i * EOT_N_EXIT_COLUMN + EOT_EXIT_SURVIVED] > 0.0f;
    double p = ((double)n_through + 2.0) / ((double)n + 4.0); /* Agresti, Coull, Am. Stat. 52 (1998) 119 */
    EOT_TRY(add(result, "exit.survival", "1", (double)n_through / (double)n, sqrt(p * (1.0 - p) / ((double)n + 4.0)), n,
                err));
    if (n_through < 2) goto done; /* no distribution of survivors to state */
    loss = malloc(n_through * sizeof *loss);
    angle = malloc(2 * n_through * sizeof *angle);
    displacement = malloc(2 * n_through * sizeof *displacement);
    EOT_CHECK_MEMORY(loss);
    EOT_CHECK_MEMORY(angle);
    EOT_CHECK_MEMORY(displacement);
    double mean = 0.0, m2 = 0.0, m4 = 0.0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const float *r = row + i * EOT_N_EXIT_COLUMN;
        if (!(r[EOT_EXIT_SURVIVED] > 0.0f)) continue;
        loss[k] = (double)r[EOT_EXIT_LOSS];
        for (size_t a = 0; a < 2; a++) {
            angle[2 * k + a] = 1e3 * fabs(atan((double)r[EOT_EXIT_ANGLE_X + a]));
            displacement[2 * k + a] = fabs((double)r[EOT_EXIT_DISPLACEMENT_X + a]);
        }
        mean += loss[k++];
    }
    mean /= (double)n_through;
    for (size_t i = 0; i < n_through; i++) {
        double d = (loss[i] - mean) * (loss[i] - mean);
        m2 += d;
        m4 += d * d;
    }
    m2 /= (double)n_through;
    m4 /= (double)n_through;
    qsort(loss, n_through, sizeof *loss, compare_doubles);
    qsort(angle, 2 * n_through, sizeof *angle, compare_doubles);
    qsort(displacement, 2 * n_through, sizeof *displacement, compare_doubles);
    EOT_TRY(add(result, "exit.loss_mean_GeV", "GeV", mean, sqrt(m2 / (double)n_through), n_through, err));
    EOT_TRY(add(result, "exit.loss_rms_GeV", "GeV", sqrt(m2),
                m2 > 0.0 ? sqrt(fmax(0.0, m4 - m2 * m2) / (4.0 * m2 * (double)n_through)) : 0.0, n_through, err));
    EOT_TRY(add_quantiles(result, "exit.loss", "GeV", loss, n_through,
                          (const char *const[]){"05", "25", "50", "75", "95", "99"},
                          (const double[]){0.05, 0.25, 0.5, 0.75, 0.95, 0.99}, 6, err));
    EOT_TRY(add_quantiles(result, "exit.angle", "mrad", angle, 2 * n_through, (const char *const[]){"68", "95", "997"},
                          (const double[]){0.68, 0.95, 0.997}, 3, err));
    EOT_TRY(add_quantiles(result, "exit.displacement", "cm", displacement, 2 * n_through,
                          (const char *const[]){"68", "95", "997"}, (const double[]){0.68, 0.95, 0.997}, 3, err));
    EOT_TRY(add_histogram(result, "exit.loss", "GeV", "Energy lost by muons that pass", "energy lost", loss, n_through,
                          1.0 / (double)n, err));
    EOT_TRY(add_histogram(result, "exit.angle", "mrad", "Projected angle of muons that pass", "projected angle", angle,
                          2 * n_through, 0.5 / (double)n, err));
    EOT_TRY(add_histogram(result, "exit.displacement", "cm", "Projected displacement of muons that pass",
                          "projected displacement", displacement, 2 * n_through, 0.5 / (double)n, err));
done:
    free(loss);
    free(angle);
    free(displacement);
    return status;
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum eot_status eot_muon_beam_run(const struct eot_config *config, const struct eot_world *w,
                                  const struct eot_run_options *options, struct eot_result *result, bool *is_partial,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = options->backend;
    const struct eot_sampling_config *s = &config->sampling;
    struct eot_world_buffers on_device = {0};
    struct eot_buffer *parameters = NULL, *row_buffer = NULL, *tally_buffer = NULL;
    struct eot_progress progress;
    float *row = NULL;
    size_t chunk = b->is_gpu ? 262144 : 8192, done_muons = 0;
    eot_muon_beam_parameters p = {.seed = s->seed,
                                  .run = s->run,
                                  .charge = config->beam.particle == EOT_BEAM_MUON_PLUS ? 1 : -1,
                                  .beam = w->event.beam};
    double plane = face_of(config, &p), kernel_before = b->kernel_s;
    const eot_grid scored = grid_up_to(w, plane);
    *is_partial = false;
    EOT_CHECK(
        s->eot <= EOT_MAX_SCORED_MUON, EOT_E_CONFIG,
        "sampling.eot = %llu (at most %u muons are scored in one run, for exact quantiles); split it by sampling.first",
        (unsigned long long)s->eot, EOT_MAX_SCORED_MUON);
    EOT_CHECK(config->beam.position_z < plane, EOT_E_CONFIG,
              "beam.position_z = %g cm (not in front of the scored plane at %g cm); move the beam or choose another "
              "scoring.exit",
              config->beam.position_z, plane);
    if (chunk > s->eot) chunk = (size_t)s->eot;
    row = malloc((size_t)s->eot * EOT_N_EXIT_COLUMN * sizeof *row);
    EOT_CHECK_MEMORY(row);
    EOT_TRY(eot_world_upload(w, b, &on_device, NULL, err));
    EOT_TRY(b->op->buffer_write(b, on_device.grid, 0, sizeof scored, &scored, err));
    EOT_TRY(b->op->buffer_create(b, sizeof p, &p, &parameters, err));
    EOT_TRY(b->op->buffer_create(b, chunk * EOT_N_EXIT_COLUMN * sizeof *row, NULL, &row_buffer, err));
    EOT_TRY(b->op->buffer_create(b, EOT_N_EXIT_COUNTER * sizeof(i64), NULL, &tally_buffer, err));
    double start = now_s();
    eot_progress_start(&progress, options->progress, "muons", s->eot, 0);
    while (done_muons < s->eot && status == EOT_OK) {
        if (options->is_interrupted != NULL && *options->is_interrupted) {
            *is_partial = true;
            break;
        }
        size_t n = s->eot - done_muons < chunk ? (size_t)(s->eot - done_muons) : chunk;
        p.first_primary = s->first + done_muons;
        p.n_primary = (u32)n;
        status = b->op->buffer_write(b, parameters, 0, sizeof p, &p, err);
        if (status == EOT_OK)
            status = eot_launch_muon_beam(b, n, (size_t)config->device.work_group,
                                          (struct eot_args_muon_beam){.table = on_device.table,
                                                                      .muon_tables = on_device.muon_tables,
                                                                      .grid = on_device.grid,
                                                                      .region = on_device.region,
                                                                      .voxel = on_device.voxel,
                                                                      .launch = parameters,
                                                                      .row = row_buffer,
                                                                      .tally = tally_buffer},
                                          err);
        if (status == EOT_OK)
            status = b->op->buffer_read(b, row_buffer, 0, n * EOT_N_EXIT_COLUMN * sizeof *row,
                                        row + done_muons * EOT_N_EXIT_COLUMN, err);
        done_muons += n;
        eot_progress_update(&progress, done_muons);
    }
    eot_progress_finish(&progress, done_muons);
    EOT_TRY(status);
    EOT_CHECK(done_muons > 0, EOT_E_INTERRUPTED, "no muon was completed; nothing is written");
    double wall = now_s() - start;
    for (size_t i = 0; i < done_muons; i++)
        EOT_CHECK(row[i * EOT_N_EXIT_COLUMN + EOT_EXIT_SURVIVED] >= 0.0f, EOT_E_DEVICE,
                  "muon %llu got stuck or lost its energy on %s; run it alone: --set sampling.first=%llu --set "
                  "sampling.eot=1 --device host",
                  (unsigned long long)(s->first + i), b->name, (unsigned long long)(s->first + i));
    i64 tally[EOT_N_EXIT_COUNTER];
    EOT_TRY(b->op->buffer_read(b, tally_buffer, 0, sizeof tally, tally, err));

    snprintf(result->name, sizeof result->name, "%s", config->name);
    snprintf(result->mode, sizeof result->mode, "analog");
    snprintf(result->version, sizeof result->version, "%s", EOT_VERSION);
    memcpy(result->config_sha256, config->sha256, sizeof result->config_sha256);
    memcpy(result->tables_sha256, w->sha256, sizeof result->tables_sha256);
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, row, done_muons * EOT_N_EXIT_COLUMN * sizeof *row);
    eot_sha256_update(&hash, tally, sizeof tally);
    eot_sha256_finish(&hash, result->tally_sha256);
    result->seed = s->seed;
    result->run = s->run;
    result->partial = *is_partial;
    result->effective_yaml = config->effective_yaml;
    EOT_TRY(eot_result_add_device(result, b->name, b->driver, err));
    EOT_TRY(eot_result_add_range(result, s->first, s->first + done_muons, err));
    EOT_TRY(add(result, "eot.simulated", "1", (double)done_muons, 0.0, 0, err));
    EOT_TRY(score(row, done_muons, result, err));
    EOT_TRY(eot_result_add_fault(result, "nan", (uint64_t)tally[EOT_EXIT_C_FAULT_NAN], err));
    EOT_TRY(eot_result_add_fault(result, "stuck", (uint64_t)tally[EOT_EXIT_C_FAULT_STUCK], err));
    i64 out = tally[EOT_EXIT_C_OUT] + tally[EOT_EXIT_C_DEPOSITED] + tally[EOT_EXIT_C_NEUTRINO];
    result->energy_in = (double)tally[EOT_EXIT_C_IN] / EOT_ENERGY_QUANTUM;
    result->energy_out = (double)out / EOT_ENERGY_QUANTUM;
    result->energy_residual = (double)(tally[EOT_EXIT_C_IN] - out) / (double)tally[EOT_EXIT_C_IN];
    result->performance.wall_s = wall;
    result->performance.kernel_s = b->kernel_s - kernel_before;
    result->performance.jit_s = b->build_s;
    result->performance.muons_per_s = (double)done_muons / fmax(wall, 1e-9);
    result->performance.eot_per_s = result->performance.muons_per_s;
    result->performance.steps_per_s = (double)tally[EOT_EXIT_C_STEPS] / fmax(wall, 1e-9);
    result->performance.steps_per_eot = (double)tally[EOT_EXIT_C_STEPS] / (double)done_muons;
done:
    free(row);
    struct eot_buffer *all[] = {parameters, row_buffer, tally_buffer};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) b->op->buffer_free(b, all[i]);
    eot_world_buffers_free(b, &on_device);
    return status;
}
