/* The muon step in the grid: boundaries, corners, parallel flight, fields, the energy balance. */
#include <criterion/criterion.h>

#include "../validation/muon_slab.h"

struct box {
    struct eot_f32_table table;
    eot_muon_tables tables;
    eot_grid grid;
    eot_region region[2];
    u32 voxel[7 * 7 * 7];
};

/* 7 x 7 x 7 voxels of 1 cm around the origin, all of one region: vacuum unless a material is given. */
static void box_create(struct box *b, struct eot_muon_options *o) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    memset(b, 0, sizeof *b);
    struct eot_error err = {0};
    cr_assert_eq(eot_muon_tables_build(m, SLAB_N_MATERIAL, o, &b->table, &b->tables, NULL, &err), EOT_OK, "%s",
                 err.text);
    double edges[8];
    for (int i = 0; i < 8; i++) edges[i] = i - 3.5;
    cr_assert_eq(eot_f32_table_append(&b->table, edges, 8, &b->grid.edges_x, NULL), EOT_OK);
    b->grid.edges_y = b->grid.edges_z = b->grid.edges_x;
    b->grid.n_x = b->grid.n_y = b->grid.n_z = 7;
    b->grid.n_region = 2;
    b->region[0] = slab_region(SLAB_IRON);
    b->region[1] = slab_region(SLAB_POLYSTYRENE);
}

static eot_matter_view box_matter(const struct box *b) {
    return eot_matter_view_of(b->table.value, &b->tables, &b->grid, b->region, b->voxel);
}

static void make_vacuum(struct box *b) {
    for (u32 i = 0; i < SLAB_N_MATERIAL * EOT_MUON_N_ROW * EOT_MUON_N_COLUMN; i++)
        b->table.value[b->tables.rows + i] = 0.0f;
    b->tables.decay_rate = 0.0f;
}

static eot_muon_step fly(const struct box *b, eot_muon m, eot_random g, double *path, int *n_step) {
    eot_muon_step step;
    memset(&step, 0, sizeof step);
    step.muon = m;
    step.random = g;
    *path = 0.0;
    *n_step = 0;
    while (step.muon.fate == EOT_MUON_ALIVE && *n_step < 100000) {
        step = eot_muon_advance(box_matter(b), step.muon, step.random);
        *path += (double)step.path;
        ++*n_step;
    }
    return step;
}

Test(muon_geometry, straight_lines_through_edges_and_corners_have_the_length_of_the_chord) {
    struct eot_muon_options o = eot_muon_options_default();
    struct box b;
    box_create(&b, &o);
    make_vacuum(&b);
    double start[] = {0.0, 0.5, -0.5, 0.5 + 1.0e-9, -0.5 - 1.0e-9, 3.5 - 1.0e-9, -3.5, 2.5, 0.3};
    double slope[] = {0.0, 1.0, -1.0, 1.0e-9, -1.0e-9, 1.0e-30, 0.3, -1.0e-5};
    int n = 0;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j < 9; j++)
            for (int k = 0; k < 8; k++)
                for (int l = 0; l < 8; l++)
                    for (int sign = -1; sign <= 1; sign++) {
                        if (sign == 0 && fabs(slope[k]) + fabs(slope[l]) < 1.0e-3)
                            continue; /* no direction, or one whose square underflows */
                        eot_point p = {start[i], start[j], 0.0};
                        eot_vec3 u = {(f32)slope[k], (f32)slope[l], (f32)sign};
                        u = eot_vec3_unit(u);
                        eot_random g = eot_random_init((u64)n++, EOT_STAGE_MUON, 0, 1, 0);
                        eot_muon m = eot_muon_start(box_matter(&b), (eot_muon_origin){p, u, 10.0f, 0.0f, 1}, 12345u);
                        cr_assert_eq(m.fate, EOT_MUON_ALIVE);
                        double path, chord = 1.0e30, at[3] = {p.x, p.y, p.z},
                                     d[3] = {(double)u.x, (double)u.y, (double)u.z};
                        int n_step;
                        eot_muon_step end = fly(&b, m, g, &path, &n_step);
                        for (int a = 0; a < 3; a++)
                            if (d[a] != 0.0) chord = fmin(chord, fmax(((d[a] > 0.0 ? 3.5 : -3.5) - at[a]) / d[a], 0.0));
                        cr_assert_eq(end.muon.fate, EOT_MUON_ESCAPED, "fate %d from (%.10g, %.10g) along (%g, %g, %g)",
                                     end.muon.fate, p.x, p.y, d[0], d[1], d[2]);
                        cr_assert_float_eq(path, chord, 1.0e-5,
                                           "path %g, chord %g from (%.10g, %.10g) along (%g, %g, %g)", path, chord, p.x,
                                           p.y, d[0], d[1], d[2]);
                        cr_assert_leq(n_step, 25);
                    }
    eot_f32_table_free(&b.table);
}

Test(muon_geometry, a_start_outside_the_world_has_escaped) {
    struct eot_muon_options o = eot_muon_options_default();
    struct box b;
    box_create(&b, &o);
    eot_point p = {0.0, 3.5, 0.0};
    eot_vec3 u = {0.0f, 0.0f, 1.0f};
    cr_expect_eq(eot_muon_start(box_matter(&b), (eot_muon_origin){p, u, 10.0f, 0.0f, 1}, 1u).fate, EOT_MUON_ESCAPED);
    eot_f32_table_free(&b.table);
}

Test(muon_geometry, a_homogeneous_field_bends_on_a_circle_and_keeps_the_energy) {
    struct eot_muon_options o = eot_muon_options_default();
    struct box b;
    box_create(&b, &o);
    make_vacuum(&b);
    for (int charge = -1; charge <= 1; charge += 2)
        for (int k = 0; k < 2; k++) {
            b.region[0].field_y = 1.8f;
            b.region[0].max_step = k == 0 ? 1.0e9f : 0.03f;
            eot_point p = {0.0, 0.0, -3.5};
            eot_vec3 u = {0.0f, 0.0f, 1.0f};
            double T = 0.05, momentum = sqrt(T * (T + 2.0 * 0.1056583755)),
                   radius = momentum / (2.99792458e-3 * 1.8); /* 21 cm */
            eot_muon m = eot_muon_start(box_matter(&b), (eot_muon_origin){p, u, (f32)T, 0.0f, charge}, 1u);
            double path;
            int n_step;
            eot_muon_step end = fly(&b, m, eot_random_init(1, EOT_STAGE_MUON, 0, 1, 0), &path, &n_step);
            /* 1 um: what one Newton step to the boundary leaves over seven voxels of R/21. A positive charge in a field
             * along +y is pushed along u x B = z x y = -x */
            double want = -charge * (radius - sqrt(radius * radius - 49.0)), sine = -charge * 7.0 / radius;
            cr_expect_eq(end.muon.fate, EOT_MUON_ESCAPED);
            cr_expect_float_eq(end.muon.position.x, want, 1.0e-4, "charge %d: sagitta %g cm, circle %g", charge,
                               end.muon.position.x, want);
            cr_expect_float_eq((double)end.muon.direction.x, sine, 1.0e-5, "charge %d: sine %g, circle %g", charge,
                               (double)end.muon.direction.x, sine);
            cr_expect_eq(end.muon.kinetic_energy, (f32)T, "energy changed");
            cr_expect_float_eq(path, radius * asin(7.0 / radius), 2.0e-4);
        }
    eot_f32_table_free(&b.table);
}

/* T before + rest = T after + named parts for every muon, fates all accounted for, in a medium where everything
 * happens: slow muons in iron layers. */
Test(muon_geometry, energy_balances_for_every_muon_and_every_fate_is_named) {
    struct eot_muon_options o = eot_muon_options_default();
    double T[] = {0.02, 0.3, 2.0, 30.0, 200.0};
    for (int merge = 0; merge < 2; merge++) {
        struct slab s;
        struct eot_error err = {0};
        cr_assert_eq(slab_calorimeter(&s, &o, 0, 1, merge, &err), EOT_OK, "%s", err.text);
        s.region[0].field_x = 1.0f;
        for (int k = 0; k < 5; k++) {
            struct slab_result r;
            slab_shoot(&s, T[k], 2000, 17, &r);
            /* float sums of some hundred terms */
            cr_expect_lt(r.worst_balance, 1.0e-6 * (T[k] + 0.2), "T %g, merge %d: balance %g GeV", T[k], merge,
                         r.worst_balance);
            cr_expect_eq(r.n_fault, 0);
            for (int i = 0; i < r.n_out; i++)
                cr_assert(r.visible[i] >= 0.0 && r.visible[i] <= r.loss[i] * (1.0 + 1.0e-6));
            slab_result_free(&r);
        }
        slab_free(&s);
    }
}
