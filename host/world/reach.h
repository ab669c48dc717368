/** @file reach.h
 * Which energy a muon needs to get to the last tracker plane, and where to it must aim: what lets a run give a muon up
 * early when its deposits are not scored, and play roulette. */
#ifndef EOT_HOST_WORLD_REACH_H
#define EOT_HOST_WORLD_REACH_H

#include "world/world.h"

/** Append the tables of eot_muon_need to world->table and fill in event.need. The least kinetic energy is a lower
 * bound, not an estimate: the mean *continuous* loss alone, without any hard event (a third of the mean loss is in
 * those), in the thinnest matter at each depth, along z, that a muon may meet on its way from the ECAL through one
 * chamber after the other. In between, where there is no field, it is on a straight line from one to the other, give or
 * take what scattering does to it (two standard deviations, at half the energy that is asked for). Where there is a
 * field it may be anywhere in the world. Only a muon whose continuous losses fluctuate down by more than all its hard
 * losses make up for, or that scatters out of that box and back, is given up wrongly; `tests/regress/test_deposits.c`
 * looks for them. Without chambers no energy is needed. Scattering is that of the densest matter that the muon may
 * meet, fields are those on the line through the middles of ECAL and chambers; what roulette makes of them is unbiased
 * whatever they are. @return EOT_E_MEMORY. */
enum eot_status eot_world_reach(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *world,
                                struct eot_error *err);

/** Charges of the muons that selections look for: bit 0 mu-, bit 1 mu+; the signal has both. They are no part of the
 * tables, which selections share: eot_world_create_with fills in event.need.charges. */
int eot_world_charges(const struct eot_config *config);

#endif
