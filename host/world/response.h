/** @file response.h
 * The response of the detector, and the numbers of a selection, from the configuration. */
#ifndef EOT_HOST_WORLD_RESPONSE_H
#define EOT_HOST_WORLD_RESPONSE_H

#include "world/world.h"

/** Fill in event.response, whose HCAL scale is 1 until it is calibrated. Needs the volumes. */
void eot_world_response(const struct eot_config *config, eot_event_world *event);

/** Detectors that the set-up does not have: bits 1 << enum eot_role. */
int eot_world_absent(const struct eot_config *config);
/** The numbers of a selection of this configuration as the device has them. */
eot_selection eot_world_selection(const struct eot_config *config, const struct eot_selection_config *selection);

#endif
