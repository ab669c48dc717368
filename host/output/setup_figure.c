/** @file setup_figure.c
 * Boxes in the colour of their role (after Okabe and Ito's palette), active layers as stripes where they can be told
 * apart, and labels in a row above the set-up, or in two or three when one is too short, each with a line to its
 * volume. */
#include "output/setup_figure.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/gnuplot.h"
#include "version.h"

#define MAX_WIDTH 2000.0 /* pixels of the picture */
#define MAX_HEIGHT 1400.0
#define MARGIN_LEFT 150.0 /* pixels around the axes */
#define MARGIN_RIGHT 40.0
#define MARGIN_TOP 70.0
#define MARGIN_BOTTOM 105.0
#define LETTER 9.6 /* pixels, mean width of a letter of the labels */
#define LINE 27.0  /* pixels between lines of text */
#define MAX_ROW 3
#define ROW (2.7 * LINE) /* pixels between rows of labels */
#define THIN 5.0         /* pixels: thinner volumes are drawn this wide, to be seen */

struct label {
    const struct eot_volume_config *volume;
    double z, top;     /* cm: middle and upper edge of the volume */
    double half, text; /* cm: half the width of the text with a gap, and where its middle is */
    int row;
    char name[64], depth[64];
};

/* What the picture shows, and its labels. */
struct frame {
    double z_min, z_max, low, high; /* cm */
    double scale_z, scale;          /* pixels per cm along and across the beam */
    double first_row;               /* cm, of labels */
    struct label *label;
    size_t n_label;
};

/** Where the lines are, with a margin of a twentieth, inside the frame. */
static void zoom(const struct eot_figure_overlay *overlay, struct frame *f) {
    double end[4] = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (size_t i = 0; i < overlay->n_line; i++) {
        const struct eot_figure_line *l = &overlay->line[i];
        end[0] = fmin(end[0], fmin(l->z_0, l->z_1));
        end[1] = fmax(end[1], fmax(l->z_0, l->z_1));
        end[2] = fmin(end[2], fmin(l->v_0, l->v_1));
        end[3] = fmax(end[3], fmax(l->v_0, l->v_1));
    }
    for (int a = 0; a < 4; a += 2) {
        double margin = fmax(0.05 * (end[a + 1] - end[a]), 0.5); /* cm */
        end[a] -= margin;
        end[a + 1] += margin;
    }
    f->z_min = fmax(f->z_min, end[0]);
    f->z_max = fmin(f->z_max, end[1]);
    f->low = fmax(f->low, end[2]);
    f->high = fmin(f->high, end[3]);
}

static const char *role_colour(int role) {
    static const char *const colours[] = {"0x999999", "0x0072B2", "0xE69F00", "0x56748C", "0x009E73", "0xCC79A7"};
    return colours[role];
}

static double half_size(const struct eot_volume_config *v, enum eot_view view) {
    return (view == EOT_VIEW_SIDE ? v->size_y : v->size_x) / 2;
}
static double centre(const struct eot_volume_config *v, enum eot_view view) {
    return view == EOT_VIEW_SIDE ? v->center_y : v->center_x;
}

/** The two lines of a volume's label: name, and what it is in numbers. */
static void label_text(struct label *label, const struct eot_setup *setup) {
    const struct eot_volume_config *v = label->volume;
    double X0 = eot_setup_volume_X0(setup, v), lambda = eot_setup_volume_lambda_int(setup, v),
           field = sqrt(v->field[0] * v->field[0] + v->field[1] * v->field[1] + v->field[2] * v->field[2]);
    snprintf(label->name, sizeof label->name, "%s", v->name);
    if (field > 0)
        snprintf(label->depth, sizeof label->depth, "%.3g T, %.3g T m", field, field * v->thickness / 100);
    else if (lambda >= 0.5)
        snprintf(label->depth, sizeof label->depth, "%.1f X₀, %.2f λ", X0, lambda);
    else if (v->role == EOT_ROLE_TRACKER)
        snprintf(label->depth, sizeof label->depth, "%.3g × %.3g cm", v->size_x, v->size_y);
    else
        snprintf(label->depth, sizeof label->depth, "%.2g X₀", X0);
}

static size_t text_length(const char *utf8) {
    size_t n = 0;
    for (; *utf8 != '\0'; utf8++) n += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return n;
}

static int by_z(const void *a, const void *b) {
    double x = ((const struct label *)a)->z, y = ((const struct label *)b)->z;
    return (x > y) - (x < y);
}

/** Spread the labels of one row so that none overlap: neighbours that do move apart, by half of it each, until none is
 * left. */
static void spread_row(struct label **label, size_t n, double z_min, double z_max) {
    for (int round = 0; round < 200; round++) {
        bool is_moved = false;
        for (size_t i = 0; i + 1 < n; i++) {
            double overlap = label[i]->text + label[i]->half - (label[i + 1]->text - label[i + 1]->half);
            if (overlap <= 1e-9 * (z_max - z_min)) continue;
            label[i]->text -= overlap / 2;
            label[i + 1]->text += overlap / 2;
            is_moved = true;
        }
        for (size_t i = 0; i < n; i++)
            label[i]->text = fmin(fmax(label[i]->text, z_min + label[i]->half), z_max - label[i]->half);
        if (!is_moved) break;
    }
}

/** Where the labels stand. @return rows used. */
static int place_labels(struct label *label, size_t n, double scale, double z_min, double z_max) {
    double total = 0;
    qsort(label, n, sizeof *label, by_z);
    for (size_t i = 0; i < n; i++) {
        size_t letters = text_length(label[i].name), other = text_length(label[i].depth);
        label[i].half = (0.5 * LETTER * (double)(letters > other ? letters : other) + LETTER) / scale;
        label[i].text = label[i].z;
        total += 2 * label[i].half;
    }
    int rows = (int)ceil(total / (0.95 * (z_max - z_min)));
    rows = rows < 1 ? 1 : rows > MAX_ROW ? MAX_ROW : rows;
    struct label **row = calloc(n, sizeof *row);
    for (int k = 0; row != NULL && k < rows; k++) {
        size_t n_row = 0;
        for (size_t i = (size_t)k; i < n; i += (size_t)rows) {
            label[i].row = k;
            row[n_row++] = &label[i];
        }
        spread_row(row, n_row, z_min, z_max);
    }
    free(row);
    return rows;
}

/** Boxes, stripes, lines and labels as blocks of the data file. */
static void add_data(struct eot_text *data, const struct eot_config *config, enum eot_view view,
                     const struct frame *f) {
    const struct eot_geometry_config *g = &config->geometry;
    eot_text_add(
        data, "# boxes: z_low z_high low high [cm] colour; volumes thinner than %g pixels are widened to that\n", THIN);
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        double c = centre(v, view), h = half_size(v, view), z = v->z + v->thickness / 2,
               d = fmax(v->thickness, THIN / f->scale_z) / 2;
        double low = fmax(c - h, f->low), high = fmin(c + h, f->high);
        if (low < high) /* beside the picture there is none */
            eot_text_add(data, "%.9g %.9g %.9g %.9g %s # %s\n", z - d, z + d, low, high, role_colour(v->role), v->name);
    }
    eot_text_add(data, "\n\n# stripes: the active layers of layered volumes: z_low z_high low high\n");
    size_t n_stripe = 0;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        double c = centre(v, view), h = half_size(v, view), z = v->z;
        if (v->n_layer < 2 || v->thickness / v->repeat * f->scale_z < 3) continue;
        for (int k = 0; k < v->repeat; k++)
            for (size_t l = 0; l < v->n_layer; l++) {
                if (v->layer[l].active) {
                    eot_text_add(data, "%.9g %.9g %.9g %.9g\n", z, z + v->layer[l].thickness, fmax(c - h, f->low),
                                 fmin(c + h, f->high));
                    n_stripe++;
                }
                z += v->layer[l].thickness;
            }
    }
    if (n_stripe == 0) eot_text_add(data, "NaN NaN NaN NaN\n");
    eot_text_add(
        data,
        "\n\n# labels with lines to their volumes: z_volume top_of_volume z_text low_of_text \"numbers\" \"name\"\n");
    for (size_t i = 0; i < f->n_label; i++) {
        const struct label *label = &f->label[i];
        const struct eot_volume_config *v = label->volume;
        double inset =
            fmin(v->thickness / 2,
                 0.15 * v->thickness + 4 / f->scale_z); /* the line meets the volume below the text where it can */
        double z = fmin(fmax(label->text, fmax(v->z, f->z_min) + inset), fmin(v->z + v->thickness, f->z_max) - inset);
        eot_text_add(data, "%.9g %.9g %.9g %.9g \"%s\" \"%s\"\n", z, label->top, label->text,
                     f->first_row + label->row * ROW / f->scale, label->depth, label->name);
    }
}

enum eot_status eot_output_split_picture(const char *path, char *folder, size_t folder_size, char *name,
                                         size_t name_size, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *slash = strrchr(path, '/'), *file = slash != NULL ? slash + 1 : path;
    size_t n = strlen(file), n_folder = slash != NULL ? (size_t)(slash - path) : 0;
    EOT_CHECK(n > 4 && strcmp(file + n - 4, ".png") == 0 && n - 4 < name_size && n_folder < folder_size, EOT_E_USAGE,
              "--figure %s (not the name of a PNG file); write --figure FILE.png", path);
    snprintf(folder, folder_size, "%.*s",
             slash == path   ? 1
             : slash != NULL ? (int)n_folder
                             : 1,
             slash != NULL ? path : ".");
    snprintf(name, name_size, "%.*s", (int)(n - 4), file);
done:
    return status;
}

/** The labels of what is in the picture. @return the highest edge of these volumes in it [cm]. */
static double add_labels(struct frame *f, const struct eot_geometry_config *g, const struct eot_setup *setup,
                         enum eot_view view) {
    double top = f->low;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        double z_0 = fmax(v->z, f->z_min), z_1 = fmin(v->z + v->thickness, f->z_max), c = centre(v, view),
               half = half_size(v, view);
        if (!(z_0 < z_1) || c - half >= f->high || c + half <= f->low) continue;
        struct label *label = &f->label[f->n_label++];
        *label = (struct label){.volume = v, .z = (z_0 + z_1) / 2, .top = fmin(c + half, f->high)};
        label_text(label, setup);
        top = fmax(top, label->top);
    }
    return top;
}

enum eot_status eot_output_setup_figure(const char *folder, const char *name, enum eot_view view,
                                        const struct eot_config *config, const struct eot_setup *setup,
                                        struct eot_error *err) {
    return eot_output_event_figure(folder, name, view, config, setup,
                                   &(struct eot_figure_overlay){.subtitle = ", to scale"}, err);
}

enum eot_status eot_output_event_figure(const char *folder, const char *name, enum eot_view view,
                                        const struct eot_config *config, const struct eot_setup *setup,
                                        const struct eot_figure_overlay *overlay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    const int axis = view == EOT_VIEW_SIDE ? 1 : 0;
    struct frame f = {.z_min = g->world_min[2],
                      .z_max = g->world_max[2],
                      .low = g->world_min[axis],
                      .high = g->world_max[axis],
                      .label = calloc(g->n_volume, sizeof *f.label)};
    static const char *const beams[] = {"e⁻", "e⁺", "γ", "μ⁻", "μ⁺"};
    struct eot_text data = {0}, body = {0};
    char title[256];
    EOT_CHECK_MEMORY(f.label);

    if (overlay->zooms) zoom(overlay, &f);
    f.scale_z = (MAX_WIDTH - MARGIN_LEFT - MARGIN_RIGHT) / (f.z_max - f.z_min);
    f.scale = (MAX_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM - 200) / (f.high - f.low);
    if (!overlay->zooms) f.scale_z = f.scale = fmin(f.scale_z, f.scale);
    double top = add_labels(&f, g, setup, view);
    int rows = place_labels(f.label, f.n_label, f.scale_z, f.z_min, f.z_max);
    f.first_row = top + 2.2 * LINE / f.scale;
    double y_top = fmax(f.high, f.first_row + (rows * ROW - 0.6 * LINE) / f.scale),
           plot_width = (f.z_max - f.z_min) * f.scale_z, plot_height = (y_top - f.low) * f.scale;
    double width = plot_width + MARGIN_LEFT + MARGIN_RIGHT, height = plot_height + MARGIN_TOP + MARGIN_BOTTOM;
    if (width < 900) width = 900; /* room for the title; the axes keep their size */
    add_data(&data, config, view, &f);
    if (overlay->n_line > 0) eot_text_add(&data, "\n\n# lines: z v z v [cm] colour\n");
    for (size_t i = 0; i < overlay->n_line; i++) {
        const struct eot_figure_line *line = &overlay->line[i];
        eot_text_add(&data, "%.9g %.9g %.9g %.9g %s\n", line->z_0, line->v_0, line->z_1, line->v_1, line->colour);
    }

    snprintf(title, sizeof title, "%s: %s view%s", config->name, view == EOT_VIEW_SIDE ? "side" : "top",
             overlay->subtitle);
    eot_text_add(&body, "set title ");
    eot_text_add_quoted(&body, title, 0);
    eot_text_add(&body,
                 " font ',22' offset 0, -0.2\nset label 1 'eotmc %s' at screen 0.99, screen 0.02 right font ',13' "
                 "textcolor '#808080'\n",
                 EOT_VERSION);
    eot_text_add(&body,
                 "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset bmargin at screen %.6f\nset tmargin at "
                 "screen %.6f\n",
                 MARGIN_LEFT / width, (MARGIN_LEFT + plot_width) / width, MARGIN_BOTTOM / height,
                 (MARGIN_BOTTOM + plot_height) / height);
    eot_text_add(&body,
                 "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\nset xlabel 'z [cm]' font ',18' offset 0, 0.3\nset "
                 "ylabel '%c [cm]' font ',18' offset 1, 0\n",
                 f.z_min, f.z_max, f.low, y_top, "xy"[axis]);
    eot_text_add(&body, "set tics front out nomirror font ',16'\nset mxtics 2\nset border 3 linewidth 0.8\nunset "
                        "key\nset style fill solid 0.85 border linecolor '#303030'\n");
    eot_text_add(&body,
                 "set object 1 rectangle from %.9g, %.9g to %.9g, %.9g behind fillcolor '#F4F7FA' fillstyle solid 1.0 "
                 "noborder # the world\n",
                 f.z_min, f.low, f.z_max, f.high);
    double tic = pow(10.0, floor(log10(f.high - f.low)));
    tic = (f.high - f.low) / tic < 2.5 ? tic / 4 : (f.high - f.low) / tic < 5 ? tic / 2 : tic;
    eot_text_add(&body, "set ytics %.9g, %.9g, %.9g\n", ceil(f.low / tic) * tic, tic, f.high);
    double beam = axis == 1 ? config->beam.position_y : config->beam.position_x;
    eot_text_add(
        &body,
        "set arrow 1 from %.9g, %.9g to %.9g, %.9g nohead front linecolor '#D55E00' linewidth 1 dashtype (12, 8)\n",
        f.z_min, beam, f.z_max, beam);
    snprintf(title, sizeof title, "– – beam, %.4g GeV %s", config->beam.energy, beams[config->beam.particle]);
    eot_text_add(&body, "set label 2 ");
    eot_text_add_quoted(&body, title, 0);
    eot_text_add(&body, " at graph 1, screen %.6f right font ',16' textcolor '#D55E00'\n",
                 1 - 0.5 * MARGIN_TOP / height);
    eot_text_add(&body,
                 "line = %.9g # height of a line of text [cm]\n"
                 "plot '%s.dat' index 0 using (0.5 * ($1 + $2)):(0.5 * ($3 + $4)):1:2:3:4:5 with boxxyerror linecolor "
                 "rgb variable linewidth 0.6, \\\n"
                 "     '' index 1 using (0.5 * ($1 + $2)):(0.5 * ($3 + $4)):1:2:3:4 with boxxyerror fillcolor "
                 "'#DCE9F2' fillstyle solid 1.0 noborder, \\\n"
                 "     '' index 2 using 1:2:($3 - $1):($4 - 0.5 * line - $2) with vectors nohead linecolor '#909090' "
                 "linewidth 0.5, \\\n"
                 "     '' index 2 using 3:4:5 with labels center font ',14' textcolor '#404040' noenhanced, \\\n"
                 "     '' index 2 using 3:($4 + line):6 with labels center font ',17' noenhanced%s\n",
                 0.95 * LINE / f.scale, name,
                 overlay->n_line > 0
                     ? ", \\\n     '' index 3 using 1:2:($3 - $1):($4 - $2):5 with vectors nohead linecolor rgb "
                       "variable linewidth 1"
                     : "");
    EOT_TRY(eot_gnuplot_figure(folder, name, (size_t)width, (size_t)height, &data, &body, err));
done:
    free(f.label);
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}
