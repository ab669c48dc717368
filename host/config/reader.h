/** @file reader.h
 * What the parts of host/config share while one configuration is read. */
#ifndef EOT_HOST_CONFIG_READER_H
#define EOT_HOST_CONFIG_READER_H

#include "config/config.h"
#include "config/schema.h"
#include "config/tree.h"

struct eot_reader {
    struct eot_tree tree; /* with the problems found so far */
    struct eot_config *config;
    bool is_builtin_item; /* the material being read starts from a built-in one */
    struct eot_error *err;
    /* Keys that a misspelt one was taken for: that they are missing need not be said, too. */
    size_t n_meant;
    char meant[EOT_MAX_PROBLEM][208];
};

/** A key whose value is being read. */
struct eot_value_place {
    struct eot_reader *reader;
    const struct eot_key *key;
    const char *name; /* full dotted key for messages */
};

/** Go on after a problem, EOT_OK, or not: when there are too many, and after any other failure. */
enum eot_status eot_read_on(const struct eot_reader *r, enum eot_status status);

/* Each function below reads a node into its target. @return EOT_E_CONFIG when there was a problem, which is in the list
 * of the tree with file, line and what to write instead, or a problem in a part of it; EOT_E_MEMORY. */

/** A number in the key's base unit, within its range. */
enum eot_status eot_read_number(const struct eot_value_place *v, const struct eot_node *node, double *x);
/** One number, or a list of numbers and ranges (base/range.h, with a unit behind), at most the key's count. */
enum eot_status eot_read_numbers(const struct eot_value_place *v, const struct eot_node *node,
                                 struct eot_numbers *list);
/** An integer: digits, or a form like 1e9. @param count the same as an unsigned number; 0 for a negative one. */
enum eot_status eot_read_integer(const struct eot_value_place *v, const struct eot_node *node, double *x,
                                 uint64_t *count);
/** A scalar that is not empty. @param text belongs to the node. */
enum eot_status eot_read_word(const struct eot_value_place *v, const struct eot_node *node, const char **text);
/** on, true, yes; off, false, no. */
enum eot_status eot_read_switch(const struct eot_value_place *v, const struct eot_node *node, bool *value);
enum eot_status eot_read_forms(const struct eot_value_place *v, const struct eot_node *node, int *forms);
/** A name without blanks. @param target holds key->count bytes. */
enum eot_status eot_read_name(const struct eot_value_place *v, const struct eot_node *node, char *target);
enum eot_status eot_read_path(const struct eot_value_place *v, const struct eot_node *node, char *target);
/** A list of sections, of 1 (or 0 where it may be empty) to 4096 items. */
enum eot_status eot_check_list(const struct eot_value_place *v, const struct eot_node *node, bool may_be_empty);
/** What messages call item i of a list: "list.name" where it has a name, else "list[i]". */
void eot_item_name(const char *list, const struct eot_node *item, size_t i, char *text, size_t size);

/** Mass fractions by element. */
enum eot_status eot_read_elements(const struct eot_value_place *v, const struct eot_node *node,
                                  struct eot_material_config *material);
/** The number of the material of that name; a built-in one joins the configuration when it is first named. */
enum eot_status eot_read_material_name(const struct eot_value_place *v, const struct eot_node *node, int *index);
/** The list of materials. */
enum eot_status eot_read_materials(const struct eot_value_place *v, const struct eot_node *node);

/** A whole scope (see schema.h): check that all keys are known, then fill every field in the table's order from the
 * mapping or from the default.
 * @param prefix the sections walked so far, "beam.". @param name the same for messages, with list items. @param target
 * the struct that the scope's keys fill. */
enum eot_status eot_read_section(struct eot_reader *r, enum eot_scope scope, const struct eot_node *map,
                                 const char *prefix, const char *name, void *target);

/** What no single key can tell: cut against beam energy, overlaps, volumes outside the world, empty windows, ... Keys
 * that have a problem already are left out.
 * @return EOT_E_MEMORY, EOT_E_CONFIG when there are too many problems. */
enum eot_status eot_config_validate(struct eot_reader *reader);

/** The effective configuration as YAML: every key with its value, in base units. Caller frees; NULL when out of memory.
 */
char *eot_config_effective(const struct eot_config *config);

#endif
