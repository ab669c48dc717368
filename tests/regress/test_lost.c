/* One bad track costs one track: muons that a field in vacuum holds for ever are given up, counted, listed for a
 * replay, and fail a run only above a stated number and share. */
#include "../simulation.h"

#include <math.h>

/* Three muons, which the field holds where they begin inside. */
static void open_with(struct simulation *s, const char *most, const char *position_x) {
    char text[2][64];
    snprintf(text[0], sizeof text[0], "sampling.lost_tracks_max=%s", most);
    snprintf(text[1], sizeof text[1], "beam.position_x=%s", position_x);
    simulation_open(s, "tests/curling_muons.yaml", (const char *const[]){text[0], text[1], NULL}, "host");
}

Test(lost, few_lost_tracks_are_a_warning) {
    struct simulation s;
    open_with(&s, "3", "0 cm");
    simulation_run(&s);
    cr_expect_eq(s.result.n_lost, 3);
    cr_expect_eq(s.result.n_followed, 3);
    cr_assert_eq(s.result.n_lost_event, 3);
    for (uint64_t i = 0; i < 3; i++) cr_expect_eq(s.result.lost_event[i].primary, i);
    cr_expect_str_eq(s.result.lost_event[0].cause, "a muon that is stuck");
    for (size_t i = 0; i < s.result.n_fault; i++)
        cr_expect_eq(s.result.fault[i].count, strcmp(s.result.fault[i].name, "stuck") == 0 ? 3 : 0);
    cr_expect(fabs(s.result.energy_residual) < 1e-12, "the energy of lost tracks is in the balance: %g",
              s.result.energy_residual);
    cr_expect_null(eot_result_estimate(&s.result, "exit.survival"), "no muon is left that could survive");
    bool is_warned = false;
    for (size_t i = 0; i < s.result.warnings.n; i++)
        is_warned |= strcmp(s.result.warnings.row[i].code, "lost_tracks") == 0;
    cr_expect(is_warned);
    simulation_close(&s);
}

/* As soon as it is certain: two of the first batch, of three. */
Test(lost, many_lost_tracks_fail_the_run) {
    struct simulation s;
    open_with(&s, "1", "0 cm");
    cr_expect_eq(simulation_execute(&s), EOT_E_DEVICE);
    cr_expect(strstr(s.error.text, "2 of 3 events lost a track") != NULL &&
                  strstr(s.error.text, "eotmc replay") != NULL && strstr(s.error.text, "stuck") != NULL,
              "%s", s.error.text);
    simulation_close(&s);
}

Test(lost, muons_beside_the_field_are_not) {
    struct simulation s;
    open_with(&s, "0", "300 cm");
    simulation_run(&s);
    cr_expect_eq(s.result.n_lost, 0);
    const struct eot_estimate *survival = eot_result_estimate(&s.result, "exit.survival");
    cr_expect(survival->value == 1.0 && survival->n_eff == 3.0 && survival->lower_limit_90 > 0.46 &&
              survival->lower_limit_90 < 0.47); /* 0.1^(1/3) = 0.464 */
    simulation_close(&s);
}
