/** @file electron_ionisation.h
 * Mean collision loss of electrons, delta rays of every energy included (they stop near the track: above 0.2 GeV there
 * are 2e-3 of them per X0). Source: ICRU Report 37 (1984), Eq. (2.10); density effect R. M. Sternheimer et al., At.
 * Data Nucl. Data Tables 30 (1984) 261. */
#ifndef EOT_PHYSICS_ELECTRON_IONISATION_H
#define EOT_PHYSICS_ELECTRON_IONISATION_H

#include "eotmc/math/elementary.h"

/** Sternheimer's density-effect correction delta at x = log10(beta gamma). @param a,k,x0,x1,c the material's parameters
 * (c = -C > 0). */
EOT_FN real eot_density_effect(real x, real a, real k, real x0, real x1, real c) {
    real asymptote = R(4.6051701859880914) * x - c; /* 2 ln 10 */
    if (x >= x1) return asymptote;
    if (x < x0) return R(0.0);
    return asymptote + a * eot_pow(fmax(x1 - x, R(1e-12)), k);
}

/** -dE/dx [GeV cm2/g] of an electron of total energy E [GeV]. @param Z_over_A of the material. @param mean_excitation
 * [GeV]. @param delta density effect. */
EOT_FN real eot_electron_ionisation(real E, real Z_over_A, real mean_excitation, real delta) {
    real tau = E / EOT_M_ELECTRON - R(1.0), gamma = tau + R(1.0), beta2 = R(1.0) - R(1.0) / (gamma * gamma);
    real excitation = mean_excitation / EOT_M_ELECTRON;
    real F = R(1.0) - beta2 + (tau * tau / R(8.0) - (R(2.0) * tau + R(1.0)) * R(0.69314718055994531)) / (gamma * gamma);
    real scale = R(0.153537453e-3) * Z_over_A / beta2; /* 2 pi N_A r_e^2 m_e, GeV cm2/mol */
    return scale * (eot_log(tau * tau * (tau + R(2.0)) / (R(2.0) * excitation * excitation)) + F - delta);
}

#endif
