/** @file interrupt.h
 * Ctrl-C (and SIGTERM) as a flag that long work looks at. */
#ifndef EOT_HOST_CLI_INTERRUPT_H
#define EOT_HOST_CLI_INTERRUPT_H

#include <signal.h>

/** From now on the first SIGINT or SIGTERM sets the flag that is returned, instead of ending the process; a second one
 * ends it. */
const volatile sig_atomic_t *eot_interrupt_catch(void);
/** Back to what signals did before. */
void eot_interrupt_release(void);

#endif
