/** @file calibrate_showers.h
 * Mean depth and shape of showers below the cut for an ECAL of other matter than that which physics.shower.* were
 * fitted to: from the cascade, so that what is deposited does not depend on where the cascade ends. */
#ifndef EOT_HOST_WORLD_CALIBRATE_SHOWERS_H
#define EOT_HOST_WORLD_CALIBRATE_SHOWERS_H

#include "world/world.h"

/** The least physics.cut [GeV]: showers below it are the constants', showers from it on are calibrated. */
#define EOT_SHOWER_JOIN 0.2

/** Whether the matter of a volume is that of the calorimeter that the constants were fitted to (NA64's ECAL, 150
 * periods of 1.5 mm lead and 1.5 mm polystyrene): critical energy, Z, e-hat and sampling frequency (Grindhammer and
 * Peters' quantities, on which the published constants depend) within 2 % of its. */
bool eot_shower_matter_is_fitted(const eot_deposit_volume *volume);

/** Whether physics.shower.depth and alpha are the defaults, which were fitted to that calorimeter. */
bool eot_shower_shape_is_default(const struct eot_config *config);

/** Calibrate the showers of the ECAL where physics.shower.calibrate is on, or is auto, its matter is
 * another and the constants are the defaults; nothing otherwise.
 *
 * The mean depth M(E) and the mean square depth of the deposits of a shower are averages over its first step: of the
 * ionisation, and of what the products (of lower energy) do from where they begin. Going up in energy from the lowest
 * cut, each node is such an average over 16 000 steps of the cascade, with the constants' showers below the lowest
 * cut; mean depth and alpha of the parametrisation are then those that give the same two moments, for electrons
 * (positrons are taken for the same) and photons apart. By construction the profile's mean and width are the same at
 * all cuts, and as good as the cascade and the constants below 0.2 GeV are. Statistical error of a mean depth: 0.02 X0
 * (tests/unit/world/test_calibrate_showers.c).
 * @param world tables, volumes and shower constants are there; the table grows. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_showers_calibrate(const struct eot_config *config, const struct eot_setup *setup,
                                      struct eot_world *world, struct eot_error *err);

#endif
