/* What a study takes from the folders of runs and scans, and from the files of `eotmc yield`. */
#include <gsl/gsl_cdf.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/result.h"
#include "base/array.h"
#include "config/units.h"
#include "output/file.h"
#include "output/output.h"
#include "study/read_private.h"

/* Sections that must be the same in all runs of a study, since they say what the experiment is. */
static const char *const COMMON[] = {"beam", "geometry", "detector", "selection"}; /* the beam first */

/* Keys that say which particle of the beam a run is about: a pion among the electrons is of the same experiment. */
static const char *const OF_THE_PARTICLE[] = {"particle", "decay_region"};

static bool is_of_the_particle(const char *key) {
    for (size_t i = 0; i < sizeof OF_THE_PARTICLE / sizeof OF_THE_PARTICLE[0]; i++)
        if (key != NULL && strcmp(key, OF_THE_PARTICLE[i]) == 0) return true;
    return false;
}

static bool is_same(const struct eot_node *a, const struct eot_node *b);

/* The same keys with the same values, but for those of the particle. */
static bool is_same_beam(const struct eot_node *a, const struct eot_node *b) {
    if (a == NULL || b == NULL || a->kind != EOT_NODE_MAP || b->kind != EOT_NODE_MAP) return is_same(a, b);
    for (size_t i = 0; i < a->n_child; i++)
        if (!is_of_the_particle(a->child[i]->key) && !is_same(a->child[i], eot_node_child(b, a->child[i]->key)))
            return false;
    for (size_t i = 0; i < b->n_child; i++)
        if (!is_of_the_particle(b->child[i]->key) && eot_node_child(a, b->child[i]->key) == NULL) return false;
    return true;
}

static bool is_same(const struct eot_node *a, const struct eot_node *b) {
    if (a == NULL || b == NULL) return a == b;
    if (a->kind != b->kind || a->n_child != b->n_child) return false;
    if (a->kind == EOT_NODE_SCALAR) return strcmp(a->text, b->text) == 0;
    for (size_t i = 0; i < a->n_child; i++) {
        bool has_keys = a->child[i]->key != NULL && b->child[i]->key != NULL;
        if (has_keys && strcmp(a->child[i]->key, b->child[i]->key) != 0) return false;
        if (!is_same(a->child[i], b->child[i])) return false;
    }
    return true;
}

/* A run that was opened: its numbers and its configuration. */
struct run {
    char *folder;
    struct eot_result result;
    struct eot_tree config;
    char *config_path;
};

static void run_free(struct run *run) {
    eot_result_free(&run->result);
    eot_tree_free(&run->config);
    free(run->config_path);
    free(run->folder);
}

static enum eot_status run_open(const char *folder, struct run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, "summary.json");
    struct eot_error inner;
    *run = (struct run){.folder = strdup(folder), .config_path = eot_output_path(folder, "effective-config.yaml")};
    EOT_CHECK_MEMORY(path);
    EOT_CHECK_MEMORY(run->folder);
    EOT_CHECK_MEMORY(run->config_path);
    EOT_CHECK(eot_output_has(folder, "summary.json"), EOT_E_CONFIG,
              "'%s' is no folder of a run (it has no summary.json); give one that `eotmc run` or `eotmc scan` made",
              folder);
    EOT_CHECK(eot_output_summary_read(path, &run->result, &inner) == EOT_OK, EOT_E_CONFIG, "%s", inner.text);
    EOT_CHECK(!run->result.partial, EOT_E_CONFIG,
              "the run in '%s' is partial (it was interrupted, so its numbers are not those of its configuration); run "
              "it again",
              folder);
    EOT_CHECK(eot_tree_read(run->config_path, NULL, NULL, 0, &run->config, &inner) == EOT_OK, EOT_E_CONFIG,
              "the run in '%s' has no configuration that can be read (%s); run it again", folder, inner.text);
done:
    free(path);
    return status;
}

/* All runs of a study are of one experiment. */
static enum eot_status same_experiment(struct eot_study_reader *r, struct run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!r->has_setup) {
        r->first = strdup(run->folder);
        EOT_CHECK_MEMORY(r->first);
        r->setup = run->config;
        run->config = (struct eot_tree){.root = NULL};
        r->has_setup = true;
        goto done;
    }
    for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++)
        EOT_CHECK((i == 0 ? is_same_beam : is_same)(eot_node_child(r->setup.root, COMMON[i]),
                                                    eot_node_child(run->config.root, COMMON[i])),
                  EOT_E_CONFIG,
                  "the runs in '%s' and '%s' differ in section %s of their configurations (a study is one experiment); "
                  "make both with the same",
                  r->first, run->folder, COMMON[i]);
done:
    return status;
}

/* A number of the configuration, before same_experiment takes it. */
static enum eot_status config_number(const struct run *run, const char *path, enum eot_dimension dimension,
                                     double *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum eot_dimension other;
    const struct eot_node *node = eot_tree_find(&run->config, path);
    EOT_CHECK(node != NULL && node->kind == EOT_NODE_SCALAR &&
                  eot_number_read(node->text, dimension, value, &other) == EOT_NUMBER_OK,
              EOT_E_CONFIG, "the run in '%s' has no %s in its configuration; run it again", run->folder, path);
done:
    return status;
}

static struct eot_measured measured(const struct eot_result *result, const char *name) {
    const struct eot_estimate *e = eot_result_estimate(result, name);
    return e != NULL ? (struct eot_measured){e->value, e->std_error} : (struct eot_measured){NAN, NAN};
}

/* Difference to the other model of the calorimeter's tail: what the run did not take. */
static double other_tail(const struct eot_result *result, double selected) {
    struct eot_measured a = measured(result, "selected.per_eot_gaussian"),
                        b = measured(result, "selected.per_eot_exponential");
    if (isnan(a.value) || isnan(b.value)) return NAN;
    return fabs(a.value - selected) > fabs(b.value - selected) ? a.value : b.value;
}

/* Whether an estimate says of itself that it is poorly determined. @param limit out: its 90 % upper limit, or 0. An
 * estimate of few entries that states none has that of a Poisson mean of which as many were seen. */
static bool is_poor(const struct run *run, const char *name, double *limit) {
    const struct eot_estimate *e = eot_result_estimate(&run->result, name);
    *limit = e->upper_limit_90;
    if (*limit == 0.0 && e->value > 0.0 && e->n_eff > 0.0)
        *limit = e->value * 0.5 * gsl_cdf_chisq_Pinv(0.9, 2.0 * (e->n_eff + 1.0)) / e->n_eff;
    return e->is_poorly_determined;
}

static enum eot_status cutflow_read(const struct eot_result *result, struct eot_study_cutflow *cutflow,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cutflow->row = calloc(result->n_cutflow > 0 ? result->n_cutflow : 1, sizeof *cutflow->row);
    EOT_CHECK_MEMORY(cutflow->row);
    for (size_t i = 0; i < result->n_cutflow; i++) {
        struct eot_study_cut *cut = &cutflow->row[cutflow->n++];
        snprintf(cut->name, sizeof cut->name, "%s", result->cutflow[i].cut);
        cut->per_eot = result->cutflow[i].weighted;
        cut->error = result->cutflow[i].std_error;
    }
done:
    return status;
}

void eot_study_efficiency_free(struct eot_study_efficiency *e) {
    free(e->edge);
    free(e->value);
    free(e->error);
    *e = (struct eot_study_efficiency){.n = 0};
}

static enum eot_status efficiency_read(const struct eot_result *result, struct eot_study_efficiency *e,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_histogram *h = eot_result_histogram(result, "signal.efficiency");
    if (h == NULL) return EOT_OK;
    e->edge = calloc(h->n_bin + 1, sizeof *e->edge);
    e->value = calloc(h->n_bin, sizeof *e->value);
    e->error = calloc(h->n_bin, sizeof *e->error);
    EOT_CHECK_MEMORY(e->edge);
    EOT_CHECK_MEMORY(e->value);
    EOT_CHECK_MEMORY(e->error);
    e->n = h->n_bin;
    memcpy(e->edge, h->edges, (h->n_bin + 1) * sizeof *e->edge);
    memcpy(e->value, h->values, h->n_bin * sizeof *e->value);
    for (size_t i = 0; i < h->n_bin; i++) e->error[i] = sqrt(h->variances[i]);
done:
    return status;
}

static enum eot_status signal_append(struct eot_study *s, struct eot_study_signal signal, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study_signal *grown = eot_array_grown(s->signal, s->n_signal, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->signal = grown;
    grown[s->n_signal++] = signal;
done:
    return status;
}

static enum eot_status add_signal_run(struct eot_study_reader *r, const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct run run = {.folder = NULL};
    struct eot_study_signal s = {.origin = NULL};
    EOT_TRY(run_open(folder, &run, err));
    s.selected = measured(&run.result, "selected.per_eot");
    s.yield = measured(&run.result, "signal.per_eot");
    s.efficiency = measured(&run.result, "efficiency.total");
    EOT_CHECK(!isnan(s.yield.value) && !isnan(s.efficiency.value) && s.selected.value > 0.0, EOT_E_CONFIG,
              "the run in '%s' selects no signal (its summary has no signal.per_eot, or nothing is left); give runs "
              "with physics.rare.lfc, of more showers",
              folder);
    double limit;
    if (is_poor(&run, "selected.per_eot", &limit))
        EOT_TRY(eot_study_warn(r->study, err,
                               "the signal in '%s' is poorly determined (few events carry its weight); simulate more "
                               "showers",
                               folder));
    EOT_TRY(config_number(&run, "physics.mphi", EOT_DIM_ENERGY, &s.m_phi, err));
    EOT_TRY(config_number(&run, "physics.h", EOT_DIM_NONE, &s.h, err));
    EOT_TRY(same_experiment(r, &run, err));
    double other = other_tail(&run.result, s.selected.value);
    s.tail = isnan(other) ? 0.0 : fabs(other / s.selected.value - 1.0);
    if (r->study->bins.n_cell > 1)
        EOT_TRY(eot_study_shape_read(r->study, &run.result, s.selected.value, folder, &s.shape, err));
    s.xsec = 1e-3; /* tolerance of the tables of cross sections (docs/validation.md) */
    s.origin = strdup(folder);
    EOT_CHECK_MEMORY(s.origin);
    EOT_TRY(cutflow_read(&run.result, &s.cutflow, err));
    EOT_TRY(efficiency_read(&run.result, &s.by_energy, err));
    EOT_TRY(signal_append(r->study, s, err));
    s = (struct eot_study_signal){.origin = NULL}; /* the study's now */
done:
    free(s.origin);
    free(s.cutflow.row);
    eot_study_shape_free(&s.shape);
    eot_study_efficiency_free(&s.by_energy);
    run_free(&run);
    return status;
}

static enum eot_status add_scan(struct eot_study_reader *r, const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, "scan.json"), *below = NULL;
    json_error_t error;
    json_t *root = path != NULL ? json_load_file(path, 0, &error) : NULL;
    EOT_CHECK(root != NULL, EOT_E_CONFIG,
              "'%s' is no folder of a scan (it has no scan.json that can be read); give one that `eotmc scan` made",
              folder);
    const json_t *points = json_object_get(root, "points");
    EOT_CHECK(json_array_size(points) > 0, EOT_E_CONFIG, "the scan in '%s' has no points; scan again", folder);
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        const char *name = json_string_value(json_object_get(point, "folder")),
                   *state = json_string_value(json_object_get(point, "state"));
        EOT_CHECK(name != NULL && state != NULL && strchr(name, '/') == NULL, EOT_E_CONFIG,
                  "scan.json of '%s' has a point without folder or state; scan again", folder);
        EOT_CHECK(strcmp(state, "done") == 0 || strcmp(state, "kept") == 0, EOT_E_CONFIG,
                  "point %s of the scan in '%s' is '%s'; finish the scan", name, folder, state);
        below = eot_output_path(folder, name);
        EOT_CHECK_MEMORY(below);
        EOT_TRY(add_signal_run(r, below, err));
        free(below);
        below = NULL;
    }
done:
    json_decref(root);
    free(below);
    free(path);
    return status;
}

/* A curve of efficiencies: mass, efficiency and error, by rising mass. */
struct curve {
    size_t n;
    double (*row)[3];
};

static enum eot_status curve_read(const char *path, struct curve *curve, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char line[400];
    FILE *file = fopen(path, "r");
    EOT_CHECK(file != NULL, EOT_E_CONFIG, "cannot open '%s'; give a table of m_phi [GeV], efficiency, error", path);
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        double x[3] = {0.0, 0.0, 0.0};
        int n = sscanf(line, "%lf%*[, \t]%lf%*[, \t]%lf", &x[0], &x[1], &x[2]);
        if (line[0] == '#' || line[0] == '\n' || (number == 1 && n < 1)) continue; /* the names of columns */
        EOT_CHECK(n >= 2 && x[0] > 0.0 && x[1] > 0.0 && x[1] <= 1.0 && x[2] >= 0.0, EOT_E_CONFIG,
                  "%s:%d: no mass with an efficiency between 0 and 1; correct it", path, number);
        EOT_CHECK(curve->n == 0 || x[0] > curve->row[curve->n - 1][0], EOT_E_CONFIG,
                  "%s:%d: masses do not rise; sort them", path, number);
        double(*grown)[3] = eot_array_grown(curve->row, curve->n, sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        curve->row = grown;
        memcpy(grown[curve->n++], x, sizeof x);
    }
    EOT_CHECK(curve->n > 0, EOT_E_CONFIG, "'%s' has no rows; give m_phi [GeV], efficiency, error", path);
done:
    if (file != NULL) fclose(file);
    return status;
}

/* ln efficiency is linear in ln m between rows. */
static struct eot_measured curve_at(const struct curve *c, double m) {
    size_t i = 0;
    while (i + 2 < c->n && c->row[i + 1][0] < m) i++;
    if (c->n == 1) return (struct eot_measured){c->row[0][1], c->row[0][2]};
    double f = log(m / c->row[i][0]) / log(c->row[i + 1][0] / c->row[i][0]);
    double value = exp((1.0 - f) * log(c->row[i][1]) + f * log(c->row[i + 1][1]));
    double relative = (1.0 - f) * c->row[i][2] / c->row[i][1] + f * c->row[i + 1][2] / c->row[i + 1][1];
    return (struct eot_measured){value, value * fabs(relative)};
}

static enum eot_status add_yield(struct eot_study_reader *r, const char *yield, const char *efficiency,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct curve curve = {.n = 0};
    struct eot_study_signal s = {.origin = NULL};
    json_error_t error;
    json_t *root = json_load_file(yield, 0, &error);
    EOT_CHECK(root != NULL, EOT_E_CONFIG, "cannot read '%s' (%s); give the output of `eotmc yield --format json`",
              yield, error.text);
    EOT_CHECK(
        r->study->bins.n_cell == 1, EOT_E_CONFIG,
        "the signal of '%s' has no shape (a yield is a number), and the study has bins; give runs of the signal, or "
        "leave the bins out",
        yield);
    double h = json_number_value(json_object_get(root, "h"));
    const json_t *points = json_object_get(root, "points");
    EOT_CHECK(h > 0.0 && json_array_size(points) > 0, EOT_E_CONFIG,
              "'%s' has no coupling or no points; give the output of `eotmc yield --format json`", yield);
    EOT_TRY(curve_read(efficiency, &curve, err));
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *p = json_array_get(points, i);
        double m = json_number_value(json_object_get(p, "mphi_GeV")),
               value = json_number_value(json_object_get(p, "per_eot"));
        EOT_CHECK(m > 0.0 && value > 0.0, EOT_E_CONFIG, "point %zu of '%s' has no mass or no yield; make it again", i,
                  yield);
        EOT_CHECK(m >= curve.row[0][0] * (1.0 - 1e-9) && m <= curve.row[curve.n - 1][0] * (1.0 + 1e-9), EOT_E_CONFIG,
                  "the efficiencies in '%s' are from %g to %g GeV, and a yield is of %g GeV; give them for all masses",
                  efficiency, curve.row[0][0], curve.row[curve.n - 1][0], m);
        s = (struct eot_study_signal){.m_phi = m, .h = h};
        s.yield = (struct eot_measured){value, json_number_value(json_object_get(p, "std_error"))};
        s.efficiency = curve_at(&curve, m);
        s.selected.value = value * s.efficiency.value;
        s.selected.error = s.selected.value * hypot(s.yield.error / value, s.efficiency.error / s.efficiency.value);
        s.xsec = json_number_value(json_object_get(p, "xsec_rel_error"));
        s.origin = strdup(yield);
        EOT_CHECK_MEMORY(s.origin);
        EOT_TRY(signal_append(r->study, s, err));
        s.origin = NULL;
    }
done:
    free(s.origin);
    json_decref(root);
    free(curve.row);
    return status;
}

enum eot_status eot_study_add_signals(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *path[4] = {NULL, NULL, NULL, NULL};
    static const char *const key[] = {"run", "scan", "yield", "efficiency"};
    if (item->kind != EOT_NODE_MAP)
        return eot_tree_fail(&r->tree, item, "signals", err,
                             "(no section); give run: FOLDER, scan: FOLDER or yield and efficiency");
    for (size_t i = 0; i < item->n_child; i++) {
        size_t k = 0;
        while (k < 4 && strcmp(key[k], item->child[i]->key) != 0) k++;
        if (k == 4 || item->child[i]->kind != EOT_NODE_SCALAR) {
            status = eot_tree_fail(&r->tree, item->child[i], item->child[i]->key, err,
                                   "(not known here); give run, scan, or yield and efficiency");
            goto done;
        }
        path[k] = item->child[i]->text;
    }
    if ((path[0] != NULL) + (path[1] != NULL) + (path[2] != NULL) != 1 || (path[2] != NULL) != (path[3] != NULL)) {
        status = eot_tree_fail(&r->tree, item, "signals", err,
                               "(needs exactly one of run, scan, yield, and efficiency with yield); split it");
        goto done;
    }
    if (path[0] != NULL) EOT_TRY(add_signal_run(r, path[0], err));
    if (path[1] != NULL) EOT_TRY(add_scan(r, path[1], err));
    if (path[2] != NULL) EOT_TRY(add_yield(r, path[2], path[3], err));
done:
    return status;
}

/* What a run says of a background: a row of backgrounds.def. */
static const struct {
    const char *estimate, *factors;
} BACKGROUND[] = {
#define EOT_BACKGROUND(estimate, factors) {estimate, factors},
#include "backgrounds.def"
#undef EOT_BACKGROUND
};
enum { N_BACKGROUND = sizeof BACKGROUND / sizeof BACKGROUND[0] };

/* The number that a run's background is; NULL: it has none. @param row out: of backgrounds.def. */
static const struct eot_estimate *background_estimate(const struct eot_result *result, size_t *row) {
    for (*row = 0; *row < N_BACKGROUND; ++*row) {
        const struct eot_estimate *e = eot_result_estimate(result, BACKGROUND[*row].estimate);
        if (e != NULL) return e;
    }
    return NULL;
}

/* A factor's error as a systematic one, which the run shares with others that have the factor. */
static enum eot_status add_factor(struct eot_study *s, const char *name, double size, const char *sample,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study_systematic *x = NULL;
    for (size_t i = 0; i < s->n_systematic; i++)
        if (strcmp(s->systematic[i].name, name) == 0) x = &s->systematic[i];
    if (x == NULL) {
        struct eot_study_systematic *grown = eot_array_grown(s->systematic, s->n_systematic, sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        s->systematic = grown;
        x = &grown[s->n_systematic++];
        *x = (struct eot_study_systematic){.name = strdup(name), .up = 1.0 + size, .down = 1.0 / (1.0 + size)};
        EOT_CHECK_MEMORY(x->name);
    }
    EOT_CHECK(fabs(x->up - 1.0 - size) < 1e-9, EOT_E_CONFIG,
              "the runs of '%s' and '%s' have different errors of the factor '%s' (%g and %g); make both with the same",
              x->on[0], sample, name, x->up - 1.0, size);
    char **grown = realloc(x->on, (x->n_on + 1) * sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    x->on = grown;
    grown[x->n_on] = strdup(sample);
    EOT_CHECK_MEMORY(grown[x->n_on]);
    x->n_on++;
done:
    return status;
}

/* Take the factors' errors out of the run's own error, which has all of them, and make systematic ones of them. */
static enum eot_status add_factors(struct eot_study *s, const struct eot_result *result, const char *prefix,
                                   struct eot_study_background *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double square = b->per_eot.error * b->per_eot.error, own = NAN;
    for (size_t i = 0; prefix[0] != '\0' && i < result->n_estimate; i++) {
        const struct eot_estimate *e = &result->estimate[i];
        size_t n = strlen(prefix);
        if (strncmp(e->name, prefix, n) != 0) continue;
        double error = e->value * b->per_eot.value;
        if (strcmp(e->name + n, "statistics") == 0) {
            own = error;
        } else if (e->value > 0.0) {
            square -= error * error;
            EOT_TRY(add_factor(s, e->name + n, e->value, b->name, err));
        }
    }
    b->per_eot.error = !isnan(own) ? own : sqrt(fmax(square, 0.0));
done:
    return status;
}

enum eot_status eot_study_add_shape(struct eot_study_reader *r, const char *folder, struct eot_study_background *b,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct run run = {.folder = NULL};
    eot_study_shape_free(&b->shape);
    EOT_TRY(run_open(folder, &run, err));
    EOT_TRY(same_experiment(r, &run, err));
    size_t row;
    const struct eot_estimate *e = background_estimate(&run.result, &row);
    EOT_TRY(eot_study_shape_read(r->study, &run.result, e != NULL ? e->value : 0.0, folder, &b->shape, err));
    b->is_counted = false;
done:
    run_free(&run);
    return status;
}

enum eot_status eot_study_add_run(struct eot_study_reader *r, const char *folder, bool has_shape,
                                  struct eot_study_background *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct run run = {.folder = NULL};
    EOT_TRY(run_open(folder, &run, err));
    EOT_TRY(same_experiment(r, &run, err));
    size_t row;
    EOT_CHECK(background_estimate(&run.result, &row) != NULL, EOT_E_CONFIG,
              "the run in '%s' has no %s; give the run of a background", folder, BACKGROUND[N_BACKGROUND - 1].estimate);
    const char *name = BACKGROUND[row].estimate;
    b->per_eot = measured(&run.result, name);
    bool is_selected = strcmp(name, "selected.per_eot") == 0;
    if (is_selected) b->tail = other_tail(&run.result, b->per_eot.value);
    EOT_TRY(add_factors(r->study, &run.result, BACKGROUND[row].factors, b, err));
    double limit;
    if (is_poor(&run, name, &limit) || !(b->per_eot.value > 0.0)) {
        EOT_CHECK(limit > b->per_eot.value, EOT_E_CONFIG,
                  "the run in '%s' selects nothing, and its summary has no upper limit (it was made by an older "
                  "version); run it again",
                  folder);
        b->upper_90 = limit;
    }
    if (r->study->bins.n_cell > 1 && !has_shape) {
        EOT_TRY(eot_study_shape_read(r->study, &run.result, b->per_eot.value, folder, &b->shape, err));
        b->is_counted = true;
    }
    b->origin = strdup(folder);
    EOT_CHECK_MEMORY(b->origin);
    EOT_TRY(cutflow_read(&run.result, &b->cutflow, err));
done:
    run_free(&run);
    return status;
}
