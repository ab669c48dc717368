/** @file medium.h
 * What a region does to a muon per cm of path: the tables at its kinetic energy, summed over the region's constituents,
 * and over the one or two kinds of layers that a step meets. */
#ifndef EOT_TRANSPORT_MUON_MEDIUM_H
#define EOT_TRANSPORT_MUON_MEDIUM_H

#include "eotmc/transport/muon/state.h"

/** One row of the tables, interpolated linearly in the kinetic energy; units as in enum eot_muon_column. */
typedef struct {
    real loss, loss_slope, rate, kick, xi, inverse_cut, variance, thin;
    u32 i; /* its index: row of the shares */
} eot_muon_row;

/** The row of a material. @param kinetic_energy [GeV], clamped to the tables' range (2^-10 to 2^9 GeV). */
EOT_FN eot_muon_row eot_muon_row_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, i32 material,
                                    real kinetic_energy) {
    eot_octave_cell c = eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_ROW_SHIFT, EOT_MUON_N_ROW);
    EOT_GLOBAL const f32 *a = table + tables->rows + ((u32)material * EOT_MUON_N_ROW + c.i) * EOT_MUON_N_COLUMN;
    EOT_GLOBAL const f32 *b = a + EOT_MUON_N_COLUMN;
    eot_muon_row r;
    r.loss = eot_lerp(a[EOT_MUON_LOSS], b[EOT_MUON_LOSS], c.t);
    /* a row 2^-10 GeV 2^(i/16) spans 1/16 of its octave, 2^-k GeV: the reciprocal of a power of two by its exponent */
    real inverse_width =
        (real)eot_f32_from_bits(0x7f000000u - ((EOT_MUON_FIRST_BITS + (c.i << EOT_MUON_ROW_SHIFT)) & 0x7f800000u)) *
        R(16.0);
    r.loss_slope = ((real)b[EOT_MUON_LOSS] - (real)a[EOT_MUON_LOSS]) * inverse_width;
    r.rate = eot_lerp(a[EOT_MUON_RATE], b[EOT_MUON_RATE], c.t);
    r.kick = eot_lerp(a[EOT_MUON_KICK], b[EOT_MUON_KICK], c.t);
    r.xi = eot_lerp(a[EOT_MUON_XI], b[EOT_MUON_XI], c.t);
    r.inverse_cut = eot_lerp(a[EOT_MUON_INVERSE_CUT], b[EOT_MUON_INVERSE_CUT], c.t);
    r.variance = eot_lerp(a[EOT_MUON_VARIANCE], b[EOT_MUON_VARIANCE], c.t);
    r.thin = (real)a[EOT_MUON_THIN];
    r.i = c.i;
    return r;
}

/** What a region does to a muon per cm of path: sums over its constituents; losses apart for active and passive ones.
 */
typedef struct {
    real rate, kick, loss, slope;    /* 1/cm, GeV^2/cm, GeV/cm; slope: d loss/dT [1/cm] */
    real active_loss, active_xi, xi; /* GeV/cm, of the active constituents; xi of all */
    real inverse_cut;                /* 1/GeV, the same in all materials of a density above 0 */
    real active_variance, variance;  /* GeV^2/cm */
    real thin, active_thin;          /* GeV, largest of the passive, of the active constituents: EOT_MUON_THIN */
    i32 is_thin;                     /* active layers between others */
    u32 i;                           /* row of the shares */
} eot_muon_medium;

/** The medium of a region. @param kinetic_energy [GeV]. */
EOT_HOT_FN eot_muon_medium eot_muon_medium_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                              EOT_GLOBAL const eot_region *region, real kinetic_energy) {
    eot_muon_medium m;
    m.rate = m.kick = m.loss = m.slope = m.active_loss = m.active_xi = m.xi = m.inverse_cut = m.active_variance =
        m.variance = m.thin = m.active_thin = R(0.0);
    m.i = 0u;
    m.is_thin = 0;
    i32 i = 0;
    EOT_ROLLED
    do {
        eot_muon_row r = eot_muon_row_at(table, tables, region->material[i], kinetic_energy);
        real f = (real)region->fraction[i], seen = region->active[i] != 0 ? f : R(0.0);
        m.rate = fma(f, r.rate, m.rate);
        m.kick = fma(f, r.kick, m.kick);
        m.loss = fma(f, r.loss, m.loss);
        m.slope = fma(f, r.loss_slope, m.slope);
        m.xi = fma(f, r.xi, m.xi);
        m.variance = fma(f, r.variance, m.variance);
        m.active_loss = fma(seen, r.loss, m.active_loss);
        m.active_xi = fma(seen, r.xi, m.active_xi);
        m.active_variance = fma(seen, r.variance, m.active_variance);
        m.inverse_cut = fmax(m.inverse_cut, r.inverse_cut);
        m.thin = fmax(m.thin, region->active[i] != 0 ? R(0.0) : r.thin);
        m.active_thin = fmax(m.active_thin, region->active[i] != 0 ? r.thin : R(0.0));
        m.i = r.i;
        m.is_thin = region->active[i] > 1 ? 1 : m.is_thin;
        i++;
    } while (i < region->n_constituent);
    return m;
}

/** The same sums along a path that lies in two media: loss, xi in GeV, variances in GeV^2, slope without unit. */
typedef struct {
    real loss, slope, active_loss, active_xi, xi, inverse_cut, active_variance, variance, thin, active_thin;
    i32 is_thin;
} eot_muon_medium_path;

/** Sums along a path. @param path [cm], of which `path_other` is in the medium `other` and the rest in `first`. */
EOT_OFTEN_FN eot_muon_medium_path eot_muon_medium_along(eot_muon_medium first, eot_muon_medium other, real path,
                                                        real path_other) {
    real path_first = path - path_other;
    eot_muon_medium_path p;
    p.loss = fma(path_other, other.loss, path_first * first.loss);
    p.slope = fma(path_other, other.slope, path_first * first.slope);
    p.active_loss = fma(path_other, other.active_loss, path_first * first.active_loss);
    p.active_xi = fma(path_other, other.active_xi, path_first * first.active_xi);
    p.xi = fma(path_other, other.xi, path_first * first.xi);
    p.inverse_cut = fmax(first.inverse_cut, other.inverse_cut);
    p.active_variance = fma(path_other, other.active_variance, path_first * first.active_variance);
    p.variance = fma(path_other, other.variance, path_first * first.variance);
    p.thin = fmax(first.thin, other.thin);
    p.active_thin = fmax(first.active_thin, other.active_thin);
    p.is_thin = first.is_thin | other.is_thin;
    return p;
}

/** Share of the path in active constituents, 0 to 1. */
EOT_FN real eot_muon_active_share(EOT_GLOBAL const eot_region *region) {
    real share = R(0.0);
    EOT_ROLLED
    for (i32 i = 0; i < region->n_constituent; i++)
        share += region->active[i] != 0 ? (real)region->fraction[i] : R(0.0);
    return share;
}

/** Capture rate of a stopped mu- [1/ns], mean over the constituents' paths. */
EOT_FN real eot_muon_capture_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                  EOT_GLOBAL const eot_region *region) {
    real rate = R(0.0);
    EOT_ROLLED
    for (i32 i = 0; i < region->n_constituent; i++)
        rate =
            fma((real)region->fraction[i],
                (real)table[tables->materials + (u32)region->material[i] * EOT_MUON_N_CONSTANT + EOT_MUON_CAPTURE_RATE],
                rate);
    return rate;
}

#endif
