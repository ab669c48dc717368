/* eotmc check: all that is wrong with a configuration, and all that makes a number less than it seems, without a run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/option_rows.h"
#include "cli/preflight.h"
#include "device/backend.h"
#include "device/devices.h"
#include "job/job.h"

/** What there is to say about batches on the devices that a run would use: they are not opened, only looked up. */
static enum eot_status check_devices(const struct eot_config *config, const char *selector, struct eot_findings *f,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *device = NULL;
    struct eot_device_choice choice[EOT_MAX_DEVICE_CHOICE];
    size_t n_device = 0, n_choice = 0;
    EOT_TRY(eot_devices_list(&device, &n_device, err));
    EOT_TRY(eot_devices_choose(device, n_device, selector, choice, EOT_MAX_DEVICE_CHOICE, &n_choice, err));
    for (size_t i = 0; i < n_choice; i++) {
        const struct eot_device *d = &device[choice[i].i_device];
        struct eot_backend b = {.is_host = d->type == EOT_DEVICE_HOST,
                                .is_gpu = d->type == EOT_DEVICE_GPU,
                                .compute_units = (int)(d->compute_units / choice[i].n_part)};
        snprintf(b.name, sizeof b.name, "%s", d->name);
        EOT_TRY(eot_preflight_device(selector, b.is_host, f, err));
        EOT_TRY(eot_job_check_batch(config, &b, 0, f, err));
    }
done:
    free(device);
    return status;
}

/** Read the configuration and ask all checks. @param problems, f empty; both filled. */
static enum eot_status look(const struct eot_text_list *set, const char *path, const char *selector,
                            struct eot_problems *problems, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_setup setup = {0};
    EOT_TRY(eot_config_read_all(path, NULL, set->text, set->n, &config, problems, err));
    if (problems->n > 0) goto done;
    EOT_TRY(eot_check_adopt(f, eot_setup_create(&config, &setup, err), "geometry.volumes", err));
    if (f->n == 0) {
        EOT_TRY(eot_preflight_look(&config, &setup, f, err));
        EOT_TRY(check_devices(&config, selector, f, err));
    }
    EOT_TRY(eot_check_problems(&config, f, problems, err));
done:
    eot_setup_free(&setup);
    eot_config_free(&config);
    return status;
}

static enum eot_status print_json(const struct eot_problems *problems, const struct eot_findings *f,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *errors = json_array(), *warnings = json_array();
    for (size_t i = 0; i < problems->n; i++) {
        const struct eot_problem *p = &problems->row[i];
        EOT_TRY(eot_json_append(errors,
                                json_pack("{s:o, s:i, s:o, s:o}", "file", eot_json_text(p->file), "line", p->line,
                                          "key", eot_json_text(p->key), "message", eot_json_text(p->message)),
                                err));
    }
    for (size_t i = 0; i < f->n; i++)
        if (!f->row[i].is_error)
            EOT_TRY(eot_json_append(
                warnings, json_pack("{s:s, s:o}", "code", f->row[i].code, "message", eot_json_text(f->row[i].message)),
                err));
    EOT_TRY(eot_json_print(json_pack("{s:O, s:O}", "errors", errors, "warnings", warnings), EOT_JSON_EXACT, err));
done:
    json_decref(errors);
    json_decref(warnings);
    return status;
}

static void print_text(const char *path, const struct eot_problems *problems, const struct eot_findings *f) {
    for (size_t i = 0; i < problems->n; i++) {
        const struct eot_problem *p = &problems->row[i];
        printf("error: %s", p->file);
        if (p->line > 0) printf(":%d", p->line);
        printf(": %s\n", p->message);
    }
    for (size_t i = 0; i < f->n; i++)
        if (!f->row[i].is_error) printf("warning (%s): %s\n", f->row[i].code, f->row[i].message);
    size_t n_warning = f->n - eot_findings_n_error(f);
    printf("%s: %zu error%s, %zu warning%s\n", path, problems->n, problems->n == 1 ? "" : "s", n_warning,
           n_warning == 1 ? "" : "s");
}

enum eot_status eot_cmd_check(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text", *device = NULL;
    bool is_help = false;
    struct eot_text_list set = {0}, positional = {0};
    struct eot_problems problems = {0};
    struct eot_findings findings = {0};
    const struct eot_option table[] = {
        EOT_ROW_SET(&set),
        EOT_ROW_DEVICES(&device),
        EOT_ROW_FORMAT_TEXT(&format),
    };
    const struct eot_command command = {
        .name = "check",
        .arguments = "CONFIG",
        .summary = "Say what is wrong with a configuration, all at once with file and line, and what makes a number\n"
                   "less than it seems (docs/warnings.md), without a run. Exit code 2 with errors. Every command that\n"
                   "simulates asks the same before it starts.",
        .min_positional = 1,
        .max_positional = 1,
        .example = "eotmc check my.yaml\n"
                   "  eotmc check configs/na64e-dimuon.yaml --set beam.energy=\"80 GeV\" --format json",
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(look(&set, positional.text[0], device, &problems, &findings, err));
    if (eot_format_is_json(format))
        EOT_TRY(print_json(&problems, &findings, err));
    else
        print_text(positional.text[0], &problems, &findings);
    EOT_CHECK(problems.n == 0, EOT_E_CONFIG, "%zu error%s in the configuration; see above", problems.n,
              problems.n == 1 ? "" : "s");
done:
    eot_problems_free(&problems);
    eot_findings_free(&findings);
    eot_text_list_free(&set);
    eot_text_list_free(&positional);
    return status;
}
