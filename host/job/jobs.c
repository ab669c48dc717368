#include "job/job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/muon_beam_private.h"
#include "base/sha256.h"
#include "exchange/source.h"
#include "version.h"

const struct eot_job *const eot_jobs[] = {
#define EOT_JOB(symbol) &eot_job_##symbol,
#include "job/jobs.def"
#undef EOT_JOB
};
const size_t eot_n_job = sizeof eot_jobs / sizeof eot_jobs[0];

const struct eot_job *eot_job_of(const struct eot_config *config) {
    for (size_t i = 0; i < eot_n_job; i++)
        if (eot_jobs[i]->accepts(config)) return eot_jobs[i];
    return NULL;
}

enum eot_status eot_job_find(const struct eot_config *config, const struct eot_job **job, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *job = eot_job_of(config);
    EOT_CHECK(*job != NULL, EOT_E_CONFIG,
              "%s: nothing simulates this beam with these processes (no job of jobs.def accepts it); choose another "
              "beam.particle, or other physics.rare",
              config->name);
done:
    return status;
}

enum eot_status eot_job_prepare_nothing(const struct eot_job_context *context, struct eot_sums *sums,
                                        struct eot_error *err) {
    (void)context;
    (void)sums;
    (void)err;
    return EOT_OK;
}

enum eot_status eot_job_finish_nothing(void *worker, struct eot_sums *sums, struct eot_error *err) {
    (void)worker;
    (void)sums;
    (void)err;
    return EOT_OK;
}

enum eot_status eot_job_check(const struct eot_config *config, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_job *job = eot_job_of(config);
    if (job == NULL)
        return eot_findings_fail(f, err, "beam.particle",
                                 "(nothing simulates this beam with these processes); choose another particle, or "
                                 "other physics.rare");
    if (config->output.hepmc && !job->writes_vertices)
        EOT_TRY(eot_findings_fail(f, err, "output.hepmc",
                                  "(a %s has no vertices of showers to write); use output.hepmc: off, the record of "
                                  "its events is in result.h5",
                                  job->name));
    if (job == &eot_job_muon_conversion && config->sampling.mode != EOT_SAMPLING_FORCED)
        EOT_TRY(eot_findings_fail(f, err, "sampling.mode",
                                  "(mu N -> e N phi of a muon beam is sampled with weights only); use sampling.mode: "
                                  "forced"));
    if (config->beam.file[0] != '\0' && config->beam.file_as == EOT_FILE_AS_EVENTS &&
        eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER)
        EOT_TRY(eot_findings_fail(f, err, "beam.file",
                                  "(a %s has no events that could come from a file); use beam.file_as: primaries",
                                  job->name));
    double plane = job == &eot_job_muon_beam ? eot_muon_beam_plane(config) : INFINITY;
    if (config->beam.position_z >= plane)
        EOT_TRY(eot_findings_fail(f, err, "beam.position_z",
                                  "(not in front of the scored plane at %g cm); move the beam or choose another "
                                  "scoring.exit",
                                  plane));
done:
    return status;
}

enum {
    DEFAULT_BATCH = 10000,    /* of the configuration's schema */
    MOST_WITH_WAYS = 1 << 23, /* primaries of an automatic batch: their ways take 1 GiB of the device */
};

uint64_t eot_job_largest_batch(const struct eot_config *config, const struct eot_backend *backend) {
    enum { FEWEST = 32, FEWEST_OF_A_CHOICE = 10 };
    const struct eot_sampling_config *s = &config->sampling;
    bool is_analog = s->mode == EOT_SAMPLING_ANALOG && s->analog_enhancement > 1.0, is_gpu = false;
    for (const struct eot_backend *b = backend; b != NULL; b = b->next) is_gpu |= b->is_gpu;
    if (eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER || (!config->scoring.track_length && !is_analog))
        return s->eot;
    if (!is_gpu && s->batch == DEFAULT_BATCH) return (s->eot + FEWEST - 1) / FEWEST;
    return s->batch < s->eot ? s->eot : (s->eot + FEWEST_OF_A_CHOICE - 1) / FEWEST_OF_A_CHOICE;
}

uint64_t eot_job_batch_size(const struct eot_config *config, const struct eot_backend *backend) {
    const struct eot_sampling_config *s = &config->sampling;
    uint64_t full = 0, tenth = (s->eot + 9) / 10;
    for (const struct eot_backend *b = backend; b != NULL; b = b->next) {
        uint64_t lanes = config->device.lanes > 0 ? (uint64_t)config->device.lanes : eot_run_full_lanes(b);
        if (!b->is_gpu || s->batch != DEFAULT_BATCH) return s->batch;
        if (EOT_RUN_PRIMARIES_PER_LANE * lanes > full) full = EOT_RUN_PRIMARIES_PER_LANE * lanes;
    }
    if (full > tenth) full = tenth;
    if (eot_world_has_ways(config) && full > MOST_WITH_WAYS) full = MOST_WITH_WAYS;
    return full > s->batch ? full : s->batch;
}

enum eot_status eot_job_check_batch(const struct eot_config *config, const struct eot_backend *b, uint64_t batch,
                                    struct eot_findings *f, struct eot_error *err) {
    const struct eot_job *job = eot_job_of(config);
    uint64_t wanted = job != NULL ? job->full_batch(b) : 0;
    if (batch == 0) batch = eot_job_batch_size(config, b);
    if (config->device.lanes > 0 || batch >= wanted || config->sampling.eot <= batch) return EOT_OK;
    return eot_findings_warn(f, err, "small_batch",
                             "batches of %llu primaries leave much of %s idle, whose speed is then not what it could "
                             "be; sampling.batch=%llu fills it",
                             (unsigned long long)batch, b->name, (unsigned long long)wanted);
}

static enum eot_status add_count(struct eot_result *result, const char *name, size_t n, struct eot_error *err) {
    struct eot_estimate e = {.unit = "1", .value = (double)n, .is_exact = true};
    snprintf(e.name, sizeof e.name, "%s", name);
    return eot_result_add_estimate(result, &e, err);
}

static const char PLANES[] = "planes"; /* as in eot_run_layout */

void eot_job_planes_layout(const struct eot_config *config, struct eot_sums_layout *l) {
    if (config->output.n_plane == 0) return;
    eot_sums_section_add(l, PLANES, EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, config->output.n_plane, false);
}

/* Number of that section; that of sections where there is none. */
static size_t planes_section(const struct eot_sums_layout *l) {
    size_t s = 0;
    while (s < l->n_section && strcmp(l->section[s].name, PLANES) != 0) s++;
    return s;
}

int64_t *eot_job_plane_counts(struct eot_sums *sums) {
    size_t section = planes_section(&sums->layout);
    return section < sums->layout.n_section ? eot_sums_at(sums, section, 0) : NULL;
}

/* How many particles have crossed each plane, and what was too many to be kept. */
static enum eot_status add_planes(const struct eot_config *config, const struct eot_run *run, struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_plane_rows *rows = &run->planes;
    char name[64];
    if (config->output.n_plane == 0) return EOT_OK;
    for (size_t i = 0; i < config->output.n_plane; i++) {
        snprintf(name, sizeof name, "planes.%s.crossings", config->output.plane[i].name);
        EOT_TRY(add_count(result, name, (size_t)eot_sums_count(&run->sums, planes_section(&run->sums.layout), i), err));
    }
    EOT_TRY(add_count(result, "planes.particles_dropped", rows->n_particle_dropped, err));
    EOT_TRY(add_count(result, "planes.events_dropped", rows->n_state_dropped, err));
    if (rows->n_particle_dropped + rows->n_state_dropped > 0)
        EOT_TRY(eot_findings_warn(&result->warnings, err, "planes_full",
                                  "the files of planes lack %zu particles (%d are kept) and %zu events (%d); beam.file "
                                  "does not go on from such events. Divide the run into parts (--shard), or use fewer "
                                  "primaries or planes",
                                  rows->n_particle_dropped, EOT_MAX_PLANE_PARTICLE, rows->n_state_dropped,
                                  EOT_MAX_PLANE_STATE));
done:
    return status;
}

/* What the file that stands for the beam holds. */
static enum eot_status add_file(const struct eot_world *world, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_source *s = world->source;
    if (s == NULL || !s->are_primaries) return EOT_OK;
    EOT_TRY(add_count(result, "beam.file.events", s->n_primary, err));
    struct eot_estimate e = {.name = "beam.file.weight", .unit = "1", .value = s->weight, .is_exact = true};
    EOT_TRY(eot_result_add_estimate(result, &e, err));
done:
    return status;
}

/* The recorded events as a table: the primary's number, then the columns of the job. */
static enum eot_status add_events(const struct eot_job *job, const struct eot_run *run, struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_column = job->n_column + 1;
    EOT_TRY(add_count(result, "events.recorded", run->n_row, err));
    EOT_TRY(add_count(result, "events.dropped", run->n_row_dropped, err));
    result->events = (struct eot_event_table){.n_event = run->n_row, .n_column = n_column, .column = job->column};
    if (run->n_row == 0) return EOT_OK;
    result->events.value = malloc(run->n_row * n_column * sizeof *result->events.value);
    EOT_CHECK_MEMORY(result->events.value);
    for (size_t i = 0; i < run->n_row; i++) {
        double *row = result->events.value + i * n_column;
        row[0] = (double)run->row[i].primary;
        for (size_t c = 0; c < job->n_column; c++) row[c + 1] = (double)run->row[i].value[c];
    }
done:
    return status;
}

/* The events that are lost, the first ones by name. */
static enum eot_status add_lost(const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    result->n_followed = run->n_followed;
    result->n_lost = run->lost.n;
    if (run->lost.n > 0)
        EOT_TRY(eot_findings_warn(
            &result->warnings, err, "lost_tracks",
            "%llu of %llu events lost a track, the first is primary %llu (%s), and are not in the "
            "estimates; lost_events of summary.json has the commands that follow them",
            (unsigned long long)run->lost.n, (unsigned long long)run->n_followed,
            (unsigned long long)run->lost.kept[0].primary, eot_run_fault_text(run->lost.kept[0].faults)));
    for (size_t i = 0; i < run->lost.n_kept; i++)
        EOT_TRY(eot_result_add_lost_event(result, run->lost.kept[i].primary,
                                          eot_run_fault_text(run->lost.kept[i].faults), err));
done:
    return status;
}

/* A number without an error is not a result. */
static enum eot_status say_what_has_no_error(struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = 0;
    for (size_t i = 0; i < result->n_estimate; i++) n += result->estimate[i].has_no_error;
    if (n > 0)
        EOT_TRY(eot_findings_warn(&result->warnings, err, "no_error",
                                  "%zu estimates are of a single primary or batch, and have no error (std_error is "
                                  "null); raise sampling.eot, or lower sampling.batch",
                                  n));
done:
    return status;
}

/* A name of the sample that all files of a run carry: files of two runs in one folder tell on each other. */
static void make_id(struct eot_result *r) {
    struct eot_sha256 hash;
    char hex[65];
    const char *const text[] = {r->version, r->config_sha256, r->tables_sha256, r->tally_sha256};
    eot_sha256_init(&hash);
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) eot_sha256_update(&hash, text[i], strlen(text[i]) + 1);
    if (r->n_range > 0) eot_sha256_update(&hash, r->primaries, r->n_range * sizeof *r->primaries);
    eot_sha256_finish(&hash, hex);
    snprintf(r->id, sizeof r->id, "%.32s", hex);
}

/* Who made the result, from what, on what: the same for every job. */
static enum eot_status write_head(const struct eot_job *job, const struct eot_config *config,
                                  const struct eot_world *world, const struct eot_run *run,
                                  const struct eot_backend *backend, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    snprintf(result->name, sizeof result->name, "%s", config->name);
    snprintf(result->mode, sizeof result->mode, "%s", job->mode(config));
    size_t n_unit = strlen(job->unit); /* "hadrons": per hadron */
    if (n_unit > 0 && job->unit[n_unit - 1] == 's') n_unit--;
    snprintf(result->per, sizeof result->per, "%.*s", (int)n_unit, job->unit);
    snprintf(result->version, sizeof result->version, "%s", EOT_VERSION);
    memcpy(result->config_sha256, config->sha256, sizeof result->config_sha256);
    memcpy(result->tables_sha256, world->sha256, sizeof result->tables_sha256);
    eot_sums_tally_hash(&run->sums, result->tally_sha256);
    memcpy(result->own_tables_sha256, world->source != NULL ? world->source->tables_sha256 : world->sha256,
           sizeof result->own_tables_sha256);
    result->seed = config->sampling.seed;
    result->run = config->sampling.run;
    result->partial = run->is_partial;
    result->effective_yaml = config->effective_yaml;
    result->planes = &run->planes;
    result->sums = &run->sums;
    result->rare_unit = run->rare_unit;
    for (const struct eot_backend *b = backend; b != NULL; b = b->next) {
        EOT_TRY(eot_result_add_device(result, b->name, b->driver, err));
        result->performance.jit_s += b->build_s;
    }
    for (size_t i = 0; i < run->sums.n_range; i++)
        EOT_TRY(eot_result_add_range(result, run->sums.range[i][0], run->sums.range[i][1], err));
    make_id(result);
done:
    return status;
}

enum eot_status eot_result_from_run(const struct eot_config *config, const struct eot_world *world, struct eot_run *run,
                                    const struct eot_backend *backend, struct eot_result *result,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_job *job = eot_job_of(config);
    double n = (double)eot_sums_primaries(&run->sums), wall = fmax(run->wall_s, 1e-9), n_step = 0.0, n_muon = 0.0;
    EOT_CHECK(n > 0.0, EOT_E_INTERRUPTED,
              "no batch was completed; nothing is written (use a smaller sampling.batch to stop earlier)");
    EOT_TRY(write_head(job, config, world, run, backend, result, err));
    EOT_TRY(job->work(run, &n_step, &n_muon, err));
    EOT_TRY(job->estimate(config, world, run, result, err));
    EOT_TRY(add_events(job, run, result, err));
    EOT_TRY(add_planes(config, run, result, err));
    EOT_TRY(add_file(world, result, err));
    EOT_TRY(add_lost(run, result, err));
    EOT_TRY(say_what_has_no_error(result, err));
    result->performance.wall_s = run->wall_s;
    result->performance.kernel_s = run->kernel_s;
    result->performance.eot_per_s = n / wall;
    result->performance.steps_per_s = n_step / wall;
    result->performance.steps_per_eot = n_step / n;
    result->performance.muons_per_s = n_muon / wall;
done:
    return status;
}
