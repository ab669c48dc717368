#include "limit/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A parameter while the model is put together. */
struct parameter {
    const char *name;
    size_t i_own; /* of a gamma: number among those of its name; else 0 */
    size_t n_own; /* how many parameters the name has */
    size_t bin;   /* of a gamma: the bin */
    enum eot_constraint kind;
    double number, aux, start, lower, upper;
};

struct words {
    u32 *value;
    size_t n, n_room;
};
struct numbers {
    f64 *value;
    size_t n, n_room;
};

struct builder {
    const struct eot_spec *spec;
    struct parameter *parameter; /* shared ones first, then gammas by bin */
    size_t n_parameter, n_shared, n_room;
    struct words sample_factor, factor, bin_term, term, gamma, shift, bin_local;
    struct numbers number, nominal; /* number: of factors and shifts */
};

static enum eot_status word_add(struct words *list, size_t value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (list->n == list->n_room) {
        size_t n = 2 * list->n + 16;
        u32 *grown = realloc(list->value, n * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        list->value = grown;
        list->n_room = n;
    }
    list->value[list->n++] = (u32)value;
done:
    return status;
}

static enum eot_status number_add(struct numbers *list, double value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (list->n == list->n_room) {
        size_t n = 2 * list->n + 16;
        f64 *grown = realloc(list->value, n * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        list->value = grown;
        list->n_room = n;
    }
    list->value[list->n++] = value;
done:
    return status;
}

static bool is_gamma(enum eot_modifier_type type) {
    return type == EOT_MODIFIER_SHAPESYS || type == EOT_MODIFIER_STATERROR;
}

static const struct eot_parameter_settings *settings_of(const struct eot_spec *spec, const char *name) {
    for (size_t p = 0; p < spec->n_parameter; p++)
        if (strcmp(spec->parameter[p].name, name) == 0) return &spec->parameter[p];
    return NULL;
}

static enum eot_status parameter_add(struct builder *b, struct parameter p, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (b->n_parameter == b->n_room) {
        size_t n = 2 * b->n_room + 16;
        struct parameter *grown = realloc(b->parameter, n * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        b->parameter = grown;
        b->n_room = n;
    }
    b->parameter[b->n_parameter++] = p;
done:
    return status;
}

static long shared_find(const struct builder *b, const char *name) {
    for (size_t p = 0; p < b->n_shared; p++)
        if (strcmp(b->parameter[p].name, name) == 0) return (long)p;
    return -1;
}

/* The parameter of a modifier that is shared by bins; the first to name it makes it. */
static enum eot_status shared_take(struct builder *b, const struct eot_modifier *m, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    long found = shared_find(b, m->name);
    bool is_linear = m->type == EOT_MODIFIER_NORMFACTOR, is_lumi = m->type == EOT_MODIFIER_LUMI;
    enum eot_constraint kind = is_linear ? EOT_AUX_NONE : EOT_AUX_NORMAL;
    const struct eot_parameter_settings *x = settings_of(b->spec, m->name);
    struct parameter p = {.name = m->name, .n_own = 1, .kind = kind, .number = 1.0, .lower = -5.0, .upper = 5.0};
    if (is_linear) p.lower = 0.0, p.upper = 10.0, p.start = 1.0;
    if (is_lumi) {
        EOT_CHECK(x != NULL && x->auxdata.n == 1 && x->sigmas.n == 1 && x->sigmas.value[0] > 0.0, EOT_E_CONFIG,
                  "modifier 'lumi' has no auxdata and sigmas among the measurement's parameters (its value and error "
                  "stand there); add them");
        p.start = p.aux = x->auxdata.value[0];
        p.lower = 0.0, p.upper = 10.0 * p.aux;
    }
    if (found >= 0) {
        const struct parameter *old = &b->parameter[found];
        EOT_CHECK(old->kind == kind && (is_lumi || old->kind == EOT_AUX_NONE || old->aux == 0.0), EOT_E_CONFIG,
                  "modifiers of the name '%s' have different kinds of parameters; give them different names", m->name);
        goto done;
    }
    EOT_TRY(parameter_add(b, p, err));
    b->n_shared++;
done:
    return status;
}

/* Relative error of a staterror in a bin: that of the sum of the samples which have it. */
static double staterror_width(const struct eot_limit_channel *c, const char *name, size_t bin) {
    double sum = 0.0, square = 0.0;
    for (size_t s = 0; s < c->n_sample; s++)
        for (size_t m = 0; m < c->sample[s].n_modifier; m++) {
            const struct eot_modifier *x = &c->sample[s].modifier[m];
            if (x->type != EOT_MODIFIER_STATERROR || strcmp(x->name, name) != 0) continue;
            sum += c->sample[s].data[bin];
            square += x->first[bin] * x->first[bin];
        }
    return sum > 0.0 ? sqrt(square) / sum : 0.0;
}

/* A bin: its channel, its number there and among all, and the number of its first gamma. */
struct bin {
    const struct eot_limit_channel *channel;
    size_t i_own, i_all, first;
};

/* The gamma of a modifier of sample s in a bin, the number of which among all parameters is returned. */
static enum eot_status gamma_take(struct builder *b, const struct bin *bin, size_t s, const struct eot_modifier *m,
                                  size_t *number, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_limit_channel *c = bin->channel;
    size_t i_own = bin->i_own;
    for (size_t p = bin->first; p < b->n_parameter; p++)
        if (strcmp(b->parameter[p].name, m->name) == 0) {
            *number = p;
            EOT_CHECK(m->type == EOT_MODIFIER_STATERROR && b->parameter[p].kind == EOT_AUX_NORMAL, EOT_E_CONFIG,
                      "modifier '%s' stands at several samples (only a staterror is shared by them); give it one name "
                      "for each",
                      m->name);
            goto done;
        }
    struct parameter p = {.name = m->name,
                          .i_own = i_own,
                          .n_own = c->n_bin,
                          .bin = bin->i_all,
                          .aux = 1.0,
                          .start = 1.0,
                          .lower = 1e-10,
                          .upper = 10.0};
    double error, nominal = c->sample[s].data[i_own];
    if (m->type == EOT_MODIFIER_STATERROR) {
        error = staterror_width(c, m->name, i_own);
        p.kind = EOT_AUX_NORMAL;
        p.number = error;
    } else {
        error = nominal > 0.0 ? m->first[i_own] : 0.0;
        p.kind = EOT_AUX_COUNT;
        p.number = error > 0.0 ? (nominal / error) * (nominal / error) : 1.0;
        p.aux = p.number;
    }
    if (!(error > 0.0)) { /* nothing to constrain: as in pyhf the parameter is fixed at 1 */
        p.kind = EOT_AUX_NONE;
        p.lower = p.upper = 1.0;
    }
    *number = b->n_parameter;
    EOT_TRY(parameter_add(b, p, err));
done:
    return status;
}

/* Coefficients of HistFactory's code 4: the polynomial of degree 6 whose value and first two derivatives are those of
 * the exponentials at +1 and -1. */
static void normsys_coefficients(double high, double low, double c[EOT_FACTOR_NUMBERS]) {
    double u = log(high), d = log(low), a = high - 1.0, b = low - 1.0, a1 = u * high, b1 = -d * low, a2 = u * u * high,
           b2 = d * d * low;
    c[0] = u;
    c[1] = d;
    c[2] = (15.0 * (a - b) - 7.0 * (a1 + b1) + (a2 - b2)) / 16.0;
    c[3] = (24.0 * (a + b) - 9.0 * (a1 - b1) + (a2 + b2)) / 16.0;
    c[4] = (-5.0 * (a - b) + 5.0 * (a1 + b1) - (a2 - b2)) / 8.0;
    c[5] = (-12.0 * (a + b) + 7.0 * (a1 - b1) - (a2 + b2)) / 8.0;
    c[6] = (3.0 * (a - b) - 3.0 * (a1 + b1) + (a2 - b2)) / 16.0;
    c[7] = (8.0 * (a + b) - 5.0 * (a1 - b1) + (a2 + b2)) / 16.0;
}

static enum eot_status factor_add(struct builder *b, const struct eot_modifier *m, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_normsys = m->type == EOT_MODIFIER_NORMSYS;
    EOT_TRY(word_add(&b->factor, is_normsys ? EOT_FACTOR_NORMSYS : EOT_FACTOR_LINEAR, err));
    EOT_TRY(word_add(&b->factor, (size_t)shared_find(b, m->name), err));
    EOT_TRY(word_add(&b->factor, b->number.n, err));
    if (is_normsys) {
        double c[EOT_FACTOR_NUMBERS];
        EOT_CHECK(m->high > 0.0 && m->low > 0.0, EOT_E_CONFIG,
                  "normsys '%s' has hi = %g, lo = %g (both must be positive); give factors such as 1.1 and 0.9",
                  m->name, m->high, m->low);
        normsys_coefficients(m->high, m->low, c);
        for (size_t i = 0; i < EOT_FACTOR_NUMBERS; i++) EOT_TRY(number_add(&b->number, c[i], err));
    }
done:
    return status;
}

static enum eot_status sample_add(struct builder *b, const struct eot_limit_channel *c, const struct eot_sample *s,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(word_add(&b->sample_factor, b->factor.n / EOT_FACTOR_WORDS, err));
    for (size_t m = 0; m < s->n_modifier; m++) {
        const struct eot_modifier *x = &s->modifier[m];
        for (size_t k = 0; k < m; k++)
            EOT_CHECK(s->modifier[k].type != x->type || strcmp(s->modifier[k].name, x->name) != 0, EOT_E_CONFIG,
                      "sample '%s' of channel '%s' has the %s '%s' twice; leave one out", s->name, c->name,
                      eot_modifier_name[x->type], x->name);
        if (!is_gamma(x->type) && x->type != EOT_MODIFIER_HISTOSYS) EOT_TRY(factor_add(b, x, err));
    }
done:
    return status;
}

/* The terms of one bin. @param first_sample number of the channel's first sample. */
static enum eot_status bin_add(struct builder *b, const struct eot_limit_channel *c, size_t first_sample, size_t i,
                               size_t bin, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct bin own = {.channel = c, .i_own = i, .i_all = bin, .first = b->n_parameter};
    EOT_TRY(word_add(&b->bin_term, b->term.n / EOT_TERM_WORDS, err));
    EOT_TRY(word_add(&b->bin_local, b->n_parameter - b->n_shared, err));
    for (size_t s = 0; s < c->n_sample; s++) {
        const struct eot_sample *x = &c->sample[s];
        size_t first_gamma = b->gamma.n, first_shift = b->shift.n / EOT_SHIFT_WORDS;
        for (size_t m = 0; m < x->n_modifier; m++) {
            const struct eot_modifier *y = &x->modifier[m];
            if (is_gamma(y->type)) {
                size_t number = 0;
                EOT_TRY(gamma_take(b, &own, s, y, &number, err));
                EOT_TRY(word_add(&b->gamma, number, err));
            } else if (y->type == EOT_MODIFIER_HISTOSYS) {
                EOT_TRY(word_add(&b->shift, (size_t)shared_find(b, y->name), err));
                EOT_TRY(word_add(&b->shift, b->number.n, err));
                EOT_TRY(number_add(&b->number, y->first[i] - x->data[i], err));
                EOT_TRY(number_add(&b->number, x->data[i] - y->last[i], err));
            }
        }
        const size_t row[EOT_TERM_WORDS] = {first_sample + s, first_gamma, b->gamma.n - first_gamma, first_shift,
                                            b->shift.n / EOT_SHIFT_WORDS - first_shift};
        for (size_t k = 0; k < EOT_TERM_WORDS; k++) EOT_TRY(word_add(&b->term, row[k], err));
        EOT_TRY(number_add(&b->nominal, x->data[i], err));
    }
done:
    return status;
}

/* What the measurement says of a parameter in place of its default. */
static enum eot_status settings_apply(const struct eot_spec *spec, struct parameter *p, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_parameter_settings *x = settings_of(spec, p->name);
    if (x == NULL) goto done;
    double factor = NAN;
    struct {
        const struct eot_spec_list *list;
        double *target;
    } row[] = {{&x->inits, &p->start}, {&x->lower, &p->lower},   {&x->upper, &p->upper},
               {&x->auxdata, &p->aux}, {&x->sigmas, &p->number}, {&x->factors, &factor}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        if (row[k].list->n == 0) continue;
        EOT_CHECK(row[k].list->n == p->n_own, EOT_E_CONFIG,
                  "parameter '%s' of the measurement has a list of %zu (it has %zu values); give one number for each",
                  p->name, row[k].list->n, p->n_own);
        if (p->lower < p->upper || row[k].target == &p->start) *row[k].target = row[k].list->value[p->i_own];
    }
    if (p->kind == EOT_AUX_COUNT && !isnan(factor)) p->number = factor;
    if (x->is_fixed) p->lower = p->upper = p->start;
    EOT_CHECK(p->lower <= p->upper && isfinite(p->lower) && isfinite(p->upper), EOT_E_CONFIG,
              "parameter '%s' has bounds from %g to %g (the first is not the smaller one); swap them", p->name,
              p->lower, p->upper);
    EOT_CHECK(p->kind == EOT_AUX_NONE || p->number > 0.0, EOT_E_CONFIG,
              "parameter '%s' has a constraint of width %g; it must be positive", p->name, p->number);
done:
    return status;
}

static enum eot_status build(struct builder *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_sample = 0, n_bin = 0;
    for (size_t c = 0; c < b->spec->n_channel; c++)
        for (size_t s = 0; s < b->spec->channel[c].n_sample; s++)
            for (size_t m = 0; m < b->spec->channel[c].sample[s].n_modifier; m++)
                if (!is_gamma(b->spec->channel[c].sample[s].modifier[m].type))
                    EOT_TRY(shared_take(b, &b->spec->channel[c].sample[s].modifier[m], err));
    for (size_t c = 0; c < b->spec->n_channel; c++) {
        const struct eot_limit_channel *channel = &b->spec->channel[c];
        for (size_t s = 0; s < channel->n_sample; s++) EOT_TRY(sample_add(b, channel, &channel->sample[s], err));
        for (size_t i = 0; i < channel->n_bin; i++, n_bin++) EOT_TRY(bin_add(b, channel, n_sample, i, n_bin, err));
        n_sample += channel->n_sample;
    }
    EOT_TRY(word_add(&b->sample_factor, b->factor.n / EOT_FACTOR_WORDS, err));
    EOT_TRY(word_add(&b->bin_term, b->term.n / EOT_TERM_WORDS, err));
    EOT_TRY(word_add(&b->bin_local, b->n_parameter - b->n_shared, err));
    for (size_t p = b->n_shared; p < b->n_parameter; p++)
        EOT_CHECK(shared_find(b, b->parameter[p].name) < 0, EOT_E_CONFIG,
                  "modifiers of the name '%s' have different kinds of parameters; give them different names",
                  b->parameter[p].name);
    for (size_t p = 0; p < b->n_parameter; p++) EOT_TRY(settings_apply(b->spec, &b->parameter[p], err));
done:
    return status;
}

/* Copy the lists behind each other and say in the head where each begins. */
static enum eot_status pack(const struct builder *b, struct eot_model *model, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_limit_model *h = &model->head;
    size_t n = b->n_parameter, n_bin = b->bin_term.n - 1;
    h->n_bin = (u32)n_bin;
    h->n_sample = (u32)(b->sample_factor.n - 1);
    h->n_factor = (u32)(b->factor.n / EOT_FACTOR_WORDS);
    h->n_term = (u32)(b->term.n / EOT_TERM_WORDS);
    h->n_shared = (u32)b->n_shared;
    h->n_parameter = (u32)n;
    struct {
        const struct words *list;
        u32 *place;
    } word[] = {{&b->sample_factor, &h->sample_factor},
                {&b->factor, &h->factor},
                {&b->bin_term, &h->bin_term},
                {&b->term, &h->term},
                {&b->gamma, &h->gamma},
                {&b->shift, &h->shift},
                {&b->bin_local, &h->bin_local}};
    model->n_index = n;
    for (size_t k = 0; k < sizeof word / sizeof word[0]; k++) model->n_index += word[k].list->n;
    model->n_number = b->number.n + 3 * n + b->nominal.n;
    model->index = calloc(model->n_index, sizeof *model->index);
    model->number = calloc(model->n_number, sizeof *model->number);
    EOT_CHECK_MEMORY(model->index);
    EOT_CHECK_MEMORY(model->number);
    h->constraint_kind = 0;
    for (size_t p = 0; p < n; p++) model->index[p] = b->parameter[p].kind;
    size_t at = n;
    for (size_t k = 0; k < sizeof word / sizeof word[0]; k++) {
        *word[k].place = (u32)at;
        if (word[k].list->n > 0) memcpy(model->index + at, word[k].list->value, word[k].list->n * sizeof(u32));
        at += word[k].list->n;
    }
    at = b->number.n;
    if (at > 0) memcpy(model->number, b->number.value, at * sizeof(f64));
    h->lower = (u32)at;
    h->upper = (u32)(at + n);
    h->constraint = (u32)(at + 2 * n);
    h->nominal = (u32)(at + 3 * n);
    for (size_t p = 0; p < n; p++) {
        model->number[h->lower + p] = b->parameter[p].lower;
        model->number[h->upper + p] = b->parameter[p].upper;
        model->number[h->constraint + p] = b->parameter[p].number;
    }
    memcpy(model->number + h->nominal, b->nominal.value, b->nominal.n * sizeof(f64));
    for (size_t i = 0; i < n_bin; i++) {
        u32 n_local = b->bin_local.value[i + 1] - b->bin_local.value[i];
        if (n_local > h->max_local) h->max_local = n_local;
    }
done:
    return status;
}

static enum eot_status name_and_start(const struct builder *b, struct eot_model *model, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = b->n_parameter, bin = 0;
    model->name = calloc(n, sizeof *model->name);
    model->start = calloc(n, sizeof *model->start);
    model->aux = calloc(n, sizeof *model->aux);
    model->seen = calloc(model->head.n_bin, sizeof *model->seen);
    model->work = calloc(eot_limit_work_size(&model->head), sizeof *model->work);
    EOT_CHECK_MEMORY(model->name);
    EOT_CHECK_MEMORY(model->start);
    EOT_CHECK_MEMORY(model->aux);
    EOT_CHECK_MEMORY(model->seen);
    EOT_CHECK_MEMORY(model->work);
    for (size_t p = 0; p < n; p++) {
        const struct parameter *x = &b->parameter[p];
        size_t n_name = strlen(x->name) + 32;
        model->start[p] = fmin(fmax(x->start, x->lower), x->upper);
        model->aux[p] = x->aux;
        model->name[p] = malloc(n_name);
        EOT_CHECK_MEMORY(model->name[p]);
        if (p < b->n_shared)
            snprintf(model->name[p], n_name, "%s", x->name);
        else
            snprintf(model->name[p], n_name, "%s[%zu]", x->name, x->i_own);
    }
    for (size_t c = 0; c < b->spec->n_channel; c++)
        for (size_t i = 0; i < b->spec->channel[c].n_bin; i++) model->seen[bin++] = b->spec->channel[c].observed[i];
done:
    return status;
}

enum eot_status eot_model_create(const struct eot_spec *spec, struct eot_model *model, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct builder b = {.spec = spec};
    *model = (struct eot_model){.index = NULL};
    EOT_TRY(build(&b, err));
    EOT_CHECK(b.bin_term.n > 1, EOT_E_CONFIG, "no channel with bins; give at least one");
    EOT_TRY(pack(&b, model, err));
    EOT_TRY(name_and_start(&b, model, err));
    long poi = shared_find(&b, spec->poi);
    EOT_CHECK(poi >= 0 && b.parameter[poi].kind == EOT_AUX_NONE, EOT_E_CONFIG,
              "the parameter of interest '%s' is no normfactor of a sample; name one in the measurement's poi",
              spec->poi);
    model->head.poi = (u32)poi;
    /* q-tilde is defined with signals that are not negative */
    if (model->number[model->head.lower + poi] < 0.0) model->number[model->head.lower + poi] = 0.0;
    EOT_CHECK(!eot_model_is_fixed(model, model->head.poi), EOT_E_CONFIG,
              "the parameter of interest '%s' is held fixed; leave its \"fixed\" out", spec->poi);
done:
    free(b.parameter);
    struct words *word[] = {&b.sample_factor, &b.factor, &b.bin_term, &b.term, &b.gamma, &b.shift, &b.bin_local};
    for (size_t k = 0; k < sizeof word / sizeof word[0]; k++) free(word[k]->value);
    free(b.number.value);
    free(b.nominal.value);
    if (status != EOT_OK) eot_model_free(model);
    return status;
}

void eot_model_free(struct eot_model *model) {
    for (size_t p = 0; model->name != NULL && p < model->head.n_parameter; p++) free(model->name[p]);
    free(model->name);
    free(model->index);
    free(model->number);
    free(model->start);
    free(model->aux);
    free(model->seen);
    free(model->work);
    *model = (struct eot_model){.index = NULL};
}

bool eot_model_is_fixed(const struct eot_model *model, u32 parameter) {
    return model->number[model->head.lower + parameter] >= model->number[model->head.upper + parameter];
}

static eot_limit_view view_of(const struct eot_model *model) {
    return eot_limit_view_of(&model->head, model->index, model->number);
}

enum eot_status eot_model_fit(struct eot_model *model, struct eot_data data, double poi, struct eot_fit *fit,
                              struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_limit_work w = eot_limit_work_of(&model->head, model->work);
    memcpy(w.x, model->start, model->head.n_parameter * sizeof *w.x);
    if (!isnan(poi)) w.x[model->head.poi] = poi;
    eot_limit_minimum minimum = eot_limit_fit(view_of(model), data.n, data.aux, w, !isnan(poi));
    EOT_CHECK(minimum.value < EOT_LIMIT_IMPOSSIBLE, EOT_E_CONFIG,
              "the model cannot give what was seen (a bin with events where none is expected at %s = %g); give such a "
              "bin the error of its background as a shapesys, or merge it",
              model->name[model->head.poi], w.x[model->head.poi]);
    EOT_CHECK(minimum.decrement < 1e-6 * (1.0 + fabs(minimum.value)), EOT_E_NUMERIC,
              "no minimum of the likelihood within %d steps (-ln L still falls by %g); check the model's bounds",
              EOT_LIMIT_MAX_STEP, minimum.decrement);
    *fit = (struct eot_fit){.value = minimum.value, .poi = w.x[model->head.poi], .x = w.x};
done:
    return status;
}

void eot_model_expect(struct eot_model *model, const f64 *x, f64 *n, f64 *aux) {
    eot_limit_work w = eot_limit_work_of(&model->head, model->work);
    eot_limit_view v = view_of(model);
    eot_limit_factors(v, x, w.jet, w.product);
    for (u32 i = 0; i < model->head.n_bin; i++) n[i] = eot_limit_rate(v, i, x, w.product);
    for (u32 p = 0; p < model->head.n_parameter; p++) {
        double c = model->number[model->head.constraint + p];
        aux[p] = model->index[model->head.constraint_kind + p] == EOT_AUX_COUNT ? x[p] * c : x[p];
    }
}
