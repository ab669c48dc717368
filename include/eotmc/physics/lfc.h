/** @file lfc.h
 * Lepton-flavour-changing bremsstrahlung l_i N -> l_f N phi of a scalar with L = -h ebar P_R mu phi + h.c.: e N -> mu N
 * phi and mu N -> e N phi.
 *
 * Included: the exact tree level (ETL) with a spin-0 nucleus that recoils, elastic form factor with atomic screening,
 * averaged over the azimuth of the momentum transfer in closed form; the Weizsaecker-Williams approximation (WW) and
 * its improved form with the flux taken out of the integral (IWW). Not included: inelastic nuclear and atomic-electron
 * terms, Coulomb corrections, radiative corrections.
 *
 * References: the NA64 paper on e N -> mu N phi, its equations (5)-(29) and appendix A with the following corrections
 * (each checked against explicit Dirac traces): (6) d in GeV^2; (11) P.p' = 2M(E-E_k) + (u-t)/2; (14) t_min = U^2/[4
 * E^2 (1-x)^2]; beta_k = sqrt(1-(m/xE)^2); angular integrals over |dcos|. Form factor: J. D. Bjorken, R. Essig, P.
 * Schuster, N. Toro, Phys. Rev. D 80 (2009) 075018, eqs. (A18)-(A19). Kinematic limits of t: the condition |cos
 * theta_q| <= 1, solved without cancellation.
 *
 * Conventions: E, E_x total energies; x = E_k/E, y = E_f/E; t = -q^2 > 0; s = (p'+k)^2 - m_i^2, u = (p-k)^2 - m_f^2, U
 * = -u, t2 = (p-p')^2, W = m_phi^2 - t2; differential in |dcos theta|. One of the two outgoing particles is "fixed"
 * (energy E_x, angle theta: phi for x, the lepton for y), the other is the "rest"; Q is U for a fixed phi and W for a
 * fixed lepton. Screening always has m_e, also for mu -> e. Hydrogen: the same elastic form with Z = A = 1. GeV units.
 * Needs double precision (EOT_REAL_DOUBLE): (E/m)^2 cancellations; devices sample from tables (lfc_sample.h) and never
 * evaluate these. */
#ifndef EOT_PHYSICS_LFC_H
#define EOT_PHYSICS_LFC_H

#include "eotmc/math/elementary.h"

/** Masses [GeV] and nucleus of one reaction. */
typedef struct {
    real m_i, m_f, m_phi; /* incoming lepton, outgoing lepton, scalar */
    real M;               /* nucleus, A atomic mass units */
    real Z;
    real t_a, d; /* GeV^2: 1/a^2 of the atomic screening, nuclear form factor scale */
} eot_lfc_system;

EOT_FN real eot_lfc_square(real v) { return v * v; }

/** Reaction of the given masses on the nucleus (Z, A). t_a = (m_e Z^(1/3)/111)^2, d = 0.164 A^(-2/3) GeV^2 (eq. 6;
 * Bjorken et al. A18-A19). */
EOT_FN eot_lfc_system eot_lfc_system_from(real m_i, real m_f, real m_phi, real Z, real A) {
    eot_lfc_system n;
    n.m_i = m_i;
    n.m_f = m_f;
    n.m_phi = m_phi;
    n.M = A * EOT_M_ATOMIC;
    n.Z = Z;
    n.t_a = eot_lfc_square(EOT_M_ELECTRON * eot_pow(Z, R(1.0) / R(3.0)) / R(111.0));
    n.d = R(0.164) * eot_pow(A, R(-2.0) / R(3.0));
    return n;
}

/** Lowest energy of the incoming lepton [GeV]: (m_phi+m_f) + [(m_phi+m_f)^2 - m_i^2]/(2M), nucleus at rest. */
EOT_FN real eot_lfc_threshold(eot_lfc_system n) {
    real pair = n.m_phi + n.m_f;
    return pair + (pair - n.m_i) * (pair + n.m_i) / (R(2.0) * n.M);
}

/** F^2/t^2 = Z^2/[(t+t_a)^2 (1+t/d)^2] [1/GeV^4], finite at t = 0 (eqs. 6, 12). */
EOT_FN real eot_lfc_form_factor(eot_lfc_system n, real t) {
    return eot_lfc_square(n.Z * n.d / ((t + n.t_a) * (n.d + t)));
}

/** Energies that the fixed particle can have [GeV]; low = high = its mass at and below threshold. */
typedef struct {
    real low, high;
} eot_lfc_range;

/** Limits of the energy of the fixed particle: the centre-of-mass momentum of (fixed) against (rest + nucleus at rest),
 * boosted back.
 * @param E incoming energy [GeV]. @param m_fixed, m_rest masses [GeV] of the two outgoing light particles. */
EOT_FN eot_lfc_range eot_lfc_energy_range(eot_lfc_system n, real E, real m_fixed, real m_rest) {
    eot_lfc_range g;
    g.low = m_fixed;
    g.high = m_fixed;
    real excess = E - eot_lfc_threshold(n);
    if (excess <= R(0.0)) return g;
    real root_s = sqrt(n.M * n.M + n.m_i * n.m_i + R(2.0) * n.M * E);
    real heavy = n.M + m_rest;
    real above = R(2.0) * n.M * excess /
                 (root_s + heavy + m_fixed); /* sqrt S above the sum of the masses, without cancellation */
    real kinetic = above * (root_s - m_fixed + heavy) / (R(2.0) * root_s);
    real e = m_fixed + kinetic, k = sqrt(kinetic * (kinetic + R(2.0) * m_fixed));
    real p = sqrt((E - n.m_i) * (E + n.m_i));
    g.high = ((E + n.M) * e + p * k) / root_s;
    if (k * (E + n.M) < e * p) { /* slower than the centre of mass: emitted forwards only */
        g.low = ((E + n.M) * e - p * k) / root_s;
        if (g.low < m_fixed) g.low = m_fixed;
    }
    return g;
}

/** One point (E, E_x, Q) and all that the integral over t needs. Zero phase space is told by t_max <= t_min. */
typedef struct {
    real E, E_x, E_q;        /* incoming, fixed, E - E_x */
    real Q, V;               /* U or W [GeV^2]; |p - p_x| [GeV] */
    real t_min, t_max;       /* GeV^2 */
    real a0, a1;             /* a  = a0 + a1 t of s  = a + b cos(phi_q) */
    real a0_other, a1_other; /* fixed lepton only: a' of -u = a' + b cos(phi_q) */
    real B;                  /* b^2 = B (t - t_min)(t_max - t) */
    real kap;
} eot_lfc_point;

/** Smallest Q at a given E_x, at angle 0 [GeV^2]: U0 or W0 of the notes above. */
EOT_FN real eot_lfc_Q0(eot_lfc_system n, real E, real E_x, real m_fixed, real m_rest) {
    real p = sqrt((E - n.m_i) * (E + n.m_i)), k = sqrt(fmax((E_x - m_fixed) * (E_x + m_fixed), R(0.0)));
    real numerator = E * E * m_fixed * m_fixed + n.m_i * n.m_i * (E_x - m_fixed) * (E_x + m_fixed);
    return (m_rest - n.m_i) * (m_rest + n.m_i) - m_fixed * m_fixed + R(2.0) * numerator / (E * E_x + p * k);
}

/** Largest Q by the recoil, 2M(E - E_x - m_rest) [GeV^2]. */
EOT_FN real eot_lfc_Q_recoil(eot_lfc_system n, real E, real E_x, real m_rest) {
    return R(2.0) * n.M * (E - E_x - m_rest);
}

/** The point at (E, E_x, w = 1 - cos theta).
 * @param Q0 eot_lfc_Q0. @param w 0..2. @return a point with t_max <= t_min outside the phase space. */
EOT_FN eot_lfc_point eot_lfc_point_from(eot_lfc_system n, real E, real E_x, real Q0, real w, real m_fixed,
                                        real m_rest) {
    eot_lfc_point g;
    real p = sqrt((E - n.m_i) * (E + n.m_i)), k = sqrt(fmax((E_x - m_fixed) * (E_x + m_fixed), R(0.0)));
    real E_q = E - E_x, Q = Q0 + R(2.0) * p * k * w;
    real spare = E_q - m_rest - Q / (R(2.0) * n.M); /* kinetic energy left to the rest at the largest recoil */
    real V2 = (E_q - m_rest) * (E_q + m_rest) + Q;
    real V = sqrt(fmax(V2, R(0.0)));
    real root = sqrt(fmax(spare * (spare + R(2.0) * m_rest), R(0.0)));
    real num = R(2.0) * V2 - Q * (R(1.0) + E_q / n.M) + R(2.0) * V * root;
    real C = R(1.0) + R(2.0) * E_q / n.M + (m_rest * m_rest - Q) / (n.M * n.M);
    real kap =
        (E * (Q - m_rest * m_rest) - R(0.5) * E_q * ((m_fixed - n.m_i) * (m_fixed + n.m_i) - m_rest * m_rest + Q)) / V2;
    g.E = E;
    g.E_x = E_x;
    g.E_q = E_q;
    g.Q = Q;
    g.V = V;
    g.kap = kap;
    g.t_min = spare > R(0.0) ? Q * Q / num : R(1.0);
    g.t_max = spare > R(0.0) ? num / C : R(0.0);
    g.a0 = (E - kap) / E_q * Q;
    g.a1 = (E_x - kap) / E_q - kap / n.M;
    g.a0_other = (E_x - kap) / E_q * Q;
    g.a1_other = (E - kap) / E_q - kap / n.M;
    g.B = p * p * k * k * w * (R(2.0) - w) * C / (V2 * V2);
    return g;
}

/** b^2 of s = a + b cos(phi_q) [GeV^4]. */
EOT_FN real eot_lfc_b2(eot_lfc_point g, real t) {
    real inside = (t - g.t_min) * (g.t_max - t);
    return inside > R(0.0) ? g.B * inside : R(0.0);
}

/** |A|^2 / (8 M^2) averaged over phi_q at fixed phi kinematics (eqs. 10, 12; stable form in al, X). @param t GeV^2 in
 * [t_min, t_max]. @return dimensionless. */
EOT_FN real eot_lfc_amplitude_x(eot_lfc_system n, eot_lfc_point g, real t) {
    real M = n.M, U = g.Q, D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i;
    real a = g.a0 + g.a1 * t, b2 = eot_lfc_b2(g, t);
    real r2 = a * a - b2;
    real inv_r = R(1.0) / sqrt(r2), inv_a = R(1.0) / a, inv_U = R(1.0) / U;
    real P2 = R(4.0) * M * M + t, K = R(2.0) * M * g.E_x + R(0.5) * U, c1 = R(2.0) * M * g.E - R(0.5) * t;
    real al = R(2.0) * M * (-U * g.kap + t * (g.E_x - g.kap * (R(1.0) + g.E_q / M))) - R(0.5) * t * (a - U);
    real gg = -U * c1 * inv_a, f = al * inv_a, rho = a * inv_r;
    real d1 = b2 * inv_r * inv_r / (rho + R(1.0));
    real X = f * f + R(2.0) * f * gg * d1 + gg * gg * d1 * (rho * rho + rho - R(1.0));
    real first = R(0.5) * P2 * (R(2.0) - a * inv_U - U * inv_r);
    real second = R(2.0) * t * inv_U * (K * K * inv_r - K + R(0.25) * a);
    real third = R(0.5) * D2 * inv_U * inv_U *
                 (P2 * t * (R(1.0) - R(2.0) * U * inv_r + U * U * a * inv_r * inv_r * inv_r) - R(4.0) * X);
    return (first + second + third) / (R(8.0) * M * M);
}

/** |A|^2 / (8 M^2) averaged over phi_q at fixed lepton kinematics; <1/(s(-u))> is regular where s + u = 0. */
EOT_FN real eot_lfc_amplitude_y(eot_lfc_system n, eot_lfc_point g, real t) {
    real M = n.M, W = g.Q, D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i;
    real a = g.a0 + g.a1 * t, ap = g.a0_other + g.a1_other * t, sg = W - t, b2 = eot_lfc_b2(g, t);
    real r = sqrt(a * a - b2), rp = sqrt(ap * ap - b2);
    real inv_su = (a + ap) / (r * rp * (r + rp));
    real P2 = R(4.0) * M * M + t, K = R(2.0) * M * g.E_q - t - R(0.5) * sg, c1 = R(2.0) * M * g.E - R(0.5) * t;
    real al = R(2.0) * M * (-W * g.kap + t * (g.E + g.E_x - g.kap * (R(1.0) + g.E_q / M))) - t * (a - R(0.5) * sg);
    real eta = al / (a * ap), g1 = c1 / a, rho = a / r, rhop = ap / rp;
    real es2 = rho * rho * rho, eu2 = rhop * rhop * rhop, esu = a * ap * inv_su;
    real X = g1 * g1 * (es2 + eu2 - R(2.0) * esu) + R(2.0) * g1 * eta * (esu - eu2) + eta * eta * eu2;
    real third = R(0.5) * D2 * (P2 * t * (a / (r * r * r) + ap / (rp * rp * rp) - R(2.0) * inv_su) - R(4.0) * X);
    return (-R(0.5) * sg * sg * P2 * inv_su + R(2.0) * t * K * K * inv_su + third) / (R(8.0) * M * M);
}

/** Factor in front of int dt F^2/t^2 <|A|^2>/(8M^2): alpha^2 h^2/(4 pi) E k/(p V), of d2sigma/(dx dcos) [GeV^-2] (eq.
 * 12).
 * @param k momentum of the fixed particle. */
EOT_FN real eot_lfc_prefactor(eot_lfc_system n, eot_lfc_point g, real h, real k) {
    real p = sqrt((g.E - n.m_i) * (g.E + n.m_i));
    return eot_lfc_square(EOT_ALPHA * h) / (R(4.0) * EOT_PI) * g.E * k / (p * g.V);
}

/* ---- Weizsaecker-Williams ---- */

/** Primitive of (t - t_min) F^2/t^2 / Z^2 that the closed flux is the difference of (eqs. 15-16). Cancels for t_min >>
 * d: use eot_lfc_flux_integrand there. */
EOT_FN real eot_lfc_flux_primitive(eot_lfc_system n, real t_min, real t) {
    real ta = n.t_a, td = n.d, D = ta - td;
    real bracket = D * ((ta + t_min) / (t + ta) + (td + t_min) / (t + td)) +
                   (ta + td + R(2.0) * t_min) * eot_log((t + td) / (t + ta));
    return td * td / (D * D * D) * bracket;
}

/** (t - t_min) F^2/t^2 [1/GeV^2], the flux per dt. */
EOT_FN real eot_lfc_flux_integrand(eot_lfc_system n, real t_min, real t) {
    return (t - t_min) * eot_lfc_form_factor(n, t);
}

/** Upper limit of the flux, m_phi^2 + m_i^2 [GeV^2] (eq. 14). */
EOT_FN real eot_lfc_flux_t_max(eot_lfc_system n) { return n.m_phi * n.m_phi + n.m_i * n.m_i; }

/** Lower limit of the IWW flux, m_phi^4/(4 E^2) [GeV^2] (after eq. 28). */
EOT_FN real eot_lfc_flux_t_min_iww(eot_lfc_system n, real E) {
    return eot_lfc_square(n.m_phi * n.m_phi / (R(2.0) * E));
}

/** -u of WW at the angle theta (eq. 18) [GeV^2]. */
EOT_FN real eot_lfc_ww_U(eot_lfc_system n, real E, real x, real theta) {
    return x * E * E * theta * theta + n.m_phi * n.m_phi * (R(1.0) - x) / x - n.m_i * n.m_i * (R(1.0) - x) +
           n.m_f * n.m_f;
}

/** m_phi^2 - t2 of WW at the angle psi (eq. 25) [GeV^2]. */
EOT_FN real eot_lfc_ww_T(eot_lfc_system n, real E, real y, real psi) {
    return n.m_phi * n.m_phi + y * E * E * psi * psi + n.m_f * n.m_f * (R(1.0) - y) / y - n.m_i * n.m_i * (R(1.0) - y);
}

/** t_min = Q^2/[4 E^2 (1-z)^2] of WW, z = x or y (eq. 14) [GeV^2]. */
EOT_FN real eot_lfc_ww_t_min(real E, real z, real Q) { return eot_lfc_square(Q / (R(2.0) * E * (R(1.0) - z))); }

/** d2sigma/(dx dcos) / (h^2 chi) in WW (eqs. 21-23). @param U eot_lfc_ww_U. */
EOT_FN real eot_lfc_ww_dxdcos(eot_lfc_system n, real E, real x, real U) {
    real D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i, m2 = n.m_phi * n.m_phi, z = R(1.0) - x;
    real A2 = x * x / (R(2.0) * z) + D2 * (-U * x + m2 * z + x * (n.m_f * n.m_f - n.m_i * n.m_i * z)) / (U * U);
    real beta = sqrt(fmax(R(1.0) - m2 / eot_lfc_square(x * E), R(0.0)));
    return EOT_ALPHA * EOT_ALPHA / (R(2.0) * EOT_PI) * E * E * x * beta * z / (U * U) * A2;
}

/** d2sigma/(dy dcos) / (h^2 chi) in WW (eq. 27). @param T eot_lfc_ww_T. */
EOT_FN real eot_lfc_ww_dydcos(eot_lfc_system n, real E, real y, real T) {
    real D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i, z = R(1.0) - y;
    real beta = sqrt(fmax(R(1.0) - eot_lfc_square(n.m_f / (y * E)), R(0.0)));
    real bracket =
        R(0.5) / (T * T) - D2 / (T * T * T) + D2 * (n.m_f * n.m_f + y * (n.m_i * n.m_i * y + D2)) / (y * T * T * T * T);
    return EOT_ALPHA * EOT_ALPHA / (R(2.0) * EOT_PI) * E * E * beta * z * z * z * bracket;
}

/** Primitive over theta of the IWW dsigma/dx / (h^2 chi) at U (eqs. A1-A2): dsigma/dx = value(U(0)) -
 * value(U(theta_max)). */
EOT_FN real eot_lfc_iww_dx(eot_lfc_system n, real E, real x, real U) {
    real D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i, m2 = n.m_phi * n.m_phi, z = R(1.0) - x, u = -U;
    real beta = sqrt(fmax(R(1.0) - m2 / eot_lfc_square(x * E), R(0.0)));
    real bracket = -x * x / (R(2.0) * z * u) - D2 * x / (R(2.0) * u * u) -
                   D2 * (m2 * z + x * (n.m_f * n.m_f - n.m_i * n.m_i * z)) / (R(3.0) * u * u * u);
    return EOT_ALPHA * EOT_ALPHA / (R(4.0) * EOT_PI) * beta * z * bracket;
}

/** Primitive over psi of the IWW dsigma/dy / (h^2 chi) at T (eqs. A3-A4): dsigma/dy = value(T(psi_max)) - value(T(0)).
 */
EOT_FN real eot_lfc_iww_dy(eot_lfc_system n, real E, real y, real T) {
    real D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i, z = R(1.0) - y;
    real beta = sqrt(fmax(R(1.0) - eot_lfc_square(n.m_f / (y * E)), R(0.0)));
    real bracket = R(-0.5) / T + R(0.5) * D2 / (T * T) -
                   D2 * (n.m_f * n.m_f + y * (n.m_i * n.m_i * y + D2)) / (R(3.0) * y * T * T * T);
    return EOT_ALPHA * EOT_ALPHA / (R(4.0) * EOT_PI) * beta * z * z * z / y * bracket;
}

/* ---- muon g-2 and the relic line ---- */

/** Integrand of Delta a_mu (eq. 3) in z = 1-x, without h^2 m_mu^2/(16 pi^2 m^2); z = 0..1. */
EOT_FN real eot_lfc_gm2_integrand(real m_phi, real z) {
    real rm = eot_lfc_square(EOT_M_MUON / m_phi), re = eot_lfc_square(EOT_M_ELECTRON / m_phi), x = R(1.0) - z;
    return x * x * z / (z * (R(1.0) - rm * x) + re * x);
}

/** <sigma v> / h^2 [GeV^-2] of dark matter chi_1 chi_2 -> phi* -> e mu: g^2 m_1^2/(4 pi [m^2 - (m_1+m_2)^2]^2) (eq. 2,
 * "m^2 over 1" read as m_1^2). */
EOT_FN real eot_lfc_relic(real m_phi, real m_1, real m_2, real coupling) {
    real pole = (m_phi - m_1 - m_2) * (m_phi + m_1 + m_2);
    return eot_lfc_square(coupling * m_1 / pole) / (R(4.0) * EOT_PI);
}

#endif
