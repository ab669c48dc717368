/* The threads and devices of a run: each takes a batch, simulates it, hands its sums in; the run adds them up in the
 * order of the batches, so that what is kept is the same whoever made it. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "job/job.h"

/* A batch that a device has finished. */
struct finished {
    uint64_t i; /* its number */
    struct eot_job_batch batch;
    struct finished *next;
};

/* What the devices of a run share; `lock` is for all that changes. */
struct team {
    const struct eot_job *job;
    struct eot_job_context context;
    struct eot_sums_layout layout;
    struct eot_run *run;
    struct eot_progress progress;
    size_t n_device;
    uint64_t n_batch;
    pthread_mutex_t lock;
    uint64_t next, n_done;    /* batch to be taken next; batches whose results are in the run: the first ones */
    struct finished *waiting; /* for one before them */
    atomic_bool is_stopped;
    enum eot_status status; /* of the device that failed first */
    struct eot_error error;
};

/* One device, or a second queue on it, whose launches fill the device where the first one's leave it idle. */
struct worker {
    struct team *team;
    struct eot_backend *backend;
    void *state;         /* the job's */
    double build_before; /* JIT time of its device before the run */
    pthread_t thread;
    bool has_thread, is_second;
};

static void finished_free(struct finished *f) {
    if (f == NULL) return;
    eot_sums_free(&f->batch.sums);
    free(f->batch.rows.row);
    free(f);
}

/* Add a batch to the run. */
static enum eot_status add_batch(struct team *t, struct finished *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run *run = t->run;
    struct eot_event_rows kept = {.n = run->n_row, .n_dropped = run->n_row_dropped, .row = run->row};
    EOT_TRY(eot_sums_add(&run->sums, &f->batch.sums, f->batch.first, f->batch.n, err));
    for (size_t i = 0; i < f->batch.rows.n && status == EOT_OK; i++)
        status =
            eot_event_rows_add(&kept, f->batch.rows.row[i].primary, f->batch.rows.row[i].value, t->job->n_column, err);
    run->n_row = kept.n;
    run->n_row_dropped = kept.n_dropped + f->batch.rows.n_dropped;
    run->row = kept.row;
    run->end += f->batch.n;
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

/* A second queue only hides idle time. If it cannot be created, continue with one. */
static void go_on_with_one(const struct team *t, const struct eot_backend *backend, const struct eot_error *err) {
    eot_log_message(t->context.options->log, EOT_LOG_VERBOSE, "one batch at a time on %s (%s)", backend->name,
                    err != NULL ? err->text : "no resources for two");
}

static enum eot_status batch_create(const struct team *t, uint64_t i, struct finished **f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &t->context.config->sampling;
    uint64_t before = i * t->context.batch, left = s->eot - before;
    *f = calloc(1, sizeof **f);
    EOT_CHECK_MEMORY(*f);
    (*f)->i = i;
    (*f)->batch.first = s->first + before;
    (*f)->batch.n = (uint32_t)(left < t->context.batch ? left : t->context.batch);
    EOT_TRY(eot_sums_create(&(*f)->batch.sums, &t->layout, &t->run->sums.frame, true, err));
done:
    return status;
}

/* Batches, one after the other, as long as there are any. */
static enum eot_status work(struct worker *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct team *t = w->team;
    struct finished *f = NULL;
    bool is_complete = true;
    status = t->job->worker_create(&t->context, w->backend, &w->state, err);
    if (status != EOT_OK && w->is_second) {
        go_on_with_one(t, w->backend, err);
        return EOT_OK;
    }
    EOT_TRY(status);
    while (is_complete) {
        pthread_mutex_lock(&t->lock);
        uint64_t i = t->next < t->n_batch ? t->next++ : t->n_batch;
        pthread_mutex_unlock(&t->lock);
        if (i == t->n_batch) break;
        EOT_TRY(batch_create(t, i, &f, err));
        EOT_TRY(t->job->batch(w->state, &f->batch, &is_complete, err));
        if (is_complete) {
            struct finished *done_batch = f;
            f = NULL;
            EOT_TRY(hand_in(t, done_batch, err));
        }
        finished_free(f);
        f = NULL;
    }
done:
    finished_free(f);
    return status;
}

static void *work_in_thread(void *argument) {
    struct worker *w = argument;
    struct team *t = w->team;
    struct eot_error error = {0};
    enum eot_status status = work(w, &error);
    if (status == EOT_OK) return NULL;
    atomic_store(&t->is_stopped, true);
    pthread_mutex_lock(&t->lock);
    if (t->status == EOT_OK) {
        t->status = status;
        t->error = error;
        if (t->n_device > 1) /* which of them */
            eot_error_set(&t->error, status, error.file, error.line, error.function, "%s: %s", w->backend->name,
                          error.text);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static void worker_add(struct worker *worker, size_t *n_worker, struct team *team, struct eot_backend *backend) {
    worker[*n_worker] = (struct worker){
        .team = team, .backend = backend, .build_before = backend->build_s, .is_second = *n_worker >= team->n_device};
    (*n_worker)++;
}

/* What there is to say about batches and devices. It goes into the findings where the caller wants them, and to the
 * log.
 */
static enum eot_status check_batches(const struct team *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run_options *o = t->context.options;
    struct eot_findings found = {0};
    for (const struct eot_backend *b = o->backend; b != NULL; b = b->next)
        EOT_TRY(eot_job_check_batch(t->context.config, b, t->context.batch, &found, err));
    for (size_t i = 0; i < found.n; i++) {
        eot_log_warning(o->log, "%s", found.row[i].message);
        if (o->findings != NULL)
            EOT_TRY(eot_findings_warn(o->findings, err, found.row[i].code, "%s", found.row[i].message));
    }
done:
    eot_findings_free(&found);
    return status;
}

/* Devices first, then their second queues. */
static enum eot_status workers_create(struct team *t, struct worker **worker, size_t *n_worker, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *devices = t->context.options->backend;
    for (const struct eot_backend *b = devices; b != NULL; b = b->next) t->n_device++;
    *worker = calloc(2 * t->n_device, sizeof **worker);
    EOT_CHECK_MEMORY(*worker);
    for (struct eot_backend *b = devices; b != NULL; b = b->next) worker_add(*worker, n_worker, t, b);
    for (struct eot_backend *b = devices; b != NULL && *n_worker < t->n_batch; b = b->next) {
        struct eot_backend *second = NULL;
        if (t->context.config->device.in_flight != 1 && eot_backend_second_queue(b, &second, err) != EOT_OK)
            go_on_with_one(t, b, err);
        if (second != NULL) worker_add(*worker, n_worker, t, second);
    }
done:
    return status;
}

/* All batches: the first worker in this thread, the others in threads of their own. */
static void run_workers(struct team *t, struct worker *worker, size_t n_worker) {
    for (size_t i = 1; i < n_worker; i++) {
        int code = pthread_create(&worker[i].thread, NULL, work_in_thread, &worker[i]);
        worker[i].has_thread = code == 0;
        if (code == 0 || worker[i].is_second) continue;
        atomic_store(&t->is_stopped, true);
        if (t->status == EOT_OK)
            t->status = eot_error_set(&t->error, EOT_E_MEMORY, __FILE__, __LINE__, __func__,
                                      "cannot start a thread for %s (%s); use fewer devices", worker[i].backend->name,
                                      strerror(code));
    }
    work_in_thread(&worker[0]);
    for (size_t i = 1; i < n_worker; i++)
        if (worker[i].has_thread) pthread_join(worker[i].thread, NULL);
}

static enum eot_status team_create(struct team *t, struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = t->context.config;
    const struct eot_sampling_config *s = &config->sampling;
    t->job = eot_job_of(config);
    t->run = run;
    t->context.batch = eot_job_batch_size(config, t->context.options->backend);
    if (t->context.batch > s->eot) t->context.batch = s->eot;
    if (t->context.options->wants_errors && t->context.batch == s->eot) t->context.batch = (s->eot + 9) / 10;
    t->context.stop = (struct eot_stop){t->context.options->is_interrupted, &t->is_stopped};
    t->n_batch = (s->eot + t->context.batch - 1) / t->context.batch;
    memset(run, 0, sizeof *run);
    run->first = run->end = s->first;
    run->rare_unit = t->context.world->rare_unit;
    t->job->layout(config, &t->layout);
    EOT_TRY(eot_sums_create(
        &run->sums, &t->layout,
        &(struct eot_sums_frame){.first = s->first,
                                 .n_primary = s->eot,
                                 .batch = t->context.batch,
                                 .n_block = t->n_batch < EOT_MAX_BLOCK ? (size_t)t->n_batch : EOT_MAX_BLOCK},
        false, err));
done:
    return status;
}

enum eot_status eot_run_execute(const struct eot_config *config, const struct eot_setup *setup,
                                const struct eot_world *world, const struct eot_run_options *options,
                                struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct team team = {.context = {.config = config, .setup = setup, .world = world, .options = options},
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    struct worker *worker = NULL;
    size_t n_worker = 0;
    bool has_progress = false;
    double kernel_before = 0.0, start = eot_clock_seconds();
    EOT_TRY(team_create(&team, run, err));
    for (const struct eot_backend *b = options->backend; b != NULL; b = b->next) kernel_before += b->kernel_s;
    EOT_TRY(workers_create(&team, &worker, &n_worker, err));
    EOT_TRY(team.job->prepare(&team.context, &run->sums, err));
    EOT_TRY(check_batches(&team, err));
    if (team.n_device > team.n_batch)
        eot_log_message(options->log, EOT_LOG_NORMAL,
                        "%zu devices, but only %llu batches: the others have nothing to do (smaller sampling.batch "
                        "gives them some)",
                        team.n_device, (unsigned long long)team.n_batch);
    eot_progress_start(&team.progress, options->progress, team.job->unit, config->sampling.eot, 0);
    has_progress = true;
    run_workers(&team, worker, n_worker);
    if (team.status != EOT_OK) {
        if (err != NULL) *err = team.error;
        EOT_TRY(team.status);
    }
    run->is_partial =
        team.n_done < team.n_batch; /* interrupted: batches from the first unfinished one on do not count */
    if (!run->is_partial) EOT_TRY(team.job->finish(worker[0].state, &run->sums, err));
    double built = 0.0, ignored[2];
    run->kernel_s = -kernel_before;
    for (size_t i = 0; i < team.n_device; i++) {
        run->kernel_s += worker[i].backend->kernel_s;
        built = fmax(built, worker[i].backend->build_s - worker[i].build_before);
    }
    run->wall_s = eot_clock_seconds() - start - built;
    EOT_TRY(team.job->work(run, &ignored[0], &ignored[1], err));
done:
    if (has_progress) eot_progress_finish(&team.progress, run->end - run->first);
    for (size_t i = 0; i < n_worker && worker != NULL; i++) team.job->worker_free(worker[i].state);
    while (team.waiting != NULL) {
        struct finished *f = team.waiting;
        team.waiting = f->next;
        finished_free(f);
    }
    free(worker);
    return status;
}
