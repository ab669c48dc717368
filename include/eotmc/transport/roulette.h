/** @file roulette.h
 * Splitting and Russian roulette of the muons of a vertex (H. Kahn, T. E. Harris, Natl. Bur. Stand. Appl. Math. Ser. 12
 * (1951) 27), for runs that look ahead which events to follow with deposits: several histories of the muons are
 * followed from the vertex towards the chambers, and one of those that arrive goes on, with the weight of them all.
 * Histories that are unlikely to arrive go on only now and then, with a larger weight. It changes errors, not
 * expectations, whatever the guesses. */
#ifndef EOT_TRANSPORT_ROULETTE_H
#define EOT_TRANSPORT_ROULETTE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/chance.h"
#include "eotmc/transport/event_vertex.h"
#include "eotmc/transport/muon/state.h"

/** What is known of a muon on its way to the chambers, but for the chamber. */
typedef struct {
    f32 slope_x, slope_y; /* dx/dz, dy/dz */
    f32 momentum2;        /* GeV^2, product of the momenta here and at the end: scattering acts at those between */
    f32 bend;             /* charge over the momentum at the end, where fields are */
} eot_muon_outlook;

/** This of a muon that flies forward. @param need kinetic energy that takes it to the last chamber [GeV]. */
EOT_FN eot_muon_outlook eot_muon_outlook_of(eot_muon m, f32 need) {
    f32 at_end = fmax((f32)m.kinetic_energy - need, 0.0f) + EOT_M_MUON, inverse_z = 1.0f / m.direction.z;
    eot_muon_outlook o;
    o.slope_x = m.direction.x * inverse_z;
    o.slope_y = m.direction.y * inverse_z;
    o.momentum2 = sqrt(eot_muon_momentum2((real)m.kinetic_energy)) * at_end;
    o.bend = (f32)m.charge / at_end;
    return o;
}

/** The chance, roughly, that a muon hits a chamber: that of one aimed at its middle, times, beside it, a Gaussian's
 * decrease from the chamber's edge on, or, far out, a slower one, where there is no difference between little and
 * nothing. @param row of eot_outlook_column. */
EOT_FN f32 eot_muon_chance(eot_muon m, eot_muon_outlook o, EOT_GLOBAL const f32 *aim, EOT_GLOBAL const f32 *row) {
    f32 length = aim[EOT_AIM_Z] - (f32)m.position.z, precision = row[EOT_OUTLOOK_STIFFNESS] * o.momentum2;
    f32 x = (f32)m.position.x + o.slope_x * length + o.bend * row[EOT_OUTLOOK_BEND_X] - aim[EOT_AIM_X],
        y = (f32)m.position.y + o.slope_y * length + o.bend * row[EOT_OUTLOOK_BEND_Y] - aim[EOT_AIM_Y];
    f32 off_x = fmax(fabs(x) - aim[EOT_AIM_HALF_X], 0.0f), off_y = fmax(fabs(y) - aim[EOT_AIM_HALF_Y], 0.0f);
    f32 half_square = fmin(0.5f * precision * (off_x * off_x + off_y * off_y), 1.0e6f);
    f32 inverse =
        1.0f + half_square * (1.0f + half_square * (0.5f + half_square * 0.16666667f)); /* of exp(half_square) */
    return eot_muon_chance_aimed(aim, precision) / inverse;
}

/** The share of muons like this one that go on towards the chambers: the least of those that have passed one by without
 * a hit or fly backwards (a field may turn them back, so that none is given up), else in proportion to the chance of
 * hitting the least likely one of those ahead, where that is small, and not all of those whose charge no selection
 * looks for. @param hits bits of the chambers that it has crossed. */
EOT_FN f32 eot_muon_share(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world, eot_muon m, u32 hits) {
    EOT_GLOBAL const eot_muon_need *need = &world->need;
    f32 z = (f32)m.position.z, chance = 1.0f;
    for (i32 i = 0; i < world->spectrometer.n_plane; i++)
        if ((hits >> i & 1u) == 0u && z > world->spectrometer.plane_z[i]) return EOT_LEAST_SHARE;
    if (!(m.direction.z > 0.0f)) return EOT_LEAST_SHARE;
    i32 place = (i32)((z - need->z0) * need->inverse_step);
    place = place < 0 ? 0 : place < need->n ? place : need->n - 1;
    EOT_GLOBAL const f32 *aim = table + need->aim,
                         *row = aim + (u32)(need->n_aim * (EOT_AIM_COLUMNS + place * EOT_OUTLOOK_COLUMNS));
    eot_muon_outlook outlook = eot_muon_outlook_of(m, table[need->table + (u32)place]);
    EOT_ROLLED
    for (i32 i = 0; i < need->n_aim; i++)
        if (aim[i * EOT_AIM_COLUMNS + EOT_AIM_Z] > z)
            chance =
                fmin(chance, eot_muon_chance(m, outlook, aim + i * EOT_AIM_COLUMNS, row + i * EOT_OUTLOOK_COLUMNS));
    f32 most = (need->charges & (m.charge > 0 ? 2 : 1)) != 0 ? 1.0f : EOT_UNWANTED_SHARE;
    return fmin(fmax(chance * need->inverse_likely, EOT_LEAST_SHARE), most);
}

/** The history that stands for all of a vertex. */
EOT_FN eot_history eot_history_of(u32 number, f32 share) {
    eot_history h;
    h.number = number;
    h.share = share;
    return h;
}

/** Weight of a history, from those of its muons that arrive (0: it does not). Both muons play with the same random
 * number, so that the history goes on if the one with the larger share does, and the weight is that one's. */
EOT_FN f32 eot_history_weight(f32 plus, f32 minus) {
    return plus > 0.0f && minus > 0.0f ? fmin(plus, minus) : fmax(plus, minus);
}

/** One of the histories of a vertex, in proportion to their weights, with the mean of these. @param arrived [n][2]
 * weights of mu+ and mu-. @param uniform in (0, 1). @return of share 0 if none arrives. */
EOT_FN eot_history eot_history_choose(EOT_GLOBAL const f32 *arrived, u32 n, f32 uniform) {
    f32 sum = 0.0f, upto = 0.0f;
    u32 last = 0u;
    for (u32 k = 0u; k < n; k++) sum += eot_history_weight(arrived[2u * k], arrived[2u * k + 1u]);
    for (u32 k = 0u; k < n && upto <= uniform * sum; k++) {
        f32 w = eot_history_weight(arrived[2u * k], arrived[2u * k + 1u]);
        upto += w;
        if (w > 0.0f) last = k;
    }
    return eot_history_of(last, sum / (f32)n);
}

/** The vertex whose muons take a history. */
EOT_FN eot_event_vertex eot_vertex_with(eot_event_vertex v, u32 number) {
    v.stream |= number << EOT_HISTORY_SHIFT;
    return v;
}

#endif
