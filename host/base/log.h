/** @file log.h
 * Messages on stderr. A log is a value that its user owns and passes down: the library has no globals. */
#ifndef EOT_HOST_BASE_LOG_H
#define EOT_HOST_BASE_LOG_H

#include <stdio.h>

#include "base/progress.h"

enum eot_log_level {
    EOT_LOG_QUIET,  /* as a log's level: warnings only; as a message's: always printed */
    EOT_LOG_NORMAL, /* what a user wants to know once per run */
    EOT_LOG_VERBOSE /* what helps to find out why */
};

struct eot_log {
    enum eot_log_level level;
    FILE *out;                     /* NULL = stderr */
    struct eot_progress *progress; /* its line is cleared before a message; may be NULL */
};

/** Print one line (a newline is added) if the log's level admits the message's. A NULL log prints nothing. */
void eot_log_message(const struct eot_log *log, enum eot_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Print "warning: ..." at every level. */
void eot_log_warning(const struct eot_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
