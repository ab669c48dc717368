#include "analysis/channels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "physics/process.h"

enum { MAX_NAME = 96 };

/* Largest of the energies [GeV] above which the parents of a process are simulated. */
static double simulated_above(const struct eot_world *world, int process) {
    double most = 0.0;
    for (int type = 0; type < EOT_N_PARTICLE; type++)
        if (eot_rare_parents(process) & 1 << type) most = fmax(most, world->rare_threshold[type]);
    return most;
}

/* Rate per EOT of a channel that the cut or the region of sampling leaves out; exactly 0 where they leave out none. */
static struct eot_mean left_out_of(const struct eot_estimator *e, int p, int parent) {
    int channel = eot_rare_channel(p, parent);
    double n = (double)e->run->n_excluded_shower;
    struct eot_mean mean = {.value = e->run->excluded[e->mass][channel].rate,
                            .std_error = e->run->excluded[e->mass][channel].error,
                            .n_eff = e->run->excluded[e->mass][channel].n_eff,
                            .is_exact = !(n > 0.0),
                            .has_no_error = n == 1.0};
    if (n > 0.0 && mean.value == 0.0) mean.upper_limit = fmin(1.0, EOT_LIMIT_EVENTS_90 * eot_estimator_largest(e) / n);
    return mean;
}

/* A rate of parents above an energy that no primary has is exactly 0. @param threshold GeV. */
static void leave_out_what_cannot_be(const struct eot_estimator *e, double threshold, struct eot_mean *mean) {
    if (threshold >= eot_estimator_top_energy(e) && mean->value == 0.0) *mean = (struct eot_mean){.is_exact = true};
}

/* A process that makes muon pairs, both channels together: rate per EOT, and if it is on the rate above the thresholds
 * that are wholly simulated, where its parents are simulated from, and what is left out below. */
static enum eot_status add_pairs(const struct eot_estimator *e, int p, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *prefix = eot_process_at(p)->estimate,
               *particle = eot_rare_parents(p) & EOT_BY_PHOTON ? "photon" : "lepton";
    double above = simulated_above(e->world, p);
    struct eot_mean mean;
    char name[MAX_NAME];
    EOT_TRY(eot_estimator_rate_of_both(e, eot_channel_offset(p, EOT_ELECTRON, EOT_CH_ALL),
                                       eot_channel_offset(p, EOT_POSITRON, EOT_CH_ALL), &mean, err));
    snprintf(name, sizeof name, "%s.per_eot", prefix);
    if (!e->world->rare_on[p]) mean = (struct eot_mean){.is_exact = true};
    EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    if (mean.is_exact) goto done;
    for (int i = 0; i < EOT_N_CHANNEL_THRESHOLD; i++) {
        double threshold = (double)eot_channel_threshold(i);
        if (threshold < above) continue; /* only a part is simulated */
        EOT_TRY(eot_estimator_rate_of_both(e, eot_channel_offset(p, EOT_ELECTRON, EOT_CH_ABOVE + i),
                                           eot_channel_offset(p, EOT_POSITRON, EOT_CH_ABOVE + i), &mean, err));
        leave_out_what_cannot_be(e, threshold, &mean);
        snprintf(name, sizeof name, "%s.per_eot_above_%gGeV", prefix, threshold);
        EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    }
    snprintf(name, sizeof name, "%s.min_%s_energy_GeV", prefix, particle);
    EOT_TRY(eot_estimator_add_exact(e, name, "GeV", above, err));
    mean = eot_mean_sum(left_out_of(e, p, EOT_ELECTRON), left_out_of(e, p, EOT_POSITRON));
    snprintf(name, sizeof name, "%s.excluded_per_eot", prefix);
    EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
done:
    return status;
}

/* Names of a signal's estimates: those of electrons without a word, those of positrons by name (signal.per_eot,
 * signal.positron_per_eot; efficiency.total, efficiency.positron.total). A further process of the family has its own
 * prefix, "signal.x", and its efficiencies are "efficiency.x". */
struct signal_names {
    char rate[MAX_NAME / 2], efficiency[MAX_NAME / 2];
};
static struct signal_names names_of(const struct eot_process *process, int parent) {
    struct signal_names n;
    bool is_positron = parent == EOT_POSITRON;
    const char *rest = process->estimate + strlen(eot_family_key(EOT_FAMILY_SIGNAL));
    snprintf(n.rate, sizeof n.rate, "%s%s", process->estimate, is_positron ? ".positron_" : ".");
    snprintf(n.efficiency, sizeof n.efficiency, "efficiency%s%s", rest, is_positron ? ".positron" : "");
    return n;
}

/* Number of the threshold of 5 GeV in channel_thresholds.def. */
static int threshold_of_5GeV(void) {
    int i = 0;
    while (i < EOT_N_CHANNEL_THRESHOLD && eot_channel_threshold(i) != 5.0f) i++;
    return i;
}

/* Efficiencies of a channel by cut, one after the other: what the cut or the region leaves out counts as not selected.
 */
static enum eot_status add_efficiencies(const struct eot_estimator *e, int p, int parent, struct eot_error *err) {
    static const char *const cut[EOT_N_CUT] = {
#define EOT_CUT(id, name, title, detector, condition) name,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
    };
    enum eot_status status = EOT_OK;
    const struct signal_names names = names_of(eot_process_at(p), parent);
    const struct eot_mean left_out = left_out_of(e, p, parent);
    int all = eot_channel_offset(p, parent, EOT_CH_ALL), above = threshold_of_5GeV(),
        tail = (int)e->config->detector.ecal_tail;
    struct eot_share passed = {.in = eot_channel_offset(p, parent, EOT_CH_MISSING + tail),
                               .of = all,
                               .cross = eot_channel_offset(p, parent, EOT_CH_CROSS_PASS + tail),
                               .left_out = left_out};
    struct eot_mean mean;
    char name[MAX_NAME];
    for (int i = 0; i < EOT_N_CUT; i++) {
        EOT_TRY(eot_estimator_share(e,
                                    &(struct eot_share){.in = eot_channel_offset(p, parent, EOT_CH_CUT + i),
                                                        .of = all,
                                                        .cross = eot_channel_offset(p, parent, EOT_CH_CROSS_CUT + i),
                                                        .left_out = left_out},
                                    &mean, err));
        snprintf(name, sizeof name, "%s.%s", names.efficiency, cut[i]);
        if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    }
    EOT_TRY(eot_estimator_share(e, &passed, &mean, err));
    snprintf(name, sizeof name, "%s.missing_energy", names.efficiency);
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    snprintf(name, sizeof name, "%s.total", names.efficiency);
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    if (above == EOT_N_CHANNEL_THRESHOLD || e->world->rare_threshold[parent] > 5.0) goto done;
    passed.of = eot_channel_offset(p, parent, EOT_CH_ABOVE + above);
    passed.left_out = (struct eot_mean){.is_exact = true};
    EOT_TRY(eot_estimator_share(e, &passed, &mean, err));
    snprintf(name, sizeof name, "%s.above_5GeV", names.efficiency);
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
done:
    return status;
}

enum eot_status eot_estimator_add_efficiencies(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (!e->config->physics.rare[p] || eot_rare_family(p) != EOT_FAMILY_SIGNAL) continue;
        for (int parent = 0; parent < EOT_N_PARTICLE; parent++)
            if (eot_config_rare_parents(e->config, p) & 1 << parent) EOT_TRY(add_efficiencies(e, p, parent, err));
    }
done:
    return status;
}

/* A channel of the signal: rates that are simulated, left out, and both; energy of the muon. */
static enum eot_status add_signal(const struct eot_estimator *e, int p, int parent, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct signal_names names = names_of(eot_process_at(p), parent);
    const struct eot_mean left_out = left_out_of(e, p, parent);
    int all = eot_channel_offset(p, parent, EOT_CH_ALL);
    struct eot_mean mean;
    char name[MAX_NAME];
    EOT_TRY(eot_estimator_rate(e, all, &mean, err));
    snprintf(name, sizeof name, "%ssimulated_per_eot", names.rate);
    EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    mean = eot_mean_sum(mean, left_out);
    snprintf(name, sizeof name, "%sper_eot", names.rate);
    EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    snprintf(name, sizeof name, "%sexcluded_per_eot", names.rate);
    EOT_TRY(eot_estimator_add(e, name, "1", left_out, err));
    for (int i = 0; i < EOT_N_CHANNEL_THRESHOLD; i++) {
        double threshold = (double)eot_channel_threshold(i);
        if (threshold < e->world->rare_threshold[parent]) continue; /* only a part is simulated */
        EOT_TRY(eot_estimator_rate(e, eot_channel_offset(p, parent, EOT_CH_ABOVE + i), &mean, err));
        leave_out_what_cannot_be(e, threshold, &mean);
        snprintf(name, sizeof name, "%sper_eot_above_%gGeV", names.rate, threshold);
        EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
    }
    EOT_TRY(eot_estimator_share(e,
                                &(struct eot_share){.in = eot_channel_offset(p, parent, EOT_CH_MUON_ENERGY),
                                                    .of = all,
                                                    .cross = eot_channel_offset(p, parent, EOT_CH_CROSS_ENERGY),
                                                    .unit = EOT_TALLY_ENERGY,
                                                    .is_mean = true},
                                &mean, err));
    snprintf(name, sizeof name, "%smuon_energy_mean_GeV", names.rate);
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "GeV", mean, err));
done:
    return status;
}

enum eot_status eot_estimator_add_channels(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean mean;
    switch (eot_config_family(e->config)) {
    case EOT_FAMILY_DIMUON:
        EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &mean, err));
        EOT_TRY(eot_estimator_add(e, "dimuon.per_eot", "1", mean, err));
        for (int p = 0; p < EOT_N_RARE; p++)
            if (eot_rare_family(p) == EOT_FAMILY_DIMUON) EOT_TRY(add_pairs(e, p, err));
        break;
    case EOT_FAMILY_SIGNAL:
        for (int p = 0; p < EOT_N_RARE; p++)
            for (int parent = 0; parent < EOT_N_PARTICLE && e->config->physics.rare[p]; parent++)
                if (eot_config_rare_parents(e->config, p) & 1 << parent) EOT_TRY(add_signal(e, p, parent, err));
        EOT_TRY(eot_estimator_add_exact(e, "signal.min_lepton_energy_GeV", "GeV",
                                        e->world->rare_threshold[EOT_ELECTRON], err));
        EOT_TRY(eot_estimator_add_exact(e, "physics.mphi", "GeV",
                                        e->has_mass_name ? e->run->mass[e->mass] : e->config->physics.mphi, err));
        EOT_TRY(eot_estimator_add_exact(e, "physics.h", "1", e->config->physics.h, err));
        break;
    case EOT_N_FAMILY: break;
    }
done:
    return status;
}
