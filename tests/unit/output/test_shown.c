/* What a reader is shown of an estimate, and how two of them are compared: a limit is no value with an error of 0. */
#include <criterion/criterion.h>

#include "output/shown.h"

static char text[96];
static const char *shown(struct eot_estimate e) {
    eot_estimate_format(text, sizeof text, &e);
    return text;
}
static const char *compared(struct eot_estimate a, struct eot_estimate b) {
    eot_estimates_compare(text, sizeof text, &a, &b);
    return text;
}

static const struct eot_estimate VALUE = {.value = 4e-6, .std_error = 8e-7, .n_eff = 25.0},
                                 EMPTY = {.upper_limit_90 = 2e-6, .is_poorly_determined = true},
                                 WIDE = {.upper_limit_90 = 1e-4, .is_poorly_determined = true},
                                 ALL = {.value = 1.0, .n_eff = 30.0, .lower_limit_90 = 0.926},
                                 EXACT = {.value = 200.0, .is_exact = true},
                                 ONE = {
                                     .value = 1e-4, .n_eff = 1.0, .has_no_error = true, .is_poorly_determined = true};

Test(shown, a_number_is_shown_with_what_is_known_of_it) {
    cr_expect_str_eq(shown(VALUE), "(4.0 +- 0.8)e-6");
    cr_expect_str_eq(shown(EMPTY), "< 2e-06 (90 %)");
    cr_expect_str_eq(shown(ALL), "> 0.926 (90 %)");
    cr_expect_str_eq(shown(EXACT), "200");
    cr_expect_str_eq(shown(ONE), "0.0001 (no error)");
}

Test(shown, what_marks_an_estimate_is_shown) {
    char line[80];
    struct eot_estimate e = {.value = 1.0, .std_error = 0.1, .n_eff = 25.0, .n_eff_error = 300.0};
    eot_support_format(line, sizeof line, &e);
    cr_expect_str_eq(line, "  (n_eff 25)");
    e.is_poorly_determined = true;
    e.n_eff = 8.0;
    eot_support_format(line, sizeof line, &e);
    cr_expect_str_eq(line, "  (n_eff 8, poorly determined)");
    e.n_eff = 155.9;
    e.n_eff_error = 7.24;
    eot_support_format(line, sizeof line, &e);
    cr_expect_str_eq(line, "  (n_eff 155.9, of its error 7.2, poorly determined)");
}

Test(shown, a_limit_is_compared_as_a_limit) {
    struct eot_estimate more = VALUE, poor = VALUE, old = {.value = 0.0}, low = {.value = 0.5, .std_error = 0.05};
    more.value = 6e-6;
    poor.is_poorly_determined = true;
    cr_expect_str_eq(compared(more, VALUE), "+1.8");
    cr_expect_str_eq(compared(more, poor), "(+1.8)");
    cr_expect_str_eq(compared(VALUE, EMPTY), "beyond the limit", "4e-6 - 1.28 x 8e-7 is above 2e-6");
    cr_expect_str_eq(compared(WIDE, VALUE), "within the limit");
    cr_expect_str_eq(compared(WIDE, EMPTY), "both limits");
    cr_expect_str_eq(compared(ALL, low), "beyond the limit");
    cr_expect_str_eq(compared(ONE, VALUE), "");
    cr_expect_str_eq(compared(old, VALUE), "", "0 +- 0 of an older version");
    cr_expect_str_eq(compared(EXACT, EXACT), "");
}
