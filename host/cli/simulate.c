#include "cli/simulate.h"

#include <string.h>

#include "base/clock.h"
#include "cli/preflight.h"
#include "device/selftest.h"
#include "job/job.h"
#include "output/output.h"
#include "output/sinks.h"

/* The kernels are built for a configuration's options, which are texts that live as long as the program. */
static enum eot_status device_open(struct eot_simulator *s, const struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *kernel_options = eot_world_kernel_options(config);
    if (s->backend != NULL && strcmp(s->kernel_options, kernel_options) == 0) {
        for (struct eot_backend *b = s->backend; b != NULL; b = b->next) b->build_s = 0.0;
        goto done;
    }
    eot_simulator_close(s);
    EOT_TRY(eot_backend_open(&(struct eot_backend_options){.selector = s->device,
                                                           .kernel_dir = s->kernel_dir,
                                                           .no_kernel_cache = s->no_kernel_cache,
                                                           .verbose = s->is_verbose,
                                                           .extra_options = kernel_options},
                             &s->backend, err));
    s->kernel_options = kernel_options;
    for (struct eot_backend *b = s->backend; b != NULL; b = b->next) EOT_TRY(eot_selftest(b, false, NULL, err));
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

void eot_simulator_close(struct eot_simulator *s) {
    eot_backend_close(s->backend);
    s->backend = NULL;
}

void eot_simulator_free(struct eot_simulator *s) {
    eot_simulator_close(s);
    eot_findings_free(&s->said);
}

enum eot_status eot_simulate(struct eot_simulator *s, const struct eot_config *config, const char *folder,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_setup setup = {0};
    struct eot_world world = {0};
    struct eot_run run = {0};
    struct eot_result result = {0};
    struct eot_findings warnings = {0};
    struct eot_log log = {.level = s->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    const struct eot_job *job;
    EOT_TRY(eot_job_find(config, &job, err));
    EOT_TRY(eot_setup_create(config, &setup, err));
    EOT_TRY(eot_preflight(config, &setup, &log, &warnings, &s->said, err));
    EOT_TRY(eot_output_prepare(folder, err));
    EOT_TRY(device_open(s, config, err));
    EOT_TRY(say(s, &log, &warnings, err));
    double start = eot_clock_seconds();
    EOT_TRY(job->world(config, &setup, &(struct eot_world_options){.no_cache = s->no_table_cache}, &world, err));
    double tables_s = eot_clock_seconds() - start;
    eot_log_message(&log, EOT_LOG_VERBOSE, "physics tables %s in %.2f s",
                    world.is_cached ? "taken from the cache" : "built", tables_s);
    for (const struct eot_backend *b = s->backend; b != NULL; b = b->next)
        eot_log_message(&log, EOT_LOG_NORMAL, "%s: %g %s (%s) on %s", config->name, (double)config->sampling.eot,
                        job->unit, job->mode(config), b->name);
    struct eot_run_options options = {.backend = s->backend,
                                      .progress = s->progress,
                                      .log = &log,
                                      .is_interrupted = s->is_interrupted,
                                      .findings = &warnings,
                                      .wants_errors = true};
    EOT_TRY(eot_run_execute(config, &setup, &world, &options, &run, err));
    EOT_TRY(eot_result_from_run(config, &world, &run, s->backend, &result, err));
    result.performance.tables_s = tables_s;
    for (size_t i = 0; i < warnings.n; i++) /* after those that the estimates have added */
        EOT_TRY(eot_findings_warn(&result.warnings, err, warnings.row[i].code, "%s", warnings.row[i].message));
    EOT_TRY(eot_output_write(folder, config, &result, err));
    if (!s->is_quiet) eot_output_print(&result);
    eot_log_message(&log, EOT_LOG_NORMAL, "results in %s", folder);
    EOT_CHECK(!run.is_partial, EOT_E_INTERRUPTED,
              "interrupted after %llu of %llu primaries; the results in %s are valid for those and marked partial",
              (unsigned long long)eot_sums_primaries(&run.sums), (unsigned long long)config->sampling.eot, folder);
done:
    eot_findings_free(&warnings);
    eot_result_free(&result);
    eot_run_free(&run);
    eot_world_free(&world);
    eot_setup_free(&setup);
    return status;
}
