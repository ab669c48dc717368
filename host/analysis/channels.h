/** @file channels.h
 * Estimates of a run by process and parent: rates, what the cut or the region leaves out, and of the signal the
 * efficiencies. Their names come from the processes' descriptors (host/physics/process.h). */
#ifndef EOT_HOST_ANALYSIS_CHANNELS_H
#define EOT_HOST_ANALYSIS_CHANNELS_H

#include "analysis/rates.h"
#include "config/config.h"
#include "world/world.h"

/** Add the estimates of the family that is on. @return EOT_E_MEMORY, EOT_E_NUMERIC. */
enum eot_status eot_add_channels(const struct eot_config *config, const struct eot_world *world,
                                 const struct eot_rates *rates, struct eot_result *result, struct eot_error *err);

#endif
