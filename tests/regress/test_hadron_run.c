/* Beams of pions and kaons: the probability to decay, forced against analog sampling, the energy balance, the same bits
 * on each device, kinks and cuts on the momentum. */
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/physics/hadron.h"

#define CONFIG "configs/na64e-hadron.yaml"

static double value(const struct simulation *s, const char *name) { return simulation_estimate(s, name)->value; }

/* In vacuum, without trackers of the beam's gas in the region, it is 1 - exp(-L m/(p c tau)). */
static void check_probability(const char *particle, double mass, double tau, double E) {
    struct simulation s;
    char beam[40], energy[40];
    snprintf(beam, sizeof beam, "beam.particle=%s", particle);
    snprintf(energy, sizeof energy, "beam.energy=%g GeV", E);
    simulation_open(&s, CONFIG,
                    (const char *const[]){beam, energy, "beam.decay_region=[-232 cm, 0 cm]", "beam.position_z=-232 cm",
                                          "beam.spread=0", "beam.divergence_x=0", "beam.divergence_y=0",
                                          "sampling.eot=2000", "geometry.world.material=vacuum", NULL},
                    "host");
    simulation_run(&s);
    double expected = -expm1(-232.0 * mass / (sqrt(E * E - mass * mass) * (double)EOT_C_LIGHT * tau)),
           seen = value(&s, "hadron.decay_probability");
    printf("%s %g GeV: %.6g, expected %.6g\n", particle, E, seen, expected);
    cr_expect_float_eq(seen, expected, 0.001 * expected, "%s %g GeV: %.6g, expected %.6g", particle, E, seen, expected);
    cr_expect_float_eq(value(&s, "hadron.decay_probability.srd_ecal"), seen, 1e-6 * seen);
    cr_expect_eq(value(&s, "hadron.decay_probability.calorimeter"), 0.0);
    simulation_close(&s);
}

Test(hadron_run, decay_probability_is_that_of_the_lifetime, .timeout = 300) {
    check_probability("pi-", EOT_M_PION, EOT_PION_LIFETIME, 100.0);
    check_probability("K+", EOT_M_KAON, EOT_KAON_LIFETIME, 100.0);
    check_probability("K-", EOT_M_KAON, EOT_KAON_LIFETIME, 20.0);
}

/* Forced and analog decays, which share the hadron's flight but neither its end nor the weights. */
Test(hadron_run, forced_and_analog_agree, .timeout = 300) {
    static const char *const name[] = {"hadron.decay_probability",          "hadron.decay_probability.calorimeter",
                                       "hadron.decay_probability.upstream", "hadron.track.per_decay",
                                       "hadron.survival.per_hadron",        "hadron.track.per_decay.mu_nu_pi0",
                                       "energy.interaction_fraction",       "energy.neutrino_fraction"};
    struct simulation forced, analog;
    simulation_open(
        &forced, CONFIG,
        (const char *const[]){"beam.particle=K-", "sampling.eot=16000", "scoring.deposit_fraction=0.2", NULL}, NULL);
    simulation_open(&analog, CONFIG,
                    (const char *const[]){"beam.particle=K-", "sampling.eot=24000", "sampling.mode=analog",
                                          "sampling.analog_enhancement=80", "scoring.deposit_fraction=0.2", NULL},
                    NULL);
    simulation_run(&forced);
    simulation_run(&analog);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        const struct eot_estimate *f = simulation_estimate(&forced, name[i]),
                                  *a = simulation_estimate(&analog, name[i]);
        double error = hypot(f->std_error, a->std_error);
        printf("%-40s %.5g +- %.2g, analog %.5g +- %.2g\n", name[i], f->value, f->std_error, a->value, a->std_error);
        if (strncmp(name[i], "energy.", 7) == 0) continue; /* of other places: not weighted */
        cr_expect_float_eq(f->value, a->value, 4.5 * error, "%s: %g and %g +- %g", name[i], f->value, a->value, error);
        cr_expect_gt(f->std_error, 0.0);
    }
    simulation_close(&forced);
    simulation_close(&analog);
}

/* All energy of the decays is somewhere, by name. */
Test(hadron_run, energy_balances, .timeout = 300) {
    static const char *const particle[] = {"pi+", "K-"};
    for (int i = 0; i < 2; i++) {
        struct simulation s;
        char beam[40];
        double sum = 0.0;
        snprintf(beam, sizeof beam, "beam.particle=%s", particle[i]);
        simulation_open(&s, CONFIG,
                        (const char *const[]){beam, "sampling.eot=3000", "scoring.deposit_fraction=1", NULL}, NULL);
        simulation_run(&s);
        for (size_t k = 0; k < s.result.n_estimate; k++)
            if (strncmp(s.result.estimate[k].name, "energy.", 7) == 0) sum += s.result.estimate[k].value;
        cr_expect_eq(s.result.energy_residual, 0.0);
        cr_expect_gt(s.result.energy_in, 0.95 * 3000 * 100.0);
        cr_expect_float_eq(sum, 1.0, 1e-9);
        cr_expect_gt(value(&s, "energy.neutrino_fraction"), 0.15);
        if (i == 1) cr_expect_gt(value(&s, "energy.interaction_fraction"), 0.05);
        simulation_close(&s);
    }
}

/* The same integers on the host, on the default device, in other launches; without interactions others. */
Test(hadron_run, bits_do_not_depend_on_the_device, .timeout = 300) {
    struct simulation s;
    char hash[65];
    simulation_open(&s, CONFIG,
                    (const char *const[]){"beam.particle=K+", "sampling.eot=1500", "sampling.batch=500", NULL}, "host");
    simulation_run(&s);
    snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
    simulation_open_backend(&s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options(&s.config)});
    simulation_run(&s);
    cr_expect_str_eq(s.result.tally_sha256, hash);
    s.config.device.work_group = 1;
    simulation_run(&s);
    cr_expect_str_eq(s.result.tally_sha256, hash);
    simulation_close(&s);
    simulation_open(&s, CONFIG,
                    (const char *const[]){"beam.particle=K+", "sampling.eot=1500", "sampling.batch=500",
                                          "physics.hadron_interactions=off", NULL},
                    "host");
    simulation_run(&s);
    cr_expect_str_neq(s.result.tally_sha256, hash);
    cr_expect_eq(value(&s, "energy.interaction_fraction"), 0.0);
    simulation_close(&s);
}

/* A kink cut between the pion's and the kaon's angles leaves pions, and of kaons those that decay behind the last
 * tracker or in front of the first; a cut on the momentum takes collinear hard muons. */
Test(hadron_run, kinks_tell_kaons_and_momenta_pions, .timeout = 300) {
    static const char further[] = "selections=[{name: kink, kink: 2 mrad}, {name: soft, max_momentum: 45 GeV/c}]";
    double kept[2][2];
    for (int i = 0; i < 2; i++) {
        struct simulation s;
        simulation_open(&s, CONFIG,
                        (const char *const[]){i == 0 ? "beam.particle=pi-" : "beam.particle=K-", "sampling.eot=12000",
                                              "beam.decay_region=[-232 cm, -140 cm]", further, NULL},
                        NULL);
        simulation_run(&s);
        double all = value(&s, "hadron.survival.per_hadron.mu_nu");
        kept[i][0] = value(&s, "selection.kink.hadron.survival.per_hadron.mu_nu") / all;
        kept[i][1] = value(&s, "selection.soft.hadron.survival.per_hadron.mu_nu") / all;
        printf("%s: kink cut keeps %.4f, p < 45 GeV keeps %.4f of %.3g\n", i == 0 ? "pi" : "K", kept[i][0], kept[i][1],
               all);
        simulation_close(&s);
    }
    cr_expect_gt(kept[0][0], 0.9);
    cr_expect_lt(kept[1][0], 0.1);
    cr_expect_lt(kept[0][1], 0.1);
    cr_expect_gt(kept[1][1], 0.2);
}
