/** @file lanes.h
 * The hot loop: the steps (step.h) of many particles side by side. A work item follows EOT_LANE_WIDTH lanes: 1 on a
 * GPU, where the stages of a step join into one; 32 on a CPU, where each stage is a loop over lanes that vectorises.
 * What a stage's indices point to is loaded between the stages, lane by lane and as whole structs: within a loop that
 * vectorises, CPU compilers turn whatever an address is computed from into scalar code, or gather word by word, which
 * took a third of the time. Numbers: bench/README.md. */
#ifndef EOT_TRANSPORT_LANES_H
#define EOT_TRANSPORT_LANES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"
#include "eotmc/transport/step.h"

/* The tally of track lengths is a build option of the kernels (-DEOT_TRACK_TALLY=0, 1 or 2, enum eot_track_tally). */
#ifndef EOT_TRACK_TALLY
#define EOT_TRACK_TALLY c.track_tally
#endif
/* Whether primaries have lists of arrivals (arrivals.h), so too (-DEOT_ARRIVALS=0 or 1). */
#ifdef EOT_ARRIVALS
#define EOT_LANE_HAS_ARRIVALS EOT_ARRIVALS
#else
#define EOT_LANE_HAS_ARRIVALS (c.n_arrival > 0)
#endif
/* Lanes of a work item, a bit each in a word. */
#ifndef EOT_LANE_WIDTH
#define EOT_LANE_WIDTH 1
#endif
#if EOT_LANE_WIDTH > 32
#error "at most 32 lanes a work item"
#endif
#if EOT_LANE_WIDTH > 1 && defined(__clang__) /* EOT_VECTOR_WIDTH: what the device says it prefers */
#define EOT_PRAGMA_TEXT(text) _Pragma(#text)
#define EOT_PRAGMA(text) EOT_PRAGMA_TEXT(text)
#pragma clang diagnostic ignored \
    "-Wpass-failed" /* front ends that leave the loops to a later pass say that they left them */
#define EOT_EACH_LANE \
    EOT_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(EOT_VECTOR_WIDTH) interleave_count(1))
/* Loops that only load or store what indices point to, which are unrolled. */
#define EOT_LANE_BY_LANE EOT_PRAGMA(clang loop vectorize(disable) unroll(full))
#else
#define EOT_EACH_LANE
#define EOT_LANE_BY_LANE
#endif

/* What a step of a lane leaves to the part that is not vectorised. */
#define EOT_LANE_IS_DONE 1
#define EOT_LANE_HAS_HIT 2
#define EOT_LANE_OVERFLOWS 4

/** The first of some lanes, a bit each. @param lanes not 0. */
EOT_FN u32 eot_first_lane(u32 lanes) { return EOT_LANE_WIDTH == 1 ? 0u : eot_lowest_bit(lanes); }

/** A rare vertex into its record. */
EOT_FN void eot_vertex_record_store(EOT_GLOBAL eot_vertex_record *record, u32 i_primary, u32 draw, f32 fraction, f32 E,
                                    f32 weight) {
    record->i_primary = i_primary;
    record->draw = draw;
    record->fraction = fraction;
    record->E = E;
    record->weight = weight;
}

/** A particle that waits on a lane's stack: E, and z with the type in its last two bits. */
typedef struct EOT_AT_ONCE(8) {
    f32 E, z;
} eot_lane_waiting;
EOT_LAYOUT(eot_lane_waiting, 8);

/** Buffers of the cascade, as pointers in one struct; passed by value, as eot_matter_view is. */
typedef struct {
    EOT_GLOBAL const f32 *table;
    EOT_GLOBAL const f32 *threshold; /* [7] of the track-length tally [GeV] */
    EOT_GLOBAL const f32 *energy; /* E0 of each primary of the batch, and one more [GeV]; or the lists of arrivals.h */
    EOT_GLOBAL u32 *state;        /* [EOT_N_LANE_WORD][n_lane] */
    EOT_GLOBAL f32 *stack;        /* [EOT_LANE_STACK_PLANES][n_lane], the first of eot_lane_waiting */
    EOT_GLOBAL i64 *track;        /* [3 EOT_TRACK_BINS][n_lane] or, of spectra, [3 n_track_bin][n_lane] */
    EOT_GLOBAL eot_vertex_record *vertex; /* forced: one record a primary; analog: [n_slot][n_lane] */
    EOT_GLOBAL u32 *way;                  /* with ways: [n_primary][EOT_WAY_WORDS] */
} eot_lane_view;

/** The way to the particle that a lane follows, into the row of its primary. @param entry of the lane, n_lane apart. */
EOT_FN void eot_lane_way_store(EOT_GLOBAL u32 *row, EOT_GLOBAL const f32 *entry, u32 n_lane, u32 n_entry) {
    u32 n = n_entry < (u32)EOT_WAY_ENTRIES ? n_entry : (u32)EOT_WAY_ENTRIES;
    row[0] = n_entry;
    for (u32 k = 0; k < n; k++) row[1u + k] = eot_f32_bits(entry[k * n_lane]);
}

/** c.n_iteration steps of the lanes [first, first + EOT_LANE_WIDTH): vertex, choice of the rare vertex, tally,
 * daughters, next particle or next primary. The lighter daughter is followed, the heavier waits on the lane's stack. */
EOT_BODY_FN void eot_lanes_advance(u32 first, eot_lane_view view, eot_em_tables t, eot_cascade_parameters c) {
    EOT_GLOBAL const f32 *table = view.table;
    EOT_GLOBAL u32 *state = view.state;
    EOT_GLOBAL eot_lane_waiting *waiting = (EOT_GLOBAL eot_lane_waiting *)view.stack;
    /* the lanes */
    f32 E[EOT_LANE_WIDTH], z[EOT_LANE_WIDTH], weight[EOT_LANE_WIDTH], vertex_fraction[EOT_LANE_WIDTH],
        vertex_E[EOT_LANE_WIDTH];
    i32 type[EOT_LANE_WIDTH], depth[EOT_LANE_WIDTH];
    u32 i_primary[EOT_LANE_WIDTH], draw[EOT_LANE_WIDTH], vertex_draw[EOT_LANE_WIDTH], n_hit[EOT_LANE_WIDTH],
        n_step[EOT_LANE_WIDTH];
    /* a step between its stages */
    u32 x[EOT_LANE_WIDTH], y[EOT_LANE_WIDTH], zz[EOT_LANE_WIDTH], w[EOT_LANE_WIDTH], node[EOT_LANE_WIDTH],
        soft[EOT_LANE_WIDTH], rate[EOT_LANE_WIDTH], quantile[EOT_LANE_WIDTH], top[EOT_LANE_WIDTH],
        place[EOT_LANE_WIDTH], rare_node[EOT_LANE_WIDTH];
    f32 log_start[EOT_LANE_WIDTH], upper[EOT_LANE_WIDTH], tau[EOT_LANE_WIDTH], z_end[EOT_LANE_WIDTH],
        path_X0[EOT_LANE_WIDTH], ionisation[EOT_LANE_WIDTH], rare[EOT_LANE_WIDTH], free_path[EOT_LANE_WIDTH],
        path_0[EOT_LANE_WIDTH], path_1[EOT_LANE_WIDTH], soft_fraction[EOT_LANE_WIDTH], E_end[EOT_LANE_WIDTH],
        log_end[EOT_LANE_WIDTH], along[EOT_LANE_WIDTH], E_along[EOT_LANE_WIDTH], quantile_fraction[EOT_LANE_WIDTH],
        rare_fraction[EOT_LANE_WIDTH];
    f32 value[EOT_LANE_WIDTH], value_1[EOT_LANE_WIDTH];
    eot_f32x4 row[EOT_LANE_WIDTH], row_1[EOT_LANE_WIDTH];
    eot_f32x2 pair[EOT_LANE_WIDTH], popped[EOT_LANE_WIDTH];
    eot_lane_waiting pushed[EOT_LANE_WIDTH];
    i32 flight[EOT_LANE_WIDTH], event[EOT_LANE_WIDTH];
    u32 n_way[EOT_LANE_WIDTH], n_way_popped[EOT_LANE_WIDTH], n_way_next[EOT_LANE_WIDTH], way_place[EOT_LANE_WIDTH];
    EOT_GLOBAL f32 *stack_way = view.stack + 2u * (u32)EOT_STACK_DEPTH * c.n_lane,
                   *way = stack_way + (u32)EOT_STACK_DEPTH * c.n_lane;
    u32 n = c.n_lane, first_low = (u32)c.first_primary, first_high = (u32)(c.first_primary >> 32);
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        u32 g = first + l;
        E[l] = eot_f32_from_bits(state[EOT_LANE_E * n + g]);
        z[l] = eot_f32_from_bits(state[EOT_LANE_Z * n + g]);
        type[l] = (i32)state[EOT_LANE_TYPE * n + g];
        depth[l] = (i32)state[EOT_LANE_DEPTH * n + g];
        i_primary[l] = state[EOT_LANE_I_PRIMARY * n + g];
        draw[l] = state[EOT_LANE_DRAW * n + g];
        weight[l] = eot_f32_from_bits(state[EOT_LANE_WEIGHT * n + g]);
        vertex_draw[l] = state[EOT_LANE_VERTEX_DRAW * n + g];
        vertex_fraction[l] = eot_f32_from_bits(state[EOT_LANE_VERTEX_FRACTION * n + g]);
        vertex_E[l] = eot_f32_from_bits(state[EOT_LANE_VERTEX_E * n + g]);
        n_hit[l] = state[EOT_LANE_N_HIT * n + g];
        n_step[l] = state[EOT_LANE_N_STEP * n + g];
        n_way[l] = state[EOT_LANE_WAY * n + g];
    }
    const i32 has_along = ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) |
                          (EOT_TRACK_TALLY != EOT_TRACK_NONE); /* does anybody ask for a charged particle's E_along? */
    for (u32 iteration = 0; iteration < c.n_iteration; iteration++) {
        u32 with_event = 0, with_choice = 0; /* lanes, a bit each */
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            u32 low = first_low + i_primary[l],
                high = first_high + (low < first_low ? 1u : 0u); /* a sum of 64 bits, in words */
            eot_u32x4 block = eot_philox_in_lanes(low, high, (u32)EOT_STAGE_CASCADE << 24, draw[l], c.seed, c.run);
            x[l] = block.x;
            y[l] = block.y;
            zz[l] = block.z;
            w[l] = block.w;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_u32x4 block;
            block.x = x[l];
            block.y = y[l];
            block.z = zz[l];
            block.w = w[l];
            eot_step_start s = eot_step_begin(t, E[l], z[l], type[l], block);
            log_start[l] = s.log_E;
            upper[l] = s.upper;
            tau[l] = s.tau;
            node[l] = s.node;
        }
        EOT_LANE_BY_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            row[l] = *eot_f32x4_at(table, node[l]);
            if (EOT_N_MEDIUM == 2) row_1[l] = *eot_f32x4_at(table, node[l] + eot_em_layer(t));
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_step_start s;
            s.E = E[l];
            s.z = z[l];
            s.type = type[l];
            s.word_x = x[l];
            s.word_y = y[l];
            s.word_z = zz[l];
            s.word_w = w[l];
            s.log_E = log_start[l];
            s.upper = upper[l];
            s.tau = tau[l];
            s.node = node[l];
            eot_step_flight f = eot_step_fly(eot_step_row_of(t, &row[l], &row_1[l]), t, s);
            z_end[l] = f.z;
            path_X0[l] = f.path_X0;
            if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) {
                path_0[l] = f.path_0;
                path_1[l] = f.path_1;
            }
            ionisation[l] = f.ionisation;
            rare[l] = f.rare;
            free_path[l] = f.free_path;
            soft[l] = f.soft;
            soft_fraction[l] = f.soft_fraction;
            flight[l] = f.state;
        }
        EOT_LANE_BY_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) pair[l] = *eot_f32x2_at(table, soft[l]);
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_step_start s;
            s.E = E[l];
            s.z = z[l];
            s.type = type[l];
            s.word_x = x[l];
            s.word_y = y[l];
            s.word_z = zz[l];
            s.word_w = w[l];
            s.log_E = log_start[l];
            s.upper = upper[l];
            s.tau = tau[l];
            s.node = node[l];
            f32 radiated = eot_between(pair[l].low, pair[l].high, soft_fraction[l]);
            eot_step_end e = eot_step_arrive(t, has_along, s, path_X0[l], ionisation[l], radiated, flight[l]);
            E_end[l] = e.E;
            log_end[l] = e.log_E;
            along[l] = e.along;
            E_along[l] = e.E_along;
            rate[l] = e.rate;
            quantile[l] = e.quantile;
            quantile_fraction[l] = e.quantile_fraction;
            u32 bottom = first + l, above = (u32)depth[l] * n + bottom; /* of the stack */
            top[l] = depth[l] > 0 ? above - n : bottom;
            place[l] = above;
        }
        if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) {
            EOT_EACH_LANE
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                /* a charged particle's losses depend on w, and the choice may depend on nothing of the shower; the same
                 * sum as above, written again, since a function that returns the block keeps this loop from
                 * vectorising (the signal's cascade takes twice the time) */
                u32 low = first_low + i_primary[l], high = first_high + (low < first_low ? 1u : 0u);
                w[l] = eot_philox_in_lanes(low, high, (u32)EOT_STAGE_RARE << 24, draw[l], c.seed, c.run).x;
            }
            EOT_EACH_LANE
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                f32 rate_place = eot_step_rare_place(t, E_along[l]);
                rare_fraction[l] = rate_place - (f32)(i32)rate_place;
                rare_node[l] = eot_step_rare_node(t, type[l], rate_place);
            }
            EOT_LANE_BY_LANE
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                value[l] = eot_em_node(table, rare_node[l], rare_fraction[l]);
                if (EOT_N_MEDIUM == 2)
                    value_1[l] = eot_em_node(table, rare_node[l] + eot_em_layer(t), rare_fraction[l]);
            }
            EOT_EACH_LANE
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                f32 of_photon = rare[l],
                    charged = eot_step_rare_charged(t, type[l], E_along[l], value[l],
                                                    EOT_N_MEDIUM == 2 ? value_1[l] : 0.0f, path_0[l], path_1[l]);
                rare[l] = type[l] == EOT_PHOTON ? of_photon : charged;
            }
        }
        if (EOT_TRACK_TALLY != EOT_TRACK_NONE) {
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) { /* the whole path, at the energy of one random point of it */
                i32 bin;
                if (EOT_TRACK_TALLY == EOT_TRACK_SPECTRUM) { /* the nearer of its two nodes is the likelier */
                    f32 at = eot_fma(eot_log(eot_max(E_along[l], 1e-6f)) - c.track_log_first, c.track_inverse_log_step,
                                     eot_uniform(y[l]));
                    i32 last = c.n_track_bin - 1, i = (i32)at;
                    bin = type[l] * c.n_track_bin + (at < 0.0f ? last : i < last ? i : last - 1);
                } else { /* above the highest threshold that it exceeds */
                    i32 i = E_along[l] >= view.threshold[3] ? 4 : 0;
                    i += E_along[l] >= view.threshold[i + 1] ? 2 : 0;
                    i += E_along[l] >= view.threshold[i] ? 1 : 0;
                    bin = type[l] * EOT_TRACK_BINS + i;
                }
                if (i_primary[l] < c.n_primary)
                    view.track[(u32)bin * n + first + l] += (i64)(path_X0[l] * EOT_TRACK_QUANTUM + 0.5f);
            }
        }
        EOT_LANE_BY_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            pair[l] = *eot_f32x2_at(table, quantile[l]);
            value[l] = table[rate[l]];
            popped[l].low = waiting[top[l]].E; /* E and z apart: PoCL's compiler gathers copies of the whole struct */
            popped[l].high = waiting[top[l]].z;
            if (EOT_HAS_WAYS(c)) n_way_popped[l] = eot_f32_bits(stack_way[top[l]]);
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            f32 q = eot_between(pair[l].low, pair[l].high, quantile_fraction[l]);
            eot_step_vertex v =
                eot_step_interact(t, type[l], flight[l], E_end[l], log_end[l], value[l] * free_path[l], q, zz[l]);
            i32 a_is_high = v.E_a > v.E_b;
            f32 high = a_is_high ? v.E_a : v.E_b, small = a_is_high ? v.E_b : v.E_a;
            i32 high_type = a_is_high ? v.type_a : v.type_b, low_type = a_is_high ? v.type_b : v.type_a;
            /* every array is read once, here: a read in one arm of a choice would become a read through a chosen
             * address */
            f32 rare_now = rare[l], weight_now = weight[l], z_at = z_end[l], along_at = along[l], E_at = E_along[l],
                fraction_now = vertex_fraction[l], vertex_E_now = vertex_E[l];
            i32 type_now = type[l], depth_now = depth[l], has_left = (flight[l] & EOT_STEP_LEFT) != 0;
            u32 draw_now = draw[l], word = w[l], vertex_draw_now = vertex_draw[l];
            i32 is_busy =
                (i32)i_primary[l] < (i32)c.n_primary; /* idle lanes go on with any energy: nothing of them counts */
            /* the rare vertex: forced, one of the shower's, in proportion to the local rate; analog, a Bernoulli trial
             * on 31 bits */
            f32 total = weight_now + rare_now;
            i32 is_reached = eot_uniform(word) * total > weight_now,
                is_hit = (f32)(i32)(word >> 1) + 0.5f < rare_now * c.enhancement * 2147483648.0f;
            i32 is_chosen = is_busy & (rare_now > 0.0f) & (EOT_IS_FORCED(c) ? is_reached : is_hit);
            weight[l] = total;
            vertex_draw[l] = is_chosen ? draw_now | (u32)type_now << EOT_RECORD_TYPE_SHIFT : vertex_draw_now;
            vertex_fraction[l] = is_chosen ? along_at : fraction_now;
            vertex_E[l] = is_chosen ? E_at : vertex_E_now;
            /* daughters */
            i32 both = small >= t.sought, one = (high >= t.sought) & !has_left;
            i32 overflows = both & (depth_now >= EOT_STACK_DEPTH - 1), pops = !one & (depth_now > 0),
                is_done = is_busy & !one & (depth_now == 0);
            f32 popped_E = popped[l].low;
            u32 popped_z = eot_f32_bits(popped[l].high);
            if (EOT_HAS_WAYS(c)) {
                u32 n_way_now = n_way[l], n_way_waiting = n_way_popped[l];
                u32 kept = pops ? n_way_waiting : n_way_now, at = kept < (u32)EOT_WAY_ENTRIES ? kept : EOT_WAY_ENTRIES;
                way_place[l] = at * n + first + l;
                n_way_next[l] = kept + (u32)pops;
                with_choice |= (u32)is_chosen << l;
            }
            pushed[l].E = high;
            pushed[l].z = eot_f32_from_bits((eot_f32_bits(z_at) & ~3u) | (u32)high_type);
            f32 E_on = both ? small : high;
            i32 type_on = both ? low_type : high_type;
            E[l] = one ? E_on : popped_E;
            z[l] = one ? z_at : eot_f32_from_bits(popped_z & ~3u);
            type[l] = one ? type_on : (i32)(popped_z & 3u);
            depth[l] = depth_now + (both & !overflows) - pops;
            draw[l] = draw_now + 1u;
            n_step[l] += (u32)is_busy;
            i32 events = is_done * EOT_LANE_IS_DONE + (is_chosen & !EOT_IS_FORCED(c)) * EOT_LANE_HAS_HIT +
                         (is_busy & overflows) * EOT_LANE_OVERFLOWS;
            event[l] = events;
            with_event |= (u32)(events != 0) << l;
        }
        EOT_LANE_BY_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            waiting[place[l]] = pushed[l];
            if (EOT_HAS_WAYS(c)) stack_way[place[l]] = eot_f32_from_bits(n_way[l]);
        }
        if (EOT_HAS_WAYS(c)) {
            for (; with_choice != 0u; with_choice &= with_choice - 1u) {
                u32 l = eot_first_lane(with_choice);
                eot_lane_way_store(view.way + (u64)i_primary[l] * EOT_WAY_WORDS, way + first + l, n, n_way[l]);
            }
            EOT_LANE_BY_LANE
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                way[way_place[l]] = eot_f32_from_bits(draw[l] | (u32)depth[l] << EOT_WAY_DEPTH_SHIFT);
                n_way[l] = n_way_next[l];
            }
        }
        i32 is_full = 0; /* a lane without place for another vertex: the host takes them first */
        for (; with_event != 0u; with_event &= with_event - 1u) {
            u32 l = eot_first_lane(with_event), g = first + l;
            if ((event[l] & EOT_LANE_OVERFLOWS) != 0) state[EOT_LANE_N_OVERFLOW * n + g]++;
            if ((event[l] & EOT_LANE_HAS_HIT) != 0) {
                eot_vertex_record_store(view.vertex + n_hit[l] * n + g, i_primary[l], vertex_draw[l],
                                        vertex_fraction[l], vertex_E[l], 1.0f / c.enhancement);
                n_hit[l]++;
                is_full |= n_hit[l] == c.n_slot;
            }
            if ((event[l] & EOT_LANE_IS_DONE) == 0) continue;
            u32 arrival = 0;
            if (EOT_LANE_HAS_ARRIVALS) { /* the next particle of the primary, if there is one */
                u32 next = state[EOT_LANE_ARRIVAL * n + g] + 1u;
                f32 E_next = next < (u32)c.n_arrival ? view.energy[next * c.arrival_stride + i_primary[l]] : 0.0f;
                arrival = E_next > 0.0f ? next : 0u;
                state[EOT_LANE_ARRIVAL * n + g] = arrival;
            }
            if (arrival == 0u) { /* the lane's next primary; one past the end is padding, with energy */
                if (EOT_IS_FORCED(c))
                    eot_vertex_record_store(view.vertex + i_primary[l], i_primary[l], vertex_draw[l],
                                            vertex_fraction[l], vertex_E[l], weight[l]);
                i32 next = (i32)(i_primary[l] + n);
                i_primary[l] = (u32)(next < (i32)c.n_primary ? next : (i32)c.n_primary);
                draw[l] = 0u;
                weight[l] = 0.0f;
                n_way[l] = 0u;
            }
            /* the stack of a lane that has ended is empty */
            E[l] = view.energy[arrival * c.arrival_stride + i_primary[l]];
            z[l] = 0.0f;
            type[l] = c.primary_type;
            if (EOT_LANE_HAS_ARRIVALS) {
                u32 packed = eot_f32_bits(view.energy[((u32)c.n_arrival + arrival) * c.arrival_stride + i_primary[l]]);
                E[l] = eot_max(E[l], EOT_LANE_NOTHING);
                z[l] = eot_f32_from_bits(packed & ~3u);
                type[l] = (i32)(packed & 3u);
            }
        }
        if (is_full) break;
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        u32 g = first + l;
        state[EOT_LANE_E * n + g] = eot_f32_bits(E[l]);
        state[EOT_LANE_Z * n + g] = eot_f32_bits(z[l]);
        state[EOT_LANE_TYPE * n + g] = (u32)type[l];
        state[EOT_LANE_DEPTH * n + g] = (u32)depth[l];
        state[EOT_LANE_I_PRIMARY * n + g] = i_primary[l];
        state[EOT_LANE_DRAW * n + g] = draw[l];
        state[EOT_LANE_WEIGHT * n + g] = eot_f32_bits(weight[l]);
        state[EOT_LANE_VERTEX_DRAW * n + g] = vertex_draw[l];
        state[EOT_LANE_VERTEX_FRACTION * n + g] = eot_f32_bits(vertex_fraction[l]);
        state[EOT_LANE_VERTEX_E * n + g] = eot_f32_bits(vertex_E[l]);
        state[EOT_LANE_N_HIT * n + g] = n_hit[l];
        state[EOT_LANE_N_STEP * n + g] = n_step[l];
        if (EOT_HAS_WAYS(c)) state[EOT_LANE_WAY * n + g] = n_way[l];
    }
}

#endif
