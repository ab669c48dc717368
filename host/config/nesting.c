#include "config/nesting.h"

#include <math.h>

#include "eotmc/base/role.h"

static const double TOUCH = 1e-6; /* cm, volumes may share a face within it */
static const double ALL = 1e-5;   /* share of a volume that may be outside of the magnets by rounding */

void eot_volume_box(const struct eot_volume_config *v, double low[3], double high[3]) {
    low[0] = v->center_x - v->size_x / 2, high[0] = v->center_x + v->size_x / 2;
    low[1] = v->center_y - v->size_y / 2, high[1] = v->center_y + v->size_y / 2;
    low[2] = v->z, high[2] = v->z + v->thickness;
}

static bool has_field(const struct eot_volume_config *v) {
    return v->field[0] != 0.0 || v->field[1] != 0.0 || v->field[2] != 0.0;
}

/* Content [cm3] that two volumes have in common; 0 where they only touch. */
static double common(const struct eot_volume_config *a, const struct eot_volume_config *b) {
    double low[2][3], high[2][3], content = 1.0;
    eot_volume_box(a, low[0], high[0]);
    eot_volume_box(b, low[1], high[1]);
    for (int k = 0; k < 3; k++) {
        double length = fmin(high[0][k], high[1][k]) - fmax(low[0][k], low[1][k]);
        if (!(length > TOUCH)) return 0.0;
        content *= length;
    }
    return content;
}

int eot_volume_magnet(const struct eot_geometry_config *g, size_t i) {
    const struct eot_volume_config *v = &g->volume[i];
    double inside = 0.0;
    int magnet = -1;
    if ((v->role != EOT_ROLE_TRACKER && v->role != EOT_ROLE_PASSIVE) || has_field(v)) return -1;
    for (size_t k = 0; k < g->n_volume; k++) {
        const struct eot_volume_config *m = &g->volume[k];
        double content = k != i && m->role == EOT_ROLE_MAGNET ? common(v, m) : 0.0;
        if (!(content > 0.0)) continue;
        for (int a = 0; a < 3 && magnet >= 0; a++)
            if (m->field[a] != g->volume[magnet].field[a]) return -1;
        inside += content;
        magnet = (int)k;
    }
    return inside >= v->size_x * v->size_y * v->thickness * (1.0 - ALL) ? magnet : -1;
}

const double *eot_volume_field(const struct eot_geometry_config *g, size_t i) {
    int magnet = eot_volume_magnet(g, i);
    return g->volume[magnet >= 0 ? (size_t)magnet : i].field;
}
