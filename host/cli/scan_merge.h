/** @file scan_merge.h
 * Parts of a scan put together. */
#ifndef EOT_HOST_CLI_SCAN_MERGE_H
#define EOT_HOST_CLI_SCAN_MERGE_H

#include "cli/merge_runs.h"

/** `eotmc merge` of parts of a scan: the parts of each point, then the tables. @return as eot_merge_runs; EOT_E_USAGE
 * for parts of different scans. */
enum eot_status eot_scan_merge(const struct eot_merge_parts *parts, const char *path, bool forces,
                               struct eot_error *err);

#endif
