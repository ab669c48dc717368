#include "check/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum eot_status add(struct eot_findings *f, const struct eot_finding *finding, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < f->n; i++)
        if (f->row[i].is_error == finding->is_error && strcmp(f->row[i].code, finding->code) == 0 &&
            strcmp(f->row[i].key, finding->key) == 0 && strcmp(f->row[i].message, finding->message) == 0)
            return EOT_OK;
    if (f->n == f->capacity) {
        size_t capacity = f->capacity > 0 ? 2 * f->capacity : 8;
        struct eot_finding *row = realloc(f->row, capacity * sizeof *row);
        EOT_CHECK_MEMORY(row);
        f->row = row;
        f->capacity = capacity;
    }
    f->row[f->n++] = *finding;
done:
    return status;
}

enum eot_status eot_findings_warn(struct eot_findings *f, struct eot_error *err, const char *code, const char *format,
                                  ...) {
    struct eot_finding finding = {.is_error = false};
    va_list arguments;
    snprintf(finding.code, sizeof finding.code, "%s", code);
    va_start(arguments, format);
    vsnprintf(finding.message, sizeof finding.message, format, arguments);
    va_end(arguments);
    return add(f, &finding, err);
}

enum eot_status eot_findings_fail(struct eot_findings *f, struct eot_error *err, const char *key, const char *format,
                                  ...) {
    struct eot_finding finding = {.is_error = true};
    va_list arguments;
    snprintf(finding.key, sizeof finding.key, "%s", key);
    va_start(arguments, format);
    vsnprintf(finding.message, sizeof finding.message, format, arguments);
    va_end(arguments);
    return add(f, &finding, err);
}

size_t eot_findings_n_error(const struct eot_findings *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) n += f->row[i].is_error;
    return n;
}

void eot_findings_free(struct eot_findings *f) {
    free(f->row);
    *f = (struct eot_findings){0};
}
