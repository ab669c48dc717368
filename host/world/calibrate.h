/** @file calibrate.h
 * Calibration of the HCAL on single muons. */
#ifndef EOT_HOST_WORLD_CALIBRATE_H
#define EOT_HOST_WORLD_CALIBRATE_H

#include "world/world.h"

/** Factor from energy lost in the scintillators of an HCAL module to calibrated energy: the most probable signal of a
 * muon of detector.hcal.mip_energy that crosses the first module is detector.hcal.mip_peak. Follows
 * EOT_CALIBRATION_MUONS muons on the host with the run's own tables; the peak is the maximum of a kernel density.
 * @param relative_error statistical error of the peak, from ten parts of the sample. @return EOT_E_NUMERIC if the muons
 * leave no signal, EOT_E_MEMORY. */
enum eot_status eot_hcal_calibrate(const struct eot_config *config, const struct eot_world *world, float *scale,
                                   double *relative_error, struct eot_error *err);

#endif
