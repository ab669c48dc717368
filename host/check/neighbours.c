/** @file neighbours.c
 * Modules of one detector that stand side by side at one depth: a track crosses one of them only. */
#include <stdio.h>

#include "check/check.h"

/* Two volumes of a role whose depths overlap. @return whether there are any. */
static bool find_neighbours(const struct eot_geometry_config *g, enum eot_role role, size_t *first, size_t *second) {
    for (size_t i = 0; i < g->n_volume; i++)
        for (size_t k = i + 1; k < g->n_volume && g->volume[i].role == (int)role; k++) {
            const struct eot_volume_config *v = &g->volume[i], *w = &g->volume[k];
            if (w->role != (int)role || v->z + 1e-6 >= w->z + w->thickness || w->z + 1e-6 >= v->z + v->thickness)
                continue;
            *first = i;
            *second = k;
            return true;
        }
    return false;
}

enum eot_status eot_check_neighbours(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &c->config->geometry;
    size_t i, k;
    char key[128];
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    if (find_neighbours(g, EOT_ROLE_TRACKER, &i, &k)) {
        snprintf(key, sizeof key, "geometry.volumes.%s", g->volume[k].name);
        EOT_TRY(eot_findings_fail(f, err, key,
                                  "(a chamber at the depth of %s, and a track has to cross both, one after the other); "
                                  "move it along z, or give it role: passive",
                                  g->volume[i].name));
    }
    if (find_neighbours(g, EOT_ROLE_HCAL, &i, &k))
        EOT_TRY(eot_findings_warn(f, err, "hcal_side_by_side",
                                  "HCAL modules %s and %s stand side by side: selection.hcal asks for a particle in "
                                  "each, and a muon crosses one; join them into one volume with cells, or widen the "
                                  "window to begin at 0",
                                  g->volume[i].name, g->volume[k].name));
done:
    return status;
}
