/* What showers must not depend on, and how they scale: the cut, the description of the layers, the energy of the beam;
 * and muon pairs against the fold of the same showers' photons with the integrated cross section. Only cascades are run
 * where only tracks are compared. Every comparison is printed. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/yield.h"
#include "physics/dimuon.h"

enum { N_BATCH = 20, N_TYPE = 3 };
static const char *const PARTICLE[N_TYPE] = {"electron", "positron", "photon"};

struct tracks {
    struct simulation s;
    struct eot_track_spectra spectra;
};

static void tracks_open(struct tracks *t, uint64_t eot, const char *const *set) {
    struct eot_run_options options = {.progress = EOT_PROGRESS_NONE};
    simulation_open(&t->s, "tests/ecal_only.yaml", set, "host"); /* builds no kernel */
    simulation_open_backend(&t->s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options_for(
                                                                     &t->s.config, EOT_TRACK_SPECTRUM)});
    options.backend = t->s.backend;
    SIMULATION_OK(&t->s,
                  eot_run_track_spectra(&t->s.config, &t->s.world, &options, eot, N_BATCH, &t->spectra, &t->s.error));
}
static void tracks_close(struct tracks *t) {
    eot_track_spectra_free(&t->spectra);
    simulation_close(&t->s);
}

/* Fold of a batch's track length above E with a weight per X0 (NULL: 1). */
static struct eot_mean fold(const struct tracks *t, int type, double E, const double *per_X0) {
    const struct eot_track_spectra *s = &t->spectra;
    struct eot_batch_sum batch[N_BATCH];
    struct eot_mean mean;
    struct eot_error err;
    double *weight = malloc(s->n_energy * sizeof *weight);
    cr_assert_not_null(weight);
    eot_spectra_weights_above(s, E, weight);
    for (size_t b = 0; b < N_BATCH; b++) {
        const double *length =
            type == EOT_PHOTON ? s->photon + b * s->n_energy : s->length + (2 * b + (size_t)type) * s->n_energy;
        batch[b] = (struct eot_batch_sum){.n = s->n_primary[b]};
        for (size_t j = 0; j < s->n_energy; j++)
            batch[b].sum += weight[j] * length[j] * (per_X0 != NULL ? per_X0[j] : 1.0);
    }
    free(weight);
    cr_assert_eq(eot_statistics_rate(batch, N_BATCH, false, &mean, &err), EOT_OK);
    return mean;
}

/* Within the tolerance, or three standard errors where that is larger. */
static void expect_same(const char *what, struct eot_mean a, struct eot_mean b, double tolerance) {
    double deviation = a.value / b.value - 1.0, sigma = hypot(a.std_error / a.value, b.std_error / b.value);
    printf("%-62s %9.4g  %9.4g  %+6.2f %% +- %.2f %%\n", what, a.value, b.value, 100.0 * deviation, 100.0 * sigma);
    cr_expect_lt(fabs(deviation), fmax(tolerance, 3.0 * sigma), "%s: %g and %g, %+.2f %% +- %.2f %%", what, a.value,
                 b.value, 100.0 * deviation, 100.0 * sigma);
}

/* Track lengths wherever E is above twice the cut, within 1 %. */
Test(shower_consistency, track_lengths_do_not_depend_on_the_cut) {
    static const double THRESHOLD[] = {2.0, 5.0, 10.0, 20.0, 50.0};
    static const char *const CUT[] = {"physics.cut=0.2 GeV", "physics.cut=1 GeV", "physics.cut=5 GeV"};
    static const double VALUE[] = {0.2, 1.0, 5.0};
    struct tracks t[3];
    for (int c = 0; c < 3; c++) {
        char seed[40];
        snprintf(seed, sizeof seed, "sampling.seed=%d", 11 + c);
        tracks_open(&t[c], c == 0 ? 25000 : 60000, (const char *const[]){CUT[c], seed, NULL});
    }
    for (int c = 1; c < 3; c++)
        for (int p = 0; p < N_TYPE; p++)
            for (int i = 0; i < 5; i++) {
                char what[96];
                if (THRESHOLD[i] < 2.0 * VALUE[c]) continue;
                snprintf(what, sizeof what, "%s above %g GeV, cut %g GeV against 0.2 GeV [X0]", PARTICLE[p],
                         THRESHOLD[i], VALUE[c]);
                expect_same(what, fold(&t[c], p, THRESHOLD[i], NULL), fold(&t[0], p, THRESHOLD[i], NULL), 0.01);
            }
    for (int c = 0; c < 3; c++) tracks_close(&t[c]);
}

/* gamma -> mu mu per radiation length of the effective medium at the spectra's nodes, from the cross section's own
 * integral. */
static double *pairs_per_X0(const struct tracks *t) {
    struct eot_em_options o;
    struct eot_error err;
    cr_assert_eq(eot_world_em_options(&t->s.config, &t->s.setup, t->s.config.physics.cut, &o, &err), EOT_OK, "%s",
                 err.text);
    double *rate = malloc(t->spectra.n_energy * sizeof *rate);
    cr_assert_not_null(rate);
    for (size_t j = 0; j < t->spectra.n_energy; j++) {
        double k = exp(t->spectra.log_first + (double)j * t->spectra.log_step), length = 0.0, inverse_X0 = 0.0;
        rate[j] = 0.0;
        for (int m = 0; m < o.n_medium; m++) {
            double d = o.n_medium == 1 ? 1.0 : o.medium[m].thickness;
            for (int c = 0; c < o.medium[m].n_constituent; c++)
                for (int e = 0; e < o.medium[m].material[c]->n_element; e++) {
                    const struct eot_element *x = &o.medium[m].material[c]->element[e];
                    rate[j] += d * o.medium[m].fraction[c] * o.medium[m].material[c]->density * EOT_AVOGADRO *
                               x->mass_fraction / x->A * eot_dimuon_gamma_xsec(k, x->Z, x->A);
                }
            length += d;
            inverse_X0 += d / eot_em_medium_X0(&o.medium[m]);
        }
        rate[j] /= inverse_X0;
    }
    return rate;
}

/* Layers of 1.5 mm lead and 1.5 mm polystyrene followed one by one, against their mixture: tracks and pairs within 1 %.
 * In layers the path in lead is what makes pairs, and its X0 hold as many per X0 as the mixture's to 0.2 %. */
Test(shower_consistency, explicit_layers_and_effective_medium_agree) {
    static const double THRESHOLD[] = {2.0, 5.0, 10.0, 20.0, 50.0};
    struct tracks effective, explicit_layers;
    tracks_open(&effective, 60000, (const char *const[]){"physics.cut=1 GeV", "sampling.seed=21", NULL});
    tracks_open(&explicit_layers, 60000,
                (const char *const[]){"physics.cut=1 GeV", "sampling.seed=22", "geometry.layers=explicit", NULL});
    cr_assert_eq(explicit_layers.s.world.em.n_medium, 2);
    cr_assert_eq(effective.s.world.em.n_medium, 1);
    for (int p = 0; p < N_TYPE; p++)
        for (int i = 0; i < 5; i++) {
            char what[96];
            snprintf(what, sizeof what, "%s above %g GeV, explicit against effective [X0]", PARTICLE[p], THRESHOLD[i]);
            expect_same(what, fold(&explicit_layers, p, THRESHOLD[i], NULL), fold(&effective, p, THRESHOLD[i], NULL),
                        0.01);
        }
    tracks_close(&explicit_layers);
    /* steps shorter than a period: one may lie in lead alone, with more X0 than the limit has on average */
    tracks_open(&explicit_layers, 12000,
                (const char *const[]){"physics.cut=1 GeV", "sampling.seed=25", "physics.step_max_X0=0.2",
                                      "geometry.layers=explicit", NULL});
    for (int p = 0; p < N_TYPE; p++)
        expect_same(PARTICLE[p], fold(&explicit_layers, p, 2.0, NULL), fold(&effective, p, 2.0, NULL), 0.01);
    tracks_close(&effective);
    tracks_close(&explicit_layers);
    /* the engine's own pairs, from the path in each layer */
    struct simulation s[2];
    struct eot_mean rate[2][3];
    for (int l = 0; l < 2; l++) {
        static const char *const NAME[] = {"dimuon.gamma.per_eot", "dimuon.gamma.per_eot_above_10GeV",
                                           "dimuon.mean_depth_X0"};
        simulation_open(&s[l], "tests/ecal_only.yaml",
                        (const char *const[]){"physics.cut=5 GeV", "sampling.eot=15000", "sampling.batch=1000",
                                              "scoring.showers=0", "scoring.track_length=off",
                                              "physics.shower.spot_energy=1 GeV",
                                              l ? "geometry.layers=explicit" : "geometry.layers=effective",
                                              l ? "sampling.seed=23" : "sampling.seed=24", NULL},
                        NULL);
        simulation_run(&s[l]);
        for (int i = 0; i < 3; i++) {
            const struct eot_estimate *e = simulation_estimate(&s[l], NAME[i]);
            rate[l][i] = (struct eot_mean){.value = e->value, .std_error = e->std_error};
        }
        /* depths are z over the average X0: lead first means that more X0 have been crossed, by half of the excess of
         * one plate on average */
        const eot_em_tables *t = &s[l].world.em;
        if (l == 1)
            rate[l][2].value +=
                0.5 * (double)t->layer[0] * ((double)t->inverse_X0[0] - 1.0 / s[l].world.calorimeter_X0);
        simulation_close(&s[l]);
    }
    expect_same("muon pairs per EOT above 5 GeV, explicit against effective", rate[1][0], rate[0][0], 0.01);
    expect_same("muon pairs per EOT above 10 GeV, explicit against effective", rate[1][1], rate[0][1], 0.01);
    expect_same("mean depth of the pairs [X0], explicit against effective", rate[1][2], rate[0][2], 0.02);
}

/* Forced vertices against the fold of the same showers' photons (same seed: the same showers) with the cross section
 * integrated here: within 2 %. */
Test(shower_consistency, pairs_are_the_fold_of_the_same_showers) {
    static const double THRESHOLD[] = {1.0, 2.5, 5.0, 10.0, 20.0};
    struct tracks t;
    struct simulation s;
    tracks_open(&t, 12000, (const char *const[]){"physics.cut=1 GeV", "sampling.seed=31", NULL});
    simulation_open(&s, "tests/ecal_only.yaml",
                    (const char *const[]){"physics.cut=1 GeV", "sampling.eot=12000", "sampling.batch=500",
                                          "sampling.seed=31", "scoring.showers=0", "scoring.track_length=off",
                                          "physics.shower.spot_energy=1 GeV", NULL},
                    NULL);
    simulation_run(&s);
    double *per_X0 = pairs_per_X0(&t);
    for (int i = 0; i < 5; i++) {
        char what[96], name[64];
        snprintf(name, sizeof name, "dimuon.gamma.per_eot_above_%gGeV", THRESHOLD[i]);
        snprintf(what, sizeof what, "%s against the fold", name);
        const struct eot_estimate *e = simulation_estimate(&s, name);
        struct eot_mean folded = fold(&t, EOT_PHOTON, THRESHOLD[i], per_X0);
        expect_same(what, (struct eot_mean){.value = e->value, .std_error = e->std_error},
                    (struct eot_mean){.value = folded.value}, 0.02);
    }
    /* all of them: the weights are the fold, shower by shower */
    const struct eot_estimate *all = simulation_estimate(&s, "dimuon.gamma.per_eot");
    struct eot_mean folded = fold(&t, EOT_PHOTON, 0.1, per_X0); /* every node */
    printf("all above the cut: %g, fold %g\n", all->value, folded.value);
    cr_expect_float_eq(all->value / folded.value, 1.0, 0.002, "%g against %g", all->value, folded.value);
    free(per_X0);
    simulation_close(&s);
    tracks_close(&t);
}

/* Beams of 20, 50 and 150 GeV against the ones of 100 and 75 GeV at the same E/E0: bremsstrahlung and pairs alone would
 * scale exactly (B. Rossi, High-Energy Particles, 1952, sec. 5.5); ionisation (critical energy 8 MeV) and LPM
 * suppression break it: below 2 % for thresholds above 2.5 GeV. */
Test(shower_consistency, track_lengths_scale_from_20_to_150_GeV) {
    static const struct {
        const char *energy, *other;
        double factor, threshold[3];
    } CASE[] = {{"beam.energy=20 GeV", "beam.energy=100 GeV", 5.0, {2.5, 5.0, 10.0}},
                {"beam.energy=50 GeV", "beam.energy=100 GeV", 2.0, {2.5, 10.0, 25.0}},
                {"beam.energy=75 GeV", "beam.energy=150 GeV", 2.0, {5.0, 10.0, 37.5}}};
    for (int i = 0; i < 3; i++) {
        struct tracks low, high;
        tracks_open(&low, 40000, (const char *const[]){CASE[i].energy, "physics.cut=1 GeV", "sampling.seed=41", NULL});
        tracks_open(&high, 25000, (const char *const[]){CASE[i].other, "physics.cut=1 GeV", "sampling.seed=42", NULL});
        for (int p = 0; p < N_TYPE; p++)
            for (int k = 0; k < 3; k++) {
                char what[128];
                snprintf(what, sizeof what, "%s above %g GeV, %s against %s", PARTICLE[p], CASE[i].threshold[k],
                         CASE[i].energy + 12, CASE[i].other + 12);
                expect_same(what, fold(&low, p, CASE[i].threshold[k], NULL),
                            fold(&high, p, CASE[i].factor * CASE[i].threshold[k], NULL), 0.02);
            }
        tracks_close(&low);
        tracks_close(&high);
    }
}
