/* Events of beam.file in the place of those of a beam: those of a plane in HDF5 go on from where they are, particles of
 * MCPL and HepMC begin anew. What follows is the same as in a shower run: muons, detector, selection, estimates. */
#undef EOT_REAL_DOUBLE /* muons as the device has them */
#include "eotmc/transport/plane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/estimate.h"
#include "base/sha256.h"
#include "engine/engine_private.h"
#include "exchange/source.h"
#include "job/file_primaries.h"
#include "job/file_states.h"
#include "job/job.h"
#include "job/replay.h"
#include "world/beam_line.h"

static bool accepts(const struct eot_config *config) {
    return eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER && config->beam.file[0] != '\0' &&
           config->beam.file_as == EOT_FILE_AS_EVENTS;
}

static const char *mode(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED ? "forced" : "analog";
}

/* As of the run that wrote a plane in HDF5: blocks are the same then. */
static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    eot_run_layout(&(struct eot_run_shape){.n_selection = 1 + config->n_further,
                                           .n_plane = config->output.n_plane,
                                           .has_states = true,
                                           .has_arrivals = eot_world_has_arrivals(config)},
                   l);
}

/* A plane is of one run: its primaries and its random numbers. */
static enum eot_status check_plane(const struct eot_config *config, const struct eot_world *w,
                                   const struct eot_plane_content *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    const struct eot_sums_frame *f = &c->sums.frame;
    EOT_CHECK(c->n_state_dropped == 0, EOT_E_CONFIG,
              "beam.file = %s (it lacks %zu events that were too many to be kept); make it of fewer primaries",
              config->beam.file, c->n_state_dropped);
    EOT_CHECK(s->first == f->first && s->eot == f->n_primary && s->seed == c->seed && s->run == c->run, EOT_E_CONFIG,
              "beam.file = %s (it is of %llu primaries from %llu with seed %llu and run %llu); set sampling.eot=%llu, "
              "sampling.first=%llu, sampling.seed=%llu, sampling.run=%llu",
              config->beam.file, (unsigned long long)f->n_primary, (unsigned long long)f->first,
              (unsigned long long)c->seed, (unsigned long long)c->run, (unsigned long long)f->n_primary,
              (unsigned long long)f->first, (unsigned long long)c->seed, (unsigned long long)c->run);
    EOT_CHECK(fabs(c->rare_unit / w->rare_unit - 1.0) < 1e-12, EOT_E_CONFIG,
              "beam.file = %s (its weights are in units of %g rare vertices, those of this configuration of %g: other "
              "processes, masses or couplings); use the physics that it was made with",
              config->beam.file, c->rare_unit, w->rare_unit);
    for (size_t i = 0; i < c->n_state; i++)
        EOT_CHECK(eot_state_is_sound(&c->state[i]), EOT_E_CONFIG,
                  "beam.file = %s (its event %zu has a number that cannot be); make it again", config->beam.file, i);
done:
    return status;
}

static void source_free(struct eot_source *source) {
    eot_source_free(source);
    free(source);
}

static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_sums_layout sums_layout = {.n_section = 0};
    struct eot_sha256 hash;
    EOT_TRY(eot_world_create_with(config, setup, config->physics.cut, options, w, err));
    w->source = calloc(1, sizeof *w->source);
    EOT_CHECK_MEMORY(w->source);
    w->source_free = source_free;
    layout(config, &sums_layout);
    EOT_TRY(eot_source_read(config->beam.file, &sums_layout, w->source, err));
    if (w->source->is_plane) EOT_TRY(check_plane(config, w, &w->source->content, err));
    memcpy(w->source->tables_sha256, w->sha256, sizeof w->source->tables_sha256);
    w->source->has_same_tables = w->source->is_plane && strcmp(w->source->content.tables_sha256, w->sha256) == 0;
    if (w->source->is_plane) w->source_batch = w->source->content.sums.frame.batch;
    eot_sha256_init(&hash); /* what the events come from is a part of what the run is made with */
    eot_sha256_update(&hash, w->sha256, 64);
    eot_sha256_update(&hash, w->source->sha256, 64);
    eot_sha256_finish(&hash, w->sha256);
done:
    return status;
}

static uint64_t full_batch(const struct eot_backend *b) { return (uint64_t)b->compute_units; }

/* What is read but not followed, and a plane of another set-up. */
static enum eot_status tell(const struct eot_job_context *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_source *s = c->world->source;
    struct eot_findings *f = c->options->findings;
    if (f == NULL) return EOT_OK;
    EOT_TRY(eot_job_tell_left_out(c, err));
    for (size_t i = 0; i < c->config->output.n_plane && s->is_plane; i++)
        if (c->config->output.plane[i].z < s->content.z)
            EOT_TRY(
                eot_findings_warn(f, err, "plane_empty",
                                  "the plane %s at z = %.6g cm is in front of that of beam.file at %.6g cm: nothing "
                                  "crosses it any more; change its z, or take it from the run that wrote the file",
                                  c->config->output.plane[i].name, c->config->output.plane[i].z, s->content.z));
    size_t n_third = eot_source_third_muons(s);
    if (n_third > 0)
        EOT_TRY(eot_findings_warn(f, err, "file_particles",
                                  "%zu muons of %s are not followed, since their event has one of that charge already",
                                  n_third, c->config->beam.file));
done:
    return status;
}

static enum eot_status prepare(const struct eot_job_context *c, struct eot_sums *sums, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_plane_content *content = &c->world->source->content;
    if (c->world->source->is_plane) /* samples apart were measured by the run that wrote it */
        memcpy(sums->apart_value, content->sums.apart_value,
               sums->layout.n_value[EOT_SUMS_APART] * sizeof *sums->apart_value);
    EOT_TRY(tell(c, err));
done:
    return status;
}

struct file_worker {
    struct eot_engine engine;
    struct eot_job_context context;
};

static void worker_free(void *worker) {
    struct file_worker *w = worker;
    if (w != NULL) eot_engine_free(&w->engine);
    free(w);
}

static enum eot_status worker_create(const struct eot_job_context *c, struct eot_backend *backend, void **worker,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct file_worker *w = calloc(1, sizeof *w);
    *worker = w;
    EOT_CHECK_MEMORY(w);
    w->context = *c;
    EOT_TRY(eot_engine_create(
        &w->engine,
        &(struct eot_engine_task){.backend = backend,
                                  .config = c->config,
                                  .world = c->world,
                                  .stop = c->stop,
                                  .batch = c->batch,
                                  .chunk = c->options->chunk,
                                  .has_events = true,
                                  .resumes = true,
                                  .resumes_from = c->world->source->is_plane ? c->world->source->content.z : -INFINITY},
        err));
done:
    return status;
}

/* What the run that wrote a plane has counted of the block that begins with this batch. */
static void add_before(const struct eot_sums *before, struct eot_job_batch *b) {
    const struct eot_sums_frame *f = &before->frame;
    size_t block = eot_sums_block_of(f, b->first);
    if (b->first > f->first && eot_sums_block_of(f, b->first - f->batch) == block) return;
    for (size_t s = 0; s < before->layout.n_section; s++) {
        const struct eot_sums_section *section = &before->layout.section[s];
        if (section->scope != EOT_SUMS_PER_BLOCK) continue;
        const int64_t *from = eot_sums_at(before, s, block);
        int64_t *to = eot_sums_at(&b->sums, s, 0);
        for (size_t i = 0; i < section->n; i++) to[i] += from[i];
        int64_t *before_next =
            s == EOT_RUN_EVENT ? eot_sums_at(&b->sums, EOT_RUN_BEFORE, 0) : NULL; /* further planes */
        for (size_t i = 0; i < section->n && before_next != NULL; i++) before_next[i] += from[i];
    }
    b->rows.n_followed += (uint64_t)eot_sums_at(before, EOT_RUN_WORK, block)[EOT_RUN_N_VERTEX];
}

/* First state of a plane whose primary is not below `primary`. */
static size_t state_from(const struct eot_plane_content *c, uint64_t primary) {
    size_t low = 0, high = c->n_state;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->state[middle].primary < primary)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum eot_status batch(void *worker, struct eot_job_batch *b, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct file_worker *w = worker;
    const struct eot_source *source = w->context.world->source;
    struct eot_plane_state *own = NULL;
    size_t first = 0, n = 0;
    struct eot_block block = {.event = eot_sums_at(&b->sums, EOT_RUN_EVENT, 0),
                              .map = eot_sums_at(&b->sums, EOT_RUN_SELECTED, 0),
                              .plane = eot_sums_at(&b->sums, EOT_RUN_PLANE, 0)};
    if (source->is_plane) {
        first = state_from(&source->content, b->first);
        n = state_from(&source->content, b->first + b->n) - first;
    } else {
        EOT_TRY(eot_states_begin(w->context.config, w->context.world, source, b->first, b->n, &own, &n, err));
    }
    const struct eot_plane_state *state = source->is_plane ? source->content.state + first : own;
    EOT_TRY(eot_states_place(w->context.world, state, n, &own, err));
    EOT_TRY(eot_engine_resume(&w->engine, b->first, own, n, &block, &b->rows, is_complete, err));
    if (!*is_complete) goto done;
    if (source->is_plane) {
        add_before(&source->content.sums, b);
        uint32_t largest = (uint32_t)eot_sums_at(&source->content.sums, EOT_RUN_LARGEST, 0)[0];
        if (largest > block.largest[0]) block.largest[0] = largest;
    } else {
        eot_sums_at(&b->sums, EOT_RUN_WORK, 0)[EOT_RUN_N_VERTEX] = (int64_t)n;
        b->rows.n_followed += n;
    }
    eot_sums_at(&b->sums, EOT_RUN_LARGEST, 0)[0] = (int64_t)block.largest[0];
done:
    free(own);
    return status;
}

static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    *n_step = (double)eot_sums_count(&run->sums, EOT_RUN_WORK, EOT_RUN_N_STEP);
    *n_muon = (double)eot_sums_count(&run->sums, EOT_RUN_EVENT, EOT_C_MUONS);
    return eot_run_view(run, err);
}

static enum eot_status follow(const struct eot_config *config, const struct eot_world *w, uint64_t primary,
                              struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    (void)w;
    (void)replay;
    EOT_FAIL(EOT_E_USAGE,
             "primary %llu is of the file %s, which is not followed step by step; replay it in the run "
             "that made the file",
             (unsigned long long)primary, config->beam.file);
done:
    return status;
}

EOT_JOB_DEFINE(file_run, "file run", "events of a file", "primaries", eot_event_columns, EOT_N_EVENT_COLUMN, true,
               accepts, mode, world, full_batch, layout, prepare, worker_create, worker_free, batch,
               eot_job_finish_nothing, work, eot_estimate_showers, follow);
