/* Pseudo-experiments: the same on every device and in every batch, and what exact sums say. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "eotmc/limit/toy.h"
#include "limit/asymptotic.h"
#include "limit/one_channel.h"
#include "limit/toys.h"
#include "limit/workspace.h"

static struct eot_backend *open_device(const char *selector) {
    struct eot_backend *backend = NULL;
    struct eot_error err;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = selector}, &backend, &err), EOT_OK, "%s",
                 err.text);
    return backend;
}

/* Counts have their distribution at small and large means: the largest distance of distribution functions (the
 * Kolmogorov statistic of 40 000 numbers is above 0.0136 once in 1e6 times; discreteness makes it smaller). */
Test(toys, counts_have_the_poisson_distribution) {
    enum { N = 40000 };
    static const double mean[] = {0.01, 0.7, 3.0, 40.0, 1234.5};
    for (size_t k = 0; k < sizeof mean / sizeof mean[0]; k++) {
        double mode = floor(mean[k]);
        const f64 row[4] = {mean[k], mode,
                            gsl_cdf_poisson_P((unsigned)mode, mean[k]) -
                                (mode > 0.0 ? gsl_cdf_poisson_P((unsigned)mode - 1, mean[k]) : 0.0),
                            gsl_cdf_poisson_P((unsigned)mode, mean[k])};
        unsigned *n = calloc(4000, sizeof *n), below = 0;
        double worst = 0.0, before = -1.0;
        for (u32 i = 0; i < N; i++) {
            eot_u32x4 bits = eot_random_block(eot_random_init(i, EOT_STAGE_TOY, 0, 7, 0));
            double count = eot_toy_count(row, eot_uniform64(bits.x, bits.y));
            cr_assert(count >= 0.0 && count < 4000.0);
            n[(unsigned)count]++;
        }
        for (unsigned i = 0; i < 4000; i++) {
            below += n[i];
            worst = fmax(worst, fabs(below / (double)N - gsl_cdf_poisson_P(i, mean[k])));
        }
        cr_expect_lt(worst, 0.0136, "mean %g: %g", mean[k], worst);
        /* a rising function of the random number, and the right one: at the end of each step */
        for (double u = 0.001; u < 1.0; u += 0.0173) {
            double count = eot_toy_count(row, u);
            cr_expect_geq(count, before);
            before = count;
            cr_expect_geq(gsl_cdf_poisson_P((unsigned)count, mean[k]), u * (1.0 - 1e-12));
            if (count > 0.0) cr_expect_lt(gsl_cdf_poisson_P((unsigned)count - 1, mean[k]), u * (1.0 + 1e-12));
        }
        free(n);
    }
}

Test(toys, logarithm_exponential_and_quantile_are_those_of_the_library) {
    for (double x = 1e-300; x < 1e300; x *= 1.37)
        cr_assert_float_eq(eot_log64(x), log(x), 4e-16 * fabs(log(x)) + 1e-17, "%g", x);
    for (double x = 0.5; x < 2.0; x += 1e-3) cr_assert_float_eq(eot_log64(x), log(x), 3e-16 * fabs(log(x)) + 1e-17);
    for (double x = -690.0; x < 690.0; x += 0.37) cr_assert_float_eq(eot_exp64(x) / exp(x), 1.0, 4e-16, "%g", x);
    for (double p = 1e-300; p < 0.5; p *= 1.7) {
        double q = gsl_cdf_ugaussian_Pinv(p);
        cr_assert_float_eq(eot_normal_quantile(p), q, 1e-14 * fabs(q), "%g", p);
        if (p > 1e-3) cr_assert_float_eq(eot_normal_quantile(1.0 - p), -q, 1e-12 * fabs(q));
    }
}

static struct eot_model read(const char *name) {
    struct eot_spec spec;
    struct eot_model model;
    struct eot_error err;
    char path[400];
    snprintf(path, sizeof path, "%s/tests/reference/limit/%s", EOT_SOURCE_DIR, name);
    cr_assert_eq(eot_workspace_read(path, NULL, &spec, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
    eot_spec_free(&spec);
    return model;
}

/* One thread or two, kernels compiled as C or by OpenCL, slices of other sizes: the same numbers, bit by bit. */
Test(toys, the_same_on_every_device) {
    static const char *const name[] = {"four_bins.json", "all_modifiers.json"};
    for (size_t k = 0; k < 2; k++) {
        struct eot_model model = read(name[k]);
        struct eot_data data = {model.seen, model.aux};
        struct eot_toys_cls cls[3];
        struct eot_toys_report report;
        struct eot_error err;
        const char *device[3] = {"host", "host/3", NULL};
        for (int d = 0; d < 3; d++) {
            struct eot_toys_options options = {.backend = open_device(device[d]), .n_toy = 3000, .seed = 5};
            cr_assert_eq(eot_toys_cls(&model, &data, 3.0, &options, &cls[d], &report, &err), EOT_OK, "%s", err.text);
            cr_expect_eq(report.n_failed, 0, "%llu", (unsigned long long)report.n_failed);
            eot_backend_close(options.backend);
        }
        for (int d = 1; d < 3; d++) {
            cr_expect_eq(cls[d].observed, cls[0].observed, "%s: %.17g %.17g", name[k], cls[d].observed,
                         cls[0].observed);
            for (int i = 0; i < EOT_N_BAND; i++) cr_expect_eq(cls[d].expected[i], cls[0].expected[i]);
        }
        cr_expect_gt(cls[0].observed, 0.0);
        cr_expect_lt(cls[0].observed, 1.0);
        eot_model_free(&model);
    }
}

/* CLs of toys and of the sum over all outcomes, five standard deviations (once in 2e6 times for each of 18 numbers). */
Test(toys, agree_with_the_exact_sum) {
    struct eot_backend *backend = open_device("host");
    for (int c = 0; c < EOT_N_CHANNEL_CONSTRAINT; c++)
        for (int known = 0; known < 2; known++)
            for (int n = 0; n < 6; n += 2) {
                struct eot_one_channel channel = {1.92, known ? 0.0 : 0.25, (enum eot_channel_constraint)c};
                struct eot_spec spec;
                struct eot_model model;
                struct eot_toys_cls cls;
                struct eot_toys_report report;
                struct eot_error err;
                cr_assert_eq(eot_spec_one_bin(1.0, channel.background, channel.error,
                                              eot_channel_constraint_modifier(channel.constraint), n, &spec, &err),
                             EOT_OK);
                if (channel.error > 0.0 && channel.constraint == EOT_CHANNEL_LOGNORMAL)
                    cr_assert_eq(spec.channel[0].sample[1].n_modifier, 1);
                cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
                struct eot_data data = {model.seen, model.aux};
                struct eot_toys_options options = {.backend = backend, .n_toy = 20000, .seed = 11};
                double signal = 3.0 + n, exact = eot_one_channel_cls(&channel, n, signal);
                cr_assert_eq(eot_toys_cls(&model, &data, signal, &options, &cls, &report, &err), EOT_OK, "%s",
                             err.text);
                cr_expect_float_eq(cls.observed, exact, 5.0 * cls.observed_error * exact, "%d %d n %d: %g +- %g, %g", c,
                                   known, n, cls.observed, cls.observed_error * exact, exact);
                eot_model_free(&model);
                eot_spec_free(&spec);
            }
    eot_backend_close(backend);
}

Test(toys, limits_agree_with_exact_ones) {
    struct eot_backend *backend = open_device("host");
    struct eot_one_channel channel = {1.92, 0.1, EOT_CHANNEL_POISSON};
    struct eot_spec spec;
    struct eot_model model;
    struct eot_limit_answer guess, exact, toys;
    struct eot_toys_report report;
    struct eot_error err;
    cr_assert_eq(eot_spec_one_bin(1.0, 1.92, 0.1, EOT_MODIFIER_SHAPESYS, 2.0, &spec, &err), EOT_OK);
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK);
    struct eot_data data = {model.seen, model.aux};
    struct eot_toys_options options = {.backend = backend, .n_toy = 10000, .seed = 3};
    cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.9, &guess, &err), EOT_OK);
    cr_assert_eq(eot_one_channel_limit(&channel, 2.0, 0.9, &exact, &err), EOT_OK);
    cr_assert_eq(eot_toys_limit(&model, &data, 0.9, &guess, &options, &toys, &report, &err), EOT_OK, "%s", err.text);
    cr_expect_float_eq(toys.observed, exact.observed, 5.0 * toys.observed_error, "%g +- %g, %g", toys.observed,
                       toys.observed_error, exact.observed);
    for (int k = 1; k < EOT_N_BAND; k++) /* at -2 sigma CLs hardly has a slope: few counts, one outcome */
        cr_expect_float_eq(toys.expected[k], exact.expected[k], 5.0 * toys.expected_error[k] + 0.01 * exact.expected[k],
                           "%d: %g +- %g, %g", k, toys.expected[k], toys.expected_error[k], exact.expected[k]);
    eot_model_free(&model);
    eot_spec_free(&spec);
    eot_backend_close(backend);
}

/* The significance of an excess is the exact sum's, within the error of the pseudo-experiments (five standard
 * deviations); 1 where there is no excess. */
Test(toys, significances_agree_with_exact_ones) {
    struct eot_backend *backend = open_device("host");
    for (int error = 0; error < 2; error++)
        for (int n = 1; n < 7; n += 2) {
            struct eot_one_channel channel = {1.92, 0.3 * error, EOT_CHANNEL_POISSON};
            struct eot_spec spec;
            struct eot_model model;
            struct eot_limit_answer guess, exact, toys;
            struct eot_toys_report report;
            struct eot_error err;
            cr_assert_eq(eot_spec_one_bin(1.0, 1.92, channel.error, EOT_MODIFIER_SHAPESYS, n, &spec, &err), EOT_OK);
            cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK);
            struct eot_data data = {model.seen, model.aux};
            struct eot_toys_options options = {.backend = backend, .n_toy = 4000, .seed = 5};
            cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.9, &guess, &err), EOT_OK);
            cr_assert_eq(eot_one_channel_limit(&channel, n, 0.9, &exact, &err), EOT_OK);
            cr_assert_eq(eot_toys_limit(&model, &data, 0.9, &guess, &options, &toys, &report, &err), EOT_OK);
            cr_expect_float_eq(toys.p, exact.p, 5.0 * sqrt(exact.p * (1.0 - exact.p) / 4000.0) + 1e-12,
                               "n %d error %g: %g, %g", n, channel.error, toys.p, exact.p);
            cr_expect_eq(toys.z > 0.0, exact.p < 0.5);
            eot_model_free(&model);
            eot_spec_free(&spec);
        }
    eot_backend_close(backend);
}
