/* Upper limits of a counting experiment. */
#include <criterion/criterion.h>
#include <math.h>

#include "analysis/counting.h"

/* Without background CLs is the classical limit: Table 40.3 of the Review of Particle Physics (2022), 90 % and 95 %. */
Test(counting, limits_without_background_are_the_published_ones) {
    static const double published[][2] = {{2.30, 3.00}, {3.89, 4.74}, {5.32, 6.30},
                                          {6.68, 7.75}, {7.99, 9.15}, {9.27, 10.51}};
    for (unsigned n = 0; n < 6; n++) {
        cr_expect_float_eq(eot_counting_limit(n, 0.0, 0.90), published[n][0], 0.005 + 1e-9, "n = %u: %g", n,
                           eot_counting_limit(n, 0.0, 0.90));
        cr_expect_float_eq(eot_counting_limit(n, 0.0, 0.95), published[n][1], 0.005 + 1e-9, "n = %u: %g", n,
                           eot_counting_limit(n, 0.0, 0.95));
    }
}

/* Nothing seen: -ln(0.1) whatever the background (a property of CLs). One event seen: (1 + b + s) e^-s = 0.1 (1 + b),
 * solved for s by hand. */
Test(counting, background_weakens_or_leaves_the_limit) {
    for (double b = 0.0; b < 100.0; b = 2.0 * b + 0.1)
        cr_expect_float_eq(eot_counting_limit(0, b, 0.9), -log(0.1), 1e-8, "b = %g", b);
    for (double b = 0.0; b < 100.0; b = 2.0 * b + 0.1) {
        double s = eot_counting_limit(1, b, 0.9);
        cr_expect_float_eq((1.0 + b + s) * exp(-s), 0.1 * (1.0 + b), 1e-9, "b = %g: %g", b, s);
    }
}

/* The mean over what an experiment without signal would see. For small b: n = 0 with 1 - b, n = 1 with b. For large b
 * everything is Gaussian: in units of sqrt(b), with z seen, CLs' limit is z + x, where 1 - Phi(x) = 0.1 Phi(z); its
 * mean is the integral of Phi^-1(1 - 0.1 u) over u in (0, 1) = 10 phi(Phi^-1(0.9)) = 1.755. */
Test(counting, expected_limits_have_their_limits) {
    cr_expect_float_eq(eot_counting_expected_limit(0.0, 0.9), -log(0.1), 1e-8);
    double b = 1e-4, small = exp(-b) * eot_counting_limit(0, b, 0.9) + b * exp(-b) * eot_counting_limit(1, b, 0.9);
    cr_expect_float_eq(eot_counting_expected_limit(b, 0.9), small, 1e-7);
    cr_expect_float_eq(eot_counting_expected_limit(1e6, 0.9) / 1e3, 1.755, 0.015 * 1.755, "%g",
                       eot_counting_expected_limit(1e6, 0.9) / 1e3);
    double before = 0.0;
    for (b = 0.01; b < 1e5; b *= 1.7) {
        double limit = eot_counting_expected_limit(b, 0.9);
        cr_expect_gt(limit, before, "not rising at b = %g", b);
        before = limit;
    }
}
