/** @file check.h
 * What a configuration that can be read says less than it seems to, or what cannot be right about its set-up: one
 * function a question, a row of check/checks.def. Every run asks them before it starts, and `eotmc check` only asks.
 *
 * A new question is a row of checks.def, its function in a file of this folder, and, for a warning, its code in
 * docs/warnings.md. */
#ifndef EOT_HOST_CHECK_CHECK_H
#define EOT_HOST_CHECK_CHECK_H

#include "check/findings.h"
#include "config/config.h"
#include "geometry/setup.h"

struct eot_check {
    const struct eot_config *config;
    const struct eot_setup *setup;
};

/** Ask all rows of checks.def. @param f what they found is added to it; release with eot_findings_free.
 * @return EOT_E_MEMORY. An error that was found is a finding, not a failure. */
enum eot_status eot_check_run(const struct eot_check *c, struct eot_findings *f, struct eot_error *err);

/** The errors among findings as problems of the configuration, each with its file and line. @param problems they are
 * added to it. @return EOT_E_MEMORY. */
enum eot_status eot_check_problems(const struct eot_config *config, const struct eot_findings *f,
                                   struct eot_problems *problems, struct eot_error *err);
/** Fail if there is an error among findings. @return EOT_E_CONFIG, a line each; EOT_E_MEMORY. */
enum eot_status eot_check_require(const struct eot_config *config, const struct eot_findings *f, struct eot_error *err);
/** What a step of making a run came to, as a finding where the configuration is to blame.
 * @param status of that step, whose error is in err. @param key used where the message names no volume.
 * @return EOT_OK where status is EOT_OK or EOT_E_CONFIG, else status. */
enum eot_status eot_check_adopt(struct eot_findings *f, enum eot_status status, const char *key, struct eot_error *err);

#define EOT_CHECK_ROW(name) \
    enum eot_status eot_check_##name(const struct eot_check *c, struct eot_findings *f, struct eot_error *err);
#include "check/checks.def"
#undef EOT_CHECK_ROW

#endif
