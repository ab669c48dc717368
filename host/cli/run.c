#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/estimate.h"
#include "base/options.h"
#include "cli/cli.h"
#include "device/selftest.h"
#include "output/output.h"
#include "run/muon_beam.h"

static volatile sig_atomic_t is_interrupted = 0;
static void on_interrupt(int signal_number) {
    (void)signal_number;
    is_interrupted = 1;
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum eot_status eot_cmd_run(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *folder = NULL, *progress = "auto", *kernel_dir = NULL, *device = NULL;
    bool is_help = false, dump_config = false, no_kernel_cache = false, no_table_cache = false, is_verbose = false;
    char default_folder[96];
    struct eot_text_list set = {0}, positional = {0};
    struct eot_config config = {.name = ""};
    struct eot_setup setup = {0};
    struct eot_world world = {0};
    struct eot_backend *backend = NULL;
    struct eot_run run = {0};
    struct eot_result result = {0};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &folder, "DIR", "folder of the results (default: out/<name of the configuration>)"},
        {"set", 0, EOT_OPTION_LIST, &set, "KEY=VALUE", "override a configuration key; may be repeated"},
        {"device", 0, EOT_OPTION_TEXT, &device, "SEL", "number or part of the name as `eotmc devices` lists them, or host"},
        {"progress", 0, EOT_OPTION_CHOICE, &progress, "auto|plain|none", "progress on standard error (default: auto)"},
        {"dump-config", 0, EOT_OPTION_FLAG, &dump_config, NULL, "print the effective configuration and stop"},
        {"kernel-dir", 0, EOT_OPTION_TEXT, &kernel_dir, "DIR", "read kernels from this source tree instead of the built-in ones"},
        {"no-kernel-cache", 0, EOT_OPTION_FLAG, &no_kernel_cache, NULL, "compile the kernels anew"},
        {"no-table-cache", 0, EOT_OPTION_FLAG, &no_table_cache, NULL, "build the physics tables anew"},
        {"verbose", 'v', EOT_OPTION_FLAG, &is_verbose, NULL, "say more on standard error"},
    };
    const struct eot_command command = {.name = "run", .arguments = "CONFIG", .min_positional = 1, .max_positional = 1, .option = table, .n_option = sizeof table / sizeof table[0],
        .summary = "Simulate a configuration: writes summary.json, result.h5, effective-config.yaml and figures to the output folder, and prints the cut flow.",
        .example = "eotmc run configs/na64e-dimuon.yaml -o out/dimuon --set sampling.eot=1e5 --set beam.energy=\"80 GeV\""};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_config_read(positional.text[0], set.text, set.n, &config, err));
    if (dump_config) {
        fputs(config.effective_yaml, stdout);
        goto done;
    }
    EOT_TRY(eot_setup_create(&config, &setup, err));
    if (folder == NULL) {
        snprintf(default_folder, sizeof default_folder, "out/%s", config.name);
        folder = default_folder;
    }
    EOT_TRY(eot_output_prepare(folder, err));
    struct eot_log log = {.level = is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    struct eot_backend_options backend_options = {.selector = device, .kernel_dir = kernel_dir, .no_kernel_cache = no_kernel_cache, .verbose = is_verbose,
                                                  .extra_options = eot_world_kernel_options(&config)};
    EOT_TRY(eot_backend_open(&backend_options, &backend, err));
    EOT_TRY(eot_selftest(backend, false, NULL, err));
    double start = now_s();
    bool is_muon_beam = eot_beam_is_muon(&config), is_partial = false;
    if (is_muon_beam)
        EOT_TRY(eot_world_create_muons(&config, &setup, &world, err));
    else
        EOT_TRY(eot_world_create_with(&config, &setup, config.physics.cut, &(struct eot_world_options){.no_cache = no_table_cache}, &world, err));
    double tables_s = now_s() - start;
    eot_log_message(&log, EOT_LOG_VERBOSE, "physics tables %s in %.2f s", world.is_cached ? "taken from the cache" : "built", tables_s);
    eot_log_message(&log, EOT_LOG_NORMAL, "%s: %g %s on %s", config.name, (double)config.sampling.eot,
                    is_muon_beam ? "muons" : config.sampling.mode == EOT_SAMPLING_FORCED ? "EOT (forced)" : "EOT (analog)", backend->name);

    struct sigaction action = {.sa_handler = on_interrupt}, old_interrupt, old_terminate;
    sigaction(SIGINT, &action, &old_interrupt);
    sigaction(SIGTERM, &action, &old_terminate);
    struct eot_run_options options = {.backend = backend, .progress = eot_progress_mode_from_text(progress), .log = &log, .is_interrupted = &is_interrupted};
    status = is_muon_beam ? eot_muon_beam_run(&config, &world, &options, &result, &is_partial, err) : eot_run_execute(&config, &setup, &world, &options, &run, err);
    sigaction(SIGINT, &old_interrupt, NULL);
    sigaction(SIGTERM, &old_terminate, NULL);
    EOT_TRY(status);

    if (!is_muon_beam) {
        EOT_TRY(eot_result_from_run(&config, &world, &run, backend, &result, err));
        is_partial = run.is_partial;
    }
    result.performance.tables_s = tables_s;
    EOT_TRY(eot_output_write_file(folder, "effective-config.yaml", config.effective_yaml, strlen(config.effective_yaml), err));
    EOT_TRY(eot_output_hdf5(folder, &result, err));
    EOT_TRY(eot_output_summary(folder, &result, err));
    if (config.output.figures) EOT_TRY(eot_output_figures(folder, &result, err));
    eot_output_print(&result);
    eot_log_message(&log, EOT_LOG_NORMAL, "results in %s", folder);
    EOT_CHECK(!is_partial, EOT_E_INTERRUPTED, "interrupted after %llu of %llu primaries; the results in %s are valid for those and marked partial",
              (unsigned long long)(result.primaries[0][1] - result.primaries[0][0]), (unsigned long long)config.sampling.eot, folder);
done:
    eot_result_free(&result);
    eot_run_free(&run);
    eot_backend_close(backend);
    eot_world_free(&world);
    eot_setup_free(&setup);
    eot_config_free(&config);
    eot_text_list_free(&set);
    eot_text_list_free(&positional);
    return status;
}
