/** @file random.h
 * Philox4x32-10, a counter-based generator: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11,
 * doi:10.1145/2063384.2063405. Key = (seed, run), counter = (primary id low, primary id high, stage and particle,
 * draw). No state: any draw of any primary can be made again, so results do not depend on work-group size, launch
 * length, batch size or device count. */
#ifndef EOT_MATH_RANDOM_H
#define EOT_MATH_RANDOM_H

#include "eotmc/math/elementary.h"

typedef struct {
    u32 x, y, z, w;
} eot_u32x4;

/** Which part of an event draws; the third counter word holds (stage << 24 | particle). */
enum eot_stage {
    EOT_STAGE_SOURCE = 1,
    EOT_STAGE_CASCADE = 2,
    EOT_STAGE_REPLAY = 3,
    EOT_STAGE_VERTEX = 4,
    EOT_STAGE_MUON = 5,
    EOT_STAGE_DETECTOR = 6,
    EOT_STAGE_PROBE = 7,
    EOT_STAGE_RARE = 8,
    EOT_STAGE_AFTER = 9,   /* shower of an electron that leaves a rare vertex */
    EOT_STAGE_TOY = 10,    /* pseudo-experiments of limits: the primary is the toy, the particle a pair of data */
    EOT_STAGE_LINE = 11,   /* what stands in front of the ECAL */
    EOT_STAGE_HADRON = 12, /* pions and kaons of a beam, and their decays */
    EOT_STAGE_BELOW = 13   /* of a shower, what only its replay follows */
};

/** Four words in 64 bits each, of which the lower 32 count: CPU compilers vectorise the products in this form, without
 * packing words after every round. */
typedef struct {
    u64 x, y, z, w;
} eot_philox_words;

/** One round of Philox4x32. */
EOT_HOT_FN eot_philox_words eot_philox_round(eot_philox_words c, u32 k0, u32 k1) {
    u64 p0 = 0xD2511F53u * (c.x & 0xffffffffu), p1 = 0xCD9E8D57u * (c.z & 0xffffffffu);
    eot_philox_words r;
    r.x = (p1 >> 32) ^ (c.y & 0xffffffffu) ^ k0;
    r.y = p1;
    r.z = (p0 >> 32) ^ (c.w & 0xffffffffu) ^ k1;
    r.w = p0;
    return r;
}

/** One Philox4x32-10 block. @param c0..c3 counter. @param k0,k1 key. @return 128 random bits.
 * Written out round by round and always a part of the loop that calls it: CPU compilers vectorise across lanes only
 * where no inner loop and no call is left. */
EOT_HOT_FN eot_u32x4 eot_philox_in_lanes(u32 c0, u32 c1, u32 c2, u32 c3, u32 k0, u32 k1) {
    eot_philox_words b;
    b.x = c0;
    b.y = c1;
    b.z = c2;
    b.w = c3;
    b = eot_philox_round(b, k0, k1);
    b = eot_philox_round(b, k0 + 0x9E3779B9u, k1 + 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 2u * 0x9E3779B9u, k1 + 2u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 3u * 0x9E3779B9u, k1 + 3u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 4u * 0x9E3779B9u, k1 + 4u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 5u * 0x9E3779B9u, k1 + 5u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 6u * 0x9E3779B9u, k1 + 6u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 7u * 0x9E3779B9u, k1 + 7u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 8u * 0x9E3779B9u, k1 + 8u * 0xBB67AE85u);
    b = eot_philox_round(b, k0 + 9u * 0x9E3779B9u, k1 + 9u * 0xBB67AE85u);
    eot_u32x4 block;
    block.x = (u32)b.x;
    block.y = (u32)b.y;
    block.z = (u32)b.z;
    block.w = (u32)b.w;
    return block;
}

/** The same as a function of its own, for kernels that call it at many places. */
EOT_OFTEN_FN eot_u32x4 eot_philox(u32 c0, u32 c1, u32 c2, u32 c3, u32 k0, u32 k1) {
    return eot_philox_in_lanes(c0, c1, c2, c3, k0, k1);
}

/** Uniform number in the open interval (0, 1): the upper 23 bits, at the cell centres, which are exact in single
 * precision (with 24 the last one would round to 1). Never 0 or 1. For rare trials compare the 32-bit integer instead.
 */
EOT_FN real eot_uniform(u32 bits) {
    return eot_fma((real)(i32)(bits >> 9), R(1.1920928955078125e-7), R(5.9604644775390625e-8));
}

/** Uniform number in (0, 1) of 18 bits: the low 9 bits of two words, which eot_uniform does not use. */
EOT_FN f32 eot_low_uniform(u32 a, u32 b) { return ((f32)(((a & 511u) << 9) | (b & 511u)) + 0.5f) * 3.814697265625e-6f; }

/** Cursor of one particle's random numbers: everything but the draw is fixed; each block uses one draw. */
typedef struct {
    u32 primary_low, primary_high, stage, draw, seed, run;
} eot_random;

EOT_FN eot_random eot_random_init(u64 primary, u32 stage, u32 particle, u32 seed, u32 run) {
    eot_random g;
    g.primary_low = (u32)primary;
    g.primary_high = (u32)(primary >> 32);
    g.stage = (stage << 24) | particle;
    g.draw = 0;
    g.seed = seed;
    g.run = run;
    return g;
}

/** The block at the cursor; the caller advances `draw` (values in, values out). */
EOT_FN eot_u32x4 eot_random_block(eot_random g) {
    return eot_philox(g.primary_low, g.primary_high, g.stage, g.draw, g.seed, g.run);
}

/** Two independent standard normal numbers (Box-Muller) from two words. Largest |value| 5.9. */
typedef struct {
    real a, b;
} eot_normal_pair;
EOT_OFTEN_FN eot_normal_pair eot_normal(u32 bits_radius, u32 bits_angle) {
    real radius = eot_sqrt(R(-2.0) * eot_log(eot_uniform(bits_radius)));
    real turn = eot_uniform(bits_angle);
    eot_normal_pair n;
    n.a = radius * eot_cos_turn(turn);
    n.b = radius * eot_sin_turn(turn);
    return n;
}

/** SplitMix64's output function: bits that look unrelated for neighbouring z. Steele et al., OOPSLA 2014. */
EOT_FN u64 eot_mixed_bits(u64 z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#define EOT_KEEP_ALL ((u64)1 << 53)
/** Whether a primary is among a random fraction of all: which ones are does not depend on anything else. @param
 * threshold fraction x EOT_KEEP_ALL. */
EOT_FN i32 eot_is_kept(u64 primary, u64 threshold) { return (eot_mixed_bits(primary) >> 11) < threshold; }

#endif
