#include "world/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "eotmc/transport/chance.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/muon/medium.h"

enum { N_NEED = 512, N_SUBSTEP = 4 };
static const double SLOWEST = 0.1;      /* GeV: below, where the loss rises again, the value there is taken */
static const double LEAST_LEVER = 1e-3; /* cm: where nothing scatters a muon, roots of the sums of eot_outlook_column */
static const double MOST_SIGMA = 2.0;   /* of scattering, that a muon may be off the straight way between two gates */

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

/* The region at depth z on the line through the middles of the gates of a stretch; NULL outside the world. */
static const eot_region *on_line(const struct layer *l, const struct stretch *s, double z) {
    struct box b = box_at(&(struct stretch){s->from, s->to, false, 0.0}, z);
    int region = eot_setup_region_at(l->setup, 0.5 * (b.low[0] + b.high[0]), 0.5 * (b.low[1] + b.high[1]), z);
    return region >= 0 ? &l->setup->region[region] : NULL;
}

/* What happens to muons in front of the gate at the end of stretch i, from each depth on. @param row [N_NEED] rows of
 * eot_outlook_column, `stride` apart. */
static void fill_outlook(struct layer *l, const struct stretch *s, int i, double width, double *row, int stride) {
    const double z_end = s[i].to.z, highland = (double)EOT_HIGHLAND;
    double scattering = 0.0, field_x = 0.0, field_y = 0.0;
    for (int n = N_NEED - 1, k = i; n >= 0; n--) {
        for (int m = N_SUBSTEP - 1; m >= 0 && n < N_NEED - 1; m--) {
            double z = s[0].from.z + (n + (m + 0.5) / N_SUBSTEP) * width, lever = z_end - z;
            if (z > z_end) continue;
            while (k > 0 && z < s[k].from.z) k--;
            struct box b = box_at(&s[k], z);
            const eot_region *region = on_line(l, &s[k], z);
            scattering += width / N_SUBSTEP * lever * lever * densest(l, &b, z);
            field_x += region != NULL ? width / N_SUBSTEP * lever * (double)region->field_x : 0.0;
            field_y += region != NULL ? width / N_SUBSTEP * lever * (double)region->field_y : 0.0;
        }
        double *at = row + n * stride;
        at[EOT_OUTLOOK_STIFFNESS] = 1.0 / (highland * highland * fmax(scattering, LEAST_LEVER * LEAST_LEVER));
        at[EOT_OUTLOOK_BEND_X] = -(double)EOT_BEND * field_y;
        at[EOT_OUTLOOK_BEND_Y] = (double)EOT_BEND * field_x;
    }
}

/* The chambers, what happens to muons in front of them, and from which chance on they do not play roulette. */
static enum eot_status append_aims(struct layer *l, struct eot_world *w, const struct stretch *s, int n_aim,
                                   double width, double energy, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_muon_need *need = &w->event.need;
    const size_t row = (size_t)n_aim * EOT_OUTLOOK_COLUMNS, n_head = (size_t)n_aim * EOT_AIM_COLUMNS,
                 n = n_head + N_NEED * row;
    double *aim = calloc(n + 1, sizeof *aim), likely = 1.0;
    EOT_CHECK_MEMORY(aim);
    for (int i = 0; i < n_aim; i++) {
        const struct gate *to = &s[i].to;
        double *head = aim + i * EOT_AIM_COLUMNS;
        head[EOT_AIM_Z] = to->z;
        head[EOT_AIM_X] = 0.5 * (to->box.low[0] + to->box.high[0]);
        head[EOT_AIM_Y] = 0.5 * (to->box.low[1] + to->box.high[1]);
        head[EOT_AIM_HALF_X] = 0.5 * (to->box.high[0] - to->box.low[0]);
        head[EOT_AIM_HALF_Y] = 0.5 * (to->box.high[1] - to->box.low[1]);
        fill_outlook(l, s, i, width, aim + n_head + i * EOT_OUTLOOK_COLUMNS, (int)row);
    }
    need->n_aim = n_aim;
    EOT_TRY(eot_f32_table_append(&w->table, aim, n + 1, &need->aim, err));
    for (int i = 0; i < n_aim; i++) {
        const f32 *head = w->table.value + need->aim + i * EOT_AIM_COLUMNS;
        double stiffness = aim[n_head + (size_t)i * EOT_OUTLOOK_COLUMNS + EOT_OUTLOOK_STIFFNESS];
        likely = fmin(likely, (double)eot_muon_chance_aimed(head, (f32)(stiffness * energy * energy)));
    }
    need->inverse_likely = (f32)(1.0 / ((double)EOT_LIKELY_CHANCE * likely));
done:
    free(aim);
    return status;
}

/* How far [cm] multiple scattering takes a muon off the straight line in the middle between two gates: theta_0
 * length/(4 sqrt 3), from the covariance of angle and displacement (PDG 2022, section 34.3). @param kinetic at the
 * first gate [GeV]; half of it is taken as the momentum, since it ends with nothing. */
static double scattering_spread(double kinetic, double n_X0, double length) {
    double momentum = fmax(0.5 * kinetic, SLOWEST);
    return (double)EOT_HIGHLAND / momentum * sqrt(n_X0) * length / (4.0 * sqrt(3.0));
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
    EOT_TRY(append_aims(&l, w, stretch, n, width, config->beam.energy, err));
done:
    free(l.is_there);
    free(gate);
    free(stretch);
    return status;
}

int eot_world_charges(const struct eot_config *config) {
    int charges = config->physics.rare[EOT_RARE_LFC] ? 3 : 0;
    for (size_t i = 0; i <= config->n_further; i++) {
        const struct eot_selection_config *cuts = i == 0 ? &config->selection : &config->further[i - 1].selection;
        charges |= cuts->charge < 0 ? 1 : 2;
    }
    return charges;
}
