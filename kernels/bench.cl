/* What one resource of the hot kernel costs by itself: `eotmc bench` runs these. The same form as the hot kernel: a
 * work item follows EOT_LANE_WIDTH lanes, and on a CPU the loop over them vectorises. size: {n_iteration, n_lane, seed,
 * number of table values}. */
#include "eotmc/transport/lanes.h"

/** Philox4x32-10, one block per lane and iteration. @param sum n_lane words, all blocks' words xored: a checksum, and
 * what keeps the blocks alive. */
EOT_KERNEL_FN(bench_philox) void bench_philox(EOT_GLOBAL const u32 *size, EOT_GLOBAL u32 *sum) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH, n = size[0], n_lane = size[1], seed = size[2];
    u32 x[EOT_LANE_WIDTH], s[EOT_LANE_WIDTH];
    if (first >= n_lane) return;
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        x[l] = first + l;
        s[l] = 0;
    }
    for (u32 i = 0; i < n; i++) {
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_u32x4 b = eot_philox(x[l], 0, (u32)EOT_STAGE_PROBE << 24, 0, seed, 0);
            s[l] ^= b.x ^ b.y ^ b.z ^ b.w;
            x[l] += n_lane;
        }
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) sum[first + l] = s[l];
}

/* Numerical Recipes' generator: cheap, and its upper bits are random enough for a place. */
EOT_FN u32 eot_bench_next(u32 x) { return x * 1664525u + 1013904223u; }

/** Table look-ups: a random place and its neighbour per lane and iteration, as an interpolation reads them. The place
 * is computed one iteration ahead, because CPU compilers turn what an address is computed from within one loop into
 * scalar code. */
EOT_KERNEL_FN(bench_gather)
void bench_gather(EOT_GLOBAL const u32 *size, EOT_GLOBAL const f32 *table, EOT_GLOBAL f32 *sum) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH, n = size[0], seed = size[2], n_value = size[3] - 1;
    u32 x[EOT_LANE_WIDTH], at[EOT_LANE_WIDTH];
    f32 s[EOT_LANE_WIDTH];
    if (first >= size[1]) return;
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        x[l] = seed ^ ((first + l) * 2654435761u);
        s[l] = 0.0f;
        at[l] = 0;
    }
    for (u32 i = 0; i < n; i++) {
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            x[l] = eot_bench_next(x[l]);
            at[l] = (u32)(((u64)x[l] * n_value) >> 32);
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) s[l] += table[at[l]] + table[at[l] + 1];
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) sum[first + l] = s[l];
}

/** Stack traffic: a particle (two words) written and one read per lane and iteration, at depths of 0 to 7, each
 * word in planes of lanes. */
EOT_KERNEL_FN(bench_stack) void bench_stack(EOT_GLOBAL const u32 *size, EOT_GLOBAL f32 *stack, EOT_GLOBAL f32 *sum) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH, n = size[0], n_lane = size[1], seed = size[2],
        plane = (u32)EOT_STACK_DEPTH * n_lane;
    u32 x[EOT_LANE_WIDTH], top[EOT_LANE_WIDTH], next[EOT_LANE_WIDTH];
    f32 E[EOT_LANE_WIDTH], z[EOT_LANE_WIDTH];
    if (first >= n_lane) return;
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        x[l] = seed ^ ((first + l) * 2654435761u);
        E[l] = 1.0f;
        z[l] = 0.0f;
    }
    for (u32 i = 0; i < n; i++) {
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            x[l] = eot_bench_next(x[l]);
            top[l] = (x[l] >> 29) * n_lane + first + l;
            next[l] = ((x[l] >> 26) & 7u) * n_lane + first + l;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            stack[top[l]] = E[l];
            stack[plane + top[l]] = z[l];
            E[l] = stack[next[l]] + 1.0f;
            z[l] = stack[plane + next[l]] + 0.5f;
        }
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) sum[first + l] = E[l] + z[l];
}

/** One logarithm and one exponential per lane and iteration. */
EOT_KERNEL_FN(bench_elementary) void bench_elementary(EOT_GLOBAL const u32 *size, EOT_GLOBAL f32 *sum) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH, n = size[0];
    f32 s[EOT_LANE_WIDTH], x[EOT_LANE_WIDTH];
    if (first >= size[1]) return;
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        s[l] = 0.0f;
        x[l] = 1.0f + (f32)(i32)(first + l) * 1e-3f;
    }
    for (u32 i = 0; i < n; i++) {
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            f32 y = eot_log(x[l]);
            s[l] += eot_exp(-y);
            x[l] += 0.25f;
        }
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) sum[first + l] = s[l];
}

/** Nothing: what a launch costs. */
EOT_KERNEL_FN(bench_launch) void bench_launch(EOT_GLOBAL u32 *sum) {
    if (EOT_GLOBAL_ID == 0) sum[0]++;
}
