/** @file workspace.h
 * Workspaces of pyhf (JSON, schema 1.0.0; doi:10.21105/joss.02823). */
#ifndef EOT_HOST_LIMIT_WORKSPACE_H
#define EOT_HOST_LIMIT_WORKSPACE_H

#include <jansson.h>

#include "limit/spec.h"

/** Read a file. @param measurement its name; NULL: the first one. @return EOT_E_IO, EOT_E_CONFIG with the place of what
 * is missing, of the wrong form or not known (a modifier other than those of modifiers.def is refused by name). */
enum eot_status eot_workspace_read(const char *path, const char *measurement, struct eot_spec *spec,
                                   struct eot_error *err);

/** The document of a spec. @return a new reference; NULL without memory. */
json_t *eot_workspace_write(const struct eot_spec *spec);

#endif
