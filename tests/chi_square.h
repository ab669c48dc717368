/* Test-only: Pearson's chi-square of counts against expectations. */
#ifndef EOT_TESTS_CHI_SQUARE_H
#define EOT_TESTS_CHI_SQUARE_H

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>

/* Largest false-alarm probability of one comparison. */
#define CHI_SQUARE_LEAST_P 1.0e-6

/* Probability of a chi-square as large as that of observed[n] against shares in proportion to expected[n]. Bins that
 * expect fewer than 20 counts are joined with the next. */
static inline double chi_square_p(const long *observed, const double *expected, int n) {
    double total = 0.0, sum = 0.0, chi2 = 0.0, rest_expected = 0.0, rest_observed = 0.0;
    int n_used = 0;
    for (int i = 0; i < n; i++) {
        total += (double)observed[i];
        sum += expected[i];
    }
    for (int i = 0; i < n; i++) {
        rest_expected += expected[i] / sum * total;
        rest_observed += (double)observed[i];
        if (rest_expected < 20.0) continue;
        chi2 += (rest_observed - rest_expected) * (rest_observed - rest_expected) / rest_expected;
        n_used++;
        rest_expected = rest_observed = 0.0;
    }
    cr_assert_gt(n_used, 2, "too few counts for a comparison");
    return gsl_cdf_chisq_Q(chi2, n_used - 1);
}

#endif
