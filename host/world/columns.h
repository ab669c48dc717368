/** @file columns.h
 * The volumes as showers below the cut see them, and the columns that say which of them is where. */
#ifndef EOT_HOST_WORLD_COLUMNS_H
#define EOT_HOST_WORLD_COLUMNS_H

#include "world/world.h"

/** Fill in volume, n_volume and columns of world->event, and append the columns to world->table. The setup's voxels
 * that are of one volume, or of volumes that a shower cannot tell apart, become one: neither layers nor cuts of passive
 * matter make any difference. @return EOT_E_CONFIG (too many different volumes, columns, modules or cells),
 * EOT_E_MEMORY. */
enum eot_status eot_world_columns(const struct eot_config *config, const struct eot_setup *setup,
                                  struct eot_world *world, struct eot_error *err);

/** What the event world has of the volume of a role with a module number; NULL if there is none. */
const eot_deposit_volume *eot_world_volume(const eot_event_world *event, enum eot_role role, int module);

#endif
