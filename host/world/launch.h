/** @file launch.h
 * What a configuration says of the launches of a run. */
#ifndef EOT_HOST_WORLD_LAUNCH_H
#define EOT_HOST_WORLD_LAUNCH_H

#include "world/world.h"

/** enum eot_particle_type of the primaries; of a muon beam, which begins no showers, that of electrons. */
i32 eot_primary_type(const struct eot_config *config);

/** A launch of the event kernels for all events of a run; which ones, and a profile, are the caller's. */
eot_event_launch eot_event_launch_from(const struct eot_config *config, const struct eot_world *world);

#endif
