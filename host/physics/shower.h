/** @file shower.h
 * Tables of the events: quantiles of the Gamma distribution for sub-cut showers, and of the energy split of muon pairs.
 */
#ifndef EOT_HOST_PHYSICS_SHOWER_H
#define EOT_HOST_PHYSICS_SHOWER_H

#include "config/config.h"
#include "eotmc/transport/world.h"
#include "physics/em.h"

/** Constants from the configuration and the quantile table of Gamma(alpha), alpha = 0.25 ... 12. @return EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_shower_tables_build(const struct eot_physics_config *physics, struct eot_f32_table *table,
                                        eot_shower_constants *constants, struct eot_error *err);

/** Quantiles of (x+ - x_min)/(x_max - x_min) of gamma -> mu+ mu- on the calorimeter's atoms, and the elements' shares
 * of the vertices (at 10 GeV). Fills the pair_* and element_* members. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_dimuon_tables_build(const struct eot_em_options *options, struct eot_f32_table *table,
                                        eot_vertex_tables *vertex, struct eot_error *err);

#endif
