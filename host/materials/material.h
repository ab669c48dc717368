/** @file material.h
 * A material as it is declared, and with the values that are derived from its elements. */
#ifndef EOT_HOST_MATERIALS_MATERIAL_H
#define EOT_HOST_MATERIALS_MATERIAL_H

#include <stddef.h>

#include "base/error.h"

#define EOT_MAX_ELEMENT 12 /* elements in one material */

struct eot_element_config { /* by symbol; Z, A, X0, I come from the built-in PDG table, materials/elements.def */
    char symbol[4];
    double mass_fraction;
};
struct eot_material_config {
    char name[32];
    double density; /* g/cm3 */
    size_t n_element;
    struct eot_element_config *element;
    double mean_excitation;   /* eV; 0 = from the elements (Bragg additivity) */
    double density_effect[5]; /* Sternheimer a, k, x0, x1, Cbar; all 0 = Sternheimer-Peierls general formula */
};

struct eot_element {
    char symbol[4];
    int Z;
    double A;               /* g/mol */
    double mean_excitation; /* eV */
    double mass_fraction;
};

/** A homogeneous material. All derived values are of the mixture. */
struct eot_material {
    char name[32];
    double density; /* g/cm3 */
    int n_element;
    struct eot_element element[EOT_MAX_ELEMENT];
    double X0;                /* cm (PDG, 1/X0 by mass fractions) */
    double lambda_int;        /* cm, nuclear interaction length */
    double Z_over_A;          /* mol/g x Z: sum w Z/A */
    double mean_excitation;   /* eV */
    double plasma_energy;     /* eV */
    double density_effect[5]; /* Sternheimer a, k, x0, x1, Cbar */
    double
        critical_energy;   /* GeV, Grindhammer-Peters definition 2.66 MeV (X0 Z/A)^1.1, elements by their share of X0 */
    double moliere_radius; /* cm */
};

/** Data and derived values of one material of the configuration; built-in names or declared ones alike. @return
 * EOT_E_CONFIG for an unknown element. */
enum eot_status eot_material_derive(const struct eot_material_config *config, struct eot_material *material,
                                    struct eot_error *err);

#endif
