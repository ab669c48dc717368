#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "base/interrupt.h"
#include "cli/shard.h"
#include "cli/simulate.h"
#include "output/file.h"
#include "store/checkpoint.h"

/* What the command line asks for. */
struct request {
    const char *folder, *progress, *shard, *range, *format;
    bool dump_config, resumes, forces;
    double checkpoint_minutes, exit_code;
    struct eot_text_list set, positional;
};

/* The configuration: the one that is named, or that of the run that is resumed. */
static enum eot_status read_config(const struct request *r, struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *own = NULL;
    EOT_CHECK(r->positional.n == 1 || (r->resumes && r->folder != NULL), EOT_E_USAGE,
              "no CONFIG; name the configuration, or with --resume the folder of the run that is to go on (-o DIR)");
    if (r->positional.n == 0) {
        own = eot_output_path(r->folder, "effective-config.yaml");
        EOT_CHECK_MEMORY(own);
    }
    EOT_TRY(eot_config_read(own != NULL ? own : r->positional.text[0], r->set.text, r->set.n, config, err));
done:
    free(own);
    return status;
}

static enum eot_status check_request(const struct request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(!(r->resumes && r->forces), EOT_E_USAGE,
              "--resume with --force (one goes on with what is there, the other removes it); leave one of them out");
    EOT_CHECK(r->shard == NULL || r->range == NULL, EOT_E_USAGE,
              "--shard with --range (both say which part of the run to make); leave one of them out");
    EOT_TRY(eot_simulator_check_options(r->checkpoint_minutes, r->exit_code, err));
done:
    return status;
}

/* The part of the run, and the folder of this process. @param folder on return. */
static enum eot_status choose_part(const struct request *r, struct eot_simulator *s, const char *name,
                                   struct eot_shard *shard, char folder[PATH_MAX], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n = snprintf(folder, PATH_MAX, "%s%s", r->folder != NULL ? r->folder : "out/", r->folder != NULL ? "" : name);
    EOT_CHECK(n < PATH_MAX, EOT_E_USAGE, "the name of the output folder is too long; choose another with -o");
    if (r->range != NULL) EOT_TRY(eot_range_parse(r->range, &shard->part, err));
    if (r->shard != NULL) EOT_TRY(eot_shard_parse(r->shard, shard, err));
    EOT_TRY(eot_shard_apply(shard, &s->device, folder, err));
    s->part = shard->part;
done:
    return status;
}

/* summary.json of a folder on standard output, as it stands there. */
static enum eot_status print_summary(const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char bytes[4096], *path = eot_output_path(folder, "summary.json");
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    EOT_CHECK_MEMORY(path);
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot read '%s'; run it again", path);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) fwrite(bytes, 1, n, stdout);
    EOT_CHECK(!ferror(file), EOT_E_IO, "cannot read '%s'; run it again", path);
done:
    if (file != NULL) fclose(file);
    free(path);
    return status;
}

enum eot_status eot_cmd_run(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    char folder[PATH_MAX];
    struct eot_shard shard = {.local_rank = -1};
    struct request r = {
        .progress = "auto", .format = "text", .checkpoint_minutes = EOT_CHECKPOINT_MINUTES, .exit_code = 130.0};
    struct eot_config config = {.name = ""};
    struct eot_simulator simulator = {0};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &r.folder, "DIR",
         "folder of the results (default: out/<name of the configuration>)"},
        EOT_ROW_SET(&r.set),
        EOT_ROW_DEVICES(&simulator.device),
        EOT_ROW_PROGRESS(&r.progress),
        EOT_ROW_CHECKPOINT(&r.checkpoint_minutes),
        {"resume", 0, EOT_OPTION_FLAG, &r.resumes, NULL,
         "go on where the run in the folder stopped, to the same bits; begins it if it had not begun"},
        {"force", 0, EOT_OPTION_FLAG, &r.forces, NULL, "remove the files of the run in the folder first"},
        EOT_ROW_SHARD(&r.shard),
        {"range", 0, EOT_OPTION_TEXT, &r.range, "FIRST:END", "make only these primaries of the run, in whole batches"},
        EOT_ROW_CHECKPOINT_EXIT_CODE(&r.exit_code),
        {"format", 0, EOT_OPTION_CHOICE, &r.format, "text|json",
         "what is printed: tables, or the document of summary.json (default: text)"},
        {"dump-config", 0, EOT_OPTION_FLAG, &r.dump_config, NULL, "print the effective configuration and stop"},
        {"kernel-dir", 0, EOT_OPTION_TEXT, &simulator.kernel_dir, "DIR",
         "read kernels from this source tree instead of the built-in ones"},
        {"no-kernel-cache", 0, EOT_OPTION_FLAG, &simulator.no_kernel_cache, NULL, "compile the kernels anew"},
        {"no-table-cache", 0, EOT_OPTION_FLAG, &simulator.no_table_cache, NULL, "build the physics tables anew"},
        EOT_ROW_VERBOSE(&simulator.is_verbose),
        EOT_ROW_QUIET(&simulator.is_silent),
    };
    const struct eot_command command = {
        .name = "run",
        .arguments = "[CONFIG]",
        .min_positional = 0,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Simulate a configuration: writes summary.json, result.h5, effective-config.yaml and figures to the "
                   "output folder, and prints the cut flow.\n"
                   "A checkpoint in that folder is kept up to date: a run that was killed goes on with --resume. With "
                   "--resume CONFIG may be left out. CONFIG may be - for standard input.",
        .example =
            "eotmc run configs/na64e-dimuon.yaml -o out/dimuon --set sampling.eot=1e5 --set beam.energy=\"80 GeV\""};
    EOT_TRY(eot_options_parse(&command, argc, argv, &r.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(check_request(&r, err));
    EOT_TRY(read_config(&r, &config, err));
    if (r.dump_config) {
        fputs(config.effective_yaml, stdout);
        goto done;
    }
    EOT_CHECK(!(simulator.is_verbose && simulator.is_silent), EOT_E_USAGE,
              "--verbose with --quiet; leave one of them out");
    EOT_TRY(choose_part(&r, &simulator, config.name, &shard, folder, err));
    simulator.progress = eot_progress_mode_from_text(r.progress);
    if (simulator.is_silent) simulator.progress = EOT_PROGRESS_NONE;
    simulator.is_quiet = simulator.is_silent || eot_format_is_json(r.format);
    simulator.use = r.resumes ? EOT_FOLDER_RESUME : r.forces ? EOT_FOLDER_FORCE : EOT_FOLDER_NEW;
    simulator.checkpoint_s = 60.0 * r.checkpoint_minutes;
    simulator.command = "run";
    simulator.exit_code = (int)r.exit_code;
    simulator.is_interrupted = eot_interrupt_catch();
    status = eot_simulate(&simulator, &config, folder, err);
    if (status == EOT_E_INTERRUPTED) err->exit_code = (int)r.exit_code;
    eot_interrupt_release();
    if (status == EOT_OK && eot_format_is_json(r.format)) status = print_summary(folder, err);
done:
    eot_simulator_free(&simulator);
    eot_config_free(&config);
    eot_text_list_free(&r.set);
    eot_text_list_free(&r.positional);
    return status;
}
