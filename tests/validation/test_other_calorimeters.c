/* Showers in calorimeters that the constants of physics.shower were not fitted to: mean depth and profile do not depend
 * on physics.cut, and the depth of the maximum is that of PDG's formula. Few materials and energies, so that it takes
 * less than a minute; docs/validation.md has all. */
#include <math.h>
#include <stdio.h>

#include "../simulation.h"

struct calorimeter {
    const char *name, *layers;
    int repeat;
};
static const struct calorimeter
    PBWO4 = {"PbWO4", "geometry.volumes.ecal.layers=[{material: PbWO4, thickness: 32 cm, active: on}]", 1},
    LAR = {"liquid argon", "geometry.volumes.ecal.layers=[{material: liquid_argon, thickness: 504 cm, active: on}]", 1},
    W_SI = {"tungsten-silicon",
            "geometry.volumes.ecal.layers=[{material: tungsten, thickness: 3.5 mm}, {material: silicon, thickness: 0.5 "
            "mm, active: on}]",
            36},
    FE_SC = {"iron-scintillator",
             "geometry.volumes.ecal.layers=[{material: iron, thickness: 1 cm}, {material: polystyrene, thickness: 4 "
             "mm, active: on}]",
             62};

struct profile {
    double mean, rms, maximum; /* X0; maximum: of a parabola in ln(energy) around it */
    double error;              /* X0, of the mean */
    double share[4];           /* of the energy in front of 5, 8, 11, 14 X0 */
};

/* Vertex of a parabola through the logarithms of the bins within 2.5 X0 of the largest. */
static double maximum_of(const struct eot_histogram *h) {
    double s[5] = {0}, y[3] = {0}, at = 0.0, largest = 0.0;
    for (size_t i = 0; i < h->n_bin; i++)
        if (h->values[i] > largest) {
            largest = h->values[i];
            at = 0.5 * (h->edges[i] + h->edges[i + 1]);
        }
    for (size_t i = 0; i < h->n_bin; i++) {
        double x = 0.5 * (h->edges[i] + h->edges[i + 1]) - at;
        if (fabs(x) > 2.5) continue;
        for (int k = 0; k < 5; k++) s[k] += pow(x, k);
        for (int k = 0; k < 3; k++) y[k] += pow(x, k) * log(h->values[i]);
    }
    /* normal equations of c0 + c1 x + c2 x^2, by Cramer's rule */
    double c1 = s[0] * (y[1] * s[4] - y[2] * s[3]) - y[0] * (s[1] * s[4] - s[2] * s[3]) +
                s[2] * (s[1] * y[2] - s[2] * y[1]),
           c2 = s[0] * (s[2] * y[2] - s[3] * y[1]) - s[1] * (s[1] * y[2] - s[2] * y[1]) +
                y[0] * (s[1] * s[3] - s[2] * s[2]);
    return at - 0.5 * c1 / c2;
}

static struct profile showers(const struct calorimeter *c, double energy, double cut, const char *more) {
    struct simulation s;
    struct profile p = {0};
    char beam[64], at[64], repeat[64];
    const char *set[] = {beam, at, repeat, c->layers, more != NULL ? more : "beam.spread=0", NULL};
    snprintf(beam, sizeof beam, "beam.energy=%g GeV", energy);
    snprintf(at, sizeof at, "physics.cut=%g GeV", cut);
    snprintf(repeat, sizeof repeat, "geometry.volumes.ecal.repeat=%d", c->repeat);
    simulation_open(&s, "tests/other_ecal.yaml", set, "host");
    simulation_run(&s);
    const struct eot_estimate *depth = simulation_estimate(&s, "ecal.mean_depth_X0");
    const struct eot_histogram *h = eot_result_histogram(&s.result, "ecal.profile");
    double sum = 0.0, first = 0.0, second = 0.0;
    for (size_t i = 0; i < h->n_bin; i++) {
        double x = 0.5 * (h->edges[i] + h->edges[i + 1]);
        sum += h->values[i];
        first += h->values[i] * x;
        second += h->values[i] * x * x;
        for (int k = 0; k < 4; k++) p.share[k] += x < 5.0 + 3.0 * k ? h->values[i] : 0.0;
    }
    p.mean = depth->value;
    p.error = depth->std_error;
    p.rms = sqrt(second / sum - first / sum * first / sum);
    p.maximum = maximum_of(h);
    for (int k = 0; k < 4; k++) p.share[k] /= sum;
    simulation_close(&s);
    return p;
}

/* Mean depth within 0.1 X0, width within 4 %, energy in front of any depth within 1 % of the shower's. */
static void check_cuts(const struct calorimeter *c, double energy, double high) {
    struct profile a = showers(c, energy, 0.2, NULL), b = showers(c, energy, high, NULL);
    cr_expect(fabs(a.mean - b.mean) < 0.1, "%s, %g GeV: mean depth %g X0, at cut %g GeV %g (errors %.2g)", c->name,
              energy, a.mean, high, b.mean, a.error);
    cr_expect(fabs(b.rms / a.rms - 1.0) < 0.04, "%s, %g GeV: width %g X0, at cut %g GeV %g", c->name, energy, a.rms,
              high, b.rms);
    for (int k = 0; k < 4; k++)
        cr_expect(fabs(a.share[k] - b.share[k]) < 0.01, "%s, %g GeV: %.4f in front of %d X0, at cut %g GeV %.4f",
                  c->name, energy, a.share[k], 5 + 3 * k, high, b.share[k]);
}

TestSuite(other_calorimeters, .timeout = 300);

Test(other_calorimeters, cuts_of_200MeV_and_5GeV_give_the_same_showers_of_20GeV) {
    check_cuts(&PBWO4, 20.0, 5.0);
    check_cuts(&LAR, 20.0, 5.0);
    check_cuts(&W_SI, 20.0, 5.0);
    check_cuts(&FE_SC, 20.0, 5.0);
}

Test(other_calorimeters, cuts_of_200MeV_and_3GeV_give_the_same_showers_of_4GeV) {
    check_cuts(&PBWO4, 4.0, 3.0);
    check_cuts(&LAR, 4.0, 1.0);
    check_cuts(&FE_SC, 4.0, 3.0);
}

/* Without the calibration the depth depends on the cut, which is what it is for. */
Test(other_calorimeters, uncalibrated_constants_are_not_enough) {
    static const char OFF[] = "physics.shower.calibrate=off";
    struct profile a = showers(&LAR, 20.0, 0.2, OFF), b = showers(&LAR, 20.0, 5.0, OFF);
    cr_expect_gt(b.mean - a.mean, 0.2);
}

/* PDG, Review of Particle Physics (2022), eq. (34.36): t_max = ln(E/Ec) - 0.5 for electrons, from EGS4, with PDG's
 * critical energies; it is rounded to 0.5 X0 itself. */
Test(other_calorimeters, maximum_is_where_pdg_has_it) {
    static const struct {
        const struct calorimeter *c;
        double critical; /* GeV */
    } row[] = {{&PBWO4, 9.64e-3}, {&LAR, 32.84e-3}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double energy = 30.0, at = showers(row[i].c, energy, 1.0, NULL).maximum,
               expected = log(energy / row[i].critical) - 0.5;
        cr_expect(fabs(at - expected) < 0.4, "%s: maximum at %g X0, PDG %g", row[i].c->name, at, expected);
    }
}
