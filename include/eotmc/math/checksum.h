/** @file checksum.h
 * A checksum of 32-bit words that many work items compute side by side, and the host at the speed of its memory. One
 * changed bit always changes it; the second sum knows the places, so that words that are shifted or swapped change it,
 * too. */
#ifndef EOT_MATH_CHECKSUM_H
#define EOT_MATH_CHECKSUM_H

#include "eotmc/base/portable.h"

/** Sums modulo 2^64: of the words, and of the words times their place, from 1 on. */
typedef struct {
    u64 words, places;
} eot_checksum;

/** The checksum of the words first, first + stride, first + 2 stride, ... of n. Those of all first below stride add up
 * to the checksum of all words. @param word [n]. */
EOT_FN eot_checksum eot_checksum_of(EOT_GLOBAL const u32 *word, u32 n, u32 first, u32 stride) {
    eot_checksum s;
    s.words = s.places = 0;
    for (u64 i = first; i < n; i += stride) {
        s.words += word[i];
        s.places += (u64)word[i] * (i + 1u);
    }
    return s;
}

#endif
