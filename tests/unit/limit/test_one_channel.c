/* Exact limits of one channel. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/clock.h"
#include "limit/one_channel.h"

static double tolerance(double value, double digit) { return fmax(5e-4 * value, 0.5001 * digit); }

static struct eot_limit_answer limit_of(double b, double error, double n, double level) {
    struct eot_limit_answer answer;
    struct eot_error err;
    struct eot_one_channel channel = {b, error, EOT_CHANNEL_POISSON};
    cr_assert_eq(eot_one_channel_limit(&channel, n, level, &answer, &err), EOT_OK, "%s", err.text);
    return answer;
}

Test(one_channel, observed_limits) {
    static const double n[] = {0, 1, 2, 5, 10};
    static const struct {
        double b, error, limit[5];
    } row[] = {{0.0, 0.0, {2.303, 3.890, 5.322, 9.275, 15.407}},
               {1.92, 0.0, {2.303, 3.011, 3.913, 7.381, 13.487}},
               {1.92, 0.1, {2.303, 2.810, 3.569, 6.835, 12.938}}};
    for (size_t r = 0; r < 3; r++)
        for (size_t k = 0; k < 5; k++) {
            double found = limit_of(row[r].b, row[r].error, n[k], 0.9).observed;
            cr_expect_float_eq(found, row[r].limit[k], tolerance(row[r].limit[k], 1e-3), "b %g %g n %g: %g", row[r].b,
                               row[r].error, n[k], found);
        }
}

Test(one_channel, expected_bands) {
    static const struct {
        double b, error, band[5];
    } row[] = {{0.0, 0.0, {2.303, 2.303, 2.303, 2.303, 2.303}},
               {1.92, 0.0, {2.303, 3.011, 3.913, 4.980, 7.381}},
               {1.92, 0.1, {2.322, 2.379, 3.356, 4.840, 7.090}}};
    for (size_t r = 0; r < 3; r++) {
        struct eot_limit_answer a = limit_of(row[r].b, row[r].error, NAN, 0.9);
        cr_expect(isnan(a.observed));
        for (size_t k = 0; k < 5; k++)
            cr_expect_float_eq(a.expected[k], row[r].band[k], tolerance(row[r].band[k], 1e-3), "b %g %g: %g", row[r].b,
                               row[r].error, a.expected[k]);
    }
}

/* Without background CLs is the classical limit: Table 40.3 of the Review of Particle Physics (2022), 90 % and 95 %. */
Test(one_channel, limits_without_background_are_the_published_ones) {
    static const double published[][2] = {{2.30, 3.00}, {3.89, 4.74}, {5.32, 6.30},
                                          {6.68, 7.75}, {7.99, 9.15}, {9.27, 10.51}};
    for (unsigned n = 0; n < 6; n++)
        for (int k = 0; k < 2; k++) {
            double found = limit_of(0.0, 0.0, n, k == 0 ? 0.90 : 0.95).observed;
            cr_expect_float_eq(found, published[n][k], 0.005 + 1e-9, "n = %u: %g", n, found);
        }
}

/* The figure of merit of scans: -ln(1 - CL) where nothing is expected, and Gaussian where much is: 1.645 sqrt(b), since
 * the median has CLb = 1/2 and CLs+b = 0.05. */
Test(one_channel, median_limits_have_their_limits) {
    double limit, before = 0.0;
    for (double b = 0.0; b < 0.69; b += 0.1) { /* below ln 2 the median is nothing seen */
        cr_assert_eq(eot_median_limit(b, 0.9, &limit, NULL), EOT_OK);
        cr_expect_float_eq(limit, -log(0.1), 1e-6);
    }
    for (double b = 3e3; b < 1e7; b *= 5.0) {
        cr_assert_eq(eot_median_limit(b, 0.9, &limit, NULL), EOT_OK);
        cr_expect_float_eq(limit / sqrt(b), 1.645, 0.025, "b %g: %g", b, limit / sqrt(b));
        cr_expect_gt(limit, before);
        before = limit;
    }
}

/* Nothing seen: -ln(1 - CL) whatever the background and its error (a property of CLs). */
Test(one_channel, nothing_seen) {
    for (double b = 0.0; b < 12.0; b += 1.7)
        for (double error = 0.0; error < 0.35; error += 0.1) {
            cr_expect_float_eq(limit_of(b, error, 0.0, 0.90).observed, -log(0.10), 1e-6, "b %g %g", b, error);
            cr_expect_float_eq(limit_of(b, error, 0.0, 0.95).observed, -log(0.05), 1e-6, "b %g %g", b, error);
        }
}

/* Known background: CLs = P(<= n; s + b) / P(<= n; b). */
Test(one_channel, known_backgrounds_have_the_classical_sum) {
    for (double b = 0.0; b <= 10.0; b += 2.5)
        for (int n = 0; n <= 10; n++) {
            double s = limit_of(b, 0.0, n, 0.95).observed, above = 0.0, below = 0.0;
            for (int k = 0; k <= n; k++) {
                above += exp(k * log(s + b) - s - b - lgamma(k + 1.0));
                below += b > 0.0 ? exp(k * log(b) - b - lgamma(k + 1.0)) : k == 0;
            }
            cr_expect_float_eq(above / below, 0.05, 1e-7, "b %g n %d", b, n);
        }
}

/* The sum over all outcomes, taken as it is written: q of every (n, m), without a staircase or tails. */
static double brute_q(double n, double m, double b, double tau, double s) {
    double g[2], signal[2], y[2];
    signal[0] = n - b * m / tau;
    g[0] = m / tau;
    if (signal[0] < 0.0) {
        signal[0] = 0.0;
        g[0] = (n + m) / (b + tau);
    }
    if (signal[0] >= s) return 0.0;
    double B = (b + tau) * s - (n + m) * b, A = (b + tau) * b, C = -m * s, d = sqrt(B * B - 4.0 * A * C);
    g[1] = B > 0.0 ? -2.0 * C / (B + d) : (d - B) / (2.0 * A);
    signal[1] = s;
    for (int k = 0; k < 2; k++) {
        double rate = signal[k] + g[k] * b;
        y[k] = rate - (n > 0.0 ? n * log(rate) : 0.0) + g[k] * tau - (m > 0.0 ? m * log(g[k] * tau) : 0.0);
    }
    return fmax(0.0, 2.0 * (y[1] - y[0]));
}

Test(one_channel, the_staircase_has_all_outcomes) {
    for (double b = 0.3; b < 8.0; b *= 2.5)
        for (double error = 0.05; error < 0.35; error += 0.12)
            for (int n = 0; n <= 9; n += 3)
                for (double s = 0.7; s < 15.0; s *= 2.3) {
                    double tau = 1.0 / (error * error), seen = brute_q(n, tau, b, tau, s), p[2] = {0.0, 0.0};
                    double B = (b + tau) * s - (n + tau) * b, A = (b + tau) * b, C = -tau * s;
                    double g[2] = {(n + tau) / (b + tau), 0.0};
                    g[1] = B > 0.0 ? -2.0 * C / (B + sqrt(B * B - 4.0 * A * C))
                                   : (sqrt(B * B - 4.0 * A * C) - B) / (2.0 * A);
                    for (int i = 0; i < 90; i++)
                        for (int m = 0; m < 2.0 * tau + 60.0; m++)
                            if (brute_q(i, m, b, tau, s) >= seen - 1e-9 * (1.0 + seen))
                                for (int k = 0; k < 2; k++)
                                    p[k] += gsl_ran_poisson_pdf((unsigned)i, k * s + g[k] * b) *
                                            gsl_ran_poisson_pdf((unsigned)m, g[k] * tau);
                    struct eot_one_channel channel = {b, error, EOT_CHANNEL_POISSON};
                    double cls = eot_one_channel_cls(&channel, n, s);
                    cr_expect_float_eq(cls, p[1] / p[0], 1e-8, "b %g %g n %d s %g: %g, %g", b, error, n, s, cls,
                                       p[1] / p[0]);
                }
}

/* A Gaussian and a log-normal with a small error are the same, and both are what a Poisson of many counts tends to;
 * none is the known background, where outcomes of the same n are ties. */
Test(one_channel, constraints_agree_for_small_errors) {
    for (int n = 1; n <= 7; n += 3) {
        double limit[EOT_N_CHANNEL_CONSTRAINT];
        for (int k = 0; k < EOT_N_CHANNEL_CONSTRAINT; k++) {
            struct eot_one_channel channel = {3.0, 0.01, (enum eot_channel_constraint)k};
            struct eot_limit_answer a;
            cr_assert_eq(eot_one_channel_limit(&channel, n, 0.9, &a, NULL), EOT_OK);
            limit[k] = a.observed;
        }
        for (int k = 1; k < EOT_N_CHANNEL_CONSTRAINT; k++)
            cr_expect_float_eq(limit[k], limit[0], 2e-3 * limit[0], "n %d: %g %g", n, limit[k], limit[0]);
        cr_expect_lt(limit[0], 0.995 * limit_of(3.0, 0.0, n, 0.9).observed);
    }
}

/* p of an excess over a known background is P(>= n; b). */
Test(one_channel, discovery) {
    double sum = 0.0, b = 1.5;
    for (int k = 0; k < 6; k++) sum += exp(k * log(b) - b - lgamma(k + 1.0));
    struct eot_limit_answer a = limit_of(b, 0.0, 6.0, 0.9);
    cr_expect_float_eq(a.p, 1.0 - sum, 1e-9);
    cr_expect_float_eq(a.z, 2.615, 2e-3, "%g", a.z); /* Q(2.615) = 0.00446 */
    cr_expect_eq(limit_of(3.0, 0.0, 0.0, 0.9).z, 0.0);
    cr_expect(isinf(limit_of(0.0, 0.0, 1.0, 0.9).z));
    /* an error of the background makes an excess less significant */
    cr_expect_lt(limit_of(b, 0.3, 6.0, 0.9).z, a.z);
}

Test(one_channel, quick) {
    double least = 1.0;
    for (int i = 0; i < 20; i++) { /* the least of several: other processes may be at work */
        double start = eot_clock_seconds();
        struct eot_one_channel channel = {1.92, 0.1, EOT_CHANNEL_POISSON};
        volatile double cls = 0.0;
        for (int k = 0; k < 25; k++) cls = eot_one_channel_cls(&channel, 2.0, 3.569 + 0.001 * k);
        (void)cls;
        least = fmin(least, eot_clock_seconds() - start);
    }
    cr_expect_lt(least, 5e-3, "25 values of CLs, more than one limit takes: %g s", least);
}

Test(feldman_cousins, published_and_computed_intervals) {
    static const unsigned n[] = {0, 1, 2, 5, 10};
    static const struct {
        double b, level, high[5];
    } row[] = {{0.0, 0.90, {2.44, 4.36, 5.91, 9.98, 16.50}},
               {1.92, 0.90, {1.24, 2.58, 3.99, 8.06, 14.58}},
               {1.92, 0.95, {1.82, 3.36, 4.80, 9.34, 15.89}}};
    for (size_t r = 0; r < 3; r++)
        for (size_t k = 0; k < 5; k++) {
            double found = eot_feldman_cousins(n[k], row[r].b, row[r].level).high;
            cr_expect_float_eq(found, row[r].high[k], 0.02, "b %g n %u: %g", row[r].b, n[k], found);
        }
    cr_expect_float_eq(eot_feldman_cousins(3, 0.0, 0.9).low, 1.10, 0.01, "published: 1.10");
    cr_expect_float_eq(eot_feldman_cousins(5, 1.92, 0.9).low, 0.52, 0.02);
    cr_expect_float_eq(eot_feldman_cousins(10, 1.92, 0.9).low, 3.58, 0.02);
}
