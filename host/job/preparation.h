/** @file preparation.h
 * The self-test of the devices and the building of kernels, beside the making of tables. */
#ifndef EOT_HOST_JOB_PREPARATION_H
#define EOT_HOST_JOB_PREPARATION_H

#include <pthread.h>
#include <stdbool.h>

#include "config/config.h"
#include "device/backend.h"

struct eot_preparation {
    const struct eot_config *config;
    struct eot_backend *backend;
    bool wants_test;
    pthread_t thread;
    bool has_thread;
    enum eot_status status; /* of the self-test */
    struct eot_error error;
};

/** Begin to test each of the devices (eot_selftest), where that is wanted, and to build the kernels that a run of a
 * configuration launches; until the end of it nobody else uses these devices. Where there is no thread the test is made
 * here. A kernel that cannot be built is left to its first launch, which says why. */
void eot_preparation_start(struct eot_preparation *preparation, const struct eot_config *config,
                           struct eot_backend *backend, bool wants_test);
/** Wait for its end. A preparation that was never begun, or has ended, is accepted. @return of the self-test. */
enum eot_status eot_preparation_finish(struct eot_preparation *preparation, struct eot_error *err);

#endif
