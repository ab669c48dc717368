/** @file transport.h
 * Tables of l_i N -> l_f N phi for the transport: macroscopic cross section and inverse cumulative distributions, per
 * mass and material. */
#ifndef EOT_HOST_PHYSICS_LFC_TRANSPORT_H
#define EOT_HOST_PHYSICS_LFC_TRANSPORT_H

#include <stddef.h>

#include "eotmc/physics/lfc_sample.h"
#include "physics/lfc/lfc.h"
#include "table/table.h"

#define EOT_LFC_MAX_NUCLIDE 8

struct eot_lfc_nuclide {
    double Z, A;
    double atoms; /* 1/cm3 */
};
struct eot_lfc_material {
    int n_nuclide;
    struct eot_lfc_nuclide nuclide[EOT_LFC_MAX_NUCLIDE];
};

/** A nuclide by its share of a material's mass. @param density g/cm3 of the material. */
struct eot_lfc_nuclide eot_lfc_nuclide_from_mass(double Z, double A, double density, double mass_fraction);

/** Build the tables of one mass for several materials; a nucleus that occurs in several with the same heaviest nucleus
 * is integrated once.
 * @param reaction process, m_phi, coupling (the cross sections' h); Z and A are not used. @param E_max largest energy
 * of the tables [GeV], above threshold.
 * @param table the arrays are appended here. @param descriptor n_material structs for the device.
 * @param rel_error the worst achieved relative error of a total cross section; may be NULL.
 * @return EOT_E_USAGE (outside the validity of lfc.h), EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_lfc_tables_create(const struct eot_lfc_reaction *reaction, double E_max,
                                      const struct eot_lfc_material *material, size_t n_material,
                                      struct eot_f32_table *table, eot_lfc_table *descriptor, double *rel_error,
                                      struct eot_error *err);

#endif
