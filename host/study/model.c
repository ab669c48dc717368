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
        if (x->is_gaussian) {
            m->first[0] = sample->data[0] * x->up;
            m->last[0] = sample->data[0] * x->down;
        }
    }
done:
    return status;
}

/* A background's own error: what it was measured with, or the 90 % upper limit of one that is poorly determined as the
 * shift of one standard deviation. The latter is a log-normal where limit and value are within a factor of ten. Beyond,
 * both shifts of one standard deviation lead up to the limit: a rate near 0 has no room below. */
static enum eot_status add_background(const struct eot_study_background *b, double eot, bool without_poor,
                                      struct eot_limit_channel *channel, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[200];
    struct eot_sample *sample = eot_spec_add_sample(channel, b->name);
    EOT_CHECK_MEMORY(sample);
    double events = b->per_eot.value * eot, error = b->per_eot.value > 0.0 ? b->per_eot.error / b->per_eot.value : 0.0;
    sample->data[0] = events;
    if (b->upper_90 > 0.0 && without_poor) goto done;
    if (b->upper_90 > 0.0) {
        double factor = events > 0.0 ? b->upper_90 / b->per_eot.value : INFINITY;
        snprintf(name, sizeof name, "%s_upper_limit", b->name);
        struct eot_modifier *m =
            eot_spec_add_modifier(channel, sample, factor <= 10.0 ? EOT_MODIFIER_NORMSYS : EOT_MODIFIER_HISTOSYS, name);
        EOT_CHECK_MEMORY(m);
        if (m->type == EOT_MODIFIER_NORMSYS) {
            m->high = factor;
            m->low = 1.0 / factor;
        } else {
            m->first[0] = m->last[0] = b->upper_90 * eot;
        }
    } else if (error > 0.0 && events > 0.0) {
        snprintf(name, sizeof name, "%s_error", b->name);
        struct eot_modifier *m =
            eot_spec_add_modifier(channel, sample, eot_channel_constraint_modifier(b->constraint), name);
        EOT_CHECK_MEMORY(m);
        m->high = 1.0 + error;
        m->low = 1.0 / m->high;
        if (m->first != NULL) m->first[0] = error * events;
    }
done:
    return status;
}

enum eot_status eot_study_spec(const struct eot_study *study, double eot, bool without_poor, struct eot_spec *spec,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double background = 0.0;
    *spec = (struct eot_spec){.measurement = strdup("limit"), .poi = strdup("mu")};
    EOT_CHECK_MEMORY(spec->measurement);
    EOT_CHECK_MEMORY(spec->poi);
    struct eot_limit_channel *channel = eot_spec_add_channel(spec, "signal_region", 1);
    EOT_CHECK_MEMORY(channel);
    struct eot_sample *signal = eot_spec_add_sample(channel, "signal");
    EOT_CHECK_MEMORY(signal);
    signal->data[0] = 1.0;
    EOT_CHECK_MEMORY(eot_spec_add_modifier(channel, signal, EOT_MODIFIER_NORMFACTOR, "mu"));
    for (size_t i = 0; i < study->n_background; i++) {
        EOT_TRY(add_background(&study->background[i], eot, without_poor, channel, err));
        background += study->background[i].per_eot.value * eot;
    }
    for (size_t i = 0; i < channel->n_sample; i++) EOT_TRY(add_systematics(study, channel, i, err));
    channel->observed[0] = isnan(study->observed) ? background : study->observed;
    struct eot_parameter_settings *mu = eot_spec_add_parameter(spec, "mu");
    EOT_CHECK_MEMORY(mu);
    mu->lower.value = calloc(1, sizeof *mu->lower.value);
    mu->upper.value = calloc(1, sizeof *mu->upper.value);
    mu->inits.value = calloc(1, sizeof *mu->inits.value);
    EOT_CHECK_MEMORY(mu->lower.value);
    EOT_CHECK_MEMORY(mu->upper.value);
    EOT_CHECK_MEMORY(mu->inits.value);
    mu->lower.n = mu->upper.n = mu->inits.n = 1;
    mu->inits.value[0] = 1.0;
    mu->upper.value[0] = 1000.0 + 100.0 * channel->observed[0];
done:
    if (status != EOT_OK) eot_spec_free(spec);
    return status;
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
