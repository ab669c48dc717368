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

#include "eotmc/transport/event_vertex.h"
#include "eotmc/transport/muon/state.h"

/** How far beside a chamber a muon would pass on a straight line, over the spread by multiple scattering, squared.
 * @param aim row of eot_aim_column. @param lever of eot_muon_need [cm]. @param momentum2 product of the momenta [GeV^2]
 * here and there: scattering acts at those between. */
EOT_FN f32 eot_muon_off_aim2(eot_muon m, EOT_GLOBAL const f32 *aim, f32 lever, f32 momentum2) {
    f32 length = aim[EOT_AIM_Z] - (f32)m.position.z, to_z = length / m.direction.z;
    f32 off_x = fabs((f32)m.position.x + m.direction.x * to_z - aim[EOT_AIM_X]) - aim[EOT_AIM_HALF_X],
        off_y = fabs((f32)m.position.y + m.direction.y * to_z - aim[EOT_AIM_Y]) - aim[EOT_AIM_HALF_Y],
        off = fmax(off_x, off_y), spread2 = 0.0136f * 0.0136f * lever * lever; /* times momentum2 [GeV^2 cm^2] */
    return off > 0.0f ? off * off * momentum2 / fmax(spread2, 1.0e-12f) : 0.0f;
}

/** The share of muons like this one that go on towards the chambers: of those that have passed one by without a hit or
 * fly backwards (a field may turn them back, so that none is given up), of those that aim beside one, in front of any
 * field. @param hits bits of the chambers that it has
 * crossed. */
EOT_FN f32 eot_muon_share(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world, eot_muon m, u32 hits) {
    EOT_GLOBAL const eot_muon_need *need = &world->need;
    f32 z = (f32)m.position.z, share = 1.0f;
    for (i32 i = 0; i < world->spectrometer.n_plane; i++)
        if ((hits >> i & 1u) == 0u && z > world->spectrometer.plane_z[i]) return EOT_HOPELESS_SHARE;
    if (need->n_aim == 0) return 1.0f;
    if (!(m.direction.z > 0.0f)) return EOT_HOPELESS_SHARE;
    i32 place = (i32)((z - need->z0) * need->inverse_step);
    place = place < 0 ? 0 : place < need->n ? place : need->n - 1;
    f32 at_end = fmax((f32)m.kinetic_energy - table[need->table + (u32)place], 0.0f) + EOT_M_MUON,
        momentum2 = sqrt(eot_muon_momentum2((real)m.kinetic_energy)) * at_end;
    for (i32 i = 0; i < need->n_aim; i++) {
        EOT_GLOBAL const f32 *aim = table + need->aim + (u32)(i * EOT_AIM_COLUMNS),
                             *lever = table + need->aim + (u32)(need->n_aim * EOT_AIM_COLUMNS + i * need->n);
        if (aim[EOT_AIM_Z] <= z) continue;
        f32 off2 = eot_muon_off_aim2(m, aim, lever[place], momentum2);
        if (off2 > EOT_HOPELESS_FROM * EOT_HOPELESS_FROM) return EOT_HOPELESS_SHARE;
        if (off2 > EOT_UNLIKELY_FROM * EOT_UNLIKELY_FROM) share = EOT_UNLIKELY_SHARE;
    }
    return share;
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
