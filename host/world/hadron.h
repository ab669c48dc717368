/** @file hadron.h
 * What a beam of pions or kaons needs of a world. */
#ifndef EOT_HOST_WORLD_HADRON_H
#define EOT_HOST_WORLD_HADRON_H

#include "world/world.h"

/** Share of the hadrons that are left where the region of decays ends by default. */
#define EOT_HADRON_GONE 1e-4

/** Fill in world->event.lengths: inverse interaction and radiation lengths and the visible share of each region, in
 * which hadronic showers develop. */
enum eot_status eot_world_lengths(const struct eot_setup *setup, struct eot_world *w, struct eot_error *err);

/** Fill in world->hadron and its tables; all 0 for other beams. Inverse interaction and radiation lengths and the mean
 * ionisation of each region; the trackers in front of the ECAL with the places where a hadron of the beam, without
 * scattering, crosses them; and the density along z that forced decays are drawn from: that of the decays of such a
 * hadron, and 2 % uniform, so that a weight is never more than 50 times the mean. Weights undo the density: it
 * changes errors, not expectations. @param world with its grid. @return EOT_E_CONFIG (more trackers than
 * EOT_N_STATION), EOT_E_MEMORY. */
enum eot_status eot_world_hadron(const struct eot_config *config, const struct eot_setup *setup,
                                 struct eot_world *world, struct eot_error *err);

#endif
