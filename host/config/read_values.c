/** @file read_values.c
 * Values of the configuration: numbers with units, integers, words, switches, names, and lists. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/range.h"
#include "config/reader.h"

#define MAX_LIST 4096 /* items of one list in a configuration */

/** "0.1 mm .. 100 m" of a key in its base unit. */
static void range_text(const struct eot_key *key, char *text, size_t size) {
    char low[32], high[32];
    const char *unit = eot_dimension_unit(key->dimension);
    eot_number_text(key->min, low);
    eot_number_text(key->max, high);
    snprintf(text, size, "%s%s%s .. %s%s%s", low, unit[0] != '\0' ? " " : "", unit, high, unit[0] != '\0' ? " " : "",
             unit);
}

static enum eot_status fail_range(const struct eot_value_place *v, const struct eot_node *node, double x) {
    char range[96];
    range_text(v->key, range, sizeof range);
    const char *why = x < v->key->min
                          ? (v->key->min >= 0 && x < 0 ? "must not be negative; allowed are" : "too small; allowed are")
                          : "too large; allowed are";
    return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(%s %s); %s", why, range,
                         v->key->advice != NULL ? v->key->advice : "give a value within that range");
}

enum eot_status eot_read_number(const struct eot_value_place *v, const struct eot_node *node, double *x) {
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
    case EOT_NUMBER_COMMA:
        return eot_tree_fail(&r->tree, node, v->name, r->err,
                             "(a comma in the number); write %.*s.%.40s, with a decimal point, and nothing between "
                             "thousands",
                             (int)strcspn(node->text, ","), node->text, strchr(node->text, ',') + 1);
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

/** The numbers of one item, a number or a range with a unit behind it, onto a list. */
static enum eot_status read_item(const struct eot_value_place *v, const struct eot_node *node,
                                 struct eot_numbers *list) {
    struct eot_reader *r = v->reader;
    struct eot_range range = {.n = 1};
    char text[96];
    struct eot_node one = *node;
    size_t n_text = node->kind == EOT_NODE_SCALAR ? strlen(node->text) : 0;
    bool is_range = n_text > 0 && eot_range_is(node->text, n_text);
    if (is_range && eot_range_parse_values(v->key->path, node->text, n_text, &range, NULL) != EOT_OK)
        return eot_tree_fail(&r->tree, node, v->name, r->err, "(no range); write FIRST..LAST:N, or FIRST..LAST:Nlog");
    for (size_t i = 0; i < range.n; i++) {
        if (list->n == v->key->count)
            return eot_tree_fail(&r->tree, node, v->name, r->err, "(more than %d numbers); leave some out",
                                 v->key->count);
        if (is_range) {
            snprintf(text, sizeof text, "%.15g%.60s", eot_range_value(&range, i), range.rest);
            one.text = text;
        }
        enum eot_status status = eot_read_number(v, &one, &list->value[list->n]);
        if (status != EOT_OK) return status;
        list->n++;
    }
    return EOT_OK;
}

enum eot_status eot_read_numbers(const struct eot_value_place *v, const struct eot_node *node,
                                 struct eot_numbers *list) {
    enum eot_status status = EOT_OK;
    list->n = 0;
    if (node->kind != EOT_NODE_LIST) return read_item(v, node, list);
    for (size_t i = 0; i < node->n_child && status == EOT_OK; i++) status = read_item(v, node->child[i], list);
    return status;
}

/** Integers: digits exactly, or a number like 1e9 that is one. */
enum eot_status eot_read_integer(const struct eot_value_place *v, const struct eot_node *node, double *x,
                                 uint64_t *count) {
    enum eot_status status = eot_read_number(v, node, x);
    if (status != EOT_OK) return status;
    if (*x != floor(*x) || fabs(*x) > 9007199254740992.0 || strchr(node->text, '%') != NULL)
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err,
                             "(must be an integer); write digits, or a form like 1e9");
    *count = *x >= 0 ? (uint64_t)*x : 0;
    return EOT_OK;
}

enum eot_status eot_read_word(const struct eot_value_place *v, const struct eot_node *node, const char **text) {
    if (node->kind != EOT_NODE_SCALAR || node->text[0] == '\0')
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(must be a word); write %s: word",
                             v->key->path);
    *text = node->text;
    return EOT_OK;
}

/** on and off, in all their words. @return false for any other. */
static bool find_switch(const char *text, bool *value) {
    static const char *const words[2][3] = {{"off", "false", "no"}, {"on", "true", "yes"}};
    for (int is_on = 0; is_on < 2; is_on++)
        for (int i = 0; i < 3; i++)
            if (strcasecmp(text, words[is_on][i]) == 0) {
                *value = is_on == 1;
                return true;
            }
    return false;
}

enum eot_status eot_read_switch(const struct eot_value_place *v, const struct eot_node *node, bool *value) {
    if (node->kind == EOT_NODE_SCALAR && find_switch(node->text, value)) return EOT_OK;
    return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err, "(must be on or off); write %s: on",
                         v->key->path);
}

enum eot_status eot_read_forms(const struct eot_value_place *v, const struct eot_node *node, int *forms) {
    struct eot_reader *r = v->reader;
    const bool is_list = node->kind == EOT_NODE_LIST;
    bool is_on = false;
    if (node->kind == EOT_NODE_SCALAR && find_switch(node->text, &is_on)) {
        *forms = is_on;
        return EOT_OK;
    }
    *forms = 0;
    for (size_t i = 0; i < (is_list ? node->n_child : 1); i++) {
        const struct eot_node *word = is_list ? node->child[i] : node;
        int n = word->kind == EOT_NODE_SCALAR ? eot_choice_index(v->key->choices, word->text) : -1;
        if (n < 0)
            return eot_tree_fail(&r->tree, word, v->name, r->err, "(no form); use on, off, or a list of %s",
                                 v->key->choices);
        *forms |= 1 << n;
    }
    return EOT_OK;
}

enum eot_status eot_read_name(const struct eot_value_place *v, const struct eot_node *node, char *target) {
    const char *text = NULL;
    enum eot_status status = eot_read_word(v, node, &text);
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

enum eot_status eot_read_path(const struct eot_value_place *v, const struct eot_node *node, char *target) {
    const char *text = NULL;
    enum eot_status status = eot_read_word(v, node, &text);
    if (status != EOT_OK) return status;
    size_t n = strlen(text);
    bool is_plain = n < (size_t)v->key->count;
    for (size_t i = 0; i < n && is_plain; i++)
        is_plain = (unsigned char)text[i] >= ' ' && text[i] != '"' && text[i] != '\\' && text[i] != 127;
    if (!is_plain)
        return eot_tree_fail(&v->reader->tree, node, v->name, v->reader->err,
                             "(a path has at most %d bytes, without quotes, backslashes and control characters); "
                             "rename the file",
                             v->key->count - 1);
    memcpy(target, text, n + 1);
    return EOT_OK;
}

/** "prefix.name" of list items: by their name where they have one. */
void eot_item_name(const char *list, const struct eot_node *item, size_t i, char *text, size_t size) {
    const struct eot_node *name = eot_node_child(item, "name");
    if (name != NULL && name->kind == EOT_NODE_SCALAR && name->text[0] != '\0')
        snprintf(text, size, "%.160s.%.32s", list, name->text);
    else
        snprintf(text, size, "%.160s[%zu]", list, i);
}

enum eot_status eot_check_list(const struct eot_value_place *v, const struct eot_node *node, bool may_be_empty) {
    struct eot_reader *r = v->reader;
    if (node->kind != EOT_NODE_LIST || (node->n_child == 0 && !may_be_empty) || node->n_child > MAX_LIST)
        return eot_tree_fail(&r->tree, node, v->name, r->err,
                             "(must be a list of 1 to %d items); write one item per line, each beginning with '- '",
                             MAX_LIST);
    for (size_t i = 0; i < node->n_child; i++)
        if (node->child[i]->kind != EOT_NODE_MAP) {
            char name[256];
            eot_item_name(v->name, node->child[i], i, name, sizeof name);
            return eot_tree_fail(&r->tree, node->child[i], name, r->err,
                                 "(must be a section); write '- key: value' lines, see configs/schema.md");
        }
    return EOT_OK;
}
