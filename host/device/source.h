/** @file source.h
 * The kernels' text as the driver gets it: one string, made from the sources that are embedded in the library or from a
 * folder. */
#ifndef EOT_HOST_DEVICE_SOURCE_H
#define EOT_HOST_DEVICE_SOURCE_H

#include <stddef.h>

#include "base/error.h"

struct eot_embedded_file {
    const char *name; /* path from the project's root: "kernels/probe.cl", "include/eotmc/math/random.h" */
    const char *text;
    size_t n_bytes;
};
extern const struct eot_embedded_file eot_embedded_files[];
extern const size_t eot_n_embedded_file;

/** Put all kernels/<file>.cl and what they include into one text. `#include "name"` is looked up beside the including
 * file, then below include/; a .h is taken once, a .def each time it is asked for; #line markers name the real files.
 * `#include <...>` stays (host branches only).
 * @param root project root to read from, or NULL for the embedded files. @param text the result, zero-terminated; the
 * caller frees it.
 * @return EOT_E_IO (no kernels below root), EOT_E_BUILD (an include is missing or circular; the text names file and
 * line), EOT_E_MEMORY. */
enum eot_status eot_source_flatten(const char *root, char **text, struct eot_error *err);
/** The same of those files only that define some kernels. @param kernel n_kernel names; n_kernel = 0: all files. */
enum eot_status eot_source_flatten_for(const char *root, const char *const *kernel, size_t n_kernel, char **text,
                                       struct eot_error *err);

#endif
