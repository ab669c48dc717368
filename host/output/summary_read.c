/** @file summary_read.c
 * summary.json: the reader of what summary.c writes, schema eotmc-summary/2, and of eotmc-summary/1. Keys that came
 * after the first version may be absent. */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "output/output.h"
#include "output/summary_schema.h"

/** Where in which file, for messages. */
struct place {
    const char *path;
    char key[160];
};

static struct place below(const struct place *place, const char *format, ...) __attribute__((format(printf, 2, 3)));
static struct place below(const struct place *place, const char *format, ...) {
    struct place inner = {.path = place->path};
    char part[96];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    snprintf(inner.key, sizeof inner.key, "%.60s%s%s", place->key, place->key[0] != '\0' ? "." : "", part);
    return inner;
}

#define FAIL_AT(place, wanted) \
    EOT_FAIL(EOT_E_IO, "%s: '%s' is missing or no %s; make the file again", (place)->path, (place)->key, (wanted))

static enum eot_status read_number(const json_t *object, const struct place *place, const char *key, double *value,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *json = json_object_get(object, key);
    struct place inner = below(place, "%s", key);
    if (!json_is_number(json)) FAIL_AT(&inner, "number");
    *value = json_number_value(json);
done:
    return status;
}

/** A number, or null: there is no error. */
static enum eot_status read_error(const json_t *object, const struct place *place, double *value, bool *has_no_error,
                                  struct eot_error *err) {
    *has_no_error = json_is_null(json_object_get(object, "std_error"));
    *value = 0.0;
    return *has_no_error ? EOT_OK : read_number(object, place, "std_error", value, err);
}

static enum eot_status read_unsigned(const json_t *json, const struct place *place, uint64_t *value,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!json_is_integer(json) || json_integer_value(json) < 0) FAIL_AT(place, "integer from 0");
    *value = (uint64_t)json_integer_value(json);
done:
    return status;
}

static enum eot_status read_text(const json_t *object, const struct place *place, const char *key, char *text,
                                 size_t n_text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *value = json_string_value(json_object_get(object, key));
    struct place inner = below(place, "%s", key);
    if (value == NULL || strlen(value) >= n_text) FAIL_AT(&inner, "text of a permitted length");
    memcpy(text, value, strlen(value) + 1);
done:
    return status;
}
#define READ_TEXT(object, place, key, target) \
    EOT_TRY(read_text((object), (place), (key), (target), sizeof(target), err))

/* Keys that came after the first draft of the schema: absent, the target keeps its zero. */
#define READ_TEXT_IF_THERE(object, place, key, target) \
    if (json_object_get((object), (key)) != NULL) READ_TEXT(object, place, key, target)
#define READ_NUMBER_IF_THERE(object, place, key, target) \
    if (json_object_get((object), (key)) != NULL) EOT_TRY(read_number((object), (place), (key), (target), err))

/** A member of `object` that must be an array or object. */
static enum eot_status read_child(const json_t *object, const struct place *place, const char *key, json_type type,
                                  json_t **child, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place inner = below(place, "%s", key);
    *child = json_object_get(object, key);
    if (*child == NULL || json_typeof(*child) != type) FAIL_AT(&inner, type == JSON_ARRAY ? "array" : "object");
done:
    return status;
}

static enum eot_status read_doubles(const json_t *object, const struct place *place, const char *key, double **value,
                                    size_t *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *array = NULL, *json;
    size_t i;
    EOT_TRY(read_child(object, place, key, JSON_ARRAY, &array, err));
    *n = json_array_size(array);
    *value = malloc((*n + 1) * sizeof **value);
    EOT_CHECK_MEMORY(*value);
    json_array_foreach(array, i, json) {
        struct place inner = below(place, "%s[%zu]", key, i);
        if (!json_is_number(json)) FAIL_AT(&inner, "number");
        (*value)[i] = json_number_value(json);
    }
done:
    return status;
}

static enum eot_status read_warnings(const json_t *root, const struct place *top, struct eot_result *r,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *warnings = json_object_get(root, "warnings"); /* absent in older files */
    json_t *json;
    size_t i;
    json_array_foreach(warnings, i, json) {
        struct place place = below(top, "warnings[%zu]", i);
        struct eot_finding one = {.is_error = false};
        READ_TEXT(json, &place, "code", one.code);
        READ_TEXT(json, &place, "message", one.message);
        EOT_TRY(eot_findings_warn(&r->warnings, err, one.code, "%s", one.message));
    }
done:
    return status;
}

static enum eot_status read_run(const json_t *root, const struct place *top, struct eot_result *r,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place = below(top, "run");
    json_t *run, *devices, *primaries, *json;
    size_t i;
    EOT_TRY(read_child(root, top, "run", JSON_OBJECT, &run, err));
    READ_TEXT(run, &place, "name", r->name);
    READ_TEXT(run, &place, "mode", r->mode);
    READ_TEXT(run, &place, "config_sha256", r->config_sha256);
    READ_TEXT(run, &place, "tables_sha256", r->tables_sha256);
    READ_TEXT_IF_THERE(run, &place, "tally_sha256", r->tally_sha256);
    READ_TEXT_IF_THERE(run, &place, "id", r->id);
    snprintf(r->per, sizeof r->per, "EOT"); /* of older files */
    READ_TEXT_IF_THERE(run, &place, "per", r->per);
    struct place per = below(&place, "per");
    if (r->per[0] != '\0' && !eot_plain_is_name(r->per)) FAIL_AT(&per, "word");
    READ_TEXT(run, &place, "version", r->version);
    struct place seed = below(&place, "seed"), number = below(&place, "run"), partial = below(&place, "partial");
    EOT_TRY(read_unsigned(json_object_get(run, "seed"), &seed, &r->seed, err));
    if (json_object_get(run, "run") != NULL) EOT_TRY(read_unsigned(json_object_get(run, "run"), &number, &r->run, err));
    if (!json_is_boolean(json_object_get(run, "partial"))) FAIL_AT(&partial, "boolean");
    r->partial = json_is_true(json_object_get(run, "partial"));
    EOT_TRY(read_child(run, &place, "devices", JSON_ARRAY, &devices, err));
    json_array_foreach(devices, i, json) {
        struct place inner = below(&place, "devices[%zu]", i);
        struct eot_device_record device = {0};
        READ_TEXT(json, &inner, "name", device.name);
        READ_TEXT(json, &inner, "driver", device.driver);
        EOT_TRY(eot_result_add_device(r, device.name, device.driver, err));
    }
    EOT_TRY(read_child(run, &place, "primaries", JSON_ARRAY, &primaries, err));
    json_array_foreach(primaries, i, json) {
        struct place inner = below(&place, "primaries[%zu]", i);
        uint64_t first = 0, end = 0;
        EOT_TRY(read_unsigned(json_array_get(json, 0), &inner, &first, err));
        EOT_TRY(read_unsigned(json_array_get(json, 1), &inner, &end, err));
        if (json_array_size(json) != 2 || end < first) FAIL_AT(&inner, "range [first, end)");
        EOT_TRY(eot_result_add_range(r, first, end, err));
    }
done:
    return status;
}

static enum eot_status read_estimates(json_t *root, const struct place *top, struct eot_result *r,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *estimates, *json;
    const char *name;
    EOT_TRY(read_child(root, top, "estimates", JSON_OBJECT, &estimates, err));
    json_object_foreach(estimates, name, json) {
        struct eot_estimate e = {.n_batches = (long)json_integer_value(json_object_get(json, "n_batches"))};
        struct place place = below(top, "estimates.%s", name);
        if (strlen(name) >= sizeof e.name) FAIL_AT(&place, "estimate (its name is too long)");
        memcpy(e.name, name, strlen(name) + 1);
        EOT_TRY(read_number(json, &place, "value", &e.value, err));
        EOT_TRY(read_error(json, &place, &e.std_error, &e.has_no_error, err));
        READ_NUMBER_IF_THERE(json, &place, "n_eff", &e.n_eff);
        READ_NUMBER_IF_THERE(json, &place, "n_eff_error", &e.n_eff_error);
        READ_NUMBER_IF_THERE(json, &place, "upper_limit_90", &e.upper_limit_90);
        READ_NUMBER_IF_THERE(json, &place, "lower_limit_90", &e.lower_limit_90);
        e.is_exact = json_is_true(json_object_get(json, "exact"));
        e.is_poorly_determined = json_is_true(json_object_get(json, "poorly_determined"));
        READ_TEXT(json, &place, "unit", e.unit);
        EOT_TRY(eot_result_add_estimate(r, &e, err));
    }
done:
    return status;
}

/** The axis of a histogram in the form of UHI. @param h its edges, n_bin, axis and unit are set. */
static enum eot_status read_axis(const json_t *json, const struct place *place, struct eot_histogram *h,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *metadata = json_object_get(json, "metadata");
    const char *type = json_string_value(json_object_get(json, "type"));
    double lower = 0.0, upper = 0.0, bins = 0.0;
    READ_TEXT(metadata, place, "unit", h->unit);
    READ_TEXT(metadata, place, "label", h->axis);
    if (type != NULL && strcmp(type, "variable") == 0) {
        EOT_TRY(read_doubles(json, place, "edges", &h->edges, &h->n_bin, err));
        if (h->n_bin-- < 2) FAIL_AT(place, "axis of two edges or more");
        goto done;
    }
    if (type == NULL || strcmp(type, "regular") != 0) FAIL_AT(place, "regular or variable axis");
    EOT_TRY(read_number(json, place, "lower", &lower, err));
    EOT_TRY(read_number(json, place, "upper", &upper, err));
    EOT_TRY(read_number(json, place, "bins", &bins, err));
    if (!(bins >= 1.0 && bins <= 1e7)) FAIL_AT(place, "axis of 1 to 1e7 bins");
    h->n_bin = (size_t)bins;
    h->edges = malloc((h->n_bin + 1) * sizeof *h->edges);
    EOT_CHECK_MEMORY(h->edges);
    for (size_t i = 0; i <= h->n_bin; i++) h->edges[i] = eot_histogram_regular_edge(lower, upper, h->n_bin, i);
done:
    return status;
}

/** Contents or variances with both flow bins. @param inner the caller's. */
static enum eot_status read_flow(const json_t *storage, const struct place *place, const char *key, size_t n_bin,
                                 double **inner, double *below_axis, double *above_axis, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = 0;
    EOT_TRY(read_doubles(storage, place, key, inner, &n, err));
    if (n != n_bin + 2) FAIL_AT(place, "storage of all bins, one below and one above the axis");
    *below_axis = (*inner)[0];
    *above_axis = (*inner)[n - 1];
    memmove(*inner, *inner + 1, n_bin * sizeof **inner);
done:
    return status;
}

/** A histogram in the form of UHI, of one axis with both flow bins. */
static enum eot_status read_uhi(const json_t *json, const struct place *place, struct eot_histogram *h,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *axes = NULL, *storage = NULL;
    const json_t *metadata = json_object_get(json, "metadata");
    EOT_TRY(read_child(json, place, "axes", JSON_ARRAY, &axes, err));
    EOT_TRY(read_child(json, place, "storage", JSON_OBJECT, &storage, err));
    if (json_array_size(axes) != 1) FAIL_AT(place, "histogram of one axis");
    EOT_TRY(read_axis(json_array_get(axes, 0), place, h, err));
    READ_TEXT(metadata, place, "title", h->title);
    READ_TEXT(metadata, place, "unit", h->content_unit);
    READ_TEXT_IF_THERE(metadata, place, "content", h->content);
    EOT_TRY(read_flow(storage, place, "values", h->n_bin, &h->values, &h->underflow, &h->overflow, err));
    EOT_TRY(read_flow(storage, place, "variances", h->n_bin, &h->variances, &h->underflow_variance,
                      &h->overflow_variance, err));
done:
    return status;
}

/** A histogram as eotmc-summary/1 has it. */
static enum eot_status read_older(const json_t *json, const struct place *place, struct eot_histogram *h,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_edge = 0, n_variance = 0;
    EOT_TRY(read_doubles(json, place, "edges", &h->edges, &n_edge, err));
    EOT_TRY(read_doubles(json, place, "values", &h->values, &h->n_bin, err));
    EOT_TRY(read_doubles(json, place, "variances", &h->variances, &n_variance, err));
    if (h->n_bin == 0 || n_edge != h->n_bin + 1 || n_variance != h->n_bin)
        FAIL_AT(place, "histogram of n + 1 edges, n values and n variances");
    READ_TEXT(json, place, "unit", h->unit);
    READ_TEXT_IF_THERE(json, place, "title", h->title);
    READ_TEXT_IF_THERE(json, place, "axis", h->axis);
    READ_NUMBER_IF_THERE(json, place, "underflow", &h->underflow);
    READ_NUMBER_IF_THERE(json, place, "overflow", &h->overflow);
    READ_NUMBER_IF_THERE(json, place, "underflow_variance", &h->underflow_variance);
    READ_NUMBER_IF_THERE(json, place, "overflow_variance", &h->overflow_variance);
    READ_TEXT_IF_THERE(json, place, "content_unit", h->content_unit);
done:
    return status;
}

static enum eot_status read_histogram(const char *name, const json_t *json, const struct place *place,
                                      struct eot_result *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_histogram h = {0};
    const json_t *form = json_object_get(json, "uhi_schema");
    if (strlen(name) >= sizeof h.name) FAIL_AT(place, "histogram (its name is too long)");
    memcpy(h.name, name, strlen(name) + 1);
    if (form != NULL && json_integer_value(form) != 1) FAIL_AT(place, "histogram of UHI's schema 1");
    EOT_TRY((form != NULL ? read_uhi : read_older)(json, place, &h, err));
    EOT_TRY(eot_result_add_histogram(r, &h, err));
done:
    free(h.edges);
    free(h.values);
    free(h.variances);
    return status;
}

static enum eot_status read_map(const char *name, const json_t *json, const struct place *place, struct eot_result *r,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_map m = {.n_bin = (size_t)json_integer_value(json_object_get(json, "bins"))};
    const json_t *entries = json_object_get(json, "entries"), *entry;
    size_t side = m.n_bin + 2, i;
    if (strlen(name) >= sizeof m.name || m.n_bin == 0 || m.n_bin > 1000 || !json_is_array(entries))
        FAIL_AT(place, "map of bins and entries");
    memcpy(m.name, name, strlen(name) + 1);
    EOT_TRY(read_number(json, place, "width", &m.width, err));
    m.values = calloc(side * side, sizeof *m.values);
    m.variances = calloc(side * side, sizeof *m.variances);
    EOT_CHECK_MEMORY(m.values);
    EOT_CHECK_MEMORY(m.variances);
    json_array_foreach(entries, i, entry) {
        const json_t *momentum = json_array_get(entry, 0), *missing = json_array_get(entry, 1);
        struct place inner = below(place, "entries[%zu]", i);
        json_int_t row = json_is_integer(momentum) ? json_integer_value(momentum) : -1,
                   column = json_is_integer(missing) ? json_integer_value(missing) : -1;
        if (row < 0 || row >= (json_int_t)side || column < 0 || column >= (json_int_t)side ||
            !json_is_number(json_array_get(entry, 2)) || !json_is_number(json_array_get(entry, 3)))
            FAIL_AT(&inner, "entry of two bins, value and variance");
        m.values[(size_t)row * side + (size_t)column] = json_number_value(json_array_get(entry, 2));
        m.variances[(size_t)row * side + (size_t)column] = json_number_value(json_array_get(entry, 3));
    }
    EOT_TRY(eot_result_add_map(r, &m, err));
done:
    free(m.values);
    free(m.variances);
    return status;
}

/** The members cutflow and categories of an object into arrays of n rows, to be freed. */
static enum eot_status read_rows(json_t *object, const struct place *at, struct eot_cutflow_row **cutflow,
                                 size_t *n_cutflow, struct eot_category **category, size_t *n_category,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *rows, *categories, *json;
    size_t i;
    EOT_TRY(read_child(object, at, "cutflow", JSON_ARRAY, &rows, err));
    EOT_TRY(read_child(object, at, "categories", JSON_ARRAY, &categories, err));
    *cutflow = calloc(json_array_size(rows) + 1, sizeof **cutflow);
    *category = calloc(json_array_size(categories) + 1, sizeof **category);
    EOT_CHECK_MEMORY(*cutflow);
    EOT_CHECK_MEMORY(*category);
    json_array_foreach(rows, i, json) {
        struct place place = below(at, "cutflow[%zu]", i);
        struct eot_cutflow_row *row = &(*cutflow)[i];
        row->is_not_applied = json_is_false(json_object_get(json, "applied"));
        READ_TEXT(json, &place, "cut", row->cut);
        EOT_TRY(read_number(json, &place, "events", &row->events, err));
        EOT_TRY(read_number(json, &place, "weighted", &row->weighted, err));
        EOT_TRY(read_error(json, &place, &row->std_error, &row->has_no_error, err));
        READ_NUMBER_IF_THERE(json, &place, "n_eff", &row->n_eff);
        READ_NUMBER_IF_THERE(json, &place, "upper_limit_90", &row->upper_limit_90);
        row->is_poorly_determined = json_is_true(json_object_get(json, "poorly_determined"));
    }
    json_array_foreach(categories, i, json) {
        struct place place = below(at, "categories[%zu]", i);
        struct eot_category *c = &(*category)[i];
        READ_TEXT(json, &place, "name", c->name);
        READ_TEXT_IF_THERE(json, &place, "title", c->title);
        EOT_TRY(read_number(json, &place, "weighted", &c->weighted, err));
        EOT_TRY(read_error(json, &place, &c->std_error, &c->has_no_error, err));
        READ_NUMBER_IF_THERE(json, &place, "n_eff", &c->n_eff);
        READ_NUMBER_IF_THERE(json, &place, "upper_limit_90", &c->upper_limit_90);
        c->is_poorly_determined = json_is_true(json_object_get(json, "poorly_determined"));
    }
    *n_cutflow = json_array_size(rows);
    *n_category = json_array_size(categories);
done:
    return status;
}

/** Further selections; there is no such key where there are none. */
static enum eot_status read_selections(json_t *root, const struct place *top, struct eot_result *r,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cutflow_row *cutflow = NULL;
    struct eot_category *category = NULL;
    json_t *json;
    size_t i;
    json_array_foreach(json_object_get(root, "selections"), i, json) {
        struct place place = below(top, "selections[%zu]", i);
        struct eot_selection_result s = {.name = ""};
        READ_TEXT(json, &place, "name", s.name);
        EOT_TRY(read_rows(json, &place, &cutflow, &s.n_cutflow, &category, &s.n_category, err));
        if (s.n_cutflow > EOT_RESULT_MAX_CUTFLOW || s.n_category > EOT_RESULT_MAX_CATEGORY)
            FAIL_AT(&place, "selection of a permitted number of cuts and categories");
        memcpy(s.cutflow, cutflow, s.n_cutflow * sizeof *cutflow);
        memcpy(s.category, category, s.n_category * sizeof *category);
        EOT_TRY(eot_result_add_selection(r, &s, err));
        free(cutflow);
        free(category);
        cutflow = NULL;
        category = NULL;
    }
done:
    free(cutflow);
    free(category);
    return status;
}

static enum eot_status read_tables(json_t *root, const struct place *top, struct eot_result *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *histograms, *faults, *json;
    const char *name;
    EOT_TRY(read_rows(root, top, &r->cutflow, &r->n_cutflow, &r->category, &r->n_category, err));
    EOT_TRY(read_selections(root, top, r, err));
    EOT_TRY(read_child(root, top, "histograms", JSON_OBJECT, &histograms, err));
    json_object_foreach(histograms, name, json) {
        struct place place = below(top, "histograms.%s", name);
        EOT_TRY(read_histogram(name, json, &place, r, err));
    }
    json_object_foreach(json_object_get(root, "maps"), name, json) { /* older results have none */
        struct place place = below(top, "maps.%s", name);
        EOT_TRY(read_map(name, json, &place, r, err));
    }
    EOT_TRY(read_child(root, top, "faults", JSON_OBJECT, &faults, err));
    json_object_foreach(faults, name, json) {
        struct place place = below(top, "faults.%s", name);
        uint64_t count = 0;
        EOT_TRY(read_unsigned(json, &place, &count, err));
        EOT_TRY(eot_result_add_fault(r, name, count, err));
    }
done:
    return status;
}

/** The masses of phi that share the events; a run of one has none. */
static enum eot_status read_masses(const json_t *root, const struct place *top, struct eot_result *r,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *masses = json_object_get(root, "masses");
    struct place place = below(top, "masses");
    json_t *json;
    size_t i;
    if (masses == NULL) return EOT_OK;
    r->is_of_mass = json_is_true(json_object_get(masses, "is_of_one"));
    json_array_foreach(json_object_get(masses, "list"), i, json) {
        struct place inner = below(&place, "list[%zu]", i);
        struct eot_result_mass m = {0};
        READ_NUMBER_IF_THERE(json, &inner, "mphi_GeV", &m.m_phi);
        READ_NUMBER_IF_THERE(json, &inner, "share", &m.share);
        READ_NUMBER_IF_THERE(json, &inner, "n_eff", &m.n_eff);
        READ_NUMBER_IF_THERE(json, &inner, "largest_ratio", &m.largest_ratio);
        EOT_TRY(eot_result_add_mass(r, &m, err));
    }
done:
    return status;
}

/** The events that are lost; results of older versions have none. */
static enum eot_status read_lost(const json_t *root, const struct place *top, struct eot_result *r,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *lost = json_object_get(root, "lost_events");
    struct place place = below(top, "lost_events"), at = below(&place, "lost"), of = below(&place, "followed");
    json_t *json;
    size_t i;
    if (lost == NULL) return EOT_OK;
    EOT_TRY(read_unsigned(json_object_get(lost, "lost"), &at, &r->n_lost, err));
    EOT_TRY(read_unsigned(json_object_get(lost, "followed"), &of, &r->n_followed, err));
    json_array_foreach(json_object_get(lost, "first"), i, json) {
        struct place inner = below(&place, "first[%zu]", i);
        struct eot_lost_event event = {0};
        EOT_TRY(read_unsigned(json_object_get(json, "primary"), &inner, &event.primary, err));
        READ_TEXT(json, &inner, "cause", event.cause);
        EOT_TRY(eot_result_add_lost_event(r, event.primary, event.cause, err));
    }
done:
    return status;
}

static enum eot_status check_schema(const json_t *root, const char *path, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *schema = json_string_value(json_object_get(root, "schema"));
    EOT_CHECK(schema != NULL && strncmp(schema, SCHEMA_NAME, strlen(SCHEMA_NAME)) == 0, EOT_E_IO,
              "%s: schema '%s' (must be " SCHEMA_NAME "%d); give a summary.json of eotmc", path,
              schema != NULL ? schema : "", SCHEMA_MAJOR);
    long major = strtol(schema + strlen(SCHEMA_NAME), NULL, 10);
    EOT_CHECK(major <= SCHEMA_MAJOR, EOT_E_IO,
              "%s: schema '%s' (newer than " SCHEMA_NAME "%d, which this version reads); use a newer eotmc", path,
              schema, SCHEMA_MAJOR);
    EOT_CHECK(major >= SCHEMA_OLDEST, EOT_E_IO,
              "%s: schema '%s' (must be " SCHEMA_NAME "%d); give a summary.json of eotmc", path, schema, SCHEMA_MAJOR);
done:
    return status;
}

enum eot_status eot_output_summary_read(const char *path, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *root = NULL, *json;
    json_error_t json_error;
    FILE *file = NULL;
    struct place top = {.path = path};
    *result = (struct eot_result){0};
    file = fopen(path, "r");
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot read '%s' (%s); give the summary.json of a run", path, strerror(errno));
    root = json_loadf(file, JSON_REJECT_DUPLICATES, &json_error);
    EOT_CHECK(root != NULL, EOT_E_IO, "%s:%d: not JSON (%s); make the file again", path, json_error.line,
              json_error.text);
    EOT_TRY(check_schema(root, path, err));
    EOT_TRY(read_run(root, &top, result, err));
    EOT_TRY(read_estimates(root, &top, result, err));
    EOT_TRY(read_tables(root, &top, result, err));
    EOT_TRY(read_masses(root, &top, result, err));
    EOT_TRY(read_lost(root, &top, result, err));
    EOT_TRY(read_warnings(root, &top, result, err));
    struct place balance = below(&top, "energy_balance"), performance = below(&top, "performance");
    EOT_TRY(read_child(root, &top, "energy_balance", JSON_OBJECT, &json, err));
    EOT_TRY(read_number(json, &balance, "in_GeV", &result->energy_in, err));
    EOT_TRY(read_number(json, &balance, "out_GeV", &result->energy_out, err));
    EOT_TRY(read_number(json, &balance, "relative_residual", &result->energy_residual, err));
    EOT_TRY(read_child(root, &top, "performance", JSON_OBJECT, &json, err));
#define READ(field) EOT_TRY(read_number(json, &performance, #field, &result->performance.field, err));
    EOT_PERFORMANCE(READ)
#undef READ
done:
    json_decref(root);
    if (file != NULL) fclose(file);
    return status;
}
