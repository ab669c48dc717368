/** @file hadrons.c
 * Whether hadrons decay where they are asked to, and whether the trackers in front of the ECAL measure the kinks that a
 * selection asks about. */
#include "check/check.h"

/* A region of decays is cut to what the beam has of it. */
static enum eot_status check_region(const struct eot_config *config, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const double *asked = config->beam.decay_region, start = config->beam.position_z,
                 end = config->geometry.world_max[2];
    if (asked[0] < asked[1] && (asked[0] < start || asked[1] > end))
        EOT_TRY(eot_findings_warn(
            f, err, "decay_region_cut",
            "beam.decay_region goes from %g to %g cm, and the beam from its start at %g cm to the "
            "end of the world at %g cm: decays are those from %g to %g cm; say so, or move "
            "beam.position_z or geometry.world.max",
            asked[0], asked[1], start, end, asked[0] > start ? asked[0] : start, asked[1] < end ? asked[1] : end));
done:
    return status;
}

enum eot_status eot_check_hadrons(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0), n[2] = {0, 0};
    double largest = config->selection.kink;
    if (!eot_beam_is_hadron(config)) return EOT_OK;
    EOT_TRY(check_region(config, f, err));
    if (ecal < 0) goto done;
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
