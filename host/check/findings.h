/** @file findings.h
 * What a check of a configuration found: errors, each at a key of the configuration, and warnings, each with a code
 * that does not change from version to version (docs/warnings.md lists the codes). */
#ifndef EOT_HOST_CHECK_FINDINGS_H
#define EOT_HOST_CHECK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct eot_finding {
    bool is_error;
    char code[48];     /* of a warning: lower case words joined by _ */
    char key[128];     /* of an error: dotted, as --set takes it; its file and line are found when it is printed */
    char message[512]; /* "<what is so> (<why>); <what to do>" */
};

/** A list of findings in the order in which they were made: zeroed before its first use. */
struct eot_findings {
    size_t n, capacity;
    struct eot_finding *row;
};

/** Add a warning: the run is made, and one of its numbers is less than it seems. A second one with the same code and
 * the same message is left out. @param format of the message, without the code.
 * @return EOT_E_MEMORY. */
enum eot_status eot_findings_warn(struct eot_findings *f, struct eot_error *err, const char *code, const char *format,
                                  ...) __attribute__((format(printf, 4, 5)));
/** Add an error: no run is made. @param key that is to be changed, "" where there is no single one. @param format of
 * the message, without file, line and key.
 * @return EOT_E_MEMORY: that an error was found is no failure of the check. */
enum eot_status eot_findings_fail(struct eot_findings *f, struct eot_error *err, const char *key, const char *format,
                                  ...) __attribute__((format(printf, 4, 5)));
/** How many findings are errors. */
size_t eot_findings_n_error(const struct eot_findings *f);
void eot_findings_free(struct eot_findings *f);

#endif
