/* The signal in the shower: forced against analog, preference of promising muons against none, the muon at the vertex
 * against the integrated cross section, conservation. Fixed seeds. */
#include "../simulation.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "eotmc/math/random.h"
#include "eotmc/math/vector.h"
#include "physics/lfc/event.h"
#include "physics/lfc/lfc.h"

static const char *const SET[] = {"physics.rare.dimuon_gamma=off", "physics.rare.lfc=on", "sampling.batch=500",
                                  "scoring.showers=0", "scoring.deposit_fraction=1"};
enum { N_SET = sizeof SET / sizeof SET[0] };

static void open_signal(struct simulation *s, const char *file, double m_phi, const char *cut, const char *more) {
    const char *set[N_SET + 5];
    char mass[40];
    size_t n = 0;
    for (; n < N_SET; n++) set[n] = SET[n];
    snprintf(mass, sizeof mass, "physics.mphi=%g GeV", m_phi);
    set[n++] = mass;
    set[n++] = cut;
    if (more != NULL) set[n++] = more;
    set[n] = NULL;
    gsl_set_error_handler_off();
    simulation_open(s, file, set, NULL);
}

static void expect_equal(const struct eot_result *a, const struct eot_result *b, const char *name) {
    const struct eot_estimate *x = eot_result_estimate(a, name), *y = eot_result_estimate(b, name);
    cr_assert(x != NULL && y != NULL, "no estimate %s", name);
    double sigma = hypot(x->std_error, y->std_error);
    printf("%-40s %.4g +- %.2g, %.4g +- %.2g: %.2f sigma\n", name, x->value, x->std_error, y->value, y->std_error,
           (x->value - y->value) / sigma);
    cr_expect(sigma > 0.0 && fabs(x->value - y->value) < 4.5 * sigma, "%s: %g +- %g and %g +- %g", name, x->value,
              x->std_error, y->value, y->std_error);
}

/* One vertex in 50 showers or so. */
Test(signal, analog_with_enhancement_agrees_with_forced, .timeout = 300) {
    struct simulation s;
    struct eot_result forced;
    open_signal(&s, "tests/ecal_only.yaml", 0.2, "physics.cut=2 GeV", NULL);
    s.config.sampling.eot = 8000;
    simulation_run(&s);
    forced = s.result;
    memset(&s.result, 0, sizeof s.result);
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    s.config.sampling.analog_enhancement = 1e12;
    s.config.sampling.eot = 40000;
    s.config.sampling.seed = 2;
    simulation_run(&s);
    const char *const name[] = {
        "signal.per_eot",          "signal.per_eot_above_5GeV",          "signal.per_eot_above_30GeV",
        "signal.positron_per_eot", "signal.positron_per_eot_above_5GeV", "signal.muon_energy_mean_GeV",
        "signal.mean_depth_X0"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) expect_equal(&forced, &s.result, name[i]);
    cr_expect_lt(fabs(s.result.energy_residual), 1e-12);
    s.config.sampling.analog_enhancement = 1e20;
    cr_expect_eq(simulation_execute(&s), EOT_E_CONFIG);
    eot_result_free(&forced);
    simulation_close(&s);
}

/* Preference changes errors, not expectations; yields go with h^2. */
Test(signal, preference_of_promising_muons_is_undone_by_weights, .timeout = 300) {
    struct simulation plain, preferred;
    open_signal(&plain, "configs/na64e-signal.yaml", 0.11, "physics.cut=5 GeV", "sampling.preference=0");
    open_signal(&preferred, "configs/na64e-signal.yaml", 0.11, "physics.cut=5 GeV", "physics.h=1e-6");
    plain.config.sampling.eot = preferred.config.sampling.eot = 10000;
    preferred.config.sampling.seed = 3;
    simulation_run(&plain);
    simulation_run(&preferred);
    const char *const name[] = {"efficiency.track",
                                "efficiency.mip",
                                "efficiency.total",
                                "efficiency.above_5GeV",
                                "signal.muon_energy_mean_GeV",
                                "signal.positron_muon_energy_mean_GeV"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) expect_equal(&plain.result, &preferred.result, name[i]);
    const struct eot_estimate *a = simulation_estimate(&plain, "signal.per_eot_above_5GeV"),
                              *b = simulation_estimate(&preferred, "signal.per_eot_above_5GeV");
    cr_expect(fabs(a->value - 1e4 * b->value) < 4.5 * hypot(a->std_error, 1e4 * b->std_error), "h^2: %g and %g",
              a->value, b->value);
    cr_expect_lt(simulation_estimate(&preferred, "efficiency.total")->std_error,
                 0.8 * simulation_estimate(&plain, "efficiency.total")->std_error);
    simulation_close(&plain);
    simulation_close(&preferred);
}

/* The largest mass, where one vertex in 1700 is selected: 20000 showers, extrapolated to those of the configuration,
 * must have less than 2 %. The value is that of 1.3e6 showers with the muon chosen from 128 candidates instead of from
 * the importance map. */
Test(signal, preference_makes_the_efficiency_at_3_GeV_precise, .timeout = 300) {
    struct simulation s;
    open_signal(&s, "configs/na64e-signal.yaml", 3.0, "physics.cut=5 GeV", NULL);
    double n = (double)s.config.sampling.eot;
    s.config.sampling.eot = 20000;
    simulation_run(&s);
    const struct eot_estimate *e = simulation_estimate(&s, "efficiency.total");
    printf("3 GeV: %.3g +- %.2g, relative error of %g showers %.2g\n", e->value, e->std_error, n,
           e->std_error / e->value * sqrt(2e4 / n));
    cr_expect_lt(e->std_error * sqrt(2e4 / n), 0.02 * e->value);
    cr_expect_float_eq(e->value, 6.02e-4, 4.5 * hypot(e->std_error, 0.10e-4), "%g +- %g", e->value, e->std_error);
    simulation_close(&s);
}

/* Records of vertices: y and psi of the muon at their electron's own energy are uniform in the cumulative distribution
 * of the cross section. Instead of a fixed energy, each event's quantiles are taken: F(y | E) by integration of `eotmc
 * xs`'s differential, then F(psi | E, y). Chi-square in 20 bins. */
static double cumulative_y(const struct eot_lfc_reaction *r, double E, double y) {
    enum { N = 20 };
    const struct eot_lfc_options options = {.tolerance = 1e-3};
    struct eot_lfc_value value;
    struct eot_error err;
    double sum = 0.0, y_min = 0.1056583755 / E, total;
    cr_assert_eq(eot_lfc_total(r, EOT_LFC_ETL, EOT_LFC_LEPTON, E, &options, &value, &err), EOT_OK, "%s", err.text);
    total = value.value;
    double low = log(y_min * (1.0 + 1e-9)), high = log(y);
    for (int i = 0; i <= N; i++) { /* Simpson in a variable without the root at the lower end */
        double u = (double)i / N, z = low + u * u * (high - low),
               weight = i == 0 || i == N ? 1.0
                        : i % 2 == 1     ? 4.0
                                         : 2.0;
        if (i == 0) continue;
        cr_assert_eq(eot_lfc_differential(r, EOT_LFC_ETL, EOT_LFC_LEPTON, E, exp(z), &options, &value, &err), EOT_OK,
                     "%s", err.text);
        sum += weight / (3.0 * N) * value.value * exp(z) * 2.0 * u * (high - low);
    }
    return sum / total;
}
static double cumulative_psi(const struct eot_lfc_reaction *r, double E, double y, double psi) {
    enum { N = 40 };
    const struct eot_lfc_options options = {.tolerance = 1e-3};
    struct eot_lfc_value value;
    struct eot_error err;
    double sum = 0.0, total;
    cr_assert_eq(eot_lfc_differential(r, EOT_LFC_ETL, EOT_LFC_LEPTON, E, y, &options, &value, &err), EOT_OK, "%s",
                 err.text);
    total = value.value;
    double scale = r->m_phi / E, end = log1p(psi * psi / (scale * scale)); /* uniform in ln(1 + psi^2/scale^2) */
    for (int i = 0; i <= N; i++) {
        double weight = i == 0 || i == N ? 1.0
                        : i % 2 == 1     ? 4.0
                                         : 2.0,
               square = scale * scale * expm1(end * i / N), angle = sqrt(square);
        cr_assert_eq(eot_lfc_double_differential(r, EOT_LFC_ETL, EOT_LFC_LEPTON, (struct eot_lfc_place){E, y, angle},
                                                 &options, &value, &err),
                     EOT_OK, "%s", err.text);
        double jacobian = angle > 0.0 ? sin(angle) / (2.0 * angle) : 0.5; /* dcos = sin dpsi = sin/(2 psi) dpsi^2 */
        sum += weight / (3.0 * N) * value.value * jacobian * (square + scale * scale) * end;
    }
    return sum / total;
}

static double chi_square_p(const double *count, const double *variance, int n, double total) {
    double chi2 = 0.0;
    for (int i = 0; i < n; i++) chi2 += (count[i] - total / n) * (count[i] - total / n) / fmax(variance[i], total / n);
    return gsl_cdf_chisq_Q(chi2, n - 1);
}

static void check_vertices(double m_phi) {
    enum { N_BIN = 20 };
    struct simulation s;
    double y_count[N_BIN] = {0.0}, psi_count[N_BIN] = {0.0}, n = 0.0;
    open_signal(&s, "tests/ecal_only.yaml", m_phi, "physics.cut=5 GeV", "scoring.record_fraction=1");
    s.config.sampling.eot = 2000;
    simulation_run(&s);
    for (size_t i = 0; i < s.run.n_row; i++) {
        const float *row = s.run.row[i].value;
        double E = (double)row[EOT_E_PARENT_ENERGY],
               E_mu = (double)(row[EOT_E_PARENT] > 0.0f ? row[EOT_E_MU_PLUS] : row[EOT_E_MU_MINUS]),
               versine = (double)row[EOT_E_VERSINE];
        if (E < 5.0 || E < 2.0 * (m_phi + 0.106)) continue;
        struct eot_lfc_reaction r = {
            EOT_LFC_E2MU, m_phi, 1e-4, (double)row[EOT_E_TARGET_Z], (double)row[EOT_E_TARGET_A], EOT_LFC_SAMPLER_EXACT};
        double F_y = cumulative_y(&r, E, E_mu / E),
               F_psi = cumulative_psi(&r, E, E_mu / E, 2.0 * asin(sqrt(0.5 * versine)));
        y_count[(int)fmin(fmax(F_y, 0.0) * N_BIN, N_BIN - 1)] += 1.0;
        psi_count[(int)fmin(fmax(F_psi, 0.0) * N_BIN, N_BIN - 1)] += 1.0;
        n += 1.0;
    }
    double p_y = chi_square_p(y_count, y_count, N_BIN, n), p_psi = chi_square_p(psi_count, psi_count, N_BIN, n);
    printf("m = %g: %g vertices, p(y) = %.3g, p(psi) = %.3g\n", m_phi, n, p_y, p_psi);
    cr_expect_gt(n, 1200.0);
    cr_expect_gt(p_y, 1e-3, "m = %g: y, p = %g", m_phi, p_y);
    cr_expect_gt(p_psi, 1e-3, "m = %g: psi, p = %g", m_phi, p_psi);
    simulation_close(&s);
}
Test(signal, muons_at_the_vertex_follow_the_cross_section_at_110_MeV, .timeout = 300) { check_vertices(0.11); }
Test(signal, muons_at_the_vertex_follow_the_cross_section_at_500_MeV, .timeout = 300) { check_vertices(0.5); }
Test(signal, muons_at_the_vertex_follow_the_cross_section_at_2_GeV, .timeout = 300) { check_vertices(2.0); }

/* Energy and momentum of recorded events, and their direction; the ledger with phi and recoil in it. */
Test(signal, energy_and_momentum_are_conserved_in_every_event, .timeout = 300) {
    struct simulation s;
    open_signal(&s, "configs/na64e-signal.yaml", 0.2, "physics.cut=5 GeV", "scoring.record_fraction=1");
    s.config.sampling.eot = 2000;
    simulation_run(&s);
    cr_assert_gt(s.run.n_row, 1500);
    double recoil = 0.0, passed = 0.0;
    for (size_t i = 0; i < s.run.n_row; i++) {
        const float *row = s.run.row[i].value;
        bool is_positron = row[EOT_E_PARENT] == (float)EOT_POSITRON;
        eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 0.2, (double)row[EOT_E_TARGET_Z],
                                               (double)row[EOT_E_TARGET_A]);
        struct eot_lfc_state state = {.E = (double)row[EOT_E_PARENT_ENERGY],
                                      .direction = {(double)row[EOT_E_SLOPE_X], (double)row[EOT_E_SLOPE_Y], 1.0},
                                      .E_f = (double)row[is_positron ? EOT_E_MU_PLUS : EOT_E_MU_MINUS],
                                      .versine = (double)row[EOT_E_VERSINE],
                                      .turn = (double)row[EOT_E_TURN],
                                      .t = (double)row[EOT_E_RECOIL_T],
                                      .turn_recoil = (double)row[EOT_E_RECOIL_TURN]};
        struct eot_lfc_momenta m = eot_lfc_momenta_of(n, &state);
        for (int k = 0; k < 4; k++)
            cr_expect_lt(fabs(m.lepton[k] + m.nucleus[k] - m.lepton_out[k] - m.phi[k] - m.recoil[k]), 1e-5 * 100.0,
                         "component %d of primary %llu", k, (unsigned long long)s.run.row[i].primary);
        double mass2 = m.phi[0] * m.phi[0] - m.phi[1] * m.phi[1] - m.phi[2] * m.phi[2] - m.phi[3] * m.phi[3];
        cr_expect_lt(fabs(mass2 - 0.04), 1e-5, "phi has a mass^2 of %g GeV^2", mass2);
        cr_expect(m.phi[0] >= 0.2 && row[EOT_E_RECOIL_T] > 0.0f &&
                  (is_positron ? row[EOT_E_MU_MINUS] : row[EOT_E_MU_PLUS]) == 0.0f);
        recoil += m.recoil[0] - m.nucleus[0];
        if (row[EOT_E_CUTS_PASSED] >= (float)EOT_N_CUT && !is_positron) passed += (double)row[EOT_E_PASS_GAUSSIAN];
    }
    cr_expect_lt(fabs(s.result.energy_residual), 1e-12);
    double from_ledger = simulation_estimate(&s, "energy.recoil_fraction")->value * s.result.energy_in;
    cr_expect_float_eq(from_ledger, recoil, 1e-3 * recoil + 1e-6, "recoil %g in the ledger, %g in the records",
                       from_ledger, recoil);
    cr_expect_gt(simulation_estimate(&s, "energy.phi_fraction")->value, 0.1);
    const struct eot_cutflow_row *last =
        &s.result.cutflow[s.result.n_cutflow - 1]; /* events are events, whatever their weights */
    cr_expect_gt(passed, 20.0);
    cr_expect_float_eq(last->events, passed, 1e-6 * passed, "%g events pass, %g in the cut flow", passed, last->events);
    simulation_close(&s);
}

/* The amplitude at fixed azimuth averages to the closed form; sampled transfers have the mean of the integrated
 * distribution; s = a + b cos(phi_q). */
Test(signal, momentum_transfer_follows_the_amplitude) {
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 0.5, 82.0, 207.2);
    const double point[][3] = {{100.0, 20.0, 1e-4}, {100.0, 3.0, 1e-2}, {30.0, 10.0, 3e-4}, {8.0, 1.0, 5e-2}};
    for (size_t i = 0; i < sizeof point / sizeof point[0]; i++) {
        double E = point[i][0], E_f = point[i][1], w = point[i][2];
        eot_lfc_point g = eot_lfc_point_from(n, E, E_f, eot_lfc_Q0(n, E, E_f, n.m_f, n.m_phi), w, n.m_f, n.m_phi);
        cr_assert_gt(g.t_max, g.t_min);
        for (double t = 1.5 * g.t_min; t < fmin(g.t_max, 1e3 * g.t_min); t *= 4.0) {
            double mean = 0.0, closed = eot_lfc_amplitude_y(n, g, t);
            for (int k = 0; k < 512; k++)
                mean += eot_lfc_amplitude_at(n, g, t, cos(2.0 * EOT_PI * (k + 0.5) / 512)) / 512;
            cr_expect_float_eq(mean, closed, 1e-6 * fabs(closed), "E = %g, t = %g: %g, %g", E, t, mean, closed);
        }
        /* mean of ln t */
        double sum[2] = {0.0, 0.0}, sampled = 0.0, last = fmin(g.t_max, fmax(1e4 * n.d, 100.0 * g.t_min)),
               range = log(last / g.t_min);
        for (int k = 0; k < 4000; k++) {
            double t = g.t_min * exp(range * (k + 0.5) / 4000),
                   density = t * eot_lfc_form_factor(n, t) * eot_lfc_amplitude_y(n, g, t);
            sum[0] += density;
            sum[1] += density * log(t / g.t_min);
        }
        enum { N_SAMPLE = 4000 };
        double square = 0.0;
        for (u32 k = 0; k < N_SAMPLE; k++) {
            eot_u32x4 b = eot_philox(k, (u32)i, 0, 0, 11, 0);
            struct eot_lfc_state state = {
                .E = E, .direction = {0.01, -0.02, 1.0}, .E_f = E_f, .versine = w, .turn = eot_uniform(b.w)};
            double kinetic = eot_lfc_recoil_sample(
                n, &state, (const double[3]){eot_uniform(b.x), eot_uniform(b.y), eot_uniform(b.z)});
            cr_expect_float_eq(kinetic, state.t / (2.0 * n.M), 1e-12 * kinetic);
            double v = log(state.t / g.t_min);
            sampled += v / N_SAMPLE;
            square += v * v / N_SAMPLE;
            struct eot_lfc_momenta m = eot_lfc_momenta_of(n, &state);
            double q2 = 0.0, s = 0.0;
            for (int c = 0; c < 4; c++) {
                double q = m.nucleus[c] - m.recoil[c], in = m.lepton_out[c] + m.phi[c];
                q2 += c == 0 ? q * q : -q * q;
                s += c == 0 ? in * in : -in * in;
            }
            cr_expect_float_eq(-q2, state.t, 1e-6 * state.t + 1e-12);
            double want = g.a0 + g.a1 * state.t + sqrt(eot_lfc_b2(g, state.t)) * cos(2.0 * EOT_PI * state.turn_recoil);
            cr_expect_float_eq(s - n.m_i * n.m_i, want, 1e-6 * want + 1e-9, "s = %g, want %g", s, want);
        }
        double error = sqrt(fmax(square - sampled * sampled, 0.0) / N_SAMPLE);
        cr_expect_float_eq(sampled, sum[1] / sum[0], 4.5 * error + 1e-3,
                           "E = %g: mean of ln(t/t_min) %g +- %g, want %g", E, sampled, error, sum[1] / sum[0]);
    }
}
