#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/estimate.h"
#include "analysis/estimator.h"

static const double SMALL_SPREAD = 0.01; /* relative: sixth powers of a tenth of it would be lost in rounding */

/* Mean of n scores with sums of squares. */
static struct eot_mean mean_of(double sum, double square, double n) {
    double mean = sum / n;
    return (struct eot_mean){.value = mean,
                             .std_error = n > 1.0 ? sqrt(fmax(0.0, square / n - mean * mean) / (n - 1.0)) : 0.0,
                             .n_eff = eot_statistics_n_eff(sum, square),
                             .has_no_error = !(n > 1.0)};
}

/* Sum k of enum eot_shower_sum. */
static double sum_of(const struct eot_run *run, size_t k) { return eot_sums_wide(&run->sums, EOT_RUN_SHOWER, k); }

/* @param most the largest score that a shower can have [GeV]. */
static struct eot_mean score_mean(const struct eot_run *run, enum eot_shower_score k, double n, double most) {
    struct eot_mean mean = mean_of(sum_of(run, EOT_SS_SCORE + k), sum_of(run, EOT_SS_SQUARE + k), n);
    if (mean.value == 0.0) mean.upper_limit = EOT_LIMIT_EVENTS_90 * most / n;
    return mean;
}

/* Score k over the deposit. */
static struct eot_mean score_ratio(const struct eot_run *run, enum eot_shower_score k, enum eot_shower_sum cross,
                                   double n) {
    struct eot_ratio_sums s = {.a = sum_of(run, EOT_SS_SCORE + k),
                               .b = sum_of(run, EOT_SS_SCORE + EOT_S_DEPOSIT),
                               .aa = sum_of(run, EOT_SS_SQUARE + k),
                               .ab = sum_of(run, cross),
                               .bb = sum_of(run, EOT_SS_SQUARE + EOT_S_DEPOSIT)};
    struct eot_mean mean = eot_statistics_ratio_of(s, n);
    double least = fmin(1.0, EOT_LIMIT_EVENTS_90 / n);
    if (s.a == 0.0) mean.upper_limit = least;
    if (s.a >= s.b) mean.lower_limit = 1.0 - least;
    return mean;
}

/* Mean of n numbers and their moments about it. */
struct moments {
    double n, mean, second, third, fourth, sixth;
};

/* From the sums of powers from enum eot_shower_sum on. */
static struct moments moments_of(const struct eot_run *run, size_t first, double n) {
    struct moments m = {.n = n, .mean = sum_of(run, first) / n};
    double raw[EOT_N_SHOWER_POWER + 1] = {1.0}, central[EOT_N_SHOWER_POWER + 1] = {0.0};
    for (size_t k = 1; k <= EOT_N_SHOWER_POWER; k++) raw[k] = sum_of(run, first + k - 1) / n;
    for (int p = 2; p <= EOT_N_SHOWER_POWER; p++) {
        double binomial = 1.0, power = 1.0; /* of k; of -mean, p - k times */
        for (int k = p; k >= 0; k--) {
            central[p] += binomial * raw[k] * power;
            binomial *= k / (p - k + 1.0);
            power *= -m.mean;
        }
    }
    m.second = fmax(0.0, central[2]);
    m.third = central[3];
    m.fourth = fmax(m.second * m.second, central[4]);
    /* of spreads so small that rounding hides their powers: Gaussian */
    m.sixth = m.second > SMALL_SPREAD * SMALL_SPREAD * m.mean * m.mean ? central[6] : 15.0 * pow(m.second, 3.0);
    return m;
}

/* Square of the relative error of a spread: from the variance of the squares of the distances from the mean, and their
 * skewness. */
static double spread_error2(const struct moments *m) {
    double v = m->second, squares = m->fourth - v * v;
    if (!(v > 0.0)) return 0.0;
    return squares / (4.0 * v * v * m->n) *
           eot_statistics_skewness_factor(m->n * squares, m->n * (m->sixth - 3.0 * v * m->fourth + 2.0 * v * v * v));
}
/* Showers that a spread rests on. */
static double spread_entries(const struct moments *m) {
    return m->fourth > 0.0 ? m->n * m->second * m->second / m->fourth : 0.0;
}

/* Relative spread of the visible energy, with the error of the ratio of spread and mean (third moment: their
 * correlation). A few showers that leak may make it. */
static struct eot_mean visible_spread(const struct eot_run *run, double n) {
    const struct moments m = moments_of(run, EOT_SS_VISIBLE, n);
    double value = sqrt(m.second * n / (n - 1.0)) / m.mean,
           of_mean = m.second / (m.mean * m.mean * n) - (m.second > 0.0 ? m.third / (m.mean * m.second * n) : 0.0);
    return (struct eot_mean){.value = value,
                             .std_error = value * sqrt(fmax(0.0, spread_error2(&m) + of_mean)),
                             .n_eff = n,
                             .n_eff_error = spread_entries(&m)};
}

/* Mean of the showers' mean depths, and their spread. */
static enum eot_status add_depths(const struct eot_run *run, double n, struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct moments m = moments_of(run, EOT_SS_DEPTH, n);
    double spread = sqrt(m.second * n / (n - 1.0));
    EOT_TRY(eot_add_mean(result, "ecal.mean_depth_X0", "X0",
                         (struct eot_mean){.value = m.mean, .std_error = spread / sqrt(n), .n_eff = n}, err));
    EOT_TRY(eot_add_mean(result, "ecal.shower_depth_spread_X0", "X0",
                         (struct eot_mean){.value = spread,
                                           .std_error = spread * sqrt(spread_error2(&m)),
                                           .n_eff = n,
                                           .n_eff_error = spread_entries(&m)},
                         err));
done:
    return status;
}

/* Means of the n_bin sums of a section, with edges that rise from `first` by `width`. */
static enum eot_status add_bins(const struct eot_run *run, size_t section, const struct eot_histogram *like,
                                double first, double width, double n, struct eot_result *result,
                                struct eot_error *err) {
    double edges[EOT_MAX_PROFILE + 1], values[EOT_MAX_PROFILE], variances[EOT_MAX_PROFILE];
    struct eot_histogram h = *like;
    h.edges = edges;
    h.values = values;
    h.variances = variances;
    for (size_t b = 0; b <= h.n_bin; b++) edges[b] = first + (double)b * width;
    for (size_t b = 0; b < h.n_bin; b++) {
        struct eot_mean m =
            mean_of(eot_sums_wide(&run->sums, section, 2 * b), eot_sums_wide(&run->sums, section, 2 * b + 1), n);
        values[b] = m.value;
        variances[b] = m.std_error * m.std_error;
    }
    return eot_result_add_histogram(result, &h, err);
}

enum eot_status eot_estimate_plain_showers(const struct eot_config *config, const struct eot_run *run, double X0,
                                           struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double n = (double)eot_sums_count(&run->sums, EOT_RUN_SHOWER_COUNT, 0);
    double most = config->beam.energy * (1.0 + 6.0 * config->beam.spread);
    struct eot_shower_binning binning = eot_run_shower_binning(config);
    if (n < 2.0 || !(sum_of(run, EOT_SS_SCORE + EOT_S_DEPOSIT) > 0.0)) return EOT_OK; /* no error can be stated */
    EOT_TRY(eot_add_mean(result, "ecal.showers", "1", (struct eot_mean){.value = n, .is_exact = true}, err));
    EOT_TRY(eot_add_mean(result, "ecal.deposit_GeV", "GeV", score_mean(run, EOT_S_DEPOSIT, n, most), err));
    if (sum_of(run, EOT_SS_SCORE + EOT_S_VISIBLE) > 0.0) { /* else nothing in the ECAL is active */
        EOT_TRY(eot_add_mean(result, "ecal.visible_fraction", "1",
                             score_ratio(run, EOT_S_VISIBLE, EOT_SS_CROSS_VISIBLE, n), err));
        EOT_TRY(eot_add_mean(result, "ecal.visible_spread", "1", visible_spread(run, n), err));
    } else
        EOT_TRY(eot_findings_warn(&result->warnings, err, "no_visible_energy",
                                  "no shower left visible energy in the ECAL: ecal.visible_fraction and "
                                  "ecal.visible_spread do not exist; give one of its layers active: on"));
    EOT_TRY(add_depths(run, n, result, err));
    EOT_TRY(eot_add_mean(result, "ecal.preshower_fraction", "1",
                         score_ratio(run, EOT_S_PRESHOWER, EOT_SS_CROSS_PRESHOWER, n), err));
    EOT_TRY(eot_add_mean(result, "ecal.leakage_rear_GeV", "GeV", score_mean(run, EOT_S_REAR, n, most), err));
    EOT_TRY(eot_add_mean(result, "ecal.leakage_side_GeV", "GeV", score_mean(run, EOT_S_SIDE, n, most), err));
    EOT_TRY(eot_add_mean(result, "ecal.leakage_front_GeV", "GeV", score_mean(run, EOT_S_FRONT, n, most), err));
    if (run->sums.layout.n_section > EOT_RUN_SHOWER_MISSED) {
        struct eot_mean missed = mean_of(eot_sums_wide(&run->sums, EOT_RUN_SHOWER_MISSED, 0),
                                         eot_sums_wide(&run->sums, EOT_RUN_SHOWER_MISSED, 1), n);
        if (missed.value == 0.0) missed.upper_limit = EOT_LIMIT_EVENTS_90 * most / n;
        EOT_TRY(eot_add_mean(result, "ecal.missed_GeV", "GeV", missed, err));
    }
    EOT_TRY(add_bins(run, EOT_RUN_PROFILE,
                     &(struct eot_histogram){.name = "ecal.profile",
                                             .unit = "X0",
                                             .title = "Energy deposited in the ECAL",
                                             .axis = "depth in the ECAL",
                                             .content = "energy per shower",
                                             .content_unit = "GeV",
                                             .n_bin = (size_t)binning.n_bin},
                     0.0, binning.bin_width / X0, n, result, err));
    EOT_TRY(add_bins(run, EOT_RUN_CELL,
                     &(struct eot_histogram){.name = "ecal.cell_energy",
                                             .unit = "1",
                                             .title = "Energy in the cells of the ECAL",
                                             .axis = "cell (x + y n_x)",
                                             .content = "energy per shower",
                                             .content_unit = "GeV",
                                             .n_bin = (size_t)binning.n_cell},
                     -0.5, 1.0, n, result, err));
done:
    return status;
}
