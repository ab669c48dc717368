/* Muons drawn by their importance: with their weights they are distributed as in nature, at every energy and on every
 * nucleus. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/vertex.h"

#include "../simulation.h"

#include <math.h>

static double quantile(double q) {
    double tail = fmin(q, 1.0 - q), xi = 8.0 * tail * tail * tail * tail;
    return q < 0.5 ? xi : 1.0 - xi;
}

static int is_promising(eot_lfc_final m) { return m.E_f > 17.0f && m.versine < 1e-4f; }

static void check_energy(const struct simulation *s, double E) {
    enum { N_DRAW = 400000, N_BIN = 8 };
    static double sum[N_BIN][N_BIN], square[N_BIN][N_BIN];
    double total = 0.0, squares = 0.0, plain = 0.0, drawn = 0.0, largest = 0.0, part = 0.0, part_square = 0.0,
           part_plain = 0.0;
    memset(sum, 0, sizeof sum);
    memset(square, 0, sizeof square);
    for (u32 i = 0; i < N_DRAW; i++) {
        eot_u32x4 cell = eot_philox(i, 0, 0, 0, 5, 0), inside = eot_philox(i, 1, 0, 0, 5, 0);
        eot_lfc_draw d = eot_lfc_draw_promising(s->world.table.value, &s->world.event.vertex, (f32)E, cell, inside);
        cr_assert(d.weight >= 0.0f && d.q_energy > 0.0f && d.q_energy < 1.0f && d.q_angle > 0.0f && d.q_angle < 1.0f);
        int a = (int)(N_BIN * quantile((double)d.q_energy)), b = (int)(N_BIN * quantile((double)d.q_angle));
        double w = (double)d.weight;
        sum[a][b] += w;
        square[a][b] += w * w;
        total += w;
        squares += w * w;
        largest = fmax(largest, w);
        eot_lfc_final a_muon =
            eot_lfc_sample_at(s->world.table.value, s->world.event.vertex.lfc[0], (f32)E, d.q_energy, d.q_angle);
        eot_lfc_final other = eot_lfc_sample(s->world.table.value, s->world.event.vertex.lfc[0], (f32)E,
                                             eot_uniform(cell.z), eot_uniform(cell.w));
        drawn += (double)a_muon.E_f;
        plain += (double)other.E_f;
        if (is_promising(a_muon)) {
            part += w;
            part_square += w * w;
        }
        part_plain += is_promising(other);
    }
    double error = sqrt(squares - total * total / N_DRAW);
    cr_log_info("E = %g: mean weight %.4f +- %.4f, largest %.1f; mean energy %.2f GeV drawn, %.2f GeV in nature", E,
                total / N_DRAW, error / N_DRAW, largest, drawn / N_DRAW, plain / N_DRAW);
    cr_expect_float_eq(total, N_DRAW, 5.0 * error, "E = %g: mean weight %g +- %g", E, total / N_DRAW, error / N_DRAW);
    error = sqrt(part_square - part * part / N_DRAW + part_plain);
    cr_log_info("promising: %.5f, %.5f +- %.5f", part / N_DRAW, part_plain / N_DRAW, error / N_DRAW);
    cr_expect_float_eq(part, part_plain, 5.0 * error, "E = %g: %g of the muons importance, %g in nature", E,
                       part / N_DRAW, part_plain / N_DRAW);
    cr_expect_lt(largest, 50.0); /* the share of preference is 0.9: 10, and what the density changes within a cell */
    for (int a = 0; a < N_BIN; a++)
        for (int b = 0; b < N_BIN; b++) {
            double want = (double)N_DRAW / (N_BIN * N_BIN), sigma = sqrt(square[a][b] - sum[a][b] * sum[a][b] / N_DRAW);
            cr_expect_float_eq(sum[a][b], want, 5.0 * sigma, "E = %g, bin %d of energy, %d of angle: %g +- %g, want %g",
                               E, a, b, sum[a][b], sigma, want);
            cr_expect_lt(sigma, 0.1 * want);
        }
    if (E > 50.0) cr_expect_gt(drawn, 1.5 * plain);
}

/* 65 comparisons within 5 standard deviations at each of 4 energies: false alarm 2e-4. */
Test(importance, weights_undo_the_preference, .timeout = 120) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-signal.yaml",
                    (const char *const[]){"physics.mphi=1 GeV", "sampling.preference=0.9", NULL}, "host");
    cr_assert_gt(s.world.event.vertex.signal.n_row, 0);
    check_energy(&s, 2.0);
    check_energy(&s, 12.0);
    check_energy(&s, 40.0);
    check_energy(&s, 100.0);
    simulation_close(&s);
}

/* Without trackers, or in analog mode, nothing is preferred. */
Test(importance, needs_trackers_and_forced_vertices, .timeout = 120) {
    struct simulation s;
    simulation_open(&s, "tests/ecal_only.yaml",
                    (const char *const[]){"physics.rare.lfc=on", "physics.rare.dimuon_gamma=off", "physics.mphi=1 GeV",
                                          "sampling.preference=0.9", NULL},
                    "host");
    cr_expect_eq(s.world.event.vertex.signal.n_row, 0);
    simulation_close(&s);
    simulation_open(&s, "configs/na64e-signal.yaml",
                    (const char *const[]){"physics.mphi=1 GeV", "sampling.mode=analog", NULL}, "host");
    cr_expect_eq(s.world.event.vertex.signal.n_row, 0);
    simulation_close(&s);
}
