/* Standard errors against the spread that they claim to describe: a measurement like that of rare vertices, repeated
 * 2000 times. Seeds are fixed. Each fails by chance with probability 1e-6 and sees errors wrong by 8 % (the variance of
 * 2000 repetitions is known to 3.2 %; 1e-6, two-sided, are 4.9 sigma). */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "analysis/statistics.h"

enum { N_REPETITION = 2000 };

/** One run: batches of 300 primaries, the last of 40; a primary scores with probability 0.05 a weight with a long tail
 * (log-normal), up to three times. */
static size_t simulate(gsl_rng *random, size_t n_batch, struct eot_batch_sum *score, struct eot_batch_sum *energy) {
    for (size_t b = 0; b < n_batch; b++) {
        score[b] = energy[b] = (struct eot_batch_sum){.n = b + 1 < n_batch ? 300 : 40};
        for (uint64_t i = 0; i < score[b].n; i++) {
            double w = 0.0, e = 0.0;
            for (int k = 0; k < 3; k++) {
                if (gsl_rng_uniform(random) >= 0.05 / 3.0) continue;
                double weight = gsl_ran_lognormal(random, 0.0, 0.5);
                w += weight;
                e += weight * gsl_ran_exponential(random, 4.0);
            }
            score[b].sum += w;
            score[b].sum2 += w * w;
            energy[b].sum += e;
        }
    }
    return n_batch;
}

enum quantity { RATE_BY_BATCHES, RATE_BY_SQUARES, RATIO };

static void expect_honest(enum quantity quantity, size_t n_batch, double truth) {
    static double value[N_REPETITION], std_error[N_REPETITION];
    struct eot_batch_sum score[128], energy[128];
    struct eot_error error;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    double mean = 0.0, variance = 0.0, chi_square;
    gsl_rng_set(random, 20260101u + (unsigned)n_batch);
    for (int r = 0; r < N_REPETITION; r++) {
        struct eot_mean estimate;
        simulate(random, n_batch, score, energy);
        enum eot_status status =
            quantity == RATIO ? eot_statistics_ratio(energy, score, n_batch, &estimate, &error)
                              : eot_statistics_rate(score, n_batch, quantity == RATE_BY_SQUARES, &estimate, &error);
        cr_assert_eq(status, EOT_OK, "%s", error.text);
        value[r] = estimate.value;
        std_error[r] = estimate.std_error;
        mean += estimate.value / N_REPETITION;
        variance += estimate.std_error * estimate.std_error / N_REPETITION;
    }
    gsl_rng_free(random);
    double p = eot_statistics_spread_p(value, std_error, N_REPETITION, &chi_square);
    cr_assert_gt(p, 1e-6, "chi2 = %g for %d degrees of freedom, p = %g", chi_square, N_REPETITION - 1, p);
    double pull = (mean - truth) / sqrt(variance / N_REPETITION);
    cr_assert_lt(fabs(pull), 4.9, "mean %g, truth %g, pull %g", mean, truth, pull);
}

/* mean weight exp(0.5^2 / 2); a primary scores 0.05 times on average; energies have mean 4 whatever their weight */
static double rate_truth(void) { return 0.05 * exp(0.125); }

Test(honest_errors, rate_by_batches) { expect_honest(RATE_BY_BATCHES, 40, rate_truth()); }
Test(honest_errors, rate_by_a_few_batches) { expect_honest(RATE_BY_BATCHES, 5, rate_truth()); }
Test(honest_errors, rate_by_squares) { expect_honest(RATE_BY_SQUARES, 40, rate_truth()); }
Test(honest_errors, rate_by_squares_in_one_small_batch) { expect_honest(RATE_BY_SQUARES, 1, rate_truth()); }
Test(honest_errors, ratio) { expect_honest(RATIO, 100, 4.0); }
