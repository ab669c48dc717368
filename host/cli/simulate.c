#include "cli/simulate.h"

#include <string.h>
#include <time.h>

#include "analysis/estimate.h"
#include "device/selftest.h"
#include "output/hepmc.h"
#include "output/output.h"
#include "job/muon_beam.h"
#include "job/muon_conversion.h"

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

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
                                                           .one_only = eot_beam_is_muon(config),
                                                           .extra_options = kernel_options},
                             &s->backend, err));
    s->kernel_options = kernel_options;
    for (struct eot_backend *b = s->backend; b != NULL; b = b->next) EOT_TRY(eot_selftest(b, false, NULL, err));
done:
    return status;
}

void eot_simulator_close(struct eot_simulator *s) {
    eot_backend_close(s->backend);
    s->backend = NULL;
}

enum eot_status eot_simulate(struct eot_simulator *s, const struct eot_config *config, const char *folder,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_setup setup = {0};
    struct eot_world world = {0};
    struct eot_run run = {0};
    struct eot_result result = {0};
    struct eot_log log = {.level = s->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    EOT_TRY(eot_setup_create(config, &setup, err));
    EOT_TRY(eot_output_prepare(folder, err));
    EOT_TRY(device_open(s, config, err));
    double start = now_s();
    bool is_muon_beam = eot_beam_is_muon(config), is_conversion = is_muon_beam && config->physics.rare[EOT_RARE_LFC],
         is_partial = false;
    if (is_muon_beam && !is_conversion)
        EOT_TRY(eot_world_create_muons(config, &setup, &world, err));
    else
        EOT_TRY(eot_world_create_with(config, &setup, config->physics.cut,
                                      &(struct eot_world_options){.no_cache = s->no_table_cache}, &world, err));
    double tables_s = now_s() - start;
    eot_log_message(&log, EOT_LOG_VERBOSE, "physics tables %s in %.2f s",
                    world.is_cached ? "taken from the cache" : "built", tables_s);
    for (const struct eot_backend *b = s->backend; b != NULL; b = b->next)
        eot_log_message(&log, EOT_LOG_NORMAL, "%s: %g %s on %s", config->name, (double)config->sampling.eot,
                        is_muon_beam                                   ? "muons"
                        : config->sampling.mode == EOT_SAMPLING_FORCED ? "EOT (forced)"
                                                                       : "EOT (analog)",
                        b->name);
    struct eot_run_options options = {.backend = s->backend,
                                      .progress = s->progress,
                                      .log = &log,
                                      .is_interrupted = s->is_interrupted,
                                      .wants_errors = true};
    if (is_conversion) {
        EOT_TRY(eot_muon_signal_run(config, &world, &options, &result, &is_partial, err));
    } else if (is_muon_beam) {
        EOT_TRY(eot_muon_beam_run(config, &world, &options, &result, &is_partial, err));
    } else {
        EOT_TRY(eot_run_execute(config, &setup, &world, &options, &run, err));
        EOT_TRY(eot_result_from_run(config, &world, &run, s->backend, &result, err));
        is_partial = run.is_partial;
    }
    result.performance.tables_s = tables_s;
    EOT_TRY(eot_output_write_file(folder, "effective-config.yaml", config->effective_yaml,
                                  strlen(config->effective_yaml), err));
    EOT_TRY(eot_output_hdf5(folder, &result, err));
    if (config->output.hepmc) EOT_TRY(eot_output_hepmc(folder, config, &result, err));
    if (config->output.figures) EOT_TRY(eot_output_figures(folder, &result, err));
    EOT_TRY(eot_output_summary(folder, &result, err));
    if (!s->is_quiet) eot_output_print(&result);
    eot_log_message(&log, EOT_LOG_NORMAL, "results in %s", folder);
    EOT_CHECK(!is_partial, EOT_E_INTERRUPTED,
              "interrupted after %llu of %llu primaries; the results in %s are valid for those and marked partial",
              (unsigned long long)(result.primaries[0][1] - result.primaries[0][0]),
              (unsigned long long)config->sampling.eot, folder);
done:
    eot_result_free(&result);
    eot_run_free(&run);
    eot_world_free(&world);
    eot_setup_free(&setup);
    return status;
}
