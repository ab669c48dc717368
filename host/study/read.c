/* The YAML file of a study. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/options.h"
#include "config/units.h"
#include "study/read_private.h"

void eot_study_free(struct eot_study *s) {
    for (size_t i = 0; i < s->n_signal; i++) {
        free(s->signal[i].origin);
        free(s->signal[i].cutflow.row);
        eot_study_efficiency_free(&s->signal[i].by_energy);
        eot_study_shape_free(&s->signal[i].shape);
    }
    for (size_t i = 0; i < s->n_background; i++) {
        eot_study_shape_free(&s->background[i].shape);
        free(s->background[i].name);
        free(s->background[i].origin);
        free(s->background[i].cutflow.row);
    }
    for (size_t i = 0; i < s->n_systematic; i++) {
        for (size_t k = 0; k < s->systematic[i].n_on; k++) free(s->systematic[i].on[k]);
        free(s->systematic[i].on);
        free(s->systematic[i].name);
    }
    for (size_t i = 0; i < s->n_gm2; i++) free(s->gm2[i].name);
    for (size_t i = 0; i < s->n_mark; i++) free(s->mark[i].name);
    for (size_t i = 0; i < s->n_warning; i++) free(s->warning[i]);
    void *list[] = {s->hepdata,    s->mark, s->path, s->name,    s->family,       s->signal,        s->background,
                    s->systematic, s->gm2,  s->seen, s->warning, s->bins.missing, s->bins.momentum, s->bins.bin_of};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) free(list[i]);
    *s = (struct eot_study){.n_signal = 0};
}

enum eot_status eot_study_warn(struct eot_study *study, struct eot_error *err, const char *format, ...) {
    enum eot_status status = EOT_OK;
    char text[1000];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    char **grown = eot_array_grown(study->warning, study->n_warning, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    study->warning = grown;
    grown[study->n_warning] = strdup(text);
    EOT_CHECK_MEMORY(grown[study->n_warning]);
    study->n_warning++;
done:
    return status;
}

enum eot_status eot_study_number(struct eot_study_reader *r, const struct eot_node *section, const char *key,
                                 double fallback, double low, double high, double *value, struct eot_error *err) {
    const struct eot_node *node = section != NULL ? eot_node_child(section, key) : NULL;
    *value = fallback;
    if (node == NULL && !isnan(fallback)) return EOT_OK;
    if (node == NULL) return eot_tree_fail(&r->tree, section, key, err, "is missing; give a number");
    if (node->kind != EOT_NODE_SCALAR ||
        eot_number_read(node->text, EOT_DIM_NONE, value, &(enum eot_dimension){EOT_DIM_NONE}) != EOT_NUMBER_OK)
        return eot_tree_fail(&r->tree, node, key, err, "(no number); give one, with %% if it is relative");
    if (!(*value >= low && *value <= high))
        return eot_tree_fail(&r->tree, node, key, err, "(must be %g to %g); correct it", low, high);
    return EOT_OK;
}

/* A text of a section. @param fallback NULL: it must be there. */
static enum eot_status text_read(struct eot_study_reader *r, const struct eot_node *section, const char *key,
                                 const char *fallback, const char **text, struct eot_error *err) {
    const struct eot_node *node = section != NULL ? eot_node_child(section, key) : NULL;
    *text = fallback;
    if (node == NULL && fallback != NULL) return EOT_OK;
    if (node == NULL) return eot_tree_fail(&r->tree, section, key, err, "is missing; give it");
    if (node->kind != EOT_NODE_SCALAR || node->text[0] == '\0')
        return eot_tree_fail(&r->tree, node, key, err, "(no text); give one");
    *text = node->text;
    return EOT_OK;
}

enum eot_status eot_study_keys(struct eot_study_reader *r, const struct eot_node *section, const char *known,
                               struct eot_error *err) {
    char copy[400];
    const char *word[40];
    size_t n = 0;
    char *rest = NULL;
    if (section->kind != EOT_NODE_MAP)
        return eot_tree_fail(&r->tree, section, section->key != NULL ? section->key : "item", err,
                             "(no section); give keys with values: %s", known);
    snprintf(copy, sizeof copy, "%s", known);
    for (char *w = strtok_r(copy, " ", &rest); w != NULL && n < 40; w = strtok_r(NULL, " ", &rest)) word[n++] = w;
    for (size_t i = 0; i < section->n_child; i++) {
        size_t k = 0;
        while (k < n && strcmp(word[k], section->child[i]->key) != 0) k++;
        if (k < n) continue;
        const char *nearest = eot_text_nearest(section->child[i]->key, word, n);
        return eot_tree_fail(&r->tree, section->child[i], section->child[i]->key, err,
                             "(no such key here%s%s); known are: %s", nearest != NULL ? "; did you mean " : "",
                             nearest != NULL ? nearest : "", known);
    }
    return EOT_OK;
}

static enum eot_status constraint_read(struct eot_study_reader *r, const struct eot_node *section,
                                       enum eot_channel_constraint *constraint, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *text;
    size_t k = 0;
    EOT_TRY(text_read(r, section, "constraint", "poisson", &text, err));
    while (k < EOT_N_CHANNEL_CONSTRAINT && strcmp(text, eot_channel_constraint_name[k]) != 0) k++;
    if (k == EOT_N_CHANNEL_CONSTRAINT)
        return eot_tree_fail(&r->tree, eot_node_child(section, "constraint"), "constraint", err,
                             "(not known); give poisson, lognormal or gaussian");
    *constraint = (enum eot_channel_constraint)k;
done:
    return status;
}

/* The shape of a background: relative numbers of the cells, or the folder of a run that has it. */
static enum eot_status shape_read(struct eot_study_reader *r, const struct eot_node *item,
                                  struct eot_study_background *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *node = eot_node_child(item, "shape");
    size_t n = r->study->bins.n_cell;
    if (node != NULL && n == 1)
        return eot_tree_fail(&r->tree, node, "shape", err, "(a study without bins only counts); leave it out");
    if (node != NULL && node->kind == EOT_NODE_SCALAR) return eot_study_add_shape(r, node->text, b, err);
    if (node == NULL || node->kind != EOT_NODE_LIST || node->n_child != n)
        return eot_tree_fail(&r->tree, node != NULL ? node : item, "shape", err,
                             "(must be the folder of a run, or a list of %zu numbers, one for each bin, from low to "
                             "high missing energy for one momentum after the other); give it",
                             n);
    eot_study_shape_free(&b->shape);
    EOT_TRY(eot_study_shape_create(n, &b->shape, err));
    for (size_t i = 0; i < n; i++) {
        const struct eot_node *x = node->child[i];
        if (x->kind != EOT_NODE_SCALAR ||
            eot_number_read(x->text, EOT_DIM_NONE, &b->shape.value[i], &(enum eot_dimension){EOT_DIM_NONE}) !=
                EOT_NUMBER_OK ||
            !(b->shape.value[i] >= 0.0))
            return eot_tree_fail(&r->tree, x, "shape", err, "(no number from 0); give relative numbers of events");
        b->shape.total += b->shape.value[i];
    }
    if (!(b->shape.total > 0.0))
        return eot_tree_fail(&r->tree, node, "shape", err, "(all numbers are 0); give relative numbers of events");
done:
    return status;
}

static enum eot_status background_read(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const char *name, *run;
    double relative;
    EOT_TRY(eot_study_keys(r, item, "name run events per_eot error constraint shape", err));
    EOT_TRY(text_read(r, item, "name", NULL, &name, err));
    for (size_t i = 0; i < s->n_background; i++)
        if (strcmp(s->background[i].name, name) == 0 || strcmp(name, "signal") == 0)
            return eot_tree_fail(&r->tree, item, "name", err, "(two samples of the name '%s'); rename one", name);
    struct eot_study_background *grown = eot_array_grown(s->background, s->n_background, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->background = grown;
    struct eot_study_background *b = &grown[s->n_background++];
    *b = (struct eot_study_background){.name = strdup(name), .tail = NAN};
    EOT_CHECK_MEMORY(b->name);
    EOT_TRY(constraint_read(r, item, &b->constraint, err));
    EOT_TRY(text_read(r, item, "run", "", &run, err));
    bool has_events = eot_node_child(item, "events") != NULL, has_rate = eot_node_child(item, "per_eot") != NULL;
    if ((run[0] != '\0') + has_events + has_rate != 1) {
        status = eot_tree_fail(&r->tree, item, name, err,
                               "(needs exactly one of run, events, per_eot); give a run's folder, or a number with its "
                               "error");
        goto done;
    }
    if (run[0] != '\0') {
        EOT_TRY(eot_study_add_run(r, run, eot_node_child(item, "shape") != NULL, b, err));
        if (eot_node_child(item, "shape") != NULL) status = shape_read(r, item, b, err);
        goto done;
    }
    double value;
    EOT_TRY(eot_study_number(r, item, has_events ? "events" : "per_eot", NAN, 0.0, 1e9, &value, err));
    EOT_TRY(eot_study_number(r, item, "error", 0.0, 0.0, 2.0, &relative, err));
    if (has_events) value /= s->eot;
    b->per_eot = (struct eot_measured){value, value * relative};
    b->origin = strdup("given as a number");
    EOT_CHECK_MEMORY(b->origin);
    if (s->bins.n_cell > 1 || eot_node_child(item, "shape") != NULL) EOT_TRY(shape_read(r, item, b, err));
done:
    return status;
}

static enum eot_status systematic_read(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const char *name, *kind;
    double size;
    EOT_TRY(eot_study_keys(r, item, "name on size constraint", err));
    EOT_TRY(text_read(r, item, "name", NULL, &name, err));
    EOT_TRY(text_read(r, item, "constraint", "lognormal", &kind, err));
    EOT_TRY(eot_study_number(r, item, "size", NAN, 0.0, 2.0, &size, err));
    if (strcmp(kind, "lognormal") != 0 && strcmp(kind, "gaussian") != 0)
        return eot_tree_fail(&r->tree, eot_node_child(item, "constraint"), "constraint", err,
                             "(must be lognormal or gaussian; an auxiliary count is a background's own)");
    struct eot_study_systematic *grown = eot_array_grown(s->systematic, s->n_systematic, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->systematic = grown;
    struct eot_study_systematic *x = &grown[s->n_systematic++];
    *x = (struct eot_study_systematic){.name = strdup(name), .is_gaussian = strcmp(kind, "gaussian") == 0};
    EOT_CHECK_MEMORY(x->name);
    x->up = 1.0 + size;
    x->down = x->is_gaussian ? 1.0 - size : 1.0 / x->up;
    const struct eot_node *on = eot_node_child(item, "on");
    if (on == NULL || on->kind != EOT_NODE_LIST || on->n_child == 0) {
        status = eot_tree_fail(&r->tree, on != NULL ? on : item, "on", err,
                               "(no list); give the samples, as in on: [signal, hadrons]");
        goto done;
    }
    x->on = calloc(on->n_child, sizeof *x->on);
    EOT_CHECK_MEMORY(x->on);
    for (size_t i = 0; i < on->n_child; i++) {
        const char *sample = on->child[i]->kind == EOT_NODE_SCALAR ? on->child[i]->text : "";
        bool is_known = strcmp(sample, "signal") == 0;
        for (size_t b = 0; b < s->n_background && !is_known; b++) is_known = strcmp(s->background[b].name, sample) == 0;
        if (!is_known) {
            status = eot_tree_fail(&r->tree, on->child[i], "on", err,
                                   "(no such sample); give signal or the name of a background");
            goto done;
        }
        x->on[x->n_on] = strdup(sample);
        EOT_CHECK_MEMORY(x->on[x->n_on]);
        x->n_on++;
    }
done:
    return status;
}

static enum eot_status gm2_read(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const char *name;
    EOT_TRY(eot_study_keys(r, item, "name deviation error", err));
    EOT_TRY(text_read(r, item, "name", NULL, &name, err));
    struct eot_study_gm2 *grown = eot_array_grown(s->gm2, s->n_gm2, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->gm2 = grown;
    struct eot_study_gm2 *g = &grown[s->n_gm2++];
    *g = (struct eot_study_gm2){.name = strdup(name)};
    EOT_CHECK_MEMORY(g->name);
    EOT_TRY(eot_study_number(r, item, "deviation", NAN, 0.0, 1.0, &g->deviation, err));
    EOT_TRY(eot_study_number(r, item, "error", NAN, 0.0, 1.0, &g->error, err));
done:
    return status;
}

static enum eot_status mark_read(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const char *name;
    EOT_TRY(eot_study_keys(r, item, "name m_phi h", err));
    EOT_TRY(text_read(r, item, "name", NULL, &name, err));
    struct eot_study_mark *grown = eot_array_grown(s->mark, s->n_mark, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->mark = grown;
    struct eot_study_mark *m = &grown[s->n_mark++];
    *m = (struct eot_study_mark){.name = strdup(name)};
    EOT_CHECK_MEMORY(m->name);
    EOT_TRY(eot_study_number(r, item, "m_phi", NAN, 1e-6, 1e6, &m->m_phi, err));
    EOT_TRY(eot_study_number(r, item, "h", NAN, 1e-12, 1e3, &m->h, err));
done:
    return status;
}

/* The record of HEPData, in the form that pyhf's patchsets want it. */
static enum eot_status hepdata_read(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *node = eot_node_child(r->tree.root, "hepdata");
    const char *text;
    if (node == NULL) goto done;
    EOT_TRY(text_read(r, r->tree.root, "hepdata", NULL, &text, err));
    if (strncmp(text, "ins", 3) != 0 || strlen(text) != 10 || strspn(text + 3, "0123456789") != 7)
        return eot_tree_fail(&r->tree, node, "hepdata", err, "(no record of HEPData); give ins and seven digits");
    r->study->hepdata = strdup(text);
    EOT_CHECK_MEMORY(r->study->hepdata);
done:
    return status;
}

/* The items of a list, each by a function. */
static enum eot_status each(struct eot_study_reader *r, const char *key, bool is_needed,
                            enum eot_status (*item)(struct eot_study_reader *, const struct eot_node *,
                                                    struct eot_error *),
                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *list = eot_node_child(r->tree.root, key);
    if (list == NULL && !is_needed) return EOT_OK;
    if (list == NULL || list->kind != EOT_NODE_LIST || list->n_child == 0)
        return eot_tree_fail(&r->tree, list, key, err, "(no list, or an empty one); give one or more items");
    for (size_t i = 0; i < list->n_child; i++) EOT_TRY(item(r, list->child[i], err));
done:
    return status;
}

static enum eot_status family_read(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *list = eot_node_child(r->tree.root, "eot_family");
    if (list == NULL) goto done;
    if (list->kind != EOT_NODE_LIST)
        return eot_tree_fail(&r->tree, list, "eot_family", err, "(no list); give e.g. [1e10, 1e12]");
    r->study->family = calloc(list->n_child + 1, sizeof *r->study->family);
    EOT_CHECK_MEMORY(r->study->family);
    for (size_t i = 0; i < list->n_child; i++) {
        char *end = NULL;
        const char *text = list->child[i]->kind == EOT_NODE_SCALAR ? list->child[i]->text : "";
        double value = strtod(text, &end);
        if (end == text || *end != '\0' || !(value >= 1.0 && value <= 1e20))
            return eot_tree_fail(&r->tree, list->child[i], "eot_family", err, "(must be 1 to 1e20); correct it");
        r->study->family[r->study->n_family++] = value;
    }
done:
    return status;
}

static int by_mass(const void *a, const void *b) {
    double x = ((const struct eot_study_signal *)a)->m_phi, y = ((const struct eot_study_signal *)b)->m_phi;
    return (x > y) - (x < y);
}

static enum eot_status methods_read(struct eot_study_reader *r, struct eot_error *err) {
    static const char *const word[] = {"asymptotic", "exact", "toys", "fc"};
    const struct eot_node *list = eot_node_child(r->tree.root, "methods");
    if (list == NULL) {
        r->study->methods[0] = r->study->methods[1] = true;
        return EOT_OK;
    }
    if (list->kind != EOT_NODE_LIST || list->n_child == 0)
        return eot_tree_fail(&r->tree, list, "methods", err, "(no list); give e.g. [asymptotic, exact]");
    for (size_t i = 0; i < list->n_child; i++) {
        size_t k = 0;
        while (k < 4 && (list->child[i]->kind != EOT_NODE_SCALAR || strcmp(list->child[i]->text, word[k]) != 0)) k++;
        if (k == 4)
            return eot_tree_fail(&r->tree, list->child[i], "methods", err,
                                 "(not known); give asymptotic, exact, toys or fc");
        r->study->methods[k] = true;
    }
    return EOT_OK;
}

static enum eot_status relic_read(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const struct eot_node *relic = eot_node_child(r->tree.root, "relic");
    s->relic_ratio = NAN;
    if (relic == NULL) goto done;
    EOT_TRY(eot_study_keys(r, relic, "mass_ratio coupling sigma_v_pb", err));
    EOT_TRY(eot_study_number(r, relic, "mass_ratio", 3.0, 0.51, 1e3, &s->relic_ratio, err));
    EOT_TRY(eot_study_number(r, relic, "coupling", 0.1, 1e-6, 10.0, &s->relic_coupling, err));
    EOT_TRY(eot_study_number(r, relic, "sigma_v_pb", 10.0, 1e-6, 1e6, &s->relic_sigma_v, err));
done:
    return status;
}

/* Events seen: their number, or that of each cell. */
static enum eot_status observed_read(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const struct eot_node *node = eot_node_child(r->tree.root, "observed");
    size_t n = s->bins.n_cell;
    s->observed = NAN;
    if (node == NULL) goto done;
    bool is_list = node->kind == EOT_NODE_LIST;
    if (n > 1 && (!is_list || node->n_child != n))
        return eot_tree_fail(
            &r->tree, node, "observed", err,
            "(must be a list of %zu numbers, one for each bin, from low to high missing energy for one "
            "momentum after the other); give it",
            n);
    s->seen = calloc(n, sizeof *s->seen);
    EOT_CHECK_MEMORY(s->seen);
    s->observed = 0.0;
    for (size_t i = 0; i < n; i++) {
        const struct eot_node *x = is_list && node->n_child > i ? node->child[i] : node;
        if (x->kind != EOT_NODE_SCALAR || (is_list && node->n_child != n) ||
            eot_number_read(x->text, EOT_DIM_NONE, &s->seen[i], &(enum eot_dimension){EOT_DIM_NONE}) != EOT_NUMBER_OK)
            return eot_tree_fail(&r->tree, x, "observed", err, "(no number); give the number of events seen");
        if (!(s->seen[i] >= 0.0 && s->seen[i] <= 1e6 && s->seen[i] == floor(s->seen[i])))
            return eot_tree_fail(&r->tree, x, "observed", err,
                                 "(no whole number from 0 to 1e6); give the number of events seen");
        s->observed += s->seen[i];
    }
done:
    return status;
}

static enum eot_status study_fill(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study *s = r->study;
    const struct eot_node *root = r->tree.root;
    const char *schema, *name;
    EOT_TRY(
        eot_study_keys(r, root,
                       "schema name eot eot_family confidence_level methods observed signals backgrounds systematics "
                       "gm2 relic bins marks hepdata",
                       err));
    EOT_TRY(text_read(r, root, "schema", NULL, &schema, err));
    if (strcmp(schema, "eotmc-study/1") != 0)
        return eot_tree_fail(&r->tree, eot_node_child(root, "schema"), "schema", err,
                             "(not eotmc-study/1); correct it");
    EOT_TRY(text_read(r, root, "name", NULL, &name, err));
    s->name = strdup(name);
    EOT_CHECK_MEMORY(s->name);
    EOT_TRY(eot_study_number(r, root, "eot", NAN, 1.0, 1e20, &s->eot, err));
    EOT_TRY(eot_study_number(r, root, "confidence_level", 0.9, 0.5, 0.9999, &s->level, err));
    EOT_TRY(eot_study_read_bins(r, err));
    EOT_TRY(observed_read(r, err));
    EOT_TRY(family_read(r, err));
    EOT_TRY(methods_read(r, err));
    EOT_TRY(relic_read(r, err));
    EOT_TRY(each(r, "signals", true, eot_study_add_signals, err));
    EOT_TRY(each(r, "backgrounds", false, background_read, err));
    EOT_TRY(each(r, "systematics", false, systematic_read, err));
    EOT_TRY(each(r, "gm2", false, gm2_read, err));
    EOT_TRY(each(r, "marks", false, mark_read, err));
    EOT_TRY(hepdata_read(r, err));
    qsort(s->signal, s->n_signal, sizeof *s->signal, by_mass);
    for (size_t i = 1; i < s->n_signal; i++)
        EOT_CHECK(s->signal[i].m_phi > s->signal[i - 1].m_phi, EOT_E_CONFIG,
                  "%s: two signals of %g GeV (%s, %s); leave one out", s->path, s->signal[i].m_phi,
                  s->signal[i - 1].origin, s->signal[i].origin);
    EOT_TRY(eot_study_join(s, err));
done:
    return status;
}

enum eot_status eot_study_read(const char *path, const char *text, const char *const *overrides, size_t n_override,
                               struct eot_study *study, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study_reader r = {.study = study};
    *study = (struct eot_study){.path = strdup(path)};
    EOT_CHECK_MEMORY(study->path);
    EOT_TRY(eot_tree_read(path, text, overrides, n_override, &r.tree, err));
    EOT_TRY(study_fill(&r, err));
done:
    eot_tree_free(&r.tree);
    if (r.has_setup) eot_tree_free(&r.setup);
    free(r.first);
    if (status != EOT_OK) eot_study_free(study);
    return status;
}
