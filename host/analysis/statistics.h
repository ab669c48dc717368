/** @file statistics.h
 * From sums per batch to estimates with standard errors. Primaries are independent (counter-based random numbers), so
 * batches are, whatever their size.
 *
 * Batch method. Batch b has n_b primaries, numerator A_b and denominator B_b; N = sum n_b, R = sum A / sum B, d_b = A_b
 * - R B_b. A sum over n_b independent primaries has variance n_b s^2, hence s^2 = sum_b d_b^2 / n_b / (B - 1),   var R
 * = N s^2 / (sum B)^2. For a rate (B_b = n_b) this is sum_b n_b (r_b - R)^2 / ((B - 1) N) with r_b = A_b / n_b: the
 * variance of a mean weighted by batch size, unbiased also for unequal batches (weighted least squares with known
 * relative weights, e.g. Bevington and Robinson, Data Reduction and Error Analysis, 3rd ed., chapter 4; the ratio is
 * its linearisation, Cochran, Sampling Techniques, 3rd ed., chapter 6, of relative bias 1/N). Its own relative error is
 * 1/sqrt(2 (B - 1)).
 *
 * Square method. With Q = sum of the squared scores of the primaries: var R = (Q / N - R^2) / (N - 1), unbiased, of N -
 * 1 degrees of freedom. It needs the square of what a primary contributed in all; if a primary contributes several
 * times, but rarely, squares of the single contributions serve (error: the rate itself). */
#ifndef EOT_HOST_ANALYSIS_STATISTICS_H
#define EOT_HOST_ANALYSIS_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** Sums over one batch. */
struct eot_batch_sum {
    uint64_t n;  /* primaries */
    double sum;  /* of their scores */
    double sum2; /* of their squared scores, if tallied */
};

/** An estimate. Every one says what it rests on: n_eff, or is_exact. */
struct eot_mean {
    double value, std_error;
    double n_eff;       /* (sum w)^2 / sum w^2 of the entries that make it; 0: of none */
    double n_eff_error; /* (sum d^2)^2 / sum d^4 of their deviations: entries that the error rests on; 0: not known */
    size_t n_batches;   /* with n > 0 */
    bool is_exact;      /* no statistics in it: no error, and n_eff means nothing */
    bool has_no_error;  /* a single entry, or a single batch where batches give the error: std_error is 0 */
    double upper_limit, lower_limit; /* 90 %, where nothing, or everything, was seen; 0: there is none */
};

/** Poisson mean that sees nothing with a probability of 10 %: -ln 0.1. */
#define EOT_LIMIT_EVENTS_90 2.302585092994046

/** Effective entries below which an estimate is poorly determined: those that make it, or, where that is known, its
 * error, which a few large entries may make although many make the estimate. */
#define EOT_FEWEST_ENTRIES 10.0
bool eot_mean_is_poor(const struct eot_mean *mean);

/** Factor on the square of a standard error that was made from a sample, for a sum of entries that are skewed.
 *
 * Such a sum and its error rise together, so that low results quote small errors: the mean square of (x - true)/error
 * is 1 + 2 g^2 + O(1/n^2) with g = sum d^3 / (sum d^2)^(3/2), the skewness of the sum (from the expansion of 1/error^2
 * about its mean; the terms with the fourth moment cancel. For k of a Poisson distribution it is 1 + 2/k).
 * @param sum2, sum3 of d^2 and d^3, the entries' distances from their mean. @return 1 to 3. */
double eot_statistics_skewness_factor(double sum2, double sum3);

/** Sum of two independent estimates; n_eff is that of the entries of both, limits add. */
struct eot_mean eot_mean_sum(struct eot_mean a, struct eot_mean b);

/** (sum w)^2 / sum w^2 of the scores of n primaries, from the mean of them and its error: n / (1 + n (error/mean)^2),
 * for scores whose squares are not summed. */
double eot_statistics_n_eff_of_mean(double mean, double error, double n);

/** Share k/n of n equal trials: its error (Agresti and Coull, Am. Stat. 52 (1998) 119), n_eff = k, and, where none or
 * all succeed, the exact limit at 90 % (Clopper and Pearson, Biometrika 26 (1934) 404): 1 - 0.1^(1/n), 0.1^(1/n).
 * @param k 0 to n. @param n above 0. */
struct eot_mean eot_statistics_share(double k, double n);

/** Sums over weighted entries of numerator a and denominator b, and of their products. */
struct eot_ratio_sums {
    double a, b, aa, ab, bb;
};
/** sum a / sum b with the error of its linearisation, sqrt(sum (a - r b)^2) / sum b (Cochran, Sampling Techniques, 3rd
 * ed., chapter 6); n_eff = (sum a)^2 / sum a^2. @param s with b not 0. @param n entries; 1: no error. */
struct eot_mean eot_statistics_ratio_of(struct eot_ratio_sums s, double n);

/** Mean score per primary. Uses the square method if has_squares, because it does not depend on the number of batches,
 * and the batch method otherwise. Batches without primaries are ignored. One primary, or one batch without squares, has
 * no error (has_no_error); without squares n_eff comes from the error.
 * @return EOT_E_NUMERIC without a primary, and for a sum that is not finite. */
enum eot_status eot_statistics_rate(const struct eot_batch_sum *batch, size_t n_batch, bool has_squares,
                                    struct eot_mean *mean, struct eot_error *err);

/** sum A / sum B by the batch method. @param numerator @param denominator of the same batches; n is the numerator's.
 * One batch has no error. n_eff is not known here: 0. @return EOT_E_NUMERIC as above, and if the denominator is 0. */
enum eot_status eot_statistics_ratio(const struct eot_batch_sum *numerator, const struct eot_batch_sum *denominator,
                                     size_t n_batch, struct eot_mean *mean, struct eot_error *err);

/** (sum w)^2 / sum w^2: the number of events of equal weight with the same relative error; 0 without events. */
double eot_statistics_n_eff(double sum, double sum2);

/** Probability of a chi-square at least this large with ndf degrees of freedom; 1 for ndf = 0. */
double eot_statistics_chi_square_p(double chi_square, size_t ndf);

/** Whether quoted errors describe the spread of results: chi^2 = sum (x_i - mean)^2 / mean(error^2) for n repetitions
 * of one measurement, n - 1 degrees of freedom. The mean of the quoted variances is used, not each one: in small
 * samples a low result quotes a small error, which would bias the sum.
 * @return the two-sided p-value (errors too small and too large both give a small one); 0 if all errors are 0 but the
 * values differ. */
double eot_statistics_spread_p(const double *value, const double *std_error, size_t n, double *chi_square);

/** chi^2 of two independent histograms of n bins given with their variances; bins in which both variances are 0 are
 * left out. @return the p-value. */
double eot_statistics_histograms_p(const double *value_a, const double *variance_a, const double *value_b,
                                   const double *variance_b, size_t n, double *chi_square, size_t *ndf);

#endif
