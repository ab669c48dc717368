#include "analysis/estimator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The tally of a block for the selection that is read. */
static const int64_t *tally_of(const struct eot_estimator *e, size_t block) {
    return e->run->block[block].event + e->selection * EOT_N_TALLY;
}

void eot_estimator_sums(const struct eot_estimator *e, int offset, struct eot_batch_sum *sum) {
    double unit = e->run->rare_unit;
    for (size_t i = 0; i < e->run->n_block; i++) {
        const int64_t *t = tally_of(e, i) + offset;
        sum[i] = (struct eot_batch_sum){e->run->block[i].n_primary, unit * eot_sum_value(t),
                                        unit * unit * eot_sum_value(t + 2)};
    }
}

int64_t eot_estimator_counter(const struct eot_estimator *e, int which) {
    int64_t sum = 0;
    for (size_t i = 0; i < e->run->n_block; i++) sum += tally_of(e, i)[which];
    return sum;
}

double eot_estimator_total(const struct eot_estimator *e, int offset) {
    double sum = 0.0;
    for (size_t i = 0; i < e->run->n_block; i++) sum += eot_sum_value(tally_of(e, i) + offset);
    return sum;
}

enum eot_status eot_estimator_rate_of_scratch(const struct eot_estimator *e, enum eot_error_method method,
                                              struct eot_mean *mean, struct eot_error *err) {
    size_t n = 0, n_block = e->run->n_block;
    for (size_t i = 0; i < n_block; i++) n += e->scratch[i].n > 0;
    enum eot_status status = eot_statistics_rate(e->scratch, n_block, method != EOT_NO_SQUARES || n < 2, mean, err);
    struct eot_mean batches;
    if (status == EOT_OK && method == EOT_BY_BATCHES && n > 1) {
        status = eot_statistics_rate(e->scratch, n_block, false, &batches, err);
        if (status == EOT_OK) mean->std_error = batches.std_error;
    }
    return status;
}

enum eot_status eot_estimator_rate(const struct eot_estimator *e, int offset, enum eot_error_method method,
                                   struct eot_mean *mean, struct eot_error *err) {
    eot_estimator_sums(e, offset, e->scratch);
    return eot_estimator_rate_of_scratch(e, method, mean, err);
}

enum eot_status eot_estimator_rate_of_both(const struct eot_estimator *e, int offset, int other, struct eot_mean *mean,
                                           struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_batch_sum *second = calloc(e->run->n_block, sizeof *second);
    EOT_CHECK_MEMORY(second);
    eot_estimator_sums(e, offset, e->scratch);
    eot_estimator_sums(e, other, second);
    for (size_t i = 0; i < e->run->n_block; i++) {
        e->scratch[i].sum += second[i].sum;
        e->scratch[i].sum2 += second[i].sum2;
    }
    EOT_TRY(eot_estimator_rate_of_scratch(e, e->method, mean, err));
done:
    free(second);
    return status;
}

enum eot_status eot_estimator_share(const struct eot_estimator *e, int in, int of, struct eot_mean left_out,
                                    struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_used = 0, n_block = e->run->n_block;
    double sum = 0.0, n = 0.0;
    struct eot_batch_sum *part = calloc(n_block, sizeof *part), *whole = calloc(n_block, sizeof *whole);
    EOT_CHECK_MEMORY(part);
    EOT_CHECK_MEMORY(whole);
    eot_estimator_sums(e, in, part);
    eot_estimator_sums(e, of, whole);
    for (size_t b = 0; b < n_block; b++) {
        whole[b].sum += left_out.value * (double)whole[b].n;
        sum += whole[b].sum;
        n += (double)whole[b].n;
        n_used += whole[b].n > 0;
    }
    *mean = (struct eot_mean){.n_batches = 0};
    if (n_used > 1 && sum > 0.0) {
        EOT_TRY(eot_statistics_ratio(part, whole, n_block, mean, err));
        mean->std_error = hypot(mean->std_error, mean->value * left_out.std_error * n / sum);
    }
done:
    free(part);
    free(whole);
    return status;
}

int eot_channel_offset(int process, int parent, int which) {
    return EOT_T_WEIGHTED + 4 * (EOT_W_CHANNEL + eot_rare_channel(process, parent) * EOT_N_CHANNEL_SUM + which);
}

void eot_estimator_name(const struct eot_estimator *e, const char *name, char *text, size_t n_text) {
    if (e->selection == 0)
        snprintf(text, n_text, "%s", name);
    else
        snprintf(text, n_text, "selection.%s.%s", e->config->further[e->selection - 1].name, name);
}

enum eot_status eot_add_mean(struct eot_result *result, const char *name, const char *unit, struct eot_mean mean,
                             struct eot_error *err) {
    struct eot_estimate estimate = {
        .value = mean.value, .std_error = mean.std_error, .n_eff = mean.n_eff, .n_batches = (long)mean.n_batches};
    snprintf(estimate.name, sizeof estimate.name, "%s", name);
    snprintf(estimate.unit, sizeof estimate.unit, "%s", unit);
    return eot_result_add_estimate(result, &estimate, err);
}

enum eot_status eot_estimator_add(const struct eot_estimator *e, const char *name, const char *unit,
                                  struct eot_mean mean, struct eot_error *err) {
    char text[96];
    eot_estimator_name(e, name, text, sizeof text);
    return eot_add_mean(e->result, text, unit, mean, err);
}

enum eot_status eot_estimator_add_exact(const struct eot_estimator *e, const char *name, const char *unit, double value,
                                        struct eot_error *err) {
    return eot_estimator_add(e, name, unit, (struct eot_mean){.value = value}, err);
}
