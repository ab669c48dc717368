/** @file detectors.c
 * Detectors that a set-up does not have: the cuts that would need them are not applied. */
#include "check/check.h"

#include "world/response.h"

enum eot_status eot_check_detectors(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    /* Muon beams and conversions have no showers in an ECAL and no cuts behind it. */
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    int ecal = eot_setup_volume(c->config, EOT_ROLE_ECAL, 0);
    bool is_seen = ecal < 0;
    for (size_t i = 0; ecal >= 0 && i < c->config->geometry.volume[ecal].n_layer; i++)
        is_seen |= c->config->geometry.volume[ecal].layer[i].active;
    if (!is_seen)
        EOT_TRY(eot_findings_warn(f, err, "passive_ecal",
                                  "no layer of the ECAL is active, so that it sees nothing and all energy is missing; "
                                  "give one active: on"));
    if (eot_setup_volume(c->config, EOT_ROLE_VETO, 0) < 0)
        EOT_TRY(eot_findings_warn(f, err, "no_veto",
                                  "there is no VETO (no volume has role: veto), so its cut is not applied; add one, or "
                                  "leave the cut on the VETO out of what you compare with"));
    if (eot_setup_volume(c->config, EOT_ROLE_HCAL, 0) < 0)
        EOT_TRY(eot_findings_warn(f, err, "no_hcal",
                                  "there is no HCAL (no volume has role: hcal), so its cut is not applied; add one, or "
                                  "leave the cut on the HCAL out of what you compare with"));
    if (eot_world_absent(c->config) & 1 << EOT_ROLE_TRACKER)
        EOT_TRY(eot_findings_warn(f, err, "no_trackers",
                                  "there are no chambers (no volume behind the front of the ECAL has role: tracker), "
                                  "so that no track is found "
                                  "and the cuts on it are not applied; add volumes with role: tracker"));
done:
    return status;
}
