/** @file nesting.h
 * Volumes that stand inside a magnet: trackers and passive matter in its gap replace the matter there and keep the
 * field. */
#ifndef EOT_HOST_CONFIG_NESTING_H
#define EOT_HOST_CONFIG_NESTING_H

#include "config/config.h"

/** A magnet that volume i stands in: a tracker or passive volume without a field of its own that lies wholly inside a
 * magnet, or inside several magnets of the same field that touch. @return its number, -1: it stands in none. */
int eot_volume_magnet(const struct eot_geometry_config *g, size_t i);

/** The field in a volume [T]: its own, or that of the magnet that it stands in. */
const double *eot_volume_field(const struct eot_geometry_config *g, size_t i);

/** Corners of a volume [cm]. */
void eot_volume_box(const struct eot_volume_config *v, double low[3], double high[3]);

#endif
