/** @file shower.h
 * Tables of the showers below the cut: quantiles of the Gamma distribution. */
#ifndef EOT_HOST_PHYSICS_SHOWER_H
#define EOT_HOST_PHYSICS_SHOWER_H

#include "config/config.h"
#include "eotmc/transport/world.h"
#include "table/table.h"

/** Constants from the configuration and the quantile table of Gamma(alpha), alpha = 0.25 ... 12. @return EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_shower_tables_build(const struct eot_physics_config *physics, struct eot_f32_table *table,
                                        eot_shower_constants *constants, struct eot_error *err);

#endif
