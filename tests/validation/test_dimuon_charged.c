/* Muon pairs by electrons and positrons in the engine: rates against the fold of the same showers' tracks with the
 * cross sections, their size against the literature, energy balance, and the sum of all three processes. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/yield.h"
#include "physics/dimuon.h"

enum { N_BATCH = 10, N_EOT = 4000 };

/* Per EOT: the sum over tracks of particle `type` of the process' rate. */
static double fold(struct simulation *s, const struct eot_track_spectra *t, int type, int process) {
    struct eot_em_options o;
    double sum = 0.0, n = 0.0;
    SIMULATION_OK(s, eot_world_em_options(&s->config, &s->setup, s->config.physics.cut, &o, &s->error));
    for (size_t j = 0; j < t->n_energy; j++) {
        double E = exp(t->log_first + (double)j * t->log_step), length = 0.0;
        for (size_t b = 0; b < t->n_batch; b++) length += t->length[(2 * b + (size_t)type) * t->n_energy + j];
        double rate = process == EOT_RARE_DIMUON_TRIDENT ? eot_em_medium_dimuon_trident(&o.medium[0], E, NULL)
                                                         : eot_em_medium_dimuon_annihilation(&o.medium[0], E);
        sum += length * rate * eot_em_medium_X0(&o.medium[0]);
    }
    for (size_t b = 0; b < t->n_batch; b++) n += (double)t->n_primary[b];
    return sum / n;
}

static void run(struct simulation *s, const char *const *set) {
    simulation_open(s, "tests/ecal_only.yaml", set, "host"); /* no kernels of their own to be built */
    s->config.sampling.eot = N_EOT;
    s->config.sampling.batch = N_EOT / N_BATCH;
    s->config.scoring.showers = 0;
    simulation_run(s);
    cr_expect_eq(s->result.energy_residual, 0.0, "energy balance %g", s->result.energy_residual);
}

static void expect_fold(const struct simulation *s, const char *name, double want, double tolerance) {
    const struct eot_estimate *e = simulation_estimate(s, name);
    printf("%-30s %.4g +- %.2g, fold %.4g\n", name, e->value, e->std_error, want);
    cr_expect_lt(fabs(e->value / want - 1.0), tolerance, "%s: %g +- %g, fold %g", name, e->value, e->std_error, want);
}

Test(dimuon_charged, rates_are_the_folds_of_the_same_showers) {
    struct simulation tracks, trident, annihilation, gamma;
    struct eot_track_spectra spectra;
    struct eot_run_options options = {.progress = EOT_PROGRESS_NONE};
    simulation_open(&tracks, "tests/ecal_only.yaml", (const char *const[]){"physics.cut=1 GeV", NULL}, "host");
    options.backend = tracks.backend;
    SIMULATION_OK(&tracks, eot_run_track_spectra(&tracks.config, &tracks.world, &options, N_EOT, N_BATCH, &spectra,
                                                 &tracks.error));
    run(&trident, (const char *const[]){"physics.cut=1 GeV", "physics.rare.dimuon_gamma=off",
                                        "physics.rare.dimuon_trident=on", NULL});
    run(&annihilation, (const char *const[]){"physics.cut=1 GeV", "physics.rare.dimuon_gamma=off",
                                             "physics.rare.dimuon_annihilation=on", NULL});
    run(&gamma, (const char *const[]){"physics.cut=1 GeV", NULL});
    /* the weights are the folds, shower by shower; tracks are put on a grid at random, which leaves 0.5 % of the
     * tridents, and of the annihilations, which are made by one positron in ten showers, 3 % */
    expect_fold(&trident, "dimuon.trident.per_eot",
                fold(&tracks, &spectra, EOT_ELECTRON, EOT_RARE_DIMUON_TRIDENT) +
                    fold(&tracks, &spectra, EOT_POSITRON, EOT_RARE_DIMUON_TRIDENT),
                0.01);
    expect_fold(&annihilation, "dimuon.annihilation.per_eot",
                fold(&tracks, &spectra, EOT_POSITRON, EOT_RARE_DIMUON_ANNIHILATION), 0.06);
    /* what is known of their size: tridents 1 to 2 % of all pairs, annihilations below 1e-7 per EOT (threshold and
     * maximum of the Geant4 manual over the track length) */
    double share =
        simulation_estimate(&trident, "dimuon.per_eot")->value / simulation_estimate(&gamma, "dimuon.per_eot")->value;
    cr_expect(share > 0.01 && share < 0.02, "tridents are %g of the pairs by photons", share);
    double rare = simulation_estimate(&annihilation, "dimuon.annihilation.per_eot")->value;
    cr_expect(rare > 0.5e-7 && rare < 1.2e-7, "%g annihilations per EOT", rare);
    /* what is off is 0 */
    cr_expect_eq(simulation_estimate(&gamma, "dimuon.trident.per_eot")->value, 0.0);
    cr_expect_eq(simulation_estimate(&gamma, "dimuon.annihilation.per_eot")->value, 0.0);
    cr_expect_eq(simulation_estimate(&trident, "dimuon.gamma.per_eot")->value, 0.0);
    eot_track_spectra_free(&spectra);
    simulation_close(&tracks);
    simulation_close(&trident);
    simulation_close(&annihilation);
    simulation_close(&gamma);
}

/* Together, and in analog mode: the sum of the three is dimuon.per_eot, and each agrees with the run of its own. */
Test(dimuon_charged, several_processes_run_together) {
    static const char *const NAME[] = {"dimuon.gamma.per_eot", "dimuon.trident.per_eot", "dimuon.annihilation.per_eot"};
    struct simulation s[2];
    for (int a = 0; a < 2; a++) {
        simulation_open(&s[a], "tests/ecal_only.yaml",
                        (const char *const[]){"physics.cut=1 GeV", "physics.rare.dimuon_trident=on",
                                              "physics.rare.dimuon_annihilation=on",
                                              a ? "sampling.mode=analog" : "sampling.mode=forced", NULL},
                        "host");
        s[a].config.scoring.showers = 0;
        s[a].config.sampling.analog_enhancement = a ? 500.0 : 1.0;
        s[a].config.sampling.eot = a ? 40000 : 6000;
        s[a].config.sampling.batch = a ? 2000 : 300;
        s[a].config.sampling.seed = (uint32_t)(5 + a);
        simulation_run(&s[a]);
        double sum = 0.0;
        for (int i = 0; i < 3; i++) sum += simulation_estimate(&s[a], NAME[i])->value;
        cr_expect_float_eq(sum / simulation_estimate(&s[a], "dimuon.per_eot")->value, 1.0, 1e-9);
        cr_expect_eq(s[a].result.energy_residual, 0.0);
    }
    for (int i = 0; i < 2; i++) {
        const struct eot_estimate *x = simulation_estimate(&s[0], NAME[i]), *y = simulation_estimate(&s[1], NAME[i]);
        double pull = (x->value - y->value) / hypot(x->std_error, y->std_error);
        printf("%-30s forced %.4g +- %.2g, analog %.4g +- %.2g: %.2f sigma\n", NAME[i], x->value, x->std_error,
               y->value, y->std_error, pull);
        cr_expect_lt(fabs(pull), 4.0, "%s: %g sigma", NAME[i], pull);
    }
    simulation_close(&s[0]);
    simulation_close(&s[1]);
}
