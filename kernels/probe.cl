/* Probes of the self-test: the shared functions evaluated on the device, to be compared with the host's. */
#include "eotmc/math/random.h"
#include "eotmc/tally/atomic.h"

/* The headers that the lists name; the lists' own lines vanish here. */
#define EOT_PROBE(name, low, high, spacing, ulp, expression)
#include "probes.def"
#undef EOT_PROBE
#define EOT_LAYOUT_PROBE(type)
#define EOT_LAYOUT_MEMBER(type, member)
#include "layouts.def"
#undef EOT_LAYOUT_PROBE
#undef EOT_LAYOUT_MEMBER

/** Philox4x32-10 blocks. @param counter n x 6 words: counter c0..c3, key k0, k1. counter[0] is n, the items follow.
 * @param block n x 4 words out. */
EOT_KERNEL_FN(probe_random) void probe_random(EOT_GLOBAL const u32 *counter, EOT_GLOBAL u32 *block) {
    u32 i = EOT_GLOBAL_ID;
    u32 n = counter[0];
    if (i >= n) return;
    EOT_GLOBAL const u32 *c = counter + 1 + 6 * i;
    eot_u32x4 b = eot_philox(c[0], c[1], c[2], c[3], c[4], c[5]);
    block[4 * i] = b.x;
    block[4 * i + 1] = b.y;
    block[4 * i + 2] = b.z;
    block[4 * i + 3] = b.w;
}

enum eot_probe {
#define EOT_PROBE(name, low, high, spacing, ulp, expression) EOT_PROBE_##name,
#include "probes.def"
#undef EOT_PROBE
    EOT_N_PROBE
};

EOT_BODY_FN real probe_value(u32 i_probe, real x, u32 a, u32 b) {
    (void)a;
    (void)b;
    switch (i_probe) {
#define EOT_PROBE(name, low, high, spacing, ulp, expression) \
    case EOT_PROBE_##name: \
        return (expression);
#include "probes.def"
#undef EOT_PROBE
    default: return x;
    }
}

/** The functions of probes.def. @param size n_item, n_item of each probe. @param x, bits (two words each) arguments.
 * @param y results. */
EOT_KERNEL_FN(probe_functions)
void probe_functions(EOT_GLOBAL const u32 *size, EOT_GLOBAL const f32 *x, EOT_GLOBAL const u32 *bits,
                     EOT_GLOBAL f32 *y) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= size[0]) return;
    y[i] = probe_value(i / size[1], x[i], bits[2 * i], bits[2 * i + 1]);
}

/** The atomics: every item adds to the same places. @param size n_item, then the two 32-bit halves of the amount.
 * @param sum of amount x (item + 1), and of the negative. @param count incremented by each; smallest item + 5. @param
 * slot how often each former value of the counter was given out. */
EOT_KERNEL_FN(probe_atomics)
void probe_atomics(EOT_GLOBAL const u32 *size, EOT_GLOBAL i64 *sum, EOT_GLOBAL u32 *count, EOT_GLOBAL u32 *slot) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= size[0]) return;
    i64 amount = (i64)(((u64)size[2] << 32) | size[1]) * (i64)(i + 1);
    eot_atomic_add_i64(&sum[0], amount);
    eot_atomic_add_i64(&sum[1], -amount);
    eot_atomic_min_u32(&count[1], i + 5);
    slot[eot_atomic_increment_u32(&count[0])] += 1;
}

/** Sizes and offsets in the order of layouts.def. @param bytes one word each. */
EOT_KERNEL_FN(probe_layout) void probe_layout(EOT_GLOBAL u32 *bytes) {
    if (EOT_GLOBAL_ID != 0) return;
    u32 n = 0;
#define EOT_LAYOUT_PROBE(type) bytes[n++] = (u32)sizeof(type);
#define EOT_LAYOUT_MEMBER(type, member) \
    { \
        type value; \
        bytes[n++] = (u32)((char *)&value.member - (char *)&value); \
    }
#include "layouts.def"
#undef EOT_LAYOUT_PROBE
#undef EOT_LAYOUT_MEMBER
}
