/** @file macroscopic.h
 * Macroscopic cross sections of l_i N -> l_f N phi at many energies. */
#ifndef EOT_HOST_PHYSICS_LFC_MACROSCOPIC_H
#define EOT_HOST_PHYSICS_LFC_MACROSCOPIC_H

#include "physics/lfc/transport.h"

/** Exact tree level, summed over the nuclides of a material, at n energies. Each nuclide is integrated at 28 energies;
 * between them ln sigma is a Chebyshev series in ln(E - threshold) (below 1.001 thresholds: a power law).
 * @param reaction process, m_phi, coupling; Z and A are not used. @param E rising [GeV]. @param rate 1/cm, out; 0 below
 * threshold.
 * @param rel_error the worst of the nuclides': integration, and the size of the last terms of the series; may be NULL.
 * @return EOT_E_USAGE (outside the validity of lfc.h), EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_lfc_macroscopic(const struct eot_lfc_reaction *reaction, const struct eot_lfc_material *material,
                                    const double *E, size_t n, double *rate, double *rel_error, struct eot_error *err);

#endif
