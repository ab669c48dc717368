/** @file collisions.h
 * The soft loss of a muon in matter so thin that single collisions show: gas, foils, silicon below 0.2 mm, and the
 * first steps behind an event. A compound Poisson distribution from the spectrum of the collisions in the material
 * (levels of its atoms and free electrons, see host/physics/muon_collisions.h): the hardest collisions are drawn one by
 * one, as the arrivals of a Poisson process in the tail probability of the loss; what the many softer ones lose
 * together is Gamma-distributed with their mean and variance. Their mean is what is left of the restricted mean loss,
 * so this is exact. */
#ifndef EOT_TRANSPORT_MUON_COLLISIONS_H
#define EOT_TRANSPORT_MUON_COLLISIONS_H

#include "eotmc/math/fluctuation.h"
#include "eotmc/transport/muon/medium.h"

/* Collisions drawn one by one, on average at most. The others are then so many, and each so small against the width of
 * the whole, that no more than their mean and variance is seen (tests/validation/test_muon_thin.c). */
#define EOT_MUON_SINGLE_COLLISIONS R(5.0)
#define EOT_MUON_MOST_COLLISIONS 64 /* P(n > 64) of a mean of 5 is below 1e-30 */

/** Losses of many collisions. */
typedef struct {
    real lost; /* GeV */
    real seen; /* GeV of that: in thin layers those above 1/inverse_layer_cut count by their mean */
    real mean; /* GeV, expected */
    u32 draw;  /* where the cursor is now */
} eot_muon_collisions;

/** A row of a spectrum. @param kind enum eot_muon_spectrum_kind. @param row of the coarse energies. */
EOT_FN EOT_GLOBAL const f32 *eot_muon_spectrum_row(EOT_GLOBAL const f32 *table,
                                                   EOT_GLOBAL const eot_muon_tables *tables, i32 material, i32 kind,
                                                   u32 row) {
    return table + tables->collisions +
           (((u32)material * (u32)EOT_MUON_N_SPECTRUM + (u32)kind) * EOT_MUON_N_LOSS_ROW + row) * EOT_MUON_N_COLLISION;
}

/** Mean loss in collisions of tail probability below that of point i [GeV per collision]. */
EOT_FN real eot_muon_collisions_above(EOT_GLOBAL const f32 *spectrum, u32 i) {
    return (real)spectrum[EOT_MUON_N_COLLISION_TAIL + i];
}

/** Mean loss in collisions above a loss [GeV per collision]. @param log_loss its logarithm. */
EOT_FN real eot_muon_collisions_harder(EOT_GLOBAL const f32 *spectrum, real log_loss) {
    u32 i = 0u;
    EOT_ROLLED
    while (i < (u32)EOT_MUON_N_COLLISION_TAIL - 1u && (real)spectrum[i] > log_loss) i++;
    return (real)spectrum[0] > log_loss ? eot_muon_collisions_above(spectrum, i) : R(0.0);
}

/** Losses of a Poisson number of collisions. @param spectrum a row. @param number mean number. @param log_layer_cut
 * logarithm of the largest loss that is seen as such [GeV]. @param random cursor. */
EOT_OFTEN_FN eot_muon_collisions eot_muon_collisions_sample(EOT_GLOBAL const f32 *spectrum, real number,
                                                            real log_layer_cut, eot_random random) {
    const u32 last = (u32)EOT_MUON_N_COLLISION_TAIL - 1u;
    eot_muon_collisions c;
    c.lost = c.seen = R(0.0);
    c.mean = number * eot_muon_collisions_above(spectrum, last);
    c.draw = random.draw;
    if (!(number > R(0.0))) return c;
    /* the point of the table from which on collisions are too many to be drawn one by one */
    u32 split = last;
    if (number > EOT_MUON_SINGLE_COLLISIONS)
        split = eot_octave_find(EOT_MUON_SINGLE_COLLISIONS / number, EOT_MUON_COLLISION_TAIL_BITS, EOT_MUON_TAIL_SHIFT,
                                (u32)EOT_MUON_N_COLLISION_TAIL)
                    .i;
    real most = (real)eot_f32_from_bits(EOT_MUON_COLLISION_TAIL_BITS + (split << EOT_MUON_TAIL_SHIFT));
    real tail = R(0.0), hidden = R(0.0);
    eot_u32x4 bits;
    bits.x = bits.y = bits.z = bits.w = 0u;
    EOT_ROLLED
    for (i32 i = 0; i < EOT_MUON_MOST_COLLISIONS; i++) {
        if ((i & 3) == 0) {
            random.draw += i > 0 ? 1u : 0u;
            bits = eot_random_block(random);
        }
        u32 word = (i & 3) == 0 ? bits.x : (i & 3) == 1 ? bits.y : (i & 3) == 2 ? bits.z : bits.w;
        tail -= eot_log(eot_uniform(word)) / number;
        if (tail > most) break;
        eot_octave_cell cell =
            eot_octave_find(tail, EOT_MUON_COLLISION_TAIL_BITS, EOT_MUON_TAIL_SHIFT, (u32)EOT_MUON_N_COLLISION_TAIL);
        real log_loss = eot_lerp(spectrum[cell.i], spectrum[cell.i + 1u], cell.t), loss = eot_exp(log_loss);
        c.lost += loss;
        hidden += log_loss > log_layer_cut ? loss : R(0.0);
    }
    random.draw += 1u;
    if (split < last) {
        real mean = number * (eot_muon_collisions_above(spectrum, last) - eot_muon_collisions_above(spectrum, split));
        real variance = number * (real)spectrum[2u * (u32)EOT_MUON_N_COLLISION_TAIL + split];
        eot_gamma g = eot_gamma_sample(mean / variance * mean, random, 1u);
        c.lost = fma(mean, g.value, c.lost);
        random.draw += g.n_draw;
    }
    c.seen = c.lost;
    if (log_layer_cut < R(0.0)) c.seen = c.lost - hidden + number * eot_muon_collisions_harder(spectrum, log_layer_cut);
    c.draw = random.draw;
    return c;
}

/** What a muon crosses in a step: one or two regions. */
typedef struct {
    EOT_GLOBAL const eot_region *region[2]; /* the second only where its path is not 0 */
    real path[2];                           /* cm */
    real kinetic;                           /* GeV, at its start */
    real bent;                              /* mean loss over the path / (loss at its start x path) */
    u32 choose;                             /* a word of random bits, for the energy's row */
    eot_random random;                      /* cursor */
} eot_muon_crossing;

/** Losses in the active or in the passive constituents of a crossing. @param kind of the collisions: of
 * EOT_MUON_SOFT the number is such that the mean loss is that of the fine rows, others have the number of their row.
 * @param is_active which constituents. */
EOT_FN eot_muon_collisions eot_muon_collisions_in(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                                  eot_muon_crossing crossing, i32 kind, i32 is_active) {
    eot_octave_cell r =
        eot_octave_find(crossing.kinetic, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
    eot_random random = crossing.random;
    real choose = eot_uniform(crossing.choose); /* between two rows one is chosen at random */
    eot_muon_collisions sum;
    sum.lost = sum.seen = sum.mean = R(0.0);
    EOT_ROLLED
    for (i32 k = 0; k < 2; k++) {
        EOT_GLOBAL const eot_region *region = crossing.region[k];
        EOT_ROLLED
        for (i32 i = 0; crossing.path[k] > R(0.0) && i < region->n_constituent; i++) {
            if ((region->active[i] != 0) != (is_active != 0)) continue;
            i32 material = region->material[i];
            EOT_GLOBAL const f32 *spectrum =
                eot_muon_spectrum_row(table, tables, material, kind, r.i + (choose < r.t ? 1u : 0u));
            real path = (real)region->fraction[i] * crossing.path[k],
                 number = (real)spectrum[EOT_MUON_COLLISION_RATE] * path;
            if (kind == EOT_MUON_SOFT) {
                real loss = eot_muon_row_at(table, tables, material, crossing.kinetic).loss * crossing.bent * path;
                number =
                    loss / fmax(eot_muon_collisions_above(spectrum, (u32)EOT_MUON_N_COLLISION_TAIL - 1u), R(1.0e-30));
            }
            real layer_cut = region->active[i] > 1 ? -eot_log((real)tables->inverse_layer_cut) : R(1.0);
            eot_muon_collisions c = eot_muon_collisions_sample(spectrum, number, layer_cut, random);
            sum.lost += c.lost;
            sum.seen += c.seen;
            sum.mean += c.mean;
            random.draw = c.draw;
        }
    }
    sum.draw = random.draw;
    return sum;
}

#endif
