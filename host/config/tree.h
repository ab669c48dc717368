/** @file tree.h
 * A YAML document as a small tree that remembers where each value was written (libyaml reads it), and --set overrides
 * merged into it. */
#ifndef EOT_HOST_CONFIG_TREE_H
#define EOT_HOST_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/problems.h"

enum eot_node_kind { EOT_NODE_SCALAR, EOT_NODE_LIST, EOT_NODE_MAP };

struct eot_node {
    enum eot_node_kind kind;
    char *key;     /* own name within a mapping; NULL for list items and the root */
    char *text;    /* scalars */
    bool is_plain; /* scalar without quotes */
    int line;      /* 1-based line of the key, or of the value in a list */
    int source;    /* 0 = the file, n = override n - 1, -n = included file n - 1 */
    size_t n_child;
    struct eot_node **child;
};

/** Where values come from; names the place in messages. All of it is the tree's own. */
struct eot_tree {
    char *path;       /* of the file, as given */
    char **overrides; /* "key=value" */
    size_t n_override;
    char **included; /* paths of the files that `include` names, as they were opened */
    size_t n_included;
    struct eot_node *root;        /* a mapping */
    struct eot_problems problems; /* what was found to be wrong with it */
};

/** Read the file ("-": standard input), or the text `embedded` if that is not NULL, put the files that its key
 * `include` names below it (tree_include.c), and merge the overrides in their order. Release with eot_tree_free (also
 * after a failure).
 * @return EOT_E_IO (also for what is no file: a pipe would be waited for), EOT_E_MEMORY, EOT_E_CONFIG where there is no
 * tree (malformed YAML); a key that is given twice and a malformed override are problems and no failure. */
enum eot_status eot_tree_read(const char *path, const char *embedded, const char *const *overrides, size_t n_override,
                              struct eot_tree *tree, struct eot_error *err);
void eot_tree_free(struct eot_tree *tree);

/** The child of that name; NULL if there is none. */
struct eot_node *eot_node_child(const struct eot_node *node, const char *key);
/** The node at a dotted path; list items by their `name` or number. NULL if there is none. */
struct eot_node *eot_tree_find(const struct eot_tree *tree, const char *path);
/** "an empty value", or what a message calls the node: text for scalars, "a list", "a section". */
void eot_node_describe(const struct eot_node *node, char *text, size_t size);

/** The node at a dotted path, or the nearest section above it that is there: at worst the root. */
struct eot_node *eot_tree_nearest(const struct eot_tree *tree, const char *path);
/** Add the problem "key = value <rest>" at a node: rest is "(reason); what to do". @param node NULL: the file as a
 * whole; value is left out for sections. @param err filled as well, with this problem alone.
 * @return EOT_E_CONFIG, or EOT_E_MEMORY. */
enum eot_status eot_tree_fail(struct eot_tree *tree, const struct eot_node *node, const char *key,
                              struct eot_error *err, const char *format, ...) __attribute__((format(printf, 5, 6)));
/** Where a node was written: "file" or "--set key=value", and the line. @param node NULL: the file as a whole. */
void eot_tree_place(const struct eot_tree *tree, const struct eot_node *node, struct eot_problem *place);

/* What the files that read a tree share. */

void eot_node_free(struct eot_node *node);
/** Append; on failure the child is freed. */
bool eot_node_append(struct eot_node *parent, struct eot_node *child);
/** Remove the child of that name, if there is one. */
void eot_node_remove(struct eot_node *node, const char *key);
/** The key of a section that says the same thing in other words: what is said later replaces it. NULL if there is none.
 */
const char *eot_node_alternative(const struct eot_node *section, const char *key);

/** Parse YAML text into nodes. @param source of the nodes. @param path key of the value, "" for a whole file.
 * @param result stays NULL for an empty document; the caller's. */
enum eot_status eot_tree_parse(struct eot_tree *tree, int source, const char *text, size_t n, const char *path,
                               struct eot_node **result, struct eot_error *err);
/** eot_tree_fail for a place in a text that has become no node. @param key may be empty. */
enum eot_status eot_tree_fail_at(struct eot_tree *tree, int source, int line, const char *key, struct eot_error *err,
                                 const char *format, ...) __attribute__((format(printf, 6, 7)));
/** The bytes of a file. Only files: a pipe would be waited for, for ever if nobody writes. @param path NULL: standard
 * input to its end. @param text the caller's to free. @return EOT_E_IO, EOT_E_MEMORY, EOT_E_CONFIG (too large). */
enum eot_status eot_tree_file(struct eot_tree *tree, int source, const char *path, char **text, size_t *n,
                              struct eot_error *err);
/** Put the files that the key `include` of `root` names below it, and remove the key.
 * @param path of the file that root was read from: relative names start in its folder.
 * @return EOT_E_CONFIG (a problem, and no whole tree), EOT_E_MEMORY. */
enum eot_status eot_tree_include(struct eot_tree *tree, struct eot_node *root, const char *path, struct eot_error *err);

#endif
