/* eotmc schema: the keys of a configuration, as a table or as a JSON Schema that editors and validators read. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "config/schema.h"
#include "version.h"

/* Below, a json_t * that is returned is a new reference, NULL without memory; json_pack passes NULL on. */

#define NUMBER_PATTERN "^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?"

/* A number, or a text of a number with one of the units: YAML reads "1e-4" and "5 mm" as texts. */
static json_t *number_schema(const struct eot_key *key, bool is_integer) {
    char units[128], pattern[512];
    size_t n = (size_t)snprintf(pattern, sizeof pattern, "%s", NUMBER_PATTERN);
    eot_dimension_units(key->dimension, units, sizeof units);
    if (units[0] != '\0' && !is_integer) {
        n += (size_t)snprintf(pattern + n, sizeof pattern - n, "( *(");
        for (const char *u = units; *u != '\0' && n + 4 < sizeof pattern; u++) {
            if (*u == ' ') continue;
            if (*u == '^') pattern[n++] = '\\';
            pattern[n++] = *u;
            if (*u == ',') pattern[n - 1] = '|';
        }
        n += (size_t)snprintf(pattern + n, sizeof pattern - n, "))?");
    }
    snprintf(pattern + n, sizeof pattern - n, "$");
    json_t *number = json_pack("{s:s, s:f, s:f}", "type", is_integer ? "integer" : "number", "minimum", key->min,
                               "maximum", key->max);
    return json_pack("{s:[o, {s:s, s:s}]}", "anyOf", number, "type", "string", "pattern", pattern);
}

static json_t *numbers_schema(const struct eot_key *key) {
    json_t *item = number_schema(key, key->type != EOT_KEY_NUMBER);
    if (key->count == 1) return item;
    return json_pack("{s:s, s:o, s:i, s:i}", "type", "array", "items", item, "minItems", key->count, "maxItems",
                     key->count);
}

/* on and off are words in YAML 1.2 and truth values in 1.1. */
static bool add_word(json_t *words, const char *word) {
    bool is_added = json_array_append_new(words, json_string(word)) == 0;
    if (strcmp(word, "on") == 0) is_added = is_added && json_array_append_new(words, json_true()) == 0;
    if (strcmp(word, "off") == 0) is_added = is_added && json_array_append_new(words, json_false()) == 0;
    return is_added;
}

static json_t *words_schema(const char *choices) {
    json_t *words = json_array();
    char word[32];
    bool is_good = true;
    for (int i = 0; eot_choice_word(choices, i, word), word[0] != '\0'; i++) is_good = is_good && add_word(words, word);
    if (is_good) return json_pack("{s:o}", "enum", words);
    json_decref(words);
    return NULL;
}

/* on, off, a form, or a list of forms. */
static json_t *forms_schema(const struct eot_key *key) {
    return json_pack("{s:[o, o, {s:s, s:o}]}", "anyOf", words_schema("on|off|true|false|yes|no"),
                     words_schema(key->choices), "type", "array", "items", words_schema(key->choices));
}

static const char *const DEFINITION[EOT_N_SCOPE] = {"root", "material", "volume", "layer", "selection", "plane"};

static json_t *list_schema(enum eot_scope scope, int n_least) {
    char reference[48];
    snprintf(reference, sizeof reference, "#/$defs/%s", DEFINITION[scope]);
    return json_pack("{s:s, s:{s:s}, s:i}", "type", "array", "items", "$ref", reference, "minItems", n_least);
}

/* One number, a list, or texts with ranges. */
static json_t *any_numbers_schema(const struct eot_key *key) {
    return json_pack("{s:[{s:[s, s]}, {s:s, s:{s:[s, s]}, s:i}]}", "anyOf", "type", "number", "string", "type", "array",
                     "items", "type", "number", "string", "maxItems", key->count);
}

static json_t *value_schema(const struct eot_key *key) {
    switch (key->type) {
    case EOT_KEY_NUMBER:
    case EOT_KEY_INTEGER:
    case EOT_KEY_COUNT32:
    case EOT_KEY_COUNT64: return numbers_schema(key);
    case EOT_KEY_NUMBERS: return any_numbers_schema(key);
    case EOT_KEY_SWITCH: return words_schema("on|off|true|false|yes|no");
    case EOT_KEY_CHOICE: return words_schema(key->choices);
    case EOT_KEY_FORMS: return forms_schema(key);
    case EOT_KEY_NAME:
        if (strcmp(key->path, "schema") == 0) return json_pack("{s:s}", "const", EOT_CONFIG_SCHEMA);
        return json_pack("{s:[s, s], s:i}", "type", "string", "number", "maxLength", key->count - 1);
    case EOT_KEY_MATERIAL: return json_pack("{s:s}", "type", "string");
    case EOT_KEY_ELEMENTS:
        return json_pack("{s:s, s:{s:[s, s]}, s:i, s:i}", "type", "object", "additionalProperties", "type", "number",
                         "string", "minProperties", 1, "maxProperties", EOT_MAX_ELEMENT);
    case EOT_KEY_MATERIALS: return list_schema(EOT_SCOPE_MATERIAL, 0);
    case EOT_KEY_VOLUMES: return list_schema(EOT_SCOPE_VOLUME, 1);
    case EOT_KEY_LAYERS: return list_schema(EOT_SCOPE_LAYER, 1);
    case EOT_KEY_SELECTIONS: return list_schema(EOT_SCOPE_SELECTION, 0);
    case EOT_KEY_PLANES: return list_schema(EOT_SCOPE_PLANE, 0);
    case EOT_KEY_PATH: return json_pack("{s:s, s:i}", "type", "string", "maxLength", key->count - 1);
    }
    return NULL;
}

/* A section with keys; one that is written without any is null. */
static json_t *section_create(bool may_be_empty) {
    return may_be_empty
               ? json_pack("{s:[s, s], s:{}, s:b}", "type", "object", "null", "properties", "additionalProperties", 0)
               : json_pack("{s:s, s:{}, s:b}", "type", "object", "properties", "additionalProperties", 0);
}

/* The properties of the section that a key stands in, made where they are missing. @param word the last part of the
 * key's path, on return. @param is_bare sections have their properties alone (of a tree of what is required). */
static json_t *section_of(json_t *top, const char *path, const char **word, bool is_bare) {
    json_t *section = top;
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        json_t *properties = json_object_get(section, "properties"), *below = json_object_get(properties, name);
        if (below == NULL &&
            json_object_set_new(properties, name,
                                is_bare ? json_pack("{s:s, s:{}, s:[]}", "type", "object", "properties", "required")
                                        : section_create(true)) != 0)
            return NULL;
        below = json_object_get(properties, name);
        if (is_bare) { /* a section with a required key is required */
            json_t *required = json_object_get(section, "required"), *other;
            size_t i;
            bool is_there = false;
            json_array_foreach(required, i, other) is_there |= strcmp(json_string_value(other), name) == 0;
            if (!is_there && json_array_append_new(required, json_string(name)) != 0) return NULL;
        }
        section = below;
    }
    *word = path;
    return section;
}

/* All keys of a scope. @param required keys without a default go here if it is not NULL, else into the schema. */
static json_t *scope_schema(enum eot_scope scope, json_t *required) {
    json_t *top = section_create(false), *own = NULL;
    bool is_good = top != NULL;
    for (size_t k = 0; is_good && k < EOT_N_KEYS; k++) {
        const struct eot_key *key = &EOT_KEYS[k];
        const char *word = NULL, *unit = eot_dimension_unit(key->dimension);
        if (key->scope != scope) continue;
        json_t *section = section_of(top, key->path, &word, false), *value = value_schema(key);
        if (value != NULL) json_object_set_new(value, "description", eot_json_text(key->doc));
        if (value != NULL && key->fallback != NULL && key->fallback[0] != '\0')
            json_object_set_new(value, "default", json_string(key->fallback));
        if (value != NULL && unit[0] != '\0') json_object_set_new(value, "x-unit", json_string(unit));
        is_good = json_object_set_new(json_object_get(section, "properties"), word, value) == 0;
        bool is_required = key->fallback == NULL && (scope != EOT_SCOPE_MATERIAL || strcmp(key->path, "name") == 0);
        if (!is_good || !is_required) continue;
        if (required != NULL)
            section = section_of(required, key->path, &word, true);
        else
            section = top;
        own = json_object_get(section, "required");
        if (own == NULL) json_object_set_new(section, "required", json_array());
        is_good = json_array_append_new(json_object_get(section, "required"), json_string(word)) == 0;
    }
    if (is_good) return top;
    json_decref(top);
    return NULL;
}

/* What no row of the table says: a file that includes another need not be whole; the beam's energy is one of two keys;
 * a volume has layers or a material. */
static json_t *whole_schema(void) {
    json_t *required = json_pack("{s:{}, s:[]}", "properties", "required"),
           *root = scope_schema(EOT_SCOPE_ROOT, required), *definitions = json_object();
    for (int s = 1; s < EOT_N_SCOPE; s++)
        json_object_set_new(definitions, DEFINITION[s], scope_schema((enum eot_scope)s, NULL));
    json_object_set_new(json_object_get(definitions, "volume"), "oneOf",
                        json_pack("[{s:[s]}, {s:[s, s]}]", "required", "layers", "required", "material", "thickness"));
    json_object_set_new(json_object_get(root, "properties"), "include",
                        json_pack("{s:s, s:[{s:s}, {s:s, s:{s:s}}]}", "description",
                                  "other configurations that stand below this one: names of files, from its folder",
                                  "anyOf", "type", "string", "type", "array", "items", "type", "string"));
    json_object_set_new(json_object_get(required, "properties"), "beam",
                        json_pack("{s:s, s:[{s:[s]}, {s:[s]}]}", "type", "object", "oneOf", "required", "energy",
                                  "required", "kinetic_energy"));
    json_array_append_new(json_object_get(required, "required"), json_string("beam"));
    json_object_set_new(root, "anyOf", json_pack("[{s:[s]}, o]", "required", "include", required));
    json_object_set_new(root, "$defs", definitions);
    json_object_set_new(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(root, "title", json_string("configuration of eotmc " EOT_VERSION ", " EOT_CONFIG_SCHEMA));
    return root;
}

enum eot_status eot_cmd_schema(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "table";
    char *table_text = NULL;
    bool is_help = false;
    struct eot_text_list positional = {0};
    const struct eot_option table[] = {
        {"format", 0, EOT_OPTION_CHOICE, &format, "table|json-schema",
         "a table in Markdown (configs/schema.md), or a JSON Schema (draft 2020-12) for editors and validators "
         "(default: table)"},
    };
    const struct eot_command command = {
        .name = "schema",
        .arguments = "",
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Print all keys of a configuration with their units, ranges, defaults and meaning.",
        .example = "eotmc schema --format json-schema > eotmc.schema.json\n"
                   "# first line of a configuration, for editors with a YAML language server:\n"
                   "# yaml-language-server: $schema=eotmc.schema.json"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    if (strcmp(format, "json-schema") == 0)
        EOT_TRY(eot_json_print(whole_schema(), 15, err));
    else {
        table_text = eot_config_schema_markdown();
        EOT_CHECK_MEMORY(table_text);
        fputs(table_text, stdout);
    }
done:
    free(table_text);
    eot_text_list_free(&positional);
    return status;
}
