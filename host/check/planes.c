/** @file planes.c
 * Whether the planes of output.planes are where anything of what they ask for can be, and where showers have energy
 * instead of particles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "world/world.h"

static const double SHARE_LEFT = 0.95; /* of hadrons in front of a plane, at least, without a word */

/* Lengths of matter that volumes put on the beam's axis from z0 to z1. @param of eot_setup_volume_X0 or _lambda_int. */
static double lengths(const struct eot_check *c, double z0, double z1,
                      double (*of)(const struct eot_setup *, const struct eot_volume_config *)) {
    const struct eot_config *config = c->config;
    double sum = 0.0;
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        double from = fmax(v->z, z0), to = fmin(v->z + v->thickness, z1),
               x = config->beam.position_x + config->beam.angle_x * (v->z - config->beam.position_z),
               y = config->beam.position_y + config->beam.angle_y * (v->z - config->beam.position_z);
        bool is_hit = fabs(x - v->center_x) < 0.5 * v->size_x && fabs(y - v->center_y) < 0.5 * v->size_y;
        if (is_hit && to > from) sum += of(c->setup, v) * (to - from) / v->thickness;
    }
    return sum;
}

/* Why nothing of some of its kinds crosses a plane; NULL: it may. */
static const char *why_empty(const struct eot_config *config, const struct eot_plane_config *p) {
    const enum eot_beam_kind beam = eot_beam_kind_of(config);
    const bool is_of_events = config->beam.file[0] != '\0' && config->beam.file_as == EOT_FILE_AS_EVENTS,
               converts = beam == EOT_BEAM_KIND_MUON && config->physics.rare[EOT_RARE_LFC];
    if (p->z < config->beam.position_z && !is_of_events) return "particles in front of the beam's start";
    if ((p->kinds & EOT_PLANE_HADRONS) != 0 && beam != EOT_BEAM_KIND_HADRON)
        return "hadrons, which only a beam of pions or kaons has";
    if ((p->kinds & EOT_PLANE_PHOTONS) != 0 && is_of_events)
        return "photons, and events of a file have none: they begin as showers, which have no particles";
    if ((p->kinds & EOT_PLANE_PHOTONS) != 0 && beam == EOT_BEAM_KIND_MUON && !converts)
        return "photons, and what muons radiate is energy without particles";
    return NULL;
}

/* Planes, by name, that have `kinds` and behind whose `from` there is more matter than `most`. */
static size_t names_behind(const struct eot_check *c, int kinds, double from, double most,
                           double (*of)(const struct eot_setup *, const struct eot_volume_config *), char *names,
                           size_t n_names) {
    const struct eot_output_config *o = &c->config->output;
    size_t n = 0, at = 0;
    names[0] = '\0';
    for (size_t i = 0; i < o->n_plane; i++) {
        if ((o->plane[i].kinds & kinds) == 0 || !(lengths(c, from, o->plane[i].z, of) > most)) continue;
        int length = snprintf(names + at, n_names - at, "%s%s", n++ > 0 ? ", " : "", o->plane[i].name);
        at = length > 0 && at + (size_t)length < n_names ? at + (size_t)length : n_names - 1;
    }
    return n;
}

/* Where showers, and what hadrons make when they interact, are energy and no particles: said once. */
static enum eot_status check_parametrised(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    const enum eot_beam_kind beam = eot_beam_kind_of(config);
    const int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    const bool has_cascade = ecal >= 0 && beam != EOT_BEAM_KIND_HADRON &&
                             (beam == EOT_BEAM_KIND_SHOWER || config->physics.rare[EOT_RARE_LFC]);
    const double from = has_cascade ? config->geometry.volume[ecal].z + config->geometry.volume[ecal].thickness
                                    : config->beam.position_z;
    char names[512];
    if (names_behind(c, EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS, from, (double)EOT_LIGHT_X0, eot_setup_volume_X0, names,
                     sizeof names) > 0)
        EOT_TRY(eot_findings_warn(
            f, err, "plane_parametrised",
            "behind %g radiation lengths of matter %s showers are energy without particles: of electrons and photons "
            "the planes %s have those of decays that fly freely to them, and no others; put planes for showers in "
            "front of that matter",
            (double)EOT_LIGHT_X0, has_cascade ? "after the ECAL" : "on the way", names));
    if (beam == EOT_BEAM_KIND_HADRON && config->physics.hadron_interactions &&
        names_behind(c, ~0, config->beam.position_z, -log(SHARE_LEFT), eot_setup_volume_lambda_int, names,
                     sizeof names) > 0)
        EOT_TRY(eot_findings_warn(
            f, err, "plane_parametrised",
            "what hadrons make when they interact is energy without particles: the planes %s, behind matter, have "
            "hadrons that have not interacted and what decays make, and no others; put planes in front of that matter",
            names));
done:
    return status;
}

enum eot_status eot_check_planes(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_output_config *o = &c->config->output;
    for (size_t i = 0; i < o->n_plane; i++) {
        const char *reason = why_empty(c->config, &o->plane[i]);
        if (reason != NULL)
            EOT_TRY(eot_findings_warn(f, err, "plane_empty",
                                      "the plane %s at z = %.6g cm asks for %s: none of these is written; change its "
                                      "kinds or its z",
                                      o->plane[i].name, o->plane[i].z, reason));
    }
    EOT_TRY(check_parametrised(c, f, err));
done:
    return status;
}
