/** @file merge_runs.h
 * Parts of a run put together: what `eotmc merge` does once, and for every point of a scan. */
#ifndef EOT_HOST_CLI_MERGE_RUNS_H
#define EOT_HOST_CLI_MERGE_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** Folders of parts, in the order in which they were named. */
struct eot_merge_parts {
    size_t n;
    char **folder;
};

/** Whether a folder holds the state of a run, or a scan. */
bool eot_merge_is_part(const char *path);
/** Append a folder that is a part, or the folders shard-I-of-N in it. @return EOT_E_IO if there is neither,
 * EOT_E_MEMORY. */
enum eot_status eot_merge_parts_find(struct eot_merge_parts *parts, const char *path, struct eot_error *err);
void eot_merge_parts_free(struct eot_merge_parts *parts);

/** Put the parts of one run into a folder: its state and its results. Holes are listed on standard error.
 * @param parts one or more. @param is_quiet no results on standard output. @return as eot_merge_add; EOT_E_CONFIG for
 * other tables than those of the parts; EOT_E_USAGE for a folder that is used; EOT_E_IO. */
enum eot_status eot_merge_runs(const struct eot_merge_parts *parts, const char *path, bool forces, bool is_quiet,
                               struct eot_error *err);

#endif
