/** @file em.h
 * Tables of the electromagnetic cascade: the shared formulas of include/eotmc/physics integrated with Gauss-Legendre
 * rules of GSL, in double precision. */
#ifndef EOT_HOST_PHYSICS_EM_H
#define EOT_HOST_PHYSICS_EM_H

#include <stdbool.h>

#include "eotmc/physics/rare.h"
#include "eotmc/transport/world.h"
#include "eotmc/geometry/grid.h"
#include "materials/material.h"
#include "table/table.h"

/** One layer of the calorimeter's period, or the whole effective medium: up to EOT_N_CONSTITUENT materials with shares
 * of the path. */
struct eot_em_medium {
    int n_constituent;
    const struct eot_material *material[EOT_N_CONSTITUENT];
    double fraction[EOT_N_CONSTITUENT];
    double thickness; /* cm per period; ignored for a single medium */
};

struct eot_em_options {
    double cut;                      /* GeV */
    double energy_max;               /* GeV, of the primaries */
    double depth;                    /* cm */
    double step_max_X0;              /* longest step of a charged particle */
    bool rare[EOT_N_RARE];           /* processes that are on */
    const eot_vertex_tables *vertex; /* those of EOT_RARE_LFC, built before the cascade's; may be NULL without it */
    const double *lfc_preference; /* factor on the rate of EOT_RARE_LFC at the energies of vertex->importance_nucleus,
                                     undone at the vertex; NULL: 1 */
    double rare_min[3];           /* GeV, of rare vertices, by parent */
    bool lpm;
    int n_medium; /* 1 or 2 */
    struct eot_em_medium medium[EOT_N_MEDIUM_MAX];
};

/** Macroscopic rates of a medium at one energy, in double: what the nodes hold; also for `eotmc tables`. */
struct eot_em_rates {
    double brems, pair, compton, dimuon_gamma; /* 1/cm */
    double ionisation;                         /* GeV/cm */
};
struct eot_em_rates eot_em_rates_at(const struct eot_em_medium *medium, double E, double cut, bool lpm);

/** Radiation length of a medium [cm]. */
double eot_em_medium_X0(const struct eot_em_medium *medium);

/** Total cross section of gamma -> mu+ mu- [cm2 per atom]: the integral of the differential formula, relative error
 * below 1e-8. */
double eot_dimuon_gamma_xsec(double k, double Z, double A);

#define EOT_EM_TOLERANCE 1e-4 /* relative, of the rates: well below the 1 % of the physics models */

/** Largest relative quadrature error of each process of a medium. */
struct eot_em_errors {
    double brems, pair, compton, dimuon_gamma;
    double lfc; /* of the whole set of nuclei, in the first medium */
};

/** Bits 1 << enum eot_particle_type of the parents of the processes that are on. */
int eot_rare_parents_of(const bool rare[EOT_N_RARE]);

/** Build the cascade's tables. @param error one per medium (the others are set to 0), checked against EOT_EM_TOLERANCE.
 * @return EOT_E_NUMERIC if the quadrature misses its tolerance, EOT_E_MEMORY. */
enum eot_status eot_em_tables_build(const struct eot_em_options *options, struct eot_f32_table *table,
                                    eot_em_tables *layout, struct eot_em_errors error[EOT_N_MEDIUM_MAX],
                                    struct eot_error *err);

#endif
