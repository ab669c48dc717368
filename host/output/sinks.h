/** @file sinks.h
 * Everything that a run writes into its folder: the rows of sinks.def, one function each. */
#ifndef EOT_HOST_OUTPUT_SINKS_H
#define EOT_HOST_OUTPUT_SINKS_H

#include "analysis/result.h"
#include "config/config.h"

/** Write every enabled row, in the order of sinks.def. What an earlier run left under the names of these rows is
 * removed first, so that the files of a folder always belong to one run, also where this function is cut off.
 * @param folder exists (eot_output_prepare). @param config of the run. @param result of the run. @param warnings
 * pictures that could not be made are added.
 * @return what the first row that fails returns: EOT_E_IO, EOT_E_NUMERIC, EOT_E_MEMORY; rows before it are written. */
enum eot_status eot_output_write(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_findings *warnings, struct eot_error *err);

/** The first file of an enabled row that the folder lacks or that is empty; NULL if it has all of them. */
const char *eot_output_missing(const char *folder, const struct eot_config *config);

/* The writers. Each writes its file atomically (output/file.h) and returns EOT_E_IO, EOT_E_MEMORY, or EOT_E_NUMERIC for
 * a result that eot_result_check refuses. */
#define EOT_SINK(name, file, enabled, need, write) \
    enum eot_status write(const char *folder, const struct eot_config *config, const struct eot_result *result, \
                          struct eot_error *err);
#include "output/sinks.def"
#undef EOT_SINK

#endif
