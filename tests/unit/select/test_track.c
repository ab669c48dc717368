/* The fit of tracks against exact helices: set-ups with fields along x, y and z, several magnets, chambers inside them;
 * both charges from 1 to 300 GeV. The paths are followed here in double with cosines and sines, piece by piece; only
 * the set-up is the program's. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/track.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "world/spectrometer.h"

/* A spectrometer behind an ECAL that ends at 45 cm. */
struct layout {
    const char *name, *volumes;
};
#define CHAMBER(name, z, size, resolution) \
    "    - {name: " name ", role: tracker, z: " z " cm, size: [" size " cm, " size \
    " cm], material: vacuum, thickness: " \
    "8 mm, resolution: " resolution "}\n"
#define MAGNET(name, z, length, size, field) \
    "    - {name: " name ", role: magnet, z: " z " cm, size: [" size "], material: vacuum, thickness: " length \
    " cm, field: [" field "]}\n"
static const struct layout LAYOUT[] = {
    {"a dipole along y", CHAMBER("t0", "500", "80", "100 um") CHAMBER("t1", "600", "80", "100 um")
                             MAGNET("m", "620", "200", "90 cm, 90 cm", "0 T, 0.7 T, 0 T")
                                 CHAMBER("t2", "840", "160", "100 um") CHAMBER("t3", "940", "160", "100 um")},
    {"a dipole along x, 1 mm", CHAMBER("t0", "500", "80", "1 mm") CHAMBER("t1", "600", "80", "1 mm")
                                   MAGNET("m", "620", "200", "90 cm, 90 cm", "-1.4 T, 0 T, 0 T")
                                       CHAMBER("t2", "840", "160", "1 mm") CHAMBER("t3", "940", "160", "1 mm")},
    {"along x and y, chambers of 50 um inside",
     CHAMBER("t0", "500", "80", "50 um") MAGNET("m", "560", "300", "90 cm, 90 cm", "0.5 T, -0.9 T, 0 T")
         CHAMBER("t1", "600", "60", "50 um") CHAMBER("t2", "700", "60", "50 um") CHAMBER("t3", "850", "60", "50 um")},
    {"two magnets of opposite fields",
     CHAMBER("t0", "500", "80", "100 um") CHAMBER("t1", "550", "80", "100 um")
         MAGNET("a", "560", "100", "90 cm, 90 cm", "0 T, 1 T, 0 T") CHAMBER("t2", "680", "80", "100 um")
             MAGNET("b", "700", "100", "90 cm, 90 cm", "0 T, -1.2 T, 0 T") CHAMBER("t3", "820", "100", "100 um")
                 CHAMBER("t4", "900", "100", "100 um")},
    {"three magnets of 30 cm, one cut in two, one along the beam",
     CHAMBER("t0", "400", "30", "200 um") CHAMBER("t1", "480", "30", "200 um")
         MAGNET("a", "500", "60", "50 cm, 50 cm", "0 T, 0.9 T, 0 T")
             MAGNET("b", "560", "60", "50 cm, 50 cm", "0 T, 0.9 T, 0 T")
                 MAGNET("c", "640", "80", "60 cm, 60 cm", "0.2 T, 0.1 T, 2 T") CHAMBER("t2", "740", "80", "200 um")
                     MAGNET("d", "760", "50", "90 cm, 90 cm", "0.3 T, 0.6 T, 0 T") CHAMBER("t3", "830", "90", "200 um")
                         CHAMBER("t4", "930", "120", "200 um")},
    {"one chamber in front, three behind, a field before them all",
     MAGNET("far", "60", "100", "60 cm, 60 cm", "0 T, 2 T, 0 T") CHAMBER("t0", "500", "80", "100 um")
         MAGNET("m", "520", "150", "90 cm, 90 cm", "0 T, 0.8 T, 0 T") CHAMBER("t1", "700", "90", "100 um")
             CHAMBER("t2", "800", "120", "100 um") CHAMBER("t3", "950", "160", "100 um")
                 MAGNET("last", "960", "30", "90 cm, 90 cm", "0 T, -3 T, 0 T")},
};
enum { N_LAYOUT = sizeof LAYOUT / sizeof LAYOUT[0] };

struct world {
    struct eot_config config;
    struct eot_setup setup;
    struct eot_f32_table table;
    eot_spectrometer s;
};

static void world_open(struct world *w, const char *matter, const char *volumes) {
    struct eot_error err = {0};
    char text[4096];
    memset(w, 0, sizeof *w);
    snprintf(text, sizeof text,
             "schema: eotmc-config/1\nname: tracks\nbeam: {particle: e-, energy: 100 GeV, position_z: -5 cm}\n"
             "geometry:\n  world: {material: %s, min: [-200 cm, -200 cm, -10 cm], max: [200 cm, 200 cm, 1000 cm]}\n"
             "  volumes:\n    - {name: ecal, role: ecal, z: 0 cm, size: [23 cm, 23 cm], repeat: 150, layers: "
             "[{material: lead, thickness: 1.5 mm}, {material: polystyrene, thickness: 1.5 mm, active: on}]}\n%s",
             matter, volumes);
    cr_assert_eq(eot_config_read_text("tracks", text, NULL, 0, &w->config, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_setup_create(&w->config, &w->setup, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_spectrometer_build(&w->config, &w->setup, &w->table, &w->s, &err), EOT_OK, "%s", err.text);
}
static void world_close(struct world *w) {
    eot_f32_table_free(&w->table);
    eot_setup_free(&w->setup);
    eot_config_free(&w->config);
}

/* --- exact paths */

struct ray {
    double at[3], u[3];
};

/* The field's volume at a place, NULL: none. */
static const struct eot_volume_config *volume_at(const struct world *w, const double at[3]) {
    for (size_t i = 0; i < w->config.geometry.n_volume; i++) {
        const struct eot_volume_config *v = &w->config.geometry.volume[i];
        if (v->role == EOT_ROLE_MAGNET && fabs(at[0] - v->center_x) < v->size_x / 2 &&
            fabs(at[1] - v->center_y) < v->size_y / 2 && at[2] >= v->z && at[2] < v->z + v->thickness)
            return v;
    }
    return NULL;
}

/* After a path s in the field b [1/cm]: the part of u along b stays, the other turns about it. */
static struct ray turned(struct ray r, const double b[3], double s) {
    double size = sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]);
    struct ray to = r;
    if (!(size > 0.0)) {
        for (int k = 0; k < 3; k++) to.at[k] += s * r.u[k];
        return to;
    }
    double n[3] = {b[0] / size, b[1] / size, b[2] / size}, along = 0.0, angle = size * s;
    for (int k = 0; k < 3; k++) along += n[k] * r.u[k];
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        double across = r.u[k] - along * n[k], turn = r.u[i] * n[j] - r.u[j] * n[i];
        to.u[k] = along * n[k] + across * cos(angle) + turn * sin(angle);
        to.at[k] += along * n[k] * s + across * sin(angle) / size + turn * (1.0 - cos(angle)) / size;
    }
    return to;
}

/* On to the plane z. */
static struct ray to_plane(struct ray r, const double b[3], double z) {
    for (int i = 0; i < 20 && fabs(z - r.at[2]) > 1e-13 * fabs(z); i++) r = turned(r, b, (z - r.at[2]) / r.u[2]);
    r.at[2] = z;
    return r;
}

/* Hits of a track that starts at the first chamber. @return whether it enters and leaves fields through their faces
 * along the beam only. */
static bool exact_hits(const struct world *w, struct ray r, double charge_p, eot_track_hits *hits) {
    enum { N_PART = 10 };
    bool is_inside = true;
    int n = 1;
    memset(hits, 0, sizeof *hits);
    hits->x[0] = r.at[0];
    hits->y[0] = r.at[1];
    r.at[2] = (double)w->s.plane_z[0];
    while (n < w->s.n_plane) {
        double next = (double)w->s.plane_z[n];
        for (size_t i = 0; i < w->config.geometry.n_volume; i++) {
            const struct eot_volume_config *v = &w->config.geometry.volume[i];
            const double face[2] = {v->z, v->z + v->thickness};
            for (int k = 0; k < 2 && v->role == EOT_ROLE_MAGNET; k++)
                if (face[k] > r.at[2] + 1e-9 && face[k] < next) next = face[k];
        }
        const struct eot_volume_config *v = volume_at(w, r.at);
        double b[3] = {0.0};
        for (int k = 0; k < 3 && v != NULL; k++) b[k] = 2.99792458e-3 * charge_p * v->field[k];
        double step = (next - r.at[2]) / N_PART;
        for (int k = 1; k <= N_PART; k++) {
            r = to_plane(r, b, k == N_PART ? next : r.at[2] + step);
            double before[3] = {r.at[0], r.at[1], next - 1e-9};
            const struct eot_volume_config *now = volume_at(w, k == N_PART ? before : r.at);
            for (int a = 0; a < 3; a++)
                is_inside &= (now != NULL ? now->field[a] : 0.0) == (v != NULL ? v->field[a] : 0.0);
        }
        if (fabs(next - (double)w->s.plane_z[n]) < 1e-9) {
            hits->x[n] = r.at[0];
            hits->y[n++] = r.at[1];
        }
    }
    return is_inside;
}

/* --- tracks */

static double gauss(u64 event, u32 draw) {
    eot_random r = eot_random_init(event, EOT_STAGE_PROBE, 7, 1, 0);
    r.draw = draw;
    eot_u32x4 b = eot_random_block(r);
    return (double)eot_normal(b.x, b.y).a;
}
static double uniform(u64 event, u32 draw) {
    eot_random r = eot_random_init(event, EOT_STAGE_PROBE, 8, 1, 0);
    r.draw = draw;
    return (double)eot_uniform(eot_random_block(r).x);
}

static struct ray some_track(u64 event) {
    double sx = 0.03 * (2.0 * uniform(event, 0) - 1.0), sy = 0.03 * (2.0 * uniform(event, 1) - 1.0),
           norm = sqrt(1.0 + sx * sx + sy * sy);
    return (struct ray){{8.0 * uniform(event, 2) - 4.0, 8.0 * uniform(event, 3) - 4.0, 0.0},
                        {sx / norm, sy / norm, 1.0 / norm}};
}

/* Of exact hits the fit gives back what they were made with, to the rounding of its integration. */
Test(track, exact_helices_are_found_again) {
    static const double P[] = {1.0, 2.0, 5.0, 20.0, 100.0, 300.0};
    for (int l = 0; l < N_LAYOUT; l++) {
        struct world w;
        world_open(&w, "vacuum", LAYOUT[l].volumes);
        cr_assert(w.s.has_track, "%s", LAYOUT[l].name);
        int n_inside = 0, n_outside = 0;
        for (u64 i = 0; i < 240; i++) {
            double p = P[i % 6] * (i % 2 == 0 ? 1.0 : -1.0);
            eot_track_hits hits;
            bool is_inside = exact_hits(&w, some_track(i), 1.0 / p, &hits);
            eot_track_result r = eot_track_fitted(w.table.value, &w.s, hits);
            n_inside += is_inside;
            n_outside += !is_inside;
            cr_expect_eq(r.is_fitted, is_inside, "%s: %g GeV, track %d", LAYOUT[l].name, p, (int)i);
            if (!r.is_fitted) continue;
            cr_expect_float_eq(r.start.charge_p * p, 1.0, 2e-5, "%s: %g GeV: %g", LAYOUT[l].name, p,
                               1.0 / r.start.charge_p);
            cr_expect_lt(r.chi2, 1e-3, "%s: chi2 %g", LAYOUT[l].name, r.chi2);
        }
        cr_expect_gt(n_inside, 120, "%s: %d tracks inside, %d outside", LAYOUT[l].name, n_inside, n_outside);
        world_close(&w);
    }
}

/* Probability of the larger of two deviations of the pulls' distribution: in 20 bins of equal content. */
static double normal_p(const double *pull, int n) {
    enum { N_BIN = 20 };
    int count[N_BIN] = {0};
    double chi2 = 0.0;
    for (int i = 0; i < n; i++) {
        int bin = (int)(gsl_cdf_ugaussian_P(pull[i]) * N_BIN);
        count[bin < N_BIN ? bin : N_BIN - 1]++;
    }
    for (int b = 0; b < N_BIN; b++) chi2 += pow(count[b] - (double)n / N_BIN, 2.0) / ((double)n / N_BIN);
    return gsl_cdf_chisq_Q(chi2, N_BIN - 1);
}

/* With smeared hits: (1/p - 1/p_true)/error is normal, and the probability of chi2 is uniform. */
Test(track, errors_are_those_of_the_spread) {
    enum { N = 1500 };
    static double pull[N], from_chi2[N];
    static const double P[] = {-5.0, 30.0, -100.0, 300.0};
    for (int l = 0; l < N_LAYOUT; l++) {
        struct world w;
        world_open(&w, "vacuum", LAYOUT[l].volumes);
        for (int k = 0; k < 4; k++) {
            int n = 0, n_wrong = 0, n_above = 0;
            double expected_wrong = 0.0;
            for (u64 i = 0; i < N; i++) {
                eot_track_hits hits;
                if (!exact_hits(&w, some_track(i), 1.0 / P[k], &hits)) continue;
                for (int c = 0; c < w.s.n_plane; c++) {
                    hits.x[c] += (double)w.s.plane_resolution[c] * gauss(i, (u32)(2 * c));
                    hits.y[c] += (double)w.s.plane_resolution[c] * gauss(i, (u32)(2 * c + 1));
                }
                eot_track_result r = eot_track_fitted(w.table.value, &w.s, hits);
                if (!r.is_fitted) continue; /* near the edge of the field */
                pull[n] = (r.start.charge_p - 1.0 / P[k]) / r.error;
                from_chi2[n++] = gsl_cdf_ugaussian_Pinv(gsl_cdf_chisq_P(r.chi2, eot_track_freedom(w.s.n_plane)));
                expected_wrong += gsl_cdf_ugaussian_Q(1.0 / (fabs(P[k]) * r.error));
                n_wrong += r.start.charge_p * P[k] < 0.0;
                n_above += r.start.charge_p * P[k] > 1.0;
            }
            cr_assert_gt(n, N / 4, "%s: %g GeV: %d tracks", LAYOUT[l].name, P[k], n);
            double p = normal_p(pull, n), p_chi2 = normal_p(from_chi2, n);
            cr_expect_gt(p, 1e-4, "%s: %g GeV: pulls are normal with p = %g", LAYOUT[l].name, P[k], p);
            cr_expect_gt(p_chi2, 1e-4, "%s: %g GeV: chi2 is one with p = %g", LAYOUT[l].name, P[k], p_chi2);
            cr_expect_leq(fabs(n_wrong - expected_wrong), 5.0 * sqrt(expected_wrong + 1.0),
                          "%s: %g GeV: %d wrong, not %g", LAYOUT[l].name, P[k], n_wrong, expected_wrong);
            cr_expect_leq(fabs(n_above - 0.5 * n), 2.5 * sqrt(n), "%s: %g GeV: median of p/p_true: %d of %d above 1",
                          LAYOUT[l].name, P[k], n_above, n);
        }
        world_close(&w);
    }
}

/* Hits of a straight line through x, y at the first chamber with slopes dx/dz, dy/dz. */
static eot_track_hits straight(const struct world *w, double x, double y, double slope_x, double slope_y) {
    eot_track_hits hits;
    memset(&hits, 0, sizeof hits);
    for (int i = 0; i < w->s.n_plane; i++) {
        double z = (double)w->s.plane_z[i] - (double)w->s.plane_z[0];
        hits.x[i] = x + slope_x * z;
        hits.y[i] = y + slope_y * z;
    }
    return hits;
}

/* Wide chambers, a narrow field: what passes beside it, or through one of its sides, has no momentum. */
Test(track, without_the_whole_field_there_is_no_momentum) {
    struct world w;
    world_open(&w, "vacuum",
               CHAMBER("t0", "500", "80", "100 um") CHAMBER("t1", "600", "80", "100 um")
                   MAGNET("m", "620", "200", "50 cm, 20 cm", "0 T, 0.7 T, 0 T") CHAMBER("t2", "840", "80", "100 um")
                       CHAMBER("t3", "940", "80", "100 um"));
    cr_expect(eot_track_fitted(w.table.value, &w.s, straight(&w, 0.0, 0.0, 1e-6, 0.0)).is_fitted, "through the middle");
    cr_expect(eot_track_fitted(w.table.value, &w.s, straight(&w, 24.0, 9.0, 0.0, 0.0)).is_fitted, "near the corner");
    const double beside[][4] = {{26.0, 0.0, 0.0, 0.0},    {0.0, 12.0, 0.0, 0.0},   {-30.0, -15.0, 0.0, 0.0},
                                {22.0, 0.0, 0.02, 0.0},   {0.0, -13.0, 0.0, 0.02}, {30.0, 0.0, -0.04, 0.0},
                                {27.0, 11.0, 0.0, -0.01}, {0.0, 14.0, 0.0, -0.02}};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        const double *b = beside[i];
        eot_track_result r = eot_track_fitted(w.table.value, &w.s, straight(&w, b[0], b[1], b[2], b[3]));
        cr_expect(!r.is_fitted, "(%g, %g) with slopes (%g, %g): %g GeV", b[0], b[1], b[2], b[3],
                  1.0 / r.start.charge_p);
    }
    world_close(&w);
}

/* A magnet cut in two along any axis is the same magnet, and one that no track meets is none. */
Test(track, pieces_of_a_magnet_are_the_magnet) {
    static const char *const FRONT = CHAMBER("t0", "500", "80", "100 um") CHAMBER("t1", "600", "80", "100 um"),
                             *const BACK = CHAMBER("t2", "840", "80", "100 um") CHAMBER("t3", "940", "80", "100 um"),
                             *const WHOLE = MAGNET("m", "620", "200", "50 cm, 20 cm", "0.1 T, 0.7 T, 0 T");
#define PIECE(name, z, length, size, center) \
    "    - {name: " name ", role: magnet, z: " z " cm, center: [" center "], size: [" size \
    "], material: vacuum, thickness: " length " cm, field: [0.1 T, 0.7 T, 0 T]}\n"
    static const char *const CUT[] = {
        PIECE("a", "620", "73.3", "50 cm, 20 cm", "0 cm, 0 cm")
            PIECE("b", "693.3", "126.7", "50 cm, 20 cm", "0 cm, 0 cm"),
        PIECE("a", "620", "200", "20.4 cm, 20 cm", "-14.8 cm, 0 cm")
            PIECE("b", "620", "200", "29.6 cm, 20 cm", "10.2 cm, 0 cm"),
        PIECE("a", "620", "200", "50 cm, 10 cm", "0 cm, -5 cm") PIECE("b", "620", "200", "50 cm, 10 cm", "0 cm, 5 cm"),
        PIECE("m", "620", "200", "50 cm, 20 cm", "0 cm, 0 cm")
            MAGNET("far", "700", "50", "40 cm, 40 cm", "0 T, 3 T, 0 T"), /* moved aside below */
    };
    char text[4096];
    struct world whole, cut;
    snprintf(text, sizeof text, "%s%s%s", FRONT, WHOLE, BACK);
    world_open(&whole, "vacuum", text);
    for (int c = 0; c < 4; c++) {
        snprintf(text, sizeof text, "%s%s%s", FRONT, CUT[c], BACK);
        char *aside = strstr(text, "name: far, ");
        if (aside != NULL) {
            memmove(aside + 43, aside + 11, strlen(aside + 11) + 1);
            memcpy(aside + 11, "center: [ 100 cm , 100 cm    ], ", 32);
        }
        world_open(&cut, "vacuum", text);
        for (u64 i = 0; i < 60; i++) {
            eot_track_hits hits;
            exact_hits(&whole, some_track(i), (i % 2 == 0 ? 0.05 : -0.2), &hits);
            eot_track_result a = eot_track_fitted(whole.table.value, &whole.s, hits),
                             b = eot_track_fitted(cut.table.value, &cut.s, hits);
            cr_expect_eq(a.is_fitted, b.is_fitted, "cut %d, track %d", c, (int)i);
            if (a.is_fitted)
                cr_expect_float_eq(a.start.charge_p, b.start.charge_p, 1e-6 * fabs(a.start.charge_p), "cut %d", c);
        }
        world_close(&cut);
    }
    world_close(&whole);
}

/* Why a spectrometer measures nothing, and how well it measures else. */
Test(track, what_cannot_be_measured_is_said) {
#define FOUR \
    CHAMBER("t0", "500", "40", "100 um") \
    CHAMBER("t1", "600", "40", "100 um") CHAMBER("t2", "840", "40", "100 um") CHAMBER("t3", "940", "40", "100 um")
#define THREE \
    CHAMBER("t0", "500", "40", "100 um") CHAMBER("t1", "600", "40", "100 um") CHAMBER("t2", "840", "40", "100 um")
#define DIPOLE(z, field) MAGNET("m", z, "100", "50 cm, 50 cm", field)
    static const struct {
        const char *volumes, *problem, *remark; /* NULL: none */
    } CASE[] = {
        {"", NULL, NULL},
        {MAGNET("m", "620", "100", "50 cm, 50 cm", "0 T, 1 T, 0 T"), NULL, NULL},
        {FOUR DIPOLE("620", "0 T, 1 T, 0 T"), NULL, NULL},
        {FOUR DIPOLE("620", "1 T, 0 T, 0 T"), NULL, NULL},
        {FOUR DIPOLE("620", "0.1 T, 0 T, 3 T"), NULL, NULL},
        {FOUR MAGNET("m", "620", "100", "30 cm, 50 cm", "0 T, 1 T, 0 T"), NULL, "-20 to 20 cm in x"},
        {FOUR MAGNET("m", "620", "100", "50 cm, 20 cm", "0 T, 1 T, 0 T"), NULL, "-20 to 20 cm in y"},
        {THREE DIPOLE("620", "0 T, 1 T, 0 T"), "3 chambers behind the ECAL", NULL},
        {CHAMBER("t0", "500", "40", "100 um") DIPOLE("620", "0 T, 1 T, 0 T"), "no field between the chambers", NULL},
        {FOUR, "no field between the chambers t0 to t3", NULL},
        {FOUR DIPOLE("100", "0 T, 1 T, 0 T"), "m lies in front of the first", NULL},
        {FOUR MAGNET("m", "960", "30", "50 cm, 50 cm", "0 T, 1 T, 0 T"), "or behind the last", NULL},
        {FOUR DIPOLE("620", "0 T, 0 T, 1 T"), "the field of m is along the beam", NULL},
        {FOUR MAGNET("a", "620", "50", "50 cm, 50 cm", "0 T, 1 T, 0 T")
             MAGNET("b", "670", "100", "50 cm, 50 cm", "0 T, -1 T, 0 T")
                 MAGNET("c", "770", "50", "50 cm, 50 cm", "0 T, 1 T, 0 T"),
         "its bends cancel", NULL},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof CASE[0]; i++) {
        struct world w;
        char problem[EOT_SPECTROMETER_TEXT], remark[EOT_SPECTROMETER_TEXT] = "";
        world_open(&w, "vacuum", CASE[i].volumes);
        eot_spectrometer_problem(&w.config, w.table.value, &w.s, problem);
        if (CASE[i].problem == NULL)
            cr_expect_str_eq(problem, "", "case %zu: %s", i, problem);
        else
            cr_expect_not_null(strstr(problem, CASE[i].problem), "case %zu: %s", i, problem);
        cr_expect_eq(w.s.has_track, w.s.n_plane > 0 && CASE[i].problem == NULL, "case %zu", i);
        if (w.s.has_track) eot_spectrometer_remark(&w.config, w.table.value, &w.s, remark);
        if (CASE[i].remark == NULL)
            cr_expect_str_eq(remark, "", "case %zu: %s", i, remark);
        else
            cr_expect_not_null(strstr(remark, CASE[i].remark), "case %zu: %s", i, remark);
        world_close(&w);
    }
}

/* Two chambers of 100 um 1 m apart on either side measure the angle to sqrt(2) 0.1 mm/1 m each, the bend of 0.3 GeV/p
 * to 0.2 mrad. Scattering in air adds the same at every momentum. */
Test(track, the_expected_resolution_is_that_of_the_lever_arms) {
    struct world vacuum, air;
    double first = 0.0;
    world_open(&vacuum, "vacuum", FOUR DIPOLE("680", "0 T, 1 T, 0 T"));
    world_open(&air, "air", FOUR DIPOLE("680", "0 T, 1 T, 0 T"));
    for (double p = 10.0; p < 300.0; p *= 2.0) {
        double expected = 2e-4 / (0.299792458 / p),
               got = eot_spectrometer_resolution(vacuum.table.value, &vacuum.s, &vacuum.config, p, 1),
               with_air = eot_spectrometer_resolution(air.table.value, &air.s, &air.config, p, 1),
               added = sqrt(with_air * with_air - got * got);
        cr_expect_float_eq(got, expected, 0.01 * expected, "%g GeV: %g, not %g", p, got, expected);
        if (!(first > 0.0)) first = added;
        cr_expect(added > 0.9 * first && added < 1.1 * first && first > 1e-3, "%g GeV: %g by air, %g at 10 GeV", p,
                  added, first);
    }
    world_close(&vacuum);
    world_close(&air);
}
