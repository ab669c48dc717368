#include <stdio.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/simulate.h"

enum eot_status eot_cmd_run(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *folder = NULL, *progress = "auto";
    bool is_help = false, dump_config = false;
    char default_folder[96];
    struct eot_text_list set = {0}, positional = {0};
    struct eot_config config = {.name = ""};
    struct eot_simulator simulator = {0};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &folder, "DIR",
         "folder of the results (default: out/<name of the configuration>)"},
        EOT_ROW_SET(&set),
        EOT_ROW_DEVICES(&simulator.device),
        EOT_ROW_PROGRESS(&progress),
        {"dump-config", 0, EOT_OPTION_FLAG, &dump_config, NULL, "print the effective configuration and stop"},
        {"kernel-dir", 0, EOT_OPTION_TEXT, &simulator.kernel_dir, "DIR",
         "read kernels from this source tree instead of the built-in ones"},
        {"no-kernel-cache", 0, EOT_OPTION_FLAG, &simulator.no_kernel_cache, NULL, "compile the kernels anew"},
        {"no-table-cache", 0, EOT_OPTION_FLAG, &simulator.no_table_cache, NULL, "build the physics tables anew"},
        EOT_ROW_VERBOSE(&simulator.is_verbose),
    };
    const struct eot_command command = {
        .name = "run",
        .arguments = "CONFIG",
        .min_positional = 1,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Simulate a configuration: writes summary.json, result.h5, effective-config.yaml and figures to the "
                   "output folder, and prints the cut flow.",
        .example =
            "eotmc run configs/na64e-dimuon.yaml -o out/dimuon --set sampling.eot=1e5 --set beam.energy=\"80 GeV\""};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_config_read(positional.text[0], set.text, set.n, &config, err));
    if (dump_config) {
        fputs(config.effective_yaml, stdout);
        goto done;
    }
    if (folder == NULL) {
        snprintf(default_folder, sizeof default_folder, "out/%s", config.name);
        folder = default_folder;
    }
    simulator.progress = eot_progress_mode_from_text(progress);
    simulator.is_interrupted = eot_interrupt_catch();
    status = eot_simulate(&simulator, &config, folder, err);
    eot_interrupt_release();
done:
    eot_simulator_free(&simulator);
    eot_config_free(&config);
    eot_text_list_free(&set);
    eot_text_list_free(&positional);
    return status;
}
