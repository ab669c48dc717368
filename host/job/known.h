/** @file known.h
 * A primary that a device follows again and again: where its numbers are no longer those of the first time, the device
 * does not compute reliably. */
#ifndef EOT_HOST_JOB_KNOWN_H
#define EOT_HOST_JOB_KNOWN_H

#include "job/job.h"

/** Of one worker; zeroed before the first time. */
struct eot_known {
    char sha256[65];         /* of all that the primary gives; empty before the first time */
    long n_launch;           /* of the queue when it was last followed */
    uint64_t first_in_doubt; /* first primary that the worker has made since */
    bool has_doubt;          /* there is one */
    bool is_wrong;           /* what the primary gives has changed */
};

/** Follow the primary again if `interval` launches have been made since, or any at all. @param worker the job's.
 * @param frame of the run, whose first primary it is. @param is_last nothing comes after: only what was known before is
 * looked at. @return EOT_E_DEVICE if anything differs, what the job returns. An interruption is no error. */
enum eot_status eot_known_check(struct eot_known *known, const struct eot_job_context *context, void *worker,
                                struct eot_backend *backend, const struct eot_sums_frame *frame, bool is_last,
                                struct eot_error *err);

#endif
