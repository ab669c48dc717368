/** @file json.h
 * JSON documents of commands with --format json: made with jansson, printed and released here. */
#ifndef EOT_HOST_CLI_JSON_H
#define EOT_HOST_CLI_JSON_H

#include <jansson.h>

#include "base/error.h"

/** Digits of a real number that reads back as the same double. */
#define EOT_JSON_EXACT 17

/** A text, whose bytes above 127 become ? where they are no UTF-8. NULL without memory. */
json_t *eot_json_text(const char *text);

/** Append `value` (a new reference, which the array takes over) to an array. @param value NULL is taken for an
 * allocation that failed. @return EOT_E_MEMORY. */
enum eot_status eot_json_append(json_t *array, json_t *value, struct eot_error *err);

/** Print a document on standard output and release it, also on failure. @param root NULL is taken for an allocation
 * that failed. @param digits of real numbers, 1 to EOT_JSON_EXACT. @return EOT_E_MEMORY. */
enum eot_status eot_json_print(json_t *root, int digits, struct eot_error *err);

#endif
