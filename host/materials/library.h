/** @file library.h
 * Built-in elements and materials: the data of elements.def and materials.def. */
#ifndef EOT_HOST_MATERIALS_LIBRARY_H
#define EOT_HOST_MATERIALS_LIBRARY_H

#include <stdbool.h>

#include "materials/material.h"

struct eot_element_data {
    const char *symbol;
    int Z;
    double A;               /* g/mol */
    double mean_excitation; /* eV */
    double lambda_int;      /* g/cm2, nuclear interaction length; see eot_element_lambda_int */
};

/** Data of an element by symbol ("Pb"); NULL if it is not in the table. */
const struct eot_element_data *eot_element_find(const char *symbol);
/** The n-th element of the table, NULL beyond its end. */
const struct eot_element_data *eot_element_at(size_t n);

/** Radiation length of an element.
 * @return g/cm2. Source: Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815, as in PDG, Review of Particle Physics (2022), eqs.
 * (34.25), (34.26) and table 34.2: 1/X0 = 4 alpha r_e^2 N_A/A {Z^2 [L_rad - f(Z)] + Z L'_rad}. Validity: every element;
 * PDG's own tabulated values agree to 0.2 % (hydrogen 0.1 %). */
double eot_element_X0(const struct eot_element_data *element);

/** Nuclear interaction length of an element: PDG's value, or for elements that PDG's table leaves out, interpolated
 * between its neighbours, linear in (ln A, ln lambda): within 1 % wherever left-out values are known. @return g/cm2. */
double eot_element_lambda_int(const struct eot_element_data *element);

/** A built-in material. @param material filled with static element data (to be copied), if found. @return whether there
 * is one of that name. */
bool eot_material_builtin(const char *name, struct eot_material_config *material);
/** Name of the n-th built-in material, elements first, NULL beyond the end. */
const char *eot_material_builtin_name(size_t n);
/** Whether a built-in material is one of the elements of elements.def. */
bool eot_material_is_element(const char *name);

/** Sternheimer's parameters at another density of the same substance: delta(X) at r times the density is delta(X +
 * log10(r)/2). Source: R. M. Sternheimer, M. J. Berger and S. M. Seltzer, At. Data Nucl. Data Tables 30 (1984) 261, for
 * gases at other pressures. @param parameters a, k, x0, x1, Cbar. @param density_ratio r > 0; nothing changes at 1. */
void eot_density_effect_rescale(double parameters[5], double density_ratio);

#endif
