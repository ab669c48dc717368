/* The formulas of the signal's cross section: azimuthal averages against the amplitude (10) on explicit four-vectors,
 * kinematic limits, thresholds, messages. */
#include <criterion/criterion.h>
#include <criterion/theories.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "eotmc/math/random.h"
#include "eotmc/physics/lfc.h"
#include "physics/lfc/lfc.h"

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(lfc, .init = setup);

typedef struct {
    long double t, x, y, z;
} four;
static four minus(four a, four b) { return (four){a.t - b.t, a.x - b.x, a.y - b.y, a.z - b.z}; }
static four plus(four a, four b) { return (four){a.t + b.t, a.x + b.x, a.y + b.y, a.z + b.z}; }
static long double times(four a, four b) { return a.t * b.t - a.x * b.x - a.y * b.y - a.z * b.z; }

/* |A|^2 of eq. (10) with every product taken from the four-vectors. */
static long double amplitude_direct(eot_lfc_system n, four p, four pf, four k, four Pi, four Pf) {
    four P = plus(Pi, Pf);
    long double m2 = (long double)n.m_phi * n.m_phi, mi2 = (long double)n.m_i * n.m_i, mf2 = (long double)n.m_f * n.m_f,
                D2 = m2 - mi2 - mf2;
    four sum = plus(pf, k), difference = minus(p, k), q = minus(Pi, Pf);
    long double s = times(sum, sum) - mi2, u = times(difference, difference) - mf2, t = -times(q, q);
    long double first = (s + u) * (s + u) / (2 * s * u) * times(P, P),
                second = -2 * t / (s * u) * times(P, k) * times(P, k);
    long double bracket = u * times(P, p) + s * times(P, pf);
    long double third = D2 / (2 * s * s * u * u) * (times(P, P) * t * (s + u) * (s + u) - 4 * bracket * bracket);
    return first + second + third;
}

/* Average over the azimuth of q around V at fixed kinematics of one outgoing particle. The trapezoidal rule converges
 * geometrically. */
static long double average_direct(eot_lfc_system n, int side, long double E, long double E_x, long double theta,
                                  long double t) {
    enum { N = 4000 };
    long double m_fixed = side == 0 ? n.m_phi : n.m_f, m_rest = side == 0 ? n.m_f : n.m_phi, M = n.M;
    long double p = sqrtl(E * E - (long double)n.m_i * n.m_i), k = sqrtl(E_x * E_x - m_fixed * m_fixed);
    four incoming = {E, 0, 0, p}, fixed = {E_x, k * sinl(theta), 0, k * cosl(theta)}, V = minus(incoming, fixed);
    long double v = sqrtl(V.x * V.x + V.z * V.z), q = sqrtl(t + t * t / (4 * M * M)), E_rest = V.t - t / (2 * M);
    long double cosine = (v * v + q * q - (E_rest * E_rest - m_rest * m_rest)) / (2 * v * q),
                sine = sqrtl(1 - cosine * cosine); /* rest = V - q on its mass shell */
    four e1 = {0, V.z / v, 0, -V.x / v}, e3 = {0, V.x / v, 0, V.z / v};
    long double sum = 0;
    for (int i = 0; i < N; i++) {
        long double phi = 2 * acosl(-1.0L) * (i + 0.5L) / N, a = q * sine * cosl(phi), b = q * sine * sinl(phi),
                    c = q * cosine;
        four transfer = {t / (2 * M), a * e1.x + c * e3.x, b, a * e1.z + c * e3.z}; /* to the nucleus */
        four rest = minus(V, transfer), Pi = {M, 0, 0, 0}, Pf = plus(Pi, transfer);
        sum += side == 0 ? amplitude_direct(n, incoming, rest, fixed, Pi, Pf)
                         : amplitude_direct(n, incoming, fixed, rest, Pi, Pf);
    }
    return sum / N / (8 * M * M);
}

static void averages(int side) {
    const double AGREE =
        1e-7; /* long double keeps 1e-19 (E/m)^2 of the direct sum; the trapezoidal rule 1e-8 at b/a = 0.99 */
    int n_done = 0;
    for (u32 i = 0; i < 400; i++) {
        eot_u32x4 b = eot_philox(i, 1, 0, 0, 77, (u32)side), c = eot_philox(i, 2, 0, 0, 77, (u32)side);
        int is_mu2e = (int)(b.x & 1u);
        double m_phi = 0.12 + 1.5 * eot_uniform(b.y), A = 1.0 + floor(60.0 * eot_uniform(b.z)), E;
        eot_lfc_system n = is_mu2e ? eot_lfc_system_from(EOT_M_MUON, EOT_M_ELECTRON, m_phi, 1.0, A)
                                   : eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, m_phi, 1.0, A);
        E = eot_lfc_threshold(n) * (1.1 + 6.0 * eot_uniform(b.w));
        double m_fixed = side == 0 ? n.m_phi : n.m_f, m_rest = side == 0 ? n.m_f : n.m_phi;
        eot_lfc_range range = eot_lfc_energy_range(n, E, m_fixed, m_rest);
        double E_x = range.low + eot_uniform(c.x) * (range.high - range.low),
               theta = 3.1 * eot_uniform(c.y) * eot_uniform(c.y), sine = sin(0.5 * theta);
        eot_lfc_point g =
            eot_lfc_point_from(n, E, E_x, eot_lfc_Q0(n, E, E_x, m_fixed, m_rest), 2.0 * sine * sine, m_fixed, m_rest);
        if (!(g.t_max > g.t_min)) continue;
        double t = g.t_min * pow(g.t_max / g.t_min, 0.02 + 0.96 * eot_uniform(c.z));
        double b2 = eot_lfc_b2(g, t), a2 = fmin(eot_lfc_square(g.a0 + g.a1 * t),
                                                side == 0 ? INFINITY : eot_lfc_square(g.a0_other + g.a1_other * t));
        if (b2 > 0.98 * a2) continue; /* there the direct sum does not converge */
        double got = side == 0 ? eot_lfc_amplitude_x(n, g, t) : eot_lfc_amplitude_y(n, g, t),
               want = (double)average_direct(n, side, E, E_x, theta, t);
        cr_expect(fabs(got - want) <= AGREE * fabs(want),
                  "m_i = %g, m_phi = %g, A = %g, E = %g, E_x = %g, theta = %g, t = %g: %.10e, direct %.10e", n.m_i,
                  m_phi, A, E, E_x, theta, t, got, want);
        n_done++;
    }
    cr_expect(n_done > 150, "only %d points", n_done);
}
Test(lfc, azimuthal_average_at_fixed_phi_is_that_of_the_amplitude) { averages(0); }
Test(lfc, azimuthal_average_at_fixed_lepton_is_that_of_the_amplitude) { averages(1); }

Test(lfc, limits_of_t_are_where_the_rest_flies_along_the_transfer) {
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 0.5, 6.0, 12.0);
    double E = 4.0, E_x = 2.5, theta = 0.3, sine = sin(0.5 * theta);
    eot_lfc_point g =
        eot_lfc_point_from(n, E, E_x, eot_lfc_Q0(n, E, E_x, n.m_phi, n.m_f), 2.0 * sine * sine, n.m_phi, n.m_f);
    double limit[2] = {g.t_min, g.t_max}, sign[2] = {1.0, -1.0};
    for (int i = 0; i < 2; i++) {
        double t = limit[i], q = sqrt(t + eot_lfc_square(t / (2.0 * n.M))), E_f = E - E_x - t / (2.0 * n.M);
        double cosine = (g.V * g.V + q * q - (E_f * E_f - n.m_f * n.m_f)) / (2.0 * g.V * q);
        cr_expect(fabs(fabs(cosine) - 1.0) < 1e-10, "cos theta_q = %.12f at the limit %d", cosine, i);
        double inside = t * (1.0 + sign[i] * 1e-4), q_inside = sqrt(inside + eot_lfc_square(inside / (2.0 * n.M))),
               E_inside = E - E_x - inside / (2.0 * n.M);
        cr_expect(fabs((g.V * g.V + q_inside * q_inside - (E_inside * E_inside - n.m_f * n.m_f)) /
                       (2.0 * g.V * q_inside)) < 1.0);
    }
}

Test(lfc, threshold_is_where_the_invariant_mass_reaches_the_final_masses) {
    eot_lfc_system n = eot_lfc_system_from(EOT_M_MUON, EOT_M_ELECTRON, 0.7, 1.0, 1.0);
    double E = eot_lfc_threshold(n), S = n.M * n.M + n.m_i * n.m_i + 2.0 * n.M * E;
    cr_expect_float_eq(sqrt(S), n.M + n.m_phi + n.m_f, 1e-12);
}

/* Nothing is negative, NaN or non-zero where it must vanish; everything goes as h^2. */
TheoryDataPoints(lfc, values_are_sane) = {
    DataPoints(double, 0.106, 0.2, 1.0, 3.0),
    DataPoints(double, 0.3, 0.999999, 1.0, 1.0000001, 1.001, 1.5, 30.0),
    DataPoints(double, 1.0, 6.0, 82.0),
    DataPoints(int, 0, 1),
    DataPoints(int, 0, 1, 2),
};
Theory((double m_phi, double ratio, double Z, int process, int method), lfc, values_are_sane) {
    struct eot_error err;
    struct eot_lfc_reaction r = {(enum eot_lfc_process)process,
                                 m_phi,
                                 1e-4,
                                 Z,
                                 Z == 1.0 ? 1.0 : Z == 6.0 ? 12.0 : 207.0,
                                 EOT_LFC_SAMPLER_EXACT},
                            doubled = r;
    double threshold;
    doubled.coupling = 2e-4;
    cr_assert_eq(eot_lfc_threshold_energy(&r, &threshold, &err), EOT_OK, "%s", err.text);
    double E = ratio * threshold;
    if (E > 500.0) return;
    for (int side = 0; side < 2; side++) {
        struct eot_lfc_value one, four_times, single, twice;
        enum eot_status status =
            eot_lfc_total(&r, (enum eot_lfc_method)method, (enum eot_lfc_side)side, E, NULL, &one, &err);
        if (ratio == 1.0000001 && status == EOT_E_NUMERIC) continue; /* may be told, may not be wrong */
        cr_assert_eq(status, EOT_OK, "%s", err.text);
        cr_expect(isfinite(one.value) && isfinite(one.rel_error));
        cr_expect(E > threshold ? one.value >= 0.0 || method != 0 : one.value == 0.0,
                  "sigma = %g at E/threshold = %.9g", one.value, ratio);
        if (method == 0 && ratio > 1.0) cr_expect(one.value > 0.0);
        cr_assert_eq(
            eot_lfc_total(&doubled, (enum eot_lfc_method)method, (enum eot_lfc_side)side, E, NULL, &four_times, &err),
            EOT_OK);
        cr_expect(fabs(four_times.value - 4.0 * one.value) <= 1e-12 * fabs(one.value));
        for (int i = 0; i <= 4; i++) {
            cr_assert_eq(eot_lfc_differential(&r, (enum eot_lfc_method)method, (enum eot_lfc_side)side, E, 0.25 * i,
                                              NULL, &single, &err),
                         EOT_OK, "%s", err.text);
            cr_assert_eq(eot_lfc_double_differential(&r, (enum eot_lfc_method)method, (enum eot_lfc_side)side,
                                                     (struct eot_lfc_place){E, 0.25 * i, i}, NULL, &twice, &err),
                         i < 4 ? EOT_OK : EOT_E_USAGE, "%s", err.text); /* 4 rad is no polar angle */
            cr_expect(isfinite(single.value) && isfinite(twice.value));
            if (E <= threshold) cr_expect(single.value == 0.0 && twice.value == 0.0);
            if (i == 0 || i == 4) cr_expect(single.value == 0.0, "%g at the end of the range", single.value);
        }
    }
}

Test(lfc, angular_distribution_integrates_to_the_total) {
    struct eot_error err;
    struct eot_lfc_reaction r = {EOT_LFC_E2MU, 0.5, 1e-4, 82.0, 207.0, EOT_LFC_SAMPLER_EXACT};
    const double AGREE = 2e-4; /* of the trapezoidal sum below */
    for (int side = 0; side < 2; side++) {
        enum { N = 200 };
        double sum = 0.0, step = log(3.14159 / 1e-6) / N;
        for (int i = 0; i <= N; i++) {
            double angle = 1e-6 * exp(i * step);
            struct eot_lfc_value value;
            cr_assert_eq(eot_lfc_angular(&r, EOT_LFC_ETL, (enum eot_lfc_side)side, 100.0, angle, NULL, &value, &err),
                         EOT_OK, "%s", err.text);
            sum += value.value * angle * step * (i == 0 || i == N ? 0.5 : 1.0);
        }
        cr_expect(fabs(sum / 0.7863265735 - 1.0) < AGREE, "side %d: %.6f pb, reference 0.786327", side,
                  sum); /* tests/reference/lfc/sigma_total.csv */
    }
}

struct refusal {
    double m_phi, coupling, Z, A, E, fraction, angle, theta_max, tolerance;
    char text[48];
};

Test(lfc, requests_outside_the_validity_are_refused_by_name) {
    const struct refusal row[] = {
        {0.1, 1e-4, 82, 207, 100, 0.5, 0, 0, 0, "decay to e phi"},
        {EOT_M_MUON - EOT_M_ELECTRON, 1e-4, 82, 207, 100, 0.5, 0, 0, 0, "decay to e phi"},
        {NAN, 1e-4, 82, 207, 100, 0.5, 0, 0, 0, "not a finite number"},
        {3.01, 1e-4, 82, 207, 100, 0.5, 0, 0, 0, "above 3 GeV"},
        {0.5, 0.0, 82, 207, 100, 0.5, 0, 0, 0, "coupling"},
        {0.5, 1e-4, 0.5, 207, 100, 0.5, 0, 0, 0, "Z = 0.5"},
        {0.5, 1e-4, 82, 81, 100, 0.5, 0, 0, 0, "A = 81"},
        {0.5, 1e-4, 82, 207, 501, 0.5, 0, 0, 0, "at most 500"},
        {0.5, 1e-4, 82, 207, 0, 0.5, 0, 0, 0, "above 0"},
        {0.5, 1e-4, 82, 207, NAN, 0.5, 0, 0, 0, "energy"},
        {0.5, 1e-4, 82, 207, 100, 1.5, 0, 0, 0, "must be in [0, 1]"},
        {0.5, 1e-4, 82, 207, 100, NAN, 0, 0, 0, "must be in [0, 1]"},
        {0.5, 1e-4, 82, 207, 100, 0.5, -1, 0, 0, "must be in [0, pi]"},
        {0.5, 1e-4, 82, 207, 100, 0.5, NAN, 0, 0, "must be in [0, pi]"},
        {0.5, 1e-4, 82, 207, 100, 0.5, 0, 4, 0, "largest angle"},
        {0.5, 1e-4, 82, 207, 100, 0.5, 0, 0, 1e-12, "tolerance"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct eot_lfc_reaction r = {EOT_LFC_E2MU, row[i].m_phi, row[i].coupling,
                                     row[i].Z,     row[i].A,     EOT_LFC_SAMPLER_EXACT};
        struct eot_lfc_options options = {.theta_max = row[i].theta_max, .tolerance = row[i].tolerance};
        struct eot_lfc_value value;
        struct eot_error err = {.text = ""};
        cr_expect_eq(eot_lfc_double_differential(&r, EOT_LFC_ETL, EOT_LFC_PHI,
                                                 (struct eot_lfc_place){row[i].E, row[i].fraction, row[i].angle},
                                                 &options, &value, &err),
                     EOT_E_USAGE, "row %zu", i);
        cr_expect(strstr(err.text, row[i].text) != NULL, "'%s' lacks '%s'", err.text, row[i].text);
        cr_expect(value.value == 0.0 && value.rel_error == 0.0);
    }
}

Test(lfc, what_cannot_be_reached_is_told) {
    struct eot_lfc_reaction r = {
        EOT_LFC_MU2E, 0.1052, 1e-4,
        82.0,         207.0,  EOT_LFC_SAMPLER_EXACT}; /* 50 keV above the pole, to a precision that rounding forbids */
    struct eot_lfc_options options = {.tolerance = 1e-8, .reference = 1};
    struct eot_lfc_value value;
    struct eot_error err = {.text = ""};
    enum eot_status status = eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, 160.0, &options, &value, &err);
    cr_expect(status == EOT_E_NUMERIC ? strstr(err.text, "not converged") != NULL : value.rel_error <= 1e-8,
              "status %d: %s", status, err.text);
}

Test(lfc, gm2_has_its_heavy_limit_and_flux_its_ends) {
    struct eot_error err;
    struct eot_lfc_value value;
    cr_assert_eq(eot_lfc_gm2(3.0, &value, &err), EOT_OK);
    double limit = eot_lfc_square(EOT_M_MUON / 3.0) /
                   (48.0 * EOT_PI * EOT_PI); /* h^2 m_mu^2/(48 pi^2 m^2) times 1 + O(m_mu^2/m^2) */
    cr_expect(fabs(value.value / limit - 1.0) < 2.0 * eot_lfc_square(EOT_M_MUON / 3.0), "%g, limit %g", value.value,
              limit);
    cr_expect(eot_lfc_flux(82.0, 207.0, 1.0, 1.0) == 0.0);
    cr_expect(eot_lfc_flux(82.0, 207.0, 2.0, 1.0) == 0.0);
    double just = eot_lfc_flux(82.0, 207.0, 1e-3, 1e-3 * (1.0 + 1e-6)); /* F^2/t^2 (dt)^2/2 */
    double want =
        eot_lfc_form_factor(eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 1.0, 82.0, 207.0), 1e-3) * 0.5e-18;
    cr_expect(fabs(just / want - 1.0) < 1e-5, "%g, expected %g", just, want);
    cr_expect_eq(eot_lfc_gm2(0.05, &value, &err), EOT_E_USAGE);
    double h;
    struct eot_lfc_relic_options resonance = {0.5, 0.1, 10.0};
    cr_expect_eq(eot_lfc_relic_coupling(0.2, &resonance, &h, &err), EOT_E_USAGE);
}
