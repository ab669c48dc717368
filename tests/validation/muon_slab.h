/* Test-only: materials by hand, slabs of layers in a grid of their own, and a loop over the device's muon step (float,
 * as kernels run it). */
#ifndef EOT_TESTS_MUON_SLAB_H
#define EOT_TESTS_MUON_SLAB_H

#undef EOT_REAL_DOUBLE /* the step as the device computes it */
#include "eotmc/transport/muon/advance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "physics/muon_tables.h"

enum { SLAB_IRON, SLAB_LEAD, SLAB_POLYSTYRENE, SLAB_ARGON, SLAB_SILICON, SLAB_N_MATERIAL };

/* PDG values; Sternheimer's parameters as in the reference tables. */
static inline void slab_materials(struct eot_material m[SLAB_N_MATERIAL]) {
    m[SLAB_IRON] = (struct eot_material){.name = "iron",
                                         .density = 7.874,
                                         .n_element = 1,
                                         .element = {{"Fe", 26, 55.845, 286.0, 1.0}},
                                         .X0 = 13.84 / 7.874,
                                         .Z_over_A = 26.0 / 55.845,
                                         .mean_excitation = 286.0,
                                         .density_effect = {0.1468, 2.9632, 0.0012, 3.1531, 4.2911}};
    m[SLAB_LEAD] = (struct eot_material){.name = "lead",
                                         .density = 11.35,
                                         .n_element = 1,
                                         .element = {{"Pb", 82, 207.2, 823.0, 1.0}},
                                         .X0 = 6.37 / 11.35,
                                         .Z_over_A = 82.0 / 207.2,
                                         .mean_excitation = 823.0,
                                         .density_effect = {0.0936, 3.1608, 0.3776, 3.8073, 6.2018}};
    m[SLAB_POLYSTYRENE] =
        (struct eot_material){.name = "polystyrene",
                              .density = 1.06,
                              .n_element = 2,
                              .element = {{"H", 1, 1.008, 19.2, 0.077418}, {"C", 6, 12.011, 81.0, 0.922582}},
                              .X0 = 43.79 / 1.06,
                              .Z_over_A = 0.53768,
                              .mean_excitation = 68.7,
                              .density_effect = {0.1645, 3.2224, 0.1647, 2.5031, 3.2999}};
    m[SLAB_ARGON] = (struct eot_material){.name = "argon",
                                          .density = 1.662e-3,
                                          .n_element = 1,
                                          .element = {{"Ar", 18, 39.948, 188.0, 1.0}},
                                          .X0 = 19.55 / 1.662e-3,
                                          .Z_over_A = 18.0 / 39.948,
                                          .mean_excitation = 188.0,
                                          .density_effect = {0.1971, 2.9618, 1.7635, 4.4855, 11.9480}};
    m[SLAB_SILICON] = (struct eot_material){.name = "silicon",
                                            .density = 2.329,
                                            .n_element = 1,
                                            .element = {{"Si", 14, 28.0855, 173.0, 1.0}},
                                            .X0 = 21.82 / 2.329,
                                            .Z_over_A = 14.0 / 28.0855,
                                            .mean_excitation = 173.0,
                                            .density_effect = {0.1492, 3.2546, 0.2015, 2.8716, 4.4355}};
}

struct slab {
    struct eot_f32_table table;
    eot_muon_tables tables;
    eot_grid grid;
    int n_region;
    eot_region region[8];
    u32 *voxel;
};

/* n_layer layers along z of given thickness [cm] and region; 60 x 60 cm wide unless `half_width` says otherwise. The
 * tables are built into the slab. */
static inline enum eot_status slab_create(struct slab *s, const struct eot_muon_options *options,
                                          const double *thickness, const u32 *region_of, int n_layer, double half_width,
                                          struct eot_error *err) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    enum eot_status status = eot_muon_tables_build(m, SLAB_N_MATERIAL, options, &s->table, &s->tables, NULL, err);
    if (status != EOT_OK) return status;
    double across[2] = {-half_width, half_width}, *z = malloc((size_t)(n_layer + 1) * sizeof *z);
    z[0] = 0.0;
    for (int i = 0; i < n_layer; i++) z[i + 1] = z[i] + thickness[i];
    s->grid = (eot_grid){.n_x = 1, .n_y = 1, .n_z = n_layer, .n_region = s->n_region};
    status = eot_f32_table_append(&s->table, across, 2, &s->grid.edges_x, err);
    s->grid.edges_y = s->grid.edges_x;
    if (status == EOT_OK) status = eot_f32_table_append(&s->table, z, (size_t)n_layer + 1, &s->grid.edges_z, err);
    free(z);
    s->voxel = malloc((size_t)n_layer * sizeof *s->voxel);
    memcpy(s->voxel, region_of, (size_t)n_layer * sizeof *s->voxel);
    return status;
}

static inline eot_matter_view slab_matter(const struct slab *s) {
    return eot_matter_view_of(s->table.value, &s->tables, &s->grid, s->region, s->voxel);
}

static inline void slab_free(struct slab *s) {
    eot_f32_table_free(&s->table);
    free(s->voxel);
}

static inline eot_region slab_region(int material) {
    return (eot_region){.n_constituent = 1,
                        .material = {material},
                        .fraction = {1.0f},
                        .active = {material == SLAB_POLYSTYRENE},
                        .max_step = 1.0e9f};
}

/* One slab of a material, 2 m wide. */
static inline enum eot_status slab_of(struct slab *s, const struct eot_muon_options *options, int material,
                                      double thickness, struct eot_error *err) {
    u32 region = 0;
    memset(s, 0, sizeof *s);
    s->n_region = 1;
    s->region[0] = slab_region(material);
    return slab_create(s, options, &thickness, &region, 1, 100.0, err);
}

/* HCAL module: 48 x (25 mm Fe + 4 mm PS). ECAL: 150 x (1.5 mm Pb + 1.5 mm PS). @param merge layers of each kind merged
 * into one; 0: one effective medium. */
static inline enum eot_status slab_calorimeter(struct slab *s, const struct eot_muon_options *options, int is_ecal,
                                               int n_module, int merge, struct eot_error *err) {
    int n_pair = (is_ecal ? 150 : 48) * n_module, absorber = is_ecal ? SLAB_LEAD : SLAB_IRON;
    double d[2] = {is_ecal ? 0.15 : 2.5, is_ecal ? 0.15 : 0.4}, thickness[2 * 48 * 8 + 300];
    u32 region_of[2 * 48 * 8 + 300];
    int n = 0;
    memset(s, 0, sizeof *s);
    s->n_region = 3;
    s->region[0] = slab_region(absorber);
    s->region[1] = slab_region(SLAB_POLYSTYRENE);
    s->region[2] = (eot_region){
        .n_constituent = 2, .material = {absorber, SLAB_POLYSTYRENE}, .active = {0, 1}, .max_step = 1.0e9f};
    s->region[2].fraction[0] = (f32)(d[0] / (d[0] + d[1]));
    s->region[2].fraction[1] = (f32)(d[1] / (d[0] + d[1]));
    if (merge == 0) {
        thickness[0] = n_pair * (d[0] + d[1]);
        region_of[0] = 2;
        n = 1;
    } else
        for (int i = 0; i < n_pair / merge; i++)
            for (int k = 0; k < 2; k++) {
                thickness[n] = merge * d[k];
                region_of[n++] = (u32)k;
            }
    return slab_create(s, options, thickness, region_of, n, 1000.0, err);
}

struct slab_result {
    int n, n_out, n_fault;
    double *loss, *angle, *displacement,
        *visible;         /* of survivors; angles and displacements: both projections, 2 n_out */
    double worst_balance; /* largest |T before + rest - after - parts| of a muon [GeV] */
    double n_step;
};

static inline void slab_shoot(const struct slab *s, double kinetic, int n, u32 seed, struct slab_result *r) {
    *r = (struct slab_result){.n = n};
    r->loss = calloc((size_t)n, sizeof(double));
    r->visible = calloc((size_t)n, sizeof(double));
    r->angle = calloc(2 * (size_t)n, sizeof(double));
    r->displacement = calloc(2 * (size_t)n, sizeof(double));
    for (int i = 0; i < n; i++) {
        eot_random g = eot_random_init((u64)i, EOT_STAGE_MUON, 0, seed, 0);
        u32 bits = eot_random_block(g).x;
        g.draw++;
        eot_point p = {0.0, 0.0, 0.0};
        eot_vec3 u = {0.0f, 0.0f, 1.0f};
        eot_muon m = eot_muon_start(slab_matter(s), (eot_muon_origin){p, u, (f32)kinetic, 0.0f, i % 2 ? 1 : -1}, bits);
        double parts = 0.0, visible = 0.0, rest = 0.0;
        int n_step = 0;
        while (m.fate == EOT_MUON_ALIVE && n_step++ < 1000000) {
            eot_muon_step step = eot_muon_advance(slab_matter(s), m, g);
            m = step.muon;
            g = step.random;
            parts += (double)step.ionisation + (double)step.shower + (double)step.hadronic + (double)step.electron +
                     (double)step.neutrino;
            rest += (double)step.rest;
            visible += (double)step.visible;
        }
        r->n_step += n_step;
        r->worst_balance = fmax(r->worst_balance, fabs((double)(f32)kinetic + rest - (double)m.kinetic_energy - parts));
        if (m.fate >= EOT_MUON_STUCK || m.fate == EOT_MUON_ALIVE) r->n_fault++;
        if (m.fate != EOT_MUON_ESCAPED) continue;
        r->loss[r->n_out] = (double)(f32)kinetic - (double)m.kinetic_energy;
        r->visible[r->n_out] = visible;
        r->angle[2 * r->n_out] = fabs(atan2((double)m.direction.x, (double)m.direction.z)); /* projected angles */
        r->angle[2 * r->n_out + 1] = fabs(atan2((double)m.direction.y, (double)m.direction.z));
        r->displacement[2 * r->n_out] = fabs(m.position.x);
        r->displacement[2 * r->n_out + 1] = fabs(m.position.y);
        r->n_out++;
    }
}

static inline void slab_result_free(struct slab_result *r) {
    free(r->loss);
    free(r->visible);
    free(r->angle);
    free(r->displacement);
}

static inline int slab_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x; quantile q in percent. */
static inline double slab_quantile(double *x, int n, double percent) {
    qsort(x, (size_t)n, sizeof *x, slab_compare);
    double at = percent / 100.0 * n - 0.5;
    int i = at < 0.0 ? 0 : at > n - 2 ? n - 2 : (int)at;
    return x[i] + (at - i) * (x[i + 1] - x[i]);
}

static inline double slab_mean(const double *x, int n) {
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += x[i];
    return sum / n;
}

#endif
