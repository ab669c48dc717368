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

/** The masses that a table is of; what depends on the charge of its nucleus is not in it. */
EOT_FN eot_lfc_system eot_lfc_table_system(eot_lfc_table n) {
    eot_lfc_system s;
    s.m_i = (real)n.m_i;
    s.m_f = (real)n.m_f;
    s.m_phi = (real)n.m_phi;
    s.M = (real)n.M;
    s.Z = R(1.0);
    s.t_a = R(0.0);
    s.d = R(1.0);
    return s;
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

    eot_lfc_system s = eot_lfc_table_system(n);
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

/** Quantiles between four rows of a table: two neighbouring ones at each of two neighbouring energies. */
typedef struct {
    u32 place;                 /* the first of them */
    u32 next_row, next_energy; /* values from one to its neighbour */
    real of_row, of_energy;    /* place between them, 0..1 */
} eot_lfc_rows;

/** Quantile k of them. */
EOT_FN real eot_lfc_quantile(EOT_GLOBAL const f32 *table, eot_lfc_rows r, i32 k) {
    u32 at = r.place + (u32)k, above = at + r.next_energy;
    real low = (real)table[at], high = (real)table[above];
    low = fma(r.of_row, (real)table[at + r.next_row] - low, low);
    high = fma(r.of_row, (real)table[above + r.next_row] - high, high);
    return fma(r.of_energy, high - low, low);
}

/** Where a value stands among quantiles, and the density there of values that are drawn from them. */
typedef struct {
    real q;       /* 0..1, on the axis of eot_lfc_quantile_place */
    real density; /* per unit of the value; 0: it is not drawn */
} eot_lfc_found;

/** The inverse of a draw from n quantiles: bisection. @param x between 0 and 1. */
EOT_FN eot_lfc_found eot_lfc_find(EOT_GLOBAL const f32 *table, eot_lfc_rows r, i32 n, real x) {
    const real rounding = R(5e-7), least_tail = R(1e-3), least_width = R(1e-12);
    i32 low = 0, high = n - 1;
    real x_low = eot_lfc_quantile(table, r, low), x_high = eot_lfc_quantile(table, r, high);
    eot_lfc_found found;
    found.q = found.density = R(0.0);
    if (x < x_low - rounding || x > x_high + rounding) return found;
    while (high - low > 1) {
        i32 middle = (low + high) / 2;
        real x_middle = eot_lfc_quantile(table, r, middle);
        if (x < x_middle) {
            high = middle;
            x_high = x_middle;
        } else {
            low = middle;
            x_low = x_middle;
        }
    }
    real width = fmax(x_high - x_low, least_width);
    found.q = ((real)low + fmin(fmax((x - x_low) / width, R(0.0)), R(1.0))) / (real)(n - 1);
    real tail = fmax(fmin(found.q, R(1.0) - found.q), least_tail); /* below it there is 1e-11 of the draws */
    found.density = eot_lfc_quantile_density(tail) / (width * (real)(n - 1));
    return found;
}

/** An outgoing lepton among those that a table draws. */
typedef struct {
    real q_energy, q_angle; /* as eot_lfc_sample_at takes them */
    real density;           /* per ln E_f and per W [1/GeV^2]; 0: this table does not draw it */
} eot_lfc_likelihood;

/** The inverse of eot_lfc_sample_at: how likely a table draws a lepton of energy E_f and angle (1 - cos psi). The
 * density is that of the sampler, with the steps of its interpolation, not of the formula, so that leptons drawn from
 * one mass's table and weighted by ratios of such densities are distributed as those from another's. E_f and psi are
 * of one measure for all m_phi: W - W0 = 2 p p' (1 - cos psi) does not depend on it.
 * @param E total energy of the incoming lepton [GeV]. */
EOT_FN eot_lfc_likelihood eot_lfc_likelihood_of(EOT_GLOBAL const f32 *table, eot_lfc_table n, real E, real E_f,
                                                real versine) {
    const real beyond = R(1.00001), least_log = R(1e-7);
    eot_lfc_system s = eot_lfc_table_system(n);
    eot_lfc_likelihood l;
    l.q_energy = l.q_angle = l.density = R(0.0);
    if (!(E > (real)n.threshold)) return l;
    real high = eot_lfc_energy_range(s, E, s.m_f, s.m_phi).high, log_range = eot_log(high / s.m_f);
    if (!(log_range > R(0.0)) || E_f > high * beyond) return l;
    eot_lfc_cell e = eot_lfc_cell_from(eot_lfc_grid_place(n, E), n.n_energy);
    real zeta = fmin(fmax(eot_log(E_f / s.m_f), R(0.0)) / log_range, R(1.0));
    eot_lfc_rows r;
    r.place = n.zeta + e.i * (u32)n.n_zeta;
    r.next_row = 0;
    r.next_energy = (u32)n.n_zeta;
    r.of_row = R(0.0);
    r.of_energy = e.f;
    eot_lfc_found energy = eot_lfc_find(table, r, n.n_zeta, zeta);
    if (!(energy.density > R(0.0))) return l;

    real p = sqrt((E - s.m_i) * (E + s.m_i)), p_f = sqrt(fmax((E_f - s.m_f) * (E_f + s.m_f), R(0.0)));
    real W0 = eot_lfc_Q0(s, E, E_f, s.m_f, s.m_phi), two_pp = R(2.0) * p * p_f, rise = versine * two_pp;
    real span = fmin(R(2.0) * two_pp, fmax(eot_lfc_Q_recoil(s, E, E_f, s.m_phi) - W0, R(0.0)));
    if (rise > span * beyond) return l;
    real log_span = fmax(eot_log(R(1.0) + span / W0), least_log);
    real rho = fmin(eot_log(R(1.0) + rise / W0) / log_span, R(1.0));
    eot_lfc_cell row = eot_lfc_cell_from(zeta, n.n_row);
    r.next_row = (u32)n.n_rho;
    r.next_energy = r.next_row * (u32)n.n_row;
    r.place = n.rho + e.i * r.next_energy + row.i * r.next_row;
    r.of_row = row.f;
    eot_lfc_found angle = eot_lfc_find(table, r, n.n_rho, rho);
    l.q_energy = energy.q;
    l.q_angle = angle.q;
    l.density = energy.density / log_range * (angle.density / (log_span * (W0 + rise)));
    return l;
}

#endif
