/** @file brems.h
 * Bremsstrahlung of electrons and positrons on atoms, e A -> e A gamma.
 * Included: screening at every energy (Tsai's parametrised Thomas-Fermi-Moliere functions), Coulomb correction,
 * bremsstrahlung on atomic electrons, Landau-Pomeranchuk-Migdal and dielectric suppression. Not included: nuclear size,
 * positron-electron differences (below 1e-3 above 100 MeV). Sources: Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815, Eqs.
 * (3.38)-(3.41), (3.83); A. B. Migdal, Phys. Rev. 103 (1956) 1811; T. Stanev et al., Phys. Rev. D 25 (1982) 1291 (G,
 * phi, xi); Geant4 Physics Reference Manual, "Bremsstrahlung", for the way the pieces are put together. Convention:
 * E_LPM = 7684 GeV X0[cm] (4.31 TeV in Pb) with s' = sqrt(E_LPM k / (8 E (E - k))); other papers define E_LPM 2 or 8
 * times smaller. */
#ifndef EOT_PHYSICS_BREMS_H
#define EOT_PHYSICS_BREMS_H

#include "eotmc/physics/coulomb.h"

#define EOT_LPM_ENERGY_PER_X0 R(7684.0) /* GeV/cm */

/** What the medium does to an emission: E_LPM and the plasma energy. A zero lpm_energy switches both off. */
typedef struct {
    real lpm_energy;    /* GeV */
    real plasma_energy; /* GeV, hbar omega_p */
} eot_brems_medium;

/** Migdal's functions G(s) and phi(s) of the suppression variable s >= 0. */
typedef struct {
    real G, phi;
} eot_lpm_functions;
EOT_FN eot_lpm_functions eot_lpm(real s) {
    eot_lpm_functions f;
    if (s < R(1.55)) { /* Stanev et al., Eq. (14) */
        real s2 = s * s;
        f.phi = R(1.0) - eot_exp(R(-6.0) * s * (R(1.0) + (R(3.0) - EOT_PI) * s) +
                                 s2 * s / (R(0.623) + R(0.796) * s + R(0.658) * s2));
        real psi = R(1.0) -
                   eot_exp(R(-4.0) * s -
                           R(8.0) * s2 / (R(1.0) + R(3.936) * s + R(4.97) * s2 - R(0.05) * s2 * s + R(7.5) * s2 * s2));
        f.G = R(3.0) * psi - R(2.0) * f.phi;
    } else { /* Migdal's asymptotes */
        real s4 = s * s * s * s;
        f.phi = R(1.0) - R(0.01190476) / s4;
        f.G = R(1.0) - R(0.0230655) / s4;
    }
    return f;
}

/** Suppression of an emission by the LPM and the dielectric effect, relative to the completely screened spectrum
 * without them.
 * @param E electron [GeV]. @param k photon [GeV], 0 < k < E. @param Z atomic number. @return factor in (0, 1]. */
EOT_FN real eot_brems_suppression(real E, real k, real Z, eot_brems_medium medium) {
    if (medium.lpm_energy <= R(0.0)) return R(1.0);
    real y = k / E, ratio = medium.plasma_energy * E / (EOT_M_ELECTRON * k), dielectric = R(1.0) + ratio * ratio;
    real s_prime = sqrt(medium.lpm_energy * k / (R(8.0) * E * (E - k)));
    real s1 = eot_pow(Z, R(2.0) / R(3.0)) / (R(184.15) * R(184.15));
    real log_s1 = eot_log(R(1.41421356237309505) * s1), xi = R(1.0);
    if (s_prime < R(1.0)) {
        real h = eot_log(s_prime) / log_s1;
        xi = h >= R(1.0) ? R(2.0) : R(1.0) + h - R(0.08) * (R(1.0) - h) * h * (R(2.0) - h) / log_s1;
    }
    eot_lpm_functions f = eot_lpm(s_prime / sqrt(xi) * dielectric);
    xi = fmin(xi, R(1.0) / f.phi); /* Migdal's xi phi <= 1, as Geant4 */
    real suppressed = xi * (R(0.25) * y * y * f.G + (R(1.0) - y + R(0.5) * y * y) * f.phi);
    return suppressed / ((R(1.0) - y + R(0.75) * y * y) * dielectric);
}

/** dsigma/dk [cm2/GeV] per atom; 0 for k <= 0 or k >= E - m. Tsai's screening functions for Z >= 5; complete screening
 * with Tsai's Table B.2 for lighter atoms. Validity: E > 50 MeV (m/E neglected), any Z. */
EOT_FN real eot_brems_dxsec_dk(real E, real k, real Z, eot_brems_medium medium) {
    if (k <= R(0.0) || k >= E - EOT_M_ELECTRON) return R(0.0);
    real y = k / E, log_Z = eot_log(Z), f_c = eot_coulomb_correction(Z);
    real elastic, inelastic,
        difference; /* phi1/4 - ln Z/3 - f_c, psi1/4 - 2 ln Z/3, (phi1 - phi2 + (psi1 - psi2)/Z)/8 */
    if (Z >= R(4.5)) {
        real Z13 = eot_exp(log_Z / R(3.0));
        real g = R(100.0) * EOT_M_ELECTRON * k / (E * (E - k) * Z13), e = g / Z13;
        real phi1 = R(16.863) - R(2.0) * eot_log(R(1.0) + R(0.311877) * g * g) + R(2.4) * eot_exp(R(-0.9) * g) +
                    R(1.6) * eot_exp(R(-1.5) * g);
        real psi1 = R(24.34) - R(2.0) * eot_log(R(1.0) + R(13.111641) * e * e) + R(2.8) * eot_exp(R(-8.0) * e) +
                    R(1.2) * eot_exp(R(-29.2) * e);
        elastic = R(0.25) * phi1 - log_Z / R(3.0) - f_c;
        inelastic = R(0.25) * psi1 - R(2.0) * log_Z / R(3.0);
        difference = (R(2.0) / (R(3.0) + R(19.5) * g + R(18.0) * g * g) +
                      R(2.0) / (R(3.0) + R(120.0) * e + R(1200.0) * e * e) / Z) /
                     R(8.0);
    } else { /* Tsai 1974, Table B.2 */
        elastic = (Z < R(1.5) ? R(5.31) : Z < R(2.5) ? R(4.79) : Z < R(3.5) ? R(4.74) : R(4.71)) - f_c;
        inelastic = Z < R(1.5) ? R(6.144) : Z < R(2.5) ? R(5.621) : Z < R(3.5) ? R(5.805) : R(5.924);
        difference = (R(1.0) + R(1.0) / Z) / R(12.0);
    }
    real shape = (R(1.0) - y + R(0.75) * y * y) * (elastic + inelastic / Z) + (R(1.0) - y) * difference;
    real scale = R(16.0) / R(3.0) * EOT_ALPHA * EOT_R_ELECTRON * EOT_R_ELECTRON * Z * Z;
    return fmax(R(0.0), scale * shape / k) * eot_brems_suppression(E, k, Z, medium);
}

#endif
