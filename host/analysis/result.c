#include "analysis/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void free_histogram(struct eot_histogram *histogram) {
    free(histogram->edges);
    free(histogram->values);
    free(histogram->variances);
}

static void free_map(struct eot_map *map) {
    free(map->values);
    free(map->variances);
}

void eot_result_free(struct eot_result *result) {
    for (size_t i = 0; i < result->n_histogram; i++) free_histogram(&result->histogram[i]);
    for (size_t i = 0; i < result->n_map; i++) free_map(&result->map[i]);
    free(result->histogram);
    free(result->map);
    free(result->device);
    free(result->primaries);
    free(result->estimate);
    free(result->cutflow);
    free(result->category);
    free(result->selection);
    free(result->fault);
    free(result->lost_event);
    free(result->mass);
    for (size_t i = 0; i < result->n_covariance; i++) free(result->covariance[i].value);
    free(result->covariance);
    free(result->events.value);
    free(result->events.own);
    free(result->events.own_name);
    eot_findings_free(&result->warnings);
    *result = (struct eot_result){0};
}

/** Append one element of n_bytes to the array at *array. */
static enum eot_status append(void *array, size_t *n, const void *element, size_t n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    void *old;
    memcpy(&old, array, sizeof old); /* *array is a pointer to some object type; all have one representation in POSIX */
    unsigned char *larger = eot_array_grown(old, *n, n_bytes);
    EOT_CHECK_MEMORY(larger);
    memcpy(larger + *n * n_bytes, element, n_bytes);
    memcpy(array, &larger, sizeof larger);
    ++*n;
done:
    return status;
}

const struct eot_estimate *eot_result_estimate(const struct eot_result *result, const char *name) {
    for (size_t i = 0; i < result->n_estimate; i++)
        if (strcmp(result->estimate[i].name, name) == 0) return &result->estimate[i];
    return NULL;
}

const struct eot_histogram *eot_result_histogram(const struct eot_result *result, const char *name) {
    for (size_t i = 0; i < result->n_histogram; i++)
        if (strcmp(result->histogram[i].name, name) == 0) return &result->histogram[i];
    return NULL;
}

const struct eot_map *eot_result_map(const struct eot_result *result, const char *name) {
    for (size_t i = 0; i < result->n_map; i++)
        if (strcmp(result->map[i].name, name) == 0) return &result->map[i];
    return NULL;
}

enum eot_status eot_result_add_estimate(struct eot_result *result, const struct eot_estimate *estimate,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(eot_result_estimate(result, estimate->name) == NULL, EOT_E_INTERNAL,
              "estimate '%s' exists already; report this as a bug", estimate->name);
    EOT_TRY(append(&result->estimate, &result->n_estimate, estimate, sizeof *estimate, err));
done:
    return status;
}

static double *copy_doubles(const double *source, size_t n) {
    double *copy = malloc(n * sizeof *copy);
    if (copy != NULL) memcpy(copy, source, n * sizeof *copy);
    return copy;
}

enum eot_status eot_result_add_histogram(struct eot_result *result, const struct eot_histogram *histogram,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_histogram copy = *histogram;
    copy.edges = copy.values = copy.variances = NULL;
    EOT_CHECK(eot_result_histogram(result, histogram->name) == NULL, EOT_E_INTERNAL,
              "histogram '%s' exists already; report this as a bug", histogram->name);
    EOT_CHECK(histogram->n_bin > 0, EOT_E_INTERNAL, "histogram '%s' has no bins; report this as a bug",
              histogram->name);
    copy.edges = copy_doubles(histogram->edges, histogram->n_bin + 1);
    copy.values = copy_doubles(histogram->values, histogram->n_bin);
    copy.variances = copy_doubles(histogram->variances, histogram->n_bin);
    EOT_CHECK_MEMORY(copy.edges);
    EOT_CHECK_MEMORY(copy.values);
    EOT_CHECK_MEMORY(copy.variances);
    EOT_TRY(append(&result->histogram, &result->n_histogram, &copy, sizeof copy, err));
done:
    if (status != EOT_OK) free_histogram(&copy);
    return status;
}

enum eot_status eot_result_add_map(struct eot_result *result, const struct eot_map *map, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_map copy = *map;
    size_t n = (map->n_bin + 2) * (map->n_bin + 2);
    copy.values = copy.variances = NULL;
    EOT_CHECK(eot_result_map(result, map->name) == NULL, EOT_E_INTERNAL,
              "map '%s' exists already; report this as a bug", map->name);
    copy.values = copy_doubles(map->values, n);
    copy.variances = copy_doubles(map->variances, n);
    EOT_CHECK_MEMORY(copy.values);
    EOT_CHECK_MEMORY(copy.variances);
    EOT_TRY(append(&result->map, &result->n_map, &copy, sizeof copy, err));
done:
    if (status != EOT_OK) free_map(&copy);
    return status;
}

enum eot_status eot_result_add_cutflow_row(struct eot_result *result, const struct eot_cutflow_row *row,
                                           struct eot_error *err) {
    return append(&result->cutflow, &result->n_cutflow, row, sizeof *row, err);
}

enum eot_status eot_result_add_category(struct eot_result *result, const struct eot_category *category,
                                        struct eot_error *err) {
    return append(&result->category, &result->n_category, category, sizeof *category, err);
}

enum eot_status eot_result_add_selection(struct eot_result *result, const struct eot_selection_result *selection,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < result->n_selection; i++)
        EOT_CHECK(strcmp(result->selection[i].name, selection->name) != 0, EOT_E_INTERNAL,
                  "selection '%s' exists already; report this as a bug", selection->name);
    EOT_TRY(append(&result->selection, &result->n_selection, selection, sizeof *selection, err));
done:
    return status;
}

enum eot_status eot_result_add_mass(struct eot_result *result, const struct eot_result_mass *mass,
                                    struct eot_error *err) {
    return append(&result->mass, &result->n_mass, mass, sizeof *mass, err);
}

enum eot_status eot_result_add_covariance(struct eot_result *result, const struct eot_covariance *covariance,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_covariance copy = *covariance;
    copy.value = copy_doubles(covariance->value, covariance->n * covariance->n);
    EOT_CHECK_MEMORY(copy.value);
    EOT_TRY(append(&result->covariance, &result->n_covariance, &copy, sizeof copy, err));
done:
    if (status != EOT_OK) free(copy.value);
    return status;
}

enum eot_status eot_result_add_fault(struct eot_result *result, const char *name, uint64_t count,
                                     struct eot_error *err) {
    struct eot_fault_count fault = {.count = count};
    snprintf(fault.name, sizeof fault.name, "%s", name);
    return append(&result->fault, &result->n_fault, &fault, sizeof fault, err);
}

enum eot_status eot_result_add_lost_event(struct eot_result *result, uint64_t primary, const char *cause,
                                          struct eot_error *err) {
    struct eot_lost_event event = {.primary = primary};
    snprintf(event.cause, sizeof event.cause, "%s", cause);
    return append(&result->lost_event, &result->n_lost_event, &event, sizeof event, err);
}

enum eot_status eot_result_add_device(struct eot_result *result, const char *name, const char *driver,
                                      struct eot_error *err) {
    struct eot_device_record device = {0};
    snprintf(device.name, sizeof device.name, "%s", name);
    snprintf(device.driver, sizeof device.driver, "%s", driver);
    return append(&result->device, &result->n_device, &device, sizeof device, err);
}

enum eot_status eot_result_add_range(struct eot_result *result, uint64_t first, uint64_t end, struct eot_error *err) {
    const uint64_t range[2] = {first, end};
    return append(&result->primaries, &result->n_range, range, sizeof range, err);
}

/** A number and, if is_error, one that must not be negative. */
static enum eot_status check_number(const char *kind, const char *name, const char *field, double number, bool is_error,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(isfinite(number), EOT_E_NUMERIC,
              "%s '%s': %s = %g (must be finite); report the configuration and seed as a bug", kind, name, field,
              number);
    EOT_CHECK(!is_error || number >= 0.0, EOT_E_NUMERIC,
              "%s '%s': %s = %g (must not be negative); report the configuration and seed as a bug", kind, name, field,
              number);
done:
    return status;
}

static enum eot_status check_histogram(const struct eot_histogram *h, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i <= h->n_bin; i++) {
        EOT_TRY(check_number("histogram", h->name, "edge", h->edges[i], false, err));
        EOT_CHECK(i == 0 || h->edges[i] > h->edges[i - 1], EOT_E_NUMERIC,
                  "histogram '%s': edge %zu = %.17g (must be above %.17g); correct its binning", h->name, i,
                  h->edges[i], h->edges[i - 1]);
    }
    for (size_t i = 0; i < h->n_bin; i++) {
        EOT_TRY(check_number("histogram", h->name, "value", h->values[i], false, err));
        EOT_TRY(check_number("histogram", h->name, "variance", h->variances[i], true, err));
    }
    EOT_TRY(check_number("histogram", h->name, "underflow", h->underflow, false, err));
    EOT_TRY(check_number("histogram", h->name, "overflow", h->overflow, false, err));
    EOT_TRY(check_number("histogram", h->name, "underflow_variance", h->underflow_variance, true, err));
    EOT_TRY(check_number("histogram", h->name, "overflow_variance", h->overflow_variance, true, err));
done:
    return status;
}

static enum eot_status check_map(const struct eot_map *m, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < (m->n_bin + 2) * (m->n_bin + 2); i++) {
        EOT_TRY(check_number("map", m->name, "value", m->values[i], true, err));
        EOT_TRY(check_number("map", m->name, "variance", m->variances[i], true, err));
    }
done:
    return status;
}

/** The cut flow and the categories of a selection. */
static enum eot_status check_rows(const struct eot_cutflow_row *cutflow, size_t n_cutflow,
                                  const struct eot_category *category, size_t n_category, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < n_cutflow; i++) {
        const struct eot_cutflow_row *c = &cutflow[i];
        EOT_TRY(check_number("cut", c->cut, "events", c->events, false, err));
        EOT_TRY(check_number("cut", c->cut, "weighted", c->weighted, false, err));
        EOT_TRY(check_number("cut", c->cut, "std_error", c->std_error, true, err));
        EOT_TRY(check_number("cut", c->cut, "n_eff", c->n_eff, true, err));
        EOT_TRY(check_number("cut", c->cut, "upper_limit_90", c->upper_limit_90, true, err));
    }
    for (size_t i = 0; i < n_category; i++) {
        const struct eot_category *c = &category[i];
        EOT_TRY(check_number("category", c->name, "weighted", c->weighted, false, err));
        EOT_TRY(check_number("category", c->name, "std_error", c->std_error, true, err));
        EOT_TRY(check_number("category", c->name, "n_eff", c->n_eff, true, err));
        EOT_TRY(check_number("category", c->name, "upper_limit_90", c->upper_limit_90, true, err));
    }
done:
    return status;
}

enum eot_status eot_result_check(const struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < result->n_estimate; i++) {
        const struct eot_estimate *e = &result->estimate[i];
        EOT_TRY(check_number("estimate", e->name, "value", e->value, false, err));
        EOT_TRY(check_number("estimate", e->name, "std_error", e->std_error, true, err));
        EOT_TRY(check_number("estimate", e->name, "n_eff", e->n_eff, true, err));
        EOT_TRY(check_number("estimate", e->name, "upper_limit_90", e->upper_limit_90, true, err));
        EOT_TRY(check_number("estimate", e->name, "lower_limit_90", e->lower_limit_90, true, err));
    }
    for (size_t i = 0; i < result->n_histogram; i++) EOT_TRY(check_histogram(&result->histogram[i], err));
    EOT_TRY(check_rows(result->cutflow, result->n_cutflow, result->category, result->n_category, err));
    for (size_t i = 0; i < result->n_selection; i++) {
        const struct eot_selection_result *s = &result->selection[i];
        EOT_TRY(check_rows(s->cutflow, s->n_cutflow, s->category, s->n_category, err));
    }
    for (size_t i = 0; i < result->n_map; i++) EOT_TRY(check_map(&result->map[i], err));
    EOT_TRY(check_number("energy balance", "in", "energy", result->energy_in, false, err));
    EOT_TRY(check_number("energy balance", "out", "energy", result->energy_out, false, err));
    EOT_TRY(check_number("energy balance", "residual", "relative", result->energy_residual, false, err));
#define CHECK(field) EOT_TRY(check_number("performance", #field, "value", result->performance.field, false, err));
    EOT_PERFORMANCE(CHECK)
#undef CHECK
done:
    return status;
}

double eot_histogram_regular_edge(double lower, double upper, size_t n_bin, size_t i) {
    return lower + (upper - lower) * (double)i / (double)n_bin;
}

bool eot_histogram_is_regular(const struct eot_histogram *h) {
    for (size_t i = 0; i <= h->n_bin; i++)
        if (h->edges[i] != eot_histogram_regular_edge(h->edges[0], h->edges[h->n_bin], h->n_bin, i)) return false;
    return true;
}
