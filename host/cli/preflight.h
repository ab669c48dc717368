/** @file preflight.h
 * What every command that simulates asks of a configuration before it starts, and `eotmc check` of all of them. */
#ifndef EOT_HOST_CLI_PREFLIGHT_H
#define EOT_HOST_CLI_PREFLIGHT_H

#include "base/log.h"
#include "check/findings.h"
#include "config/config.h"
#include "geometry/setup.h"

/** The checks of the job and of the set-up. @param findings zeroed, or what was found before; errors and warnings are
 * added. @return EOT_E_MEMORY. */
enum eot_status eot_preflight_look(const struct eot_config *config, const struct eot_setup *setup,
                                   struct eot_findings *findings, struct eot_error *err);
/** The same; errors fail, warnings are printed. @param said warnings that were printed before, which are not printed
 * again; what is new is added. NULL: print all. @return EOT_E_CONFIG, a line for each error; EOT_E_MEMORY. */
enum eot_status eot_preflight(const struct eot_config *config, const struct eot_setup *setup, const struct eot_log *log,
                              struct eot_findings *findings, struct eot_findings *said, struct eot_error *err);

/** Print the warnings from number `first` on that were not said before. */
enum eot_status eot_preflight_say(const struct eot_findings *findings, size_t first, const struct eot_log *log,
                                  struct eot_findings *said, struct eot_error *err);
/** A warning if a run is on the host, one core, though nobody asked for it. @param selector of --device, may be NULL.
 * @return EOT_E_MEMORY. */
enum eot_status eot_preflight_device(const char *selector, bool is_host, struct eot_findings *findings,
                                     struct eot_error *err);

#endif
