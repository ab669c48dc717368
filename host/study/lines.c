/* The couplings of g-2 and of the relic density. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "physics/lfc/lfc.h"
#include "study/plane_private.h"

static enum eot_status line_add(struct eot_plane *plane, const char *kind, const char *name, double n_sigma,
                                struct eot_plane_line **line, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_line *grown = eot_array_grown(plane->line, plane->n_line, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->line = grown;
    struct eot_plane_line *l = *line = &grown[plane->n_line++];
    *l = (struct eot_plane_line){.n_sigma = n_sigma};
    snprintf(l->name, sizeof l->name, "%s", name);
    snprintf(l->kind, sizeof l->kind, "%s", kind);
    l->low = calloc(plane->n_point, sizeof *l->low);
    l->middle = calloc(plane->n_point, sizeof *l->middle);
    l->high = calloc(plane->n_point, sizeof *l->high);
    EOT_CHECK_MEMORY(l->low);
    EOT_CHECK_MEMORY(l->middle);
    EOT_CHECK_MEMORY(l->high);
done:
    return status;
}

enum eot_status eot_plane_add_lines(const struct eot_study *s, struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_line *line;
    for (size_t g = 0; g < s->n_gm2; g++)
        for (double n_sigma = 2.0; n_sigma <= 3.0; n_sigma += 1.0) {
            EOT_TRY(line_add(plane, "gm2", s->gm2[g].name, n_sigma, &line, err));
            for (size_t i = 0; i < plane->n_point; i++) {
                struct eot_lfc_value per_h2;
                double spread = n_sigma * s->gm2[g].error;
                EOT_TRY(eot_lfc_gm2(plane->point[i].m_phi, &per_h2, err));
                line->low[i] = sqrt(fmax(0.0, s->gm2[g].deviation - spread) / per_h2.value);
                line->middle[i] = sqrt(s->gm2[g].deviation / per_h2.value);
                line->high[i] = sqrt((s->gm2[g].deviation + spread) / per_h2.value);
            }
        }
    if (isnan(s->relic_ratio)) goto done;
    struct eot_lfc_relic_options relic = {
        .mass_ratio = s->relic_ratio, .coupling = s->relic_coupling, .sigma_v_pb = s->relic_sigma_v};
    EOT_TRY(line_add(plane, "relic", "relic density", 0.0, &line, err));
    for (size_t i = 0; i < plane->n_point; i++) {
        EOT_TRY(eot_lfc_relic_coupling(plane->point[i].m_phi, &relic, &line->middle[i], err));
        line->low[i] = line->high[i] = NAN;
    }
done:
    return status;
}
