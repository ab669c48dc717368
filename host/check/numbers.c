/** @file numbers.c
 * Numbers of a configuration that are good by themselves, but not together. */
#include <math.h>

#include "check/check.h"

/** Cuts that the beam or the detector cannot pass. */
enum eot_status eot_check_cuts(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    static const double MIP_LOSS = 2.0e-3; /* GeV cm2/g: of plastic scintillator, PDG, Atomic and nuclear properties */
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    if (eot_beam_is_muon(config)) return EOT_OK;
    for (size_t i = 0; i < 1 + config->n_further; i++) {
        const struct eot_selection_config *s = i == 0 ? &config->selection : &config->further[i - 1].selection;
        if (s->missing_energy >= config->beam.energy)
            EOT_TRY(eot_findings_warn(f, err, "missing_energy_above_beam",
                                      "the missing energy must be above %g GeV, and the beam has %g GeV%s%s: next to "
                                      "nothing is selected; lower selection.missing_energy",
                                      s->missing_energy, config->beam.energy, i > 0 ? ", selection " : "",
                                      i > 0 ? config->further[i - 1].name : ""));
    }
    int veto = eot_setup_volume(config, EOT_ROLE_VETO, 0);
    if (veto < 0) return EOT_OK;
    const struct eot_volume_config *v = &config->geometry.volume[veto];
    double seen = 0;
    for (size_t i = 0; i < v->n_layer; i++)
        if (v->layer[i].active)
            seen += v->repeat * MIP_LOSS * v->layer[i].thickness * c->setup->material[v->layer[i].material].density;
    if (seen < config->selection.veto.low || seen > config->selection.veto.high)
        EOT_TRY(
            eot_findings_warn(f, err, "veto_window",
                              "a minimum-ionising particle leaves about %.2g GeV in the VETO, outside selection.veto "
                              "= [%g GeV, %g GeV]: muons do not pass it; move the window",
                              seen, config->selection.veto.low, config->selection.veto.high));
done:
    return status;
}

/** Limits below which nothing is followed, above the ones that were asked for. */
enum eot_status eot_check_region(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &c->config->sampling;
    const double low[2] = {s->min_photon_energy, s->min_lepton_energy}, cut = c->config->physics.cut;
    static const char *const key[2] = {"sampling.region.min_photon_energy", "sampling.region.min_lepton_energy"};
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    for (int i = 0; i < 2; i++)
        if (low[i] > 0 && low[i] < cut)
            EOT_TRY(eot_findings_warn(f, err, "region_below_cut",
                                      "%s = %g GeV is below physics.cut = %g GeV, where the region begins; lower the "
                                      "cut, or raise it",
                                      key[i], low[i], cut));
done:
    return status;
}

/** A preference that prefers nothing. */
enum eot_status eot_check_preference(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const double preference = c->config->sampling.preference;
    const char *why = eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER ? "only vertices of showers are preferred"
                      : c->config->sampling.mode != EOT_SAMPLING_FORCED ? "vertices of analog runs are those of nature"
                      : eot_setup_volume(c->config, EOT_ROLE_TRACKER, 0) < 0
                          ? "there are no chambers whose tracks could be preferred"
                          : NULL;
    if (preference > 0.0 && why != NULL)
        EOT_TRY(eot_findings_warn(f, err, "preference_unused",
                                  "sampling.preference = %g has no effect (%s); leave it out", preference, why));
done:
    return status;
}

/** Splitting that splits nothing, or roulette without players. */
enum eot_status eot_check_splitting(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &c->config->sampling;
    const char *key = s->splitting > 1 ? "sampling.splitting" : "sampling.roulette";
    if (s->splitting == 1 && !s->roulette) return EOT_OK;
    if (!eot_setup_may_split(c->config))
        EOT_TRY(eot_findings_warn(f, err, "splitting_unused",
                                  "%s has no effect (it is for forced vertices of showers in front of chambers, with "
                                  "scoring.deposit_fraction and record_fraction below 1); leave it out",
                                  key));
    else if (c->config->output.n_plane > 0)
        EOT_TRY(eot_findings_fail(f, err, key,
                                  "cannot be used with output.planes (planes have no weights of a muon's history); set "
                                  "sampling.splitting to 1 and sampling.roulette to off"));
done:
    return status;
}

/** Extra losses of muons that nobody can have. */
enum eot_status eot_check_losses(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    const double share = config->sampling.loss_preference;
    const char *why = eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER    ? "only muons of showers have extra losses"
                      : config->sampling.mode != EOT_SAMPLING_FORCED      ? "muons of analog runs are those of nature"
                      : eot_setup_volume(config, EOT_ROLE_TRACKER, 0) < 0 ? "there are no chambers that find tracks"
                                                                          : NULL;
    if (!(share > 0.0)) return EOT_OK;
    if (config->output.n_plane > 0 || config->beam.file[0] != '\0')
        EOT_TRY(eot_findings_fail(f, err, "sampling.loss_preference",
                                  "= %g cannot be used with output.planes or beam.file (planes have no weights of a "
                                  "muon's history); set it to 0",
                                  share));
    if (why != NULL)
        EOT_TRY(eot_findings_warn(f, err, "loss_preference_unused",
                                  "sampling.loss_preference = %g has no effect (%s); leave it out", share, why));
done:
    return status;
}

/** Fields that showers do not feel. */
enum eot_status eot_check_fields(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    for (size_t i = 0; i < c->config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &c->config->geometry.volume[i];
        bool is_calorimeter = v->role == EOT_ROLE_ECAL || v->role == EOT_ROLE_HCAL || v->role == EOT_ROLE_VETO;
        if (is_calorimeter && (v->field[0] != 0 || v->field[1] != 0 || v->field[2] != 0))
            EOT_TRY(eot_findings_warn(
                f, err, "field_in_calorimeter",
                "the field of %.3g T in %s bends muons only, not the electrons and positrons of "
                "showers in it; leave it out if it matters",
                sqrt(v->field[0] * v->field[0] + v->field[1] * v->field[1] + v->field[2] * v->field[2]), v->name));
    }
done:
    return status;
}
