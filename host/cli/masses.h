/** @file masses.h
 * Results of several masses of phi that share the events of a run: a folder for each, as if it had been run alone. */
#ifndef EOT_HOST_CLI_MASSES_H
#define EOT_HOST_CLI_MASSES_H

#include "analysis/result.h"
#include "config/config.h"
#include "engine/run.h"

/** The configuration of mass i alone; release with eot_config_free. @return EOT_E_CONFIG, EOT_E_MEMORY. */
enum eot_status eot_mass_config(const struct eot_config *config, size_t i, struct eot_config *own,
                                struct eot_error *err);

/** The folders of several masses in that of their run hold no run of their own, which would be lost. @return
 * EOT_E_USAGE, EOT_E_MEMORY. */
enum eot_status eot_masses_check(const struct eot_config *config, const char *folder, struct eot_error *err);

/** Write summary.json, result.h5 and effective-config.yaml of each mass into folder/mphi_<GeV>; nothing of one mass.
 * @param name folders instead of these, [masses]; NULL. @param whole the run's result. @return EOT_E_IO, EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_masses_write(const struct eot_config *config, const struct eot_world *world, struct eot_run *run,
                                 const struct eot_result *whole, const char *folder, const char *const *name,
                                 struct eot_error *err);

#endif
