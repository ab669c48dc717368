/* The growable table of single-precision values. */
#include <criterion/criterion.h>
#include <math.h>

#include "table/table.h"

Test(table, keeps_values_and_tells_where_they_are) {
    struct eot_f32_table table = {0};
    struct eot_error error = {.status = EOT_OK};
    uint32_t offset = 99, n = 0;
    for (uint32_t i = 0; i < 100; i++) {
        double values[7];
        for (int j = 0; j < 7; j++) values[j] = (double)n + j;
        cr_assert_eq(eot_f32_table_append(&table, values, i % 8, &offset, &error), EOT_OK, "%s", error.text);
        cr_assert_eq(offset, n, "offset of part %u", i);
        n += i % 8;
    }
    cr_assert_eq(table.n, n);
    cr_assert_geq(table.capacity, table.n);
    for (uint32_t i = 0; i < n; i++) cr_assert_eq(table.value[i], (float)i);
    eot_f32_table_free(&table);
    cr_assert_eq(table.value, NULL);
    cr_assert_eq(table.n, 0);
}

Test(table, rounds_to_the_nearest_float) {
    struct eot_f32_table table = {0};
    const double values[3] = {1.0 / 3.0, 1.0 + 0x1p-25, 1e-50};
    cr_assert_eq(eot_f32_table_append(&table, values, 3, NULL, NULL), EOT_OK);
    cr_assert_eq(table.value[0], 1.0f / 3.0f);
    cr_assert_eq(table.value[1], 1.0f);
    cr_assert_eq(table.value[2], 0.0f);
    eot_f32_table_free(&table);
}

Test(table, refuses_what_is_not_finite_in_single_precision) {
    const double bad[] = {NAN, INFINITY, -INFINITY, 1e39};
    for (int i = 0; i < 4; i++) {
        struct eot_f32_table table = {0};
        struct eot_error error = {.status = EOT_OK};
        double values[2] = {1.0, bad[i]};
        cr_assert_eq(eot_f32_table_append(&table, values, 2, NULL, &error), EOT_E_NUMERIC);
        cr_assert(error.text[0] != '\0');
        cr_assert_eq(table.n, 0, "nothing of a refused part counts");
        eot_f32_table_free(&table);
    }
}

Test(table, version_hash_is_the_same_each_time_and_not_empty) {
    char first[65], second[65], empty[65];
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    eot_table_version_hash(&hash);
    eot_sha256_finish(&hash, first);
    eot_sha256_init(&hash);
    eot_table_version_hash(&hash);
    eot_sha256_finish(&hash, second);
    eot_sha256_hex("", 0, empty);
    cr_assert_str_eq(first, second);
    cr_assert_str_neq(first, empty);
}
