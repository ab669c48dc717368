/* The elementary functions as the device computes them (single precision) against the C library in double, with the
 * accuracy that elementary.h states. */
#undef EOT_REAL_DOUBLE
#include "eotmc/math/random.h"

#include <criterion/criterion.h>

#define N_GRID 20000

Test(elementary, log_is_as_good_as_stated) {
    for (int i = 0; i <= N_GRID; i++) {
        f32 x = (f32)(1.2e-38 * pow(3.0e38 / 1.2e-38, (double)i / N_GRID));
        double want = log((double)x);
        cr_assert_lt(fabs((double)eot_log(x) - want), fmax(2e-7 * fabs(want), 1e-7), "log(%g)", (double)x);
    }
    for (int i = 0; i <= N_GRID; i++) {
        f32 x = (f32)(0.70711 + 0.7071 * i / N_GRID); /* the polynomial's whole range */
        cr_assert_lt(fabs((double)eot_log(x) - log((double)x)), 1e-7, "log(%g)", (double)x);
    }
}

Test(elementary, exp_is_as_good_as_stated) {
    for (int i = 0; i <= N_GRID; i++) {
        f32 x = (f32)(-87.3 + (88.3 + 87.3) * i / N_GRID);
        double want = exp((double)x);
        cr_assert_lt(fabs((double)eot_exp(x) - want), 2e-7 * want, "exp(%g)", (double)x);
    }
    cr_assert_eq(eot_exp(-88.0f), 0.0f);
    cr_assert_eq(eot_exp(100.0f), eot_exp(88.3f));
}

Test(elementary, sine_and_cosine_are_as_good_as_stated) {
    for (int i = 0; i <= N_GRID; i++) {
        f32 u = (f32)i / N_GRID;
        double phi = 2.0 * 3.14159265358979323846 * (double)u;
        cr_assert_lt(fabs((double)eot_sin_turn(u) - sin(phi)), 2e-7, "sin of %g turns", (double)u);
        cr_assert_lt(fabs((double)eot_cos_turn(u) - cos(phi)), 2e-7, "cos of %g turns", (double)u);
    }
}

Test(elementary, erfc_is_as_good_as_stated) {
    for (int i = 0; i <= N_GRID; i++) {
        f32 x = (f32)(-5.0 + 13.0 * i / N_GRID);
        double want = erfc((double)x), relative = 6e-8 * (2.0 * (double)x * (double)x + 10.0);
        cr_assert_lt(fabs((double)eot_erfc(x) - want), relative * want, "erfc(%g)", (double)x);
    }
}

Test(elementary, single_precision_uniform_never_reaches_0_or_1) {
    cr_assert_gt(eot_uniform(0u), 0.0f);
    cr_assert_lt(eot_uniform(0xffffffffu), 1.0f);
    cr_assert_float_eq(eot_uniform(0u), 1.0f - eot_uniform(0xffffffffu), 0.0f, "symmetric about 1/2");
}

Test(elementary, largest_normal_number_is_finite) {
    eot_normal_pair n = eot_normal(0u, 0u);
    cr_assert_lt(fabs((double)n.a), 5.9);
    cr_assert_gt(fabs((double)n.a), 5.7);
}
