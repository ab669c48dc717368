/* Feldman-Cousins intervals of one channel with a known background. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "limit/one_channel.h"

/* ln of the ratio of likelihoods by which outcomes are ordered. */
static double log_ratio(double n, double signal, double b) {
    double top = fmax(n, b), rate = signal + b;
    if (!(n > 0.0)) return top - rate;
    return rate > 0.0 ? n * log(rate / top) + top - rate : -INFINITY;
}

/* Probability of at most k; k may be -1. */
static double at_most(double k, double rate) {
    if (k < 0.0) return 0.0;
    return rate > 0.0 ? gsl_cdf_poisson_P((unsigned)k, rate) : 1.0;
}

/* Whether an outcome is of a higher rank than `own`. */
static int is_above(double k, double signal, double b, double own) { return log_ratio(k, signal, b) > own + 1e-12; }

/* Whether n is in the acceptance interval of a signal: outcomes of a higher rank have less than the level. The ratio
 * rises with n up to the expected number and falls beyond, so that these are neighbours on the far side of it. */
static int is_accepted(double n, double signal, double b, double level) {
    double rate = signal + b, own = log_ratio(n, signal, b), turn = n <= rate ? 1.0 : -1.0;
    if (!(rate > 0.0)) return !(n > 0.0);
    if (n + turn < 0.0 || !is_above(n + turn, signal, b, own)) return 0.0 < level;
    double in = n + turn, out = in, step = 1.0; /* of a higher rank; not so, or below 0 */
    while (out >= 0.0 && is_above(out, signal, b, own)) {
        in = out;
        out = fmax(-1.0, out + turn * step);
        step *= 2.0;
    }
    while (fabs(out - in) > 1.0) {
        double middle = floor(0.5 * (in + out));
        *(is_above(middle, signal, b, own) ? &in : &out) = middle;
    }
    double sum = turn > 0.0 ? at_most(in, rate) - at_most(n, rate) : at_most(n - 1.0, rate) - at_most(in - 1.0, rate);
    return sum < level;
}

/* Half the way between accepted and not, over and over. */
static double refine(double n, double in, double out, double b, double level) {
    for (int i = 0; i < 30; i++) {
        double middle = 0.5 * (in + out);
        *(is_accepted(n, middle, b, level) ? &in : &out) = middle;
    }
    return 0.5 * (in + out);
}

static const double STEP = 0.02; /* events: of the scans, far below the length of a tooth */

/* Largest signal that accepts n. */
static double raw_high(double n, double b, double level) {
    double signal = fmax(0.0, n - b) + 8.0 + 4.0 * sqrt(fmax(n, b));
    while (signal > 0.0 && !is_accepted(n, signal, b, level)) signal -= STEP;
    return refine(n, fmax(signal, 0.0), signal + STEP, b, level);
}

struct eot_interval eot_feldman_cousins(unsigned n, double background, double level) {
    struct eot_interval interval = {0.0, 0.0};
    double count = n;
    for (double more = 0.0; more < 2.0; more += STEP) /* longer than a tooth: about one event */
        interval.high = fmax(interval.high, raw_high(count, background + more, level));
    if (!is_accepted(count, 0.0, background, level)) {
        double signal = 0.0;
        while (!is_accepted(count, signal, background, level)) signal += STEP;
        interval.low = refine(count, signal, signal - STEP, background, level);
    }
    return interval;
}

void eot_feldman_cousins_limit(double background, double n, double level, struct eot_limit_answer *answer,
                               double *low) {
    *answer = (struct eot_limit_answer){.observed = NAN, .best = NAN, .z = NAN, .p = NAN};
    *low = NAN;
    if (!isnan(n)) {
        struct eot_interval interval = eot_feldman_cousins((unsigned)n, background, level);
        answer->observed = interval.high;
        answer->best = fmax(0.0, n - background);
        *low = interval.low;
    }
    double last = -1.0;
    for (int k = 0; k < EOT_N_BAND; k++) {
        double p = gsl_cdf_ugaussian_P(EOT_BAND_SIGMA(k)), count = 0.0;
        while (background > 0.0 && gsl_cdf_poisson_P((unsigned)count, background) < p) count += 1.0;
        answer->expected[k] =
            count == last ? answer->expected[k - 1] : eot_feldman_cousins((unsigned)count, background, level).high;
        last = count;
    }
}
