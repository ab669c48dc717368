/** @file synchrotron.h
 * Synchrotron radiation of an electron of the beam in the upstream dipoles, and the efficiency of the detector (SRD)
 * that tags electrons by it. A hadron of the same energy radiates (m_e/m)^4 of that: what makes it look like an
 * electron, knock-on electrons and pile-up, is a measured rejection (tagging.hadron_rejection), not calculated here.
 *
 * Source: A. A. Sokolov, I. M. Ternov, "Synchrotron Radiation" (1968); J. D. Jackson, "Classical Electrodynamics", 3rd
 * ed., sec. 14.6. dN/dE is in proportion to the integral of K_5/3 from E/E_c on (GSL: gsl_sf_synchrotron_1(x)/x). */
#ifndef EOT_HOST_PHYSICS_SYNCHROTRON_H
#define EOT_HOST_PHYSICS_SYNCHROTRON_H

#include "config/config.h"

struct eot_synchrotron {
    double loss;            /* GeV, mean energy radiated: 2/3 r_e m_e c^2 gamma^4 L/rho^2 (1.266 keV E^2 B^2 L) */
    double critical_energy; /* GeV: 3/2 hbar c gamma^3/rho (0.665 keV E^2 B) */
    double photons;         /* mean number: (15 sqrt(3)/8) loss/critical_energy */
};

/** What an electron radiates. @param E [GeV]. @param field [T]. @param length of the field [cm]. */
struct eot_synchrotron eot_synchrotron_of(double E, double field, double length);

/** Number density of the photons in x = E/E_c, normalised to 1: 3/(5 pi) F(x)/x, F the synchrotron function.
 * @param x above 0. */
double eot_synchrotron_density(double x);

/** Efficiency of the SRD for electrons of energy E: photons are a Poisson number with this spectrum, of which a share
 * detector.srd.acceptance heads for the SRD and exp(-t/l(E)) passes the window of t radiation lengths, where l(E) is
 * the mean path of physics.shower.photon_length; the sum of their energies, smeared by a Gaussian of
 * detector.srd.stochastic sqrt(E GeV), is to be inside detector.srd.energies. The distribution of the sum is that of a
 * compound Poisson process, by Panjer's recursion (ASTIN Bull. 12 (1981) 22) in 2000 steps up to where nothing is left.
 * @return 0 to 1; EOT_E_MEMORY. */
enum eot_status eot_srd_efficiency(const struct eot_config *config, double E, double *efficiency,
                                   struct eot_error *err);

#endif
