/** @file dmg4.h
 * Vertices of e N -> mu N phi as the field's package for Geant4 appears to draw them, to see by how much efficiencies
 * and limits made with it would move if it was used. This is our reading of the public source of DMG4 (class
 * DarkScalarLFC and process DMProcessLFConversion, copies of 2023 in PKMuon/DMG4); it was not run here.
 *
 * What it does: pairs of log y and log psi, uniform, are accepted in proportion to d2sigma/(dy dpsi). The density in
 * (log y, log psi) would be y psi times that: without this Jacobian muons come out softer and at smaller angles. The
 * total cross section is IWW over a factor K, tabulated from 20 GeV on, and the K of 20 GeV is used below: there the
 * cross section is larger than the exact one. phi goes along the incoming electron, and the nucleus takes what is
 * missing. Positrons do not convert.
 *
 * What is taken over: WW with psi up to 0.3 rad and a photon flux up to t = E^2. What differs here: K is that of each
 * nucleus, in the package that of lead; the package converts in lead only, and nothing below 2 m_phi. */
#ifndef EOT_HOST_PHYSICS_LFC_DMG4_H
#define EOT_HOST_PHYSICS_LFC_DMG4_H

#include "physics/lfc/event.h"
#include "physics/lfc/internal.h"
#include "physics/lfc/lfc.h"

/** Energy [GeV] below which the factor K is that of this energy. */
#define EOT_LFC_DMG4_K_FIRST 20.0

/** Total cross section [pb]: exact above EOT_LFC_DMG4_K_FIRST, below it the IWW one over its ratio to the exact one
 * there. */
enum eot_status eot_lfc_dmg4_total(const struct eot_lfc_reaction *reaction, double E, struct eot_lfc_value *result,
                                   struct eot_error *err);

/** Density per dE_f dW, not normalised: WW d2sigma/(dE_f dW) / (y psi) at W = W0 + rise, rise > 0; 0 beyond 0.3 rad.
 * @param job system and energy are read. */
double eot_lfc_dmg4_double(const struct eot_lfc_job *job, double E_f, double rise);

/** Its integral over W. */
double eot_lfc_dmg4_single(const struct eot_lfc_job *job, double E_f);

/** phi along the incoming lepton with its energy and mass; the nucleus takes the momentum that is missing, and is off
 * its mass shell. */
void eot_lfc_dmg4_momenta(eot_lfc_system n, struct eot_lfc_momenta *m);

#endif
