/** @file interrupt.h
 * Ctrl-C (and SIGTERM) as a flag that long work looks at. */
#ifndef EOT_HOST_CLI_INTERRUPT_H
#define EOT_HOST_CLI_INTERRUPT_H

#include <signal.h>

/** From now on SIGINT and SIGTERM set the flag that is returned, instead of ending the process. */
const volatile sig_atomic_t *eot_interrupt_catch(void);
/** Back to what signals did before. */
void eot_interrupt_release(void);

#endif
