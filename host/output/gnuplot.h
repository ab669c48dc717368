/** @file gnuplot.h
 * A figure as three files beside each other: <name>.dat, <name>.gp (which reads the data by its bare name and can be
 * run again by hand), <name>.png. */
#ifndef EOT_HOST_OUTPUT_GNUPLOT_H
#define EOT_HOST_OUTPUT_GNUPLOT_H

#include <stddef.h>

#include "base/error.h"

/** Text made piece by piece with snprintf's formats; without memory it stays empty and is_failed is set. */
struct eot_text {
    char *text;
    size_t n, n_allocated;
    int is_failed;
};
void eot_text_add(struct eot_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void eot_text_free(struct eot_text *text);
/** Add a text as a gnuplot string in single quotes in which nothing is special, to gnuplot or its enhanced mode; % is
 * doubled if it is a tic label. */
void eot_text_add_quoted(struct eot_text *text, const char *plain, int is_tic_label);

/** Write data and script, run gnuplot in the folder, check that the picture is complete and give it its name.
 * @param width @param height pixels. @param body the script after the terminal and `set output` are set. @return
 * EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_gnuplot_figure(const char *folder, const char *name, size_t width, size_t height,
                                   const struct eot_text *data, const struct eot_text *body, struct eot_error *err);

/** The same in other forms than PNG, or in several. @param forms bits of enum eot_picture_form (config/config.h), at
 * least one. */
struct eot_picture {
    const char *folder, *name;
    size_t width, height; /* pixels */
    int forms;
};
enum eot_status eot_gnuplot_picture(const struct eot_picture *picture, const struct eot_text *data,
                                    const struct eot_text *body, struct eot_error *err);

/** The picture of a figure that eot_gnuplot_figure made, as <name>.svg and <name>.pdf too. @return EOT_E_IO. */
enum eot_status eot_gnuplot_vectors(const char *folder, const char *name, struct eot_error *err);

#endif
