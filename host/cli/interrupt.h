/** @file interrupt.h
 * Ctrl-C, and the signals with which batch systems and closed terminals end a process, as a flag that long work looks
 * at. */
#ifndef EOT_HOST_CLI_INTERRUPT_H
#define EOT_HOST_CLI_INTERRUPT_H

#include <signal.h>

/** From now on SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2 and SIGXCPU set the flag that is returned, instead of
 * ending the process; a second SIGINT or SIGTERM ends it. */
const volatile sig_atomic_t *eot_interrupt_catch(void);
/** Back to what signals did before. */
void eot_interrupt_release(void);

#endif
