/** @file layout.c
 * What the simulation cannot hold of a set-up: layers of the ECAL, planes, modules, cells, columns. Asked of the code
 * that would build it, so that there is no second list of what is possible. */
#include <stdlib.h>

#include "check/check.h"
#include "physics/em.h"
#include "world/columns.h"

enum eot_status eot_check_layout(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_em_options options;
    struct eot_world *world = NULL;
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    status = eot_world_em_options(c->config, c->setup, c->config->physics.cut, &options, err);
    if (status != EOT_OK) return eot_check_adopt(f, status, "geometry.volumes", err);
    world = calloc(1, sizeof *world);
    EOT_CHECK_MEMORY(world);
    status = eot_world_columns(c->config, c->setup, world, err);
    status = eot_check_adopt(f, status, "geometry.volumes", err);
done:
    if (world != NULL) eot_world_free(world);
    free(world);
    return status;
}
