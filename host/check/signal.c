/** @file signal.c
 * What e N -> mu N phi and mu N -> e N phi cannot do with a beam and a mass. */
#include "check/check.h"
#include "physics/signal.h"
#include "world/world.h"

enum eot_status eot_check_signal(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    struct eot_em_options o;
    struct eot_error unsaid = {0}; /* of the ECAL: the row `layout` says it */
    double lowest = 1e300, threshold;
    if (!config->physics.rare[EOT_RARE_LFC] ||
        eot_world_em_options(config, c->setup, config->physics.cut, &o, &unsaid) != EOT_OK)
        return EOT_OK;
    if (config->physics.lfc_sampler == EOT_CONFIG_LFC_DMG4 &&
        !(eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER && eot_beam_charge(config) <= 0))
        return eot_findings_fail(
            f, err, "physics.lfc_sampler",
            "= dmg4 (it converts electrons only, and has no beam of muons or positrons here); use exact");
    double highest = eot_signal_energy_max(config, o.energy_max);
    if (highest > EOT_LFC_E_MAX)
        return eot_findings_fail(f, err, "beam.energy",
                                 "(with its spread up to %.4g GeV; the cross sections of the signal are valid up to "
                                 "%g GeV); lower it",
                                 highest, EOT_LFC_E_MAX);
    for (int m = 0; m < o.n_medium; m++)
        for (int i = 0; i < o.medium[m].n_constituent; i++)
            for (int j = 0; j < o.medium[m].material[i]->n_element; j++) {
                const struct eot_element *e = &o.medium[m].material[i]->element[j];
                struct eot_lfc_reaction r = {.process = eot_beam_is_muon(config) ? EOT_LFC_MU2E : EOT_LFC_E2MU,
                                             .m_phi = config->physics.mphi,
                                             .coupling = 1.0,
                                             .Z = e->Z,
                                             .A = e->A};
                if (eot_lfc_threshold_energy(&r, &threshold, &unsaid) != EOT_OK)
                    return eot_findings_fail(f, err, "physics.mphi", "(%s)", unsaid.text);
                lowest = threshold < lowest ? threshold : lowest;
            }
    if (lowest >= highest)
        EOT_TRY(eot_findings_fail(f, err, "physics.mphi",
                                  "(no nucleus of the ECAL is heavy enough to radiate it at %.4g GeV); use a smaller "
                                  "mass or a larger beam.energy",
                                  highest));
done:
    return status;
}

/** Several masses of phi are the weights of forced vertices of showers; what needs one mass cannot have them. */
enum eot_status eot_check_masses(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    const struct eot_config *config = c->config;
    if (config->physics.masses.n <= 1) return EOT_OK;
    const char *why = !config->physics.rare[EOT_RARE_LFC] ? "the signal is off; switch physics.rare.lfc on"
                      : eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER
                          ? "only showers of electrons, positrons or photons serve several"
                      : config->sampling.mode != EOT_SAMPLING_FORCED ? "analog vertices are of one; use forced"
                      : config->beam.file[0] != '\0'                 ? "the events of beam.file are of one"
                      : config->output.n_plane > 0                   ? "output.planes writes particles of one"
                      : config->physics.masses.n * (1 + (int)config->n_further) > EOT_MAX_MASS
                          ? "with the selections there are more than 32 tallies"
                      : config->output.hepmc ? "output.hepmc writes vertices of one"
                                             : NULL;
    if (why == NULL) return EOT_OK;
    return eot_findings_fail(f, err, "physics.mphi", "(%d masses, and %s); give one mass", config->physics.masses.n,
                             why);
}
