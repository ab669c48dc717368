/** @file dimuon.h
 * Totals and tables of the muon pairs that charged particles make: e N -> e N mu mu and e+ e- -> mu mu. (Pairs by
 * photons: physics/em.h and physics/shower.h.) */
#ifndef EOT_HOST_PHYSICS_DIMUON_H
#define EOT_HOST_PHYSICS_DIMUON_H

#include "eotmc/physics/dimuon_trident.h"
#include "physics/em.h"

#define EOT_TRIDENT_TOLERANCE \
    0.02 /* of the coarser of two rules, whose error is an order above the one that is used; the model is good to 10 % \
          */

/** Total cross section [cm2 per atom] of e N -> e N mu mu with a pair energy above k_min [GeV]. @param error relative,
 * from a coarser rule; may be NULL. */
double eot_dimuon_trident_xsec(double E, double k_min, double Z, double A, double *error);

/** Macroscopic rates of a medium [1/cm]. */
double eot_em_medium_dimuon_trident(const struct eot_em_medium *medium, double E, double k_min, double *error);
double eot_em_medium_dimuon_annihilation(const struct eot_em_medium *medium, double E);

/** Quantiles of the pair's energy on the calorimeter's atoms, for electrons from k_min to o->energy_max. @return
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_dimuon_trident_table_build(const struct eot_em_options *o, double k_min,
                                               struct eot_f32_table *table, eot_dimuon_trident_table *t,
                                               struct eot_error *err);

#endif
