#include "world/secondaries_stack.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WIDE = 1.0e9;     /* cm: a box without sides */
static const double SHOWER_X0 = 16.0; /* radiation lengths that hold the showers of the largest transfer */
static const double BEHIND_X0 = 3.0;  /* matter behind the VETO from which something comes back */
static const double TOUCH = 1.0e-9;   /* cm: nearer edges are one */
enum { LEAST_PERIODS = 12, MOST_PERIODS = 400 };

/* Whether a slab goes on the one before: a volume that is cut in two is one. */
static bool goes_on(const struct eot_secondaries_stack *s, struct eot_soft_slab slab, int material, int active) {
    if (s->n <= s->first_joined) return false;
    const struct eot_soft_slab *last = &s->slab[s->n - 1];
    return s->material[s->n - 1] == material && s->active[s->n - 1] == active && last->score == slab.score &&
           fabs(last->x0 - slab.x0) < TOUCH && fabs(last->x1 - slab.x1) < TOUCH && fabs(last->y0 - slab.y0) < TOUCH &&
           fabs(last->y1 - slab.y1) < TOUCH;
}

static enum eot_status add(struct eot_secondaries_stack *s, double thickness, struct eot_soft_slab slab, int material,
                           int active, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!(thickness > TOUCH)) return EOT_OK;
    double end = TOUCH * round((s->edge[s->n] + thickness) / TOUCH); /* the same, whatever it is cut into */
    slab.medium = material >= 0 ? material : s->outside;
    if (goes_on(s, slab, material, active)) {
        s->edge[s->n] = end;
        return EOT_OK;
    }
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
    s->slab[s->n] = slab;
    s->material[s->n] = material;
    s->active[s->n] = active;
    s->edge[s->n + 1] = end;
    s->n++;
done:
    return status;
}

static enum eot_status start(struct eot_secondaries_stack *s, double z, int outside, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(s, 0, sizeof *s);
    s->outside = outside;
    s->target = -1;
    s->first_joined = INT_MAX;
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
    return fabs(v->center_x - of->center_x) < 0.5 * v->size_x + TOUCH &&
           fabs(v->center_y - of->center_y) < 0.5 * v->size_y + TOUCH;
}

/* Whether two volumes hold the same matter between the same planes. */
static bool is_beside(const struct eot_volume_config *v, const struct eot_volume_config *w) {
    if (fabs(v->z - w->z) > TOUCH || v->repeat != w->repeat || v->n_layer != w->n_layer) return false;
    for (size_t l = 0; l < v->n_layer; l++)
        if (v->layer[l].material != w->layer[l].material || v->layer[l].active != w->layer[l].active ||
            fabs(v->layer[l].thickness - w->layer[l].thickness) > TOUCH)
            return false;
    return true;
}

/* Grow [a0, a1] by a neighbour [b0, b1] that touches it and has its extent across. */
static bool grow(double *a0, double *a1, double b0, double b1, double across_a0, double across_a1, double across_b0,
                 double across_b1) {
    if (fabs(across_a0 - across_b0) > TOUCH || fabs(across_a1 - across_b1) > TOUCH) return false;
    if (fabs(b0 - *a1) < TOUCH && b1 > *a1) {
        *a1 = b1;
        return true;
    }
    if (fabs(b1 - *a0) < TOUCH && b0 < *a0) {
        *a0 = b0;
        return true;
    }
    return false;
}

/* The box across the axis of a volume, and of those beside it that go on with it. */
static struct eot_soft_slab box_of(const struct eot_geometry_config *g, const struct eot_volume_config *v) {
    struct eot_soft_slab box = {v->center_x - 0.5 * v->size_x,
                                v->center_x + 0.5 * v->size_x,
                                v->center_y - 0.5 * v->size_y,
                                v->center_y + 0.5 * v->size_y,
                                0,
                                -1};
    bool has_grown = true;
    while (has_grown) {
        has_grown = false;
        for (size_t i = 0; i < g->n_volume; i++) {
            const struct eot_volume_config *w = &g->volume[i];
            double x0 = w->center_x - 0.5 * w->size_x, x1 = w->center_x + 0.5 * w->size_x;
            double y0 = w->center_y - 0.5 * w->size_y, y1 = w->center_y + 0.5 * w->size_y;
            if (!is_beside(v, w)) continue;
            has_grown = has_grown || grow(&box.x0, &box.x1, x0, x1, box.y0, box.y1, y0, y1) ||
                        grow(&box.y0, &box.y1, y0, y1, box.x0, box.x1, x0, x1);
        }
    }
    return box;
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
    s->first_joined = 0;
    for (int i; behind < BEHIND_X0 - TOUCH && (i = next_volume(g, veto, s->edge[s->n])) >= 0;) {
        const struct eot_volume_config *v = &g->volume[i];
        EOT_TRY(add(s, v->z - s->edge[s->n], nothing, -1, 0, err));
        if (i == volume) {
            s->target = s->n;
            s->first_joined = INT_MAX;
        }
        struct eot_soft_slab box = box_of(g, v);
        for (int k = 0; k < v->repeat && behind < BEHIND_X0 - TOUCH; k++)
            for (size_t l = 0; l < v->n_layer; l++) {
                const struct eot_layer_config *layer = &v->layer[l];
                bool is_outside = layer->material == g->world_material && i != volume;
                box.score = i == volume && layer->active ? 0 : -1;
                double X0 = setup->material[layer->material].X0, thickness = layer->thickness;
                if (s->target >= 0 && i != volume) {
                    thickness = fmin(thickness, (BEHIND_X0 - behind) * X0);
                    behind += thickness / X0;
                }
                EOT_TRY(add(s, thickness, is_outside ? nothing : box, is_outside ? -1 : layer->material, layer->active,
                            err));
            }
        if (i == volume) {
            s->n_target = s->n - s->target;
            s->first_joined = s->n;
        }
    }
done:
    return status;
}

double eot_secondaries_round(double length) {
    static const double GRID = 1.0e-7;
    return GRID * round(length / GRID) + 0.0; /* no -0 */
}

/* One of the eight ways to lay the axes: bits 0 and 1 mirror x and y, bit 2 exchanges them. */
static void lay(double *x, double *y, int way) {
    double a = way & 1 ? -*x : *x, b = way & 2 ? -*y : *y;
    *x = (way & 4 ? b : a) + 0.0;
    *y = (way & 4 ? a : b) + 0.0;
}
static struct eot_soft_slab laid(struct eot_soft_slab s, int way) {
    lay(&s.x0, &s.y0, way);
    lay(&s.x1, &s.y1, way);
    struct eot_soft_slab t = s;
    t.x0 = fmin(s.x0, s.x1);
    t.x1 = fmax(s.x0, s.x1);
    t.y0 = fmin(s.y0, s.y1);
    t.y1 = fmax(s.y0, s.y1);
    return t;
}

static int order(const double *a, const double *b, int n) {
    for (int i = 0; i < n; i++)
        if (a[i] < b[i] || a[i] > b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* Which way comes first: by the boxes in their order, then by the beam. */
static int compare_ways(const struct eot_secondaries_stack *s, const double line[4], int a, int b) {
    int result = 0;
    for (int i = 0; i < s->n && result == 0; i++) {
        struct eot_soft_slab p = laid(s->slab[i], a), q = laid(s->slab[i], b);
        result = order((double[]){p.x0, p.x1, p.y0, p.y1}, (double[]){q.x0, q.x1, q.y0, q.y1}, 4);
    }
    if (result != 0) return result;
    double p[4], q[4];
    memcpy(p, line, sizeof p);
    memcpy(q, line, sizeof q);
    for (int i = 0; i < 4; i += 2) {
        lay(&p[i], &p[i + 1], a);
        lay(&q[i], &q[i + 1], b);
    }
    return order(p, q, 4);
}

void eot_secondaries_frame(struct eot_secondaries_stack *s, const struct eot_beam_config *beam, double line[4]) {
    static const double BEFORE = 1.0; /* cm */
    const struct eot_soft_slab target = s->slab[s->target];
    double x = 0.5 * (target.x0 + target.x1), y = 0.5 * (target.y0 + target.y1), z = s->edge[s->target];
    for (int i = 0; i <= s->n; i++) s->edge[i] = eot_secondaries_round(s->edge[i] - z);
    if (s->material[0] < 0) s->edge[0] = s->edge[1] - BEFORE;
    for (int i = 0; i < s->n; i++) {
        struct eot_soft_slab *b = &s->slab[i];
        bool is_empty = s->material[i] < 0;
        b->x0 = is_empty ? 0.0 : eot_secondaries_round(b->x0 - x);
        b->x1 = is_empty ? 0.0 : eot_secondaries_round(b->x1 - x);
        b->y0 = is_empty ? 0.0 : eot_secondaries_round(b->y0 - y);
        b->y1 = is_empty ? 0.0 : eot_secondaries_round(b->y1 - y);
    }
    line[0] = eot_secondaries_round(beam->position_x + (z - beam->position_z) * beam->angle_x - x);
    line[1] = eot_secondaries_round(beam->position_y + (z - beam->position_z) * beam->angle_y - y);
    line[2] = eot_secondaries_round(beam->angle_x);
    line[3] = eot_secondaries_round(beam->angle_y);
    int best = 0;
    for (int way = 1; way < 8; way++)
        if (compare_ways(s, line, way, best) < 0) best = way;
    for (int i = 0; i < s->n; i++) s->slab[i] = laid(s->slab[i], best);
    lay(&line[0], &line[1], best);
    lay(&line[2], &line[3], best);
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
