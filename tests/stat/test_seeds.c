/* Standard errors of a run's estimates against their spread over 100 seeds, of estimates that are not marked as poorly
 * determined: chi-square with the mean of the quoted variances, and of the pulls with each seed's own error, with a
 * threshold corrected for the number of estimates. Errors are too small if either is too large, and too large if that
 * of the pulls is too small: errors that are right for the pulls of skewed sums are larger on average than their
 * spread. Kinds of runs: forced and enhanced analog showers, pairs and the signal drawn by preference, a beam of muons,
 * conversions of muons. */
#include "../simulation.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/statistics.h"

enum { N_SEED = 100, MAX_ESTIMATE = 128 };
static int first_seed(void) { /* EOTMC_FIRST_SEED: another hundred of them */
    const char *text = getenv("EOTMC_FIRST_SEED");
    return text != NULL ? atoi(text) : 1000;
}
static const double FALSE_ALARM = 1e-3; /* of the whole test, were the seeds not fixed */

static struct {
    char name[80];
    double value[N_SEED], std_error[N_SEED];
    size_t n, n_poor; /* seeds; of them marked */
} column[MAX_ESTIMATE];
static size_t n_column;

static void note(const char *name, double value, double std_error, bool is_poor) {
    size_t i = 0;
    while (i < n_column && strcmp(column[i].name, name) != 0) i++;
    if (i == n_column) {
        cr_assert_lt(n_column++, (size_t)MAX_ESTIMATE);
        snprintf(column[i].name, sizeof column[i].name, "%s", name);
        column[i].n = column[i].n_poor = 0;
    }
    column[i].n_poor += is_poor;
    column[i].value[column[i].n] = value;
    column[i].std_error[column[i].n++] = std_error;
}

/* The calibration of the world, which all seeds share. */
static bool is_constant(const struct eot_estimate *e) {
    return e->is_exact || strcmp(e->name, "hcal.calibration") == 0;
}

/* Marked, or a limit. */
static bool is_marked(const struct eot_estimate *e) {
    return e->is_poorly_determined || e->upper_limit_90 > 0.0 || e->lower_limit_90 > 0.0;
}

/* Chi-square of the pulls (x - mean)/error, each with its own error. */
static double pulls_chi_square(size_t i) {
    double mean = 0.0, n = (double)column[i].n, sum = 0.0;
    for (size_t k = 0; k < column[i].n; k++) mean += column[i].value[k] / n;
    for (size_t k = 0; k < column[i].n; k++) {
        if (!(column[i].std_error[k] > 0.0)) return INFINITY;
        double pull = (column[i].value[k] - mean) / column[i].std_error[k];
        sum += pull * pull;
    }
    return sum;
}

/* @param least number of estimates that have to be well enough determined for a statement. */
static void expect_honest(struct simulation *s, size_t least) {
    n_column = 0;
    for (int seed = 0; seed < N_SEED; seed++) {
        s->config.sampling.seed = (uint32_t)(first_seed() + seed);
        simulation_run(s);
        for (size_t i = 0; i < s->result.n_estimate; i++) {
            const struct eot_estimate *e = &s->result.estimate[i];
            if (!is_constant(e)) note(e->name, e->value, e->std_error, is_marked(e));
        }
        for (size_t i = 0; i < s->result.n_cutflow; i++) {
            const struct eot_cutflow_row *row = &s->result.cutflow[i];
            note(row->cut, row->weighted, row->std_error, row->is_poorly_determined);
        }
        for (size_t i = 0; i < s->result.n_category; i++) {
            const struct eot_category *c = &s->result.category[i];
            note(c->name, c->weighted, c->std_error, c->is_poorly_determined);
        }
    }
    size_t n_tested = 0;
    for (size_t i = 0; i < n_column; i++) n_tested += column[i].n == N_SEED && column[i].n_poor == 0;
    cr_expect_geq(n_tested, least);
    for (size_t i = 0; i < n_column; i++) {
        double spread, pulls = pulls_chi_square(i), least_p = FALSE_ALARM / (double)n_tested;
        if (column[i].n < N_SEED || column[i].n_poor > 0) continue;
        eot_statistics_spread_p(column[i].value, column[i].std_error, column[i].n, &spread);
        double too_small = gsl_cdf_chisq_Q(fmax(spread, pulls), N_SEED - 1.0),
               too_large = gsl_cdf_chisq_P(pulls, N_SEED - 1.0);
        printf("%-52s chi2 %6.1f, of pulls %6.1f for %d, p = %.3g, %.3g\n", column[i].name, spread, pulls, N_SEED - 1,
               too_small, too_large);
        cr_expect_gt(too_small, least_p, "%s: chi2 %g, of pulls %g for %d degrees of freedom: errors are too small",
                     column[i].name, spread, pulls, N_SEED - 1);
        cr_expect_gt(too_large, least_p, "%s: chi2 of pulls %g for %d degrees of freedom: errors are too large",
                     column[i].name, pulls, N_SEED - 1);
    }
}

Test(seeds, errors_of_a_forced_run_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.eot=200", "sampling.batch=8", "device.lanes=0",
                                          "scoring.record_fraction=0", NULL},
                    NULL);
    expect_honest(&s, 11);
    simulation_close(&s);
}

/* The same with nine in ten vertices drawn by importance. */
Test(seeds, errors_of_preferred_pairs_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.region.min_photon_energy=5.4 GeV",
                                          "physics.shower.spot_energy=0.5 GeV", "sampling.eot=3000",
                                          "sampling.batch=100", "sampling.preference=0.9", NULL},
                    NULL);
    expect_honest(&s, 11);
    simulation_close(&s);
}

/* And with losses that nobody sees drawn far more often: weights of all sizes. */
Test(seeds, errors_of_pairs_with_preferred_losses_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.region.min_photon_energy=5.4 GeV",
                                          "physics.shower.spot_energy=0.5 GeV", "sampling.eot=6000",
                                          "sampling.batch=150", "sampling.preference=0.9",
                                          "sampling.preference_mixture=[0.1, 0, 0.2, 1]",
                                          "sampling.loss_preference=0.8", NULL},
                    NULL);
    expect_honest(&s, 11);
    simulation_close(&s);
}

/* An enhancement that gives a shower 0.15 vertices: sometimes there are two, which share a shower. */
Test(seeds, errors_of_an_enhanced_analog_run_are_honest) {
    struct simulation s;
    simulation_open(&s, "tests/ecal_only.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.mode=analog",
                                          "sampling.analog_enhancement=2000", "sampling.eot=2000", "sampling.batch=40",
                                          NULL},
                    NULL);
    expect_honest(&s, 11);
    simulation_close(&s);
}

Test(seeds, errors_of_the_signal_drawn_by_preference_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-signal.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.eot=400", "sampling.batch=16",
                                          "scoring.record_fraction=0", "scoring.showers=0", NULL},
                    NULL);
    expect_honest(&s, 11);
    simulation_close(&s);
}

Test(seeds, errors_of_a_beam_of_muons_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/bench/muon-iron1m.yaml",
                    (const char *const[]){"sampling.eot=2000", "sampling.batch=2000", NULL}, NULL);
    expect_honest(&s, 9);
    simulation_close(&s);
}

Test(seeds, errors_of_conversions_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/na64mu-mu2e.yaml",
                    (const char *const[]){"sampling.eot=300", "sampling.batch=300", "physics.cut=5 GeV", NULL}, NULL);
    expect_honest(&s, 4);
    simulation_close(&s);
}
