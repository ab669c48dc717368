/* eotmc bench: named, frozen problems and how fast this device solves them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench_against.h"
#include "cli/option_rows.h"
#include "cli/cli.h"
#include "base/interrupt.h"
#include "cli/json.h"
#include "bench/bench.h"
#include "device/launch.h"

static double ratio(uint64_t a, uint64_t b) { return b > 0 ? (double)a / (double)b : 0.0; }

static json_t *simt_to_json(const struct eot_bench_result *r) {
    const struct eot_simt_report *s = &r->simt;
    json_t *kernels = json_object(), *depth = json_array();
    int failed = 0, deepest = -1;
    for (int k = 0; k < EOT_N_KERNEL; k++)
        if (s->use[k].issued > 0)
            failed |= json_object_set_new(kernels, eot_kernel_name[k],
                                          json_pack("{s:f, s:I, s:I}", "efficiency",
                                                    ratio(s->use[k].active, s->use[k].issued), "active_lane_steps",
                                                    (json_int_t)s->use[k].active, "issued_lane_steps",
                                                    (json_int_t)s->use[k].issued));
    for (int d = 0; d < EOT_SIMT_MAX_DEPTH; d++)
        if (s->depth[d] > 0) deepest = d;
    for (int d = 0; d <= deepest; d++)
        failed |= json_array_append_new(depth, json_real(ratio(s->depth[d], s->use[EOT_KERNEL_cascade].active)));
    json_t *root = json_pack("{s:i, s:i, s:o}", "width", EOT_SIMT_WIDTH, "lanes", r->simt_lanes, "kernels", kernels);
    if (deepest >= 0)
        failed |= json_object_update_new(
            root, json_pack("{s:f, s:f, s:f, s:f, s:i, s:o}", "efficiency",
                            ratio(s->use[EOT_KERNEL_cascade].active, s->use[EOT_KERNEL_cascade].issued),
                            "efficiency_steady", ratio(s->steady_active, s->steady_issued), "divergent_branches",
                            ratio(s->mixed_record, s->warp_steps), "mixed_daughters",
                            ratio(s->mixed_daughter, s->warp_steps), "stack_depth_max", deepest, "stack_depth", depth));
    else
        json_decref(depth);
    if (failed == 0) return root;
    json_decref(root);
    return NULL;
}

static json_t *result_to_json(const struct eot_bench_result *r, bool is_simt) {
    json_t *root = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:i, s:f}", "schema", "eotmc-bench/1", "case", r->name,
                             "what", r->what, "n", (json_int_t)r->n, "device", r->device, "driver", r->driver, "cores",
                             r->compute_units, "tables_s", r->tables_s);
    int failed = root == NULL;
    if (r->tally_hash[0] != '\0') failed |= json_object_set_new(root, "tally_hash", json_string(r->tally_hash));
    if (is_simt) {
        failed |= json_object_set_new(root, "simt", simt_to_json(r));
    } else {
        json_t *spread = json_object();
        for (int m = 0; m < EOT_N_BENCH_METRIC; m++) {
            const struct eot_bench_spread *s = &r->metric[m];
            if (!s->is_there) continue;
            failed |= json_object_set_new(root, eot_bench_metric_name[m], json_real(s->median));
            failed |= json_object_set_new(spread, eot_bench_metric_name[m],
                                          json_pack("{s:f, s:f, s:f, s:s}", "min", s->min, "median", s->median, "max",
                                                    s->max, "unit", eot_bench_metric_unit[m]));
        }
        failed |= json_object_set_new(root, "jit_s", json_real(r->jit_s));
        failed |= json_object_set_new(root, "rounds", json_integer(r->n_round));
        failed |= json_object_set_new(root, "spread", spread);
    }
    if (!failed) return root;
    json_decref(root);
    return NULL;
}

static enum eot_status print_json(const struct eot_bench_result *list, size_t n, bool is_simt, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *cases = json_array();
    if (n == 1) {
        EOT_TRY(eot_json_print(result_to_json(&list[0], is_simt), EOT_JSON_EXACT, err));
        goto done;
    }
    for (size_t i = 0; i < n; i++) EOT_TRY(eot_json_append(cases, result_to_json(&list[i], is_simt), err));
    EOT_TRY(eot_json_print(json_pack("{s:s, s:O}", "schema", "eotmc-bench/1", "cases", cases), EOT_JSON_EXACT, err));
done:
    json_decref(cases);
    return status;
}

/* The ratios to a file's results, beside a document on stderr. @param now a file; NULL: the list. */
static enum eot_status print_against(const struct eot_bench_result *list, size_t n, const char *now, const char *then,
                                     FILE *out, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *old = NULL, *new = NULL, *cases = json_array();
    EOT_TRY(eot_bench_document_read(then, &old, err));
    if (now != NULL) EOT_TRY(eot_bench_document_read(now, &new, err));
    for (size_t i = 0; i < n; i++) EOT_TRY(eot_json_append(cases, result_to_json(&list[i], false), err));
    if (now == NULL) new = json_pack("{s:O}", "cases", cases);
    EOT_CHECK_MEMORY(new);
    EOT_TRY(eot_bench_against(new, old, then, out, err));
done:
    json_decref(old);
    json_decref(new);
    json_decref(cases);
    return status;
}

static void print_text(const struct eot_bench_result *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct eot_bench_result *r = &list[i];
        printf("%s%s: %s\n", i > 0 ? "\n" : "", r->name, r->what);
        for (int m = 0; m < EOT_N_BENCH_METRIC; m++) {
            const struct eot_bench_spread *s = &r->metric[m];
            if (s->is_there)
                printf("  %-22s %12.5g   (%.4g to %.4g in %d rounds)\n", eot_bench_metric_name[m], s->median, s->min,
                       s->max, r->n_round);
        }
        printf("  %-22s %12.3g\n  %-22s %12.3g\n", "jit_s", r->jit_s, "tables_s", r->tables_s);
        if (r->tally_hash[0] != '\0' && r->n > 0)
            printf("  %-22s %.16s, of %llu primaries\n", "tally_hash", r->tally_hash, (unsigned long long)r->n);
        if (r->tally_hash[0] != '\0' && r->n == 0) printf("  %-22s %.16s\n", "tally_hash", r->tally_hash);
        printf("  %-22s %s (%s), %d cores or units\n", "device", r->device, r->driver, r->compute_units);
    }
}

static void print_simt(const struct eot_bench_result *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct eot_simt_report *s = &list[i].simt;
        printf("%s%s: %llu primaries, %d lanes\n", i > 0 ? "\n" : "", list[i].name, (unsigned long long)list[i].n,
               list[i].simt_lanes);
        for (int k = 0; k < EOT_N_KERNEL; k++)
            if (s->use[k].issued > 0)
                printf("  %-12s SIMT efficiency %6.2f %%\n", eot_kernel_name[k],
                       100.0 * ratio(s->use[k].active, s->use[k].issued));
        if (s->warp_steps == 0) continue;
        printf("  of cascade, while there were primaries to take: %.2f %%; warp-steps with a divergent branch: %.3g "
               "%%, with unlike daughters: %.3g %%\n",
               100.0 * ratio(s->steady_active, s->steady_issued), 100.0 * ratio(s->mixed_record, s->warp_steps),
               100.0 * ratio(s->mixed_daughter, s->warp_steps));
        printf("  particles on the stack:");
        for (int d = 0; d < EOT_SIMT_MAX_DEPTH; d++)
            if (s->depth[d] > 0)
                printf(" %d: %.3g %%", d, 100.0 * ratio(s->depth[d], s->use[EOT_KERNEL_cascade].active));
        printf("\n");
    }
}

enum eot_status eot_cmd_bench(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text";
    const char *against = NULL, *from = NULL;
    bool is_help = false, is_simt = false, is_list = false, is_options = false, is_quiet = false;
    uint64_t repeat = 5, eot = 0, lanes = 0, batch = 0, chunk = 0, in_flight = 0, units = 0;
    struct eot_text_list cases = {0}, positional = {0};
    struct eot_bench_options options = {.n_case = 0};
    struct eot_bench_result *result = NULL;
    size_t n_result = 0;
    const struct eot_option table[] = {
        {"case", 0, EOT_OPTION_LIST, &cases, "NAME", "one of --list; may be repeated (default: all)"},
        {"repeat", 0, EOT_OPTION_COUNT, &repeat, "N", "rounds, each with every case once (default: 5)"},
        {"eot", 0, EOT_OPTION_POSITIVE, &eot, "N",
         "primaries of a round instead of the case's own number; the hash is then another"},
        {"lanes", 0, EOT_OPTION_COUNT, &lanes, "N", "particles followed side by side (default: 0, automatic)"},
        {"batch", 0, EOT_OPTION_COUNT, &batch, "N", "primaries of a batch (default: 0, the case's own or automatic)"},
        {"chunk", 0, EOT_OPTION_COUNT, &chunk, "N", "events of a launch behind the cascade (default: 0, automatic)"},
        {"in-flight", 0, EOT_OPTION_COUNT, &in_flight, "N",
         "batches at work at a time, 1 or 2 (default: 0, automatic: see device.in_flight)"},
        EOT_ROW_DEVICE(&options.device.selector),
        {"units", 0, EOT_OPTION_POSITIVE, &units, "N", "use only N compute units (cores) of the device (default: all)"},
        {"simt", 0, EOT_OPTION_FLAG, &is_simt, NULL,
         "on the host, 32 work items in lockstep as a GPU has them: how many of the issued steps do work"},
        EOT_ROW_FORMAT_TEXT(&format),
        {"against", 0, EOT_OPTION_TEXT, &against, "FILE",
         "print the ratios of rates to those in FILE, of `eotmc bench --format json` or bench/gpu-check"},
        {"from", 0, EOT_OPTION_TEXT, &from, "FILE", "with --against: do not measure, take the rates from this file"},
        {"list", 0, EOT_OPTION_FLAG, &is_list, NULL, "list the cases and stop"},
        {"print-options", 0, EOT_OPTION_FLAG, &is_options, NULL,
         "print the build options of one case's kernels and stop"},
        {"kernel-dir", 0, EOT_OPTION_TEXT, &options.device.kernel_dir, "DIR",
         "read kernels and headers below this project root, not the built-in ones; arguments and launches must be "
         "those of this program"},
        {"no-kernel-cache", 0, EOT_OPTION_FLAG, &options.device.no_kernel_cache, NULL,
         "build the kernels anew: jit_s is then the whole of it"},
        {"quiet", 'q', EOT_OPTION_FLAG, &is_quiet, NULL, "no messages about rounds"},
        {"verbose", 'v', EOT_OPTION_FLAG, &options.device.verbose, NULL,
         "tell about the kernels' resources, launches and times"},
    };
    const struct eot_command command = {
        .name = "bench",
        .arguments = "",
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Measure named, frozen problems. Rates are medians over rounds, with the rate of Philox blocks that "
                   "the device makes at the same time; steps/s over that rate\n"
                   "(bound_fraction) is the distance to the bound, since a step draws one block. Rounds of a case must "
                   "give the same tallies.",
        .example = "eotmc bench --case cascade-cut5 --case muon --repeat 3 --format json"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    if (is_list) {
        for (size_t i = 0; eot_bench_case_name(i) != NULL; i++)
            printf("%-16s %s\n", eot_bench_case_name(i), eot_bench_case_what(i));
        goto done;
    }
    if (is_options) {
        char text[256];
        EOT_CHECK(cases.n == 1, EOT_E_USAGE,
                  "--print-options prints those of one case (%zu are given); give one --case", cases.n);
        EOT_TRY(eot_bench_kernel_options(cases.text[0], text, sizeof text, err));
        printf("%s\n", text);
        goto done;
    }
    EOT_CHECK(from == NULL || against != NULL, EOT_E_USAGE,
              "--from is given without --against; give the file to compare it with in --against");
    if (from != NULL) {
        EOT_TRY(print_against(NULL, 0, from, against, stdout, err));
        goto done;
    }
    EOT_CHECK(repeat >= 1 && repeat <= 10000, EOT_E_USAGE,
              "--repeat %llu (must be 1 to 10000); give a number in that range", (unsigned long long)repeat);
    EOT_CHECK(batch <= 1000000000, EOT_E_USAGE, "--batch %llu (at most 1000000000); give fewer",
              (unsigned long long)batch);
    EOT_CHECK(chunk <= 4194304, EOT_E_USAGE, "--chunk %llu (at most 4194304); give fewer", (unsigned long long)chunk);
    EOT_CHECK(in_flight <= 2, EOT_E_USAGE, "--in-flight %llu (at most 2); give 1 or 2", (unsigned long long)in_flight);
    EOT_CHECK(lanes <= 16777216, EOT_E_USAGE, "--lanes %llu (at most 16777216); give fewer", (unsigned long long)lanes);
    EOT_CHECK(!is_simt || options.device.selector == NULL || strcmp(options.device.selector, "host") == 0, EOT_E_USAGE,
              "--simt with --device %s (lockstep is followed on the host); leave --device out",
              options.device.selector);
    EOT_CHECK(units <= 65536, EOT_E_USAGE, "--units %llu (at most 65536); give fewer", (unsigned long long)units);
    struct eot_log log = {.level = is_quiet ? EOT_LOG_QUIET : EOT_LOG_NORMAL};
    options.n_case = cases.n;
    options.name = cases.text;
    options.repeat = (int)repeat;
    options.eot = eot;
    options.lanes = (int)lanes;
    options.batch = batch;
    options.chunk = chunk;
    options.in_flight = (int)in_flight;
    options.device.units = (int)units;
    options.log = &log;
    options.is_interrupted = eot_interrupt_catch();
    status = is_simt ? eot_bench_simt(&options, &result, &n_result, err)
                     : eot_bench_execute(&options, &result, &n_result, err);
    eot_interrupt_release();
    EOT_TRY(status);
    if (eot_format_is_json(format))
        EOT_TRY(print_json(result, n_result, is_simt, err));
    else if (is_simt)
        print_simt(result, n_result);
    else
        print_text(result, n_result);
    if (against != NULL && !is_simt)
        EOT_TRY(print_against(result, n_result, NULL, against, eot_format_is_json(format) ? stderr : stdout, err));
done:
    free(result);
    eot_text_list_free(&cases);
    eot_text_list_free(&positional);
    return status;
}
