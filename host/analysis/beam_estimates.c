/** @file beam_estimates.c
 * What became of the primaries before the ECAL: how many reach it, with what energy, and where the rest is. */
#include <math.h>
#include <stdio.h>

#include "analysis/estimator.h"
#include "eotmc/detector/accumulator.h"
#include "eotmc/transport/state.h"

/* Mean energy per primary of one of the sums; its error from the batches. */
static enum eot_status add_energy(const struct eot_estimator *e, const char *name, enum eot_beam_sum which,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean mean;
    for (size_t b = 0; b < e->run->n_block; b++) {
        const struct eot_block *block = &e->run->block[b];
        e->scratch[b] = (struct eot_batch_sum){block->n_primary, (double)block->beam[which] / EOT_ENERGY_QUANTUM, 0.0};
    }
    EOT_TRY(eot_statistics_rate(e->scratch, e->run->n_block, false, &mean, err));
    bool is_of_matter = which == EOT_BEAM_IONISATION || which == EOT_BEAM_BELOW;
    if (is_of_matter && e->world->event.line.n_medium == 0) /* there is none */
        mean = (struct eot_mean){.is_exact = true};
    else if (mean.value == 0.0)
        mean.upper_limit =
            EOT_LIMIT_EVENTS_90 * eot_estimator_top_energy(e) / (double)eot_sums_primaries(&e->run->sums);
    EOT_TRY(eot_estimator_add(e, name, "GeV", mean, err));
done:
    return status;
}

static enum eot_status add_kept(const struct eot_estimator *e, double n, struct eot_error *err) {
    double edges[EOT_N_KEPT_BIN + 1], values[EOT_N_KEPT_BIN], variances[EOT_N_KEPT_BIN];
    struct eot_histogram h = {.name = "beam.kept_energy_fraction",
                              .unit = "1",
                              .content_unit = "1/EOT",
                              .title = "Energy that the particle of the beam has left at the ECAL's front plane",
                              .axis = "E'/E",
                              .n_bin = EOT_N_KEPT_BIN,
                              .edges = edges,
                              .values = values,
                              .variances = variances};
    for (int i = 0; i <= EOT_N_KEPT_BIN; i++) edges[i] = (double)i / EOT_N_KEPT_BIN;
    for (int i = 0; i < EOT_N_KEPT_BIN; i++) {
        double count = (double)eot_sums_count(&e->run->sums, EOT_RUN_BEAM, (size_t)(EOT_BEAM_KEPT + i));
        values[i] = count / n;
        variances[i] = count / (n * n);
    }
    return eot_result_add_histogram(e->result, &h, err);
}

enum eot_status eot_estimator_add_beam(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums *sums = &e->run->sums;
    double n = (double)eot_sums_primaries(sums);
    if (sums->layout.n_section <= EOT_RUN_BEAM)
        return eot_estimator_add_exact(e, "beam.ecal_hit_fraction", "1", 1.0, err);
    EOT_TRY(eot_estimator_add(e, "beam.ecal_hit_fraction", "1",
                              eot_statistics_share((double)eot_sums_count(sums, EOT_RUN_BEAM, EOT_BEAM_HIT), n), err));
    EOT_TRY(add_energy(e, "beam.ecal_energy_GeV", EOT_BEAM_ARRIVED, err));
    EOT_TRY(add_energy(e, "beam.missed_energy_GeV", EOT_BEAM_MISSED, err));
    EOT_TRY(add_energy(e, "beam.front_ionisation_GeV", EOT_BEAM_IONISATION, err));
    EOT_TRY(add_energy(e, "beam.front_below_cut_GeV", EOT_BEAM_BELOW, err));
    double n_spilled = (double)eot_sums_count(sums, EOT_RUN_BEAM, EOT_BEAM_SPILLED);
    if (n_spilled > 0.0) /* showers of the parametrisation instead of the cascade */
        EOT_TRY(eot_estimator_add_exact(e, "beam.arrivals_not_followed", "1", n_spilled / n, err));
    EOT_TRY(add_kept(e, n, err));
done:
    return status;
}
