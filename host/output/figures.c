/** @file figures.c
 * The figures of a run: its histograms, its cut flows, and the cells of its ECAL as a map. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "geometry/setup.h"
#include "output/figure_axes.h"
#include "output/file.h"
#include "output/format.h"
#include "output/output.h"
#include "output/sinks.h"

/** Figures that are made one after the other: one that fails costs that figure only. */
struct gallery {
    const char *folder;
    const struct eot_result *result;
    const struct eot_config *config; /* NULL: no cuts are drawn, cells stay in a row */
    int forms;
    size_t n_failed;
    struct eot_error first; /* failure */
};

enum { MOST_NUMBERS = 5 }; /* of the axis beside the numbers of a cut flow */

/** What is left by a cut, as a number: a limit where nothing is. */
static void cut_number(const struct eot_cutflow_row *c, char *number, size_t n_number) {
    char text[96], digits[32];
    if (c->is_not_applied)
        snprintf(number, n_number, "not applied");
    else if (c->weighted == 0.0 && c->upper_limit_90 > 0.0) {
        snprintf(digits, sizeof digits, "%.1e", c->upper_limit_90);
        eot_uncertain_format(text, sizeof text, strtod(digits, NULL), 0.0, EOT_FORMAT_FIGURE);
        snprintf(number, n_number, "< %s (90 %%)", text);
    } else
        eot_uncertain_format(number, n_number, c->weighted, c->std_error, EOT_FORMAT_FIGURE);
}

/** Horizontal bars, the first cut on top, with numbers. */
static enum eot_status cutflow_figure(const struct gallery *g, const char *name, const struct eot_cutflow_row *cutflow,
                                      size_t n_cutflow, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, script = {0};
    double smallest = DBL_MAX, largest = 0.0;
    size_t n_longest = 0;
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        if (c->weighted > 0.0) smallest = fmin(smallest, c->weighted);
        largest = fmax(largest, c->weighted);
        if (strlen(c->cut) > n_longest) n_longest = strlen(c->cut);
    }
    if (largest <= 0.0) smallest = largest = 1.0;
    double low = pow(10.0, floor(log10(smallest)) - 1.0), high = pow(10.0, ceil(log10(largest * 1.0001)));
    eot_text_add(&data, "# row events per_%s std_error\n", g->result->per);
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        eot_text_add(&data, "%zu %.9g %.9g %.9g # %s\n", n_cutflow - i, c->events, c->weighted, c->std_error, c->cut);
    }
    eot_text_add(&script, "set title 'Cut flow' font ',24' offset 0, -0.3\nset xlabel ");
    char axis[32];
    snprintf(axis, sizeof axis, "events per %s", g->result->per);
    eot_text_add_quoted(&script, axis, 0);
    eot_text_add(&script, "\nlow = %.6g\nset xrange [low:%.6g]\n", low, high);
    eot_figure_log_tics_most(&script, 'x', low, high, MOST_NUMBERS);
    eot_text_add(&script, "set yrange [0.4:%.1f]\nset ytics scale 0 (", (double)n_cutflow + 0.6);
    for (size_t i = 0; i < n_cutflow; i++) {
        eot_text_add(&script, "%s", i > 0 ? ", " : "");
        eot_text_add_quoted(&script, cutflow[i].cut, 1);
        eot_text_add(&script, " %zu", n_cutflow - i);
    }
    eot_text_add(&script, ")\n");
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        char number[112];
        cut_number(c, number, sizeof number);
        eot_text_add(&script,
                     "set label %zu \"%s\\n{/*0.75 %.*f events%s}\" at graph 1.03, first %zu left offset 0, 0.3\n",
                     i + 1, number, c->events == floor(c->events) ? 0 : 1, c->events,
                     c->is_poorly_determined && c->weighted > 0.0 ? ", poorly determined" : "", n_cutflow - i);
    }
    eot_figure_provenance(&script, g->result);
    eot_text_add(&script,
                 "set minussign\nset border 3 linewidth 0.8\nset xtics nomirror\nset lmargin %zu\nset rmargin 25\nset "
                 "bmargin 4.2\n"
                 "unset key\nset style fill solid 0.75 noborder\n"
                 "plot '%s.dat' using 3:1:(low):($3 > low ? $3 : low):($1 - 0.3):($1 + 0.3) with boxxyerror "
                 "linecolor '%s', \\\n"
                 "     '' using ($3 - $4 > low ? $3 - $4 : low):($3 > 0 ? $1 : NaN):($3 + $4 - ($3 - $4 > low ? $3 - "
                 "$4 : low)):(0) "
                 "with vectors nohead linecolor 'black' linewidth 1\n",
                 (size_t)(3.0 + 0.95 * fmax(12.0, fmin(40.0, (double)n_longest))), name, eot_figure_colour[0]);
    EOT_TRY(eot_gnuplot_picture(&(struct eot_picture){g->folder, name, 1600, 250 + 90 * n_cutflow, g->forms}, &data,
                                &script, err));
done:
    eot_text_free(&data);
    eot_text_free(&script);
    return status;
}

/** Columns of the ECAL's cells; 0 where it has one cell, or none. */
static size_t cells_of(const struct eot_config *config) {
    for (size_t i = 0; config != NULL && i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role == EOT_ROLE_ECAL && v->cells_x * v->cells_y > 1) return (size_t)v->cells_x;
    }
    return 0;
}

/** Contents of a histogram over cells (number x + y n_x) as a map, with its numbers. */
static enum eot_status cells_figure(const struct gallery *g, const char *name, const struct eot_histogram *h,
                                    size_t n_x, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, script = {0};
    const size_t n_y = h->n_bin / n_x;
    const char *unit = eot_figure_unit(h->content_unit);
    double smallest = DBL_MAX, largest = 0.0;
    char label[96];
    eot_text_add(&data, "# %s: x y content [%s] std_error\n", h->name, h->content_unit);
    for (size_t i = 0; i < n_x * n_y; i++) {
        double value = h->values[i];
        eot_text_add(&data, "%zu %zu %.6g %.3g%s\n", i % n_x, i / n_x, value, sqrt(h->variances[i]),
                     i % n_x + 1 == n_x ? "\n" : "");
        if (value > 0.0) smallest = fmin(smallest, value);
        largest = fmax(largest, value);
    }
    if (!(largest > 0.0)) smallest = largest = 1.0;
    eot_text_add(&script, "set title ");
    eot_text_add_quoted(&script, h->title, 0);
    snprintf(label, sizeof label, "%s%s%s%s", h->content[0] != '\0' ? h->content : "content",
             unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "");
    eot_text_add(&script, " font ',24' offset 0, -0.3\nset cblabel ");
    eot_text_add_quoted(&script, label, 0);
    eot_text_add(
        &script,
        " offset 1.5, 0\nset xlabel 'cell along x'\nset ylabel 'cell along y'\nset xrange [-0.5:%zu.5]\nset yrange "
        "[-0.5:%zu.5]\nset xtics 1 scale 0\nset ytics 1 scale 0\nset size ratio -1\nset palette defined (0 "
        "'#FDE725', 0.25 '#5EC962', 0.5 '#21918C', 0.75 '#3B528B', 1 '#440154')\nset rmargin 14\nset bmargin "
        "4.2\nset cbrange [%.6g:%.6g]\n",
        n_x - 1, n_y - 1, smallest * 0.8, largest * 1.2);
    eot_text_add(&script, "middle = %.6g\n", sqrt(smallest * largest));
    if (largest / smallest > 30.0) eot_text_add(&script, "set logscale cb\nset format cb '10^{%%L}'\n");
    eot_figure_provenance(&script, g->result);
    eot_text_add(&script, "unset key\nset minussign\nplot '%s.dat' using 1:2:($3 > 0 ? $3 : NaN) with image%s\n", name,
                 h->n_bin <= 100 ? ", \\\n     '' using 1:2:(sprintf('%.2g', $3)):($3 > middle ? 0xFFFFFF : 0) with "
                                   "labels font ',13' textcolor rgb variable"
                                 : "");
    EOT_TRY(eot_gnuplot_picture(&(struct eot_picture){g->folder, name, 1200, 1000, g->forms}, &data, &script, err));
done:
    eot_text_free(&data);
    eot_text_free(&script);
    return status;
}

static int is_hcal(const struct eot_histogram *h) {
    unsigned module;
    int n = 0;
    return sscanf(h->name, "hcal%u.energy%n", &module, &n) == 1 && n > 0 && h->name[n] == '\0';
}

static void note(struct gallery *g, enum eot_status status, const struct eot_error *error) {
    if (status != EOT_OK && g->n_failed++ == 0) g->first = *error;
}

static void draw_histograms(struct gallery *g, const char *name, const char *title,
                            const struct eot_histogram *const *histogram, size_t n) {
    struct eot_error error = {.status = EOT_OK};
    note(g,
         eot_output_figure(&(struct eot_figure){.folder = g->folder,
                                                .name = name,
                                                .title = title,
                                                .histogram = histogram,
                                                .n = n,
                                                .result = g->result,
                                                .config = g->config,
                                                .forms = g->forms},
                           &error),
         &error);
}

static void draw_histogram(struct gallery *g, const char *name, const struct eot_histogram *h) {
    struct eot_error error = {.status = EOT_OK};
    size_t n_x = strcmp(h->name, "ecal.cell_energy") == 0 ? cells_of(g->config) : 0;
    if (n_x > 0)
        note(g, cells_figure(g, name, h, n_x, &error), &error);
    else
        draw_histograms(g, name, h->title[0] != '\0' ? h->title : h->name, &h, 1);
}

static void draw_cutflow(struct gallery *g, const char *name, const struct eot_cutflow_row *row, size_t n) {
    struct eot_error error = {.status = EOT_OK};
    if (n > 0) note(g, cutflow_figure(g, name, row, n, &error), &error);
}

/** figures/<name>.png (or what output.figures says) with its gnuplot script <name>.gp and data <name>.dat: one figure
 * of all hcal*.energy (hcal_energy), one for each other histogram (dots in the name become _) and the cut flow. What
 * the result lacks is skipped. All are tried. @return EOT_E_IO with the message of the first that failed; without
 * gnuplot it names the package; EOT_E_INTERRUPTED if a signal has come before the last was drawn. */
enum eot_status eot_output_figures(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_histogram *hcal[EOT_MAX_CURVE];
    size_t n_hcal = 0;
    char *figures = eot_output_path(folder, "figures");
    struct gallery g = {.folder = figures,
                        .result = result,
                        .config = config,
                        .forms = config != NULL ? config->output.figures : EOT_PICTURE_PNG};
    EOT_CHECK_MEMORY(figures);
    EOT_TRY(eot_result_check(result, err));
    EOT_TRY(eot_output_prepare(figures, err));
    for (size_t i = 0; i < result->n_histogram; i++) {
        const struct eot_histogram *h = &result->histogram[i];
        char name[sizeof h->name];
        if (is_hcal(h) && n_hcal < EOT_MAX_CURVE) {
            hcal[n_hcal++] = h;
            continue;
        }
        snprintf(name, sizeof name, "%s", h->name);
        for (char *c = name; *c != '\0'; c++)
            if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *c) == NULL) *c = '_';
        draw_histogram(&g, name, h);
    }
    if (n_hcal > 0) draw_histograms(&g, "hcal_energy", "Energy in the HCAL modules", hcal, n_hcal);
    draw_cutflow(&g, "cutflow", result->cutflow, result->n_cutflow);
    for (size_t i = 0; i < result->n_selection; i++) {
        const struct eot_selection_result *s = &result->selection[i];
        char name[96];
        snprintf(name, sizeof name, "selection_%s_cutflow", s->name);
        draw_cutflow(&g, name, s->cutflow, s->n_cutflow);
    }
    EOT_CHECK(g.n_failed == 0, g.first.status == EOT_E_INTERRUPTED ? EOT_E_INTERRUPTED : EOT_E_IO,
              "%zu figures were not made: %s", g.n_failed, g.first.text);
done:
    free(figures);
    return status;
}
