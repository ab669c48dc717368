/** @file tails.h
 * Tails of resolutions: the probability that a quantity of mean 0 and standard deviation (of its core) 1 exceeds a
 * value.
 */
#ifndef EOT_MATH_TAILS_H
#define EOT_MATH_TAILS_H

#include "eotmc/math/elementary.h"

/** Probability that a Gaussian quantity exceeds `a` standard deviations. Relative error in single precision below 1e-5
 * for a < 12. */
EOT_FN real eot_tail_gaussian(real a) { return R(0.5) * eot_erfc(a * R(0.7071067811865476)); }

/** The same for the GaussExp density (S. Das, arXiv:1603.08591, here on both sides): Gaussian within +-start,
 * exponential beyond, continuous with its derivative, normalised to 1.
 * @param a standard deviations of the Gaussian core. @param start where the exponential tails begin [standard
 * deviations], > 0; for a large start the Gaussian's probability comes out. */
EOT_FN real eot_tail_exponential(real a, real start) {
    /* unnormalised: the Gaussian density at `start`, the integral of one exponential tail, and of half of the core */
    real density = R(0.3989422804014327) * eot_exp(R(-0.5) * start * start), tail = density / start;
    real core_half = R(0.5) - R(0.5) * eot_erfc(start * R(0.7071067811865476));
    real norm = R(1.0) / (R(2.0) * (core_half + tail)), b = eot_fabs(a), p;
    if (b >= start)
        p = tail * eot_exp(-start * (b - start));
    else
        p = tail + core_half - (R(0.5) - R(0.5) * eot_erfc(b * R(0.7071067811865476)));
    p = p * norm;
    return a >= R(0.0) ? p : R(1.0) - p;
}

#endif
