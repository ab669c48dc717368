/* The files of a configuration: reading one, and the key `include`.
 *
 * `include: FILE`, or a list of names, puts other files below the one that names them: sections are merged key by
 * key, and of a key that both have (lists as a whole) the naming file's is taken; of two included files the later's.
 * Names are relative to the folder of the file that has them. An included file may include others. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "config/tree.h"

#define MAX_FILE_BYTES (4 * 1024 * 1024)
#define MAX_INCLUDE_DEPTH 8
#define MAX_INCLUDED 64 /* files of one configuration */

enum eot_status eot_tree_file(struct eot_tree *tree, int source, const char *path, char **text, size_t *n,
                              struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *name = path != NULL ? path : tree->path;
    char *bytes = NULL;
    FILE *file = NULL;
    struct stat entry;
    int descriptor = path != NULL ? open(path, O_RDONLY | O_NONBLOCK) : dup(STDIN_FILENO);
    EOT_CHECK(descriptor >= 0, EOT_E_IO, "%s: cannot open the configuration (%s); check the path", name,
              strerror(errno));
    EOT_CHECK(path == NULL || (fstat(descriptor, &entry) == 0 && S_ISREG(entry.st_mode)), EOT_E_IO,
              "%s: cannot read the configuration (a folder, pipe or device, not a file); write it to a file first, or "
              "give - for standard input",
              name);
    file = fdopen(descriptor, "rb");
    EOT_CHECK_MEMORY(file);
    bytes = malloc(MAX_FILE_BYTES + 1);
    EOT_CHECK_MEMORY(bytes);
    *n = fread(bytes, 1, MAX_FILE_BYTES + 1, file);
    EOT_CHECK(ferror(file) == 0, EOT_E_IO, "%s: cannot read the configuration (%s); give a readable file", name,
              strerror(errno));
    if (*n > MAX_FILE_BYTES) {
        status = eot_tree_fail_at(tree, source, 0, "", err,
                                  "larger than %d bytes (a configuration is a few kilobytes); is it the right file?",
                                  MAX_FILE_BYTES);
        goto done;
    }
    *text = bytes;
    bytes = NULL;
done:
    if (file != NULL)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    free(bytes);
    return status;
}

static bool is_empty(const struct eot_node *node) {
    return node->kind == EOT_NODE_SCALAR && node->is_plain && node->text[0] == '\0';
}

/* Give `above` what only `below` says. @param below its children are taken or released; it is left without any. */
static enum eot_status merge_below(struct eot_node *above, struct eot_node *below, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < below->n_child; i++) {
        struct eot_node *child = below->child[i], *own = eot_node_child(above, child->key);
        const char *other = eot_node_alternative(above, child->key);
        below->child[i] = NULL;
        if (own != NULL && is_empty(own) && child->kind == EOT_NODE_MAP) own->kind = EOT_NODE_MAP;
        if (own == NULL && (other == NULL || eot_node_child(above, other) == NULL)) {
            EOT_CHECK(eot_node_append(above, child), EOT_E_MEMORY, "out of memory; use a smaller configuration");
            continue;
        }
        if (own != NULL && own->kind == EOT_NODE_MAP && child->kind == EOT_NODE_MAP)
            status = merge_below(own, child, err);
        eot_node_free(child);
        if (status != EOT_OK) goto done;
    }
done:
    return status;
}

static enum eot_status include_into(struct eot_tree *tree, struct eot_node *root, const char *path, int depth,
                                    struct eot_error *err);

/* One file that is named at `node`. @param root of the file that names it. */
static enum eot_status include_one(struct eot_tree *tree, struct eot_node *root, const char *path,
                                   const struct eot_node *node, int depth, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_node *below = NULL;
    struct eot_error inner = {.status = EOT_OK};
    char *text = NULL, *name = NULL, **grown;
    const char *slash = strrchr(path, '/');
    size_t n = 0, n_folder = slash != NULL && node->kind == EOT_NODE_SCALAR && node->text[0] != '/'
                                 ? (size_t)(slash + 1 - path)
                                 : 0;
    if (node->kind != EOT_NODE_SCALAR || node->text[0] == '\0')
        return eot_tree_fail(tree, node, "include", err, "(not the name of a file); write include: setup.yaml");
    if (depth >= MAX_INCLUDE_DEPTH || tree->n_included >= MAX_INCLUDED)
        return eot_tree_fail(tree, node, "include", err,
                             "(more than %d files inside each other, or %d in all: does a file include itself?); "
                             "include each once",
                             MAX_INCLUDE_DEPTH, MAX_INCLUDED);
    grown = eot_array_grown(tree->included, tree->n_included, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    tree->included = grown;
    name = malloc(n_folder + strlen(node->text) + 1);
    EOT_CHECK_MEMORY(name);
    memcpy(name, path, n_folder);
    strcpy(name + n_folder, node->text);
    tree->included[tree->n_included++] = name; /* the tree's from here on */
    int source = -(int)tree->n_included;
    status = eot_tree_file(tree, source, name, &text, &n, &inner);
    if (status == EOT_E_IO) {
        status = eot_tree_fail(tree, node, "include", err, "(%s)", inner.text);
        goto done;
    }
    if (status != EOT_OK) *err = inner;
    if (status != EOT_OK) goto done;
    EOT_TRY(eot_tree_parse(tree, source, text, n, "", &below, err));
    if (below == NULL || below->kind != EOT_NODE_MAP) {
        status = eot_tree_fail(tree, node, "include", err, "(%s has no key: value lines); name a configuration", name);
        goto done;
    }
    EOT_TRY(include_into(tree, below, name, depth + 1, err));
    EOT_TRY(merge_below(root, below, err));
done:
    if (below != NULL) {
        size_t n_left = 0;
        for (size_t i = 0; i < below->n_child; i++)
            if (below->child[i] != NULL) below->child[n_left++] = below->child[i];
        below->n_child = n_left;
    }
    eot_node_free(below);
    free(text);
    return status;
}

static enum eot_status include_into(struct eot_tree *tree, struct eot_node *root, const char *path, int depth,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *named = eot_node_child(root, "include");
    if (named == NULL) return EOT_OK;
    if (named->kind != EOT_NODE_LIST) EOT_TRY(include_one(tree, root, path, named, depth, err));
    if (named->kind == EOT_NODE_LIST) /* what a later file says stands: it is put below first */
        for (size_t i = named->n_child; i-- > 0;) EOT_TRY(include_one(tree, root, path, named->child[i], depth, err));
    eot_node_remove(root, "include");
done:
    return status;
}

enum eot_status eot_tree_include(struct eot_tree *tree, struct eot_node *root, const char *path,
                                 struct eot_error *err) {
    return include_into(tree, root, path, 0, err);
}
