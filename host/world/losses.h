/** @file losses.h
 * Where losses of muons that no detector sees are drawn more often than in nature (eotmc/transport/losses.h), found
 * from the set-up. */
#ifndef EOT_HOST_WORLD_LOSSES_H
#define EOT_HOST_WORLD_LOSSES_H

#include "geometry/setup.h"
#include "world/world.h"

/** Fill in world->event.losses. Extra decays are between the ECAL's front and the first detector with a window (VETO,
 * HCAL; without one, the last chamber): 2 on the whole way. Extra hard losses begin 10 radiation lengths before the
 * rear of the last of ECAL, VETO and HCAL and end at the last chamber: 1.5 on the way along the axis of the chambers,
 * of a muon of half of the beam's energy. A muon must be able to lose half of the smallest missing energy that a
 * selection asks for. Needs tables, grid and spectrometer. */
void eot_world_losses(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *world);

/** Probabilities in nature of what nobody sees of a muon of total energy E [GeV] that would lose at least `lost` [GeV]
 * so: to decay there, the neutrinos taking that; to lose it in one collision there. */
double eot_world_loss_decay(const struct eot_world *world, double E, double lost);
double eot_world_loss_hard(const struct eot_config *config, const struct eot_setup *setup,
                           const struct eot_world *world, double E, double lost);

#endif
