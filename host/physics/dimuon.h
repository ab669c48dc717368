/** @file dimuon.h
 * Totals and tables of the processes that make muon pairs: gamma N -> mu+ mu- N, e N -> e N mu+ mu-, e+ e- -> mu+ mu-.
 */
#ifndef EOT_HOST_PHYSICS_DIMUON_H
#define EOT_HOST_PHYSICS_DIMUON_H

#include "config/config.h"
#include "eotmc/physics/dimuon_trident.h"
#include "physics/em.h"

/** Total cross section of gamma -> mu+ mu- [cm2 per atom]: the integral of the differential formula, relative error
 * below 1e-8. */
double eot_dimuon_gamma_xsec(double k, double Z, double A);
/** Total cross section [cm2 per atom] of e N -> e N mu mu with a pair energy above k_min [GeV]. @param error relative,
 * from a coarser rule; may be NULL. */
double eot_dimuon_trident_xsec(double E, double k_min, double Z, double A, double *error);

/** Macroscopic rates of a medium [1/cm]. @param error relative; may be NULL. */
double eot_em_medium_dimuon_gamma(const struct eot_em_medium *medium, double k, double *error);
double eot_em_medium_dimuon_trident(const struct eot_em_medium *medium, double E, double *error);
double eot_em_medium_dimuon_annihilation(const struct eot_em_medium *medium, double E);

/** Quantiles of (x+ - x_min)/(x_max - x_min) of gamma -> mu+ mu- on the calorimeter's atoms, and the elements' shares
 * of the vertices (at 10 GeV). Fills the pair_* and element_* members, unless they are filled already. @return
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_dimuon_tables_build(const struct eot_em_options *options, struct eot_f32_table *table,
                                        eot_vertex_tables *vertex, struct eot_error *err);
/** Quantiles of the pair's energy on the calorimeter's atoms, for electrons from k_min to o->energy_max. @return
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_dimuon_trident_table_build(const struct eot_em_options *o, double k_min,
                                               struct eot_f32_table *table, eot_dimuon_trident_table *t,
                                               struct eot_error *err);

/** Threshold of a pair on an infinitely heavy nucleus [GeV]. */
double eot_dimuon_threshold(const struct eot_config *config);

#endif
