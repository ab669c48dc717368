/** @file world_cache.h
 * What is dear to compute of a world, as a file of the cache (base/cache.h). It depends on materials, geometry, beam
 * energy, physics and the muon that the HCAL is calibrated on, not on seed, sample size, selection, device or output.
 */
#ifndef EOT_HOST_WORLD_WORLD_CACHE_H
#define EOT_HOST_WORLD_WORLD_CACHE_H

#include "world/world.h"

/** SHA-256 of everything that the tables depend on: the effective configuration without the sections that do not enter,
 * the cut, the versions of table format, eotmc, GSL and compiler, and the sources that build tables.
 * @param cascade_only of struct eot_world_options. */
void eot_world_cache_key(const struct eot_config *config, double cut, bool cascade_only, char key[65]);

/** Take all sections (world/sections.h) from the cache into an empty world. The key stands in the file too, so that the
 * file of another world is not taken for it.
 * @return false if there is nothing, or nothing sound, under the key; the world is then empty still. */
bool eot_world_cache_read(const char *key, struct eot_world *world);

/** Store them. @return false if that failed: not an error. */
bool eot_world_cache_write(const char *key, const struct eot_world *world);

#endif
