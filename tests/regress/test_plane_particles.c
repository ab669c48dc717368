/* What crosses planes (output.planes) against what it must be by other ways: numbers of decays, of their electrons and
 * photons by lifetimes, branching fractions and Michel's spectrum; what is conserved; planes that are moved, doubled,
 * and set-ups that are mirrored. */
#undef EOT_REAL_DOUBLE
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/physics/hadron.h"

#define KINDS "kinds: [muons, electrons, photons, hadrons]"
#define MOST_SET 24

/* The toy's world: vacuum, the calorimeter at its end. */
static void open_with(struct simulation *s, const char *const *more, const char *planes) {
    const char *set[MOST_SET] = {"output.figures=off", "scoring.record_fraction=0", "sampling.batch=0"};
    size_t n = 2;
    char text[1024];
    snprintf(text, sizeof text, "output.planes=[%s]", planes);
    set[n++] = text;
    while (*more != NULL) set[n++] = *more++;
    set[n] = NULL;
    simulation_open(s, "tests/planes_toy.yaml", set, "host");
    simulation_run(s);
}

/* Sum of weights, per primary, of particles of a kind at a plane. @param pdg 0: all. @param error of it out. */
static double weight_of(const struct simulation *s, uint32_t plane, int32_t pdg, double *error) {
    double sum = 0.0, sum2 = 0.0;
    const double n = (double)s->config.sampling.eot;
    cr_assert(s->run.planes.n_particle_dropped == 0);
    for (size_t i = 0; i < s->run.planes.n_particle; i++) {
        const struct eot_plane_particle *p = &s->run.planes.particle[i];
        if (p->plane != plane || (pdg != 0 && p->pdg != pdg)) continue;
        sum += (double)p->weight;
        sum2 += (double)p->weight * (double)p->weight;
    }
    if (error != NULL) *error = sqrt(sum2) / n;
    return sum / n;
}

/* Share of Michel's electrons of a muon in flight that have more than `cut` [GeV], massless, unpolarised: by the
 * midpoint rule over energy and angle in the rest frame. */
static double michel_above(double E, double cut) {
    const double m = EOT_M_MUON, gamma = E / m, beta = sqrt(1.0 - 1.0 / (gamma * gamma));
    enum { N = 400 };
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        double x = (i + 0.5) / N, density = 2.0 * x * x * (3.0 - 2.0 * x);
        for (int k = 0; k < N; k++) {
            double cosine = -1.0 + 2.0 * (k + 0.5) / N;
            if (gamma * 0.5 * m * x * (1.0 + beta * cosine) > cut) sum += density / N / N;
        }
    }
    return sum;
}

/* Muons of 10 GeV that decay in 600 m of vacuum: their electrons at the end are as many as have decayed, but for those
 * below the cut; the muons are the rest. */
Test(plane_particles, electrons_of_muon_decays_are_as_many_as_decay, .timeout = 300) {
    struct simulation s;
    open_with(&s,
              (const char *const[]){"beam.particle=mu-", "beam.energy=10 GeV", "sampling.eot=150000", NULL},
              "{name: far, z: 59990 cm, " KINDS "}, {name: half, z: 29995 cm, " KINDS "}, {name: again, z: 59990 cm, "
              KINDS "}, {name: start, z: 0 cm, " KINDS "}");
    const double p = sqrt(100.0 - EOT_M_MUON * EOT_M_MUON), above = michel_above(10.0, s.config.physics.cut);
    for (uint32_t plane = 0; plane < 2; plane++) {
        double z = plane == 0 ? 59990.0 : 29995.0, error, muons = weight_of(&s, plane, 13, NULL),
               electrons = weight_of(&s, plane, 11, &error),
               expected = -expm1(-z * EOT_M_MUON / (p * (double)EOT_C_LIGHT * 2196.98)) * above;
        printf("decays up to %g cm: %.5f +- %.5f electrons a muon, expected %.5f; muons %.5f\n", z, electrons, error,
               expected, muons);
        cr_expect_float_eq(electrons, expected, 4.0 * error);
        cr_expect_float_eq(1.0 - muons, expected / above, 4.0 * error / above);
        cr_expect_eq(weight_of(&s, plane, 22, NULL) + weight_of(&s, plane, -11, NULL), 0.0);
    }
    cr_expect_eq(weight_of(&s, 0, 11, NULL), weight_of(&s, 2, 11, NULL), "two planes at one place differ");
    cr_expect(weight_of(&s, 3, 13, NULL) == 1.0 && weight_of(&s, 3, 0, NULL) == 1.0, "the start has the beam alone");
    simulation_close(&s);
}

/* Pions of 3 GeV in vacuum: what has not decayed, muons, and electrons of these (all of them, cut apart) are all of the
 * beam at any place. */
Test(plane_particles, pions_or_what_they_become_cross_every_plane, .timeout = 300) {
    struct simulation s;
    open_with(&s, (const char *const[]){"beam.particle=pi-", "beam.energy=3 GeV", "sampling.eot=40000", NULL},
              "{name: a, z: 1000 cm, " KINDS "}, {name: b, z: 9000 cm, " KINDS "}, {name: c, z: 40000 cm, " KINDS "}");
    const double p = sqrt(9.0 - EOT_M_PION * EOT_M_PION), z[] = {1000.0, 9000.0, 40000.0};
    for (uint32_t plane = 0; plane < 3; plane++) {
        double error, left = weight_of(&s, plane, -211, NULL), muons = weight_of(&s, plane, 13, &error),
               electrons = weight_of(&s, plane, 11, NULL),
               expected = exp(-z[plane] * EOT_M_PION / (p * (double)EOT_C_LIGHT * EOT_PION_LIFETIME));
        printf("%5g cm: pions %.5f (expected %.5f), muons %.5f +- %.5f, electrons %.5f\n", z[plane], left, expected,
               muons, error, electrons);
        cr_expect_float_eq(left, expected, 1e-4 * expected);
        /* muons below the cut's tenth decay to electrons that mostly are below it: at most 4 % of those that decay */
        cr_expect(fabs(left + muons + electrons - 1.0) < 4.0 * error + 0.25 * electrons, "%g", left + muons + electrons);
    }
    simulation_close(&s);
}

/* Decays of kaons of 100 GeV: electrons and photons by the branching fractions. */
Test(plane_particles, kaons_give_electrons_and_photons, .timeout = 300) {
    struct simulation s;
    const double photons = 2.0 * (0.2067 + 0.0507 + 0.03352) + 4.0 * 0.0176, electrons = 0.0507; /* PDG 2022 */
    open_with(&s, (const char *const[]){"beam.particle=K+", "beam.energy=100 GeV", "sampling.eot=40000", NULL},
              "{name: a, z: 30000 cm, " KINDS "}, {name: b, z: 30000.1 cm, " KINDS "}");
    double error, error_e, decays = 1.0 - weight_of(&s, 0, 321, NULL), seen = weight_of(&s, 0, 22, &error) / decays,
                           positrons = weight_of(&s, 0, -11, &error_e) / decays;
    error /= decays;
    error_e /= decays;
    printf("photons %.4f +- %.4f a decay, expected %.4f; positrons %.4f +- %.4f, expected %.4f\n", seen, error, photons,
           positrons, error_e, electrons);
    /* a neutral pion of 5 to 80 GeV has a photon below 0.2 GeV in 0.5 to 8 % of its decays, 1 % on the mean */
    cr_expect(seen < photons + 4.0 * error && seen > 0.98 * photons - 4.0 * error);
    cr_expect(positrons < electrons + 4.0 * error_e + 0.002 && positrons > 0.98 * electrons - 4.0 * error_e);
    cr_expect_float_eq(weight_of(&s, 0, 22, NULL), weight_of(&s, 1, 22, NULL), 1e-3 * seen * decays);
    cr_expect(weight_of(&s, 0, 211, NULL) > 0.2 * decays, "pions of kaons' decays");
    simulation_close(&s);
}
