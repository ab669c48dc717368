/** @file secondaries.h
 * The tables of what scintillators see of a muon's secondaries and of a shower's last particles
 * (eotmc/detector/secondaries.h), from a simulation of these particles (physics/soft) in the set-up itself: in the
 * layers of each calorimeter, and in all that stands on the VETO's axis. */
#ifndef EOT_HOST_WORLD_SECONDARIES_H
#define EOT_HOST_WORLD_SECONDARIES_H

#include "world/world.h"

/** Fill world->event.secondaries. The tables are kept in the cache by what they depend on, apart from the rest of the
 * world. @param no_cache neither read nor write it. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_world_secondaries(const struct eot_config *config, const struct eot_setup *setup, bool no_cache,
                                      struct eot_world *world, struct eot_error *err);

#endif
