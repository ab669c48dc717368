/* Philox4x32-10 against the known answers that its authors publish (Random123, tests/kat_vectors, "philox4x32 10"). */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "eotmc/math/random.h"

struct known_answer {
    u32 counter[4], key[2], want[4];
};

ParameterizedTestParameters(random, philox_gives_the_published_known_answers) {
    static struct known_answer rows[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}},
        {{0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu},
         {0xffffffffu, 0xffffffffu},
         {0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}},
        {{0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u},
         {0xa4093822u, 0x299f31d0u},
         {0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}},
    };
    return cr_make_param_array(struct known_answer, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct known_answer *row, random, philox_gives_the_published_known_answers) {
    eot_u32x4 b =
        eot_philox(row->counter[0], row->counter[1], row->counter[2], row->counter[3], row->key[0], row->key[1]);
    cr_assert_eq(b.x, row->want[0]);
    cr_assert_eq(b.y, row->want[1]);
    cr_assert_eq(b.z, row->want[2]);
    cr_assert_eq(b.w, row->want[3]);
}

Test(random, uniform_never_reaches_0_or_1) {
    cr_assert_gt(eot_uniform(0u), 0.0);
    cr_assert_lt(eot_uniform(0xffffffffu), 1.0);
}
