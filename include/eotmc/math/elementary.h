/** @file elementary.h
 * Elementary functions that give the same bits on every device and on the host, and that vectorise across work items:
 * polynomials with explicit fma, no library call, no branch. In double (EOT_REAL_DOUBLE, host physics only) they are
 * the C library's. Source of the single-precision polynomials: S. L. Moshier, Cephes Mathematical Library, single
 * precision (netlib.org/cephes), file names below. */
#ifndef EOT_MATH_ELEMENTARY_H
#define EOT_MATH_ELEMENTARY_H

#include "eotmc/base/constants.h"

#ifdef EOT_REAL_DOUBLE
EOT_FN real eot_log(real x) { return log(x); }
EOT_FN real eot_exp(real x) { return exp(x); }
EOT_FN real eot_sin_turn(real u) { return sin(R(2.0) * EOT_PI * u); }
EOT_FN real eot_cos_turn(real u) { return cos(R(2.0) * EOT_PI * u); }
#else
/** Natural logarithm (logf.c). @param x normal positive number. @return ln x, relative error below 2e-7 away from x =
 * 1, absolute below 1e-7 there. */
EOT_OFTEN_FN f32 eot_log(f32 x) {
    u32 bits = eot_f32_bits(x);
    u32 shifted = bits - 0x3f3504f3u; /* so that the mantissa lies in [eot_sqrt(1/2), eot_sqrt(2)) */
    f32 e = (f32)((i32)shifted >> 23);
    f32 f = eot_f32_from_bits((shifted & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    f32 f2 = f * f, f4 = f2 * f2; /* the polynomial in pairs: half the latency of one term after the other */
    f32 p01 = eot_fma(-2.4999993993e-1f, f, 3.3333331174e-1f), p23 = eot_fma(-1.6668057665e-1f, f, 2.0000714765e-1f);
    f32 p45 = eot_fma(-1.2420140846e-1f, f, 1.4249322787e-1f), p67 = eot_fma(-1.1514610310e-1f, f, 1.1676998740e-1f);
    f32 p = eot_fma(eot_fma(7.0376836292e-2f, f4, eot_fma(p67, f2, p45)), f4, eot_fma(p23, f2, p01));
    f32 y = p * f * f2;
    y = eot_fma(e, -2.12194440e-4f, y);
    y = eot_fma(-0.5f, f2, y);
    return eot_fma(e, 0.693359375f, f + y);
}

/** Exponential (expf.c). @return e^x, relative error below 2e-7; 0 below -87.3, e^88.3 above 88.3. */
EOT_OFTEN_FN f32 eot_exp(f32 x) {
    f32 c = eot_min(eot_max(x, -87.3f), 88.3f);
    i32 k = (i32)eot_fma(c, 1.44269504088896341f,
                         128.5f); /* of a positive number: floor, which some compilers take 14 instructions for */
    f32 n = (f32)(k - 128);
    f32 r = eot_fma(n, -0.693359375f, c);
    r = eot_fma(n, 2.12194440e-4f, r);
    f32 r2 = r * r;
    f32 p = eot_fma(
        eot_fma(1.9875691500e-4f, r, 1.3981999507e-3f), r2 * r2,
        eot_fma(eot_fma(8.3334519073e-3f, r, 4.1665795894e-2f), r2, eot_fma(1.6666665459e-1f, r, 5.0000001201e-1f)));
    f32 y = eot_fma(p, r2, r + 1.0f) * eot_f32_from_bits((u32)(k - 1) << 23);
    return x < -87.3f ? 0.0f : y;
}

/** Sine polynomial (sinf.c), |r| <= pi/4. */
EOT_FN f32 eot_sin_core(f32 r) {
    f32 z = r * r;
    f32 p = eot_fma(eot_fma(-1.9515295891e-4f, z, 8.3321608736e-3f), z, -1.6666654611e-1f);
    return eot_fma(p * z, r, r);
}

/** Cosine polynomial (sinf.c), |r| <= pi/4. */
EOT_FN f32 eot_cos_core(f32 r) {
    f32 z = r * r;
    f32 p = eot_fma(eot_fma(2.443315711809948e-5f, z, -1.388731625493765e-3f), z, 4.166664568298827e-2f);
    return eot_fma(p, z * z, eot_fma(-0.5f, z, 1.0f));
}

/** sin(2 pi u + quarter pi/2). @param u angle [turns], 0 <= u <= 1. @param quarter added quarter turns. Absolute error
 * below 2e-7. Which quarter it is, is random in most uses: bits choose, not a branch that a CPU guesses. */
EOT_OFTEN_FN f32 eot_sin_quarters(f32 u, i32 quarter) {
    f32 t = 4.0f * u;
    i32 q = (i32)(t + 0.5f); /* of a positive number: floor */
    f32 r = (t - (f32)q) * 1.57079632679489662f;
    u32 k = (u32)(q + quarter), is_cosine = 0u - (k & 1u);
    u32 y = (eot_f32_bits(eot_cos_core(r)) & is_cosine) | (eot_f32_bits(eot_sin_core(r)) & ~is_cosine);
    return eot_f32_from_bits(y ^ (k & 2u) << 30);
}

EOT_FN f32 eot_sin_turn(f32 u) { return eot_sin_quarters(u, 0); } /**< sin(2 pi u), 0 <= u <= 1 [turns]. */
EOT_FN f32 eot_cos_turn(f32 u) { return eot_sin_quarters(u, 1); } /**< cos(2 pi u), 0 <= u <= 1 [turns]. */
#endif

/** x^a for x > 0. @return exp(a ln x); relative error |a ln x| 1e-7 in single precision. */
EOT_FN real eot_pow(real x, real a) { return eot_exp(a * eot_log(x)); }

/** Complementary error function by the Chebyshev fit of Press et al., Numerical Recipes (2nd ed.), sec. 6.2 (erfcc):
 * relative error of the fit below 1.2e-7 everywhere; in single precision below 6e-8 (2 x^2 + 10): x^2 and the
 * difference are rounded before the exponential multiplies their error. */
EOT_FN real eot_erfc(real x) {
    real z = eot_fabs(x);
    real t = R(1.0) / (R(1.0) + R(0.5) * z);
    real p = R(0.17087277);
    p = eot_fma(p, t, R(-0.82215223));
    p = eot_fma(p, t, R(1.48851587));
    p = eot_fma(p, t, R(-1.13520398));
    p = eot_fma(p, t, R(0.27886807));
    p = eot_fma(p, t, R(-0.18628806));
    p = eot_fma(p, t, R(0.09678418));
    p = eot_fma(p, t, R(0.37409196));
    p = eot_fma(p, t, R(1.00002368));
    p = eot_fma(p, t, R(-1.26551223));
    real y = t * eot_exp(p - z * z);
    return x >= R(0.0) ? y : R(2.0) - y;
}

#endif
