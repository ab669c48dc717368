#include "error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum eot_status eot_error_set(struct eot_error *err, enum eot_status status, const char *file, int line,
                              const char *function, const char *format, ...) {
    if (err == NULL) return status;
    err->status = status;
    err->file = file;
    err->line = line;
    err->function = function;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    /* What a user wrote may hold anything: the message stays one line, and is no command to a terminal. */
    bool is_of_input = status == EOT_E_USAGE || status == EOT_E_IO;
    for (char *c = err->text; is_of_input && *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    return status;
}

int eot_status_exit_code(enum eot_status status) {
    switch (status) {
    case EOT_OK: return 0;
    case EOT_E_USAGE:
    case EOT_E_CONFIG: return 2;
    case EOT_E_IO: return 3;
    case EOT_E_DEVICE:
    case EOT_E_BUILD: return 4;
    case EOT_E_SELFTEST: return 5;
    case EOT_E_NUMERIC: return 6;
    case EOT_E_INTERRUPTED: return 130;
    case EOT_E_MEMORY:
    case EOT_E_INTERNAL: break;
    }
    return 70;
}
