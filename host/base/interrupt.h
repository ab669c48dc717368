/** @file interrupt.h
 * Ctrl-C, and the signals with which batch systems and closed terminals end a process, as a flag that long work looks
 * at; and what ends the process where a call does not look. */
#ifndef EOT_HOST_BASE_INTERRUPT_H
#define EOT_HOST_BASE_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/** From now on SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2 and SIGXCPU set the flag that is returned, instead of
 * ending the process; a second SIGINT or SIGTERM ends it. */
const volatile sig_atomic_t *eot_interrupt_catch(void);
/** Back to what signals did before. */
void eot_interrupt_release(void);
/** Whether one of the signals has come since eot_interrupt_catch(). */
bool eot_interrupt_is_asked(void);
/** While calls go on that may take long and cannot be stopped (a driver compiles, tables are integrated), and nothing
 * has been done that would have to be saved: a signal, also one that has come already, calls `now` in a thread of its
 * own. @param now must not return. NULL: signals set the flag again, and no more; on return `now` is not at work. */
void eot_interrupt_ends(void (*now)(void *context), void *context);
/** For `now`: end the process with a message and without what libraries do at its end, as they are at work. */
void eot_interrupt_exit(const char *command, const char *text, int code);

#endif
