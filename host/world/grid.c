#include "world/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The voxel grid: its edges go to the end of the table. */
enum eot_status eot_world_grid(const struct eot_setup *setup, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *edges = malloc(sizeof *edges * (size_t)(setup->n_x + setup->n_y + setup->n_z + 3));
    EOT_CHECK_MEMORY(edges);
    const float *from[3] = {setup->edges_x, setup->edges_y, setup->edges_z};
    const int n_cell[3] = {setup->n_x, setup->n_y, setup->n_z};
    uint32_t offset[3];
    for (int a = 0; a < 3 && status == EOT_OK; a++) {
        for (int i = 0; i <= n_cell[a]; i++) edges[i] = from[a][i];
        status = eot_f32_table_append(&w->table, edges, (size_t)n_cell[a] + 1, &offset[a], err);
    }
    free(edges);
    EOT_TRY(status);
    w->grid = (eot_grid){setup->n_x, setup->n_y, setup->n_z, offset[0], offset[1], offset[2], 0, setup->n_region};
    w->n_voxel = (size_t)setup->n_x * (size_t)setup->n_y * (size_t)setup->n_z;
    w->voxel = malloc(w->n_voxel * sizeof *w->voxel);
    w->region = malloc((size_t)setup->n_region * sizeof *w->region);
    EOT_CHECK_MEMORY(w->voxel);
    EOT_CHECK_MEMORY(w->region);
    memcpy(w->voxel, setup->voxel, w->n_voxel * sizeof *w->voxel);
    memcpy(w->region, setup->region, (size_t)setup->n_region * sizeof *w->region);
    w->n_region = (size_t)setup->n_region;
done:
    return status;
}

enum eot_status eot_world_inverse_X0(const struct eot_config *config, const struct eot_world *world, float *inverse_X0,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < world->n_region; i++) {
        const eot_region *r = &world->region[i];
        double sum = 0.0;
        for (int k = 0; k < r->n_constituent; k++) {
            struct eot_material m;
            EOT_TRY(eot_material_derive(&config->material[r->material[k]], &m, err));
            if (m.X0 > 0.0 && isfinite(m.X0)) sum += (double)r->fraction[k] / m.X0;
        }
        inverse_X0[i] = (float)sum;
    }
done:
    return status;
}
