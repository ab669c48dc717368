/** @file slabs.h
 * The volumes along the beam axis, as showers below the cut see them. */
#ifndef EOT_HOST_WORLD_SLABS_H
#define EOT_HOST_WORLD_SLABS_H

#include "world/world.h"

/** Fill in the slabs of event: the volumes in order of z and the gaps between them, each with the averages of its
 * materials. @return EOT_E_CONFIG (too many volumes, modules or cells). */
enum eot_status eot_world_slabs(const struct eot_config *config, const struct eot_setup *setup, eot_event_world *event,
                                struct eot_error *err);

#endif
