/** @file dimuon_trident.h
 * Muon pairs by electrons and positrons on nuclei through a virtual photon, e N -> e N mu+ mu-, as equivalent photons
 * that convert like real ones: d2sigma/(dk dx) = flux(v, rho)/E x dsigma(gamma -> mu mu)/dx,   v = k/E, k = energy of
 * the pair, x = E(mu+)/k, rho = 2 x - 1. The flux is the bracket of Kelner's cross section of pair production by a
 * charged lepton, with the electron as the projectile and muons as the pair: the photon's virtuality is integrated from
 * m_e^2 v^2/(1-v), where equivalent photons begin (V. M. Budnev et al., Phys. Rep. 15 (1975) 181, Eq. (6.17)), to where
 * the pair's transverse size m_mu^2/(x(1-x)) damps it, with the contribution of longitudinal photons; and pairs by a
 * time-like photon that the electron radiates in the nucleus' field (1 % of the flux at v = 1/2, half of it at v =
 * 0.985; 3 to 5 % of the rate above 10 GeV). Both take the Coulomb logarithm of the real photon. Not included:
 * interference of the two (zero in the sum over charges), inelastic nuclei, atomic electrons as targets, deflection of
 * the electron and of the pair as a whole (below the pair's own opening angle). Validity: E >> m_e, E - k > 3/4 sqrt(e)
 * Z^(1/3) m_e. Accuracy 10 % (leading Coulomb logarithm); the process is 2 % of all muon pairs. Sources: S. R. Kelner,
 * Sov. J. Nucl. Phys. 5 (1967) 778; R. P. Kokoulin, A. A. Petrukhin, Proc. 12th ICCR (Hobart 1971) 2436; S. R. Kelner,
 * R. P. Kokoulin, A. A. Petrukhin, Phys. Atom. Nuclei 63 (2000) 1603 (the same for muons by muons); B_e and B_mu as in
 * the Geant4 Physics Reference Manual, "e+e- Pair Production by Muons". */
#ifndef EOT_PHYSICS_DIMUON_TRIDENT_H
#define EOT_PHYSICS_DIMUON_TRIDENT_H

#include "eotmc/physics/dimuon_gamma.h"
#include "eotmc/physics/lepton_pair.h"

/** Equivalent photons per electron and unit of v = k/E, 0 < v < 1. @param rho energy asymmetry of the pair, |rho| < 1.
 * @param time_like 1: with the photons that the electron radiates at the mass of the pair, 0: without. */
EOT_FN real eot_dimuon_trident_flux(real v, real rho, i32 time_like) {
    real ratio = EOT_M_MUON / EOT_M_ELECTRON, ratio2 = ratio * ratio, rho2 = rho * rho, gap = R(1.0) - rho2;
    real beta = R(0.5) * v * v / (R(1.0) - v);
    eot_lepton_pair_brackets b = eot_lepton_pair_brackets_at(rho2, gap, beta, R(0.5) * beta * gap / ratio2);
    real sum = fmax(R(0.0), b.space_like) + (time_like ? fmax(R(0.0), b.time_like) * ratio2 : R(0.0));
    return EOT_ALPHA / EOT_PI * (R(1.0) - v) / v * sum / (R(2.0) + rho2);
}

/** d2sigma/(dk dx) [cm2/GeV per atom]; 0 outside the kinematic range. @param E electron [GeV]. @param k pair [GeV].
 * @param x E(mu+)/k. @param Z,A nucleus. */
EOT_FN real eot_dimuon_trident_dxsec_dk_dx(real E, real k, real x, real Z, real A) {
    if (E - k <= R(0.75) * EOT_SQRT_E * eot_pow(Z, R(1.0) / R(3.0)) * EOT_M_ELECTRON) return R(0.0);
    return eot_dimuon_trident_flux(k / E, R(2.0) * x - R(1.0), 1) / E * eot_dimuon_gamma_dxsec_dx(k, x, Z, A);
}

/** Quantiles of the pair's energy, made by host/physics/dimuon_trident.c: [n_energy][n_quantile + 1] of q, k = k_min
 * (E/k_min)^q, at energies uniform in ln E; the probability of a node is the square of its place, so that they stand
 * closer where the rate begins. */
typedef struct {
    u32 quantile;
    i32 n_energy, n_quantile;
    f32 log_first, inverse_log_step; /* ln GeV, nodes per unit */
    f32 log_k_min;
} eot_dimuon_trident_table;
EOT_LAYOUT(eot_dimuon_trident_table, 24);

/** Energy of the pair [GeV] by inversion; the lower or upper energy node is taken in proportion to its nearness. @param
 * table f32 table. @param E electron [GeV].
 * @param u_k,u_node uniform numbers. The energy fraction x is then drawn from the real photon's distribution at k,
 * whose edges (x < 0.1) differ by less than 10 %. */
EOT_FN real eot_dimuon_trident_k(EOT_GLOBAL const f32 *table, eot_dimuon_trident_table t, real E, real u_k,
                                 real u_node) {
    real log_E = eot_log(E), place_E = (log_E - (real)t.log_first) * (real)t.inverse_log_step;
    place_E = fmin(fmax(place_E, R(0.0)), (real)t.n_energy - R(1.001));
    i32 i = (i32)place_E;
    i += u_node < place_E - (real)i ? 1 : 0;
    real place_u = sqrt(u_k) * (real)t.n_quantile;
    i32 j = (i32)place_u;
    j = j > t.n_quantile - 1 ? t.n_quantile - 1 : j;
    u32 row = t.quantile + (u32)i * (u32)(t.n_quantile + 1) + (u32)j;
    real low = (real)table[row], q = fma(place_u - (real)j, (real)table[row + 1] - low, low);
    return fmin(eot_exp(fma(q, log_E - (real)t.log_k_min, (real)t.log_k_min)), E);
}

#endif
