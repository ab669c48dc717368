/** @file dimuon_gamma.h
 * Muon pairs by photons on nuclei, gamma A -> mu+ mu- A: energies, angles and their correlation.
 * Included: nuclear form factor, atomic screening. Not included: production on atomic electrons (about 1/Z,
 * threshold 43.9 GeV), pairs by virtual photons. Sources: H. Burkhardt, S. R. Kelner, R. P. Kokoulin, CERN-SL-2002-016
 * (AB) ("BKK"); Geant4 Physics Reference Manual, "Gamma conversion into a muon pair"; the distribution of the variable
 * t is the one of Geant4 11 (rho integrated in closed form, form factor cut at 0.138 A^0.27). The total cross section
 * is the integral of the differential formula at every energy. BKK's fit of it agrees to 0.3 % above 1 GeV in lead;
 * Geant4 11's total is lower (14 % at 1 GeV, 5 % at 10 GeV in lead): its values follow to four digits if the fit's E_c,
 * in GeV, is divided by the photon energy in MeV. */
#ifndef EOT_PHYSICS_DIMUON_GAMMA_H
#define EOT_PHYSICS_DIMUON_GAMMA_H

#include "eotmc/math/random.h"
#include "eotmc/math/vector.h"

/** dsigma/dx+ [cm2] per atom, x+ = E(mu+)/k; 0 outside the kinematic range and where the screening logarithm would be
 * negative.
 * @param k photon [GeV]. @param x energy fraction. @param Z,A nucleus. Source: BKK Eqs. (1)-(4). */
EOT_FN real eot_dimuon_gamma_dxsec_dx(real k, real x, real Z, real A) {
    real product = x * (R(1.0) - x), m = EOT_M_MUON;
    if (k <= R(2.0) * m || x <= m / k || x >= R(1.0) - m / k) return R(0.0);
    real B = Z < R(1.5) ? R(202.4) : R(183.0);
    real D = Z < R(1.5) ? R(1.49) : R(1.54) * eot_pow(A, R(0.27));
    real inverse_Z13 = eot_pow(Z, R(-1.0) / R(3.0));
    real delta = m * m / (R(2.0) * k * product);
    real W_infinity = B * inverse_Z13 * m / (D * EOT_M_ELECTRON);
    real W = W_infinity * (R(1.0) + (D * EOT_SQRT_E - R(2.0)) * delta / m) /
             (R(1.0) + B * inverse_Z13 * EOT_SQRT_E * delta / EOT_M_ELECTRON);
    if (W <= R(1.0)) return R(0.0);
    real r_mu = EOT_R_ELECTRON * EOT_M_ELECTRON / m;
    return R(4.0) * EOT_ALPHA * Z * Z * r_mu * r_mu * (R(1.0) - R(4.0) / R(3.0) * product) * eot_log(W);
}

/** BKK's own parametrisation of the total cross section [cm2 per atom], for comparison only: nothing is sampled from
 * it. 0 below 4 m_mu. Source: BKK, section 4, as in the Geant4 Physics Reference Manual, "Cross section and energy
 * sharing". @param k photon [GeV]. @param Z,A nucleus. */
EOT_FN real eot_dimuon_gamma_xsec_fit(real k, real Z, real A) {
    real m = EOT_M_MUON;
    if (k <= R(4.0) * m) return R(0.0);
    real B = Z < R(1.5) ? R(202.4) : R(183.0);
    real D = Z < R(1.5) ? R(1.49) : R(1.54) * eot_pow(A, R(0.27));
    real B_Z = B * eot_pow(Z, R(-1.0) / R(3.0));
    real medium = R(1.0) / (R(4.0) * D * EOT_SQRT_E * m);      /* W at intermediate energies, 1/GeV */
    real saturation = B_Z * m / (D * EOT_M_ELECTRON) / medium; /* GeV, where screening sets in */
    real rise = eot_pow(R(1.0) - R(4.0) * m / k, R(1.479) + R(0.00799) * D);
    real effective = rise * eot_pow(eot_pow(saturation, R(-0.88)) + eot_pow(k, R(-0.88)), R(-1.0) / R(0.88));
    real correction = R(1.0) + R(0.04) * eot_log(R(1.0) + (R(-18.0) + R(4347.0) / B_Z) / k);
    real r_mu = EOT_R_ELECTRON * EOT_M_ELECTRON / m;
    return R(28.0) / R(9.0) * EOT_ALPHA * Z * Z * r_mu * r_mu * eot_log(R(1.0) + medium * correction * effective);
}

/** Integral over x in (0, 1) of x(1-x)/(a + b x)^2, a = (q/t)^2: the density of t without its polynomial factor.
 * Increases with t.
 * @param t BKK's variable, (gamma theta)^2 = 1/t - 1. @param q m_mu/(2 k x+ x-). @param b 1/(2 x 0.138 A^0.27)^2. */
EOT_FN real eot_dimuon_gamma_form(real t, real q, real b) {
    real a = (q / t) * (q / t), r = b / a;
    if (r < R(0.2)) /* the closed form cancels to third order in r */
        return (R(1.0) / R(6.0) +
                r * (R(-1.0) / R(6.0) +
                     r * (R(3.0) / R(20.0) +
                          r * (R(-2.0) / R(15.0) +
                               r * (R(5.0) / R(42.0) + r * (R(-3.0) / R(28.0) + r * R(7.0) / R(72.0))))))) /
               (a * a);
    return ((R(2.0) * a + b) * eot_log(R(1.0) + r) - R(2.0) * b) / (b * b * b);
}

/** Directions of the pair, unit vectors in the photon's frame (photon along z). */
typedef struct {
    eot_vec3 plus, minus;
    i32 is_good; /* 0 if the bounded rejection did not end: a fault */
    u32 n_draw;  /* random blocks used */
} eot_dimuon_gamma_angles;

/** The unit vector at polar angle theta (any sign, |theta| < pi) and azimuth `turn` [turns]. */
EOT_FN eot_vec3 eot_dimuon_gamma_direction(real theta, real turn) {
    real wrapped = turn - floor(turn), polar = fabs(theta) / (R(2.0) * EOT_PI);
    real s = theta < R(0.0) ? -eot_sin_turn(polar) : eot_sin_turn(polar);
    eot_vec3 v;
    v.x = s * eot_cos_turn(wrapped);
    v.y = s * eot_sin_turn(wrapped);
    v.z = eot_cos_turn(polar);
    return v;
}

/** Sample the angles. Method: joint rejection for t and psi with the bound form(1), direct inversion for rho; repeated
 * until both angles are below pi. Mean number of blocks about 3 at high energy. @param k photon [GeV]. @param x
 * E(mu+)/k. @param Z,A nucleus. @param random cursor. */
EOT_FN eot_dimuon_gamma_angles eot_dimuon_gamma_angles_sample(real k, real x, real Z, real A, eot_random random) {
    real P = x * (R(1.0) - x), g = EOT_M_MUON / k, q = g / (R(2.0) * P);
    real A027 = eot_pow(A, R(0.27)), cut = R(2.0) * R(0.138) * A027, b = R(1.0) / (cut * cut);
    real screening = EOT_M_ELECTRON / (R(183.0) * eot_pow(Z, R(-1.0) / R(3.0)) * EOT_M_MUON);
    real bound = eot_dimuon_gamma_form(R(1.0), q, b);
    real theta_plus = R(0.0), theta_minus = R(0.0), half_phi = R(0.0);
    u32 first = random.draw;
    i32 is_good = 0;
    for (int attempt = 0; attempt < 1000 && is_good == 0; attempt++) {
        eot_u32x4 block = eot_random_block(random);
        random.draw++;
        real t = eot_uniform(block.x), psi = eot_uniform(block.z);
        real twice = R(2.0) * psi - floor(R(2.0) * psi);
        real polynomial =
            R(1.0) - R(2.0) * P + R(4.0) * P * t * (R(1.0) - t) * (R(1.0) + eot_cos_turn(twice)); /* at most 1 */
        if (eot_uniform(block.y) * bound > eot_dimuon_gamma_form(t, q, b) * polynomial) continue;
        real sum = (q / t) * (q / t) + screening * screening;
        real C2 = R(4.0) / sqrt(P) * sum * sum;
        real rho_max = R(1.9) / A027 * (R(1.0) / t - R(1.0)), rho_max2 = rho_max * rho_max;
        real beta = eot_log((C2 + rho_max2 * rho_max2) / C2);
        real rho = sqrt(sqrt(C2 * fmax(R(0.0), eot_exp(beta * eot_uniform(block.w)) - R(1.0))));
        real u = sqrt(fmax(R(1e-12), R(1.0) / t - R(1.0)));
        real half_xi = R(0.5) * rho * eot_cos_turn(psi);
        half_phi = R(0.5) * rho / u * eot_sin_turn(psi);
        theta_plus = g * (u + half_xi) / x;
        theta_minus = g * (u - half_xi) / (R(1.0) - x);
        is_good = fabs(theta_plus) < EOT_PI && fabs(theta_minus) < EOT_PI;
    }
    real turn = eot_uniform(eot_random_block(random).x), half_turn = half_phi / (R(2.0) * EOT_PI);
    random.draw++;
    eot_dimuon_gamma_angles out;
    out.plus = eot_dimuon_gamma_direction(is_good ? theta_plus : R(0.0), turn + half_turn);
    out.minus = eot_dimuon_gamma_direction(is_good ? theta_minus : R(0.0), turn - half_turn + R(0.5));
    out.is_good = is_good;
    out.n_draw = random.draw - first;
    return out;
}

#endif
