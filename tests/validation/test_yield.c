/* The matrix yield: against the production rates of exact cross sections folded with Geant4's track lengths, its cross
 * sections against integration, its energy grid against the exact fold, the device's algebra against the host's. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "../simulation.h"
#include "analysis/yield.h"
#include "physics/lfc/macroscopic.h"

static const struct eot_lfc_reaction E2MU = {.process = EOT_LFC_E2MU, .coupling = 1e-4};

static void spectra_make(struct simulation *s, const char *cut, uint64_t eot, struct eot_track_spectra *spectra,
                         struct eot_em_options *media) {
    simulation_open(s, "tests/ecal_only.yaml", (const char *const[]){cut, NULL}, NULL);
    simulation_open_backend(s, &(struct eot_backend_options){
                                   .extra_options = eot_world_kernel_options_for(&s->config, EOT_TRACK_SPECTRUM)});
    struct eot_run_options options = {.backend = s->backend, .progress = EOT_PROGRESS_NONE};
    SIMULATION_OK(s, eot_world_em_options(&s->config, &s->setup, s->config.physics.cut, media, &s->error));
    SIMULATION_OK(s, eot_run_track_spectra(&s->config, &s->world, &options, eot, 40, spectra, &s->error));
}

/* Per EOT, h = 1e-4, 100 GeV, leptons above 5 GeV: exact cross sections folded with the track lengths of 20000
 * Geant4 11.4.0 showers (0.3 %), and the share of positrons by the same fold. The cascade's track lengths agree with
 * Geant4's within 1 % (test_showers). Then all 30 masses of a scan: within 5 s of processor time. */
Test(yield, agrees_with_folds_of_geant4_track_lengths, .timeout = 300) {
    static const struct {
        double m_phi, electron, positron_share;
    } reference[] = {{0.11, 3.17e-13, 0.43}, {0.5, 2.11e-14, 0.0}, {1.0, 0.0, 0.14}};
    struct simulation s;
    struct eot_track_spectra spectra;
    struct eot_em_options media;
    struct eot_yield yield[30], host[30];
    struct eot_yield_times times;
    double masses[30];
    spectra_make(&s, "physics.cut=2 GeV", 6000, &spectra, &media);
    for (size_t i = 0; i < 3; i++) masses[i] = reference[i].m_phi;
    SIMULATION_OK(
        &s, eot_yield_matrix(
                &(struct eot_yield_input){
                    .media = &media, .spectra = &spectra, .reaction = E2MU, .m_phi = masses, .n = 3, .E_min = 5.0},
                s.backend, yield, &times, &s.error));
    for (size_t i = 0; i < 3; i++) {
        double want = reference[i].electron, share = yield[i].positron.value / yield[i].electron.value;
        double share_error = share * hypot(yield[i].positron.std_error / yield[i].positron.value,
                                           yield[i].electron.std_error / yield[i].electron.value);
        if (want > 0.0)
            cr_expect_float_eq(yield[i].electron.value, want, 4.0 * yield[i].electron.std_error + 0.012 * want,
                               "m = %g: %g +- %g, want %g", masses[i], yield[i].electron.value,
                               yield[i].electron.std_error, want);
        if (reference[i].positron_share > 0.0) /* given to 0.01 */
            cr_expect_float_eq(share, reference[i].positron_share, 4.0 * share_error + 0.012 * share + 0.005,
                               "m = %g: positrons %g", masses[i], share);
        cr_expect_lt(yield[i].electron.std_error, 0.01 * yield[i].electron.value);
        cr_expect_gt(yield[i].electron.std_error, 0.0);
        cr_expect_float_eq(yield[i].both.value, yield[i].electron.value + yield[i].positron.value,
                           1e-12 * yield[i].both.value);
    }
    for (int i = 0; i < 30; i++) masses[i] = 0.11 * pow(3.0 / 0.11, i / 29.0);
    clock_t start = clock();
    SIMULATION_OK(
        &s, eot_yield_matrix(
                &(struct eot_yield_input){
                    .media = &media, .spectra = &spectra, .reaction = E2MU, .m_phi = masses, .n = 30, .E_min = 0.0},
                s.backend, yield, &times, &s.error));
    double used = (double)(clock() - start) / CLOCKS_PER_SEC;
    cr_expect_lt(used, 5.0, "30 masses took %g s", used);
    cr_expect_lt(times.algebra_build, 0.01, "compiled again: %g s", times.algebra_build);
    simulation_open_backend(&s, &(struct eot_backend_options){.selector = "host"});
    SIMULATION_OK(
        &s, eot_yield_matrix(
                &(struct eot_yield_input){
                    .media = &media, .spectra = &spectra, .reaction = E2MU, .m_phi = masses, .n = 30, .E_min = 0.0},
                s.backend, host, &times, &s.error));
    for (int i = 0; i < 30; i++) {
        cr_expect_float_eq(host[i].both.value, yield[i].both.value, 1e-12 * host[i].both.value,
                           "m = %g: host %g, device %g", masses[i], host[i].both.value, yield[i].both.value);
        cr_expect_float_eq(host[i].both.std_error, yield[i].both.std_error, 1e-9 * host[i].both.std_error);
    }
    eot_track_spectra_free(&spectra);
    simulation_close(&s);
}

/* The matrix against the Monte Carlo run of the signal: the sum of the vertices' weights. One seed gives both the same
 * showers, so that what is left (without preference of vertices) is the choice of the vertex (only for electrons apart
 * from positrons) and of the grid's node; another seed gives the matrix others. False positives: 1e-5 for each of 8
 * comparisons. */
Test(yield, agrees_with_the_monte_carlo_run, .timeout = 300) {
    static const char *const masses[] = {"physics.mphi=0.11", "physics.mphi=1"};
    for (int i = 0; i < 2; i++) {
        struct simulation s;
        struct eot_track_spectra spectra;
        struct eot_em_options media;
        struct eot_yield yield;
        struct eot_yield_times times;
        simulation_open(&s, "configs/na64e-signal.yaml",
                        (const char *const[]){masses[i], "physics.cut=1 GeV", "sampling.region.min_lepton_energy=1 GeV",
                                              "sampling.eot=2000", "sampling.batch=100", "sampling.preference=0",
                                              "scoring.showers=0", "physics.h=1e-3", NULL},
                        NULL);
        simulation_run(&s);
        simulation_open_backend(&s, &(struct eot_backend_options){
                                        .extra_options = eot_world_kernel_options_for(&s.config, EOT_TRACK_SPECTRUM)});
        struct eot_run_options options = {.backend = s.backend, .progress = EOT_PROGRESS_NONE};
        SIMULATION_OK(&s, eot_world_em_options(&s.config, &s.setup, s.config.physics.cut, &media, &s.error));
        const struct eot_estimate *electron = simulation_estimate(&s, "signal.simulated_per_eot"),
                                  *positron = simulation_estimate(&s, "signal.positron_simulated_per_eot");
        for (int other = 0; other < 2; other++) {
            s.config.sampling.seed += (uint32_t)other;
            SIMULATION_OK(&s, eot_run_track_spectra(&s.config, &s.world, &options, 2000, 40, &spectra, &s.error));
            SIMULATION_OK(&s, eot_yield_matrix(&(struct eot_yield_input){.media = &media,
                                                                         .spectra = &spectra,
                                                                         .reaction = {.process = EOT_LFC_E2MU,
                                                                                      .coupling = s.config.physics.h},
                                                                         .m_phi = &s.config.physics.mphi,
                                                                         .n = 1,
                                                                         .E_min = 1.0},
                                               s.backend, &yield, &times, &s.error));
            double sum = electron->value + positron->value,
                   joint = hypot(electron->std_error, yield.electron.std_error);
            cr_log_info("m = %g, seed %u: e- %.3g +- %.1g, matrix %.3g +- %.1g; e+ %.3g +- %.1g, %.3g +- %.1g; sum "
                        "over matrix - 1 = %.4f",
                        yield.m_phi, s.config.sampling.seed, electron->value, electron->std_error, yield.electron.value,
                        yield.electron.std_error, positron->value, positron->std_error, yield.positron.value,
                        yield.positron.std_error, sum / yield.both.value - 1.0);
            if (other == 0)
                cr_expect_float_eq(sum, yield.both.value, 5e-3 * sum, "m = %g, the same showers: run %g, matrix %g",
                                   yield.m_phi, sum, yield.both.value);
            cr_expect_float_eq(electron->value, yield.electron.value, 4.4 * joint,
                               "m = %g: run %g, matrix %g, joint error %g", yield.m_phi, electron->value,
                               yield.electron.value, joint);
            joint = hypot(positron->std_error, yield.positron.std_error);
            cr_expect_float_eq(positron->value, yield.positron.value, 4.4 * joint,
                               "m = %g, positrons: run %g, matrix %g, joint error %g", yield.m_phi, positron->value,
                               yield.positron.value, joint);
            eot_track_spectra_free(&spectra);
        }
        simulation_close(&s);
    }
}

/* The series against integration at energies between its nodes, from just above threshold on, and the sum over
 * nuclides. */
Test(yield, cross_sections_are_those_of_integration) {
    static const double masses[] = {0.11, 0.5, 3.0};
    struct eot_lfc_material material = {
        2, {eot_lfc_nuclide_from_mass(82.0, 207.2, 11.35, 0.9), eot_lfc_nuclide_from_mass(1.0, 1.008, 11.35, 0.1)}};
    struct eot_error err;
    for (int i = 0; i < 3; i++) {
        double E[40], rate[40], rel_error, threshold;
        struct eot_lfc_reaction r = E2MU;
        r.m_phi = masses[i];
        r.Z = 82.0;
        r.A = 207.2;
        cr_assert_eq(eot_lfc_threshold_energy(&r, &threshold, &err), EOT_OK);
        for (int j = 0; j < 40; j++) E[j] = 0.99 * threshold * pow(108.0 / (0.99 * threshold), j / 39.0);
        cr_assert_eq(eot_lfc_macroscopic(&r, &material, E, 40, rate, &rel_error, &err), EOT_OK, "%s", err.text);
        cr_expect_lt(rel_error, 5e-4, "m = %g: %g", masses[i], rel_error);
        cr_expect_eq(rate[0], 0.0);
        for (int j = 1; j < 40; j += 3) {
            double want = 0.0;
            for (int k = 0; k < 2; k++) {
                struct eot_lfc_value value;
                r.Z = material.nuclide[k].Z;
                r.A = material.nuclide[k].A;
                cr_assert_eq(eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_LEPTON, E[j], NULL, &value, &err), EOT_OK, "%s",
                             err.text);
                want += material.nuclide[k].atoms * value.value * 1e-36;
            }
            cr_expect_float_eq(rate[j], want, 5e-4 * want, "m = %g, E = %g: %g, want %g", masses[i], E[j], rate[j],
                               want);
        }
    }
}

/* A spectrum of showers, dL = dE/E^2 up to 100 GeV, in hat weights on the command's grid: folded with the nodes' cross
 * sections, and exactly. */
Test(yield, grid_is_fine_enough_for_the_threshold) {
    enum { N = 505, FINE = 16 };
    static const double masses[] = {0.11, 0.2, 1.0, 3.0};
    struct eot_lfc_material lead = {1, {eot_lfc_nuclide_from_mass(82.0, 207.2, 11.35, 1.0)}};
    const double low = log(0.2), step = (log(108.0) - low) / (N - 1);
    double *E = malloc((N * FINE) * sizeof *E), *rate = malloc((N * FINE) * sizeof *rate);
    struct eot_error err;
    for (int i = 0; i < 4; i++) {
        struct eot_lfc_reaction r = E2MU;
        double fold = 0.0, exact = 0.0;
        r.m_phi = masses[i];
        for (int j = 0; j < N * FINE; j++) E[j] = exp(low + step * j / FINE);
        cr_assert_eq(eot_lfc_macroscopic(&r, &lead, E, (N - 1) * FINE + 1, rate, NULL, &err), EOT_OK, "%s", err.text);
        for (int j = 0; j < (N - 1) * FINE && E[j] < 100.0; j++) { /* dL = dE/E^2 = dln E / E */
            int node = j / FINE * FINE;
            double x = (j - node) / (double)FINE, L = 1.0 / E[j];
            exact += rate[j] * L;
            fold += (rate[node] * (1.0 - x) + rate[node + FINE] * x) * L;
        }
        cr_expect_float_eq(fold, exact, 2e-3 * exact, "m = %g: %g on the grid, %g exactly", masses[i], fold, exact);
        cr_log_info("m = %g: the grid is %.1e too high", masses[i], fold / exact - 1.0);
    }
    free(E);
    free(rate);
}

Test(yield, refuses_masses_that_the_beam_cannot_make) {
    struct simulation s;
    struct eot_yield yield;
    struct eot_yield_times times;
    struct eot_em_options media;
    double length[2 * 2 * 3] = {1.0};
    uint64_t n_primary[2] = {1, 1};
    struct eot_track_spectra spectra = {.n_energy = 3,
                                        .n_batch = 2,
                                        .log_first = log(0.5),
                                        .log_step = log(2.0),
                                        .n_primary = n_primary,
                                        .length = length}; /* to 2 GeV */
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"physics.cut=2 GeV", NULL}, "host");
    SIMULATION_OK(&s, eot_world_em_options(&s.config, &s.setup, 2.0, &media, &s.error));
    cr_expect_eq(eot_yield_matrix(&(struct eot_yield_input){.media = &media,
                                                            .spectra = &spectra,
                                                            .reaction = E2MU,
                                                            .m_phi = (const double[]){2.5},
                                                            .n = 1,
                                                            .E_min = 0.0},
                                  s.backend, &yield, &times, &s.error),
                 EOT_E_USAGE);
    cr_expect_not_null(strstr(s.error.text, "cannot be made by this beam"), "%s", s.error.text);
    cr_expect_eq(eot_yield_matrix(&(struct eot_yield_input){.media = &media,
                                                            .spectra = &spectra,
                                                            .reaction = E2MU,
                                                            .m_phi = (const double[]){3.5},
                                                            .n = 1,
                                                            .E_min = 0.0},
                                  s.backend, &yield, &times, &s.error),
                 EOT_E_USAGE);
    cr_expect_eq(eot_yield_matrix(&(struct eot_yield_input){.media = &media,
                                                            .spectra = &spectra,
                                                            .reaction = E2MU,
                                                            .m_phi = (const double[]){0.1},
                                                            .n = 1,
                                                            .E_min = 0.0},
                                  s.backend, &yield, &times, &s.error),
                 EOT_E_USAGE);
    simulation_close(&s);
}

/* What a region leaves out, of one mass or of several, and what is simulated are together the yield at all energies.
 * The rest is measured by vertices below the region alone: its error is below 1.5 % with 16000 showers. False
 * positives: 1e-5 for each of 12 comparisons. */
Test(yield, agrees_with_a_run_and_what_it_leaves_out, .timeout = 300) {
    static const double masses[] = {0.11, 0.3};
    static const struct {
        const char *mphi, *region;
        size_t n;
    } run[] = {{"physics.mphi=[0.11, 0.3, 2.5]", "sampling.region.min_lepton_energy=5 GeV", 2},
               {"physics.mphi=0.11", "sampling.region.min_lepton_energy=30 GeV", 1}};
    struct simulation s;
    struct eot_track_spectra spectra;
    struct eot_em_options media;
    struct eot_yield yield[2];
    struct eot_yield_times times;
    spectra_make(&s, "physics.cut=0.2 GeV", 6000, &spectra, &media);
    SIMULATION_OK(
        &s, eot_yield_matrix(
                &(struct eot_yield_input){
                    .media = &media, .spectra = &spectra, .reaction = E2MU, .m_phi = masses, .n = 2, .E_min = 0.0},
                s.backend, yield, &times, &s.error));
    eot_track_spectra_free(&spectra);
    simulation_close(&s);
    for (size_t r = 0; r < 2; r++) {
        static const char *const channel[] = {"signal.", "signal.positron_"};
        simulation_open(&s, "configs/na64e-signal.yaml",
                        (const char *const[]){run[r].mphi, run[r].region, "sampling.eot=16000", "sampling.batch=1000",
                                              "scoring.showers=0", "physics.h=1e-4", NULL},
                        NULL);
        s.measures_excluded = true;
        simulation_run(&s);
        for (size_t i = 0; i < run[r].n; i++)
            for (size_t c = 0; c < 2; c++) {
                const struct eot_mean *want = c == 0 ? &yield[i].electron : &yield[i].positron;
                char prefix[48], name[96];
                snprintf(prefix, sizeof prefix, "%s%s",
                         run[r].n == 1 ? ""
                         : i == 0      ? "mphi_0.11."
                                       : "mphi_0.3.",
                         channel[c]);
                snprintf(name, sizeof name, "%sexcluded_per_eot", prefix);
                const struct eot_estimate *excluded = simulation_estimate(&s, name);
                snprintf(name, sizeof name, "%sper_eot", prefix);
                const struct eot_estimate *all = simulation_estimate(&s, name);
                cr_expect_float_eq(all->value, want->value, 4.4 * hypot(all->std_error, want->std_error),
                                   "%s, run %zu: %g +- %g, matrix %g +- %g", name, r, all->value, all->std_error,
                                   want->value, want->std_error);
                cr_expect_lt(excluded->std_error, 0.015 * excluded->value, "%s, run %zu: %g +- %g", prefix, r,
                             excluded->value, excluded->std_error);
            }
        simulation_close(&s);
    }
}
