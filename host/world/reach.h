/** @file reach.h
 * Which energy a muon needs to get to the last tracker plane: what lets a run give a muon up early when its deposits
 * are not scored. */
#ifndef EOT_HOST_WORLD_REACH_H
#define EOT_HOST_WORLD_REACH_H

#include "world/world.h"

/** Append the table of least kinetic energies to world->table and fill in event.need. A lower bound, not an estimate:
 * the mean *continuous* loss alone, without any hard event (a third of the mean loss is in those), in the thinnest
 * matter that the smallest box around ECAL and trackers meets at each depth, along z. Only a muon whose continuous
 * losses fluctuate down by more than all its hard losses make up for is given up wrongly, or one that leaves that box
 * and comes back to cross every plane; `tests/regress/test_deposits.c` looks for them. Without trackers, or without an
 * ECAL, no energy is enough. @return EOT_E_MEMORY. */
enum eot_status eot_world_reach(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *world,
                                struct eot_error *err);

#endif
