#include "world/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "eotmc/transport/muon/medium.h"

enum { N_NEED = 512, N_SUBSTEP = 4 };
static const double SLOWEST = 0.1;    /* GeV: below, where the loss rises again, the value there is taken */
static const double MOST_SIGMA = 2.0; /* of scattering, that a muon may be off the straight way between two gates */

struct box {
    double low[2], high[2]; /* cm */
};

/* What a muon has to cross: the ECAL, where it comes from, and then each chamber. */
struct gate {
    double z; /* cm, of its front */
    struct box box;
};

static struct box box_of(const struct eot_volume_config *v) {
    return (struct box){{v->center_x - 0.5 * v->size_x, v->center_y - 0.5 * v->size_y},
                        {v->center_x + 0.5 * v->size_x, v->center_y + 0.5 * v->size_y}};
}

static int compare_gates(const void *a, const void *b) {
    double u = ((const struct gate *)a)->z, v = ((const struct gate *)b)->z;
    return (u > v) - (u < v);
}

/* The gates in order. @param gate [n_volume + 1]. */
static int make_gates(const struct eot_config *config, struct gate *gate) {
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_volume_config *ecal = &g->volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    int n = 1;
    gate[0] = (struct gate){ecal->z, box_of(ecal)};
    for (size_t i = 0; i < g->n_volume; i++)
        if (g->volume[i].role == EOT_ROLE_TRACKER && g->volume[i].z > ecal->z)
            gate[n++] = (struct gate){g->volume[i].z, box_of(&g->volume[i])};
    qsort(gate + 1, (size_t)n - 1, sizeof *gate, compare_gates);
    return n;
}

static bool has_field(const struct eot_config *config, double from, double to) {
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        bool is_field = v->field[0] != 0 || v->field[1] != 0 || v->field[2] != 0;
        if (is_field && v->z < to && v->z + v->thickness > from) return true;
    }
    return false;
}

/* The way from one gate to the next. */
struct stretch {
    struct gate from, to;
    bool has_field;
    double spread; /* cm, of a muon about the straight line in the middle of it, by scattering */
};

/* Where a muon may be at depth z of a stretch: around the straight lines from gate to gate; the spread about them is
 * that of an integrated random walk whose ends are fixed, f (1 - f)/sqrt(3) of angle and length at the share f of the
 * way. Anywhere where a field bends it. */
static struct box box_at(const struct stretch *s, double z) {
    double f = fmin(fmax((z - s->from.z) / (s->to.z - s->from.z), 0.0), 1.0),
           margin = MOST_SIGMA * s->spread * 4.0 * f * (1.0 - f);
    struct box b;
    for (int i = 0; i < 2; i++) {
        b.low[i] = (1.0 - f) * s->from.box.low[i] + f * s->to.box.low[i] - margin;
        b.high[i] = (1.0 - f) * s->from.box.high[i] + f * s->to.box.high[i] + margin;
        if (s->has_field) {
            b.low[i] = -INFINITY;
            b.high[i] = INFINITY;
        }
    }
    return b;
}

/* Where a muon may be at a depth: the voxels of a layer of the grid in a box. */
struct layer {
    const struct eot_setup *setup;
    const struct eot_world *w;
    bool *is_there; /* [n_region] */
};

/* Marks the regions of the box at depth z. @return whether z is in the grid. */
static bool mark_regions(struct layer *l, const struct box *b, double z) {
    const struct eot_setup *setup = l->setup;
    const eot_grid *grid = &l->w->grid;
    int i_z = eot_grid_cell(l->w->table.value + grid->edges_z, grid->n_z, z);
    memset(l->is_there, 0, l->w->n_region * sizeof *l->is_there);
    if (i_z < 0 || i_z >= grid->n_z) return false;
    for (int y = 0; y < setup->n_y; y++) {
        if ((double)setup->edges_y[y] >= b->high[1] || (double)setup->edges_y[y + 1] <= b->low[1]) continue;
        for (int x = 0; x < setup->n_x; x++)
            if ((double)setup->edges_x[x] < b->high[0] && (double)setup->edges_x[x + 1] > b->low[0])
                l->is_there[l->w->voxel[(i_z * grid->n_y + y) * grid->n_x + x]] = true;
    }
    return true;
}

/* Smallest continuous loss [GeV/cm] in the box at depth z. */
static double least_loss(struct layer *l, const struct box *b, double z, double kinetic) {
    double least = INFINITY;
    if (!mark_regions(l, b, z)) return 0.0;
    for (size_t i = 0; i < l->w->n_region; i++)
        if (l->is_there[i])
            least = fmin(least, (double)eot_muon_medium_at(l->w->table.value, &l->w->muon, &l->w->region[i],
                                                           fmax(kinetic, SLOWEST))
                                    .loss);
    return isfinite(least) ? least : 0.0;
}

/* Radiation lengths per cm of the densest matter of the box at depth z. */
static double densest(struct layer *l, const struct box *b, double z) {
    double most = 0.0;
    if (!mark_regions(l, b, z)) return 0.0;
    for (int r = 0; r < l->setup->n_region; r++)
        if (l->is_there[r]) most = fmax(most, 1.0 / eot_setup_region_X0(l->setup, r));
    return most;
}

/* Radiation lengths of the densest matter of a stretch. */
static double thickest(struct layer *l, const struct stretch *s) {
    double sum = 0.0, width = (s->to.z - s->from.z) / (N_NEED * N_SUBSTEP);
    for (int i = 0; i < N_NEED * N_SUBSTEP; i++) {
        double z = s->from.z + (i + 0.5) * width;
        struct box b = box_at(s, z);
        sum += width * densest(l, &b, z);
    }
    return sum;
}

/* The least kinetic energies [GeV] at the depths from the first gate to the last, from there backwards. */
static void fill_need(struct layer *l, const struct stretch *s, int n_stretch, double width, double need[N_NEED]) {
    int k = n_stretch - 1;
    need[N_NEED - 1] = 0.0;
    for (int i = N_NEED - 2; i >= 0; i--) {
        need[i] = need[i + 1];
        for (int m = N_SUBSTEP - 1; m >= 0; m--) {
            double z = s[0].from.z + (i + (m + 0.5) / N_SUBSTEP) * width;
            while (k > 0 && z < s[k].from.z) k--;
            struct box b = box_at(&s[k], z);
            need[i] += width / N_SUBSTEP * least_loss(l, &b, z, need[i]);
        }
    }
}

/* Lever arms [cm] of scattering in front of the gate at the end of stretch i, as of eot_muon_need. */
static void fill_lever(struct layer *l, const struct stretch *s, int i, double width, double lever[N_NEED]) {
    const double z_end = s[i].to.z;
    double sum = 0.0;
    lever[N_NEED - 1] = 0.0;
    for (int n = N_NEED - 2, k = i; n >= 0; n--) {
        for (int m = N_SUBSTEP - 1; m >= 0; m--) {
            double z = s[0].from.z + (n + (m + 0.5) / N_SUBSTEP) * width;
            if (z > z_end) continue;
            while (k > 0 && z < s[k].from.z) k--;
            struct box b = box_at(&s[k], z);
            sum += width / N_SUBSTEP * (z_end - z) * (z_end - z) * densest(l, &b, z);
        }
        lever[n] = sqrt(sum);
    }
}

/* The chambers in front of any field, and their lever arms. */
static enum eot_status append_aims(struct layer *l, struct eot_world *w, const struct stretch *s, int n_stretch,
                                   double width, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_muon_need *need = &w->event.need;
    need->n_aim = 0;
    while (need->n_aim < n_stretch && !s[need->n_aim].has_field) need->n_aim++;
    size_t n_aim = (size_t)need->n_aim, n = n_aim * (EOT_AIM_COLUMNS + N_NEED);
    double *aim = calloc(n + 1, sizeof *aim);
    EOT_CHECK_MEMORY(aim);
    for (size_t i = 0; i < n_aim; i++) {
        const struct gate *to = &s[i].to;
        double *row = aim + i * EOT_AIM_COLUMNS;
        row[EOT_AIM_Z] = to->z;
        row[EOT_AIM_X] = 0.5 * (to->box.low[0] + to->box.high[0]);
        row[EOT_AIM_Y] = 0.5 * (to->box.low[1] + to->box.high[1]);
        row[EOT_AIM_HALF_X] = 0.5 * (to->box.high[0] - to->box.low[0]);
        row[EOT_AIM_HALF_Y] = 0.5 * (to->box.high[1] - to->box.low[1]);
        fill_lever(l, s, (int)i, width, aim + n_aim * EOT_AIM_COLUMNS + i * N_NEED);
    }
    EOT_TRY(eot_f32_table_append(&w->table, aim, n + 1, &need->aim, err));
done:
    free(aim);
    return status;
}

/* How far [cm] multiple scattering takes a muon off the straight line in the middle between two gates: theta_0
 * length/(4 sqrt 3), from the covariance of angle and displacement (PDG 2022, section 34.3). @param kinetic at the
 * first gate [GeV]; half of it is taken as the momentum, since it ends with nothing. */
static double scattering_spread(double kinetic, double n_X0, double length) {
    double momentum = fmax(0.5 * kinetic, SLOWEST);
    return 0.0136 / momentum * sqrt(n_X0) * length / (4.0 * sqrt(3.0));
}

enum eot_status eot_world_reach(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_event_world *e = &w->event;
    const struct eot_geometry_config *g = &config->geometry;
    struct layer l = {setup, w, calloc(w->n_region, sizeof *l.is_there)};
    struct gate *gate = calloc(g->n_volume + 1, sizeof *gate);
    struct stretch *stretch = calloc(g->n_volume + 1, sizeof *stretch);
    double need[N_NEED] = {0}, width = 1.0;
    EOT_CHECK_MEMORY(l.is_there);
    EOT_CHECK_MEMORY(gate);
    EOT_CHECK_MEMORY(stretch);
    int n = make_gates(config, gate) - 1;
    for (int k = 0; k < n; k++)
        stretch[k] = (struct stretch){gate[k], gate[k + 1], has_field(config, gate[k].z, gate[k + 1].z), 0.0};
    if (n > 0) {
        width = (gate[n].z - gate[0].z) / (N_NEED - 1);
        fill_need(&l, stretch, n, width, need); /* without scattering, and then with that of the energy asked for */
        for (int k = 0; k < n; k++)
            stretch[k].spread = scattering_spread(need[(int)((gate[k].z - gate[0].z) / width)],
                                                  thickest(&l, &stretch[k]), gate[k + 1].z - gate[k].z);
        fill_need(&l, stretch, n, width, need);
    }
    e->need.n = N_NEED;
    e->need.z0 = (f32)gate[0].z;
    e->need.inverse_step = (f32)(1.0 / width);
    EOT_TRY(eot_f32_table_append(&w->table, need, N_NEED, &e->need.table, err));
    EOT_TRY(append_aims(&l, w, stretch, n, width, err));
done:
    free(l.is_there);
    free(gate);
    free(stretch);
    return status;
}
