/** @file setup_figure.h
 * A picture of a set-up: a cut through it along the beam, to scale, labelled. */
#ifndef EOT_HOST_OUTPUT_SETUP_FIGURE_H
#define EOT_HOST_OUTPUT_SETUP_FIGURE_H

#include "setup/setup.h"

enum eot_view { EOT_VIEW_SIDE, EOT_VIEW_TOP }; /* vertical axis of the picture: y, x */

/** Write folder/<name>.png, .gp and .dat. @return EOT_E_IO (folder, gnuplot), EOT_E_MEMORY. */
enum eot_status eot_output_setup_figure(const char *folder, const char *name, enum eot_view view, const struct eot_config *config,
                                        const struct eot_setup *setup, struct eot_error *err);

#endif
