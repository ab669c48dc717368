/* eotmc merge: parts of a run, or of a scan, put together. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/merge_runs.h"
#include "cli/option_rows.h"
#include "cli/scan.h"
#include "cli/scan_merge.h"
#include "output/file.h"

enum eot_status eot_cmd_merge(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *path = NULL;
    bool is_help = false, forces = false;
    struct eot_text_list positional = {0};
    struct eot_merge_parts parts = {0};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &path, "DIR", "folder of the merged run"},
        {"force", 0, EOT_OPTION_FLAG, &forces, NULL, "remove the files of the run in that folder first"},
    };
    const struct eot_command command = {
        .name = "merge",
        .arguments = "DIR...",
        .min_positional = 1,
        .max_positional = 100000,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary =
            "Put parts of one run together (run --shard or --range, in any order, whole or interrupted): the "
            "result is that of one run, bit for bit.\n"
            "A folder that holds folders shard-I-of-N stands for these; of parts of a scan, each point is merged. "
            "Parts that share primaries, or are of "
            "different runs, are refused; what is missing is listed.",
        .example = "eotmc merge out/part-0 out/part-1 -o out/whole"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_CHECK(path != NULL, EOT_E_USAGE, "no folder for the merged run; give one with -o DIR");
    for (size_t i = 0; i < positional.n; i++) EOT_TRY(eot_merge_parts_find(&parts, positional.text[i], err));
    size_t n_scan = 0;
    for (size_t i = 0; i < parts.n; i++) n_scan += eot_output_has(parts.folder[i], EOT_SCAN_FILE);
    EOT_CHECK(n_scan == 0 || n_scan == parts.n, EOT_E_USAGE,
              "some of the folders are of a scan, others of one run; merge them by themselves");
    EOT_TRY(n_scan > 0 ? eot_scan_merge(&parts, path, forces, err) : eot_merge_runs(&parts, path, forces, false, err));
done:
    eot_merge_parts_free(&parts);
    eot_text_list_free(&positional);
    return status;
}
