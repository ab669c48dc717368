/* eotmc selftest: does the device compute what the shared text says? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "device/selftest.h"
#include "device/source.h"

static enum eot_status print_json(const struct eot_backend *backend, const struct eot_selftest_report *report,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *list = json_array();
    for (int i = 0; i < report->n_row; i++) {
        const struct eot_selftest_row *r = &report->row[i];
        json_t *row = json_pack("{s:s, s:I, s:f, s:f}", "name", r->name, "values", (json_int_t)r->n_point, "max_ulp",
                                r->max_ulp, "allowed_ulp", r->allowed_ulp);
        EOT_TRY(eot_json_append(list, row, err));
    }
    EOT_TRY(eot_json_print(json_pack("{s:s, s:{s:s, s:s}, s:b, s:f, s:f, s:O}", "schema", "eotmc-selftest/1", "device",
                                     "name", backend->name, "driver", backend->driver, "passed", 1, "seconds",
                                     report->seconds, "jit_s", backend->build_s, "checks", list),
                           EOT_JSON_EXACT, err));
done:
    json_decref(list);
    return status;
}

enum eot_status eot_cmd_selftest(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text";
    struct eot_backend_options options = {.one_only = true};
    bool is_help = false, is_fast = false, is_source = false;
    char *source = NULL;
    struct eot_text_list positional = {0};
    struct eot_backend *backend = NULL;
    struct eot_selftest_report report;
    const struct eot_option table[] = {
        EOT_ROW_DEVICE(&options.selector),
        {"fast", 0, EOT_OPTION_FLAG, &is_fast, NULL, "the short test that runs before each simulation"},
        EOT_ROW_FORMAT_TEXT(&format),
        {"kernel-dir", 0, EOT_OPTION_TEXT, &options.kernel_dir, "DIR",
         "read kernels and headers below this project root, not the embedded ones"},
        {"no-kernel-cache", 0, EOT_OPTION_FLAG, &options.no_kernel_cache, NULL, "build the kernels anew"},
        {"print-source", 0, EOT_OPTION_FLAG, &is_source, NULL, "print the one text that a driver gets, and stop"},
        {"verbose", 'v', EOT_OPTION_FLAG, &options.verbose, NULL, "tell about the cache and the kernels' resources"},
    };
    const struct eot_command command = {.name = "selftest",
                                        .arguments = "",
                                        .summary = "Compare a device with published random-number answers and with the "
                                                   "host's own compilation of the shared functions.",
                                        .example = "eotmc selftest --device 0",
                                        .option = table,
                                        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    if (is_source) {
        EOT_TRY(eot_source_flatten(options.kernel_dir, &source, err));
        fputs(source, stdout);
        goto done;
    }
    EOT_TRY(eot_backend_open(&options, &backend, err));
    EOT_TRY(eot_selftest(backend, !is_fast, &report, err));
    if (eot_format_is_json(format)) {
        EOT_TRY(print_json(backend, &report, err));
        goto done;
    }
    printf("%-24s %10s %10s %10s\n", "check", "values", "max ulp", "allowed");
    for (int i = 0; i < report.n_row; i++)
        printf("%-24s %10zu %10.0f %10.0f\n", report.row[i].name, report.row[i].n_point, report.row[i].max_ulp,
               report.row[i].allowed_ulp);
    printf("self-test passed on %s (driver %s) in %.2f s, besides %.2f s to build the kernels\n", backend->name,
           backend->driver, report.seconds, backend->build_s);
done:
    free(source);
    eot_backend_close(backend);
    eot_text_list_free(&positional);
    return status;
}
