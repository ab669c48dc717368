/* The hard event of a step: constituent and process in proportion to their rates; energies within their kinematic
 * limits; energy and momentum kept. 5 sigma or p > 1e-6, fixed seeds. */
#include "muon_matter.h"

#include "eotmc/transport/muon/extra.h"

#include "../../chi_square.h"
#include "../../validation/muon_slab.h"

static const double M = 0.1056583755, M_ELECTRON = 0.51099895e-3;
enum { N = 200000 };

/* Two constituents with 0.7 and 0.3 of the path, rates 0.02 and 0.06 per cm, and decay: 2 x 6 possible events. */
Test(muon_hard_event, constituents_and_processes_come_at_their_rates) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    double share[2][5] = {{0.4, 0.5, 0.8, 0.85, 1.0}, {0.1, 0.3, 0.35, 0.6, 1.0}}, rate[2] = {0.02, 0.06},
           fraction[2] = {0.7, 0.3}, decay = 0.007;
    for (int k = 0; k < 2; k++) {
        matter_material(&m, k, EOT_MUON_RATE, rate[k]);
        matter_shares(&m, k, share[k]);
        m.region[0].material[k] = k;
        m.region[0].fraction[k] = (f32)fraction[k];
        m.region[0].active[k] = k;
    }
    m.region[0].n_constituent = 2;
    eot_muon_medium medium = eot_muon_medium_at(m.value, &m.tables, &m.region[0], 3.0f);
    eot_muon_event_rates rates = {&m.region[0], 3.0f, medium.i, medium.rate + (f32)decay, (f32)decay};
    long observed[11] = {0};
    double expected[11];
    for (int k = 0; k < 2; k++)
        for (int p = 0; p < 5; p++)
            expected[5 * k + p] = fraction[k] * rate[k] * (share[k][p] - (p > 0 ? share[k][p - 1] : 0.0));
    expected[10] = decay;
    for (u64 i = 0; i < N; i++) {
        u32 cell = matter_words(i, 0).x >> 12;
        eot_muon_event_choice c =
            eot_muon_event_kind_of(cell, (f32)decay / rates.rate, 0.0f, eot_random_init(i, EOT_STAGE_PROBE, 9, 1, 0));
        eot_muon_event e = eot_muon_event_choose(m.value, &m.tables, rates, ((f32)cell + 0.5f) / 1048576.0f);
        cr_assert_eq(e.is_active, e.material);
        cr_assert_neq(c.kind, EOT_MUON_IS_EXTRA);
        observed[c.kind == EOT_MUON_IS_DECAY ? 10 : 5 * e.material + e.process]++;
    }
    double p = chi_square_p(observed, expected, 11);
    cr_expect_gt(p, CHI_SQUARE_LEAST_P, "p = %g", p);
}

/* Shares of decays below one cell of 2^-20, and boundaries inside one: as often as they should, where before a decay
 * had the chance of a whole cell or none. The last 8 cells are looked at, 400000 times each; 5 sigma. */
Test(muon_hard_event, rare_kinds_come_at_their_shares) {
    enum { N_CELL = 8, N_TRY = 400000 };
    static const double share[][2] = {{3e-7, 0.0},    {6e-7, 0.0}, {1e-7, 2.3e-6},
                                      {1.4e-6, 3e-7}, {0.0, 5e-7}, {0.0, 0.0}};
    for (size_t k = 0; k < sizeof share / sizeof share[0]; k++) {
        double n[3] = {0}, all = (double)N_TRY * 1048576.0;
        for (u32 cell = 1048576u - N_CELL; cell < 1048576u; cell++)
            for (u64 i = 0; i < N_TRY; i++)
                n[eot_muon_event_kind_of(cell, (f32)share[k][0], (f32)share[k][1],
                                         eot_random_init(i, EOT_STAGE_PROBE, cell & 7u, 2, 0))
                      .kind]++;
        cr_expect_float_eq(n[EOT_MUON_IS_DECAY], all * share[k][0], 5.0 * sqrt(all * share[k][0]) + 1e-9);
        cr_expect_float_eq(n[EOT_MUON_IS_EXTRA], all * share[k][1], 5.0 * sqrt(all * share[k][1]) + 1e-9);
    }
}

/* Without decay a number that rounds to 1 is the last process, never a decay. */
Test(muon_hard_event, without_decay_there_is_none) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    matter_material(&m, 0, EOT_MUON_RATE, 0.3);
    matter_shares(&m, 0, (double[]){0.2, 0.4, 0.6, 0.8});
    eot_muon_event_rates rates = {&m.region[0], 3.0f, 0u, 0.3f, 0.0f};
    cr_expect_eq(eot_muon_event_choose(m.value, &m.tables, rates, 1.0f).process, EOT_MUON_ELASTIC);
    cr_expect_eq(eot_muon_event_choose(m.value, &m.tables, rates, 0.0f).process, EOT_MUON_DELTA);
}

static void iron(struct slab *s) {
    struct eot_muon_options o = eot_muon_options_default();
    struct eot_error err = {0};
    double thickness = 1.0;
    u32 region = 0;
    memset(s, 0, sizeof *s);
    s->n_region = 1;
    s->region[0] = slab_region(SLAB_IRON);
    cr_assert_eq(slab_create(s, &o, &thickness, &region, 1, 100.0, &err), EOT_OK, "%s", err.text);
}

/* Momentum of a particle with kinetic energy T and mass m along a unit vector. */
static void momentum(double T, double m, eot_vec3 u, double p[3]) {
    double size = sqrt(T * (T + 2.0 * m));
    p[0] = size * (double)u.x;
    p[1] = size * (double)u.y;
    p[2] = size * (double)u.z;
}

Test(muon_hard_event, collisions_keep_energy_and_momentum) {
    struct slab s;
    iron(&s);
    struct eot_muon_options o = eot_muon_options_default();
    for (double T = 0.5; T < 300.0; T *= 3.0)
        for (int process = EOT_MUON_DELTA; process <= EOT_MUON_ELASTIC; process++) {
            double gamma = T / M + 1.0, E = T + M, p_in = sqrt(T * (T + 2.0 * M));
            double W_max = 2.0 * M_ELECTRON * (gamma * gamma - 1.0) /
                           (1.0 + 2.0 * gamma * M_ELECTRON / M + M_ELECTRON * M_ELECTRON / (M * M));
            if (process == EOT_MUON_DELTA && W_max < o.delta_cut) continue;
            for (u64 i = 0; i < 2000; i++) {
                eot_u32x4 w = matter_words(i, (u32)process);
                eot_vec3 u = {eot_uniform(w.x) - 0.5f, eot_uniform(w.y) - 0.5f, eot_uniform(w.z) - 0.5f};
                u = eot_vec3_unit(u);
                eot_muon_event event = {SLAB_IRON, process, 0};
                f32 turn = eot_uniform(matter_words(i, 99).x);
                eot_muon_collision c = eot_muon_collide(s.table.value, &s.tables, event, u, (f32)T, w.w, turn);
                double given = (double)c.given;
                cr_assert_float_eq((double)eot_vec3_dot(c.direction, c.direction), 1.0, 5.0e-7);
                double before[3], after[3], taken2 = 0.0;
                momentum(T, M, u, before);
                momentum((double)(f32)T - given, M, c.direction, after);
                for (int a = 0; a < 3; a++) taken2 += (before[a] - after[a]) * (before[a] - after[a]);
                if (process == EOT_MUON_DELTA) {
                    /* the electron on its mass shell: p_e^2 = W (W + 2 m_e). Directions have errors of 1e-7 */
                    double want = given * (given + 2.0 * M_ELECTRON);
                    cr_assert(given >= o.delta_cut * (1.0 - 1.0e-5) && given <= W_max * (1.0 + 1.0e-3),
                              "T %g: delta ray of %g GeV, limits %g, %g", T, given, o.delta_cut, W_max);
                    double along = 0.0, want_along = given * (E + M_ELECTRON) / p_in;
                    double direction[3] = {(double)u.x, (double)u.y, (double)u.z};
                    for (int a = 0; a < 3; a++) along += (before[a] - after[a]) * direction[a];
                    double across = sqrt(fmax(taken2 - along * along, 0.0)),
                           want_across = sqrt(fmax(want - want_along * want_along, 0.0));
                    cr_assert_float_eq(along, want_along, 2.0e-6 * p_in, "T %g, W %g: along %g, electron's %g", T,
                                       given, along, want_along);
                    cr_assert_float_eq(across, want_across,
                                       1.0e-6 * p_in + 1.0e-6 * want / (want_across + 1.0e-6 * p_in),
                                       "T %g, W %g: across %g, electron's %g", T, given, across, want_across);
                } else if (process == EOT_MUON_ELASTIC) {
                    cr_assert(given == 0.0);
                    cr_assert(taken2 <= 4.0 * p_in * p_in * (1.0 + 1.0e-5));
                } else {
                    cr_assert(given >= o.v_cut * E * (1.0 - 1.0e-5) - 1.0e-7 * T && given <= T,
                              "process %d, T %g: %g GeV", process, T, given);
                    cr_assert(c.direction.x == u.x && c.direction.y == u.y && c.direction.z == u.z, "deflected");
                }
            }
        }
    slab_free(&s);
}

/* The momentum transfer of elastic scatters follows its table: here ln q^2 falls linearly with the tail probability,
 * from the largest to the smallest. */
Test(muon_hard_event, elastic_scatters_have_the_tabulated_momentum_transfer) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    double largest = log(4.0e-2), smallest = log(1.0e-4);
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
        double tail = (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
        m.value[MATTER_ELASTIC + i] = (f32)(largest + tail * (smallest - largest));
    }
    enum { N_BIN = 40 };
    long observed[N_BIN] = {0};
    double expected[N_BIN], turned[4] = {0.0};
    eot_muon_event event = {0, EOT_MUON_ELASTIC, 0};
    eot_vec3 u = {0.0f, 0.0f, 1.0f};
    for (int b = 0; b < N_BIN; b++) expected[b] = 1.0;
    for (u64 i = 0; i < N; i++) {
        eot_u32x4 w = matter_words(i, 0);
        eot_muon_collision c = eot_muon_collide(m.value, &m.tables, event, u, 2.0f, w.x, eot_uniform(w.y));
        double sine2 = (double)c.direction.x * (double)c.direction.x + (double)c.direction.y * (double)c.direction.y;
        double q2 = 2.0 * 2.0 * (2.0 + 2.0 * M) * (1.0 - sqrt(1.0 - sine2)); /* 2 p^2 (1 - cos), at small angles */
        int bin = (int)floor((log(q2) - smallest) / (largest - smallest) * N_BIN);
        observed[bin < 0 ? 0 : bin >= N_BIN ? N_BIN - 1 : bin]++;
        turned[(c.direction.x > 0.0f) + 2 * (c.direction.y > 0.0f)] += 1.0;
    }
    double p = chi_square_p(observed, expected, N_BIN);
    cr_expect_gt(p, CHI_SQUARE_LEAST_P, "p = %g", p);
    for (int k = 0; k < 4; k++) cr_expect_float_eq(turned[k] / N, 0.25, 5.0 * sqrt(0.1875 / N), "azimuth");
}

/* Events of a step in iron: their number is what the rate says. Poisson with the clock's exponential. */
Test(muon_hard_event, a_path_has_as_many_events_as_its_rate_says) {
    struct slab s;
    iron(&s);
    eot_muon_medium medium = eot_muon_medium_at(s.table.value, &s.tables, &s.region[0], 50.0f);
    int n_event = 0;
    double path = 0.0;
    for (u64 i = 0; i < N / 2; i++) {
        eot_muon_origin o = {{0.0, 0.0, 0.0}, {0.0f, 0.0f, 1.0f}, 50.0f, 0.0f, 1};
        eot_muon muon = eot_muon_start(slab_matter(&s), o, matter_words(i, 0).x);
        eot_random g = eot_random_init(i, EOT_STAGE_MUON, 0, 4, 0);
        eot_muon_step step = eot_muon_advance(slab_matter(&s), muon, g);
        n_event += step.process != EOT_MUON_NO_EVENT;
        path += (double)step.path;
    }
    double want = (double)medium.rate * path; /* of a process that stops at the first event: a martingale */
    cr_expect_float_eq(n_event, want, 5.0 * sqrt(want), "%d events, expected %g", n_event, want);
    slab_free(&s);
}
