/* The statistical model of a study. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/study.h"

static bool is_on(const struct eot_study_systematic *x, const char *sample) {
    for (size_t i = 0; i < x->n_on; i++)
        if (strcmp(x->on[i], sample) == 0) return true;
    return false;
}

static enum eot_status add_systematics(const struct eot_study *study, const struct eot_limit_channel *channel, size_t i,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_sample *sample = &channel->sample[i];
    for (size_t k = 0; k < study->n_systematic; k++) {
        const struct eot_study_systematic *x = &study->systematic[k];
        if (!is_on(x, sample->name)) continue;
        struct eot_modifier *m = eot_spec_add_modifier(
            channel, sample, x->is_gaussian ? EOT_MODIFIER_HISTOSYS : EOT_MODIFIER_NORMSYS, x->name);
        EOT_CHECK_MEMORY(m);
        m->high = x->up;
        m->low = x->down;
        for (size_t b = 0; x->is_gaussian && b < channel->n_bin; b++) {
            m->first[b] = sample->data[b] * x->up;
            m->last[b] = sample->data[b] * x->down;
        }
    }
done:
    return status;
}

/* The modifier of a poorly determined background: its 90 % upper limit as the shift of one standard deviation. That is
 * a log-normal where limit and value are within a factor of ten. Beyond, both shifts of one standard deviation lead up
 * to the limit: a rate near 0 has no room below. @param part of the background in each bin. */
static enum eot_status add_upper_limit(const struct eot_study_background *b, double eot, const double *part,
                                       const struct eot_limit_channel *channel, struct eot_sample *sample,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[200];
    double factor = b->per_eot.value > 0.0 ? b->upper_90 / b->per_eot.value : INFINITY;
    snprintf(name, sizeof name, "%s_upper_limit", b->name);
    struct eot_modifier *m =
        eot_spec_add_modifier(channel, sample, factor <= 10.0 ? EOT_MODIFIER_NORMSYS : EOT_MODIFIER_HISTOSYS, name);
    EOT_CHECK_MEMORY(m);
    m->high = factor;
    m->low = 1.0 / factor;
    for (size_t i = 0; m->first != NULL && i < channel->n_bin; i++)
        m->first[i] = m->last[i] = b->upper_90 * eot * part[i];
done:
    return status;
}

/* An error of all bins together. An auxiliary count cannot be shared by bins in HistFactory: there it is a log-normal.
 */
static enum eot_status add_error(const struct eot_study_background *b, double error,
                                 const struct eot_limit_channel *channel, struct eot_sample *sample,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[200];
    enum eot_modifier_type type = eot_channel_constraint_modifier(b->constraint);
    if (channel->n_bin > 1) type = b->constraint == EOT_CHANNEL_GAUSSIAN ? EOT_MODIFIER_HISTOSYS : EOT_MODIFIER_NORMSYS;
    snprintf(name, sizeof name, "%s_error", b->name);
    struct eot_modifier *m = eot_spec_add_modifier(channel, sample, type, name);
    EOT_CHECK_MEMORY(m);
    m->high = 1.0 + error;
    m->low = 1.0 / m->high;
    for (size_t i = 0; m->first != NULL && i < channel->n_bin; i++) {
        m->first[i] = type == EOT_MODIFIER_HISTOSYS ? sample->data[i] * m->high : error * sample->data[i];
        if (m->last != NULL) m->last[i] = sample->data[i] * fmax(0.0, 1.0 - error);
    }
done:
    return status;
}

/* The Monte Carlo statistics of each bin as an auxiliary count of the effective number of entries (R. Barlow and
 * C. Beeston, Comput. Phys. Commun. 77 (1993) 219, in its light form). */
static enum eot_status add_statistics(const struct eot_study_background *b, const struct eot_limit_channel *channel,
                                      struct eot_sample *sample, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[200];
    double all = 0.0;
    for (size_t i = 0; i < channel->n_bin; i++) all += b->shape.error[i];
    if (!(all > 0.0)) goto done;
    snprintf(name, sizeof name, "%s_statistics", b->name);
    struct eot_modifier *m = eot_spec_add_modifier(channel, sample, EOT_MODIFIER_SHAPESYS, name);
    EOT_CHECK_MEMORY(m);
    for (size_t i = 0; i < channel->n_bin; i++)
        if (b->shape.value[i] > 0.0) m->first[i] = sample->data[i] * b->shape.error[i] / b->shape.value[i];
done:
    return status;
}

static enum eot_status add_background(const struct eot_study_background *b, double eot, bool without_poor,
                                      struct eot_limit_channel *channel, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double one = 1.0, sum = 0.0, *part = &one;
    struct eot_sample *sample = eot_spec_add_sample(channel, b->name);
    double events = b->per_eot.value * eot, error = b->per_eot.value > 0.0 ? b->per_eot.error / b->per_eot.value : 0.0;
    EOT_CHECK_MEMORY(sample);
    bool is_binned = channel->n_bin > 1;
    if (is_binned) {
        part = calloc(channel->n_bin, sizeof *part);
        EOT_CHECK_MEMORY(part);
        for (size_t i = 0; i < channel->n_bin; i++) sum += b->shape.value[i];
        for (size_t i = 0; i < channel->n_bin && sum > 0.0; i++) part[i] = b->shape.value[i] / sum;
    }
    for (size_t i = 0; i < channel->n_bin; i++) sample->data[i] = events * part[i];
    bool is_poor = b->upper_90 > 0.0;
    if (is_poor && !without_poor) EOT_TRY(add_upper_limit(b, eot, part, channel, sample, err));
    if (!is_poor && error > 0.0 && !(is_binned && b->is_counted)) EOT_TRY(add_error(b, error, channel, sample, err));
    if (!is_poor && is_binned && events > 0.0) EOT_TRY(add_statistics(b, channel, sample, err));
done:
    if (part != &one) free(part);
    return status;
}

static enum eot_status number_set(struct eot_spec_list *list, double value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    list->value = calloc(1, sizeof *list->value);
    EOT_CHECK_MEMORY(list->value);
    list->value[0] = value;
    list->n = 1;
done:
    return status;
}

enum eot_status eot_study_spec(const struct eot_study *study, double eot, const double *share, bool without_poor,
                               struct eot_spec *spec, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_bin = share != NULL ? study->bins.n : 1;
    double seen = 0.0;
    *spec = (struct eot_spec){.measurement = strdup("limit"), .poi = strdup("mu")};
    EOT_CHECK_MEMORY(spec->measurement);
    EOT_CHECK_MEMORY(spec->poi);
    struct eot_limit_channel *channel = eot_spec_add_channel(spec, "signal_region", n_bin);
    EOT_CHECK_MEMORY(channel);
    struct eot_sample *signal = eot_spec_add_sample(channel, "signal");
    EOT_CHECK_MEMORY(signal);
    for (size_t i = 0; i < n_bin; i++) signal->data[i] = share != NULL ? share[i] : 1.0;
    EOT_CHECK_MEMORY(eot_spec_add_modifier(channel, signal, EOT_MODIFIER_NORMFACTOR, "mu"));
    for (size_t i = 0; i < study->n_background; i++)
        EOT_TRY(add_background(&study->background[i], eot, without_poor, channel, err));
    for (size_t i = 0; i < channel->n_sample; i++) EOT_TRY(add_systematics(study, channel, i, err));
    for (size_t i = 0; i < n_bin; i++) {
        for (size_t k = 1; k < channel->n_sample; k++) channel->observed[i] += channel->sample[k].data[i];
        if (study->seen != NULL) channel->observed[i] = n_bin > 1 ? study->seen[i] : study->observed;
        seen += channel->observed[i];
    }
    struct eot_parameter_settings *mu = eot_spec_add_parameter(spec, "mu");
    EOT_CHECK_MEMORY(mu);
    EOT_TRY(number_set(&mu->lower, 0.0, err));
    EOT_TRY(number_set(&mu->inits, 1.0, err));
    EOT_TRY(number_set(&mu->upper, 1000.0 + 100.0 * seen, err));
done:
    if (status != EOT_OK) eot_spec_free(spec);
    return status;
}

double eot_study_signal_error(const struct eot_study *study) {
    double square = 0.0;
    for (size_t k = 0; k < study->n_systematic; k++)
        if (is_on(&study->systematic[k], "signal"))
            square += (study->systematic[k].up - 1.0) * (study->systematic[k].up - 1.0);
    return sqrt(square);
}

struct eot_one_channel eot_study_channel(const struct eot_study *study, double eot) {
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < study->n_background; i++) {
        const struct eot_study_background *b = &study->background[i];
        double error = b->upper_90 > 0.0 ? b->upper_90 - b->per_eot.value : b->per_eot.error;
        sum += b->per_eot.value;
        square += error * error;
    }
    for (size_t k = 0; k < study->n_systematic; k++) { /* one that is on several moves all of them together */
        double together = 0.0;
        for (size_t i = 0; i < study->n_background; i++)
            if (is_on(&study->systematic[k], study->background[i].name))
                together += study->background[i].per_eot.value * (study->systematic[k].up - 1.0);
        square += together * together;
    }
    return (struct eot_one_channel){.background = sum * eot,
                                    .error = sum > 0.0 ? sqrt(square) / sum : 0.0,
                                    .constraint = study->n_background == 1 ? study->background[0].constraint
                                                                           : EOT_CHANNEL_POISSON};
}
