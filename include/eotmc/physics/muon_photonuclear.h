/** @file muon_photonuclear.h
 * Photonuclear interaction of muons: mu A -> mu X by a virtual photon.
 * Included: the proton's structure function, shadowing that depends on x, the neutron's share. Not included: the
 * resonances (transfers below 1 GeV), the final state (its energy is returned as hadronic), the muon's deflection.
 * References: S. I. Dutta, M. H. Reno, I. Sarcevic, D. Seckel, Phys. Rev. D 63 (2001) 094020, eqs. 2.1-2.4 and 3.1-3.8
 * (DRSS); structure function F2: H. Abramowicz, A. Levy, hep-ph/9712415 (ALLM97); ratio of longitudinal to transverse
 * photons: L. W. Whitlow et al., Phys. Lett. B 250 (1990) 193 (R1990). The reference tables (PUMAS 1.0) use the same
 * with a first coefficient of R1990 ten times as large (0.635), and integrate across the step at 1 GeV with an error of
 * 5 % at 2 GeV: with both they are reproduced within 3 %; as it is written here the loss is 11 to 13 % above them at 2
 * GeV, 3 % at 5 GeV, 1 % from 10 GeV on. Tables: share of the radiative columns, distribution of v. */
#ifndef EOT_PHYSICS_MUON_PHOTONUCLEAR_H
#define EOT_PHYSICS_MUON_PHOTONUCLEAR_H

#include "eotmc/math/elementary.h"

/* The parametrisation holds above the resonances; smaller transfers (10 % of this process's loss at 100 GeV, 5e-4 of
 * the total at any energy) are left out, as in the reference tables. */
#define EOT_PHOTONUCLEAR_LOWEST R(1.0) /* GeV */
#define EOT_M_NUCLEON R(0.93891875)    /* mean of proton and neutron [GeV] */

/** What the integral over Q^2 needs of (Z, A, E, v): made once by eot_muon_photonuclear_prepare. */
typedef struct {
    real Z, A, E, v, factor;
    real log_low,
        log_high; /* the integral runs over t = ln Q^2 [GeV^2] between these; equal outside the kinematic range */
} eot_muon_photonuclear_kinematics;

/** @param E total energy [GeV]. @param v energy transfer over E; range EOT_PHOTONUCLEAR_LOWEST < v E < E - m. */
EOT_FN eot_muon_photonuclear_kinematics eot_muon_photonuclear_prepare(real Z, real A, real E, real v) {
    const real pion = R(0.13957039);
    eot_muon_photonuclear_kinematics c;
    real transfer = v * E, left = E - transfer;
    c.Z = Z;
    c.A = A;
    c.E = E;
    c.v = v;
    c.log_low = c.log_high = c.factor = R(0.0);
    if (transfer <= EOT_PHOTONUCLEAR_LOWEST || left <= EOT_M_MUON) return c;
    /* Q^2 of a backward and a forward muon; their product is 4 m^2 transfer^2, so the small one needs no difference */
    real m2 = EOT_M_MUON * EOT_M_MUON;
    real backward = R(2.0) * (E * left - m2 + sqrt((E * E - m2) * (left * left - m2)));
    real low = R(4.0) * m2 * transfer * transfer / backward;
    real high = fmin(backward,
                     R(2.0) * EOT_M_NUCLEON * (transfer - pion) - pion * pion); /* and a nucleon and a pion at least */
    if (high <= low) return c;
    real hbarc = EOT_HBARC * R(1.0e15); /* so that its square is GeV^2 microbarn */
    c.factor = R(4.0) * EOT_PI * EOT_ALPHA * EOT_ALPHA * hbarc * hbarc / v;
    c.log_low = eot_log(low);
    c.log_high = eot_log(high);
    return c;
}

/** F2 of the proton, ALLM97: pomeron and reggeon. @param x Bjorken's, below 1. @param Q2 [GeV^2]. */
EOT_FN real eot_proton_f2(real x, real Q2) {
    real t = eot_log(eot_log((Q2 + R(0.52544)) / R(0.06527)) /
                     R(2.0857034941768826)); /* ln(ln((Q2 + Q0^2)/Lambda^2)/ln(Q0^2/Lambda^2)) */
    real w2 = Q2 * (R(1.0) / x - R(1.0));    /* W^2 - M^2 */
    real log_t = eot_log(fmax(t, R(1.0e-12))), log_less = eot_log(fmax(R(1.0) - x, R(1.0e-12)));
    real x_p = (Q2 + R(49.457)) / (Q2 + R(49.457) + w2), x_r = (Q2 + R(0.15052)) / (Q2 + R(0.15052) + w2);
    real c_p = R(0.28067) + (R(0.28067) - R(0.22291)) * (R(1.0) / (R(1.0) + eot_exp(R(2.1979) * log_t)) - R(1.0));
    real a_p = R(-0.0808) + (R(-0.0808) + R(0.44812)) * (R(1.0) / (R(1.0) + eot_exp(R(1.1709) * log_t)) - R(1.0));
    real b_p = R(0.36292) + R(1.8917) * eot_exp(R(1.8439) * log_t);
    real c_r = R(0.80107) + R(0.97307) * eot_exp(R(3.4942) * log_t);
    real a_r = R(0.58400) + R(0.37888) * eot_exp(R(2.6063) * log_t);
    real b_r = R(0.01147) + R(3.7582) * eot_exp(R(0.49338) * log_t);
    return Q2 / (Q2 + R(0.31985)) *
           (c_p * eot_exp(fma(a_p, eot_log(x_p), b_p * log_less)) +
            c_r * eot_exp(fma(a_r, eot_log(x_r), b_r * log_less)));
}

/** Integrand of dsigma/dv over t = ln Q^2, log_low < t < log_high [microbarn per atom]; never negative. Validity:
 * transfers above 1 GeV; accuracy about 15 % (spread of models). */
EOT_FN real eot_muon_photonuclear_integrand(eot_muon_photonuclear_kinematics c, real t) {
    real Q2 = eot_exp(t), x = R(0.5) * Q2 / (EOT_M_NUCLEON * c.v * c.E);
    if (x >= R(1.0)) return R(0.0);
    /* shadowing A^-0.1 below x = 0.0014, none above 0.04 and for hydrogen; the neutron has 1 - 1.85 x + ... of the
     * proton's F2 */
    real power = x < R(0.0014) ? R(-0.1) : fmin(R(0.069) * R(0.43429448190325183) * eot_log(x) + R(0.097), R(0.0));
    real shadowing = c.Z < R(1.5) || x > R(0.04) ? R(1.0) : eot_pow(c.A, power);
    real neutron = fma(x, fma(x, fma(x, x + R(-2.35), R(2.45)), R(-1.85)), R(1.0));
    real f2 = shadowing * fma(c.A - c.Z, neutron, c.Z) * eot_proton_f2(x, Q2);
    /* longitudinal over transverse photons, R1990; constant below its range, Q^2 = 0.3 GeV^2 */
    real q2 = fmax(Q2, R(0.3));
    real theta = R(1.0) + R(12.0) * q2 / (R(1.0) + q2) * R(0.015625) / fma(x, x, R(0.015625));
    real ratio = R(0.0635) / eot_log(q2 / R(0.04)) * theta + R(0.5747) / q2 - R(0.3534) / fma(q2, q2, R(0.09));
    real E2 = c.E * c.E, m2 = EOT_M_MUON * EOT_M_MUON;
    real lepton =
        (R(1.0) - c.v + R(0.5) * (R(1.0) - R(2.0) * m2 / Q2) * (c.v * c.v + Q2 / E2) / (R(1.0) + ratio)) / Q2 -
        R(0.25) / E2;
    return c.factor * f2 * fmax(lepton, R(0.0));
}

#endif
