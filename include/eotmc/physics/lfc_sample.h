/** @file lfc_sample.h
 * What a device needs of l_i N -> l_f N phi: the macroscopic cross section of a material, and the outgoing lepton's
 * energy and angle, sampled by inversion from tables of the exact distribution (eotmc/physics/lfc.h, integrated by
 * host/physics/lfc/transport.c): no rejection, two uniform numbers, 12 table values.
 *
 * Energies stand on a grid uniform in v = ln(E/threshold)^(1/4), as dense next to threshold as the shapes change there.
 * At each, the energy of the lepton is kept as quantiles of zeta, E_f = m_f (E_f,max/m_f)^zeta, and at each of n_row
 * values of zeta the angle as quantiles of rho, W = W0 (W_max/W0)^rho with W = m_phi^2 - (p-p')^2 = W0 + 2 p p' (1 -
 * cos psi). Both variables run from 0 to 1 over the phase space of the material's heaviest nucleus, so that
 * interpolation never leaves it. Quantiles are closer together at both ends: xi = 8 q^4 for q < 1/2, 1 - 8 (1-q)^4
 * above, q uniform. */
#ifndef EOT_PHYSICS_LFC_SAMPLE_H
#define EOT_PHYSICS_LFC_SAMPLE_H

#include "eotmc/physics/lfc.h"

/** Tables of one mass and material: offsets in the f32 table. */
typedef struct {
    u32 xsec; /* n_xsec macroscopic cross sections [1/cm], uniform in v */
    u32 zeta; /* n_energy x n_zeta quantiles */
    u32 rho;  /* n_energy x n_row x n_rho quantiles */
    i32 n_xsec, n_energy, n_zeta, n_row, n_rho;
    f32 threshold, E_max; /* GeV, range of the tables */
    f32 v_max;            /* ln(E_max/threshold)^(1/4) */
    f32 m_i, m_f, m_phi;  /* GeV */
    f32 M;                /* GeV, heaviest nucleus */
    f32 coupling;         /* h of xsec, which is proportional to h^2 */
} eot_lfc_table;
EOT_LAYOUT(eot_lfc_table, 64);

/** Final state of the lepton. */
typedef struct {
    real E_f;     /* GeV, total energy */
    real versine; /* 1 - cos psi, exact for small angles */
    real sine;    /* sin psi */
} eot_lfc_final;

/** Is E [GeV] inside the tables or below threshold? Above E_max the functions below use E_max: a caller checks and
 * counts. */
EOT_FN i32 eot_lfc_is_covered(eot_lfc_table n, real E) { return E <= (real)n.E_max ? 1 : 0; }

/** v of the energy grid as a share of its range, 0..1. */
EOT_FN real eot_lfc_grid_place(eot_lfc_table n, real E) {
    real ratio = E / (real)n.threshold;
    real v = sqrt(sqrt(fmax(eot_log(fmax(ratio, R(1.0))), R(0.0))));
    return fmin(v / (real)n.v_max, R(1.0));
}

/** Cell and place in it of a share 0..1 of n uniform nodes. */
typedef struct {
    u32 i;
    real f;
} eot_lfc_cell;
EOT_FN eot_lfc_cell eot_lfc_cell_from(real share, i32 n) {
    eot_lfc_cell c;
    real s = share * (real)(n - 1);
    real whole = fmin(floor(s), (real)(n - 2));
    c.i = (u32)whole;
    c.f = s - whole;
    return c;
}

EOT_FN real eot_lfc_between(EOT_GLOBAL const f32 *table, u32 place, real f) {
    real a = (real)table[place], b = (real)table[place + 1];
    return fma(f, b - a, a);
}

/** Macroscopic cross section [1/cm] at the coupling n.coupling. Linear between nodes, so monotone there and never
 * negative; exactly 0 at and below threshold.
 * @param E total energy of the incoming lepton [GeV]. */
EOT_FN real eot_lfc_xsec(EOT_GLOBAL const f32 *table, eot_lfc_table n, real E) {
    eot_lfc_cell c = eot_lfc_cell_from(eot_lfc_grid_place(n, E), n.n_xsec);
    real value = eot_lfc_between(table, n.xsec + c.i, c.f);
    return E > (real)n.threshold ? value : R(0.0);
}

/** Where the quantile xi stands on the uniform axis q of the quantile tables, 0..1. */
EOT_FN real eot_lfc_quantile_place(real xi) {
    real tail = fmin(xi, R(1.0) - xi);
    real q = sqrt(sqrt(R(0.125) * tail));
    return xi < R(0.5) ? q : R(1.0) - q;
}

/** Its inverse: the quantile at the place q. */
EOT_FN real eot_lfc_quantile_at(real q) {
    real tail = fmin(q, R(1.0) - q), xi = R(8.0) * tail * tail * tail * tail;
    return q < R(0.5) ? xi : R(1.0) - xi;
}

/** The inverse's slope: dxi/dq at q. */
EOT_FN real eot_lfc_quantile_density(real q) {
    real tail = fmin(q, R(1.0) - q);
    return R(32.0) * tail * tail * tail;
}

/** The outgoing lepton at the places q_energy, q_angle (0..1) among the quantiles of the exact (y, psi) distribution.
 * @param E total energy of the incoming lepton [GeV], above threshold. @return E_f in [m_f, E - m_phi) and the angle to
 * the incoming direction. */
EOT_FN eot_lfc_final eot_lfc_sample_at(EOT_GLOBAL const f32 *table, eot_lfc_table n, real E, real q_energy,
                                       real q_angle) {
    eot_lfc_cell e = eot_lfc_cell_from(eot_lfc_grid_place(n, E), n.n_energy);
    eot_lfc_cell z = eot_lfc_cell_from(q_energy, n.n_zeta);
    u32 place = n.zeta + e.i * (u32)n.n_zeta + z.i;
    real zeta_low = eot_lfc_between(table, place, z.f), zeta_high = eot_lfc_between(table, place + (u32)n.n_zeta, z.f);
    real zeta = fma(e.f, zeta_high - zeta_low, zeta_low);

    eot_lfc_cell r = eot_lfc_cell_from(zeta, n.n_row), a = eot_lfc_cell_from(q_angle, n.n_rho);
    u32 row = (u32)n.n_rho, layer = row * (u32)n.n_row;
    place = n.rho + e.i * layer + r.i * row + a.i;
    real low = fma(r.f, eot_lfc_between(table, place + row, a.f) - eot_lfc_between(table, place, a.f),
                   eot_lfc_between(table, place, a.f));
    place += layer;
    real high = fma(r.f, eot_lfc_between(table, place + row, a.f) - eot_lfc_between(table, place, a.f),
                    eot_lfc_between(table, place, a.f));
    real rho = fma(e.f, high - low, low);

    eot_lfc_system s;
    s.m_i = (real)n.m_i;
    s.m_f = (real)n.m_f;
    s.m_phi = (real)n.m_phi;
    s.M = (real)n.M;
    s.Z = R(1.0);
    s.t_a = R(0.0);
    s.d = R(1.0);
    eot_lfc_final final;
    eot_lfc_range range = eot_lfc_energy_range(s, E, s.m_f, s.m_phi);
    real E_f = fmin(s.m_f * eot_exp(zeta * eot_log(range.high / s.m_f)), range.high);
    real p = sqrt((E - s.m_i) * (E + s.m_i)), p_f = sqrt(fmax((E_f - s.m_f) * (E_f + s.m_f), R(0.0)));
    real W0 = eot_lfc_Q0(s, E, E_f, s.m_f, s.m_phi), two_pp = R(2.0) * p * p_f;
    real span = fmin(R(2.0) * two_pp, fmax(eot_lfc_Q_recoil(s, E, E_f, s.m_phi) - W0, R(0.0)));
    real rise = fmin(W0 * (eot_exp(rho * eot_log(R(1.0) + span / W0)) - R(1.0)), span);
    final.E_f = E_f;
    final.versine = two_pp > R(0.0) ? fmin(rise / two_pp, R(2.0)) : R(2.0) * rho;
    final.sine = sqrt(final.versine * (R(2.0) - final.versine));
    return final;
}

/** Sample the outgoing lepton by inversion. The azimuth is uniform and left to the caller. @param xi_energy, xi_angle
 * uniform in (0, 1). Method: inversion, 2 numbers. */
EOT_FN eot_lfc_final eot_lfc_sample(EOT_GLOBAL const f32 *table, eot_lfc_table n, real E, real xi_energy,
                                    real xi_angle) {
    return eot_lfc_sample_at(table, n, E, eot_lfc_quantile_place(xi_energy), eot_lfc_quantile_place(xi_angle));
}

#endif
