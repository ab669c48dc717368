/** @file pair.h
 * Pair production by photons on atoms, gamma A -> e+ e- A, with screening at every energy and production on atomic
 * electrons. Not included: LPM suppression (above 100 GeV in lead only), nuclear recoil. Sources: Y.-S. Tsai, Rev. Mod.
 * Phys. 46 (1974) 815; screening functions of Butcher and Messel, Nucl. Phys. 20 (1960) 15, as in the Geant4 Physics
 * Reference Manual, "Gamma conversion into an electron-positron pair". */
#ifndef EOT_PHYSICS_PAIR_H
#define EOT_PHYSICS_PAIR_H

#include "eotmc/physics/coulomb.h"

/** How often a lepton has the share eps of the photon's energy k: Bethe and Heitler's spectrum with screening, without
 * its factor in front. @param Z13 cube root of Z. @param half_F 4/3 ln Z, and 4 times the Coulomb correction above 50
 * MeV. Negative where the formula does not hold. */
EOT_FN real eot_pair_shape(real k, real eps, real Z13, real half_F) {
    real d = R(136.0) / Z13 * (EOT_M_ELECTRON / k) / (eps * (R(1.0) - eps));
    real phi1, phi2;
    if (d <= R(1.4)) {
        phi1 = R(20.806) - R(3.190) * d + R(0.5710) * d * d;
        phi2 = R(20.234) - R(2.126) * d + R(0.0903) * d * d;
    } else {
        phi1 = R(21.019) - R(4.145) * eot_log(d + R(0.958));
        phi2 = phi1;
    }
    return (eps * eps + (R(1.0) - eps) * (R(1.0) - eps)) * (phi1 - half_F) +
           R(2.0) / R(3.0) * eps * (R(1.0) - eps) * (phi2 - half_F);
}

/** dsigma/d(eps) [cm2] per atom, eps = energy of one lepton / k, symmetric; 0 outside m/k < eps < 1 - m/k. Validity: k
 * > 50 MeV. */
EOT_FN real eot_pair_dxsec_deps(real k, real eps, real Z) {
    real m = EOT_M_ELECTRON / k;
    if (eps <= m || eps >= R(1.0) - m) return R(0.0);
    real log_Z = eot_log(Z), Z13 = eot_exp(log_Z / R(3.0)), f_c = eot_coulomb_correction(Z);
    real half_F = R(4.0) / R(3.0) * log_Z + R(4.0) * f_c;
    real electrons = eot_log(R(1440.0) / (Z13 * Z13)) /
                     (eot_log(R(183.0) / Z13) - f_c); /* production on the Z electrons, in units of Z */
    real shape = eot_pair_shape(k, eps, Z13, half_F);
    return fmax(R(0.0), EOT_ALPHA * EOT_R_ELECTRON * EOT_R_ELECTRON * Z * (Z + electrons) * shape);
}

#endif
