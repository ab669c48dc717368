/* Forced sampling against analog sampling of the same rare vertices. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/statistics.h"

static const char *const RATES[] = {"dimuon.gamma.per_eot",
                                    "dimuon.gamma.per_eot_above_1GeV",
                                    "dimuon.gamma.per_eot_above_2.5GeV",
                                    "dimuon.gamma.per_eot_above_5GeV",
                                    "dimuon.gamma.per_eot_above_10GeV",
                                    "dimuon.gamma.per_eot_above_20GeV",
                                    "dimuon.gamma.per_eot_above_50GeV"};
enum { N_RATE = sizeof RATES / sizeof RATES[0] };

static void expect_same_rates(const struct eot_result *a, const struct eot_result *b) {
    for (int i = 0; i < N_RATE; i++) {
        const struct eot_estimate *x = eot_result_estimate(a, RATES[i]), *y = eot_result_estimate(b, RATES[i]);
        if (x == NULL || y == NULL) continue;
        double sigma = sqrt(x->std_error * x->std_error + y->std_error * y->std_error),
               pull = (x->value - y->value) / sigma;
        printf("%-40s %s %.4g +- %.2g, %s %.4g +- %.2g: %.2f sigma\n", RATES[i], a->mode, x->value, x->std_error,
               b->mode, y->value, y->std_error, pull);
        cr_expect_gt(sigma, 0.0);
        bool is_main =
            i == 0 ||
            i == 3; /* 3 sigma where the acceptance asks for it; 4 for the others, which are many and correlated */
        cr_expect_lt(fabs(pull), is_main ? 3.0 : 4.0, "%s: %g sigma", RATES[i], pull);
    }
}

static void expect_same_histogram(const struct eot_result *a, const struct eot_result *b, const char *name) {
    const struct eot_histogram *x = eot_result_histogram(a, name), *y = eot_result_histogram(b, name);
    double chi_square;
    size_t ndf;
    cr_assert(x != NULL && y != NULL, "no histogram %s", name);
    double p =
        eot_statistics_histograms_p(x->values, x->variances, y->values, y->variances, x->n_bin, &chi_square, &ndf);
    printf("%-40s chi2 %.1f for %zu bins, p = %.3g\n", name, chi_square, ndf, p);
    cr_expect_gt(ndf, 10);
    cr_expect_gt(p, 1e-6, "%s: chi2 %g for %zu bins", name, chi_square, ndf);
}

static void copy(struct simulation *s, struct eot_result *kept) {
    *kept = s->result;
    memset(&s->result, 0, sizeof s->result);
}

/* The rare cross section made 500 times larger: 0.07 vertices a shower. */
Test(analog_forced, enhanced_analog_agrees_in_rates_depth_and_parent_energy) {
    struct simulation s;
    struct eot_result forced;
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"physics.cut=1 GeV", "sampling.batch=200", NULL},
                    NULL);
    s.config.sampling.eot = 8000;
    simulation_run(&s);
    copy(&s, &forced);
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    s.config.sampling.analog_enhancement = 500.0;
    s.config.sampling.eot = 100000;
    s.config.sampling.batch = 1000;
    s.config.sampling.seed = 2;
    simulation_run(&s);
    expect_same_rates(&forced, &s.result);
    expect_same_histogram(&forced, &s.result, "dimuon.parent_energy");
    expect_same_histogram(&forced, &s.result, "dimuon.depth_X0");
    eot_result_free(&forced);
    simulation_close(&s);
}

/* The cross section as it is: 150 pairs of 2 million electrons. */
Test(analog_forced, true_analog_agrees_in_rates) {
    struct simulation s;
    struct eot_result forced;
    simulation_open(&s, "tests/ecal_only.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "scoring.track_length=off", NULL}, NULL);
    s.config.sampling.eot = 5000;
    simulation_run(&s);
    copy(&s, &forced);
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    s.config.sampling.eot = 2000000;
    s.config.sampling.batch = 100000;
    s.config.sampling.seed = 2;
    simulation_run(&s);
    cr_expect_gt(simulation_estimate(&s, "dimuon.gamma.per_eot")->n_eff, 100.0);
    expect_same_rates(&forced, &s.result);
    eot_result_free(&forced);
    simulation_close(&s);
}

/* Sums of ten seeds. */
enum { N_SEED = 10, MAX_ESTIMATE = 128, MAX_HISTOGRAM = 16, MAX_BIN = 128 };
struct pool {
    size_t n_estimate, n_histogram;
    char name[MAX_ESTIMATE][EOT_RESULT_NAME];
    double value[MAX_ESTIMATE], variance[MAX_ESTIMATE], smallest_n_eff[MAX_ESTIMATE];
    struct {
        char name[EOT_RESULT_NAME];
        size_t n_bin;
        double value[MAX_BIN], variance[MAX_BIN];
    } histogram[MAX_HISTOGRAM];
};

static void add_to_pool(struct pool *p, const struct eot_result *r, int i_seed) {
    for (size_t i = 0; i < r->n_estimate && i < MAX_ESTIMATE; i++) {
        const struct eot_estimate *e = &r->estimate[i];
        if (i_seed == 0) {
            snprintf(p->name[i], sizeof p->name[i], "%s", e->name);
            p->smallest_n_eff[i] = e->n_eff;
            p->n_estimate = i + 1;
        }
        cr_assert_str_eq(p->name[i], e->name);
        p->value[i] += e->value / N_SEED;
        p->variance[i] += e->std_error * e->std_error / (N_SEED * N_SEED);
        p->smallest_n_eff[i] = fmin(p->smallest_n_eff[i], e->n_eff);
    }
    for (size_t i = 0; i < r->n_histogram && i < MAX_HISTOGRAM; i++) {
        const struct eot_histogram *h = &r->histogram[i];
        snprintf(p->histogram[i].name, sizeof p->histogram[i].name, "%s", h->name);
        p->n_histogram = i + 1;
        p->histogram[i].n_bin = h->n_bin < MAX_BIN ? h->n_bin : MAX_BIN;
        for (size_t b = 0; b < p->histogram[i].n_bin; b++) {
            p->histogram[i].value[b] += h->values[b] / N_SEED;
            p->histogram[i].variance[b] += h->variances[b] / (N_SEED * N_SEED);
        }
    }
}

/* chi-square of two pooled histograms; neighbouring bins are joined until both hold ten effective events. */
static double joined_chi_square(const double *a, const double *va, const double *b, const double *vb, size_t n,
                                size_t *ndf) {
    double chi_square = 0.0, A = 0.0, VA = 0.0, B = 0.0, VB = 0.0;
    *ndf = 0;
    for (size_t i = 0; i < n; i++) {
        A += a[i];
        VA += va[i];
        B += b[i];
        VB += vb[i];
        if (A * A < 10.0 * VA || B * B < 10.0 * VB || VA == 0.0 || VB == 0.0) continue;
        chi_square += (A - B) * (A - B) / (VA + VB);
        ++*ndf;
        A = VA = B = VB = 0.0;
    }
    return chi_square;
}

/* The whole chain with the main job's configuration: every rate, depth and energy fraction that both modes know, and
 * every histogram, over ten seeds. Showers without a vertex (ecal.*) and sizes of the samples have nothing to do with
 * the mode. */
Test(analog_forced, all_estimates_and_histograms_agree_over_ten_seeds, .timeout = 300) {
    struct pool *pool = calloc(2, sizeof *pool);
    struct simulation s;
    cr_assert_not_null(pool);
    simulation_open(&s, "configs/na64e-dimuon.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "scoring.showers=0", "scoring.track_length=off",
                                          "sampling.batch=500", NULL},
                    NULL);
    for (int analog = 0; analog < 2; analog++)
        for (int i = 0; i < N_SEED; i++) {
            s.config.sampling.mode = analog ? EOT_SAMPLING_ANALOG : EOT_SAMPLING_FORCED;
            s.config.sampling.analog_enhancement = analog ? 500.0 : 1.0;
            s.config.sampling.eot = analog ? 25000 : 1000;
            s.config.sampling.batch = analog ? 1250 : 50;
            s.config.sampling.seed = (uint32_t)(100 * (analog + 1) + i);
            simulation_run(&s);
            add_to_pool(&pool[analog], &s.result, i);
        }
    size_t n_compared = 0, n_histogram = 0, ndf, all_ndf = 0;
    double all_chi_square = 0.0;
    for (size_t i = 0; i < pool[0].n_estimate; i++)
        for (size_t j = 0; j < pool[1].n_estimate; j++) {
            double variance = pool[0].variance[i] + pool[1].variance[j],
                   pull = (pool[0].value[i] - pool[1].value[j]) / sqrt(variance);
            if (strcmp(pool[0].name[i], pool[1].name[j]) != 0 || !(pool[0].variance[i] > 0.0) ||
                !(pool[1].variance[j] > 0.0))
                continue;
            if (strncmp(pool[0].name[i], "eot.", 4) == 0 || strncmp(pool[0].name[i], "selected.", 9) == 0)
                continue;                                                   /* sizes; tails of few events */
            if (strcmp(pool[0].name[i], "hcal.calibration") == 0) continue; /* the same number */
            printf("%-40s forced %.4g, analog %.4g: %.2f sigma\n", pool[0].name[i], pool[0].value[i], pool[1].value[j],
                   pull);
            cr_expect_lt(fabs(pull), 4.0, "%s: forced %g, analog %g, %g sigma", pool[0].name[i], pool[0].value[i],
                         pool[1].value[j], pull);
            n_compared++;
        }
    for (size_t i = 0; i < pool[0].n_histogram; i++) {
        cr_assert_str_eq(pool[0].histogram[i].name, pool[1].histogram[i].name);
        if (strcmp(pool[0].histogram[i].name, "track.momentum_error") == 0) continue; /* means, which do not add up */
        double chi_square =
            joined_chi_square(pool[0].histogram[i].value, pool[0].histogram[i].variance, pool[1].histogram[i].value,
                              pool[1].histogram[i].variance, pool[0].histogram[i].n_bin, &ndf);
        if (ndf < 3) continue;
        double p = eot_statistics_chi_square_p(chi_square, ndf);
        printf("%-40s chi2 %.1f for %zu bins, p = %.3g\n", pool[0].histogram[i].name, chi_square, ndf, p);
        cr_expect_gt(p, 1e-4, "%s: chi2 %g for %zu bins", pool[0].histogram[i].name, chi_square, ndf);
        all_chi_square += chi_square;
        all_ndf += ndf;
        n_histogram++;
    }
    double p = eot_statistics_chi_square_p(all_chi_square, all_ndf);
    printf("%zu estimates; %zu histograms, chi2 %.1f for %zu bins, p = %.3g\n", n_compared, n_histogram, all_chi_square,
           all_ndf, p);
    cr_expect_gt(p, 1e-3);
    cr_expect_gt(n_compared, 8);
    cr_expect_gt(n_histogram, 4);
    free(pool);
    simulation_close(&s);
}
