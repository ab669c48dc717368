/** @file dimuon_annihilation.h
 * Muon pairs by positrons on atomic electrons at rest, e+ e- -> mu+ mu-, above E = 2 m_mu^2/m_e - m_e = 43.69 GeV.
 * Included: tree-level QED with both masses. Not included: radiative corrections and the Coulomb attraction of the pair
 * (a few per cent within 1 GeV of threshold), exchange of a Z (below 1e-6), motion of the electrons in the atom (1/137
 * to Z/137 of c: it smears the threshold, by 1 % of the energy for most of the electrons). Sources: M. E. Peskin, D. V.
 * Schroeder, An Introduction to Quantum Field Theory (1995), Eqs. (5.10)-(5.13), here with the electron's mass kept;
 * Geant4 Physics Reference Manual, "Positron - electron annihilation into muon - anti-muon": largest cross
 * section 1.008 microbarn at 1.396 times the threshold. */
#ifndef EOT_PHYSICS_DIMUON_ANNIHILATION_H
#define EOT_PHYSICS_DIMUON_ANNIHILATION_H

#include "eotmc/math/vector.h"

#define EOT_DIMUON_ANNIHILATION_THRESHOLD \
    (R(2.0) * EOT_M_MUON * EOT_M_MUON / EOT_M_ELECTRON - EOT_M_ELECTRON) /* GeV, total energy of the positron */

/** What the centre of mass needs of the energy. s = 2 m_e (E + m_e), and s - 4 m_mu^2 = 2 m_e (E - threshold) does not
 * cancel. */
typedef struct {
    real s;          /* GeV^2 */
    real beta2;      /* of the muons, squared; 0 below threshold */
    real mass_ratio; /* 4 m_mu^2/s */
    real electron;   /* 4 m_e^2/s */
    real slope;      /* a of the angular distribution 1 + a cos^2 */
} eot_dimuon_annihilation;

/** @param E positron [GeV, total energy]. */
EOT_FN eot_dimuon_annihilation eot_dimuon_annihilation_at(real E) {
    eot_dimuon_annihilation n;
    real total = E + EOT_M_ELECTRON;
    n.s = R(2.0) * EOT_M_ELECTRON * total;
    n.beta2 = fmax(R(0.0), E - EOT_DIMUON_ANNIHILATION_THRESHOLD) / total;
    n.mass_ratio = R(4.0) * EOT_M_MUON * EOT_M_MUON / n.s;
    n.electron = R(2.0) * EOT_M_ELECTRON / total;
    n.slope = n.beta2 * (R(1.0) - n.electron) / (R(1.0) + n.mass_ratio + n.electron);
    return n;
}

/** dsigma/dcos(theta*) [cm2 per electron], theta* of the mu+ to the e+ in the centre of mass; 0 below threshold. @param
 * E positron [GeV]. @param c cos(theta*). */
EOT_FN real eot_dimuon_annihilation_dxsec_dcos(real E, real c) {
    eot_dimuon_annihilation n = eot_dimuon_annihilation_at(E);
    real r_mu = EOT_R_ELECTRON * EOT_M_ELECTRON / EOT_M_MUON;
    return EOT_PI / R(8.0) * r_mu * r_mu * n.mass_ratio * sqrt(n.beta2 / (R(1.0) - n.electron)) *
           (R(1.0) + n.mass_ratio + n.electron) * (R(1.0) + n.slope * c * c);
}

/** Total cross section [cm2 per electron], the integral of the above. @param E positron [GeV]. */
EOT_FN real eot_dimuon_annihilation_xsec(real E) {
    eot_dimuon_annihilation n = eot_dimuon_annihilation_at(E);
    real r_mu = EOT_R_ELECTRON * EOT_M_ELECTRON / EOT_M_MUON;
    return EOT_PI / R(3.0) * r_mu * r_mu * n.mass_ratio * sqrt(n.beta2 / (R(1.0) - n.electron)) *
           (R(1.0) + R(0.5) * n.mass_ratio) * (R(1.0) + R(0.5) * n.electron);
}

/** cos(theta*) from a uniform number by inversion: the root of c + a c^3/3 = (2 u - 1)(1 + a/3) by Newton's method from
 * 2 u - 1, whose third step is exact to 1e-6 for every a <= 1; four are made. @param slope a, 0 <= a <= 1. */
EOT_FN real eot_dimuon_annihilation_cos(real slope, real u) {
    real v = R(2.0) * u - R(1.0), target = v * (R(1.0) + slope / R(3.0)), c = v;
    for (int i = 0; i < 4; i++) c -= (c + slope * c * c * c / R(3.0) - target) / (R(1.0) + slope * c * c);
    return fmin(fmax(c, R(-1.0)), R(1.0));
}

/** The pair in the laboratory. */
typedef struct {
    real E_plus, E_minus; /* GeV; their sum is E + m_e */
    eot_vec3 plus, minus; /* unit vectors, the positron along z */
} eot_dimuon_annihilation_pair;

/** Sample the pair: inversion, two uniform numbers. The laboratory angle stays below 5 mrad. @param E positron [GeV],
 * above threshold. */
EOT_FN eot_dimuon_annihilation_pair eot_dimuon_annihilation_sample(real E, real u_cos, real u_turn) {
    eot_dimuon_annihilation n = eot_dimuon_annihilation_at(E);
    real c = eot_dimuon_annihilation_cos(n.slope, u_cos), sine = sqrt(fmax(R(0.0), (R(1.0) - c) * (R(1.0) + c)));
    real total = E + EOT_M_ELECTRON,
         beta = sqrt((E - EOT_M_ELECTRON) * (E + EOT_M_ELECTRON)) / total; /* of the centre of mass */
    real muon = sqrt(n.beta2), transverse = R(0.5) * sqrt(n.s) * muon * sine;
    eot_dimuon_annihilation_pair p;
    p.E_plus = R(0.5) * total * (R(1.0) + beta * muon * c);
    p.E_minus = total - p.E_plus;
    real along_plus = R(0.5) * total * (beta + muon * c), along_minus = R(0.5) * total * (beta - muon * c);
    real x = transverse * eot_cos_turn(u_turn), y = transverse * eot_sin_turn(u_turn);
    p.plus.x = x;
    p.plus.y = y;
    p.plus.z = along_plus;
    p.minus.x = -x;
    p.minus.y = -y;
    p.minus.z = along_minus;
    p.plus = eot_vec3_unit(p.plus);
    p.minus = eot_vec3_unit(p.minus);
    return p;
}

#endif
