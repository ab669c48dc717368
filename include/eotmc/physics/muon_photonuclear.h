/** @file muon_photonuclear.h
 * Photonuclear interaction of muons: mu A -> mu X by a virtual photon.
 * Included: shadowing by an effective number of nucleons. Not included: the final state (its energy is returned as hadronic).
 * References: V. V. Borog, A. A. Petrukhin, Proc. 14th ICCR (Munich 1975) 6, 1949; photoproduction cross section D. O. Caldwell et al., Phys. Rev. Lett. 42
 * (1979) 553; as in the Geant4 Physics Reference Manual, "Muon Photonuclear Interaction". Tables: share of the radiative columns, distribution of v. */
#ifndef EOT_PHYSICS_MUON_PHOTONUCLEAR_H
#define EOT_PHYSICS_MUON_PHOTONUCLEAR_H

#include "eotmc/math/elementary.h"

/* The parametrised cross section holds above the resonances; smaller transfers (10 % of this process's loss at 100 GeV, 5e-4 of the total at any energy) are
 * left out, as in the reference tables (PUMAS). */
#define EOT_PHOTONUCLEAR_LOWEST R(1.0) /* GeV */

/** Differential cross section dsigma/dv [microbarn per atom]. @param A mass number. @param E total energy [GeV]. @param v energy transfer over E.
 * @return alpha/pi A_eff sigma_gN Phi/v; 0 outside EOT_PHOTONUCLEAR_LOWEST < transfer < T. Validity: E > 1 GeV, accuracy about 15 % (spread of models);
 * shadowing is that of high energies throughout, so heavy nuclei are low by up to 10 % below 5 GeV. */
EOT_FN real eot_muon_photonuclear_dxsec(real A, real E, real v) {
    real transfer = v * E;
    if (transfer <= EOT_PHOTONUCLEAR_LOWEST || transfer >= E - EOT_M_MUON) return R(0.0);
    real per_nucleon = R(49.2) + R(11.1) * eot_log(transfer) + R(151.8) / sqrt(transfer); /* microbarn */
    real nucleons = R(0.22) * A + R(0.78) * eot_pow(A, R(0.89));
    const real lambda2 = R(0.4); /* GeV^2 */
    real m2 = EOT_M_MUON * EOT_M_MUON, lambda = sqrt(lambda2);
    real top = E * E * (R(1.0) - v) / m2 * (R(1.0) + m2 * v * v / (lambda2 * (R(1.0) - v)));
    real bottom = R(1.0) + transfer / lambda * (R(1.0) + lambda / (R(2.0) * EOT_M_PROTON) + transfer / lambda);
    real phi = v - R(1.0) + (R(1.0) - v + R(0.5) * v * v * (R(1.0) + R(2.0) * m2 / lambda2)) * eot_log(top / bottom);
    return EOT_ALPHA / EOT_PI * nucleons * per_nucleon * fmax(phi, R(0.0)) / v;
}

#endif
