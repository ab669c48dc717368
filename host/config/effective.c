/** @file effective.c
 * The configuration written back: the effective YAML, and the table of keys in Markdown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "config/schema.h"
#include "materials/library.h"

static void write_number(FILE *out, double value, enum eot_dimension dimension) {
    char text[32];
    const char *unit = eot_dimension_unit(dimension);
    eot_number_text(value, text);
    fprintf(out, "%s%s%s", text, unit[0] != '\0' ? " " : "", unit);
}

static void write_scope(FILE *out, const struct eot_config *config, enum eot_scope scope, const void *source,
                        int indent, bool is_item);

static void write_value(FILE *out, const struct eot_config *config, const struct eot_key *key,
                        const unsigned char *source, int indent) {
    double x;
    int n;
    uint32_t count32;
    uint64_t count64;
    bool is_on;
    char word[32];
    switch (key->type) {
    case EOT_KEY_NUMBER:
    case EOT_KEY_INTEGER:
        if (key->count > 1) fputc('[', out);
        for (int i = 0; i < key->count; i++) {
            if (i > 0) fputs(", ", out);
            if (key->type == EOT_KEY_NUMBER) {
                memcpy(&x, source + (size_t)i * sizeof x, sizeof x);
                write_number(out, x, key->dimension);
            } else {
                memcpy(&n, source + (size_t)i * sizeof n, sizeof n);
                fprintf(out, "%d", n);
            }
        }
        if (key->count > 1) fputc(']', out);
        break;
    case EOT_KEY_COUNT32:
        memcpy(&count32, source, sizeof count32);
        fprintf(out, "%lu", (unsigned long)count32);
        break;
    case EOT_KEY_COUNT64:
        memcpy(&count64, source, sizeof count64);
        fprintf(out, "%llu", (unsigned long long)count64);
        break;
    case EOT_KEY_SWITCH:
        memcpy(&is_on, source, sizeof is_on);
        fputs(is_on ? "on" : "off", out);
        break;
    case EOT_KEY_CHOICE:
        memcpy(&n, source, sizeof n);
        eot_choice_word(key->choices, n, word);
        fputs(word, out);
        break;
    case EOT_KEY_FORMS:
        memcpy(&n, source, sizeof n);
        if (n > 1) fputc('[', out);
        for (int i = 0, n_word = 0; n > 1 && (n >> i) != 0; i++) {
            eot_choice_word(key->choices, i, word);
            if ((n >> i & 1) != 0) fprintf(out, "%s%s", n_word++ > 0 ? ", " : "", word);
        }
        fputs(n == 0 ? "off" : n == 1 ? "on" : "]", out);
        break;
    case EOT_KEY_PATH:
    case EOT_KEY_NAME: fprintf(out, "\"%s\"", (const char *)source); break;
    case EOT_KEY_MATERIAL:
        memcpy(&n, source, sizeof n);
        fprintf(out, "\"%s\"", config->material[n].name);
        break;
    case EOT_KEY_ELEMENTS: {
        const struct eot_material_config *material =
            (const struct eot_material_config *)(const void *)(source - key->offset);
        fputc('{', out);
        for (size_t i = 0; i < material->n_element; i++) {
            char text[32];
            eot_number_text(material->element[i].mass_fraction, text);
            fprintf(out, "%s%s: %s", i > 0 ? ", " : "", material->element[i].symbol, text);
        }
        fputc('}', out);
        break;
    }
    case EOT_KEY_MATERIALS:
        for (size_t i = 0; i < config->n_material; i++)
            write_scope(out, config, EOT_SCOPE_MATERIAL, &config->material[i], indent + 4, true);
        break;
    case EOT_KEY_VOLUMES:
        for (size_t i = 0; i < config->geometry.n_volume; i++)
            write_scope(out, config, EOT_SCOPE_VOLUME, &config->geometry.volume[i], indent + 4, true);
        break;
    case EOT_KEY_SELECTIONS:
        for (size_t i = 0; i < config->n_further; i++)
            write_scope(out, config, EOT_SCOPE_SELECTION, &config->further[i], indent + 4, true);
        break;
    case EOT_KEY_PLANES:
        for (size_t i = 0; i < config->output.n_plane; i++)
            write_scope(out, config, EOT_SCOPE_PLANE, &config->output.plane[i], indent + 4, true);
        break;
    case EOT_KEY_LAYERS: {
        const struct eot_volume_config *volume = (const struct eot_volume_config *)(const void *)(source - key->offset);
        for (size_t i = 0; i < volume->n_layer; i++)
            write_scope(out, config, EOT_SCOPE_LAYER, &volume->layer[i], indent + 4, true);
        break;
    }
    }
}

static bool is_block(enum eot_key_type type) {
    return type == EOT_KEY_MATERIALS || type == EOT_KEY_VOLUMES || type == EOT_KEY_LAYERS ||
           type == EOT_KEY_SELECTIONS || type == EOT_KEY_PLANES;
}

/** A volume's merge that geometry.layers implies is left out, so that --set geometry.layers still acts on an effective
 * configuration; an empty list of further selections or of planes, and
 * no file of events, are left out too. */
static bool is_implied(const struct eot_config *config, const struct eot_key *key, const void *source) {
    if (key->type == EOT_KEY_SELECTIONS) return config->n_further == 0;
    if (key->type == EOT_KEY_PLANES) return config->output.n_plane == 0;
    if (strcmp(key->path, "beam.file_as") == 0) return config->beam.file[0] == '\0';
    if (key->type == EOT_KEY_PATH) return ((const char *)source)[key->offset] == '\0';
    if (key->scope != EOT_SCOPE_VOLUME || strcmp(key->path, "merge") != 0) return false;
    return ((const struct eot_volume_config *)source)->merge ==
           (config->geometry.layers == EOT_LAYERS_EXPLICIT ? -1 : 0);
}

/** All keys of a scope in the table's order; section lines appear where the leading parts of the path change. */
static void write_scope(FILE *out, const struct eot_config *config, enum eot_scope scope, const void *source,
                        int indent, bool is_item) {
    char open[64] = ""; /* the sections we are in, "physics.shower." */
    for (size_t k = 0; k < EOT_N_KEYS; k++) {
        const struct eot_key *key = &EOT_KEYS[k];
        if (key->scope != scope || key->is_input_only || is_implied(config, key, source)) continue;
        const char *last = strrchr(key->path, '.');
        size_t n_section = last != NULL ? (size_t)(last + 1 - key->path) : 0, shared = 0;
        for (size_t i = 0; i < n_section && key->path[i] == open[i]; i++)
            if (key->path[i] == '.') shared = i + 1;
        int depth = 0;
        for (size_t i = 0; i < shared; i++) depth += key->path[i] == '.';
        for (size_t i = shared; i < n_section; depth++) {
            size_t n = strcspn(key->path + i, ".");
            fprintf(out, "%*s%.*s:\n", indent + 2 * depth, "", (int)n, key->path + i);
            i += n + 1;
        }
        snprintf(open, sizeof open, "%.*s", (int)n_section, key->path);
        fprintf(out, "%*s%s%s:%s", indent + 2 * depth - (is_item ? 2 : 0), "", is_item ? "- " : "",
                key->path + n_section, is_block(key->type) ? "\n" : " ");
        is_item = false;
        write_value(out, config, key, (const unsigned char *)source + key->offset, indent + 2 * depth);
        if (!is_block(key->type)) fputc('\n', out);
    }
}

char *eot_config_effective(const struct eot_config *config) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    write_scope(out, config, EOT_SCOPE_ROOT, config, 0, false);
    bool is_bad = ferror(out) != 0;
    if (fclose(out) != 0 || is_bad) {
        free(text);
        return NULL;
    }
    return text;
}

static const char *type_text(const struct eot_key *key, char *text, size_t size) {
    static const char *const words[] = {
        [EOT_KEY_NUMBER] = "number",     [EOT_KEY_INTEGER] = "integer",
        [EOT_KEY_COUNT32] = "integer",   [EOT_KEY_COUNT64] = "integer",
        [EOT_KEY_SWITCH] = "on, off",    [EOT_KEY_NAME] = "name",
        [EOT_KEY_MATERIAL] = "material", [EOT_KEY_ELEMENTS] = "mapping symbol: fraction",
        [EOT_KEY_MATERIALS] = "list",    [EOT_KEY_VOLUMES] = "list",
        [EOT_KEY_LAYERS] = "list",       [EOT_KEY_SELECTIONS] = "list",
        [EOT_KEY_PLANES] = "list",       [EOT_KEY_PATH] = "path",
        [EOT_KEY_CHOICE] = "",           [EOT_KEY_FORMS] = "on, off, ",
    };
    if (key->type == EOT_KEY_CHOICE || key->type == EOT_KEY_FORMS) {
        char word[32];
        size_t used = (size_t)snprintf(text, size, "%s", words[key->type]);
        for (int i = 0; eot_choice_word(key->choices, i, word), word[0] != '\0' && used < size; i++)
            used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", word);
    } else if ((key->type == EOT_KEY_NUMBER || key->type == EOT_KEY_INTEGER) && key->count > 1)
        snprintf(text, size, "%d %ss", key->count, words[key->type]);
    else
        snprintf(text, size, "%s", words[key->type]);
    return text;
}

char *eot_config_schema_markdown(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    fprintf(
        out,
        "# Configuration keys\n\n"
        "One YAML file is one run. Generated from the table that reads it (`host/config/schema.c`); "
        "`tests/unit/config/test_schema.c` compares the two, and\n"
        "rewrites this file when it runs with `EOT_REWRITE_SCHEMA=1`.\n\n"
        "* A number may carry a unit (`1.5 mm`, `100 GeV`); a bare number is in the unit of its row. Integers may be "
        "written as `1e9`.\n"
        "* `--set key=value` takes the same keys; items of a list by name or number: `--set "
        "geometry.volumes.hcal0.repeat=24`.\n"
        "* `include: FILE`, or a list of files, puts these below the file that names them: sections are merged key by "
        "key, and what both say (a list as a whole)\n"
        "  the naming file says, of two included files the later. Names start at the folder of the file that has "
        "them.\n"
        "* `-` as default means that the key is required. An unknown key is an error, and so is a key given twice.\n\n"
        "Units by dimension: ");
    for (int d = 0; d < EOT_N_DIMENSION; d++) {
        char units[128];
        eot_dimension_units((enum eot_dimension)d, units, sizeof units);
        fprintf(out, "%s%s: %s", d > 0 ? "; " : "", eot_dimension_name((enum eot_dimension)d), units);
    }
    fprintf(
        out,
        ".\n\nBuilt-in materials, which `eotmc materials` lists with density, radiation length, critical energy and "
        "more: the elements from hydrogen to uranium by their names (lead, iron, aluminium), and ");
    for (size_t i = 0, n = 0; eot_material_builtin_name(i) != NULL; i++)
        if (!eot_material_is_element(eot_material_builtin_name(i)))
            fprintf(out, "%s%s", n++ > 0 ? ", " : "", eot_material_builtin_name(i));
    fprintf(out, ".\n\n| key | value | unit | range | default | meaning |\n| --- | --- | --- | --- | --- | --- |\n");
    for (size_t k = 0; k < EOT_N_KEYS; k++) {
        const struct eot_key *key = &EOT_KEYS[k];
        char type[160], low[32] = "", high[32] = "";
        bool has_range = key->type == EOT_KEY_NUMBER || key->type == EOT_KEY_INTEGER || key->type == EOT_KEY_COUNT32 ||
                         key->type == EOT_KEY_COUNT64;
        if (has_range) {
            eot_number_text(key->min, low);
            eot_number_text(key->max, high);
        }
        fprintf(out, "| `%s%s` | %s | %s | %s%s%s | %s | %s |\n", eot_scope_prefix(key->scope), key->path,
                type_text(key, type, sizeof type), eot_dimension_unit(key->dimension), low, has_range ? " .. " : "",
                high,
                key->fallback == NULL      ? "-"
                : key->fallback[0] == '\0' ? "(see right)"
                                           : key->fallback,
                key->doc);
    }
    bool is_bad = ferror(out) != 0;
    if (fclose(out) != 0 || is_bad) {
        free(text);
        return NULL;
    }
    return text;
}
