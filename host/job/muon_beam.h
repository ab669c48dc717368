/** @file muon_beam.h
 * A run with a muon beam: muons through the grid, scored where they leave a volume. */
#ifndef EOT_HOST_JOB_MUON_BEAM_H
#define EOT_HOST_JOB_MUON_BEAM_H

#include "analysis/result.h"
#include "engine/run.h"

#define EOT_MAX_SCORED_MUON 20000000u /* rows are kept for exact quantiles: 24 bytes each */

/** Run config->sampling.eot muons and fill the result: exit.* estimates (survival; mean, rms and quantiles of the
 * energy lost; quantiles of the absolute projected angle and displacement among survivors, both projections pooled)
 * with standard errors, and their histograms. Errors: binomial for survival (Agresti-Coull), moments for mean and rms,
 * order statistics for quantiles.
 * @param is_partial set if interrupted; what is done is then in the result.
 * @return EOT_E_CONFIG (too many muons, beam behind the plane), EOT_E_DEVICE with the faulting primary, EOT_E_MEMORY.
 */
enum eot_status eot_muon_beam_run(const struct eot_config *config, const struct eot_world *world,
                                  const struct eot_run_options *options, struct eot_result *result, bool *is_partial,
                                  struct eot_error *err);

#endif
