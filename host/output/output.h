/** @file output.h
 * Writers of a run's results. Every file is written under a temporary name in the same folder and renamed when complete and flushed, so that a full disk or a
 * crash leaves no half-written file under the final name; failures are EOT_E_IO with path and reason. */
#ifndef EOT_HOST_OUTPUT_OUTPUT_H
#define EOT_HOST_OUTPUT_OUTPUT_H

#include "output/result.h"

/** Create the folder (and parents) if needed and check that it can be written, before any work is done. */
enum eot_status eot_output_prepare(const char *folder, struct eot_error *err);
/** Write bytes to folder/name atomically. */
enum eot_status eot_output_write_file(const char *folder, const char *name, const void *bytes, size_t n_bytes, struct eot_error *err);
/** summary.json, schema eotmc-summary/1. */
enum eot_status eot_output_summary(const char *folder, const struct eot_result *result, struct eot_error *err);
/** Read a summary.json back: all but events and the effective configuration. Unknown keys are ignored.
 * @param path the file. @param result filled; release with eot_result_free also after an error.
 * @return EOT_E_IO (no such file, not JSON, a missing or mistyped key by its name, a newer major schema by its name), EOT_E_MEMORY. */
enum eot_status eot_output_summary_read(const char *path, struct eot_result *result, struct eot_error *err);
/** result.h5: /histograms/<name>/{edges,values,variances}, /events, /estimates, /config (effective YAML), attributes as in summary.json's `run`. */
enum eot_status eot_output_hdf5(const char *folder, const struct eot_result *result, struct eot_error *err);
/** figures/<name>.png and its gnuplot script figures/<name>.gp with data files: HCAL module energies, missing energy, dimuon photon spectrum, conversion depth,
 * cut flow. A histogram that the result lacks is skipped. Without gnuplot: EOT_E_IO naming the package. */
enum eot_status eot_output_figures(const char *folder, const struct eot_result *result, struct eot_error *err);
/** The cut flow, categories, main estimates and balance as a text table on stdout. */
void eot_output_print(const struct eot_result *result);

#endif
