/** @file read_materials.c
 * Materials of the configuration: their elements, and the built-in ones that it names or changes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/options.h"
#include "config/reader.h"
#include "materials/library.h"

/** Make mass fractions sum to 1. Those that do already stay as they are, so that an effective configuration reproduces
 * itself to the last digit. */
static void normalise(struct eot_element_config *element, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += element[i].mass_fraction;
    for (size_t i = 0; fabs(sum - 1) > 1e-12 && i < n; i++) element[i].mass_fraction /= sum;
}

enum eot_status eot_read_elements(const struct eot_value_place *v, const struct eot_node *node,
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
        struct eot_value_place place = {r, &fraction_key, name};
        EOT_TRY(eot_read_number(&place, child, &element[i].mass_fraction));
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
    struct eot_material_config *grown = eot_array_grown(config->material, config->n_material, sizeof *grown);
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
enum eot_status eot_read_material_name(const struct eot_value_place *v, const struct eot_node *node, int *index) {
    struct eot_reader *r = v->reader;
    const char *text = NULL;
    enum eot_status status = eot_read_word(v, node, &text);
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
    size_t n = 0;
    while (eot_material_builtin_name(n) != NULL) n++;
    const char **known = calloc(n, sizeof *known);
    for (size_t k = 0; known != NULL && k < n; k++) known[k] = eot_material_builtin_name(k);
    const char *nearest = known != NULL ? eot_text_nearest(text, known, n) : NULL;
    free(known);
    return eot_tree_fail(&r->tree, node, v->name, r->err,
                         "(unknown material)%s%s%s; declare it under materials:, or use a built-in one: `eotmc "
                         "materials` lists them",
                         nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "?" : "");
}

/** A built-in material of which some keys were changed: what the others inherit no longer describes it as it stands. */
static void adapt_builtin(const struct eot_node *item, double density, struct eot_material_config *material) {
    bool has_effect = eot_node_child(item, "density_effect") != NULL;
    if (eot_node_child(item, "elements") != NULL) { /* another substance: general formulas */
        if (eot_node_child(item, "mean_excitation") == NULL) material->mean_excitation = 0;
        if (!has_effect) memset(material->density_effect, 0, sizeof material->density_effect);
    } else if (eot_node_child(item, "mean_excitation") != NULL && !has_effect)
        memset(material->density_effect, 0, sizeof material->density_effect);
    else if (!has_effect && material->density_effect[1] > 0)
        eot_density_effect_rescale(material->density_effect, material->density / density);
}

enum eot_status eot_read_materials(const struct eot_value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(eot_check_list(v, node, true));
    for (size_t i = 0; i < node->n_child; i++) {
        const struct eot_node *item = node->child[i], *own_name = eot_node_child(item, "name");
        char name[256];
        eot_item_name(v->name, item, i, name, sizeof name);
        struct eot_material_config start = {.density = 0};
        bool is_builtin =
            own_name != NULL && own_name->kind == EOT_NODE_SCALAR && eot_material_builtin(own_name->text, &start);
        for (size_t k = 0; own_name != NULL && own_name->kind == EOT_NODE_SCALAR && k < r->config->n_material; k++)
            if (strcmp(r->config->material[k].name, own_name->text) == 0) {
                status = eot_tree_fail(&r->tree, own_name, name, err,
                                       "(a material of that name stands above); keep one of them");
                if (eot_read_on(r, status) != EOT_OK) goto done;
            }
        int index = add_material(r->config, &start);
        EOT_CHECK(index >= 0, EOT_E_MEMORY, "out of memory; free memory and try again");
        r->is_builtin_item = is_builtin;
        enum eot_status one = eot_read_section(r, EOT_SCOPE_MATERIAL, item, "", name, &r->config->material[index]);
        r->is_builtin_item = false;
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) goto done;
        if (is_builtin) adapt_builtin(item, start.density, &r->config->material[index]);
    }
done:
    return status;
}
