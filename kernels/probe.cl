/* Probes of the self-test: the shared functions evaluated on the device, to be compared with the host's. */
#include "eotmc/math/random.h"

/** Philox4x32-10 blocks. @param counter n x 6 words: counter c0..c3, key k0, k1. counter[0] is n, the items follow.
 * @param block n x 4 words out. */
__kernel void probe_random(__global const u32 *counter, __global u32 *block) {
    u32 i = (u32)get_global_id(0);
    u32 n = counter[0];
    if (i >= n) return;
    __global const u32 *c = counter + 1 + 6 * i;
    eot_u32x4 b = eot_philox(c[0], c[1], c[2], c[3], c[4], c[5]);
    block[4 * i] = b.x;
    block[4 * i + 1] = b.y;
    block[4 * i + 2] = b.z;
    block[4 * i + 3] = b.w;
}
