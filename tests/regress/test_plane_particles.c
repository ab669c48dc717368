/* What crosses planes (output.planes) against what it must be by other ways: numbers of decays, of their electrons and
 * photons by lifetimes, branching fractions and Michel's spectrum; what is conserved; planes that are moved, doubled,
 * and set-ups that are mirrored. */
#undef EOT_REAL_DOUBLE
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/physics/hadron.h"

#define KINDS "kinds: [muons, electrons, photons, hadrons]"
#define LIGHT "kinds: [electrons, photons]"
#define MOST_SET 24

/* A run with planes. @param planes what stands between the brackets of output.planes. */
static void open_file_with(struct simulation *s, const char *file, const char *const *more, const char *planes) {
    const char *set[MOST_SET] = {"output.figures=off", "scoring.record_fraction=0"};
    size_t n = 2;
    char text[1024];
    snprintf(text, sizeof text, "output.planes=[%s]", planes);
    set[n++] = text;
    while (*more != NULL) set[n++] = *more++;
    set[n] = NULL;
    simulation_open(s, file, set, "host");
    simulation_run(s);
}

/* The toy's world: vacuum, the calorimeter at its end. */
static void open_with(struct simulation *s, const char *const *more, const char *planes) {
    open_file_with(s, "tests/planes_toy.yaml", more, planes);
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
    open_with(&s, (const char *const[]){"beam.particle=mu-", "beam.energy=10 GeV", "sampling.eot=150000", NULL},
              "{name: far, z: 59990 cm, " KINDS "}, {name: half, z: 29995 cm, " KINDS
              "}, {name: again, z: 59990 cm, " KINDS "}, {name: start, z: 0 cm, " KINDS "}");
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
        /* electrons below the cut are not there: of the slowest muons, of 1.7 GeV, most of them */
        double most_below = electrons * (1.0 / michel_above(1.7, s.config.physics.cut) - 1.0),
               sum = left + muons + electrons;
        cr_expect(sum < 1.0 + 4.0 * error && sum + most_below > 1.0 - 4.0 * error, "%g", sum);
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
    /* of pi+ pi0, the pi0 has 8 to 91 GeV, uniformly, and its photons from 0 to that: 0.2 ln(91/8)/83 = 0.6 % of them
     * are below the cut; 2 % is more than of any channel */
    cr_expect(seen < photons + 4.0 * error && seen > 0.98 * photons - 4.0 * error);
    cr_expect(positrons < electrons + 4.0 * error_e + 0.002 && positrons > 0.98 * electrons - 4.0 * error_e);
    cr_expect_float_eq(weight_of(&s, 0, 22, NULL), weight_of(&s, 1, 22, NULL), 1e-3 * seen * decays);
    cr_expect(weight_of(&s, 0, 211, NULL) > 0.2 * decays, "pions of kaons' decays");
    simulation_close(&s);
}

/* A calorimeter of 2.4 X0: what leaves it above the cut goes on straight through vacuum, the same particles at each
 * plane, and has most of the energy that leaves. */
Test(plane_particles, what_leaves_the_calorimeter_goes_on_straight, .timeout = 300) {
    struct simulation s;
    const double rear = 9 * 0.3;
    open_with(&s,
              (const char *const[]){"beam.particle=e-", "beam.energy=20 GeV", "sampling.eot=400",
                                    "geometry.volumes.ecal.repeat=9", "geometry.volumes.ecal.z=0 cm",
                                    "beam.position_z=-10 cm", NULL},
              "{name: rear, z: 2.701 cm, " LIGHT "}, {name: far, z: 102.7 cm, " LIGHT
              "}, {name: on, z: 102.8 cm, " LIGHT "}, {name: front, z: 0 cm, " LIGHT "}");
    const struct eot_plane_particle *p = s.run.planes.particle;
    double energy = 0.0, in = 0.0;
    size_t n[3] = {0}, n_moved = 0, n_on_time = 0;
    for (size_t i = 0; i < s.run.planes.n_particle; i++) {
        in += p[i].plane == 3 ? p[i].kinetic_energy : 0.0;
        if (p[i].process >= 0) continue; /* electrons of muons that decay on the way */
        if (p[i].plane < 3) n[p[i].plane]++;
        if (p[i].plane != 0) continue;
        energy += p[i].kinetic_energy;
        for (size_t k = 0; k < s.run.planes.n_particle; k++) { /* the same particle farther on */
            const struct eot_plane_particle *q = &p[k];
            const double dz = q->z - p[i].z, slope = (double)(p[i].direction[0] / p[i].direction[2]);
            if (q->primary != p[i].primary || q->draw != p[i].draw || q->pdg != p[i].pdg || q->plane == 0) continue;
            if (q->plane == 3 || fabs(q->kinetic_energy - p[i].kinetic_energy) > 1e-6 * p[i].kinetic_energy) continue;
            n_moved += fabs(q->x - p[i].x - dz * slope) < 1e-3 + 1e-5 * dz &&
                       fabsf(q->direction[0] - p[i].direction[0]) < 1e-6f;
            n_on_time +=
                fabs((double)(q->time - p[i].time) - dz / ((double)EOT_C_LIGHT * (double)p[i].direction[2])) < 1e-3;
        }
    }
    const double leaves = simulation_estimate(&s, "ecal.leakage_rear_GeV")->value / 20.0;
    printf("%zu particles behind %g cm, %zu and %zu farther on; %.4f of the energy, leakage %.4f\n", n[0], rear, n[1],
           n[2], energy / in, leaves);
    cr_expect(n[0] > 1000 && n[1] == n[0] && n[2] == n[0] && n_moved == 2 * n[0] && n_on_time == 2 * n[0], "%zu, %zu",
              n_moved, n_on_time);
    cr_expect(energy / in < leaves && energy / in > 0.6 * leaves);
    simulation_close(&s);
}

/* Muons, and electrons of theirs, are left out: their random numbers depend on the charge. */
static bool is_of_hadrons(const struct eot_plane_particle *p) {
    return abs(p->pdg) != 13 && (abs(p->pdg) != 11 || p->draw == 0);
}

/* Kaons of the other charge in the opposite field: the same particles, of the other charge. */
Test(plane_particles, charge_and_field_turned_round_give_the_same, .timeout = 300) {
    struct simulation plus, minus;
    static const char planes[] = "{name: behind, z: -400 cm, " KINDS "}, {name: ecal, z: -1 cm, " KINDS "}";
    open_file_with(&plus, "tests/hadron_fields.yaml",
                   (const char *const[]){"geometry.volumes.foil.material=vacuum", "sampling.eot=4000", NULL}, planes);
    open_file_with(&minus, "tests/hadron_fields.yaml",
                   (const char *const[]){"geometry.volumes.foil.material=vacuum", "sampling.eot=4000",
                                         "beam.particle=K-", "geometry.volumes.bend.field=[0 T, -1 T, 0 T]", NULL},
                   planes);
    size_t n_light = 0, n_equal = 0;
    size_t n_of[2] = {0};
    for (size_t i = 0; i < plus.run.planes.n_particle; i++) n_of[0] += is_of_hadrons(&plus.run.planes.particle[i]);
    for (size_t i = 0; i < minus.run.planes.n_particle; i++) n_of[1] += is_of_hadrons(&minus.run.planes.particle[i]);
    cr_expect_eq(n_of[0], n_of[1], "%zu and %zu particles", n_of[0], n_of[1]);
    for (size_t i = 0; i < plus.run.planes.n_particle; i++) {
        const struct eot_plane_particle *p = &plus.run.planes.particle[i];
        const int32_t other = p->pdg == 22 ? 22 : -p->pdg;
        if (!is_of_hadrons(p)) continue;
        n_light += abs(p->pdg) == 11;
        for (size_t k = 0; k < minus.run.planes.n_particle; k++) {
            const struct eot_plane_particle *q = &minus.run.planes.particle[k];
            if (q->primary == p->primary && q->plane == p->plane && q->pdg == other && q->x == p->x && q->y == p->y)
                n_equal += q->kinetic_energy == p->kinetic_energy && q->weight == p->weight && q->time == p->time;
        }
    }
    printf("%zu particles, %zu electrons; %zu the same\n", n_of[0], n_light, n_equal);
    cr_expect(n_light > 200 && n_equal == n_of[0]);
    simulation_close(&plus);
    simulation_close(&minus);
}

/* Photons in a foil of 0.043 X0 in front of a field: those that are gone are pairs, as many as the foil converts. */
Test(plane_particles, photons_become_pairs_in_the_foil, .timeout = 300) {
    struct simulation s;
    open_file_with(&s, "tests/hadron_fields.yaml", (const char *const[]){"sampling.eot=60000", NULL},
                   "{name: before, z: -765 cm, " KINDS "}, {name: behind, z: -755 cm, " KINDS "}");
    double error, before = weight_of(&s, 0, 22, NULL), behind = weight_of(&s, 1, 22, NULL),
                  pairs = weight_of(&s, 1, 11, &error);
    double depth = 0.4 / s.setup.material[s.config.geometry.volume[0].layer[0].material].X0,
           expected = -expm1(-depth * 7.0 / 9.0);
    printf("%.3g of %.4g photons convert: %.5f +- %.5f, expected at high energy %.5f; %.4g pairs\n", before - behind,
           before, (before - behind) / before, error / before, expected, pairs);
    cr_expect_float_eq((before - behind) / before, expected, 4.0 * error / before + 0.05 * expected);
    /* electrons below the cut are not there: their share is uniform, 0.2 GeV of some 12 GeV */
    cr_expect(pairs <= (before - behind) * (1.0 + 1e-5) && pairs > 0.93 * (before - behind));
    cr_expect_eq(weight_of(&s, 0, 11, NULL), 0.0);
    simulation_close(&s);
}
