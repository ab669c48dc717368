/** @file parallel.h
 * Pieces of work side by side, for tables: a thread for each processor that this process may use. */
#ifndef EOT_HOST_BASE_PARALLEL_H
#define EOT_HOST_BASE_PARALLEL_H

#include <stddef.h>

#include "base/error.h"

/** A piece of work; pieces share nothing that one of them writes. */
typedef enum eot_status eot_parallel_work(void *context, size_t i, struct eot_error *err);

/** The pieces 0 .. n - 1, in any order, each once; after an error no further ones are begun. Without threads the caller
 * does them all. @return the error of the lowest number that failed. */
enum eot_status eot_parallel(eot_parallel_work *work, void *context, size_t n, struct eot_error *err);

#endif
