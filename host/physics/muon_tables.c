#include "physics/muon_tables.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_spline.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/muon_bremsstrahlung.h"
#include "eotmc/physics/muon_elastic.h"
#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/physics/muon_pair.h"
#include "eotmc/physics/muon_photonuclear.h"

#define N_RADIATIVE 3
#define N_PAIR_NODE \
    12 /* Gauss-Legendre points of the asymmetry integral (pairs) and of that over Q^2 (photonuclear); error below \
          1e-3, tested */
#define N_LOSS_GRID 400   /* cells of the cumulative that the losses' tables are inverted from */
#define SMALLEST_V 1.0e-7 /* lower end of the radiative integrals; what is below carries less than 1e-4 of the loss */

static const char *radiative_name[N_RADIATIVE] = {"bremsstrahlung", "pair production", "photonuclear"};

struct integrator {
    gsl_integration_workspace *workspace;
    gsl_integration_glfixed_table *pair_nodes;
    double tolerance, worst;
};

struct spectrum {
    const struct eot_material *material;
    const struct integrator *integrator;
    int process; /* 0, 1, 2: bremsstrahlung, pair, photonuclear */
    double E;
    int power;
};

struct eot_muon_options eot_muon_options_default(void) {
    return (struct eot_muon_options){.v_cut = 1.0e-4,
                                     .delta_cut = 0.020,
                                     .delta_share = 0.0,
                                     .layer_cut = 0.001,
                                     .elastic_per_X0 = 0.02,
                                     .elastic_per_cm = 0.005,
                                     .stop_kinetic = 2.0e-3,
                                     .largest_loss = 0.05,
                                     .tolerance = 1.0e-3,
                                     .straggling = EOT_MUON_STRAGGLING_VAVILOV,
                                     .scattering = 1,
                                     .decay_in_flight = 1,
                                     .decay_at_rest = 1};
}

struct eot_muon_options eot_muon_options_moments(void) {
    struct eot_muon_options o = eot_muon_options_default();
    o.v_cut = 0.01;
    o.delta_cut = 0.0;
    o.delta_share = 0.01;
    o.straggling = EOT_MUON_STRAGGLING_MOMENTS;
    o.decay_in_flight = o.decay_at_rest = 0;
    return o;
}

/* Macroscopic cross section per g/cm2 of one radiative process, times v: the integrand over ln v. */
static double radiative(const struct spectrum *s, double v) {
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
    const struct spectrum *s = p;
    double v = exp(log_v), f = radiative(s, v) * v;
    for (int i = 0; i < s->power; i++) f *= v;
    return f;
}

/* Integral of v^power dsigma from v_low to v_high [cm2/g]. */
static enum eot_status integrate(struct integrator *g, struct spectrum *s, int power, double v_low, double v_high,
                                 double *result, struct eot_error *err) {
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

static enum eot_status integrator_create(double tolerance, struct integrator *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_set_error_handler_off();
    *g = (struct integrator){.tolerance = tolerance};
    g->workspace = gsl_integration_workspace_alloc(200);
    g->pair_nodes = gsl_integration_glfixed_table_alloc(N_PAIR_NODE);
    EOT_CHECK_MEMORY(g->workspace);
    EOT_CHECK_MEMORY(g->pair_nodes);
done:
    return status;
}

static void integrator_free(struct integrator *g) {
    if (g->pair_nodes) gsl_integration_glfixed_table_free(g->pair_nodes);
    if (g->workspace) gsl_integration_workspace_free(g->workspace);
}

static double momentum2(double T) { return T * (T + 2.0 * EOT_M_MUON); }
static double beta2_of(double T) { return momentum2(T) / ((T + EOT_M_MUON) * (T + EOT_M_MUON)); }
static double row_energy(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + ((u32)i << EOT_MUON_ROW_SHIFT));
}
static double loss_row_energy(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + ((u32)i << EOT_MUON_LOSS_ROW_SHIFT));
}
static double tail_probability(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
}

/* Integral of W^power dN/dW of delta rays from low to high, per g/cm2: Gauss-Legendre in ln W, one panel a decade. */
static double delta_moment(const struct integrator *g, double T, double Z_over_A, int power, double low, double high) {
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

/* Mean ionisation loss with the radiative correction [GeV cm2/g]. */
static double ionisation(const struct integrator *g, const struct eot_material *m, double T) {
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

/* Radiative integrals on the coarse grid, with Akima splines of their logarithms in ln T for the rows between. */
enum { SOFT_LOSS, SOFT_VARIANCE, HARD_RATE, HARD_LOSS, N_MOMENT };
struct radiative_table {
    double log_T[EOT_MUON_N_LOSS_ROW];
    double value[N_RADIATIVE][N_MOMENT][EOT_MUON_N_LOSS_ROW]; /* GeV cm2/g, GeV2 cm2/g, cm2/g, GeV cm2/g */
};

static enum eot_status radiative_table_fill(struct integrator *g, const struct eot_material *m, double v_cut,
                                            struct radiative_table *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
        double E = loss_row_energy(i) + EOT_M_MUON;
        t->log_T[i] = log(loss_row_energy(i));
        for (int p = 0; p < N_RADIATIVE; p++) {
            struct spectrum s = {.material = m, .integrator = g, .process = p, .E = E};
            double *v = &t->value[p][0][i];
            double result[N_MOMENT];
            double lowest = p == 1   ? 4.0 * EOT_M_ELECTRON / E
                            : p == 2 ? EOT_PHOTONUCLEAR_LOWEST / E
                                     : SMALLEST_V,
                   highest = 1.0 - EOT_M_MUON / E;
            EOT_TRY(integrate(g, &s, 1, lowest, fmin(v_cut, highest), &result[SOFT_LOSS], err));
            EOT_TRY(integrate(g, &s, 2, lowest, fmin(v_cut, highest), &result[SOFT_VARIANCE], err));
            EOT_TRY(integrate(g, &s, 0, fmax(lowest, v_cut), highest, &result[HARD_RATE], err));
            EOT_TRY(integrate(g, &s, 1, fmax(lowest, v_cut), highest, &result[HARD_LOSS], err));
            double scale[N_MOMENT] = {E, E * E, 1.0, E};
            for (int k = 0; k < N_MOMENT; k++) v[k * EOT_MUON_N_LOSS_ROW] = result[k] * scale[k];
        }
    }
done:
    return status;
}

/* One moment at n kinetic energies: 0 below the first positive knot, Akima spline of the logarithm above. */
static enum eot_status radiative_interpolate(const struct radiative_table *t, int process, int moment, const double *T,
                                             int n, double *out, struct eot_error *err) {
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

/* CSDA range [g/cm2] at n increasing energies from the total stopping powers at them: 1/S as a power of T between
 * neighbours. */
static void csda_range(const double *T, const double *stopping, int n, double *range) {
    range[0] = 0.5 * T[0] / stopping[0]; /* 1/S grows as T^0.8 to 1 there */
    for (int i = 1; i < n; i++) {
        /* 1/S as a power of T between two points, integrated exactly */
        double power = log(stopping[i - 1] / stopping[i]) / log(T[i] / T[i - 1]), k = power + 1.0;
        double whole = fabs(k) > 1.0e-9 ? (T[i] / stopping[i] - T[i - 1] / stopping[i - 1]) / k
                                        : T[i] / stopping[i] * log(T[i] / T[i - 1]);
        range[i] = range[i - 1] + whole;
    }
}

enum eot_status eot_muon_dedx(const struct eot_material *material, const double *kinetic_energy, int n,
                              struct eot_muon_dedx_row *row, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct integrator g = {0};
    struct radiative_table *table = NULL;
    double *radiative_loss = NULL, *fine = NULL;
    double T[EOT_MUON_N_ROW], stopping[EOT_MUON_N_ROW], range[EOT_MUON_N_ROW], part[EOT_MUON_N_ROW];
    EOT_TRY(integrator_create(1.0e-3, &g, err));
    table = malloc(sizeof *table);
    radiative_loss = calloc((size_t)n * N_RADIATIVE + 1, sizeof *radiative_loss);
    fine = calloc((size_t)n + 1, sizeof *fine);
    EOT_CHECK_MEMORY(table);
    EOT_CHECK_MEMORY(radiative_loss);
    EOT_CHECK_MEMORY(fine);
    for (int i = 0; i < n; i++)
        EOT_CHECK(kinetic_energy[i] >= row_energy(0) && kinetic_energy[i] <= row_energy(EOT_MUON_N_ROW - 1),
                  EOT_E_CONFIG,
                  "kinetic energy %g GeV is outside the muon tables (%g to %g GeV); ask for energies inside",
                  kinetic_energy[i], row_energy(0), row_energy(EOT_MUON_N_ROW - 1));
    EOT_TRY(radiative_table_fill(&g, material, 1.0, table, err)); /* with the cut at 1 all is soft */
    for (int i = 0; i < EOT_MUON_N_ROW; i++) {
        T[i] = row_energy(i);
        stopping[i] = ionisation(&g, material, T[i]);
    }
    for (int p = 0; p < N_RADIATIVE; p++) {
        EOT_TRY(radiative_interpolate(table, p, SOFT_LOSS, T, EOT_MUON_N_ROW, part, err));
        for (int i = 0; i < EOT_MUON_N_ROW; i++) stopping[i] += part[i];
        EOT_TRY(radiative_interpolate(table, p, SOFT_LOSS, kinetic_energy, n, fine, err));
        for (int i = 0; i < n && p == 2;
             i++) { /* the onset of photonuclear reactions lies between two points of the spline */
            double E = kinetic_energy[i] + EOT_M_MUON;
            struct spectrum s = {.material = material, .integrator = &g, .process = p, .E = E};
            EOT_TRY(integrate(&g, &s, 1, EOT_PHOTONUCLEAR_LOWEST / E, 1.0 - EOT_M_MUON / E, fine + i, err));
            fine[i] *= E;
        }
        for (int i = 0; i < n; i++) radiative_loss[i * N_RADIATIVE + p] = 1.0e3 * fine[i];
    }
    csda_range(T, stopping, EOT_MUON_N_ROW, range);
    for (int i = 0; i < n; i++) {
        double *r = radiative_loss + i * N_RADIATIVE;
        row[i] = (struct eot_muon_dedx_row){.kinetic_energy = kinetic_energy[i],
                                            .ionisation = 1.0e3 * ionisation(&g, material, kinetic_energy[i]),
                                            .brems = r[0],
                                            .pair = r[1],
                                            .photonuclear = r[2]};
        row[i].total = row[i].ionisation + r[0] + r[1] + r[2];
        int k = 0;
        while (k + 2 < EOT_MUON_N_ROW && T[k + 1] <= kinetic_energy[i]) k++;
        double ends[2] = {T[k], kinetic_energy[i]}, stops[2] = {stopping[k], 1.0e-3 * row[i].total}, step[2];
        csda_range(ends, stops, 2, step);
        row[i].csda_range = kinetic_energy[i] > T[k] ? range[k] + step[1] - step[0] : range[k];
    }
done:
    free(fine);
    free(radiative_loss);
    free(table);
    integrator_free(&g);
    return status;
}

/* Fill ln-losses against tail probability from a cumulative on a uniform grid of x: tail[j] = integral above x_j,
 * decreasing. */
static void invert_tail(const double *tail, int n, double x_low, double x_high, float *out) {
    int j = n;
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
        double want = tail_probability(i) * tail[0];
        while (j > 1 && tail[j - 1] < want) j--;
        /* tail[j-1] >= want > tail[j] or j == 1; within the cell ln(tail) is nearly linear, except where it ends in 0
         */
        double t =
            tail[j] > 0.0 ? log(tail[j - 1] / want) / log(tail[j - 1] / tail[j]) : (tail[j - 1] - want) / tail[j - 1];
        out[i] = (float)(x_low + (x_high - x_low) * ((double)(j - 1) + fmin(fmax(t, 0.0), 1.0)) / (double)n);
    }
}

struct shape {
    const struct integrator *integrator;
    const struct eot_material *material;
    double T, low, high; /* of W [GeV] or v */
    int process;         /* enum eot_muon_process */
};

/* Density in x, x = 0 at ln(low), 1 at ln(high). */
static double loss_density(const struct shape *s, double x) {
    double value = s->low * pow(s->high / s->low, x);
    if (s->process == EOT_MUON_DELTA) return eot_muon_delta_spectrum(s->T, value, s->material->Z_over_A) * value;
    struct spectrum r = {.material = s->material,
                         .integrator = s->integrator,
                         .process = s->process - EOT_MUON_BREMS,
                         .E = s->T + EOT_M_MUON};
    return radiative(&r, value) * value;
}

static void loss_row(const struct shape *s, float *out) {
    double tail[N_LOSS_GRID + 1], density[N_LOSS_GRID + 1];
    tail[N_LOSS_GRID] = 0.0;
    for (int j = 0; j <= N_LOSS_GRID; j++) density[j] = loss_density(s, (double)j / N_LOSS_GRID);
    /* cubic rule over each cell where there are neighbours */
    for (int j = N_LOSS_GRID - 1; j >= 0; j--) {
        double cell = 0.5 * (density[j] + density[j + 1]);
        if (j > 0 && j + 2 <= N_LOSS_GRID)
            cell += (density[j] + density[j + 1] - density[j - 1] - density[j + 2]) / 24.0;
        tail[j] = tail[j + 1] + fmax(cell, 0.0);
    }
    double low = s->process == EOT_MUON_DELTA ? 0.0 : log(s->low),
           high = s->process == EOT_MUON_DELTA ? 1.0 : log(s->high);
    if (tail[0] > 0.0)
        invert_tail(tail, N_LOSS_GRID, low, high, out);
    else
        for (int i = 0; i < EOT_MUON_N_TAIL; i++) out[i] = (float)low;
}

static double delta_cut_at(const struct eot_muon_options *o, double T) {
    return fmax(o->delta_cut, o->delta_share * T);
}

/* The hard elastic scatters of a material: q_cut^2, their rate at beta = 1 [cm2/g], the table of ln q^2. */
struct elastic {
    double q_cut2, rate;
    double form_factor_deficit; /* integral of Z^2 (1 - F^2)/q^2 below q_cut, in the units of the kick [GeV2 cm2/g] */
};

/* N_A w/A 4 pi alpha^2 (hbar c)^2 of an element [GeV2 cm2/g], to be multiplied by Z^2/q^4 dq^2. */
static double rutherford(const struct eot_element *e) {
    return EOT_AVOGADRO * e->mass_fraction / e->A * 4.0 * EOT_PI * EOT_ALPHA * EOT_ALPHA * EOT_HBARC * EOT_HBARC;
}

static double elastic_above(const struct eot_material *m, double q2_low, double q2_high) {
    double density = 0.0, q2 = sqrt(q2_low * q2_high); /* one Simpson panel in ln q^2 by the caller's fine cells */
    double points[3] = {q2_low, q2, q2_high}, weights[3] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        for (int k = 0; k < 3; k++)
            density +=
                weights[k] * rutherford(e) * e->Z * e->Z * eot_nuclear_scattering(points[k], e->Z, e->A) / points[k];
    }
    return density * log(q2_high / q2_low);
}

static void elastic_build(const struct eot_material *m, double rate_wanted, struct elastic *el, float *out) {
    enum { N = 600 };
    double tail[N + 1], total = 0.0;
    const double q2_low = 1.0e-7, q2_high = 4.0; /* GeV^2: 0.3 MeV to 2 GeV */
    tail[N] = 0.0;
    for (int j = N - 1; j >= 0; j--)
        tail[j] = tail[j + 1] + elastic_above(m, q2_low * pow(q2_high / q2_low, (double)j / N),
                                              q2_low * pow(q2_high / q2_low, (double)(j + 1) / N));
    int j = N - 1;
    while (j > 0 && tail[j] < rate_wanted) j--;
    double t = tail[j] > rate_wanted ? log(tail[j] / rate_wanted) / log(tail[j] / tail[j + 1]) : 0.0;
    double x_cut = ((double)j + t) / N;
    el->q_cut2 = q2_low * pow(q2_high / q2_low, x_cut);
    /* the tail above the cut on its own grid */
    for (int k = N - 1; k >= 0; k--)
        tail[k] = tail[k + 1] + elastic_above(m, el->q_cut2 * pow(q2_high / el->q_cut2, (double)k / N),
                                              el->q_cut2 * pow(q2_high / el->q_cut2, (double)(k + 1) / N));
    el->rate = tail[0];
    invert_tail(tail, N, log(el->q_cut2), log(q2_high), out);
    for (int i = 0; i < m->n_element; i++) { /* midpoint rule in q^2: the integrand is smooth and small */
        const struct eot_element *e = m->element + i;
        for (int k = 0; k < 64; k++) {
            double q2 = el->q_cut2 * ((double)k + 0.5) / 64.0;
            total +=
                rutherford(e) * e->Z * e->Z * (1.0 - eot_nuclear_scattering(q2, e->Z, e->A)) / q2 * el->q_cut2 / 64.0;
        }
    }
    el->form_factor_deficit = total;
}

/* beta^2 times the mean square of the projected soft momentum transfer per g/cm2 [GeV2 cm2/g]. */
static double soft_kick(const struct eot_material *m, const struct elastic *el, double T, double delta_cut) {
    double beta2 = beta2_of(T), sum = -el->form_factor_deficit;
    double electron_q2 =
        2.0 * EOT_M_ELECTRON * delta_cut; /* harder collisions are delta rays, which deflect by their own kinematics */
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        double nucleus = eot_screening_momentum2(e->Z, beta2),
               electrons = eot_screening_momentum2_electrons(e->Z, beta2);
        double x = el->q_cut2 / nucleus, y = electron_q2 / electrons;
        sum += rutherford(e) * (e->Z * e->Z * (log1p(x) - x / (1.0 + x)) + e->Z * (log1p(y) - y / (1.0 + y)));
    }
    return 0.5 * sum;
}

/* Capture rate of mu- from the 1s state [1/ns]: H. Primakoff, Rev. Mod. Phys. 31 (1959) 802: 170/s Z_eff^4 (1 - 3.125
 * (A - Z)/2A) with the effective charge Z (1 + (Z/42)^1.47)^(-1/1.47) (fit to K. W. Ford, J. G. Wills, Nucl. Phys. 35
 * (1962) 295). Atoms capture in proportion to their charge (Fermi-Teller). */
static double capture_rate(const struct eot_material *m) {
    double sum = 0.0, weight = 0.0;
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        double effective = e->Z * pow(1.0 + pow(e->Z / 42.0, 1.47), -1.0 / 1.47);
        double share = e->mass_fraction / e->A * e->Z;
        sum += share * 170.0e-9 * pow(effective, 4.0) * (1.0 - 3.125 * (e->A - e->Z) / (2.0 * e->A));
        weight += share;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

/* Everything of one material into the four per-material arrays. */
static enum eot_status material_build(struct integrator *g, const struct eot_material *m,
                                      const struct eot_muon_options *o, double *rows, double *shares, double *losses,
                                      double *elastic_out, double *constants, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct radiative_table *table = NULL;
    double(*value)[N_MOMENT][EOT_MUON_N_ROW] = NULL;
    double T[EOT_MUON_N_ROW], stopping[EOT_MUON_N_ROW], range[EOT_MUON_N_ROW];
    float line[EOT_MUON_N_TAIL];
    struct elastic el = {0};
    table = malloc(sizeof *table);
    value = malloc(N_RADIATIVE * sizeof *value);
    EOT_CHECK_MEMORY(table);
    EOT_CHECK_MEMORY(value);
    EOT_TRY(radiative_table_fill(g, m, o->v_cut, table, err));
    for (int i = 0; i < EOT_MUON_N_ROW; i++) T[i] = row_energy(i);
    for (int p = 0; p < N_RADIATIVE; p++)
        for (int k = 0; k < N_MOMENT; k++)
            EOT_TRY(radiative_interpolate(table, p, k, T, EOT_MUON_N_ROW, value[p][k], err));
    elastic_build(m, fmax(o->elastic_per_X0 / m->X0, o->elastic_per_cm) / m->density, &el, line);
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) elastic_out[i] = line[i];

    for (int i = 0; i < EOT_MUON_N_ROW; i++) {
        double beta2 = beta2_of(T[i]), largest = eot_muon_largest_transfer(T[i]),
               cut = fmin(delta_cut_at(o, T[i]), largest);
        double full = ionisation(g, m, T[i]), rate[EOT_MUON_DECAY] = {0}, soft = full;
        if (cut < largest) {
            rate[EOT_MUON_DELTA] = delta_moment(g, T[i], m->Z_over_A, 0, cut, largest);
            soft -= delta_moment(g, T[i], m->Z_over_A, 1, cut, largest);
        }
        double variance = 0.5 * EOT_BETHE_K * m->Z_over_A / beta2 * cut * (1.0 - 0.5 * beta2 * cut / largest);
        stopping[i] = full;
        for (int p = 0; p < N_RADIATIVE; p++) {
            soft += value[p][SOFT_LOSS][i];
            rate[EOT_MUON_BREMS + p] = value[p][HARD_RATE][i];
            stopping[i] += value[p][SOFT_LOSS][i] + value[p][HARD_LOSS][i];
        }
        if (o->scattering) rate[EOT_MUON_ELASTIC] = el.rate / beta2;
        double total = 0.0, below = 0.0;
        for (int p = 0; p < EOT_MUON_DECAY; p++) total += rate[p];
        for (int p = 0; p < 4; p++) {
            below += rate[p];
            shares[4 * i + p] = total > 0.0 ? below / total : 0.0;
        }
        double *row = rows + (size_t)i * EOT_MUON_N_COLUMN;
        row[EOT_MUON_LOSS] = soft * m->density;
        row[EOT_MUON_RATE] = total * m->density;
        row[EOT_MUON_KICK] = soft_kick(m, &el, T[i], cut) * m->density;
        row[EOT_MUON_XI] = 0.5 * EOT_BETHE_K * m->Z_over_A / beta2 * m->density;
        row[EOT_MUON_INVERSE_CUT] = 1.0 / (cut * (1.0 - 0.5 * beta2 * cut / largest));
        row[EOT_MUON_VARIANCE] = variance * m->density;
        row[EOT_MUON_HIGHEST_DELTA] = log(largest / cut);
    }
    csda_range(T, stopping, EOT_MUON_N_ROW, range);
    for (int i = 0; i < EOT_MUON_N_ROW; i++)
        rows[(size_t)i * EOT_MUON_N_COLUMN + EOT_MUON_RANGE] = range[i] / m->density;

    for (int p = 0; p < 4; p++)
        for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
            double kinetic = loss_row_energy(i), E = kinetic + EOT_M_MUON;
            struct shape s = {.integrator = g,
                              .material = m,
                              .T = kinetic,
                              .process = p,
                              .low = o->v_cut,
                              .high = fmax(1.0 - EOT_M_MUON / E, o->v_cut)};
            if (p == EOT_MUON_DELTA) {
                s.high = eot_muon_largest_transfer(kinetic);
                s.low = fmin(delta_cut_at(o, kinetic), s.high);
            }
            loss_row(&s, line);
            for (int k = 0; k < EOT_MUON_N_TAIL; k++)
                losses[((size_t)p * EOT_MUON_N_LOSS_ROW + (size_t)i) * EOT_MUON_N_TAIL + (size_t)k] = line[k];
        }
    constants[EOT_MUON_CAPTURE_RATE] = capture_rate(m);
    constants[EOT_MUON_DELTA_CUT] = o->delta_cut;
    constants[EOT_MUON_DELTA_SHARE] = o->delta_share;
done:
    free(value);
    free(table);
    return status;
}

static enum eot_status options_check(const struct eot_muon_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(o->v_cut >= 1.0e-5 && o->v_cut <= 0.2, EOT_E_CONFIG,
              "muon v_cut = %g (must be 1e-5 to 0.2); 1e-4 is the default", o->v_cut);
    EOT_CHECK(
        o->delta_cut >= 0.0 && o->delta_share >= 0.0 && o->delta_share <= 0.2 &&
            (o->delta_cut >= 1.0e-3 || o->delta_share >= 1.0e-3),
        EOT_E_CONFIG,
        "muon delta cut = %g GeV, share %g (one must be at least 1e-3, the share at most 0.2); 0.02 GeV is the default",
        o->delta_cut, o->delta_share);
    EOT_CHECK(o->layer_cut >= 1.0e-4, EOT_E_CONFIG,
              "muon layer cut = %g GeV (must be at least 1e-4); 0.001 is the default", o->layer_cut);
    EOT_CHECK(o->elastic_per_X0 >= 0.005 && o->elastic_per_X0 <= 5.0, EOT_E_CONFIG,
              "muon hard scatters per X0 = %g (must be 0.005 to 5); 0.02 is the default", o->elastic_per_X0);
    EOT_CHECK(o->stop_kinetic >= 1.0e-3 && o->stop_kinetic <= 1.0, EOT_E_CONFIG,
              "muon stop energy = %g GeV (must be 0.001 to 1); 0.002 is the default", o->stop_kinetic);
    EOT_CHECK(o->largest_loss >= 0.01 && o->largest_loss <= 0.3, EOT_E_CONFIG,
              "muon loss per step = %g (must be 0.01 to 0.3); 0.05 is the default", o->largest_loss);
    EOT_CHECK(o->straggling >= EOT_MUON_STRAGGLING_OFF && o->straggling <= EOT_MUON_STRAGGLING_MOMENTS, EOT_E_CONFIG,
              "muon straggling = %d (unknown); choose off, vavilov or moments", o->straggling);
done:
    return status;
}

enum eot_status eot_muon_tables_build(const struct eot_material *material, int n_material,
                                      const struct eot_muon_options *options, struct eot_f32_table *out,
                                      eot_muon_tables *layout, double *achieved, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct integrator g = {0};
    const size_t n = (size_t)n_material, n_rows = EOT_MUON_N_ROW * EOT_MUON_N_COLUMN,
                 n_losses = 4 * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_TAIL;
    double *rows = NULL, *shares = NULL, *losses = NULL, *elastic = NULL, *constants = NULL;
    double straggling[EOT_MUON_N_KAPPA * 2 * EOT_MUON_N_TAIL];
    EOT_TRY(options_check(options, err));
    EOT_TRY(integrator_create(options->tolerance, &g, err));
    rows = calloc(n * n_rows + 1, sizeof *rows);
    shares = calloc(n * EOT_MUON_N_ROW * 4 + 1, sizeof *shares);
    losses = calloc(n * n_losses + 1, sizeof *losses);
    elastic = calloc(n * EOT_MUON_N_TAIL + 1, sizeof *elastic);
    constants = calloc(n * EOT_MUON_N_CONSTANT + 1, sizeof *constants);
    EOT_CHECK_MEMORY(rows);
    EOT_CHECK_MEMORY(shares);
    EOT_CHECK_MEMORY(losses);
    EOT_CHECK_MEMORY(elastic);
    EOT_CHECK_MEMORY(constants);
    for (size_t i = 0; i < n; i++)
        if (material[i].density > 0.0 && material[i].n_element > 0)
            EOT_TRY(material_build(&g, material + i, options, rows + i * n_rows, shares + i * EOT_MUON_N_ROW * 4,
                                   losses + i * n_losses, elastic + i * EOT_MUON_N_TAIL,
                                   constants + i * EOT_MUON_N_CONSTANT, err));
    for (int i = 0; i < EOT_MUON_N_KAPPA; i++)
        EOT_TRY(eot_muon_vavilov_row((double)eot_f32_from_bits(EOT_MUON_KAPPA_BITS + ((u32)i << EOT_MUON_KAPPA_SHIFT)),
                                     straggling + 2 * i * EOT_MUON_N_TAIL, straggling + (2 * i + 1) * EOT_MUON_N_TAIL,
                                     err));
    *layout = (eot_muon_tables){
        .n_material = n_material,
        .straggling = options->straggling,
        .scattering = options->scattering,
        .decay_at_rest = options->decay_at_rest,
        .decay_rate = options->decay_in_flight ? (f32)(EOT_M_MUON / (EOT_C_LIGHT * EOT_MUON_LIFETIME)) : 0.0f,
        .stop_kinetic = (f32)options->stop_kinetic,
        .largest_loss = (f32)options->largest_loss,
        .inverse_layer_cut = (f32)(1.0 / options->layer_cut)};
    EOT_TRY(eot_f32_table_append(out, rows, n * n_rows, &layout->rows, err));
    EOT_TRY(eot_f32_table_append(out, shares, n * EOT_MUON_N_ROW * 4, &layout->shares, err));
    EOT_TRY(eot_f32_table_append(out, losses, n * n_losses, &layout->losses, err));
    EOT_TRY(eot_f32_table_append(out, elastic, n * EOT_MUON_N_TAIL, &layout->elastic, err));
    EOT_TRY(eot_f32_table_append(out, constants, n * EOT_MUON_N_CONSTANT, &layout->materials, err));
    EOT_TRY(
        eot_f32_table_append(out, straggling, sizeof straggling / sizeof *straggling, &layout->straggling_table, err));
    if (achieved) *achieved = g.worst;
done:
    free(constants);
    free(elastic);
    free(losses);
    free(shares);
    free(rows);
    integrator_free(&g);
    return status;
}
