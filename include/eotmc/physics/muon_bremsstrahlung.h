/** @file muon_bremsstrahlung.h
 * Bremsstrahlung of muons on nuclei and atomic electrons: mu Z -> mu gamma Z.
 * Included: elastic atomic and nuclear form factors, inelastic contribution of the atomic electrons. Not included: LPM
 * (not for muons below 1 PeV), excitation of the nucleus (D_n^(1 - 1/Z) in place of D_n: 1 % more in iron, 3 to 6 % in
 * carbon), as in the reference tables (PUMAS). References: S. R. Kelner, R. P. Kokoulin, A. A. Petrukhin, Preprint
 * MEPhI 024-95 (1995) and Phys. Atom. Nuclei 60 (1997) 576; Geant4 Physics Reference Manual, "Bremsstrahlung" of muons.
 * Tables: share of the radiative columns, distribution of v. */
#ifndef EOT_PHYSICS_MUON_BREMSSTRAHLUNG_H
#define EOT_PHYSICS_MUON_BREMSSTRAHLUNG_H

#include "eotmc/math/elementary.h"

#define EOT_R_ELECTRON2_UB (EOT_R_ELECTRON * R(1.0e15) * EOT_R_ELECTRON * R(1.0e15)) /* r_e^2 [microbarn] */

/** Differential cross section dsigma/dv [microbarn per atom]. @param Z, A of the element. @param E total energy [GeV].
 * @param v photon energy over E.
 * @return 16/3 alpha Z^2 r_mu^2 1/v (1 - v + 3 v^2/4) (Phi_n + Phi_e/Z); 0 outside 0 < v < 1 - m/E and where a
 * logarithm is negative. Validity: E > 1 GeV to the per cent; below, where radiation does not matter, it goes smoothly
 * to 0. */
EOT_FN real eot_muon_brems_dxsec(real Z, real A, real E, real v) {
    if (v <= R(0.0) || v >= R(1.0) - EOT_M_MUON / E) return R(0.0);
    real z13 = eot_pow(Z, R(1.0) / R(3.0));
    real is_hydrogen = Z < R(1.5) ? R(1.0) : R(0.0);
    real B = is_hydrogen > R(0.0) ? R(202.4) : R(183.0);
    real B_electron = is_hydrogen > R(0.0) ? R(446.0) : R(1429.0);
    real D = is_hydrogen > R(0.0) ? R(1.49) : R(1.54) * eot_pow(A, R(0.27));
    real k = v * E;
    real delta = EOT_M_MUON * EOT_M_MUON * v / (R(2.0) * (E - k));
    real atom = B / z13, electrons = B_electron / (z13 * z13);
    real phi_n = eot_log(fmax(atom * (EOT_M_MUON + delta * (D * EOT_SQRT_E - R(2.0))) /
                                  (D * (EOT_M_ELECTRON + delta * EOT_SQRT_E * atom)),
                              R(1.0)));
    real phi_e = R(0.0);
    if (k < E / (R(1.0) + EOT_M_MUON * EOT_M_MUON / (R(2.0) * EOT_M_ELECTRON * E)))
        phi_e = eot_log(fmax(electrons * EOT_M_MUON /
                                 ((R(1.0) + delta * EOT_M_MUON / (EOT_M_ELECTRON * EOT_M_ELECTRON * EOT_SQRT_E)) *
                                  (EOT_M_ELECTRON + delta * EOT_SQRT_E * electrons)),
                             R(1.0)));
    real ratio = EOT_M_ELECTRON / EOT_M_MUON;
    return R(16.0) / R(3.0) * EOT_ALPHA * Z * Z * EOT_R_ELECTRON2_UB * ratio * ratio / v *
           (R(1.0) - v + R(0.75) * v * v) * (phi_n + phi_e / Z);
}

#endif
