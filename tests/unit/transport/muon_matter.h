/* Test-only: muon tables and a grid by hand, so simple that the expected values of a step's parts are one line each.
 * Tables do not depend on the energy unless a test says so. */
#ifndef EOT_TESTS_MUON_MATTER_H
#define EOT_TESTS_MUON_MATTER_H

#undef EOT_REAL_DOUBLE /* the step as the device computes it */
#include "eotmc/transport/muon/advance.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum {
    MATTER_N_MATERIAL = 2,
    MATTER_N_REGION = 4,
    MATTER_MOST_EDGES = 100,
    MATTER_ROWS = 0,
    MATTER_SHARES = MATTER_ROWS + MATTER_N_MATERIAL * EOT_MUON_N_ROW * EOT_MUON_N_COLUMN,
    MATTER_LOSSES = MATTER_SHARES + MATTER_N_MATERIAL * EOT_MUON_N_ROW * 4,
    MATTER_ELASTIC = MATTER_LOSSES + MATTER_N_MATERIAL * 4 * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_TAIL,
    MATTER_MATERIALS = MATTER_ELASTIC + MATTER_N_MATERIAL * EOT_MUON_N_TAIL,
    MATTER_STRAGGLING = MATTER_MATERIALS + MATTER_N_MATERIAL * EOT_MUON_N_CONSTANT,
    MATTER_EDGES = MATTER_STRAGGLING + EOT_MUON_N_KAPPA * 2 * EOT_MUON_N_TAIL,
    MATTER_N_VALUE = MATTER_EDGES + 3 * MATTER_MOST_EDGES
};

struct matter {
    f32 value[MATTER_N_VALUE];
    eot_muon_tables tables;
    eot_grid grid;
    eot_region region[MATTER_N_REGION];
    u32 voxel[MATTER_MOST_EDGES * 9];
};

/* The straggling of these tables: (loss - mean)/xi uniform in +-STRAGGLE_WIDTH/2 for every kappa. */
#define STRAGGLE_WIDTH 0.8

static inline void matter_material(struct matter *m, int material, enum eot_muon_column column, double value) {
    for (int i = 0; i < EOT_MUON_N_ROW; i++)
        m->value[MATTER_ROWS + (material * EOT_MUON_N_ROW + i) * EOT_MUON_N_COLUMN + (int)column] = (f32)value;
}

/* Cumulative shares of delta rays, bremsstrahlung, pairs, photonuclear events; the rest is elastic. */
static inline void matter_shares(struct matter *m, int material, const double share[4]) {
    for (int i = 0; i < EOT_MUON_N_ROW; i++)
        for (int k = 0; k < 4; k++) m->value[MATTER_SHARES + (material * EOT_MUON_N_ROW + i) * 4 + k] = (f32)share[k];
}

/* Vacuum in n_x x n_y x n_z voxels of 1 cm that begin at the origin; all of region 0, which is of material 0. */
static inline void matter_create(struct matter *m, int n_x, int n_y, int n_z) {
    memset(m, 0, sizeof *m);
    m->tables.rows = MATTER_ROWS;
    m->tables.shares = MATTER_SHARES;
    m->tables.losses = MATTER_LOSSES;
    m->tables.elastic = MATTER_ELASTIC;
    m->tables.materials = MATTER_MATERIALS;
    m->tables.straggling_table = MATTER_STRAGGLING;
    m->tables.n_material = MATTER_N_MATERIAL;
    m->tables.straggling = EOT_MUON_STRAGGLING_VAVILOV;
    m->tables.scattering = 1;
    m->tables.stop_kinetic = 2.0e-3f;
    m->tables.largest_loss = 0.05f;
    m->tables.inverse_layer_cut = 1000.0f;
    for (int k = 0; k < EOT_MUON_N_KAPPA; k++)
        for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
            f32 tail = eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
            f32 quantile = (f32)STRAGGLE_WIDTH * (0.5f - tail);
            m->value[MATTER_STRAGGLING + 2 * k * EOT_MUON_N_TAIL + i] = -quantile;
            m->value[MATTER_STRAGGLING + (2 * k + 1) * EOT_MUON_N_TAIL + i] = quantile;
        }
    for (int r = 0; r < MATTER_N_REGION; r++) {
        m->region[r].n_constituent = 1;
        m->region[r].fraction[0] = 1.0f;
        m->region[r].material[0] = r % 2;
        m->region[r].max_step = 1.0e9f;
    }
    m->grid.n_x = n_x;
    m->grid.n_y = n_y;
    m->grid.n_z = n_z;
    m->grid.n_region = MATTER_N_REGION;
    m->grid.edges_x = MATTER_EDGES;
    m->grid.edges_y = MATTER_EDGES + MATTER_MOST_EDGES;
    m->grid.edges_z = MATTER_EDGES + 2 * MATTER_MOST_EDGES;
    for (int a = 0; a < 3; a++)
        for (int i = 0; i < MATTER_MOST_EDGES; i++) m->value[MATTER_EDGES + a * MATTER_MOST_EDGES + i] = (f32)i;
}

static inline eot_matter_view matter_view(const struct matter *m) {
    return eot_matter_view_of(m->value, &m->tables, &m->grid, m->region, m->voxel);
}

/* A muon in that grid. @param position [cm]. @param direction need not be a unit vector. */
static inline eot_muon matter_muon(const struct matter *m, const double position[3], const double direction[3],
                                   double kinetic) {
    eot_muon_origin o = {{position[0], position[1], position[2]},
                         {(f32)direction[0], (f32)direction[1], (f32)direction[2]},
                         (f32)kinetic,
                         0.0f,
                         1};
    o.direction = eot_vec3_unit(o.direction);
    return eot_muon_start(matter_view(m), o, 0x80000000u);
}

/* Block i of the tests' random numbers. */
static inline eot_u32x4 matter_words(u64 i, u32 draw) {
    eot_random g = eot_random_init(i, EOT_STAGE_PROBE, 0, 2026, 0);
    g.draw = draw;
    return eot_random_block(g);
}

#endif
