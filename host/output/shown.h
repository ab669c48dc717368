/** @file shown.h
 * An estimate as it is shown to a reader: with its error, or its limit, or what it lacks; and two of them beside each
 * other. */
#ifndef EOT_HOST_OUTPUT_SHOWN_H
#define EOT_HOST_OUTPUT_SHOWN_H

#include "analysis/result.h"

/** "(1.602 +- 0.004)e-4"; of an empty sum "< 2.3e-9 (90 %)"; of a share that all entries have "> 0.98 (90 %)"; of a
 * single entry "1.6e-4 (no error)". @param text at least 96 bytes. */
void eot_estimate_format(char *text, size_t n_text, const struct eot_estimate *e);
/** Rows of the cut flow and categories as estimates. */
struct eot_estimate eot_cutflow_row_as_estimate(const struct eot_cutflow_row *row);
struct eot_estimate eot_category_as_estimate(const struct eot_category *category);
/** " (n_eff 3.2, poorly determined)", " (n_eff 156, of its error 7.2, poorly determined)" where a few large entries
 * make the error, "" where n_eff is not known. @param text at least 80 bytes. */
void eot_support_format(char *text, size_t n_text, const struct eot_estimate *e);

/** How two estimates of one quantity agree: "+1.3", their difference in standard deviations; a limit is compared as a
 * limit: "within the limit", "beyond the limit" (by more than 1.28 standard deviations, 90 %); "(+1.3)" where one of
 * them is poorly determined; "" where nothing can be said. @param text at least 32 bytes. */
void eot_estimates_compare(char *text, size_t n_text, const struct eot_estimate *a, const struct eot_estimate *b);

#endif
