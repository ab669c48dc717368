/** @file summary.c
 * summary.json, schema eotmc-summary/2: the writer; summary_read.c is the reader. A key more here is one more there. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"
#include "output/sinks.h"
#include "output/summary_schema.h"
#include "version.h"

/* Each function returns a new reference, or NULL without memory. */

/** JSON is UTF-8; a driver's name need not be. */
static json_t *text_to_json(const char *text) {
    json_t *json = json_string(text);
    if (json != NULL) return json;
    char *ascii = strdup(text);
    for (char *c = ascii; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    json = ascii != NULL ? json_string(ascii) : NULL;
    free(ascii);
    return json;
}

static json_t *run_to_json(const struct eot_result *r) {
    json_t *devices = json_array(), *primaries = json_array();
    int failed = 0;
    for (size_t i = 0; i < r->n_device; i++)
        failed |= json_array_append_new(devices, json_pack("{s:o, s:o}", "name", text_to_json(r->device[i].name),
                                                           "driver", text_to_json(r->device[i].driver)));
    for (size_t i = 0; i < r->n_range; i++)
        failed |= json_array_append_new(
            primaries, json_pack("[I, I]", (json_int_t)r->primaries[i][0], (json_int_t)r->primaries[i][1]));
    json_t *run = json_pack("{s:s, s:o, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o}", "id", r->id, "name",
                            text_to_json(r->name), "seed", (json_int_t)r->seed, "run", (json_int_t)r->run, "mode",
                            r->mode, "per", r->per, "config_sha256", r->config_sha256, "tables_sha256",
                            r->tables_sha256, "tally_sha256", r->tally_sha256, "version", r->version, "partial",
                            (int)r->partial, "devices", devices, "primaries", primaries);
    if (failed) {
        json_decref(run);
        return NULL;
    }
    return run;
}

/** null where there is no error: 0 would say that the number is known. */
static json_t *error_to_json(double std_error, bool has_no_error) {
    return has_no_error ? json_null() : json_real(std_error);
}

/** What an estimate, a row of the cut flow or a category rests on. */
static int set_support(json_t *json, double n_eff, bool is_poor, double upper_limit) {
    int failed = json_object_set_new(json, "n_eff", json_real(n_eff));
    if (is_poor) failed |= json_object_set_new(json, "poorly_determined", json_true());
    if (upper_limit > 0.0) failed |= json_object_set_new(json, "upper_limit_90", json_real(upper_limit));
    return failed;
}

static json_t *estimate_to_json(const struct eot_estimate *e) {
    json_t *json = json_pack("{s:f, s:o, s:o}", "value", e->value, "std_error",
                             error_to_json(e->std_error, e->has_no_error), "unit", text_to_json(e->unit));
    int failed = json == NULL;
    if (e->is_exact)
        failed |= json_object_set_new(json, "exact", json_true());
    else
        failed |= set_support(json, e->n_eff, e->is_poorly_determined, e->upper_limit_90);
    if (e->n_eff_error > 0.0) failed |= json_object_set_new(json, "n_eff_error", json_real(e->n_eff_error));
    if (e->lower_limit_90 > 0.0) failed |= json_object_set_new(json, "lower_limit_90", json_real(e->lower_limit_90));
    if (e->n_batches > 0) failed |= json_object_set_new(json, "n_batches", json_integer(e->n_batches));
    if (failed == 0) return json;
    json_decref(json);
    return NULL;
}

static json_t *doubles_to_json(const double *value, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, json_real(value[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

/** The contents of a bin with those below and above the axis. */
static json_t *with_flow(double below, const double *value, size_t n, double above) {
    json_t *array = doubles_to_json(value, n);
    if (json_array_insert_new(array, 0, json_real(below)) == 0 && json_array_append_new(array, json_real(above)) == 0)
        return array;
    json_decref(array);
    return NULL;
}

/** Schema 1 of UHI, the histograms of scikit-hep: https://uhi.readthedocs.io/en/latest/serialization.html */
static json_t *histogram_to_json(const struct eot_histogram *h) {
    json_t *axis =
        eot_histogram_is_regular(h)
            ? json_pack("{s:s, s:f, s:f, s:I, s:b, s:b, s:b}", "type", "regular", "lower", h->edges[0], "upper",
                        h->edges[h->n_bin], "bins", (json_int_t)h->n_bin, "underflow", 1, "overflow", 1, "circular", 0)
            : json_pack("{s:s, s:o, s:b, s:b, s:b}", "type", "variable", "edges",
                        doubles_to_json(h->edges, h->n_bin + 1), "underflow", 1, "overflow", 1, "circular", 0);
    if (axis != NULL && json_object_set_new(axis, "metadata",
                                            json_pack("{s:o, s:o}", "label", text_to_json(h->axis), "unit",
                                                      text_to_json(h->unit))) != 0) {
        json_decref(axis);
        axis = NULL;
    }
    return json_pack("{s:i, s:{s:{s:s}}, s:{s:o, s:s, s:o}, s:[o], s:{s:s, s:o, s:o}}", "uhi_schema", 1, "writer_info",
                     "eotmc", "version", EOT_VERSION, "metadata", "title", text_to_json(h->title), "content",
                     h->content, "unit", text_to_json(h->content_unit), "axes", axis, "storage", "type", "weighted",
                     "values", with_flow(h->underflow, h->values, h->n_bin, h->overflow), "variances",
                     with_flow(h->underflow_variance, h->variances, h->n_bin, h->overflow_variance));
}

/** The bins that are not empty: [bin of the momentum, bin of the missing energy, value, variance], 0 the underflow. */
static json_t *map_to_json(const struct eot_map *m) {
    json_t *entries = json_array();
    size_t side = m->n_bin + 2;
    int failed = 0;
    for (size_t i = 0; i < side * side; i++)
        if (m->values[i] > 0.0)
            failed |= json_array_append_new(entries, json_pack("[I, I, f, f]", (json_int_t)(i / side),
                                                               (json_int_t)(i % side), m->values[i], m->variances[i]));
    json_t *json =
        json_pack("{s:[s, s], s:s, s:I, s:f, s:s, s:o}", "axes", "muon momentum", "missing energy", "unit", "GeV",
                  "bins", (json_int_t)m->n_bin, "width", m->width, "content_unit", "1/EOT", "entries", entries);
    if (failed == 0) return json;
    json_decref(json);
    return NULL;
}

static json_t *performance_to_json(const struct eot_result *r) {
    json_t *json = json_object();
    int failed = 0;
#define SET(field) failed |= json_object_set_new(json, #field, json_real(r->performance.field));
    EOT_PERFORMANCE(SET)
#undef SET
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static json_t *cutflow_to_json(const struct eot_cutflow_row *row, size_t n) {
    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        json_t *json =
            json_pack("{s:o, s:f, s:f, s:o, s:b}", "cut", text_to_json(row[i].cut), "events", row[i].events, "weighted",
                      row[i].weighted, "std_error", error_to_json(row[i].std_error, row[i].has_no_error), "applied",
                      (int)!row[i].is_not_applied);
        failed |= set_support(json, row[i].n_eff, row[i].is_poorly_determined, row[i].upper_limit_90);
        failed |= json_array_append_new(array, json);
    }
    if (failed == 0) return array;
    json_decref(array);
    return NULL;
}

static json_t *categories_to_json(const struct eot_category *category, size_t n) {
    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        const struct eot_category *c = &category[i];
        json_t *json = json_pack("{s:o, s:o, s:f, s:o}", "name", text_to_json(c->name), "title", text_to_json(c->title),
                                 "weighted", c->weighted, "std_error", error_to_json(c->std_error, c->has_no_error));
        failed |= set_support(json, c->n_eff, c->is_poorly_determined, c->upper_limit_90);
        failed |= json_array_append_new(array, json);
    }
    if (failed == 0) return array;
    json_decref(array);
    return NULL;
}

/** The events that are lost: how many of how many, and the first of them with the command that follows each. */
static json_t *lost_to_json(const struct eot_result *r, const char *folder) {
    json_t *events = json_array();
    int failed = 0;
    for (size_t i = 0; i < r->n_lost_event; i++) {
        const struct eot_lost_event *e = &r->lost_event[i];
        json_t *command = json_sprintf("eotmc replay %s --event %llu", folder, (unsigned long long)e->primary);
        failed |= json_array_append_new(events, json_pack("{s:I, s:s, s:o}", "primary", (json_int_t)e->primary, "cause",
                                                          e->cause, "replay",
                                                          command != NULL ? command : json_string("eotmc replay")));
    }
    json_t *lost = json_pack("{s:I, s:I, s:o}", "lost", (json_int_t)r->n_lost, "followed", (json_int_t)r->n_followed,
                             "first", events);
    if (failed == 0) return lost;
    json_decref(lost);
    return NULL;
}

static json_t *warnings_to_json(const struct eot_findings *f) {
    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < f->n; i++)
        failed |= json_array_append_new(array, json_pack("{s:o, s:o}", "code", text_to_json(f->row[i].code), "message",
                                                         text_to_json(f->row[i].message)));
    if (failed == 0) return array;
    json_decref(array);
    return NULL;
}

/** The masses of phi that share the events, and whether the document is of one of them: the events are the run's then.
 */
static json_t *masses_to_json(const struct eot_result *r) {
    json_t *list = json_array();
    int failed = 0;
    for (size_t i = 0; i < r->n_mass; i++) {
        const struct eot_result_mass *m = &r->mass[i];
        failed |= json_array_append_new(list, json_pack("{s:f, s:f, s:f, s:f}", "mphi_GeV", m->m_phi, "share", m->share,
                                                        "n_eff", m->n_eff, "largest_ratio", m->largest_ratio));
    }
    if (failed == 0) return json_pack("{s:b, s:o}", "is_of_one", (int)r->is_of_mass, "list", list);
    json_decref(list);
    return NULL;
}

/** The whole document. */
static json_t *result_to_json(const struct eot_result *r, const char *folder) {
    json_t *estimates = json_object(), *histograms = json_object(), *faults = json_object(), *selections = json_array();
    int failed = 0;
    for (size_t i = 0; i < r->n_estimate; i++)
        failed |= json_object_set_new(estimates, r->estimate[i].name, estimate_to_json(&r->estimate[i]));
    for (size_t i = 0; i < r->n_histogram; i++)
        failed |= json_object_set_new(histograms, r->histogram[i].name, histogram_to_json(&r->histogram[i]));
    for (size_t i = 0; i < r->n_fault; i++)
        failed |= json_object_set_new(faults, r->fault[i].name, json_integer((json_int_t)r->fault[i].count));
    for (size_t i = 0; i < r->n_selection; i++) {
        const struct eot_selection_result *s = &r->selection[i];
        failed |=
            json_array_append_new(selections, json_pack("{s:o, s:o, s:o}", "name", text_to_json(s->name), "cutflow",
                                                        cutflow_to_json(s->cutflow, s->n_cutflow), "categories",
                                                        categories_to_json(s->category, s->n_category)));
    }
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:f, s:f, s:f}, s:o}", "schema", SCHEMA, "run",
                  run_to_json(r), "estimates", estimates, "cutflow", cutflow_to_json(r->cutflow, r->n_cutflow),
                  "categories", categories_to_json(r->category, r->n_category), "histograms", histograms, "faults",
                  faults, "energy_balance", "in_GeV", r->energy_in, "out_GeV", r->energy_out, "relative_residual",
                  r->energy_residual, "performance", performance_to_json(r));
    failed |= json_object_set_new(root, "lost_events", lost_to_json(r, folder));
    if (root != NULL && r->n_selection > 0) failed |= json_object_set(root, "selections", selections);
    json_decref(selections);
    if (root != NULL && r->n_mass > 0) failed |= json_object_set_new(root, "masses", masses_to_json(r));
    json_t *maps = json_object();
    for (size_t i = 0; i < r->n_map; i++) failed |= json_object_set_new(maps, r->map[i].name, map_to_json(&r->map[i]));
    if (root != NULL && r->n_map > 0) failed |= json_object_set(root, "maps", maps);
    json_decref(maps);
    if (root != NULL) failed |= json_object_set_new(root, "warnings", warnings_to_json(&r->warnings));
    if (failed) {
        json_decref(root);
        return NULL;
    }
    return root;
}

/** JSON integers are signed. */
static enum eot_status check_integers(const struct eot_result *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(r->seed <= INT64_MAX && r->run <= INT64_MAX, EOT_E_NUMERIC,
              "seed or run number above 2^63 (no JSON integer holds it); choose smaller ones");
    for (size_t i = 0; i < r->n_range; i++)
        EOT_CHECK(r->primaries[i][0] <= INT64_MAX && r->primaries[i][1] <= INT64_MAX, EOT_E_NUMERIC,
                  "primary ids up to %llu (no JSON integer above 2^63 holds them); lower sampling.first",
                  (unsigned long long)r->primaries[i][1]);
    for (size_t i = 0; i < r->n_fault; i++)
        EOT_CHECK(r->fault[i].count <= INT64_MAX, EOT_E_NUMERIC, "fault count '%s' above 2^63; report this as a bug",
                  r->fault[i].name);
done:
    return status;
}

/** jansson prints 0.1 as 0.10000000000000001. Replace each number by the shortest of 15 to 17 digits that reads back as
 * the same double; texts stay. */
static void shorten_numbers(char *text) {
    char *to = text;
    bool is_in_string = false;
    for (const char *from = text; *from != '\0';) {
        char *end, number[40];
        if (*from == '"') is_in_string = !is_in_string;
        if (is_in_string && *from == '\\') *to++ = *from++; /* an escaped quote ends no string */
        if (is_in_string || strchr("-0123456789", *from) == NULL) {
            *to++ = *from++;
            continue;
        }
        double value = strtod(from, &end);
        size_t n = (size_t)(end - from);
        bool is_real = memchr(from, '.', n) != NULL || memchr(from, 'e', n) != NULL;
        for (int precision = 15; precision <= 17; precision++) {
            snprintf(number, sizeof number, "%.*g", precision, value);
            if (strtod(number, NULL) == value) break;
        }
        if (strpbrk(number, ".e") == NULL) strcat(number, ".0"); /* a real stays one */
        if (is_real && strlen(number) < n)
            to = stpcpy(to, number);
        else
            to = (char *)memmove(to, from, n) + n;
        from = end;
    }
    *to = '\0';
}

/** summary.json, schema eotmc-summary/2. */
enum eot_status eot_output_summary(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                   struct eot_error *err) {
    (void)config;
    enum eot_status status = EOT_OK;
    json_t *root = NULL;
    char *text = NULL;
    size_t n_text;
    EOT_TRY(eot_result_check(result, err));
    EOT_TRY(check_integers(result, err));
    root = result_to_json(result, folder);
    EOT_CHECK_MEMORY(root);
    text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    EOT_CHECK_MEMORY(text);
    shorten_numbers(text);
    n_text = strlen(text);
    text[n_text] = '\n'; /* in place of the final 0: a text file ends with a newline */
    EOT_TRY(eot_output_write_file(folder, "summary.json", text, n_text + 1, err));
done:
    free(text);
    json_decref(root);
    return status;
}
