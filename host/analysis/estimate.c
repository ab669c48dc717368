#include "analysis/estimate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/channels.h"
#include "analysis/rates.h"
#include "physics/process.h"

const char *const eot_ledger_name[EOT_N_LEDGER] = {"ecal",         "veto",         "hcal",          "other",
                                                   "leakage_rear", "leakage_side", "leakage_front", "neutrino",
                                                   "muon",         "rest",         "phi",           "recoil"};

static enum eot_status add_track_lengths(const struct eot_config *config, const struct eot_run *run,
                                         struct eot_batch_sum *scratch, struct eot_result *result,
                                         struct eot_error *err) {
    static const char *const particle[3] = {"electron", "positron", "photon"};
    static const double threshold[7] = {1.0, 2.5, 5.0, 10.0, 20.0, 50.0, 75.0};
    enum eot_status status = EOT_OK;
    size_t n_used = 0;
    for (size_t i = 0; i < run->n_block; i++) n_used += run->block[i].n_primary > 0;
    for (int p = 0; p < 3; p++)
        for (int t = 0; t < 7; t++) {
            if (threshold[t] < config->physics.cut || n_used < 2) continue; /* not tracked; or no error can be stated */
            for (size_t i = 0; i < run->n_block; i++) {
                double sum = 0.0;
                for (int b = t + 1; b < EOT_TRACK_BINS; b++)
                    sum += (double)run->block[i].track[p * EOT_TRACK_BINS + b] / (double)EOT_TRACK_QUANTUM;
                scratch[i] = (struct eot_batch_sum){run->block[i].n_primary, sum, 0.0};
            }
            struct eot_mean mean;
            char name[80];
            EOT_TRY(eot_statistics_rate(scratch, run->n_block, false, &mean, err));
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%gGeV", particle[p], threshold[t]);
            EOT_TRY(eot_add_mean(result, name, "X0", mean, err));
        }
done:
    return status;
}

struct axis {
    int which;
    const char *name, *unit, *title, *label;
    double low, per_unit;
    bool is_log10;
};

static enum eot_status add_histogram(const struct eot_run *run, const struct axis *axis, uint64_t n_primary,
                                     struct eot_result *result, struct eot_error *err) {
    double edges[EOT_N_BIN + 1], values[EOT_N_BIN + 2], variances[EOT_N_BIN + 2],
        n = (double)n_primary / run->rare_unit;
    struct eot_histogram h = {.n_bin = EOT_N_BIN, .edges = edges, .values = values + 1, .variances = variances + 1};
    for (int b = 0; b < EOT_N_BIN + 2; b++) {
        values[b] = variances[b] = 0.0;
        for (size_t i = 0; i < run->n_block; i++) {
            const int64_t *t = run->block[i].event + EOT_T_HISTOGRAM + 4 * (axis->which * (EOT_N_BIN + 2) + b);
            values[b] += eot_sum_value(t) / n;
            variances[b] += eot_sum_value(t + 2) / (n * n);
        }
    }
    for (int b = 0; b <= EOT_N_BIN; b++) {
        edges[b] = axis->low + b / axis->per_unit;
        if (axis->is_log10) edges[b] = pow(10.0, edges[b]);
    }
    snprintf(h.name, sizeof h.name, "%s", axis->name);
    snprintf(h.unit, sizeof h.unit, "%s", axis->unit);
    snprintf(h.title, sizeof h.title, "%s", axis->title);
    snprintf(h.axis, sizeof h.axis, "%s", axis->label);
    h.underflow = values[0];
    h.overflow = values[EOT_N_BIN + 1];
    return eot_result_add_histogram(result, &h, err);
}

static const struct axis DIMUON_AXES[] = {
    {EOT_H_PHOTON_ENERGY, "dimuon.photon_energy", "GeV", "Photons that convert to muon pairs", "photon energy",
     EOT_PHOTON_LOG10_LOW, EOT_PHOTON_BINS_PER_DECADE, true},
    {EOT_H_DEPTH, "dimuon.depth_X0", "X0", "Depth of the muon pair", "depth in the ECAL", 0.0, EOT_DEPTH_BINS_PER_X0,
     false},
    {EOT_H_MUON_ENERGY, "dimuon.muon_energy", "GeV", "Muons of the selected charge at the vertex", "muon energy", 0.0,
     EOT_MUON_BINS_PER_GEV, false},
};
static const struct axis SIGNAL_AXES[] = {
    {EOT_H_DEPTH, "signal.depth_X0", "X0", "Depth of the signal's vertex", "depth in the ECAL", 0.0,
     EOT_DEPTH_BINS_PER_X0, false},
    {EOT_H_MUON_ENERGY, "signal.muon_energy", "GeV", "Signal: muons at the vertex", "muon energy", 0.0,
     EOT_MUON_BINS_PER_GEV, false},
    {EOT_H_PARENT, "signal.vertex_energy", "GeV", "Signal: leptons at the vertex", "lepton energy", 0.0,
     EOT_PARENT_BINS_PER_GEV, false},
    {EOT_H_PARENT_SELECTED, "signal.vertex_energy_selected", "GeV",
     "Signal: leptons at the vertex of selected events (Gaussian tail)", "lepton energy", 0.0, EOT_PARENT_BINS_PER_GEV,
     false},
};
static const struct axis DETECTOR_AXES[] = {
    {EOT_H_HCAL0, "hcal0.energy", "GeV", "HCAL0", "world/calibrated energy", 0.0, EOT_HCAL_BINS_PER_GEV, false},
    {EOT_H_HCAL1, "hcal1.energy", "GeV", "HCAL1", "world/calibrated energy", 0.0, EOT_HCAL_BINS_PER_GEV, false},
    {EOT_H_HCAL2, "hcal2.energy", "GeV", "HCAL2", "world/calibrated energy", 0.0, EOT_HCAL_BINS_PER_GEV, false},
    {EOT_H_HCAL3, "hcal3.energy", "GeV", "HCAL3", "world/calibrated energy", 0.0, EOT_HCAL_BINS_PER_GEV, false},
    {EOT_H_MISSING, "missing_energy", "GeV", "Missing energy of events with one track", "missing energy",
     EOT_MISSING_LOW, EOT_MISSING_BINS_PER_GEV, false},
};

const char *const eot_event_columns[EOT_N_EVENT_COLUMN + 1] = {"primary",
                                                               "weight",
                                                               "beam_energy_GeV",
                                                               "photon_energy_GeV",
                                                               "depth_X0",
                                                               "mu_plus_energy_GeV",
                                                               "mu_minus_energy_GeV",
                                                               "vertex_x_cm",
                                                               "vertex_y_cm",
                                                               "vertex_z_cm",
                                                               "ecal_GeV",
                                                               "veto_GeV",
                                                               "hcal0_GeV",
                                                               "hcal1_GeV",
                                                               "hcal2_GeV",
                                                               "hcal3_GeV",
                                                               "n_track",
                                                               "track_momentum_GeV",
                                                               "track_charge",
                                                               "missing_energy_GeV",
                                                               "missing_energy_sigma_GeV",
                                                               "pass_gaussian",
                                                               "pass_exponential",
                                                               "category",
                                                               "cuts_passed",
                                                               "process",
                                                               "parent",
                                                               "time_ns",
                                                               "parent_slope_x",
                                                               "parent_slope_y",
                                                               "muon_versine",
                                                               "muon_turn",
                                                               "target_Z",
                                                               "target_A",
                                                               "recoil_t_GeV2",
                                                               "recoil_turn",
                                                               "mu_plus_direction_x",
                                                               "mu_plus_direction_y",
                                                               "mu_plus_direction_z",
                                                               "mu_minus_direction_x",
                                                               "mu_minus_direction_y",
                                                               "mu_minus_direction_z"};

const char *eot_event_column_name(int column) { return eot_event_columns[column + 1]; }

static int64_t counter(const struct eot_run *run, int which) {
    int64_t sum = 0;
    for (size_t i = 0; i < run->n_block; i++) sum += run->block[i].event[which];
    return sum;
}

/* Efficiency by energy of the lepton at the vertex. With r = sum w p / sum w its variance is sum w^2 (p - r)^2 / (sum
 * w)^2, where sum w^2 p, which no tally holds, is at least sum w^2 p^2. */
static enum eot_status add_efficiency_histogram(const struct eot_run *run, struct eot_result *result,
                                                struct eot_error *err) {
    double edges[EOT_N_BIN + 1], values[EOT_N_BIN], variances[EOT_N_BIN];
    struct eot_histogram h = {.name = "signal.efficiency",
                              .unit = "GeV",
                              .title = "Efficiency of the selection by energy of the lepton at the vertex",
                              .axis = "lepton energy",
                              .n_bin = EOT_N_BIN,
                              .edges = edges,
                              .values = values,
                              .variances = variances};
    for (int b = 0; b <= EOT_N_BIN; b++) edges[b] = b / (double)EOT_PARENT_BINS_PER_GEV;
    for (int b = 0; b < EOT_N_BIN; b++) {
        double w = 0.0, w2 = 0.0, p = 0.0, p2 = 0.0;
        for (size_t i = 0; i < run->n_block; i++) {
            const int64_t *all = run->block[i].event + EOT_T_HISTOGRAM + 4 * (EOT_H_PARENT * (EOT_N_BIN + 2) + b + 1);
            const int64_t *selected =
                run->block[i].event + EOT_T_HISTOGRAM + 4 * (EOT_H_PARENT_SELECTED * (EOT_N_BIN + 2) + b + 1);
            w += eot_sum_value(all);
            w2 += eot_sum_value(all + 2);
            p += eot_sum_value(selected);
            p2 += eot_sum_value(selected + 2);
        }
        double r = w > 0.0 ? p / w : 0.0;
        values[b] = r;
        variances[b] = w > 0.0 ? fmax(0.0, p2 - 2.0 * r * p2 + r * r * w2) / (w * w) : 0.0;
    }
    return eot_result_add_histogram(result, &h, err);
}

enum eot_status eot_estimate_showers(const struct eot_config *config, const struct eot_world *world,
                                     const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t n = run->end - run->first;
    const enum eot_rate_error method =
        config->sampling.mode == EOT_SAMPLING_ANALOG && config->sampling.analog_enhancement > 1.0 ? EOT_BY_BATCHES
                                                                                                  : EOT_BY_SQUARES;
    const enum eot_process_family family = eot_config_family(config);
    struct eot_batch_sum *scratch = calloc(run->n_block, sizeof *scratch);
    const struct eot_rates rates = {run, method, scratch};
    struct eot_mean mean, all, selected[2];
    EOT_CHECK_MEMORY(scratch);
    size_t n_used = 0; /* blocks with primaries: an interrupted run may have one, and then no spread between blocks */
    for (size_t i = 0; i < run->n_block; i++) n_used += run->block[i].n_primary > 0;
    EOT_TRY(eot_rate(&rates, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &all, err));
    EOT_TRY(eot_add_exact(result, "eot.simulated", "1", (double)n, err));
    EOT_TRY(eot_add_exact(result, "physics.cut", "GeV", config->physics.cut, err));
    double equivalent = all.value > 0.0 ? all.n_eff / all.value : 0.0; /* effective vertices over their rate */
    EOT_TRY(eot_add_mean(result, "eot.equivalent", "1",
                         (struct eot_mean){.value = equivalent,
                                           .std_error = all.value > 0.0 ? equivalent * all.std_error / all.value : 0.0,
                                           .n_batches = all.n_batches},
                         err));
    EOT_TRY(eot_add_channels(config, world, &rates, result, err));
    if (all.value > 0.0) {
        struct eot_batch_sum *weight = calloc(run->n_block, sizeof *weight);
        EOT_CHECK_MEMORY(weight);
        eot_weighted_sums(run, EOT_T_WEIGHTED + 4 * EOT_W_DEPTH, scratch);
        eot_weighted_sums(run, EOT_T_WEIGHTED + 4 * EOT_W_ALL, weight);
        status = n_used > 1 ? eot_statistics_ratio(scratch, weight, run->n_block, &mean, err) : EOT_OK;
        free(weight);
        EOT_TRY(status);
        char name[80];
        snprintf(name, sizeof name, "%s.mean_depth_X0", eot_family_key(family));
        if (n_used > 1) EOT_TRY(eot_add_mean(result, name, "X0", mean, err));
    }
    if (config->scoring.track_length) EOT_TRY(add_track_lengths(config, run, scratch, result, err));

    /* cut flow */
    const struct {
        const char *cut;
        int weighted, events;
    } stage[] = {{eot_family_title(family), EOT_W_ALL, EOT_C_EVENTS},
                 {"one track", EOT_W_TRACK, EOT_C_TRACK},
                 {"VETO: one MIP", EOT_W_VETO, EOT_C_VETO},
                 {"HCAL: one MIP each", EOT_W_HCAL, EOT_C_HCAL}};
    struct eot_cutflow_row row;
    for (int i = 0; i < 4; i++) {
        EOT_TRY(eot_rate(&rates, EOT_T_WEIGHTED + 4 * stage[i].weighted, &mean, err));
        row = (struct eot_cutflow_row){
            .events = (double)counter(run, stage[i].events), .weighted = mean.value, .std_error = mean.std_error};
        snprintf(row.cut, sizeof row.cut, "%s", stage[i].cut);
        EOT_TRY(eot_result_add_cutflow_row(result, &row, err));
    }
    for (int i = 0; i < 2; i++)
        EOT_TRY(
            eot_rate_by(&rates, EOT_NO_SQUARES, EOT_T_WEIGHTED + 4 * (EOT_W_MISSING_GAUSSIAN + i), &selected[i], err));
    int chosen = config->detector.ecal_tail == EOT_TAIL_EXPONENTIAL;
    double passed = 0.0;
    for (size_t i = 0; i < run->n_block; i++)
        passed += eot_sum_value(run->block[i].event + EOT_T_WEIGHTED + 4 * (EOT_W_PASSED_GAUSSIAN + chosen));
    row = (struct eot_cutflow_row){
        .events = passed, .weighted = selected[chosen].value, .std_error = selected[chosen].std_error};
    snprintf(row.cut, sizeof row.cut, "missing energy > %g GeV", config->selection.missing_energy);
    EOT_TRY(eot_result_add_cutflow_row(result, &row, err));
    EOT_TRY(eot_add_mean(result, "selected.per_eot", "1", selected[chosen], err));
    EOT_TRY(eot_add_mean(result, "selected.per_eot_gaussian", "1", selected[0], err));
    EOT_TRY(eot_add_mean(result, "selected.per_eot_exponential", "1", selected[1], err));
    static const char *const category[3][2] = {{"I", "one muon in the spectrometer, the other absorbed"},
                                               {"II", "both muons in the spectrometer"},
                                               {"III", "both muons behind the HCAL, one in the spectrometer"}};
    for (int i = 0; i < 3; i++) {
        struct eot_category c;
        if (family == EOT_FAMILY_SIGNAL) break; /* there is no other muon */
        EOT_TRY(eot_rate(&rates, EOT_T_WEIGHTED + 4 * (EOT_W_CATEGORY_1 + i), &mean, err));
        snprintf(c.name, sizeof c.name, "%s", category[i][0]);
        snprintf(c.title, sizeof c.title, "%s", category[i][1]);
        c.weighted = mean.value;
        c.std_error = mean.std_error;
        EOT_TRY(eot_result_add_category(result, &c, err));
    }
    if (world->event.response.n_hcal > 0)
        EOT_TRY(eot_add_mean(
            result, "hcal.calibration", "1",
            (struct eot_mean){.value = (double)world->event.response.hcal_scale,
                              .std_error = (double)world->event.response.hcal_scale * world->hcal_peak_error},
            err));

    switch (family) {
    case EOT_FAMILY_DIMUON:
        for (size_t i = 0; i < sizeof DIMUON_AXES / sizeof DIMUON_AXES[0]; i++)
            EOT_TRY(add_histogram(run, &DIMUON_AXES[i], n, result, err));
        break;
    case EOT_FAMILY_SIGNAL:
        for (size_t i = 0; i < sizeof SIGNAL_AXES / sizeof SIGNAL_AXES[0]; i++)
            EOT_TRY(add_histogram(run, &SIGNAL_AXES[i], n, result, err));
        EOT_TRY(add_efficiency_histogram(run, result, err));
        break;
    case EOT_N_FAMILY: break;
    }
    for (size_t i = 0; i < sizeof DETECTOR_AXES / sizeof DETECTOR_AXES[0]; i++) {
        int module = DETECTOR_AXES[i].which - EOT_H_HCAL0;
        if (module >= 0 && module < EOT_N_HCAL && module >= world->event.response.n_hcal) continue;
        EOT_TRY(add_histogram(run, &DETECTOR_AXES[i], n, result, err));
    }

    EOT_TRY(eot_estimate_plain_showers(config, run, world->calorimeter_X0, result, err));

    /* faults and balance */
    static const char *const fault[EOT_N_FAULT] = {"stack_overflow", "nan", "stuck", "vertex", "energy"};
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(eot_result_add_fault(result, fault[i], (uint64_t)counter(run, EOT_C_FAULT_STACK + i), err));
    double in = (double)counter(run, EOT_C_ENERGY_IN) / EOT_ENERGY_QUANTUM, out = 0.0;
    int64_t difference = counter(run, EOT_C_ENERGY_IN);
    for (int i = 0; i < EOT_N_LEDGER; i++) {
        int64_t counts = counter(run, EOT_C_LEDGER + i);
        char name[80];
        out += (double)counts / EOT_ENERGY_QUANTUM;
        difference -= counts;
        snprintf(name, sizeof name, "energy.%s_fraction", eot_ledger_name[i]);
        if (in > 0.0) {
            size_t used = 0;
            struct eot_batch_sum *share = calloc(run->n_block, sizeof *share);
            EOT_CHECK_MEMORY(share);
            for (size_t b = 0; b < run->n_block; b++) {
                scratch[b] = (struct eot_batch_sum){
                    run->block[b].n_primary, (double)run->block[b].event[EOT_C_LEDGER + i] / EOT_ENERGY_QUANTUM, 0.0};
                share[b] = (struct eot_batch_sum){
                    run->block[b].n_primary, (double)run->block[b].event[EOT_C_ENERGY_IN] / EOT_ENERGY_QUANTUM, 0.0};
                used += run->block[b].n_primary > 0;
            }
            status = used > 1 ? eot_statistics_ratio(scratch, share, run->n_block, &mean, err) : EOT_OK;
            free(share);
            EOT_TRY(status);
            if (used > 1) EOT_TRY(eot_add_mean(result, name, "1", mean, err));
        }
    }
    result->energy_in = in;
    result->energy_out = out;
    result->energy_residual = in > 0.0 ? (double)difference / EOT_ENERGY_QUANTUM / in : 0.0;
done:
    free(scratch);
    return status;
}
