#include "source.h"

#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 32
#define MAX_NAME 512

struct flattener {
    const char *root;
    FILE *out;
    size_t n_file; /* files seen so far: their names, and their texts where read from a folder */
    struct file {
        char name[MAX_NAME];
        char *owned;
        const char *text;
        bool is_taken; /* a .h that stands in the output outside of any condition */
    } * file;
};

/* The file's number in f->file, or -1 where there is no such file. */
static enum eot_status file_find(struct flattener *f, const char *name, long *i_file, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    FILE *in = NULL;
    struct file found = {.text = NULL};
    *i_file = -1;
    for (size_t i = 0; i < f->n_file; i++)
        if (strcmp(f->file[i].name, name) == 0) {
            *i_file = (long)i;
            return EOT_OK;
        }
    snprintf(found.name, sizeof found.name, "%s", name);
    if (f->root == NULL) {
        for (size_t i = 0; i < eot_n_embedded_file; i++)
            if (strcmp(eot_embedded_files[i].name, name) == 0) found.text = eot_embedded_files[i].text;
    } else {
        char path[2 * MAX_NAME];
        snprintf(path, sizeof path, "%s/%s", f->root, name);
        in = fopen(path, "rb");
        if (in != NULL) {
            size_t n_bytes = 0;
            FILE *copy = open_memstream(&found.owned, &n_bytes);
            EOT_CHECK_MEMORY(copy);
            for (int c; (c = getc(in)) != EOF;) putc(c, copy);
            bool is_bad = ferror(in) != 0;
            EOT_CHECK(fclose(copy) == 0 && !is_bad, EOT_E_IO,
                      "cannot read %s (input error); check the folder given to --kernel-dir", path);
            found.text = found.owned;
        }
    }
    if (found.text != NULL) {
        struct file *more = realloc(f->file, (f->n_file + 1) * sizeof *more);
        EOT_CHECK_MEMORY(more);
        f->file = more;
        f->file[f->n_file] = found;
        found.owned = NULL;
        *i_file = (long)f->n_file++;
    }
done:
    if (in != NULL) fclose(in);
    free(found.owned);
    return status;
}

/* The quoted name of an include directive in target, or false. */
static bool include_name(const char *line, char target[MAX_NAME]) {
    char name[MAX_NAME];
    if (sscanf(line, " # include \"%511[^\"\n]\"", name) != 1)
        return false; /* a space matches any white space, or none */
    memcpy(target, name, MAX_NAME);
    return true;
}

static bool directive_is(const char *line, const char *word) {
    while (isspace((unsigned char)*line)) line++;
    if (*line++ != '#') return false;
    while (*line == ' ' || *line == '\t') line++;
    return strncmp(line, word, strlen(word)) == 0;
}

static bool ends_with(const char *text, const char *end) {
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static enum eot_status file_flatten(struct flattener *f, long i_file, int depth, bool is_conditional,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[MAX_NAME], target[MAX_NAME], beside[2 * MAX_NAME];
    memcpy(name, f->file[i_file].name, sizeof name);
    const char *text = f->file[i_file].text;
    bool is_header = ends_with(name, ".h");
    if (is_header && f->file[i_file].is_taken) goto done;
    if (is_header && !is_conditional)
        f->file[i_file].is_taken = true; /* in a branch that may be left out it must not count as taken */
    fprintf(f->out, "#line 1 \"%s\"\n", name);
    int n_line = 0, n_if = is_header ? -1 : 0; /* the include guard is no condition */
    while (*text != '\0') {
        const char *start = text, *end = strchr(text, '\n');
        size_t n = end != NULL ? (size_t)(end - text) : strlen(text);
        char line[2 * MAX_NAME];
        snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), start);
        text += n + (end != NULL);
        n_line++;
        if (directive_is(line, "if")) n_if++; /* #if, #ifdef, #ifndef */
        if (directive_is(line, "endif")) n_if--;
        if (!include_name(line, target)) {
            fwrite(start, 1, n, f->out);
            putc('\n', f->out);
            continue;
        }
        EOT_CHECK(depth < MAX_DEPTH, EOT_E_BUILD,
                  "%s:%d: includes are nested deeper than %d (a circle?); break the circle", name, n_line, MAX_DEPTH);
        long i_target = -1;
        const char *slash = strrchr(name, '/');
        snprintf(beside, sizeof beside, "%.*s%s", slash != NULL ? (int)(slash - name + 1) : 0, name, target);
        EOT_TRY(file_find(f, beside, &i_target, err));
        if (i_target < 0) {
            snprintf(beside, sizeof beside, "include/%s", target);
            EOT_TRY(file_find(f, beside, &i_target, err));
        }
        EOT_CHECK(i_target >= 0, EOT_E_BUILD,
                  "%s:%d: cannot find \"%s\" (neither beside it nor in include/); correct the name", name, n_line,
                  target);
        EOT_TRY(file_flatten(f, i_target, depth + 1, is_conditional || n_if > 0, err));
        fprintf(f->out, "#line %d \"%s\"\n", n_line + 1, name);
    }
done:
    return status;
}

/* Whether a file defines one of the kernels: EOT_KERNEL_FN(name). */
static bool defines_any(const char *text, const char *const *kernel, size_t n_kernel) {
    bool is_found = n_kernel == 0;
    for (size_t i = 0; i < n_kernel && !is_found; i++) {
        char head[128];
        snprintf(head, sizeof head, "EOT_KERNEL_FN(%s)", kernel[i]);
        is_found = strstr(text, head) != NULL;
    }
    return is_found;
}

/* One file of kernels, if it is wanted. */
static enum eot_status kernels_flatten(struct flattener *f, const char *name, const char *const *kernel,
                                       size_t n_kernel, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    long i_file = -1;
    EOT_TRY(file_find(f, name, &i_file, err));
    EOT_CHECK(i_file >= 0, EOT_E_IO, "cannot read %s; check the folder given to --kernel-dir", name);
    if (defines_any(f->file[i_file].text, kernel, n_kernel)) EOT_TRY(file_flatten(f, i_file, 0, false, err));
done:
    return status;
}

enum eot_status eot_source_flatten(const char *root, char **text, struct eot_error *err) {
    return eot_source_flatten_for(root, NULL, 0, text, err);
}

enum eot_status eot_source_flatten_for(const char *root, const char *const *kernel, size_t n_kernel, char **text,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct flattener f = {.root = root};
    glob_t kernels = {.gl_pathc = 0};
    char *result = NULL;
    size_t n_result = 0;
    *text = NULL;
    f.out = open_memstream(&result, &n_result);
    EOT_CHECK_MEMORY(f.out);
    if (root == NULL) {
        for (size_t i = 0; i < eot_n_embedded_file; i++)
            if (strncmp(eot_embedded_files[i].name, "kernels/", 8) == 0 && ends_with(eot_embedded_files[i].name, ".cl"))
                EOT_TRY(kernels_flatten(&f, eot_embedded_files[i].name, kernel, n_kernel, err));
    } else {
        char pattern[2 * MAX_NAME];
        snprintf(pattern, sizeof pattern, "%s/kernels/*.cl", root);
        EOT_CHECK(glob(pattern, 0, NULL, &kernels) == 0, EOT_E_IO,
                  "no kernels in %s (nothing matches %s); give --kernel-dir the project's root", root, pattern);
        for (size_t i = 0; i < kernels.gl_pathc; i++)
            EOT_TRY(kernels_flatten(&f, kernels.gl_pathv[i] + strlen(root) + 1, kernel, n_kernel, err));
    }
    int is_bad = fclose(f.out);
    f.out = NULL;
    EOT_CHECK(is_bad == 0, EOT_E_MEMORY, "out of memory while reading the kernels; free memory");
    *text = result;
    result = NULL;
done:
    if (f.out != NULL) fclose(f.out);
    free(result);
    for (size_t i = 0; i < f.n_file; i++) free(f.file[i].owned);
    free(f.file);
    globfree(&kernels);
    return status;
}
