/* `eotmc run configs/bench/muon-*.yaml` against PUMAS in detailed mode (tests/reference/muons/pumas_slabs.csv):
 * survival, mean loss, angle and displacement. Quantiles of the loss are compared in test_muon_slabs, with the
 * reference's own straggling. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/output.h"

struct slab {
    char config[16], kinetic_energy[16];
    double mean_loss, rms_loss, angle_68, angle_95, displacement_68; /* of the reference's 10000 muons */
};

ParameterizedTestParameters(muon_beam, slabs_agree_with_pumas) {
    static struct slab rows[] = {
        {"muon-hcal1", "20 GeV", 2.04457, 0.89710, 6.456462, 12.881846, 0.4933},
        {"muon-ecal", "5 GeV", 0.44830, 0.13642, 19.880462, 38.875815, 0.4934},
        {"muon-ecal", "100 GeV", 0.81703, 2.11699, 0.964018, 1.945675, 0.0249},
    };
    return cr_make_param_array(struct slab, rows, sizeof rows / sizeof rows[0]);
}

static void expect_near(const struct eot_result *result, const char *name, double want, double want_error,
                        double tolerance) {
    const struct eot_estimate *e = eot_result_estimate(result, name);
    cr_assert_not_null(e, "%s is missing", name);
    double allowed = fmax(tolerance * want,
                          4.0 * hypot(e->std_error, want_error)); /* 4 sigma: 12 comparisons, false alarm below 1e-3 */
    cr_expect_lt(fabs(e->value - want), allowed, "%s = %g +- %g, reference %g", name, e->value, e->std_error, want);
}

ParameterizedTest(struct slab *row, muon_beam, slabs_agree_with_pumas, .timeout = 200) {
    char folder[] = "/tmp/eotmc-beam-XXXXXX", command[1024], path[256];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "%s run %s/configs/bench/%s.yaml -o %s --force --progress none --set beam.kinetic_energy='%s' --set "
             "sampling.eot=10000 --set output.figures=off >%s/log 2>&1",
             EOT_BINARY, EOT_SOURCE_DIR, row->config, folder, row->kinetic_energy, folder);
    cr_assert_eq(system(command), 0, "failed: %s", command);
    struct eot_result result = {0};
    struct eot_error err = {0};
    snprintf(path, sizeof path, "%s/summary.json", folder);
    cr_assert_eq(eot_output_summary_read(path, &result, &err), EOT_OK, "%s", err.text);
    expect_near(&result, "exit.survival", 1.0, 1e-4, 0.01);
    expect_near(&result, "exit.loss_mean_GeV", row->mean_loss, row->rms_loss / 100.0, 0.015);
    expect_near(&result, "exit.angle_q68_mrad", row->angle_68, 0.01 * row->angle_68, 0.04);
    expect_near(&result, "exit.angle_q95_mrad", row->angle_95, 0.01 * row->angle_95, 0.04);
    expect_near(&result, "exit.displacement_q68_cm", row->displacement_68, 0.01 * row->displacement_68, 0.04);
    cr_expect_lt(fabs(result.energy_residual), 1e-6);
    eot_result_free(&result);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}
