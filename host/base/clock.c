#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double eot_clock_seconds(void) { return seconds_of(CLOCK_MONOTONIC); }
double eot_clock_processor_seconds(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
