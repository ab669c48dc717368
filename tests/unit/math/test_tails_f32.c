/* The tails in the device's precision. */
#undef EOT_REAL_DOUBLE
#include "eotmc/math/tails.h"

#include <criterion/criterion.h>

Test(tails_f32, gaussian_keeps_its_relative_error_below_1e_5) {
    for (float a = -12.0f; a < 12.0f; a += 0.0625f) {
        double want = 0.5 * erfc((double)a * M_SQRT1_2);
        cr_expect_lt(fabs((double)eot_tail_gaussian(a) / want - 1.0), 1e-5, "a = %g", (double)a);
    }
}

/* Far out, exp(-start (a - start)) has the rounding of its argument: a few 1e-8 of up to 30. */
Test(tails_f32, exponential_falls_as_its_exponential) {
    for (float a = 2.5f; a < 12.0f; a += 0.25f) {
        double ratio = (double)eot_tail_exponential(a + 0.25f, 2.5f) / (double)eot_tail_exponential(a, 2.5f);
        cr_expect_float_eq(ratio / exp(-2.5 * 0.25), 1.0, 5e-6, "a = %g", (double)a);
    }
    cr_expect_eq(eot_tail_exponential(-1.5f, 2.5f), 1.0f - eot_tail_exponential(1.5f, 2.5f));
}
