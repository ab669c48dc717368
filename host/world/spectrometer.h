/** @file spectrometer.h
 * The spectrometer of a set-up: the trackers behind the ECAL with the fields and the matter between the first and the
 * last of them, whether it measures momenta, and how well. */
#ifndef EOT_HOST_WORLD_SPECTROMETER_H
#define EOT_HOST_WORLD_SPECTROMETER_H

#include "eotmc/detector/spectrometer.h"
#include "geometry/setup.h"
#include "table/table.h"

#define EOT_SPECTROMETER_TEXT 320 /* bytes that a problem or a remark needs */

/** Fill in a spectrometer, and append its intervals to a table. The matter is that on the straight lines between the
 * middles of the chambers; energy losses are those of 20 GeV muons (Bethe). @return EOT_E_CONFIG (more chambers than
 * EOT_N_PLANE), EOT_E_MEMORY, EOT_E_NUMERIC. */
enum eot_status eot_spectrometer_build(const struct eot_config *config, const struct eot_setup *setup,
                                       struct eot_f32_table *table, eot_spectrometer *s, struct eot_error *err);

/** Why a spectrometer measures no momentum: too few chambers, no field between them, a field along the beam. Empty
 * where it does, and where there are no chambers at all. @param value of the table. @param text
 * EOT_SPECTROMETER_TEXT. */
void eot_spectrometer_problem(const struct eot_config *config, const float *value, const eot_spectrometer *s,
                              char *text);

/** What makes it measure less than its chambers promise: chambers that reach beyond the field. Empty: nothing. @param
 * text EOT_SPECTROMETER_TEXT. */
void eot_spectrometer_remark(const struct eot_config *config, const float *value, const eot_spectrometer *s,
                             char *text);

/** Relative standard deviation of 1/p of a muon that flies through the middles of the first two chambers, by the
 * propagation of the track fit: resolution of hits and multiple scattering. @param momentum GeV/c. @param charge +1 or
 * -1. @return 0 where such a muon has no measured momentum (it leaves the field, or there is none). */
double eot_spectrometer_resolution(const float *value, const eot_spectrometer *s, const struct eot_config *config,
                                   double momentum, int charge);

/** Integral of the field along the straight lines between the middles of the chambers [T cm], by component. */
void eot_spectrometer_field(const float *value, const eot_spectrometer *s, const struct eot_config *config,
                            double integral[3]);

/** The volume that is a chamber of the spectrometer. */
const struct eot_volume_config *eot_spectrometer_chamber(const struct eot_config *config, const eot_spectrometer *s,
                                                         int plane);

#endif
