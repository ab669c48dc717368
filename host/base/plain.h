/** @file plain.h
 * The one question that every text answers before it becomes part of a script, a file name or a job file: whether it
 * has only characters that mean nothing to gnuplot, a shell or a batch system. */
#ifndef EOT_HOST_BASE_PLAIN_H
#define EOT_HOST_BASE_PLAIN_H

#include <stdbool.h>

/** Letters, digits and . _ + - only, at least one. */
bool eot_plain_is_name(const char *text);
/** The same with / = , @ % and :, as paths and values of options have them, and no - at the beginning (which would be an
 * option). */
bool eot_plain_is_path(const char *text);

#endif
