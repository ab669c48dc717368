#include "analysis/estimate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/channels.h"
#include "analysis/estimator.h"
#include "physics/process.h"

static enum eot_status add_track_lengths(const struct eot_estimator *e, struct eot_error *err) {
    static const char *const particle[3] = {"electron", "positron", "photon"};
    static const double threshold[EOT_N_TRACK_THRESHOLD] = {
#define EOT_TRACK_THRESHOLD(E) (double)(E),
#include "eotmc/tally/track_thresholds.def"
#undef EOT_TRACK_THRESHOLD
    };
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    size_t n_used = 0;
    for (size_t i = 0; i < run->n_block; i++) n_used += run->block[i].n_primary > 0;
    for (int p = 0; p < 3; p++)
        for (int t = 0; t < EOT_N_TRACK_THRESHOLD; t++) {
            if (threshold[t] < e->config->physics.cut || n_used < 2) continue; /* not tracked; or without an error */
            for (size_t i = 0; i < run->n_block; i++) {
                double sum = 0.0;
                for (int b = t + 1; b < EOT_TRACK_BINS; b++)
                    sum += (double)run->block[i].track[p * EOT_TRACK_BINS + b] / (double)EOT_TRACK_QUANTUM;
                e->scratch[i] = (struct eot_batch_sum){run->block[i].n_primary, sum, 0.0};
            }
            struct eot_mean mean;
            char name[80];
            EOT_TRY(eot_statistics_rate(e->scratch, run->n_block, false, &mean, err));
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%gGeV", particle[p], threshold[t]);
            EOT_TRY(eot_estimator_add(e, name, "X0", mean, err));
        }
done:
    return status;
}

/* Rate of vertices, by process, and their mean depth. */
static enum eot_status add_vertices(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_batch_sum *weight = NULL;
    struct eot_mean all, mean;
    char name[64];
    size_t n_used = 0; /* blocks with primaries: an interrupted run may have one, and then no spread between blocks */
    for (size_t i = 0; i < e->run->n_block; i++) n_used += e->run->block[i].n_primary > 0;
    EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, e->method, &all, err));
    EOT_TRY(eot_estimator_add_exact(e, "eot.simulated", "1", (double)(e->run->end - e->run->first), err));
    EOT_TRY(eot_estimator_add_exact(e, "physics.cut", "GeV", e->config->physics.cut, err));
    double equivalent = all.value > 0.0 ? all.n_eff / all.value : 0.0; /* effective vertices over their rate */
    mean = (struct eot_mean){.value = equivalent,
                             .std_error = all.value > 0.0 ? equivalent * all.std_error / all.value : 0.0,
                             .n_batches = all.n_batches};
    EOT_TRY(eot_estimator_add(e, "eot.equivalent", "1", mean, err));
    EOT_TRY(eot_estimator_add_channels(e, err));
    if (!(all.value > 0.0) || n_used < 2) goto done;
    weight = calloc(e->run->n_block, sizeof *weight);
    EOT_CHECK_MEMORY(weight);
    eot_estimator_sums(e, EOT_T_WEIGHTED + 4 * EOT_W_DEPTH, e->scratch);
    eot_estimator_sums(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, weight);
    EOT_TRY(eot_statistics_ratio(e->scratch, weight, e->run->n_block, &mean, err));
    snprintf(name, sizeof name, "%s.mean_depth_X0", eot_family_key(eot_config_family(e->config)));
    EOT_TRY(eot_estimator_add(e, name, "X0", mean, err));
done:
    free(weight);
    return status;
}

/* Where the energy of the events went, and whether any is missing. */
static enum eot_status add_balance(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    double in = (double)eot_estimator_counter(e, EOT_C_ENERGY_IN) / EOT_ENERGY_QUANTUM, out = 0.0;
    int64_t difference = eot_estimator_counter(e, EOT_C_ENERGY_IN);
    size_t n_used = 0;
    struct eot_batch_sum *share = calloc(run->n_block, sizeof *share);
    EOT_CHECK_MEMORY(share);
    for (size_t b = 0; b < run->n_block; b++) {
        share[b] = (struct eot_batch_sum){run->block[b].n_primary,
                                          (double)run->block[b].event[EOT_C_ENERGY_IN] / EOT_ENERGY_QUANTUM, 0.0};
        n_used += run->block[b].n_primary > 0;
    }
    for (int i = 0; i < EOT_N_LEDGER; i++) {
        int64_t counts = eot_estimator_counter(e, EOT_C_LEDGER + i);
        struct eot_mean mean;
        char name[80];
        out += (double)counts / EOT_ENERGY_QUANTUM;
        difference -= counts;
        if (!(in > 0.0) || n_used < 2) continue;
        for (size_t b = 0; b < run->n_block; b++)
            e->scratch[b] = (struct eot_batch_sum){
                run->block[b].n_primary, (double)run->block[b].event[EOT_C_LEDGER + i] / EOT_ENERGY_QUANTUM, 0.0};
        EOT_TRY(eot_statistics_ratio(e->scratch, share, run->n_block, &mean, err));
        snprintf(name, sizeof name, "energy.%s_fraction", eot_ledger_name[i]);
        EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    }
    e->result->energy_in = in;
    e->result->energy_out = out;
    e->result->energy_residual = in > 0.0 ? (double)difference / EOT_ENERGY_QUANTUM / in : 0.0;
done:
    free(share);
    return status;
}

enum eot_status eot_estimate_showers(const struct eot_config *config, const struct eot_world *world,
                                     const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    static const char *const fault[EOT_N_FAULT] = {
#define EOT_FAULT_COUNTER(id, name, bits) name,
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
    };
    enum eot_status status = EOT_OK;
    bool is_enhanced = config->sampling.mode == EOT_SAMPLING_ANALOG && config->sampling.analog_enhancement > 1.0;
    struct eot_estimator e = {.config = config,
                              .world = world,
                              .run = run,
                              .result = result,
                              .scratch = calloc(run->n_block, sizeof *e.scratch),
                              .method = is_enhanced ? EOT_BY_BATCHES : EOT_BY_SQUARES};
    double scale = (double)world->event.response.hcal_scale;
    EOT_CHECK_MEMORY(e.scratch);
    EOT_TRY(add_vertices(&e, err));
    if (config->scoring.track_length) EOT_TRY(add_track_lengths(&e, err));
    for (e.selection = 0; e.selection <= config->n_further; e.selection++) {
        EOT_TRY(eot_estimator_add_selection(&e, err));
        EOT_TRY(eot_estimator_add_histograms(&e, err));
    }
    e.selection = 0;
    EOT_TRY(eot_estimator_add_tracks(&e, err));
    if (world->event.response.n_hcal > 0)
        EOT_TRY(eot_estimator_add(&e, "hcal.calibration", "1",
                                  (struct eot_mean){.value = scale, .std_error = scale * world->hcal_peak_error}, err));
    EOT_TRY(eot_estimate_plain_showers(config, run, world->calorimeter_X0, result, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(eot_result_add_fault(result, fault[i], (uint64_t)eot_estimator_counter(&e, EOT_C_FAULT + i), err));
    EOT_TRY(add_balance(&e, err));
done:
    free(e.scratch);
    return status;
}
