/* A primary that is followed again on the host gives the run's own record, to the last bit, and accounts for all its
 * energy. */
#include "../simulation.h"

#include <math.h>

#include "job/replay.h"

static void expect_the_record_again(enum eot_sampling_mode mode) {
    struct simulation s;
    size_t n_compared = 0;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"sampling.eot=40", "sampling.first=100", "scoring.record_fraction=1", NULL},
                    NULL);
    s.config.sampling.mode = mode;
    s.config.sampling.analog_enhancement = 4000.0;
    simulation_run(&s);
    cr_assert_gt(s.run.n_row, 8u);
    for (uint64_t primary = 100; primary < 140; primary++) {
        struct eot_replay replay;
        SIMULATION_OK(&s, eot_replay_execute(&s.config, &s.world, primary, &replay, &s.error));
        size_t n_row = 0;
        for (size_t i = 0; i < s.run.n_row; i++) {
            if (s.run.row[i].primary != primary) continue;
            cr_assert_lt(n_row, replay.n_vertex, "primary %d has %zu vertices when followed again", (int)primary,
                         replay.n_vertex);
            cr_expect_arr_eq(s.run.row[i].value, replay.vertex[n_row].row, sizeof replay.vertex[n_row].row,
                             "primary %d", (int)primary);
            n_row++;
            n_compared++;
        }
        cr_expect_eq(n_row, replay.n_vertex, "primary %d: %zu rows, %zu vertices", (int)primary, n_row,
                     replay.n_vertex);
        cr_expect_gt(replay.n_step, 5);
        for (size_t v = 0; v < replay.n_vertex; v++) cr_expect_eq(replay.vertex[v].residual, 0.0);
        /* every step's parent is its losses and daughters */
        for (size_t i = 0; i < replay.n_step; i++) {
            const struct eot_replay_step *step = &replay.step[i];
            cr_expect_float_eq(step->E, step->ionisation + step->soft + step->E_a + step->E_b, 1e-5 * step->E,
                               "step %zu", i);
        }
        eot_replay_free(&replay);
    }
    cr_expect_eq(n_compared, s.run.n_row);
    simulation_close(&s);
}

Test(replay, gives_the_record_of_a_forced_run) { expect_the_record_again(EOT_SAMPLING_FORCED); }
Test(replay, gives_the_record_of_an_analog_run) { expect_the_record_again(EOT_SAMPLING_ANALOG); }

/* Events of which one of several histories of their muons was followed: the same one again, with its weight. */
static void expect_the_history_again(const char *file, const char *const *set) {
    struct simulation s;
    simulation_open(&s, file, set, NULL);
    simulation_run(&s);
    cr_assert_gt(s.run.n_row, 20u);
    for (size_t i = 0; i < s.run.n_row && i < 60; i++) {
        struct eot_replay replay;
        SIMULATION_OK(&s, eot_replay_execute(&s.config, &s.world, s.run.row[i].primary, &replay, &s.error));
        cr_assert_eq(replay.n_vertex, 1u);
        cr_expect_arr_eq(s.run.row[i].value, replay.vertex[0].row, sizeof replay.vertex[0].row, "primary %d",
                         (int)s.run.row[i].primary);
        eot_replay_free(&replay);
    }
    simulation_close(&s);
}

#define SPLIT "physics.cut=5 GeV", "scoring.showers=0", "scoring.deposit_fraction=0.05", "scoring.record_fraction=0.01"

Test(replay, takes_the_history_that_the_run_took, .timeout = 300) {
    expect_the_history_again("configs/na64e-signal.yaml",
                             (const char *const[]){SPLIT, "sampling.eot=1500", "sampling.splitting=5", NULL});
    expect_the_history_again("configs/na64e-dimuon.yaml",
                             (const char *const[]){SPLIT, "sampling.eot=3000", "sampling.splitting=3",
                                                   "sampling.roulette=on", "sampling.loss_preference=0.5", NULL});
}

Test(replay, refuses_a_primary_that_the_run_does_not_have) {
    struct simulation s;
    struct eot_replay replay;
    simulation_open(&s, "tests/ecal_only.yaml",
                    (const char *const[]){"sampling.first=10", "sampling.eot=5", "physics.cut=5 GeV", NULL}, "host");
    cr_expect_eq(eot_replay_execute(&s.config, &s.world, 9, &replay, &s.error), EOT_E_USAGE);
    cr_expect_eq(eot_replay_execute(&s.config, &s.world, 15, &replay, &s.error), EOT_E_USAGE);
    cr_expect_not_null(strstr(s.error.text, "10 to 14"), "%s", s.error.text);
    SIMULATION_OK(&s, eot_replay_execute(&s.config, &s.world, 14, &replay, &s.error));
    eot_replay_free(&replay);
    simulation_close(&s);
}
