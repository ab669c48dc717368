/* Decays between SRD and ECAL against an independent toy simulation: the share of the decays whose muon crosses all
 * chambers and whose neutrino has more than 20 GeV. The toy has Gaussian angles by Highland's formula with the
 * whole-slab logarithm, 6 % wider than detailed scattering, which takes 3 to 8 % of its pions; mean losses; no windows
 * and no resolution. Hence 6 % where its pion share is above 0.25, 12 % elsewhere, and the statistical errors. */
#undef EOT_REAL_DOUBLE
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/select/hadron_score.h"

/* D: last chamber [m]; half width of the chambers [cm]; shares of pions and kaons. */
static const struct {
    double D, half, share[2];
} TOY[] = {{8, 4, {0.4459, 0.1614}}, {8, 10, {0.5314, 0.3852}}, {12, 4, {0.2431, 0.0697}}, {12, 15, {0.5311, 0.3632}}};
enum { N_TOY = sizeof TOY / sizeof TOY[0] };

static double share_of(const char *particle, double D, double half, double *error) {
    struct simulation s;
    char set[8][160], beam[40];
    double middle = 0.5 * (544.0 + 100.0 * D), z[4] = {544.0, middle - 102.0, middle + 101.0, 100.0 * D};
    snprintf(beam, sizeof beam, "beam.particle=%s", particle);
    for (int i = 0; i < 4; i++) {
        snprintf(set[i], sizeof set[i], "geometry.volumes.mm%d.z=%g cm", i, z[i]);
        snprintf(set[4 + i], sizeof set[4 + i], "geometry.volumes.mm%d.size=[%g cm, %g cm]", i, 2.0 * half, 2.0 * half);
    }
    char magnet[80];
    snprintf(magnet, sizeof magnet, "geometry.volumes.mbpl.z=%g cm", middle - 100.0);
    simulation_open(
        &s, "tests/hadron_toy.yaml",
        (const char *const[]){beam, magnet, set[0], set[1], set[2], set[3], set[4], set[5], set[6], set[7], NULL},
        NULL);
    simulation_run(&s);
    double all = 0.0, passed = 0.0, passed2 = 0.0;
    for (size_t i = 0; i < s.run.n_row; i++) {
        const float *row = s.run.row[i].value;
        double w = (double)row[EOT_HADRON_C_WEIGHT];
        all += w;
        if (row[EOT_HADRON_C_N_TRACK] != 1.0f || row[EOT_HADRON_C_NEUTRINO] <= 20.0f) continue;
        passed += w;
        passed2 += w * w;
    }
    cr_assert_gt(s.run.n_row, 39000u);
    simulation_close(&s);
    *error = sqrt(passed2) / all;
    return passed / all;
}

Test(hadron_toy, shares_of_decays_agree, .timeout = 600) {
    for (int i = 0; i < N_TOY; i++)
        for (int k = 0; k < 2; k++) {
            double error, seen = share_of(k == 0 ? "pi-" : "K-", TOY[i].D, TOY[i].half, &error), want = TOY[i].share[k],
                          tolerance = TOY[i].share[0] > 0.25 ? 0.06 : 0.12;
            printf("D = %g m, half %g cm, %s: %.4f +- %.4f, toy %.4f (%+.1f %%)\n", TOY[i].D, TOY[i].half,
                   k == 0 ? "pi" : "K", seen, error, want, 100.0 * (seen / want - 1.0));
            cr_expect_float_eq(seen, want, tolerance * want + 3.0 * error);
        }
}
