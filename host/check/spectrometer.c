/** @file spectrometer.c
 * Whether the spectrometer measures what the selection asks for: the charge and the momentum of a track. */
#include "world/spectrometer.h"

#include "check/check.h"

/* Relative error of 1/p from which on one charge in a thousand is wrong: Gaussian in 1/p. */
static const double SEES_CHARGE = 1.0 / 3.0;

static bool has_vertices(const struct eot_config *config) {
    bool has = false;
    for (int p = 0; p < EOT_N_RARE; p++) has |= config->physics.rare[p];
    return has;
}

enum eot_status eot_check_spectrometer(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_f32_table table = {0};
    eot_spectrometer s;
    char text[EOT_SPECTROMETER_TEXT];
    bool is_shower = eot_beam_kind_of(c->config) == EOT_BEAM_KIND_SHOWER && has_vertices(c->config);
    if (!is_shower && !eot_beam_is_hadron(c->config)) return EOT_OK;
    EOT_TRY(eot_check_adopt(f, eot_spectrometer_build(c->config, c->setup, &table, &s, err), "geometry.volumes", err));
    eot_spectrometer_problem(c->config, table.value, &s, text);
    if (text[0] != '\0')
        EOT_TRY(
            eot_findings_fail(f, err, "geometry.volumes",
                              "momentum cannot be measured: %s (a selection asks for the charge and the momentum of "
                              "a track); change the chambers or the magnets, or give the chambers role: passive: "
                              "the cut on the track is then not applied",
                              text));
    if (!s.has_track) goto done;
    eot_spectrometer_remark(c->config, table.value, &s, text);
    if (text[0] != '\0')
        EOT_TRY(eot_findings_warn(f, err, "chambers_beyond_field", "%s; make the chambers smaller, or the field wider",
                                  text));
    double resolution = eot_spectrometer_resolution(table.value, &s, c->config, c->config->beam.energy / 2.0, -1);
    if (resolution > SEES_CHARGE)
        EOT_TRY(eot_findings_warn(f, err, "weak_spectrometer",
                                  "momenta of muons of half the beam's energy are measured to %.3g %%, and charges of "
                                  "some of them wrong; see "
                                  "eotmc geometry, and strengthen the field or move the chambers apart",
                                  100.0 * resolution));
done:
    eot_f32_table_free(&table);
    return status;
}
