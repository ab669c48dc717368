/** @file counting.h
 * Upper limits of a counting experiment: n events seen where b are expected from background. */
#ifndef EOT_HOST_ANALYSIS_COUNTING_H
#define EOT_HOST_ANALYSIS_COUNTING_H

#include <stdint.h>

/** Upper limit on the expected number of signal events by CLs (A. L. Read, J. Phys. G 28 (2002) 2693): the s with P(<=
 * n; s + b) = (1 - level) P(<= n; b). For n = 0 it is -ln(1 - level) whatever b is: 2.303 at 90 %. @param n seen.
 * @param b >= 0, known, up to 1e4. @param level in (0, 1). */
double eot_counting_limit(uint64_t n, double b, double level);

/** The limit that an experiment without signal has on average: the mean of eot_counting_limit over n with the Poisson
 * probabilities of b. */
double eot_counting_expected_limit(double b, double level);

#endif
