/* The fixed point of the tallies, their layout, and the axes of histograms. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include <criterion/criterion.h>

#include "analysis/estimate.h"

Test(tally, sums_do_not_depend_on_the_order_and_resolve_2e_78) {
    enum { N = 1000 };
    i64 forward[2] = {0}, backward[2] = {0};
    double value[N], sum = 0.0;
    for (int i = 0; i < N; i++) {
        eot_u32x4 b = eot_random_block(eot_random_init((u64)i, EOT_STAGE_PROBE, 1, 1, 0));
        value[i] = (double)eot_uniform(b.x) * exp2(-(double)(b.y % 60u));
        sum += value[i];
    }
    for (int i = 0; i < N; i++) eot_sum_add(forward, value[i]);
    for (int i = N; i-- > 0;) eot_sum_add(backward, value[i]);
    cr_expect_arr_eq(forward, backward, sizeof forward);
    /* each addition is rounded to 2^-78, and the 24 bits of these numbers lie above that: the sum is exact */
    cr_expect_float_eq(eot_sum_value(forward), sum, 1e-15 * sum);
}

Test(tally, small_numbers_do_not_vanish_beside_large_ones) {
    i64 place[2] = {0};
    eot_sum_add(place, 1e6);
    i64 before = place[1];
    eot_sum_add(place, 1e-20);
    cr_expect_eq(place[1] - before, 3022); /* 1e-20 x 2^78 = 3022.3 */
    i64 tiny[2] = {0};
    eot_sum_add(tiny, 1e-20);
    cr_expect_float_eq(eot_sum_value(tiny), 1e-20, exp2(-79.0));
    eot_sum_add(tiny, 0.0);
    cr_expect_eq(tiny[1], 3022);
}

/* 2^24 additions of the largest remainder do not overflow the lower limb: 2^24 x 2^38 < 2^63. */
Test(tally, the_lower_limb_has_room_for_a_batch) {
    i64 place[2] = {0};
    eot_sum_add(place, nextafter(exp2(-40.0), 0.0));
    cr_expect_eq(place[0], 0);
    cr_expect_leq((double)place[1] * exp2(24.0), exp2(62.0));
}

Test(tally, a_weight_goes_to_its_four_places) {
    static i64 tally[EOT_N_TALLY];
    eot_weighted_add(tally, EOT_W_DEPTH, eot_weight_of(0.5));
    eot_histogram_add(tally, EOT_H_PARENT, 3.0f, eot_weight_of(0.25));
    for (int k = 0; k < EOT_N_TALLY; k++) {
        int depth = k - (EOT_T_WEIGHTED + 4 * EOT_W_DEPTH),
            bin = k - (EOT_T_HISTOGRAM + 4 * (EOT_H_PARENT * (EOT_N_BIN + 2) + 4));
        if (depth >= 0 && depth < 4) continue;
        if (bin >= 0 && bin < 4) continue;
        cr_expect_eq(tally[k], 0, "tally %d", k);
    }
    cr_expect_eq(eot_sum_value(tally + EOT_T_WEIGHTED + 4 * EOT_W_DEPTH + 2), 0.25);
    cr_expect_eq(eot_sum_value(tally + EOT_T_HISTOGRAM + 4 * (EOT_H_PARENT * (EOT_N_BIN + 2) + 4) + 2), 0.0625);
}

static int bin_of(int which, float x) {
    static i64 tally[EOT_N_TALLY];
    int bin = -1;
    memset(tally, 0, sizeof tally);
    eot_histogram_fill(tally, which, x, eot_weight_of(1.0));
    for (int b = 0; b < EOT_N_BIN + 2; b++)
        if (tally[EOT_T_HISTOGRAM + 4 * (which * (EOT_N_BIN + 2) + b)] != 0) bin = b;
    return bin;
}
Test(tally, bins_contain_their_lower_edge) {
    cr_expect_eq(bin_of(EOT_H_HCAL1, 0.0f), 1);
    cr_expect_eq(bin_of(EOT_H_HCAL1, 0.125f), 2);
    cr_expect_eq(bin_of(EOT_H_HCAL1, nextafterf(0.125f, 0.0f)), 1);
    cr_expect_eq(bin_of(EOT_H_HCAL1, 10.0f), EOT_N_BIN + 1, "overflow");
    cr_expect_eq(bin_of(EOT_H_MISSING, -40.5f), 0, "underflow");
    cr_expect_eq(bin_of(EOT_H_MISSING, -40.0f), 1);
    cr_expect_eq(bin_of(EOT_H_MISSING, 0.0f), 21);
    cr_expect_eq(bin_of(EOT_H_PARENT_LOG, 0.05f), 0);
    cr_expect_eq(bin_of(EOT_H_PARENT_LOG, 10.5f), 41);
    cr_expect_eq(bin_of(EOT_H_PARENT, 99.9f), 50);
}

Test(tally, thresholds_rise) {
    for (int i = 1; i < EOT_N_CHANNEL_THRESHOLD; i++)
        cr_expect_gt(eot_channel_threshold(i), eot_channel_threshold(i - 1));
    cr_expect_eq(eot_channel_threshold(2), 5.0f);
}

Test(tally, columns_say_their_unit) {
    for (int c = -1; c < EOT_N_EVENT_COLUMN; c++) {
        const struct eot_column_info *column = &eot_event_columns[c + 1];
        size_t n = strlen(column->name), n_unit = strlen(column->unit);
        cr_expect(strcmp(column->unit, "1") == 0 || (n > n_unit + 1 && column->name[n - n_unit - 1] == '_' &&
                                                     strcmp(column->name + n - n_unit, column->unit) == 0),
                  "%s [%s]", column->name, column->unit);
        cr_expect_gt(strlen(column->meaning), 0u);
        cr_expect_lt(strlen(column->meaning), 128u, "%s", column->name);
        for (int k = -1; k < c; k++) cr_expect_str_neq(column->name, eot_event_columns[k + 1].name);
    }
}
