/* The combined tables and figure of a scan. */
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cli/scan.h"
#include "config/schema.h"
#include "output/format.h"
#include "output/shown.h"
#include "output/figure_axes.h"
#include "output/output.h"
#include "version.h"

enum { MAX_CURVE = 12 };
static const char *const STATE[] = {"waiting", "done", "kept", "failed", "partial"};

static bool has_result(const struct eot_scan_point *p) {
    return p->state == EOT_SCAN_DONE || p->state == EOT_SCAN_KEPT || p->state == EOT_SCAN_PARTIAL;
}

/* Every estimate that some point has, in the order of their first appearance. */
static enum eot_status all_names(const struct eot_scan *scan, const char ***names, size_t *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *names = NULL;
    *n = 0;
    for (size_t i = 0; i < scan->n_point; i++)
        for (size_t k = 0; k < scan->point[i].result.n_estimate; k++) {
            const char *name = scan->point[i].result.estimate[k].name;
            size_t at = k < *n && strcmp((*names)[k], name) == 0 ? k : 0; /* points usually have the same list */
            while (at < *n && strcmp((*names)[at], name) != 0) at++;
            if (at < *n) continue;
            const char **larger = eot_array_grown(*names, *n, sizeof *larger);
            EOT_CHECK_MEMORY(larger);
            *names = larger;
            larger[(*n)++] = name;
        }
done:
    return status;
}

/* A text as a field of CSV (RFC 4180). */
static void add_field(struct eot_text *text, const char *field) {
    if (strpbrk(field, ",\"\n") == NULL) {
        eot_text_add(text, "%s", field);
        return;
    }
    eot_text_add(text, "\"");
    for (; *field != '\0'; field++) eot_text_add(text, *field == '"' ? "\"\"" : "%c", *field);
    eot_text_add(text, "\"");
}

static enum eot_status write_csv(const struct eot_scan *scan, const char *const *name, size_t n,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text text = {0};
    for (size_t a = 0; a < scan->n_axis; a++) {
        add_field(&text, scan->axis[a].key);
        eot_text_add(&text, ",");
    }
    eot_text_add(&text, "state,folder");
    for (size_t k = 0; k < n; k++)
        eot_text_add(&text, ",%s,%s.std_error,%s.n_eff,%s.upper_limit_90,%s.poorly_determined", name[k], name[k],
                     name[k], name[k], name[k]);
    eot_text_add(&text, "\n");
    for (size_t i = 0; i < scan->n_point; i++) {
        const struct eot_scan_point *p = &scan->point[i];
        for (size_t a = 0; a < scan->n_axis; a++) {
            add_field(&text, scan->axis[a].value[p->at[a]]);
            eot_text_add(&text, ",");
        }
        eot_text_add(&text, "%s,", STATE[p->state]);
        add_field(&text, p->name);
        for (size_t k = 0; k < n; k++) {
            const struct eot_estimate *e = eot_result_estimate(&p->result, name[k]);
            if (e == NULL) {
                eot_text_add(&text, ",,,,,");
                continue;
            }
            eot_text_add(&text, ",%.10g,", e->value); /* a field is empty where there is no such number */
            if (!e->has_no_error) eot_text_add(&text, "%.4g", e->std_error);
            eot_text_add(&text, ",");
            if (!e->is_exact) eot_text_add(&text, "%.6g", e->n_eff);
            eot_text_add(&text, ",");
            if (e->upper_limit_90 > 0.0) eot_text_add(&text, "%.6g", e->upper_limit_90);
            eot_text_add(&text, ",%d", e->is_poorly_determined ? 1 : 0);
        }
        eot_text_add(&text, "\n");
    }
    EOT_CHECK(!text.is_failed, EOT_E_MEMORY, "out of memory for the table of %zu points; free memory", scan->n_point);
    EOT_TRY(eot_output_write_file(scan->folder, "scan.csv", text.text, text.n, err));
done:
    eot_text_free(&text);
    return status;
}

static enum eot_status write_json(const struct eot_scan *scan, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = NULL;
    const struct eot_scan_request *r = scan->request;
    json_t *root = json_object(), *keys = json_array(), *points = json_array(), *set_for_all = json_array();
    for (size_t i = 0; i < r->set.n; i++) json_array_append_new(set_for_all, json_string(r->set.text[i]));
    for (size_t a = 0; a < scan->n_axis; a++) {
        json_t *values = json_array();
        for (size_t k = 0; k < scan->axis[a].n; k++) json_array_append_new(values, json_string(scan->axis[a].value[k]));
        json_array_append_new(keys, json_pack("{s:s, s:o}", "key", scan->axis[a].key, "values", values));
    }
    for (size_t i = 0; i < scan->n_point; i++) {
        const struct eot_scan_point *p = &scan->point[i];
        json_t *set = json_object(), *estimates = json_object(), *point;
        for (size_t a = 0; a < scan->n_axis; a++)
            json_object_set_new(set, scan->axis[a].key, json_string(scan->axis[a].value[p->at[a]]));
        for (size_t k = 0; k < p->result.n_estimate; k++) {
            const struct eot_estimate *e = &p->result.estimate[k];
            json_t *json = json_pack("{s:f, s:o, s:s, s:f, s:I}", "value", e->value, "std_error",
                                     e->has_no_error ? json_null() : json_real(e->std_error), "unit", e->unit, "n_eff",
                                     e->n_eff, "n_batches", (json_int_t)e->n_batches);
            if (e->is_exact) json_object_set_new(json, "exact", json_true());
            if (e->is_poorly_determined) json_object_set_new(json, "poorly_determined", json_true());
            if (e->upper_limit_90 > 0.0) json_object_set_new(json, "upper_limit_90", json_real(e->upper_limit_90));
            json_object_set_new(estimates, e->name, json);
        }
        point = json_pack("{s:s, s:s, s:o, s:o}", "folder", p->name, "state", STATE[p->state], "set", set, "estimates",
                          estimates);
        if (has_result(p)) json_object_set_new(point, "config_sha256", json_string(p->result.config_sha256));
        if (p->failure != NULL) json_object_set_new(point, "failure", json_string(p->failure));
        json_array_append_new(points, point);
    }
    int failed =
        json_object_set_new(root, "schema", json_string("eotmc-scan/1")) |
        json_object_set_new(root, "version", json_string(EOT_VERSION)) |
        json_object_set_new(root, "config", json_string(scan->config)) | json_object_set_new(root, "set", set_for_all) |
        json_object_set_new(root, "background", r->background != NULL ? json_string(r->background) : json_null()) |
        json_object_set_new(root, "eot", json_real(r->eot)) | json_object_set_new(root, "keys", keys) |
        json_object_set_new(root, "points", points);
    text = json_dumps(root, JSON_INDENT(1));
    EOT_CHECK(failed == 0 && text != NULL && json_array_size(points) == scan->n_point, EOT_E_MEMORY,
              "out of memory for the table of %zu points; free memory", scan->n_point);
    EOT_TRY(eot_output_write_file(scan->folder, EOT_SCAN_FILE, text, strlen(text), err));
done:
    free(text);
    json_decref(root);
    return status;
}

enum eot_status eot_scan_write_tables(const struct eot_scan *scan, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char **name = NULL;
    size_t n = 0;
    EOT_TRY(all_names(scan, &name, &n, err));
    EOT_TRY(write_csv(scan, name, n, err));
    EOT_TRY(write_json(scan, err));
done:
    free(name);
    return status;
}

/* The point with the smallest limit on the coupling, if there is such a figure of merit; those that are poorly
 * determined take no part. */
static void print_best(const struct eot_scan *scan) {
    const struct eot_scan_point *best = NULL;
    double least = 0.0;
    size_t n_poor = 0, n = 0;
    for (size_t i = 0; i < scan->n_point; i++) {
        const struct eot_scan_point *p = &scan->point[i];
        const struct eot_estimate *merit = has_result(p) ? eot_result_estimate(&p->result, "merit.h90") : NULL;
        if (merit == NULL) continue;
        n++;
        n_poor += merit->is_poorly_determined;
        if (merit->is_poorly_determined || (best != NULL && merit->value >= least)) continue;
        best = p;
        least = merit->value;
    }
    if (n == 0) return;
    if (best != NULL)
        printf("best     %s: merit.h90 %.4g", best->name, least);
    else
        printf("best     no point: every merit.h90 is poorly determined; simulate more electrons");
    if (best != NULL && n_poor > 0) printf("; %zu of %zu points are poorly determined and take no part", n_poor, n);
    printf("\n");
}

void eot_scan_print(const struct eot_scan *scan) {
    for (size_t a = 0; a < scan->n_axis; a++) printf("%s%-24s", a > 0 ? "  " : "", scan->axis[a].key);
    for (size_t k = 0; k < scan->n_estimate; k++) printf("  %-26s", scan->estimate[k]);
    printf("\n");
    for (size_t i = 0; i < scan->n_point; i++) {
        const struct eot_scan_point *p = &scan->point[i];
        for (size_t a = 0; a < scan->n_axis; a++) printf("%s%-24s", a > 0 ? "  " : "", scan->axis[a].value[p->at[a]]);
        for (size_t k = 0; k < scan->n_estimate && has_result(p); k++) {
            const struct eot_estimate *e = eot_result_estimate(&p->result, scan->estimate[k]);
            char number[96] = "-";
            if (e != NULL) eot_estimate_format(number, sizeof number, e);
            printf("  %-26s%s", number, e != NULL && e->is_poorly_determined ? " poorly determined" : "");
        }
        if (!has_result(p)) printf("  %s", STATE[p->state]);
        printf("\n");
    }
    print_best(scan);
}

/* The places of an axis' values: the numbers that they begin with, if they are numbers of one unit; otherwise 1, 2, ...
 * @return the unit, or NULL. */
static const char *places_of(const struct eot_scan_axis *axis, double *place) {
    const char *unit = NULL;
    for (size_t k = 0; k < axis->n; k++) {
        char *end;
        place[k] = strtod(axis->value[k], &end);
        bool is_number = end != axis->value[k] && isfinite(place[k]);
        end += strspn(end, " ");
        if (!is_number || (k > 0 && strcmp(end, unit) != 0)) {
            for (size_t i = 0; i < axis->n; i++) place[i] = (double)i + 1.0;
            return NULL;
        }
        unit = end;
    }
    if (unit != NULL && unit[0] == '\0') /* bare numbers are in the key's base unit */
        for (size_t k = 0; k < EOT_N_KEYS; k++)
            if (EOT_KEYS[k].scope == EOT_SCOPE_ROOT && strcmp(EOT_KEYS[k].path, axis->key) == 0 &&
                (EOT_KEYS[k].type == EOT_KEY_NUMBER || EOT_KEYS[k].type == EOT_KEY_NUMBERS))
                unit = eot_dimension_unit(EOT_KEYS[k].dimension);
    return unit;
}

/* A key of the configuration as the name of an axis. */
static const char *axis_words(const char *key) {
    static const char *const words[][2] = {{"physics.mphi", "mass of φ"},
                                           {"physics.h", "coupling h"},
                                           {"beam.energy", "beam energy"},
                                           {"beam.kinetic_energy", "kinetic energy of the beam"},
                                           {"selection.missing_energy", "smallest missing energy"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], key) == 0) return words[i][1];
    return key;
}

/* An estimate in the legend: an efficiency by the title of its cut. */
static const char *curve_words(const char *name) {
#define EOT_CUT(id, key, title, detector, condition) \
    if (strcmp(name, "efficiency." key) == 0) return title;
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
    return strcmp(name, "efficiency.total") == 0 ? "all cuts" : name;
}

/* What the names have in common up to a dot: "efficiency" of efficiency.track, efficiency.total. */
static void common_prefix(const struct eot_scan *scan, char *text, size_t n_text) {
    size_t n = strlen(scan->estimate[0]), dot = 0;
    for (size_t k = 1; k < scan->n_estimate; k++)
        for (size_t i = 0; i < n; i++)
            if (scan->estimate[k][i] != scan->estimate[0][i]) n = i;
    for (size_t i = 0; i < n; i++)
        if (scan->estimate[0][i] == '.') dot = i;
    snprintf(text, n_text, "%.*s", (int)(scan->n_estimate == 1 ? n : dot), scan->estimate[0]);
}

/* The curve that a point belongs to: the combination of the values of all axes but one. */
static size_t curve_of(const struct eot_scan *scan, const struct eot_scan_point *p, size_t x) {
    size_t curve = 0;
    for (size_t a = 0; a < scan->n_axis; a++)
        if (a != x) curve = curve * scan->axis[a].n + p->at[a];
    return curve;
}

static void add_curve(const struct eot_scan *scan, size_t x, const double *place, size_t curve, const char *name,
                      struct eot_text *data, double *low, double *high) {
    const struct eot_scan_axis *axis = &scan->axis[x];
    eot_text_add(data, "# %s\n# %s value std_error\n", name, axis->key);
    double after = -DBL_MAX;
    for (size_t n = 0; n < axis->n; n++) { /* by rising place, whatever the order that they were given in */
        size_t next = axis->n;
        for (size_t k = 0; k < axis->n; k++)
            if (place[k] > after && (next == axis->n || place[k] < place[next])) next = k;
        if (next == axis->n) break;
        after = place[next];
        for (size_t i = 0; i < scan->n_point; i++) {
            const struct eot_scan_point *p = &scan->point[i];
            const struct eot_estimate *e = eot_result_estimate(&p->result, name);
            if (p->at[x] != next || curve_of(scan, p, x) != curve || !has_result(p) || e == NULL) continue;
            eot_text_add(data, "%.9g %.9g %.9g\n", place[next], e->value, e->std_error);
            if (e->value > 0.0) *low = fmin(*low, e->value);
            *high = fmax(*high, e->value + e->std_error);
        }
    }
    eot_text_add(data, "\n\n");
}

static void add_curve_title(const struct eot_scan *scan, size_t x, size_t curve, const char *name,
                            struct eot_text *script) {
    struct eot_text title = {0};
    size_t rest = curve, at[EOT_SCAN_MAX_AXIS];
    for (size_t a = scan->n_axis; a-- > 0;)
        if (a != x) {
            at[a] = rest % scan->axis[a].n;
            rest /= scan->axis[a].n;
        }
    if (scan->n_estimate > 1) eot_text_add(&title, "%s", curve_words(name));
    for (size_t a = 0; a < scan->n_axis; a++)
        if (a != x && scan->axis[a].n > 1)
            eot_text_add(&title, "%s%s = %s", title.n > 0 ? ", " : "", scan->axis[a].key, scan->axis[a].value[at[a]]);
    if (title.n > 0) {
        eot_text_add(script, " title ");
        eot_text_add_quoted(script, title.text, 0);
    } else {
        eot_text_add(script, " notitle");
    }
    eot_text_free(&title);
}

enum eot_status eot_scan_write_figure(const struct eot_scan *scan, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text data = {0}, script = {0};
    size_t x = 0, n_combination = 1, n_curve = 0;
    double *place = NULL, low = DBL_MAX, high = 0.0, x_low = DBL_MAX, x_high = -DBL_MAX;
    if (scan->n_estimate == 0) goto done; /* no point is done */
    for (size_t a = scan->n_axis; a-- > 0;)
        if (scan->axis[a].n > 1) x = a;
    for (size_t a = 0; a < scan->n_axis; a++) n_combination *= a != x ? scan->axis[a].n : 1;
    const struct eot_scan_axis *axis = &scan->axis[x];
    place = malloc(axis->n * sizeof *place);
    EOT_CHECK_MEMORY(place);
    const char *unit = places_of(axis, place);
    for (size_t k = 0; k < axis->n; k++) {
        x_low = fmin(x_low, place[k]);
        x_high = fmax(x_high, place[k]);
    }
    for (size_t k = 0; k < scan->n_estimate && n_curve < MAX_CURVE; k++)
        for (size_t c = 0; c < n_combination && n_curve < MAX_CURVE; c++, n_curve++)
            add_curve(scan, x, place, c, scan->estimate[k], &data, &low, &high);
    eot_text_add(&script, "set xlabel ");
    struct eot_text label = {0};
    eot_text_add(&label, "%s%s%s%s", axis_words(axis->key), unit != NULL && unit[0] != '\0' ? " [" : "",
                 unit != NULL ? unit : "", unit != NULL && unit[0] != '\0' ? "]" : "");
    eot_text_add_quoted(&script, label.text != NULL ? label.text : "", 0);
    eot_text_free(&label);
    eot_text_add(&script, "\nset ylabel ");
    const struct eot_estimate *any = NULL;
    for (size_t i = 0; i < scan->n_point && any == NULL; i++)
        any = eot_result_estimate(&scan->point[i].result, scan->estimate[0]);
    char text[160], prefix[100];
    bool has_unit = any != NULL && strcmp(any->unit, "1") != 0;
    common_prefix(scan, prefix, sizeof prefix);
    snprintf(text, sizeof text, "%s%s%s%s", prefix, has_unit ? " [" : "", has_unit ? any->unit : "",
             has_unit ? "]" : "");
    eot_text_add_quoted(&script, text, 0);
    if (unit == NULL) { /* words */
        eot_text_add(&script, "\nset xtics (");
        for (size_t k = 0; k < axis->n; k++) {
            eot_text_add(&script, "%s", k > 0 ? ", " : "");
            eot_text_add_quoted(&script, axis->value[k], 1);
            eot_text_add(&script, " %zu", k + 1);
        }
        eot_text_add(&script, ")\nset xrange [0.5:%zu.5]\n", axis->n);
    } else if (x_low > 0.0 && x_high / x_low >= 9.0) {
        eot_text_add(&script, "\nset xrange [%.6g:%.6g]\n", x_low / 1.15, x_high * 1.15);
        eot_figure_log_tics(&script, 'x', x_low / 1.15, x_high * 1.15);
    } else {
        double margin = x_high > x_low ? 0.05 * (x_high - x_low) : 1.0;
        eot_text_add(&script, "\nset xrange [%.6g:%.6g]\n", x_low - margin, x_high + margin);
    }
    if (high > 0.0 && high / low > 30.0) {
        eot_figure_log_tics(&script, 'y', low / 1.5, high * 1.5);
        eot_text_add(&script, "set yrange [%.6g:%.6g]\n", low / 1.5, high * 1.5);
    } else
        eot_text_add(&script, "set yrange [0:%.6g]\n%s", high > 0.0 ? 1.1 * high : 1.0,
                     high > 0.0 && high < 1e-3 ? "set format y '%.1t×10^{%T}'\n" : "");
    eot_text_add(&script,
                 "set minussign\nset border 31 linewidth 0.8\nset lmargin 11\nset rmargin "
                 "3\nset key above vertical maxrows 4 samplen 2 font ',15'\nset bars small\n"
                 "set label 99 'eotmc %s' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'\nplot ",
                 EOT_VERSION);
    for (size_t i = 0; i < n_curve; i++) {
        eot_text_add(&script,
                     "%s'scan.dat' index %zu using 1:2 with lines linecolor '%s' dashtype %zu notitle, \\\n     '' "
                     "index %zu using 1:2:3 with yerrorbars linecolor '%s' pointtype %d "
                     "pointsize 1.2",
                     i > 0 ? ", \\\n     " : "", i, eot_figure_colour[i % 6], i / 6 + 1, i, eot_figure_colour[i % 6],
                     i < 6 ? 7 : 6);
        add_curve_title(scan, x, i % n_combination, scan->estimate[i / n_combination], &script);
    }
    eot_text_add(&script, "\n");
    EOT_TRY(eot_gnuplot_figure(scan->folder, "scan", 1200, 900, &data, &script, err));
done:
    free(place);
    eot_text_free(&data);
    eot_text_free(&script);
    return status;
}
