/* Sums of a run's primaries: exact, whatever the order; parts that overlap or differ are refused by name. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "sums/sums.h"

enum { N_PRIMARY = 100, BATCH = 7, N_BATCH = 15, N_BLOCK = 4, N_BIN = 3 };
enum section { COUNT, WIDE, TOTAL, APART, LARGEST };

static struct eot_error err;
#define OK(call) cr_assert_eq((call), EOT_OK, "%s", err.text)

static void sums_create(struct eot_sums *sums, bool is_batch) {
    struct eot_sums_layout layout = {0};
    cr_assert_eq(eot_sums_section_add(&layout, "count", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, N_BIN, true), COUNT);
    cr_assert_eq(eot_sums_section_add(&layout, "wide", EOT_SUMS_WIDE, EOT_SUMS_PER_BLOCK, 2, true), WIDE);
    cr_assert_eq(eot_sums_section_add(&layout, "total", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, 2, false), TOTAL);
    cr_assert_eq(eot_sums_section_add(&layout, "apart", EOT_SUMS_WIDE, EOT_SUMS_APART, 1, false), APART);
    cr_assert_eq(eot_sums_section_add(&layout, "largest", EOT_SUMS_MAXIMUM, EOT_SUMS_PER_RUN, 1, true), LARGEST);
    const struct eot_sums_frame frame = {.first = 1000, .n_primary = N_PRIMARY, .batch = BATCH, .n_block = N_BLOCK};
    OK(eot_sums_create(sums, &layout, &frame, is_batch, &err));
}

/* What primary p adds, from a large to a tiny number of either sign. */
static double score(uint64_t p) { return (p % 2 == 0 ? 1.0 : -0.7) * ldexp(1.0 + (double)p / 3.0, 40 - (int)(p % 90)); }

/* Batch i into the sums. */
static void add_batch(struct eot_sums *sums, uint64_t i) {
    struct eot_sums batch;
    uint64_t first = i * BATCH, n = first + BATCH < N_PRIMARY ? BATCH : N_PRIMARY - first;
    sums_create(&batch, true);
    for (uint64_t p = first; p < first + n; p++) {
        eot_sums_at(&batch, COUNT, 0)[p % N_BIN] += (int64_t)p;
        eot_wide_add(eot_sums_at(&batch, WIDE, 0) + EOT_WIDE * (p % 2), score(p));
        eot_sums_at(&batch, TOTAL, 0)[0]++;
        int64_t *largest = eot_sums_at(&batch, LARGEST, 0), own = (int64_t)(p * 37 % 101);
        if (own > *largest) *largest = own;
    }
    OK(eot_sums_add(sums, &batch, 1000 + first, n, &err));
    eot_sums_free(&batch);
}

static void part_create(struct eot_sums *sums, const uint64_t *batch, size_t n) {
    sums_create(sums, false);
    for (size_t i = 0; i < n; i++) add_batch(sums, batch[i]);
}

static void expect_hash(const struct eot_sums *sums, const char *want, const char *what) {
    char hash[65];
    eot_sums_hash(sums, hash);
    cr_expect_str_eq(hash, want, "%s", what);
}

static const uint64_t ALL[N_BATCH] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

Test(sums, do_not_depend_on_the_order_of_batches) {
    static const uint64_t mixed[N_BATCH] = {7, 0, 14, 3, 2, 1, 13, 4, 12, 6, 5, 11, 8, 10, 9};
    struct eot_sums a, b;
    char hash[65], tally[65], other[65];
    part_create(&a, ALL, N_BATCH);
    part_create(&b, mixed, N_BATCH);
    eot_sums_hash(&a, hash);
    expect_hash(&b, hash, "batches in another order");
    eot_sums_tally_hash(&a, tally);
    eot_sums_tally_hash(&b, other);
    cr_expect_str_eq(tally, other);
    cr_expect_str_neq(tally, hash);
    cr_expect_eq(a.n_range, 1u);
    cr_expect(a.range[0][0] == 1000 && a.range[0][1] == 1000 + N_PRIMARY);
    cr_expect_eq(eot_sums_primaries(&a), (uint64_t)N_PRIMARY);
    cr_expect_eq(eot_sums_count(&a, COUNT, 0) + eot_sums_count(&a, COUNT, 1) + eot_sums_count(&a, COUNT, 2),
                 N_PRIMARY * (N_PRIMARY - 1) / 2);
    long double exact[2] = {0.0L, 0.0L};
    for (uint64_t p = 0; p < N_PRIMARY; p++) exact[p % 2] += (long double)score(p);
    for (size_t i = 0; i < 2; i++)
        cr_expect_float_eq(eot_sums_wide(&a, WIDE, i), (double)exact[i], 1e-15 * fabs((double)exact[i]));
    eot_sums_free(&a);
    eot_sums_free(&b);
}

/* Three parts, merged in all six orders, and the third into the sum of the others either way round: the bits of one
 * run. */
Test(sums, merging_is_commutative_and_associative) {
    static const uint64_t part[3][5] = {{0, 3, 6, 9, 12}, {1, 4, 7, 10, 13}, {2, 5, 8, 11, 14}};
    static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct eot_sums whole;
    char hash[65];
    part_create(&whole, ALL, N_BATCH);
    eot_wide_add(eot_sums_at(&whole, APART, 0), 0.125);
    eot_sums_hash(&whole, hash);
    for (int o = 0; o < 6; o++)
        for (int is_right = 0; is_right < 2; is_right++) {
            struct eot_sums p[3];
            for (int k = 0; k < 3; k++) part_create(&p[k], part[order[o][k]], 5);
            eot_wide_add(eot_sums_at(&p[1], APART, 0), 0.125); /* a sample that two of the parts have measured */
            eot_wide_add(eot_sums_at(&p[2], APART, 0), 0.125);
            if (is_right) { /* a + (b + c) */
                OK(eot_sums_merge(&p[1], &p[2], &err));
                OK(eot_sums_merge(&p[0], &p[1], &err));
            } else { /* (a + b) + c */
                OK(eot_sums_merge(&p[0], &p[1], &err));
                OK(eot_sums_merge(&p[0], &p[2], &err));
            }
            expect_hash(&p[0], hash, "merged parts");
            for (int k = 0; k < 3; k++) eot_sums_free(&p[k]);
        }
    eot_sums_free(&whole);
}

static void expect_refusal(struct eot_sums *a, const struct eot_sums *b, const char *text) {
    char before[65];
    eot_sums_hash(a, before);
    cr_expect_eq(eot_sums_merge(a, b, &err), EOT_E_USAGE);
    cr_expect_not_null(strstr(err.text, text), "%s", err.text);
    expect_hash(a, before, "a refused part changes nothing");
}

Test(sums, parts_that_do_not_fit_are_refused_by_name) {
    static const uint64_t left[] = {0, 1, 2, 5}, right[] = {5, 6}, free_of_both[] = {9};
    struct eot_sums a, b, c, d;
    part_create(&a, left, 4);
    part_create(&b, right, 2);
    expect_refusal(&a, &b, "primaries 1035 to 1041 are in both parts"); /* batch 5 */
    part_create(&c, free_of_both, 1);
    c.frame.batch = 10;
    expect_refusal(&a, &c, "100 from 1000 in batches of 10");
    c.frame.batch = BATCH;
    eot_wide_add(eot_sums_at(&a, APART, 0), 1.0);
    eot_wide_add(eot_sums_at(&c, APART, 0), 2.0);
    expect_refusal(&a, &c, "sample 'apart'");
    sums_create(&d, false);
    d.layout.section[COUNT].name = "other";
    expect_refusal(&a, &d, "other sums");
    struct eot_sums *all[] = {&a, &b, &c, &d};
    for (int i = 0; i < 4; i++) eot_sums_free(all[i]);
}

Test(sums, a_batch_twice_or_beyond_the_run_is_refused) {
    static const uint64_t some[] = {2, 4};
    struct eot_sums a, batch;
    part_create(&a, some, 2);
    sums_create(&batch, true);
    cr_expect_eq(a.n_range, 2u);
    cr_expect_eq(eot_sums_add(&a, &batch, 1000 + 4 * BATCH, BATCH, &err), EOT_E_INTERNAL);
    cr_expect_eq(eot_sums_add(&a, &batch, 1000 + 14 * BATCH, BATCH, &err), EOT_E_INTERNAL);
    cr_expect_eq(eot_sums_add(&a, &batch, 993, BATCH, &err), EOT_E_INTERNAL);
    add_batch(&a, 3); /* fills the hole between them */
    cr_expect_eq(a.n_range, 1u);
    eot_sums_free(&a);
    eot_sums_free(&batch);
}

/* 2^-128 is the quantum, carries run through all places, and a sum comes back to 0. */
Test(sums, wide_sums_are_exact) {
    int64_t place[EOT_WIDE] = {0};
    eot_wide_add(place, 0x1p-128);
    cr_expect(place[0] == 1 && place[1] == 0 && place[2] == 0);
    eot_wide_add(place, -0x1p-127);
    cr_expect(place[0] == -1 && place[1] == -1 && place[2] == -1);
    eot_wide_add(place, 0x1p-128);
    cr_expect(place[0] == 0 && place[1] == 0 && place[2] == 0);
    const double number[] = {1.0, 1e-30, -3.5e12, 7e-20, 2.5e18, 0.1, -1e-3};
    const size_t n = sizeof number / sizeof number[0];
    for (size_t i = 0; i < n; i++) {
        int64_t one[EOT_WIDE] = {0};
        eot_wide_add(one, number[i]);
        cr_expect_float_eq(eot_wide_value(one), number[i], 0x1p-128 + 2e-16 * fabs(number[i]), "%g", number[i]);
        eot_wide_add(place, number[i]);
    }
    for (size_t i = 0; i < n; i++) eot_wide_add(place, -number[n - 1 - i]);
    cr_expect(place[0] == 0 && place[1] == 0 && place[2] == 0);
}

/* The largest of the run, in whatever parts it was made. */
Test(sums, a_maximum_is_that_of_all_parts) {
    static const uint64_t some[] = {3, 9, 14}, rest[] = {0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13};
    struct eot_sums a, b;
    int64_t largest = 0;
    for (uint64_t p = 0; p < N_PRIMARY; p++)
        if ((int64_t)(p * 37 % 101) > largest) largest = (int64_t)(p * 37 % 101);
    part_create(&a, some, 3);
    part_create(&b, rest, 12);
    cr_expect_lt(eot_sums_count(&a, LARGEST, 0), largest);
    OK(eot_sums_merge(&a, &b, &err));
    cr_expect_eq(eot_sums_count(&a, LARGEST, 0), largest);
    eot_sums_free(&a);
    eot_sums_free(&b);
}
