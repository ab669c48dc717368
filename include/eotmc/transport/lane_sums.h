/** @file lane_sums.h
 * What happens to the lanes of the cascade before and between its launches, so that the host need not see them: their
 * first primaries, sums over them, and their analog vertices in one list. */
#ifndef EOT_TRANSPORT_LANE_SUMS_H
#define EOT_TRANSPORT_LANE_SUMS_H

#include "eotmc/tally/atomic.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"

/** Sums over the lanes. They are added to what is there: the host takes differences. */
enum eot_lanes_sum {
    EOT_LANES_BUSY = 0, /* lanes with a primary */
    EOT_LANES_LEFT,     /* primaries that are not done, those under way among them */
    EOT_LANES_DONE,     /* primaries done */
    EOT_LANES_STEP,
    EOT_LANES_OVERFLOW,
    EOT_LANES_HIT, /* analog vertices that went into the list */
    EOT_N_LANES_SUM
};

/** Lanes of one work item of the summary: few atomic additions, and still enough work items. */
#define EOT_LANES_PER_ITEM 16
EOT_FN u32 eot_lanes_items(u32 n_lane) { return (n_lane + EOT_LANES_PER_ITEM - 1) / EOT_LANES_PER_ITEM; }

/** Places of the list of analog vertices, which is a ring: a power of two, so that its counter may wrap around, with
 * place for all that the lanes can hold. */
EOT_FN u32 eot_hit_places(u32 n_lane, u32 n_slot) {
    u32 n = 1;
    while (n < n_lane * n_slot) n *= 2u;
    return n;
}

/** A lane at the start of a batch. @param energy of the batch's primaries, one at least; or the lists of arrivals.h. */
EOT_FN void eot_lane_start(u32 i, EOT_GLOBAL const eot_cascade_parameters *c, EOT_GLOBAL const f32 *energy,
                           EOT_GLOBAL u32 *lane) {
    u32 n_lane = c->n_lane, is_busy = i < c->n_primary ? 1u : 0u, place = is_busy ? i : 0u;
    for (u32 k = 0; k < (u32)EOT_N_LANE_WORD; k++) lane[k * n_lane + i] = 0;
    lane[EOT_LANE_I_PRIMARY * n_lane + i] = is_busy ? i : c->n_primary;
    lane[EOT_LANE_E * n_lane + i] = eot_f32_bits(energy[place]);
    lane[EOT_LANE_TYPE * n_lane + i] = (u32)c->primary_type;
    if (c->n_arrival > 0) {
        u32 packed = eot_f32_bits(energy[(u32)c->n_arrival * c->arrival_stride + place]);
        lane[EOT_LANE_E * n_lane + i] =
            eot_f32_bits(energy[place] > EOT_LANE_NOTHING ? energy[place] : EOT_LANE_NOTHING);
        lane[EOT_LANE_Z * n_lane + i] = packed & ~3u;
        lane[EOT_LANE_TYPE * n_lane + i] = packed & 3u;
    }
}

/** The lanes i, i + n_item, ... after a launch: their sums, and their analog vertices into the list.
 * @param vertex analog: [n_slot][n_lane]. @param n_place how often a place of the list was taken so far.
 * @param hit the list, [eot_hit_places]. */
EOT_FN void eot_lanes_summarise(u32 item, u32 n_item, EOT_GLOBAL const eot_cascade_parameters *c, EOT_GLOBAL u32 *lane,
                                EOT_GLOBAL const eot_vertex_record *vertex, EOT_GLOBAL i64 *sum,
                                EOT_GLOBAL u32 *n_place, EOT_GLOBAL eot_vertex_record *hit) {
    u32 n = c->n_lane, n_busy = 0, n_left = 0, n_done = 0, n_overflow = 0, n_hit = 0;
    i64 n_step = 0;
    for (u32 i = item; i < n; i += n_item) {
        u32 next = lane[EOT_LANE_I_PRIMARY * n + i], n_own = c->is_forced ? 0u : lane[EOT_LANE_N_HIT * n + i];
        n_step += (i64)lane[EOT_LANE_N_STEP * n + i];
        n_overflow += lane[EOT_LANE_N_OVERFLOW * n + i];
        if (i < c->n_primary) {
            n_busy += next < c->n_primary ? 1u : 0u;
            n_left += (c->n_primary - next + n - 1u) / n;
            n_done += (next - i + n - 1u) / n;
        }
        if (n_own == 0u) continue;
        u32 last = eot_hit_places(n, c->n_slot) - 1u;
        for (u32 k = 0; k < n_own; k++) hit[eot_atomic_increment_u32(n_place) & last] = vertex[k * n + i];
        lane[EOT_LANE_N_HIT * n + i] = 0u;
        n_hit += n_own;
    }
    eot_atomic_add_i64(&sum[EOT_LANES_STEP], n_step);
    if (n_busy > 0u) eot_atomic_add_i64(&sum[EOT_LANES_BUSY], (i64)n_busy);
    if (n_left > 0u) eot_atomic_add_i64(&sum[EOT_LANES_LEFT], (i64)n_left);
    if (n_done > 0u) eot_atomic_add_i64(&sum[EOT_LANES_DONE], (i64)n_done);
    if (n_overflow > 0u) eot_atomic_add_i64(&sum[EOT_LANES_OVERFLOW], (i64)n_overflow);
    if (n_hit > 0u) eot_atomic_add_i64(&sum[EOT_LANES_HIT], (i64)n_hit);
}

#endif
