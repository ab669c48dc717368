/** @file cascade.h
 * The electromagnetic cascade above the cut, one particle step at a time. Electrons, positrons and photons take the same step (path, continuous loss, radiation
 * below the cut, one vertex with two daughters); the type picks table rows, not branches, so that lanes stay together on every device.
 * One Philox block a step, counter = (primary, EOT_STAGE_CASCADE, step): any shower can be followed again, step by step.
 * The depth z is the path projected on the axis: angles (below 0.1 rad above 0.2 GeV) are left to the replay. */
#ifndef EOT_TRANSPORT_CASCADE_H
#define EOT_TRANSPORT_CASCADE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/random.h"
#include "eotmc/transport/parameters.h"

/* The number of layers is a build option of the kernels (-DEOT_N_MEDIUM=1 or 2), so that no branch on it is left in the loop; the host asks the tables. */
#ifndef EOT_N_MEDIUM
#define EOT_N_MEDIUM t.n_medium
#endif
/* So are the parents of rare processes, bits 1 << type (-DEOT_RARE_PARENTS=4: photons only): the rate of charged particles costs a look-up of its own. */
#ifndef EOT_RARE_PARENTS
#define EOT_RARE_PARENTS t.rare_parents
#endif
#define EOT_RARE_CHARGED (1 << EOT_ELECTRON | 1 << EOT_POSITRON)

/* The same for the tally of track lengths (-DEOT_TRACK_TALLY=0, 1 or 2, enum eot_track_tally). */
#ifndef EOT_TRACK_TALLY
#define EOT_TRACK_TALLY c.track_tally
#endif

/** Outcome of one step. The energy E before it is ionisation + soft + E_a + E_b (+ rounding of the last place) unless the particle has left with E_b. */
typedef struct {
    f32 path;       /* cm */
    f32 path_X0;    /* radiation lengths */
    f32 ionisation; /* GeV lost along the path */
    f32 soft;       /* GeV radiated along the path as photons below the cut */
    f32 z;          /* cm, of the vertex */
    f32 E_a, E_b;   /* GeV, daughters; E_a = 0: no interaction, E_b goes on */
    i32 type_a, type_b;
    i32 has_left;   /* 1: E_b leaves the calorimeter through its rear face */
    f32 along;      /* fraction of the path at which a rare vertex would be: uniform in (0, 1) */
    f32 E_along;    /* GeV, energy there */
    f32 rare;       /* expected number of rare vertices along the path; for charged parents with the rate at E_along, right on average */
} eot_cascade_vertex;

/** Path lengths in the two layers of a period. */
typedef struct {
    f32 in[EOT_N_MEDIUM_MAX]; /* cm */
} eot_layer_path;

/** How a path of given length that starts at depth z divides between the layers. */
EOT_FN eot_layer_path eot_layer_path_split(f32 layer_0, f32 layer_1, f32 z, f32 path) {
    f32 period = layer_0 + layer_1, end = z + path;
    f32 n_start = floor(z / period), n_end = floor(end / period);
    f32 phase_start = z - n_start * period, phase_end = end - n_end * period;
    eot_layer_path split;
    split.in[0] = fmax(0.0f, fma(n_end - n_start, layer_0, fmin(phase_end, layer_0) - fmin(phase_start, layer_0)));
    split.in[1] = fmax(0.0f, path - split.in[0]);
    return split;
}

/** Length of the path from depth z at which the optical depth tau is reached, in a period of two layers with rates rate_0, rate_1 [1/cm]. */
EOT_FN f32 eot_layer_path_length(f32 layer_0, f32 layer_1, f32 rate_0, f32 rate_1, f32 z, f32 tau) {
    f32 period = layer_0 + layer_1, n_start = floor(z / period), phase = fmax(0.0f, z - n_start * period);
    f32 period_depth = fma(rate_0, layer_0, rate_1 * layer_1);
    f32 before = fma(rate_0, fmin(phase, layer_0), rate_1 * fmax(0.0f, phase - layer_0)); /* optical depth from the start of the period */
    f32 target = before + tau, n = floor(target / period_depth), rest = target - n * period_depth;
    f32 in_0 = rate_0 * layer_0;
    f32 end = rest < in_0 ? rest / rate_0 : layer_0 + (rest - in_0) / rate_1;
    return fmax(0.0f, fma(n, period, end - phase));
}

/** Linear interpolation in a column of the node table. */
EOT_FN f32 eot_em_node(EOT_GLOBAL const f32 *table, u32 node, f32 fraction) {
    f32 low = table[node];
    return fma(fraction, table[node + EOT_EM_N_COLUMN] - low, low);
}

/** Linear interpolation at position p in n + 1 equidistant values. */
EOT_FN f32 eot_row_interpolated(EOT_GLOBAL const f32 *row, f32 p, i32 n) {
    i32 i = (i32)p;
    i = i < 0 ? 0 : i > n - 1 ? n - 1 : i;
    f32 low = row[i];
    return fma(p - (f32)i, row[i + 1] - low, low);
}

/** One step: path to the next hard vertex (or to the longest step, or to the rear face), losses on the way, and the vertex.
 * @param table f32 table. @param t its layout. @param E_start,z_start,type particle with E >= cut (scalars: a
 * small struct as an argument becomes a short vector, which keeps CPU compilers from vectorising across work items). @param block random block of the step.
 * Words: x path; y energy fraction; z interpolation between energy nodes (upper half), acceptance or channel (lower half); w radiation below the cut. */
EOT_FN eot_cascade_vertex eot_cascade_vertex_sample(EOT_GLOBAL const f32 *table, eot_em_tables t, f32 E_start, f32 z_start, i32 type, eot_u32x4 block) {
    eot_cascade_vertex v;
    i32 is_photon = type == EOT_PHOTON;
    f32 upper = (f32)(block.z >> 16) * 1.52587890625e-5f, lower = (f32)(block.z & 0xffffu) * 1.52587890625e-5f;
    /* rates at the start of the step */
    f32 log_E = eot_log(E_start);
    f32 position = fmin(fmax((log_E - t.log_cut) * t.inverse_log_step, 0.0f), (f32)t.n_energy - 1.001f);
    i32 i_E = (i32)position;
    f32 f_E = position - (f32)i_E;
    u32 node = t.node + (u32)i_E * EOT_EM_N_COLUMN, rate_column = is_photon ? EOT_EM_PHOTON : EOT_EM_MAJORANT;
    u32 medium_stride = (u32)t.n_energy * EOT_EM_N_COLUMN;
    f32 rate_0 = eot_em_node(table, node + rate_column, f_E), rate_1 = 0.0f, tau = -eot_log(eot_uniform(block.x)), path;
    if (EOT_N_MEDIUM == 2) {
        rate_1 = eot_em_node(table, node + medium_stride + rate_column, f_E);
        path = eot_layer_path_length(t.layer[0], t.layer[1], fmax(rate_0, 1e-12f), fmax(rate_1, 1e-12f), z_start, tau);
    } else {
        path = tau / fmax(rate_0, 1e-12f);
    }
    f32 limit = is_photon ? 1e9f : t.step_max;
    i32 is_limited = path > limit;
    path = is_limited ? limit : path;
    f32 to_end = t.depth - z_start;
    v.has_left = path > to_end;
    path = v.has_left ? fmax(0.0f, to_end) : path;
    v.path = path;
    v.z = z_start + path;
    /* losses along the path */
    f32 ionisation = eot_em_node(table, node + EOT_EM_IONISATION, f_E), rare = eot_em_node(table, node + EOT_EM_RARE + EOT_PHOTON, f_E);
    f32 path_0 = path, path_1 = 0.0f;
    i32 medium = 0;
    if (EOT_N_MEDIUM == 2) {
        eot_layer_path split = eot_layer_path_split(t.layer[0], t.layer[1], z_start, path);
        ionisation = fma(ionisation, split.in[0], eot_em_node(table, node + medium_stride + EOT_EM_IONISATION, f_E) * split.in[1]);
        rare = fma(rare, split.in[0], eot_em_node(table, node + medium_stride + EOT_EM_RARE + EOT_PHOTON, f_E) * split.in[1]);
        path_0 = split.in[0];
        path_1 = split.in[1];
        v.path_X0 = fma(split.in[0], t.inverse_X0[0], split.in[1] * t.inverse_X0[1]);
        f32 period = t.layer[0] + t.layer[1];
        medium = v.z - floor(v.z / period) * period < t.layer[0] ? 0 : 1;
    } else {
        ionisation = ionisation * path;
        rare = rare * path;
        v.path_X0 = path * t.inverse_X0[0];
    }
    v.rare = is_photon && E_start >= t.rare_min[EOT_PHOTON] ? rare : 0.0f;
    f32 soft_position = (log_E - t.log_cut) * t.soft_inverse_log_step + upper; /* stochastic choice of the energy node */
    i32 i_soft = (i32)fmin(fmax(soft_position, 0.0f), (f32)t.n_soft_energy - 1.0f);
    f32 path_position = fmin(sqrt(v.path_X0 * t.soft_path_scale), (f32)t.n_soft_path - 1.001f);
    i32 i_path = (i32)path_position;
    u32 soft_row = t.soft + (u32)(i_soft * t.n_soft_path + i_path) * (u32)(t.n_soft_quantile + 1);
    f32 u_soft = eot_uniform(block.w) * (f32)t.n_soft_quantile;
    f32 soft_low = eot_row_interpolated(table + soft_row, u_soft, t.n_soft_quantile);
    f32 soft_high = eot_row_interpolated(table + soft_row + t.n_soft_quantile + 1, u_soft, t.n_soft_quantile);
    f32 t_low = (f32)i_path * (f32)i_path, t_high = (f32)(i_path + 1) * (f32)(i_path + 1); /* the path's own scale: linear in path between nodes */
    f32 f_path = (v.path_X0 * t.soft_path_scale - t_low) / (t_high - t_low);
    f32 soft = fma(fmin(f_path, 1.0f), soft_high - soft_low, soft_low) * t.cut;
    v.ionisation = is_photon ? 0.0f : fmin(ionisation, E_start);
    v.soft = is_photon ? 0.0f : fmin(soft, E_start - v.ionisation);
    f32 E = is_photon ? E_start : E_start - v.ionisation - v.soft;
    v.along = (f32)(((block.x & 0xffu) << 8) | (block.y & 0xffu)) * 1.52587890625e-5f + 7.62939453125e-6f;
    v.E_along = E_start - v.along * (v.ionisation + v.soft);
    if (EOT_RARE_PARENTS & EOT_RARE_CHARGED) { /* the rate at one random point of the path, whose energy the vertex then has */
        f32 place = fmin(fmax((eot_log(fmax(v.E_along, t.cut)) - t.log_cut) * t.inverse_log_step, 0.0f), (f32)t.n_energy - 1.001f);
        i32 i_place = (i32)place;
        u32 node_along = t.node + (u32)i_place * EOT_EM_N_COLUMN + EOT_EM_RARE + (u32)type;
        f32 rate = eot_em_node(table, node_along, place - (f32)i_place) * path_0;
        if (EOT_N_MEDIUM == 2) rate = fma(eot_em_node(table, node_along + medium_stride, place - (f32)i_place), path_1, rate);
        f32 E_min = type == EOT_POSITRON ? t.rare_min[EOT_POSITRON] : t.rare_min[EOT_ELECTRON];
        v.rare = is_photon ? v.rare : (v.E_along >= E_min ? rate : 0.0f);
    }
    /* the vertex, at the energy that is left */
    f32 log_E_vertex = is_photon ? log_E : eot_log(fmax(E, 1e-6f));
    f32 log_ratio = fmax(log_E_vertex - t.log_cut, 0.0f);
    f32 position_vertex = fmin(log_ratio * t.inverse_log_step, (f32)t.n_energy - 1.001f);
    i32 i_vertex = (i32)position_vertex;
    f32 f_vertex = position_vertex - (f32)i_vertex;
    u32 node_vertex = t.node + (u32)medium * medium_stride + (u32)i_vertex * EOT_EM_N_COLUMN;
    f32 rate_vertex = eot_em_node(table, node_vertex + EOT_EM_BREMS, f_vertex), share = eot_em_node(table, node_vertex + EOT_EM_COMPTON_SHARE, f_vertex);
    i32 is_real = is_photon || lower * (medium == 0 ? rate_0 : rate_1) < rate_vertex; /* the rate has fallen since the start of the step */
    i32 interacts = is_real && !is_limited && !v.has_left && E >= t.cut;
    i32 channel = is_photon ? (lower < share ? EOT_CHANNEL_COMPTON : EOT_CHANNEL_PAIR) : EOT_CHANNEL_BREMS;
    u32 row = (u32)((medium * EOT_N_CHANNEL + channel) * t.n_energy + i_vertex + (upper < f_vertex ? 1 : 0));
    f32 q = eot_row_interpolated(table + t.quantile + row * (u32)(t.n_quantile + 1), eot_uniform(block.y) * (f32)t.n_quantile, t.n_quantile);
    f32 photon = eot_exp(fma(q, log_ratio, t.log_cut)); /* bremsstrahlung and Compton quantiles are in ln(k/cut)/ln(E/cut), pair quantiles in E+/k */
    f32 first = fmin(channel == EOT_CHANNEL_PAIR ? q * E : photon, E);
    v.E_a = interacts ? first : 0.0f;
    v.E_b = E - v.E_a;
    v.type_a = channel == EOT_CHANNEL_PAIR ? EOT_POSITRON : EOT_PHOTON;
    v.type_b = is_photon && interacts ? EOT_ELECTRON : type;
    return v;
}

/** A lane at work: the words of eot_lane_word. */
typedef struct {
    f32 E, z;
    i32 type, depth;
    u32 i_primary, draw;
    f32 weight;
    u32 vertex_draw;
    f32 vertex_fraction, vertex_E;
    u32 n_hit, n_step, n_overflow;
} eot_lane;

EOT_FN eot_lane eot_lane_load(EOT_GLOBAL const u32 *state, u32 g, u32 n_lane) {
    eot_lane L;
    L.E = eot_f32_from_bits(state[EOT_LANE_E * n_lane + g]);
    L.z = eot_f32_from_bits(state[EOT_LANE_Z * n_lane + g]);
    L.type = (i32)state[EOT_LANE_TYPE * n_lane + g];
    L.depth = (i32)state[EOT_LANE_DEPTH * n_lane + g];
    L.i_primary = state[EOT_LANE_I_PRIMARY * n_lane + g];
    L.draw = state[EOT_LANE_DRAW * n_lane + g];
    L.weight = eot_f32_from_bits(state[EOT_LANE_WEIGHT * n_lane + g]);
    L.vertex_draw = state[EOT_LANE_VERTEX_DRAW * n_lane + g];
    L.vertex_fraction = eot_f32_from_bits(state[EOT_LANE_VERTEX_FRACTION * n_lane + g]);
    L.vertex_E = eot_f32_from_bits(state[EOT_LANE_VERTEX_E * n_lane + g]);
    L.n_hit = state[EOT_LANE_N_HIT * n_lane + g];
    L.n_step = state[EOT_LANE_N_STEP * n_lane + g];
    L.n_overflow = state[EOT_LANE_N_OVERFLOW * n_lane + g];
    return L;
}
EOT_FN void eot_lane_store(EOT_GLOBAL u32 *state, u32 g, u32 n_lane, eot_lane L) {
    state[EOT_LANE_E * n_lane + g] = eot_f32_bits(L.E);
    state[EOT_LANE_Z * n_lane + g] = eot_f32_bits(L.z);
    state[EOT_LANE_TYPE * n_lane + g] = (u32)L.type;
    state[EOT_LANE_DEPTH * n_lane + g] = (u32)L.depth;
    state[EOT_LANE_I_PRIMARY * n_lane + g] = L.i_primary;
    state[EOT_LANE_DRAW * n_lane + g] = L.draw;
    state[EOT_LANE_WEIGHT * n_lane + g] = eot_f32_bits(L.weight);
    state[EOT_LANE_VERTEX_DRAW * n_lane + g] = L.vertex_draw;
    state[EOT_LANE_VERTEX_FRACTION * n_lane + g] = eot_f32_bits(L.vertex_fraction);
    state[EOT_LANE_VERTEX_E * n_lane + g] = eot_f32_bits(L.vertex_E);
    state[EOT_LANE_N_HIT * n_lane + g] = L.n_hit;
    state[EOT_LANE_N_STEP * n_lane + g] = L.n_step;
    state[EOT_LANE_N_OVERFLOW * n_lane + g] = L.n_overflow;
}

/** One step of one lane: vertex, choice of the rare vertex, tally, daughters, next particle or next primary.
 * @param stack f32, [3][EOT_STACK_DEPTH][n_lane]: E, z, type. @param track i64, [3 EOT_TRACK_BINS][n_lane] or, of spectra,
 * [3 n_track_bin][n_lane].
 * @param energy E0 of each primary of the batch. @param vertex forced: one record a primary; analog: [n_slot][n_lane]. */
EOT_FN eot_lane eot_lane_step(eot_lane L, u32 g, EOT_GLOBAL const f32 *table, eot_em_tables t, eot_cascade_parameters c, EOT_GLOBAL const f32 *threshold, EOT_GLOBAL const f32 *energy,
                              EOT_GLOBAL f32 *stack, EOT_GLOBAL i64 *track, EOT_GLOBAL eot_vertex_record *vertex) {
    u64 primary = c.first_primary + L.i_primary;
    eot_u32x4 block = eot_philox((u32)primary, (u32)(primary >> 32), (u32)EOT_STAGE_CASCADE << 24, L.draw, c.seed, c.run);
    eot_cascade_vertex v = eot_cascade_vertex_sample(table, t, L.E, L.z, L.type, block);
    i32 is_busy = L.i_primary < c.n_primary && (c.is_forced || L.n_hit < c.n_slot);
    /* the rare vertex: forced, one of the shower's, in proportion to the local rate; analog, a Bernoulli trial on 32 bits */
    u32 word = block.w;
    if (EOT_RARE_PARENTS & EOT_RARE_CHARGED) /* a charged particle's losses depend on w, and the choice may depend on nothing of the shower */
        word = eot_philox((u32)primary, (u32)(primary >> 32), (u32)EOT_STAGE_RARE << 24, L.draw, c.seed, c.run).x;
    f32 total = L.weight + v.rare;
    f32 reached = eot_uniform(word) * total, trial = v.rare * c.enhancement * 4294967296.0f;
    i32 is_chosen = c.is_forced ? reached > L.weight : (f32)word < trial;
    is_chosen = is_chosen && is_busy && v.rare > 0.0f;
    L.weight = is_busy ? total : L.weight;
    L.vertex_draw = is_chosen ? L.draw | (u32)L.type << EOT_RECORD_TYPE_SHIFT : L.vertex_draw;
    L.vertex_fraction = is_chosen ? v.along : L.vertex_fraction;
    L.vertex_E = is_chosen ? v.E_along : L.vertex_E;
    if (is_chosen && !c.is_forced) {
        u32 slot = L.n_hit * c.n_lane + g;
        vertex[slot].i_primary = L.i_primary;
        vertex[slot].draw = L.draw | (u32)L.type << EOT_RECORD_TYPE_SHIFT;
        vertex[slot].fraction = v.along;
        vertex[slot].E = v.E_along;
        vertex[slot].weight = 1.0f / c.enhancement;
        L.n_hit++;
    }
    if (EOT_TRACK_TALLY == EOT_TRACK_SPECTRUM && is_busy) { /* the whole path, at the energy of one random point of it; the nearer of its two nodes is the likelier */
        f32 place = fma(eot_log(fmax(v.E_along, 1e-6f)) - c.track_log_first, c.track_inverse_log_step, eot_uniform(block.y));
        i32 last = c.n_track_bin - 1, node = (i32)place;
        node = place < 0.0f ? last : node < last ? node : last - 1;
        track[(u32)(L.type * c.n_track_bin + node) * c.n_lane + g] += (i64)(v.path_X0 * EOT_TRACK_QUANTUM + 0.5f);
    }
    if (EOT_TRACK_TALLY == EOT_TRACK_THRESHOLDS && is_busy) { /* the same, above the highest threshold that it exceeds */
        i32 bin = v.E_along >= threshold[3] ? 4 : 0; /* binary search: a chain of look-ups, which is not turned into short vectors */
        bin += v.E_along >= threshold[bin + 1] ? 2 : 0;
        bin += v.E_along >= threshold[bin] ? 1 : 0;
        track[(u32)(L.type * EOT_TRACK_BINS + bin) * c.n_lane + g] += (i64)(v.path_X0 * EOT_TRACK_QUANTUM + 0.5f);
    }
    /* daughters: the lighter is followed, the heavier waits */
    i32 a_is_high = v.E_a > v.E_b;
    f32 E_high = a_is_high ? v.E_a : v.E_b, E_low = a_is_high ? v.E_b : v.E_a;
    i32 type_high = a_is_high ? v.type_a : v.type_b, type_low = a_is_high ? v.type_b : v.type_a;
    i32 both = E_low >= t.cut, one = E_high >= t.cut && !v.has_left;
    i32 overflows = both && L.depth >= EOT_STACK_DEPTH - 1;
    u32 plane = (u32)EOT_STACK_DEPTH * c.n_lane, top = (u32)L.depth * c.n_lane + g;
    stack[top] = E_high;
    stack[plane + top] = v.z;
    stack[2 * plane + top] = (f32)type_high;
    i32 depth = L.depth + (both && !overflows);
    i32 pops = !one && depth > 0, is_done = !one && depth == 0;
    depth -= pops;
    u32 next = (u32)(pops ? depth : 0) * c.n_lane + g;
    f32 popped_E = stack[next], popped_z = stack[plane + next], popped_type = stack[2 * plane + next];
    u32 draw = L.draw + 1;
    if (is_done && is_busy && c.is_forced) {
        vertex[L.i_primary].i_primary = L.i_primary;
        vertex[L.i_primary].draw = L.vertex_draw;
        vertex[L.i_primary].fraction = L.vertex_fraction;
        vertex[L.i_primary].E = L.vertex_E;
        vertex[L.i_primary].weight = L.weight;
    }
    u32 refilled = L.i_primary + c.n_lane;
    u32 i_next = refilled < c.n_primary ? refilled : c.n_primary;
    f32 E_fresh = energy[i_next]; /* one past the end is padding */
    f32 E = one ? (both ? E_low : E_high) : (pops ? popped_E : E_fresh);
    f32 z = one ? v.z : (pops ? popped_z : 0.0f);
    i32 type = one ? (both ? type_low : type_high) : (pops ? (i32)popped_type : c.primary_type);
    L.E = is_busy ? E : L.E;
    L.z = is_busy ? z : L.z;
    L.type = is_busy ? type : L.type;
    L.depth = is_busy ? depth : L.depth;
    L.draw = is_busy ? (is_done ? 0 : draw) : L.draw;
    L.weight = is_busy && is_done ? 0.0f : L.weight;
    L.i_primary = is_busy && is_done ? i_next : L.i_primary;
    L.n_step += (u32)is_busy;
    L.n_overflow += (u32)(is_busy && overflows);
    return L;
}

#endif
