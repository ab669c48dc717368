/** @file html.h
 * Pieces of a page: texts in which nothing is special, files as data, histograms as SVG. */
#ifndef EOT_HOST_OUTPUT_HTML_H
#define EOT_HOST_OUTPUT_HTML_H

#include "analysis/result.h"
#include "output/gnuplot.h"

/** Add a text with &, <, > and quotes escaped, and bytes that are no UTF-8 as "?". */
void eot_html_add(struct eot_text *page, const char *plain);
/** Add bytes as base64, for data: addresses. */
void eot_html_add_base64(struct eot_text *page, const unsigned char *bytes, size_t n);
/** Add a histogram as an <svg> with a tooltip on every bin; colours are the page's (host/cli/report.css).
 * @param cut places of lines across it, n_cut of them. */
void eot_html_add_histogram(struct eot_text *page, const struct eot_histogram *h, const double *cut, size_t n_cut);

#endif
