#include "analysis/channels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "physics/process.h"

enum { MAX_NAME = 96 };

/* Place of a sum of a channel in the block's tallies. */
static int channel_sum(int process, int parent, int which) {
    return EOT_T_WEIGHTED + 4 * (EOT_W_CHANNEL + eot_rare_channel(process, parent) * EOT_N_CHANNEL_SUM + which);
}

/* Largest of the energies [GeV] above which the parents of a process are simulated. */
static double simulated_above(const struct eot_world *world, int process) {
    double most = 0.0;
    for (int type = 0; type < EOT_N_PARTICLE; type++)
        if (eot_rare_parents(process) & 1 << type) most = fmax(most, world->rare_threshold[type]);
    return most;
}

/* A process that makes muon pairs, both channels together: rate per EOT, and if it is on the rate above the thresholds
 * that are wholly simulated, where its parents are simulated from, and what is left out below. */
static enum eot_status add_pairs(const struct eot_world *world, const struct eot_rates *rates, int p,
                                 struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *prefix = eot_process_at(p)->estimate,
               *particle = eot_rare_parents(p) & EOT_BY_PHOTON ? "photon" : "lepton";
    double above = simulated_above(world, p);
    struct eot_mean mean;
    char name[MAX_NAME];
    for (int i = EOT_CH_ALL; i < EOT_CH_TRACK; i++) {
        if (i != EOT_CH_ALL && (i < EOT_CH_ABOVE || !world->rare_on[p])) continue;
        double threshold = i == EOT_CH_ALL ? 0.0 : (double)eot_channel_threshold(i - EOT_CH_ABOVE);
        if (i != EOT_CH_ALL && threshold < above) continue; /* only a part is simulated */
        EOT_TRY(eot_rate_of_both(rates, channel_sum(p, EOT_ELECTRON, i), channel_sum(p, EOT_POSITRON, i), &mean, err));
        snprintf(name, sizeof name, "%s.per_eot", prefix);
        if (i != EOT_CH_ALL) snprintf(name, sizeof name, "%s.per_eot_above_%gGeV", prefix, threshold);
        EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    }
    if (!world->rare_on[p]) goto done;
    int first = eot_rare_channel(p, EOT_ELECTRON), second = eot_rare_channel(p, EOT_POSITRON);
    snprintf(name, sizeof name, "%s.min_%s_energy_GeV", prefix, particle);
    EOT_TRY(eot_add_exact(result, name, "GeV", above, err));
    mean = (struct eot_mean){.value = rates->run->excluded[first].rate + rates->run->excluded[second].rate,
                             .std_error = hypot(rates->run->excluded[first].error, rates->run->excluded[second].error)};
    snprintf(name, sizeof name, "%s.excluded_per_eot", prefix);
    EOT_TRY(eot_add_mean(result, name, "1", mean, err));
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

/* Efficiencies of a channel: what the cut or the region leaves out counts as not selected. */
static enum eot_status add_efficiencies(const struct eot_config *config, const struct eot_world *world,
                                        const struct eot_run *run, int p, int parent, struct eot_mean left_out,
                                        struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const int missing =
        config->detector.ecal_tail == EOT_TAIL_EXPONENTIAL ? EOT_CH_MISSING_EXPONENTIAL : EOT_CH_MISSING_GAUSSIAN;
    const struct {
        const char *name;
        int which;
    } stage[] = {{"track", EOT_CH_TRACK},
                 {"veto", EOT_CH_VETO},
                 {"mip", EOT_CH_HCAL},
                 {"missing_energy", missing},
                 {"total", missing}};
    struct signal_names names = names_of(eot_process_at(p), parent);
    int all = channel_sum(p, parent, EOT_CH_ALL);
    struct eot_mean mean, nothing = {.value = 0.0};
    char name[MAX_NAME];
    for (size_t i = 0; i < sizeof stage / sizeof stage[0]; i++) {
        EOT_TRY(eot_share_of(run, channel_sum(p, parent, stage[i].which), all, left_out, &mean, err));
        snprintf(name, sizeof name, "%s.%s", names.efficiency, stage[i].name);
        if (mean.n_batches > 1) EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    }
    EOT_TRY(eot_share_of(run, channel_sum(p, parent, missing), channel_sum(p, parent, EOT_CH_ABOVE + 2), nothing, &mean,
                         err));
    snprintf(name, sizeof name, "%s.above_5GeV", names.efficiency);
    if (mean.n_batches > 1 && world->rare_threshold[parent] <= 5.0) EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    EOT_TRY(eot_share_of(run, channel_sum(p, parent, EOT_CH_MUON_ENERGY), all, nothing, &mean, err));
    snprintf(name, sizeof name, "%smuon_energy_mean_GeV", names.rate);
    if (mean.n_batches > 1) EOT_TRY(eot_add_mean(result, name, "GeV", mean, err));
done:
    return status;
}

/* Rates of a channel of the signal: simulated, left out, and both. */
static enum eot_status add_signal_rates(const struct eot_world *world, const struct eot_rates *rates, int p, int parent,
                                        struct eot_mean left_out, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct signal_names names = names_of(eot_process_at(p), parent);
    struct eot_mean mean;
    char name[MAX_NAME];
    EOT_TRY(eot_rate(rates, channel_sum(p, parent, EOT_CH_ALL), &mean, err));
    snprintf(name, sizeof name, "%ssimulated_per_eot", names.rate);
    EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    mean.value += left_out.value;
    mean.std_error = hypot(mean.std_error, left_out.std_error);
    snprintf(name, sizeof name, "%sper_eot", names.rate);
    EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    snprintf(name, sizeof name, "%sexcluded_per_eot", names.rate);
    EOT_TRY(eot_add_mean(result, name, "1", left_out, err));
    for (int i = 0; i < EOT_CH_TRACK - EOT_CH_ABOVE; i++) {
        double threshold = (double)eot_channel_threshold(i);
        if (threshold < world->rare_threshold[parent]) continue; /* only a part is simulated */
        EOT_TRY(eot_rate(rates, channel_sum(p, parent, EOT_CH_ABOVE + i), &mean, err));
        snprintf(name, sizeof name, "%sper_eot_above_%gGeV", names.rate, threshold);
        EOT_TRY(eot_add_mean(result, name, "1", mean, err));
    }
done:
    return status;
}

static enum eot_status add_signal(const struct eot_config *config, const struct eot_world *world,
                                  const struct eot_rates *rates, int p, struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int parent = 0; parent < EOT_N_PARTICLE; parent++) {
        if (!(eot_rare_parents(p) & 1 << parent)) continue;
        int channel = eot_rare_channel(p, parent);
        struct eot_mean left_out = {.value = rates->run->excluded[channel].rate,
                                    .std_error = rates->run->excluded[channel].error};
        EOT_TRY(add_signal_rates(world, rates, p, parent, left_out, result, err));
        EOT_TRY(add_efficiencies(config, world, rates->run, p, parent, left_out, result, err));
    }
done:
    return status;
}

enum eot_status eot_add_channels(const struct eot_config *config, const struct eot_world *world,
                                 const struct eot_rates *rates, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean mean;
    switch (eot_config_family(config)) {
    case EOT_FAMILY_DIMUON:
        EOT_TRY(eot_rate(rates, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &mean, err));
        EOT_TRY(eot_add_mean(result, "dimuon.per_eot", "1", mean, err));
        for (int p = 0; p < EOT_N_RARE; p++)
            if (eot_rare_family(p) == EOT_FAMILY_DIMUON) EOT_TRY(add_pairs(world, rates, p, result, err));
        break;
    case EOT_FAMILY_SIGNAL:
        for (int p = 0; p < EOT_N_RARE; p++)
            if (config->physics.rare[p]) EOT_TRY(add_signal(config, world, rates, p, result, err));
        EOT_TRY(eot_add_exact(result, "signal.min_lepton_energy_GeV", "GeV", world->rare_threshold[EOT_ELECTRON], err));
        EOT_TRY(eot_add_exact(result, "physics.mphi", "GeV", config->physics.mphi, err));
        EOT_TRY(eot_add_exact(result, "physics.h", "1", config->physics.h, err));
        break;
    case EOT_N_FAMILY: break;
    }
done:
    return status;
}
