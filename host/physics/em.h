/** @file em.h
 * Tables of the electromagnetic cascade: the shared formulas of include/eotmc/physics integrated with Gauss-Legendre
 * rules of GSL, in double precision. */
#ifndef EOT_HOST_PHYSICS_EM_H
#define EOT_HOST_PHYSICS_EM_H

#include <stdbool.h>

#include "eotmc/physics/process_rate.h"
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
    const eot_vertex_tables *vertex; /* those of the rare processes, built before the cascade's; may be NULL where no
                                        rate is read from tables */
    const double *table_error;       /* [EOT_N_RARE] their relative errors; NULL: 0 */
    double rare_min[EOT_N_PARTICLE]; /* GeV, of rare vertices, by parent */
    bool lpm;
    int n_medium; /* 1 or 2 */
    struct eot_em_medium medium[EOT_N_MEDIUM_MAX];
};

/** Macroscopic rates of a medium at one energy, in double: what the nodes hold; also for `eotmc tables`. */
struct eot_em_rates {
    double brems, pair, compton; /* 1/cm */
    double ionisation;           /* GeV/cm */
};
struct eot_em_rates eot_em_rates_at(const struct eot_em_medium *medium, double E, double cut, bool lpm);

/** Radiation length of a medium [cm]. */
double eot_em_medium_X0(const struct eot_em_medium *medium);

/** Cross section [cm2] of an atom for a particle of total energy E [GeV]. @param error relative, out; may be NULL. */
typedef double eot_atom_xsec(double E, double Z, double A, double *error);
/** Macroscopic rate of a medium [1/cm]: the sum over its atoms. @param error the worst of them; may be NULL. */
double eot_em_medium_rate(const struct eot_em_medium *medium, double E, eot_atom_xsec *xsec, double *error);

#define EOT_EM_TOLERANCE 1e-4 /* relative, of the rates: well below the 1 % of the physics models */

/** Largest relative quadrature error of each process of a medium. */
struct eot_em_errors {
    double brems, pair, compton;
    double rare[EOT_N_RARE]; /* of its tables too, where a rate is read from some; 0 for a process that is off */
};

/** Build the cascade's tables. @param error one per medium (the others are set to 0), checked against EOT_EM_TOLERANCE.
 * @return EOT_E_NUMERIC if the quadrature misses its tolerance, EOT_E_MEMORY. */
enum eot_status eot_em_tables_build(const struct eot_em_options *options, struct eot_f32_table *table,
                                    eot_em_tables *layout, struct eot_em_errors error[EOT_N_MEDIUM_MAX],
                                    struct eot_error *err);

#endif
