/* The threads and devices of a run: each takes a batch, simulates it, hands its sums in; the run adds them up in the
 * order of the batches, so that what is kept is the same whoever made it. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "job/job.h"
#include "job/known.h"
#include "job/watch.h"

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
    uint64_t n_batch, end_batch; /* of the whole run; behind the last one of the part that is made */
    pthread_mutex_t lock;
    uint64_t next, n_done;    /* batch to be taken next; the first one whose results are not in the run */
    struct finished *waiting; /* for one before them */
    atomic_bool is_stopped;
    enum eot_status status; /* of the device that failed first */
    struct eot_error error;
    double saved_s, start_s, before_s; /* clock of the last save, of the start; what earlier processes took */
    struct worker *worker;
    size_t n_worker;
    double asked_s; /* clock when the run was asked to stop; 0: it was not */
    bool is_saved_late;
};

/* One device, or a second queue on it, whose launches fill the device where the first one's leave it idle. */
struct worker {
    struct team *team;
    struct eot_backend *backend;
    void *state;         /* the job's */
    double build_before; /* JIT time of its device before the run */
    struct eot_known known;
    long n_launch_seen; /* by the watch, and the clock when that was new */
    double seen_s;
    atomic_bool is_at_work;
    bool is_told;
    pthread_t thread;
    bool has_thread, is_second;
};

static void finished_free(struct finished *f) {
    if (f == NULL) return;
    eot_sums_free(&f->batch.sums);
    free(f->batch.rows.row);
    eot_plane_rows_free(&f->batch.rows.planes);
    free(f);
}

enum eot_status eot_run_check_lost(const struct eot_config *config, const struct eot_run *run, uint64_t n_followed,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    const struct eot_lost_events *lost = &run->lost;
    EOT_CHECK(lost->n <= s->lost_tracks_max || (double)lost->n <= s->lost_tracks_fraction * (double)n_followed,
              EOT_E_DEVICE,
              "%llu of %llu events lost a track (more than sampling.lost_tracks_max = %llu and than "
              "sampling.lost_tracks_fraction = %g); the first is primary %llu (%s): eotmc replay <run folder or "
              "configuration> --event %llu follows it step by step",
              (unsigned long long)lost->n, (unsigned long long)n_followed, (unsigned long long)s->lost_tracks_max,
              s->lost_tracks_fraction, (unsigned long long)lost->kept[0].primary,
              eot_run_fault_text(lost->kept[0].faults), (unsigned long long)lost->kept[0].primary);
done:
    return status;
}

/* Seconds in which no device could work, since all were compiling. */
static double compiling(const struct team *t) {
    double least = t->n_worker > 0 ? INFINITY : 0.0;
    for (size_t i = 0; i < t->n_worker; i++)
        if (!t->worker[i].is_second) least = fmin(least, t->worker[i].backend->build_s - t->worker[i].build_before);
    return fmax(least, 0.0);
}

/* Add a batch to the run. */
static enum eot_status add_batch(struct team *t, struct finished *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run *run = t->run;
    struct eot_plane_rows planes = run->planes;
    struct eot_event_rows kept = {.n = run->n_row, .n_dropped = run->n_row_dropped, .row = run->row};
    /* Events first, which may find no memory: a batch is in the run as a whole or not at all. */
    for (size_t i = 0; i < f->batch.rows.n && status == EOT_OK; i++)
        status =
            eot_event_rows_add(&kept, f->batch.rows.row[i].primary, f->batch.rows.row[i].value, t->job->n_column, err);
    run->row = kept.row;
    EOT_TRY(status);
    status = eot_plane_rows_append(&planes, &f->batch.rows.planes, err);
    run->planes.particle = planes.particle; /* they may have moved; the new rows count when the sums do */
    run->planes.state = planes.state;
    EOT_TRY(status);
    EOT_TRY(eot_sums_add(&run->sums, &f->batch.sums, f->batch.first, f->batch.n, err));
    run->planes = planes;
    run->n_row = kept.n;
    run->n_row_dropped = kept.n_dropped + f->batch.rows.n_dropped;
    run->n_followed += f->batch.rows.n_followed;
    eot_lost_events_join(&run->lost, &f->batch.rows.lost);
    run->end += f->batch.n;
    t->progress.compiling = compiling(t);
    eot_progress_update(&t->progress, run->end - run->first);
    if (run->n_followed == run->end - run->first) /* one event a primary: no run of this length can get over it */
        EOT_TRY(eot_run_check_lost(t->context.config, run, t->context.config->sampling.eot, err));
done:
    return status;
}

/* Save the run if that is due. A disk that is full now may not be at the next time: the run goes on. */
static void save_if_due(struct team *t) {
    const struct eot_run_keeper *keeper = t->context.options->keeper;
    struct eot_error error = {.status = EOT_OK};
    double now = eot_clock_seconds();
    if (keeper == NULL || now - t->saved_s < keeper->interval_s || t->n_done == t->end_batch) return;
    t->run->wall_s = t->before_s + now - t->start_s;
    if (keeper->save(keeper->context, t->run, false, &error) != EOT_OK)
        eot_log_message(t->context.options->log, EOT_LOG_NORMAL, "no checkpoint was written: %s", error.text);
    t->saved_s = eot_clock_seconds();
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
    if (status == EOT_OK) save_if_due(t);
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
        uint64_t i = t->next < t->end_batch ? t->next++ : t->end_batch;
        pthread_mutex_unlock(&t->lock);
        if (i == t->end_batch) break;
        EOT_TRY(batch_create(t, i, &f, err));
        EOT_TRY(t->job->batch(w->state, &f->batch, &is_complete, err));
        if (is_complete) {
            struct finished *done_batch = f;
            f = NULL;
            if (!w->known.has_doubt) w->known.first_in_doubt = done_batch->batch.first;
            w->known.has_doubt = true;
            EOT_TRY(hand_in(t, done_batch, err));
            EOT_TRY(eot_known_check(&w->known, &t->context, w->state, w->backend, &t->run->sums.frame, false, err));
        }
        finished_free(f);
        f = NULL;
    }
    EOT_TRY(eot_known_check(&w->known, &t->context, w->state, w->backend, &t->run->sums.frame, true, err));
done:
    finished_free(f);
    return status;
}

/* A run that is to stop is saved even if a device does not come back, and ends: what batch systems give a job is short.
 * The batch that is at work would not count anyway. A run that another device's failure stops waits, and says why. */
static void end_late(struct team *t, double now) {
    static const double LATE_S = 1.0;
    const struct eot_run_options *o = t->context.options;
    const struct eot_run_keeper *keeper = o->keeper;
    struct eot_error error = {.status = EOT_OK};
    if (keeper == NULL || t->is_saved_late || !eot_stop_is_asked(&t->context.stop)) return;
    if (t->asked_s == 0.0) t->asked_s = now;
    if (now - t->asked_s < LATE_S) return;
    t->run->wall_s = t->before_s + now - t->start_s;
    t->run->is_partial = true; /* even with all batches: samples apart are measured after them */
    t->is_saved_late = true;
    if (keeper->save(keeper->context, t->run, false, &error) != EOT_OK)
        eot_log_message(o->log, EOT_LOG_NORMAL,
                        "no checkpoint was written: %s; a second Ctrl-C ends the run without one", error.text);
    else if (o->end != NULL && o->is_interrupted != NULL && *o->is_interrupted != 0)
        o->end->now(o->end->context, t->run);
    else
        eot_log_message(o->log, EOT_LOG_NORMAL,
                        "what has been done is saved; a device has not answered yet: Ctrl-C ends the run, --resume "
                        "goes on from here");
}

/* While the workers wait for their devices, with the lock held: a device that is silent is named. */
static void look_at_workers(void *argument) {
    static const double SILENT_S = 30.0;
    struct team *t = argument;
    const struct eot_log *log = t->context.options->log;
    double now = eot_clock_seconds();
    for (size_t i = 0; i < t->n_worker; i++) {
        struct worker *w = &t->worker[i];
        long n_launch = w->backend->n_launch;
        if (w->seen_s == 0.0 || n_launch != w->n_launch_seen) w->seen_s = now;
        w->n_launch_seen = n_launch;
        if (!w->is_at_work || w->is_told || now - w->seen_s < SILENT_S) continue;
        eot_log_message(
            log, EOT_LOG_NORMAL,
            "%s has not answered for %.0f s (a very long launch, or a driver that hangs); Ctrl-C saves what "
            "has been done",
            w->backend->name, now - w->seen_s);
        w->is_told = true;
    }
    end_late(t, now);
}

static void *work_in_thread(void *argument) {
    struct worker *w = argument;
    struct team *t = w->team;
    struct eot_error error = {0};
    atomic_store(&w->is_at_work, true);
    enum eot_status status = work(w, &error);
    atomic_store(&w->is_at_work, false);
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
    for (struct eot_backend *b = devices; b != NULL && *n_worker < t->end_batch - t->next; b = b->next) {
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

/* The part of the run that is to be made, as batches. */
static enum eot_status choose_part(struct team *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums_frame *f = &t->run->sums.frame;
    const struct eot_run_part *p = &t->context.options->part;
    uint64_t first = 0, end = t->n_batch;
    if (p->n > 0) {
        first = (uint64_t)((unsigned __int128)p->i * t->n_batch / p->n);
        end = (uint64_t)((unsigned __int128)(p->i + 1) * t->n_batch / p->n);
        EOT_CHECK(
            first < end, EOT_E_CONFIG,
            "share %llu/%llu has nothing to do (the run has %llu batches of %llu primaries); ask for fewer shares, "
            "or lower sampling.batch",
            (unsigned long long)p->i, (unsigned long long)p->n, (unsigned long long)t->n_batch,
            (unsigned long long)f->batch);
    } else if (p->end > 0) {
        EOT_CHECK(p->first >= f->first && p->first < p->end && p->end - f->first <= f->n_primary &&
                      (p->first - f->first) % f->batch == 0 &&
                      ((p->end - f->first) % f->batch == 0 || p->end - f->first == f->n_primary),
                  EOT_E_CONFIG,
                  "primaries %llu to %llu are no whole batches of the run (%llu to %llu in batches of %llu); give a "
                  "range that is",
                  (unsigned long long)p->first, (unsigned long long)p->end, (unsigned long long)f->first,
                  (unsigned long long)(f->first + f->n_primary), (unsigned long long)f->batch);
        first = (p->first - f->first) / f->batch;
        end = (p->end - f->first + f->batch - 1) / f->batch;
    }
    t->next = t->n_done = first;
    t->end_batch = end;
    t->run->part_first = t->run->first = t->run->end = f->first + first * f->batch;
    t->run->part_end = end == t->n_batch ? f->first + f->n_primary : f->first + end * f->batch;
done:
    return status;
}

/* Go on where an earlier process has stopped: its batches are the first ones of its part. */
static enum eot_status go_on_from(struct team *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run *run = t->run;
    const struct eot_sampling_config *s = &t->context.config->sampling;
    const struct eot_sums_frame *f = &run->sums.frame;
    const struct eot_run_part *p = &t->context.options->part;
    uint64_t part_first = run->part_first, part_end = run->part_end, done = part_first;
    EOT_CHECK(
        f->first == s->first && f->n_primary == s->eot, EOT_E_CONFIG,
        "the checkpoint is of %llu primaries from %llu, the configuration asks for %llu from %llu; resume it with "
        "its own configuration",
        (unsigned long long)f->n_primary, (unsigned long long)f->first, (unsigned long long)s->eot,
        (unsigned long long)s->first);
    t->context.batch = f->batch;
    t->n_batch = (s->eot + f->batch - 1) / f->batch;
    if (run->sums.n_range > 0) done = run->sums.range[0][1];
    EOT_CHECK(run->sums.n_range == 0 || (run->sums.n_range == 1 && run->sums.range[0][0] == part_first), EOT_E_CONFIG,
              "the checkpoint holds primaries of several parts (a merged run); run the missing parts by themselves and "
              "merge them");
    EOT_TRY(choose_part(t, err));
    EOT_CHECK((p->n == 0 && p->end == 0) || (run->part_first == part_first && run->part_end == part_end), EOT_E_CONFIG,
              "the checkpoint is of primaries %llu to %llu, not of the part that is asked for; give the part it was "
              "started with, or none",
              (unsigned long long)part_first, (unsigned long long)part_end);
    run->first = run->part_first = part_first;
    run->part_end = part_end;
    run->end = done;
    /* samples apart are measured again, to the same numbers */
    memset(run->sums.apart_value, 0, t->layout.n_value[EOT_SUMS_APART] * sizeof(int64_t));
    t->next = t->n_done = (done - f->first + f->batch - 1) / f->batch;
    t->end_batch = (part_end - f->first + f->batch - 1) / f->batch;
    t->before_s = run->wall_s;
done:
    return status;
}

size_t eot_run_most_blocks(const struct eot_sums_layout *layout) {
    enum { MAX_SUMS = 10000000 };
    size_t fixed = layout->n_value[EOT_SUMS_PER_RUN] + layout->n_value[EOT_SUMS_APART],
           n = (MAX_SUMS / sizeof(int64_t) - fixed) / (layout->n_value[EOT_SUMS_PER_BLOCK] + 1);
    return n < EOT_MAX_BLOCK ? n : EOT_MAX_BLOCK;
}

static enum eot_status team_create(struct team *t, struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = t->context.config;
    const struct eot_sampling_config *s = &config->sampling;
    const struct eot_run_options *o = t->context.options;
    bool is_loaded = false;
    t->job = eot_job_of(config);
    t->run = run;
    t->context.stop = (struct eot_stop){o->is_interrupted, &t->is_stopped};
    t->job->layout(config, &t->layout);
    memset(run, 0, sizeof *run);
    if (o->keeper != NULL) EOT_TRY(o->keeper->load(o->keeper->context, &t->layout, run, &is_loaded, err));
    eot_run_take_units(run, t->context.world);
    if (is_loaded) {
        EOT_TRY(go_on_from(t, err));
        goto done;
    }
    t->context.batch = eot_job_batch_size(config, o->backend);
    if (t->context.batch > s->eot) t->context.batch = s->eot;
    uint64_t largest = o->wants_errors ? eot_job_largest_batch(config, o->backend) : s->eot;
    if (t->context.batch > largest) t->context.batch = largest;
    if (t->context.world->source_batch > 0) t->context.batch = t->context.world->source_batch;
    t->n_batch = (s->eot + t->context.batch - 1) / t->context.batch;
    const size_t most = eot_run_most_blocks(&t->layout);
    EOT_TRY(eot_sums_create(&run->sums, &t->layout,
                            &(struct eot_sums_frame){.first = s->first,
                                                     .n_primary = s->eot,
                                                     .batch = t->context.batch,
                                                     .n_block = t->n_batch < most ? (size_t)t->n_batch : most},
                            false, err));
    EOT_TRY(choose_part(t, err));
done:
    return status;
}

/* The end of a run: what failed, or the samples apart of a part that is whole; saved in either case. */
static enum eot_status conclude(struct team *t, struct worker *first, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_run *run = t->run;
    const struct eot_run_keeper *keeper = t->context.options->keeper;
    struct eot_error ignored = {.status = EOT_OK};
    run->is_partial = t->n_done < t->end_batch; /* batches from the first unfinished one on do not count */
    run->wall_s = t->before_s + eot_clock_seconds() - t->start_s;
    if (t->status != EOT_OK) {
        bool is_wrong = false; /* what was made since the last checkpoint is in doubt */
        for (size_t i = 0; i < t->n_worker; i++) is_wrong |= t->worker[i].known.is_wrong;
        if (keeper != NULL && !is_wrong)
            keeper->save(keeper->context, run, false, &ignored); /* what failed is what is said */
        if (err != NULL) *err = t->error;
        return t->status;
    }
    if (!run->is_partial) EOT_TRY(t->job->finish(first->state, &run->sums, err));
    if (keeper != NULL) EOT_TRY(keeper->save(keeper->context, run, !run->is_partial, err));
    EOT_TRY(eot_run_check_lost(t->context.config, run, run->n_followed, err));
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
    struct eot_watch watch = {.has_thread = false};
    size_t n_worker = 0;
    bool has_progress = false;
    double kernel_before = 0.0;
    team.saved_s = team.start_s = eot_clock_seconds();
    EOT_TRY(team_create(&team, run, err));
    kernel_before = -run->kernel_s;
    for (const struct eot_backend *b = options->backend; b != NULL; b = b->next) kernel_before += b->kernel_s;
    EOT_TRY(workers_create(&team, &worker, &n_worker, err));
    EOT_TRY(team.job->prepare(&team.context, &run->sums, err));
    EOT_TRY(check_batches(&team, err));
    if (team.n_device > team.end_batch - team.next && team.end_batch > team.next)
        eot_log_message(options->log, EOT_LOG_NORMAL,
                        "%zu devices, but only %llu batches: the others have nothing to do (smaller sampling.batch "
                        "gives them some)",
                        team.n_device, (unsigned long long)(team.end_batch - team.next));
    eot_progress_start(&team.progress, options->progress, team.job->unit, run->part_end - run->part_first,
                       run->end - run->first);
    has_progress = true;
    team.worker = worker;
    team.n_worker = n_worker;
    eot_watch_start(&watch, &team.lock, look_at_workers, &team);
    if (options->end != NULL) options->end->watched(options->end->context);
    run_workers(&team, worker, n_worker);
    eot_watch_stop(&watch);
    EOT_TRY(conclude(&team, &worker[0], err));
    double built = 0.0, ignored[2];
    run->kernel_s = -kernel_before;
    for (size_t i = 0; i < team.n_device; i++) {
        run->kernel_s += worker[i].backend->kernel_s;
        built = fmax(built, worker[i].backend->build_s - worker[i].build_before);
    }
    run->wall_s = team.before_s + eot_clock_seconds() - team.start_s - built;
    EOT_TRY(team.job->work(run, &ignored[0], &ignored[1], err));
done:
    team.progress.compiling = compiling(&team);
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
