/** @file shower.h
 * Tables of the showers below the cut: quantiles of the Gamma distribution. */
#ifndef EOT_HOST_PHYSICS_SHOWER_H
#define EOT_HOST_PHYSICS_SHOWER_H

#include <stdbool.h>

#include "config/config.h"
#include "eotmc/transport/world.h"
#include "table/table.h"

/** Constants from the configuration and the quantile table of Gamma(alpha), alpha = 0.25 ... 12. @return EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_shower_tables_build(const struct eot_physics_config *physics, struct eot_f32_table *table,
                                        eot_shower_constants *constants, struct eot_error *err);

/** Mean and mean square of the depth of a shower's deposits from where its particle is [X0, X0^2]. */
struct eot_shower_moments {
    double mean, square;
};
/** What the constants give, with fluctuations, a photon's path to its conversion and what scatters back (which reaches
 * further than the front face here). Source: mean and variance of the Gamma distribution; mean depth and alpha
 * log-normal with correlation rho. @param log_critical ln(Ec/GeV). @param energy [GeV]. */
struct eot_shower_moments eot_shower_moments(const eot_shower_constants *constants, double log_critical, bool is_photon,
                                             double energy);

/** Mean depth [X0] and alpha as eotmc/transport/shower.h has them, before fluctuations. */
struct eot_shower_mean_shape {
    double depth, alpha;
};
/** Those that give these moments: the inverse of eot_shower_moments. alpha is infinite where no spread is left for it.
 */
struct eot_shower_mean_shape eot_shower_shape_of_moments(const eot_shower_constants *constants, double log_critical,
                                                         bool is_photon, double energy,
                                                         struct eot_shower_moments moments);

#endif
