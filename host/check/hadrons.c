/** @file hadrons.c
 * Whether the trackers in front of the ECAL measure the kinks that a selection asks about. */
#include "check/check.h"

enum eot_status eot_check_hadrons(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0), n[2] = {0, 0};
    double largest = config->selection.kink;
    if (!eot_beam_is_hadron(config) || ecal < 0) return EOT_OK;
    for (size_t i = 0; i < config->n_further; i++)
        if (config->further[i].selection.kink > largest) largest = config->further[i].selection.kink;
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role == EOT_ROLE_TRACKER && v->z < config->geometry.volume[ecal].z) n[v->z >= config->detector.srd_z]++;
    }
    if (largest > 0.0 && (n[0] < 2 || n[1] < 2))
        EOT_TRY(
            eot_findings_warn(f, err, "kink_without_trackers",
                              "a selection asks for the kink, and there are %d trackers in front of the SRD at %g cm "
                              "and %d between it and the ECAL (two each measure one): no event passes; move "
                              "detector.srd.z, or add volumes of role tracker",
                              n[0], config->detector.srd_z, n[1]));
done:
    return status;
}
