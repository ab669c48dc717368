/** @file planes.c
 * Whether the planes of output.planes are where anything of what they ask for can be. */
#include "check/check.h"

enum eot_status eot_check_planes(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    const enum eot_beam_kind beam = eot_beam_kind_of(config);
    const bool is_shower = beam == EOT_BEAM_KIND_SHOWER,
               is_of_events = config->beam.file[0] != '\0' && config->beam.file_as == EOT_FILE_AS_EVENTS;
    const int light = EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS, ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    for (size_t i = 0; i < config->output.n_plane; i++) {
        const struct eot_plane_config *p = &config->output.plane[i];
        const struct eot_volume_config *v = ecal >= 0 ? &config->geometry.volume[ecal] : NULL;
        const char *reason = NULL;
        if ((p->kinds & EOT_PLANE_HADRONS) != 0 && beam != EOT_BEAM_KIND_HADRON)
            reason = "hadrons, which only a beam of pions or kaons has";
        if ((p->kinds & light) != 0 && (!is_shower || is_of_events))
            reason = "electrons or photons, which are written of the showers of a beam of them alone";
        else if ((p->kinds & light) != 0 && v != NULL && p->z > v->z + v->thickness + 1e-3)
            reason = "electrons or photons, and is behind the ECAL, where showers are parametrised";
        if (p->z < config->beam.position_z && !is_of_events) reason = "particles in front of the beam's start";
        if (reason != NULL)
            EOT_TRY(eot_findings_warn(f, err, "plane_empty",
                                      "the plane %s at z = %.6g cm asks for %s: none of these is written; change its "
                                      "kinds or its z",
                                      p->name, p->z, reason));
    }
done:
    return status;
}
