/** @file fluctuation.h
 * Samples of quantities that fluctuate and are never negative: the Gamma and the Poisson distribution, with few random
 * words and bounded loops. */
#ifndef EOT_MATH_FLUCTUATION_H
#define EOT_MATH_FLUCTUATION_H

#include "eotmc/math/random.h"

#define EOT_GAMMA_MOST_TRIES 8       /* of the rejection: all fail with a probability below 1e-10 */
#define EOT_GAMMA_NORMAL R(1.0e5)    /* above it a try is always accepted */
#define EOT_POISSON_GAUSSIAN R(32.0) /* from this mean on a Gaussian: negative with a probability of 8e-9 */
#define EOT_POISSON_MOST_TERMS 96    /* P(n > 96) of a mean of 32 is below 1e-18 */

/** ln(1 - w) for w = (bits + 1/2)/2^32: keeps its relative accuracy where w is small. */
EOT_FN real eot_log_of_rest(u32 bits) {
    real w = eot_fma((real)bits, R(2.3283064365386963e-10), R(1.1641532182693481e-10));
    if (w < R(1.0e-3)) return -w * eot_fma(w, eot_fma(w, R(0.3333333333333333), R(0.5)), R(1.0));
    return eot_log(eot_max(R(1.0) - w, R(5.9604644775390625e-8)));
}

/** A Gamma-distributed number, and how many blocks of random numbers it took. */
typedef struct {
    real value;
    u32 n_draw;
} eot_gamma;

/** Sample of the Gamma distribution of mean 1 and variance 1/shape. @param shape above 0; infinity is 1. @param random
 * cursor; @param stride how many draws its blocks lie apart.
 * G. Marsaglia, W. W. Tsang, ACM Trans. Math. Softw. 26 (2000) 363: d (1 + c x)^3 of a normal number x, rejected in at
 * most 5 % of the tries; a shape k below 1 from that of k + 1 times u^(1/k) (their sec. 6). Above a shape of 1e5 the
 * cube is the distribution to 1e-5 (Wilson and Hilferty) with the exact mean, and the test of acceptance would be
 * rounding. One block a try, a word of the first for u. */
EOT_OFTEN_FN eot_gamma eot_gamma_sample(real shape, eot_random random, u32 stride) {
    real boosted = shape < R(1.0) ? shape + R(1.0) : shape;
    real d = boosted - R(0.3333333333333333), c = R(1.0) / eot_sqrt(R(9.0) * d), cube = R(1.0), boost = R(1.0);
    eot_gamma g;
    i32 is_accepted = 0;
    for (g.n_draw = 0u; g.n_draw < (u32)EOT_GAMMA_MOST_TRIES && is_accepted == 0; g.n_draw++) {
        eot_u32x4 block = eot_random_block(random);
        random.draw += stride;
        if (g.n_draw == 0u && shape < R(1.0)) boost = eot_exp(eot_log_of_rest(block.w) / shape);
        real x = eot_normal(block.x, block.y).a, root = eot_max(eot_fma(c, x, R(1.0)), R(0.0));
        cube = root * root * root;
        if (d > EOT_GAMMA_NORMAL)
            is_accepted = 1;
        else if (cube > R(1.0e-30))
            is_accepted =
                eot_log(eot_uniform(block.z)) < eot_fma(R(0.5) * x, x, d * ((R(1.0) - cube) + eot_log(cube))) ? 1 : 0;
    }
    g.value = d * cube * boost / shape;
    if (shape > R(1.0e30)) g.value = R(1.0);
    return g;
}

/** Sample of a count of given mean, as a real number: Poisson below a mean of 32 (by inversion, one word), above it a
 * Gaussian of the same mean and variance, not rounded to an integer. Never negative. @param mean at least 0. @param
 * block x, y are used. */
EOT_FN real eot_count_sample(real mean, eot_u32x4 block) {
    if (mean >= EOT_POISSON_GAUSSIAN)
        return eot_max(eot_fma(eot_sqrt(mean), eot_normal(block.x, block.y).a, mean), R(0.0));
    real u = eot_uniform(block.x), p = eot_exp(-mean), sum = p, n = R(0.0);
    while (u > sum && n < (real)EOT_POISSON_MOST_TERMS) {
        n += R(1.0);
        p *= mean / n;
        sum += p;
    }
    return n;
}

#endif
