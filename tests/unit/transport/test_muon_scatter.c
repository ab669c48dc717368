/* Position, direction and time after a path: the moments of soft scattering against its own formula, Highland's angle,
 * and straight or curved flight without scattering. 5 sigma, fixed seeds. */
#include "muon_matter.h"

#include "../../validation/muon_slab.h"
#include "eotmc/physics/multiple_scattering.h"

enum { N = 200000 };
static const double M = 0.1056583755;

static eot_muon_ahead no_field(void) {
    eot_muon_ahead a;
    memset(&a, 0, sizeof a);
    return a;
}

/* Sums over the intervals of the path that lie in the second medium. */
static eot_muon_layer_sums sums_of(const double (*interval)[2], int n) {
    eot_muon_layer_sums s = {0.0f, 0.0f, 0.0f};
    for (int i = 0; i < n; i++)
        s = eot_muon_layer_sums_add(s, (f32)interval[i][0], (f32)interval[i][1],
                                    (f32)(interval[i][1] - interval[i][0]));
    return s;
}

/* Integrals of the kick along a path of 7 cm with other matter from 1 to 2.5 and from 5 to 6 cm, by small pieces. */
Test(muon_scatter, moments_of_layers_are_integrals_along_the_path) {
    double interval[2][2] = {{1.0, 2.5}, {5.0, 6.0}}, kick = 2.0e-3, other = 5.0e-4, path = 7.0,
           want[3] = {0.0, 0.0, 0.0};
    enum { N_PIECE = 70000 };
    for (int i = 0; i < N_PIECE; i++) {
        double x = (i + 0.5) * path / N_PIECE, here = (x > 1.0 && x < 2.5) || (x > 5.0 && x < 6.0) ? other : kick;
        for (int k = 0; k < 3; k++) want[k] += here * pow(path - x, k) * path / N_PIECE;
    }
    eot_muon_scatter s = eot_muon_scatter_after((f32)kick, (f32)other, (f32)path, sums_of(interval, 2));
    cr_expect_float_eq((double)s.angle2, want[0], 3.0e-6 * want[0]);
    cr_expect_float_eq((double)s.cross2, want[1], 3.0e-6 * want[1]);
    cr_expect_float_eq((double)s.aside2, want[2], 1.0e-5 * want[2]); /* a difference of larger terms */
}

/* One medium: variances s^2 sigma^2/3 of the displacement, correlation sqrt(3)/2 (Rossi 1952). */
static void expect_width(double T, double kick, double path) {
    eot_muon_layer_sums none = {0.0f, 0.0f, 0.0f};
    eot_muon_scatter s = eot_muon_scatter_after((f32)kick, (f32)kick, (f32)path, none);
    eot_muon muon;
    memset(&muon, 0, sizeof muon);
    muon.direction.z = 1.0f;
    muon.kinetic_energy = (f32)T;
    double p = sqrt(T * (T + 2.0 * M)), beta = p / (T + M), sigma2 = kick * path / (p * p * beta * beta);
    double angle2 = 0.0, aside2 = 0.0, cross = 0.0, mean = 0.0, between = 0.0;
    for (int i = 0; i < N; i++) {
        eot_muon_motion m = eot_muon_move(muon, no_field(), (f32)path, s, (f32)T, matter_words((u64)i, 0));
        double tx = (double)m.direction.x / (double)m.direction.z, ty = (double)m.direction.y / (double)m.direction.z,
               x = (double)m.moved.x, y = (double)m.moved.y;
        double size = (double)eot_vec3_dot(m.direction, m.direction);
        cr_assert_float_eq(size, 1.0, 5.0e-7, "not a unit vector: %g", size);
        angle2 += (tx * tx + ty * ty) / (2.0 * N);
        aside2 += (x * x + y * y) / (2.0 * N);
        cross += (x * tx + y * ty) / (2.0 * N);
        between += (tx * ty + x * y / (path * path)) / (2.0 * N);
        mean += (tx + ty) / (2.0 * N);
    }
    double error = 5.0 * sqrt(2.0 / (2.0 * N)); /* of a variance of Gaussian numbers, relative */
    cr_expect_float_eq(angle2 / sigma2, 1.0, error + 2.0 * sigma2, "%g GeV: angle", T);
    cr_expect_float_eq(aside2 / (path * path * sigma2 / 3.0), 1.0, error + 2.0 * sigma2, "%g GeV: displacement", T);
    cr_expect_float_eq(cross / (0.5 * path * sigma2), 1.0, 1.2 * error + 2.0 * sigma2, "%g GeV: covariance", T);
    cr_expect_float_eq(mean, 0.0, 5.0 * sqrt(sigma2 / (2.0 * N)));
    cr_expect_float_eq(between / sigma2, 0.0, 5.0 / sqrt(2.0 * N), "x and y are correlated");
}

Test(muon_scatter, widths_are_those_of_the_kick) {
    expect_width(20.0, 1.3e-4, 3.0);
    expect_width(0.5, 1.3e-5, 0.4);
    expect_width(0.05, 1.0e-6, 0.1);
}

/* The soft part of scattering in iron is narrower than Highland's angle of the whole (13.6 MeV, central 98 %, good to
 * 11
 * %) because collisions above q_cut, two in 100 X0, are events of their own. */
Test(muon_scatter, width_in_iron_is_near_Highland) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s;
    struct eot_error err = {0};
    cr_assert_eq(slab_of(&s, &o, SLAB_IRON, 100.0, &err), EOT_OK, "%s", err.text);
    double X0 = 13.84 / 7.874, T = 20.0, p_beta = T * (T + 2.0 * M) / (T + M);
    for (double t = 1.0; t < 20.0; t *= 3.0) {
        eot_muon_medium medium = eot_muon_medium_at(s.table.value, &s.tables, &s.region[0], (f32)T);
        eot_muon_layer_sums none = {0.0f, 0.0f, 0.0f};
        eot_muon_scatter soft = eot_muon_scatter_after(medium.kick, medium.kick, (f32)(t * X0), none);
        double sigma = sqrt((double)soft.angle2) / p_beta, highland = (double)eot_highland_angle((f32)p_beta, (f32)t);
        cr_expect_float_eq(sigma / highland, 1.0, 0.11, "%g X0: %g mrad, Highland %g mrad", t, 1.0e3 * sigma,
                           1.0e3 * highland);
    }
    slab_free(&s);
}

/* PDG 2022, Eq. 34.16, by hand: 10 GeV, 1 X0 and 0.01 X0. */
Test(muon_scatter, highland_is_the_published_formula) {
    cr_expect_float_eq((double)eot_highland_angle(10.0f, 1.0f), 1.36e-3, 1.0e-8);
    cr_expect_float_eq((double)eot_highland_angle(10.0f, 0.01f), 1.36e-4 * (1.0 + 0.038 * log(0.01)), 1.0e-9);
    cr_expect_float_eq((double)eot_highland_angle2(100.0f, 2.0f), 2.0 * 1.36e-3 * 1.36e-3, 1.0e-11);
}

Test(muon_scatter, time_is_path_over_velocity) {
    eot_muon muon;
    memset(&muon, 0, sizeof muon);
    muon.direction.y = 1.0f;
    muon.time = 2.0f;
    eot_muon_scatter none = {0.0f, 0.0f, 0.0f};
    for (double T = 0.002; T < 100.0; T *= 5.0) {
        muon.kinetic_energy = (f32)(1.02 * T); /* the mean of the step is T */
        eot_muon_motion m = eot_muon_move(muon, no_field(), 30.0f, none, (f32)(0.98 * T), matter_words(0, 0));
        double beta = sqrt(T * (T + 2.0 * M)) / (T + M);
        cr_expect_float_eq((double)m.time, 2.0 + 30.0 / (beta * 29.9792458), 3.0e-6, "T %g", T);
        cr_expect(m.moved.x == 0.0f && m.moved.y == 30.0f && m.moved.z == 0.0f && m.direction.y == 1.0f);
    }
}

/* A field bends at the mean momentum of the step: half a loss of 4 % turns by 2 % more. */
Test(muon_scatter, a_field_bends_at_the_mean_momentum) {
    eot_muon muon;
    memset(&muon, 0, sizeof muon);
    muon.direction.z = 1.0f;
    muon.kinetic_energy = 5.0f;
    eot_muon_ahead a = no_field();
    a.has_field = 1;
    a.bend.y = 1.0e-3f;
    eot_muon_scatter none = {0.0f, 0.0f, 0.0f};
    double before = sqrt(5.0 * (5.0 + 2.0 * M)), middle = sqrt(4.9 * (4.9 + 2.0 * M)), angle = 0.02 * before / middle;
    eot_muon_motion m = eot_muon_move(muon, a, 20.0f, none, 4.8f, matter_words(0, 0));
    cr_expect_float_eq((double)m.direction.x, -sin(angle), 1.0e-7); /* u x b = z x y = -x */
    cr_expect_float_eq((double)m.moved.x, -20.0 / angle * (1.0 - cos(angle)), 1.0e-6);
    cr_expect_float_eq((double)m.moved.z, 20.0 / angle * sin(angle), 3.0e-6);
}
