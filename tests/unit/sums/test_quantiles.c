/* The fine histogram: bins cover the axis without gaps, and quantiles are those of the entries to the stated quantum.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "sums/quantiles.h"

static const struct eot_quantile_axis AXIS = {-20, 5};
#define QUANTUM 0x1p-11

Test(quantiles, every_number_lies_in_its_bin) {
    size_t n = eot_quantile_bins(AXIS);
    cr_expect_eq(n, (25u << EOT_QUANTILE_BITS) + 2);
    for (size_t i = 1; i < n; i++)
        cr_assert_lt(eot_quantile_edge(AXIS, i - 1), eot_quantile_edge(AXIS, i), "edge %zu", i);
    cr_expect_eq(eot_quantile_edge(AXIS, 1), 0x1p-20);
    cr_expect_eq(eot_quantile_edge(AXIS, n - 1), 32.0);
    for (float x = 0x1.01p-20f; x < 32.0f; x *= 1.00037f) {
        size_t i = eot_quantile_bin(AXIS, x);
        cr_assert(eot_quantile_edge(AXIS, i) <= (double)x && (double)x < eot_quantile_edge(AXIS, i + 1),
                  "%g in bin %zu", (double)x, i);
        cr_assert_leq(eot_quantile_edge(AXIS, i + 1) - eot_quantile_edge(AXIS, i), QUANTUM * (double)x);
    }
    cr_expect_eq(eot_quantile_bin(AXIS, 0.0f), 0u);
    cr_expect_eq(eot_quantile_bin(AXIS, 9e-7f), 0u);
    cr_expect_eq(eot_quantile_bin(AXIS, 32.0f), n - 1);
    cr_expect_eq(eot_quantile_bin(AXIS, INFINITY), n - 1);
}

static int compare(const void *a, const void *b) {
    float u = *(const float *)a, v = *(const float *)b;
    return u < v ? -1 : u > v;
}

Test(quantiles, are_those_of_the_sorted_entries) {
    enum { N = 20000 };
    static float x[N];
    int64_t *count = calloc(eot_quantile_bins(AXIS), sizeof *count);
    double mean = 0.0, fourth = 0.0;
    cr_assert_not_null(count);
    for (int i = 0; i < N; i++) { /* exponential, without chance */
        x[i] = (float)(-log((i * 7919 % N + 0.5) / N));
        count[eot_quantile_bin(AXIS, x[i])]++;
        mean += (double)x[i] / N;
    }
    for (int i = 0; i < N; i++) fourth += pow((double)x[i] - mean, 4.0);
    qsort(x, N, sizeof *x, compare);
    for (double rank = 0.0; rank <= N - 1; rank += 123.25) {
        size_t i = (size_t)rank;
        double want = (double)x[i] + (rank - (double)i) * (i + 1 < N ? (double)(x[i + 1] - x[i]) : 0.0);
        cr_expect_float_eq(eot_quantile_at(AXIS, count, rank), want, QUANTUM * want, "rank %g", rank);
    }
    cr_expect_float_eq(eot_quantile_moment(AXIS, count, mean, 4), fourth, 4.0 * QUANTUM * fourth);
    free(count);
}

/* Pareto's distribution x^(-1/k) has the index k wherever one looks; an exponential one has a light tail. */
Test(quantiles, tail_index_is_that_of_pareto) {
    enum { N = 20000 };
    static const double INDEX[] = {0.25, 0.5, 1.0};
    int64_t *count = malloc(eot_quantile_bins(AXIS) * sizeof *count);
    cr_assert_not_null(count);
    for (int k = 0; k < 4; k++) {
        memset(count, 0, eot_quantile_bins(AXIS) * sizeof *count);
        for (int i = 0; i < N; i++) {
            double u = (i + 0.5) / N;
            count[eot_quantile_bin(AXIS, (float)(k < 3 ? 1e-4 * pow(u, -INDEX[k]) : -log(u)))]++;
        }
        double got = eot_quantile_tail_index(AXIS, count);
        if (k < 3)
            cr_expect_float_eq(got, INDEX[k], 0.01 * INDEX[k], "index %g, not %g", got, INDEX[k]);
        else
            cr_expect_lt(got, 0.3, "exponential: %g", got);
    }
    memset(count, 0, eot_quantile_bins(AXIS) * sizeof *count);
    cr_expect_eq(eot_quantile_tail_index(AXIS, count), 0.0);
    count[3] = 24; /* too few */
    cr_expect_eq(eot_quantile_tail_index(AXIS, count), 0.0);
    count[3] = 24000; /* all alike */
    cr_expect_lt(eot_quantile_tail_index(AXIS, count), QUANTUM);
    free(count);
}
