/* Standard errors of a run's estimates against their spread over 100 seeds: chi-square of each, with a threshold
 * corrected for the number of estimates. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/statistics.h"

enum { N_SEED = 100, MAX_ESTIMATE = 96 };
static const double FALSE_ALARM = 1e-3; /* of the whole test, were the seeds not fixed */

static struct {
    char name[80];
    double value[N_SEED], std_error[N_SEED];
    size_t n;
} column[MAX_ESTIMATE];
static size_t n_column;

static void note(const char *name, double value, double std_error) {
    size_t i = 0;
    while (i < n_column && strcmp(column[i].name, name) != 0) i++;
    if (i == n_column) {
        cr_assert_lt(n_column++, (size_t)MAX_ESTIMATE);
        snprintf(column[i].name, sizeof column[i].name, "%s", name);
        column[i].n = 0;
    }
    column[i].value[column[i].n] = value;
    column[i].std_error[column[i].n++] = std_error;
}

/* Of the calibration of the world, which all seeds share; of numbers known exactly. */
static bool is_constant(const char *name) {
    return strcmp(name, "hcal.calibration") == 0 || strncmp(name, "eot.", 4) == 0 || strncmp(name, "events.", 7) == 0 ||
           strcmp(name, "dimuon.gamma.min_photon_energy_GeV") == 0 ||
           strcmp(name, "dimuon.gamma.excluded_per_eot") == 0;
}

static void expect_honest(struct simulation *s) {
    n_column = 0;
    for (int seed = 0; seed < N_SEED; seed++) {
        s->config.sampling.seed = (uint32_t)(1000 + seed);
        simulation_run(s);
        for (size_t i = 0; i < s->result.n_estimate; i++)
            if (!is_constant(s->result.estimate[i].name))
                note(s->result.estimate[i].name, s->result.estimate[i].value, s->result.estimate[i].std_error);
        for (size_t i = 0; i < s->result.n_cutflow; i++)
            note(s->result.cutflow[i].cut, s->result.cutflow[i].weighted, s->result.cutflow[i].std_error);
        for (size_t i = 0; i < s->result.n_category; i++)
            note(s->result.category[i].name, s->result.category[i].weighted, s->result.category[i].std_error);
    }
    size_t n_tested = 0;
    double p[MAX_ESTIMATE], chi_square[MAX_ESTIMATE];
    for (size_t i = 0; i < n_column; i++) {
        size_t n_seen = 0;
        for (size_t k = 0; k < column[i].n; k++) n_seen += column[i].value[k] != 0.0;
        p[i] = 2.0; /* too rare for a statement: most seeds have seen none */
        double largest_error = 0.0;
        for (size_t k = 0; k < column[i].n; k++) largest_error = fmax(largest_error, column[i].std_error[k]);
        if (n_seen < N_SEED / 2 || column[i].n < N_SEED || largest_error == 0.0) continue; /* rare, or exact */
        p[i] = eot_statistics_spread_p(column[i].value, column[i].std_error, column[i].n, &chi_square[i]);
        n_tested++;
    }
    cr_expect_gt(n_tested, 10);
    for (size_t i = 0; i < n_column; i++) {
        if (p[i] > 1.0) continue;
        printf("%-52s chi2 %6.1f for %d, p = %.3g\n", column[i].name, chi_square[i], N_SEED - 1, p[i]);
        cr_expect_gt(p[i], FALSE_ALARM / (double)n_tested, "%s: chi2 %g for %d degrees of freedom", column[i].name,
                     chi_square[i], N_SEED - 1);
    }
}

Test(seeds, errors_of_a_forced_run_are_honest) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"physics.cut=5 GeV", "sampling.eot=200", "sampling.batch=8", "device.lanes=0",
                                          "scoring.record_fraction=0", NULL},
                    NULL);
    expect_honest(&s);
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
    expect_honest(&s);
    simulation_close(&s);
}
