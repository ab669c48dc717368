/* Test-only: two runs of the same physics with different sampling give the same numbers and histograms. */
#ifndef EOT_TESTS_AGREEMENT_H
#define EOT_TESTS_AGREEMENT_H

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <math.h>
#include <string.h>

#include "analysis/estimate.h"
#include "analysis/statistics.h"

/* A pull of two numbers with known errors: at most 4.5, which one of the about 50 of a comparison is above by chance in
 * 3000 comparisons. */
static inline void agreement_pull(const char *name, const double x[2], const double y[2], double *sum, int *n) {
    double pull = (x[0] - y[0]) / hypot(x[1], y[1]);
    cr_expect_lt(fabs(pull), 4.5, "%s: %g +- %g, %g +- %g", name, x[0], x[1], y[0], y[1]);
    *sum += pull * pull;
    (*n)++;
}

/* Mean square of the pulls of all numbers of two runs that are well determined, and how many they are. */
static inline double agreement_pulls(const struct eot_result *a, const struct eot_result *b, int *n) {
    double sum = 0.0;
    for (size_t i = 0; i < a->n_estimate; i++) {
        const struct eot_estimate *x = &a->estimate[i], *y = eot_result_estimate(b, x->name);
        if (y == NULL || x->is_poorly_determined || y->is_poorly_determined || !(x->std_error > 0.0) ||
            !(y->std_error > 0.0) || strncmp(x->name, "eot.", 4) == 0 || strncmp(x->name, "energy.", 7) == 0 ||
            strcmp(x->name, "hcal.calibration") == 0) /* of the simulated events as they are; of both */
            continue;
        agreement_pull(x->name, (double[]){x->value, x->std_error}, (double[]){y->value, y->std_error}, &sum, n);
    }
    for (size_t i = 0; i < a->n_cutflow; i++) {
        const struct eot_cutflow_row *x = &a->cutflow[i], *y = &b->cutflow[i];
        if (x->is_poorly_determined || y->is_poorly_determined || !(x->std_error > 0.0)) continue;
        agreement_pull(x->cut, (double[]){x->weighted, x->std_error}, (double[]){y->weighted, y->std_error}, &sum, n);
    }
    return sum / *n;
}

/* Empty the bins in which one of the two has fewer than 15 effective entries: their errors are not known. */
static inline void agreement_keep_filled(const struct eot_histogram *x, const struct eot_histogram *y) {
    for (size_t i = 0; i < x->n_bin; i++)
        if (x->values[i] * x->values[i] <= 15.0 * x->variances[i] ||
            y->values[i] * y->values[i] <= 15.0 * y->variances[i]) /* an empty one, too */
            x->values[i] = x->variances[i] = y->values[i] = y->variances[i] = 0.0;
}

/* Expect two runs to agree in all numbers and histograms, of which n_least must have 5 well filled bins; the other bins
 * are emptied. Many of the estimates are correlated, so the mean square of their pulls may be up to 2. */
static inline void expect_the_same(const struct eot_result *a, const struct eot_result *b, size_t n_least) {
    size_t n_histogram = 0;
    int n = 0;
    double mean = agreement_pulls(a, b, &n);
    cr_log_info("mean square of %d pulls: %.2f", n, mean);
    cr_expect_gt(n, 15);
    cr_expect_lt(mean, 2.0);
    for (size_t i = 0; i < b->n_histogram; i++) {
        const struct eot_histogram *x = &b->histogram[i], *y = eot_result_histogram(a, x->name);
        double chi_square;
        size_t ndf;
        cr_assert_not_null(y);
        if (strcmp(x->name, "track.momentum_error") == 0) continue; /* a ratio of two */
        agreement_keep_filled(x, y);
        double p =
            eot_statistics_histograms_p(x->values, x->variances, y->values, y->variances, x->n_bin, &chi_square, &ndf);
        cr_log_info("%s: chi2 %.1f for %zu bins, p = %.3g", x->name, chi_square, ndf, p);
        if (ndf < 5) continue;
        n_histogram++;
        cr_expect_gt(p, 1e-5, "%s: chi2 %g for %zu bins", x->name, chi_square, ndf);
    }
    cr_expect_geq(n_histogram, n_least, "%zu histograms were compared", n_histogram);
}

#endif
