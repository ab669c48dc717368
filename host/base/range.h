/** @file range.h
 * Values of a scan in short: FIRST..LAST:N, N equal steps from FIRST to LAST, both in it; FIRST..LAST:Nlog, in equal
 * ratios. */
#ifndef EOT_HOST_BASE_RANGE_H
#define EOT_HOST_BASE_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct eot_range {
    double first, last;
    size_t n; /* values; 1 of a single number */
    bool is_log;
    const char *rest; /* what follows the range: the end of the text, or a unit */
};

/** Is the text a range, "1..2:3" and so on, and not a value of another kind? @param n_text its length in bytes. */
bool eot_range_is(const char *text, size_t n_text);
/** A number or a range from the first `n_text` bytes of a text. @param option long name of the option, for messages.
 * @return EOT_E_USAGE for what is neither, for fewer than 2 or more than 10000 values, for a logarithmic range that is
 * not positive. */
enum eot_status eot_range_parse_values(const char *option, const char *text, size_t n_text, struct eot_range *range,
                                       struct eot_error *err);
/** The i-th value: FIRST and LAST exactly, those between rounded to six digits, so that what is printed of a value is
 * the value. */
double eot_range_value(const struct eot_range *range, size_t i);

#endif
