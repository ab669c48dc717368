/** @file job.h
 * A kind of run (showers of electrons, positrons or photons; a muon beam; conversions of a muon beam) as one
 * descriptor. One team of threads and devices works any of them off, in batches of primaries whose integer sums do not
 * depend on who made them (job/team.c); one function writes the head of the result (job/jobs.c).
 *
 * To add one: a file with a descriptor (EOT_JOB_DEFINE), a row in jobs.def. */
#ifndef EOT_HOST_JOB_JOB_H
#define EOT_HOST_JOB_JOB_H

#include "analysis/result.h"
#include "check/findings.h"
#include "config/config.h"
#include "device/backend.h"
#include "engine/run.h"
#include "engine/stop.h"
#include "geometry/setup.h"
#include "sums/sums.h"
#include "world/world.h"

struct eot_replay;

/** What a run is made of; borrowed. */
struct eot_job_context {
    const struct eot_config *config;
    const struct eot_setup *setup;
    const struct eot_world *world;
    const struct eot_run_options *options;
    uint64_t batch; /* primaries of a batch; the last may have fewer */
    struct eot_stop stop;
};

/** A batch: the primaries [first, first + n), and what they give. */
struct eot_job_batch {
    uint64_t first;
    uint32_t n;
    struct eot_sums sums; /* of one block */
    struct eot_event_rows rows;
};

struct eot_job {
    const char *name;
    const char *title; /* what it simulates, for messages */
    const char *unit;  /* of its primaries, for progress; without the s of a plural what rates are per */
    const struct eot_column_info *column; /* the primary, then the n_column values of its event rows */
    size_t n_column;
    bool writes_vertices; /* its rows are rare vertices or decays, which HepMC files hold */
    /** Whether it makes the run that a configuration asks for. */
    bool (*accepts)(const struct eot_config *config);
    /** Sampling as the result names it: "analog", "forced". */
    const char *(*mode)(const struct eot_config *config);
    /** Everything that devices read. */
    enum eot_status (*world)(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_world_options *options, struct eot_world *world, struct eot_error *err);
    /** Primaries of a batch that fills a device; its is_gpu, is_host and compute_units are asked. */
    uint64_t (*full_batch)(const struct eot_backend *backend);
    /** Append the sections of its sums. */
    void (*layout)(const struct eot_config *config, struct eot_sums_layout *layout);
    /** Before the first batch: refuse what cannot be run, measure samples apart. */
    enum eot_status (*prepare)(const struct eot_job_context *context, struct eot_sums *sums, struct eot_error *err);
    /** What one device needs, or one of the queues on it. worker_free accepts NULL. */
    enum eot_status (*worker_create)(const struct eot_job_context *context, struct eot_backend *backend, void **worker,
                                     struct eot_error *err);
    void (*worker_free)(void *worker);
    /** Simulate a batch. @param is_complete false if it was stopped before its end: nothing of it counts. */
    enum eot_status (*batch)(void *worker, struct eot_job_batch *batch, bool *is_complete, struct eot_error *err);
    /** After the last batch of a run that is whole: samples apart. */
    enum eot_status (*finish)(void *worker, struct eot_sums *sums, struct eot_error *err);
    /** Steps of particles, and muons that were followed, for the rates of the performance; may show more of the sums.
     */
    enum eot_status (*work)(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err);
    /** Estimates, histograms, cut flow, faults and energy balance of a run into its result. */
    enum eot_status (*estimate)(const struct eot_config *config, const struct eot_world *world,
                                const struct eot_run *run, struct eot_result *result, struct eot_error *err);
    /** Follow one primary again, step by step, on the host. */
    enum eot_status (*follow)(const struct eot_config *config, const struct eot_world *world, uint64_t primary,
                              struct eot_replay *replay, struct eot_error *err);
};

/** A descriptor: every member is to be given, in the order of the struct. */
#define EOT_JOB_DEFINE(symbol, name, title, unit, column, n_column, writes_vertices, accepts, mode, world, full_batch, \
                       layout, prepare, worker_create, worker_free, batch, finish, work, estimate, follow) \
    const struct eot_job eot_job_##symbol = { \
        name,   title,   unit,          column,      n_column, writes_vertices, accepts, mode,     world, full_batch, \
        layout, prepare, worker_create, worker_free, batch,    finish,          work,    estimate, follow}

#define EOT_JOB(symbol) extern const struct eot_job eot_job_##symbol;
#include "job/jobs.def"
#undef EOT_JOB

/** All jobs, in the order of jobs.def. */
extern const struct eot_job *const eot_jobs[];
extern const size_t eot_n_job;

/** The job that makes the run of a configuration; NULL if none accepts it. */
const struct eot_job *eot_job_of(const struct eot_config *config);
/** The same, for who begins with a configuration. @return EOT_E_CONFIG if none accepts it. */
enum eot_status eot_job_find(const struct eot_config *config, const struct eot_job **job, struct eot_error *err);

/** Run config->sampling.eot primaries. Release with eot_run_free.
 * @return EOT_E_DEVICE with the command that replays a primary, if more events are lost than the configuration allows;
 * EOT_E_CONFIG for what the job
 * refuses; EOT_E_MEMORY; what the backend returns. An interruption is not an error: is_partial is set and the batches
 * done so far are valid. */
enum eot_status eot_run_execute(const struct eot_config *config, const struct eot_setup *setup,
                                const struct eot_world *world, const struct eot_run_options *options,
                                struct eot_run *run, struct eot_error *err);

/** Blocks of a run at most: as many as keep its sums below 10 MB, so that they can be written often. */
size_t eot_run_most_blocks(const struct eot_sums_layout *layout);

/** Whether a run, or parts of one that are merged, has lost too many events. @param n_followed of how many.
 * @return EOT_E_DEVICE with the command that replays the first of them. */
enum eot_status eot_run_check_lost(const struct eot_config *config, const struct eot_run *run, uint64_t n_followed,
                                   struct eot_error *err);

/** Fill a result from a run. @param backend the devices that it was made on. @param result zeroed; release with
 * eot_result_free. config, world and run must outlive it.
 * @return EOT_E_INTERRUPTED (no batch was completed), EOT_E_NUMERIC (a sum is not finite), EOT_E_MEMORY. */
enum eot_status eot_result_from_run(const struct eot_config *config, const struct eot_world *world, struct eot_run *run,
                                    const struct eot_backend *backend, struct eot_result *result,
                                    struct eot_error *err);

/** What a configuration asks of its job that this cannot do: errors for the findings. @return EOT_E_MEMORY. */
enum eot_status eot_job_check(const struct eot_config *config, struct eot_findings *f, struct eot_error *err);
/** A warning if batches are too small for a device. @param batch primaries of one; 0: as the configuration says, or as
 * it would be chosen for this device. @return EOT_E_MEMORY. */
enum eot_status eot_job_check_batch(const struct eot_config *config, const struct eot_backend *backend, uint64_t batch,
                                    struct eot_findings *f, struct eot_error *err);
/** Primaries of a batch at most, where errors come from the spread between batches: those of track lengths, and of
 * several vertices of a shower. The relative error of an error from n batches is 1/sqrt(2 (n - 1)): 32 batches, or 10
 * where the configuration chooses the batch, or the device is a GPU, which small batches leave idle. */
uint64_t eot_job_largest_batch(const struct eot_config *config, const struct eot_backend *backend);
/** Primaries of a batch: the configuration's; where that has the default, on GPUs as many as keep their lanes busy, but
 * no more than a tenth of the run, so that batches show the statistical error. @param backend a chain of devices. */
uint64_t eot_job_batch_size(const struct eot_config *config, const struct eot_backend *backend);

/** The section of the sums that counts the particles at planes, for jobs without the layout of showers; only where the
 * configuration has any. */
void eot_job_planes_layout(const struct eot_config *config, struct eot_sums_layout *layout);
/** These counts, [output.n_plane]; NULL: there are none. */
int64_t *eot_job_plane_counts(struct eot_sums *sums);

/** Members for jobs that have nothing to do there. */
enum eot_status eot_job_prepare_nothing(const struct eot_job_context *context, struct eot_sums *sums,
                                        struct eot_error *err);
enum eot_status eot_job_finish_nothing(void *worker, struct eot_sums *sums, struct eot_error *err);

#endif
