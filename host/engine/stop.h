/** @file stop.h
 * Whether work should end early: the user has asked for it, or another device of the run has failed. */
#ifndef EOT_HOST_ENGINE_STOP_H
#define EOT_HOST_ENGINE_STOP_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct eot_stop {
    const volatile sig_atomic_t *is_interrupted; /* may be NULL */
    const atomic_bool *is_stopped;               /* may be NULL */
};

static inline bool eot_stop_is_asked(const struct eot_stop *stop) {
    return (stop->is_interrupted != NULL && *stop->is_interrupted != 0) ||
           (stop->is_stopped != NULL && atomic_load(stop->is_stopped));
}

#endif
