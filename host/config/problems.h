/** @file problems.h
 * All that is wrong with one configuration, each at its place: reading goes on after a problem where it can, so that
 * one look shows them all. */
#ifndef EOT_HOST_CONFIG_PROBLEMS_H
#define EOT_HOST_CONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct eot_problem {
    char file[416];     /* as it was given; "--set key=value" for what an override brought */
    int line;           /* from 1; 0 for an override, and for a file as a whole */
    char key[208];      /* dotted; list items by their name or number; may be empty */
    char message[1400]; /* "key = value (reason); what to do" */
};

/** Reading stops after this many: a file of another kind has a problem in every line. */
#define EOT_MAX_PROBLEM 100

/** A list of problems in the order in which they were found: zeroed before its first use. */
struct eot_problems {
    size_t n, capacity;
    struct eot_problem *row;
};

/** Add a copy; control characters become '?', so that a message is one line. @return EOT_E_MEMORY. */
enum eot_status eot_problems_add(struct eot_problems *p, const struct eot_problem *problem, struct eot_error *err);
/** Is there a problem with this key, or with a part of it ("geometry.volumes.ecal": "geometry.volumes.ecal.z")? */
bool eot_problems_has(const struct eot_problems *p, const char *key);
/** Fill err with all of them, a line each: "file:line: message". What does not fit is counted.
 * @return EOT_E_CONFIG, or EOT_OK and err untouched if there is none. */
enum eot_status eot_problems_fail(const struct eot_problems *p, struct eot_error *err);
/** In the order of the file: by line, and what has none last; else as they were found. */
void eot_problems_sort(struct eot_problems *p);
void eot_problems_free(struct eot_problems *p);

#endif
