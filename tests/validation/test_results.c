/* The committed reference runs. The forced one (results/na64e-dimuon) is made again at small statistics: every estimate
 * that both know agrees within the errors that they quote. The analog ones (results/na64e-analog, 1e10 electrons one by
 * one; na64e-analog-1e11) agree with it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "output/output.h"

static const double LARGEST_PULL = 5.0;   /* about 60 estimates: false alarm below 4e-5 */
static const double MIN_EFFECTIVE = 30.0; /* below, the error of a weighted sum is not Gaussian */

/* The configuration beside a run is the one that made it, byte for byte. */
static void expect_own_configuration(const char *run, const char *name) {
    struct eot_result reference = {0};
    struct eot_error err = {0};
    static char text[100000];
    char hex[65], path[512];
    snprintf(path, sizeof path, EOT_SOURCE_DIR "/results/%s/summary.json", run);
    cr_assert_eq(eot_output_summary_read(path, &reference, &err), EOT_OK, "%s", err.text);
    snprintf(path, sizeof path, EOT_SOURCE_DIR "/results/%s/%s", run, name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    cr_assert(n > 0 && n < sizeof text);
    eot_sha256_hex(text, n, hex);
    cr_expect_str_eq(hex, reference.config_sha256, "%s was edited after the run: make the run again", path);
    eot_result_free(&reference);
}

Test(results, configurations_are_those_of_the_reference_runs) {
    expect_own_configuration("na64e-dimuon", "effective-config.yaml");
    expect_own_configuration("na64e-analog", "effective-config-as-run.yaml"); /* keys renamed since */
    expect_own_configuration("na64e-analog-1e11", "effective-config.yaml");
}

/* Electrons one by one against forced vertices worth 1.5e11: rates of muon pairs by the photon's energy within 3
 * standard errors and 1 %, what is before the VETO within 4 standard errors. */
static void expect_agreement(const char *run, uint64_t n_primary) {
    static const char *const NAME[] = {"dimuon.per_eot", "dimuon.gamma.per_eot_above_10GeV",
                                       "dimuon.gamma.per_eot_above_20GeV", "dimuon.gamma.per_eot_above_30GeV",
                                       "dimuon.gamma.per_eot_above_50GeV"};
    struct eot_result forced = {0}, analog = {0};
    struct eot_error err = {0};
    char path[512];
    snprintf(path, sizeof path, EOT_SOURCE_DIR "/results/%s/summary.json", run);
    cr_assert_eq(eot_output_summary_read(EOT_SOURCE_DIR "/results/na64e-dimuon/summary.json", &forced, &err), EOT_OK,
                 "%s", err.text);
    cr_assert_eq(eot_output_summary_read(path, &analog, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(analog.primaries[0][1] - analog.primaries[0][0], n_primary);
    for (size_t i = 0; i < sizeof NAME / sizeof NAME[0]; i++) {
        const struct eot_estimate *a = eot_result_estimate(&analog, NAME[i]),
                                  *f = eot_result_estimate(&forced, NAME[i]);
        cr_assert(a != NULL && f != NULL);
        cr_expect_lt(fabs(a->value - f->value), 3.0 * hypot(a->std_error, f->std_error), "%s", NAME[i]);
        cr_expect_lt(fabs(a->value / f->value - 1.0), 0.01, "%s", NAME[i]);
    }
    for (size_t i = 0; i < 2; i++) /* the models of what VETO and HCAL see are not the same in the three runs */
        cr_expect_lt(fabs(analog.cutflow[i].weighted - forced.cutflow[i].weighted),
                     4.0 * hypot(analog.cutflow[i].std_error, forced.cutflow[i].std_error), "cut '%s'",
                     analog.cutflow[i].cut);
    eot_result_free(&forced);
    eot_result_free(&analog);
}

Test(results, analog_and_forced_reference_runs_agree) {
    expect_agreement("na64e-analog", 10000000000u);
    expect_agreement("na64e-analog-1e11", 100000000000u);
}

Test(results, the_reference_run_is_what_this_version_computes, .timeout = 300) {
    char folder[] = "/tmp/eotmc-results-XXXXXX", command[1024], path[256];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(
        command, sizeof command,
        "%s run %s/results/na64e-dimuon/effective-config.yaml -o %s --force --progress none --set sampling.eot=20000 "
        "--set sampling.batch=1000 --set sampling.first=0 "
        "--set sampling.seed=20261122 --set scoring.showers=3000 --set output.figures=off >%s/log 2>&1",
        EOT_BINARY, EOT_SOURCE_DIR, folder, folder);
    cr_assert_eq(system(command), 0, "failed: %s", command);
    struct eot_result reference = {0}, now = {0};
    struct eot_error err = {0};
    cr_assert_eq(eot_output_summary_read(EOT_SOURCE_DIR "/results/na64e-dimuon/summary.json", &reference, &err), EOT_OK,
                 "%s", err.text);
    snprintf(path, sizeof path, "%s/summary.json", folder);
    cr_assert_eq(eot_output_summary_read(path, &now, &err), EOT_OK, "%s", err.text);
    int n_compared = 0;
    for (size_t i = 0; i < now.n_estimate; i++) {
        const struct eot_estimate *a = &now.estimate[i], *b = eot_result_estimate(&reference, a->name);
        if (strncmp(a->name, "eot.", 4) == 0 || strncmp(a->name, "events.", 7) == 0 ||
            strncmp(a->name, "selected.", 9) == 0)
            continue;                        /* sizes; tails */
        if (!(a->std_error > 0.0)) continue; /* exact: a setting or a count */
        cr_expect_not_null(b, "%s is not in the reference run", a->name);
        if (b == NULL || (a->n_eff > 0.0 && a->n_eff < MIN_EFFECTIVE)) continue;
        double pull = (a->value - b->value) / hypot(a->std_error, b->std_error);
        cr_expect_lt(fabs(pull), LARGEST_PULL, "%s: %g +- %g now, %g +- %g in the reference run (pull %.1f)", a->name,
                     a->value, a->std_error, b->value, b->std_error, pull);
        n_compared++;
    }
    cr_expect_gt(n_compared, 20, "only %d estimates were compared", n_compared);
    cr_assert_eq(now.n_cutflow, reference.n_cutflow);
    for (size_t i = 0; i < 2; i++) {
        double pull = (now.cutflow[i].weighted - reference.cutflow[i].weighted) /
                      hypot(now.cutflow[i].std_error, reference.cutflow[i].std_error);
        cr_expect_lt(fabs(pull), LARGEST_PULL, "cut '%s': pull %.1f", now.cutflow[i].cut, pull);
    }
    eot_result_free(&reference);
    eot_result_free(&now);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}
