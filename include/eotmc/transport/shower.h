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
 * - the constants are configuration (physics.shower.*), fitted once by tools/fit_shower.c to NA64's ECAL. In other
 * matter, mean depth and alpha from 0.2 GeV on come from the cascade itself (host/world/calibrate_showers.h), so that a
 * profile does not know the cut; below that the constants stay;
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

#include "eotmc/math/random.h"
#include "eotmc/transport/deposit.h"

/** Energy that showers below the cut. */
typedef struct {
    i64 counts;       /* energy as counts */
    f32 energy;       /* the same in GeV: how many spots there are */
    f32 shape_energy; /* GeV, of the particle whose shower gives the places of the spots */
    i32 is_photon;    /* whether that is a photon */
    eot_shower_axis axis;
} eot_subcut_shower;

/** Showers below the cut that one step of the cascade leaves at most: a photon, the rest of the radiation, two
 * daughters. */
#define EOT_MOST_LEFT 4

/** Such showers, where their deposits come later. */
struct eot_shower_queue {
    i32 n, n_begun;                          /* showers, and how many of them have been taken out */
    eot_subcut_shower shower[EOT_MOST_LEFT]; /* in the order of their deposits */
};

/** No energy. */
EOT_FN eot_subcut_shower eot_subcut_shower_none(void) {
    eot_subcut_shower s;
    s.counts = 0;
    s.energy = s.shape_energy = 0.0f;
    s.is_photon = 0;
    s.axis.x = s.axis.y = s.axis.z = s.axis.sx = s.axis.sy = 0.0f;
    return s;
}

/** A particle below the cut where it stands. @param energy [GeV]. */
EOT_FN eot_subcut_shower eot_subcut_shower_of(i64 counts, f32 energy, i32 is_photon, eot_shower_axis axis) {
    eot_subcut_shower s;
    s.counts = counts;
    s.energy = s.shape_energy = energy;
    s.is_photon = is_photon;
    s.axis = axis;
    return s;
}

/** Two showers in one, for energies below the size of a spot: one of them, chosen in proportion to energy, gives the
 * place and the shape of the spot that both make, so that the mean deposit is as if each had a spot of its own. @param
 * waiting what was there. @param more what comes in. @param uniform in (0, 1). */
EOT_FN eot_subcut_shower eot_subcut_shower_joined(eot_subcut_shower waiting, eot_subcut_shower more, f32 uniform) {
    waiting.counts += more.counts;
    waiting.energy += more.energy;
    if (uniform * waiting.energy < more.energy) {
        waiting.shape_energy = more.shape_energy;
        waiting.is_photon = more.is_photon;
        waiting.axis = more.axis;
    }
    return waiting;
}

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

/** Mean depth and shape of a sub-cut shower before fluctuations. */
typedef struct {
    f32 m;     /* X0, from where the shower proper starts: a photon's conversion, an electron's place */
    f32 alpha; /* of the Gamma distribution */
} eot_shower_shape;

/** The shape of a shower: from the constants, or where the matter has a calibration of its own, from the first node of
 * that on (the lowest cut, below which no cascade is followed that could be compared with).
 * @param own eot_deposit_volume.shower_table. @param log_E ln(E/GeV). @param L ln(1 + E/Ec), E halved for a photon. */
EOT_FN eot_shower_shape eot_shower_shape_at(EOT_GLOBAL const f32 *table, eot_shower_constants c, u32 own, i32 is_photon,
                                            f32 log_E, f32 L) {
    eot_shower_shape s;
    f32 place = (log_E - c.own_log_first) * c.own_inverse_log_step;
    s.m = eot_shower_mean_depth(c, L);
    s.alpha = eot_shower_alpha(c, L);
    if (own != 0u && place >= 0.0f) {
        f32 at = fmin(place, (f32)c.n_own - 1.001f);
        i32 i = (i32)at;
        EOT_GLOBAL const f32 *row =
            table + own + (u32)i * EOT_SHOWER_N_COLUMN + (is_photon ? (u32)EOT_SHOWER_PHOTON : (u32)EOT_SHOWER_DEPTH);
        s.m = fma(at - (f32)i, row[EOT_SHOWER_N_COLUMN] - row[0], row[0]);
        s.alpha = fma(at - (f32)i, row[EOT_SHOWER_N_COLUMN + 1] - row[1], row[1]);
    }
    return s;
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

/** The form of one shower, with its fluctuations. */
typedef struct {
    f32 log_E;             /* ln of shape_energy/GeV */
    f32 inverse_T;         /* 1/X0: 1/(depth of its maximum) */
    f32 scale;             /* X0: depths are Gamma quantiles times this */
    f32 photon_length;     /* X0, mean path of a photon before it converts; 0: no photon */
    f32 first_path;        /* X0, that of all spots if is_one_conversion; otherwise each spot has its own */
    i32 is_one_conversion; /* whether one conversion makes the whole shower */
    u32 row;               /* of the quantiles in the f32 table */
    f32 f_alpha;           /* place between that row and the next */
} eot_shower_form;

/** Sample the form. @param log_critical_energy ln(Ec/GeV) of the medium. @param own its
 * eot_deposit_volume.shower_table. @param fluctuates whether mean depth and shape do: from
 * EOT_SHOWER_FLUCTUATION_ENERGY on. @param block used if they do. */
EOT_FN eot_shower_form eot_shower_form_sample(EOT_GLOBAL const f32 *table, eot_shower_constants c,
                                              eot_subcut_shower shower, f32 log_critical_energy, u32 own,
                                              i32 fluctuates, eot_u32x4 block) {
    eot_shower_form f;
    f.log_E = eot_log(fmax(shower.shape_energy, 1e-6f));
    f32 L = eot_log(1.0f + (shower.is_photon ? 0.5f : 1.0f) * eot_exp(f.log_E - log_critical_energy));
    eot_shower_shape shape = eot_shower_shape_at(table, c, own, shower.is_photon, f.log_E, L);
    f32 m = shape.m, alpha = shape.alpha;
    f.inverse_T = /* T = m (alpha - 1)/alpha where that means something */
        fmax(alpha, 2.0f) / (fmax(alpha, 2.0f) - 1.0f);
    f.photon_length = shower.is_photon ? eot_shower_photon_length(c, shower.shape_energy) : 0.0f;
    f.first_path = 0.0f;
    f.is_one_conversion = fluctuates;
    if (fluctuates) {
        eot_normal_pair n = eot_normal(block.x, block.y);
        f32 c_plus = sqrt(0.5f * (1.0f + c.rho)), c_minus = sqrt(0.5f * (1.0f - c.rho));
        f32 sigma_m = eot_shower_sigma(c.sigma_depth[0], c.sigma_depth[1], L, f.log_E),
            sigma_alpha = eot_shower_sigma(c.sigma_alpha[0], c.sigma_alpha[1], L, f.log_E);
        m *= eot_exp(sigma_m * (c_plus * n.a + c_minus * n.b - 0.5f * sigma_m));
        alpha = fmax(alpha * eot_exp(sigma_alpha * (c_plus * n.a - c_minus * n.b - 0.5f * sigma_alpha)), c.first_alpha);
        f.first_path = -f.photon_length * eot_log(eot_uniform(block.z));
    }
    f.inverse_T /= m;
    f.scale = m / alpha;
    f32 position = fmin((alpha - c.first_alpha) * c.inverse_alpha_step, (f32)c.n_alpha - 1.001f);
    i32 i_alpha = (i32)position;
    f.f_alpha = position - (f32)i_alpha;
    f.row = c.quantile + (u32)i_alpha * (u32)(c.n_quantile + 1);
    return f;
}

/** Depth [X0] of a spot along the shower: a quantile of its Gamma distribution. @param u in (0, 1). */
EOT_FN f32 eot_shower_depth(EOT_GLOBAL const f32 *table, eot_shower_constants c, eot_shower_form f, f32 u) {
    EOT_GLOBAL const f32 *row = table + f.row;
    f32 w = fmin(fmax((eot_log(u / fmax(1.0f - u, 1e-7f)) - c.first_logit) * c.inverse_quantile_step, 0.0f),
                 (f32)c.n_quantile - 0.001f);
    i32 iw = (i32)w;
    f32 fw = w - (f32)iw;
    f32 low = fma(fw, row[iw + 1] - row[iw], row[iw]);
    f32 high = fma(fw, row[c.n_quantile + 1 + iw + 1] - row[c.n_quantile + 1 + iw], row[c.n_quantile + 1 + iw]);
    return fma(f.f_alpha, high - low, low) * f.scale;
}

/** Where the axis of a shower below the cut begins: in front of all volumes, at the first of them. */
EOT_FN eot_column_place eot_shower_begin(eot_deposit_view d, eot_shower_axis axis) {
    EOT_GLOBAL const eot_columns *c = d.columns;
    if (axis.z >= c->ecal_z0 && axis.z < c->ecal_z1 && eot_deposit_is_in_ecal(d, axis.x, axis.y))
        return eot_column_place_of(c->ecal, axis.z);
    f32 z = fmax(axis.z, c->z0), dz = z - axis.z;
    return eot_columns_find(d.table, c, axis.x + axis.sx * dz, axis.y + axis.sy * dz, z);
}

/** The volume whose constants a shower has: the first one of the column from where it begins that is no gas; if there
 * is none, the last matter, or the ECAL. */
EOT_FN i32 eot_shower_medium(eot_deposit_view d, eot_column_place begin) {
    i32 medium = begin.volume;
    if (medium == d.columns->ecal) return medium;
    medium = d.columns->ecal;
    u32 segment = begin.segment;
    i32 volume = begin.volume;
    while (volume >= 0) {
        if (!d.volume[volume].is_void) medium = volume;
        if (d.volume[volume].inverse_X0 >= 1e-3f) return volume;
        segment += 2u;
        volume = (i32)d.table[segment + 1u];
    }
    return medium;
}

/** Where a path [X0] along the axis of a shower ends. Most do not leave the ECAL, whose box is convex. @param direction
 * 1 or -1. */
EOT_OFTEN_FN eot_column_place eot_shower_walk(const eot_deposit_view *d, eot_shower_axis axis, eot_column_place from,
                                              f32 path, i32 direction) {
    EOT_GLOBAL const eot_columns *c = d->columns;
    if (from.volume == c->ecal) {
        f32 inverse_X0 = d->volume[from.volume].inverse_X0, sign = (f32)direction;
        f32 available = sign * ((direction > 0 ? c->ecal_z1 : c->ecal_z0) - from.z) * inverse_X0;
        f32 z = from.z + sign * (path / inverse_X0), dz = z - axis.z;
        if (path < available && eot_deposit_is_in_ecal(*d, axis.x + axis.sx * dz, axis.y + axis.sy * dz)) {
            from.z = z;
            return from;
        }
    }
    if (from.i_x < 0) {
        f32 dz = from.z - axis.z;
        i32 has_met = from.has_met;
        from = eot_columns_find(d->table, c, axis.x + axis.sx * dz, axis.y + axis.sy * dz, from.z);
        from.has_met = has_met;
    }
    return eot_columns_walk(d->table, c, d->volume, axis, from, path, direction);
}

/** A shower below the cut between two of its spots. */
typedef struct {
    eot_subcut_shower shower;
    eot_column_place begin; /* of its axis */
    eot_shower_form form;
    f32 moliere_radius, Z, one_minus_e_hat, inverse_sampling_frequency; /* of its medium (eot_deposit_volume) */
    i32 veto_as;                                                        /* as of eot_deposit_view */
    i32 i, n_spot;                                                      /* spots that are there, and all */
    i64 share;                                                          /* counts of a spot but the last */
    eot_random random;
} eot_spots;

/** Before the first spot. All of the energy ends in the ledger: that of a shower that heads away from the set-up is
 * there at once, and it has no spots. Random blocks: one a spot, and one more from EOT_SHOWER_FLUCTUATION_ENERGY on.
 * @param d what it is put in. */
EOT_HOT_OFTEN_FN void eot_spots_begin(eot_spots *r, const eot_deposit_view *d, const eot_subcut_shower *whole,
                                      eot_random random) {
    const eot_subcut_shower shower = *whole;
    const eot_shower_constants c = d->constants[0];
    r->shower = shower;
    r->random = random;
    r->i = r->n_spot = 0;
    if (shower.counts <= 0) return;
    r->begin = eot_shower_begin(*d, shower.axis);
    if (r->begin.volume < 0) {
        eot_deposit_at(*d, r->begin, shower.axis.x, shower.axis.y, shower.counts, 0);
        return;
    }
    EOT_GLOBAL const eot_deposit_volume *medium = d->volume + eot_shower_medium(*d, r->begin);
    r->moliere_radius = medium->moliere_radius;
    r->Z = medium->Z;
    r->one_minus_e_hat = medium->one_minus_e_hat;
    r->inverse_sampling_frequency = medium->inverse_sampling_frequency;
    f32 log_critical_energy = medium->log_critical_energy;
    u32 own = medium->shower_table;
    r->veto_as = d->veto_as;
    if (r->begin.volume == d->columns->ecal && d->has_arrivals && d->secondaries->veto.n_depth > 0) {
        eot_arrivals a = eot_arrivals_at(d->table, &d->secondaries->veto, shower.axis.z,
                                         fmax(shower.shape_energy, 1e-6f), shower.is_photon);
        if (d->is_seen) d->acc[EOT_ACC_ARRIVAL + a.class_of_depth] += (i64)((f64)shower.counts * (f64)a.per_GeV);
        r->veto_as = EOT_ACC_LEDGER_ECAL;
    }
    i32 fluctuates = shower.shape_energy >= EOT_SHOWER_FLUCTUATION_ENERGY;
    eot_u32x4 block;
    block.x = block.y = block.z = block.w = 0u;
    if (fluctuates) {
        block = eot_random_block(r->random);
        r->random.draw++;
    }
    r->form = eot_shower_form_sample(d->table, c, shower, log_critical_energy, own, fluctuates, block);
    i32 n_spot = (i32)(shower.energy / c.spot_energy + 0.5f);
    r->n_spot = n_spot < 1 ? 1 : n_spot > 256 ? 256 : n_spot;
    r->share = shower.counts / r->n_spot;
}

/** The next spot. @param d as of eot_spots_begin. @param c its constants. @param inverse_n 1/n_spot. */
EOT_HOT_FN void eot_spots_next(eot_spots *r, const eot_deposit_view *d, eot_shower_constants c, f32 inverse_n) {
    /* words: x depth, one quantile per stratum; y upper half turn, lower half component; w radius; z a lone
     * photon's first path */
    const eot_shower_axis axis = r->shower.axis;
    eot_u32x4 block = eot_random_block(r->random);
    r->random.draw++;
    f32 t = eot_shower_depth(d->table, c, r->form, ((f32)r->i + eot_uniform(block.x)) * inverse_n);
    f32 path = r->form.is_one_conversion ? r->form.first_path : -r->form.photon_length * eot_log(eot_uniform(block.z));
    eot_column_place place = eot_shower_walk(d, axis, r->begin, t + path, 1);
    /* what scatters back: one number gives the radius and the way back, since what goes far back goes far aside */
    f32 uniform_radius = eot_uniform(block.w), share_back = c.backscatter_share;
    if (uniform_radius < share_back) {
        uniform_radius /= share_back;
        if (place.volume >= 0)
            place = eot_shower_walk(d, axis, place, -c.backscatter_length * eot_log(fmax(1.0f - uniform_radius, 1e-7f)),
                                    -1);
    } else {
        uniform_radius = (uniform_radius - share_back) / (1.0f - share_back);
    }
    f32 turn = (f32)(block.y >> 16) * 1.52587890625e-5f, component = (f32)(block.y & 0xffffu) * 1.52587890625e-5f;
    f32 radius = r->moliere_radius * eot_shower_radius(fmin(t * r->form.inverse_T, 4.0f), r->form.log_E, r->Z,
                                                       r->one_minus_e_hat, r->inverse_sampling_frequency, c.radius_max,
                                                       component, uniform_radius);
    f32 dz = place.z - axis.z;
    r->i++;
    i64 spot = r->i < r->n_spot ? r->share : r->shower.counts - r->share * (r->n_spot - 1);
    /* what passes beside the ECAL and all behind it has left by the side */
    if (place.volume == EOT_COLUMN_REAR && !place.has_met && axis.z < d->columns->ecal_z1)
        place.volume = EOT_COLUMN_SIDE;
    eot_deposit_view to = *d;
    to.veto_as = r->veto_as;
    i32 is_inside = eot_deposit_at(to, place, axis.x + axis.sx * dz + radius * eot_cos_turn(turn),
                                   axis.y + axis.sy * dz + radius * eot_sin_turn(turn), spot, 1);
    if (to.binning.n_bin > 0 && is_inside) eot_profile_add(to.profile, to.binning, place.z, spot);
}

/** The next spots, most of them at most. @param d as of eot_spots_begin. */
EOT_HOT_OFTEN_FN void eot_spots_run(eot_spots *r, const eot_deposit_view *d, i32 most) {
    const eot_shower_constants c = d->constants[0];
    f32 inverse_n = 1.0f / (f32)r->n_spot;
    i32 end = r->n_spot - r->i < most ? r->n_spot : r->i + most;
    EOT_ROLLED
    while (r->i < end) eot_spots_next(r, d, c, inverse_n);
}

/** Deposit the energy of a shower below the cut. @return the advanced random cursor. */
EOT_HOT_FN eot_random eot_shower_deposit(eot_deposit_view d, eot_subcut_shower shower, eot_random random) {
    eot_spots r;
    eot_spots_begin(&r, &d, &shower, random);
    if (r.n_spot > 0) eot_spots_run(&r, &d, r.n_spot);
    return r.random;
}

/** The same where it is rare: compiled once, however often it is called. */
EOT_BODY_FN eot_random eot_shower_deposit_rarely(eot_deposit_view d, eot_subcut_shower shower, eot_random random) {
    return eot_shower_deposit(d, shower, random);
}

#endif
