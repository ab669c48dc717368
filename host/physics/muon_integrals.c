#include "physics/muon_integrals.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_spline.h>
#include <math.h>

#include "eotmc/physics/muon_bremsstrahlung.h"
#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/physics/muon_pair.h"
#include "eotmc/physics/muon_photonuclear.h"

/* Gauss-Legendre points of the asymmetry integral (pairs) and of that over Q^2 (photonuclear); error below 1e-3, tested
 */
#define N_PAIR_NODE 12
#define SMALLEST_V 1.0e-7 /* lower end of the radiative integrals; what is below carries less than 1e-4 of the loss */

static const char *radiative_name[EOT_MUON_N_RADIATIVE] = {"bremsstrahlung", "pair production", "photonuclear"};

double eot_muon_radiative(const struct eot_muon_spectrum *s, double v) {
    double sum = 0.0;
    for (int i = 0; i < s->material->n_element; i++) {
        const struct eot_element *e = s->material->element + i;
        double sigma = 0.0;
        if (s->process == 0)
            sigma = eot_muon_brems_dxsec(e->Z, e->A, s->E, v);
        else if (s->process == 2) {
            eot_muon_photonuclear_kinematics c = eot_muon_photonuclear_prepare(e->Z, e->A, s->E, v);
            for (size_t k = 0; c.log_high > c.log_low && k < N_PAIR_NODE; k++) {
                double t, weight;
                gsl_integration_glfixed_point(c.log_low, c.log_high, k, &t, &weight, s->integrator->pair_nodes);
                sigma += weight * eot_muon_photonuclear_integrand(c, t);
            }
        } else {
            eot_muon_pair_kinematics c = eot_muon_pair_prepare(e->Z, s->E, v);
            for (size_t k = 0; c.log_tmin < 0.0 && k < N_PAIR_NODE; k++) {
                double t, weight;
                gsl_integration_glfixed_point(c.log_tmin, 0.0, k, &t, &weight, s->integrator->pair_nodes);
                sigma += weight * eot_muon_pair_integrand(c, t);
            }
        }
        sum += e->mass_fraction / e->A * sigma;
    }
    return sum * EOT_AVOGADRO * 1.0e-30;
}

static double radiative_integrand(double log_v, void *p) {
    const struct eot_muon_spectrum *s = p;
    double v = exp(log_v), f = eot_muon_radiative(s, v) * v;
    for (int i = 0; i < s->power; i++) f *= v;
    return f;
}

enum eot_status eot_muon_integrate(struct eot_muon_integrator *g, struct eot_muon_spectrum *s, int power, double v_low,
                                   double v_high, double *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *result = 0.0;
    s->power = power;
    if (v_low >= v_high) return EOT_OK;
    gsl_function f = {radiative_integrand, s};
    double error = 0.0;
    int code = gsl_integration_qag(&f, log(v_low), log(v_high), 0.0, 0.2 * g->tolerance, 200, GSL_INTEG_GAUSS21,
                                   g->workspace, result, &error);
    double relative = *result > 0.0 ? error / *result : 0.0;
    if (*result > 1.0e-30 && relative > g->worst) g->worst = relative;
    EOT_CHECK(
        (code == GSL_SUCCESS && *result < 1.0e-30) || (code != GSL_EBADTOL && relative <= g->tolerance), EOT_E_NUMERIC,
        "integral of muon %s in %s at %g GeV reached a relative error of %g (%s), tolerance %g; report this as a bug",
        radiative_name[s->process], s->material->name, s->E, relative, gsl_strerror(code), g->tolerance);
done:
    return status;
}

enum eot_status eot_muon_integrator_create(double tolerance, struct eot_muon_integrator *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_set_error_handler_off();
    *g = (struct eot_muon_integrator){.tolerance = tolerance};
    g->workspace = gsl_integration_workspace_alloc(200);
    g->pair_nodes = gsl_integration_glfixed_table_alloc(N_PAIR_NODE);
    EOT_CHECK_MEMORY(g->workspace);
    EOT_CHECK_MEMORY(g->pair_nodes);
done:
    return status;
}

void eot_muon_integrator_free(struct eot_muon_integrator *g) {
    if (g->pair_nodes) gsl_integration_glfixed_table_free(g->pair_nodes);
    if (g->workspace) gsl_integration_workspace_free(g->workspace);
}

static double momentum2(double T) { return T * (T + 2.0 * EOT_M_MUON); }
double eot_muon_beta2(double T) { return momentum2(T) / ((T + EOT_M_MUON) * (T + EOT_M_MUON)); }
double eot_muon_row_energy(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + ((u32)i << EOT_MUON_ROW_SHIFT));
}
double eot_muon_loss_row_energy(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + ((u32)i << EOT_MUON_LOSS_ROW_SHIFT));
}

/* Gauss-Legendre in ln W, one panel a decade. */
double eot_muon_delta_moment(const struct eot_muon_integrator *g, double T, double Z_over_A, int power, double low,
                             double high) {
    double sum = 0.0;
    int n_panel = 1 + (int)(log10(high / low));
    for (int j = 0; low < high && j < n_panel; j++) {
        double a = log(low) + log(high / low) * j / n_panel, b = log(low) + log(high / low) * (j + 1) / n_panel;
        for (size_t k = 0; k < N_PAIR_NODE; k++) {
            double x, weight;
            gsl_integration_glfixed_point(a, b, k, &x, &weight, g->pair_nodes);
            double W = exp(x);
            sum += weight * eot_muon_delta_spectrum(T, W, Z_over_A) * pow(W, power + 1);
        }
    }
    return sum;
}

double eot_muon_ionisation(const struct eot_muon_integrator *g, const struct eot_material *m, double T) {
    const double *d = m->density_effect;
    double delta = eot_density_effect(sqrt(momentum2(T)) / EOT_M_MUON, d[0], d[1], d[2], d[3], d[4]);
    double sum = eot_muon_bethe(T, m->Z_over_A, 1.0e-9 * m->mean_excitation, delta);
    double largest = eot_muon_largest_transfer(T), low = 1.0e-5;
    if (largest <= low) return sum;
    int n_panel = 1 + (int)(log10(largest / low));
    for (int j = 0; j < n_panel; j++) { /* W dN/dW times the correction alone */
        double a = log(low) + log(largest / low) * j / n_panel, b = log(low) + log(largest / low) * (j + 1) / n_panel;
        for (size_t k = 0; k < N_PAIR_NODE; k++) {
            double x, weight;
            gsl_integration_glfixed_point(a, b, k, &x, &weight, g->pair_nodes);
            double W = exp(x), correction = eot_muon_delta_radiative(T, W);
            sum += weight * eot_muon_delta_spectrum(T, W, m->Z_over_A) * W * W * (correction - 1.0) / correction;
        }
    }
    return sum;
}

enum eot_status eot_muon_radiative_fill(struct eot_muon_integrator *g, const struct eot_material *m, double v_cut,
                                        struct eot_muon_radiative_table *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
        double E = eot_muon_loss_row_energy(i) + EOT_M_MUON;
        t->log_T[i] = log(eot_muon_loss_row_energy(i));
        for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++) {
            struct eot_muon_spectrum s = {.material = m, .integrator = g, .process = p, .E = E};
            double *v = &t->value[p][0][i];
            double result[EOT_MUON_N_MOMENT];
            double lowest = p == 1   ? 4.0 * EOT_M_ELECTRON / E
                            : p == 2 ? EOT_PHOTONUCLEAR_LOWEST / E
                                     : SMALLEST_V,
                   highest = 1.0 - EOT_M_MUON / E;
            EOT_TRY(eot_muon_integrate(g, &s, 1, lowest, fmin(v_cut, highest), &result[EOT_MUON_SOFT_LOSS], err));
            EOT_TRY(eot_muon_integrate(g, &s, 2, lowest, fmin(v_cut, highest), &result[EOT_MUON_SOFT_VARIANCE], err));
            EOT_TRY(eot_muon_integrate(g, &s, 0, fmax(lowest, v_cut), highest, &result[EOT_MUON_HARD_RATE], err));
            EOT_TRY(eot_muon_integrate(g, &s, 1, fmax(lowest, v_cut), highest, &result[EOT_MUON_HARD_LOSS], err));
            double scale[EOT_MUON_N_MOMENT] = {E, E * E, 1.0, E};
            for (int k = 0; k < EOT_MUON_N_MOMENT; k++) v[k * EOT_MUON_N_LOSS_ROW] = result[k] * scale[k];
        }
    }
done:
    return status;
}

enum eot_status eot_muon_radiative_interpolate(const struct eot_muon_radiative_table *t, int process, int moment,
                                               const double *T, int n, double *out, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_spline *spline = NULL;
    double y[EOT_MUON_N_LOSS_ROW];
    const double *value = t->value[process][moment];
    int first = EOT_MUON_N_LOSS_ROW;
    for (int i = EOT_MUON_N_LOSS_ROW - 1; i >= 0 && value[i] > 0.0; i--) first = i;
    for (int i = 0; i < n; i++) out[i] = 0.0;
    size_t n_knot = (size_t)(EOT_MUON_N_LOSS_ROW - first);
    if (n_knot < 5) goto done;
    for (int i = first; i < EOT_MUON_N_LOSS_ROW; i++) y[i] = log(value[i]);
    spline = gsl_spline_alloc(gsl_interp_akima, n_knot);
    EOT_CHECK_MEMORY(spline);
    EOT_CHECK(gsl_spline_init(spline, t->log_T + first, y + first, n_knot) == GSL_SUCCESS, EOT_E_NUMERIC,
              "spline failed (GSL); report this as a bug");
    for (int i = 0; i < n; i++) {
        double x = fmin(log(T[i]), t->log_T[EOT_MUON_N_LOSS_ROW - 1]);
        if (x >= t->log_T[first]) out[i] = exp(gsl_spline_eval(spline, x, NULL));
    }
done:
    gsl_spline_free(spline);
    return status;
}

void eot_muon_csda_range(const double *T, const double *stopping, int n, double *range) {
    range[0] = 0.5 * T[0] / stopping[0]; /* 1/S grows as T^0.8 to 1 there */
    for (int i = 1; i < n; i++) {
        /* 1/S as a power of T between two points, integrated exactly */
        double power = log(stopping[i - 1] / stopping[i]) / log(T[i] / T[i - 1]), k = power + 1.0;
        double whole = fabs(k) > 1.0e-9 ? (T[i] / stopping[i] - T[i - 1] / stopping[i - 1]) / k
                                        : T[i] / stopping[i] * log(T[i] / T[i - 1]);
        range[i] = range[i - 1] + whole;
    }
}
