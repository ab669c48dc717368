#include "config/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/array.h"

#define MAX_DEPTH 12    /* the schema needs 6 */
#define MAX_NODE 100000 /* stops aliases that multiply */
#define MAX_CHILD 4096  /* keys of one section; as many as a list may have items */
#define MAX_BRACKET 64  /* open at a time */
#define MAX_ANCHOR 1000 /* of one file */

void eot_node_free(struct eot_node *node) {
    if (node == NULL) return;
    for (size_t i = 0; i < node->n_child; i++) eot_node_free(node->child[i]);
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

bool eot_node_append(struct eot_node *parent, struct eot_node *child) {
    struct eot_node **grown = child == NULL ? NULL : eot_array_grown(parent->child, parent->n_child, sizeof *grown);
    if (grown == NULL) {
        eot_node_free(child);
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

struct eot_node *eot_tree_nearest(const struct eot_tree *tree, const char *path) {
    char above[256];
    snprintf(above, sizeof above, "%s", path);
    for (;;) {
        struct eot_node *node = eot_tree_find(tree, above);
        char *dot = strrchr(above, '.');
        if (node != NULL) return node;
        if (dot == NULL) return tree->root;
        *dot = '\0';
    }
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

/** The place of a text with that source and line. */
static void place(const struct eot_tree *tree, int source, int line, struct eot_problem *p) {
    if (source > 0)
        snprintf(p->file, sizeof p->file, "--set %.160s", tree->overrides[source - 1]);
    else
        snprintf(p->file, sizeof p->file, "%.400s", source < 0 ? tree->included[-source - 1] : tree->path);
    p->line = source > 0 ? 0 : line;
}

void eot_tree_place(const struct eot_tree *tree, const struct eot_node *node, struct eot_problem *p) {
    place(tree, node != NULL ? node->source : 0, node != NULL ? node->line : 0, p);
}

/** Add a problem whose message is written, except for the key in front of it. */
static enum eot_status add_problem(struct eot_tree *tree, const struct eot_problem *p, struct eot_error *err) {
    enum eot_status status = eot_problems_add(&tree->problems, p, err);
    struct eot_problems alone = {.n = 1};
    if (status != EOT_OK) return status;
    alone.row = &tree->problems.row[tree->problems.n - 1];
    return eot_problems_fail(&alone, err);
}

enum eot_status eot_tree_fail(struct eot_tree *tree, const struct eot_node *node, const char *key,
                              struct eot_error *err, const char *format, ...) {
    char value[256] = "", rest[1024];
    struct eot_problem p = {.line = 0};
    eot_tree_place(tree, node, &p);
    if (node != NULL && node->kind != EOT_NODE_MAP) eot_node_describe(node, value, sizeof value);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    snprintf(p.key, sizeof p.key, "%.200s", key);
    snprintf(p.message, sizeof p.message, "%.200s%s%s %s", key, value[0] != '\0' ? " = " : "", value, rest);
    return add_problem(tree, &p, err);
}

enum eot_status eot_tree_fail_at(struct eot_tree *tree, int source, int line, const char *key, struct eot_error *err,
                                 const char *format, ...) {
    char rest[1024];
    struct eot_problem p = {.line = 0};
    place(tree, source, line, &p);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    snprintf(p.key, sizeof p.key, "%.200s", key);
    snprintf(p.message, sizeof p.message, "%.200s%s%s", key, key[0] != '\0' ? " " : "", rest);
    return add_problem(tree, &p, err);
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
                               struct eot_node **result);

/** The pairs of a mapping. A key that is given twice is a problem, and its first value stays. */
static enum eot_status convert_pairs(struct loading *l, const yaml_node_t *y, const char *path, int depth,
                                     struct eot_node *node) {
    enum eot_status status = EOT_OK;
    struct eot_error *err = l->err;
    char child_path[256];
    for (yaml_node_pair_t *pair = y->data.mapping.pairs.start; pair < y->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(l->document, pair->key);
        int name_line = (int)name->start_mark.line + 1;
        if (name->type != YAML_SCALAR_NODE)
            return eot_tree_fail_at(l->tree, l->source, name_line, path, err,
                                    "(a key must be a word, not a list or section); write key: value");
        if (node->n_child >= MAX_CHILD)
            return eot_tree_fail_at(l->tree, l->source, name_line, path, err,
                                    "(more than %d keys in one section); is this the right file?", MAX_CHILD);
        const char *word = (const char *)name->data.scalar.value;
        snprintf(child_path, sizeof child_path, "%.120s%s%.60s", path, path[0] != '\0' ? "." : "", word);
        const struct eot_node *earlier = eot_node_child(node, word);
        if (earlier != NULL) {
            status = eot_tree_fail_at(l->tree, l->source, name_line, child_path, err,
                                      "(given twice, first in line %d); keep one of them", earlier->line);
            if (status != EOT_E_CONFIG || l->tree->problems.n >= EOT_MAX_PROBLEM) return status;
            continue;
        }
        struct eot_node *child = NULL;
        EOT_TRY(convert(l, pair->value, word, name_line, child_path, depth + 1, &child));
        EOT_CHECK(eot_node_append(node, child), EOT_E_MEMORY, "out of memory; use a smaller configuration");
    }
    status = EOT_OK;
done:
    return status;
}

static enum eot_status convert(struct loading *l, int index, const char *key, int line, const char *path, int depth,
                               struct eot_node **result) {
    enum eot_status status = EOT_OK;
    struct eot_error *err = l->err;
    struct eot_node *node = NULL;
    char child_path[256];
    yaml_node_t *y = yaml_document_get_node(l->document, index);
    if (line == 0) line = (int)y->start_mark.line + 1;
    if (depth > MAX_DEPTH)
        return eot_tree_fail_at(
            l->tree, l->source, line, path, err,
            "(nested more than %d levels deep, or an alias that contains itself); follow the structure of "
            "configs/schema.md",
            MAX_DEPTH);
    if (++l->n_node > MAX_NODE)
        return eot_tree_fail_at(l->tree, l->source, line, path, err,
                                "(more than %d values, aliases expanded); remove aliases that multiply", MAX_NODE);
    enum eot_node_kind kind = y->type == YAML_SCALAR_NODE     ? EOT_NODE_SCALAR
                              : y->type == YAML_SEQUENCE_NODE ? EOT_NODE_LIST
                                                              : EOT_NODE_MAP;
    node = node_create(kind, key, line, l->source);
    EOT_CHECK_MEMORY(node);
    if (kind == EOT_NODE_SCALAR) {
        if (strlen((const char *)y->data.scalar.value) != y->data.scalar.length) {
            status = eot_tree_fail_at(l->tree, l->source, line, path, err, "(contains a zero byte); write plain text");
            goto done;
        }
        node->is_plain = y->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        node->text = strdup((const char *)y->data.scalar.value);
        EOT_CHECK_MEMORY(node->text);
    } else if (kind == EOT_NODE_LIST) {
        for (yaml_node_item_t *item = y->data.sequence.items.start; item < y->data.sequence.items.top; item++) {
            struct eot_node *child = NULL;
            snprintf(child_path, sizeof child_path, "%.200s[%zu]", path, node->n_child);
            EOT_TRY(convert(l, *item, NULL, 0, child_path, depth + 1, &child));
            EOT_CHECK(eot_node_append(node, child), EOT_E_MEMORY, "out of memory; use a smaller configuration");
        }
    } else
        EOT_TRY(convert_pairs(l, y, path, depth, node));
    *result = node;
    node = NULL;
done:
    eot_node_free(node);
    return status;
}

/** What would take libyaml a time that grows as the square of the text, and what no configuration needs: brackets that
 * are nested deep, thousands of anchors or of directives. Comments do not count. */
static enum eot_status check_text(struct eot_tree *tree, int source, const char *text, size_t n,
                                  struct eot_error *err) {
    int depth = 0, n_anchor = 0, line = 1;
    for (size_t i = 0; i < n; i++) {
        bool is_first = i == 0 || text[i - 1] == '\n', is_after_blank = is_first || strchr(" \t[{,:-", text[i - 1]);
        if (text[i] == '#' && is_after_blank)
            while (i + 1 < n && text[i + 1] != '\n') i++;
        depth += (text[i] == '[' || text[i] == '{') - ((text[i] == ']' || text[i] == '}') && depth > 0);
        n_anchor += text[i] == '&' && is_after_blank;
        if (depth > MAX_BRACKET)
            return eot_tree_fail_at(tree, source, line, "", err,
                                    "brackets nested more than %d levels deep (the schema needs 6 levels); close them",
                                    MAX_BRACKET);
        if (n_anchor > MAX_ANCHOR)
            return eot_tree_fail_at(tree, source, line, "", err, "more than %d anchors (&name); write the values out",
                                    MAX_ANCHOR);
        if (is_first && text[i] == '%')
            return eot_tree_fail_at(tree, source, line, "", err, "a directive of YAML (%%); remove the line");
        line += text[i] == '\n';
    }
    return EOT_OK;
}

/** What libyaml says about a text that is no YAML. */
static enum eot_status fail_yaml(struct eot_tree *tree, int source, const char *text, size_t n,
                                 const yaml_parser_t *parser, struct eot_error *err) {
    if (parser->error == YAML_MEMORY_ERROR)
        return eot_error_set(err, EOT_E_MEMORY, __FILE__, __LINE__, __func__, "out of memory; free memory");
    bool is_tab = parser->error == YAML_SCANNER_ERROR && parser->problem_mark.index < n &&
                  text[parser->problem_mark.index] == '\t';
    int line = (int)parser->problem_mark.line + 1;
    if (parser->error == YAML_READER_ERROR) { /* it knows the byte only */
        line = 1;
        for (size_t i = 0; i < n && i < parser->problem_offset; i++) line += text[i] == '\n';
    }
    return eot_tree_fail_at(
        tree, source, line, "", err, "malformed YAML (%s%s%s); %s", parser->context != NULL ? parser->context : "",
        parser->context != NULL ? ": " : "", parser->problem != NULL ? parser->problem : "unknown",
        is_tab ? "a tab stands here: indent with spaces" : "write key: value lines, indented with spaces, in UTF-8");
}

enum eot_status eot_tree_parse(struct eot_tree *tree, int source, const char *text, size_t n, const char *path,
                               struct eot_node **result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    yaml_parser_t parser;
    yaml_document_t document, next;
    bool has_document = false, has_next = false, is_loaded;
    EOT_TRY(check_text(tree, source, text, n, err));
    if (yaml_parser_initialize(&parser) == 0) EOT_FAIL(EOT_E_MEMORY, "out of memory; free memory and try again");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    is_loaded = has_document = yaml_parser_load(&parser, &document) != 0;
    if (has_document && yaml_document_get_root_node(&document) != NULL) {
        struct loading l = {tree, &document, source, 0, err};
        status = convert(&l, 1, NULL, source > 0 ? 1 : 0, path, source > 0 ? 3 : 0,
                         result); /* an override's value sits deeper in the tree */
        is_loaded = has_next = status == EOT_OK && yaml_parser_load(&parser, &next) != 0;
        if (has_next && yaml_document_get_root_node(&next) != NULL)
            status =
                eot_tree_fail_at(tree, source, (int)next.start_mark.line + 1, "", err,
                                 "a second document (one file is one run); remove everything from the second '---'");
    }
    if (status == EOT_OK && !is_loaded && parser.error == YAML_NO_ERROR) parser.error = YAML_MEMORY_ERROR; /* unsaid */
    if (status == EOT_OK && parser.error != YAML_NO_ERROR) status = fail_yaml(tree, source, text, n, &parser, err);
    if (has_next) yaml_document_delete(&next);
    if (has_document) yaml_document_delete(&document);
    yaml_parser_delete(&parser);
done:
    return status;
}

/** beam.energy and beam.kinetic_energy say the same thing: one that is said later replaces the other. */
static const char *const ALTERNATIVES[][2] = {{"energy", "kinetic_energy"}};

void eot_node_remove(struct eot_node *node, const char *key) {
    for (size_t i = 0; i < node->n_child; i++)
        if (strcmp(node->child[i]->key, key) == 0) {
            eot_node_free(node->child[i]);
            memmove(node->child + i, node->child + i + 1, (--node->n_child - i) * sizeof *node->child);
            return;
        }
}

const char *eot_node_alternative(const struct eot_node *section, const char *key) {
    for (size_t a = 0; a < sizeof ALTERNATIVES / sizeof ALTERNATIVES[0]; a++)
        for (int side = 0; side < 2; side++)
            if (section->key != NULL && strcmp(section->key, "beam") == 0 && strcmp(key, ALTERNATIVES[a][side]) == 0)
                return ALTERNATIVES[a][1 - side];
    return NULL;
}

/** Put a value where the last part of an override's key says. @param value taken over. @param child what stands there
 * now, may be NULL. */
static enum eot_status put_value(struct eot_node *node, struct eot_node *child, const char *part,
                                 struct eot_node *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (node->kind == EOT_NODE_MAP) {
        const char *other = eot_node_alternative(node, part);
        if (other != NULL) eot_node_remove(node, other);
        value->key = strdup(part);
        EOT_CHECK_MEMORY(value->key);
    }
    if (child == NULL) {
        struct eot_node *moved = value;
        value = NULL;
        EOT_CHECK(eot_node_append(node, moved), EOT_E_MEMORY, "out of memory; free memory and try again");
    }
    for (size_t k = 0; child != NULL && k < node->n_child; k++)
        if (node->child[k] == child) {
            node->child[k] = value;
            value = NULL;
            eot_node_free(child);
            child = NULL;
        }
done:
    eot_node_free(value);
    return status;
}

/** Follow an override's key down the tree: sections that are missing are made, list items must exist.
 * @param key "section.key", taken apart. @param node the section or list that its last part belongs to, on return.
 * @param last that part. @param child what stands there now, NULL if nothing. */
static enum eot_status follow_key(struct eot_tree *tree, int source, char *key, struct eot_node **node, char **last,
                                  struct eot_node **child, struct eot_error *err) {
    char whole[256];
    snprintf(whole, sizeof whole, "%s", key);
    for (char *part = key, *dot;; part = dot) {
        struct eot_node *here = *node;
        dot = strchr(part, '.');
        if (dot != NULL) *dot++ = '\0';
        if (*part == '\0')
            return eot_tree_fail_at(tree, source, 0, "", err, "(empty part in the key); write --set section.key=value");
        if (here->kind == EOT_NODE_SCALAR && here->text[0] == '\0' && here->is_plain)
            here->kind = EOT_NODE_MAP; /* "section:" with nothing in it */
        if (here->kind == EOT_NODE_SCALAR)
            return eot_tree_fail_at(tree, source, 0, whole, err,
                                    "(%s is a value, not a section); see configs/schema.md for the keys", here->key);
        bool is_list = here->kind == EOT_NODE_LIST;
        *child = is_list ? list_item(here, part) : eot_node_child(here, part);
        if (is_list && *child == NULL)
            return eot_tree_fail_at(tree, source, 0, whole, err,
                                    "(no item '%s' in the list); use the `name` of an item, or its number from 0",
                                    part);
        *last = part;
        if (dot == NULL) return EOT_OK;
        if (*child == NULL) {
            *child = node_create(EOT_NODE_MAP, part, 1, source);
            if (!eot_node_append(here, *child))
                return eot_error_set(err, EOT_E_MEMORY, __FILE__, __LINE__, __func__, "out of memory; free memory");
        }
        *node = *child;
    }
}

/** Put one override's value where its dotted key says. */
static enum eot_status apply_override(struct eot_tree *tree, size_t i, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *text = tree->overrides[i], *equals = strchr(text, '=');
    int source = (int)i + 1;
    struct eot_node *value = NULL, *node = tree->root, *child = NULL;
    char key[256], *last = NULL;
    if (equals == NULL || equals == text)
        return eot_tree_fail_at(
            tree, source, 0, "", err,
            "(not key=value); write --set section.key=value, for example --set beam.energy=\"50 GeV\"");
    if ((size_t)(equals - text) >= sizeof key)
        return eot_tree_fail_at(tree, source, 0, "", err, "(key too long); see configs/schema.md for the keys");
    snprintf(key, sizeof key, "%.*s", (int)(equals - text), text);
    EOT_TRY(eot_tree_parse(tree, source, equals + 1, strlen(equals + 1), key, &value, err));
    if (value == NULL) return eot_tree_fail_at(tree, source, 0, key, err, "(no value); write --set %s=value", key);
    EOT_TRY(follow_key(tree, source, key, &node, &last, &child, err));
    struct eot_node *moved = value;
    value = NULL;
    EOT_TRY(put_value(node, child, last, moved, err));
done:
    eot_node_free(value);
    return status;
}

enum eot_status eot_tree_read(const char *path, const char *embedded, const char *const *overrides, size_t n_override,
                              struct eot_tree *tree, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = NULL;
    size_t n = embedded != NULL ? strlen(embedded) : 0;
    bool is_stdin = embedded == NULL && strcmp(path, "-") == 0;
    *tree = (struct eot_tree){.path = strdup(is_stdin ? "standard input" : path)};
    EOT_CHECK_MEMORY(tree->path);
    tree->overrides = calloc(n_override + 1, sizeof *tree->overrides);
    EOT_CHECK_MEMORY(tree->overrides);
    for (; tree->n_override < n_override; tree->n_override++) {
        tree->overrides[tree->n_override] = strdup(overrides[tree->n_override]);
        EOT_CHECK_MEMORY(tree->overrides[tree->n_override]);
    }
    if (embedded == NULL) EOT_TRY(eot_tree_file(tree, 0, is_stdin ? NULL : tree->path, &text, &n, err));
    EOT_TRY(eot_tree_parse(tree, 0, embedded != NULL ? embedded : text, n, "", &tree->root, err));
    if (tree->root == NULL) {
        status = eot_tree_fail_at(tree, 0, 0, "", err, "empty (no key in it); start from configs/na64e-dimuon.yaml");
        goto done;
    }
    if (tree->root->kind != EOT_NODE_MAP) {
        status = eot_tree_fail_at(tree, 0, tree->root->line, "", err,
                                  "not a mapping (the file must consist of key: value lines); start from "
                                  "configs/na64e-dimuon.yaml");
        goto done;
    }
    EOT_TRY(eot_tree_include(tree, tree->root, tree->path, err));
    for (size_t i = 0; i < n_override; i++) {
        status = apply_override(tree, i, err);
        if (status != EOT_OK && status != EOT_E_CONFIG) goto done;
        status = EOT_OK;
    }
done:
    free(text);
    return status;
}

void eot_tree_free(struct eot_tree *tree) {
    eot_node_free(tree->root);
    for (size_t i = 0; i < tree->n_override; i++) free(tree->overrides[i]);
    free(tree->overrides);
    for (size_t i = 0; i < tree->n_included; i++) free(tree->included[i]);
    free(tree->included);
    free(tree->path);
    eot_problems_free(&tree->problems);
    *tree = (struct eot_tree){.root = NULL};
}
