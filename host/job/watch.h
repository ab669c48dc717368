/** @file watch.h
 * A thread that looks at a run while its workers wait for their devices: a driver that does not come back must not keep
 * a run from being saved. */
#ifndef EOT_HOST_JOB_WATCH_H
#define EOT_HOST_JOB_WATCH_H

#include <pthread.h>
#include <stdbool.h>

struct eot_watch {
    pthread_mutex_t *lock;
    void (*look)(void *context);
    void *context;
    pthread_t thread;
    pthread_cond_t over;
    bool has_thread, is_over;
};

/** Call look(context) four times a second with the lock held, from a thread of its own; where none can be had, never.
 * @param watch must stay where it is until eot_watch_stop. */
void eot_watch_start(struct eot_watch *watch, pthread_mutex_t *lock, void (*look)(void *context), void *context);
/** End the thread; also for a watch that is zeroed or was stopped before. */
void eot_watch_stop(struct eot_watch *watch);

#endif
