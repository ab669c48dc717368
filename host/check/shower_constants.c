/** @file shower_constants.c
 * Constants of showers below the cut that were fitted to another calorimeter. */
#include <stdlib.h>

#include "check/check.h"
#include "world/calibrate_showers.h"
#include "world/columns.h"

enum eot_status eot_check_shower_constants(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_physics_config *p = &c->config->physics;
    struct eot_error unsaid = {0}; /* what is wrong about the volumes is said when the world is made */
    struct eot_world *w = NULL;
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER || p->shower_calibrate != EOT_CONFIG_SHOWER_OFF ||
        !eot_shower_shape_is_default(c->config))
        goto done;
    w = calloc(1, sizeof *w);
    EOT_CHECK_MEMORY(w);
    if (eot_world_columns(c->config, c->setup, w, &unsaid) != EOT_OK) goto done;
    if (!eot_shower_matter_is_fitted(&w->event.volume[w->event.columns.ecal]))
        EOT_TRY(
            eot_findings_warn(f, err, "shower_constants",
                              "physics.shower.depth and alpha were fitted to NA64's ECAL and are used unscaled in "
                              "one of other matter (physics.shower.calibrate is off): the depth of showers depends "
                              "on physics.cut, by some 0.3 X0; set physics.shower.calibrate: auto, or fit them with "
                              "eotmc-fit-shower"));
done:
    if (w != NULL) eot_world_free(w);
    free(w);
    return status;
}
