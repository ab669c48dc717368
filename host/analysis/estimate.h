/** @file estimate.h
 * From a run's integer tallies to estimates, histograms, cut flow and balance, each with its statistical error. */
#ifndef EOT_HOST_ANALYSIS_ESTIMATE_H
#define EOT_HOST_ANALYSIS_ESTIMATE_H

#include "analysis/result.h"
#include "engine/run.h"

/** Fill a result from a run. @param result zeroed; release with eot_result_free. config, world and run must outlive it
 * (the event table borrows from run).
 * @return EOT_E_NUMERIC (nothing was simulated, or a sum is not finite), EOT_E_MEMORY. */
enum eot_status eot_result_from_run(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_run *run, const struct eot_backend *backend,
                                    struct eot_result *result, struct eot_error *err);

/** A column of the event record (enum eot_event_column; -1: the number of the primary). */
const struct eot_column_info *eot_event_column_info(int column);

#endif
