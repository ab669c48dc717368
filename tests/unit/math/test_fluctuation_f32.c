/* The samples of fluctuation.h as devices draw them (single precision), against the distributions of GSL: the share of
 * samples below many values, mean and variance. 5 standard errors each. */
#undef EOT_REAL_DOUBLE
#include "eotmc/math/fluctuation.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

enum { N = 200000 };

static eot_random cursor(u64 i, u32 stream) { return eot_random_init(i, EOT_STAGE_PROBE, stream, 77, 0); }

static void expect_moments(const double *x, double mean, double variance, double fourth_cumulant, const char *what) {
    double sum = 0.0, square = 0.0;
    for (int i = 0; i < N; i++) sum += x[i];
    for (int i = 0; i < N; i++) square += (x[i] - mean) * (x[i] - mean);
    cr_expect_float_eq(sum / N, mean, 5.0 * sqrt(variance / N) + 1e-6 * mean, "%s: mean %g, not %g", what, sum / N,
                       mean);
    cr_expect_float_eq(square / N, variance,
                       5.0 * sqrt((fourth_cumulant + 2.0 * variance * variance) / N) + 1e-6 * variance,
                       "%s: variance %g, not %g", what, square / N, variance);
}

static int is_below(const double *x, double limit) {
    int n = 0;
    for (int i = 0; i < N; i++) n += x[i] < limit;
    return n;
}

/* P(x < limit) of the Gamma distribution of mean 1: GSL's where that converges, above a shape of 1e5 the Gaussian with
 * the first term of Edgeworth's series (skewness 2/sqrt(a)), far out 0 or 1. */
static double cumulative(double limit, double a) {
    double z = (limit - 1.0) * sqrt(a);
    if (fabs(z) > 40.0) return limit > 1.0 ? 1.0 : 0.0;
    if (a > 1.0e5) return gsl_cdf_ugaussian_P(z) - (z * z - 1.0) / (3.0 * sqrt(a)) * gsl_ran_ugaussian_pdf(z);
    return gsl_cdf_gamma_P(limit, a, 1.0 / a);
}

Test(fluctuation_f32, gamma_has_the_quantiles_of_its_law_at_any_shape) {
    static double x[N];
    double shape[] = {1.0e-4, 0.01, 0.3, 0.999, 1.0, 2.5, 20.0, 1.0e3, 9.0e4, 2.0e5, 1.0e8},
           at[] = {1.0e-30, 1.0e-10, 1.0e-5, 1.0e-3, 0.03, 0.3, 0.7, 1.5, 3.0, 30.0, 1000.0};
    for (u32 k = 0; k < sizeof shape / sizeof *shape; k++) {
        double a = (double)(f32)shape[k];
        int n_block = 0;
        char what[40];
        snprintf(what, sizeof what, "shape %g", a);
        for (u64 i = 0; i < N; i++) {
            eot_gamma g = eot_gamma_sample((f32)a, cursor(i, k), 3u);
            x[i] = (double)g.value;
            n_block += (int)g.n_draw;
            cr_assert(x[i] >= 0.0, "%s: %g", what, x[i]);
        }
        cr_expect_lt(n_block, (int)(1.06 * N), "%s: %d blocks", what, n_block);
        /* cumulants of a Gamma distribution of scale 1/a: (n - 1)! a/a^n */
        expect_moments(x, 1.0, 1.0 / a, 6.0 / (a * a * a), what);
        for (int j = 0; j < 19; j++) {
            double limit = j < 11 ? at[j] : 1.0 + (0.5 * (j - 11) - 2.0) / sqrt(a);
            if (limit <= 0.0) continue;
            double p = cumulative(limit, a);
            /* at 1e8 the steps of a float are 1e-3 standard deviations */
            cr_expect_float_eq(is_below(x, limit), p * N, 5.0 * sqrt(p * (1.0 - p) * N) + (a > 1e7 ? 1e-3 * N : 1.0),
                               "%s: %d below %g, not %g", what, is_below(x, limit), limit, p * N);
        }
    }
    cr_expect_eq(eot_gamma_sample(INFINITY, cursor(0, 0), 1u).value, 1.0f);
}

Test(fluctuation_f32, counts_are_poissons_with_a_gaussian_limit) {
    static double x[N];
    double mean[] = {0.0, 1.0e-5, 0.02, 0.7, 5.0, 31.9, 32.0, 1.0e4};
    for (u32 k = 0; k < sizeof mean / sizeof *mean; k++) {
        double m = (double)(f32)mean[k];
        char what[40];
        snprintf(what, sizeof what, "mean %g", m);
        for (u64 i = 0; i < N; i++) {
            x[i] = (double)eot_count_sample((f32)m, eot_random_block(cursor(i, k)));
            cr_assert(x[i] >= 0.0 && (m >= 32.0 || x[i] == floor(x[i])), "%s: %g", what, x[i]);
        }
        expect_moments(x, m, m, m, what);
        for (unsigned n = 0; m > 0.0 && m < 32.0 && n < 60; n++) {
            double p = gsl_cdf_poisson_P(n, m);
            cr_expect_float_eq(is_below(x, n + 0.5), p * N, 5.0 * sqrt(p * (1.0 - p) * N) + 1.0, "%s: %d up to %u",
                               what, is_below(x, n + 0.5), n);
        }
    }
}

Test(fluctuation_f32, logarithm_of_the_rest_keeps_its_accuracy) {
    for (u32 bits = 0; bits < 0xf0000000u; bits += 1u + bits / 7u) {
        double want = log1p(-((double)bits + 0.5) / 4294967296.0), got = (double)eot_log_of_rest(bits);
        cr_expect_float_eq(got, want, 4e-7 * fabs(want) + 6e-8, "%u: %g, not %g", bits, got, want);
    }
    cr_expect(eot_log_of_rest(0xffffffffu) < -16.0f && eot_log_of_rest(0u) < 0.0f);
}
