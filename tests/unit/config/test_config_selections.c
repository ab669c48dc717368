/* Further selections in a configuration: they start from the default one, can be set one by one, and reproduce
 * themselves. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"

static const char *const FILE_NAME = EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml";
static struct eot_config config;
static struct eot_error error;

static enum eot_status read_with(const char *first, const char *second) {
    const char *set[] = {first, second};
    return eot_config_read(FILE_NAME, set, second != NULL ? 2 : 1, &config, &error);
}

Test(selections, start_from_the_default_one) {
    cr_assert_eq(read_with("selections=[{name: tight, veto: [6 MeV, 0.01]}, {name: plus, charge: 1}]",
                           "selection.min_momentum=10"),
                 EOT_OK, "%s", error.text);
    cr_assert_eq(config.n_further, 2u);
    const struct eot_named_selection_config *tight = &config.further[0], *plus = &config.further[1];
    cr_expect_str_eq(tight->name, "tight");
    cr_expect_eq(tight->selection.veto.low, 0.006);
    cr_expect_eq(tight->selection.veto.high, 0.01);
    cr_expect_eq(tight->selection.min_momentum, 10.0);
    cr_expect_eq(tight->selection.charge, -1);
    cr_expect_str_eq(plus->name, "plus");
    cr_expect_eq(plus->selection.charge, 1);
    cr_expect_eq(plus->selection.veto.low, config.selection.veto.low);
    cr_expect_eq(plus->selection.min_momentum, 10.0);
    eot_config_free(&config);
}

Test(selections, are_set_by_their_names) {
    cr_assert_eq(read_with("selections=[{name: tight}]", "selections.tight.missing_energy=35 GeV"), EOT_OK, "%s",
                 error.text);
    cr_expect_eq(config.further[0].selection.missing_energy, 35.0);
    eot_config_free(&config);
}

Test(selections, reproduce_themselves_in_the_effective_configuration) {
    struct eot_config again;
    cr_assert_eq(read_with("selections=[{name: tight, veto: [6 MeV, 0.01]}, {name: plus, charge: 1}]", NULL), EOT_OK,
                 "%s", error.text);
    cr_assert_eq(eot_config_read_text("effective", config.effective_yaml, NULL, 0, &again, &error), EOT_OK, "%s",
                 error.text);
    cr_assert_str_eq(again.effective_yaml, config.effective_yaml);
    cr_assert_eq(again.n_further, 2u);
    cr_assert_eq(again.further[0].selection.veto.low, 0.006);
    eot_config_free(&again);
    eot_config_free(&config);
}

Test(selections, are_no_part_of_a_configuration_without_them) {
    cr_assert_eq(read_with("selections=[]", NULL), EOT_OK, "%s", error.text);
    cr_expect_eq(config.n_further, 0u);
    cr_expect_null(strstr(config.effective_yaml, "selections"));
    eot_config_free(&config);
}

Test(selections, wrong_ones_are_refused_by_name) {
    static const struct {
        const char *set, *message;
    } row[] = {
        {"selections=[{veto: [0.006, 0.01]}]", "a selection without a name"},
        {"selections=[{name: a}, {name: a}]", "selections.a (two selections have this name)"},
        {"selections=[{name: default}]", "is the section selection"},
        {"selections=[{name: a/b}]", "without + and /"},
        {"selections=[{name: a, vetto: [0.006, 0.01]}]", "selections.a.vetto"},
        {"selections=[{name: a, veto: [0.01, 0.006]}]", "selections.a.veto"},
        {"selections=[{name: a, charge: 0}]", "selections.a.charge"},
        {"selections=[{name: a, charge: 2}]", "selections.a.charge"},
        {"selections=[{name: a},{name: b},{name: c},{name: d},{name: e},{name: f},{name: g},{name: h}]", "at most 7"},
        {"selections={name: a}", "must be a list"},
        {"selections=[{name: aaaaaaaaaaaaaaaaaaaaaaaa}]", "at most 23 letters"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        cr_expect_eq(read_with(row[i].set, NULL), EOT_E_CONFIG, "%s is accepted", row[i].set);
        cr_expect_not_null(strstr(error.text, row[i].message), "%s: %s", row[i].set, error.text);
    }
}
