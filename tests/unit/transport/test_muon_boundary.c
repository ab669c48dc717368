/* Paths to the boundaries of a voxel, straight and in a field, and the crossing of one. */
#include "muon_matter.h"

/* A helix in double, from the formula of Rodrigues: du/ds = u x b. */
static void helix(const double u[3], const double b[3], double path, double direction[3], double moved[3]) {
    double size = sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]), a = size * path, n[3], c[3], dot = 0.0;
    for (int i = 0; i < 3; i++) n[i] = b[i] / size;
    for (int i = 0; i < 3; i++) dot += u[i] * n[i];
    for (int i = 0; i < 3; i++) c[i] = u[(i + 1) % 3] * n[(i + 2) % 3] - u[(i + 2) % 3] * n[(i + 1) % 3];
    for (int i = 0; i < 3; i++) {
        direction[i] = u[i] * cos(a) + c[i] * sin(a) + n[i] * dot * (1.0 - cos(a));
        moved[i] = (u[i] * sin(a) + c[i] * (1.0 - cos(a)) + n[i] * dot * (a - sin(a))) / size;
    }
}

Test(muon_boundary, helix_is_the_rotation_about_the_field) {
    for (u64 n = 0; n < 1000; n++) {
        eot_u32x4 x = matter_words(n, 0), y = matter_words(n, 1);
        eot_vec3 u = {eot_uniform(x.x) - 0.5f, eot_uniform(x.y) - 0.5f, eot_uniform(x.z) - 0.5f};
        u = eot_vec3_unit(u);
        f32 path = 0.01f + 30.0f * eot_uniform(x.w), bend = 0.45f / path; /* up to 0.45 rad x sqrt(3)/2 */
        eot_vec3 b = {bend * (eot_uniform(y.x) - 0.5f), bend * (eot_uniform(y.y) - 0.5f),
                      bend * (eot_uniform(y.z) - 0.5f)};
        double direction[3], moved[3], in[3] = {(double)u.x, (double)u.y, (double)u.z},
                                       field[3] = {(double)b.x, (double)b.y, (double)b.z};
        helix(in, field, (double)path, direction, moved);
        eot_helix h = eot_helix_moved(u, b, path);
        /* some rounding errors of single precision */
        cr_assert_float_eq((double)h.direction.x, direction[0], 5.0e-7);
        cr_assert_float_eq((double)h.direction.y, direction[1], 5.0e-7);
        cr_assert_float_eq((double)h.direction.z, direction[2], 5.0e-7);
        cr_assert_float_eq((double)h.moved.x, moved[0], 1.0e-6 * (double)path);
        cr_assert_float_eq((double)h.moved.y, moved[1], 1.0e-6 * (double)path);
        cr_assert_float_eq((double)h.moved.z, moved[2], 1.0e-6 * (double)path);
    }
}

Test(muon_boundary, straight_paths_are_those_of_geometry) {
    static struct matter m;
    matter_create(&m, 3, 3, 3);
    for (u64 n = 0; n < 2000; n++) {
        eot_u32x4 x = matter_words(n, 0), y = matter_words(n, 1);
        double p[3] = {3.0 * (double)eot_uniform(x.x), 3.0 * (double)eot_uniform(x.y), 3.0 * (double)eot_uniform(x.z)};
        double u[3] = {(double)eot_uniform(y.x) - 0.5, (double)eot_uniform(y.y) - 0.5, (double)eot_uniform(y.z) - 0.5};
        if (n % 7 == 0) u[n % 3] = 0.0; /* along a plane */
        eot_muon muon = matter_muon(&m, p, u, 10.0);
        double size = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]), to[3];
        for (int a = 0; a < 3; a++)
            to[a] = u[a] > 0.0   ? (floor(p[a]) + 1.0 - p[a]) * size / u[a]
                    : u[a] < 0.0 ? (floor(p[a]) - p[a]) * size / u[a]
                                 : 1.0e30;
        eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
        cr_assert_float_eq((double)ahead.to_z, to[2], 1.0e-6 * to[2]);
        cr_assert_float_eq((double)ahead.to_side, fmin(to[0], to[1]), 1.0e-6 * fmin(to[0], to[1]));
        if (fabs(to[0] - to[1]) > 1.0e-4) cr_assert_eq(ahead.side_axis, to[0] < to[1] ? 0 : 1);
        cr_assert_eq(ahead.up_x + 2 * ahead.up_y + 4 * ahead.up_z, (u[0] > 0.0) + 2 * (u[1] > 0.0) + 4 * (u[2] > 0.0));
        cr_assert_eq(ahead.has_field, 0);
    }
}

Test(muon_boundary, longest_step_is_the_smaller_of_region_and_loss) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    eot_muon muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 4.0);
    /* 5 % of 4 GeV at 0.01 GeV/cm */
    cr_expect_float_eq((double)eot_muon_look_ahead(matter_view(&m), muon, 0.01f).to_limit, 20.0, 1.0e-5);
    m.region[0].max_step = 0.3f;
    cr_expect_eq(eot_muon_look_ahead(matter_view(&m), muon, 0.01f).to_limit, 0.3f);
}

/* In a field along y a muon along z flies on a circle of radius R: a boundary at distance d is R asin(d/R) away. One
 * Newton step from d leaves an error of the order (d/R)^4 d/40. */
Test(muon_boundary, path_in_a_field_ends_on_the_boundary) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    for (int i = 0; i <= 1; i++) m.value[MATTER_EDGES + i] = (f32)(200 * i - 100); /* wide: only z is ahead */
    for (int i = 0; i <= 1; i++) m.value[MATTER_EDGES + MATTER_MOST_EDGES + i] = (f32)(200 * i - 100);
    m.region[0].field_y = 1.5f;
    for (double T = 0.02; T < 50.0; T *= 3.0) {
        eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 0.0}, (double[]){0.0, 0.0, 1.0}, T);
        double p = sqrt(T * (T + 2.0 * 0.1056583755)), radius = p / (2.99792458e-3 * 1.5);
        eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
        double want = radius * asin(1.0 / radius), error = 2.0 * pow(radius, -4.0) / 40.0 + 5.0e-7;
        cr_expect_float_eq((double)ahead.to_z, want, error, "T %g: %.8f cm, circle %.8f cm", T, (double)ahead.to_z,
                           want);
        cr_expect_float_eq((double)ahead.to_limit, 0.2 * radius, 1.0e-5 * radius, "T %g: bend", T);
        cr_expect_float_eq((double)ahead.bend.y, 1.0 / radius, 1.0e-6 / radius);
        cr_expect_eq(ahead.has_field, 1);
        cr_expect_eq(ahead.to_side, EOT_MUON_FAR);
    }
}

/* A boundary that the circle hardly meets: no crossing in this step, which ends where the straight line would cross. */
Test(muon_boundary, grazing_path_in_a_field_does_not_cross_yet) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    m.region[0].field_y = 1.5f;
    /* towards the upper edge in x; a positive charge is bent towards -x */
    eot_muon muon = matter_muon(&m, (double[]){0.9999, 0.5, 0.01}, (double[]){0.001, 0.0, 1.0}, 0.02);
    eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
    cr_expect_eq(ahead.to_side, EOT_MUON_FAR);
    cr_expect_eq(ahead.to_z, EOT_MUON_FAR);
    cr_expect_float_eq((double)ahead.to_limit, 0.1, 1.0e-3);
}

Test(muon_boundary, crossing_puts_the_muon_on_the_edge_of_the_next_voxel) {
    static struct matter m;
    matter_create(&m, 3, 3, 3);
    for (int i = 0; i < 27; i++) m.voxel[i] = (u32)(i % MATTER_N_REGION);
    for (int axis = -1; axis < 3; axis++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double u[3] = {0.1 * sign, 0.1 * sign, 0.1 * sign}, p[3] = {1.5, 1.5, 1.5};
            if (axis >= 0) u[axis] = sign;
            eot_muon muon = matter_muon(&m, p, u, 10.0);
            eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
            eot_muon_arrival end = {0.5f, ahead.edge_z, axis, muon.region};
            eot_muon_place place = eot_muon_cross(matter_view(&m), muon, ahead, end);
            int at[3] = {1, 1, 1};
            double where[3] = {1.5, 1.5, 1.5};
            if (axis >= 0) {
                at[axis] += sign;
                where[axis] = sign > 0 ? 2.0 : 1.0;
            }
            cr_expect(place.i_x == at[0] && place.i_y == at[1] && place.i_z == at[2], "axis %d", axis);
            cr_expect(place.position.x == where[0] && place.position.y == where[1] && place.position.z == where[2]);
            cr_expect_eq(place.region, (at[2] * 9 + at[1] * 3 + at[0]) % MATTER_N_REGION);
            cr_expect_eq(place.is_inside, 1);
        }
}

Test(muon_boundary, crossing_the_last_boundary_leaves_the_grid) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    for (int axis = 0; axis < 3; axis++) {
        double u[3] = {0.0, 0.0, 0.0}, p[3] = {0.5, 0.5, 0.5};
        u[axis] = -1.0;
        eot_muon muon = matter_muon(&m, p, u, 10.0);
        eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
        eot_muon_arrival end = {0.5f, ahead.edge_z, axis, muon.region};
        cr_expect_eq(eot_muon_cross(matter_view(&m), muon, ahead, end).is_inside, 0, "axis %d", axis);
    }
}

/* A muon that a displacement has put beyond the edge flies 0 cm: only its index moves on. */
Test(muon_boundary, crossing_without_a_path_keeps_the_position) {
    static struct matter m;
    matter_create(&m, 1, 1, 2);
    eot_muon muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
    muon.position.z = 1.01;
    eot_muon_ahead ahead = eot_muon_look_ahead(matter_view(&m), muon, 0.0f);
    cr_expect_eq(ahead.to_z, 0.0f);
    eot_muon_arrival end = {0.0f, ahead.edge_z, 2, muon.region};
    eot_muon_place place = eot_muon_cross(matter_view(&m), muon, ahead, end);
    cr_expect_eq(place.i_z, 1);
    cr_expect_eq(place.position.z, 1.01);
}
