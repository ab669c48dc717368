#include "base/interrupt.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* The signals that end a run. A closed pipe is one of them: whoever read the output has gone, but what was done is not
 * lost. Handlers would not do: compilers in OpenCL drivers put their own in their place. So the signals are blocked in
 * all threads (those made later inherit that), and one thread waits for them. */
static const int CAUGHT[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2, SIGXCPU};
enum { N_CAUGHT = sizeof CAUGHT / sizeof CAUGHT[0] };

static volatile sig_atomic_t is_interrupted = 0;
static volatile sig_atomic_t is_released = 0;
static bool is_waiting = false;
static pthread_t waiter;
static sigset_t mask_before;
static pthread_mutex_t end_lock = PTHREAD_MUTEX_INITIALIZER; /* for the two below */
static void (*end_now)(void *context) = NULL;
static void *end_context = NULL;

static sigset_t caught_set(void) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < N_CAUGHT; i++) sigaddset(&set, CAUGHT[i]);
    return set;
}

/* End the process if it is in work that cannot be stopped otherwise. */
static void end_if_meant(void) {
    pthread_mutex_lock(&end_lock);
    if (end_now != NULL && is_interrupted != 0) end_now(end_context);
    pthread_mutex_unlock(&end_lock);
}

/* Those that a person may send twice in haste end the process at the second time. */
static void *wait_for_signals(void *argument) {
    const sigset_t set = caught_set();
    int number;
    (void)argument;
    while (sigwait(&set, &number) == 0 && is_released == 0) {
        if (is_interrupted != 0 && (number == SIGINT || number == SIGTERM)) {
            signal(number, SIG_DFL);
            pthread_sigmask(SIG_UNBLOCK, &set, NULL);
            raise(number);
        }
        is_interrupted = 1;
        end_if_meant();
    }
    return NULL;
}

const volatile sig_atomic_t *eot_interrupt_catch(void) {
    const sigset_t set = caught_set();
    is_interrupted = is_released = 0;
    pthread_sigmask(SIG_BLOCK, &set, &mask_before);
    is_waiting = pthread_create(&waiter, NULL, wait_for_signals, NULL) == 0;
    if (!is_waiting) pthread_sigmask(SIG_SETMASK, &mask_before, NULL); /* signals then do what they did before */
    return &is_interrupted;
}

void eot_interrupt_release(void) {
    if (!is_waiting) return;
    is_released = 1; /* not pthread_cancel, which aborts where there is no memory left to load what unwinds a thread */
    pthread_kill(waiter, SIGUSR1);
    pthread_join(waiter, NULL);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
    is_waiting = false;
}

bool eot_interrupt_is_asked(void) { return is_interrupted != 0; }

void eot_interrupt_ends(void (*now)(void *context), void *context) {
    pthread_mutex_lock(&end_lock);
    end_now = now;
    end_context = context;
    pthread_mutex_unlock(&end_lock);
    end_if_meant();
}

void eot_interrupt_exit(const char *command, const char *text, int code) {
    fprintf(stderr, "eotmc %s: %s\n", command, text);
    _exit(code);
}
