/** @file muon_pair.h
 * Direct electron pair production by muons: mu Z -> mu e+ e- Z.
 * Included: screening, nuclear size, the contribution of atomic electrons (zeta). Not included: the muon's own
 * deflection. References: R. P. Kokoulin, A. A. Petrukhin, Proc. 11th ICCR (Budapest 1969), Acta Phys. Acad. Sci. Hung.
 * 29 Suppl. 4 (1970) 277, and Proc. 12th ICCR (Hobart 1971) 2436; S. R. Kelner, Phys. Atom. Nuclei 61 (1998) 448
 * (atomic electrons); formulas as in the Geant4 Physics Reference Manual, "e+e- Pair Production by Muons". Tables:
 * share of the radiative columns, distribution of v. */
#ifndef EOT_PHYSICS_MUON_PAIR_H
#define EOT_PHYSICS_MUON_PAIR_H

#include "eotmc/physics/lepton_pair.h"
#include "eotmc/physics/muon_bremsstrahlung.h"

/** What the asymmetry integral needs of (Z, E, v): made once by eot_muon_pair_prepare. */
typedef struct {
    real z13, beta, xi0, screen0, factor, B;
    real log_tmin; /* ln(1 - rho_max): the integral runs over t = ln(1 - rho) from log_tmin to 0; 0 outside the
                      kinematic range */
} eot_muon_pair_kinematics;

/** @param E total energy [GeV]. @param v pair energy over E. */
EOT_FN eot_muon_pair_kinematics eot_muon_pair_prepare(real Z, real E, real v) {
    eot_muon_pair_kinematics c;
    real energy = v * E, rest = E - energy;
    c.z13 = eot_pow(Z, R(1.0) / R(3.0));
    c.B = Z < R(1.5) ? R(202.4) : R(183.0);
    c.beta = R(0.5) * energy * energy / (E * fmax(rest, R(1.0e-9)));
    real ratio = EOT_M_MUON / EOT_M_ELECTRON;
    c.xi0 = R(0.5) * ratio * ratio * c.beta;
    c.screen0 = R(2.0) * EOT_M_ELECTRON * EOT_SQRT_E * c.B / (c.z13 * fmax(energy, R(1.0e-9)));
    c.log_tmin = R(0.0);
    c.factor = R(0.0);
    if (energy <= R(4.0) * EOT_M_ELECTRON || rest <= R(0.75) * EOT_SQRT_E * c.z13 * EOT_M_MUON) return c;
    real alf = R(4.0) * EOT_M_ELECTRON / energy;
    real root = sqrt(R(1.0) - alf);
    real edge = alf / (R(1.0) + root) + R(6.0) * EOT_M_MUON * EOT_M_MUON / (E * rest) * root; /* 1 - rho_max */
    if (edge >= R(1.0)) return c;
    c.log_tmin = eot_log(edge);
    real is_hydrogen = Z < R(1.5) ? R(1.0) : R(0.0);
    real g1 = is_hydrogen > R(0.0) ? R(4.4e-5) : R(1.95e-5), g2 = is_hydrogen > R(0.0) ? R(4.8e-5) : R(5.3e-5);
    real zeta_top = R(0.073) * eot_log(E / (EOT_M_MUON + g1 * c.z13 * c.z13 * E)) - R(0.26);
    real zeta =
        zeta_top > R(0.0) ? zeta_top / (R(0.058) * eot_log(E / (EOT_M_MUON + g2 * c.z13 * E)) - R(0.14)) : R(0.0);
    c.factor =
        R(4.0) / (R(3.0) * EOT_PI) * EOT_ALPHA * EOT_ALPHA * EOT_R_ELECTRON2_UB * Z * (Z + zeta) * (R(1.0) - v) / v;
    return c;
}

/** Integrand of dsigma/dv over t = ln(1 - rho), log_tmin < t < 0 [microbarn]. */
EOT_FN real eot_muon_pair_integrand(eot_muon_pair_kinematics c, real t) {
    real one_less = eot_exp(t), rho = R(1.0) - one_less, rho2 = rho * rho;
    real gap = one_less * (R(1.0) + rho); /* 1 - rho^2 */
    real beta = c.beta, z23 = c.z13 * c.z13;
    real inverse_ratio = EOT_M_ELECTRON / EOT_M_MUON, inverse_ratio2 = inverse_ratio * inverse_ratio;
    real xi = c.xi0 * gap, xi1 = R(1.0) + xi;
    real ye = R(1.0) + (R(5.0) - rho2 + R(4.0) * beta * (R(1.0) + rho2)) /
                           (R(2.0) * (R(1.0) + R(3.0) * beta) * eot_log(R(3.0) + R(1.0) / xi) - rho2 -
                            R(2.0) * beta * (R(2.0) - rho2));
    real ym = R(1.0) + (R(4.0) + rho2 + R(3.0) * beta * (R(1.0) + rho2)) /
                           ((R(1.0) + rho2) * (R(1.5) + R(2.0) * beta) * eot_log(R(3.0) + xi) + R(1.0) - R(1.5) * rho2);
    eot_lepton_pair_brackets b = eot_lepton_pair_brackets_at(rho2, gap, beta, xi);
    real screen = c.screen0 * xi1 / gap;
    real le = eot_log(c.B / c.z13 * sqrt(xi1 * ye) / (R(1.0) + screen * ye)) -
              R(0.5) * eot_log(R(1.0) + R(2.25) * z23 * xi1 * ye * inverse_ratio2);
    real lm = eot_log(c.B / (R(1.5) * z23 * inverse_ratio) / (R(1.0) + screen * ym));
    return c.factor * one_less * (fmax(le * b.space_like, R(0.0)) + fmax(lm * b.time_like, R(0.0)) * inverse_ratio2);
}

#endif
