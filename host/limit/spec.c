#include "limit/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

const char *const eot_modifier_name[EOT_N_MODIFIER] = {
#define EOT_MODIFIER(symbol, name) name,
#include "modifiers.def"
#undef EOT_MODIFIER
};

static void sample_free(struct eot_sample *sample) {
    for (size_t m = 0; m < sample->n_modifier; m++) {
        free(sample->modifier[m].name);
        free(sample->modifier[m].first);
        free(sample->modifier[m].last);
    }
    free(sample->modifier);
    free(sample->name);
    free(sample->data);
}

void eot_spec_free(struct eot_spec *spec) {
    for (size_t c = 0; c < spec->n_channel; c++) {
        for (size_t s = 0; s < spec->channel[c].n_sample; s++) sample_free(&spec->channel[c].sample[s]);
        free(spec->channel[c].sample);
        free(spec->channel[c].name);
        free(spec->channel[c].observed);
    }
    for (size_t p = 0; p < spec->n_parameter; p++) {
        struct eot_parameter_settings *x = &spec->parameter[p];
        struct eot_spec_list *list[] = {&x->inits, &x->lower, &x->upper, &x->auxdata, &x->sigmas, &x->factors};
        for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) free(list[i]->value);
        free(x->name);
    }
    free(spec->channel);
    free(spec->parameter);
    free(spec->measurement);
    free(spec->poi);
    *spec = (struct eot_spec){.n_channel = 0};
}

struct eot_limit_channel *eot_spec_add_channel(struct eot_spec *spec, const char *name, size_t n_bin) {
    struct eot_limit_channel *grown = eot_array_grown(spec->channel, spec->n_channel, sizeof *grown);
    if (grown == NULL) return NULL;
    spec->channel = grown;
    struct eot_limit_channel *c = &grown[spec->n_channel];
    *c = (struct eot_limit_channel){
        .name = strdup(name), .n_bin = n_bin, .observed = calloc(n_bin > 0 ? n_bin : 1, sizeof *c->observed)};
    spec->n_channel++;
    return c->name != NULL && c->observed != NULL ? c : NULL;
}

struct eot_sample *eot_spec_add_sample(struct eot_limit_channel *channel, const char *name) {
    struct eot_sample *grown = eot_array_grown(channel->sample, channel->n_sample, sizeof *grown);
    if (grown == NULL) return NULL;
    channel->sample = grown;
    struct eot_sample *s = &grown[channel->n_sample++];
    *s = (struct eot_sample){.name = strdup(name), .data = calloc(channel->n_bin, sizeof *s->data)};
    return s->name != NULL && s->data != NULL ? s : NULL;
}

struct eot_modifier *eot_spec_add_modifier(const struct eot_limit_channel *channel, struct eot_sample *sample,
                                           enum eot_modifier_type type, const char *name) {
    struct eot_modifier *grown = eot_array_grown(sample->modifier, sample->n_modifier, sizeof *grown);
    if (grown == NULL) return NULL;
    sample->modifier = grown;
    struct eot_modifier *m = &grown[sample->n_modifier++];
    bool has_errors = type == EOT_MODIFIER_SHAPESYS || type == EOT_MODIFIER_STATERROR,
         has_two = type == EOT_MODIFIER_HISTOSYS;
    *m = (struct eot_modifier){.type = type, .name = strdup(name), .high = 1.0, .low = 1.0};
    if (has_errors || has_two) m->first = calloc(channel->n_bin, sizeof *m->first);
    if (has_two) m->last = calloc(channel->n_bin, sizeof *m->last);
    bool is_whole = m->name != NULL && (m->first != NULL || !(has_errors || has_two)) && (m->last != NULL || !has_two);
    return is_whole ? m : NULL;
}

struct eot_parameter_settings *eot_spec_add_parameter(struct eot_spec *spec, const char *name) {
    struct eot_parameter_settings *grown = eot_array_grown(spec->parameter, spec->n_parameter, sizeof *grown);
    if (grown == NULL) return NULL;
    spec->parameter = grown;
    struct eot_parameter_settings *p = &grown[spec->n_parameter++];
    *p = (struct eot_parameter_settings){.name = strdup(name)};
    return p->name != NULL ? p : NULL;
}

/* A list of one number. */
static enum eot_status set_number(struct eot_spec_list *list, double value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    list->value = malloc(sizeof *list->value);
    EOT_CHECK_MEMORY(list->value);
    list->value[0] = value;
    list->n = 1;
done:
    return status;
}

enum eot_status eot_spec_one_bin(double signal, double background, double error, enum eot_modifier_type type,
                                 double observed, struct eot_spec *spec, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *spec = (struct eot_spec){.measurement = strdup("limit"), .poi = strdup("mu")};
    EOT_CHECK_MEMORY(spec->measurement);
    EOT_CHECK_MEMORY(spec->poi);
    struct eot_limit_channel *channel = eot_spec_add_channel(spec, "signal_region", 1);
    EOT_CHECK_MEMORY(channel);
    channel->observed[0] = observed;
    struct eot_sample *s = eot_spec_add_sample(channel, "signal");
    EOT_CHECK_MEMORY(s);
    s->data[0] = signal;
    EOT_CHECK_MEMORY(eot_spec_add_modifier(channel, s, EOT_MODIFIER_NORMFACTOR, "mu"));
    struct eot_sample *b = eot_spec_add_sample(channel, "background");
    EOT_CHECK_MEMORY(b);
    b->data[0] = background;
    if (error > 0.0 && background > 0.0) {
        struct eot_modifier *m = eot_spec_add_modifier(channel, b, type, "background_error");
        EOT_CHECK_MEMORY(m);
        m->high = 1.0 + error;
        m->low = 1.0 / m->high;
        if (m->first != NULL) m->first[0] = error * background;
    }
    /* Limits far above where the measurement's default bound of 10 would stop the fit. */
    struct eot_parameter_settings *mu = eot_spec_add_parameter(spec, "mu");
    EOT_CHECK_MEMORY(mu);
    EOT_TRY(set_number(&mu->lower, 0.0, err));
    EOT_TRY(set_number(&mu->upper, 1e6 * (1.0 + background + observed) / signal, err));
done:
    return status;
}
