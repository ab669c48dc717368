#include "cli/interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t is_interrupted = 0;
static struct sigaction old_interrupt, old_terminate;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    is_interrupted = 1;
}

const volatile sig_atomic_t *eot_interrupt_catch(void) {
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends the process at once */
    is_interrupted = 0;
    sigaction(SIGINT, &action, &old_interrupt);
    sigaction(SIGTERM, &action, &old_terminate);
    return &is_interrupted;
}

void eot_interrupt_release(void) {
    sigaction(SIGINT, &old_interrupt, NULL);
    sigaction(SIGTERM, &old_terminate, NULL);
}
