#include "world/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "eotmc/detector/accumulator.h"

static const double MIP_BETA_GAMMA = 3.5;     /* where ionisation is least */
static const double VACUUM_INVERSE_X0 = 1e-8; /* 1/cm: thinner matter than this is vacuum; 1 km of it has 1e-3 X0 */
static const double GAS_INVERSE_X0 = 1e-3;    /* 1/cm: a world of denser matter holds what ends in it */
static const size_t MOST_COLUMN = 1u << 20, MOST_SEGMENT = 1u << 24; /* numbers that single precision holds exactly */

/* Matter in layers: averages of a volume as Grindhammer and Peters define them (models: 1/X0 = sum w/X0_i, Ec = X0 sum
 * w Ec_i/X0_i, 1/R_M likewise). One layer is taken as 1 cm thick, so that matter is the same whatever its size. */
static eot_deposit_volume matter_of(const struct eot_setup *setup, const struct eot_layer_config *layer, size_t n_layer,
                                    double em_visible_ratio) {
    eot_deposit_volume s;
    memset(&s, 0, sizeof s);
    double mass = 0.0, inverse_X0 = 0.0, critical = 0.0, length = 0.0, seen = 0.0, lost = 0.0, Z[2] = {0.0, 0.0},
           part[2] = {0.0, 0.0};
    for (size_t i = 0; i < n_layer; i++) {
        const struct eot_material *m = &setup->material[layer[i].material];
        double d = n_layer > 1 ? layer[i].thickness : 1.0, g = m->density * d, X0 = m->X0 * m->density;
        mass += g;
        length += d;
        inverse_X0 += g / X0;
        critical += g * m->critical_energy / X0;
        double ionisation = g * m->Z_over_A *
                            (log(2.0 * EOT_M_ELECTRON * 1e9 * MIP_BETA_GAMMA * MIP_BETA_GAMMA / m->mean_excitation) -
                             1.0); /* Bethe, without density effect */
        lost += ionisation;
        for (int k = 0; k < m->n_element; k++) Z[layer[i].active] += g * m->element[k].mass_fraction * m->element[k].Z;
        part[layer[i].active] += g;
        if (layer[i].active) seen += ionisation;
    }
    double Ec = critical / inverse_X0, moliere = mass / length > 0.0 ? 0.0212 / (critical / length)
                                                                     : 0.0; /* Es = 21.2 MeV; sum of w Ec/X0 per cm */
    s.inverse_X0 = (f32)(inverse_X0 / length);
    s.log_critical_energy = (f32)log(Ec);
    s.moliere_radius = (f32)moliere;
    s.first_cell = -1;
    s.Z = (f32)((Z[0] + Z[1]) / mass);
    if (part[0] > 0.0 &&
        part[1] > 0.0) { /* absorber and active layers: GP's e-hat, and the sampling frequency of one period */
        s.one_minus_e_hat = (f32)(1.0 - 1.0 / (1.0 + 0.007 * (Z[0] / part[0] - Z[1] / part[1])));
        s.inverse_sampling_frequency = (f32)inverse_X0; /* period / X0 */
    }
    s.shower_visible = (f32)(lost > 0.0 ? seen / lost * (n_layer > 1 ? em_visible_ratio : 1.0) : 0.0);
    return s;
}

/* Of a volume that is a calorimeter: which one, and where its cells are among the accumulators. */
static enum eot_status detector_of(const struct eot_volume_config *v, int module, eot_deposit_volume *s,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    s->role = v->role;
    s->module = module;
    if (v->role == EOT_ROLE_VETO) goto done;
    bool is_ecal = v->role == EOT_ROLE_ECAL;
    int n_cell = v->cells_x * v->cells_y, most = is_ecal ? EOT_N_ECAL_CELL : EOT_N_HCAL_CELL;
    EOT_CHECK(is_ecal || module < EOT_N_HCAL, EOT_E_CONFIG, "volume %s is HCAL module %d (at most %d are simulated)",
              v->name, module, EOT_N_HCAL);
    EOT_CHECK(n_cell <= most, EOT_E_CONFIG, "volume %s has %d cells (at most %d are kept); use fewer", v->name, n_cell,
              most);
    s->first_cell = is_ecal ? EOT_ACC_ECAL_CELL : EOT_ACC_HCAL_CELL + module * EOT_N_HCAL_CELL;
    s->cells_x = v->cells_x;
    s->cells_y = v->cells_y;
    s->center_x = (f32)v->center_x;
    s->center_y = (f32)v->center_y;
    s->half_x = (f32)(0.5 * v->size_x);
    s->half_y = (f32)(0.5 * v->size_y);
done:
    return status;
}

/* The number of a volume among the different ones. */
static enum eot_status volume_number(const eot_deposit_volume *volume, eot_event_world *e, int *number,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int i = 0;
    while (i < e->n_volume && memcmp(&e->volume[i], volume, sizeof *volume) != 0) i++; /* no padding: EOT_LAYOUT */
    EOT_CHECK(i < EOT_N_DEPOSIT_VOLUME, EOT_E_CONFIG,
              "the geometry has more than %d volumes that differ in matter or detector; merge some",
              EOT_N_DEPOSIT_VOLUME);
    if (i == e->n_volume) e->volume[e->n_volume++] = *volume;
    *number = i;
done:
    return status;
}

/* All of them. @param number of each volume of the configuration; [n_volume] is the world's. */
static enum eot_status make_volumes(const struct eot_config *config, const struct eot_setup *setup, eot_event_world *e,
                                    int *number, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_layer_config outside = {.material = g->world_material};
    e->n_volume = 0;
    for (size_t i = 0; i <= g->n_volume; i++) {
        bool is_world = i == g->n_volume;
        const struct eot_volume_config *v = is_world ? NULL : &g->volume[i];
        bool is_detector =
            !is_world && (v->role == EOT_ROLE_ECAL || v->role == EOT_ROLE_VETO || v->role == EOT_ROLE_HCAL);
        eot_deposit_volume s = matter_of(setup, is_world ? &outside : v->layer, is_world ? 1 : v->n_layer,
                                         !is_world && v->role == EOT_ROLE_ECAL ? config->detector.ecal_em_visible_ratio
                                                                               : config->detector.em_visible_ratio);
        if (is_detector) {
            EOT_TRY(detector_of(v, eot_setup_module(config, (int)i), &s, err));
        } else {
            bool is_outside = true; /* of the world's material */
            for (size_t k = 0; !is_world && k < v->n_layer; k++)
                is_outside &= v->layer[k].material == g->world_material;
            s.is_void = (double)s.inverse_X0 < (is_outside ? GAS_INVERSE_X0 : VACUUM_INVERSE_X0);
            s.shower_visible = 0.0f;
        }
        EOT_TRY(volume_number(&s, e, &number[i], err));
    }
done:
    return status;
}

/* The setup's voxels as volumes, and which of their edges separate different ones. */
struct cells {
    int n[3];
    const float *edges[3];
    uint16_t *volume; /* [n[2]][n[1]][n[0]] */
    int *kept[3];     /* first cell of those that are alike along an axis, in order */
    int n_kept[3];
};

static uint16_t cell_at(const struct cells *c, int x, int y, int z) {
    return c->volume[((size_t)z * (size_t)c->n[1] + (size_t)y) * (size_t)c->n[0] + (size_t)x];
}

/* Whether any cells on the two sides of edge i of an axis differ. */
static bool edge_separates(const struct cells *c, int axis, int i) {
    int u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2, at[3], before[3];
    at[axis] = i;
    before[axis] = i - 1;
    for (int k = 0; k < c->n[v]; k++)
        for (int l = 0; l < c->n[u]; l++) {
            at[u] = before[u] = l;
            at[v] = before[v] = k;
            if (cell_at(c, at[0], at[1], at[2]) != cell_at(c, before[0], before[1], before[2])) return true;
        }
    return false;
}

static void cells_free(struct cells *c) {
    free(c->volume);
    for (int a = 0; a < 3; a++) free(c->kept[a]);
}

static enum eot_status cells_create(struct cells *c, const struct eot_setup *setup, const int *number, int n_volume,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *c = (struct cells){{setup->n_x, setup->n_y, setup->n_z},
                        {setup->edges_x, setup->edges_y, setup->edges_z},
                        NULL,
                        {NULL, NULL, NULL},
                        {0, 0, 0}};
    size_t n = (size_t)setup->n_x * (size_t)setup->n_y * (size_t)setup->n_z;
    c->volume = malloc(n * sizeof *c->volume);
    EOT_CHECK_MEMORY(c->volume);
    for (size_t i = 0; i < n; i++) {
        int volume = setup->region[setup->voxel[i]].volume;
        c->volume[i] = (uint16_t)number[volume < 0 ? n_volume : volume];
    }
    for (int a = 0; a < 3; a++) {
        c->kept[a] = malloc((size_t)c->n[a] * sizeof *c->kept[a]);
        EOT_CHECK_MEMORY(c->kept[a]);
        for (int i = 0; i < c->n[a]; i++)
            if (i == 0 || edge_separates(c, a, i)) c->kept[a][c->n_kept[a]++] = i;
    }
done:
    return status;
}

/* The cells along z between which all matter is: [first, last) of those kept. */
static void find_ends(const struct cells *c, const eot_deposit_volume *volume, int *first, int *last) {
    *first = c->n_kept[2];
    *last = 0;
    for (int z = 0; z < c->n_kept[2]; z++)
        for (int y = 0; y < c->n_kept[1]; y++)
            for (int x = 0; x < c->n_kept[0]; x++)
                if (!volume[cell_at(c, c->kept[0][x], c->kept[1][y], c->kept[2][z])].is_void) {
                    if (z < *first) *first = z;
                    *last = z + 1;
                }
}

/* Edges of the kept cells along one axis, [first, last). */
static enum eot_status append_edges(const struct cells *c, int axis, struct eot_f32_table *table, uint32_t *offset,
                                    struct eot_error *err) {
    int n = c->n_kept[axis];
    double *edges = malloc(((size_t)n + 1) * sizeof *edges);
    if (edges == NULL) return eot_error_set(err, EOT_E_MEMORY, __FILE__, __LINE__, __func__, "out of memory");
    for (int i = 0; i < n; i++) edges[i] = c->edges[axis][c->kept[axis][i]];
    edges[n] = c->edges[axis][c->n[axis]];
    enum eot_status status = eot_f32_table_append(table, edges, (size_t)n + 1, offset, err);
    free(edges);
    return status;
}

static double z_of_kept(const struct cells *c, int i) {
    return c->edges[2][i < c->n_kept[2] ? c->kept[2][i] : c->n[2]];
}

/* The columns' segments, and where each column begins. */
static enum eot_status append_columns(const struct cells *c, int first_z, int last_z, struct eot_world *w,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_column = (size_t)c->n_kept[0] * (size_t)c->n_kept[1], n_cell = (size_t)(last_z - first_z) + 1;
    double *first = NULL, *segment = NULL;
    EOT_CHECK(
        n_column <= MOST_COLUMN && n_cell <= MOST_SEGMENT / n_column, EOT_E_CONFIG,
        "the volumes make %d x %d columns of up to %zu pieces (at most %zu pieces in %zu columns); align or merge "
        "some",
        c->n_kept[0], c->n_kept[1], n_cell, MOST_SEGMENT, MOST_COLUMN);
    first = malloc(n_column * sizeof *first);
    segment = malloc(2 * n_column * n_cell * sizeof *segment);
    EOT_CHECK_MEMORY(first);
    EOT_CHECK_MEMORY(segment);
    size_t n = 0;
    for (size_t i = 0; i < n_column; i++) {
        int x = c->kept[0][i % (size_t)c->n_kept[0]], y = c->kept[1][i / (size_t)c->n_kept[0]];
        first[i] = (double)n;
        for (int z = first_z; z < last_z; z++) {
            uint16_t volume = cell_at(c, x, y, c->kept[2][z]);
            if (z > first_z && (double)volume == segment[2 * n - 1]) continue;
            segment[2 * n] = z_of_kept(c, z);
            segment[2 * n + 1] = volume;
            n++;
        }
        segment[2 * n] = z_of_kept(c, last_z);
        segment[2 * n + 1] = -1.0;
        n++;
    }
    EOT_TRY(eot_f32_table_append(&w->table, first, n_column, &w->event.columns.first, err));
    EOT_TRY(eot_f32_table_append(&w->table, segment, 2 * n, &w->event.columns.segment, err));
done:
    free(first);
    free(segment);
    return status;
}

/* Whether the box of a volume holds nothing else. */
static bool is_whole(const struct eot_setup *setup, const struct eot_volume_config *v, int volume) {
    size_t inside = 0, own = 0;
    for (int z = 0; z < setup->n_z; z++)
        for (int y = 0; y < setup->n_y; y++)
            for (int x = 0; x < setup->n_x; x++) {
                double at[3] = {0.5 * (double)(setup->edges_x[x] + setup->edges_x[x + 1]),
                                0.5 * (double)(setup->edges_y[y] + setup->edges_y[y + 1]),
                                0.5 * (double)(setup->edges_z[z] + setup->edges_z[z + 1])};
                if (fabs(at[0] - v->center_x) > 0.5 * v->size_x || fabs(at[1] - v->center_y) > 0.5 * v->size_y ||
                    at[2] < v->z || at[2] > v->z + v->thickness)
                    continue;
                inside++;
                own += setup
                           ->region[setup->voxel[((size_t)z * (size_t)setup->n_y + (size_t)y) * (size_t)setup->n_x +
                                                 (size_t)x]]
                           .volume == volume;
            }
    return inside == own;
}

enum eot_status eot_world_columns(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    eot_event_world *e = &w->event;
    eot_columns *columns = &e->columns;
    struct cells c = {0};
    int first_z = 0, last_z = 0, i_ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0),
        *number = calloc(g->n_volume + 1, sizeof *number);
    EOT_CHECK_MEMORY(number);
    EOT_CHECK(i_ecal >= 0, EOT_E_CONFIG, "no volume has role: ecal; give one");
    EOT_TRY(make_volumes(config, setup, e, number, err));
    EOT_TRY(cells_create(&c, setup, number, (int)g->n_volume, err));
    find_ends(&c, e->volume, &first_z, &last_z);
    columns->n_x = c.n_kept[0];
    columns->n_y = c.n_kept[1];
    columns->z0 = (f32)z_of_kept(&c, first_z);
    columns->z1 = (f32)z_of_kept(&c, last_z);
    columns->ecal = number[i_ecal];
    columns->ecal_is_whole = is_whole(setup, &g->volume[i_ecal], i_ecal);
    columns->ecal_z0 = (f32)g->volume[i_ecal].z;
    columns->ecal_z1 = (f32)(g->volume[i_ecal].z + g->volume[i_ecal].thickness);
    EOT_TRY(append_edges(&c, 0, &w->table, &columns->edges_x, err));
    EOT_TRY(append_edges(&c, 1, &w->table, &columns->edges_y, err));
    EOT_TRY(append_columns(&c, first_z, last_z, w, err));
done:
    cells_free(&c);
    free(number);
    return status;
}

const eot_deposit_volume *eot_world_volume(const eot_event_world *e, enum eot_role role, int module) {
    for (int i = 0; i < e->n_volume; i++)
        if (e->volume[i].role == (i32)role && e->volume[i].module == module) return &e->volume[i];
    return NULL;
}
