/* Track-length spectra against the tally above thresholds, of the same showers: on the host and on the device that a
 * run would take. */
#include <math.h>
#include <stdlib.h>

#include "analysis/yield.h"
#include "../simulation.h"

static void compare(const char *selector) {
    struct simulation s;
    struct eot_track_spectra spectra;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"physics.cut=0.5 GeV", "sampling.eot=240", "sampling.batch=24",
                                          "scoring.showers=0", NULL},
                    selector);
    simulation_run(&s);
    struct eot_run_options options = {.backend = s.backend, .progress = EOT_PROGRESS_NONE};
    simulation_open_backend(
        &s, &(struct eot_backend_options){
                .selector = selector, .extra_options = eot_world_kernel_options_for(&s.config, EOT_TRACK_SPECTRUM)});
    options.backend = s.backend;
    SIMULATION_OK(&s, eot_run_track_spectra(&s.config, &s.world, &options, 240, 7, &spectra, &s.error));
    cr_assert_eq(spectra.n_batch, 7);
    double *weight = malloc(spectra.n_energy * sizeof *weight), n = 0.0;
    for (size_t b = 0; b < 7; b++) n += (double)spectra.n_primary[b];
    cr_assert_eq(n, 240.0);
    cr_assert_float_eq(spectra.log_first, log(0.5), 1e-6);
    for (int p = 0; p < 2; p++)
        for (int t = 0; t < 5; t++) {
            const double threshold[] = {1.0, 2.5, 5.0, 10.0, 20.0};
            char name[80];
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%gGeV", p == 0 ? "electron" : "positron",
                     threshold[t]);
            const struct eot_estimate *tally = simulation_estimate(&s, name);
            double sum = 0.0, straddling = 0.0;
            eot_spectra_weights_above(&spectra, threshold[t], weight);
            for (size_t b = 0; b < 7; b++)
                for (size_t j = 0; j < spectra.n_energy; j++) {
                    double L = spectra.length[(b * 2 + (size_t)p) * spectra.n_energy + j] / n;
                    sum += weight[j] * L;
                    if (weight[j] != 0.0 && weight[j] != 1.0) straddling += L;
                }
            /* only the choice of the node differs, for paths (at most the longest step, 0.5 X0) near the threshold:
             * Bernoulli trials of at most 1/4 */
            double noise = sqrt(0.25 * straddling * 0.5 / n);
            cr_expect_float_eq(sum, tally->value, 5.0 * noise + 1e-4 * sum, "%s: %g from spectra, %g tallied, noise %g",
                               name, sum, tally->value, noise);
        }
    free(weight);
    eot_track_spectra_free(&spectra);
    simulation_close(&s);
}

Test(track_spectra, agree_with_the_thresholds_on_the_host) { compare("host"); }
Test(track_spectra, agree_with_the_thresholds_on_the_device) { compare(NULL); }
