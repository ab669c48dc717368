/* Electrons and photons of hadron decays through a field in front of the ECAL: the circle of an electron, charges and
 * fields mirrored, what is turned back, what passes the ECAL, conversions in front of the field. */
#undef EOT_REAL_DOUBLE
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/select/hadron_score.h"
#include "world/matter.h"

#define CONFIG "tests/hadron_fields.yaml"
#define OFF "geometry.volumes.bend.role=passive", "geometry.volumes.bend.field=[0 T, 0 T, 0 T]"
static const double FRONT = -700.0, LENGTH = 200.0, FOIL = -760.0; /* cm, of the magnet; of the foil */

static eot_hadron_view view_of(const struct simulation *s) {
    return (eot_hadron_view){eot_world_matter(&s->world), &s->world.hadron, 1, 1.0f};
}

/* From the axis in front of the foil. */
static eot_light flown(const struct simulation *s, int charge, double E, double slope, double z) {
    eot_point at = {0.0, 0.0, z};
    eot_hadron_view view = view_of(s);
    eot_hadron h =
        eot_hadron_born(view, EOT_HADRON_PION, charge, (f32)E, at, eot_slope_direction((f32)slope, 0.0f), 0.0f);
    return eot_hadron_light_flown(view, h.m, (f32)E, EOT_HADRON_FAR);
}

Test(hadron_fields, electrons_fly_on_circles, .timeout = 300) {
    struct simulation up, down, off;
    simulation_open(&up, CONFIG, (const char *const[]){NULL}, "host");
    simulation_open(&down, CONFIG, (const char *const[]){"geometry.volumes.bend.field=[0 T, -1 T, 0 T]", NULL}, "host");
    simulation_open(&off, CONFIG, (const char *const[]){OFF, NULL}, "host");
    for (double E = 20.0; E < 200.0; E *= 2.0) {
        double R = E / (1.0 * (double)EOT_BEND), sine = LENGTH / R, cosine = sqrt(1.0 - sine * sine),
               x = R * (1.0 - cosine) + sine / cosine * (0.0 - (FRONT + LENGTH));
        eot_light minus = flown(&up, -1, E, 0.0, -850.0), plus = flown(&up, 1, E, 0.0, -850.0),
                  other = flown(&down, 1, E, 0.0, -850.0), photon = flown(&up, 0, E, 0.01, -850.0),
                  straight = flown(&off, -1, E, 0.01, -850.0);
        printf("%g GeV: x = %.4f cm, a circle %.4f cm\n", E, minus.m.position.x, x);
        cr_expect(minus.end == EOT_LIGHT_MATTER && minus.has_field && fabs(minus.m.position.z) < 1e-3);
        cr_expect_float_eq(fabs(minus.m.position.x), x, 2e-4 * x + 1e-4);
        cr_expect_float_eq((double)fabsf(minus.m.direction.x), sine, 2e-4 * sine);
        cr_expect_eq(plus.m.position.x, -minus.m.position.x, "a positron is not the electron's mirror image");
        cr_expect_eq(other.m.position.x, minus.m.position.x, "the mirrored field is not that of the other charge");
        cr_expect(photon.has_field && fabs(photon.m.position.x - straight.m.position.x) < 1e-3 && !straight.has_field);
    }
    /* turned back where the circle is smaller than the magnet; a slow one that is born in it never leaves */
    eot_light back = flown(&up, -1, 0.1, 0.0, -850.0), held = flown(&up, -1, 0.02, 0.0, -600.0);
    cr_expect(back.m.direction.z < 0.0f && back.end == EOT_LIGHT_LEAVES, "end %d", back.end);
    cr_expect_eq(held.end, EOT_LIGHT_IS_HELD);
    simulation_close(&up);
    simulation_close(&down);
    simulation_close(&off);
}

Test(hadron_fields, photons_convert_in_the_foil, .timeout = 300) {
    struct simulation s;
    simulation_open(&s, CONFIG, (const char *const[]){NULL}, "host");
    eot_hadron_view view = view_of(&s);
    eot_point at = {0.0, 0.0, -850.0};
    eot_hadron h = eot_hadron_born(view, EOT_HADRON_PION, 0, 10.0f, at, eot_slope_direction(0.0f, 0.0f), 0.0f);
    eot_light l = eot_hadron_light_flown(view, h.m, 10.0f, 0.02f),
              past = eot_hadron_light_flown(view, h.m, 10.0f, 0.06f);
    double X0 = 9.37; /* cm of silicon, PDG */
    cr_expect_eq(l.end, EOT_LIGHT_CONVERTS);
    cr_expect_float_eq(l.m.position.z, FOIL + 0.02 * X0, 0.003, "z = %g cm", l.m.position.z);
    cr_expect_eq(past.end, EOT_LIGHT_MATTER);
    cr_expect_float_eq((double)past.conversion, 0.06 - 0.4 / X0, 2e-4);
    simulation_close(&s);
}

/* Mean energy in the ECAL of K -> pi0 e nu, over what does not go into the neutrino, and its error. */
static double ecal_share(const char *particle, const char *field, const char *device, double *error, char hash[65]) {
    struct simulation s;
    char beam[40], bend[80];
    snprintf(beam, sizeof beam, "beam.particle=%s", particle);
    snprintf(bend, sizeof bend, "geometry.volumes.bend.field=[0 T, %s, 0 T]", field != NULL ? field : "");
    simulation_open(&s, CONFIG,
                    field != NULL ? (const char *const[]){beam, bend, NULL} : (const char *const[]){beam, OFF, NULL},
                    device);
    simulation_run(&s);
    double n = 0.0, sum = 0.0, sum2 = 0.0;
    for (size_t i = 0; i < s.run.n_row; i++) {
        const float *row = s.run.row[i].value;
        if (row[EOT_HADRON_C_CHANNEL] != (float)EOT_CHANNEL_K_PI0_E_NU) continue;
        double share = (double)row[EOT_HADRON_C_ECAL] / (double)(row[EOT_HADRON_C_HADRON] - row[EOT_HADRON_C_NEUTRINO]);
        n += 1.0;
        sum += share;
        sum2 += share * share;
    }
    cr_assert_gt(n, 200.0);
    cr_expect_eq(s.result.energy_residual, 0.0);
    *error = sqrt((sum2 / n - sum / n * (sum / n)) / n);
    snprintf(hash, 65, "%s", s.result.tally_sha256);
    printf("%s in %s: %.4f +- %.4f of %g decays\n", particle, field != NULL ? field : "no field", sum / n, *error, n);
    simulation_close(&s);
    return sum / n;
}

Test(hadron_fields, electrons_are_bent_past_the_ecal, .timeout = 600) {
    double error[4];
    char hash[4][65], host[65];
    double off = ecal_share("K+", NULL, NULL, &error[0], hash[0]),
           up = ecal_share("K+", "3 T", NULL, &error[1], hash[1]),
           down = ecal_share("K+", "-3 T", NULL, &error[2], hash[2]),
           other = ecal_share("K-", "3 T", NULL, &error[3], hash[3]);
    cr_expect_gt(off, 0.9);
    cr_expect_lt(up, 0.8 * off);
    cr_expect_gt(up, 0.3);
    cr_expect_float_eq(up, down, 4.0 * hypot(error[1], error[2]));
    cr_expect_float_eq(down, other, 4.0 * hypot(error[2], error[3]));
    cr_expect_str_neq(hash[1], hash[0]);
    ecal_share("K+", "3 T", "host", &error[0], host);
    cr_expect_str_eq(host, hash[1], "the host gives other bits");
}
