/** @file muon_conversion.h
 * mu N -> e N phi of a muon beam in the ECAL: every muon converts once, at a point of its path drawn by the local rate,
 * with the expected number of conversions as weight; the electron's shower is followed, phi is not seen. */
#ifndef EOT_HOST_JOB_MUON_CONVERSION_H
#define EOT_HOST_JOB_MUON_CONVERSION_H

#include "analysis/result.h"
#include "engine/run.h"

/** Run config->sampling.eot muons on the host and fill the result: signal.per_mot, signal.per_mot_above_{5,30}GeV
 * (energy of the electron), means of the electron's, the ECAL's and the missing energy, efficiency.missing_energy,
 * histograms. Errors are those of weighted means over muons.
 * @param is_partial set if interrupted; what is done is then in the result. @return EOT_E_CONFIG (analog mode),
 * EOT_E_DEVICE with the faulting primary, EOT_E_NUMERIC (no muon crosses the ECAL), EOT_E_MEMORY. */
enum eot_status eot_muon_signal_run(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_run_options *options, struct eot_result *result, bool *is_partial,
                                    struct eot_error *err);

#endif
