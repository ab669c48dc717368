#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/options.h"
#include "base/sha256.h"
#include "device/launch.h"
#include "device/source.h"
#include "eotmc/math/random.h"
#include "job/job.h"

const char *const eot_bench_metric_name[EOT_N_BENCH_METRIC] = {
#define EOT_BENCH_METRIC(name, unit) #name,
    EOT_BENCH_METRICS(EOT_BENCH_METRIC)
#undef EOT_BENCH_METRIC
};
const char *const eot_bench_metric_unit[EOT_N_BENCH_METRIC] = {
#define EOT_BENCH_METRIC(name, unit) unit,
    EOT_BENCH_METRICS(EOT_BENCH_METRIC)
#undef EOT_BENCH_METRIC
};

enum kind {
    CASCADE,  /* rare vertices found */
    PIPELINE, /* the whole run */
    REPLAY,   /* the whole run; the replay kernel's time counts */
    MUONS,    /* a muon beam */
    HADRONS,  /* a beam of hadrons that decay */
    PHILOX,
    GATHER,
    STACK,
    ELEMENTARY,
    LAUNCH /* one resource by itself */
};

static const struct bench_case {
    const char *name;
    enum kind kind;
    const char *config, *set, *what;
} CASES[] = {
#define EOT_BENCH_CASE(name, kind, config, set, what) {name, kind, config, set, what},
#include "bench/cases.def"
#undef EOT_BENCH_CASE
};
enum { N_CASE = sizeof CASES / sizeof CASES[0] };

static const double BURST_S = 0.08; /* of Philox on either side of a case */
static const double SHORT_S = 0.1;  /* rounds below this are measured badly */
enum { LANES_ON_HOST = 64 };        /* of the kernels in bench.cl */

const char *eot_bench_case_name(size_t i) { return i < N_CASE ? CASES[i].name : NULL; }
const char *eot_bench_case_what(size_t i) { return i < N_CASE ? CASES[i].what : NULL; }

/* A case with what it needs. */
struct bench {
    const struct bench_case *c;
    const struct eot_bench_options *options;
    struct eot_config config;
    struct eot_setup setup;
    struct eot_world world;
    struct eot_backend *b;
    struct eot_buffer *size, *sum, *stack, *table; /* of the kernels in bench.cl */
    uint32_t n_lane, n_value;
    uint32_t burst; /* iterations of one launch */
    struct eot_bench_result result;
    double *value[EOT_N_BENCH_METRIC]; /* of the rounds */
};

static const char *embedded_config(const char *name) {
    char path[128];
    snprintf(path, sizeof path, "configs/bench/%s.yaml", name);
    for (size_t i = 0; i < eot_n_embedded_file; i++)
        if (strcmp(eot_embedded_files[i].name, path) == 0) return eot_embedded_files[i].text;
    return NULL;
}

static enum eot_status config_read(const struct bench_case *c, struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *text = embedded_config(c->config);
    EOT_CHECK(text != NULL, EOT_E_INTERNAL,
              "the configuration of case %s is missing in the program; report this as a bug", c->name);
    EOT_TRY(eot_config_read_text(c->config, text, &c->set, c->set != NULL, config, err));
done:
    return status;
}

static enum eot_status case_find(const char *name, const struct bench_case **found, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *names[N_CASE], *nearest;
    char all[512] = "";
    size_t n = 0;
    *found = NULL;
    for (size_t i = 0; i < N_CASE; i++) {
        names[i] = CASES[i].name;
        if (strcmp(name, CASES[i].name) == 0) *found = &CASES[i];
        n += (size_t)snprintf(all + n, n < sizeof all ? sizeof all - n : 0, "%s%s", i > 0 ? ", " : "", CASES[i].name);
    }
    nearest = eot_text_nearest(name, names, N_CASE);
    EOT_CHECK(*found != NULL, EOT_E_USAGE, "no case %s (there are %s); did you mean %s?", name, all,
              nearest != NULL ? nearest : CASES[0].name);
done:
    return status;
}

enum eot_status eot_bench_kernel_options(const char *name, char *text, size_t n_text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct bench_case *c;
    struct eot_config config = {.name = ""};
    EOT_TRY(case_find(name, &c, err));
    text[0] = '\0';
    if (c->config == NULL) goto done;
    EOT_TRY(config_read(c, &config, err));
    snprintf(text, n_text, "%s", eot_world_kernel_options(&config));
done:
    eot_config_free(&config);
    return status;
}

static void bench_free(struct bench *t) {
    if (t->b != NULL) {
        struct eot_buffer *all[] = {t->size, t->sum, t->stack, t->table};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) t->b->op->buffer_free(t->b, all[i]);
    }
    eot_backend_close(t->b);
    eot_world_free(&t->world);
    eot_setup_free(&t->setup);
    eot_config_free(&t->config);
    for (int i = 0; i < EOT_N_BENCH_METRIC; i++) free(t->value[i]);
}

/* A launch of one of the kernels in bench.cl. */
typedef enum eot_status micro_kernel(struct bench *t, size_t n_item, size_t group, struct eot_error *err);

static enum eot_status micro_philox(struct bench *t, size_t n_item, size_t group, struct eot_error *err) {
    return eot_launch_bench_philox(t->b, n_item, group, (struct eot_args_bench_philox){.size = t->size, .sum = t->sum},
                                   err);
}

static enum eot_status micro_gather(struct bench *t, size_t n_item, size_t group, struct eot_error *err) {
    return eot_launch_bench_gather(
        t->b, n_item, group, (struct eot_args_bench_gather){.size = t->size, .table = t->table, .sum = t->sum}, err);
}

static enum eot_status micro_stack(struct bench *t, size_t n_item, size_t group, struct eot_error *err) {
    return eot_launch_bench_stack(
        t->b, n_item, group, (struct eot_args_bench_stack){.size = t->size, .stack = t->stack, .sum = t->sum}, err);
}

static enum eot_status micro_elementary(struct bench *t, size_t n_item, size_t group, struct eot_error *err) {
    return eot_launch_bench_elementary(t->b, n_item, group,
                                       (struct eot_args_bench_elementary){.size = t->size, .sum = t->sum}, err);
}

static enum eot_status micro_empty(struct bench *t, size_t n_item, size_t group, struct eot_error *err) {
    return eot_launch_bench_launch(t->b, n_item, group, (struct eot_args_bench_launch){.sum = t->sum}, err);
}

/* Iterations of one of them. */
static enum eot_status micro_launch(struct bench *t, micro_kernel *launch, uint32_t n_iteration,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const uint32_t size[4] = {n_iteration, t->n_lane, 1, t->n_value};
    EOT_TRY(t->b->op->buffer_write(t->b, t->size, 0, sizeof size, size, err));
    EOT_TRY(launch(t, t->n_lane / (uint32_t)t->b->lane_width, t->b->is_gpu ? 64 : 1, err));
    if (t->b->op->wait != NULL) EOT_TRY(t->b->op->wait(t->b, err));
done:
    return status;
}

/* Operations (iterations of lanes) per second of wall time and of processor time. */
struct rate {
    double wall, processor;
};

/* Of one of these kernels, over about `seconds`. @param length iterations of a launch, adjusted to take half of that.
 */
static enum eot_status micro_rate(struct bench *t, micro_kernel *kernel, double seconds, uint32_t *length,
                                  struct rate *rate, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double start = eot_clock_seconds(), now = start, processor = eot_clock_processor_seconds(), done_iterations = 0.0;
    do {
        double before = now;
        EOT_TRY(micro_launch(t, kernel, *length, err));
        now = eot_clock_seconds();
        done_iterations += *length;
        double wanted = 0.5 * seconds / fmax(now - before, 1e-7) * *length;
        if (wanted > 2.0 * *length || wanted < 0.5 * *length) {
            if (now - before < 0.1 * seconds) { /* too short to count */
                start = now;
                processor = eot_clock_processor_seconds();
                done_iterations = 0.0;
            }
            *length = (uint32_t)fmin(fmax(wanted, 16.0), 1e8);
        }
    } while (now - start < seconds && (t->options->is_interrupted == NULL || !*t->options->is_interrupted));
    *rate = (struct rate){done_iterations * t->n_lane / fmax(now - start, 1e-9),
                          done_iterations * t->n_lane / fmax(eot_clock_processor_seconds() - processor, 1e-9)};
done:
    return status;
}

static enum eot_status philox_rate(struct bench *t, struct rate *rate, struct eot_error *err) {
    return micro_rate(t, micro_philox, BURST_S, &t->burst, rate, err);
}

/* The device's blocks are the host's. */
static enum eot_status philox_check(struct bench *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum { N_ITERATION = 32 };
    uint32_t *sum = malloc(t->n_lane * sizeof *sum);
    EOT_CHECK_MEMORY(sum);
    EOT_TRY(micro_launch(t, micro_philox, N_ITERATION, err));
    EOT_TRY(t->b->op->buffer_read(t->b, t->sum, 0, t->n_lane * sizeof *sum, sum, err));
    for (uint32_t g = 0; g < t->n_lane; g++) {
        uint32_t want = 0;
        for (uint32_t i = 0; i < N_ITERATION; i++) {
            eot_u32x4 b = eot_philox(g + i * t->n_lane, 0, (u32)EOT_STAGE_PROBE << 24, 0, 1, 0);
            want ^= b.x ^ b.y ^ b.z ^ b.w;
        }
        EOT_CHECK(sum[g] == want, EOT_E_SELFTEST,
                  "%s (driver %s) makes other Philox blocks than the host (lane %u: checksum %08x, not %08x); run "
                  "eotmc selftest",
                  t->b->name, t->b->driver, g, sum[g], want);
    }
done:
    free(sum);
    return status;
}

/* Hash of 2^18 of the device's blocks, the same on every device: the checksums of 64 lanes. */
static enum eot_status philox_hash(struct bench *t, char hex[65], struct eot_error *err) {
    enum { N_LANE = 64, N_ITERATION = 4096 };
    enum eot_status status = EOT_OK;
    uint32_t sum[N_LANE], n_lane = t->n_lane;
    struct eot_sha256 hash;
    t->n_lane = N_LANE;
    status = micro_launch(t, micro_philox, N_ITERATION, err);
    t->n_lane = n_lane;
    EOT_TRY(status);
    EOT_TRY(t->b->op->buffer_read(t->b, t->sum, 0, sizeof sum, sum, err));
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, sum, sizeof sum);
    eot_sha256_finish(&hash, hex);
done:
    return status;
}

static enum eot_status bench_open(struct bench *t, const struct bench_case *c, const struct eot_bench_options *options,
                                  struct eot_simt_report *simt, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend_options device = options->device;
    device.one_only = true;
    device.kernels = 1ull << EOT_KERNEL_bench_philox; /* with the others of its file; not those that are not launched */
    memset(t, 0, sizeof *t);
    t->c = c;
    t->options = options;
    t->burst = 1024;
    t->result = (struct eot_bench_result){.name = c->name, .what = c->what};
    for (int i = 0; i < EOT_N_BENCH_METRIC; i++) {
        t->value[i] = malloc((size_t)options->repeat * sizeof *t->value[i]);
        EOT_CHECK_MEMORY(t->value[i]);
        for (int k = 0; k < options->repeat; k++) t->value[i][k] = NAN;
    }
    if (c->config != NULL) {
        EOT_TRY(config_read(c, &t->config, err));
        EOT_TRY(eot_setup_create(&t->config, &t->setup, err));
        device.extra_options = eot_world_kernel_options(&t->config);
        device.kernels |= eot_world_kernels(&t->config);
        EOT_CHECK(c->kind != PIPELINE || options->eot != 1, EOT_E_USAGE,
                  "--eot 1 is too few for case %s (its estimates have a standard error); give 2 or more", c->name);
        if (options->eot > 0) t->config.sampling.eot = options->eot;
        if (options->eot > 0 && t->config.sampling.batch > options->eot) t->config.sampling.batch = options->eot;
        if (options->lanes > 0) t->config.device.lanes = options->lanes;
        if (options->in_flight > 0) t->config.device.in_flight = options->in_flight;
        if (c->kind == REPLAY) t->config.device.in_flight = 1; /* so that its kernel has the device for itself */
        double start = eot_clock_seconds();
        const struct eot_job *job;
        EOT_TRY(eot_job_find(&t->config, &job, err));
        EOT_TRY(job->world(&t->config, &t->setup, &(struct eot_world_options){.no_cache = false}, &t->world, err));
        t->result.tables_s = eot_clock_seconds() - start;
        t->result.n = t->config.sampling.eot;
    }
    EOT_TRY(simt != NULL ? eot_simt_backend_open(simt, &t->b, err) : eot_backend_open(&device, &t->b, err));
    snprintf(t->result.device, sizeof t->result.device, "%s", t->b->name);
    snprintf(t->result.driver, sizeof t->result.driver, "%s", t->b->driver);
    t->result.compute_units = t->b->compute_units;
    if (simt != NULL) goto done;
    /* the cases' batches are a processor's; no tally depends on them */
    if (t->b->is_gpu && (c->kind == MUONS || c->kind == HADRONS)) t->config.sampling.batch = t->config.sampling.eot;
    if (t->b->is_gpu && c->kind < MUONS) {
        uint64_t quarter = (t->config.sampling.eot + 3) / 4,
                 full = EOT_RUN_PRIMARIES_PER_LANE *
                        (t->config.device.lanes > 0 ? (uint64_t)t->config.device.lanes : eot_run_full_lanes(t->b));
        t->config.sampling.batch = quarter < full ? quarter : full;
    }
    if (options->batch > 0) t->config.sampling.batch = options->batch < t->result.n ? options->batch : t->result.n;
    /* as many lanes as the cascade has, so that both fill the device alike */
    t->n_lane = options->lanes > 0 ? ((uint32_t)options->lanes + 63) / 64 * 64
                                   : (uint32_t)(t->b->is_host ? LANES_ON_HOST : eot_run_full_lanes(t->b));
    EOT_TRY(t->b->op->buffer_create(t->b, 4 * sizeof(uint32_t), NULL, &t->size, err));
    EOT_TRY(t->b->op->buffer_create(t->b, t->n_lane * sizeof(uint32_t), NULL, &t->sum, err));
    if (c->kind == STACK)
        EOT_TRY(t->b->op->buffer_create(t->b, (size_t)t->n_lane * 2 * EOT_STACK_DEPTH * sizeof(float), NULL, &t->stack,
                                        err));
    if (c->kind == GATHER) {
        t->n_value = (uint32_t)t->world.table.n;
        EOT_TRY(t->b->op->buffer_create(t->b, t->world.table.n * sizeof *t->world.table.value, t->world.table.value,
                                        &t->table, err));
    }
    EOT_TRY(philox_check(t, err));
done:
    return status;
}

/* The integers of a shower run that no lane, launch or batch changes. */
static void hash_showers(const struct eot_run *run, char hex[65]) {
    struct eot_sha256 hash;
    const struct eot_sums *s = &run->sums;
    int64_t count[4] = {(int64_t)eot_sums_primaries(s)};
    for (int i = 0; i < EOT_N_RUN_WORK; i++) count[i + 1] = eot_sums_count(s, EOT_RUN_WORK, (size_t)i);
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, count, sizeof count);
    for (size_t k = EOT_RUN_TRACK; k <= EOT_RUN_EVENT; k++)
        for (size_t i = 0; i < s->layout.section[k].n; i++) {
            int64_t sum = eot_sums_count(s, k, i);
            eot_sha256_update(&hash, &sum, sizeof sum);
        }
    eot_sha256_finish(&hash, hex);
}

/* Track, VETO, HCAL: (error / 2 %)^2, the worst of several masses; a round's time comes later. */
static void worst_of(const struct eot_cutflow_row *row, double value[3]) {
    for (int i = 0; i < 3; i++)
        if (row[i].weighted > 0.0) value[i] = fmax(value[i], pow(row[i].std_error / row[i].weighted / 0.02, 2.0));
}

/* What a round of muons, hadrons or whole shower runs is worth beside its steps. */
static enum eot_status value_result(struct bench *t, struct eot_run *run, double n_vertex, double seconds,
                                    double value[EOT_N_BENCH_METRIC], char hash[65], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_result result = {0};
    EOT_TRY(eot_result_from_run(&t->config, &t->world, run, t->b, &result, err));
    if (t->c->kind == PIPELINE) {
        if (result.n_mass == 0)
            value[EOT_BENCH_eot_equivalent_per_s] = eot_result_estimate(&result, "eot.equivalent")->value / seconds;
        value[EOT_BENCH_muons_per_s] = 2.0 * n_vertex / seconds;
        double *worst = &value[EOT_BENCH_track_to_2_percent_s];
        if (result.n_mass == 0) worst_of(&result.cutflow[result.n_cutflow - 1 - EOT_N_CUT], worst);
        for (size_t m = 0; m < result.n_selection && result.n_mass > 0; m++)
            worst_of(&result.selection[m].cutflow[result.selection[m].n_cutflow - 1 - EOT_N_CUT], worst);
        goto done;
    }
    double n_layer = 0.0;
    for (size_t i = 0; i < t->config.geometry.n_volume; i++)
        n_layer += (double)t->config.geometry.volume[i].n_layer * t->config.geometry.volume[i].repeat;
    memcpy(hash, result.tally_sha256, 65);
    if (t->c->kind == HADRONS) goto done;
    value[EOT_BENCH_muons_per_s] = result.performance.muons_per_s;
    value[EOT_BENCH_layer_crossings_per_s] =
        result.performance.muons_per_s * eot_result_estimate(&result, "exit.survival")->value * n_layer;
done:
    eot_result_free(&result);
    return status;
}

/* One round of a run: a cascade, a whole run, the replay, a muon beam. */
static enum eot_status round_run(struct bench *t, double value[EOT_N_BENCH_METRIC], char hash[65],
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run run = {0};
    struct eot_run_options options = {.backend = t->b,
                                      .progress = EOT_PROGRESS_NONE,
                                      .is_interrupted = t->options->is_interrupted,
                                      .skips_excluded = true,
                                      .chunk = (size_t)t->options->chunk,
                                      .skips_events = t->c->kind == CASCADE};
    double replay_s = t->b->use[EOT_KERNEL_replay].seconds, n_step, n_muon;
    EOT_TRY(eot_run_execute(&t->config, &t->setup, &t->world, &options, &run, err));
    EOT_CHECK(!run.is_partial, EOT_E_INTERRUPTED, "interrupted; nothing was measured");
    EOT_TRY(eot_job_of(&t->config)->work(&run, &n_step, &n_muon, err));
    double n = (double)eot_sums_primaries(&run.sums), seconds = run.wall_s, n_vertex = 0.0;
    if (t->c->kind < MUONS) {
        hash_showers(&run, hash);
        n_vertex = (double)eot_sums_count(&run.sums, EOT_RUN_WORK, EOT_RUN_N_VERTEX);
    }
    if (t->c->kind == REPLAY) {
        seconds = t->b->use[EOT_KERNEL_replay].seconds - replay_s;
        n = n_vertex;
        n_step = (double)eot_sums_count(&run.sums, EOT_RUN_EVENT, EOT_C_REPLAY_STEPS);
    }
    value[EOT_BENCH_eot_per_s] = n / seconds;
    value[EOT_BENCH_steps_per_s] = n_step / seconds;
    value[EOT_BENCH_steps_per_eot] = n_step / n;
    if (t->c->kind == PIPELINE || t->c->kind == MUONS || t->c->kind == HADRONS)
        EOT_TRY(value_result(t, &run, n_vertex, seconds, value, hash, err));
done:
    eot_run_free(&run);
    return status;
}

/* One round: Philox, the case, Philox. */
static enum eot_status round_measure(struct bench *t, double value[EOT_N_BENCH_METRIC], char hash[65],
                                     struct eot_error *err) {
    static micro_kernel *const kernel[] = {
        [PHILOX] = micro_philox, [GATHER] = micro_gather, [STACK] = micro_stack, [ELEMENTARY] = micro_elementary};
    enum eot_status status = EOT_OK;
    struct rate before, after, rate = {NAN, NAN};
    uint32_t length = t->burst;
    hash[0] = '\0';
    EOT_TRY(philox_rate(t, &before, err));
    double processor = eot_clock_processor_seconds();
    if (t->c->kind <= HADRONS) EOT_TRY(round_run(t, value, hash, err));
    if (t->c->kind > HADRONS && t->c->kind < LAUNCH)
        EOT_TRY(micro_rate(t, kernel[t->c->kind], 2.0 * BURST_S, &length, &rate, err));
    if (t->c->kind == PHILOX) EOT_TRY(philox_hash(t, hash, err));
    if (t->c->kind == LAUNCH) {
        double start = eot_clock_seconds(), n = 0.0;
        for (; eot_clock_seconds() - start < 2.0 * BURST_S; n += 1.0) EOT_TRY(micro_launch(t, micro_empty, 1, err));
        rate = (struct rate){n / (eot_clock_seconds() - start), n / (eot_clock_processor_seconds() - processor)};
    }
    if (t->c->kind > HADRONS) value[EOT_BENCH_operations_per_s] = rate.wall;
    processor = eot_clock_processor_seconds() - processor;
    for (int i = 0; i < 3; i++) value[EOT_BENCH_track_to_2_percent_s + i] *= processor;
    EOT_TRY(philox_rate(t, &after, err));
    /* the mean over equal work */
    double blocks = 2.0 / (1.0 / before.wall + 1.0 / after.wall),
           blocks_processor = 2.0 / (1.0 / before.processor + 1.0 / after.processor);
    value[EOT_BENCH_philox_blocks_per_s] = t->c->kind == PHILOX ? value[EOT_BENCH_operations_per_s] : blocks;
    value[EOT_BENCH_eot_per_megablock] = 1e6 * value[EOT_BENCH_eot_per_s] / blocks;
    value[EOT_BENCH_bound_fraction] = value[EOT_BENCH_steps_per_s] / blocks;
    value[EOT_BENCH_blocks_per_operation] = t->b->is_gpu ? blocks / rate.wall : blocks_processor / rate.processor;
    if (!t->b->is_gpu && t->c->config != NULL && t->c->kind != REPLAY &&
        t->c->kind != GATHER) { /* a replay's time is its kernel's, which is known as wall time only */
        value[EOT_BENCH_eot_per_megablock_cpu] = 1e6 * (double)t->result.n / processor / blocks_processor;
        value[EOT_BENCH_bound_fraction_cpu] =
            value[EOT_BENCH_steps_per_eot] * (double)t->result.n / processor / blocks_processor;
    }
done:
    return status;
}

static int compare_doubles(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return u < v ? -1 : u > v;
}

static void spread(double *value, int n, struct eot_bench_spread *s) {
    *s = (struct eot_bench_spread){.is_there = n > 0 && !isnan(value[0])};
    if (!s->is_there) return;
    qsort(value, (size_t)n, sizeof *value, compare_doubles);
    s->min = value[0];
    s->max = value[n - 1];
    s->median = 0.5 * (value[(n - 1) / 2] + value[n / 2]);
}

static enum eot_status cases_chosen(const struct eot_bench_options *options, const struct bench_case *chosen[N_CASE],
                                    size_t *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *n = 0;
    for (size_t i = 0; i < options->n_case; i++) {
        const struct bench_case *c;
        EOT_TRY(case_find(options->name[i], &c, err));
        for (size_t k = 0; k < *n; k++)
            EOT_CHECK(chosen[k] != c, EOT_E_USAGE, "case %s is given twice; give it once and raise --repeat", c->name);
        chosen[(*n)++] = c;
    }
    if (options->n_case == 0)
        for (size_t i = 0; i < N_CASE; i++) chosen[(*n)++] = &CASES[i];
done:
    return status;
}

enum eot_status eot_bench_execute(const struct eot_bench_options *options, struct eot_bench_result **result,
                                  size_t *n_result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct bench_case *chosen[N_CASE];
    struct bench *bench = NULL;
    struct eot_bench_result *list = NULL;
    size_t n = 0;
    *result = NULL;
    *n_result = 0;
    EOT_TRY(cases_chosen(options, chosen, &n, err));
    bench = calloc(n, sizeof *bench);
    list = calloc(n, sizeof *list);
    EOT_CHECK_MEMORY(bench);
    EOT_CHECK_MEMORY(list);
    for (size_t i = 0; i < n; i++) {
        EOT_CHECK(options->is_interrupted == NULL || !*options->is_interrupted, EOT_E_INTERRUPTED,
                  "interrupted; nothing was measured");
        EOT_TRY(bench_open(&bench[i], chosen[i], options, NULL, err));
    }
    for (int round = -1; round < options->repeat; round++) { /* -1: drivers compile, memory is touched */
        for (size_t i = 0; i < n; i++) {
            double value[EOT_N_BENCH_METRIC];
            char hash[65];
            for (int m = 0; m < EOT_N_BENCH_METRIC; m++) value[m] = NAN;
            EOT_TRY(round_measure(&bench[i], value, hash, err));
            EOT_CHECK(options->is_interrupted == NULL || !*options->is_interrupted, EOT_E_INTERRUPTED,
                      "interrupted; nothing was measured");
            if (round < 0) {
                memcpy(bench[i].result.tally_hash, hash, sizeof hash);
                bench[i].result.jit_s = bench[i].b->build_s;
                continue;
            }
            EOT_CHECK(
                strcmp(hash, bench[i].result.tally_hash) == 0, EOT_E_SELFTEST,
                "case %s gives other tallies in round %d than before on %s (%.12s, not %.12s); run eotmc selftest",
                chosen[i]->name, round + 1, bench[i].b->name, hash, bench[i].result.tally_hash);
            for (int m = 0; m < EOT_N_BENCH_METRIC; m++) bench[i].value[m][round] = value[m];
            eot_log_message(options->log, EOT_LOG_NORMAL, "round %d of %d: %s", round + 1, options->repeat,
                            chosen[i]->name);
        }
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = bench[i].result;
        list[i].n_round = options->repeat;
        for (int m = 0; m < EOT_N_BENCH_METRIC; m++) spread(bench[i].value[m], options->repeat, &list[i].metric[m]);
        double seconds = (double)list[i].n / list[i].metric[EOT_BENCH_eot_per_s].median;
        if (chosen[i]->config != NULL && chosen[i]->kind != GATHER && seconds < SHORT_S)
            eot_log_message(
                options->log, EOT_LOG_NORMAL,
                "case %s: a round of %.2g s is too short for a good rate; --eot %.0f makes it about a second",
                chosen[i]->name, seconds, ceil((double)list[i].n / seconds));
    }
    *result = list;
    *n_result = n;
    list = NULL;
done:
    for (size_t i = 0; bench != NULL && i < n; i++) bench_free(&bench[i]);
    free(bench);
    free(list);
    return status;
}

enum eot_status eot_bench_simt(const struct eot_bench_options *options, struct eot_bench_result **result,
                               size_t *n_result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum { LANES = 256, LAUNCH_STEPS = 64, PRIMARIES_PER_LANE = 100 };
    const struct bench_case *chosen[N_CASE];
    struct eot_bench_options own = *options;
    struct eot_bench_result *list = NULL;
    struct bench t = {.c = NULL};
    size_t n = 0;
    *result = NULL;
    *n_result = 0;
    EOT_TRY(cases_chosen(options, chosen, &n, err));
    list = calloc(n, sizeof *list);
    EOT_CHECK_MEMORY(list);
    own.repeat = 1;
    own.lanes = options->lanes > 0 ? options->lanes : LANES;
    for (size_t i = 0; i < n; i++) {
        double value[EOT_N_BENCH_METRIC];
        struct eot_bench_result *r = &list[*n_result];
        if (chosen[i]->kind >= PHILOX || chosen[i]->kind == REPLAY) {
            EOT_CHECK(options->n_case == 0, EOT_E_USAGE,
                      "case %s has no particle steps of its own to follow in lockstep; give %s", chosen[i]->name,
                      chosen[i]->kind == REPLAY ? "dimuon-forced, which has the replay in it"
                                                : "another, or none for all that have");
            continue;
        }
        own.eot = options->eot > 0 ? options->eot : (uint64_t)own.lanes * PRIMARIES_PER_LANE;
        struct eot_simt_report report = {.warp_steps = 0};
        EOT_TRY(bench_open(&t, chosen[i], &own, &report, err));
        t.config.sampling.batch = own.eot;
        t.config.device.launch_steps = LAUNCH_STEPS; /* not by the clock: the numbers can be made again */
        char *hash = t.result.tally_hash;
        EOT_TRY(round_run(&t, value, hash, err));
        *r = t.result;
        r->simt = report;
        r->simt_lanes = own.lanes;
        (*n_result)++;
        bench_free(&t);
        memset(&t, 0, sizeof t);
    }
    *result = list;
    list = NULL;
done:
    bench_free(&t);
    free(list);
    return status;
}
