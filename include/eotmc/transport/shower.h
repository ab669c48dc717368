/** @file shower.h
 * Showers of particles below the cut, in the form of G. Grindhammer and S. Peters, hep-ex/0001020 ("GP"): energy falls
 * along the axis as a Gamma distribution whose mean and shape grow with the logarithm of the energy and fluctuate
 * together, and sideways as two terms in r^2. What differs from the paper, because its constants are 0.5-1 X0 too
 * shallow for fine sampling calorimeters and its form breaks down below 60 MeV:
 * - the free quantities are the mean depth m = alpha/beta and alpha (GP: depth of the maximum T = (alpha - 1)/beta,
 * which has no meaning for alpha < 1), as functions of L = ln(1 + E/Ec): m = d0 + d1 L + d2 L^2, alpha = max(a0 + a1 L
 * + a2 exp(-L), a3) (GP: straight lines in ln(E/Ec), which both become);
 * - a photon first travels an exponential path, of the length that pair production and Compton scattering give at its
 * energy, and then showers like an electron of half its energy; an electron starts at once;
 * - the constants are configuration (physics.shower.*), fitted once by tools/fit_shower.c;
 * - radii are cut at radius_max: the r^2 terms have no end, real showers fall exponentially out there. Its default
 * leaves 0.10 to 0.13 GeV of a 100 GeV shower outside the NA64 ECAL in all (rear, side, front), by cut; the full
 * simulation 0.11 GeV;
 * - backscatter_share of this energy (not of what particles above the cut lose by ionisation) goes back from where it
 * would be deposited, over an exponential path of mean backscatter_length: photons of 1 to 2 MeV, which carry energy
 * against the shower and out of the front face. The share comes from the same fit. The lateral constants are GP's for
 * sampling calorimeters as published. Energy comes in spots, stratified in depth within a shower. */
#ifndef EOT_TRANSPORT_SHOWER_H
#define EOT_TRANSPORT_SHOWER_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/accumulator.h"
#include "eotmc/math/random.h"

/** Index of the slab that holds z, -1 in front of all, n_slab behind all. */
EOT_FN i32 eot_slab_at(EOT_GLOBAL const eot_slab *slab, i32 n_slab, f32 z) {
    i32 i = -1;
    while (i + 1 < n_slab && z >= slab[i + 1].z0) i++;
    return i >= 0 && z >= slab[n_slab - 1].z1 ? n_slab : i;
}

/** A place along the beam: slab (-1 in front of all, n_slab behind all) and z [cm]. */
typedef struct {
    i32 slab;
    f32 z;
} eot_slab_place;

/** Where a path [X0] along the beam ends. @param from where it starts: in a slab. */
EOT_FN eot_slab_place eot_slab_forward(EOT_GLOBAL const eot_slab *slab, i32 n_slab, eot_slab_place from, f32 path) {
    while (from.slab < n_slab) {
        f32 available = (slab[from.slab].z1 - from.z) * slab[from.slab].inverse_X0;
        if (path < available) {
            from.z += path / slab[from.slab].inverse_X0;
            break;
        }
        path -= available;
        from.z = slab[from.slab].z1;
        from.slab++;
    }
    return from;
}

/** The same against the beam. A path that passes all slabs ends at -1. */
EOT_FN eot_slab_place eot_slab_backward(EOT_GLOBAL const eot_slab *slab, eot_slab_place from, f32 path) {
    while (from.slab >= 0) {
        f32 available = (from.z - slab[from.slab].z0) * slab[from.slab].inverse_X0;
        if (path < available) {
            from.z -= path / slab[from.slab].inverse_X0;
            break;
        }
        path -= available;
        from.z = slab[from.slab].z0;
        from.slab--;
    }
    return from;
}

/** Where the ledger has the energy left in a volume of that role. */
EOT_FN i32 eot_ledger_of_role(i32 role) {
    return role == EOT_ROLE_ECAL   ? EOT_ACC_LEDGER_ECAL
           : role == EOT_ROLE_VETO ? EOT_ACC_LEDGER_VETO
           : role == EOT_ROLE_HCAL ? EOT_ACC_LEDGER_HCAL
                                   : EOT_ACC_LEDGER_OTHER;
}

/** Add deposited energy at a point: ledger, cells, visible energy. @param counts energy. @param visible counts seen in
 * active material.
 * @return 1 if it is inside the slab, 0 if it is lost. */
EOT_FN i32 eot_deposit_at(EOT_GLOBAL i64 *acc, EOT_GLOBAL const eot_slab *slab, i32 n_slab, i32 i_slab, f32 x, f32 y,
                          i64 counts, i64 visible) {
    if (i_slab < 0 || i_slab >= n_slab) {
        acc[i_slab < 0 ? EOT_ACC_LEDGER_FRONT : EOT_ACC_LEDGER_REAR] += counts;
        return 0;
    }
    f32 dx = x - slab[i_slab].center_x, dy = y - slab[i_slab].center_y, hx = slab[i_slab].half_x,
        hy = slab[i_slab].half_y;
    i32 role = slab[i_slab].role, module = slab[i_slab].module;
    if (fabs(dx) >= hx || fabs(dy) >= hy) {
        acc[EOT_ACC_LEDGER_SIDE] += counts;
        return 0;
    }
    acc[module == EOT_MODULE_IN_FRONT ? EOT_ACC_LEDGER_FRONT : eot_ledger_of_role(role)] += counts;
    if (role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += visible;
    if (role == EOT_ROLE_HCAL) acc[EOT_ACC_HCAL_VISIBLE + module] += visible;
    if (slab[i_slab].first_cell >= 0) {
        i32 nx = slab[i_slab].cells_x, ny = slab[i_slab].cells_y;
        i32 ix = (i32)((dx + hx) / (2.0f * hx) * (f32)nx), iy = (i32)((dy + hy) / (2.0f * hy) * (f32)ny);
        ix = ix < nx ? ix : nx - 1;
        iy = iy < ny ? iy : ny - 1;
        acc[slab[i_slab].first_cell + iy * nx + ix] += role == EOT_ROLE_HCAL ? visible : counts;
    }
    return 1;
}

/** Longitudinal profile histogram that a shower run may fill: counts per bin of depth. */
typedef struct {
    i32 n_bin; /* 0: none */
    f32 z0, inverse_width;
} eot_profile_binning;

/** Where a shower begins and where it heads: position [cm], slopes dx/dz, dy/dz. */
typedef struct {
    f32 x, y, z, sx, sy;
} eot_shower_axis;

/** Mean depth m [X0] (from where the shower proper starts) and shape alpha of a sub-cut shower, before fluctuations.
 * @param L ln(1 + E/Ec), E halved for a photon. */
EOT_FN f32 eot_shower_mean_depth(eot_shower_constants c, f32 L) {
    return fmax(fma(fma(c.depth[2], L, c.depth[1]), L, c.depth[0]), 0.05f);
}
EOT_FN f32 eot_shower_alpha(eot_shower_constants c, f32 L) {
    return fmax(fmax(c.alpha[0] + c.alpha[1] * L + c.alpha[2] * eot_exp(-L), c.alpha[3]), c.first_alpha);
}

/** Mean path [X0] of a photon before it converts: l0 (1 + (l1/E)^l2), at most l3. */
EOT_FN f32 eot_shower_photon_length(eot_shower_constants c, f32 energy) {
    return fmin(c.photon_length[0] *
                    (1.0f + eot_exp(c.photon_length[2] * eot_log(c.photon_length[1] / fmax(energy, 1e-6f)))),
                c.photon_length[3]);
}

/** Energy [GeV] above which mean depth and shape fluctuate: showers below are one or two spots, which do. The spreads
 * grow in with the logarithm of the energy up to 1 GeV (the published ones start at 0.5 GeV): where they start at once,
 * mean profiles of neighbouring energies differ by more than alpha(L) can undo. */
#define EOT_SHOWER_FLUCTUATION_ENERGY 0.05f

/** Standard deviations of ln m and ln alpha at L. @param log_energy ln(E/GeV), E at least
 * EOT_SHOWER_FLUCTUATION_ENERGY. */
EOT_FN f32 eot_shower_sigma(f32 s0, f32 s1, f32 L, f32 log_energy) {
    f32 denominator = fma(s1, L, s0), share = fmin(fma(0.33380821f, log_energy, 1.0f), 1.0f); /* 1/ln(20) */
    return share * (denominator > 2.5f ? 1.0f / denominator : 0.4f);
}

/** Radius [Moliere radii] by GP's sampling constants. @param tau depth/T. @param uniform_component, uniform_radius in
 * (0, 1). */
EOT_FN f32 eot_shower_radius(f32 tau, f32 log_E, f32 Z, f32 one_minus_e_hat, f32 inverse_frequency, f32 radius_max,
                             f32 uniform_component, f32 uniform_radius) {
    f32 decay = eot_exp(-tau) * inverse_frequency, off = tau - 1.0f;
    f32 shape = (0.401f + 0.00187f * Z - tau) / fmax(1.313f - 0.0686f * log_E, 0.2f);
    f32 p_core = (2.632f - 0.00094f * Z) * eot_exp(shape - eot_exp(shape)) +
                 one_minus_e_hat * (0.348f - 0.642f * inverse_frequency * eot_exp(-off * off));
    f32 R = 0.0251f + 0.00319f * log_E + (0.1162f - 0.000381f * Z) * tau - 0.0203f * one_minus_e_hat + 0.0397f * decay;
    if (uniform_component >= p_core)
        R = (0.659f - 0.00309f * Z) *
                (eot_exp(-2.59f * (tau - 0.645f)) + eot_exp((0.3585f + 0.0421f * log_E) * (tau - 0.645f))) -
            0.14f * one_minus_e_hat - 0.495f * decay;
    R = fmax(R, 0.01f);
    f32 v = uniform_radius / (1.0f + R * R / (radius_max * radius_max)); /* fraction of the term inside radius_max */
    return R * sqrt(v / (1.0f - v));
}

/** Deposit energy that showers below the cut.
 * @param counts energy in counts, all of which is deposited or counted as leakage. @param energy the same in GeV: how
 * many spots there are.
 * @param shape_energy energy [GeV] of the particle whose shower gives the places of the spots. @param is_photon that is
 * a photon.
 * @param profile n_bin counters, filled if binning.n_bin > 0. Random blocks: one a spot, and one more from
 * EOT_SHOWER_FLUCTUATION_ENERGY on.
 * @return the advanced random cursor. */
EOT_FN eot_random eot_shower_deposit(EOT_GLOBAL const f32 *table, eot_shower_constants c,
                                     EOT_GLOBAL const eot_slab *slab, i32 n_slab, EOT_GLOBAL i64 *acc, i64 counts,
                                     f32 energy, f32 shape_energy, i32 is_photon, eot_shower_axis axis,
                                     eot_random random, EOT_GLOBAL i64 *profile, eot_profile_binning binning) {
    i32 start = eot_slab_at(slab, n_slab, axis.z);
    if (counts <= 0) return random;
    if (start >= n_slab) {
        acc[EOT_ACC_LEDGER_REAR] += counts;
        return random;
    }
    i32 medium = start < 0 ? 0 : start;
    while (medium + 1 < n_slab && slab[medium].inverse_X0 < 1e-3f)
        medium++; /* from a gap: the next calorimeter's constants */
    f32 log_E = eot_log(fmax(shape_energy, 1e-6f));
    f32 L = eot_log(1.0f + (is_photon ? 0.5f : 1.0f) * eot_exp(log_E - slab[medium].log_critical_energy));
    f32 m = eot_shower_mean_depth(c, L), alpha = eot_shower_alpha(c, L);
    f32 inverse_T =
        fmax(alpha, 2.0f) / (fmax(alpha, 2.0f) - 1.0f); /* T = m (alpha - 1)/alpha where that means something */
    f32 photon_length = is_photon ? eot_shower_photon_length(c, shape_energy) : 0.0f;
    i32 n_spot = (i32)(energy / c.spot_energy + 0.5f), is_one_conversion = 0;
    n_spot = n_spot < 1 ? 1 : n_spot > 256 ? 256 : n_spot;
    f32 first_path = 0.0f;
    if (shape_energy >= EOT_SHOWER_FLUCTUATION_ENERGY) {
        eot_u32x4 block = eot_random_block(random);
        random.draw++;
        eot_normal_pair n = eot_normal(block.x, block.y);
        f32 c_plus = sqrt(0.5f * (1.0f + c.rho)), c_minus = sqrt(0.5f * (1.0f - c.rho));
        f32 sigma_m = eot_shower_sigma(c.sigma_depth[0], c.sigma_depth[1], L, log_E),
            sigma_alpha = eot_shower_sigma(c.sigma_alpha[0], c.sigma_alpha[1], L, log_E);
        m *= eot_exp(sigma_m * (c_plus * n.a + c_minus * n.b - 0.5f * sigma_m));
        alpha = fmax(alpha * eot_exp(sigma_alpha * (c_plus * n.a - c_minus * n.b - 0.5f * sigma_alpha)), c.first_alpha);
        first_path = -photon_length * eot_log(eot_uniform(block.z));
        is_one_conversion = 1;
    }
    inverse_T /= m;
    f32 scale = m / alpha,
        alpha_position = fmin((alpha - c.first_alpha) * c.inverse_alpha_step, (f32)c.n_alpha - 1.001f);
    i32 i_alpha = (i32)alpha_position;
    f32 f_alpha = alpha_position - (f32)i_alpha;
    EOT_GLOBAL const f32 *row = table + c.quantile + (u32)i_alpha * (u32)(c.n_quantile + 1);
    i64 share = counts / n_spot;
    eot_slab_place begin = {start < 0 ? 0 : start, start < 0 ? slab[0].z0 : axis.z};
    f32 inverse_n = 1.0f / (f32)n_spot;
    for (i32 i = 0; i < n_spot; i++) {
        eot_u32x4 block = eot_random_block(random);
        random.draw++;
        /* depth: one quantile per stratum */
        f32 u = ((f32)i + eot_uniform(block.x)) * inverse_n;
        f32 w = fmin(fmax((eot_log(u / fmax(1.0f - u, 1e-7f)) - c.first_logit) * c.inverse_quantile_step, 0.0f),
                     (f32)c.n_quantile - 0.001f);
        i32 iw = (i32)w;
        f32 fw = w - (f32)iw;
        f32 low = fma(fw, row[iw + 1] - row[iw], row[iw]);
        f32 high = fma(fw, row[c.n_quantile + 1 + iw + 1] - row[c.n_quantile + 1 + iw], row[c.n_quantile + 1 + iw]);
        f32 t = fma(f_alpha, high - low, low) * scale;
        /* words: y upper half turn, lower half component; w radius; z a lone photon's first path */
        f32 path = is_one_conversion ? first_path : -photon_length * eot_log(eot_uniform(block.z));
        eot_slab_place place = eot_slab_forward(slab, n_slab, begin, t + path);
        /* what scatters back: one number gives the radius and the way back, since what goes far back goes far aside */
        f32 uniform_radius = eot_uniform(block.w), share_back = c.backscatter_share;
        if (uniform_radius < share_back) {
            uniform_radius /= share_back;
            if (place.slab < n_slab)
                place =
                    eot_slab_backward(slab, place, -c.backscatter_length * eot_log(fmax(1.0f - uniform_radius, 1e-7f)));
        } else {
            uniform_radius = (uniform_radius - share_back) / (1.0f - share_back);
        }
        f32 turn = (f32)(block.y >> 16) * 1.52587890625e-5f, component = (f32)(block.y & 0xffffu) * 1.52587890625e-5f;
        f32 r = slab[medium].moliere_radius *
                eot_shower_radius(fmin(t * inverse_T, 4.0f), log_E, slab[medium].Z, slab[medium].one_minus_e_hat,
                                  slab[medium].inverse_sampling_frequency, c.radius_max, component, uniform_radius);
        f32 dz = place.z - axis.z;
        i64 spot = i + 1 < n_spot ? share : counts - share * (n_spot - 1);
        i64 visible =
            place.slab >= 0 && place.slab < n_slab ? (i64)((f64)spot * (f64)slab[place.slab].shower_visible) : 0;
        i32 is_inside = eot_deposit_at(acc, slab, n_slab, place.slab, axis.x + axis.sx * dz + r * eot_cos_turn(turn),
                                       axis.y + axis.sy * dz + r * eot_sin_turn(turn), spot, visible);
        if (binning.n_bin > 0 && is_inside) {
            i32 bin = (i32)floor((place.z - binning.z0) * binning.inverse_width);
            if (bin >= 0 && bin < binning.n_bin) profile[bin] += spot;
        }
    }
    return random;
}

/** Energy below the size of a spot waits here for more. One of what came in, chosen in proportion to energy, gives the
 * place and the shower of the spot that all of it makes: the mean deposit is as if each had a spot of its own. */
typedef struct {
    i64 counts;
    f32 energy, shape_energy; /* GeV */
    i32 is_photon;
    eot_shower_axis axis;
} eot_spot_reservoir;

EOT_FN eot_spot_reservoir eot_spot_reservoir_add(eot_spot_reservoir r, i64 counts, f32 energy, f32 shape_energy,
                                                 i32 is_photon, eot_shower_axis axis, f32 uniform) {
    r.counts += counts;
    r.energy += energy;
    if (uniform * r.energy < energy) {
        r.shape_energy = shape_energy;
        r.is_photon = is_photon;
        r.axis = axis;
    }
    return r;
}

#endif
