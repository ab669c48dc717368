/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "job/hadron_private.h"

#include "analysis/estimate.h"
#include "analysis/estimator.h"

#include <stdio.h>

const struct eot_hadron_axis eot_hadron_axis[EOT_N_HADRON_HISTOGRAM] = {
    {EOT_HADRON_C_MUON, "hadron.muon_energy", "GeV", "Muons of the decays, where they are made", "muon energy",
     EOT_HADRON_AXIS_ENERGY, EOT_HADRON_OF_MUONS},
    {EOT_HADRON_C_NEUTRINO, "hadron.neutrino_energy", "GeV", "Neutrinos of the decays", "neutrino energy",
     EOT_HADRON_AXIS_ENERGY, EOT_HADRON_OF_NEUTRINOS},
    {EOT_HADRON_C_KINK, "hadron.kink_mrad", "mrad", "Angle of the muon to the hadron", "angle", EOT_HADRON_AXIS_KINK,
     EOT_HADRON_OF_MUONS},
    {EOT_HADRON_C_VERTEX_Z, "hadron.decay_z", "cm", "Place of the decays", "z", EOT_HADRON_AXIS_Z, EOT_HADRON_OF_ALL},
    {EOT_HADRON_C_MISSING_SAMPLED, "missing_energy", "GeV", "Missing energy of decays with one track", "missing energy",
     EOT_HADRON_AXIS_MISSING, EOT_HADRON_OF_TRACKS},
    {EOT_HADRON_C_MOMENTUM, "hadron.track_momentum", "GeV", "Momentum of the track, before the other cuts", "momentum",
     EOT_HADRON_AXIS_ENERGY, EOT_HADRON_OF_TRACKS},
    {EOT_HADRON_C_MOMENTUM, "hadron.selected_momentum", "GeV", "Momentum of the track, after all cuts", "momentum",
     EOT_HADRON_AXIS_ENERGY, EOT_HADRON_OF_SELECTED}};

static const char *const GROUP[EOT_N_HADRON_GROUP] = {
#define EOT_HADRON_GROUP(id, name, title) name,
#include "eotmc/physics/hadron_groups.def"
#undef EOT_HADRON_GROUP
};
static const char *const PLACE[EOT_N_HADRON_PLACE] = {
#define EOT_HADRON_PLACE(id, name, title) name,
#include "eotmc/physics/hadron_groups.def"
#undef EOT_HADRON_PLACE
};
static const char *const CUT[EOT_N_CUT] = {
#define EOT_CUT(id, name, title, detector, condition) title,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
};
static const int DETECTOR[EOT_N_CUT] = {
#define EOT_CUT(id, name, title, detector, condition) detector,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
};

void eot_hadron_bins(const struct eot_hadron_axis *axis, const struct eot_config *config, const struct eot_world *world,
                     double *low, double *width) {
    double E = config->beam.energy, M = eot_beam_mass(config), p = sqrt(fmax(E * E - M * M, 0.0));
    double m = (double)EOT_M_MUON, own = (M * M - m * m) / (2.0 * M); /* momentum of X -> mu nu in the frame of X */
    *low = 0.0;
    *width = E / 100.0;
    if (axis->kind == EOT_HADRON_AXIS_KINK) /* sin of the largest kink: own M/(m p) */
        *width = 10.0 * asin(fmin(1.0, own * M / (m * fmax(p, 1e-6))));
    if (axis->kind == EOT_HADRON_AXIS_MISSING) {
        *low = -0.4 * E;
        *width = E / 50.0;
    }
    if (axis->kind == EOT_HADRON_AXIS_Z) {
        *low = (double)world->hadron.z0;
        *width = fmax((double)(world->hadron.z1 - world->hadron.z0), 1e-3) / EOT_HADRON_BINS;
    }
}

/* Decays over cells: of a group and a place, -1 for all of them. */
struct choice {
    int group, place;
};

/* What estimates are made from, and where they go. */
struct totals {
    const struct eot_config *config;
    const struct eot_sums *sums;
    struct eot_result *result;
    double n;       /* hadrons that are not lost */
    double largest; /* weight */
    size_t selection;
};

static bool holds(struct choice c, int cell) {
    return (c.group < 0 || cell / EOT_N_HADRON_PLACE == c.group) &&
           (c.place < 0 || cell % EOT_N_HADRON_PLACE == c.place);
}

/* Sums over the decays of a choice. @param q enum eot_hadron_quantity; -1: all decays. */
static struct eot_ratio_sums sums_of(const struct totals *t, struct choice c, int q) {
    struct eot_ratio_sums s = {0};
    for (int cell = 0; cell < EOT_N_HADRON_CELL; cell++) {
        if (!holds(c, cell)) continue;
        double w = eot_sums_wide(t->sums, EOT_HADRON_WEIGHTS, 2 * (size_t)cell),
               w2 = eot_sums_wide(t->sums, EOT_HADRON_WEIGHTS, 2 * (size_t)cell + 1);
        size_t at =
            3 * ((t->selection * EOT_N_HADRON_CELL + (size_t)cell) * EOT_N_HADRON_QUANTITY + (size_t)(q < 0 ? 0 : q));
        s.b += w;
        s.bb += w2;
        s.a += q < 0 ? w : eot_sums_wide(t->sums, EOT_HADRON_PASSED, at);
        s.ab += q < 0 ? w2 : eot_sums_wide(t->sums, EOT_HADRON_PASSED, at + 1);
        s.aa += q < 0 ? w2 : eot_sums_wide(t->sums, EOT_HADRON_PASSED, at + 2);
    }
    return s;
}

/* sum w x / n over all hadrons; of none with its limit. */
static struct eot_mean per_hadron(const struct totals *t, struct choice c, int q) {
    struct eot_ratio_sums s = sums_of(t, c, q);
    double mean = s.a / t->n, variance = fmax(0.0, s.aa / t->n - mean * mean);
    return (struct eot_mean){.value = mean,
                             .std_error = t->n > 1.0 ? sqrt(variance / (t->n - 1.0)) : 0.0,
                             .n_eff = eot_statistics_n_eff(s.a, s.aa),
                             .has_no_error = !(t->n > 1.0),
                             .upper_limit = s.a == 0.0 ? EOT_LIMIT_EVENTS_90 * t->largest / t->n : 0.0};
}

/* sum w x / sum w over the decays of the choice. */
static struct eot_mean per_decay(const struct totals *t, struct choice c, int q) {
    struct eot_ratio_sums s = sums_of(t, c, q);
    if (!(s.b > 0.0)) return (struct eot_mean){.upper_limit = 1.0};
    struct eot_mean mean = eot_statistics_ratio_of(s, t->n);
    double least = EOT_LIMIT_EVENTS_90 * t->largest / s.b;
    if (s.a == 0.0) mean.upper_limit = fmin(1.0, least);
    if (s.a >= s.b) mean.lower_limit = fmax(0.0, 1.0 - least);
    return mean;
}

/* The four estimates of a choice. @param suffix of their names. */
static enum eot_status add_choice(const struct totals *t, struct choice c, const char *suffix, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int pass = EOT_HQ_PASS + (int)t->config->detector.ecal_tail;
    const struct {
        const char *name;
        struct eot_mean mean;
        bool is_common; /* to all selections */
    } row[] = {{"hadron.decay_probability", per_hadron(t, c, -1), true},
               {"hadron.track.per_decay", per_decay(t, c, EOT_HQ_TRACK), true},
               {"hadron.survival.per_decay", per_decay(t, c, pass), false},
               {"hadron.survival.per_hadron", per_hadron(t, c, pass), false}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char name[120];
        if (t->selection > 0 && row[i].is_common) continue;
        snprintf(name, sizeof name, "%s%s%s%s%s", t->selection > 0 ? "selection." : "",
                 t->selection > 0 ? t->config->further[t->selection - 1].name : "", t->selection > 0 ? "." : "",
                 row[i].name, suffix);
        EOT_TRY(eot_add_mean(t->result, name, "1", row[i].mean, err));
    }
done:
    return status;
}

/* In all, by groups, by places. */
static enum eot_status add_choices(const struct totals *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char suffix[40];
    EOT_TRY(add_choice(t, (struct choice){-1, -1}, "", err));
    for (int g = 0; g < EOT_N_HADRON_GROUP; g++) {
        snprintf(suffix, sizeof suffix, ".%s", GROUP[g]);
        EOT_TRY(add_choice(t, (struct choice){g, -1}, suffix, err));
    }
    for (int p = 0; p < EOT_N_HADRON_PLACE; p++) {
        snprintf(suffix, sizeof suffix, ".%s", PLACE[p]);
        EOT_TRY(add_choice(t, (struct choice){-1, p}, suffix, err));
    }
done:
    return status;
}

/* Decays, each cut, and the missing energy, per hadron. */
static enum eot_status add_cutflow(const struct totals *t, const struct eot_world *world, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_selection_result r = {.name = ""};
    const struct choice all = {-1, -1};
    const struct eot_selection_config *s =
        t->selection == 0 ? &t->config->selection : &t->config->further[t->selection - 1].selection;
    int pass = EOT_HQ_PASS + (int)t->config->detector.ecal_tail;
    char text[64];
    size_t at = t->selection * EOT_N_HADRON_QUANTITY;
    eot_cutflow_add(&r, "decays of hadrons", t->n, per_hadron(t, all, -1));
    for (int i = 0; i < EOT_N_CUT; i++) {
        eot_cutflow_add(&r, CUT[i], eot_sums_wide(t->sums, EOT_HADRON_EXPECTED, at + (size_t)(EOT_HQ_CUT + i)),
                        per_hadron(t, all, EOT_HQ_CUT + i));
        r.cutflow[r.n_cutflow - 1].is_not_applied = (world->event.selection[t->selection].absent >> DETECTOR[i]) & 1;
    }
    snprintf(text, sizeof text, "missing energy > %g GeV", s->missing_energy);
    eot_cutflow_add(&r, text, eot_sums_wide(t->sums, EOT_HADRON_EXPECTED, at + (size_t)pass), per_hadron(t, all, pass));
    if (t->selection > 0) {
        snprintf(r.name, sizeof r.name, "%s", t->config->further[t->selection - 1].name);
        EOT_TRY(eot_result_add_selection(t->result, &r, err));
        goto done;
    }
    for (size_t i = 0; i < r.n_cutflow; i++) EOT_TRY(eot_result_add_cutflow_row(t->result, &r.cutflow[i], err));
done:
    return status;
}

static enum eot_status add_histogram(const struct totals *t, const struct eot_world *world, size_t k,
                                     struct eot_error *err) {
    const struct eot_hadron_axis *axis = &eot_hadron_axis[k];
    double edges[EOT_HADRON_BINS + 1], values[EOT_HADRON_BINS + 2], variances[EOT_HADRON_BINS + 2], low, width;
    struct eot_histogram h = {.n_bin = EOT_HADRON_BINS,
                              .edges = edges,
                              .values = values + 1,
                              .variances = variances + 1,
                              .content_unit = "1/hadron"};
    eot_hadron_bins(axis, t->config, world, &low, &width);
    for (size_t i = 0; i <= EOT_HADRON_BINS; i++) edges[i] = low + (double)i * width;
    for (size_t i = 0; i < EOT_HADRON_BINS + 2; i++) {
        size_t at = 2 * (k * (EOT_HADRON_BINS + 2) + i);
        values[i] = eot_sums_wide(t->sums, EOT_HADRON_HISTOGRAMS, at) / t->n;
        variances[i] = eot_sums_wide(t->sums, EOT_HADRON_HISTOGRAMS, at + 1) / (t->n * t->n);
    }
    h.underflow = values[0];
    h.underflow_variance = variances[0];
    h.overflow = values[EOT_HADRON_BINS + 1];
    h.overflow_variance = variances[EOT_HADRON_BINS + 1];
    snprintf(h.name, sizeof h.name, "%s", axis->name);
    snprintf(h.unit, sizeof h.unit, "%s", axis->unit);
    snprintf(h.title, sizeof h.title, "%s", axis->title);
    snprintf(h.axis, sizeof h.axis, "%s", axis->label);
    return eot_result_add_histogram(t->result, &h, err);
}

/* Where the energy of the decays went whose deposits are scored. */
static enum eot_status add_balance(const struct totals *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const int64_t *c = eot_sums_at(t->sums, EOT_HADRON_COUNTERS, 0);
    const double unit = EOT_TALLY_ENERGY * EOT_TALLY_ENERGY, n = (double)c[EOT_HADRON_N_SAMPLED],
                 in = (double)c[EOT_HADRON_N_IN] / EOT_ENERGY_QUANTUM;
    int64_t left = c[EOT_HADRON_N_IN];
    for (int k = 0; k < EOT_N_HADRON_BALANCE; k++) {
        const char *term = k < EOT_N_LEDGER                  ? eot_ledger_name[k]
                           : k == EOT_HADRON_BALANCE_ESCAPED ? "hadron"
                                                             : "interaction";
        char name[80];
        left -= c[EOT_HADRON_N_BALANCE + k];
        if (!(in > 0.0)) continue;
        struct eot_ratio_sums s = {.a = (double)c[EOT_HADRON_N_BALANCE + k] / EOT_ENERGY_QUANTUM,
                                   .b = in,
                                   .aa = unit * eot_sum_value(c + EOT_HADRON_N_SQUARE + 2 * k),
                                   .ab = unit * eot_sum_value(c + EOT_HADRON_N_CROSS + 2 * k),
                                   .bb = unit * eot_sum_value(c + EOT_HADRON_N_IN_SQUARE)};
        struct eot_mean mean = eot_statistics_ratio_of(s, n);
        if (s.a == 0.0) mean.upper_limit = fmin(1.0, EOT_LIMIT_EVENTS_90 / n);
        if (s.a == 0.0 && s.aa == 0.0 && (k == EOT_ACC_LEDGER_PHI || k == EOT_ACC_LEDGER_RECOIL))
            mean = (struct eot_mean){.is_exact = true};
        snprintf(name, sizeof name, "energy.%s_fraction", term);
        EOT_TRY(eot_add_mean(t->result, name, "1", mean, err));
    }
    t->result->energy_in = in;
    t->result->energy_out = in - (double)left / EOT_ENERGY_QUANTUM;
    t->result->energy_residual = in > 0.0 ? (double)left / EOT_ENERGY_QUANTUM / in : 0.0;
done:
    return status;
}

enum eot_status eot_hadron_estimate(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct totals t = {.config = config,
                       .sums = &run->sums,
                       .result = result,
                       .n = (double)(eot_sums_primaries(&run->sums) - run->lost.n),
                       .largest = (double)eot_f32_from_bits((u32)eot_sums_count(&run->sums, EOT_HADRON_LARGEST, 0))};
    struct eot_mean n = {.value = (double)eot_sums_primaries(&run->sums), .is_exact = true};
    if (!(t.largest > 0.0)) t.largest = 1.0;
    EOT_TRY(eot_add_mean(result, "hadron.simulated", "1", n, err));
    for (t.selection = 0; t.selection <= config->n_further; t.selection++) {
        EOT_TRY(add_choices(&t, err));
        EOT_TRY(add_cutflow(&t, world, err));
    }
    t.selection = 0;
    struct eot_mean survival = per_hadron(&t, (struct choice){-1, -1}, EOT_HQ_PASS + (int)config->detector.ecal_tail);
    EOT_TRY(eot_hadron_background(config, survival, result, err));
    /* the map is per electron of the beam, as the background */
    double factor =
        survival.value > 0.0 ? eot_result_estimate(result, "background.hadron.per_eot")->value / survival.value : 1.0;
    EOT_TRY(eot_add_maps(result, "selected.", eot_sums_at(&run->sums, EOT_HADRON_SELECTED, 0), t.n / factor, err));
    for (size_t k = 0; k < EOT_N_HADRON_HISTOGRAM; k++) EOT_TRY(add_histogram(&t, world, k, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_TRY(eot_result_add_fault(
            result, eot_fault_name[i],
            (uint64_t)eot_sums_count(&run->sums, EOT_HADRON_COUNTERS, (size_t)(EOT_HADRON_N_FAULT + i)), err));
    EOT_TRY(add_balance(&t, err));
done:
    return status;
}
