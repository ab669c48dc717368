#include "analysis/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double eot_statistics_n_eff(double sum, double sum2) { return sum2 > 0.0 ? sum * sum / sum2 : 0.0; }

double eot_statistics_n_eff_of_mean(double mean, double error, double n) {
    double relative = mean != 0.0 ? error / mean : 0.0;
    return mean != 0.0 ? n / (1.0 + n * relative * relative) : 0.0;
}

bool eot_mean_is_poor(const struct eot_mean *mean) {
    bool is_error_poor = mean->n_eff_error > 0.0 && mean->n_eff_error < EOT_FEWEST_ENTRIES;
    return !mean->is_exact && (mean->has_no_error || mean->n_eff < EOT_FEWEST_ENTRIES || is_error_poor);
}

double eot_statistics_skewness_factor(double sum2, double sum3) {
    return sum2 > 0.0 ? 1.0 + 2.0 * fmin(1.0, sum3 * sum3 / (sum2 * sum2 * sum2)) : 1.0;
}

struct eot_mean eot_mean_sum(struct eot_mean a, struct eot_mean b) {
    double value = a.value + b.value, square = 0.0;
    if (a.n_eff > 0.0) square += a.value * a.value / a.n_eff;
    if (b.n_eff > 0.0) square += b.value * b.value / b.n_eff;
    return (struct eot_mean){.value = value,
                             .std_error = hypot(a.std_error, b.std_error),
                             .n_eff = square > 0.0 ? value * value / square : 0.0,
                             .n_batches = a.n_batches > b.n_batches ? a.n_batches : b.n_batches,
                             .is_exact = a.is_exact && b.is_exact,
                             .has_no_error = a.has_no_error || b.has_no_error,
                             .upper_limit = value == 0.0 ? a.upper_limit + b.upper_limit : 0.0};
}

struct eot_mean eot_statistics_share(double k, double n) {
    double p = (k + 2.0) / (n + 4.0);
    return (struct eot_mean){.value = k / n,
                             .std_error = sqrt(p * (1.0 - p) / (n + 4.0)),
                             .n_eff = k,
                             .upper_limit = k == 0.0 ? -expm1(-EOT_LIMIT_EVENTS_90 / n) : 0.0,
                             .lower_limit = k == n ? exp(-EOT_LIMIT_EVENTS_90 / n) : 0.0};
}

struct eot_mean eot_statistics_ratio_of(struct eot_ratio_sums s, double n) {
    double r = s.a / s.b, variance = fmax(0.0, s.aa - 2.0 * r * s.ab + r * r * s.bb);
    return (struct eot_mean){.value = r,
                             .std_error = n > 1.0 ? sqrt(variance * n / (n - 1.0)) / fabs(s.b) : 0.0,
                             .n_eff = eot_statistics_n_eff(s.a, s.aa),
                             .has_no_error = !(n > 1.0)};
}

double eot_statistics_chi_square_p(double chi_square, size_t ndf) {
    return ndf > 0 ? gsl_cdf_chisq_Q(chi_square, (double)ndf) : 1.0;
}

/** What both methods need of all batches together. */
static enum eot_status add_up(const struct eot_batch_sum *batch, size_t n_batch, struct eot_batch_sum *total,
                              size_t *n_filled, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *total = (struct eot_batch_sum){0};
    *n_filled = 0;
    for (size_t b = 0; b < n_batch; b++) {
        if (batch[b].n == 0) continue;
        EOT_CHECK(isfinite(batch[b].sum), EOT_E_NUMERIC,
                  "the sum of batch %zu is %g (must be finite); report the configuration and seed as a bug", b,
                  batch[b].sum);
        total->n += batch[b].n;
        total->sum += batch[b].sum;
        total->sum2 += batch[b].sum2;
        ++*n_filled;
    }
    EOT_CHECK(total->n > 0, EOT_E_NUMERIC,
              "there is no estimate (no primary was simulated); let the run finish its first batch");
done:
    return status;
}

/** N sum_b (A_b - R B_b)^2 / n_b / (B - 1): the variance of the numerator at given denominator. */
static double batch_variance(const struct eot_batch_sum *numerator, const struct eot_batch_sum *denominator,
                             size_t n_batch, double ratio, uint64_t n_primary, size_t n_filled) {
    double sum = 0.0;
    for (size_t b = 0; b < n_batch; b++) {
        if (numerator[b].n == 0) continue;
        double n = (double)numerator[b].n,
               d = numerator[b].sum - ratio * (denominator != NULL ? denominator[b].sum : n);
        sum += d * d / n;
    }
    return (double)n_primary * sum / (double)(n_filled - 1);
}

enum eot_status eot_statistics_rate(const struct eot_batch_sum *batch, size_t n_batch, bool has_squares,
                                    struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_batch_sum total;
    size_t n_filled;
    EOT_TRY(add_up(batch, n_batch, &total, &n_filled, err));
    double n = (double)total.n, rate = total.sum / n, variance = 0.0;
    bool has_no_error = total.n == 1 || (!has_squares && n_filled == 1);
    if (has_squares) {
        EOT_CHECK(isfinite(total.sum2) && total.sum2 >= 0.0, EOT_E_NUMERIC,
                  "the sum of squares is %g (must be finite and not negative); report it as a bug", total.sum2);
        /* below 0 for equal scores, by rounding */
        if (!has_no_error) variance = fmax(0.0, (total.sum2 / n - rate * rate) / (n - 1.0));
    } else if (!has_no_error) {
        variance = batch_variance(batch, NULL, n_batch, rate, total.n, n_filled) / (n * n);
    }
    *mean = (struct eot_mean){.value = rate,
                              .std_error = sqrt(variance),
                              .n_eff = has_squares ? eot_statistics_n_eff(total.sum, total.sum2)
                                                   : eot_statistics_n_eff_of_mean(rate, sqrt(variance), n),
                              .n_batches = n_filled,
                              .has_no_error = has_no_error};
done:
    return status;
}

enum eot_status eot_statistics_ratio(const struct eot_batch_sum *numerator, const struct eot_batch_sum *denominator,
                                     size_t n_batch, struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_batch_sum above, below;
    size_t n_filled;
    EOT_TRY(add_up(denominator, n_batch, &below, &n_filled, err));
    EOT_TRY(add_up(numerator, n_batch, &above, &n_filled, err));
    EOT_CHECK(below.sum != 0.0, EOT_E_NUMERIC, "there is no ratio (its denominator is 0); simulate more electrons");
    double ratio = above.sum / below.sum;
    *mean = (struct eot_mean){.value = ratio, .n_batches = n_filled, .has_no_error = n_filled == 1};
    if (n_filled > 1)
        mean->std_error =
            sqrt(batch_variance(numerator, denominator, n_batch, ratio, above.n, n_filled)) / fabs(below.sum);
done:
    return status;
}

double eot_statistics_spread_p(const double *value, const double *std_error, size_t n, double *chi_square) {
    double mean = 0.0, variance = 0.0, sum = 0.0;
    *chi_square = 0.0;
    if (n < 2) return 1.0;
    for (size_t i = 0; i < n; i++) {
        mean += value[i] / (double)n;
        variance += std_error[i] * std_error[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) sum += (value[i] - mean) * (value[i] - mean);
    if (variance == 0.0) return sum == 0.0 ? 1.0 : 0.0;
    *chi_square = sum / variance;
    double above = gsl_cdf_chisq_Q(*chi_square, (double)(n - 1)), below = gsl_cdf_chisq_P(*chi_square, (double)(n - 1));
    return 2.0 * fmin(above, below);
}

double eot_statistics_histograms_p(const double *value_a, const double *variance_a, const double *value_b,
                                   const double *variance_b, size_t n, double *chi_square, size_t *ndf) {
    *chi_square = 0.0;
    *ndf = 0;
    for (size_t i = 0; i < n; i++) {
        double variance = variance_a[i] + variance_b[i], difference = value_a[i] - value_b[i];
        if (variance <= 0.0) continue;
        *chi_square += difference * difference / variance;
        ++*ndf;
    }
    return eot_statistics_chi_square_p(*chi_square, *ndf);
}
