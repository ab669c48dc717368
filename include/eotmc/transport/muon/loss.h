/** @file loss.h
 * The continuous loss of a step, its mean and its fluctuation, apart for active and passive matter.
 *
 * The mean is taken to second order in the path. The fluctuation of the ionisation below the delta cut is drawn once,
 * from sums over the layers: collisions are independent, so the straggling of two layers of one kind is that of one of
 * their total xi. Three ranges of xi, from thick to thin:
 *   xi above 2^-8 of the delta cut: Vavilov's distribution of the ionisation; the radiative loss below v_cut is
 *     continuous,
 *   xi above EOT_MUON_THIN: Vavilov's distribution, and the radiative collisions below v_cut one by one, as they are
 *     rare (2e-5 to 3e-3 per g/cm2) and each is more than the rest,
 *   below: all collisions one by one (collisions.h). */
#ifndef EOT_TRANSPORT_MUON_LOSS_H
#define EOT_TRANSPORT_MUON_LOSS_H

#include "eotmc/transport/muon/collisions.h"

#define EOT_MUON_RADIATIVE_KAPPA R(0.00390625) /* 2^-8 */

/** Quantile of (loss - mean)/xi of Vavilov's distribution with small maximum loss: linear between rows of kappa and
 * points of the tail probability.
 * @param u 0 < u < 1. @param kappa xi over the largest single loss; above 2^6 the row of 2^6 (Gaussian to 2 %) scaled;
 * paths of less than 2^-12 are thin (see above). */
EOT_FN real eot_muon_straggle(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, real kappa,
                              real u) {
    eot_octave_cell k = eot_octave_find(kappa, EOT_MUON_KAPPA_BITS, EOT_MUON_KAPPA_SHIFT, EOT_MUON_N_KAPPA);
    u32 upper = u > R(0.5) ? 1u : 0u;
    eot_octave_cell c =
        eot_octave_find(upper != 0u ? R(1.0) - u : u, EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
    EOT_GLOBAL const f32 *a = table + tables->straggling_table + (k.i * 2u + upper) * EOT_MUON_N_TAIL + c.i;
    EOT_GLOBAL const f32 *b = a + 2 * EOT_MUON_N_TAIL;
    real low = eot_lerp(a[0], a[1], c.t), high = eot_lerp(b[0], b[1], c.t);
    real thick = kappa > R(64.0) ? R(8.0) / sqrt(kappa) : R(1.0);
    return fma(k.t, high - low, low) * thick;
}

/** Continuous loss with given mean and variance and nothing else: J. Baro et al., PENELOPE, NIM B 100 (1995) 31, sec.
 * on energy straggling: Gaussian for small variance, then uniform, then uniform with a probability of no loss. @param g
 * standard normal number, used in the first case, u in the others. */
EOT_FN real eot_muon_moments_loss(real mean, real variance, real u, real g) {
    real m2 = mean * mean;
    if (m2 > R(9.0) * variance) return fma(fmin(fmax(g, R(-3.0)), R(3.0)) * R(1.015387), sqrt(variance), mean);
    if (m2 > R(3.0) * variance) return fma(sqrt(R(3.0) * variance), R(2.0) * u - R(1.0), mean);
    real none = (R(3.0) * variance - m2) / (R(3.0) * variance + R(3.0) * m2); /* probability of no loss */
    real largest = (R(3.0) * variance + R(3.0) * m2) / (R(2.0) * mean);
    return u < none ? R(0.0) : largest * (u - none) / (R(1.0) - none);
}

/** A loss that fluctuates. */
typedef struct {
    real mean;        /* GeV */
    real xi;          /* GeV, Landau's */
    real inverse_cut; /* 1/GeV, of the largest single loss */
    real variance;    /* GeV^2, used by EOT_MUON_STRAGGLING_MOMENTS only */
    i32 is_active;    /* in active matter */
} eot_muon_fluctuation;

/** Continuous loss with its fluctuation [GeV]. @param bits, more_bits two words of random bits. */
EOT_FN real eot_muon_continuous(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                eot_muon_fluctuation f, u32 bits, u32 more_bits) {
    if (tables->straggling == EOT_MUON_STRAGGLING_OFF || !(f.xi > R(0.0))) return f.mean;
    real u = eot_uniform(bits);
    if (tables->straggling == EOT_MUON_STRAGGLING_MOMENTS)
        return eot_muon_moments_loss(f.mean, f.variance, u, eot_normal(bits, more_bits).a);
    return fmax(fma(f.xi, eot_muon_straggle(table, tables, f.xi * f.inverse_cut, u), f.mean), R(0.0));
}

/** Whether a step crosses both active and passive matter, whose losses are then drawn from a block each. */
EOT_FN i32 eot_muon_path_is_mixed(eot_muon_medium_path p) { return p.active_xi > R(0.0) && p.active_xi < p.xi; }

/** Loss of a step in its active or in its passive matter. */
typedef struct {
    real lost, seen; /* GeV; in active layers what is seen has the mean of the loss there, but fluctuates less */
    u32 draw;        /* of the cursor, after it */
} eot_muon_part;

/** Sample it. @param f the fluctuation, xi above 0. @param p sums along the path. @param bits, more_bits two words of
 * random bits. */
EOT_FN eot_muon_part eot_muon_part_sample(eot_matter_view matter, eot_muon_fluctuation f, eot_muon_medium_path p,
                                          eot_muon_crossing crossing, u32 bits, u32 more_bits) {
    EOT_GLOBAL const eot_muon_tables *tables = matter.muon;
    const i32 is_vavilov = tables->straggling == EOT_MUON_STRAGGLING_VAVILOV ? 1 : 0;
    const i32 kind = f.xi < p.thin ? EOT_MUON_SOFT : EOT_MUON_SOFT_RADIATIVE;
    eot_muon_part part;
    eot_muon_collisions c;
    c.lost = c.seen = c.mean = R(0.0);
    c.draw = crossing.random.draw;
    if (is_vavilov != 0 && f.xi < fmax(p.thin, EOT_MUON_RADIATIVE_KAPPA / p.inverse_cut))
        c = eot_muon_collisions_in(matter.table, tables, crossing, kind, f.is_active);
    part.lost = part.seen = R(0.0);
    part.draw = c.draw;
    if (is_vavilov == 0 || kind != EOT_MUON_SOFT) {
        f.mean = fmax(f.mean - c.mean, R(0.0));
        part.lost = part.seen = eot_muon_continuous(matter.table, tables, f, bits, more_bits);
        if (is_vavilov != 0 && p.is_thin != 0 && f.is_active != 0) {
            f.inverse_cut = fmax(p.inverse_cut, (real)tables->inverse_layer_cut);
            part.seen = eot_muon_continuous(matter.table, tables, f, bits, more_bits);
        }
    }
    part.lost += c.lost;
    part.seen = fmin(part.seen + c.seen, part.lost);
    return part;
}

/** The continuous loss of a step. */
typedef struct {
    real ionisation; /* GeV lost, at most the kinetic energy before */
    real visible;    /* GeV of that, seen in active matter */
    u32 draw;        /* of the cursor, after it */
} eot_muon_soft_loss;

/** Sample it. In active layers between others what is seen has the mean of the loss there, but fluctuates as single
 * transfers up to 1/inverse_layer_cut do (see muon/advance.h). @param p sums along the path. @param crossing the
 * regions of it and the cursor, used in thin matter; `bent` is set here. @param bits, more_bits blocks: x of the first
 * for passive matter, x of the second for active; w of the first for the normal number of EOT_MUON_STRAGGLING_MOMENTS.
 */
EOT_FN eot_muon_soft_loss eot_muon_soft_loss_sample(eot_matter_view matter, eot_muon_medium_path p,
                                                    eot_muon_crossing crossing, eot_u32x4 bits, eot_u32x4 more_bits) {
    real lost = p.xi > R(0.0) ? R(0.0) : p.loss, visible = R(0.0);
    eot_muon_fluctuation f;
    crossing.bent = fma(R(-0.5), p.slope, R(1.0));
    f.inverse_cut = p.inverse_cut;
    if (p.active_xi < p.xi) {
        f.mean = (p.loss - p.active_loss) * crossing.bent;
        f.xi = p.xi - p.active_xi;
        f.variance = p.variance - p.active_variance;
        f.is_active = 0;
        eot_muon_part part = eot_muon_part_sample(matter, f, p, crossing, bits.x, bits.w);
        lost = part.lost;
        crossing.random.draw = part.draw;
    }
    if (p.active_xi > R(0.0)) {
        f.mean = p.active_loss * crossing.bent;
        f.xi = p.active_xi;
        f.variance = p.active_variance;
        f.is_active = 1;
        eot_muon_part part = eot_muon_part_sample(matter, f, p, crossing, more_bits.x, bits.w);
        lost += part.lost;
        visible = part.seen;
        crossing.random.draw = part.draw;
    }
    eot_muon_soft_loss loss;
    loss.ionisation = fmin(lost, crossing.kinetic);
    loss.visible = lost > crossing.kinetic ? visible * (crossing.kinetic / lost) : visible;
    loss.draw = crossing.random.draw;
    return loss;
}

#endif
