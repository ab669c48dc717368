/* Forced sampling against analog sampling of the same rare vertices. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/statistics.h"

static const char *const RATES[] = {"dimuon.gamma.per_eot", "dimuon.gamma.per_eot_above_1GeV", "dimuon.gamma.per_eot_above_2.5GeV", "dimuon.gamma.per_eot_above_5GeV",
                                    "dimuon.gamma.per_eot_above_10GeV", "dimuon.gamma.per_eot_above_20GeV", "dimuon.gamma.per_eot_above_50GeV"};
enum { N_RATE = sizeof RATES / sizeof RATES[0] };

static void expect_same_rates(const struct eot_result *a, const struct eot_result *b) {
    for (int i = 0; i < N_RATE; i++) {
        const struct eot_estimate *x = eot_result_estimate(a, RATES[i]), *y = eot_result_estimate(b, RATES[i]);
        if (x == NULL || y == NULL) continue;
        double sigma = sqrt(x->std_error * x->std_error + y->std_error * y->std_error), pull = (x->value - y->value) / sigma;
        printf("%-40s %s %.4g +- %.2g, %s %.4g +- %.2g: %.2f sigma\n", RATES[i], a->mode, x->value, x->std_error, b->mode, y->value, y->std_error, pull);
        cr_expect_gt(sigma, 0.0);
        bool is_main = i == 0 || i == 3; /* 3 sigma where the acceptance asks for it; 4 for the others, which are many and correlated */
        cr_expect_lt(fabs(pull), is_main ? 3.0 : 4.0, "%s: %g sigma", RATES[i], pull);
    }
}

static void expect_same_histogram(const struct eot_result *a, const struct eot_result *b, const char *name) {
    const struct eot_histogram *x = eot_result_histogram(a, name), *y = eot_result_histogram(b, name);
    double chi_square;
    size_t ndf;
    cr_assert(x != NULL && y != NULL, "no histogram %s", name);
    double p = eot_statistics_histograms_p(x->values, x->variances, y->values, y->variances, x->n_bin, &chi_square, &ndf);
    printf("%-40s chi2 %.1f for %zu bins, p = %.3g\n", name, chi_square, ndf, p);
    cr_expect_gt(ndf, 10);
    cr_expect_gt(p, 1e-6, "%s: chi2 %g for %zu bins", name, chi_square, ndf);
}

static void copy(struct simulation *s, struct eot_result *kept) {
    *kept = s->result;
    memset(&s->result, 0, sizeof s->result);
}

/* The rare cross section made 500 times larger: 0.07 vertices a shower. */
Test(analog_forced, enhanced_analog_agrees_in_rates_depth_and_photon_energy) {
    struct simulation s;
    struct eot_result forced;
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"physics.cut=1 GeV", "sampling.batch=200", NULL}, NULL);
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
    expect_same_histogram(&forced, &s.result, "dimuon.photon_energy");
    expect_same_histogram(&forced, &s.result, "dimuon.depth_X0");
    eot_result_free(&forced);
    simulation_close(&s);
}

/* The cross section as it is: 150 pairs of 2 million electrons. */
Test(analog_forced, true_analog_agrees_in_rates) {
    struct simulation s;
    struct eot_result forced;
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"physics.cut=5 GeV", "scoring.track_length=off", NULL}, NULL);
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
