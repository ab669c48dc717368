/* How often limits exclude a signal that is there: pseudo-experiments with the background's auxiliary count drawn too.
 * A limit is below the true signal exactly where CLs there is below 1 - CL, so that is what is looked at.
 * EOT_COVERAGE_EXPERIMENTS sets the number of experiments of the second test (30; 300 take minutes). */
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "limit/one_channel.h"
#include "limit/toys.h"
#include "limit/workspace.h"

/* As the program does: an error of GSL is a value, and no end of the process. */
static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(coverage, .init = setup);

enum { N_EXPERIMENT = 100000, MAX_N = 200, MAX_M = 1200 };

/* CLs of an outcome: m auxiliary counts where tau were expected are a background of b m / tau with tau' = m. */
static double cls_of(double b, double tau, unsigned n, unsigned m, double s) {
    struct eot_one_channel channel = {tau > 0.0 ? b * m / tau : b, tau > 0.0 && m > 0 ? 1.0 / sqrt(m) : 0.0,
                                      EOT_CHANNEL_POISSON};
    return eot_one_channel_cls(&channel, n, s);
}

/* 20 points x 1e5 experiments, 90 and 95 %. At least the stated level: CLs covers more, by 1 / CLb and discreteness.
 * Known backgrounds: the coverage that is seen is that which the probabilities of excluded outcomes say (five standard
 * deviations; once in 2e6 for each of the points). With an error of the background: between the level and what CLs
 * with its nuisances known would give for the least CLb, 1. */
Test(coverage, exact_limits_cover_at_least_what_they_say) {
    static const double points[10][3] = {{0.0, 0.0, 2.0},  {0.5, 0.0, 3.0},  {1.92, 0.0, 4.0}, {5.0, 0.0, 6.0},
                                         {10.0, 0.0, 8.0}, {1.92, 0.1, 4.0}, {1.92, 0.3, 5.0}, {5.0, 0.2, 7.0},
                                         {10.0, 0.1, 8.0}, {10.0, 0.3, 12.0}}; /* b, error, s */
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20261126);
    char *known = malloc(MAX_N * MAX_M);
    cr_assert_not_null(known);
    for (size_t i = 0; i < 10; i++)
        for (int l = 0; l < 2; l++) {
            double b = points[i][0], s = points[i][2], level = l == 0 ? 0.90 : 0.95;
            double tau = points[i][1] > 0.0 ? 1.0 / (points[i][1] * points[i][1]) : 0.0;
            unsigned n_covered = 0;
            for (size_t k = 0; k < MAX_N * MAX_M; k++) known[k] = -1;
            for (unsigned e = 0; e < N_EXPERIMENT; e++) {
                unsigned n = gsl_ran_poisson(rng, s + b), m = tau > 0.0 ? gsl_ran_poisson(rng, tau) : 0;
                cr_assert(n < MAX_N && m < MAX_M);
                char *covered = &known[n * MAX_M + m];
                if (*covered < 0) *covered = cls_of(b, tau, n, m, s) >= 1.0 - level;
                n_covered += (unsigned)*covered;
            }
            double coverage = n_covered / (double)N_EXPERIMENT, sigma = sqrt(level * (1.0 - level) / N_EXPERIMENT);
            cr_log_info("b %g error %g s %g level %g: coverage %.4f", b, points[i][1], s, level, coverage);
            cr_expect_gt(coverage, level - 5.0 * sigma, "b %g error %g s %g: %g", b, points[i][1], s, coverage);
            if (tau > 0.0) continue;
            double excluded = 0.0;
            for (unsigned n = 0; n < 150; n++)
                if (cls_of(b, 0.0, n, 0, s) < 1.0 - level) excluded += gsl_ran_poisson_pdf(n, s + b);
            cr_expect_float_eq(coverage, 1.0 - excluded, 5.0 * sqrt(excluded * (1.0 - excluded) / N_EXPERIMENT) + 1e-9,
                               "b %g s %g: %g, %g", b, s, coverage, 1.0 - excluded);
        }
    free(known);
    gsl_rng_free(rng);
}

/* Pseudo-experiments of pseudo-experiments: four bins with their systematics. 3000 experiments of 2000 toys covered
 * 0.992(2), 0.921(5), 0.896(6) and 0.909(5) at signals of 2, 4, 7 and 12; 12000 at a signal of 7 0.904(3); with toys of
 * 5000, 2500 experiments at 12 0.909(6). */
Test(coverage, limits_by_toys_cover_what_they_say, .timeout = 3000) {
    static const double signal[] = {2.0, 4.0, 7.0, 12.0};
    const char *asked = getenv("EOT_COVERAGE_EXPERIMENTS");
    unsigned n_experiment = asked != NULL ? (unsigned)atoi(asked) : 30, n_point = asked != NULL ? 4 : 1;
    uint64_t n_toy = asked != NULL ? 5000 : 1000;
    struct eot_spec spec;
    struct eot_model model;
    struct eot_error err;
    struct eot_backend *backend = NULL;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 17);
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = "host"}, &backend, &err), EOT_OK);
    cr_assert_eq(eot_workspace_read(EOT_SOURCE_DIR "/tests/reference/limit/four_bins.json", NULL, &spec, &err), EOT_OK);
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK);
    u32 n_parameter = model.head.n_parameter;
    for (unsigned i = 0; i < n_point; i++) {
        unsigned n_covered = 0;
        for (unsigned e = 0; e < n_experiment; e++) {
            double x[16], n[8], aux[16];
            for (u32 p = 0; p < n_parameter; p++) x[p] = model.start[p];
            x[model.head.poi] = signal[i];
            eot_model_expect(&model, x, n, aux);
            for (u32 k = 0; k < model.head.n_bin; k++) n[k] = gsl_ran_poisson(rng, n[k]);
            for (u32 p = 0; p < n_parameter; p++) {
                double c = model.number[model.head.constraint + p];
                u32 kind = model.index[model.head.constraint_kind + p];
                if (kind == EOT_AUX_COUNT) aux[p] = gsl_ran_poisson(rng, aux[p]);
                if (kind == EOT_AUX_NORMAL) aux[p] += gsl_ran_gaussian(rng, c);
            }
            struct eot_data data = {n, aux};
            struct eot_toys_options options = {.backend = backend, .n_toy = n_toy, .seed = 1000 * i + e};
            struct eot_toys_cls cls;
            struct eot_toys_report report;
            cr_assert_eq(eot_toys_cls(&model, &data, signal[i], &options, &cls, &report, &err), EOT_OK, "%s", err.text);
            n_covered += cls.observed >= 0.1;
        }
        double coverage = n_covered / (double)n_experiment;
        printf("signal %g: coverage %.3f of %u (level 0.9)\n", signal[i], coverage, n_experiment);
        cr_expect_gt(coverage, 0.9 - 5.0 * sqrt(0.09 / n_experiment), "signal %g: %g", signal[i], coverage);
    }
    eot_backend_close(backend);
    eot_model_free(&model);
    eot_spec_free(&spec);
    gsl_rng_free(rng);
}
