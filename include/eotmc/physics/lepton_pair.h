/** @file lepton_pair.h
 * The two brackets of lepton pair production by a charged lepton, l Z -> l l'+ l'- Z: by a space-like photon of the
 * projectile (B_e in the notation of electron pairs by muons) and by a time-like photon that it radiates (B_mu).
 * Coulomb logarithms are the caller's. Sources: S. R. Kelner, Sov. J. Nucl. Phys. 5 (1967) 778; R. P. Kokoulin, A. A.
 * Petrukhin, Proc. 12th ICCR (Hobart 1971) 2436; formulas as in the Geant4 Physics Reference Manual, "e+e- Pair
 * Production by Muons". */
#ifndef EOT_PHYSICS_LEPTON_PAIR_H
#define EOT_PHYSICS_LEPTON_PAIR_H

#include "eotmc/math/elementary.h"

typedef struct {
    real space_like; /* B_e */
    real time_like;  /* B_mu, to be multiplied by (mass of the pair's leptons / mass of the projectile)^2 */
} eot_lepton_pair_brackets;

/** @param rho2 asymmetry squared. @param gap 1 - rho2, without cancellation. @param beta v^2/(2(1-v)), v = energy of
 * the pair / energy of the projectile.
 * @param xi (projectile's mass v/(2 pair's lepton mass))^2 gap/(1-v). */
EOT_FN eot_lepton_pair_brackets eot_lepton_pair_brackets_at(real rho2, real gap, real beta, real xi) {
    real xi1 = R(1.0) + xi;
    eot_lepton_pair_brackets b;
    b.space_like = xi > R(1000.0)
                       ? R(0.5) * (R(3.0) - rho2 + R(2.0) * beta * (R(1.0) + rho2)) / xi
                       : ((R(2.0) + rho2) * (R(1.0) + beta) + xi * (R(3.0) + rho2)) * eot_log(R(1.0) + R(1.0) / xi) +
                             (gap - beta) / xi1 - (R(3.0) + rho2);
    b.time_like = xi < R(0.001) ? R(0.5) * (R(5.0) - rho2 + beta * (R(3.0) + rho2)) * xi
                                : ((R(1.0) + rho2) * (R(1.0) + R(1.5) * beta) - (R(1.0) + R(2.0) * beta) * gap / xi) *
                                          eot_log(xi1) +
                                      xi * (gap - beta) / xi1 + (R(1.0) + R(2.0) * beta) * gap;
    return b;
}

#endif
