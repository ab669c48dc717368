/* Showers of electrons, positrons or photons: the cascade finds rare vertices, whose events are followed through
 * muons, detector and selection. */
#include <stdlib.h>

#include "analysis/estimate.h"
#include "engine/engine_private.h"
#include "job/file_primaries.h"
#include "job/job.h"
#include "job/replay.h"
#include "world/beam_line.h"

/* An engine with what its batches need to know. */
struct shower_worker {
    struct eot_engine engine;
    bool skips_events;
    bool wants_showers; /* plain ones, after the last batch */
};

static bool accepts(const struct eot_config *config) {
    return eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER &&
           (config->beam.file[0] == '\0' || config->beam.file_as == EOT_FILE_AS_PRIMARIES);
}

static const char *mode(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED ? "forced" : "analog";
}

static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = eot_world_create_with(config, setup, config->physics.cut, options, w, err);
    return status == EOT_OK ? eot_world_take_file(config, w, err) : status;
}

/* A processor's cores are busy if each has a primary. */
static uint64_t full_batch(const struct eot_backend *b) {
    return b->is_gpu ? EOT_RUN_PRIMARIES_PER_LANE * eot_run_full_lanes(b) : (uint64_t)b->compute_units;
}

static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    eot_run_layout(&(struct eot_run_shape){.n_selection = 1 + config->n_further,
                                           .n_plane = config->output.n_plane,
                                           .has_states = eot_run_has_states(config),
                                           .has_arrivals = eot_world_has_arrivals(config)},
                   l);
}

static enum eot_status prepare(const struct eot_job_context *c, struct eot_sums *sums, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run_options *o = c->options;
    EOT_TRY(eot_job_prepare_file(c, sums, err));
    EOT_TRY(eot_world_check_beam(c->config, c->world, err));
    EOT_TRY(eot_run_check_enhancement(c->config, c->world, err));
    if (!o->skips_excluded && eot_engine_leaves_out(c->config, c->world))
        EOT_TRY(eot_engine_excluded(
            &(struct eot_excluded_task){
                .backend = o->backend, .config = c->config, .setup = c->setup, .world = c->world, .stop = c->stop},
            sums, err));
done:
    return status;
}

static void worker_free(void *worker) {
    struct shower_worker *w = worker;
    if (w != NULL) eot_engine_free(&w->engine);
    free(w);
}

static enum eot_status worker_create(const struct eot_job_context *c, struct eot_backend *backend, void **worker,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct shower_worker *w = calloc(1, sizeof *w);
    *worker = w;
    EOT_CHECK_MEMORY(w);
    w->skips_events = c->options->skips_events;
    w->wants_showers = c->config->scoring.showers > 0 && !w->skips_events;
    EOT_TRY(eot_engine_create(&w->engine,
                              &(struct eot_engine_task){.backend = backend,
                                                        .config = c->config,
                                                        .world = c->world,
                                                        .stop = c->stop,
                                                        .batch = c->batch,
                                                        .chunk = c->options->chunk,
                                                        .has_events = !w->skips_events},
                              err));
done:
    return status;
}

static enum eot_status batch(void *worker, struct eot_job_batch *b, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct shower_worker *w = worker;
    int64_t *work = eot_sums_at(&b->sums, EOT_RUN_WORK, 0);
    struct eot_block block = {.track = eot_sums_at(&b->sums, EOT_RUN_TRACK, 0),
                              .event = eot_sums_at(&b->sums, EOT_RUN_EVENT, 0),
                              .map = eot_sums_at(&b->sums, EOT_RUN_SELECTED, 0),
                              .plane = eot_sums_at(&b->sums, EOT_RUN_PLANE, 0),
                              .before = eot_sums_at(&b->sums, EOT_RUN_BEFORE, 0)};
    if (b->sums.layout.n_section > EOT_RUN_BEAM) block.beam = eot_sums_at(&b->sums, EOT_RUN_BEAM, 0);
    EOT_TRY(eot_engine_cascade(&w->engine, b->first, b->n, &block, is_complete, err));
    if (*is_complete && w->skips_events)
        block.n_vertex = w->engine.cascade.c.is_forced ? b->n : w->engine.cascade.n_hit;
    else if (*is_complete)
        EOT_TRY(eot_engine_events(&w->engine, b->first, b->n, &block, &b->rows, is_complete, err));
    work[EOT_RUN_N_STEP] = (int64_t)block.n_step;
    work[EOT_RUN_N_VERTEX] = (int64_t)block.n_vertex;
    work[EOT_RUN_VERTEX_SUM] = (int64_t)block.vertex_sum;
    eot_sums_at(&b->sums, EOT_RUN_LARGEST, 0)[0] = (int64_t)block.largest;
done:
    return status;
}

static enum eot_status finish(void *worker, struct eot_sums *sums, struct eot_error *err) {
    struct shower_worker *w = worker;
    return w->wants_showers ? eot_engine_showers(&w->engine, sums, err) : EOT_OK;
}

static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    *n_step = (double)eot_sums_count(&run->sums, EOT_RUN_WORK, EOT_RUN_N_STEP);
    *n_muon = (double)eot_sums_count(&run->sums, EOT_RUN_EVENT, EOT_C_MUONS);
    return eot_run_view(run, err);
}

EOT_JOB_DEFINE(shower_run, "shower run", "electrons, positrons or photons on target", "EOT", eot_event_columns,
               EOT_N_EVENT_COLUMN, true, accepts, mode, world, full_batch, layout, prepare, worker_create, worker_free,
               batch, finish, work, eot_estimate_showers, eot_replay_shower);
