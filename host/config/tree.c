#include "config/tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/array.h"

#define MAX_DEPTH 12    /* the schema needs 6 */
#define MAX_NODE 100000 /* stops aliases that multiply */
#define MAX_FILE_BYTES (4 * 1024 * 1024)

static void node_free(struct eot_node *node) {
    if (node == NULL) return;
    for (size_t i = 0; i < node->n_child; i++) node_free(node->child[i]);
    free(node->child);
    free(node->key);
    free(node->text);
    free(node);
}

static struct eot_node *node_create(enum eot_node_kind kind, const char *key, int line, int source) {
    struct eot_node *node = calloc(1, sizeof *node);
    if (node == NULL) return NULL;
    node->kind = kind;
    node->line = line;
    node->source = source;
    if (key != NULL && (node->key = strdup(key)) == NULL) {
        free(node);
        return NULL;
    }
    return node;
}

/** Append; on failure the child is freed. */
static bool node_append(struct eot_node *parent, struct eot_node *child) {
    struct eot_node **grown = child == NULL ? NULL : eot_array_grown(parent->child, parent->n_child, sizeof *grown);
    if (grown == NULL) {
        node_free(child);
        return false;
    }
    parent->child = grown;
    parent->child[parent->n_child++] = child;
    return true;
}

struct eot_node *eot_node_child(const struct eot_node *node, const char *key) {
    if (node == NULL || node->kind != EOT_NODE_MAP) return NULL;
    for (size_t i = 0; i < node->n_child; i++)
        if (strcmp(node->child[i]->key, key) == 0) return node->child[i];
    return NULL;
}

/** Item of a list by its `name`, or by its number from 0. */
static struct eot_node *list_item(const struct eot_node *list, const char *name) {
    for (size_t i = 0; i < list->n_child; i++) {
        const struct eot_node *own = eot_node_child(list->child[i], "name");
        if (own != NULL && own->kind == EOT_NODE_SCALAR && strcmp(own->text, name) == 0) return list->child[i];
    }
    char *end = NULL;
    unsigned long number = strtoul(name, &end, 10);
    return name[0] >= '0' && name[0] <= '9' && *end == '\0' && number < list->n_child ? list->child[number] : NULL;
}

struct eot_node *eot_tree_find(const struct eot_tree *tree, const char *path) {
    struct eot_node *node = tree->root;
    char part[128];
    while (node != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        if (n >= sizeof part) return NULL;
        memcpy(part, path, n);
        part[n] = '\0';
        node = node->kind == EOT_NODE_LIST ? list_item(node, part) : eot_node_child(node, part);
        path += path[n] == '.' ? n + 1 : n;
    }
    return node;
}

void eot_node_describe(const struct eot_node *node, char *text, size_t size) {
    if (node->kind == EOT_NODE_SCALAR)
        snprintf(text, size, "%.80s", node->text[0] == '\0' ? "(nothing)" : node->text);
    else if (node->kind == EOT_NODE_MAP)
        snprintf(text, size, "a section");
    else {
        size_t used = (size_t)snprintf(text, size, "[");
        for (size_t i = 0; i < node->n_child && used < size; i++) {
            const struct eot_node *item = node->child[i];
            used += (size_t)snprintf(text + used, size - used, "%s%.24s", i > 0 ? ", " : "",
                                     i == 6                          ? "..."
                                     : item->kind == EOT_NODE_SCALAR ? item->text
                                                                     : "{...}");
            if (i == 6) break;
        }
        if (used < size) snprintf(text + used, size - used, "]");
    }
}

/** "file:line" or "--set key=value". */
static void place(const struct eot_tree *tree, int source, int line, char *text, size_t size) {
    if (source > 0)
        snprintf(text, size, "--set %.160s", tree->overrides[source - 1]);
    else if (line > 0)
        snprintf(text, size, "%.400s:%d", tree->path, line);
    else
        snprintf(text, size, "%.400s", tree->path);
}

enum eot_status eot_tree_fail(const struct eot_tree *tree, const struct eot_node *node, const char *key,
                              struct eot_error *err, const char *format, ...) {
    char where[512], value[256] = "", rest[1024];
    place(tree, node != NULL ? node->source : 0, node != NULL ? node->line : 0, where, sizeof where);
    if (node != NULL && node->kind != EOT_NODE_MAP) eot_node_describe(node, value, sizeof value);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    return eot_error_set(err, EOT_E_CONFIG, __FILE__, __LINE__, __func__, "%s: %.200s%s%s %s", where, key,
                         value[0] != '\0' ? " = " : "", value, rest);
}

/** One document being turned into nodes. */
struct loading {
    struct eot_tree *tree;
    yaml_document_t *document;
    int source;
    size_t n_node;
    struct eot_error *err;
};

static enum eot_status convert(struct loading *l, int index, const char *key, int line, const char *path, int depth,
                               struct eot_node **result) {
    enum eot_status status = EOT_OK;
    struct eot_error *err = l->err;
    struct eot_node *node = NULL;
    char where[512], child_path[256];
    yaml_node_t *y = yaml_document_get_node(l->document, index);
    if (line == 0) line = (int)y->start_mark.line + 1;
    place(l->tree, l->source, line, where, sizeof where);
    EOT_CHECK(depth <= MAX_DEPTH, EOT_E_CONFIG,
              "%s: %s (nested more than %d levels deep, or an alias that contains itself); follow the structure of "
              "configs/schema.md",
              where, path, MAX_DEPTH);
    EOT_CHECK(++l->n_node <= MAX_NODE, EOT_E_CONFIG,
              "%s: %s (more than %d values, aliases expanded); remove aliases that multiply", where, path, MAX_NODE);
    if (y->type == YAML_SCALAR_NODE) {
        node = node_create(EOT_NODE_SCALAR, key, line, l->source);
        EOT_CHECK_MEMORY(node);
        EOT_CHECK(strlen((const char *)y->data.scalar.value) == y->data.scalar.length, EOT_E_CONFIG,
                  "%s: %s (contains a zero byte); write plain text", where, path);
        node->is_plain = y->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        node->text = strdup((const char *)y->data.scalar.value);
        EOT_CHECK_MEMORY(node->text);
    } else if (y->type == YAML_SEQUENCE_NODE) {
        node = node_create(EOT_NODE_LIST, key, line, l->source);
        EOT_CHECK_MEMORY(node);
        for (yaml_node_item_t *item = y->data.sequence.items.start; item < y->data.sequence.items.top; item++) {
            struct eot_node *child = NULL;
            snprintf(child_path, sizeof child_path, "%.200s[%zu]", path, node->n_child);
            EOT_TRY(convert(l, *item, NULL, 0, child_path, depth + 1, &child));
            EOT_CHECK(node_append(node, child), EOT_E_MEMORY, "out of memory; use a smaller configuration");
        }
    } else {
        node = node_create(EOT_NODE_MAP, key, line, l->source);
        EOT_CHECK_MEMORY(node);
        for (yaml_node_pair_t *pair = y->data.mapping.pairs.start; pair < y->data.mapping.pairs.top; pair++) {
            yaml_node_t *name = yaml_document_get_node(l->document, pair->key);
            int name_line = (int)name->start_mark.line + 1;
            place(l->tree, l->source, name_line, where, sizeof where);
            EOT_CHECK(name->type == YAML_SCALAR_NODE, EOT_E_CONFIG,
                      "%s: %s (a key must be a word, not a list or section); write key: value", where, path);
            const char *word = (const char *)name->data.scalar.value;
            snprintf(child_path, sizeof child_path, "%.120s%s%.60s", path, path[0] != '\0' ? "." : "", word);
            const struct eot_node *earlier = eot_node_child(node, word);
            EOT_CHECK(earlier == NULL, EOT_E_CONFIG, "%s: %s (given twice, first in line %d); keep one of them", where,
                      child_path, earlier->line);
            struct eot_node *child = NULL;
            EOT_TRY(convert(l, pair->value, word, name_line, child_path, depth + 1, &child));
            EOT_CHECK(node_append(node, child), EOT_E_MEMORY, "out of memory; use a smaller configuration");
        }
    }
    *result = node;
    node = NULL;
done:
    node_free(node);
    return status;
}

/** Parse YAML text into a tree; *result stays NULL for an empty document. */
static enum eot_status parse(struct eot_tree *tree, int source, const char *text, size_t n, const char *path,
                             struct eot_node **result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    yaml_parser_t parser;
    yaml_document_t document, next;
    bool has_document = false, has_next = false;
    char where[512];
    EOT_CHECK(yaml_parser_initialize(&parser) != 0, EOT_E_MEMORY, "out of memory; free memory and try again");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    has_document = yaml_parser_load(&parser, &document) != 0;
    if (has_document && yaml_document_get_root_node(&document) != NULL) {
        struct loading l = {tree, &document, source, 0, err};
        EOT_TRY(convert(&l, 1, NULL, source > 0 ? 1 : 0, path, source > 0 ? 3 : 0,
                        result)); /* an override's value sits deeper in the tree */
        has_next = yaml_parser_load(&parser, &next) != 0;
        place(tree, source, has_next ? (int)next.start_mark.line + 1 : 0, where, sizeof where);
        EOT_CHECK(!has_next || yaml_document_get_root_node(&next) == NULL, EOT_E_CONFIG,
                  "%s: a second document (one file is one run); remove everything from the second '---'", where);
    }
    if (parser.error != YAML_NO_ERROR) {
        bool is_tab = parser.error == YAML_SCANNER_ERROR && parser.problem_mark.index < n &&
                      text[parser.problem_mark.index] == '\t';
        int line = parser.error == YAML_READER_ERROR ? 0 : (int)parser.problem_mark.line + 1;
        place(tree, source, line, where, sizeof where);
        status = eot_error_set(err, parser.error == YAML_MEMORY_ERROR ? EOT_E_MEMORY : EOT_E_CONFIG, __FILE__, __LINE__,
                               __func__, "%s: malformed YAML (%s%s%s); %s", where,
                               parser.context != NULL ? parser.context : "", parser.context != NULL ? ": " : "",
                               parser.problem != NULL ? parser.problem : "unknown",
                               is_tab ? "a tab stands here: indent with spaces"
                                      : "write key: value lines, indented with spaces, in UTF-8");
    }
done:
    if (has_next) yaml_document_delete(&next);
    if (has_document) yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    return status;
}

static enum eot_status read_file(const char *path, char **text, size_t *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *bytes = NULL;
    FILE *file = fopen(path, "rb");
    EOT_CHECK(file != NULL, EOT_E_IO, "%s: cannot open the configuration (%s); check the path", path, strerror(errno));
    bytes = malloc(MAX_FILE_BYTES + 1);
    EOT_CHECK_MEMORY(bytes);
    *n = fread(bytes, 1, MAX_FILE_BYTES + 1, file);
    EOT_CHECK(ferror(file) == 0, EOT_E_IO, "%s: cannot read the configuration (%s); give a readable file", path,
              strerror(errno));
    EOT_CHECK(*n <= MAX_FILE_BYTES, EOT_E_CONFIG,
              "%s: larger than %d bytes (a configuration is a few kilobytes); is it the right file?", path,
              MAX_FILE_BYTES);
    *text = bytes;
    bytes = NULL;
done:
    if (file != NULL) fclose(file);
    free(bytes);
    return status;
}

/** beam.energy and beam.kinetic_energy say the same thing: an override of one replaces the other. */
static const char *const ALTERNATIVES[][2] = {{"energy", "kinetic_energy"}};

static void remove_child(struct eot_node *node, const char *key) {
    for (size_t i = 0; i < node->n_child; i++)
        if (strcmp(node->child[i]->key, key) == 0) {
            node_free(node->child[i]);
            memmove(node->child + i, node->child + i + 1, (--node->n_child - i) * sizeof *node->child);
            return;
        }
}

/** Put one override's value where its dotted key says; sections that are missing are made, list items must exist. */
static enum eot_status apply_override(struct eot_tree *tree, size_t i, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *text = tree->overrides[i], *equals = strchr(text, '=');
    int source = (int)i + 1;
    struct eot_node *value = NULL, *node = tree->root;
    char key[256];
    EOT_CHECK(equals != NULL && equals > text, EOT_E_CONFIG,
              "--set %.160s (not key=value); write --set section.key=value, for example --set beam.energy=\"50 GeV\"",
              text);
    EOT_CHECK((size_t)(equals - text) < sizeof key, EOT_E_CONFIG,
              "--set %.160s (key too long); see configs/schema.md for the keys", text);
    memcpy(key, text, (size_t)(equals - text));
    key[equals - text] = '\0';
    EOT_TRY(parse(tree, source, equals + 1, strlen(equals + 1), key, &value, err));
    EOT_CHECK(value != NULL, EOT_E_CONFIG, "--set %.160s (no value); write --set %s=value", text, key);
    for (char *part = key, *dot; part != NULL; part = dot) {
        dot = strchr(part, '.');
        if (dot != NULL) *dot++ = '\0';
        EOT_CHECK(*part != '\0', EOT_E_CONFIG, "--set %.160s (empty part in the key); write --set section.key=value",
                  text);
        if (node->kind == EOT_NODE_SCALAR && node->text[0] == '\0' && node->is_plain)
            node->kind = EOT_NODE_MAP; /* "section:" with nothing in it */
        EOT_CHECK(node->kind != EOT_NODE_SCALAR, EOT_E_CONFIG,
                  "--set %.160s (%s is a value, not a section); see configs/schema.md for the keys", text, node->key);
        bool is_list = node->kind == EOT_NODE_LIST;
        struct eot_node *child = is_list ? list_item(node, part) : eot_node_child(node, part);
        EOT_CHECK(!is_list || child != NULL, EOT_E_CONFIG,
                  "--set %.160s (no item '%s' in the list); use the `name` of an item, or its number from 0", text,
                  part);
        if (dot != NULL) { /* go down */
            if (child == NULL) {
                child = node_create(EOT_NODE_MAP, part, 1, source);
                EOT_CHECK(node_append(node, child), EOT_E_MEMORY, "out of memory; free memory and try again");
            }
            node = child;
            continue;
        }
        if (!is_list) {
            for (size_t a = 0; a < sizeof ALTERNATIVES / sizeof ALTERNATIVES[0]; a++)
                for (int side = 0; side < 2; side++)
                    if (node->key != NULL && strcmp(node->key, "beam") == 0 && strcmp(part, ALTERNATIVES[a][side]) == 0)
                        remove_child(node, ALTERNATIVES[a][1 - side]);
            value->key = strdup(part);
            EOT_CHECK_MEMORY(value->key);
        }
        if (child == NULL) {
            struct eot_node *moved = value;
            value = NULL;
            EOT_CHECK(node_append(node, moved), EOT_E_MEMORY, "out of memory; free memory and try again");
        } else
            for (size_t k = 0; k < node->n_child; k++)
                if (node->child[k] == child) {
                    node->child[k] = value;
                    value = NULL;
                    node_free(child);
                    break;
                }
    }
done:
    node_free(value);
    return status;
}

enum eot_status eot_tree_read(const char *path, const char *embedded, const char *const *overrides, size_t n_override,
                              struct eot_tree *tree, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = NULL;
    size_t n = embedded != NULL ? strlen(embedded) : 0;
    *tree = (struct eot_tree){path, overrides, n_override, NULL};
    if (embedded == NULL) EOT_TRY(read_file(path, &text, &n, err));
    EOT_TRY(parse(tree, 0, embedded != NULL ? embedded : text, n, "", &tree->root, err));
    EOT_CHECK(tree->root != NULL, EOT_E_CONFIG, "%s: empty (no key in it); start from configs/na64e-dimuon.yaml", path);
    EOT_CHECK(tree->root->kind == EOT_NODE_MAP, EOT_E_CONFIG,
              "%s:%d: not a mapping (the file must consist of key: value lines); start from configs/na64e-dimuon.yaml",
              path, tree->root->line);
    for (size_t i = 0; i < n_override; i++) EOT_TRY(apply_override(tree, i, err));
done:
    free(text);
    return status;
}

void eot_tree_free(struct eot_tree *tree) {
    node_free(tree->root);
    tree->root = NULL;
}
