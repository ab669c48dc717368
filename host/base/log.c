#include "base/log.h"

#include <stdarg.h>

static void print(const struct eot_log *log, const char *prefix, const char *format, va_list arguments) {
    FILE *out = log->out != NULL ? log->out : stderr;
    if (log->progress != NULL) eot_progress_clear(log->progress);
    fputs(prefix, out);
    vfprintf(out, format, arguments);
    fputc('\n', out);
    fflush(out);
}

void eot_log_message(const struct eot_log *log, enum eot_log_level level, const char *format, ...) {
    if (log == NULL || level > log->level) return;
    va_list arguments;
    va_start(arguments, format);
    print(log, "", format, arguments);
    va_end(arguments);
}

void eot_log_warning(const struct eot_log *log, const char *format, ...) {
    if (log == NULL) return;
    va_list arguments;
    va_start(arguments, format);
    print(log, "warning: ", format, arguments);
    va_end(arguments);
}
