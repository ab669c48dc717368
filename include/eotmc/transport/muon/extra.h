/** @file extra.h
 * Extra losses of a muon: decays in flight and hard losses that are drawn besides those of nature, as further rates of
 * the step's clock. How much likelier a history is with them than in nature is known at each step, whether they act or
 * not: exp(-extra rate x path), and at an event of a kind 1 + extra rate/natural rate of that event. From it follow the
 * weights that undo them (eotmc/transport/losses.h).
 *
 * Extra hard losses are those of at least some energy, by delta rays, bremsstrahlung, pairs and on nuclei in the
 * proportions and with the spectra of nature. */
#ifndef EOT_TRANSPORT_MUON_EXTRA_H
#define EOT_TRANSPORT_MUON_EXTRA_H

#include "eotmc/transport/muon/boundary.h"
#include "eotmc/transport/muon/hard_event.h"

#define EOT_EXTRA_LOG_RANGE R(14.556090791758852) /* ln 2^21: the tables' tail probabilities are 2^-21 to 1 */
#define EOT_EXTRA_HALVINGS 18                     /* which finds one to 6e-5 */
#define EOT_EXTRA_N_PROCESS 4                     /* EOT_MUON_DELTA to EOT_MUON_PHOTONUCLEAR */
#define EOT_EXTRA_LEAST_RATE R(1.0e-25)           /* 1/cm: what nature does not do has next to no weight */

/** The extra losses where a muon is. */
typedef struct {
    real decay;                /* 1/cm */
    real hard;                 /* hard losses per hard event of nature, of energies of at least */
    real least;                /* GeV */
    real border;               /* cm of path along the direction: where others begin, a step ends */
    i32 decay_acts, hard_acts; /* whether they are drawn, or only their ratios followed */
} eot_muon_extra;

EOT_FN eot_muon_extra eot_muon_extra_none(void) {
    eot_muon_extra e;
    e.decay = e.hard = e.least = R(0.0);
    e.border = EOT_MUON_FAR;
    e.decay_acts = e.hard_acts = 0;
    return e;
}

/** What kind of event ends a step. */
enum eot_muon_event_kind { EOT_MUON_IS_COLLISION = 0, EOT_MUON_IS_DECAY, EOT_MUON_IS_EXTRA };

typedef struct {
    i32 kind;          /* enum eot_muon_event_kind */
    eot_random random; /* cursor behind it */
} eot_muon_event_choice;

/** Choose the kind. The collisions of nature take the lower part of 2^20 cells, then come extra hard losses and decays;
 * where a boundary is inside the cell, another block says on which side: decays of fast muons in matter are rarer than
 * one event in 2^20. @param cell 0 to 2^20 - 1. @param decay,extra shares of all events. @param random cursor. */
EOT_FN eot_muon_event_choice eot_muon_event_kind_of(u32 cell, real decay, real extra, eot_random random) {
    const real width = R(9.5367431640625e-7); /* of a cell: 2^-20 */
    real both = decay + extra, nearest = (real)(0xfffffu - cell) * width, place = fma(R(0.5), width, nearest);
    eot_muon_event_choice c;
    c.random = random;
    c.kind = EOT_MUON_IS_COLLISION;
    if (!(nearest < both)) return c;
    if (both < nearest + width || (nearest < decay && decay < nearest + width)) {
        place = fma(eot_uniform(eot_random_block(random).x), width, nearest);
        c.random.draw += 1u;
    }
    c.kind = place < decay ? EOT_MUON_IS_DECAY : place < both ? EOT_MUON_IS_EXTRA : EOT_MUON_IS_COLLISION;
    return c;
}

/** Share of the hard events of a material that are of a process, EOT_MUON_DELTA to EOT_MUON_PHOTONUCLEAR. */
EOT_FN real eot_muon_process_share(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, i32 material,
                                   u32 row, i32 process) {
    EOT_GLOBAL const f32 *s = table + tables->shares + ((u32)material * EOT_MUON_N_ROW + row) * 4u;
    return (real)s[process] - (process > 0 ? (real)s[process - 1] : R(0.0));
}

/** Tail probability of the losses of a process of at least `least` [GeV], 0: there are none. @param kinetic GeV. @param
 * choose a row of the tables, 0 to 1, as of eot_muon_hard_loss. */
EOT_OFTEN_FN real eot_muon_tail_above(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                      i32 material, i32 process, real kinetic, real least, real choose) {
    real low = -EOT_EXTRA_LOG_RANGE, high = R(0.0); /* of ln u: losses fall with it */
    if (eot_muon_hard_loss(table, tables, material, process, kinetic, eot_exp(low), choose) < least) return R(0.0);
    EOT_ROLLED
    for (i32 k = 0; k < EOT_EXTRA_HALVINGS; k++) {
        real middle = R(0.5) * (low + high);
        i32 is_above =
            eot_muon_hard_loss(table, tables, material, process, kinetic, eot_exp(middle), choose) >= least ? 1 : 0;
        low = is_above != 0 ? middle : low;
        high = is_above != 0 ? high : middle;
    }
    return eot_exp(low);
}

/** A place where losses of at least `least` [GeV] are asked for. */
typedef struct {
    eot_muon_event_rates r; /* of the step */
    real kinetic;           /* GeV, before the loss */
    real least, choose;     /* see eot_muon_tail_above */
} eot_muon_large;

/** Rate of such losses by one process in one constituent [1/cm]. */
EOT_FN real eot_muon_large_part(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, eot_muon_large l,
                                i32 constituent, i32 process) {
    i32 material = l.r.region->material[constituent];
    real share = eot_muon_process_share(table, tables, material, l.r.row, process);
    if (!(share > R(0.0))) return R(0.0);
    return (real)l.r.region->fraction[constituent] * eot_muon_row_at(table, tables, material, l.r.kinetic).rate *
           share * eot_muon_tail_above(table, tables, material, process, l.kinetic, l.least, l.choose);
}

/** Rate of all of them [1/cm]. */
EOT_FN real eot_muon_large_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                eot_muon_large l) {
    real sum = R(0.0);
    EOT_ROLLED
    for (i32 k = 0; k < l.r.region->n_constituent * EOT_EXTRA_N_PROCESS; k++)
        sum += eot_muon_large_part(table, tables, l, k / EOT_EXTRA_N_PROCESS, k % EOT_EXTRA_N_PROCESS);
    return sum;
}

/** The process and the constituent of an extra hard loss. @param rate of all of them. @param bits random. */
EOT_FN eot_muon_event eot_muon_extra_choose(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                            eot_muon_large l, real rate, u32 bits) {
    eot_muon_event event;
    real left = eot_uniform(bits) * rate;
    i32 chosen = -1, last = 1; /* bremsstrahlung, where all is 0 */
    EOT_ROLLED
    for (i32 k = 0; k < l.r.region->n_constituent * EOT_EXTRA_N_PROCESS && chosen < 0; k++) {
        real part = eot_muon_large_part(table, tables, l, k / EOT_EXTRA_N_PROCESS, k % EOT_EXTRA_N_PROCESS);
        if (part > R(0.0)) last = k;
        if (left < part) chosen = k;
        left -= part;
    }
    if (chosen < 0) chosen = last; /* by rounding */
    event.process = chosen % EOT_EXTRA_N_PROCESS;
    event.material = l.r.region->material[chosen / EOT_EXTRA_N_PROCESS];
    event.is_active = l.r.region->active[chosen / EOT_EXTRA_N_PROCESS];
    return event;
}

#endif
