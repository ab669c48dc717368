#include "cli/geometry_spectrometer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "output/gnuplot.h"
#include "version.h"

static const double MOMENTUM[] = {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 150.0, 200.0, 300.0}; /* GeV/c */
enum { N_MOMENTUM = sizeof MOMENTUM / sizeof MOMENTUM[0], N_POINT = 120 };

enum eot_status eot_cli_spectrometer_make(const struct eot_config *config, const struct eot_setup *setup,
                                          struct eot_cli_spectrometer *to, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(to, 0, sizeof *to);
    to->config = config;
    EOT_TRY(eot_spectrometer_build(config, setup, &to->table, &to->s, err));
    eot_spectrometer_problem(config, to->table.value, &to->s, to->problem);
done:
    return status;
}

void eot_cli_spectrometer_free(struct eot_cli_spectrometer *s) { eot_f32_table_free(&s->table); }

static double resolution(const struct eot_cli_spectrometer *s, double momentum, int charge) {
    return eot_spectrometer_resolution(s->table.value, &s->s, s->config, momentum, charge);
}

/* Integral of the field [T m]. */
static void field_of(const struct eot_cli_spectrometer *s, double field[3]) {
    eot_spectrometer_field(s->table.value, &s->s, s->config, field);
    for (int k = 0; k < 3; k++) field[k] *= 0.01;
}

void eot_cli_spectrometer_print(const struct eot_cli_spectrometer *s) {
    double field[3];
    if (s->s.n_plane == 0) return;
    field_of(s, field);
    printf("\nspectrometer: %d chambers, %s to %s, field integral between their middles (%.4g, %.4g, %.4g) T m\n",
           s->s.n_plane, eot_spectrometer_chamber(s->config, &s->s, 0)->name,
           eot_spectrometer_chamber(s->config, &s->s, s->s.n_plane - 1)->name, field[0], field[1], field[2]);
    if (s->problem[0] != '\0') {
        printf("momentum cannot be measured: %s\n", s->problem);
        return;
    }
    printf(
        "resolution of 1/p from hits and multiple scattering, along the middles of the first two chambers (-: such a "
        "muon leaves the field)\n%-16s",
        "momentum [GeV]");
    for (int i = 0; i < N_MOMENTUM; i++) printf(" %8g", MOMENTUM[i]);
    for (int charge = -1; charge <= 1; charge += 2) {
        printf("\n%-16s", charge < 0 ? "mu- [%]" : "mu+ [%]");
        for (int i = 0; i < N_MOMENTUM; i++) {
            double r = resolution(s, MOMENTUM[i], charge);
            if (r > 0.0)
                printf(" %8.3g", 100.0 * r);
            else
                printf(" %8s", "-");
        }
    }
    printf("\n");
}

static json_t *number_or_null(double x) { return x > 0.0 ? json_real(x) : json_null(); }

json_t *eot_cli_spectrometer_json(const struct eot_cli_spectrometer *s) {
    double field[3];
    json_t *rows = json_array();
    field_of(s, field);
    for (int i = 0; i < N_MOMENTUM && s->s.has_track; i++)
        if (json_array_append_new(rows, json_pack("{s:f, s:o, s:o}", "momentum_GeV", MOMENTUM[i], "mu_minus",
                                                  number_or_null(resolution(s, MOMENTUM[i], -1)), "mu_plus",
                                                  number_or_null(resolution(s, MOMENTUM[i], 1)))) != 0) {
            json_decref(rows);
            return NULL;
        }
    return json_pack("{s:i, s:[f, f, f], s:o, s:o}", "chambers", (int)s->s.n_plane, "field_integral_T_m", field[0],
                     field[1], field[2], "problem", s->problem[0] != '\0' ? json_string(s->problem) : json_null(),
                     "resolution", rows);
}

enum eot_status eot_cli_spectrometer_figure(const struct eot_cli_spectrometer *s, const char *folder, const char *name,
                                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, body = {0};
    char title[160];
    eot_text_add(&data, "# momentum [GeV], relative resolution of 1/p of mu-, of mu+ [%%] (0: no momentum)\n");
    for (int i = 0; i < N_POINT; i++) {
        double p = pow(300.0, (double)i / (N_POINT - 1));
        eot_text_add(&data, "%.6g %.6g %.6g\n", p, 100.0 * resolution(s, p, -1), 100.0 * resolution(s, p, 1));
    }
    snprintf(title, sizeof title, "%s: momentum resolution of the spectrometer", s->config->name);
    eot_text_add(&body, "set title ");
    eot_text_add_quoted(&body, title, 0);
    eot_text_add(&body,
                 " font ',22'\nset label 1 'eotmc %s' at screen 0.99, screen 0.02 right font ',13' textcolor "
                 "'#808080'\nset logscale xy\nset xrange [1:300]\nset xlabel 'momentum [GeV/c]' font ',18'\nset ylabel "
                 "'standard deviation of 1/p [%%]' font ',18'\nset tics font ',16'\nset key top left font ',16'\nset "
                 "grid lc rgb '#E0E0E0'\nplot '%s.dat' using 1:($2>0?$2:NaN) with lines lc rgb '#0072B2' lw 2 title "
                 "'μ⁻', '' using 1:($3>0?$3:NaN) with lines lc rgb '#E69F00' dt 2 lw 2 title 'μ⁺'\n",
                 EOT_VERSION, name);
    EOT_TRY(eot_gnuplot_figure(folder, name, 1000, 700, &data, &body, err));
done:
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}
