/** @file setup_figure.h
 * A picture of a set-up: a cut through it along the beam, to scale, labelled. */
#ifndef EOT_HOST_OUTPUT_SETUP_FIGURE_H
#define EOT_HOST_OUTPUT_SETUP_FIGURE_H

#include "geometry/setup.h"

enum eot_view { EOT_VIEW_SIDE, EOT_VIEW_TOP }; /* vertical axis of the picture: y, x */

/** Write folder/<name>.png, .gp and .dat. @return EOT_E_IO (folder, gnuplot), EOT_E_MEMORY. */
enum eot_status eot_output_setup_figure(const char *folder, const char *name, enum eot_view view,
                                        const struct eot_config *config, const struct eot_setup *setup,
                                        struct eot_error *err);

/** A piece of a track. */
struct eot_figure_line {
    double z_0, v_0, z_1, v_1; /* cm; v is the vertical axis of the picture */
    const char *colour;        /* "0xRRGGBB" */
};
/** What is drawn over a set-up. */
struct eot_figure_overlay {
    const char *subtitle; /* goes on from "<name>: top view" */
    const struct eot_figure_line *line;
    size_t n_line;
    bool zooms; /* the picture ends where the lines do, and its axes have scales of their own */
};
/** The same picture with lines drawn over it. */
enum eot_status eot_output_event_figure(const char *folder, const char *name, enum eot_view view,
                                        const struct eot_config *config, const struct eot_setup *setup,
                                        const struct eot_figure_overlay *overlay, struct eot_error *err);

/** The folder and the bare name of a picture "folder/name.png". @return EOT_E_USAGE if it is not the name of a PNG
 * file. */
enum eot_status eot_output_split_picture(const char *path, char *folder, size_t folder_size, char *name,
                                         size_t name_size, struct eot_error *err);

#endif
