/** @file extra.h
 * Extra losses of a muon: decays in flight and hard losses that are drawn besides those of nature, as further rates of
 * the step's clock. How much likelier a history is with them than in nature is known at each step, whether they act or
 * not: exp(-extra rate x path), and at an event of a kind 1 + extra rate/natural rate of that event. From it follow the
 * weights that undo them (eotmc/transport/losses.h).
 *
 * Extra hard losses are delta rays, bremsstrahlung, pairs and photonuclear losses in equal parts, at tail probabilities
 * u of the process's loss that are uniform in ln u (nature: in u), which are large losses far more often. */
#ifndef EOT_TRANSPORT_MUON_EXTRA_H
#define EOT_TRANSPORT_MUON_EXTRA_H

#include "eotmc/transport/muon/hard_event.h"

#define EOT_EXTRA_LOG_RANGE R(14.556090791758852) /* ln 2^21: the tables' tail probabilities are 2^-21 to 1 */
#define EOT_EXTRA_N_PROCESS 4                     /* EOT_MUON_DELTA to EOT_MUON_PHOTONUCLEAR */
#define EOT_EXTRA_LEAST_RATE R(1.0e-25)           /* 1/cm: what nature does not do has next to no weight */

/** The extra losses where a muon is. */
typedef struct {
    real decay;                /* 1/cm */
    real hard;                 /* hard losses per hard event of nature */
    i32 decay_acts, hard_acts; /* whether they are drawn, or only their ratios followed */
} eot_muon_extra;

EOT_FN eot_muon_extra eot_muon_extra_none(void) {
    eot_muon_extra e;
    e.decay = e.hard = R(0.0);
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

/** Rate of a process in a region [1/cm]. */
EOT_FN real eot_muon_process_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                  eot_muon_event_rates r, i32 process) {
    real sum = R(0.0);
    for (i32 i = 0; i < r.region->n_constituent; i++)
        sum += (real)r.region->fraction[i] * eot_muon_row_at(table, tables, r.region->material[i], r.kinetic).rate *
               eot_muon_process_share(table, tables, r.region->material[i], r.row, process);
    return sum;
}

/** The process and the constituent of an extra hard loss: constituents as in nature. @param for_process,for_constituent
 * random words. */
EOT_FN eot_muon_event eot_muon_extra_choose(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                            eot_muon_event_rates r, u32 for_process, u32 for_constituent) {
    eot_muon_event event;
    event.process = (i32)(for_process >> 30);
    real left = eot_uniform(for_constituent) * eot_muon_process_rate(table, tables, r, event.process);
    i32 chosen = 0;
    for (i32 i = 0; i + 1 < r.region->n_constituent && chosen == i; i++) {
        left -= (real)r.region->fraction[i] * eot_muon_row_at(table, tables, r.region->material[i], r.kinetic).rate *
                eot_muon_process_share(table, tables, r.region->material[i], r.row, event.process);
        if (left >= R(0.0)) chosen = i + 1;
    }
    event.material = r.region->material[chosen];
    event.is_active = r.region->active[chosen];
    return event;
}

/** A tail probability that is uniform in its logarithm. */
EOT_FN real eot_muon_extra_tail(u32 bits) { return eot_exp(-EOT_EXTRA_LOG_RANGE * eot_uniform(bits)); }

/** How much likelier a hard loss is with extra ones. @param extra their rate [1/cm]. @param u its tail probability. */
EOT_FN real eot_muon_extra_hard_ratio(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                      eot_muon_event_rates r, i32 process, real extra, real u) {
    if (process >= EOT_EXTRA_N_PROCESS || u < R(4.76837158203125e-7)) return R(1.0); /* 2^-21 */
    real natural = eot_muon_process_rate(table, tables, r, process);
    return R(1.0) + extra / ((real)EOT_EXTRA_N_PROCESS * EOT_EXTRA_LOG_RANGE * u * fmax(natural, EOT_EXTRA_LEAST_RATE));
}

#endif
