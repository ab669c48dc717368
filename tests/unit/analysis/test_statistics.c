#include <criterion/criterion.h>
#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "analysis/statistics.h"

static struct eot_error error;
static struct eot_mean mean;

/* Six primaries that score x1 with probability p, else x0, in batches of 2, 3 and 1. Summed over all 64 outcomes with
 * their probabilities, the estimates' means must be exact: the variance of the mean of six is p (1 - p) (x1 - x0)^2
 * / 6. */
enum { N_PRIMARY = 6 };
static const size_t batch_size[3] = {2, 3, 1};

static void expect_unbiased(bool has_squares, double x0, double x1, double p) {
    double value = 0.0, variance = 0.0;
    for (unsigned outcome = 0; outcome < 1u << N_PRIMARY; outcome++) {
        struct eot_batch_sum batch[4] = {{0}};
        double probability = 1.0;
        size_t i = 0;
        for (size_t b = 0; b < 3; b++)
            for (size_t k = 0; k < batch_size[b]; k++, i++) {
                bool is_hit = (outcome >> i & 1u) != 0;
                double x = is_hit ? x1 : x0;
                probability *= is_hit ? p : 1.0 - p;
                batch[b].n++;
                batch[b].sum += x;
                batch[b].sum2 += x * x;
            }
        cr_assert_eq(eot_statistics_rate(batch, 4, has_squares, &mean, &error), EOT_OK); /* the fourth is empty */
        cr_assert_eq(mean.n_batches, 3u);
        value += probability * mean.value;
        variance += probability * mean.std_error * mean.std_error;
    }
    cr_assert_float_eq(value, p * x1 + (1.0 - p) * x0, 64 * DBL_EPSILON);
    cr_assert_float_eq(variance, p * (1.0 - p) * (x1 - x0) * (x1 - x0) / 6.0, 64 * DBL_EPSILON);
}
Test(statistics, batch_errors_are_unbiased_for_unequal_batches) { expect_unbiased(false, 0.0, 1.0, 0.3); }
Test(statistics, batch_errors_do_not_see_a_constant) { expect_unbiased(false, 2.0, 2.5, 0.6); }
Test(statistics, square_errors_are_unbiased) { expect_unbiased(true, 0.0, 1.0, 0.3); }
Test(statistics, square_errors_do_not_see_a_constant) { expect_unbiased(true, 2.0, 2.5, 0.6); }

Test(statistics, a_ratio_to_the_number_of_primaries_is_the_rate) {
    const struct eot_batch_sum a[] = {{10, 3.0, 0.0}, {20, 9.0, 0.0}, {5, 1.0, 0.0}},
                               b[] = {{10, 10.0, 0.0}, {20, 20.0, 0.0}, {5, 5.0, 0.0}};
    struct eot_mean ratio;
    cr_assert_eq(eot_statistics_rate(a, 3, false, &mean, &error), EOT_OK);
    cr_assert_eq(eot_statistics_ratio(a, b, 3, &ratio, &error), EOT_OK);
    cr_assert_float_eq(ratio.value, mean.value, DBL_EPSILON);
    cr_assert_float_eq(ratio.std_error, mean.std_error, DBL_EPSILON);
}
Test(statistics, a_ratio_of_proportional_sums_is_exact) {
    const struct eot_batch_sum a[] = {{10, 3.0, 0.0}, {20, 9.0, 0.0}, {5, 1.5, 0.0}},
                               b[] = {{10, 6.0, 0.0}, {20, 18.0, 0.0}, {5, 3.0, 0.0}};
    cr_assert_eq(eot_statistics_ratio(a, b, 3, &mean, &error), EOT_OK);
    cr_assert_eq(mean.value, 0.5);
    cr_assert_eq(mean.std_error, 0.0);
}
Test(statistics, a_ratio_matches_the_textbook) {
    /* equal batches: var R = B / (B - 1) sum d^2 / (sum B)^2, Cochran, chapter 6, without its finite-population factor;
     * R = 2, d = (1, -1, 0), sum B = 12 */
    const struct eot_batch_sum a[] = {{7, 9.0, 0.0}, {7, 7.0, 0.0}, {7, 8.0, 0.0}},
                               b[] = {{7, 4.0, 0.0}, {7, 4.0, 0.0}, {7, 4.0, 0.0}};
    cr_assert_eq(eot_statistics_ratio(a, b, 3, &mean, &error), EOT_OK);
    cr_assert_eq(mean.value, 2.0);
    cr_assert_float_eq(mean.std_error, sqrt(3.0 / 2.0 * 2.0) / 12.0, DBL_EPSILON);
}

Test(statistics, one_batch_falls_back_to_squares) {
    const struct eot_batch_sum batch = {100, 30.0, 30.0};
    cr_assert_eq(eot_statistics_rate(&batch, 1, true, &mean, &error), EOT_OK);
    cr_assert_float_eq(mean.std_error, sqrt(0.3 * 0.7 / 99.0), DBL_EPSILON);
    cr_assert_float_eq(mean.n_eff, 30.0, 1e-12);
}
Test(statistics, one_batch_without_squares_has_no_error) {
    const struct eot_batch_sum batch = {100, 30.0, 0.0};
    cr_assert_eq(eot_statistics_rate(&batch, 1, false, &mean, &error), EOT_OK);
    cr_assert(mean.has_no_error && mean.value == 0.3 && eot_mean_is_poor(&mean));
    cr_assert_eq(eot_statistics_ratio(&batch, &batch, 1, &mean, &error), EOT_OK);
    cr_assert(mean.has_no_error && mean.value == 1.0);
}
Test(statistics, one_primary_has_no_error) {
    const struct eot_batch_sum batch = {1, 30.0, 900.0};
    cr_assert_eq(eot_statistics_rate(&batch, 1, true, &mean, &error), EOT_OK);
    cr_assert(mean.has_no_error && mean.value == 30.0 && mean.n_eff == 1.0);
}
Test(statistics, no_primary_is_an_error) {
    const struct eot_batch_sum batch = {0, 0.0, 0.0};
    cr_assert_eq(eot_statistics_rate(&batch, 1, true, &mean, &error), EOT_E_NUMERIC);
    cr_assert_eq(eot_statistics_rate(NULL, 0, true, &mean, &error), EOT_E_NUMERIC);
}
Test(statistics, nothing_scored_is_zero_with_zero_effective_events) {
    const struct eot_batch_sum batch[2] = {{100, 0.0, 0.0}, {50, 0.0, 0.0}};
    cr_assert_eq(eot_statistics_rate(batch, 2, true, &mean, &error), EOT_OK);
    cr_assert(mean.value == 0.0 && mean.std_error == 0.0 && mean.n_eff == 0.0);
}
Test(statistics, equal_scores_have_no_error_whatever_the_rounding) {
    const struct eot_batch_sum batch[2] = {{3, 0.3, 3 * 0.1 * 0.1}, {7, 0.7, 7 * 0.1 * 0.1}};
    cr_assert_eq(eot_statistics_rate(batch, 2, true, &mean, &error), EOT_OK);
    cr_assert_lt(mean.std_error, 1e-9);
    cr_assert_geq(mean.std_error, 0.0);
}
Test(statistics, a_sum_that_is_not_finite_is_refused) {
    const struct eot_batch_sum batch[2] = {{3, NAN, 0.0}, {7, 0.7, 0.0}};
    cr_assert_eq(eot_statistics_rate(batch, 2, false, &mean, &error), EOT_E_NUMERIC);
}
Test(statistics, a_ratio_to_nothing_is_refused) {
    const struct eot_batch_sum a[] = {{10, 3.0, 0.0}, {20, 9.0, 0.0}}, b[] = {{10, 0.0, 0.0}, {20, 0.0, 0.0}};
    cr_assert_eq(eot_statistics_ratio(a, b, 2, &mean, &error), EOT_E_NUMERIC);
}
Test(statistics, large_numbers_of_primaries_lose_no_precision) {
    /* 1e11 primaries of which one in 1e4 scores 1: binomial error */
    const struct eot_batch_sum batch = {100000000000u, 1e7, 1e7};
    cr_assert_eq(eot_statistics_rate(&batch, 1, true, &mean, &error), EOT_OK);
    cr_assert_float_eq(mean.std_error / sqrt(1e-4 * (1.0 - 1e-4) / 1e11), 1.0, 1e-10);
}

/* Quantiles from NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.4 (upper critical values, printed to 3
 * decimals) */
Test(statistics, chi_square_probabilities_match_the_table) {
    cr_assert_float_eq(eot_statistics_chi_square_p(3.841, 1), 0.05, 1e-4);
    cr_assert_float_eq(eot_statistics_chi_square_p(18.307, 10), 0.05, 1e-5);
    cr_assert_float_eq(eot_statistics_chi_square_p(149.449, 100), 0.001, 1e-6);
    cr_assert_eq(eot_statistics_chi_square_p(0.0, 0), 1.0);
}
Test(statistics, spread_p_is_two_sided) {
    double value[101], honest[101], small[101], large[101], chi_square;
    /* values whose sample variance is exactly 1 (n - 1 form): alternating +-a and one 0 */
    double a = sqrt(100.0 / 100.0);
    for (int i = 0; i < 101; i++) {
        value[i] = i == 100 ? 5.0 : i % 2 == 0 ? 5.0 + a : 5.0 - a;
        honest[i] = 1.0;
        small[i] = 0.5;
        large[i] = 2.0;
    }
    cr_assert_gt(eot_statistics_spread_p(value, honest, 101, &chi_square), 0.9);
    cr_assert_float_eq(chi_square, 100.0, 1e-9);
    cr_assert_lt(eot_statistics_spread_p(value, small, 101, &chi_square), 1e-6);
    cr_assert_lt(eot_statistics_spread_p(value, large, 101, &chi_square), 1e-6);
    cr_assert_eq(eot_statistics_spread_p(value, honest, 1, &chi_square), 1.0);
    for (int i = 0; i < 101; i++) honest[i] = 0.0;
    cr_assert_eq(eot_statistics_spread_p(value, honest, 101, &chi_square), 0.0);
}
Test(statistics, histograms_are_compared_bin_by_bin) {
    const double a[3] = {1.0, 2.0, 0.0}, va[3] = {0.5, 1.0, 0.0}, b[3] = {2.0, 4.0, 0.0}, vb[3] = {0.5, 1.0, 0.0};
    double chi_square;
    size_t ndf;
    double p = eot_statistics_histograms_p(a, va, b, vb, 3, &chi_square, &ndf);
    cr_assert_float_eq(chi_square, 1.0 + 2.0, 1e-12);
    cr_assert_eq(ndf, 2u);
    cr_assert_float_eq(p, exp(-1.5), 1e-12); /* chi-square with 2 degrees of freedom is exponential */
}

/* n_eff of scores whose squares are not summed, from their mean and its error: 40 of 1000 primaries score 2. */
Test(statistics, effective_entries_follow_from_the_error_of_a_mean) {
    const double n = 1000.0, k = 40.0, m = 2.0 * k / n, of_mean = sqrt((4.0 * k / n - m * m) / n);
    cr_assert_float_eq(eot_statistics_n_eff_of_mean(m, of_mean, n), k, 1e-9);
    cr_assert_eq(eot_statistics_n_eff_of_mean(0.0, 0.0, n), 0.0);
}

/* None of n: the p at which none is seen with a probability of 10 %. All of n: the same of failures. */
Test(statistics, a_share_of_none_or_all_has_exact_limits) {
    for (double n = 1.0; n < 1e6; n *= 7.0) {
        cr_assert_float_eq(pow(1.0 - eot_statistics_share(0.0, n).upper_limit, n), 0.1, 1e-9, "n = %g", n);
        cr_assert_float_eq(pow(eot_statistics_share(n, n).lower_limit, n), 0.1, 1e-9, "n = %g", n);
    }
    mean = eot_statistics_share(3.0, 1000.0);
    cr_assert(mean.upper_limit == 0.0 && mean.lower_limit == 0.0 && mean.n_eff == 3.0 && eot_mean_is_poor(&mean));
    mean = eot_statistics_share(10.0, 1000.0);
    cr_assert(!eot_mean_is_poor(&mean));
}

/* A sum of two estimates rests on the entries of both: 100 entries of weight 1 and 25 of weight 2, of 1000 primaries.
 */
Test(statistics, entries_of_a_sum_are_those_of_both) {
    struct eot_mean a = {.value = 0.1, .std_error = 0.03, .n_eff = 100.0},
                    b = {.value = 0.05, .std_error = 0.04, .n_eff = 25.0}, none = {.upper_limit = 1e-3};
    mean = eot_mean_sum(a, b);
    cr_assert_float_eq(mean.n_eff, 150.0 * 150.0 / (100.0 + 25.0 * 4.0), 1e-9);
    cr_assert_float_eq(mean.std_error, 0.05, 1e-12);
    mean = eot_mean_sum(a, none);
    cr_assert(mean.value == 0.1 && fabs(mean.n_eff - 100.0) < 1e-9 && mean.upper_limit == 0.0);
    mean = eot_mean_sum(none, none);
    cr_assert(mean.value == 0.0 && mean.n_eff == 0.0 && mean.upper_limit == 2e-3 && eot_mean_is_poor(&mean));
}

/* The error of a ratio from sums is that of the batch method with a batch for every entry. */
Test(statistics, a_ratio_of_sums_matches_one_of_batches) {
    enum { N = 50 };
    struct eot_batch_sum a[N], b[N];
    struct eot_ratio_sums s = {0};
    struct eot_mean batches;
    for (int i = 0; i < N; i++) {
        double w = 1.0 + (i * 37 % 11), x = i % 3 == 0 ? 1.0 : 0.0;
        a[i] = (struct eot_batch_sum){1, w * x, 0.0};
        b[i] = (struct eot_batch_sum){1, w, 0.0};
        s.a += w * x;
        s.b += w;
        s.aa += w * w * x * x;
        s.ab += w * w * x;
        s.bb += w * w;
    }
    cr_assert_eq(eot_statistics_ratio(a, b, N, &batches, &error), EOT_OK);
    mean = eot_statistics_ratio_of(s, N);
    cr_assert_float_eq(mean.value, batches.value, 1e-14);
    cr_assert_float_eq(mean.std_error, batches.std_error, 1e-12);
}

/* Sums of 100 exponential numbers (skewness 0.2): the mean square of their pulls is 1 + 2 g^2 = 1.08 with the error of
 * the sample alone, and 1 with the factor. */
Test(statistics, skewness_of_a_sum_makes_its_error_larger) {
    enum { N = 100, N_SAMPLE = 40000 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double plain = 0.0, corrected = 0.0;
    for (int s = 0; s < N_SAMPLE; s++) {
        double x[N], middle = 0.0, sum2 = 0.0, sum3 = 0.0;
        for (int i = 0; i < N; i++) middle += (x[i] = gsl_ran_exponential(rng, 1.0)) / N;
        for (int i = 0; i < N; i++) {
            double d = x[i] - middle;
            sum2 += d * d;
            sum3 += d * d * d;
        }
        double pull2 = (middle - 1.0) * (middle - 1.0) / (sum2 / N / (N - 1.0));
        plain += pull2 / N_SAMPLE;
        corrected += pull2 / eot_statistics_skewness_factor(sum2, sum3) / N_SAMPLE;
    }
    gsl_rng_free(rng);
    cr_expect_float_eq(plain, 1.08, 0.04, "%g", plain); /* 5 standard deviations of 40000 pulls */
    cr_expect_float_eq(corrected, 1.0, 0.04, "%g", corrected);
    cr_assert_eq(eot_statistics_skewness_factor(0.0, 0.0), 1.0);
    cr_assert_eq(eot_statistics_skewness_factor(4.0, 0.0), 1.0);
    cr_assert_eq(eot_statistics_skewness_factor(4.0, 8.0), 3.0); /* a single entry makes it all */
}
