#include "analysis/estimator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The tally of a block for the mass and the selection that are read. */
static const int64_t *tally_of(const struct eot_estimator *e, size_t block) {
    return e->run->block[block].event + (e->mass * (1 + e->config->n_further) + e->selection) * EOT_N_TALLY;
}

/* Place of the squares of a sum of pass probabilities at an offset; -1: the offset is that of another sum. */
static int place_of_squares(int offset) {
    int which = (offset - EOT_T_WEIGHTED) / 4, channel = -1, tail = which - EOT_W_MISSING;
    if (which >= EOT_W_CHANNEL) {
        channel = (which - EOT_W_CHANNEL) / EOT_N_CHANNEL_SUM;
        tail = (which - EOT_W_CHANNEL) % EOT_N_CHANNEL_SUM - EOT_CH_MISSING;
    }
    return offset < EOT_T_HISTOGRAM && tail >= 0 && tail < EOT_N_TAIL ? eot_square_offset(channel, tail) : -1;
}

double eot_estimator_largest_of_muons(const struct eot_estimator *e) {
    bool has_roulette = e->config->sampling.roulette && eot_setup_may_split(e->config);
    return (has_roulette ? 1.0 / (double)EOT_LEAST_SHARE : 1.0) / (1.0 - (double)e->world->event.losses.share);
}

double eot_estimator_largest(const struct eot_estimator *e) {
    const struct eot_sampling_config *s = &e->config->sampling;
    if (e->run->largest_weight[e->mass] > 0.0)
        return e->run->largest_weight[e->mass] * eot_estimator_largest_of_muons(e);
    return s->mode == EOT_SAMPLING_ANALOG ? 1.0 / s->analog_enhancement : 1.0;
}

double eot_estimator_unit(const struct eot_estimator *e) {
    return e->run->n_mass > 1 ? e->run->mass_unit[e->mass] : e->run->rare_unit;
}

double eot_estimator_top_energy(const struct eot_estimator *e) {
    return (double)e->world->event.beam.energy * (1.0 + 6.0 * (double)e->world->event.beam.spread);
}

void eot_estimator_sums(const struct eot_estimator *e, int offset, struct eot_batch_sum *sum) {
    double unit = eot_estimator_unit(e);
    int squares = place_of_squares(offset);
    for (size_t i = 0; i < e->run->n_block; i++) {
        const int64_t *t = tally_of(e, i);
        double square = squares < 0 ? eot_sum_value(t + offset + 2) : eot_square_value(t + squares);
        sum[i] =
            (struct eot_batch_sum){e->run->block[i].n_primary, unit * eot_sum_value(t + offset), unit * unit * square};
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

enum eot_status eot_estimator_rate_of_scratch(const struct eot_estimator *e, struct eot_mean *mean,
                                              struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean batches;
    double n = 0.0;
    EOT_TRY(eot_statistics_rate(e->scratch, e->run->n_block, true, mean, err));
    if (e->method == EOT_BY_BATCHES) {
        EOT_TRY(eot_statistics_rate(e->scratch, e->run->n_block, false, &batches, err));
        if (!batches.has_no_error) mean->std_error = batches.std_error;
    }
    for (size_t i = 0; i < e->run->n_block; i++) n += (double)e->scratch[i].n;
    if (mean->value == 0.0) mean->upper_limit = fmin(1.0, EOT_LIMIT_EVENTS_90 * eot_estimator_largest(e) / n);
done:
    return status;
}

enum eot_status eot_estimator_rate(const struct eot_estimator *e, int offset, struct eot_mean *mean,
                                   struct eot_error *err) {
    eot_estimator_sums(e, offset, e->scratch);
    return eot_estimator_rate_of_scratch(e, mean, err);
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
    EOT_TRY(eot_estimator_rate_of_scratch(e, mean, err));
done:
    free(second);
    return status;
}

/* Error of a ratio from the spread between blocks; none where there is one block. */
static enum eot_status error_from_blocks(const struct eot_estimator *e, const struct eot_share *share,
                                         struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_block = e->run->n_block;
    struct eot_mean batches;
    struct eot_batch_sum *part = calloc(n_block, sizeof *part), *whole = calloc(n_block, sizeof *whole);
    EOT_CHECK_MEMORY(part);
    EOT_CHECK_MEMORY(whole);
    eot_estimator_sums(e, share->in, part);
    eot_estimator_sums(e, share->of, whole);
    for (size_t b = 0; b < n_block; b++) whole[b].sum += share->left_out.value * (double)whole[b].n;
    EOT_TRY(eot_statistics_ratio(part, whole, n_block, &batches, err));
    if (!batches.has_no_error) mean->std_error = batches.std_error;
done:
    free(part);
    free(whole);
    return status;
}

enum eot_status eot_estimator_share(const struct eot_estimator *e, const struct eot_share *share, struct eot_mean *mean,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const double unit = eot_estimator_unit(e), x_unit = share->unit > 0.0 ? share->unit : 1.0;
    double n = 0.0, n_eff;
    struct eot_ratio_sums s = {0};
    *mean = (struct eot_mean){.n_batches = 0};
    eot_estimator_sums(e, share->of, e->scratch);
    for (size_t b = 0; b < e->run->n_block; b++) {
        n += (double)e->scratch[b].n;
        mean->n_batches += e->scratch[b].n > 0;
        s.b += e->scratch[b].sum;
        s.bb += e->scratch[b].sum2;
    }
    n_eff = eot_statistics_n_eff(s.b, s.bb);
    eot_estimator_sums(e, share->in, e->scratch);
    for (size_t b = 0; b < e->run->n_block; b++) {
        s.a += e->scratch[b].sum;
        s.aa += e->scratch[b].sum2 * x_unit * x_unit;
    }
    s.ab = share->cross > 0 ? unit * unit * x_unit * eot_estimator_total(e, share->cross) : s.aa;
    /* primaries without an entry stand in the denominator with what is left out */
    double left_out = share->left_out.value;
    s.ab += s.a * left_out;
    s.bb += 2.0 * s.b * left_out + n * left_out * left_out;
    s.b += n * left_out;
    size_t n_batches = mean->n_batches;
    if (!(s.b > 0.0)) n_batches = 0;
    if (n_batches > 0) *mean = eot_statistics_ratio_of(s, n);
    mean->n_batches = n_batches;
    if (n_batches == 0) goto done;
    if (e->method == EOT_BY_BATCHES) EOT_TRY(error_from_blocks(e, share, mean, err));
    mean->std_error = hypot(mean->std_error, mean->value * share->left_out.std_error * n / s.b);
    if (share->is_mean) {
        mean->n_eff = n_eff;
        goto done;
    }
    double least = EOT_LIMIT_EVENTS_90 * eot_estimator_largest(e) / s.b; /* share of entries that would be seen */
    if (s.a == 0.0) mean->upper_limit = fmin(1.0, least);
    if (fabs(s.a - s.b) <= 1e-12 * s.b) { /* with weights of histories it may be more than all, which says nothing */
        mean->lower_limit = fmax(0.0, 1.0 - least);
        if (least >= 1.0) mean->n_eff_error = 1.0; /* one heavy entry would make it any share: nothing is known */
    }
done:
    return status;
}

int eot_channel_offset(int process, int parent, int which) {
    return EOT_T_WEIGHTED + 4 * (EOT_W_CHANNEL + eot_rare_channel(process, parent) * EOT_N_CHANNEL_SUM + which);
}

void eot_mass_name(double m_phi, char *text, size_t n_text) { snprintf(text, n_text, EOT_MASS_PREFIX "%.9g", m_phi); }

void eot_estimator_name(const struct eot_estimator *e, const char *name, char *text, size_t n_text) {
    char mass[32] = "";
    if (e->has_mass_name) eot_mass_name(e->run->mass[e->mass], mass, sizeof mass);
    const char *dot = e->has_mass_name ? "." : "";
    if (e->selection == 0)
        snprintf(text, n_text, "%s%s%s", mass, dot, name);
    else
        snprintf(text, n_text, "%s%sselection.%s.%s", mass, dot, e->config->further[e->selection - 1].name, name);
}

enum eot_status eot_add_mean(struct eot_result *result, const char *name, const char *unit, struct eot_mean mean,
                             struct eot_error *err) {
    struct eot_estimate estimate = {.value = mean.value,
                                    .std_error = mean.std_error,
                                    .n_eff = mean.n_eff,
                                    .n_eff_error = mean.n_eff_error,
                                    .n_batches = (long)mean.n_batches,
                                    .is_exact = mean.is_exact,
                                    .has_no_error = mean.has_no_error,
                                    .is_poorly_determined = eot_mean_is_poor(&mean),
                                    .upper_limit_90 = mean.upper_limit,
                                    .lower_limit_90 = mean.lower_limit};
    snprintf(estimate.name, sizeof estimate.name, "%s", name);
    snprintf(estimate.unit, sizeof estimate.unit, "%s", unit);
    return eot_result_add_estimate(result, &estimate, err);
}

enum eot_status eot_estimator_add(const struct eot_estimator *e, const char *name, const char *unit,
                                  struct eot_mean mean, struct eot_error *err) {
    char text[EOT_RESULT_NAME];
    eot_estimator_name(e, name, text, sizeof text);
    return eot_add_mean(e->result, text, unit, mean, err);
}

enum eot_status eot_estimator_add_exact(const struct eot_estimator *e, const char *name, const char *unit, double value,
                                        struct eot_error *err) {
    return eot_estimator_add(e, name, unit, (struct eot_mean){.value = value, .is_exact = true}, err);
}
