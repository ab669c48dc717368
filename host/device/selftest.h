/** @file selftest.h
 * Does this device, with this driver, compute what the shared text says? Random-number known answers, atomics, struct
 * layouts, and the functions of kernels/probes.def against the host's own compilation. */
#ifndef EOT_HOST_DEVICE_SELFTEST_H
#define EOT_HOST_DEVICE_SELFTEST_H

#include <stdbool.h>

#include "device/backend.h"

#define EOT_SELFTEST_MAX_ROW 160

struct eot_selftest_row {
    char name[48];
    size_t n_point; /* values compared */
    double max_ulp; /* largest difference found, in units of the last place */
    double allowed_ulp;
};

struct eot_selftest_report {
    int n_row;
    struct eot_selftest_row row[EOT_SELFTEST_MAX_ROW];
    double seconds; /* without the driver's compilation, which counts as the backend's build_s */
};

/** Run the self-test. @param full more points per function. @param report filled as far as the test came; may be NULL.
 * @return EOT_E_SELFTEST naming device, driver and what differs; else what the backend's own calls return. */
enum eot_status eot_selftest(struct eot_backend *backend, bool full, struct eot_selftest_report *report,
                             struct eot_error *err);

#endif
