#include "cli/simulate.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "cli/masses.h"
#include "cli/preflight.h"
#include "job/job.h"
#include "job/preparation.h"
#include "output/output.h"
#include "output/sinks.h"
#include "store/keeper.h"
#include "version.h"

/* The kernels are built for a configuration's options, which are texts that live as long as the program. They are
 * built, and the device is tested, by the preparation. @param is_new whether that device has not been tested. */
static enum eot_status device_open(struct eot_simulator *s, const struct eot_config *config, bool *is_new,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *kernel_options = eot_world_kernel_options(config);
    *is_new = false;
    if (s->backend != NULL && strcmp(s->kernel_options, kernel_options) == 0) {
        for (struct eot_backend *b = s->backend; b != NULL; b = b->next) b->build_s = 0.0;
        goto done;
    }
    eot_simulator_close(s);
    EOT_TRY(eot_backend_open(&(struct eot_backend_options){.selector = s->device,
                                                           .kernel_dir = s->kernel_dir,
                                                           .no_kernel_cache = s->no_kernel_cache,
                                                           .verbose = s->is_verbose,
                                                           .kernels = eot_world_kernels(config),
                                                           .builds_later = true,
                                                           .extra_options = kernel_options},
                             &s->backend, err));
    s->kernel_options = kernel_options;
    *is_new = true;
done:
    return status;
}

/* What the device adds to the warnings. */
static enum eot_status say(struct eot_simulator *s, const struct eot_log *log, struct eot_findings *warnings,
                           struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = warnings->n;
    EOT_TRY(eot_preflight_device(s->device, s->backend->is_host, warnings, err));
    EOT_TRY(eot_preflight_say(warnings, n, log, &s->said, err));
done:
    return status;
}

enum eot_status eot_simulator_check_options(double checkpoint_minutes, double exit_code, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(checkpoint_minutes >= 0.0 && checkpoint_minutes <= 1e6, EOT_E_USAGE,
              "option '--checkpoint' = %g (not 0 to 1e6 minutes); give e.g. 5", checkpoint_minutes);
    EOT_CHECK(exit_code >= 1.0 && exit_code <= 255.0 && exit_code == (double)(int)exit_code, EOT_E_USAGE,
              "option '--checkpoint-exit-code' = %g (not an integer from 1 to 255); give e.g. 85", exit_code);
done:
    return status;
}

void eot_simulator_close(struct eot_simulator *s) {
    eot_backend_close(s->backend);
    s->backend = NULL;
}

void eot_simulator_free(struct eot_simulator *s) {
    eot_simulator_close(s);
    eot_findings_free(&s->said);
}

/* What the checkpoints of a run say about it. */
static struct eot_checkpoint_head head_of(const struct eot_config *config, const struct eot_job *job,
                                          const struct eot_world *world, const struct eot_backend *backend) {
    struct eot_checkpoint_head head = {.n_column = job->n_column};
    snprintf(head.version, sizeof head.version, "%s", EOT_VERSION);
    snprintf(head.job, sizeof head.job, "%s", job->name);
    memcpy(head.config_sha256, config->sha256, sizeof head.config_sha256);
    memcpy(head.world_sha256, world->sha256, sizeof head.world_sha256);
    for (const struct eot_backend *b = backend; b != NULL && head.n_device < EOT_CHECKPOINT_MAX_DEVICE; b = b->next) {
        snprintf(head.device[head.n_device][0], sizeof head.device[0][0], "%s", b->name);
        snprintf(head.device[head.n_device++][1], sizeof head.device[0][1], "%s", b->driver);
    }
    return head;
}

/* Before anything is written: what is resumed is a run of this configuration. */
static enum eot_status check_resumed(const struct eot_config *config, const char *path, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_checkpoint_head head;
    if (!eot_checkpoint_exists(path)) goto done;
    EOT_TRY(eot_checkpoint_read_head(path, &head, err));
    EOT_CHECK(
        strcmp(head.config_sha256, config->sha256) == 0, EOT_E_CONFIG,
        "the run in '%s' is of another configuration (hash %.12s, not %.12s); resume it without CONFIG and --set, "
        "or choose another folder with -o",
        path, head.config_sha256, config->sha256);
done:
    return status;
}

/* A run that is going on, for the thread that ends it where a signal meets a call that does not come back. */
struct going_on {
    const struct eot_simulator *simulator;
    const struct eot_config *config;
    const struct eot_world *world;
    const struct eot_folder *folder;
    const struct eot_findings *warnings;
    double tables_s;
};

static void end_process(const struct going_on *g, const char *text) {
    int code = g->simulator->exit_code;
    eot_folder_abandon(g->folder);
    eot_interrupt_exit(g->simulator->command, text, code != 0 ? code : eot_status_exit_code(EOT_E_INTERRUPTED));
}

static void end_before_run(void *context) {
    const struct going_on *g = context;
    end_process(g, "interrupted before the first primary, while kernels or tables were made; nothing is lost, the same "
                   "command begins again");
}

static void run_is_watched(void *context) {
    (void)context;
    eot_interrupt_ends(NULL, NULL);
}

/* What a run is at its end, whole or not: results, then pictures. @param undrawn warnings about pictures. */
static enum eot_status write_results(const struct going_on *g, struct eot_run *run, struct eot_result *result,
                                     struct eot_findings *undrawn, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_result_from_run(g->config, g->world, run, g->simulator->backend, result, err));
    result->performance.tables_s = g->tables_s;
    for (size_t i = 0; i < g->warnings->n; i++) /* after those that the estimates have added */
        EOT_TRY(eot_findings_warn(&result->warnings, err, g->warnings->row[i].code, "%s", g->warnings->row[i].message));
    EOT_TRY(eot_masses_write(g->config, g->world, run, result, g->folder->path, g->simulator->mass_folder, err));
    EOT_TRY(eot_output_write(g->folder->path, g->config, result, undrawn, err));
done:
    return status;
}

static enum eot_status say_interrupted(const char *path, const struct eot_run *run, struct eot_error *err) {
    return eot_error_set(
        err, EOT_E_INTERRUPTED, __FILE__, __LINE__, __func__,
        "interrupted after %llu of %llu primaries; the results in %s are valid for those and marked partial, --resume "
        "goes on from there",
        (unsigned long long)eot_sums_primaries(&run->sums), (unsigned long long)(run->part_end - run->part_first),
        path);
}

static void end_saved_run(void *context, struct eot_run *run) {
    const struct going_on *g = context;
    struct eot_result result = {0};
    struct eot_findings undrawn = {0};
    struct eot_error error = {.status = EOT_OK};
    if (write_results(g, run, &result, &undrawn, &error) == EOT_OK) say_interrupted(g->folder->path, run, &error);
    end_process(g, error.text);
}

enum eot_status eot_simulate(struct eot_simulator *s, const struct eot_config *config, const char *path,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_setup setup = {0};
    struct eot_world world = {0};
    struct eot_run run = {0};
    struct eot_result result = {0};
    struct eot_folder folder = {.lock = -1};
    struct eot_keeper keeper = {0};
    struct eot_preparation preparation = {.has_thread = false};
    struct eot_findings warnings = {0}, undrawn = {0};
    struct eot_log log = {.level = s->is_silent ? EOT_LOG_QUIET : s->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    struct going_on going_on = {s, config, &world, &folder, &warnings, 0.0};
    const struct eot_run_end end = {&going_on, run_is_watched, end_saved_run};
    const struct eot_job *job;
    bool is_new;
    EOT_TRY(eot_job_find(config, &job, err));
    EOT_TRY(eot_setup_create(config, &setup, err));
    EOT_TRY(eot_preflight(config, &setup, &log, &warnings, &s->said, err));
    EOT_TRY(eot_folder_open(path, s->use, &folder, err));
    if (s->mass_folder == NULL) EOT_TRY(eot_masses_check(config, path, err));
    if (s->use == EOT_FOLDER_RESUME) EOT_TRY(check_resumed(config, path, err));
    eot_interrupt_ends(end_before_run, &going_on);
    EOT_TRY(device_open(s, config, &is_new, err));
    EOT_TRY(say(s, &log, &warnings, err));
    double start = eot_clock_seconds();
    eot_preparation_start(&preparation, config, s->backend, is_new);
    EOT_TRY(job->world(config, &setup, &(struct eot_world_options){.no_cache = s->no_table_cache}, &world, err));
    going_on.tables_s = eot_clock_seconds() - start;
    EOT_TRY(eot_preparation_finish(&preparation, err));
    eot_log_message(&log, EOT_LOG_VERBOSE, "physics tables %s in %.2f s",
                    world.is_cached ? "taken from the cache" : "built", going_on.tables_s);
    for (const struct eot_backend *b = s->backend; b != NULL; b = b->next)
        eot_log_message(&log, EOT_LOG_NORMAL, "%s: %g %s (%s) on %s", config->name, (double)config->sampling.eot,
                        job->unit, job->mode(config), b->name);
    EOT_TRY(eot_output_effective_config(path, config, NULL, err)); /* whatever happens, it says what this folder is */
    struct eot_checkpoint_head head = head_of(config, job, &world, s->backend);
    eot_keeper_start(&keeper, path, s->use == EOT_FOLDER_RESUME, &head, s->checkpoint_s);
    struct eot_run_options options = {.backend = s->backend,
                                      .progress = s->progress,
                                      .log = &log,
                                      .is_interrupted = s->is_interrupted,
                                      .part = s->part,
                                      .keeper = &keeper.hooks,
                                      .end = &end,
                                      .findings = &warnings,
                                      .wants_errors = true};
    EOT_TRY(eot_run_execute(config, &setup, &world, &options, &run, err));
    EOT_TRY(write_results(&going_on, &run, &result, &undrawn, err));
    EOT_TRY(eot_preflight_say(&undrawn, 0, &log, NULL, err));
    if (!s->is_quiet) eot_output_print(&result);
    eot_log_message(&log, EOT_LOG_NORMAL, "results in %s", path);
    if (run.is_partial) EOT_TRY(say_interrupted(path, &run, err));
    EOT_CHECK(undrawn.n == 0 || !eot_interrupt_is_asked(), EOT_E_INTERRUPTED,
              "interrupted while figures were drawn; the results in %s are whole, --resume draws the figures", path);
    eot_checkpoint_forget_previous(path);
done:
    if (eot_preparation_finish(&preparation, NULL) != EOT_OK)
        eot_simulator_close(s); /* a device that has failed its test is not used again */
    eot_interrupt_ends(NULL, NULL);
    eot_folder_close(&folder);
    eot_findings_free(&warnings);
    eot_findings_free(&undrawn);
    eot_result_free(&result);
    eot_run_free(&run);
    eot_world_free(&world);
    eot_setup_free(&setup);
    return status;
}
