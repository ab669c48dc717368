/** @file hadron_ionisation.h
 * Mean ionisation of charged pions and kaons. Included: density effect. Not included: shell corrections, radiation (a
 * pion of 100 GeV radiates 1e-3 of what it ionises), straggling. Reference: R. L. Workman et al. (PDG), Prog. Theor.
 * Exp. Phys. 2022, 083C01, sec. 34.2. */
#ifndef EOT_PHYSICS_HADRON_IONISATION_H
#define EOT_PHYSICS_HADRON_IONISATION_H

#include "eotmc/physics/hadron.h"
#include "eotmc/physics/muon_ionisation.h"

/** Mean ionisation loss of a charged particle of spin 0 [GeV cm2/g]: PDG 2022, Eq. 34.5, with the largest transfer of
 * Eq. 34.4. No shell corrections, no radiation: a pion of 100 GeV radiates 1e-3 of what it ionises. @param beta_gamma
 * p/m. @param mass [GeV]. @param mean_excitation I [GeV]. @param delta density effect. Validity: beta gamma above 0.3
 * to some per cent. */
EOT_FN real eot_hadron_bethe(real beta_gamma, real mass, real Z_over_A, real mean_excitation, real delta) {
    real bg2 = beta_gamma * beta_gamma, gamma = sqrt(R(1.0) + bg2), beta2 = bg2 / (R(1.0) + bg2);
    real ratio = EOT_M_ELECTRON / mass;
    real largest = R(2.0) * EOT_M_ELECTRON * bg2 / (R(1.0) + R(2.0) * gamma * ratio + ratio * ratio);
    real argument = R(2.0) * EOT_M_ELECTRON * bg2 * largest / (mean_excitation * mean_excitation);
    return EOT_BETHE_K * Z_over_A / beta2 * (R(0.5) * eot_log(argument) - beta2 - R(0.5) * delta);
}

#endif
