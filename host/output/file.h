/** @file file.h
 * Atomic writing: a file is made under a temporary name (hidden, in the same folder), flushed to the disk and renamed.
 */
#ifndef EOT_HOST_OUTPUT_FILE_H
#define EOT_HOST_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** folder/name as a new text; NULL without memory. Free it. */
char *eot_output_path(const char *folder, const char *name);
/** Does the folder hold a folder of that name, or a file of that name with something in it? */
bool eot_output_has(const char *folder, const char *name);
/** The name (without folder) under which this process writes `name` before it is complete: ".name.PID.tmp". */
void eot_output_temporary_name(char *text, size_t n_text, const char *name);
/** Flush the temporary file of folder/name and give it its final name. On failure it is removed. @return EOT_E_IO,
 * EOT_E_MEMORY. */
enum eot_status eot_output_commit(const char *folder, const char *name, struct eot_error *err);
/** Remove the temporary file of folder/name, if there is one. */
void eot_output_discard(const char *folder, const char *name);

#endif
