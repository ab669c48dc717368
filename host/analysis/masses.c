/** @file masses.c
 * Several masses of phi that share the events of a run: which they are, and how the errors of their estimates are
 * correlated, from sums of the products of an event's weights (enum eot_product). */
#include <math.h>
#include <stdio.h>

#include "analysis/channels.h"
#include "analysis/estimator.h"

enum { PER_EOT, SIMULATED, EFFICIENCY, SELECTED, N_COVARIANCE };

/* Sums of one mass over all primaries, in vertices: of electrons, what they are, what is selected; what is selected of
 * all; rate per EOT that is left out, and efficiency. */
struct sums {
    double all, passed, selected, left_out, efficiency;
};

static struct sums sums_of(struct eot_estimator *e, size_t mass, double n) {
    const int tail = (int)e->config->detector.ecal_tail;
    struct sums s;
    e->mass = mass;
    double unit = eot_estimator_unit(e);
    s.all = unit * eot_estimator_total(e, eot_channel_offset(EOT_RARE_LFC, EOT_ELECTRON, EOT_CH_ALL));
    s.passed = unit * eot_estimator_total(e, eot_channel_offset(EOT_RARE_LFC, EOT_ELECTRON, EOT_CH_MISSING + tail));
    s.selected = unit * eot_estimator_total(e, EOT_T_WEIGHTED + 4 * (EOT_W_MISSING + tail));
    s.left_out = e->run->excluded[mass][eot_rare_channel(EOT_RARE_LFC, EOT_ELECTRON)].rate;
    double whole = s.all + n * s.left_out;
    s.efficiency = whole > 0.0 ? s.passed / whole : 0.0;
    e->mass = 0;
    return s;
}

/* Covariances of the pair i <= k. */
static void covariances_of(const struct eot_estimator *e, const struct sums *a, const struct sums *b, size_t i,
                           size_t k, double out[N_COVARIANCE]) {
    const struct eot_run *run = e->run;
    const int tail = (int)e->config->detector.ecal_tail;
    const int64_t *place = eot_sums_at(&run->sums, EOT_RUN_PRODUCT, 0) + eot_product_offset((i32)i, (i32)k);
    double unit = run->mass_unit[i] * run->mass_unit[k], n = (double)eot_sums_primaries(&run->sums),
           m = (double)run->n_excluded_shower, all = unit * eot_sum_value(place + EOT_PRODUCT_ALL),
           cross = unit * eot_sum_value(place + EOT_PRODUCT_CROSS + 2 * tail),
           passed = unit * eot_square_value(place + EOT_PRODUCT_PASS + EOT_N_SQUARE_LIMB * tail),
           other = unit * eot_square_value(place + EOT_PRODUCT_OTHER + EOT_N_SQUARE_LIMB * tail), left_out = 0.0;
    if (m > 1.0)
        left_out = (unit * eot_sums_wide(&run->sums, EOT_RUN_EXCLUDED_PRODUCT, k * (k + 1) / 2 + i) / m -
                    a->left_out * b->left_out) /
                   (m - 1.0);
    out[SIMULATED] = (all / n - a->all / n * (b->all / n)) / (n - 1.0);
    out[PER_EOT] = out[SIMULATED] + left_out;
    out[SELECTED] = ((passed + other) / n - a->selected / n * (b->selected / n)) / (n - 1.0);
    /* of the residuals w p - efficiency (w + left out), as eot_estimator_share has them */
    double whole = (a->all + n * a->left_out) * (b->all + n * b->left_out),
           residuals = passed - b->efficiency * (cross + a->passed * b->left_out) -
                       a->efficiency * (cross + b->passed * a->left_out) +
                       a->efficiency * b->efficiency *
                           (all + a->all * b->left_out + b->all * a->left_out + n * a->left_out * b->left_out);
    out[EFFICIENCY] =
        whole > 0.0 ? (residuals * n / (n - 1.0) + a->efficiency * b->efficiency * left_out * n * n) / whole : 0.0;
}

static enum eot_status add_list(struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_vertex_tables *v = &e->world->event.vertex;
    for (int m = 0; m < v->n_mass; m++) {
        struct eot_mean all;
        e->mass = (size_t)m;
        EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &all, err));
        EOT_TRY(eot_result_add_mass(
            e->result,
            &(struct eot_result_mass){.m_phi = e->run->mass[m],
                                      .share = (double)v->mass[m].share,
                                      .n_eff = all.n_eff,
                                      .largest_ratio =
                                          eot_estimator_largest_of_muons(e) /
                                          ((double)v->mass[m].share * (1.0 - e->config->sampling.preference))},
            err));
    }
done:
    e->mass = 0;
    return status;
}

enum eot_status eot_estimator_add_masses(struct eot_estimator *e, struct eot_error *err) {
    static const char *const name[N_COVARIANCE] = {
        [PER_EOT] = "signal.per_eot",
        [SIMULATED] = "signal.simulated_per_eot",
        [EFFICIENCY] = "efficiency.total",
        [SELECTED] = "selected.per_eot",
    };
    enum eot_status status = EOT_OK;
    static double value[N_COVARIANCE][EOT_MAX_MASS * EOT_MAX_MASS];
    struct sums sums[EOT_MAX_MASS];
    const size_t n = e->run->n_mass;
    const double n_primary = (double)eot_sums_primaries(&e->run->sums);
    EOT_TRY(add_list(e, err));
    if (!(n_primary > 1.0)) goto done;
    for (size_t i = 0; i < n; i++) sums[i] = sums_of(e, i, n_primary);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i <= k; i++) {
            double pair[N_COVARIANCE];
            covariances_of(e, &sums[i], &sums[k], i, k, pair);
            for (int c = 0; c < N_COVARIANCE; c++) value[c][i * n + k] = value[c][k * n + i] = pair[c];
        }
    for (int c = 0; c < N_COVARIANCE; c++) {
        struct eot_covariance covariance = {.n = n, .value = value[c]};
        snprintf(covariance.name, sizeof covariance.name, "%s", name[c]);
        EOT_TRY(eot_result_add_covariance(e->result, &covariance, err));
    }
done:
    return status;
}
