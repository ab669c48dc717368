/* Runs whose cascade follows only the particles that may have a rare vertex, the others in replays alone: the same
 * physics as those that follow all, the same bits everywhere. */
#include "../agreement.h"
#include "../simulation.h"

#include <math.h>

#define COMMON "scoring.record_fraction=0", "scoring.deposit_fraction=0.05", "sampling.batch=5000"
#define PAIRS COMMON, "sampling.region.min_photon_energy=5.4 GeV", "physics.shower.spot_energy=0.5 GeV"

/* All numbers and histograms, and how many steps the cascade makes a shower. @param sought what the cascade follows
 * [GeV], to a millionth. */
static void compare(const char *file, const char *const *all, const char *const *some, double sought,
                    double least_gain) {
    struct simulation s;
    struct eot_result natural;
    simulation_open(&s, file, all, NULL);
    s.world.em.sought = s.world.em.cut;
    natural = simulation_run_and_close(&s);
    simulation_open(&s, file, some, NULL);
    cr_expect_float_eq((double)s.world.em.sought, sought, 1e-6 * sought, "%g GeV", (double)s.world.em.sought);
    simulation_run(&s);
    cr_expect_eq(s.result.energy_residual, 0.0);
    cr_expect_eq(s.result.n_lost, 0);
    expect_the_same(&s.result, &natural, 5);
    double gain = natural.performance.steps_per_eot / s.result.performance.steps_per_eot;
    cr_log_info("steps of the cascade %.2f times fewer", gain);
    cr_expect_gt(gain, least_gain);
    eot_result_free(&natural);
    simulation_close(&s);
}

Test(sought, pairs_are_the_same, .timeout = 600) {
    compare("configs/na64e-dimuon.yaml",
            (const char *const[]){PAIRS, "sampling.eot=40000", "scoring.track_length=off", NULL},
            (const char *const[]){PAIRS, "sampling.eot=40000", "scoring.track_length=off", "sampling.seed=2", NULL},
            5.4, 10.0);
}

/* Explicit layers, tridents and their parents besides; track lengths are summed up from 1 GeV on. */
#define CHARGED \
    PAIRS, "sampling.eot=20000", "geometry.layers=explicit", "scoring.track_length=on", \
        "physics.rare.dimuon_trident=on", "sampling.region.min_lepton_energy=8 GeV"

Test(sought, pairs_of_charged_parents_are_the_same, .timeout = 600) {
    compare("configs/na64e-dimuon.yaml", (const char *const[]){CHARGED, NULL},
            (const char *const[]){CHARGED, "sampling.seed=2", NULL}, 1.0, 3.0);
}

/* Primaries that make particles in front of the ECAL, of which some are below what is sought when they arrive. */
#define LINE PAIRS, "sampling.eot=30000", "scoring.track_length=off"

Test(sought, pairs_behind_a_beam_line_are_the_same, .timeout = 600) {
    compare("configs/na64e-beamline.yaml", (const char *const[]){LINE, NULL},
            (const char *const[]){LINE, "sampling.seed=2", NULL}, 5.4, 8.0);
}

#define SIGNAL \
    COMMON, "sampling.eot=30000", "physics.cut=0.5 GeV", "sampling.preference=0.8", "scoring.track_length=off", \
        "sampling.region.min_lepton_energy=5 GeV"

Test(sought, the_signal_is_the_same, .timeout = 600) {
    compare("configs/na64e-signal.yaml", (const char *const[]){SIGNAL, NULL},
            (const char *const[]){SIGNAL, "sampling.seed=2", NULL}, 5.0, 4.0);
}

/* Where nothing is left out: analog runs, regions near the cut. */
Test(sought, all_where_all_is_asked_for, .timeout = 300) {
    static const char *const set[] = {"sampling.mode=analog", "sampling.region.min_photon_energy=0.25 GeV",
                                      "physics.cut=4 GeV"};
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        struct simulation s;
        simulation_open(&s, "configs/na64e-dimuon.yaml",
                        (const char *const[]){"sampling.region.min_photon_energy=5.4 GeV", "scoring.track_length=off",
                                              "sampling.roulette=off", set[i], NULL},
                        "host");
        cr_expect_eq(s.world.em.sought, s.world.em.cut, "%s: %g", set[i], (double)s.world.em.sought);
        simulation_close(&s);
    }
}

/* A device and the host, one batch or several, few lanes or many. */
Test(sought, is_the_same_on_every_device, .timeout = 300) {
    char hash[3][65];
    for (int i = 0; i < 3; i++)
        simulation_hash("configs/na64e-dimuon.yaml",
                        (const char *const[]){"sampling.region.min_photon_energy=5.4 GeV", "sampling.eot=2000",
                                              "physics.rare.dimuon_trident=on", "scoring.showers=0",
                                              "sampling.region.min_lepton_energy=8 GeV",
                                              i == 2 ? "sampling.batch=300" : "sampling.batch=2000",
                                              i == 2 ? "device.lanes=64" : "device.lanes=0", NULL},
                        i == 0 ? "host" : NULL, hash[i]);
    cr_expect_str_eq(hash[0], hash[1]);
    cr_expect_str_eq(hash[0], hash[2]);
}
