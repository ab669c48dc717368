/* Muons drawn by their importance: with their weights they are distributed as in nature, at every energy and on every
 * nucleus. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/vertex.h"

#include "../agreement.h"
#include "../simulation.h"

#include <math.h>

static double quantile(double q) {
    double tail = fmin(q, 1.0 - q), xi = 8.0 * tail * tail * tail * tail;
    return q < 0.5 ? xi : 1.0 - xi;
}

/* Factor on the rate of a process at an energy. */
static double preferred_at(const struct simulation *s, int process, double E) {
    const eot_em_tables t = s->world.em;
    const eot_importance m = process == EOT_RARE_LFC ? s->world.event.vertex.signal : s->world.event.vertex.pair;
    f32 place = eot_em_place(t, eot_log((f32)E) - t.log_cut);
    const f32 *preference = s->world.table.value + m.preference + (i32)place;
    return (double)(preference[0] + (place - floor(place)) * (preference[1] - preference[0]));
}

static int is_promising(eot_lfc_final m) { return m.E_f > 17.0f && m.versine < 1e-4f; }

static void check_energy(const struct simulation *s, double E) {
    enum { N_DRAW = 400000, N_BIN = 8 };
    static double sum[N_BIN][N_BIN], square[N_BIN][N_BIN];
    double total = 0.0, squares = 0.0, plain = 0.0, drawn = 0.0, largest = 0.0, part = 0.0, part_square = 0.0,
           part_plain = 0.0;
    const eot_vertex_tables *e = &s->world.event.vertex;
    const eot_lfc_table n = e->lfc[e->importance_nucleus];
    const i32 node = (i32)(eot_lfc_grid_place(n, (f32)E) * (f32)(n.n_energy - 1) + 0.5f);
    memset(sum, 0, sizeof sum);
    memset(square, 0, sizeof square);
    for (u32 i = 0; i < N_DRAW; i++) {
        eot_u32x4 cell = eot_philox(i, 0, 0, 0, 5, 0), inside = eot_philox(i, 1, 0, 0, 5, 0);
        eot_lfc_draw d = eot_lfc_draw_promising(s->world.table.value, e->signal, node, cell, inside);
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
    cr_expect_float_eq(total, N_DRAW, 5.0 * error + 1e-4 * N_DRAW, "E = %g: mean weight %g +- %g", E, total / N_DRAW,
                       error / N_DRAW);
    error = sqrt(part_square - part * part / N_DRAW + part_plain);
    cr_log_info("promising: %.5f, %.5f +- %.5f", part / N_DRAW, part_plain / N_DRAW, error / N_DRAW);
    cr_expect_float_eq(part, part_plain, 5.0 * error, "E = %g: %g of the muons importance, %g in nature", E,
                       part / N_DRAW, part_plain / N_DRAW);
    cr_expect_lt(largest / preferred_at(s, EOT_RARE_LFC, E), 1.2 / 0.1, "E = %g: %g over the natural share of 0.1", E,
                 largest); /* between two energies of the tables the mean importance changes by less than a fifth */
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

/* Pairs of a photon of energy k with importance and without: energies of the mu+ in bins, the mean weight, its bound.
 */
static void check_pairs(struct simulation *s, double k) {
    enum { N_DRAW = 200000, N_BIN = 16 };
    double sum[N_BIN] = {0}, square[N_BIN] = {0}, plain[N_BIN] = {0}, total = 0.0, squares = 0.0, largest = 0.0;
    int n_slow = 0, n_slow_plain = 0;
    eot_vertex_tables natural = s->world.event.vertex;
    natural.pair.n_row = 0;
    for (u32 i = 0; i < N_DRAW; i++)
        for (int with = 0; with < 2; with++) {
            eot_random g = eot_random_init(i, EOT_STAGE_PROBE, (u32)with, 7, 0);
            eot_u32x4 block = eot_random_block(g);
            g.draw++;
            eot_event_vertex v = eot_event_vertex_none();
            v.weight = 1.0f;
            v = eot_dimuon_pair_vertex(v, (f32)k, s->world.table.value, with ? &s->world.event.vertex : &natural, block,
                                       g);
            cr_assert(v.fault == 0u && v.weight > 0.0f);
            double low = fmin(v.E_plus, v.E_minus), w = (double)v.weight;
            int b = (int)fmin(fmax(N_BIN * (double)v.E_plus / k, 0.0), N_BIN - 1.0);
            if (with) {
                sum[b] += w;
                square[b] += w * w;
                total += w;
                squares += w * w;
                largest = fmax(largest, w);
                n_slow += low < 1.0;
            } else {
                plain[b] += 1.0;
                n_slow_plain += low < 1.0;
            }
        }
    double error = sqrt(squares - total * total / N_DRAW);
    cr_log_info("k = %g: mean weight %.4f +- %.4f, largest %.1f; %d and %d with a slow muon", k, total / N_DRAW,
                error / N_DRAW, largest, n_slow, n_slow_plain);
    cr_expect_float_eq(total, N_DRAW, 5.0 * error + 1e-4 * N_DRAW);
    cr_expect_lt(largest / preferred_at(s, EOT_RARE_DIMUON_GAMMA, k), 1.2 / 0.1);
    for (int b = 0; b < N_BIN; b++) {
        double sigma = sqrt(square[b] - sum[b] * sum[b] / N_DRAW + plain[b]);
        cr_expect_float_eq(sum[b], plain[b], 5.0 * sigma, "k = %g, bin %d: %g +- %g, in nature %g", k, b, sum[b], sigma,
                           plain[b]);
    }
    cr_expect_gt(n_slow, 2 * n_slow_plain, "k = %g: pairs with a slow muon are not preferred", k);
}

#define DIMUON "configs/na64e-dimuon.yaml"
#define SMALL \
    "physics.cut=5 GeV", "sampling.region.min_photon_energy=5.4 GeV", "physics.shower.spot_energy=0.5 GeV", \
        "sampling.batch=5000", "scoring.record_fraction=0", "scoring.deposit_fraction=0.05"

/* 17 comparisons within 5 standard deviations at each of 3 energies: false alarm 3e-5. */
Test(importance, pairs_are_those_of_nature, .timeout = 300) {
    struct simulation s;
    simulation_open(&s, DIMUON, (const char *const[]){SMALL, "sampling.preference=0.9", NULL}, "host");
    cr_assert_gt(s.world.event.vertex.pair.n_row, 0);
    check_pairs(&s, 17.0);
    check_pairs(&s, 40.0);
    check_pairs(&s, 95.0);
    simulation_close(&s);
}

/* With importance and without, all numbers and histograms are the same within their errors, and those of the last
 * stages are better known. Many of the estimates are correlated. */
Test(importance, changes_errors_and_no_expectation, .timeout = 600) {
    struct simulation s;
    struct eot_result natural;
    simulation_open(&s, DIMUON, (const char *const[]){SMALL, "sampling.eot=100000", NULL}, NULL);
    natural = simulation_run_and_close(&s);
    simulation_open(
        &s, DIMUON,
        (const char *const[]){SMALL, "sampling.eot=40000", "sampling.seed=2", "sampling.preference=0.9", NULL}, NULL);
    simulation_run(&s);
    expect_the_same(&s.result, &natural, 5);
    const struct eot_cutflow_row *x = &natural.cutflow[1], *y = &s.result.cutflow[1]; /* track, VETO, HCAL */
    for (int i = 0; i < 3; i++) {                                                     /* variance of one shower */
        double gain = 2.5 * pow(x[i].std_error / x[i].weighted / (y[i].std_error / y[i].weighted), 2.0);
        cr_log_info("%s: variance %.1f times smaller", x[i].cut, gain);
        cr_expect_gt(gain, i == 0 ? 1.0 : i == 1 ? 3.0 : 10.0, "%s: variance %g times smaller", x[i].cut, gain);
    }
    eot_result_free(&natural);
    simulation_close(&s);
}

/* A device and the host draw the same vertices. */
Test(importance, is_the_same_on_every_device, .timeout = 300) {
    char hash[2][65];
    for (int i = 0; i < 2; i++)
        simulation_hash(DIMUON,
                        (const char *const[]){SMALL, "sampling.eot=2000", "sampling.preference=0.9",
                                              "physics.rare.dimuon_trident=on", NULL},
                        i == 0 ? "host" : NULL, hash[i]);
    cr_expect_str_eq(hash[0], hash[1]);
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
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"sampling.preference=0.9", NULL}, "host");
    cr_expect_eq(s.world.event.vertex.pair.n_row, 0);
    simulation_close(&s);
}
