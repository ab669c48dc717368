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

/** Is `path` the key `candidate` itself or one of the sections above it? */
static bool is_part_of(const char *path, const char *candidate) {
    size_t n = strlen(path);
    return strncmp(path, candidate, n) == 0 && (candidate[n] == '\0' || candidate[n] == '.');
}

enum eot_status eot_read_on(const struct eot_reader *r, enum eot_status status) {
    return status == EOT_E_CONFIG && r->tree.problems.n < EOT_MAX_PROBLEM ? EOT_OK : status;
}

/* Keys of before, and what they are called now. */
static const char *const RENAMED[][2] = {{"sampling.signal_preference", "sampling.preference"}};

/** Fail for a key that the scope does not know, with its new name, the nearest one at the same level, or where in the
 * schema that word stands. */
static enum eot_status fail_unknown_key(struct eot_reader *r, enum eot_scope scope, const struct eot_node *node,
                                        const char *prefix, const char *full) {
    enum { MAX_WORD = 128 };
    char words[MAX_WORD][40];
    const char *candidate[MAX_WORD];
    size_t n_word = 0, n_prefix = strlen(prefix);
    for (size_t i = 0; i < sizeof RENAMED / sizeof RENAMED[0]; i++)
        if (strcmp(full, RENAMED[i][0]) == 0)
            return eot_tree_fail(&r->tree, node, full, r->err, "(this key has a new name); write %s", RENAMED[i][1]);
    for (size_t i = 0; i < EOT_N_KEYS && n_word < MAX_WORD; i++) {
        if (EOT_KEYS[i].scope != scope || strncmp(EOT_KEYS[i].path, prefix, n_prefix) != 0) continue;
        snprintf(words[n_word], sizeof words[0], "%.*s", (int)strcspn(EOT_KEYS[i].path + n_prefix, "."),
                 EOT_KEYS[i].path + n_prefix);
        candidate[n_word] = words[n_word];
        n_word++;
    }
    const char *nearest = eot_text_nearest(node->key, candidate, n_word);
    if (nearest != NULL) {
        size_t n_above = strlen(full) - strlen(node->key);
        if (r->n_meant < EOT_MAX_PROBLEM)
            snprintf(r->meant[r->n_meant++], sizeof r->meant[0], "%.*s%s", (int)(n_above < 160 ? n_above : 160), full,
                     nearest);
        return eot_tree_fail(&r->tree, node, full, r->err,
                             "(unknown key); did you mean '%s'? configs/schema.md lists all keys", nearest);
    }
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

static enum eot_status read_layers(const struct eot_value_place *v, const struct eot_node *node,
                                   struct eot_volume_config *volume) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(eot_check_list(v, node, false));
    volume->layer = calloc(node->n_child, sizeof *volume->layer);
    EOT_CHECK_MEMORY(volume->layer);
    volume->n_layer = node->n_child;
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        eot_item_name(v->name, node->child[i], i, name, sizeof name);
        enum eot_status one = eot_read_section(r, EOT_SCOPE_LAYER, node->child[i], "", name, &volume->layer[i]);
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) goto done;
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
    status = eot_read_section(r, EOT_SCOPE_VOLUME, item, "", name, &input);
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

static enum eot_status read_volumes(const struct eot_value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    struct eot_geometry_config *geometry = &r->config->geometry;
    EOT_TRY(eot_check_list(v, node, false));
    geometry->volume = calloc(node->n_child, sizeof *geometry->volume);
    EOT_CHECK_MEMORY(geometry->volume);
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        eot_item_name(v->name, node->child[i], i, name, sizeof name);
        geometry->n_volume = i + 1;
        enum eot_status one = read_volume(r, node->child[i], name, &geometry->volume[i]);
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) goto done;
    }
done:
    return status;
}

/** Further selections: each starts from the values of the default one, which was read before (the keys' order). */
static enum eot_status read_selections(const struct eot_value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    EOT_TRY(eot_check_list(v, node, true));
    if (node->n_child > EOT_MAX_FURTHER_SELECTION) {
        status = eot_tree_fail(&r->tree, node, v->name, err,
                               "(%zu selections besides the default one, at most %d); leave some out", node->n_child,
                               EOT_MAX_FURTHER_SELECTION);
        goto done;
    }
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        struct eot_named_selection_config *further = &r->config->further[i];
        eot_item_name(v->name, node->child[i], i, name, sizeof name);
        *further = (struct eot_named_selection_config){.selection = r->config->selection};
        r->config->n_further = i + 1;
        if (eot_node_child(node->child[i], "name") == NULL) {
            status = eot_tree_fail(&r->tree, node->child[i], name, err,
                                   "(a selection without a name); give it one: name: tight");
            if (eot_read_on(r, status) != EOT_OK) goto done;
            continue;
        }
        enum eot_status one = eot_read_section(r, EOT_SCOPE_SELECTION, node->child[i], "", name, further);
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) goto done;
    }
done:
    return status;
}

/** Planes whose crossings are written. */
static enum eot_status read_planes(const struct eot_value_place *v, const struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_reader *r = v->reader;
    struct eot_error *err = r->err;
    struct eot_output_config *output = &r->config->output;
    EOT_TRY(eot_check_list(v, node, true));
    if (node->n_child > EOT_MAX_OUTPUT_PLANE) {
        status = eot_tree_fail(&r->tree, node, v->name, err, "(%zu planes, at most %d); leave some out", node->n_child,
                               EOT_MAX_OUTPUT_PLANE);
        goto done;
    }
    for (size_t i = 0; i < node->n_child; i++) {
        char name[256];
        eot_item_name(v->name, node->child[i], i, name, sizeof name);
        output->n_plane = i + 1;
        enum eot_status one = eot_read_section(r, EOT_SCOPE_PLANE, node->child[i], "", name, &output->plane[i]);
        for (size_t k = 0; k < i && one == EOT_OK; k++)
            if (strcmp(output->plane[k].name, output->plane[i].name) == 0)
                one = eot_tree_fail(&r->tree, node->child[i], name, err,
                                    "(two planes of that name); give each a name of its own");
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) goto done;
    }
done:
    return status;
}

/** One key's value from its node into target (the address inside the scope's struct). */
static enum eot_status read_value(const struct eot_value_place *v, const struct eot_node *node, unsigned char *target) {
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
                status = eot_read_number(v, item, &x);
                memcpy(target + (size_t)i * sizeof x, &x, sizeof x);
            } else {
                status = eot_read_integer(v, item, &x, &count);
                int n = status == EOT_OK ? (int)x : 0;
                memcpy(target + (size_t)i * sizeof n, &n, sizeof n);
            }
        }
        return status;
    case EOT_KEY_NUMBERS: return eot_read_numbers(v, node, (struct eot_numbers *)(void *)target);
    case EOT_KEY_COUNT32:
        status = eot_read_integer(v, node, &x, &count);
        uint32_t count32 = (uint32_t)count;
        memcpy(target, &count32, sizeof count32);
        return status;
    case EOT_KEY_COUNT64:
        status = eot_read_integer(v, node, &x, &count);
        memcpy(target, &count, sizeof count);
        return status;
    case EOT_KEY_SWITCH:
        status = eot_read_switch(v, node, &is_on);
        memcpy(target, &is_on, sizeof is_on);
        return status;
    case EOT_KEY_CHOICE:
        status = eot_read_word(v, node, &word);
        if (status != EOT_OK) return status;
        int n = eot_choice_index(key->choices, word);
        if (n < 0)
            return eot_tree_fail(&r->tree, node, v->name, r->err, "(not one of the choices); use one of %s",
                                 key->choices);
        memcpy(target, &n, sizeof n);
        return EOT_OK;
    case EOT_KEY_FORMS: return eot_read_forms(v, node, (int *)(void *)target);
    case EOT_KEY_NAME: return eot_read_name(v, node, (char *)target);
    case EOT_KEY_PATH: return eot_read_path(v, node, (char *)target);
    case EOT_KEY_MATERIAL: return eot_read_material_name(v, node, (int *)(void *)target);
    case EOT_KEY_ELEMENTS:
        return eot_read_elements(v, node, (struct eot_material_config *)(void *)(target - key->offset));
    case EOT_KEY_MATERIALS: return eot_read_materials(v, node);
    case EOT_KEY_VOLUMES: return read_volumes(v, node);
    case EOT_KEY_SELECTIONS: return read_selections(v, node);
    case EOT_KEY_PLANES: return read_planes(v, node);
    case EOT_KEY_LAYERS: return read_layers(v, node, (struct eot_volume_config *)(void *)(target - key->offset));
    }
    return EOT_OK;
}

/** A default, through the same reader as a written value: plain scalars and flat lists of numbers. */
static enum eot_status read_default(const struct eot_value_place *v, unsigned char *target) {
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

/** One key of a mapping: known, and a section where one is wanted; then the keys in that.
 * @param prefix the sections walked so far, "beam." @param name the same for messages, with list items. */
static enum eot_status read_map_key(struct eot_reader *r, enum eot_scope scope, const struct eot_node *node,
                                    const char *prefix, const char *name);

/** The keys of one mapping and the sections in it: unknown ones are problems. */
static enum eot_status read_map(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                const char *prefix, const char *name) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < map->n_child; i++) {
        enum eot_status one = read_map_key(r, scope, map->child[i], prefix, name);
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) return one;
    }
    return status;
}

static enum eot_status read_map_key(struct eot_reader *r, enum eot_scope scope, const struct eot_node *node,
                                    const char *prefix, const char *name) {
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
    if (is_key) return EOT_OK;
    bool is_empty = node->kind == EOT_NODE_SCALAR && node->text[0] == '\0' && node->is_plain;
    if (node->kind != EOT_NODE_MAP && !is_empty)
        return eot_tree_fail(&r->tree, node, full, r->err, "(must be a section); write its keys below it, indented");
    snprintf(inner, sizeof inner, "%.250s.", path);
    return node->kind == EOT_NODE_MAP ? read_map(r, scope, node, inner, full) : EOT_OK;
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

/** Was this key, or the section that it stands in, taken for misspelt or found to be wrong? */
static bool is_accounted_for(const struct eot_reader *r, const char *key) {
    char above[512];
    for (size_t i = 0; i < r->n_meant; i++)
        if (is_part_of(r->meant[i], key)) return true;
    snprintf(above, sizeof above, "%s", key);
    for (char *dot; (dot = strrchr(above, '.')) != NULL;) {
        *dot = '\0';
        for (size_t i = 0; i < r->tree.problems.n; i++)
            if (strcmp(r->tree.problems.row[i].key, above) == 0) return true;
    }
    return false;
}

/** One key of a scope into its target: from the mapping, else its default. @param has_start the target has a value
 * already. */
static enum eot_status read_key(struct eot_reader *r, const struct eot_node *map, const struct eot_value_place *v,
                                bool has_start, unsigned char *target) {
    const struct eot_key *key = v->key;
    const struct eot_node *node = descend(map, key->path);
    bool has_default = key->fallback != NULL && key->fallback[0] != '\0' && strcmp(key->fallback, "[]") != 0;
    enum eot_status status = EOT_OK;
    if (node != NULL)
        status = read_value(v, node, target);
    else if (has_start)
        return EOT_OK;
    else if (key->fallback == NULL && !is_accounted_for(r, v->name))
        status = eot_tree_fail(&r->tree, map == r->tree.root ? eot_tree_nearest(&r->tree, key->path) : map, v->name,
                               r->err, "(missing, and it has no default); give it: %s", key->doc);
    else if (has_default)
        return read_default(v, target);
    return status;
}

/** A whole scope: check that all keys are known, then fill every field in the table's order from the mapping or from
 * the default. */
enum eot_status eot_read_section(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                 const char *prefix, const char *name, void *target) {
    enum eot_status status = read_map(r, scope, map, prefix, name);
    if (eot_read_on(r, status) != EOT_OK) return status;
    /* What begins as a built-in material or as the default selection has all its values: nothing is required. */
    bool has_start = scope == EOT_SCOPE_SELECTION || (scope == EOT_SCOPE_MATERIAL && r->is_builtin_item);
    for (size_t k = 0; k < EOT_N_KEYS; k++) {
        const struct eot_key *key = &EOT_KEYS[k];
        if (key->scope != scope) continue;
        char full[512];
        snprintf(full, sizeof full, "%.300s%s%s", name, name[0] != '\0' ? "." : "", key->path);
        enum eot_status one =
            read_key(r, map, &(struct eot_value_place){r, key, full}, has_start, (unsigned char *)target + key->offset);
        if (one != EOT_OK) status = one;
        if (eot_read_on(r, one) != EOT_OK) return one;
    }
    return status;
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
    struct eot_problems problems = {0};
    enum eot_status status = eot_config_read_all(path, text, overrides, n_override, config, &problems, err);
    if (status == EOT_OK) status = eot_problems_fail(&problems, err);
    if (status != EOT_OK) eot_config_free(config);
    eot_problems_free(&problems);
    return status;
}

/** The beam's energy: one of two keys. */
static enum eot_status read_beam_energy(struct eot_reader *r, struct eot_config_input *input) {
    static const char KINETIC[] = "beam.kinetic_energy", TOTAL[] = "beam.energy";
    const struct eot_node *kinetic = eot_tree_find(&r->tree, KINETIC), *total = eot_tree_find(&r->tree, TOTAL);
    if (eot_problems_has(&r->tree.problems, KINETIC) || eot_problems_has(&r->tree.problems, TOTAL)) return EOT_OK;
    if (kinetic != NULL && total != NULL)
        return eot_tree_fail(&r->tree, kinetic, KINETIC, r->err, "(beam.energy is given too); keep one of them");
    if (kinetic == NULL && total == NULL)
        return is_accounted_for(r, TOTAL) || is_accounted_for(r, KINETIC)
                   ? EOT_OK
                   : eot_tree_fail(&r->tree, eot_tree_nearest(&r->tree, TOTAL), TOTAL, r->err,
                                   "(missing, and it has no default); give beam.energy or beam.kinetic_energy");
    if (kinetic == NULL) return EOT_OK;
    const struct eot_key *key = eot_key_find(EOT_SCOPE_ROOT, TOTAL);
    double energy = input->kinetic_energy + eot_beam_mass(&input->config);
    if (energy < key->min || energy > key->max)
        return eot_tree_fail(&r->tree, kinetic, KINETIC, r->err,
                             "(a total energy of %.9g GeV; allowed are %g GeV .. %g GeV); %s it", energy, key->min,
                             key->max, energy < key->min ? "raise" : "lower");
    input->config.beam.energy = energy;
    return EOT_OK;
}

/** All of the root section into the input, problems into the tree. */
static enum eot_status read_root(struct eot_reader *r, struct eot_config_input *input) {
    enum eot_status status = EOT_OK;
    const struct eot_node *node = eot_node_child(r->tree.root, "schema"); /* another version has other keys */
    if (node != NULL && (node->kind != EOT_NODE_SCALAR || strcmp(node->text, EOT_CONFIG_SCHEMA) != 0))
        return eot_tree_fail(&r->tree, node, "schema", r->err,
                             "(this program reads " EOT_CONFIG_SCHEMA "); write schema: " EOT_CONFIG_SCHEMA
                             ", or use the program that wrote the file");
    EOT_TRY(eot_read_on(r, eot_read_section(r, EOT_SCOPE_ROOT, r->tree.root, "", "", input)));
    EOT_TRY(eot_read_on(r, read_beam_energy(r, input)));
    if (input->config.physics.masses.n > 0) input->config.physics.mphi = input->config.physics.masses.value[0];
    EOT_TRY(eot_config_validate(r));
done:
    return status;
}

enum eot_status eot_config_read_all(const char *path, const char *text, const char *const *overrides, size_t n_override,
                                    struct eot_config *config, struct eot_problems *problems, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config_input input = {.kinetic_energy = 0};
    struct eot_reader *r = calloc(1, sizeof *r);
    memset(config, 0, sizeof *config);
    EOT_CHECK_MEMORY(r);
    *r = (struct eot_reader){.config = &input.config, .err = err};
    status = eot_tree_read(path, text, overrides, n_override, &r->tree, err);
    if (status == EOT_OK) status = read_root(r, &input);
    if (status != EOT_OK && status != EOT_E_CONFIG) goto done;
    status = EOT_OK;
    if (r->tree.problems.n > 0) {
        eot_problems_sort(&r->tree.problems);
        struct eot_problems empty = *problems;
        *problems = r->tree.problems;
        r->tree.problems = empty;
        goto done;
    }
    EOT_TRY(drop_unused_materials(&input.config, err));
    input.config.effective_yaml = eot_config_effective(&input.config);
    EOT_CHECK_MEMORY(input.config.effective_yaml);
    eot_sha256_hex(input.config.effective_yaml, strlen(input.config.effective_yaml), input.config.sha256);
    input.config.source = malloc(sizeof *input.config.source);
    EOT_CHECK_MEMORY(input.config.source);
    *input.config.source = r->tree;
    r->tree = (struct eot_tree){.root = NULL};
    *config = input.config;
    memset(&input.config, 0, sizeof input.config);
done:
    eot_config_free(&input.config);
    if (r != NULL) eot_tree_free(&r->tree);
    free(r);
    return status;
}

void eot_config_place(const struct eot_config *config, const char *key, struct eot_problem *place) {
    char value[256] = "";
    *place = (struct eot_problem){.line = 0};
    snprintf(place->key, sizeof place->key, "%.200s", key);
    if (config->source == NULL) return;
    const struct eot_node *node = eot_tree_find(config->source, key);
    eot_tree_place(config->source, eot_tree_nearest(config->source, key), place);
    if (node != NULL && node->kind != EOT_NODE_MAP) eot_node_describe(node, value, sizeof value);
    snprintf(place->message, sizeof place->message, "%.200s%s%s%s", key, value[0] != '\0' ? " = " : "", value,
             key[0] != '\0' ? " " : "");
}

bool eot_config_is_default(const struct eot_config *config, const char *key) {
    const struct eot_key *k = eot_key_find(EOT_SCOPE_ROOT, key);
    double fallback[8] = {0};
    struct eot_reader *r = k != NULL && k->type == EOT_KEY_NUMBER ? calloc(1, sizeof *r) : NULL;
    if (r == NULL || k->fallback == NULL || k->fallback[0] == '\0') {
        free(r);
        return false;
    }
    bool is_read = read_default(&(struct eot_value_place){r, k, key}, (unsigned char *)fallback) == EOT_OK;
    eot_tree_free(&r->tree);
    free(r);
    return is_read &&
           memcmp(fallback, (const unsigned char *)config + k->offset, (size_t)k->count * sizeof fallback[0]) == 0;
}

void eot_config_free(struct eot_config *config) {
    for (size_t i = 0; i < config->n_material; i++) free(config->material[i].element);
    free(config->material);
    for (size_t i = 0; config->geometry.volume != NULL && i < config->geometry.n_volume; i++)
        free(config->geometry.volume[i].layer);
    free(config->geometry.volume);
    free(config->effective_yaml);
    if (config->source != NULL) eot_tree_free(config->source);
    free(config->source);
    memset(config, 0, sizeof *config);
}

enum eot_process_family eot_config_family(const struct eot_config *config) {
    for (int p = 0; p < EOT_N_RARE; p++)
        if (config->physics.rare[p] && eot_rare_family(p) == EOT_FAMILY_SIGNAL) return EOT_FAMILY_SIGNAL;
    return EOT_FAMILY_DIMUON;
}

i32 eot_config_rare_parents(const struct eot_config *config, int process) {
    i32 parents = eot_rare_parents(process);
    if (eot_rare_family(process) == EOT_FAMILY_SIGNAL && config->physics.lfc_sampler == EOT_CONFIG_LFC_DMG4)
        parents &= ~(i32)EOT_BY_POSITRON;
    return parents;
}
