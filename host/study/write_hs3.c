/* The model of the first simulated mass by the HEP Statistics Serialization Standard. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit/model.h"
#include "output/output.h"
#include "study/write.h"
#include "version.h"

static json_t *numbers(const double *value, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real(value[i]));
    return list;
}

static json_t *gammas(const char *name, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_sprintf("gamma_%s_%zu", name, i));
    return list;
}

static json_t *modifier_json(const struct eot_modifier *m, size_t n_bin) {
    switch (m->type) {
    case EOT_MODIFIER_NORMFACTOR:
    case EOT_MODIFIER_LUMI:
        return json_pack("{s:s, s:s, s:s}", "name", m->name, "type", "normfactor", "parameter", m->name);
    case EOT_MODIFIER_NORMSYS:
        return json_pack("{s:s, s:s, s:s, s:s, s:{s:f, s:f, s:s}}", "name", m->name, "type", "normsys", "parameter",
                         m->name, "constraint", "Gauss", "data", "hi", m->high, "lo", m->low, "interpolation", "code4");
    case EOT_MODIFIER_HISTOSYS:
        return json_pack("{s:s, s:s, s:s, s:s, s:{s:{s:o}, s:{s:o}, s:s}}", "name", m->name, "type", "histosys",
                         "parameter", m->name, "constraint", "Gauss", "data", "hi", "contents",
                         numbers(m->first, n_bin), "lo", "contents", numbers(m->last, n_bin), "interpolation",
                         "code4p");
    case EOT_MODIFIER_SHAPESYS:
        return json_pack("{s:s, s:s, s:o, s:s, s:{s:o}}", "name", m->name, "type", "shapesys", "parameters",
                         gammas(m->name, n_bin), "constraint", "Poisson", "data", "vals", numbers(m->first, n_bin));
    case EOT_MODIFIER_STATERROR:
        return json_pack("{s:s, s:s, s:o, s:s, s:{s:o}}", "name", m->name, "type", "staterror", "parameters",
                         gammas(m->name, n_bin), "constraint", "Gauss", "data", "uncertainties",
                         numbers(m->first, n_bin));
    case EOT_N_MODIFIER: break;
    }
    return NULL;
}

/* The name by which a parameter of the model goes in modifier_json. */
static void parameter_name(const struct eot_model *model, u32 p, char *text, size_t n) {
    if (p < model->head.n_shared) {
        snprintf(text, n, "%s", model->name[p]);
        return;
    }
    const char *number = strrchr(model->name[p], '[');
    snprintf(text, n, "gamma_%.*s_%lu", (int)(number - model->name[p]), model->name[p], strtoul(number + 1, NULL, 10));
}

enum eot_status eot_study_write_hs3(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    json_t *samples = json_array(), *axes = json_array(), *points = json_array(), *root = NULL;
    char *text = NULL, name[240];
    double *none = NULL;
    EOT_TRY(eot_study_spec_at(study, &study->signal[0], eot_study_reference(plane, &study->signal[0]), &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    const struct eot_limit_channel *c = &spec.channel[0];
    int n_bin = (int)c->n_bin;
    none = calloc(c->n_bin, sizeof *none);
    EOT_CHECK_MEMORY(none);
    for (size_t s = 0; s < c->n_sample; s++) {
        json_t *modifiers = json_array();
        for (size_t m = 0; m < c->sample[s].n_modifier; m++)
            json_array_append_new(modifiers, modifier_json(&c->sample[s].modifier[m], c->n_bin));
        json_array_append_new(samples, json_pack("{s:s, s:{s:o, s:o}, s:o}", "name", c->sample[s].name, "data",
                                                 "contents", numbers(c->sample[s].data, c->n_bin), "errors",
                                                 numbers(none, c->n_bin), "modifiers", modifiers));
    }
    for (u32 p = 0; p < model.head.n_parameter; p++) {
        parameter_name(&model, p, name, sizeof name);
        json_array_append_new(points, json_pack("{s:s, s:f}", "name", name, "value", model.start[p]));
        json_array_append_new(axes,
                              json_pack("{s:s, s:f, s:f}", "name", name, "min", model.number[model.head.lower + p],
                                        "max", model.number[model.head.upper + p]));
    }
    root = json_pack(
        "{s:{s:s, s:[{s:s, s:s}]}, s:[{s:s, s:s, s:[{s:s, s:f, s:f, s:i}], s:O}],"
        " s:[{s:s, s:s, s:o, s:[{s:s, s:f, s:f, s:i}]}], s:[{s:s, s:[s], s:[s]}],"
        " s:[{s:s, s:s, s:O}], s:[{s:s, s:O}], s:[{s:s, s:s, s:[s], s:s, s:[s]}]}",
        "metadata", "hs3_version", "0.2", "packages", "name", "eotmc", "version", EOT_VERSION, "distributions", "name",
        c->name, "type", "histfactory_dist", "axes", "name", "count", "min", 0.0, "max", (double)n_bin, "nbins", n_bin,
        "samples", samples, "data", "name", "observed", "type", "binned", "contents", numbers(c->observed, c->n_bin),
        "axes", "name", "count", "min", 0.0, "max", (double)n_bin, "nbins", n_bin, "likelihoods", "name", "likelihood",
        "distributions", c->name, "data", "observed", "domains", "name", "parameters", "type", "product_domain", "axes",
        axes, "parameter_points", "name", "start", "parameters", points, "analyses", "name", "limit", "likelihood",
        "likelihood", "parameters_of_interest", "mu", "init", "start", "domains", "parameters");
    text = root != NULL ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) : NULL;
    EOT_CHECK(text != NULL, EOT_E_MEMORY, "out of memory for hs3.json; free memory");
    EOT_TRY(eot_output_write_file(folder, "hs3.json", text, strlen(text), err));
done:
    free(text);
    free(none);
    json_decref(samples);
    json_decref(axes);
    json_decref(points);
    json_decref(root);
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}
