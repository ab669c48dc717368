/** @file figure_histograms.c
 * Histograms drawn over each other, with the cuts that act on them, what lies beyond their axes, and their ratios. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "output/figure_axes.h"
#include "output/output.h"

#define LOG_ABOVE 50.0  /* a logarithmic axis if largest / smallest positive content exceeds this */
#define MAX_DECADES 7.0 /* shown below the largest content */
#define LONG_TITLE 55   /* characters: longer ones are printed smaller */

/* A figure in the making. */
struct drawing {
    const struct eot_figure *f;
    const struct eot_histogram *first;
    struct eot_text data, script;
    double smallest, largest, top; /* positive contents as drawn; top: with its error bar */
    double low, high;              /* ends of the horizontal axis */
    double cut[EOT_MAX_FIGURE_CUT];
    size_t n_cut;
    bool is_uniform; /* all bins of all histograms have one width, so contents can be compared bin by bin */
    bool is_entries; /* contents grow with the width of a bin; an efficiency does not */
    bool is_log, has_ratio;
};

static bool is_uniform(const struct eot_histogram *h) {
    double width = (h->edges[h->n_bin] - h->edges[0]) / (double)h->n_bin;
    for (size_t i = 0; i < h->n_bin; i++)
        if (fabs(h->edges[i + 1] - h->edges[i] - width) > 1e-6 * width) return false;
    return true;
}

/** Bins that grow by a constant factor are drawn on a logarithmic axis. */
static bool is_geometric(const struct eot_histogram *h) {
    if (h->edges[0] <= 0.0 || h->n_bin < 2) return false;
    double factor = pow(h->edges[h->n_bin] / h->edges[0], 1.0 / (double)h->n_bin);
    for (size_t i = 0; i < h->n_bin; i++)
        if (fabs(h->edges[i + 1] / h->edges[i] - factor) > 1e-4 * factor) return false;
    return true;
}

static bool has_same_bins(const struct eot_histogram *a, const struct eot_histogram *b) {
    return a->n_bin == b->n_bin && memcmp(a->edges, b->edges, (a->n_bin + 1) * sizeof *a->edges) == 0;
}

/** What is drawn for a bin: its content, or its density if bins differ in width. */
static double divisor(const struct drawing *d, const struct eot_histogram *h, size_t i) {
    return d->is_uniform || !d->is_entries ? 1.0 : h->edges[i + 1] - h->edges[i];
}

/** Where entries are, and the cuts: a bin more on either side; an axis that begins at 0 keeps its beginning. */
static void find_range(struct drawing *d) {
    double from = DBL_MAX, to = -DBL_MAX, first = DBL_MAX, last = -DBL_MAX;
    for (size_t k = 0; k < d->f->n; k++) {
        const struct eot_histogram *h = d->f->histogram[k];
        first = fmin(first, h->edges[0]);
        last = fmax(last, h->edges[h->n_bin]);
        for (size_t i = 0; i < h->n_bin; i++) {
            double value = h->values[i] / divisor(d, h, i), error = sqrt(h->variances[i]) / divisor(d, h, i);
            if (!(value > 0.0)) continue;
            from = fmin(from, h->edges[i > 0 ? i - 1 : 0]);
            to = fmax(to, h->edges[i + 2 < h->n_bin ? i + 2 : h->n_bin]);
            d->smallest = fmin(d->smallest, value);
            d->largest = fmax(d->largest, value);
            d->top = fmax(d->top, value + error);
        }
    }
    for (size_t k = 0; k < d->n_cut; k++) {
        from = fmin(from, d->cut[k] - 0.05 * (last - first));
        to = fmax(to, d->cut[k] + 0.05 * (last - first));
    }
    if (from >= to) from = first, to = last; /* empty */
    d->low = first == 0.0 ? 0.0 : fmax(from, first);
    d->high = fmin(fmax(to, d->low + 0.1 * (last - first)), last);
    d->is_log = d->largest > 0.0 && d->largest / d->smallest > LOG_ABOVE;
}

/** Data of one histogram as two blocks: the bins, then the outline as a polyline, which on a logarithmic axis has no
 * line where there is nothing. */
static void add_data(struct drawing *d, const struct eot_histogram *h) {
    eot_text_add(&d->data, "# %s [%s]; %s; underflow %.6g, overflow %.6g [%s]\n# low high content%s std_error\n",
                 h->name, h->unit, h->title, h->underflow, h->overflow, h->content_unit,
                 d->is_uniform || !d->is_entries ? "" : "_per_unit");
    for (size_t i = 0; i < h->n_bin; i++)
        eot_text_add(&d->data, "%.9g %.9g %.9g %.9g\n", h->edges[i], h->edges[i + 1], h->values[i] / divisor(d, h, i),
                     sqrt(h->variances[i]) / divisor(d, h, i));
    eot_text_add(&d->data, "\n\n# outline\n");
    bool is_open = false, has_any = false;
    for (size_t i = 0; i < h->n_bin; i++) {
        double value = h->values[i] / divisor(d, h, i);
        if (d->is_log && !(value > 0.0)) {
            is_open = false;
            continue;
        }
        if (has_any && !is_open) eot_text_add(&d->data, "\n");
        eot_text_add(&d->data, "%.9g %.9g\n%.9g %.9g\n", h->edges[i], value, h->edges[i + 1], value);
        is_open = has_any = true;
    }
    if (!has_any) eot_text_add(&d->data, "%.9g 0\n", h->edges[0]);
    eot_text_add(&d->data, "\n\n");
}

/** What lies beyond the bins, in per cent of all; "" if nothing does. */
static void flow_text(const struct eot_histogram *h, char *text, size_t n_text) {
    double sum = h->underflow + h->overflow, part[2] = {h->underflow, h->overflow};
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < h->n_bin; i++) sum += h->values[i];
    for (int k = 0; k < 2 && sum > 0.0; k++)
        if (part[k] > 0.0 && used < n_text)
            used += (size_t)snprintf(text + used, n_text - used, "%s%.2g %% %s the axis", used > 0 ? ", " : "",
                                     100.0 * part[k] / sum, k == 0 ? "below" : "above");
}

/** Words and range of the vertical axis. @return the factor by which contents are divided, a power of ten on linear
 * axes. */
static double add_vertical_axis(struct drawing *d) {
    char label[160], bin[64] = "";
    const struct eot_histogram *h = d->first;
    const char *unit = eot_figure_unit(h->unit), *content_unit = eot_figure_unit(h->content_unit), *what = d->f->what;
    const double width = (h->edges[h->n_bin] - h->edges[0]) / (double)h->n_bin,
                 room = d->f->n > 1 ? 0.12 + 0.07 * (double)d->f->n : 0.12;
    double scale = 1.0;
    int power = 0;
    if (d->is_uniform && d->is_entries && unit[0] == '\0' && width == 1.0)
        bin[0] = '\0'; /* a number in every bin */
    else if (d->is_uniform && d->is_entries)
        snprintf(bin, sizeof bin, " / %.3g%s%s", width, unit[0] != '\0' ? " " : "", unit);
    else if (d->is_entries)
        snprintf(bin, sizeof bin, " / %s", unit[0] != '\0' ? unit : "unit");
    if (what != NULL)
        snprintf(label, sizeof label, "%s%s", what, bin);
    else if (h->content[0] == '\0' && strncmp(h->content_unit, "1/", 2) == 0)
        snprintf(label, sizeof label, "entries per %s%s", h->content_unit + 2, bin);
    else
        snprintf(label, sizeof label, "%s%s%s%s%s", h->content[0] != '\0' ? h->content : "content",
                 content_unit[0] != '\0' ? " [" : "", content_unit, content_unit[0] != '\0' ? "]" : "", bin);
    if (d->is_log) {
        double low = fmax(d->smallest * 0.5, d->largest * pow(10.0, -MAX_DECADES)), decades = log10(d->top / low),
               high = d->top * pow(10.0, room * decades);
        eot_figure_log_tics(&d->script, 'y', low, high);
        eot_text_add(&d->script, "low = %.6g\nset yrange [low:%.6g]\n", low, high);
    } else {
        power = d->largest > 0.0 ? (int)floor(log10(d->largest)) : 0;
        if (power >= -2 && power <= 3) power = 0;
        scale = pow(10.0, power);
        eot_text_add(&d->script, "low = 0\nset yrange [0:%.6g]\nset mytics\n",
                     d->top > 0.0 ? d->top / scale * (1.05 + room) : 1.0);
    }
    eot_text_add(&d->script, "set ylabel ");
    if (power != 0) eot_text_add(&d->script, "'10^{%d} '.", power);
    eot_text_add_quoted(&d->script, label, 0);
    eot_text_add(&d->script, "\n");
    return scale;
}

static void add_horizontal_axis(struct drawing *d, char label[160]) {
    const char *unit = eot_figure_unit(d->first->unit);
    snprintf(label, 160, "%s%s%s%s", d->first->axis[0] != '\0' ? d->first->axis : d->first->name,
             unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "");
    eot_text_add(&d->script, "set xrange [%.9g:%.9g]\n", d->low, d->high);
    if (is_geometric(d->first))
        eot_figure_log_tics(&d->script, 'x', d->low, d->high);
    else
        eot_text_add(&d->script, "set mxtics\n");
}

static void add_marks(struct drawing *d) {
    for (size_t k = 0; k < d->n_cut; k++)
        eot_text_add(
            &d->script,
            "set arrow %zu from %.9g, graph 0 to %.9g, graph 1 nohead front dashtype (8, 6) linecolor '#505050'\n"
            "set label %zu 'cut' at %.9g, graph 0.97 right rotate by 90 offset -0.6, 0 front font ',16' textcolor "
            "'#505050'\n",
            k + 1, d->cut[k], d->cut[k], k + 1, d->cut[k]);
    char flow[96];
    if (!(d->largest > 0.0))
        eot_text_add(&d->script, "set label 11 'no entries' at graph 0.5, graph 0.5 center textcolor '#505050'\n");
    flow_text(d->first, flow, sizeof flow);
    if (d->f->n > 1 || flow[0] == '\0') return;
    eot_text_add(&d->script, "set label 10 ");
    eot_text_add_quoted(&d->script, flow, 0);
    eot_text_add(&d->script, " at graph 0.98, graph 0.955 right font ',16' textcolor '#505050'\n");
}

static void add_curves(struct drawing *d) {
    eot_text_add(&d->script, "plot ");
    if (d->f->n == 1)
        eot_text_add(&d->script,
                     "'%s.dat' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3) : NaN):1:2:(low):(above($3)) with "
                     "boxxyerror fillcolor '#56B4E9' fillstyle transparent solid 0.25 noborder notitle, \\\n     ",
                     d->f->name);
    for (size_t i = 0; i < d->f->n; i++) {
        const struct eot_histogram *h = d->f->histogram[i];
        char title[EOT_RESULT_NAME + 112], flow[96];
        flow_text(h, flow, sizeof flow);
        snprintf(title, sizeof title, "%s%s%s%s", h->title[0] != '\0' ? h->title : h->name, flow[0] != '\0' ? " (" : "",
                 flow, flow[0] != '\0' ? ")" : "");
        eot_text_add(&d->script,
                     "%s'%s.dat' index %zu using 1:(above($2)) with lines linecolor '%s' dashtype %s linewidth 1.3 ",
                     i > 0 ? ", \\\n     " : "", d->f->name, 2 * i + 1, eot_figure_colour[i], eot_figure_dash[i]);
        if (d->f->n > 1) {
            eot_text_add(&d->script, "title ");
            eot_text_add_quoted(&d->script, title, 0);
        } else
            eot_text_add(&d->script, "notitle");
        /* empty bins have no bar: their error of zero would claim knowledge */
        eot_text_add(&d->script,
                     ", \\\n     '' index %zu using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + "
                     "$4) - above($3 - $4)) "
                     "with vectors nohead linecolor '#60%s' linewidth 0.7 notitle",
                     2 * i, eot_figure_colour[i] + 1);
    }
    eot_text_add(&d->script, "\n");
}

/** Each histogram divided by the first as a block of its own. @param span largest of ratio and inverse that is known to
 * a half, on return. */
static void add_ratio_data(struct drawing *d, double *span) {
    *span = 1.2;
    for (size_t k = 1; k < d->f->n; k++) {
        const struct eot_histogram *h = d->f->histogram[k], *first = d->first;
        size_t n = 0;
        eot_text_add(&d->data, "# ratio of %s to %s\n# middle ratio std_error\n", h->title, first->title);
        for (size_t i = 0; i < h->n_bin; i++) {
            if (!(h->values[i] > 0.0) || !(first->values[i] > 0.0)) continue;
            double ratio = h->values[i] / first->values[i],
                   relative = hypot(sqrt(h->variances[i]) / h->values[i], sqrt(first->variances[i]) / first->values[i]);
            eot_text_add(&d->data, "%.9g %.9g %.9g\n", 0.5 * (h->edges[i] + h->edges[i + 1]), ratio, ratio * relative);
            *span = fmax(*span, fmax(ratio, 1.0 / ratio) * (relative < 0.5 ? 1.0 + relative : 1.02));
            n++;
        }
        if (n == 0) eot_text_add(&d->data, "%.9g NaN 0\n", h->edges[0]);
        eot_text_add(&d->data, "\n\n");
    }
}

static void add_ratios(struct drawing *d, const char *axis, double span) {
    eot_text_add(&d->script, "unset title\nunset key\nunset arrow\nunset label\nunset logscale y\nset ytics auto\nset "
                             "mytics\nset format x '%%g'\nset tmargin at screen 0.31\nset bmargin at screen 0.105\nset "
                             "ylabel 'ratio'\nset xlabel ");
    eot_text_add_quoted(&d->script, axis, 0);
    eot_text_add(&d->script, "\n");
    if (is_geometric(d->first)) eot_figure_log_tics(&d->script, 'x', d->low, d->high);
    if (span > 2.5) {
        double end = fmin(span, 1e3);
        eot_figure_log_tics(&d->script, 'y', 1.0 / end, end);
        eot_text_add(&d->script, "set yrange [%.6g:%.6g]\n", 1.0 / end, end);
    } else
        eot_text_add(&d->script, "set yrange [%.3g:%.3g]\n", fmax(0.0, 2.0 - span), span);
    eot_text_add(&d->script, "plot 1 with lines linecolor '#505050' dashtype (8, 6) notitle");
    for (size_t k = 1; k < d->f->n; k++)
        eot_text_add(&d->script,
                     ", \\\n     '%s.dat' index %zu using 1:2:3 with yerrorbars linecolor '%s' pointtype 7 pointsize "
                     "0.6 notitle",
                     d->f->name, 2 * d->f->n + k - 1, eot_figure_colour[k]);
    eot_text_add(&d->script, "\nunset multiplot\n");
}

static void add_script(struct drawing *d) {
    char axis[160];
    double span = 1.0;
    eot_text_add(&d->script, "set minussign\nset border 31 linewidth 0.8\nset tics front\n");
    if (d->has_ratio) add_ratio_data(d, &span);
    if (d->has_ratio) eot_text_add(&d->script, "set multiplot\n");
    eot_text_add(&d->script, "set title ");
    eot_text_add_quoted(&d->script, d->f->title, 0);
    eot_text_add(&d->script, " font ',%d' offset 0, -0.3\n", strlen(d->f->title) > LONG_TITLE ? 18 : 24);
    add_horizontal_axis(d, axis);
    if (d->has_ratio)
        eot_text_add(&d->script, "set format x ''\n%sset tmargin at screen 0.92\nset bmargin at screen 0.335\n",
                     is_geometric(d->first) ? "set xtics auto\n" : "");
    else {
        eot_text_add(&d->script, "set bmargin 4.2\nset xlabel ");
        eot_text_add_quoted(&d->script, axis, 0);
        eot_text_add(&d->script, "\n");
    }
    double scale = add_vertical_axis(d);
    eot_figure_provenance(&d->script, d->f->result);
    add_marks(d);
    eot_text_add(&d->script,
                 "set lmargin 11\nset rmargin 3\nset key top right samplen 3 spacing 1.2%s\n"
                 "scale = %g\nabove(y) = y / scale > low ? y / scale : low\n",
                 d->f->n > 1 ? " font ',18'" : "", scale);
    add_curves(d);
    if (d->has_ratio) add_ratios(d, axis, span);
}

enum eot_status eot_output_figure(const struct eot_figure *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct drawing d = {.f = f, .smallest = DBL_MAX, .is_uniform = true, .has_ratio = f->has_ratio && f->n > 1};
    EOT_CHECK(f->n >= 1 && f->n <= EOT_MAX_CURVE, EOT_E_INTERNAL, "figure '%s' of %zu histograms (must be 1 to %d)",
              f->name, f->n, EOT_MAX_CURVE);
    d.first = f->histogram[0];
    d.is_entries = strcmp(d.first->content_unit, "1") != 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct eot_histogram *h = f->histogram[i];
        d.is_uniform = d.is_uniform && is_uniform(h) &&
                       fabs((h->edges[1] - h->edges[0]) / (d.first->edges[1] - d.first->edges[0]) - 1.0) < 1e-6;
        d.has_ratio = d.has_ratio && has_same_bins(h, d.first);
    }
    d.n_cut = eot_figure_cuts(f->config, d.first->name, d.cut);
    find_range(&d);
    for (size_t i = 0; i < f->n; i++) add_data(&d, f->histogram[i]);
    add_script(&d);
    EOT_TRY(eot_gnuplot_picture(&(struct eot_picture){f->folder, f->name, 1200, d.has_ratio ? 1100 : 900,
                                                      f->forms != 0 ? f->forms : EOT_PICTURE_PNG},
                                &d.data, &d.script, err));
done:
    eot_text_free(&d.data);
    eot_text_free(&d.script);
    return status;
}
