#include "job/watch.h"

#include <time.h>

static const long INTERVAL_NS = 250000000, SECOND_NS = 1000000000;

static void *watch(void *argument) {
    struct eot_watch *w = argument;
    pthread_mutex_lock(w->lock);
    while (!w->is_over) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += INTERVAL_NS;
        until.tv_sec += until.tv_nsec / SECOND_NS;
        until.tv_nsec %= SECOND_NS;
        pthread_cond_timedwait(&w->over, w->lock, &until);
        if (!w->is_over) w->look(w->context);
    }
    pthread_mutex_unlock(w->lock);
    return NULL;
}

void eot_watch_start(struct eot_watch *w, pthread_mutex_t *lock, void (*look)(void *context), void *context) {
    pthread_condattr_t attributes;
    *w = (struct eot_watch){.lock = lock, .look = look, .context = context};
    if (pthread_condattr_init(&attributes) != 0) return;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* the time of day may be set back */
    bool has_condition = pthread_cond_init(&w->over, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    if (!has_condition) return;
    w->has_thread = pthread_create(&w->thread, NULL, watch, w) == 0;
    if (!w->has_thread) pthread_cond_destroy(&w->over);
}

void eot_watch_stop(struct eot_watch *w) {
    if (!w->has_thread) return;
    pthread_mutex_lock(w->lock);
    w->is_over = true;
    pthread_cond_signal(&w->over);
    pthread_mutex_unlock(w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->over);
    w->has_thread = false;
}
