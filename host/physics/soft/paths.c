#include <math.h>
#include <stdlib.h>

#include "physics/soft/soft.h"

static int is_same_box(const struct eot_soft_slab *a, const struct eot_soft_slab *b) {
    return !(a->x0 < b->x0 || a->x0 > b->x0 || a->x1 < b->x1 || a->x1 > b->x1 || a->y0 < b->y0 || a->y0 > b->y0 ||
             a->y1 < b->y1 || a->y1 > b->y1);
}

/* Number of a medium in the list, which it is added to if it is new. */
static int find_medium(struct eot_soft_paths *p, int medium) {
    int i = 0;
    while (i < p->n_medium && p->medium[i] != medium) i++;
    if (i == p->n_medium) p->medium[p->n_medium++] = medium;
    return i;
}

struct eot_soft_paths *eot_soft_paths_create(const struct eot_soft_stack *s) {
    size_t n = (size_t)s->n_slab;
    struct eot_soft_paths *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    p->medium = calloc(n + 1, sizeof *p->medium);
    p->run_end = calloc(n + 1, sizeof *p->run_end);
    if (p->medium == NULL || p->run_end == NULL) goto failed;
    for (int i = 0; i < s->n_slab; i++) find_medium(p, s->slab[i].medium);
    p->sum = calloc((n + 1) * (size_t)p->n_medium, sizeof *p->sum);
    if (p->sum == NULL) goto failed;
    for (int i = 0; i < s->n_slab; i++) {
        double *here = p->sum + i * p->n_medium, *next = here + p->n_medium;
        for (int m = 0; m < p->n_medium; m++) next[m] = here[m];
        next[find_medium(p, s->slab[i].medium)] += s->edge[i + 1] - s->edge[i];
    }
    for (int i = s->n_slab - 1; i >= 0; i--)
        p->run_end[i] = i < s->n_slab - 1 && is_same_box(&s->slab[i], &s->slab[i + 1]) ? p->run_end[i + 1] : i + 1;
    return p;
failed:
    eot_soft_paths_free(p);
    return NULL;
}

void eot_soft_paths_free(struct eot_soft_paths *p) {
    if (p == NULL) return;
    free(p->medium);
    free(p->sum);
    free(p->run_end);
    free(p);
}

/* Length of a medium from the first edge to z. */
static double up_to(const struct eot_soft_stack *s, const struct eot_soft_paths *p, int m, int slab, double z) {
    double whole = p->sum[slab * p->n_medium + m];
    return s->slab[slab].medium == p->medium[m] ? whole + (z - s->edge[slab]) : whole;
}

/* Where along z a line is in a box. @param low,high its part, narrowed. */
static void clip(double at, double slope, double from, double box_low, double box_high, double *low, double *high) {
    if (fabs(slope) < 1e-12) {
        if (at <= box_low || at >= box_high) *high = *low;
        return;
    }
    double a = from + (box_low - at) / slope, b = from + (box_high - at) / slope;
    *low = fmax(*low, fmin(a, b));
    *high = fmin(*high, fmax(a, b));
}

double eot_soft_depth(const struct eot_soft_stack *s, const struct eot_soft_paths *p, const double place[3],
                      const double u[3], double energy, int slab) {
    double depth = 0.0, z = place[2], slope_x = u[0] / u[2], slope_y = u[1] / u[2];
    double outside = eot_soft_attenuation(&s->medium[s->outside], energy);
    for (int i = eot_soft_slab_at(s, z); i < slab;) {
        const struct eot_soft_slab *box = &s->slab[i];
        int end = p->run_end[i] < slab ? p->run_end[i] : slab;
        double from = fmax(z, s->edge[i]), to = s->edge[end], low = from, high = to;
        clip(place[0], slope_x, z, box->x0, box->x1, &low, &high);
        clip(place[1], slope_y, z, box->y0, box->y1, &low, &high);
        if (high > low) {
            int first = eot_soft_slab_at(s, low), last = eot_soft_slab_at(s, high);
            for (int m = 0; m < p->n_medium; m++) {
                double length = up_to(s, p, m, last, high) - up_to(s, p, m, first, low);
                if (length > 0.0) depth += length * eot_soft_attenuation(&s->medium[p->medium[m]], energy);
            }
        }
        depth += (to - from - fmax(high - low, 0.0)) * outside;
        i = end;
    }
    return depth / u[2];
}
