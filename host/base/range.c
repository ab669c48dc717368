#include "base/range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VALUES = 10000, MAX_TEXT = 128 };

bool eot_range_is(const char *text, size_t n_text) {
    const char *dots = memmem(text, n_text, "..", 2);
    return dots != NULL && memchr(dots, ':', n_text - (size_t)(dots - text)) != NULL &&
           strchr("0123456789.+-", text[0]) != NULL;
}

/* A number, whose decimal point is not the first of "..". */
static const char *number_read(const char *text, double *value) {
    char copy[MAX_TEXT], *end;
    const char *dots = strstr(text, "..");
    snprintf(copy, sizeof copy, "%.*s", dots != NULL ? (int)(dots - text) : MAX_TEXT, text);
    *value = strtod(copy, &end);
    return end != copy && isfinite(*value) ? text + (end - copy) : NULL;
}

enum eot_status eot_range_parse_values(const char *option, const char *text, size_t n_text, struct eot_range *range,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char copy[MAX_TEXT];
    const char *p;
    *range = (struct eot_range){.n = 1, .rest = text + n_text};
    EOT_CHECK(n_text < sizeof copy, EOT_E_USAGE, "option '--%s': a value of more than %d bytes; give a number", option,
              MAX_TEXT);
    snprintf(copy, sizeof copy, "%.*s", (int)n_text, text);
    p = number_read(copy, &range->first);
    range->last = range->first;
    EOT_CHECK(p != NULL, EOT_E_USAGE,
              "option '--%s' = '%s' (not a list of numbers at '%s'); give numbers such as 0.11,0.5, or a range such as "
              "0.11..3:12log",
              option, text, copy);
    if (strncmp(p, "..", 2) == 0) {
        char *end = NULL;
        p = number_read(p + 2, &range->last);
        EOT_CHECK(p != NULL && *p == ':', EOT_E_USAGE,
                  "option '--%s' = '%s' (no range at '%s'); give FIRST..LAST:N, as in 20..100:5, or "
                  "FIRST..LAST:Nlog",
                  option, text, copy);
        unsigned long n = p[1] >= '0' && p[1] <= '9' ? strtoul(p + 1, &end, 10) : 0;
        EOT_CHECK(n >= 2 && n <= MAX_VALUES, EOT_E_USAGE,
                  "option '--%s': a range of %lu values at '%s' (must be 2 to %d); give FIRST..LAST:N", option, n, copy,
                  MAX_VALUES);
        range->n = n;
        range->is_log = strncmp(end, "log", 3) == 0;
        p = end + (range->is_log ? 3 : 0);
        EOT_CHECK(!range->is_log || (range->first > 0.0 && range->last > 0.0), EOT_E_USAGE,
                  "option '--%s': a logarithmic range that is not positive, '%s'; leave out log", option, copy);
        EOT_CHECK(range->first != range->last, EOT_E_USAGE, "option '--%s': a range of one value, '%s'; give the value",
                  option, copy);
    }
    range->rest = text + (p - copy);
    p += strspn(p, " ");
    EOT_CHECK(*p == '\0' || range->n > 1, EOT_E_USAGE,
              "option '--%s' = '%s' (not a list of numbers at '%s'); give numbers such as 0.11,0.5, or a range such as "
              "0.11..3:12log",
              option, text, copy);
done:
    return status;
}

double eot_range_value(const struct eot_range *range, size_t i) {
    char text[32];
    if (i == 0) return range->first;
    if (i + 1 >= range->n) return range->last;
    double t = (double)i / (double)(range->n - 1);
    double value = range->is_log ? range->first * pow(range->last / range->first, t)
                                 : range->first + t * (range->last - range->first);
    snprintf(text, sizeof text, "%.6g", value);
    return strtod(text, NULL);
}
