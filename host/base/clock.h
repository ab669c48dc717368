/** @file clock.h
 * The clocks that durations are measured with. */
#ifndef EOT_HOST_BASE_CLOCK_H
#define EOT_HOST_BASE_CLOCK_H

/** Time since an arbitrary start that never steps [s]: differences are wall time. */
double eot_clock_seconds(void);
/** Processor time of this process so far, of all its threads [s]. */
double eot_clock_processor_seconds(void);

#endif
