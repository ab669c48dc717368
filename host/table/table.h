/** @file table.h
 * The growable f32 (and u32) table that the device reads: tables are appended while they are built, and addressed by
 * their offsets. */
#ifndef EOT_HOST_TABLE_TABLE_H
#define EOT_HOST_TABLE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sha256.h"

#define EOT_TABLE_FORMAT 2 /* raise it when the meaning of stored tables changes */

struct eot_f32_table {
    float *value;
    size_t n, capacity;
};

/** Append n values converted from double. @param offset set to the index of the first, may be NULL. @return
 * EOT_E_MEMORY, EOT_E_NUMERIC if a value is not finite in f32. */
enum eot_status eot_f32_table_append(struct eot_f32_table *table, const double *value, size_t n, uint32_t *offset,
                                     struct eot_error *err);
void eot_f32_table_free(struct eot_f32_table *table);

/** Add to a hash whatever tables depend on besides their inputs: format, versions of eotmc, GSL and compiler, and the
 * sources that build tables. */
void eot_table_version_hash(struct eot_sha256 *hash);

#endif
