/* The plane of mass and coupling as a picture. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "output/gnuplot.h"
#include "study/write.h"
#include "version.h"

/* Columns of a curve's block: m, observed, -2 .. +2. */
static void add_curve(struct eot_text *data, const struct eot_plane *plane, const struct eot_plane_curve *c,
                      double *low, double *high) {
    eot_text_add(data, "# %s, %g EOT: m_phi observed -2 -1 median +1 +2\n", eot_study_method_name[c->method], c->eot);
    for (size_t i = 0; i < plane->n_point; i++) {
        const struct eot_plane_point *p = &plane->point[i];
        eot_text_add(data, "%.7g", p->m_phi);
        for (int k = -1; k < EOT_N_BAND; k++) {
            double events = k < 0 ? c->at[i].observed : c->at[i].expected[k],
                   h = isnan(events) ? NAN : eot_plane_coupling(p, c->eot, events);
            if (isnan(h)) {
                eot_text_add(data, " NaN");
                continue;
            }
            eot_text_add(data, " %.7g", h);
            *low = fmin(*low, h);
            *high = fmax(*high, h);
        }
        eot_text_add(data, "\n");
    }
    eot_text_add(data, "\n\n");
}

static void add_line(struct eot_text *data, const struct eot_plane *plane, const struct eot_plane_line *l,
                     double *low) {
    eot_text_add(data, "# %s %s: m_phi low h high\n", l->kind, l->name);
    for (size_t i = 0; i < plane->n_point; i++) {
        double least = isnan(l->low[i]) ? l->middle[i] : l->low[i];
        if (least > 0.0) *low = fmin(*low, least);
        eot_text_add(data, "%.7g %.7g %.7g %.7g\n", plane->point[i].m_phi, fmax(least, 1e-12), l->middle[i],
                     isnan(l->high[i]) ? l->middle[i] : l->high[i]);
    }
    eot_text_add(data, "\n\n");
}

static void add_title(struct eot_text *script, const char *title) {
    eot_text_add(script, " title ");
    eot_text_add_quoted(script, title, 0);
}

/* A number of electrons as it is printed: powers of ten as such. */
static void add_electrons(struct eot_text *text, double eot) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    const int power = eot > 0.0 ? (int)floor(log10(eot) + 1e-9) : 0;
    const double factor = eot / pow(10.0, power);
    if (power < 4 || power > 99) {
        eot_text_add(text, "%g", eot);
        return;
    }
    if (fabs(factor - 1.0) > 1e-6) eot_text_add(text, "%.4g × ", factor);
    eot_text_add(text, "10%s%s", power > 9 ? raised[power / 10] : "", raised[power % 10]);
}

enum eot_status eot_study_write_figure(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                       struct eot_error *err) {
    static const char *const dash[] = {"(2, 4)", "(12, 5)", "(12, 4, 2, 4)",
                                       "(20, 4)"}; /* of other numbers of electrons */
    static const char *const colour[] = {"#000000", "#0072B2", "#D55E00", "#CC79A7"};
    /* of each deviation of g-2: two and three standard deviations (Okabe and Ito's colours, pale) */
    static const char *const shade[][2] = {{"#BBBBBB", "#DDDDDD"}, {"#BDA7D8", "#DDD0EC"}, {"#A7C4D8", "#D0E1EC"}};
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, script = {0}, title = {0};
    double low = DBL_MAX, high = 0.0;
    size_t n_other = 0;
    const struct eot_plane_curve *first = &plane->curve[0];
    for (size_t i = 0; i < plane->n_curve; i++) add_curve(&data, plane, &plane->curve[i], &low, &high);
    for (size_t i = 0; i < plane->n_line; i++) add_line(&data, plane, &plane->line[i], &low);
    for (size_t i = 0; i < study->n_mark; i++) {
        eot_text_add(&data, "# %s: m_phi h\n%.7g %.7g\n\n\n", study->mark[i].name, study->mark[i].m_phi,
                     study->mark[i].h);
        low = fmin(low, study->mark[i].h);
        high = fmax(high, study->mark[i].h);
    }
    low = pow(10.0, floor(log10(low) + 0.3));
    high = pow(10.0, ceil(log10(high)));
    eot_text_add(&script,
                 "set logscale xy\nset xrange [%.6g:%.6g]\nset yrange [%.6g:%.6g]\nset format y '10^{%%L}'\n"
                 "set xlabel 'm_φ [GeV]'\nset ylabel 'h'\nset border 31 linewidth 0.8\nset tics front\nset lmargin "
                 "11\nset rmargin 3\n"
                 "set key outside below center vertical maxrows %zu width -4 samplen 2 spacing 1.0 font ',14'\n"
                 "set xtics (0.11, 0.2, 0.3, 0.5, 0.7, 1, 2, 3)\n"
                 "set label 99 'eotmc %s' at screen 0.02, screen 0.015 left font ',13' textcolor '#808080'\n"
                 "set style fill solid 1.0 noborder\nplot ",
                 plane->point[0].m_phi, plane->point[plane->n_point - 1].m_phi, low, high,
                 (2 + 2 * plane->n_curve + plane->n_line + study->n_mark) / 3 + 1, EOT_VERSION);
    for (size_t l = 0; l < plane->n_line; l++) { /* the wider band first */
        const struct eot_plane_line *x = &plane->line[plane->n_line - 1 - l];
        if (x->n_sigma == 0.0) continue;
        eot_text_add(&script,
                     "'plane.dat' index %zu using 1:2:4 with filledcurves fillcolor '%s' fillstyle transparent "
                     "solid %s",
                     plane->n_curve + plane->n_line - 1 - l,
                     shade[(plane->n_line - 1 - l) / 2 % 3][x->n_sigma < 2.5 ? 0 : 1],
                     x->n_sigma < 2.5 ? "0.7" : "0.5");
        eot_text_free(&title);
        eot_text_add(&title, "g−2, %g σ: %s", x->n_sigma, x->name);
        add_title(&script, title.text != NULL ? title.text : "");
        eot_text_add(&script, ", \\\n     ");
    }
    eot_text_add(&script, "'plane.dat' index 0 using 1:3:7 with filledcurves fillcolor '#FFE680' title '±2 σ', "
                          "\\\n"
                          "     '' index 0 using 1:4:6 with filledcurves fillcolor '#8FD19E' title '±1 σ'");
    for (size_t i = 0; i < plane->n_curve; i++) {
        const struct eot_plane_curve *c = &plane->curve[i];
        bool is_own = c->eot == study->eot;
        if (!is_own && c->method != first->method) continue; /* further numbers of electrons: by one method */
        eot_text_free(&title);
        eot_text_add(&title, "%s, ", eot_study_method_name[c->method]);
        add_electrons(&title, c->eot);
        eot_text_add(&title, " EOT, median, %g %% CL", 100.0 * study->level);
        eot_text_add(&script, ", \\\n     '' index %zu using 1:5 with lines linecolor '%s' dashtype %s linewidth %s", i,
                     is_own ? colour[c->method] : "#606060", is_own ? "2" : dash[n_other++ % 4], is_own ? "1.5" : "1");
        add_title(&script, title.text != NULL ? title.text : "");
        if (isnan(c->at[0].observed)) continue;
        eot_text_free(&title);
        eot_text_add(&title, "%s, ", eot_study_method_name[c->method]);
        add_electrons(&title, c->eot);
        eot_text_add(&title, " EOT, observed");
        eot_text_add(&script, ", \\\n     '' index %zu using 1:2 with lines linecolor '%s' linewidth 1.8", i,
                     colour[c->method]);
        add_title(&script, title.text != NULL ? title.text : "");
    }
    for (size_t l = 0; l < plane->n_line; l++) {
        if (plane->line[l].n_sigma != 0.0) continue;
        eot_text_add(&script, ", \\\n     '' index %zu using 1:3 with lines linecolor '#7B3294' dashtype 4",
                     plane->n_curve + l);
        add_title(&script, plane->line[l].name);
    }
    for (size_t i = 0; i < study->n_mark; i++) {
        eot_text_add(&script,
                     ", \\\n     '' index %zu using 1:2 with points pointtype %zu pointsize 2 linecolor '#000000'",
                     plane->n_curve + plane->n_line + i, 4 + 2 * i);
        add_title(&script, study->mark[i].name);
    }
    eot_text_add(&script, "\n");
    EOT_TRY(eot_gnuplot_figure(folder, "plane", 1200, 1200, &data, &script, err));
    EOT_TRY(eot_gnuplot_vectors(folder, "plane", err));
done:
    eot_text_free(&data);
    eot_text_free(&script);
    eot_text_free(&title);
    return status;
}
