#include "analysis/rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void eot_weighted_sums(const struct eot_run *run, int offset, struct eot_batch_sum *sum) {
    for (size_t i = 0; i < run->n_block; i++) {
        const int64_t *t = run->block[i].event + offset;
        sum[i] = (struct eot_batch_sum){run->block[i].n_primary, run->rare_unit * eot_sum_value(t),
                                        run->rare_unit * run->rare_unit * eot_sum_value(t + 2)};
    }
}

enum eot_status eot_add_mean(struct eot_result *result, const char *name, const char *unit, struct eot_mean m,
                             struct eot_error *err) {
    struct eot_estimate e = {
        .value = m.value, .std_error = m.std_error, .n_eff = m.n_eff, .n_batches = (long)m.n_batches};
    snprintf(e.name, sizeof e.name, "%s", name);
    snprintf(e.unit, sizeof e.unit, "%s", unit);
    return eot_result_add_estimate(result, &e, err);
}

enum eot_status eot_add_exact(struct eot_result *result, const char *name, const char *unit, double value,
                              struct eot_error *err) {
    return eot_add_mean(result, name, unit, (struct eot_mean){.value = value}, err);
}

/* Rate per EOT of the sums in scratch. */
static enum eot_status rate_of_scratch(const struct eot_rates *r, enum eot_rate_error method, struct eot_mean *mean,
                                       struct eot_error *err) {
    size_t n = 0;
    for (size_t i = 0; i < r->run->n_block; i++) n += r->scratch[i].n > 0;
    enum eot_status status =
        eot_statistics_rate(r->scratch, r->run->n_block, method != EOT_NO_SQUARES || n < 2, mean, err);
    struct eot_mean batches;
    if (status == EOT_OK && method == EOT_BY_BATCHES && n > 1) {
        status = eot_statistics_rate(r->scratch, r->run->n_block, false, &batches, err);
        if (status == EOT_OK) mean->std_error = batches.std_error;
    }
    return status;
}

enum eot_status eot_rate_by(const struct eot_rates *rates, enum eot_rate_error method, int offset,
                            struct eot_mean *mean, struct eot_error *err) {
    eot_weighted_sums(rates->run, offset, rates->scratch);
    return rate_of_scratch(rates, method, mean, err);
}

enum eot_status eot_rate(const struct eot_rates *rates, int offset, struct eot_mean *mean, struct eot_error *err) {
    return eot_rate_by(rates, rates->method, offset, mean, err);
}

enum eot_status eot_rate_of_both(const struct eot_rates *rates, int offset, int other, struct eot_mean *mean,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_block = rates->run->n_block;
    struct eot_batch_sum *second = calloc(n_block, sizeof *second);
    EOT_CHECK_MEMORY(second);
    eot_weighted_sums(rates->run, offset, rates->scratch);
    eot_weighted_sums(rates->run, other, second);
    for (size_t i = 0; i < n_block; i++) {
        rates->scratch[i].sum += second[i].sum;
        rates->scratch[i].sum2 += second[i].sum2;
    }
    EOT_TRY(rate_of_scratch(rates, rates->method, mean, err));
done:
    free(second);
    return status;
}

enum eot_status eot_share_of(const struct eot_run *run, int in, int of, struct eot_mean left_out, struct eot_mean *mean,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_used = 0;
    double sum = 0.0, n = 0.0;
    struct eot_batch_sum *part = calloc(run->n_block, sizeof *part), *whole = calloc(run->n_block, sizeof *whole);
    EOT_CHECK_MEMORY(part);
    EOT_CHECK_MEMORY(whole);
    eot_weighted_sums(run, in, part);
    eot_weighted_sums(run, of, whole);
    for (size_t b = 0; b < run->n_block; b++) {
        whole[b].sum += left_out.value * (double)whole[b].n;
        sum += whole[b].sum;
        n += (double)whole[b].n;
        n_used += whole[b].n > 0;
    }
    *mean = (struct eot_mean){.n_batches = 0};
    if (n_used > 1 && sum > 0.0) {
        EOT_TRY(eot_statistics_ratio(part, whole, run->n_block, mean, err));
        mean->std_error = hypot(mean->std_error, mean->value * left_out.std_error * n / sum);
    }
done:
    free(part);
    free(whole);
    return status;
}
