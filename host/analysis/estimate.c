#include "analysis/estimate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/channels.h"
#include "analysis/estimator.h"
#include "base/sha256.h"
#include "job/replay.h"
#include "physics/process.h"
#include "version.h"

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

/* Mean of n scores with sums of squares. */
static struct eot_mean mean_of(double sum, double square, double n) {
    double mean = sum / n;
    return (struct eot_mean){
        .value = mean, .std_error = n > 1.0 ? sqrt(fmax(0.0, square / n - mean * mean) / (n - 1.0)) : 0.0, .n_eff = n};
}

/* sum A / sum B over n showers; error by linearisation. */
static struct eot_mean ratio_of(double A, double A2, double B, double B2, double AB, double n) {
    double r = A / B;
    return (struct eot_mean){
        .value = r, .std_error = sqrt(fmax(0.0, A2 - 2.0 * r * AB + r * r * B2) * n / (n - 1.0)) / B, .n_eff = n};
}

static enum eot_status add_showers(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_world *world = e->world;
    const struct eot_shower_scores *s = &e->run->shower;
    double n = (double)s->n, to_X0 = 1.0 / world->calorimeter_X0, edges[EOT_MAX_PROFILE + 1], values[EOT_MAX_PROFILE],
           variances[EOT_MAX_PROFILE];
    if (s->n < 2 || !(s->sum[EOT_S_DEPOSIT] > 0.0)) return EOT_OK; /* no error can be stated */
    EOT_TRY(eot_estimator_add_exact(e, "ecal.showers", "1", n, err));
    EOT_TRY(eot_estimator_add(e, "ecal.deposit_GeV", "GeV", mean_of(s->sum[EOT_S_DEPOSIT], s->square[EOT_S_DEPOSIT], n),
                              err));
    EOT_TRY(eot_estimator_add(e, "ecal.visible_fraction", "1",
                              ratio_of(s->sum[EOT_S_VISIBLE], s->square[EOT_S_VISIBLE], s->sum[EOT_S_DEPOSIT],
                                       s->square[EOT_S_DEPOSIT], s->cross_visible, n),
                              err));
    double mean_visible = s->sum[EOT_S_VISIBLE] / n, moment[5] = {0};
    EOT_TRY(eot_estimator_add(
        e, "ecal.visible_spread", "1",
        (struct eot_mean){
            .value = sqrt(fmax(0.0, s->square[EOT_S_VISIBLE] / n - mean_visible * mean_visible)) / mean_visible,
            .std_error =
                sqrt(fmax(0.0, s->square[EOT_S_VISIBLE] / n - mean_visible * mean_visible) / (2.0 * (n - 1.0))) /
                mean_visible,
            .n_eff = n},
        err)); /* error of a Gaussian's width */
    for (uint64_t i = 0; i < s->n; i++) moment[1] += s->depth[i] * to_X0 / n;
    for (uint64_t i = 0; i < s->n; i++) {
        double d = s->depth[i] * to_X0 - moment[1];
        moment[2] += d * d / n;
        moment[4] += d * d * d * d / n;
    }
    double spread = sqrt(moment[2] * n / (n - 1.0));
    EOT_TRY(eot_estimator_add(e, "ecal.mean_depth_X0", "X0",
                              (struct eot_mean){.value = moment[1], .std_error = spread / sqrt(n), .n_eff = n}, err));
    EOT_TRY(eot_estimator_add(
        e, "ecal.shower_depth_spread_X0", "X0",
        (struct eot_mean){
            .value = spread,
            .std_error = spread > 0.0 ? sqrt(fmax(0.0, moment[4] - moment[2] * moment[2]) / n) / (2.0 * spread) : 0.0,
            .n_eff = n},
        err));
    EOT_TRY(eot_estimator_add(e, "ecal.preshower_fraction", "1",
                              ratio_of(s->sum[EOT_S_PRESHOWER], s->square[EOT_S_PRESHOWER], s->sum[EOT_S_DEPOSIT],
                                       s->square[EOT_S_DEPOSIT], s->cross_preshower, n),
                              err));
    EOT_TRY(eot_estimator_add(e, "ecal.leakage_rear_GeV", "GeV", mean_of(s->sum[EOT_S_REAR], s->square[EOT_S_REAR], n),
                              err));
    EOT_TRY(eot_estimator_add(e, "ecal.leakage_side_GeV", "GeV", mean_of(s->sum[EOT_S_SIDE], s->square[EOT_S_SIDE], n),
                              err));
    EOT_TRY(eot_estimator_add(e, "ecal.leakage_front_GeV", "GeV",
                              mean_of(s->sum[EOT_S_FRONT], s->square[EOT_S_FRONT], n), err));
    struct eot_histogram h = {.name = "ecal.profile",
                              .unit = "X0",
                              .title = "Energy deposited in the ECAL (GeV per bin and shower)",
                              .axis = "depth in the ECAL",
                              .n_bin = (size_t)s->n_bin,
                              .edges = edges,
                              .values = values,
                              .variances = variances};
    for (int b = 0; b <= s->n_bin; b++) edges[b] = b * s->bin_width * to_X0;
    for (int b = 0; b < s->n_bin; b++) {
        struct eot_mean m = mean_of(s->profile[b], s->profile_square[b], n);
        values[b] = m.value;
        variances[b] = m.std_error * m.std_error;
    }
    EOT_TRY(eot_result_add_histogram(e->result, &h, err));
    struct eot_histogram cells = {.name = "ecal.cell_energy",
                                  .unit = "1",
                                  .title = "Energy in the cells of the ECAL (GeV per shower)",
                                  .axis = "cell (x + y n_x)",
                                  .n_bin = (size_t)s->n_cell,
                                  .edges = edges,
                                  .values = values,
                                  .variances = variances};
    for (int b = 0; b <= s->n_cell; b++) edges[b] = b - 0.5;
    for (int b = 0; b < s->n_cell; b++) {
        struct eot_mean m = mean_of(s->cell[b], s->cell_square[b], n);
        values[b] = m.value;
        variances[b] = m.std_error * m.std_error;
    }
    EOT_TRY(eot_result_add_histogram(e->result, &cells, err));
done:
    return status;
}

/* Hash of the tallies, summed over the run: the same for any work-group, launch, lane, batch. Further selections come
 * behind the default one. */
static void hash_tallies(const struct eot_run *run, char sha256[65]) {
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    for (int k = 0; k < 3 * EOT_TRACK_BINS; k++) {
        int64_t sum = 0;
        for (size_t i = 0; i < run->n_block; i++) sum += run->block[i].track[k];
        eot_sha256_update(&hash, &sum, sizeof sum);
    }
    for (size_t s = 0; s <= run->n_further; s++)
        for (int k = 0; k < EOT_N_TALLY; k++) {
            int64_t sum = 0;
            for (size_t i = 0; i < run->n_block; i++) {
                const int64_t *t = eot_block_tally(&run->block[i], s);
                if (t != NULL) sum += t[k];
            }
            eot_sha256_update(&hash, &sum, sizeof sum);
        }
    eot_sha256_finish(&hash, sha256);
}

/* What identifies the run. */
static enum eot_status add_head(const struct eot_estimator *e, const struct eot_backend *backend,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = e->config;
    struct eot_result *result = e->result;
    snprintf(result->name, sizeof result->name, "%s", config->name);
    snprintf(result->mode, sizeof result->mode, "%s",
             config->sampling.mode == EOT_SAMPLING_FORCED ? "forced" : "analog");
    snprintf(result->version, sizeof result->version, "%s", EOT_VERSION);
    memcpy(result->config_sha256, config->sha256, sizeof result->config_sha256);
    memcpy(result->tables_sha256, e->world->sha256, sizeof result->tables_sha256);
    result->seed = config->sampling.seed;
    result->run = config->sampling.run;
    result->partial = e->run->is_partial;
    result->effective_yaml = config->effective_yaml;
    for (const struct eot_backend *b = backend; b != NULL; b = b->next) {
        EOT_TRY(eot_result_add_device(result, b->name, b->driver, err));
        result->performance.jit_s += b->build_s;
    }
    EOT_TRY(eot_result_add_range(result, e->run->first, e->run->end, err));
    hash_tallies(e->run, result->tally_sha256);
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

static void set_performance(const struct eot_estimator *e) {
    const struct eot_run *run = e->run;
    struct eot_result *result = e->result;
    uint64_t n_step = 0, n = run->end - run->first;
    for (size_t i = 0; i < run->n_block; i++) n_step += run->block[i].n_step;
    double wall = run->wall_s > 0.0 ? run->wall_s : 1e-9;
    result->performance.wall_s = run->wall_s;
    result->performance.kernel_s = run->kernel_s;
    result->performance.eot_per_s = (double)n / wall;
    result->performance.steps_per_s = (double)n_step / wall;
    result->performance.steps_per_eot = (double)n_step / (double)n;
    result->performance.muons_per_s = (double)eot_estimator_counter(e, EOT_C_MUONS) / wall;
}

enum eot_status eot_result_from_run(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_run *run, const struct eot_backend *backend,
                                    struct eot_result *result, struct eot_error *err) {
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
    EOT_CHECK_MEMORY(e.scratch);
    EOT_CHECK(run->end > run->first, EOT_E_INTERRUPTED,
              "no batch was completed; nothing is written (use a smaller sampling.batch to stop earlier)");
    EOT_TRY(add_head(&e, backend, err));
    EOT_TRY(add_vertices(&e, err));
    if (config->scoring.track_length) EOT_TRY(add_track_lengths(&e, err));
    for (e.selection = 0; e.selection <= run->n_further; e.selection++) {
        EOT_TRY(eot_estimator_add_selection(&e, err));
        EOT_TRY(eot_estimator_add_histograms(&e, err));
    }
    e.selection = 0;
    if (world->event.response.n_hcal > 0)
        EOT_TRY(eot_estimator_add(
            &e, "hcal.calibration", "1",
            (struct eot_mean){.value = (double)world->event.response.hcal_scale,
                              .std_error = (double)world->event.response.hcal_scale * world->hcal_peak_error},
            err));
    EOT_TRY(eot_estimator_add_exact(&e, "events.recorded", "1", (double)run->n_row, err));
    EOT_TRY(eot_estimator_add_exact(&e, "events.dropped", "1", (double)run->n_row_dropped, err));
    EOT_TRY(add_showers(&e, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(eot_result_add_fault(result, fault[i], (uint64_t)eot_estimator_counter(&e, EOT_C_FAULT + i), err));
    EOT_TRY(add_balance(&e, err));
    set_performance(&e);
    EOT_TRY(eot_estimator_add_events(&e, err));
done:
    free(e.scratch);
    return status;
}
