/* Asymptotic limits against tables of numbers from elsewhere: closed forms and pyhf 0.7.6 (12 points of one bin, the
 * workspace of four bins; see tests/reference/limit/random_models.py for more of pyhf). */
#include <criterion/criterion.h>
#include <math.h>

#include "limit/asymptotic.h"
#include "limit/workspace.h"

/* Half of the last printed digit, or 5e-4 relative, whichever is larger. */
static double tolerance(double value, double digit) { return fmax(5e-4 * value, 0.5001 * digit); }

static struct eot_limit_answer limit_of(double b, double error, enum eot_modifier_type type, double n,
                                        double efficiency_error, double level, bool has_data) {
    struct eot_spec spec;
    struct eot_model model;
    struct eot_limit_answer answer;
    struct eot_error err;
    cr_assert_eq(eot_spec_one_bin(1.0, b, error, type, n, &spec, &err), EOT_OK);
    if (efficiency_error > 0.0) {
        struct eot_modifier *m =
            eot_spec_add_modifier(&spec.channel[0], &spec.channel[0].sample[0], EOT_MODIFIER_NORMSYS, "efficiency");
        m->high = 1.0 + efficiency_error;
        m->low = 1.0 / m->high;
    }
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
    struct eot_data data = {model.seen, model.aux};
    cr_assert_eq(eot_asymptotic_limit(&model, has_data ? &data : NULL, level, &answer, &err), EOT_OK, "%s", err.text);
    eot_model_free(&model);
    eot_spec_free(&spec);
    return answer;
}

Test(asymptotic, observed_limits_of_one_bin) {
    static const double n[] = {0, 1, 2, 5, 10};
    static const struct {
        double b, error, limit[5];
    } row[] = {{0.0, 0.0, {1.353, 3.040, 4.460, 8.442, 14.618}},
               {1.92, 0.0, {1.871, 2.482, 3.335, 6.660, 12.702}},
               {1.92, 0.1, {1.870, 2.488, 3.347, 6.673, 12.708}}};
    for (size_t r = 0; r < 3; r++)
        for (size_t k = 0; k < 5; k++) {
            struct eot_limit_answer a = limit_of(row[r].b, row[r].error, EOT_MODIFIER_SHAPESYS, n[k], 0.0, 0.9, true);
            cr_expect_float_eq(a.observed, row[r].limit[k], tolerance(row[r].limit[k], 1e-3), "b %g %g n %g: %g",
                               row[r].b, row[r].error, n[k], a.observed);
        }
}

Test(asymptotic, expected_bands_of_one_bin) {
    static const struct {
        double b, error, band[5];
    } row[] = {{0.0, 0.0, {0.3505, 0.6587, 1.353, 2.827, 5.427}},
               {1.92, 0.0, {1.405, 2.057, 3.257, 5.395, 8.714}},
               {1.92, 0.1, {1.412, 2.066, 3.269, 5.409, 8.729}}};
    for (size_t r = 0; r < 3; r++) {
        struct eot_limit_answer a = limit_of(row[r].b, row[r].error, EOT_MODIFIER_SHAPESYS, 0.0, 0.0, 0.9, false);
        for (size_t k = 0; k < 5; k++)
            cr_expect_float_eq(a.expected[k], row[r].band[k],
                               tolerance(row[r].band[k], row[r].band[k] < 1.0 ? 1e-4 : 1e-3), "b %g %g: %g", row[r].b,
                               row[r].error, a.expected[k]);
        cr_expect_float_eq(a.observed, a.expected[2], 1e-5 * a.observed);
    }
}

/* b = 0, n = 0: q = 2 mu, so that the limit is z^2 / 2 with z the quantile of (1 - CL) / 2. */
Test(asymptotic, nothing_seen_and_nothing_expected) {
    cr_expect_float_eq(limit_of(0.0, 0.0, EOT_MODIFIER_SHAPESYS, 0.0, 0.0, 0.90, true).observed, 1.3528, 1e-4);
    cr_expect_float_eq(limit_of(0.0, 0.0, EOT_MODIFIER_SHAPESYS, 0.0, 0.0, 0.95, true).observed, 1.9207, 1e-4);
}

Test(asymptotic, error_of_the_signal_efficiency) {
    static const struct {
        double d, error, n0, asimov, n2, n5;
    } row[] = {{0.0, 0.0, 1.871, 3.257, 3.335, 6.660},
               {0.0, 0.3, 1.862, 3.331, 3.410, 6.746},
               {0.1, 0.0, 1.885, 3.288, 3.367, 6.750},
               {0.2, 0.0, 1.922, 3.368, 3.450, 6.983},
               {0.3, 0.3, 1.966, 3.567, 3.656, 7.423}};
    for (size_t r = 0; r < 5; r++) {
        const double n[] = {0.0, 1.92, 2.0, 5.0}, want[] = {row[r].n0, row[r].asimov, row[r].n2, row[r].n5};
        for (size_t k = 0; k < 4; k++) {
            double found = limit_of(1.92, row[r].error, EOT_MODIFIER_NORMSYS, n[k], row[r].d, 0.9, true).observed;
            cr_expect_float_eq(found, want[k], tolerance(want[k], 1e-3), "d %g sigma %g n %g: %g instead of %g",
                               row[r].d, row[r].error, n[k], found, want[k]);
        }
    }
    /* the form of the constraint is seen: Poisson 3.434, log-normal 3.410 */
    cr_expect_float_eq(limit_of(1.92, 0.3, EOT_MODIFIER_SHAPESYS, 2.0, 0.0, 0.9, true).observed, 3.434, 2e-3);
}

/* The band depends on the observed data through the nuisances of the Asimov set: numbers of pyhf. */
Test(asymptotic, the_band_follows_the_data_as_in_pyhf) {
    cr_expect_float_eq(limit_of(1.92, 0.3, EOT_MODIFIER_SHAPESYS, 0.0, 0.0, 0.9, true).expected[2], 3.174, 2e-3);
    cr_expect_float_eq(limit_of(1.92, 0.3, EOT_MODIFIER_SHAPESYS, 2.0, 0.0, 0.9, true).expected[2], 3.362, 2e-3);
    cr_expect_float_eq(limit_of(1.92, 0.3, EOT_MODIFIER_SHAPESYS, 5.0, 0.0, 0.9, true).expected[2], 3.620, 2e-3);
    cr_expect_float_eq(limit_of(1.92, 0.3, EOT_MODIFIER_SHAPESYS, 0.0, 0.0, 0.9, false).expected[2], 3.354, 2e-3);
}

static struct eot_model read(const char *path) {
    struct eot_spec spec;
    struct eot_model model;
    struct eot_error err;
    cr_assert_eq(eot_workspace_read(path, NULL, &spec, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
    eot_spec_free(&spec);
    return model;
}

Test(asymptotic, workspace_of_four_bins) {
    static const double band[5] = {1.1465, 1.7335, 2.8615, 4.9685, 8.4088};
    struct eot_model model = read(EOT_SOURCE_DIR "/tests/reference/limit/four_bins.json");
    struct eot_data data = {model.seen, model.aux};
    struct eot_limit_answer answer;
    cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.9, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.observed, 2.5747, 1e-3);
    for (int k = 0; k < 5; k++) cr_expect_float_eq(answer.expected[k], band[k], 1e-3);
    cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.95, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.observed, 3.3899, 1e-3);
    eot_model_free(&model);
}

/* The same without the two normsys. */
Test(asymptotic, four_bins_with_errors_of_bins_only) {
    struct eot_spec spec;
    struct eot_model model;
    struct eot_error err;
    struct eot_limit_answer answer;
    cr_assert_eq(eot_workspace_read(EOT_SOURCE_DIR "/tests/reference/limit/four_bins.json", "limit", &spec, &err),
                 EOT_OK);
    spec.channel[0].sample[0].n_modifier--; /* each is the last of its sample */
    spec.channel[0].sample[1].n_modifier--;
    cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
    struct eot_data data = {model.seen, model.aux};
    cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.9, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.observed, 2.5256, 1e-3);
    cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.95, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.observed, 3.3162, 1e-3);
    cr_assert_eq(eot_asymptotic_limit(&model, NULL, 0.9, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.expected[2], 2.797, 1e-3);
    cr_assert_eq(eot_asymptotic_limit(&model, NULL, 0.95, &answer, NULL), EOT_OK);
    cr_expect_float_eq(answer.expected[2], 3.607, 1e-3);
    spec.channel[0].sample[0].n_modifier++;
    spec.channel[0].sample[1].n_modifier++;
    eot_model_free(&model);
    eot_spec_free(&spec);
}

/* First and second derivatives of -ln L of a model with all modifiers against differences. */
Test(asymptotic, derivatives_are_those_of_the_likelihood) {
    struct eot_model model = read(EOT_SOURCE_DIR "/tests/reference/limit/all_modifiers.json");
    eot_limit_view v = eot_limit_view_of(&model.head, model.index, model.number);
    eot_limit_work w = eot_limit_work_of(&model.head, model.work);
    u32 n = model.head.n_parameter;
    cr_assert_gt(model.head.n_shared, 3);
    cr_assert_gt(model.head.max_local, 1);
    double x[64], gradient[64], at[3];
    for (u32 p = 0; p < n; p++) x[p] = model.start[p] + 0.1 * sin(3.0 * p + 1.0);
    for (u32 p = 0; p < n; p++) {
        if (eot_model_is_fixed(&model, p)) continue;
        const double step = 1e-5;
        for (int side = -1; side <= 1; side++) {
            for (u32 q = 0; q < n; q++) w.x[q] = x[q] + (q == p ? side * step : 0.0);
            at[side + 1] = eot_limit_value(v, model.seen, model.aux, w.x, w.jet, w.product);
        }
        for (u32 q = 0; q < n; q++) w.x[q] = x[q];
        eot_limit_derive(v, model.seen, model.aux, w);
        gradient[p] = w.gradient[p];
        cr_expect_float_eq(gradient[p], (at[2] - at[0]) / (2.0 * step), 1e-6 * (1.0 + fabs(gradient[p])), "%s: %g, %g",
                           model.name[p], gradient[p], (at[2] - at[0]) / (2.0 * step));
    }
    const u32 *bin_local = model.index + model.head.bin_local;
    for (u32 p = 0; p < n; p++) {
        double slope[2][64];
        const double step = 1e-5;
        for (int side = 0; side < 2; side++) {
            for (u32 q = 0; q < n; q++) w.x[q] = x[q] + (q == p ? (2 * side - 1) * step : 0.0);
            eot_limit_derive(v, model.seen, model.aux, w);
            for (u32 q = 0; q < n; q++) slope[side][q] = w.gradient[q];
        }
        for (u32 q = 0; q < n; q++) w.x[q] = x[q];
        eot_limit_derive(v, model.seen, model.aux, w);
        for (u32 q = 0; q < n; q++) {
            double second = (slope[1][q] - slope[0][q]) / (2.0 * step), own = 0.0;
            u32 n_shared = model.head.n_shared, bin = 0;
            if (p >= n_shared && q >= n_shared) { /* of different bins: no such term */
                while (bin_local[bin + 1] <= p - n_shared) bin++;
                if (q - n_shared >= bin_local[bin] && q - n_shared < bin_local[bin + 1])
                    own = *eot_limit_second(v, w, p, q, n_shared + bin_local[bin]);
            } else {
                own = *eot_limit_second(v, w, p, q, 0);
            }
            cr_expect_float_eq(own, second, 1e-5 * (1.0 + fabs(second)), "%s %s: %g, %g", model.name[p], model.name[q],
                               own, second);
        }
    }
    eot_model_free(&model);
}

/* Scaling: the limit is in events, whatever the unit of the signal; two equal bins are one. */
Test(asymptotic, limits_scale_with_the_signal_and_join_equal_bins) {
    struct eot_error err;
    double limit[3];
    for (int k = 0; k < 3; k++) {
        struct eot_spec spec;
        struct eot_model model;
        struct eot_limit_answer answer;
        cr_assert_eq(eot_spec_one_bin(k == 1 ? 1e-3 : 1.0, 2.0, 0.0, EOT_MODIFIER_SHAPESYS, 3.0, &spec, &err), EOT_OK);
        if (k == 2) {
            struct eot_limit_channel *c = eot_spec_add_channel(&spec, "second", 1);
            struct eot_sample *s = eot_spec_add_sample(c, "signal");
            spec.channel[0].sample[0].data[0] = s->data[0] = 0.5;
            cr_assert_not_null(eot_spec_add_modifier(c, s, EOT_MODIFIER_NORMFACTOR, "mu"));
            s = eot_spec_add_sample(c, "background");
            spec.channel[0].sample[1].data[0] = s->data[0] = 1.0;
            spec.channel[0].observed[0] = 1.0;
            c->observed[0] = 2.0;
        }
        cr_assert_eq(eot_model_create(&spec, &model, &err), EOT_OK, "%s", err.text);
        struct eot_data data = {model.seen, model.aux};
        cr_assert_eq(eot_asymptotic_limit(&model, &data, 0.9, &answer, &err), EOT_OK, "%s", err.text);
        limit[k] = answer.observed;
        eot_model_free(&model);
        eot_spec_free(&spec);
    }
    cr_expect_float_eq(limit[1] * 1e-3, limit[0], 1e-6 * limit[0]);
    cr_expect_float_eq(limit[2], limit[0], 1e-6 * limit[0]);
}
