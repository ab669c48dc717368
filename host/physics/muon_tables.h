/** @file muon_tables.h
 * Builder of the muon tables: integrates the shared formulas of eotmc/physics/muon_*.h in double precision, checks the
 * achieved error, and appends the result to the f32 table that a device reads. */
#ifndef EOT_HOST_PHYSICS_MUON_TABLES_H
#define EOT_HOST_PHYSICS_MUON_TABLES_H

#include "eotmc/physics/muon_tables.h"
#include "materials/material.h"
#include "table/table.h"

struct eot_muon_options {
    double v_cut;          /* radiative losses above this share of the total energy are explicit, 1e-5 to 0.2 */
    double delta_cut;      /* delta rays above this energy are explicit [GeV] */
    double delta_share;    /* ... or above this share of the kinetic energy, whichever is larger */
    double layer_cut;      /* largest single transfer that is seen in a thin active layer [GeV] */
    double elastic_per_X0; /* hard elastic scatters per radiation length at beta = 1, 0.005 to 5 */
    double elastic_per_cm; /* and at least so many per cm, so that gases and thin layers have a tail: 0 to 0.05 */
    double stop_kinetic;   /* a muon stops below this kinetic energy [GeV], 1e-3 to 1 */
    double largest_loss;   /* share of the kinetic energy lost in one step on average, 0.01 to 0.3 */
    double unseen_spread;  /* a thin path that no detector reads is drawn from mean and variance alone where the rms
                              of its loss is below this share of the kinetic energy, 0 (nowhere) to 0.001 */
    double tolerance;      /* relative error that the integrals must achieve */
    int straggling;        /* enum eot_muon_straggling */
    int scattering;        /* 0: off */
    int decay_in_flight, decay_at_rest;
};

/** Defaults: v_cut 1e-4, delta_cut 20 MeV, 0.02 hard scatters per X0 (and at least 0.005 per cm), stop at 2 MeV, 5 %
 * loss a step, Vavilov straggling, everything on. The radiative loss below v_cut does not fluctuate, hence the small
 * cut: at 100 GeV no quantile of the loss in an ECAL or an HCAL module changes from 5e-4 down (at 5e-3 the 5 % quantile
 * in the ECAL is 20 % high), at 50 GeV the median in 1.5 mm of lead is 2 % high at 5e-4. An event costs a step: 1 to 4
 * in an HCAL module, beside 1.4 hard scatters (the soft part is Gaussian: with one hard scatter in the whole its excess
 * kurtosis is below 1 %, which moves the 68 % quantile by 0.05 %). With 10 % loss a step the moments straggling lets 2
 * % more muons through three HCAL modules at 5 GeV, where half of them stop. */
struct eot_muon_options eot_muon_options_default(void);

/** Options that follow the reference simulation (PUMAS, detailed mode) step by step: all losses explicit above 1 % of
 * the energy; below it the mean, and the variance of the ionisation alone, in PENELOPE's form; no decay. Wider and less
 * skew than Vavilov's distribution above 10 GeV: for comparison, not for production. */
struct eot_muon_options eot_muon_options_moments(void);

/** Append the muon tables of all materials. A density of 0 is a vacuum: nothing happens in it. Material indices are
 * those of the array.
 * @param achieved largest relative integration error found (may be NULL). @return EOT_E_CONFIG for options out of
 * range, EOT_E_NUMERIC when an integral misses options->tolerance, EOT_E_MEMORY. Nothing to release but the table. */
enum eot_status eot_muon_tables_build(const struct eot_material *material, int n_material,
                                      const struct eot_muon_options *options, struct eot_f32_table *out,
                                      eot_muon_tables *layout, double *achieved, struct eot_error *err);

/** One row of `eotmc tables --dump`: stopping power by process [MeV cm2/g] and range in the continuous slowing-down
 * approximation [g/cm2]. */
struct eot_muon_dedx_row {
    double kinetic_energy; /* GeV */
    double ionisation, brems, pair, photonuclear, total, csda_range;
};

/** Stopping power of a material at n kinetic energies [GeV], increasing or not, 1 MeV to 500 GeV. @param row n rows,
 * filled.
 * @return EOT_E_NUMERIC when an integral misses the tolerance 1e-3; EOT_E_CONFIG for an energy out of range. */
enum eot_status eot_muon_dedx(const struct eot_material *material, const double *kinetic_energy, int n,
                              struct eot_muon_dedx_row *row, struct eot_error *err);

/** The least ionisation loss of a muon in a material, radiative corrections included: PDG's "minimum ionization" [MeV
 * cm2/g]. @return EOT_E_MEMORY. */
enum eot_status eot_muon_least_ionisation(const struct eot_material *material, double *least, struct eot_error *err);

/** Quantiles of Vavilov's distribution at one kappa, as tabulated: lower[i] at u = tail(i), upper[i] at u = 1 -
 * tail(i), in units of xi from the mean. */
enum eot_status eot_muon_vavilov_row(double kappa, double lower[EOT_MUON_N_TAIL], double upper[EOT_MUON_N_TAIL],
                                     struct eot_error *err);

#endif
