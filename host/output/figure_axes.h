/** @file figure_axes.h
 * What figures of histograms and scans share: colours, ticks of logarithmic axes, the line in the corner. */
#ifndef EOT_HOST_OUTPUT_FIGURE_AXES_H
#define EOT_HOST_OUTPUT_FIGURE_AXES_H

#include "analysis/result.h"
#include "config/config.h"
#include "output/gnuplot.h"

/** Curves that can be told apart in one figure, by colour (Okabe and Ito's, distinguishable with every kind of colour
 * vision) and by type of line. */
#define EOT_MAX_CURVE 6
extern const char *const eot_figure_colour[EOT_MAX_CURVE], *const eot_figure_dash[EOT_MAX_CURVE];

/** Ticks of a logarithmic axis from low to high, at least three of them with their numbers if these are a factor of
 * 5 apart: powers of ten, where there
 * are few also 2 and 5 times these, or all. @param axis 'x' or 'y'. @param low > 0. */
void eot_figure_log_tics(struct eot_text *script, char axis, double low, double high);
/** The same on an axis that has room for `most` numbers: more than that are powers of ten alone. */
void eot_figure_log_tics_most(struct eot_text *script, char axis, double low, double high, size_t most);
/** The cuts of a configuration that act on what a histogram shows, by its name (behind "selection.NAME.").
 * @param config NULL: none. @return their number. */
#define EOT_MAX_FIGURE_CUT 2
size_t eot_figure_cuts(const struct eot_config *config, const char *name, double cut[EOT_MAX_FIGURE_CUT]);
/** Which run made the figure, small, in the corner. @param result NULL: several. */
void eot_figure_provenance(struct eot_text *script, const struct eot_result *result);
/** A unit as it is printed: X0 with its index, nothing for pure numbers. */
const char *eot_figure_unit(const char *unit);

#endif
