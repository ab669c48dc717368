/** @file output.h
 * Parts of the output that several commands use; what a run writes is in output/sinks.h. Every file is written under a
 * temporary name in the same folder and renamed when complete and flushed, so that a full disk or a crash leaves no
 * half-written file under the final name; failures are EOT_E_IO with path and reason. */
#ifndef EOT_HOST_OUTPUT_OUTPUT_H
#define EOT_HOST_OUTPUT_OUTPUT_H

#include "analysis/result.h"

/** Create the folder (and parents) if needed and check that it can be written, before any work is done. */
enum eot_status eot_output_prepare(const char *folder, struct eot_error *err);
/** Write bytes to folder/name atomically. */
enum eot_status eot_output_write_file(const char *folder, const char *name, const void *bytes, size_t n_bytes,
                                      struct eot_error *err);
/** The same, but the file that is replaced stays under the name `previous`. Whenever the process ends, at least one of
 * the two names has a whole file, if one had before. */
enum eot_status eot_output_replace_file(const char *folder, const char *name, const char *previous, const void *bytes,
                                        size_t n_bytes, struct eot_error *err);
/** Read a summary.json back: all but events and the effective configuration. Unknown keys are ignored.
 * @param path the file. @param result filled; release with eot_result_free also after an error.
 * @return EOT_E_IO (no such file, not JSON, a missing or mistyped key by its name, a newer major schema by its name),
 * EOT_E_MEMORY. */
enum eot_status eot_output_summary_read(const char *path, struct eot_result *result, struct eot_error *err);
/** A figure of n histograms (1 to 6) that share the axis of the first, drawn over each other. */
struct eot_figure {
    const char *folder, *name, *title;
    const struct eot_histogram *const *histogram; /* the legend shows their titles if n > 1 */
    size_t n;
    const char *what;                /* on the vertical axis; NULL: what the first histogram contains */
    const struct eot_result *result; /* the run that is named in the corner; NULL: several */
    const struct eot_config *config; /* whose cuts are drawn; NULL: none */
    bool has_ratio;                  /* the histograms divided by the first, below, if all have its bins */
    int forms;                       /* of pictures: bits of enum eot_picture_form, 0 = PNG */
};
/** Draw it. The axis ends where entries do, and what lies beyond all bins is told. @return EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_output_figure(const struct eot_figure *figure, struct eot_error *err);
/** The cut flow, categories, main estimates and balance as a text table on stdout. */
void eot_output_print(const struct eot_result *result);

#endif
