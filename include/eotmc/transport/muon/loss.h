/** @file loss.h
 * The continuous loss of a step, its mean and its fluctuation, apart for active and passive matter.
 *
 * The mean is taken to second order in the path. The fluctuation of the ionisation below the delta cut is drawn once,
 * from sums over the layers: collisions are independent, so the straggling of two layers of one kind is that of one of
 * their total xi. By xi, the loss below the delta cut W is
 *   above 2^-12 W: Vavilov's distribution of the ionisation,
 *   below, but above EOT_MUON_THIN: the same up to a smaller cut, and rarely a single transfer between that and W,
 *   below EOT_MUON_THIN: all collisions from their spectrum (collisions.h).
 * The radiative loss below v_cut is continuous in thick matter; below 2^-10 W, where a single such collision is rare
 * and more than all the rest, they are drawn one by one.
 *
 * Thin matter that no detector reads (air, windows, chambers) takes energy from the muon and no more: where that
 * fluctuates by less than eot_muon_tables.unseen_variance allows, 1e-4 of the kinetic energy and a hundredth of what a
 * spectrometer resolves, its mean and variance are all that is drawn. */
#ifndef EOT_TRANSPORT_MUON_LOSS_H
#define EOT_TRANSPORT_MUON_LOSS_H

#include "eotmc/transport/muon/collisions.h"

#define EOT_MUON_SMALLEST_KAPPA R(0.000244140625) /* 2^-12: of the tables of Vavilov's distribution */
#define EOT_MUON_RADIATIVE_KAPPA R(0.0009765625)  /* 2^-10: below it radiative collisions come one by one */

/** Quantile of (loss - mean)/xi of Vavilov's distribution with small maximum loss: linear between rows of kappa and
 * points of the tail probability.
 * @param u 0 < u < 1. @param kappa xi over the largest single loss; above 2^6 the row of 2^6 (Gaussian to 2 %) scaled;
 * paths of less than 2^-12 are thin (see above). */
EOT_OFTEN_FN real eot_muon_straggle(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, real kappa,
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
EOT_OFTEN_FN real eot_muon_moments_loss(real mean, real variance, real u, real g) {
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

/** The part of a path in its active or in its passive matter. @param bent mean loss over the path / (loss at its start
 * x path). */
EOT_FN eot_muon_fluctuation eot_muon_path_part(eot_muon_medium_path p, i32 is_active, real bent) {
    eot_muon_fluctuation f;
    f.inverse_cut = p.inverse_cut;
    f.mean = (is_active != 0 ? p.active_loss : p.loss - p.active_loss) * bent;
    f.xi = is_active != 0 ? p.active_xi : p.xi - p.active_xi;
    f.variance = is_active != 0 ? p.active_variance : p.variance - p.active_variance;
    return f;
}

/** What is lost, and what of it is seen in active matter [GeV]. */
typedef struct {
    real lost, seen;
    u32 draw; /* of the cursor, after it */
} eot_muon_loss;

/** xi below which a path is not drawn from its sums alone [GeV], for its active or passive matter. @param thin of it.
 */
EOT_FN real eot_muon_thin_limit(EOT_GLOBAL const eot_muon_tables *tables, eot_muon_medium_path p, real kinetic,
                                real thin) {
    real kappa = kinetic > (real)tables->soft_pairs ? EOT_MUON_RADIATIVE_KAPPA : EOT_MUON_SMALLEST_KAPPA;
    return fmax(thin, kappa / p.inverse_cut);
}

/** Ionisation of a path of which kappa is below the tables' smallest: Vavilov's distribution up to the transfer at
 * which it is that, and with a probability of at most 2^-12 a transfer between that and the cut, of spectrum xi dW/W^2.
 * @param f xi and mean above 0. @param word of random bits. @param block of random numbers. */
EOT_FN real eot_muon_rarely_hard(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                 eot_muon_fluctuation f, u32 word, eot_u32x4 block) {
    real inverse_low = EOT_MUON_SMALLEST_KAPPA / f.xi, span = inverse_low - f.inverse_cut;
    real hard = R(0.0);
    if (eot_uniform(block.x) < f.xi * span) hard = R(1.0) / fma(-eot_uniform(block.y), span, inverse_low);
    f.mean = fmax(fma(-f.xi, eot_log(inverse_low / f.inverse_cut), f.mean), R(0.0));
    f.inverse_cut = inverse_low;
    return hard + eot_muon_continuous(table, tables, f, word, word);
}

/** Loss of a path of which the active or the passive matter is below its limit. @param crossing the regions of it and
 * the cursor. @param bits, more_bits a word for passive, one for active matter. */
EOT_FN eot_muon_loss eot_muon_thin_loss(eot_matter_view matter, eot_muon_medium_path p, eot_muon_crossing crossing,
                                        u32 bits, u32 more_bits) {
    EOT_GLOBAL const eot_muon_tables *tables = matter.muon;
    eot_muon_loss loss;
    loss.lost = loss.seen = R(0.0);
    EOT_ROLLED
    for (i32 is_active = 0; is_active < 2; is_active++) {
        eot_muon_fluctuation f = eot_muon_path_part(p, is_active, crossing.bent);
        real thin = is_active != 0 ? p.active_thin : p.thin, lost = R(0.0), seen = R(0.0);
        u32 word = is_active != 0 ? more_bits : bits;
        if (!(f.xi > R(0.0))) continue;
        crossing.choose = word << 16 | word >> 16; /* of u, the upper bits of the word, independent to 1e-5 */
        const i32 kind = f.xi < thin ? EOT_MUON_SOFT : EOT_MUON_SOFT_RADIATIVE;
        if (kind == EOT_MUON_SOFT ||
            (crossing.kinetic > (real)tables->soft_pairs && f.xi * p.inverse_cut < EOT_MUON_RADIATIVE_KAPPA)) {
            eot_muon_collisions c = eot_muon_collisions_in(matter.table, tables, crossing, kind, is_active);
            lost = c.lost;
            seen = c.seen;
            crossing.random.draw = c.draw;
            f.mean = fmax(f.mean - c.mean, R(0.0));
        }
        if (kind != EOT_MUON_SOFT) {
            real more;
            if (f.xi * f.inverse_cut < EOT_MUON_SMALLEST_KAPPA) {
                more = eot_muon_rarely_hard(matter.table, tables, f, word, eot_random_block(crossing.random));
                crossing.random.draw += 1u;
            } else {
                more = eot_muon_continuous(matter.table, tables, f, word, word);
            }
            lost += more;
            if (p.is_thin != 0) {
                f.inverse_cut = fmax(p.inverse_cut, (real)tables->inverse_layer_cut);
                more = eot_muon_continuous(matter.table, tables, f, word, word);
            }
            seen += more;
        }
        loss.lost += lost;
        if (is_active != 0) loss.seen = fmin(seen, lost);
    }
    loss.draw = crossing.random.draw;
    return loss;
}

/** Whether a thin path's loss may be drawn from mean and variance alone: where no detector reads it, and it hardly
 * fluctuates against the kinetic energy. @param region of the path. */
EOT_FN i32 eot_muon_is_unseen(EOT_GLOBAL const eot_muon_tables *tables, EOT_GLOBAL const eot_region *region,
                              real variance, real kinetic) {
    return region->role != EOT_ROLE_ECAL && region->role != EOT_ROLE_VETO && region->role != EOT_ROLE_HCAL &&
           variance < (real)tables->unseen_variance * kinetic * kinetic;
}

/** Loss of such a path. @param bits, more_bits words. */
EOT_FN eot_muon_loss eot_muon_unseen_loss(eot_muon_medium_path p, eot_muon_crossing crossing, u32 bits, u32 more_bits) {
    eot_muon_loss loss;
    real mean = p.loss * crossing.bent;
    real g = mean * mean > R(9.0) * p.variance ? eot_normal(bits, more_bits).a : R(0.0);
    loss.lost = eot_muon_moments_loss(mean, p.variance, eot_uniform(bits), g);
    loss.seen = loss.lost * (p.active_loss / p.loss);
    loss.draw = crossing.random.draw;
    return loss;
}

/** The same above the limit, and without single collisions: from sums alone. @param bits, more_bits blocks. */
EOT_FN eot_muon_loss eot_muon_thick_loss(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                         eot_muon_medium_path p, real bent, eot_u32x4 bits, eot_u32x4 more_bits) {
    real passive = p.xi > R(0.0) ? R(0.0) : p.loss, active = R(0.0), visible = R(0.0);
    if (p.active_xi < p.xi)
        passive = eot_muon_continuous(table, tables, eot_muon_path_part(p, 0, bent), bits.x, bits.w);
    if (p.active_xi > R(0.0)) {
        eot_muon_fluctuation f = eot_muon_path_part(p, 1, bent);
        active = visible = eot_muon_continuous(table, tables, f, more_bits.x, bits.w);
        if (p.is_thin != 0 && tables->straggling == EOT_MUON_STRAGGLING_VAVILOV) {
            f.inverse_cut = fmax(p.inverse_cut, (real)tables->inverse_layer_cut);
            visible = eot_muon_continuous(table, tables, f, more_bits.x, bits.w);
        }
    }
    eot_muon_loss loss;
    loss.lost = passive + active;
    loss.seen = fmin(visible, loss.lost);
    loss.draw = 0u;
    return loss;
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
    real thin = fmax(p.xi > p.active_xi ? p.thin : R(0.0), p.active_xi > R(0.0) ? p.active_thin : R(0.0));
    crossing.bent = fma(R(-0.5), p.slope, R(1.0));
    eot_muon_loss l;
    /* a path is thin as a whole: the little scintillator of a step through a calorimeter is not drawn apart */
    if (matter.muon->straggling == EOT_MUON_STRAGGLING_VAVILOV && p.xi > R(0.0) &&
        p.xi < eot_muon_thin_limit(matter.muon, p, crossing.kinetic, thin)) {
        l = eot_muon_is_unseen(matter.muon, crossing.region[0], p.variance, crossing.kinetic)
                ? eot_muon_unseen_loss(p, crossing, bits.x, bits.w)
                : eot_muon_thin_loss(matter, p, crossing, bits.x, more_bits.x);
    } else {
        l = eot_muon_thick_loss(matter.table, matter.muon, p, crossing.bent, bits, more_bits);
        l.draw = crossing.random.draw;
    }
    eot_muon_soft_loss loss;
    loss.ionisation = fmin(l.lost, crossing.kinetic);
    loss.visible = l.lost > crossing.kinetic ? l.seen * (crossing.kinetic / l.lost) : l.seen;
    loss.draw = l.draw;
    return loss;
}

#endif
