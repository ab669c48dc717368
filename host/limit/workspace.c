#include "limit/workspace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a reader is, for messages: "channels[0].samples[1]". */
struct place {
    const char *file;
    char text[200];
};

/* Member of an object that must be a text. */
static enum eot_status text_of(const struct place *place, const json_t *object, const char *key, const char **text,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *text = json_string_value(json_object_get(object, key));
    EOT_CHECK(*text != NULL, EOT_E_CONFIG, "%s: %s.%s is missing or no text; see pyhf's schema 1.0.0", place->file,
              place->text, key);
done:
    return status;
}

/* Member of an object that must be a list; *n its length. */
static enum eot_status list_of(const struct place *place, const json_t *object, const char *key, const json_t **list,
                               size_t *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *list = json_object_get(object, key);
    EOT_CHECK(json_is_array(*list), EOT_E_CONFIG, "%s: %s.%s is missing or no list; see pyhf's schema 1.0.0",
              place->file, place->text, key);
    *n = json_array_size(*list);
done:
    return status;
}

/* n numbers of a list. @param low smallest value that is allowed. */
static enum eot_status numbers_of(const struct place *place, const json_t *object, const char *key, double low,
                                  size_t n, double *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *list;
    size_t n_found = 0;
    EOT_TRY(list_of(place, object, key, &list, &n_found, err));
    EOT_CHECK(n_found == n, EOT_E_CONFIG, "%s: %s.%s has %zu numbers, but there are %zu bins; give one for each",
              place->file, place->text, key, n_found, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *x = json_array_get(list, i);
        value[i] = json_number_value(x);
        EOT_CHECK(json_is_number(x) && isfinite(value[i]) && value[i] >= low, EOT_E_CONFIG,
                  "%s: %s.%s[%zu] is %s; correct it", place->file, place->text, key, i,
                  !json_is_number(x) ? "no number" : "negative");
    }
done:
    return status;
}

static enum eot_status modifier_read(const struct place *place, const json_t *x,
                                     const struct eot_limit_channel *channel, struct eot_sample *sample,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *name, *type;
    EOT_TRY(text_of(place, x, "name", &name, err));
    EOT_TRY(text_of(place, x, "type", &type, err));
    size_t k = 0;
    while (k < EOT_N_MODIFIER && strcmp(eot_modifier_name[k], type) != 0) k++;
    EOT_CHECK(k < EOT_N_MODIFIER, EOT_E_CONFIG,
              "%s: %s '%s' is a '%s', which eotmc does not know (normfactor, normsys, histosys, shapesys, staterror, "
              "lumi); leave it out or use pyhf",
              place->file, place->text, name, type);
    struct eot_modifier *m = eot_spec_add_modifier(channel, sample, (enum eot_modifier_type)k, name);
    EOT_CHECK_MEMORY(m);
    const json_t *data = json_object_get(x, "data");
    switch (m->type) {
    case EOT_MODIFIER_NORMFACTOR:
    case EOT_MODIFIER_LUMI: break;
    case EOT_MODIFIER_NORMSYS: {
        const json_t *hi = json_object_get(data, "hi"), *lo = json_object_get(data, "lo");
        EOT_CHECK(json_is_number(hi) && json_is_number(lo), EOT_E_CONFIG,
                  "%s: %s '%s' has no numbers \"hi\" and \"lo\" in its data; give both", place->file, place->text,
                  name);
        m->high = json_number_value(hi);
        m->low = json_number_value(lo);
        break;
    }
    case EOT_MODIFIER_HISTOSYS:
        EOT_TRY(numbers_of(place, data, "hi_data", -INFINITY, channel->n_bin, m->first, err));
        EOT_TRY(numbers_of(place, data, "lo_data", -INFINITY, channel->n_bin, m->last, err));
        break;
    case EOT_MODIFIER_SHAPESYS:
    case EOT_MODIFIER_STATERROR: EOT_TRY(numbers_of(place, x, "data", 0.0, channel->n_bin, m->first, err)); break;
    case EOT_N_MODIFIER: break;
    }
done:
    return status;
}

static enum eot_status channel_read(const char *file, size_t i, const json_t *x, struct eot_spec *spec,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place = {.file = file};
    const char *name;
    const json_t *samples, *modifiers, *data;
    size_t n_sample = 0, n_modifier = 0, n_bin = 0;
    snprintf(place.text, sizeof place.text, "channels[%zu]", i);
    EOT_TRY(text_of(&place, x, "name", &name, err));
    for (size_t c = 0; c < spec->n_channel; c++)
        EOT_CHECK(strcmp(spec->channel[c].name, name) != 0, EOT_E_CONFIG,
                  "%s: two channels have the name '%s'; give each its own", file, name);
    EOT_TRY(list_of(&place, x, "samples", &samples, &n_sample, err));
    EOT_CHECK(n_sample > 0, EOT_E_CONFIG, "%s: %s.samples is empty; give at least one", file, place.text);
    snprintf(place.text, sizeof place.text, "channels[%zu].samples[0]", i);
    EOT_TRY(list_of(&place, json_array_get(samples, 0), "data", &data, &n_bin, err));
    EOT_CHECK(n_bin > 0, EOT_E_CONFIG, "%s: %s.data is empty; give at least one bin", file, place.text);
    struct eot_limit_channel *channel = eot_spec_add_channel(spec, name, n_bin);
    EOT_CHECK_MEMORY(channel);
    for (size_t s = 0; s < n_sample; s++) {
        const json_t *y = json_array_get(samples, s);
        snprintf(place.text, sizeof place.text, "channels[%zu].samples[%zu]", i, s);
        EOT_TRY(text_of(&place, y, "name", &name, err));
        struct eot_sample *sample = eot_spec_add_sample(channel, name);
        EOT_CHECK_MEMORY(sample);
        EOT_TRY(numbers_of(&place, y, "data", 0.0, n_bin, sample->data, err));
        EOT_TRY(list_of(&place, y, "modifiers", &modifiers, &n_modifier, err));
        for (size_t m = 0; m < n_modifier; m++) {
            snprintf(place.text, sizeof place.text, "channels[%zu].samples[%zu].modifiers[%zu]", i, s, m);
            EOT_TRY(modifier_read(&place, json_array_get(modifiers, m), channel, sample, err));
        }
    }
done:
    return status;
}

static enum eot_status observation_read(const char *file, size_t i, const json_t *x, struct eot_spec *spec,
                                        bool *has_data, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place = {.file = file};
    const char *name;
    snprintf(place.text, sizeof place.text, "observations[%zu]", i);
    EOT_TRY(text_of(&place, x, "name", &name, err));
    for (size_t c = 0; c < spec->n_channel; c++)
        if (strcmp(spec->channel[c].name, name) == 0) {
            EOT_TRY(numbers_of(&place, x, "data", 0.0, spec->channel[c].n_bin, spec->channel[c].observed, err));
            has_data[c] = true;
        }
done:
    return status;
}

/* A list of numbers, if the object has one. */
static enum eot_status optional_list(const struct place *place, const json_t *x, const char *key,
                                     struct eot_spec_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *found = json_object_get(x, key);
    if (found == NULL || json_is_null(found)) goto done;
    list->n = json_array_size(found);
    list->value = calloc(list->n > 0 ? list->n : 1, sizeof *list->value);
    EOT_CHECK_MEMORY(list->value);
    EOT_TRY(numbers_of(place, x, key, -INFINITY, list->n, list->value, err));
done:
    return status;
}

static enum eot_status parameter_read(const struct place *place, const json_t *x, struct eot_spec *spec,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *name;
    EOT_TRY(text_of(place, x, "name", &name, err));
    struct eot_parameter_settings *p = eot_spec_add_parameter(spec, name);
    EOT_CHECK_MEMORY(p);
    EOT_TRY(optional_list(place, x, "inits", &p->inits, err));
    EOT_TRY(optional_list(place, x, "auxdata", &p->auxdata, err));
    EOT_TRY(optional_list(place, x, "sigmas", &p->sigmas, err));
    EOT_TRY(optional_list(place, x, "factors", &p->factors, err));
    p->is_fixed = json_is_true(json_object_get(x, "fixed"));
    const json_t *bounds = json_object_get(x, "bounds");
    if (bounds == NULL || json_is_null(bounds)) goto done;
    size_t n = json_array_size(bounds);
    p->lower.value = calloc(n > 0 ? n : 1, sizeof *p->lower.value);
    p->upper.value = calloc(n > 0 ? n : 1, sizeof *p->upper.value);
    EOT_CHECK_MEMORY(p->lower.value);
    EOT_CHECK_MEMORY(p->upper.value);
    p->lower.n = p->upper.n = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(bounds, i);
        const json_t *low = json_array_get(pair, 0), *high = json_array_get(pair, 1);
        EOT_CHECK(json_array_size(pair) == 2 && json_is_number(low) && json_is_number(high), EOT_E_CONFIG,
                  "%s: %s.bounds[%zu] of '%s' is no pair of numbers; give [lower, upper]", place->file, place->text, i,
                  name);
        p->lower.value[i] = json_number_value(low);
        p->upper.value[i] = json_number_value(high);
    }
done:
    return status;
}

static enum eot_status measurement_read(const char *file, const json_t *root, const char *wanted, struct eot_spec *spec,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place = {.file = file, .text = "root"};
    const json_t *list, *parameters, *found = NULL;
    size_t n = 0, n_parameter = 0;
    const char *name = NULL, *poi;
    EOT_TRY(list_of(&place, root, "measurements", &list, &n, err));
    EOT_CHECK(n > 0, EOT_E_CONFIG, "%s: measurements is empty; give at least one", file);
    for (size_t i = 0; i < n && found == NULL; i++) {
        snprintf(place.text, sizeof place.text, "measurements[%zu]", i);
        EOT_TRY(text_of(&place, json_array_get(list, i), "name", &name, err));
        if (wanted == NULL || strcmp(name, wanted) == 0) found = json_array_get(list, i);
    }
    EOT_CHECK(found != NULL, EOT_E_USAGE, "%s has no measurement '%s'; the first one is '%s'", file, wanted,
              json_string_value(json_object_get(json_array_get(list, 0), "name")));
    const json_t *config = json_object_get(found, "config");
    EOT_TRY(text_of(&place, config, "poi", &poi, err));
    spec->measurement = strdup(name);
    spec->poi = strdup(poi);
    EOT_CHECK_MEMORY(spec->measurement);
    EOT_CHECK_MEMORY(spec->poi);
    EOT_TRY(list_of(&place, config, "parameters", &parameters, &n_parameter, err));
    for (size_t p = 0; p < n_parameter; p++) {
        snprintf(place.text, sizeof place.text, "parameters[%zu]", p);
        EOT_TRY(parameter_read(&place, json_array_get(parameters, p), spec, err));
    }
done:
    return status;
}

enum eot_status eot_workspace_read(const char *path, const char *measurement, struct eot_spec *spec,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place = {.file = path, .text = "root"};
    json_error_t error;
    const json_t *channels, *observations;
    size_t n = 0, n_observation = 0;
    bool *has_data = NULL;
    *spec = (struct eot_spec){.n_channel = 0};
    FILE *file = fopen(path, "rb");
    json_t *root = file != NULL ? json_loadf(file, 0, &error) : NULL;
    EOT_CHECK(file != NULL, EOT_E_USAGE, "cannot open '%s'; give a workspace of pyhf with --workspace", path);
    EOT_CHECK(root != NULL, EOT_E_CONFIG, "%s:%d: %s; give a workspace of pyhf (JSON)", path, error.line, error.text);
    EOT_TRY(measurement_read(path, root, measurement, spec, err));
    EOT_TRY(list_of(&place, root, "channels", &channels, &n, err));
    EOT_CHECK(n > 0, EOT_E_CONFIG, "%s: channels is empty; give at least one", path);
    for (size_t i = 0; i < n; i++) EOT_TRY(channel_read(path, i, json_array_get(channels, i), spec, err));
    EOT_TRY(list_of(&place, root, "observations", &observations, &n_observation, err));
    has_data = calloc(n, sizeof *has_data);
    EOT_CHECK_MEMORY(has_data);
    for (size_t i = 0; i < n_observation; i++)
        EOT_TRY(observation_read(path, i, json_array_get(observations, i), spec, has_data, err));
    for (size_t c = 0; c < n; c++)
        EOT_CHECK(has_data[c], EOT_E_CONFIG, "%s: channel '%s' has no observations; give its data", path,
                  spec->channel[c].name);
done:
    if (file != NULL) fclose(file);
    json_decref(root);
    free(has_data);
    if (status != EOT_OK) eot_spec_free(spec);
    return status;
}

static json_t *list_write(const double *value, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real(value[i]));
    return list;
}

static json_t *modifier_write(const struct eot_modifier *m, size_t n_bin) {
    json_t *data = NULL;
    switch (m->type) {
    case EOT_MODIFIER_NORMFACTOR:
    case EOT_MODIFIER_LUMI: data = json_null(); break;
    case EOT_MODIFIER_NORMSYS: data = json_pack("{s:f, s:f}", "hi", m->high, "lo", m->low); break;
    case EOT_MODIFIER_HISTOSYS:
        data = json_pack("{s:o, s:o}", "hi_data", list_write(m->first, n_bin), "lo_data", list_write(m->last, n_bin));
        break;
    case EOT_MODIFIER_SHAPESYS:
    case EOT_MODIFIER_STATERROR: data = list_write(m->first, n_bin); break;
    case EOT_N_MODIFIER: break;
    }
    return json_pack("{s:s, s:s, s:o}", "name", m->name, "type", eot_modifier_name[m->type], "data", data);
}

static json_t *channel_write(const struct eot_limit_channel *c) {
    json_t *samples = json_array();
    for (size_t s = 0; s < c->n_sample; s++) {
        json_t *modifiers = json_array();
        for (size_t m = 0; m < c->sample[s].n_modifier; m++)
            json_array_append_new(modifiers, modifier_write(&c->sample[s].modifier[m], c->n_bin));
        json_array_append_new(samples, json_pack("{s:s, s:o, s:o}", "name", c->sample[s].name, "data",
                                                 list_write(c->sample[s].data, c->n_bin), "modifiers", modifiers));
    }
    return json_pack("{s:s, s:o}", "name", c->name, "samples", samples);
}

static json_t *parameter_write(const struct eot_parameter_settings *p) {
    json_t *x = json_pack("{s:s}", "name", p->name);
    if (p->inits.n > 0) json_object_set_new(x, "inits", list_write(p->inits.value, p->inits.n));
    if (p->auxdata.n > 0) json_object_set_new(x, "auxdata", list_write(p->auxdata.value, p->auxdata.n));
    if (p->sigmas.n > 0) json_object_set_new(x, "sigmas", list_write(p->sigmas.value, p->sigmas.n));
    if (p->factors.n > 0) json_object_set_new(x, "factors", list_write(p->factors.value, p->factors.n));
    if (p->is_fixed) json_object_set_new(x, "fixed", json_true());
    if (p->lower.n > 0) {
        json_t *bounds = json_array();
        for (size_t i = 0; i < p->lower.n; i++)
            json_array_append_new(bounds, json_pack("[f, f]", p->lower.value[i], p->upper.value[i]));
        json_object_set_new(x, "bounds", bounds);
    }
    return x;
}

json_t *eot_workspace_write(const struct eot_spec *spec) {
    json_t *channels = json_array(), *observations = json_array(), *parameters = json_array();
    for (size_t c = 0; c < spec->n_channel; c++) {
        json_array_append_new(channels, channel_write(&spec->channel[c]));
        json_array_append_new(observations, json_pack("{s:s, s:o}", "name", spec->channel[c].name, "data",
                                                      list_write(spec->channel[c].observed, spec->channel[c].n_bin)));
    }
    for (size_t p = 0; p < spec->n_parameter; p++)
        json_array_append_new(parameters, parameter_write(&spec->parameter[p]));
    return json_pack("{s:o, s:o, s:[{s:s, s:{s:s, s:o}}], s:s}", "channels", channels, "observations", observations,
                     "measurements", "name", spec->measurement, "config", "poi", spec->poi, "parameters", parameters,
                     "version", "1.0.0");
}
