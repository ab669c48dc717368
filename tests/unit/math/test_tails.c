/* The tails of resolutions against numerical integration of their densities, written here anew. */
#include <criterion/criterion.h>
#include <criterion/theories.h>
#include <math.h>

#include "eotmc/math/tails.h"

/* GaussExp density with exponential tails on both sides, not normalised. */
static double density(double x, double start) {
    x = fabs(x);
    return x < start ? exp(-0.5 * x * x) : exp(0.5 * start * start - start * x);
}
/* Simpson's rule with steps of 0.002 between a and b, of which none spans a break of the density. */
static double integral(double a, double b, double start) {
    int n = 2 * (int)ceil((b - a) / 0.004) + 2;
    double h = (b - a) / n, sum = density(a, start) + density(b, start);
    for (int i = 1; i < n; i++) sum += (i % 2 == 1 ? 4.0 : 2.0) * density(a + i * h, start);
    return sum * h / 3.0;
}
/* Probability above a >= 0. The density has fallen by 1e-26 at the upper end. */
static double above(double a, double start) {
    double end = fmax(a, start) + 60.0 / start, middle = fmin(fmax(a, start), end);
    double whole = integral(0.0, start, start) + integral(start, start + 60.0 / start, start);
    return 0.5 * ((a < middle ? integral(a, middle, start) : 0.0) + integral(middle, end, start)) / whole;
}

TheoryDataPoints(tails, exponential_is_the_integral_of_its_density) = {
    DataPoints(double, -7.0, -2.5, -1.0, 0.0, 0.1, 0.5, 1.0, 1.999, 2.0, 2.001, 2.5, 3.0, 5.0, 8.0, 12.0),
    DataPoints(double, 0.5, 1.0, 2.0, 2.5, 4.0, 10.0),
};
Theory((double a, double start), tails, exponential_is_the_integral_of_its_density) {
    /* the fit of erfc is good to 1.2e-7 of erfc, differences of it to that of 1; Simpson's error is below 1e-12 */
    double want = a >= 0.0 ? above(a, start) : 1.0 - above(-a, start);
    double tolerance = a >= start ? 3e-6 * want : 3e-7;
    cr_expect_float_eq(eot_tail_exponential(a, start), want, tolerance, "a = %g, start = %g: %.12g, not %.12g", a,
                       start, eot_tail_exponential(a, start), want);
}

TheoryDataPoints(tails, exponential_is_symmetric_continuous_and_falls) = {
    DataPoints(double, 0.5, 1.0, 2.0, 2.5, 4.0, 10.0),
};
Theory((double start), tails, exponential_is_symmetric_continuous_and_falls) {
    double last = 1.0;
    for (double a = -9.0; a <= 9.0; a += 0.03125) { /* exact steps */
        double p = eot_tail_exponential(a, start);
        cr_expect(p >= 0.0 && p <= 1.0 && p <= last, "a = %g", a);
        cr_expect_float_eq(p + eot_tail_exponential(-a, start), 1.0, 2e-7, "a = %g", a);
        last = p;
    }
    /* value and slope on both sides of the joint: the slope is minus the normalised density */
    double h = 1e-4, below = eot_tail_exponential(start - h, start), at = eot_tail_exponential(start, start),
           beyond = eot_tail_exponential(start + h, start);
    cr_expect_float_eq(below - at, at - beyond, 2e-7);
    cr_expect_float_eq(at, below, 1e-3);
}

Test(tails, limits) {
    cr_expect_float_eq(eot_tail_exponential(0.0, 2.5), 0.5, 2e-7);
    cr_expect_float_eq(eot_tail_gaussian(0.0), 0.5, 1e-7);
    cr_expect_lt(eot_tail_exponential(300.0, 2.5), 1e-300);
    for (double a = -6.0; a <= 6.0; a += 0.5) /* tails that begin where nothing is left: the Gaussian */
        cr_expect_float_eq(eot_tail_exponential(a, 10.0), eot_tail_gaussian(a), 3e-7, "a = %g", a);
    for (double a = 3.0; a <= 12.0; a += 1.0) /* beyond its start the exponential tail is the thicker one */
        cr_expect_gt(eot_tail_exponential(a, 2.5), eot_tail_gaussian(a), "a = %g", a);
    for (double a = -8.0; a <= 12.0; a += 0.25)
        cr_expect_float_eq(eot_tail_gaussian(a) / (0.5 * erfc(a * M_SQRT1_2)), 1.0, 1.3e-7, "a = %g", a);
}
