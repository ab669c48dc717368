/* Rates and inverse-CDF tables of the electromagnetic cascade, against radiation lengths, published cross sections and
 * independent integrals. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "eotmc/math/random.h"
#include "eotmc/physics/brems.h"
#include "eotmc/physics/compton.h"
#include "eotmc/physics/dimuon_gamma.h"
#include "eotmc/physics/electron_ionisation.h"
#include "eotmc/physics/pair.h"
#include "materials/library.h"
#include "physics/dimuon.h"
#include "physics/em.h"

static struct eot_material lead;
static struct eot_em_options options; /* homogeneous lead */
static struct eot_f32_table table;
static eot_em_tables layout;
static struct eot_em_errors error[EOT_N_MEDIUM_MAX];

static struct eot_material material_of(const char *name) {
    struct eot_material_config config;
    struct eot_material material;
    struct eot_error err = {.status = EOT_OK};
    cr_assert(eot_material_builtin(name, &config));
    cr_assert_eq(eot_material_derive(&config, &material, &err), EOT_OK, "%s", err.text);
    return material;
}

static void build(void) {
    gsl_set_error_handler_off();
    lead = material_of("lead");
    options = (struct eot_em_options){.cut = 0.2,
                                      .energy_max = 105.0,
                                      .depth = 20.0,
                                      .step_max_X0 = 0.5,
                                      .rare = {[EOT_RARE_DIMUON_GAMMA] = true},
                                      .lpm = true,
                                      .n_medium = 1};
    options.medium[0].n_constituent = 1;
    options.medium[0].material[0] = &lead;
    options.medium[0].fraction[0] = 1.0;
    struct eot_error err = {.status = EOT_OK};
    cr_assert_eq(eot_em_tables_build(&options, &table, &layout, error, &err), EOT_OK, "%s", err.text);
}
static void release(void) { eot_f32_table_free(&table); }
TestSuite(em_tables, .init = build, .fini = release);

static double atoms_per_cm3(void) { return lead.density * EOT_AVOGADRO / lead.element[0].A; }
static eot_brems_medium suppression_of(bool lpm) {
    return (eot_brems_medium){lpm ? EOT_LPM_ENERGY_PER_X0 * lead.X0 : 0.0, lead.plasma_energy * 1e-9};
}
static double node_energy(int i) { return 0.2 * exp(i / (double)layout.inverse_log_step); }

/* Integrands in double, not through the tables. */
struct spectrum {
    double E;
    int power;
    bool lpm;
};
static double brems(double k, void *p) {
    const struct spectrum *s = p;
    return atoms_per_cm3() * pow(k, s->power) * eot_brems_dxsec_dk(s->E, k, 82.0, suppression_of(s->lpm));
}
static double brems_in_log_k(double v, void *p) { return exp(v) * brems(exp(v), p); }
static double pair(double eps, void *p) {
    return atoms_per_cm3() * eot_pair_dxsec_deps(((const struct spectrum *)p)->E, eps, 82.0);
}
static double compton_in_log_eps(double v, void *p) {
    return atoms_per_cm3() * 82.0 * exp(v) * eot_compton_dxsec_deps(((const struct spectrum *)p)->E, exp(v));
}

static double integral(double (*f)(double, void *), struct spectrum s, double low, double high) {
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(1000);
    gsl_function g = {f, &s};
    double value = 0.0, abs_error = 0.0;
    int code = gsl_integration_qag(&g, low, high, 0.0, 1e-8, 1000, GSL_INTEG_GAUSS31, w, &value, &abs_error);
    gsl_integration_workspace_free(w);
    cr_assert(code == GSL_SUCCESS || abs_error < 3e-5 * fabs(value), "quadrature: %s, %g +- %g", gsl_strerror(code),
              value, abs_error);
    return value;
}

/* --- radiation length */

Test(em_tables, radiated_energy_is_one_X0_at_complete_screening) {
    double E = 1e5, X0 = 6.37 / 11.35; /* PDG: 6.37 g/cm2 */
    double radiated = integral(brems, (struct spectrum){E, 1, false}, 0.0, E - EOT_M_ELECTRON) / E * X0;
    /* Tsai 1974, Eq. (3.83) and its term (1 - y)(1 + 1/Z)/9, which the definition of X0 leaves out: 1/18 of it remains
     * after the integral over y */
    double small = (82.0 * 82.0 + 82.0) / 18.0 /
                   (82.0 * 82.0 * (log(184.15) - log(82.0) / 3.0 - eot_coulomb_correction(82.0)) +
                    82.0 * (log(1194.0) - 2.0 * log(82.0) / 3.0));
    cr_assert_float_eq(radiated, 1.0 + small, 0.01, "energy radiated per X0: %.5f of E, Tsai %.5f", radiated,
                       1.0 + small);
    cr_assert_float_eq(eot_em_medium_X0(&options.medium[0]), X0, 2e-3 * X0);
}

Test(em_tables, pairs_come_at_seven_ninths_per_X0_at_high_energy) {
    double k = 1e4, X0 = 6.37 / 11.35;
    double rate = integral(pair, (struct spectrum){k, 0, false}, EOT_M_ELECTRON / k, 1.0 - EOT_M_ELECTRON / k) * X0;
    cr_assert_float_eq(rate * 9.0 / 7.0, 1.0, 0.015, "pairs per X0: %.5f x 7/9", rate * 9.0 / 7.0);
}

/* --- gamma -> mu+ mu- */

Test(em_tables, dimuon_cross_section_is_the_integral_of_the_published_formula) {
    /* shared reference of the project: integral of the BKK differential formula, microbarn per Pb atom */
    const double reference[3][2] = {{1.0, 30.22}, {10.0, 334.6}, {100.0, 886.4}};
    for (int i = 0; i < 3; i++) {
        double value = 1e30 * eot_dimuon_gamma_xsec(reference[i][0], 82.0, 207.2),
               fit = 1e30 * eot_dimuon_gamma_xsec_fit(reference[i][0], 82.0, 207.2);
        cr_expect_float_eq(value, reference[i][1], 1e-3 * reference[i][1], "%g GeV: %.3f, reference %g",
                           reference[i][0], value, reference[i][1]);
        cr_expect_float_eq(fit, reference[i][1], 5e-3 * reference[i][1], "%g GeV: BKK's fit %.3f, integral %g",
                           reference[i][0], fit, reference[i][1]);
    }
}

Test(em_tables, dimuon_cross_section_vanishes_at_threshold_and_grows) {
    cr_assert_eq(eot_dimuon_gamma_xsec(2.0 * EOT_M_MUON, 82.0, 207.2), 0.0);
    cr_assert_eq(eot_dimuon_gamma_xsec(0.1, 82.0, 207.2), 0.0);
    cr_assert_eq(eot_dimuon_gamma_xsec_fit(4.0 * EOT_M_MUON, 82.0, 207.2), 0.0);
    double last = 0.0;
    for (double k = 0.2114; k < 1000.0; k *= 1.1) {
        double value = eot_dimuon_gamma_xsec(k, 82.0, 207.2);
        cr_expect_geq(value, last, "%g GeV", k);
        last = value;
    }
    cr_assert_gt(last, 1e-27);
}

/* --- ionisation */

Test(em_tables, ionisation_agrees_with_ESTAR_in_water) {
    /* NIST ESTAR (ICRU 37), collision stopping power of liquid water, MeV cm2/g. Sternheimer's parameters for water
     * reproduce delta to 0.1 at a few MeV. */
    const double reference[4][3] = {
        {1.0, 1.849, 6e-3}, {10.0, 1.968, 6e-3}, {100.0, 2.202, 1e-3}, {1000.0, 2.401, 1e-3}};
    for (int i = 0; i < 4; i++) {
        double E = 1e-3 * reference[i][0] + EOT_M_ELECTRON,
               beta_gamma = sqrt(E * E / (EOT_M_ELECTRON * EOT_M_ELECTRON) - 1.0);
        double delta = eot_density_effect(log10(beta_gamma), 0.09116, 3.4773, 0.2400, 2.8004, 3.5017);
        double value = 1e3 * eot_electron_ionisation(E, 0.55509, 75e-9, delta);
        cr_expect_float_eq(value, reference[i][1], reference[i][2] * reference[i][1], "%g MeV: %.4f, ESTAR %.3f",
                           reference[i][0], value, reference[i][1]);
    }
}

/* Where the density effect has taken the place of the mean excitation energy, only the plasma energy enters: ln(gamma/2
 * (m/hbar omega_p)^2) + 9/8. */
Test(em_tables, ionisation_reaches_the_Fermi_plateau) {
    const struct {
        const char *name;
        double plasma_energy, Z_over_A; /* PDG 2022: eV, mol/g */
    } reference[] = {{"lead", 61.07, 0.39575}, {"polystyrene", 21.75, 0.53768}};
    for (int i = 0; i < 2; i++) {
        struct eot_material material = material_of(reference[i].name);
        struct eot_em_medium medium = {.n_constituent = 1, .material = {&material}, .fraction = {1.0}};
        double E = 1.0 + EOT_M_ELECTRON, ratio = EOT_M_ELECTRON / (1e-9 * reference[i].plasma_energy);
        double expected = 0.153537e-3 * reference[i].Z_over_A * (log(0.5 * E / EOT_M_ELECTRON * ratio * ratio) + 1.125);
        double value = eot_em_rates_at(&medium, E, 0.2, true).ionisation / material.density;
        cr_expect_float_eq(value, expected, 1e-3 * expected, "%s at 1 GeV: %.4f, plateau %.4f MeV cm2/g",
                           reference[i].name, 1e3 * value, 1e3 * expected);
    }
}

/* --- the tables */

Test(em_tables, nodes_hold_the_integrals) {
    for (int i = 1; i < layout.n_energy; i += 9) {
        double E = node_energy(i);
        struct spectrum s = {E, 0, true};
        const float *node = table.value + layout.node + i * EOT_EM_N_COLUMN;
        double hard = integral(brems_in_log_k, s, log(0.2), log(E - EOT_M_ELECTRON)), m = EOT_M_ELECTRON / E;
        double pairs = integral(pair, s, m, 0.5) + integral(pair, s, 0.5, 1.0 - m),
               compton = integral(compton_in_log_eps, s, -log1p(2.0 * E / EOT_M_ELECTRON), 0.0);
        double scale = EOT_EM_TOLERANCE / lead.X0; /* the tolerance counts against 1/X0 where the rate is smaller */
        cr_expect_float_eq((double)node[EOT_EM_VERTEX], hard, fmax(scale, EOT_EM_TOLERANCE * hard),
                           "brems at %g GeV: %g, %g", E, (double)node[EOT_EM_VERTEX], hard);
        const float *photon = node + EOT_EM_PHOTON;
        double rate = 1.0 / (double)photon[EOT_EM_FREE_PATH];
        cr_expect_float_eq(rate, pairs + compton, EOT_EM_TOLERANCE * pairs, "photon at %g GeV: %g, %g", E, rate,
                           pairs + compton);
        cr_expect_float_eq(rate * (double)photon[EOT_EM_VERTEX], compton, 1e-5 * compton + 1e-6 * pairs,
                           "Compton at %g GeV", E);
        cr_expect_leq((double)node[EOT_EM_FREE_PATH] * (double)node[EOT_EM_VERTEX], 1.0 + 1e-6);
    }
    for (int m = 0; m < layout.n_medium; m++)
        cr_expect(error[m].brems < EOT_EM_TOLERANCE && error[m].pair < EOT_EM_TOLERANCE &&
                  error[m].compton < EOT_EM_TOLERANCE);
}

static const float *row_of(int channel, int i_energy) {
    return table.value + layout.quantile +
           (size_t)(channel * layout.n_energy + i_energy) * (size_t)(EOT_EM_N_QUANTILE + 1);
}

Test(em_tables, quantiles_are_monotone_and_in_range) {
    for (int channel = 0; channel < EOT_N_CHANNEL; channel++)
        for (int i = 0; i < layout.n_energy; i++) {
            const float *row = row_of(channel, i);
            /* a Compton photon may fall below the cut: ln(k'/cut) < 0, down to its kinematic end */
            double E = node_energy(i), low = channel == EOT_CHANNEL_COMPTON && i > 0
                                                 ? 1.0 - log1p(2.0 * E / EOT_M_ELECTRON) / log(E / 0.2)
                                                 : 0.0;
            for (int q = 0; q <= EOT_EM_N_QUANTILE; q++) {
                cr_assert((double)row[q] >= low - 1e-5 * fabs(low) && row[q] <= 1.0f,
                          "channel %d, energy %d, quantile %d: %g", channel, i, q, (double)row[q]);
                cr_assert(q == 0 || row[q] >= row[q - 1], "channel %d, energy %d, quantile %d", channel, i, q);
            }
        }
    for (int i = 0; i < EOT_EM_N_SOFT_ENERGY * EOT_EM_N_SOFT_PATH; i++) {
        const float *row = table.value + layout.soft + (size_t)i * (size_t)(EOT_EM_N_SOFT_QUANTILE + 1);
        for (int q = 0; q <= EOT_EM_N_SOFT_QUANTILE; q++)
            cr_assert(row[q] >= 0.0f && (q == 0 || row[q] >= row[q - 1]), "soft row %d, quantile %d", i, q);
    }
}

Test(em_tables, radiation_below_the_cut_has_the_exact_mean) {
    double log_step = 1.0 / (double)layout.soft_inverse_log_step;
    for (int i = 1; i < EOT_EM_N_SOFT_ENERGY; i += 2) {
        double E = 0.2 * exp(i * log_step), per_X0 = integral(brems, (struct spectrum){E, 1, true}, 0.0, 0.2) * lead.X0;
        for (int j = 1; j < EOT_EM_N_SOFT_PATH; j += 3) {
            const float *row =
                table.value + layout.soft + (size_t)(i * EOT_EM_N_SOFT_PATH + j) * (size_t)(EOT_EM_N_SOFT_QUANTILE + 1);
            double mean = 0.0, path = 0.5 * j * j / ((EOT_EM_N_SOFT_PATH - 1) * (EOT_EM_N_SOFT_PATH - 1));
            for (int q = 0; q < EOT_EM_N_SOFT_QUANTILE; q++)
                mean += 0.5 * ((double)row[q] + (double)row[q + 1]) / EOT_EM_N_SOFT_QUANTILE;
            cr_expect_float_eq(mean * 0.2, per_X0 * path, 2e-4 * per_X0 * path, "%g GeV, %g X0: %g, %g GeV", E, path,
                               mean * 0.2, per_X0 * path);
        }
    }
}

/* Chi-square of samples drawn from a row as the device draws them, in 40 bins of equal width of the drawn variable. */
static void check_samples(int channel, int i_energy, double (*density)(double, void *), double low, double high,
                          double (*to_bin_variable)(double q, double E)) {
    enum { N_BIN = 40, N_SAMPLE = 200000 };
    double E = node_energy(i_energy), expected[N_BIN], total = 0.0, chi2 = 0.0;
    long observed[N_BIN] = {0};
    struct spectrum s = {E, 0, true};
    for (int b = 0; b < N_BIN; b++)
        total += expected[b] =
            integral(density, s, low + (high - low) * b / N_BIN, low + (high - low) * (b + 1) / N_BIN);
    const float *row = row_of(channel, i_energy);
    eot_random random = eot_random_init(12345, EOT_STAGE_PROBE, 7, (u32)channel, (u32)i_energy);
    for (int n = 0; n < N_SAMPLE; n++) {
        eot_u32x4 block = eot_random_block(random);
        random.draw++;
        double position = ((double)block.x + 0.5) / 4294967296.0 * EOT_EM_N_QUANTILE;
        int q = (int)position;
        double value = to_bin_variable((double)row[q] + (position - q) * (double)(row[q + 1] - row[q]), E);
        int b = (int)floor((value - low) / (high - low) * N_BIN);
        observed[b < 0 ? 0 : b >= N_BIN ? N_BIN - 1 : b]++;
    }
    int n_used = 0;
    double rest_expected = 0.0, rest_observed = 0.0;
    for (int b = 0; b < N_BIN; b++) {
        double mean = expected[b] / total * N_SAMPLE;
        rest_expected += mean;
        rest_observed += (double)observed[b];
        if (rest_expected < 20.0) continue; /* joined with the next */
        chi2 += (rest_observed - rest_expected) * (rest_observed - rest_expected) / rest_expected;
        n_used++;
        rest_expected = rest_observed = 0.0;
    }
    double p = gsl_cdf_chisq_Q(chi2, n_used - 1);
    cr_expect_gt(p, 1e-4, "channel %d at %g GeV: chi2 %.1f with %d bins, p = %.1e", channel, E, chi2, n_used, p);
}
static double as_log_energy(double q, double E) { return log(0.2) + q * log(E / 0.2); } /* of the photon */
static double as_log_share(double q, double E) { return as_log_energy(q, E) - log(E); }
static double as_it_is(double q, double E) {
    (void)E;
    return q;
}

Test(em_tables, samples_follow_the_spectra) {
    for (int i = 8; i < layout.n_energy; i += 18) {
        double E = node_energy(i);
        check_samples(EOT_CHANNEL_BREMS, i, brems_in_log_k, log(0.2), log(E - EOT_M_ELECTRON), as_log_energy);
        check_samples(EOT_CHANNEL_PAIR, i, pair, EOT_M_ELECTRON / E, 1.0 - EOT_M_ELECTRON / E, as_it_is);
        check_samples(EOT_CHANNEL_COMPTON, i, compton_in_log_eps, -log1p(2.0 * E / EOT_M_ELECTRON), 0.0, as_log_share);
    }
}
