#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum eot_status eot_run_track_spectra(const struct eot_config *config, const struct eot_world *world,
                                      const struct eot_run_options *options, uint64_t eot, size_t n_batch,
                                      struct eot_track_spectra *spectra, struct eot_error *err) {
    static const double LOG_STEP = 0.0125;
    enum eot_status status = EOT_OK;
    struct eot_engine g = {0};
    struct eot_progress progress;
    struct eot_block block = {.n_primary = 0};
    bool has_progress = false, is_complete = true;
    uint64_t done_primaries = 0;
    memset(spectra, 0, sizeof *spectra);
    double log_span = (double)(world->em.n_energy - 1) / (double)world->em.inverse_log_step;
    spectra->log_first = (double)world->em.log_cut;
    spectra->n_energy = (size_t)ceil(log_span / LOG_STEP) + 1;
    spectra->log_step = log_span / (double)(spectra->n_energy - 1);
    spectra->n_primary = calloc(n_batch, sizeof *spectra->n_primary);
    spectra->length = calloc(n_batch * 2 * spectra->n_energy, sizeof *spectra->length);
    spectra->photon = calloc(n_batch * spectra->n_energy, sizeof *spectra->photon);
    EOT_CHECK_MEMORY(spectra->n_primary);
    EOT_CHECK_MEMORY(spectra->length);
    EOT_CHECK_MEMORY(spectra->photon);
    struct eot_config forced = *config;
    forced.sampling.mode = EOT_SAMPLING_FORCED; /* without slots for vertices that lanes might have to wait for */
    struct eot_world all = *world;
    all.em.sought = all.em.cut; /* track lengths of all that is above the cut */
    double start = eot_clock_seconds(), build_before = options->backend->build_s;
    EOT_TRY(eot_engine_create(&g,
                              &(struct eot_engine_task){.backend = options->backend,
                                                        .config = &forced,
                                                        .world = &all,
                                                        .stop = {.is_interrupted = options->is_interrupted},
                                                        .batch = (eot + n_batch - 1) / n_batch,
                                                        .spectra = spectra},
                              err));
    eot_progress_start(&progress, options->progress, "EOT", eot, 0);
    has_progress = true;
    for (size_t b = 0; b < n_batch && is_complete; b++) {
        uint64_t end = eot / n_batch * (b + 1) + eot % n_batch * (b + 1) / n_batch;
        uint32_t n = (uint32_t)(end - done_primaries);
        EOT_TRY(eot_engine_cascade(&g, config->sampling.first + done_primaries, n, &block, &is_complete, err));
        if (!is_complete) break;
        double *length = spectra->length + b * 2 * spectra->n_energy;
        for (size_t p = 0; p < 2; p++)
            for (size_t j = 0; j < spectra->n_energy; j++)
                length[p * spectra->n_energy + j] =
                    (double)g.cascade.spectrum[p * (spectra->n_energy + 1) + j] / (double)EOT_TRACK_QUANTUM;
        for (size_t j = 0; j < spectra->n_energy; j++)
            spectra->photon[b * spectra->n_energy + j] =
                (double)g.cascade.spectrum[EOT_PHOTON * (spectra->n_energy + 1) + j] / (double)EOT_TRACK_QUANTUM;
        spectra->n_primary[b] = n;
        spectra->n_batch = b + 1;
        done_primaries = end;
        eot_progress_update(&progress, done_primaries);
    }
    spectra->wall_s = eot_clock_seconds() - start - (options->backend->build_s - build_before);
    EOT_CHECK(is_complete, EOT_E_INTERRUPTED, "interrupted after %llu of %llu showers; nothing was kept",
              (unsigned long long)done_primaries, (unsigned long long)eot);
done:
    if (has_progress) eot_progress_finish(&progress, done_primaries);
    eot_engine_free(&g);
    return status;
}

void eot_track_spectra_free(struct eot_track_spectra *spectra) {
    free(spectra->n_primary);
    free(spectra->length);
    free(spectra->photon);
    *spectra = (struct eot_track_spectra){0};
}
