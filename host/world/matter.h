/** @file matter.h
 * The matter of a world as the shared code sees it. */
#ifndef EOT_HOST_WORLD_MATTER_H
#define EOT_HOST_WORLD_MATTER_H

#include "eotmc/transport/view.h"
#include "world/world.h"

/** A view of the world's tables, grid and regions; valid as long as the world is. */
static inline eot_matter_view eot_world_matter(const struct eot_world *w) {
    return eot_matter_view_of(w->table.value, &w->muon, &w->grid, w->region, w->voxel);
}

#endif
