#include "world/secondaries_stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WIDE = 1.0e9;     /* cm: a box without sides */
static const double SHOWER_X0 = 16.0; /* radiation lengths that hold the showers of the largest transfer */
static const double BEHIND_X0 = 3.0;  /* matter behind the VETO from which something comes back */
enum { LEAST_PERIODS = 12, MOST_PERIODS = 400 };

static enum eot_status add(struct eot_secondaries_stack *s, double thickness, struct eot_soft_slab slab, int material,
                           int active, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!(thickness > 0.0)) return EOT_OK;
    if (s->n == s->capacity) {
        int capacity = 2 * s->capacity + 64;
        size_t n = (size_t)capacity;
        double *edge = realloc(s->edge, (n + 1) * sizeof *edge);
        if (edge != NULL) s->edge = edge;
        struct eot_soft_slab *slabs = realloc(s->slab, n * sizeof *slabs);
        if (slabs != NULL) s->slab = slabs;
        int *materials = realloc(s->material, n * sizeof *materials);
        if (materials != NULL) s->material = materials;
        int *actives = realloc(s->active, n * sizeof *actives);
        if (actives != NULL) s->active = actives;
        EOT_CHECK(edge != NULL && slabs != NULL && materials != NULL && actives != NULL, EOT_E_MEMORY,
                  "out of memory; use fewer layers");
        s->capacity = capacity;
    }
    slab.medium = material >= 0 ? material : s->outside;
    s->slab[s->n] = slab;
    s->material[s->n] = material;
    s->active[s->n] = active;
    s->edge[s->n + 1] = s->edge[s->n] + thickness;
    s->n++;
done:
    return status;
}

static enum eot_status start(struct eot_secondaries_stack *s, double z, int outside, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(s, 0, sizeof *s);
    s->outside = outside;
    s->target = -1;
    s->edge = malloc(2 * sizeof *s->edge);
    EOT_CHECK_MEMORY(s->edge);
    s->edge[0] = z;
done:
    return status;
}

enum eot_status eot_secondaries_layers(const struct eot_setup *setup, const struct eot_volume_config *v,
                                       struct eot_secondaries_stack *s, double *first, double *last,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double period_X0 = eot_setup_volume_X0(setup, v) / v->repeat;
    int n = (int)fmin(fmax(ceil(SHOWER_X0 / fmax(period_X0, 1e-9)), LEAST_PERIODS), MOST_PERIODS), from = n / 4;
    EOT_TRY(start(s, 0.0, v->layer[0].material, err));
    for (int i = 0; i < n; i++) {
        if (i == from) *first = s->edge[s->n];
        for (size_t k = 0; k < v->n_layer; k++) {
            struct eot_soft_slab slab = {-WIDE, WIDE, -WIDE, WIDE, 0, v->layer[k].active ? 0 : -1};
            EOT_TRY(add(s, v->layer[k].thickness, slab, v->layer[k].material, v->layer[k].active, err));
        }
        if (i == from) *last = s->edge[s->n];
    }
done:
    return status;
}

static bool is_on_axis(const struct eot_volume_config *v, const struct eot_volume_config *of) {
    return fabs(v->center_x - of->center_x) < 0.5 * v->size_x && fabs(v->center_y - of->center_y) < 0.5 * v->size_y;
}

/* The next volume on the axis from z on, -1: none. */
static int next_volume(const struct eot_geometry_config *g, const struct eot_volume_config *of, double z) {
    int next = -1;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        if (v->z > z - 1e-9 && is_on_axis(v, of) && (next < 0 || v->z < g->volume[next].z)) next = (int)i;
    }
    return next;
}

enum eot_status eot_secondaries_axis(const struct eot_config *config, const struct eot_setup *setup, int volume,
                                     struct eot_secondaries_stack *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_volume_config *veto = &g->volume[volume];
    struct eot_soft_slab nothing = {0.0, 0.0, 0.0, 0.0, 0, -1};
    double behind = 0.0;
    EOT_TRY(start(s, g->world_min[2], g->world_material, err));
    for (int i; behind < BEHIND_X0 && (i = next_volume(g, veto, s->edge[s->n])) >= 0;) {
        const struct eot_volume_config *v = &g->volume[i];
        EOT_TRY(add(s, v->z - s->edge[s->n], nothing, -1, 0, err));
        if (i == volume) s->target = s->n;
        for (int k = 0; k < v->repeat && behind < BEHIND_X0; k++)
            for (size_t l = 0; l < v->n_layer; l++) {
                const struct eot_layer_config *layer = &v->layer[l];
                struct eot_soft_slab slab = {v->center_x - 0.5 * v->size_x,
                                             v->center_x + 0.5 * v->size_x,
                                             v->center_y - 0.5 * v->size_y,
                                             v->center_y + 0.5 * v->size_y,
                                             0,
                                             i == volume && layer->active ? 0 : -1};
                EOT_TRY(add(s, layer->thickness, slab, layer->material, layer->active, err));
                if (s->target >= 0 && i != volume) behind += layer->thickness / setup->material[layer->material].X0;
            }
        if (i == volume) s->n_target = s->n - s->target;
    }
done:
    return status;
}

void eot_secondaries_stack_free(struct eot_secondaries_stack *s) {
    free(s->edge);
    free(s->slab);
    free(s->material);
    free(s->active);
    memset(s, 0, sizeof *s);
}

struct eot_soft_stack eot_secondaries_soft(const struct eot_secondaries_stack *s, struct eot_secondaries_media *media) {
    for (int i = -1; i < s->n; i++) {
        int material = i < 0 ? s->outside : s->slab[i].medium;
        if (media->is_built[material]) continue;
        eot_soft_medium_build(&media->setup->material[material], &media->medium[material]);
        media->is_built[material] = true;
    }
    return (struct eot_soft_stack){s->n, s->edge, s->slab, media->medium, s->outside};
}

static void hash_material(const struct eot_material *m, struct eot_sha256 *hash) {
    const double values[] = {m->density, m->Z_over_A, m->mean_excitation, m->X0};
    eot_sha256_update(hash, values, sizeof values);
    eot_sha256_update(hash, m->density_effect, sizeof m->density_effect);
    for (int i = 0; i < m->n_element; i++) {
        const double element[] = {m->element[i].Z, m->element[i].A, m->element[i].mass_fraction};
        eot_sha256_update(hash, element, sizeof element);
    }
}

void eot_secondaries_hash(const struct eot_secondaries_stack *s, const struct eot_setup *setup,
                          struct eot_sha256 *hash) {
    const int numbers[] = {s->n, s->target, s->n_target};
    eot_sha256_update(hash, numbers, sizeof numbers);
    hash_material(&setup->material[s->outside], hash);
    for (int i = 0; i < s->n; i++) {
        const double place[] = {s->edge[i],    s->edge[i + 1], s->slab[i].x0,    s->slab[i].x1,
                                s->slab[i].y0, s->slab[i].y1,  s->slab[i].score, s->active[i]};
        eot_sha256_update(hash, place, sizeof place);
        hash_material(&setup->material[s->slab[i].medium], hash);
    }
}
