/** @file muon_ionisation.h
 * Ionisation by muons: mean loss, and the spectrum of single transfers to electrons (delta rays).
 * Included: density effect (Sternheimer), spin 1/2, the radiative correction at high energy (bremsstrahlung from atomic
 * electrons). Not included: shell, Barkas and Bloch corrections, below 1 % above 10 MeV; binding, so transfers must be
 * large against the binding energies. References: R. L. Workman et al. (PDG), Prog. Theor. Exp. Phys. 2022, 083C01,
 * sec. 34.2, eqs. 34.4-34.8; D. E. Groom, N. V. Mokhov, S. I. Striganov, At. Data Nucl. Data Tables 78 (2001) 183, sec.
 * 4; S. R. Kelner, R. P. Kokoulin, A. A. Petrukhin, Phys. Atom. Nuclei 60 (1997) 576 (radiative correction). Tables:
 * row columns LOSS, XI, INVERSE_CUT, and the distribution of delta rays. */
#ifndef EOT_PHYSICS_MUON_IONISATION_H
#define EOT_PHYSICS_MUON_IONISATION_H

#include "eotmc/math/elementary.h"

#define EOT_BETHE_K R(0.307075e-3) /* 4 pi N_A r_e^2 m_e [GeV cm2/mol] */

/** Largest energy transfer to an electron at rest [GeV]. @param T kinetic energy of the muon [GeV]. PDG eq. 34.4. */
EOT_FN real eot_muon_largest_transfer(real T) {
    real p2 = T * (T + R(2.0) * EOT_M_MUON);
    return R(2.0) * EOT_M_ELECTRON * p2 /
           (EOT_M_MUON * EOT_M_MUON + EOT_M_ELECTRON * EOT_M_ELECTRON + R(2.0) * EOT_M_ELECTRON * (T + EOT_M_MUON));
}

/** Density-effect correction delta. @param a, k, x0, x1, c Sternheimer's parameters (c = Cbar > 0). @return delta; 0
 * below x0 (insulator's form). R. M. Sternheimer, M. J. Berger, S. M. Seltzer, At. Data Nucl. Data Tables 30 (1984)
 * 261. */
EOT_FN real eot_density_effect(real beta_gamma, real a, real k, real x0, real x1, real c) {
    real x = eot_log(beta_gamma) * R(0.43429448190325183);
    real delta = R(4.605170185988092) * x - c;
    if (x < x1) delta += a * eot_pow(fmax(x1 - x, R(1.0e-30)), k);
    return x < x0 ? R(0.0) : fmax(delta, R(0.0));
}

/** Relative radiative correction of the transfer spectrum at W: 1 + alpha/2 pi a1 (a3 - a1), a1 = ln(1 + 2 W/m_e), a3 =
 * ln(4 E (E - W)/m^2).
 * @return factor, at least 1. Source: Kelner, Kokoulin, Petrukhin 1997. */
EOT_FN real eot_muon_delta_radiative(real T, real W) {
    real E = T + EOT_M_MUON;
    real a1 = eot_log(R(1.0) + R(2.0) * W / EOT_M_ELECTRON);
    real a3 = eot_log(R(4.0) * E * fmax(E - W, R(1.0e-9)) / (EOT_M_MUON * EOT_M_MUON));
    return R(1.0) + EOT_ALPHA / (R(2.0) * EOT_PI) * a1 * fmax(a3 - a1, R(0.0));
}

/** Spectrum of delta rays per g/cm2 [1/(GeV g/cm2)]. @param T kinetic energy of the muon [GeV]. @param W kinetic energy
 * of the electron [GeV].
 * @param Z_over_A mol/g. @return dN/dW = K/2 Z/A 1/beta^2 1/W^2 (1 - beta^2 W/W_max + W^2/2E^2) with radiative
 * correction; 0 above W_max. PDG eq. 34.8 with the spin-1/2 term. Validity: W far above the binding energies. */
EOT_FN real eot_muon_delta_spectrum(real T, real W, real Z_over_A) {
    real largest = eot_muon_largest_transfer(T);
    if (W <= R(0.0) || W > largest) return R(0.0);
    real E = T + EOT_M_MUON;
    real beta2 = T * (T + R(2.0) * EOT_M_MUON) / (E * E);
    real shape = R(1.0) - beta2 * W / largest + W * W / (R(2.0) * E * E);
    return R(0.5) * EOT_BETHE_K * Z_over_A / beta2 * shape / (W * W) * eot_muon_delta_radiative(T, W);
}

/** Mean ionisation loss without the radiative correction [GeV cm2/g]. @param mean_excitation I [GeV]. @param delta
 * density effect. PDG eq. 34.5 with the spin-1/2 term W_max^2/8E^2. Validity: T above 10 MeV to 1 %, above 1 MeV to a
 * few per cent. */
EOT_FN real eot_muon_bethe(real T, real Z_over_A, real mean_excitation, real delta) {
    real E = T + EOT_M_MUON;
    real p2 = T * (T + R(2.0) * EOT_M_MUON);
    real beta2 = p2 / (E * E);
    real largest = eot_muon_largest_transfer(T);
    real argument =
        R(2.0) * EOT_M_ELECTRON * p2 / (EOT_M_MUON * EOT_M_MUON) * largest / (mean_excitation * mean_excitation);
    return EOT_BETHE_K * Z_over_A / beta2 *
           (R(0.5) * eot_log(argument) - beta2 - R(0.5) * delta + R(0.125) * largest * largest / (E * E));
}

#endif
