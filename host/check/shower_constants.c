/** @file shower_constants.c
 * Constants of showers below the cut and of the ECAL's read-out that were fitted to another calorimeter. */
#include <stdlib.h>

#include "check/check.h"
#include "world/calibrate_showers.h"
#include "world/slabs.h"

enum eot_status eot_check_shower_constants(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_physics_config *p = &c->config->physics;
    struct eot_error unsaid = {0}; /* what is wrong about the volumes is said when the world is made */
    eot_event_world *e = NULL;
    int i = 0;
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER || p->shower_calibrate != EOT_CONFIG_SHOWER_OFF ||
        !eot_shower_shape_is_default(p))
        goto done;
    e = calloc(1, sizeof *e);
    EOT_CHECK_MEMORY(e);
    if (eot_world_slabs(c->config, c->setup, e, &unsaid) != EOT_OK) goto done;
    while (i < e->n_slab && e->slab[i].role != EOT_ROLE_ECAL) i++;
    if (i < e->n_slab && !eot_shower_matter_is_fitted(&e->slab[i]))
        EOT_TRY(
            eot_findings_warn(f, err, "shower_constants",
                              "physics.shower.depth and alpha were fitted to NA64's ECAL and are used unscaled in "
                              "one of other matter (physics.shower.calibrate is off): the depth of showers depends "
                              "on physics.cut, by some 0.3 X0; set physics.shower.calibrate: auto, or fit them with "
                              "eotmc-fit-shower"));
done:
    free(e);
    return status;
}
