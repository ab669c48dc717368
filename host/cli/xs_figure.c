/* Figures of `eotmc xs --figure`: totals against energy, differentials at one energy, ratios of the approximations over
 * mass and energy. */
#include <math.h>
#include <stdio.h>

#include "output/gnuplot.h"
#include "output/output.h"
#include "xs.h"

static const char *const COLOUR[EOT_XS_MAX_CURVE] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"};
enum { N_POINT = 80 };

/* A quantity at a place of its axis. */
typedef enum eot_status quantity_function(const struct eot_xs_figure *f, const struct eot_lfc_reaction *reaction,
                                          enum eot_lfc_method method, double place, struct eot_lfc_value *value,
                                          struct eot_error *err);

static enum eot_status total_at(const struct eot_xs_figure *f, const struct eot_lfc_reaction *reaction,
                                enum eot_lfc_method method, double E, struct eot_lfc_value *value,
                                struct eot_error *err) {
    return eot_lfc_total(reaction, method, EOT_LFC_PHI, E, f->options, value, err);
}
static enum eot_status dx_at(const struct eot_xs_figure *f, const struct eot_lfc_reaction *reaction,
                             enum eot_lfc_method method, double x, struct eot_lfc_value *value, struct eot_error *err) {
    return eot_lfc_differential(reaction, method, EOT_LFC_PHI, f->energy, x, f->options, value, err);
}
static enum eot_status dpsi_at(const struct eot_xs_figure *f, const struct eot_lfc_reaction *reaction,
                               enum eot_lfc_method method, double psi, struct eot_lfc_value *value,
                               struct eot_error *err) {
    return eot_lfc_angular(reaction, method, EOT_LFC_LEPTON, f->energy, psi, f->options, value, err);
}

/* One block of data a mass: place, ETL, WW, IWW. */
static enum eot_status curves_add(struct eot_text *data, const struct eot_xs_figure *f, quantity_function *quantity,
                                  const double *place, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < f->n_mass; i++) {
        struct eot_lfc_reaction r = *f->reaction;
        r.m_phi = f->mass[i];
        eot_text_add(data, "# m_phi = %g GeV: place, ETL, WW, IWW\n", f->mass[i]);
        for (int j = 0; j < N_POINT; j++) {
            struct eot_lfc_value value[3];
            for (int method = 0; method < 3; method++)
                EOT_TRY(quantity(f, &r, (enum eot_lfc_method)method, place[j], &value[method], err));
            eot_text_add(data, "%.8g %.8g %.8g %.8g\n", place[j], value[0].value, value[1].value, value[2].value);
        }
        eot_text_add(data, "\n\n");
    }
done:
    return status;
}

/* A column of panels. */
struct panels {
    const char *name;   /* of the data file */
    int first;          /* number of its first data block */
    double left, right; /* share of the picture's width */
    const char *title, *x_label, *y_label, *settings;
};

/* Three panels, one above the other: the quantity, WW relative to ETL, IWW relative to ETL. */
static void panels_add(struct eot_text *body, const struct eot_xs_figure *f, const struct panels *p) {
    const char *name = p->name;
    const int first = p->first, n_mass = (int)f->n_mass;
    eot_text_add(body, "set lmargin at screen %.3f\nset rmargin at screen %.3f\n%s", p->left, p->right, p->settings);
    eot_text_add(body,
                 "set tmargin at screen 0.93\nset bmargin at screen 0.53\nset title '%s'\nset ylabel '%s'\nset xlabel "
                 "''\nset format x ''\nset logscale y\nset "
                 "ytics autofreq\n"
                 "set format y '10^{%%L}'\nplot ",
                 p->title, p->y_label);
    for (int i = 0; i < n_mass; i++)
        eot_text_add(body,
                     "%s'%s.dat' index %d using 1:($2>0?$2:NaN) with lines lc rgb '%s' lw 2 title 'm_ϕ = %g GeV', '' "
                     "index %d using 1:($3>0?$3:NaN) with "
                     "lines lc rgb '%s' dt 2 lw 2 notitle, "
                     "'' index %d using 1:($4>0?$4:NaN) with lines lc rgb '%s' dt 3 lw 2 notitle",
                     i > 0 ? ", " : "", name, first + i, COLOUR[i], f->mass[i], first + i, COLOUR[i], first + i,
                     COLOUR[i]);
    eot_text_add(body, ", NaN with lines lc rgb 'black' lw 2 title 'exact', NaN with lines lc rgb 'black' dt 2 lw 2 "
                       "title 'WW', NaN with lines lc rgb 'black' "
                       "dt 3 lw 2 title 'IWW'\n"
                       "set tmargin at screen 0.50\nset bmargin at screen 0.32\nunset title\nunset key\nset ylabel "
                       "'WW/ETL - 1 [%%]'\nunset logscale y\nset "
                       "format y '%%g'\nset yrange [-10:10]\n"
                       "set ytics -8, 4, 8\nplot ");
    for (int i = 0; i < n_mass; i++)
        eot_text_add(body,
                     "%s'%s.dat' index %d using 1:($2>0?100*($3/$2-1):NaN) with lines lc rgb '%s' lw 2, 0 with lines "
                     "lc rgb '#808080'",
                     i > 0 ? ", " : "", name, first + i, COLOUR[i]);
    eot_text_add(body,
                 "\nset tmargin at screen 0.29\nset bmargin at screen 0.11\nset ylabel 'IWW/ETL - 1'\nset xlabel "
                 "'%s'\nset yrange [0:9]\nset ytics 0, 2, "
                 "8\nset format x '%%g'\nplot ",
                 p->x_label);
    for (int i = 0; i < n_mass; i++)
        eot_text_add(body, "%s'%s.dat' index %d using 1:($2>0?$4/$2-1:NaN) with lines lc rgb '%s' lw 2",
                     i > 0 ? ", " : "", name, first + i, COLOUR[i]);
    eot_text_add(body, "\nset yrange [*:*]\nunset logscale x\nset xrange [*:*]\n");
}

static void reaction_add(struct eot_text *body, const struct eot_lfc_reaction *r) {
    eot_text_add(
        body,
        "set label 99 '%s, Z = %g, A = %g, h = %g' at screen 0.985, screen 0.02 right font ',12' textcolor '#808080'\n",
        r->process == EOT_LFC_E2MU ? "e N → μ N ϕ" : "μ N → e N ϕ", r->Z, r->A, r->coupling);
}

static enum eot_status totals(const char *folder, const struct eot_xs_figure *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, body = {0};
    double place[N_POINT];
    for (int j = 0; j < N_POINT; j++) place[j] = 5.0 * pow(160.0 / 5.0, (double)j / (N_POINT - 1)); /* GeV */
    EOT_TRY(curves_add(&data, f, total_at, place, err));
    eot_text_add(&body, "set multiplot\n");
    reaction_add(&body, f->reaction);
    panels_add(&body, f,
               &(struct panels){.name = "totals",
                                .left = 0.16,
                                .right = 0.96,
                                .title = "total cross section",
                                .x_label = "E [GeV]",
                                .y_label = "σ [pb]",
                                .settings = "set key bottom right samplen 2\nset logscale x\nset xrange [5:160]\n"
                                            "set xtics (5, 10, 20, 50, 100, 160)\n"});
    eot_text_add(&body, "unset multiplot\n");
    EOT_TRY(eot_gnuplot_figure(folder, "totals", 1000, 1200, &data, &body, err));
done:
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}

static enum eot_status differentials(const char *folder, const struct eot_xs_figure *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, body = {0};
    double x[N_POINT], psi[N_POINT];
    char title[2][48];
    snprintf(title[0], sizeof title[0], "dσ/dx at %g GeV", f->energy);
    snprintf(title[1], sizeof title[1], "dσ/dψ at %g GeV", f->energy);
    for (int j = 0; j < N_POINT; j++) {
        double t = (j + 0.5) / N_POINT;
        x[j] = 1.0 - (1.0 - t) * (1.0 - t) * 0.995; /* closer together towards 1, where the cross section peaks */
        psi[j] = 1e-4 * pow(0.3 / 1e-4, (double)j / (N_POINT - 1)); /* rad */
    }
    EOT_TRY(curves_add(&data, f, dx_at, x, err));
    EOT_TRY(curves_add(&data, f, dpsi_at, psi, err));
    eot_text_add(&body, "set multiplot\n");
    reaction_add(&body, f->reaction);
    panels_add(&body, f,
               &(struct panels){.name = "differentials",
                                .left = 0.10,
                                .right = 0.49,
                                .title = title[0],
                                .x_label = "x = E_ϕ/E",
                                .y_label = "dσ/dx [pb]",
                                .settings = "set key bottom right samplen 2\nset xrange [0:1]\n"
                                            "set xtics autofreq\n"});
    panels_add(&body, f,
               &(struct panels){.name = "differentials",
                                .first = (int)f->n_mass,
                                .left = 0.60,
                                .right = 0.98,
                                .title = title[1],
                                .x_label = "ψ [rad]",
                                .y_label = "dσ/dψ [pb/rad]",
                                .settings = "unset key\nset logscale x\nset xrange [1e-4:0.3]\n"
                                            "set xtics (1e-4, 1e-3, 1e-2, 1e-1)\n"});
    eot_text_add(&body, "unset multiplot\n");
    EOT_TRY(eot_gnuplot_figure(folder, "differentials", 1800, 1200, &data, &body, err));
done:
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}

static enum eot_status ratios(const char *folder, const struct eot_xs_figure *f, struct eot_error *err) {
    enum { N_MASS_MAP = 30, N_ENERGY_MAP = 16 };
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, body = {0};
    eot_text_add(&data, "# m_phi [GeV], E [GeV], WW/ETL, IWW/ETL\n");
    for (int i = 0; i < N_MASS_MAP; i++) {
        for (int j = 0; j < N_ENERGY_MAP; j++) {
            struct eot_lfc_reaction r = *f->reaction;
            struct eot_lfc_value value[3];
            double E = 10.0 * (j + 1);
            r.m_phi = fmin(0.11 * pow(3.0 / 0.11, i / (N_MASS_MAP - 1.0)), 3.0);
            for (int method = 0; method < 3; method++)
                EOT_TRY(
                    eot_lfc_total(&r, (enum eot_lfc_method)method, EOT_LFC_PHI, E, f->options, &value[method], err));
            if (value[0].value > 0.0)
                eot_text_add(&data, "%.6g %g %.6g %.6g\n", r.m_phi, E, value[1].value / value[0].value,
                             value[2].value / value[0].value);
            else
                eot_text_add(&data, "%.6g %g NaN NaN\n", r.m_phi, E);
        }
        eot_text_add(&data, "\n");
    }
    eot_text_add(&body, "set multiplot layout 1,2 margins 0.075,0.92,0.19,0.9 spacing 0.18,0\nset pm3d map "
                        "corners2color mean interpolate 4,4\nset logscale "
                        "x\nset xrange [0.11:3]\nset yrange [10:160]\nset xtics (0.11, 0.2, 0.5, 1, 2, 3)\n"
                        "set xlabel 'm_ϕ [GeV]'\nset ylabel 'E [GeV]'\nunset key\n");
    reaction_add(&body, f->reaction);
    eot_text_add(&body, "set palette defined (-0.1 '#0072B2', 0 '#FFFFFF', 0.1 '#D55E00')\nset cbrange [0.9:1.1]\nset "
                        "title 'WW/ETL'\nsplot 'ratios.dat' using 1:2:3\n"
                        "set palette defined (0 '#FFFFFF', 1 '#E69F00', 2 '#7F2704')\nset cbrange [1:6]\nset title "
                        "'IWW/ETL'\nsplot 'ratios.dat' using 1:2:4\nunset "
                        "multiplot\n");
    EOT_TRY(eot_gnuplot_figure(folder, "ratios", 1800, 800, &data, &body, err));
done:
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}

enum eot_status eot_xs_figures(const char *folder, const struct eot_xs_figure *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_output_prepare(folder, err));
    EOT_TRY(totals(folder, f, err));
    EOT_TRY(differentials(folder, f, err));
    EOT_TRY(ratios(folder, f, err));
done:
    return status;
}
