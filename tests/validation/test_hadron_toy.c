/* Decays between SRD and ECAL against an independent toy simulation: the share of the decays whose muon crosses all
 * chambers and whose neutrino has more than 20 or 30 GeV. The toy has Gaussian angles by Highland's formula with the
 * whole-slab logarithm, 6 % wider than detailed scattering, which takes 3 to 8 % of its pions; mean losses; no windows
 * and no resolution. Hence 6 % where its pion share is above 0.25, 12 % elsewhere, and the statistical errors; with the
 * angles of the chain divided by 0.94, 4 % everywhere. */
#undef EOT_REAL_DOUBLE
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "eotmc/select/hadron_score.h"

enum { N_CUT = 2 };
static const double LEAST[N_CUT] = {20.0, 30.0}; /* GeV of the neutrino */

/* D: last chamber [m]; half width of the chambers [cm]; field integral [T m]; shares of pions and kaons above each
 * energy, with an error of 0.0005. */
static const struct toy {
    double D, half, BL, share[2][N_CUT];
} TOY[] = {{8, 4, 1.4, {{0.4459, 0.2381}, {0.1614, 0.1106}}},
           {8, 10, 1.4, {{0.5314, 0.2972}, {0.3852, 0.3133}}},
           {12, 4, 1.4, {{0.2431, 0.1209}, {0.0697, 0.0435}}},
           {12, 15, 1.4, {{0.5311, 0.2969}, {0.3632, 0.2918}}},
           {8, 4, 3.8, {{0.3683, 0.1896}, {0.1211, 0.0783}}}};
enum { N_TOY = sizeof TOY / sizeof TOY[0] };
static const double TOY_ERROR = 0.0005, SCALE = 1.0 / 0.94;

/* All angles of scattering times a factor: of the soft one, of which the tables have the mean square, and of the hard
 * one, of which they have the logarithm of the square. */
static void scale_angles(struct eot_world *w, double factor) {
    const eot_muon_tables *t = &w->muon;
    for (u32 i = 0; i < (u32)t->n_material * EOT_MUON_N_ROW; i++)
        w->table.value[t->rows + i * EOT_MUON_N_COLUMN + EOT_MUON_KICK] *= (float)(factor * factor);
    for (u32 i = 0; i < (u32)t->n_material * EOT_MUON_N_TAIL; i++)
        w->table.value[t->elastic + i] += (float)(2.0 * log(factor));
}

static void find_shares(const char *particle, struct toy toy, double factor, double share[N_CUT], double error[N_CUT]) {
    struct simulation s;
    char set[8][160], beam[40], magnet[80], field[80];
    double D = toy.D, middle = 0.5 * (544.0 + 100.0 * D), z[4] = {544.0, middle - 102.0, middle + 101.0, 100.0 * D};
    snprintf(beam, sizeof beam, "beam.particle=%s", particle);
    snprintf(magnet, sizeof magnet, "geometry.volumes.mbpl.z=%g cm", middle - 100.0);
    snprintf(field, sizeof field, "geometry.volumes.mbpl.field=[0 T, %g T, 0 T]", 0.5 * toy.BL);
    for (int i = 0; i < 4; i++) {
        snprintf(set[i], sizeof set[i], "geometry.volumes.mm%d.z=%g cm", i, z[i]);
        snprintf(set[4 + i], sizeof set[4 + i], "geometry.volumes.mm%d.size=[%g cm, %g cm]", i, 2.0 * toy.half,
                 2.0 * toy.half);
    }
    simulation_open(&s, "tests/hadron_toy.yaml",
                    (const char *const[]){beam, magnet, field, set[0], set[1], set[2], set[3], set[4], set[5], set[6],
                                          set[7], NULL},
                    NULL);
    scale_angles(&s.world, factor);
    simulation_run(&s);
    double all = 0.0, passed[N_CUT] = {0.0}, passed2[N_CUT] = {0.0};
    for (size_t i = 0; i < s.run.n_row; i++) {
        const float *row = s.run.row[i].value;
        double w = (double)row[EOT_HADRON_C_WEIGHT];
        all += w;
        for (int k = 0; k < N_CUT; k++) {
            if (row[EOT_HADRON_C_N_TRACK] != 1.0f || (double)row[EOT_HADRON_C_NEUTRINO] <= LEAST[k]) continue;
            passed[k] += w;
            passed2[k] += w * w;
        }
    }
    cr_assert_gt(s.run.n_row, (size_t)(0.97 * (double)s.config.sampling.eot));
    for (int k = 0; k < N_CUT; k++) {
        share[k] = passed[k] / all;
        error[k] = hypot(sqrt(passed2[k]) / all, TOY_ERROR);
    }
    simulation_close(&s);
}

static void expect_agreement(double factor, double (*tolerance)(double share_of_pions)) {
    for (int i = 0; i < N_TOY; i++)
        for (int k = 0; k < 2; k++) {
            double seen[N_CUT], error[N_CUT];
            find_shares(k == 0 ? "pi-" : "K-", TOY[i], factor, seen, error);
            for (int e = 0; e < N_CUT; e++) {
                double want = TOY[i].share[k][e];
                printf("D = %g m, half %g cm, %g T m, %s > %g GeV: %.4f +- %.4f, toy %.4f (%+.1f %%)\n", TOY[i].D,
                       TOY[i].half, TOY[i].BL, k == 0 ? "pi" : "K", LEAST[e], seen[e], error[e], want,
                       100.0 * (seen[e] / want - 1.0));
                cr_expect_float_eq(seen[e], want, tolerance(TOY[i].share[0][0]) * want + 3.0 * error[e]);
            }
        }
}

static double narrower(double share_of_pions) { return share_of_pions > 0.25 ? 0.06 : 0.12; }

static double same(double share_of_pions) {
    (void)share_of_pions;
    return 0.04;
}

Test(hadron_toy, shares_of_decays_agree, .timeout = 900) { expect_agreement(1.0, narrower); }

Test(hadron_toy, shares_with_the_toys_angles_agree, .timeout = 900) { expect_agreement(SCALE, same); }
