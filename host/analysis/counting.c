#include "analysis/counting.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

static const double MANY = 1e4; /* above, limits grow as the square root of the background (0.8 % more than their
                                   asymptote there), and the incomplete gamma function loses precision */

/* P(<= n; mean) as the incomplete gamma function, which does not lose the tail as a sum would. */
static double at_most(uint64_t n, double mean) {
    return mean > 0.0 ? gsl_cdf_gamma_Q(mean, (double)n + 1.0, 1.0) : 1.0;
}

double eot_counting_limit(uint64_t n, double b, double level) {
    double want = (1.0 - level) * at_most(n, b), low = 0.0, high = 1.0;
    while (at_most(n, high + b) > want) high *= 2.0;
    for (int i = 0; i < 100 && high - low > 1e-10 * high; i++) {
        double middle = 0.5 * (low + high);
        if (at_most(n, middle + b) > want)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

double eot_counting_expected_limit(double b, double level) {
    if (!(b > 0.0)) return eot_counting_limit(0, 0.0, level);
    if (b > MANY) return sqrt(b / MANY) * eot_counting_expected_limit(MANY, level);
    uint64_t first = (uint64_t)fmax(0.0, floor(b - 8.0 * sqrt(b) - 8.0)),
             last = (uint64_t)ceil(b + 8.0 * sqrt(b) + 8.0);
    uint64_t stride = (last - first) / 400 + 1; /* the limit is smooth in n */
    double sum = 0.0, probability = 0.0;
    for (uint64_t n = first; n <= last; n += stride) {
        double p = gsl_ran_poisson_pdf((unsigned)n, b);
        probability += p;
        sum += p > 0.0 ? p * eot_counting_limit(n, b, level) : 0.0;
    }
    return sum / probability;
}
