#include "config/config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/sha256.h"
#include "config/reader.h"
#include "config/schema.h"
#include "config/tree.h"
#include "eotmc/base/constants.h"
#include "eotmc/geometry/grid.h"
#include "materials/library.h"

#define MAX_LIST 4096 /* items of one list in a configuration */

struct value_place {
    struct eot_reader *reader;
    const struct eot_key *key;
    const char *name; /* full dotted key for messages */
};

static enum eot_status read_section(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                    const char *prefix, const char *name, void *target);

/** Is `path` the key `candidate` itself or one of the sections above it? */
static bool is_part_of(const char *path, const char *candidate) {
    size_t n = strlen(path);
    return strncmp(path, candidate, n) == 0 && (candidate[n] == '\0' || candidate[n] == '.');
}

/** Fail for a key that the scope does not know, with the nearest one at the same level, or where in the schema that
 * word stands. */
static enum eot_status fail_unknown_key(struct eot_reader *r, enum eot_scope scope, const struct eot_node *node,
                                        const char *prefix, const char *full) {
    enum { MAX_WORD = 128 };
    char words[MAX_WORD][40];
    const char *candidate[MAX_WORD];
    size_t n_word = 0, n_prefix = strlen(prefix);
    for (size_t i = 0; i < EOT_N_KEYS && n_word < MAX_WORD; i++) {
        if (EOT_KEYS[i].scope != scope || strncmp(EOT_KEYS[i].path, prefix, n_prefix) != 0) continue;
        snprintf(words[n_word], sizeof words[0], "%.*s", (int)strcspn(EOT_KEYS[i].path + n_prefix, "."),
                 EOT_KEYS[i].path + n_prefix);
        candidate[n_word] = words[n_word];
        n_word++;
    }
    const char *nearest = eot_text_nearest(node->key, candidate, n_word);
    if (nearest != NULL)
        return eot_tree_fail(&r->tree, node, full, r->err,
                             "(unknown key); did you mean '%s'? configs/schema.md lists all keys", nearest);
    for (size_t i = 0; i < EOT_N_KEYS; i++) {
        const char *last = strrchr(EOT_KEYS[i].path, '.');
        if (strcmp(last != NULL ? last + 1 : EOT_KEYS[i].path, node->key) == 0)
            return eot_tree_fail(&r->tree, node, full, r->err,
                                 "(unknown key here); did you mean %s%s? configs/schema.md lists all keys",
                                 eot_scope_prefix(EOT_KEYS[i].scope), EOT_KEYS[i].path);
    }
    return eot_tree_fail(&r->tree, node, full, r->err,
                         "(unknown key); remove it, or see configs/schema.md for the keys");
}

/** "0.1 mm .. 100 m" of a key in its base unit. */
static void range_text(const struct eot_key *key, char *text, size_t size) {
    char low[32], high[32];
    const char *unit = eot_dimension_unit(key->dimension);
    eot_number_text(key->min, low);
    eot_number_text(key->max, high);
    snprintf(text, size, "%s%s%s .. %s%s%s", low, unit[0] != '\0' ? " " : "", unit, high, unit[0] != '\0' ? " " : "",
             unit);
}

static enum eot_status fail_range(const struct value_place *v, const struct eot_node *node, double x) {
    char range[96];
    range_text(v->key, range, sizeof range);
    const char *why = x < v->key->min
                          ? (v->key->min >= 0 && x < 0 ? "must not be negative; allowed are" : "too small; allowed are")
                          : "too large; allowed are";
    return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(%s %s); %s", why, range,
                         v->key->advice != NULL ? v->key->advice : "give a value within that range");
}

static enum eot_status read_number(const struct value_place *v, const struct eot_node *node, double *x) {
    struct eot_reader *r = v->reader;
    const char *unit = eot_dimension_unit(v->key->dimension), *space = unit[0] != '\0' ? " " : "";
    char units[128];
    eot_dimension_units(v->key->dimension, units, sizeof units);
    if (node->kind != EOT_NODE_SCALAR || node->text[0] == '\0')
        return eot_tree_fail(&r->tree, node, v->name, r->err, "(must be a number); write it like %s: 1%s%s",
                             v->key->path, space, unit);
    enum eot_dimension other = EOT_DIM_NONE;
    switch (eot_number_read(node->text, v->key->dimension, x, &other)) {
    case EOT_NUMBER_OK: break;
    case EOT_NUMBER_NOT:
        return eot_tree_fail(&r->tree, node, v->name, r->err, "(not a number); write a number%s%s, for example 1%s%s",
                             unit[0] ? " with one of the units " : "", unit[0] ? units : "", space, unit);
    case EOT_NUMBER_NOT_FINITE:
        return eot_tree_fail(&r->tree, node, v->name, r->err, "(not a finite number); write a number%s%s",
                             unit[0] ? " in " : "", unit);
    case EOT_NUMBER_UNKNOWN_UNIT:
        return eot_tree_fail(&r->tree, node, v->name, r->err, "(unknown unit); use %s%s",
                             unit[0] ? "one of " : "a number without unit, or ", units);
    case EOT_NUMBER_WRONG_UNIT:
        return eot_tree_fail(
            &r->tree, node, v->name, r->err, "(the unit is of %s, this key is %s); use %s%s", eot_dimension_name(other),
            v->key->dimension == EOT_DIM_NONE ? "a pure number" : eot_dimension_name(v->key->dimension),
            unit[0] ? "one of " : "a number without unit, or ", units);
    }
    if (*x < v->key->min || *x > v->key->max) return fail_range(v, node, *x);
    return EOT_OK;
}

/** Integers: digits exactly, or a number like 1e9 that is one. */
static enum eot_status read_integer(const struct value_place *v, const struct eot_node *node, double *x,
                                    uint64_t *count) {
    enum eot_status status = read_number(v, node, x);
    if (status != EOT_OK) return status;
    if (*x != floor(*x) || fabs(*x) > 9007199254740992.0 || strchr(node->text, '%') != NULL)
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err,
                             "(must be an integer); write digits, or a form like 1e9");
    *count = *x >= 0 ? (uint64_t)*x : 0;
    return EOT_OK;
}

static enum eot_status read_word(const struct value_place *v, const struct eot_node *node, const char **text) {
    if (node->kind != EOT_NODE_SCALAR || node->text[0] == '\0')
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(must be a word); write %s: word",
                             v->key->path);
    *text = node->text;
    return EOT_OK;
}

static enum eot_status read_switch(const struct value_place *v, const struct eot_node *node, bool *value) {
    static const char *const words[2][3] = {{"off", "false", "no"}, {"on", "true", "yes"}};
    for (int is_on = 0; node->kind == EOT_NODE_SCALAR && is_on < 2; is_on++)
        for (int i = 0; i < 3; i++)
            if (strcasecmp(node->text, words[is_on][i]) == 0) {
                *value = is_on == 1;
                return EOT_OK;
            }
    return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(must be on or off); write %s: on",
                         v->key->path);
}

static enum eot_status read_name(const struct value_place *v, const struct eot_node *node, char *target) {
    const char *text = NULL;
    enum eot_status status = read_word(v, node, &text);
    if (status != EOT_OK) return status;
    size_t n = strlen(text);
    if (n >= (size_t)v->key->count ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") != n)
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err,
                             "(a name has at most %d letters, digits, _, -, +, /); choose another one",
                             v->key->count - 1);
    memcpy(target, text, n + 1);
    return EOT_OK;
}

/** Make mass fractions sum to 1. Those that do already stay as they are, so that an effective configuration reproduces
 * itself to the last digit. */
static void normalise(struct eot_element_config *element, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += element[i].mass_fraction;
    for (size_t i = 0; fabs(sum - 1) > 1e-12 && i < n; i++) element[i].mass_fraction /= sum;
}

static enum eot_status read_elements(const struct value_place *v, const struct eot_node *node,
                                     struct eot_material_config *material) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    struct eot_element_config *element = NULL;
    double sum = 0;
    if (node->kind != EOT_NODE_MAP || node->n_child == 0)
        return eot_tree_fail(&r->tree, node, v->name, err,
                             "(must be mass fractions by element); write elements: {H: 0.0774, C: 0.9226}");
    if (node->n_child > EOT_MAX_ELEMENT)
        return eot_tree_fail(&r->tree, node, v->name, err,
                             "(%zu elements, at most %d); leave out the smallest fractions", node->n_child,
                             EOT_MAX_ELEMENT);
    element = calloc(node->n_child, sizeof *element);
    EOT_CHECK_MEMORY(element);
    for (size_t i = 0; i < node->n_child; i++) {
        const struct eot_node *child = node->child[i];
        char name[256];
        snprintf(name, sizeof name, "%.200s.%.40s", v->name, child->key);
        if (eot_element_find(child->key) == NULL) {
            char known[512] = "";
            size_t used = 0;
            for (size_t k = 0; eot_element_at(k) != NULL && used < sizeof known; k++)
                used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", k > 0 ? " " : "",
                                         eot_element_at(k)->symbol);
            status = eot_tree_fail(&r->tree, child, name, err, "(unknown element); the known ones are %s", known);
            goto done;
        }
        static const struct eot_key fraction_key = {
            .path = "fraction", .type = EOT_KEY_NUMBER, .dimension = EOT_DIM_NONE, .count = 1, .min = 0, .max = 1.001};
        struct value_place place = {r, &fraction_key, name};
        EOT_TRY(read_number(&place, child, &element[i].mass_fraction));
        memcpy(element[i].symbol, child->key, strlen(child->key) + 1);
        sum += element[i].mass_fraction;
    }
    if (fabs(sum - 1) > 1e-3) {
        status = eot_tree_fail(
            &r->tree, node, v->name, err,
            "(the mass fractions sum to %.6g, not 1); correct them, or leave out none of the elements", sum);
        goto done;
    }
    normalise(element, node->n_child);
    free(material->element);
    material->element = element;
    material->n_element = node->n_child;
    element = NULL;
done:
    free(element);
    return status;
}

/** Append a copy of a material; its number, or -1 when out of memory. */
static int add_material(struct eot_config *config, const struct eot_material_config *material) {
    struct eot_material_config *grown = realloc(config->material, (config->n_material + 1) * sizeof *grown);
    if (grown == NULL) return -1;
    config->material = grown;
    struct eot_material_config *copy = &grown[config->n_material];
    *copy = *material;
    copy->element = calloc(material->n_element > 0 ? material->n_element : 1, sizeof *copy->element);
    if (copy->element == NULL) return -1;
    if (material->n_element > 0) memcpy(copy->element, material->element, material->n_element * sizeof *copy->element);
    normalise(copy->element, copy->n_element);
    return (int)config->n_material++;
}

/** Number of the material of that name; built-in ones join the configuration when first named. */
static enum eot_status read_material_name(const struct value_place *v, const struct eot_node *node, int *index) {
    struct eot_reader *r = v->reader;
    const char *text = NULL;
    enum eot_status status = read_word(v, node, &text);
    if (status != EOT_OK) return status;
    for (size_t i = 0; i < r->config->n_material; i++)
        if (strcmp(r->config->material[i].name, text) == 0) {
            *index = (int)i;
            return EOT_OK;
        }
    struct eot_material_config builtin;
    if (eot_material_builtin(text, &builtin)) {
        *index = add_material(r->config, &builtin);
        if (*index >= 0) return EOT_OK;
        return eot_error_set(r->err, EOT_E_MEMORY, __FILE__, __LINE__, __func__,
                             "out of memory; free memory and try again");
    }
    char known[512] = "";
    size_t used = 0;
    for (size_t k = 0; eot_material_builtin_name(k) != NULL && used < sizeof known; k++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", k > 0 ? ", " : "",
                                 eot_material_builtin_name(k));
    return eot_tree_fail(&r->tree, node, v->name, r->err,
                         "(unknown material); declare it under materials:, or use a built-in one: %s", known);
}

/** "prefix.name" of list items: by their name where they have one. */
static void item_name(const char *list, const struct eot_node *item, size_t i, char *text, size_t size) {
    const struct eot_node *name = eot_node_child(item, "name");
    if (name != NULL && name->kind == EOT_NODE_SCALAR && name->text[0] != '\0')
        snprintf(text, size, "%.160s.%.32s", list, name->text);
    else
        snprintf(text, size, "%.160s[%zu]", list, i);
}

static enum eot_status check_list(const struct value_place *v, const struct eot_node *node, bool may_be_empty) {
    struct eot_reader *r = v->reader;
    if (node->kind != EOT_NODE_LIST || (node->n_child == 0 && !may_be_empty) || node->n_child > MAX_LIST)
        return eot_tree_fail(&r->tree, node, v->name, r->err,
                             "(must be a list of 1 to %d items); write one item per line, each beginning with '- '",
                             MAX_LIST);
    for (size_t i = 0; i < node->n_child; i++)
        if (node->child[i]->kind != EOT_NODE_MAP) {
            char name[256];
            item_name(v->name, node->child[i], i, name, sizeof name);
            return eot_tree_fail(&r->tree, node->child[i], name, r->err,
                                 "(must be a section); write '- key: value' lines, see configs/schema.md");
        }
    return EOT_OK;
}

/** A built-in material of which some keys were changed: what the others inherit no longer describes it as it stands. */
static void adapt_builtin(const struct eot_node *item, double density, struct eot_material_config *material) {
    bool has_effect = eot_node_child(item, "density_effect") != NULL;
    if (eot_node_child(item, "elements") != NULL) { /* another substance: general formulas */
        if (eot_node_child(item, "mean_excitation") == NULL) material->mean_excitation = 0;
        if (!has_effect) memset(material->density_effect, 0, sizeof material->density_effect);
    } else if (eot_node_child(item, "mean_excitation") != NULL && !has_effect)
        memset(material->density_effect, 0, sizeof material->density_effect);
    else if (!has_effect && material->density_effect[1] > 0) {
        /* another density: delta(X) at r times the density is delta(X + log10(r)/2), as in Sternheimer, Berger and
         * Seltzer, At. Data Nucl. Data Tables 30 (1984) 261, for gases at other pressures */
        double log_ratio = log(material->density / density);
        material->density_effect[2] -= 0.5 * log_ratio / log(10.0);
        material->density_effect[3] -= 0.5 * log_ratio / log(10.0);
        material->density_effect[4] -= log_ratio;
    }
}

static enum eot_status read_materials(const struct value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(check_list(v, node, true));
    for (size_t i = 0; i < node->n_child; i++) {
        const struct eot_node *item = node->child[i], *own_name = eot_node_child(item, "name");
        char name[256];
        item_name(v->name, item, i, name, sizeof name);
        struct eot_material_config start = {.density = 0};
        bool is_builtin =
            own_name != NULL && own_name->kind == EOT_NODE_SCALAR && eot_material_builtin(own_name->text, &start);
        for (size_t k = 0; own_name != NULL && own_name->kind == EOT_NODE_SCALAR && k < r->config->n_material; k++)
            if (strcmp(r->config->material[k].name, own_name->text) == 0) {
                status = eot_tree_fail(&r->tree, own_name, name, err,
                                       "(a material of that name stands above); keep one of them");
                goto done;
            }
        int index = add_material(r->config, &start);
        EOT_CHECK(index >= 0, EOT_E_MEMORY, "out of memory; free memory and try again");
        r->is_builtin_item = is_builtin;
        EOT_TRY(read_section(r, EOT_SCOPE_MATERIAL, item, "", name, &r->config->material[index]));
        r->is_builtin_item = false;
        if (is_builtin) adapt_builtin(item, start.density, &r->config->material[index]);
    }
done:
    return status;
}

static enum eot_status read_layers(const struct value_place *v, const struct eot_node *node,
                                   struct eot_volume_config *volume) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(check_list(v, node, false));
    volume->layer = calloc(node->n_child, sizeof *volume->layer);
    EOT_CHECK_MEMORY(volume->layer);
    volume->n_layer = node->n_child;
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        item_name(v->name, node->child[i], i, name, sizeof name);
        EOT_TRY(read_section(r, EOT_SCOPE_LAYER, node->child[i], "", name, &volume->layer[i]));
    }
done:
    return status;
}

/** A volume: its keys, then what follows from them together. */
static enum eot_status read_volume(struct eot_reader *r, const struct eot_node *item, const char *name,
                                   struct eot_volume_config *target) {
    enum eot_status status = EOT_OK;
    struct eot_error *err = r->err;
    struct eot_volume_input input = {.material = -1};
    struct eot_volume_config *volume = &input.volume;
    const struct eot_node *layers = eot_node_child(item, "layers"), *material = eot_node_child(item, "material"),
                          *thickness = eot_node_child(item, "thickness");
    status = read_section(r, EOT_SCOPE_VOLUME, item, "", name, &input);
    *target = *volume; /* owned by the configuration from here on, whatever happens */
    volume = target;
    EOT_TRY(status);
    if ((layers != NULL) == (material != NULL || thickness != NULL) || (material != NULL) != (thickness != NULL)) {
        status = eot_tree_fail(&r->tree, item, name, err,
                               "(needs either layers, or material and thickness); give one of the two forms");
        goto done;
    }
    if (layers == NULL) {
        volume->layer = calloc(1, sizeof *volume->layer);
        EOT_CHECK_MEMORY(volume->layer);
        volume->n_layer = 1;
        volume->layer[0] = (struct eot_layer_config){input.material, input.thickness, input.active};
    }
    double period = 0;
    for (size_t i = 0; i < volume->n_layer; i++) period += volume->layer[i].thickness;
    volume->thickness = volume->repeat * period;
    if (eot_node_child(item, "merge") == NULL)
        volume->merge = r->config->geometry.layers == EOT_LAYERS_EXPLICIT ? -1 : 0;
done:
    return status;
}

static enum eot_status read_volumes(const struct value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    struct eot_geometry_config *geometry = &r->config->geometry;
    EOT_TRY(check_list(v, node, false));
    geometry->volume = calloc(node->n_child, sizeof *geometry->volume);
    EOT_CHECK_MEMORY(geometry->volume);
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        item_name(v->name, node->child[i], i, name, sizeof name);
        geometry->n_volume = i + 1;
        EOT_TRY(read_volume(r, node->child[i], name, &geometry->volume[i]));
    }
done:
    return status;
}

/** Further selections: each starts from the values of the default one, which was read before (the keys' order). */
static enum eot_status read_selections(const struct value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(check_list(v, node, true));
    if (node->n_child > EOT_MAX_FURTHER_SELECTION) {
        status = eot_tree_fail(&r->tree, node, v->name, err,
                               "(%zu selections besides the default one, at most %d); leave some out", node->n_child,
                               EOT_MAX_FURTHER_SELECTION);
        goto done;
    }
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        struct eot_named_selection_config *further = &r->config->further[i];
        item_name(v->name, node->child[i], i, name, sizeof name);
        *further = (struct eot_named_selection_config){.selection = r->config->selection};
        r->config->n_further = i + 1;
        if (eot_node_child(node->child[i], "name") == NULL) {
            status = eot_tree_fail(&r->tree, node->child[i], name, err,
                                   "(a selection without a name); give it one: name: tight");
            goto done;
        }
        EOT_TRY(read_section(r, EOT_SCOPE_SELECTION, node->child[i], "", name, further));
    }
done:
    return status;
}

/** One key's value from its node into target (the address inside the scope's struct). */
static enum eot_status read_value(const struct value_place *v, const struct eot_node *node, unsigned char *target) {
    struct eot_reader *r = v->reader;
    const struct eot_key *key = v->key;
    enum eot_status status = EOT_OK;
    double x = 0;
    uint64_t count = 0;
    bool is_on = false;
    const char *word = NULL;
    switch (key->type) {
    case EOT_KEY_NUMBER:
    case EOT_KEY_INTEGER:
        if (key->count > 1 && (node->kind != EOT_NODE_LIST || node->n_child != (size_t)key->count))
            return eot_tree_fail(&r->tree, node, v->name, r->err,
                                 "(must be a list of %d numbers); write it like %s: [1, 1%s]", key->count, key->path,
                                 key->count > 2 ? ", ..." : "");
        for (int i = 0; i < key->count && status == EOT_OK; i++) {
            const struct eot_node *item = key->count > 1 ? node->child[i] : node;
            if (key->type == EOT_KEY_NUMBER) {
                status = read_number(v, item, &x);
                memcpy(target + (size_t)i * sizeof x, &x, sizeof x);
            } else {
                status = read_integer(v, item, &x, &count);
                int n = status == EOT_OK ? (int)x : 0;
                memcpy(target + (size_t)i * sizeof n, &n, sizeof n);
            }
        }
        return status;
    case EOT_KEY_COUNT32:
        status = read_integer(v, node, &x, &count);
        uint32_t count32 = (uint32_t)count;
        memcpy(target, &count32, sizeof count32);
        return status;
    case EOT_KEY_COUNT64:
        status = read_integer(v, node, &x, &count);
        memcpy(target, &count, sizeof count);
        return status;
    case EOT_KEY_SWITCH:
        status = read_switch(v, node, &is_on);
        memcpy(target, &is_on, sizeof is_on);
        return status;
    case EOT_KEY_CHOICE:
        status = read_word(v, node, &word);
        if (status != EOT_OK) return status;
        int n = eot_choice_index(key->choices, word);
        if (n < 0)
            return eot_tree_fail(&r->tree, node, v->name, r->err, "(not one of the choices); use one of %s",
                                 key->choices);
        memcpy(target, &n, sizeof n);
        return EOT_OK;
    case EOT_KEY_NAME: return read_name(v, node, (char *)target);
    case EOT_KEY_MATERIAL: return read_material_name(v, node, (int *)(void *)target);
    case EOT_KEY_ELEMENTS: return read_elements(v, node, (struct eot_material_config *)(void *)(target - key->offset));
    case EOT_KEY_MATERIALS: return read_materials(v, node);
    case EOT_KEY_VOLUMES: return read_volumes(v, node);
    case EOT_KEY_SELECTIONS: return read_selections(v, node);
    case EOT_KEY_LAYERS: return read_layers(v, node, (struct eot_volume_config *)(void *)(target - key->offset));
    }
    return EOT_OK;
}

/** A default, through the same reader as a written value: plain scalars and flat lists of numbers. */
static enum eot_status read_default(const struct value_place *v, unsigned char *target) {
    char text[128];
    struct eot_node item[8], *child[8],
        node = {.kind = EOT_NODE_SCALAR, .text = text, .is_plain = true, .child = child};
    snprintf(text, sizeof text, "%s", v->key->fallback);
    if (text[0] == '[') {
        node.kind = EOT_NODE_LIST;
        char *rest = NULL;
        for (char *part = strtok_r(text + 1, ",]", &rest); part != NULL && node.n_child < 8;
             part = strtok_r(NULL, ",]", &rest)) {
            size_t i = node.n_child++;
            item[i] = (struct eot_node){.kind = EOT_NODE_SCALAR, .text = part + strspn(part, " "), .is_plain = true};
            child[i] = &item[i];
        }
    }
    return read_value(v, &node, target);
}

/** The keys of one mapping and the sections in it: unknown ones are errors.
 * @param prefix the sections walked so far, "beam." @param name the same for messages, with list items. */
static enum eot_status read_map(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                const char *prefix, const char *name) {
    for (size_t i = 0; i < map->n_child; i++) {
        const struct eot_node *node = map->child[i];
        char path[256], full[512], inner[512];
        snprintf(path, sizeof path, "%.120s%.80s", prefix, node->key);
        snprintf(full, sizeof full, "%.300s%s%.80s", name, name[0] != '\0' ? "." : "", node->key);
        bool is_key = false, is_section = false;
        for (size_t k = 0; k < EOT_N_KEYS; k++)
            if (EOT_KEYS[k].scope == scope && is_part_of(path, EOT_KEYS[k].path)) {
                is_key |= EOT_KEYS[k].path[strlen(path)] == '\0';
                is_section |= EOT_KEYS[k].path[strlen(path)] == '.';
            }
        if (!is_key && !is_section) return fail_unknown_key(r, scope, node, prefix, full);
        if (is_key) continue;
        bool is_empty = node->kind == EOT_NODE_SCALAR && node->text[0] == '\0' && node->is_plain;
        if (node->kind != EOT_NODE_MAP && !is_empty)
            return eot_tree_fail(&r->tree, node, full, r->err,
                                 "(must be a section); write its keys below it, indented");
        snprintf(inner, sizeof inner, "%.250s.", path);
        enum eot_status status = node->kind == EOT_NODE_MAP ? read_map(r, scope, node, inner, full) : EOT_OK;
        if (status != EOT_OK) return status;
    }
    return EOT_OK;
}

/** Node at a dotted path below a mapping (no lists); NULL if absent. */
static const struct eot_node *descend(const struct eot_node *map, const char *path) {
    while (map != NULL && *path != '\0') {
        char part[64];
        size_t n = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)n, path);
        map = eot_node_child(map, part);
        path += path[n] == '.' ? n + 1 : n;
    }
    return map;
}

/** A whole scope: check that all keys are known, then fill every field in the table's order from the mapping or from
 * the default. */
static enum eot_status read_section(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                    const char *prefix, const char *name, void *target) {
    enum eot_status status = read_map(r, scope, map, prefix, name);
    /* what begins as a built-in material or as the default selection: nothing is required */
    bool has_start = scope == EOT_SCOPE_SELECTION || (scope == EOT_SCOPE_MATERIAL && r->is_builtin_item);
    for (size_t k = 0; k < EOT_N_KEYS && status == EOT_OK; k++) {
        const struct eot_key *key = &EOT_KEYS[k];
        if (key->scope != scope) continue;
        char full[512];
        snprintf(full, sizeof full, "%.300s%s%s", name, name[0] != '\0' ? "." : "", key->path);
        struct value_place v = {r, key, full};
        const struct eot_node *node = descend(map, key->path);
        if (node != NULL)
            status = read_value(&v, node, (unsigned char *)target + key->offset);
        else if (has_start)
            continue;
        else if (key->fallback == NULL)
            status = eot_tree_fail(&r->tree, map == r->tree.root ? NULL : map, full, r->err,
                                   "(missing, and it has no default); give it: %s", key->doc);
        else if (key->fallback[0] != '\0' && strcmp(key->fallback, "[]") != 0)
            status = read_default(&v, (unsigned char *)target + key->offset);
    }
    return status;
}

static double beam_mass(enum eot_beam_particle particle) {
    switch (particle) {
    case EOT_BEAM_PHOTON: return 0;
    case EOT_BEAM_MUON_MINUS:
    case EOT_BEAM_MUON_PLUS: return EOT_M_MUON;
    case EOT_BEAM_ELECTRON:
    case EOT_BEAM_POSITRON: break;
    }
    return EOT_M_ELECTRON;
}

/** Materials that nothing refers to are dropped: each one left costs its tables. */
static enum eot_status drop_unused_materials(struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int *number = calloc(config->n_material + 1, sizeof *number);
    EOT_CHECK_MEMORY(number);
    number[config->geometry.world_material] = 1;
    for (size_t i = 0; i < config->geometry.n_volume; i++)
        for (size_t k = 0; k < config->geometry.volume[i].n_layer; k++)
            number[config->geometry.volume[i].layer[k].material] = 1;
    size_t n_used = 0;
    for (size_t i = 0; i < config->n_material; i++) {
        if (number[i] == 0) {
            free(config->material[i].element);
            continue;
        }
        config->material[n_used] = config->material[i];
        number[i] = (int)n_used++;
    }
    config->n_material = n_used;
    config->geometry.world_material = number[config->geometry.world_material];
    for (size_t i = 0; i < config->geometry.n_volume; i++)
        for (size_t k = 0; k < config->geometry.volume[i].n_layer; k++) {
            int *material = &config->geometry.volume[i].layer[k].material;
            *material = number[*material];
        }
done:
    free(number);
    return status;
}

enum eot_status eot_config_read(const char *path, const char *const *overrides, size_t n_override,
                                struct eot_config *config, struct eot_error *err) {
    return eot_config_read_text(path, NULL, overrides, n_override, config, err);
}

enum eot_status eot_config_read_text(const char *path, const char *text, const char *const *overrides,
                                     size_t n_override, struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config_input input = {.kinetic_energy = 0};
    struct eot_reader r = {.config = &input.config, .err = err};
    const struct eot_node *node = NULL;
    memset(config, 0, sizeof *config);
    EOT_TRY(eot_tree_read(path, text, overrides, n_override, &r.tree, err));
    node = eot_node_child(r.tree.root, "schema"); /* first of all: another version has other keys */
    if (node != NULL && (node->kind != EOT_NODE_SCALAR || strcmp(node->text, EOT_CONFIG_SCHEMA) != 0)) {
        status = eot_tree_fail(&r.tree, node, "schema", err,
                               "(this program reads " EOT_CONFIG_SCHEMA "); write schema: " EOT_CONFIG_SCHEMA
                               ", or use the program that wrote the file");
        goto done;
    }
    EOT_TRY(read_section(&r, EOT_SCOPE_ROOT, r.tree.root, "", "", &input));
    if (eot_tree_find(&r.tree, "beam.kinetic_energy") != NULL) {
        if (eot_tree_find(&r.tree, "beam.energy") != NULL) {
            status = eot_tree_fail(&r.tree, eot_tree_find(&r.tree, "beam.kinetic_energy"), "beam.kinetic_energy", err,
                                   "(beam.energy is given too); keep one of them");
            goto done;
        }
        input.config.beam.energy = input.kinetic_energy + beam_mass(input.config.beam.particle);
    } else if (eot_tree_find(&r.tree, "beam.energy") == NULL) {
        status = eot_tree_fail(&r.tree, eot_node_child(r.tree.root, "beam"), "beam.energy", err,
                               "(missing, and it has no default); give beam.energy or beam.kinetic_energy");
        goto done;
    }
    EOT_TRY(eot_config_validate(&r));
    EOT_TRY(drop_unused_materials(&input.config, err));
    input.config.effective_yaml = eot_config_effective(&input.config);
    EOT_CHECK_MEMORY(input.config.effective_yaml);
    eot_sha256_hex(input.config.effective_yaml, strlen(input.config.effective_yaml), input.config.sha256);
    *config = input.config;
    memset(&input.config, 0, sizeof input.config);
done:
    eot_config_free(&input.config);
    eot_tree_free(&r.tree);
    return status;
}

void eot_config_free(struct eot_config *config) {
    for (size_t i = 0; i < config->n_material; i++) free(config->material[i].element);
    free(config->material);
    for (size_t i = 0; config->geometry.volume != NULL && i < config->geometry.n_volume; i++)
        free(config->geometry.volume[i].layer);
    free(config->geometry.volume);
    free(config->effective_yaml);
    memset(config, 0, sizeof *config);
}

bool eot_beam_is_muon(const struct eot_config *config) {
    return config->beam.particle == EOT_BEAM_MUON_MINUS || config->beam.particle == EOT_BEAM_MUON_PLUS;
}

enum eot_process_family eot_config_family(const struct eot_config *config) {
    for (int p = 0; p < EOT_N_RARE; p++)
        if (config->physics.rare[p] && eot_rare_family(p) == EOT_FAMILY_SIGNAL) return EOT_FAMILY_SIGNAL;
    return EOT_FAMILY_DIMUON;
}
