/* e N -> e N mu mu: the flux against the textbook's equivalent photons, the total against an independent adaptive
 * integral, thresholds, and the sampler by chi-square (single precision: test_dimuon_trident_f32.c). 4e5 samples in 40
 * bins; a correct sampler fails with probability 1e-6. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/math/random.h"
#include "materials/library.h"
#include "physics/dimuon.h"

#ifdef EOT_REAL_DOUBLE
#define SUITE dimuon_trident
static const double RELATIVE = 1e-5; /* of the adaptive integrals */
#else
#define SUITE dimuon_trident_f32
static const double RELATIVE = 1e-3;
#endif
enum { N_SAMPLE = 400000, N_BIN = 40 };
static const double M = 0.1056583755, M_ELECTRON = 0.51099895e-3, K_MIN = 2.0 * 0.1056583755;

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(SUITE, .init = setup);

static struct eot_material material_of(const char *name) {
    struct eot_material_config config;
    struct eot_material material;
    struct eot_error err = {.status = EOT_OK};
    cr_assert(eot_material_builtin(name, &config));
    cr_assert_eq(eot_material_derive(&config, &material, &err), EOT_OK, "%s", err.text);
    return material;
}

/* S. Frixione, M. L. Mangano, P. Nason, G. Ridolfi, Phys. Lett. B 319 (1993) 339, Eq. (19), with the virtuality up to
 * the square of the pair's mass at threshold: the logarithm of both is the same, the constant beside it differs by less
 * than 1 of 11 to 23. */
Test(SUITE, space_like_flux_is_that_of_equivalent_photons) {
    static const double V[] = {1e-3, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9};
    for (size_t i = 0; i < sizeof V / sizeof V[0]; i++) {
        double v = V[i], low = M_ELECTRON * M_ELECTRON * v * v / (1.0 - v), high = 4.0 * M * M,
               alpha = 1.0 / 137.035999;
        double want = alpha / (2.0 * 3.14159265358979) *
                      ((1.0 + (1.0 - v) * (1.0 - v)) / v * log(high / low) +
                       2.0 * M_ELECTRON * M_ELECTRON * v * (1.0 / high - 1.0 / low));
        for (int r = 0; r < 3; r++) {
            double ours = (double)eot_dimuon_trident_flux((real)v, (real)(0.3 * r), 0);
            cr_expect_float_eq(ours / want, 1.0, 0.05, "v = %g, rho = %g: %g of %g", v, 0.3 * r, ours, want);
        }
    }
}

/* The leptons that the electron radiates at the pair's mass are few, but for the end point, where they are the peak of
 * a heavy photon's spectrum. */
Test(SUITE, time_like_photons_matter_at_the_end_point_only) {
    cr_expect_lt(
        (double)eot_dimuon_trident_flux(R(0.1), R(0.0), 1) / (double)eot_dimuon_trident_flux(R(0.1), R(0.0), 0), 1.001);
    cr_expect_lt(
        (double)eot_dimuon_trident_flux(R(0.5), R(0.0), 1) / (double)eot_dimuon_trident_flux(R(0.5), R(0.0), 0), 1.02);
    cr_expect_gt((double)eot_dimuon_trident_flux(R(0.999), R(0.0), 1) /
                     (double)eot_dimuon_trident_flux(R(0.999), R(0.0), 0),
                 10.0);
}

struct point {
    double E, k;
    real Z, A;
};
static double over_x(double x, void *parameters) {
    const struct point *p = parameters;
    return (double)eot_dimuon_trident_dxsec_dk_dx((real)p->E, (real)p->k, (real)x, p->Z, p->A) * 1e30;
}
static gsl_integration_workspace *inner, *outer;
static double over_log(double v, void *parameters) { /* v = ln(k/(E - k)): both ends resolved */
    struct point *p = parameters;
    double result, abserr, k = p->E / (1.0 + exp(-v));
    p->k = k;
    gsl_function f = {over_x, p};
    gsl_integration_qag(&f, M / k, 1.0 - M / k, 0.0, RELATIVE, 1000, GSL_INTEG_GAUSS31, inner, &result, &abserr);
    return result * k * (p->E - k) / p->E;
}
static double adaptive(double E, double k_low, double k_high, double Z, double A) {
    struct point p = {E, 0.0, (real)Z, (real)A};
    double result, abserr;
    gsl_function f = {over_log, &p};
    gsl_integration_qag(&f, log(k_low / (E - k_low)), log(k_high / (E - k_high)), 0.0, 10.0 * RELATIVE, 1000,
                        GSL_INTEG_GAUSS31, outer, &result, &abserr);
    return result * 1e-30;
}
static void workspaces(void) {
    inner = gsl_integration_workspace_alloc(1000);
    outer = gsl_integration_workspace_alloc(1000);
    cr_assert(inner != NULL && outer != NULL);
}
static double last_k(double E, double Z) { return E - 0.7500001 * sqrt(exp(1.0)) * cbrt(Z) * M_ELECTRON; }

#ifdef EOT_REAL_DOUBLE
Test(SUITE, total_is_the_integral_of_the_differential_cross_section) {
    static const double ENERGY[] = {0.6, 1.0, 5.0, 20.0, 100.0}, K[] = {0.0, 5.4};
    workspaces();
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 2; j++) {
            double k_min = fmax(K[j], K_MIN), error;
            if (k_min * 1.05 > ENERGY[i]) continue;
            double ours = eot_dimuon_trident_xsec(ENERGY[i], K[j], 82.0, 207.2, &error),
                   want = adaptive(ENERGY[i], k_min, last_k(ENERGY[i], 82.0), 82.0, 207.2);
            cr_expect_float_eq(ours / want, 1.0, 3e-3, "%g GeV, above %g GeV: %g, adaptive %g, stated error %g",
                               ENERGY[i], k_min, ours, want, error);
            cr_expect_lt(error, 0.02);
        }
    gsl_integration_workspace_free(inner);
    gsl_integration_workspace_free(outer);
}

Test(SUITE, total_vanishes_at_threshold_and_rises) {
    cr_expect_eq(eot_dimuon_trident_xsec(0.2, 0.0, 82.0, 207.2, NULL), 0.0);
    cr_expect_eq(eot_dimuon_trident_xsec(5.0, 5.4, 82.0, 207.2, NULL), 0.0);
    double last = 0.0;
    for (double E = 0.45; E < 200.0; E *= 1.5) {
        double xsec = eot_dimuon_trident_xsec(E, 0.0, 82.0, 207.2, NULL);
        cr_expect_gt(xsec, last);
        last = xsec;
    }
}
#endif

/* Energies on, between and near the nodes; with and without a region. Lead: the rate of one element is the
 * distribution's. */
Test(SUITE, energies_of_pairs_follow_the_differential_cross_section) {
    static const struct {
        double E, k_min;
    } CASE[] = {{0.6, 0.0}, {3.0, 0.0}, {20.0, 0.0}, {97.0, 0.0}, {12.3, 5.4}, {97.0, 5.4}};
    struct eot_material lead = material_of("lead");
    workspaces();
    for (int i = 0; i < 6; i++) {
        struct eot_em_options o = {.energy_max = 102.0, .n_medium = 1};
        struct eot_f32_table table = {0};
        eot_dimuon_trident_table t;
        struct eot_error err = {.status = EOT_OK};
        double E = CASE[i].E, k_min = fmax(CASE[i].k_min, K_MIN), count[N_BIN] = {0}, want[N_BIN], total = 0.0,
               chi_square = 0.0;
        o.medium[0].n_constituent = 1;
        o.medium[0].material[0] = &lead;
        o.medium[0].fraction[0] = 1.0;
        cr_assert_eq(eot_dimuon_trident_table_build(&o, CASE[i].k_min, &table, &t, &err), EOT_OK, "%s", err.text);
        for (int n = 0; n < N_SAMPLE / 2; n++) {
            eot_u32x4 block = eot_random_block(eot_random_init((u64)n, EOT_STAGE_PROBE, (u32)i, 3, 0));
            for (int h = 0; h < 2; h++) {
                double k = (double)eot_dimuon_trident_k(table.value, t, (real)E, eot_uniform(h ? block.x : block.y),
                                                        eot_uniform(h ? block.z : block.w));
                cr_assert(k >= k_min * (1.0 - 1e-6) && k <= E);
                int bin = (int)floor(log(k / k_min) / log(E / k_min) * N_BIN);
                count[bin < 0 ? 0 : bin >= N_BIN ? N_BIN - 1 : bin]++;
            }
        }
        for (int b = 0; b < N_BIN; b++) {
            double low = k_min * pow(E / k_min, (double)b / N_BIN), high = k_min * pow(E / k_min, (b + 1.0) / N_BIN);
            want[b] = adaptive(E, low, fmin(high, last_k(E, 82.0)), 82.0, 207.2);
            total += want[b];
        }
        int ndf = -1;
        for (int b = 0; b < N_BIN; b++) {
            want[b] *= N_SAMPLE / total;
            if (want[b] < 5.0) continue;
            double sigma2 = want[b] + 0.005 * 0.005 * want[b] *
                                          want[b]; /* tables: 0.5 % of a bin, against a model uncertainty of 10 % */
            chi_square += (count[b] - want[b]) * (count[b] - want[b]) / sigma2;
            ndf++;
        }
        cr_expect_gt(ndf, 10);
        cr_expect_gt(gsl_cdf_chisq_Q(chi_square, ndf), 1e-6, "%g GeV above %g GeV: chi2 %g for %d bins", E, k_min,
                     chi_square, ndf);
        eot_f32_table_free(&table);
    }
    gsl_integration_workspace_free(inner);
    gsl_integration_workspace_free(outer);
}

/* The pair's energy split is drawn from the real photon's distribution: what that changes. */
Test(SUITE, energy_split_is_nearly_that_of_real_photons) {
    double real_photon = 0.0, virtual_photon = 0.0, worst = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 100; i++) {
            real x = R(0.005) + R(0.01) * (real)i;
            double r = (double)eot_dimuon_gamma_dxsec_dx(R(20.0), x, R(82.0), R(207.2)) * 1e30,
                   v = (double)eot_dimuon_trident_dxsec_dk_dx(R(60.0), R(20.0), x, R(82.0), R(207.2)) * 1e30;
            if (pass == 0) {
                real_photon += r;
                virtual_photon += v;
            } else if (r > 0.0) {
                worst = fmax(worst, fabs(v / virtual_photon / (r / real_photon) - 1.0) *
                                        (x > R(0.05) && x < R(0.95) ? 1.0 : 0.0));
            }
        }
    cr_expect_lt(worst, 0.15, "%g", worst);
    cr_expect_gt(worst, 0.01);
}
