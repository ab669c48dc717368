#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>

enum { MOST_THREAD = 64 };

struct crew {
    eot_parallel_work *work;
    void *context;
    size_t n, next, failed; /* failed: the lowest number that did; n: none */
    pthread_mutex_t lock;
    enum eot_status status;
    struct eot_error error;
};

static void *work_in_thread(void *argument) {
    struct crew *c = argument;
    for (;;) {
        struct eot_error error = {.status = EOT_OK};
        pthread_mutex_lock(&c->lock);
        size_t i = c->status == EOT_OK ? c->next++ : c->n;
        pthread_mutex_unlock(&c->lock);
        if (i >= c->n) return NULL;
        enum eot_status status = c->work(c->context, i, &error);
        if (status == EOT_OK) continue;
        pthread_mutex_lock(&c->lock);
        if (i < c->failed) {
            c->failed = i;
            c->status = status;
            c->error = error;
        }
        pthread_mutex_unlock(&c->lock);
    }
}

/* Processors that this process may use. */
static size_t processors(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > MOST_THREAD ? MOST_THREAD : (size_t)n;
}

enum eot_status eot_parallel(eot_parallel_work *work, void *context, size_t n, struct eot_error *err) {
    struct crew crew = {
        .work = work, .context = context, .n = n, .failed = n, .lock = PTHREAD_MUTEX_INITIALIZER, .status = EOT_OK};
    pthread_t thread[MOST_THREAD];
    size_t n_thread = 0, most = processors();
    while (n_thread + 1 < most && n_thread + 1 < n &&
           pthread_create(&thread[n_thread], NULL, work_in_thread, &crew) == 0)
        n_thread++;
    work_in_thread(&crew);
    for (size_t i = 0; i < n_thread; i++) pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&crew.lock);
    if (crew.status != EOT_OK && err != NULL) *err = crew.error;
    return crew.status;
}
