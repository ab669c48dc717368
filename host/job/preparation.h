/** @file preparation.h
 * Kernels compiled beside the making of tables, where a driver compiles them at their first launch. */
#ifndef EOT_HOST_JOB_PREPARATION_H
#define EOT_HOST_JOB_PREPARATION_H

#include <pthread.h>
#include <stdbool.h>

#include "config/config.h"
#include "device/backend.h"

struct eot_preparation {
    const struct eot_config *config;
    struct eot_backend *backend;
    pthread_t thread;
    bool has_thread;
};

/** Begin to compile the kernels that a run of a configuration launches, on each of its devices; until the end of it
 * nobody else uses these. Without a thread nothing is done. A kernel that cannot be compiled is left to its first
 * launch, which says why. */
void eot_preparation_start(struct eot_preparation *preparation, const struct eot_config *config,
                           struct eot_backend *backend);
/** Wait for its end. A preparation that was never begun, or has ended, is accepted. */
void eot_preparation_finish(struct eot_preparation *preparation);

#endif
