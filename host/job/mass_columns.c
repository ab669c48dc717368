#undef EOT_REAL_DOUBLE /* as devices have it */
#include "eotmc/transport/mass.h"

#include "job/mass_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The vertex of a row, as far as weights ask for it. */
static eot_event_vertex vertex_of(const float *row, double unit) {
    eot_event_vertex v = eot_event_vertex_none();
    v.k = row[EOT_E_PARENT_ENERGY];
    v.parent = (i32)row[EOT_E_PARENT];
    v.E_plus = row[EOT_E_MU_PLUS];
    v.E_minus = row[EOT_E_MU_MINUS];
    v.versine = row[EOT_E_VERSINE];
    v.target_Z = row[EOT_E_TARGET_Z];
    v.target_A = row[EOT_E_TARGET_A];
    v.weight = (f32)((double)row[EOT_E_WEIGHT] / unit);
    return v;
}

enum eot_status eot_mass_columns_add(const struct eot_world *world, const struct eot_run *run,
                                     struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_event_table *t = &result->events;
    const eot_vertex_tables *e = &world->event.vertex;
    const size_t n_old = t->n_column, n_mass = run->n_mass, n = n_old + n_mass;
    double *value = calloc(t->n_event > 0 ? t->n_event * n : 1, sizeof *value);
    t->own = calloc(n, sizeof *t->own);
    t->own_name = calloc(n_mass, sizeof *t->own_name);
    EOT_CHECK_MEMORY(value);
    EOT_CHECK_MEMORY(t->own);
    EOT_CHECK_MEMORY(t->own_name);
    memcpy(t->own, t->column, n_old * sizeof *t->own);
    for (size_t m = 0; m < n_mass; m++) {
        snprintf(t->own_name[m], sizeof *t->own_name, "weight_mphi_%.9g", run->mass[m]);
        t->own[n_old + m] = (struct eot_column_info){t->own_name[m], "1",
                                                     "what the event counts for this mass, vertices per EOT", false};
    }
    for (size_t i = 0; i < t->n_event; i++) {
        f32 weight[EOT_MAX_MASS];
        memcpy(value + i * n, t->value + i * n_old, n_old * sizeof *value);
        eot_mass_weights(world->table.value, e, vertex_of(run->row[i].value, world->rare_unit), weight);
        for (size_t m = 0; m < n_mass; m++) value[i * n + n_old + m] = run->mass_unit[m] * (double)weight[m];
    }
    free(t->value);
    t->value = value;
    value = NULL;
    t->column = t->own;
    t->n_column = n;
done:
    free(value);
    return status;
}
