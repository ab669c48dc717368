#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"

/* One set of targets and the table over them; reset for each test, because Criterion forks. */
static const char *folder = "out", *progress = "auto";
static struct eot_text_list set, positional;
static bool resume, is_help;
static uint64_t count = 7;
static double real = 0.5;
static struct eot_error error;

static enum eot_status parse(int argc, const char *const *argv) {
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &folder, "DIR", "folder of the results (default: out)"},
        {"set", 0, EOT_OPTION_LIST, &set, "KEY=VALUE", "override a key"},
        {"resume", 'r', EOT_OPTION_FLAG, &resume, NULL, "continue"},
        {"progress", 0, EOT_OPTION_CHOICE, &progress, "auto|plain|none", "progress line"},
        {"event", 0, EOT_OPTION_COUNT, &count, "ID", "primary id"},
        {"rounds", 0, EOT_OPTION_POSITIVE, &count, "N", "rounds"},
        {"tolerance", 0, EOT_OPTION_REAL, &real, "X", "tolerance"},
    };
    const struct eot_command command = {.name = "run",
                                        .arguments = "CONFIG",
                                        .summary = "Simulate a configuration.",
                                        .example = "eotmc run a.yaml -o out",
                                        .min_positional = 1,
                                        .max_positional = 2,
                                        .option = table,
                                        .n_option = sizeof table / sizeof table[0]};
    char *copy[16];
    copy[0] = (char *)"run";
    for (int i = 0; i < argc; i++) copy[i + 1] = (char *)argv[i];
    return eot_options_parse(&command, argc + 1, copy, &positional, &is_help, &error);
}
#define PARSE(...) \
    parse((int)(sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *)), (const char *const[]){__VA_ARGS__})

static void release(void) {
    eot_text_list_free(&set);
    eot_text_list_free(&positional);
}
TestSuite(options, .fini = release);

static void expect_usage_error(enum eot_status status, const char *part) {
    cr_assert_eq(status, EOT_E_USAGE);
    cr_assert(strstr(error.text, part) != NULL, "'%s' does not contain '%s'", error.text, part);
}

Test(options, both_spellings_of_a_value_are_taken) {
    cr_assert_eq(PARSE("a.yaml", "--output", "x", "--set=k=v", "--set", "l=w=1", "--resume"), EOT_OK);
    cr_assert_str_eq(folder, "x");
    cr_assert_eq(set.n, 2u);
    cr_assert_str_eq(set.text[0], "k=v");
    cr_assert_str_eq(set.text[1], "l=w=1");
    cr_assert(resume);
    cr_assert_eq(positional.n, 1u);
    cr_assert_str_eq(positional.text[0], "a.yaml");
}
Test(options, short_options_take_attached_and_separate_values) {
    cr_assert_eq(PARSE("-o", "x y", "a.yaml", "-r"), EOT_OK);
    cr_assert_str_eq(folder, "x y");
    cr_assert(resume);
}
Test(options, an_attached_short_value_is_taken) {
    cr_assert_eq(PARSE("-ox", "a.yaml"), EOT_OK);
    cr_assert_str_eq(folder, "x");
}
Test(options, defaults_stay_when_an_option_is_absent) {
    cr_assert_eq(PARSE("a.yaml"), EOT_OK);
    cr_assert_str_eq(folder, "out");
    cr_assert_eq(count, 7u);
    cr_assert_eq(real, 0.5);
    cr_assert_not(resume);
    cr_assert_not(is_help);
}
Test(options, two_dashes_end_the_options_and_one_dash_is_an_argument) {
    cr_assert_eq(PARSE("-", "--", "--help"), EOT_OK);
    cr_assert_eq(positional.n, 2u);
    cr_assert_str_eq(positional.text[0], "-");
    cr_assert_str_eq(positional.text[1], "--help");
}
Test(options, counts_are_exact_to_64_bits_and_may_have_an_exponent) {
    cr_assert_eq(PARSE("a", "--event=18446744073709551615", "--tolerance", "-1e-3"), EOT_OK);
    cr_assert_eq(count, UINT64_MAX);
    cr_assert_eq(real, -1e-3);
}
Test(options, a_count_with_exponent_is_whole) {
    cr_assert_eq(PARSE("a", "--event", "1.5e11"), EOT_OK);
    cr_assert_eq(count, UINT64_C(150000000000));
}
Test(options, an_unknown_option_names_the_nearest_and_the_help) {
    expect_usage_error(PARSE("a", "--ouput=x"),
                       "unknown option '--ouput=x' (did you mean '--output'?); see `eotmc run --help`");
}
Test(options, an_unknown_option_far_from_all_has_no_suggestion) {
    expect_usage_error(PARSE("a", "--zzzzzz"), "unknown option '--zzzzzz'; see");
}
Test(options, a_prefix_of_a_name_is_not_the_name) {
    expect_usage_error(PARSE("a", "--se", "k=v"), "unknown option '--se'");
}
Test(options, an_unknown_letter_is_refused) { expect_usage_error(PARSE("a", "-x"), "unknown option '-x'"); }
Test(options, a_missing_value_is_refused) {
    expect_usage_error(PARSE("a", "--output"), "option '--output' needs a value (DIR)");
}
Test(options, a_flag_with_a_value_is_refused) { expect_usage_error(PARSE("a", "--resume=yes"), "takes no value"); }
Test(options, an_option_given_twice_is_refused) {
    expect_usage_error(PARSE("a", "-o", "x", "--output=y"), "'--output' is given twice");
}
Test(options, a_choice_must_be_one_of_its_words) {
    expect_usage_error(PARSE("a", "--progress=pla"), "(must be one of auto|plain|none)");
}
Test(options, an_empty_choice_is_refused) {
    expect_usage_error(PARSE("a", "--progress="), "(must be one of auto|plain|none)");
}
Test(options, each_word_of_a_choice_is_taken) {
    cr_assert_eq(PARSE("a", "--progress", "none"), EOT_OK);
    cr_assert_str_eq(progress, "none");
}
Test(options, a_fractional_count_is_refused) {
    expect_usage_error(PARSE("a", "--event=1.5"), "must be a whole number");
}
Test(options, a_negative_count_is_refused) { expect_usage_error(PARSE("a", "--event=-1"), "must be a whole number"); }
Test(options, a_positive_count_is_taken_from_1) {
    cr_assert_eq(PARSE("a", "--rounds=1"), EOT_OK);
    cr_assert_eq(count, 1u);
}
Test(options, a_positive_count_of_0_is_refused) {
    expect_usage_error(PARSE("a", "--rounds=0"),
                       "option '--rounds' = '0' (must be a whole number from 1, such as 1000 or 1e6)");
}
Test(options, a_count_beyond_64_bits_is_refused) {
    expect_usage_error(PARSE("a", "--event=18446744073709551616"), "must be a whole number");
}
Test(options, a_number_that_is_not_finite_is_refused) {
    expect_usage_error(PARSE("a", "--tolerance=nan"), "must be a number");
}
Test(options, a_number_with_a_tail_is_refused) {
    expect_usage_error(PARSE("a", "--tolerance=1GeV"), "must be a number");
}
Test(options, too_few_arguments_are_refused) {
    expect_usage_error(PARSE("--resume"), "missing argument (usage: eotmc run CONFIG)");
}
Test(options, too_many_arguments_are_refused) { expect_usage_error(PARSE("a", "b", "c"), "unexpected argument 'c'"); }

Test(options, help_lists_every_option_and_the_example, .init = cr_redirect_stdout) {
    cr_assert_eq(PARSE("--nonsense", "--help"), EOT_OK);
    cr_assert(is_help);
    fflush(stdout);
    cr_assert_stdout_eq_str("usage: eotmc run CONFIG [OPTIONS]\n\nSimulate a configuration.\n\noptions:\n"
                            "  -o, --output DIR     folder of the results (default: out)\n"
                            "      --set KEY=VALUE  override a key\n"
                            "  -r, --resume         continue\n"
                            "      --progress auto|plain|none\n"
                            "                       progress line\n"
                            "      --event ID       primary id\n"
                            "      --rounds N       rounds\n"
                            "      --tolerance X    tolerance\n"
                            "  -h, --help           this text\n"
                            "\nexample:\n  eotmc run a.yaml -o out\n");
}
