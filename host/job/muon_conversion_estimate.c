/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/conversion_score.h"

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
    double n, w, w2; /* muons; of their weights */
    double unit;     /* conversions per unit of weight */
};

static double mean_sum(const struct totals *t, enum eot_conversion_quantity k, size_t which) {
    return eot_sums_wide(t->sums, EOT_CONVERSION_MEANS, 3 * (size_t)k + which);
}

static enum eot_status add(struct eot_result *result, const char *name, const char *unit, double value,
                           double std_error, double n_eff, struct eot_error *err) {
    struct eot_estimate e = {.value = value, .std_error = std_error, .n_eff = n_eff};
    snprintf(e.name, sizeof e.name, "%s", name);
    snprintf(e.unit, sizeof e.unit, "%s", unit);
    return eot_result_add_estimate(result, &e, err);
}

/* sum w x / sum w over the converted muons; error by linearisation. */
static enum eot_status add_mean(struct eot_result *result, const char *name, const char *unit, const struct totals *t,
                                enum eot_conversion_quantity k, struct eot_error *err) {
    double r = mean_sum(t, k, 0) / t->w, variance = mean_sum(t, k, 2) - 2.0 * r * mean_sum(t, k, 1) + r * r * t->w2;
    return add(result, name, unit, r, sqrt(fmax(0.0, variance)) / t->w, t->w * t->w / t->w2, err);
}

/* sum w x / n over all muons. */
static enum eot_status add_rate(struct eot_result *result, const char *name, const struct totals *t, double wx,
                                double w2x2, struct eot_error *err) {
    double mean = wx / t->n;
    return add(result, name, "1", t->unit * mean, t->unit * sqrt(fmax(0.0, w2x2 / t->n - mean * mean) / t->n),
               w2x2 > 0.0 ? wx * wx / w2x2 : 0.0, err);
}

static enum eot_status add_histogram(struct eot_result *result, const struct eot_config *config, const struct totals *t,
                                     size_t k, struct eot_error *err) {
    const struct eot_conversion_axis *axis = &eot_conversion_axis[k];
    double edges[EOT_CONVERSION_BINS + 1], values[EOT_CONVERSION_BINS + 1], variances[EOT_CONVERSION_BINS + 1],
        width = eot_conversion_bin_width(axis, config);
    struct eot_histogram h = {.n_bin = EOT_CONVERSION_BINS, .edges = edges, .values = values, .variances = variances};
    for (size_t i = 0; i <= EOT_CONVERSION_BINS; i++) {
        size_t at = 2 * (k * (EOT_CONVERSION_BINS + 1) + i);
        edges[i] = (double)i * width;
        values[i] = eot_sums_wide(t->sums, EOT_CONVERSION_HISTOGRAMS, at) * t->unit / t->n;
        variances[i] = eot_sums_wide(t->sums, EOT_CONVERSION_HISTOGRAMS, at + 1) * t->unit * t->unit / (t->n * t->n);
    }
    h.overflow = values[EOT_CONVERSION_BINS];
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
                             .n = (double)eot_sums_primaries(&run->sums),
                             .w = eot_sums_wide(&run->sums, EOT_CONVERSION_WEIGHTS, 0),
                             .w2 = eot_sums_wide(&run->sums, EOT_CONVERSION_WEIGHTS, 1),
                             .unit = run->rare_unit};
    (void)world;
    EOT_CHECK(t.w > 0.0, EOT_E_NUMERIC, "no muon crosses the ECAL; check beam.position_x and the ECAL's place");
    EOT_TRY(add(result, "mot.simulated", "1", t.n, 0.0, 0.0, err));
    EOT_TRY(add_rate(result, "signal.per_mot", &t, t.w, t.w2, err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_5GeV", &t, mean_sum(&t, EOT_CQ_ABOVE_5, 0),
                     mean_sum(&t, EOT_CQ_ABOVE_5, 2), err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_30GeV", &t, mean_sum(&t, EOT_CQ_ABOVE_30, 0),
                     mean_sum(&t, EOT_CQ_ABOVE_30, 2), err));
    EOT_TRY(add_mean(result, "signal.electron_energy_mean_GeV", "GeV", &t, EOT_CQ_ELECTRON, err));
    EOT_TRY(add_mean(result, "signal.ecal_energy_mean_GeV", "GeV", &t, EOT_CQ_ECAL, err));
    EOT_TRY(add_mean(result, "signal.missing_energy_mean_GeV", "GeV", &t, EOT_CQ_MISSING, err));
    EOT_TRY(add_mean(result, "efficiency.missing_energy", "1", &t, EOT_CQ_PASS, err));
    EOT_TRY(add(result, "physics.mphi", "GeV", config->physics.mphi, 0.0, 0.0, err));
    EOT_TRY(add(result, "physics.h", "1", config->physics.h, 0.0, 0.0, err));
    for (size_t k = 0; k < EOT_N_CONVERSION_HISTOGRAM; k++) EOT_TRY(add_histogram(result, config, &t, k, err));
    add_balance(&t, result);
done:
    return status;
}
