/* The spectrometer against straight lines with an analytic bend. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/track.h"

#include <criterion/criterion.h>

static eot_random RANDOM; /* all planes are exact: numbers are drawn, but not used */

/* Two planes on each side of a magnet of 7 T cm x 100, at z = 500 and 600, 900 and 1000 cm. */
static eot_response spectrometer(float field_integral) {
    eot_response r;
    memset(&r, 0, sizeof r);
    r.n_plane = 4;
    r.n_before = 2;
    r.field_integral = field_integral;
    const float z[4] = {500.0f, 600.0f, 900.0f, 1000.0f};
    memcpy(r.plane_z, z, sizeof z);
    return r;
}

/* Hits of straight lines through x = 1 cm at z = 700 cm. */
static eot_muon_outcome hits(const eot_response *r, double slope_before, double slope_after) {
    eot_muon_outcome m = eot_muon_outcome_none();
    for (int i = 0; i < r->n_plane; i++) {
        m.hit[i].is_hit = 1.0f;
        m.hit[i].x = (float)(1.0 + (i < r->n_before ? slope_before : slope_after) * ((double)r->plane_z[i] - 700.0));
    }
    return m;
}

/* A charge q with momentum p through an integral of B_y gets the transverse momentum -0.2998 q B L [GeV/c, T m]. */
Test(track, momentum_is_that_of_the_bend) {
    const double momentum[] = {10.0, 20.0, 50.0, 100.0}, field[] = {700.0, -700.0, 1400.0},
                 start[] = {-0.02, 0.0, 0.015};
    for (int i = 0; i < 4; i++)
        for (int b = 0; b < 3; b++)
            for (int s = 0; s < 3; s++)
                for (int q = -1; q <= 1; q += 2) {
                    eot_response r = spectrometer((float)field[b]);
                    double sine = sin(atan(start[s])) - 0.299792458e-2 * q * field[b] / momentum[i];
                    eot_track t = eot_track_fit(hits(&r, start[s], tan(asin(sine))), &r, RANDOM);
                    /* hits are rounded to 6e-8 of up to 20 cm, over 100 cm: 2e-8 of a slope */
                    double tolerance = 5e-8 / fabs(0.299792458e-2 * field[b] / momentum[i]) + 1e-5;
                    cr_expect_float_eq((double)t.momentum / (q * momentum[i]), 1.0, tolerance,
                                       "%d x %g GeV in %g T cm from %g: %g", q, momentum[i], field[b], start[s],
                                       (double)t.momentum);
                }
}

Test(track, a_straight_line_has_the_largest_momentum) {
    eot_response r = spectrometer(700.0f);
    cr_expect_eq(eot_track_fit(hits(&r, 0.0, 0.0), &r, RANDOM).momentum, 1e7f);
}

Test(track, there_is_none_without_all_hits_planes_and_a_field) {
    for (int missing = 0; missing < 4; missing++) {
        eot_response r = spectrometer(700.0f);
        eot_muon_outcome m = hits(&r, 0.0, 0.01);
        m.hit[missing].is_hit = 0.0f;
        cr_expect_eq(eot_track_fit(m, &r, RANDOM).momentum, 0.0f, "plane %d missed", missing);
        cr_expect_eq(eot_muon_has_crossed(m, r.n_plane), 0);
    }
    eot_response r = spectrometer(0.0f);
    cr_expect_eq(eot_track_fit(hits(&r, 0.0, 0.01), &r, RANDOM).momentum, 0.0f, "no field");
    r = spectrometer(700.0f);
    for (int n_before = 0; n_before <= 4; n_before++) {
        r.n_before = n_before;
        eot_muon_outcome m = hits(&r, 0.0, 0.01);
        for (int i = 0; i < 4; i++) m.hit[i].x += (float)(0.001 * i * i); /* no straight line through all */
        cr_expect_eq(eot_track_fit(m, &r, RANDOM).momentum != 0.0f, n_before == 2, "%d planes before", n_before);
    }
    r = spectrometer(700.0f);
    r.n_plane = 0;
    cr_expect_eq(eot_track_fit(eot_muon_outcome_none(), &r, RANDOM).momentum, 0.0f, "no planes");
    cr_expect_eq(eot_muon_has_crossed(eot_muon_outcome_none(), 0), 0, "nothing is no crossing");
}

/* The fit of more than two points is least squares: slope sum (z - mean)(x - mean) / sum (z - mean)^2. */
Test(track, the_line_is_that_of_least_squares) {
    const float z[5] = {0.0f, 1.0f, 3.0f, 4.0f, 7.0f}, x[5] = {0.5f, 0.25f, 2.0f, 1.0f, 3.5f};
    eot_line_sums s = eot_line_sums_none();
    double mz = 0.0, mx = 0.0, szx = 0.0, szz = 0.0;
    for (int i = 0; i < 5; i++) {
        s = eot_line_sums_add(s, z[i], x[i]);
        mz += (double)z[i] / 5.0;
        mx += (double)x[i] / 5.0;
    }
    for (int i = 0; i < 5; i++) {
        szx += ((double)z[i] - mz) * ((double)x[i] - mx);
        szz += ((double)z[i] - mz) * ((double)z[i] - mz);
    }
    cr_expect_float_eq((double)eot_line_slope(s), szx / szz, 1e-6);
}
