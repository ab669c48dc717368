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
    const double top = eot_estimator_top_energy(e);
    for (int p = 0; p < 3; p++)
        for (int t = 0; t < EOT_N_TRACK_THRESHOLD; t++) {
            if (threshold[t] < e->config->physics.cut) continue; /* not tracked */
            for (size_t i = 0; i < run->n_block; i++) {
                double sum = 0.0;
                for (int b = t + 1; b < EOT_TRACK_BINS; b++)
                    sum += (double)run->block[i].track[p * EOT_TRACK_BINS + b] / (double)EOT_TRACK_QUANTUM;
                e->scratch[i] = (struct eot_batch_sum){run->block[i].n_primary, sum, 0.0};
            }
            struct eot_mean mean;
            char name[80];
            EOT_TRY(eot_statistics_rate(e->scratch, run->n_block, false, &mean, err));
            if (mean.value == 0.0 && threshold[t] >= top) mean = (struct eot_mean){.is_exact = true};
            if (mean.value == 0.0 && !mean.is_exact) /* at most top / threshold particles, each for about one X0 */
                mean.upper_limit = EOT_LIMIT_EVENTS_90 * (top / threshold[t]) / (double)eot_sums_primaries(&run->sums);
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%gGeV", particle[p], threshold[t]);
            EOT_TRY(eot_estimator_add(e, name, "X0", mean, err));
        }
done:
    return status;
}

/* The effective number of vertices over their rate, n sum w / sum w^2: what fluctuates in it is the ratio of both sums,
 * from block to block; nothing where all weights are equal. @param all the rate. */
static enum eot_status equivalent_of(const struct eot_estimator *e, struct eot_mean all, struct eot_mean *mean,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const size_t n_block = e->run->n_block;
    struct eot_mean batches;
    struct eot_batch_sum *square = calloc(n_block, sizeof *square);
    EOT_CHECK_MEMORY(square);
    *mean = (struct eot_mean){.n_eff = all.n_eff, .has_no_error = all.has_no_error, .n_batches = all.n_batches};
    if (!(all.value > 0.0 && all.n_eff > 0.0))
        goto done; /* no vertex, or weights whose squares are all below the sums' last place */
    mean->value = all.n_eff / all.value;
    eot_estimator_sums(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, e->scratch);
    for (size_t b = 0; b < n_block; b++)
        square[b] = (struct eot_batch_sum){.n = e->scratch[b].n, .sum = e->scratch[b].sum2};
    EOT_TRY(eot_statistics_ratio(e->scratch, square, n_block, &batches, err));
    double second = 0.0, third = 0.0; /* of the blocks' deviations: a few large weights make them skewed */
    for (size_t b = 0; b < n_block; b++) {
        double d = e->scratch[b].sum - batches.value * square[b].sum;
        second += d * d;
        third += d * d * d;
    }
    mean->std_error =
        mean->value * batches.std_error / batches.value * sqrt(eot_statistics_skewness_factor(second, third));
    mean->has_no_error = batches.has_no_error;
    mean->is_exact =
        e->config->sampling.mode == EOT_SAMPLING_ANALOG && !mean->has_no_error && mean->std_error < 1e-9 * mean->value;
done:
    free(square);
    return status;
}

/* Rate of vertices, by process, and their mean depth. */
static enum eot_status add_vertices(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean all, mean;
    char name[64];
    EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &all, err));
    EOT_TRY(eot_estimator_add_exact(e, "eot.simulated", "1", (double)eot_sums_primaries(&e->run->sums), err));
    EOT_TRY(eot_estimator_add_exact(e, "physics.cut", "GeV", e->config->physics.cut, err));
    EOT_TRY(equivalent_of(e, all, &mean, err));
    EOT_TRY(eot_estimator_add(e, "eot.equivalent", "1", mean, err));
    EOT_TRY(eot_estimator_add_channels(e, err));
    EOT_TRY(eot_estimator_share(e,
                                &(struct eot_share){.in = EOT_T_WEIGHTED + 4 * EOT_W_DEPTH,
                                                    .of = EOT_T_WEIGHTED + 4 * EOT_W_ALL,
                                                    .cross = EOT_T_WEIGHTED + 4 * EOT_W_CROSS_DEPTH,
                                                    .unit = EOT_TALLY_DEPTH,
                                                    .is_mean = true},
                                &mean, err));
    snprintf(name, sizeof name, "%s.mean_depth_X0", eot_family_key(eot_config_family(e->config)));
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "X0", mean, err));
done:
    return status;
}

/* Whether a term of the ledger cannot be other than it is: the set-up has no place for it, or it was counted. */
static bool is_known(const struct eot_estimator *e, int term) {
    const eot_response *r = &e->world->event.response;
    bool is_signal = eot_config_family(e->config) == EOT_FAMILY_SIGNAL, has_veto = false;
    for (size_t i = 0; i < e->config->geometry.n_volume; i++)
        has_veto |= e->config->geometry.volume[i].role == EOT_ROLE_VETO;
    switch (term) {
    case EOT_ACC_LEDGER_VETO: return !has_veto;
    case EOT_ACC_LEDGER_HCAL: return r->n_hcal == 0;
    case EOT_ACC_LEDGER_REST: return e->config->physics.decay;
    case EOT_ACC_LEDGER_PHI: return !is_signal;
    case EOT_ACC_LEDGER_RECOIL: return !is_signal || e->run->n_mass > 1; /* of several masses it stays with phi */
    case EOT_ACC_LEDGER_MISSED: return e->world->event.line.most == 0;
    case EOT_ACC_LEDGER_LOST: return true;
    default: return false;
    }
}

/* Share of a term of the ledger in the energy of the sampled events. An event holds all of its energy in a term at
 * most: hence the limit on a term without any. */
static enum eot_status ledger_share(const struct eot_estimator *e, int term, struct eot_batch_sum *beam,
                                    struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    const double unit = EOT_TALLY_ENERGY * EOT_TALLY_ENERGY, n = (double)eot_estimator_counter(e, EOT_C_SAMPLED);
    struct eot_ratio_sums s = {
        .a = (double)eot_estimator_counter(e, EOT_C_LEDGER + term) / EOT_ENERGY_QUANTUM,
        .b = (double)eot_estimator_counter(e, EOT_C_ENERGY_IN) / EOT_ENERGY_QUANTUM,
        .aa = unit * eot_estimator_total(e, EOT_T_LEDGER_SQUARE + 2 * term),
        .ab = unit * eot_estimator_total(e, EOT_T_LEDGER_CROSS + 2 * term),
        .bb = unit * eot_estimator_total(e, EOT_T_BEAM_SQUARE),
    };
    *mean = eot_statistics_ratio_of(s, n);
    if (e->method == EOT_BY_BATCHES) {
        struct eot_mean batches;
        for (size_t b = 0; b < run->n_block; b++)
            e->scratch[b] = (struct eot_batch_sum){
                run->block[b].n_primary, (double)run->block[b].event[EOT_C_LEDGER + term] / EOT_ENERGY_QUANTUM, 0.0};
        EOT_TRY(eot_statistics_ratio(e->scratch, beam, run->n_block, &batches, err));
        if (!batches.has_no_error) mean->std_error = batches.std_error;
    }
    /* of a term that is a small part, deviations are the term itself; by shares, as energies hardly differ */
    double shares2 = s.bb > 0.0 ? s.aa / s.bb * n : 0.0, shares4 = 0.0;
    for (size_t b = 0; b < run->n_block; b++)
        shares4 += eot_square_value(run->block[b].event + EOT_T_LEDGER_FOURTH + EOT_N_SQUARE_LIMB * term);
    if (shares4 > 0.0 && mean->value < 0.1) mean->n_eff_error = shares2 * shares2 / shares4;
    if (s.a == 0.0) mean->upper_limit = fmin(1.0, EOT_LIMIT_EVENTS_90 / n);
    if (s.a == 0.0 && is_known(e, term)) *mean = (struct eot_mean){.is_exact = true};
done:
    return status;
}

/* The part of the VETO's energy that came through its surface from what was made before it, and what is not known of it
 * because its tables come from a simulation: the same for all runs with these tables, so that it is in no error. */
static enum eot_status add_crossed(const struct eot_estimator *e, const struct eot_batch_sum *beam,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    struct eot_mean mean = {.upper_limit = 1.0};
    double n = (double)eot_estimator_counter(e, EOT_C_SAMPLED);
    if (e->world->event.secondaries.veto.n_bin == 0) goto done;
    for (size_t b = 0; b < run->n_block; b++)
        e->scratch[b] = (struct eot_batch_sum){run->block[b].n_primary,
                                               (double)run->block[b].event[EOT_C_CROSSED] / EOT_ENERGY_QUANTUM, 0.0};
    if (eot_estimator_counter(e, EOT_C_CROSSED) != 0) {
        EOT_TRY(eot_statistics_ratio(e->scratch, beam, run->n_block, &mean, err));
        mean.n_eff = mean.has_no_error ? 1.0 : eot_statistics_n_eff_of_mean(mean.value, mean.std_error, n);
    } else {
        mean.upper_limit = fmin(1.0, EOT_LIMIT_EVENTS_90 / fmax(n, 1.0));
    }
    EOT_TRY(eot_estimator_add(e, "energy.veto_crossed_fraction", "1", mean, err));
    EOT_TRY(eot_estimator_add_exact(e, "energy.veto_crossed_table_error", "1", mean.value * e->world->accuracy.arrivals,
                                    err));
done:
    return status;
}

/* Where the energy of the events went, and whether any is missing. */
static enum eot_status add_balance(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    double in = (double)eot_estimator_counter(e, EOT_C_ENERGY_IN) / EOT_ENERGY_QUANTUM, out = 0.0;
    int64_t difference = eot_estimator_counter(e, EOT_C_ENERGY_IN);
    struct eot_batch_sum *beam = calloc(run->n_block, sizeof *beam);
    EOT_CHECK_MEMORY(beam);
    for (size_t b = 0; b < run->n_block; b++)
        beam[b] = (struct eot_batch_sum){run->block[b].n_primary,
                                         (double)run->block[b].event[EOT_C_ENERGY_IN] / EOT_ENERGY_QUANTUM, 0.0};
    for (int i = 0; i < EOT_N_LEDGER; i++) {
        int64_t counts = eot_estimator_counter(e, EOT_C_LEDGER + i);
        struct eot_mean mean;
        char name[80];
        out += (double)counts / EOT_ENERGY_QUANTUM;
        difference -= counts;
        if (!(in > 0.0)) continue;
        EOT_TRY(ledger_share(e, i, beam, &mean, err));
        snprintf(name, sizeof name, "energy.%s_fraction", eot_ledger_name[i]);
        EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    }
    if (in > 0.0) EOT_TRY(add_crossed(e, beam, err));
    e->result->energy_in = in;
    e->result->energy_out = out;
    e->result->energy_residual = in > 0.0 ? (double)difference / EOT_ENERGY_QUANTUM / in : 0.0;
done:
    free(beam);
    return status;
}

/* What depends on phi's mass: rates of vertices, selections; histograms where they are wanted. */
static enum eot_status add_signal_or_pairs(struct eot_estimator *e, bool has_histograms, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(add_vertices(e, err));
    for (e->selection = 0; e->selection <= e->config->n_further; e->selection++) {
        EOT_TRY(eot_estimator_add_selection(e, err));
        if (has_histograms) EOT_TRY(eot_estimator_add_histograms(e, err));
    }
    e->selection = 0;
    EOT_TRY(eot_estimator_add_tracks(e, err));
done:
    return status;
}

enum eot_status eot_estimate_mass(const struct eot_config *config, const struct eot_world *world,
                                  const struct eot_run *run, size_t mass, struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_enhanced = config->sampling.mode == EOT_SAMPLING_ANALOG && config->sampling.analog_enhancement > 1.0,
         is_of_all = mass == run->n_mass;
    struct eot_estimator e = {.config = config,
                              .world = world,
                              .run = run,
                              .result = result,
                              .scratch = calloc(run->n_block, sizeof *e.scratch),
                              .method = is_enhanced ? EOT_BY_BATCHES : EOT_BY_SQUARES,
                              .mass = is_of_all ? 0 : mass,
                              .has_mass_name = is_of_all};
    double scale = (double)world->event.response.hcal_scale;
    EOT_CHECK_MEMORY(e.scratch);
    for (e.mass = is_of_all ? 0 : mass; e.mass < (is_of_all ? run->n_mass : mass + 1); e.mass++)
        EOT_TRY(add_signal_or_pairs(&e, !is_of_all, err));
    e.mass = 0; /* what all share is in the first tally */
    e.has_mass_name = false;
    EOT_TRY(eot_estimator_add_beam(&e, err));
    if (config->scoring.track_length) EOT_TRY(add_track_lengths(&e, err));
    if (world->event.response.n_hcal > 0)
        EOT_TRY(eot_estimator_add(&e, "hcal.calibration", "1",
                                  (struct eot_mean){.value = scale,
                                                    .std_error = scale * world->hcal_peak_error,
                                                    .n_eff = EOT_CALIBRATION_MUONS},
                                  err));
    EOT_TRY(eot_estimate_plain_showers(config, run, world->calorimeter_X0, result, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(
            eot_result_add_fault(result, eot_fault_name[i], (uint64_t)eot_estimator_counter(&e, EOT_C_FAULT + i), err));
    EOT_TRY(add_balance(&e, err));
    if (run->n_mass > 1) EOT_TRY(eot_estimator_add_masses(&e, err));
done:
    free(e.scratch);
    return status;
}

enum eot_status eot_estimate_showers(const struct eot_config *config, const struct eot_world *world,
                                     const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    return eot_estimate_mass(config, world, run, run->n_mass > 1 ? run->n_mass : 0, result, err);
}
