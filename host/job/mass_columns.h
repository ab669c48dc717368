/** @file mass_columns.h
 * The weights of recorded events for several masses of phi. */
#ifndef EOT_HOST_JOB_MASS_COLUMNS_H
#define EOT_HOST_JOB_MASS_COLUMNS_H

#include "analysis/result.h"
#include "engine/run.h"

/** A column "weight_mphi_<GeV>" for each mass behind the other columns of the result's events: what the event counts
 * for it, in vertices per EOT, computed from its row. @return EOT_E_MEMORY. */
enum eot_status eot_mass_columns_add(const struct eot_world *world, const struct eot_run *run,
                                     struct eot_result *result, struct eot_error *err);

#endif
