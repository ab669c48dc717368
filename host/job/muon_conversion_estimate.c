/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/conversion_score.h"

#include "analysis/estimate.h"
#include "analysis/estimator.h"
#include "job/muon_conversion_private.h"

#include <stdio.h>

const struct eot_conversion_axis eot_conversion_axis[EOT_N_CONVERSION_HISTOGRAM] = {
    {EOT_CONVERSION_ELECTRON, "signal.electron_energy", "GeV", "Electrons of converted muons", "electron energy", 0.0},
    {EOT_CONVERSION_ECAL, "signal.ecal_energy", "GeV", "Energy in the ECAL of converted muons", "ECAL energy", 0.0},
    {EOT_CONVERSION_MISSING, "missing_energy", "GeV", "Missing energy of converted muons", "missing energy", 0.0},
    {EOT_CONVERSION_DEPTH, "signal.depth_X0", "X0", "Depth of the conversion", "depth in the ECAL", 1.0}};

double eot_conversion_bin_width(const struct eot_conversion_axis *axis, const struct eot_config *config) {
    return axis->bin_width > 0.0 ? axis->bin_width : config->beam.energy / EOT_CONVERSION_BINS;
}

/* The sums over muons that estimates are made of. */
struct totals {
    const struct eot_sums *sums;
    double n, w, w2; /* muons that are not lost; of their weights */
    double unit;     /* conversions per unit of weight */
    double largest;  /* weight */
};

static double mean_sum(const struct totals *t, enum eot_conversion_quantity k, size_t which) {
    return eot_sums_wide(t->sums, EOT_CONVERSION_MEANS, 3 * (size_t)k + which);
}

static enum eot_status add_exact(struct eot_result *result, const char *name, const char *unit, double value,
                                 struct eot_error *err) {
    return eot_add_mean(result, name, unit, (struct eot_mean){.value = value, .is_exact = true}, err);
}

/* sum w x / sum w over the converted muons; error by linearisation. A share, of x from 0 to 1, rests on the muons that
 * make it, and has limits where there are none, or all of them. */
static enum eot_status add_mean(struct eot_result *result, const char *name, const char *unit, const struct totals *t,
                                enum eot_conversion_quantity k, struct eot_error *err) {
    struct eot_ratio_sums s = {mean_sum(t, k, 0), t->w, mean_sum(t, k, 2), mean_sum(t, k, 1), t->w2};
    struct eot_mean mean = eot_statistics_ratio_of(s, t->n);
    double least = EOT_LIMIT_EVENTS_90 * t->largest / t->w;
    if (k != EOT_CQ_PASS) {
        mean.n_eff = t->w * t->w / t->w2;
    } else {
        if (s.a == 0.0) mean.upper_limit = fmin(1.0, least);
        if (s.a >= s.b) mean.lower_limit = fmax(0.0, 1.0 - least);
    }
    return eot_add_mean(result, name, unit, mean, err);
}

/* Entries that the error of the mean weight rests on: (sum d^2)^2 / sum d^4 of the deviations d from the mean. */
static double entries_of_error(const struct totals *t) {
    double m = t->w / t->n, w3 = eot_sums_wide(t->sums, EOT_CONVERSION_WEIGHTS, 2),
           w4 = eot_sums_wide(t->sums, EOT_CONVERSION_WEIGHTS, 3), d2 = t->w2 - t->n * m * m,
           d4 = w4 - 4.0 * m * w3 + 6.0 * m * m * t->w2 - 3.0 * t->n * m * m * m * m;
    return d2 > 0.0 && d4 > 0.0 ? d2 * d2 / d4 : 0.0;
}

/* sum w x / n over all muons. @param entries that its error rests on; 0: not known. */
static enum eot_status add_rate(struct eot_result *result, const char *name, const struct totals *t, double wx,
                                double w2x2, double entries, struct eot_error *err) {
    double mean = wx / t->n;
    return eot_add_mean(
        result, name, "1",
        (struct eot_mean){.value = t->unit * mean,
                          .std_error =
                              t->n > 1.0 ? t->unit * sqrt(fmax(0.0, w2x2 / t->n - mean * mean) / (t->n - 1.0)) : 0.0,
                          .n_eff = eot_statistics_n_eff(wx, w2x2),
                          .n_eff_error = entries,
                          .has_no_error = !(t->n > 1.0),
                          .upper_limit = wx == 0.0 ? t->unit * EOT_LIMIT_EVENTS_90 * t->largest / t->n : 0.0},
        err);
}

static enum eot_status add_histogram(struct eot_result *result, const struct eot_config *config, const struct totals *t,
                                     size_t k, struct eot_error *err) {
    const struct eot_conversion_axis *axis = &eot_conversion_axis[k];
    double edges[EOT_CONVERSION_BINS + 1], values[EOT_CONVERSION_BINS + 2], variances[EOT_CONVERSION_BINS + 2],
        width = eot_conversion_bin_width(axis, config);
    struct eot_histogram h = {.n_bin = EOT_CONVERSION_BINS,
                              .edges = edges,
                              .values = values + 1,
                              .variances = variances + 1,
                              .content_unit = "1/muon"};
    for (size_t i = 0; i <= EOT_CONVERSION_BINS; i++) edges[i] = (double)i * width;
    for (size_t i = 0; i < EOT_CONVERSION_BINS + 2; i++) {
        size_t at = 2 * (k * (EOT_CONVERSION_BINS + 2) + i);
        values[i] = eot_sums_wide(t->sums, EOT_CONVERSION_HISTOGRAMS, at) * t->unit / t->n;
        variances[i] = eot_sums_wide(t->sums, EOT_CONVERSION_HISTOGRAMS, at + 1) * t->unit * t->unit / (t->n * t->n);
    }
    h.underflow = values[0];
    h.underflow_variance = variances[0];
    h.overflow = values[EOT_CONVERSION_BINS + 1];
    h.overflow_variance = variances[EOT_CONVERSION_BINS + 1];
    snprintf(h.name, sizeof h.name, "%s", axis->name);
    snprintf(h.unit, sizeof h.unit, "%s", axis->unit);
    snprintf(h.title, sizeof h.title, "%s", axis->title);
    snprintf(h.axis, sizeof h.axis, "%s", axis->label);
    return eot_result_add_histogram(result, &h, err);
}

static void add_balance(const struct totals *t, struct eot_result *result) {
    const int64_t *c = eot_sums_at(t->sums, EOT_CONVERSION_COUNTERS, 0);
    int64_t in = c[EOT_CONVERSION_C_IN], out = 0;
    for (int k = 0; k < EOT_N_LEDGER; k++) out += c[EOT_CONVERSION_C_LEDGER + k];
    result->energy_in = (double)in / EOT_ENERGY_QUANTUM;
    result->energy_out = (double)out / EOT_ENERGY_QUANTUM;
    result->energy_residual = in > 0 ? (double)(in - out) / (double)in : 0.0;
}

enum eot_status eot_muon_conversion_estimate(const struct eot_config *config, const struct eot_world *world,
                                             const struct eot_run *run, struct eot_result *result,
                                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct totals t = {.sums = &run->sums,
                             .n = (double)(eot_sums_primaries(&run->sums) - run->lost.n),
                             .largest =
                                 (double)eot_f32_from_bits((u32)eot_sums_count(&run->sums, EOT_CONVERSION_LARGEST, 0)),
                             .w = eot_sums_wide(&run->sums, EOT_CONVERSION_WEIGHTS, 0),
                             .w2 = eot_sums_wide(&run->sums, EOT_CONVERSION_WEIGHTS, 1),
                             .unit = run->rare_unit};
    (void)world;
    EOT_CHECK(t.w > 0.0, EOT_E_NUMERIC, "no muon crosses the ECAL; check beam.position_x and the ECAL's place");
    EOT_TRY(add_exact(result, "mot.simulated", "1", (double)eot_sums_primaries(&run->sums), err));
    EOT_TRY(add_rate(result, "signal.per_mot", &t, t.w, t.w2, entries_of_error(&t), err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_5GeV", &t, mean_sum(&t, EOT_CQ_ABOVE_5, 0),
                     mean_sum(&t, EOT_CQ_ABOVE_5, 2), 0.0, err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_30GeV", &t, mean_sum(&t, EOT_CQ_ABOVE_30, 0),
                     mean_sum(&t, EOT_CQ_ABOVE_30, 2), 0.0, err));
    EOT_TRY(add_mean(result, "signal.electron_energy_mean_GeV", "GeV", &t, EOT_CQ_ELECTRON, err));
    EOT_TRY(add_mean(result, "signal.ecal_energy_mean_GeV", "GeV", &t, EOT_CQ_ECAL, err));
    EOT_TRY(add_mean(result, "signal.missing_energy_mean_GeV", "GeV", &t, EOT_CQ_MISSING, err));
    EOT_TRY(add_mean(result, "efficiency.missing_energy", "1", &t, EOT_CQ_PASS, err));
    EOT_TRY(add_exact(result, "physics.mphi", "GeV", config->physics.mphi, err));
    EOT_TRY(add_exact(result, "physics.h", "1", config->physics.h, err));
    for (size_t k = 0; k < EOT_N_CONVERSION_HISTOGRAM; k++) EOT_TRY(add_histogram(result, config, &t, k, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(eot_result_add_fault(
            result, eot_fault_name[i],
            (uint64_t)eot_sums_count(&run->sums, EOT_CONVERSION_COUNTERS, (size_t)(EOT_CONVERSION_C_FAULT + i)), err));
    add_balance(&t, result);
done:
    return status;
}
