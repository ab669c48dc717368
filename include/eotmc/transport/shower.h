/** @file shower.h
 * Showers of particles below the cut, in the form of G. Grindhammer and S. Peters, hep-ex/0001020: longitudinal Gamma distribution with correlated
 * fluctuations of ln T and ln alpha, lateral two-component profile. Energy is deposited in spots, stratified in depth, so that few spots do.
 * The published constants are 0.5-1 X0 too shallow for this calorimeter and break down below 60 MeV: the longitudinal ones are configuration. The lateral ones
 * are the published sampling constants without their dependence on the sampling structure (second order here: the 6x6 cells see mostly the explicit cascade). */
#ifndef EOT_TRANSPORT_SHOWER_H
#define EOT_TRANSPORT_SHOWER_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/setup.h"
#include "eotmc/math/random.h"

/** Index of the slab that holds z, -1 in front of all, n_slab behind all. */
EOT_FN i32 eot_slab_at(EOT_GLOBAL const eot_slab *slab, i32 n_slab, f32 z) {
    i32 i = -1;
    while (i + 1 < n_slab && z >= slab[i + 1].z0) i++;
    return i >= 0 && z >= slab[n_slab - 1].z1 ? n_slab : i;
}

/** Add deposited energy at a point: ledger, cells, visible energy. @param counts energy. @param visible counts seen in active material. */
EOT_FN void eot_deposit_at(EOT_GLOBAL i64 *acc, EOT_GLOBAL const eot_slab *slab, i32 n_slab, i32 i_slab, f32 x, f32 y, i64 counts, i64 visible) {
    if (i_slab < 0 || i_slab >= n_slab) {
        acc[i_slab < 0 ? EOT_ACC_LEDGER_OTHER : EOT_ACC_LEDGER_REAR] += counts;
        return;
    }
    f32 dx = x - slab[i_slab].center_x, dy = y - slab[i_slab].center_y, hx = slab[i_slab].half_x, hy = slab[i_slab].half_y;
    i32 role = slab[i_slab].role, module = slab[i_slab].module;
    if (fabs(dx) >= hx || fabs(dy) >= hy) {
        acc[EOT_ACC_LEDGER_SIDE] += counts;
        return;
    }
    acc[role == EOT_ROLE_ECAL ? EOT_ACC_LEDGER_ECAL : role == EOT_ROLE_VETO ? EOT_ACC_LEDGER_VETO : role == EOT_ROLE_HCAL ? EOT_ACC_LEDGER_HCAL : EOT_ACC_LEDGER_OTHER] += counts;
    if (role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += visible;
    if (role == EOT_ROLE_HCAL) acc[EOT_ACC_HCAL_VISIBLE + module] += visible;
    if (slab[i_slab].first_cell >= 0) {
        i32 nx = slab[i_slab].cells_x, ny = slab[i_slab].cells_y;
        i32 ix = (i32)((dx + hx) / (2.0f * hx) * (f32)nx), iy = (i32)((dy + hy) / (2.0f * hy) * (f32)ny);
        ix = ix < nx ? ix : nx - 1;
        iy = iy < ny ? iy : ny - 1;
        acc[slab[i_slab].first_cell + iy * nx + ix] += role == EOT_ROLE_HCAL ? visible : counts;
    }
}

/** Longitudinal profile histogram that a shower run may fill: counts per bin of depth. */
typedef struct {
    i32 n_bin;        /* 0: none */
    f32 z0, inverse_width;
} eot_profile_binning;

/** Deposit a shower below the cut.
 * @param counts its energy in counts, all of which is deposited or counted as leakage. @param energy the same in GeV. @param is_photon it begins with a photon.
 * @param x,y,z where it begins [cm]. @param sx,sy slopes. @param profile n_bin counters, filled if binning.n_bin > 0.
 * @return the advanced random cursor. */
EOT_FN eot_random eot_shower_deposit(EOT_GLOBAL const f32 *table, eot_shower_constants c, EOT_GLOBAL const eot_slab *slab, i32 n_slab, EOT_GLOBAL i64 *acc, i64 counts,
                                     f32 energy, i32 is_photon, f32 x, f32 y, f32 z, f32 sx, f32 sy, eot_random random, EOT_GLOBAL i64 *profile,
                                     eot_profile_binning binning) {
    i32 start = eot_slab_at(slab, n_slab, z);
    if (counts <= 0) return random;
    if (start >= n_slab) {
        acc[EOT_ACC_LEDGER_REAR] += counts;
        return random;
    }
    i32 medium = start < 0 ? 0 : start;
    while (medium + 1 < n_slab && slab[medium].inverse_X0 < 1e-3f) medium++; /* from a gap: the next calorimeter's constants */
    f32 log_y = eot_log(fmax(energy, 1e-6f)) - slab[medium].log_critical_energy;
    eot_u32x4 block = eot_random_block(random);
    random.draw++;
    eot_normal_pair n = eot_normal(block.x, block.y);
    f32 rho = c.rho[0] + c.rho[1] * log_y;
    rho = fmin(fmax(rho, -0.99f), 0.99f);
    f32 c_plus = sqrt(0.5f * (1.0f + rho)), c_minus = sqrt(0.5f * (1.0f - rho));
    f32 denominator_T = c.sigma_T[0] + c.sigma_T[1] * log_y, denominator_alpha = c.sigma_alpha[0] + c.sigma_alpha[1] * log_y;
    f32 sigma_T = denominator_T > 2.0f ? 1.0f / denominator_T : 0.5f, sigma_alpha = denominator_alpha > 2.0f ? 1.0f / denominator_alpha : 0.5f;
    f32 T_mean = fmax(c.T[0] + c.T[1] * log_y, c.T[2]), alpha_mean = fmax(c.alpha[0] + c.alpha[1] * log_y, c.alpha[2]);
    f32 T = T_mean * eot_exp(sigma_T * (c_plus * n.a + c_minus * n.b)), alpha = fmax(alpha_mean * eot_exp(sigma_alpha * (c_plus * n.a - c_minus * n.b)), 1.05f);
    f32 inverse_beta = T / (alpha - 1.0f);
    f32 first_path = is_photon ? -c.photon_length * eot_log(eot_uniform(block.z)) : 0.0f; /* X0 before the first conversion */
    f32 log_E = log_y + slab[medium].log_critical_energy;
    f32 alpha_position = fmin(fmax((alpha - c.first_alpha) * c.inverse_alpha_step, 0.0f), (f32)c.n_alpha - 1.001f);
    i32 i_alpha = (i32)alpha_position;
    f32 f_alpha = alpha_position - (f32)i_alpha;
    EOT_GLOBAL const f32 *row = table + c.quantile + (u32)i_alpha * (u32)(c.n_quantile + 1);
    i32 n_spot = (i32)(energy / c.spot_energy) + 1;
    n_spot = n_spot > 256 ? 256 : n_spot;
    i64 share = counts / n_spot;
    for (i32 i = 0; i < n_spot; i++) {
        block = eot_random_block(random);
        random.draw++;
        /* depth: one quantile per stratum */
        f32 u = ((f32)i + eot_uniform(block.x)) / (f32)n_spot;
        f32 w = fmin(-eot_log(fmax(1.0f - u, 1e-7f)) * c.inverse_quantile_step, (f32)c.n_quantile - 0.001f);
        i32 iw = (i32)w;
        f32 fw = w - (f32)iw;
        f32 low = fma(fw, row[iw + 1] - row[iw], row[iw]);
        f32 high = fma(fw, row[c.n_quantile + 1 + iw + 1] - row[c.n_quantile + 1 + iw], row[c.n_quantile + 1 + iw]);
        f32 t = fma(f_alpha, high - low, low) * inverse_beta;
        /* along the axis to depth t */
        f32 left = t + first_path, z_spot = z;
        i32 k = start < 0 ? 0 : start;
        if (start < 0) z_spot = slab[0].z0;
        while (k < n_slab) {
            f32 available = (slab[k].z1 - z_spot) * slab[k].inverse_X0;
            if (left < available) break;
            left -= available;
            z_spot = slab[k].z1;
            k++;
        }
        if (k < n_slab) z_spot += left / slab[k].inverse_X0;
        /* radius: Grindhammer-Peters, homogeneous media, Z of the absorber absorbed in the constants of lead */
        f32 tau = fmin(t / T, 4.0f);
        f32 R_core = fmax(0.0251f + 0.00319f * log_E + 0.085f * tau, 0.01f);
        f32 R_tail = 0.4056f * (eot_exp(-2.59f * (tau - 0.645f)) + eot_exp((0.3585f + 0.0421f * log_E) * (tau - 0.645f)));
        f32 shape = (0.554f - tau) / fmax(1.313f - 0.0686f * log_E, 0.2f);
        f32 p_core = fmin(fmax(2.555f * eot_exp(shape - eot_exp(shape)), 0.0f), 1.0f);
        f32 radius_scale = eot_uniform(block.y) < p_core ? R_core : R_tail;
        f32 v = eot_uniform(block.z);
        f32 r = fmin(radius_scale * sqrt(v / (1.0f - v)), 50.0f) * slab[medium].moliere_radius, turn = eot_uniform(block.w);
        f32 dz = z_spot - z;
        i64 spot = i + 1 < n_spot ? share : counts - share * (n_spot - 1);
        i64 visible = k < n_slab ? (i64)((f64)spot * (f64)slab[k].shower_visible) : 0;
        eot_deposit_at(acc, slab, n_slab, k, x + sx * dz + r * eot_cos_turn(turn), y + sy * dz + r * eot_sin_turn(turn), spot, visible);
        if (binning.n_bin > 0 && k < n_slab) {
            i32 bin = (i32)((z_spot - binning.z0) * binning.inverse_width);
            if (bin >= 0 && bin < binning.n_bin) profile[bin] += spot;
        }
    }
    return random;
}

#endif
