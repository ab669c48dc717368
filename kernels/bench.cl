/* What one resource of the hot kernel costs by itself: `eotmc bench` runs these. The same form as the hot kernel: one uniform loop, a barrier at its end.
 * size: {n_iteration, n_lane, seed, number of table values}. */
#include "eotmc/math/elementary.h"
#include "eotmc/math/random.h"
#include "eotmc/transport/parameters.h"

/** Philox4x32-10, one block per lane and iteration. @param sum n_lane words, all blocks' words xored: a checksum, and what keeps the blocks alive. */
__kernel void bench_philox(__global const u32 *size, __global u32 *sum) {
    u32 g = (u32)get_global_id(0), n = size[0], n_lane = size[1], seed = size[2], s = 0, x = g;
    for (u32 i = 0; i < n; i++) {
        eot_u32x4 b = eot_philox(x, 0, (u32)EOT_STAGE_PROBE << 24, 0, seed, 0); /* not i: a 64-bit copy of it per lane would halve the width of PoCL's vectors */
        x += n_lane;
        s ^= b.x ^ b.y ^ b.z ^ b.w;
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum[g] = s;
}

/** Table look-ups: a random place and its neighbour per lane and iteration, as an interpolation reads them. */
__kernel void bench_gather(__global const u32 *size, __global const f32 *table, __global f32 *sum) {
    u32 g = (u32)get_global_id(0), n = size[0], x = size[2] ^ (g * 2654435761u), n_value = size[3] - 1;
    f32 s = 0.0f;
    for (u32 i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u; /* Numerical Recipes' generator: cheap, and the upper bits are random enough for a place */
        u32 at = (u32)(((u64)x * n_value) >> 32);
        f32 low = table[at];
        s += low + table[at + 1];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum[g] = s;
}

/** Stack traffic: a particle (three words) written and one read per lane and iteration, at depths of 0 to 7, lane-major as in the hot kernel. */
__kernel void bench_stack(__global const u32 *size, __global f32 *stack, __global f32 *sum) {
    u32 g = (u32)get_global_id(0), n = size[0], n_lane = size[1], x = size[2] ^ (g * 2654435761u), plane = (u32)EOT_STACK_DEPTH * n_lane;
    f32 E = 1.0f + (f32)g, z = 0.0f, type = 0.0f;
    for (u32 i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        u32 top = (x >> 29) * n_lane + g, next = ((x >> 26) & 7u) * n_lane + g;
        stack[top] = E;
        stack[plane + top] = z;
        stack[2 * plane + top] = type;
        E = stack[next] + 1.0f;
        z = stack[plane + next] + 0.5f;
        type = stack[2 * plane + next];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum[g] = E + z + type;
}

/** One logarithm and one exponential per lane and iteration. */
__kernel void bench_elementary(__global const u32 *size, __global f32 *sum) {
    u32 g = (u32)get_global_id(0), n = size[0];
    f32 s = 0.0f, x = 1.0f + (f32)g * 1e-3f;
    for (u32 i = 0; i < n; i++) {
        f32 y = eot_log(x + (f32)(i & 1023u));
        s += eot_exp(-y);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum[g] = s;
}

/** Nothing: what a launch costs. */
__kernel void bench_launch(__global u32 *sum) {
    if (get_global_id(0) == 0) sum[0]++;
}
