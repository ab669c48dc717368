/* Showers calibrated for an ECAL's matter: when they are, and that the climb from node to node gives the mean and the
 * width of showers that are followed from their first particle to the lowest cut. */
#include <criterion/criterion.h>
#include <math.h>

#undef EOT_REAL_DOUBLE
#include "eotmc/transport/event.h"

#include "config/config.h"
#include "physics/shower.h"
#include "world/calibrate_showers.h"

static const char LAR[] = "geometry.volumes.ecal.layers=[{material: liquid_argon, thickness: 504 cm, active: on}]",
                  NA64[] = "geometry.volumes.ecal.layers=[{material: lead, thickness: 1.5 mm}, {material: polystyrene, "
                           "thickness: 1.5 mm, active: on}]";

static const eot_deposit_volume *ecal_of(const struct eot_world *w) { return &w->event.volume[w->event.columns.ecal]; }

/* A world of tests/other_ecal.yaml with two overrides. */
static struct eot_world world_with(const char *layers, const char *more) {
    struct eot_config config;
    struct eot_setup setup;
    struct eot_world w;
    struct eot_error err = {0};
    const char *set[] = {layers, more, "geometry.volumes.ecal.repeat=1"};
    cr_assert_eq(eot_config_read(EOT_SOURCE_DIR "/tests/other_ecal.yaml", set, 3, &config, &err), EOT_OK, "%s",
                 err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_world_create_with(&config, &setup, 0.2, &(struct eot_world_options){.no_cache = true}, &w, &err),
                 EOT_OK, "%s", err.text);
    eot_setup_free(&setup);
    eot_config_free(&config);
    return w;
}

static bool is_calibrated(const char *layers, const char *more) {
    struct eot_world w = world_with(layers, more);
    bool is = ecal_of(&w)->shower_table != 0;
    cr_expect_eq(is, w.event.shower.n_own > 0);
    eot_world_free(&w);
    return is;
}

Test(calibrate_showers, only_where_the_constants_do_not_belong) {
    cr_expect(is_calibrated(LAR, "beam.spread=0"));
    cr_expect_not(is_calibrated(NA64, "beam.spread=0"), "NA64's own ECAL keeps its fit");
    cr_expect_not(is_calibrated(LAR, "physics.shower.calibrate=off"));
    cr_expect(is_calibrated(NA64, "physics.shower.calibrate=on"));
    cr_expect_not(is_calibrated(LAR, "physics.shower.depth=[0.1, 1.5, -0.04]"), "what is given wins");
    cr_expect_not(is_calibrated(LAR, "physics.shower.alpha=[2.8, 0.2, -44, 1.1]"), "what is given wins");
}

struct sums {
    const struct eot_world *w;
    double log_critical, inverse_X0, energy, first, second;
};

static void deposit(struct sums *s, double E, double shape, int is_photon, double z) {
    if (!(E > 0.0) || !(shape > 0.0)) return;
    struct eot_shower_moments m = eot_shower_moments(&s->w->event.shower, s->log_critical, is_photon, shape);
    double depth = z * s->inverse_X0;
    s->energy += E;
    s->first += E * (depth + m.mean);
    s->second += E * (depth * depth + 2.0 * depth * m.mean + m.square);
}

/* A step of particle p that starts at p.z, with what it leaves below the cut. */
static eot_cascade_vertex step(struct sums *s, eot_shower_particle p, u32 i, u32 draw) {
    const eot_em_tables *t = &s->w->em;
    eot_u32x4 own = eot_philox(i, 0, (u32)EOT_STAGE_REPLAY << 24, draw, 1, 0);
    eot_cascade_vertex v = eot_cascade_vertex_sample(s->w->table.value, *t, p.E, p.z, p.type,
                                                     eot_philox(i, 0, (u32)EOT_STAGE_CASCADE << 24, draw, 1, 0));
    double start = (double)p.z, path = (double)(v.z - p.z), end = (double)v.z;
    eot_cascade_losses l = {.share = 1.0f, .E = v.E_b};
    if (p.type != EOT_PHOTON) {
        l = eot_cascade_losses_sample(v, p.E, t->cut, eot_uniform(own.x), eot_uniform(own.y));
        end = start + (double)l.share * path;
        double at = start + (double)eot_uniform(own.z) * (end - start), depth = at * s->inverse_X0,
               lost = (double)(l.share * v.ionisation);
        s->energy += lost;
        s->first += lost * depth;
        s->second += lost * depth * depth;
        deposit(s, (double)l.photon, (double)l.photon, 1, start + (double)l.place * path);
        f32 share = eot_photon_share(eot_uniform(own.w), v.path_X0 * l.share, t->cut / eot_max(l.rest, 1e-9f));
        deposit(s, (double)l.rest, (double)(l.rest * share), 1, at);
    }
    if (v.E_a < t->cut) deposit(s, (double)v.E_a, (double)v.E_a, v.type_a == EOT_PHOTON, end);
    if (v.E_b < t->cut) deposit(s, (double)l.E, (double)l.E, v.type_b == EOT_PHOTON, end);
    return v;
}

/* Sums over n showers of a particle. */
static void follow(struct sums *s, double energy, int type, u32 n) {
    f32 cut = s->w->em.cut;
    for (u32 i = 0; i < n; i++) {
        eot_shower_particle stack[EOT_STACK_DEPTH], p = {.E = (f32)energy, .z = 0.0f, .type = type};
        int depth = 1;
        stack[0] = p;
        for (u32 draw = 0; depth > 0; draw++) {
            p = stack[--depth];
            eot_cascade_vertex v = step(s, p, i, draw);
            if (v.E_a >= cut) stack[depth++] = (eot_shower_particle){.E = v.E_a, .z = v.z, .type = v.type_a};
            if (v.E_b >= cut) stack[depth++] = (eot_shower_particle){.E = v.E_b, .z = v.z, .type = v.type_b};
            cr_assert(depth < EOT_STACK_DEPTH - 2);
        }
    }
}

/* 3000 showers: 0.02 X0 by a spread of 1.2 X0; the climb's 16 000 steps a node: less. */
static void check(int type, double energy) {
    struct eot_world w = world_with(LAR, "beam.spread=0");
    const eot_deposit_volume *ecal = ecal_of(&w);
    int is_photon = type == EOT_PHOTON;
    struct sums s = {&w, (double)ecal->log_critical_energy, 1.0 / w.calorimeter_X0, 0.0, 0.0, 0.0};
    w.em.depth = 1e7f;
    follow(&s, energy, type, 3000);
    double mean = s.first / s.energy, rms = sqrt(s.second / s.energy - mean * mean);
    f32 L = (f32)log1p((is_photon ? 0.5 : 1.0) * energy * exp(-s.log_critical));
    eot_shower_shape shape =
        eot_shower_shape_at(w.table.value, w.event.shower, ecal->shower_table, is_photon, (f32)log(energy), L);
    struct eot_shower_mean_shape direct = eot_shower_shape_of_moments(
        &w.event.shower, s.log_critical, is_photon, energy, (struct eot_shower_moments){mean, s.second / s.energy});
    cr_expect_float_eq((double)shape.m, direct.depth, 0.08, "%g GeV, type %d: depth %g X0, followed %g (rms %g)",
                       energy, type, (double)shape.m, direct.depth, rms);
    cr_expect_float_eq((double)shape.alpha, direct.alpha, 0.06 * direct.alpha, "%g GeV, type %d: alpha %g, followed %g",
                       energy, type, (double)shape.alpha, direct.alpha);
    eot_world_free(&w);
}

Test(calibrate_showers, are_those_that_are_followed) {
    check(EOT_ELECTRON, 1.0);
    check(EOT_ELECTRON, 6.0);
    check(EOT_PHOTON, 0.5);
    check(EOT_PHOTON, 4.0);
}

/* The moments that the constants give and their inverse. */
Test(calibrate_showers, moments_are_inverted) {
    struct eot_world w = world_with(NA64, "beam.spread=0");
    const eot_shower_constants *c = &w.event.shower;
    double log_critical = log(8.4e-3);
    for (int is_photon = 0; is_photon < 2; is_photon++)
        for (double E = 0.21; E < 50.0; E *= 1.7) {
            double L = log1p((is_photon ? 0.5 : 1.0) * E * exp(-log_critical));
            struct eot_shower_mean_shape s = eot_shower_shape_of_moments(
                c, log_critical, is_photon, E, eot_shower_moments(c, log_critical, is_photon, E));
            cr_expect_float_eq(s.depth, (double)eot_shower_mean_depth(*c, (f32)L), 1e-5);
            cr_expect_float_eq(s.alpha, (double)eot_shower_alpha(*c, (f32)L), 1e-4);
        }
    eot_world_free(&w);
}
