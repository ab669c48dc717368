/** @file figures.c
 * The figures of a run. Colours are Okabe and Ito's (distinguishable with every kind of colour vision), told apart by
 * line type as well. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/file.h"
#include "output/format.h"
#include "output/gnuplot.h"
#include "output/output.h"
#include "output/sinks.h"
#include "version.h"

#define MAX_OVERLAY 6
#define LOG_ABOVE 50.0  /* a logarithmic axis if largest / smallest positive content exceeds this */
#define MAX_DECADES 7.0 /* shown below the largest content */

static const char *const colours[MAX_OVERLAY] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};
static const char *const dashes[MAX_OVERLAY] = {"solid", "(12, 4)", "(4, 3)", "(12, 3, 3, 3)", "(20, 4)", "(2, 2)"};

static int is_uniform(const struct eot_histogram *h) {
    double width = (h->edges[h->n_bin] - h->edges[0]) / (double)h->n_bin;
    for (size_t i = 0; i < h->n_bin; i++)
        if (fabs(h->edges[i + 1] - h->edges[i] - width) > 1e-6 * width) return 0;
    return 1;
}

/** Bins that grow by a constant factor are drawn on a logarithmic axis. */
static int is_geometric(const struct eot_histogram *h) {
    if (h->edges[0] <= 0.0 || h->n_bin < 2) return 0;
    double factor = pow(h->edges[h->n_bin] / h->edges[0], 1.0 / (double)h->n_bin);
    for (size_t i = 0; i < h->n_bin; i++)
        if (fabs(h->edges[i + 1] / h->edges[i] - factor) > 1e-4 * factor) return 0;
    return 1;
}

/** What is drawn for a bin: its content, or its density if bins differ in width. */
static double divisor(const struct eot_histogram *h, int uniform, size_t i) {
    return uniform ? 1.0 : h->edges[i + 1] - h->edges[i];
}

static const char *unit_text(const char *unit) {
    return strcmp(unit, "X0") == 0 ? "X₀" : strcmp(unit, "1") == 0 ? "" : unit;
}

struct extent {
    double smallest, largest, top; /* positive contents; top: with its error bar */
};

/** Data of one histogram as two blocks: the bins, then the outline as a polyline. */
static void add_histogram_data(struct eot_text *data, const struct eot_histogram *h, int uniform,
                               struct extent *extent) {
    eot_text_add(data, "# %s [%s]; %s; underflow %.6g, overflow %.6g per EOT\n# low high %s std_error\n", h->name,
                 h->unit, h->title, h->underflow, h->overflow, uniform ? "per_EOT_and_bin" : "per_EOT_and_unit");
    for (size_t i = 0; i < h->n_bin; i++) {
        double value = h->values[i] / divisor(h, uniform, i), error = sqrt(h->variances[i]) / divisor(h, uniform, i);
        eot_text_add(data, "%.9g %.9g %.9g %.9g\n", h->edges[i], h->edges[i + 1], value, error);
        if (value > 0.0 && value < extent->smallest) extent->smallest = value;
        if (value > extent->largest) extent->largest = value;
        if (value + error > extent->top) extent->top = value + error;
    }
    eot_text_add(data, "\n\n# outline\n%.9g 0\n", h->edges[0]);
    for (size_t i = 0; i < h->n_bin; i++) {
        double value = h->values[i] / divisor(h, uniform, i);
        eot_text_add(data, "%.9g %.9g\n%.9g %.9g\n", h->edges[i], value, h->edges[i + 1], value);
    }
    eot_text_add(data, "%.9g 0\n\n\n", h->edges[h->n_bin]);
}

/** Which run made it, small, in the corner. */
static void add_provenance(struct eot_text *script, const struct eot_result *r) {
    char text[256], number[64];
    if (r == NULL) { /* several runs */
        eot_text_add(script, "set label 99 'eotmc " EOT_VERSION
                             "' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'\n");
        return;
    }
    const struct eot_estimate *simulated = eot_result_estimate(r, "eot.simulated"),
                              *equivalent = eot_result_estimate(r, "eot.equivalent");
    const struct eot_estimate *eot = equivalent != NULL ? equivalent : simulated;
    snprintf(text, sizeof text, "%.2e", eot != NULL ? eot->value : 0.0);
    eot_uncertain_format(number, sizeof number, strtod(text, NULL), 0.0, EOT_FORMAT_PLAIN);
    const char *what = equivalent != NULL ? " EOT equivalent" : " EOT";
    snprintf(text, sizeof text, "eotmc %s: %s, %s%s%s%s%s", r->version, r->name, r->mode, eot != NULL ? ", " : "",
             eot != NULL ? number : "", eot != NULL ? what : "", r->partial ? ", interrupted run" : "");
    eot_text_add(script, "set label 99 ");
    eot_text_add_quoted(script, text, 0);
    eot_text_add(script, " at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'\n");
}

/** Common look; the vertical axis from its contents. Returns the factor by which contents are divided (a power of ten
 * for linear axes). */
static double add_vertical_axis(struct eot_text *script, const struct eot_histogram *h, int uniform,
                                const struct extent *e, size_t n_histogram, const char *what) {
    char label[128];
    double scale = 1.0, bin = (h->edges[h->n_bin] - h->edges[0]) / (double)h->n_bin;
    const char *unit = unit_text(h->unit);
    int power = 0;
    if (uniform)
        snprintf(label, sizeof label, "%s / %.3g%s%s", what, bin, unit[0] != '\0' ? " " : "", unit);
    else
        snprintf(label, sizeof label, "%s%s%s", what, unit[0] != '\0' ? " and " : " and unit", unit);
    if (e->largest > 0.0 && e->largest / e->smallest > LOG_ABOVE) {
        double low = e->smallest * 0.5, decades;
        if (low < e->largest * pow(10.0, -MAX_DECADES)) low = e->largest * pow(10.0, -MAX_DECADES);
        decades = log10(e->top / low);
        eot_text_add(script, "set logscale y\nset format y '10^{%%L}'\nlow = %.6g\nset yrange [low:%.6g]\n", low,
                     e->top * pow(10.0, (n_histogram > 1 ? 0.12 + 0.07 * (double)n_histogram : 0.12) * decades));
    } else {
        power = e->largest > 0.0 ? (int)floor(log10(e->largest)) : 0;
        if (power >= -2 && power <= 3) power = 0;
        scale = pow(10.0, power);
        eot_text_add(script, "low = 0\nset yrange [0:%.6g]\n",
                     e->top > 0.0 ? e->top / scale * (n_histogram > 1 ? 1.15 + 0.05 * (double)n_histogram : 1.15)
                                  : 1.0);
    }
    eot_text_add(script, "set ylabel ");
    if (power != 0) {
        eot_text_add(script, "'10^{%d} '.", power);
    }
    eot_text_add_quoted(script, label, 0);
    eot_text_add(script, "\n");
    return scale;
}

enum eot_status eot_output_figure_histograms(const char *folder, const char *name, const char *title,
                                             const struct eot_histogram *const *histogram, size_t n_histogram,
                                             const struct eot_result *result, struct eot_error *err) {
    return eot_output_figure_overlay(folder, name, title, histogram, n_histogram, "per EOT", result, err);
}

enum eot_status eot_output_figure_overlay(const char *folder, const char *name, const char *title,
                                          const struct eot_histogram *const *histogram, size_t n_histogram,
                                          const char *what, const struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, script = {0};
    struct extent extent = {DBL_MAX, 0.0, 0.0};
    char axis[128];
    EOT_CHECK(n_histogram >= 1 && n_histogram <= MAX_OVERLAY, EOT_E_INTERNAL,
              "figure '%s' of %zu histograms (must be 1 to %d)", name, n_histogram, MAX_OVERLAY);
    const struct eot_histogram *first = histogram[0];
    int uniform = 1;
    double low = first->edges[0], high = first->edges[first->n_bin];
    for (size_t i = 0; i < n_histogram; i++) {
        const struct eot_histogram *h = histogram[i];
        /* contents can be compared bin by bin only if all bins of all histograms have one width */
        uniform = uniform && is_uniform(h) &&
                  fabs((h->edges[1] - h->edges[0]) / (first->edges[1] - first->edges[0]) - 1.0) < 1e-6;
        low = fmin(low, h->edges[0]);
        high = fmax(high, h->edges[h->n_bin]);
    }
    for (size_t i = 0; i < n_histogram; i++) add_histogram_data(&data, histogram[i], uniform, &extent);
    const char *unit = unit_text(first->unit);
    snprintf(axis, sizeof axis, "%s%s%s%s", first->axis[0] != '\0' ? first->axis : first->name,
             unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "");
    eot_text_add(&script, "set title ");
    eot_text_add_quoted(&script, title, 0);
    eot_text_add(&script, " font ',24' offset 0, -0.3\nset xlabel ");
    eot_text_add_quoted(&script, axis, 0);
    eot_text_add(&script, "\nset xrange [%.9g:%.9g]\n", low, high);
    if (is_geometric(first))
        eot_text_add(&script, "set logscale x\n%s", low < 1e-3 || high > 1e4 ? "set format x '10^{%L}'\n" : "");
    double scale = add_vertical_axis(&script, first, uniform, &extent, n_histogram, what);
    add_provenance(&script, result);
    eot_text_add(&script,
                 "set minussign\nset border 31 linewidth 0.8\nset tics front\nset mxtics\nset mytics\n"
                 "set lmargin 11\nset rmargin 3\nset bmargin 4.2\nset key top right samplen 3 spacing 1.2\n"
                 "scale = %g\nabove(y) = y / scale > low ? y / scale : low\nplot ",
                 scale);
    if (n_histogram == 1)
        eot_text_add(&script,
                     "'%s.dat' index 1 using 1:(above($2)):(low) with filledcurves fillcolor '#56B4E9' fillstyle "
                     "transparent solid 0.25 noborder notitle, \\\n     ",
                     name);
    for (size_t i = 0; i < n_histogram; i++) {
        eot_text_add(&script,
                     "%s'%s.dat' index %zu using 1:(above($2)) with lines linecolor '%s' dashtype %s linewidth 1.3 ",
                     i > 0 ? ", \\\n     " : "", name, 2 * i + 1, colours[i], dashes[i]);
        if (n_histogram > 1) {
            eot_text_add(&script, "title ");
            eot_text_add_quoted(&script, histogram[i]->title[0] != '\0' ? histogram[i]->title : histogram[i]->name, 0);
        } else
            eot_text_add(&script, "notitle");
        /* empty bins have no bar: their error of zero would claim knowledge */
        eot_text_add(&script,
                     ", \\\n     '' index %zu using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + "
                     "$4) - above($3 - $4)) "
                     "with vectors nohead linecolor '%s' linewidth 0.7 notitle",
                     2 * i, colours[i]);
    }
    eot_text_add(&script, "\n");
    EOT_TRY(eot_gnuplot_figure(folder, name, 1200, 900, &data, &script, err));
done:
    eot_text_free(&data);
    eot_text_free(&script);
    return status;
}

/** Horizontal bars, the first cut on top, with numbers. */
static enum eot_status cutflow_figure(const char *folder, const char *name, const struct eot_cutflow_row *cutflow,
                                      size_t n_cutflow, const struct eot_result *r, struct eot_error *err) {
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
    double low = pow(10.0, floor(log10(smallest)) - 1.0), high = pow(10.0, ceil(log10(largest * 1.0001))),
           decades = log10(high / low);
    eot_text_add(&data, "# row events per_EOT std_error\n");
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        eot_text_add(&data, "%zu %.9g %.9g %.9g # %s\n", n_cutflow - i, c->events, c->weighted, c->std_error, c->cut);
    }
    eot_text_add(&script,
                 "set title 'Cut flow' font ',24' offset 0, -0.3\nset xlabel 'per EOT'\nlow = %.6g\nset logscale "
                 "x\nset xrange [low:%.6g]\nset format x '10^{%%L}'\n",
                 low, high);
    if (decades > 4.0) eot_text_add(&script, "set xtics %.6g\n", pow(10.0, ceil(decades / 4.0)));
    eot_text_add(&script, "set yrange [0.4:%.1f]\nset ytics scale 0 (", (double)n_cutflow + 0.6);
    for (size_t i = 0; i < n_cutflow; i++) {
        eot_text_add(&script, "%s", i > 0 ? ", " : "");
        eot_text_add_quoted(&script, cutflow[i].cut, 1);
        eot_text_add(&script, " %zu", n_cutflow - i);
    }
    eot_text_add(&script, ")\n");
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        char number[96];
        eot_uncertain_format(number, sizeof number, c->weighted, c->std_error, EOT_FORMAT_FIGURE);
        if (c->is_not_applied) snprintf(number, sizeof number, "not applied");
        eot_text_add(&script,
                     "set label %zu \"%s\\n{/*0.75 %.6g events}\" at graph 1.03, first %zu left offset 0, 0.3\n", i + 1,
                     number, c->events, n_cutflow - i);
    }
    add_provenance(&script, r);
    eot_text_add(&script,
                 "set minussign\nset border 3 linewidth 0.8\nset xtics nomirror\nset lmargin %zu\nset rmargin 25\nset "
                 "bmargin 4.2\n"
                 "unset key\nset style fill solid 0.75 noborder\n"
                 "plot '%s.dat' using 3:1:(low):($3 > low ? $3 : low):($1 - 0.3):($1 + 0.3) with boxxyerror "
                 "linecolor '%s', \\\n"
                 "     '' using ($3 - $4 > low ? $3 - $4 : low):($3 > 0 ? $1 : NaN):($3 + $4 - ($3 - $4 > low ? $3 - "
                 "$4 : low)):(0) "
                 "with vectors nohead linecolor 'black' linewidth 1\n",
                 (size_t)(3.0 + 0.95 * fmax(12.0, fmin(40.0, (double)n_longest))), name, colours[0]);
    EOT_TRY(eot_gnuplot_figure(folder, name, 1600, 250 + 90 * n_cutflow, &data, &script, err));
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

/** Figures that are made one after the other: one that fails costs that figure only. */
struct gallery {
    const char *folder;
    const struct eot_result *result;
    size_t n_failed;
    struct eot_error first; /* failure */
};

static void note(struct gallery *g, enum eot_status status, const struct eot_error *error) {
    if (status != EOT_OK && g->n_failed++ == 0) g->first = *error;
}

static void draw_histograms(struct gallery *g, const char *name, const char *title,
                            const struct eot_histogram *const *histogram, size_t n) {
    struct eot_error error = {.status = EOT_OK};
    note(g, eot_output_figure_histograms(g->folder, name, title, histogram, n, g->result, &error), &error);
}

static void draw_cutflow(struct gallery *g, const char *name, const struct eot_cutflow_row *row, size_t n) {
    struct eot_error error = {.status = EOT_OK};
    if (n > 0) note(g, cutflow_figure(g->folder, name, row, n, g->result, &error), &error);
}

/** figures/<name>.png with its gnuplot script <name>.gp and data <name>.dat: one figure of all hcal*.energy
 * (hcal_energy), one for each other histogram (dots in the name become _) and the cut flow. What the result lacks is
 * skipped. All are tried. @return EOT_E_IO with the message of the first that failed; without gnuplot it names the
 * package. */
enum eot_status eot_output_figures(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                   struct eot_error *err) {
    (void)config;
    enum eot_status status = EOT_OK;
    const struct eot_histogram *hcal[MAX_OVERLAY];
    size_t n_hcal = 0;
    char *figures = eot_output_path(folder, "figures");
    struct gallery g = {.folder = figures, .result = result};
    EOT_CHECK_MEMORY(figures);
    EOT_TRY(eot_result_check(result, err));
    EOT_TRY(eot_output_prepare(figures, err));
    for (size_t i = 0; i < result->n_histogram; i++) {
        const struct eot_histogram *h = &result->histogram[i];
        char name[sizeof h->name];
        if (is_hcal(h) && n_hcal < MAX_OVERLAY) {
            hcal[n_hcal++] = h;
            continue;
        }
        snprintf(name, sizeof name, "%s", h->name);
        for (char *c = name; *c != '\0'; c++)
            if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *c) == NULL) *c = '_';
        draw_histograms(&g, name, h->title[0] != '\0' ? h->title : h->name, &h, 1);
    }
    if (n_hcal > 0) draw_histograms(&g, "hcal_energy", "Energy in the HCAL modules", hcal, n_hcal);
    draw_cutflow(&g, "cutflow", result->cutflow, result->n_cutflow);
    for (size_t i = 0; i < result->n_selection; i++) {
        const struct eot_selection_result *s = &result->selection[i];
        char name[64];
        snprintf(name, sizeof name, "selection_%s_cutflow", s->name);
        draw_cutflow(&g, name, s->cutflow, s->n_cutflow);
    }
    EOT_CHECK(g.n_failed == 0, EOT_E_IO, "%zu figures were not made: %s", g.n_failed, g.first.text);
done:
    free(figures);
    return status;
}
