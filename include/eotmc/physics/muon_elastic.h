/** @file muon_elastic.h
 * Elastic scattering of muons on screened nuclei of finite size, and on atomic electrons: multiple scattering and its
 * single-scatter tail. Included: Moliere's screening, nuclear form factor (Helm), incoherent scattering on protons,
 * atomic electrons with Fano's inelastic screening. Not included: spin (Mott factor, below 1 - beta^2 sin^2(theta/2):
 * negligible at these angles), recoil. References: G. Moliere, Z. Naturforsch. 2a (1947) 133; U. Fano, Phys. Rev. 93
 * (1954) 117; R. H. Helm, Phys. Rev. 104 (1956) 1466 with the radii of J. D. Lewin, P. F. Smith, Astropart. Phys. 6
 * (1996) 87, eqs. 4.7-4.11. Tables: row column KICK, the distribution of q^2. */
#ifndef EOT_PHYSICS_MUON_ELASTIC_H
#define EOT_PHYSICS_MUON_ELASTIC_H

#include "eotmc/math/elementary.h"

/** Square of the nuclear charge form factor. @param q2 squared momentum transfer [GeV^2]. @param A mass number. Z = 1:
 * dipole with 0.71 GeV^2. */
EOT_FN real eot_nuclear_form_factor2(real q2, real Z, real A) {
    if (Z < R(1.5)) {
        real dipole = R(1.0) / (R(1.0) + q2 / R(0.71));
        return dipole * dipole * dipole * dipole;
    }
    const real fermi = R(5.067730717679396); /* 1/GeV */
    real c = R(1.23) * eot_pow(A, R(1.0) / R(3.0)) - R(0.6);
    real skin2 = R(0.81);                                                                  /* 0.9 fm squared */
    real radius2 = c * c + R(7.0) / R(3.0) * EOT_PI * EOT_PI * R(0.2704) - R(5.0) * skin2; /* fm^2 */
    real x2 = q2 * fermi * fermi * fmax(radius2, R(0.5));
    real x = sqrt(x2);
    real bessel = R(1.0) - R(0.1) * x2 * (R(1.0) - x2 / R(28.0)); /* 3 j1(x)/x */
    if (x2 > R(0.04)) {
        real turn = x / (R(2.0) * EOT_PI);
        turn -= floor(turn);
        bessel = R(3.0) * (eot_sin_turn(turn) - x * eot_cos_turn(turn)) / (x2 * x);
    }
    return bessel * bessel * eot_exp(-q2 * fermi * fermi * skin2);
}

/** Nuclear scattering over that of a point charge Z^2: elastic, and incoherent on the protons in the closure
 * approximation, F^2 + (1 - F^2) G^2/Z with the proton's dipole form factor G (A. V. Butkevich et al., NIM A 488 (2002)
 * 282, sec. 2): the tail of multiple scattering in light nuclei. */
EOT_FN real eot_nuclear_scattering(real q2, real Z, real A) {
    real coherent = eot_nuclear_form_factor2(q2, Z, A);
    if (Z < R(1.5)) return coherent;
    return fma(R(1.0) - coherent, eot_nuclear_form_factor2(q2, R(1.0), R(1.0)) / Z, coherent);
}

/** Moliere's screening momentum squared [GeV^2]: (hbar/a)^2 (1.13 + 3.76 (alpha Z/beta)^2), a = 0.885 a_0 Z^-1/3. */
EOT_FN real eot_screening_momentum2(real Z, real beta2) {
    real inverse_radius = EOT_ALPHA * EOT_M_ELECTRON / R(0.88534) * eot_pow(Z, R(1.0) / R(3.0));
    real born = EOT_ALPHA * EOT_ALPHA * Z * Z / beta2;
    return inverse_radius * inverse_radius * (R(1.13) + R(3.76) * born);
}

/** The same for inelastic scattering on the atom's electrons, Fano's eq. 10 with u_in = -3.6 (H), -4.6 (Li), -5.0 (O),
 * -5.8 (beyond); the elastic screening of his normalisation is 0.16 Z^-2/3 (1 + 3.33 (alpha Z/beta)^2). */
EOT_FN real eot_screening_momentum2_electrons(real Z, real beta2) {
    real u_in = Z < R(1.5) ? R(-3.6) : Z < R(5.5) ? R(-4.6) : Z < R(9.5) ? R(-5.0) : R(-5.8);
    real elastic =
        eot_log(R(0.16) * eot_pow(Z, R(-2.0) / R(3.0)) * (R(1.0) + R(3.33) * EOT_ALPHA * EOT_ALPHA * Z * Z / beta2));
    return eot_screening_momentum2(Z, beta2) * eot_exp(u_in - elastic);
}

#endif
