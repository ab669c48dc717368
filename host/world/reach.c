#include "world/reach.h"

#include <math.h>

#include "eotmc/transport/muon/medium.h"

enum { N_NEED = 512, N_SUBSTEP = 4 };
static const double SLOWEST = 0.1; /* GeV: below, where the loss rises again, the value there is taken */

struct box {
    double low[2], high[2]; /* cm */
};

static void box_include(struct box *b, const struct eot_volume_config *v) {
    const double center[2] = {v->center_x, v->center_y}, half[2] = {0.5 * v->size_x, 0.5 * v->size_y};
    for (int a = 0; a < 2; a++) {
        b->low[a] = fmin(b->low[a], center[a] - half[a]);
        b->high[a] = fmax(b->high[a], center[a] + half[a]);
    }
}

/* Smallest continuous loss [GeV/cm] of the voxels in the box at depth z. */
static double least_loss(const struct eot_setup *setup, const struct eot_world *w, const struct box *b, double z,
                         double kinetic) {
    double least = INFINITY;
    int i_z = eot_grid_cell(w->table.value + w->grid.edges_z, w->grid.n_z, z);
    if (i_z < 0 || i_z >= w->grid.n_z) return 0.0;
    for (int y = 0; y < setup->n_y; y++)
        for (int x = 0; x < setup->n_x; x++) {
            bool is_inside = (double)setup->edges_x[x] < b->high[0] && (double)setup->edges_x[x + 1] > b->low[0] &&
                             (double)setup->edges_y[y] < b->high[1] && (double)setup->edges_y[y + 1] > b->low[1];
            if (!is_inside) continue;
            const eot_region *region = &w->region[w->voxel[(i_z * w->grid.n_y + y) * w->grid.n_x + x]];
            least =
                fmin(least, (double)eot_muon_medium_at(w->table.value, &w->muon, region, fmax(kinetic, SLOWEST)).loss);
        }
    return isfinite(least) ? least : 0.0;
}

enum eot_status eot_world_reach(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w,
                                struct eot_error *err) {
    eot_event_world *e = &w->event;
    struct box b = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    double need[N_NEED] = {0}, start = (double)e->calorimeter_z, end = start;
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role == EOT_ROLE_TRACKER) end = fmax(end, v->z);
        if (v->role == EOT_ROLE_TRACKER || v->role == EOT_ROLE_ECAL) box_include(&b, v);
    }
    double width = end > start ? (end - start) / (N_NEED - 1) : 1.0;
    for (int i = N_NEED - 2; i >= 0 && end > start; i--) {
        need[i] = need[i + 1];
        for (int k = N_SUBSTEP - 1; k >= 0; k--)
            need[i] +=
                width / N_SUBSTEP * least_loss(setup, w, &b, start + (i + (k + 0.5) / N_SUBSTEP) * width, need[i]);
    }
    e->need.n = N_NEED;
    e->need.z0 = (f32)start;
    e->need.inverse_step = (f32)(1.0 / width);
    return eot_f32_table_append(&w->table, need, N_NEED, &e->need.table, err);
}
