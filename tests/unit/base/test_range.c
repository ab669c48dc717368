#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/range.h"

static struct eot_error err;

static enum eot_status list(const char *text, struct eot_number_list *l) {
    *l = (struct eot_number_list){0};
    return eot_number_list_parse("mphi", text, ",", l, &err);
}

Test(range, steps_are_equal_and_both_ends_are_in_it) {
    struct eot_number_list l;
    cr_assert_eq(list("0..10:5,20", &l), EOT_OK, "%s", err.text);
    const double linear[] = {0, 2.5, 5, 7.5, 10, 20};
    cr_assert_eq(l.n, 6u);
    for (int i = 0; i < 6; i++) cr_expect_float_eq(l.value[i], linear[i], 1e-12);
    free(l.value);
    cr_assert_eq(list("1e-2..1e2:5log", &l), EOT_OK, "%s", err.text);
    cr_assert_eq(l.n, 5u);
    for (int i = 0; i < 5; i++) cr_expect_float_eq(l.value[i], pow(10.0, i - 2), 1e-12);
    free(l.value);
    cr_assert_eq(list("0.11..3:12log", &l), EOT_OK, "%s", err.text);
    cr_assert_eq(l.n, 12u);
    cr_expect_eq(l.value[0], 0.11);
    cr_expect_eq(l.value[11], 3.0);
    for (int i = 1; i < 12; i++) cr_expect_float_eq(l.value[i] / l.value[i - 1], pow(3 / 0.11, 1 / 11.0), 2e-5);
    free(l.value);
}

Test(range, a_range_turned_round_has_the_same_values_from_the_end) {
    struct eot_number_list a, b;
    cr_assert_eq(list("2..50:7log", &a), EOT_OK);
    cr_assert_eq(list("50..2:7log", &b), EOT_OK);
    cr_assert_eq(a.n, b.n);
    for (size_t i = 0; i < a.n; i++) cr_expect_eq(a.value[i], b.value[b.n - 1 - i]);
    free(a.value);
    free(b.value);
}

Test(range, what_is_no_range_is_refused) {
    static const char *const wrong[] = {"1..2",   "1..2:1",        "1..2:0",     "1..2:x",     "1..:3",
                                        "..2:3",  "0..2:3log",     "-1..2:4log", "1..2:3 GeV", "1..2:3lin",
                                        "2..2:3", "1..2:99999999", "1..2:3log,", "a..b:3",     "",
                                        ",",      "1..nan:3",      "1..2:-3",    "1..2:3,4 x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct eot_number_list l;
        cr_expect_eq(list(wrong[i], &l), EOT_E_USAGE, "%s", wrong[i]);
        free(l.value);
    }
}

Test(range, other_values_are_not_taken_for_ranges) {
    cr_expect(eot_range_is("0.11..3:12log", 13));
    cr_expect_not(eot_range_is("[1, 2]", 6));
    cr_expect_not(eot_range_is("100 GeV", 7));
    cr_expect_not(eot_range_is("../a..b:c", 9) && "../a..b:c"[0] != '.');
    cr_expect_not(eot_range_is("a..b:c", 6));
}
