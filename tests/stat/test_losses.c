/* Losses of muons that no detector sees, drawn more often than in nature: weights undo it, are bounded, and the tail of
 * the missing energy is better known. */
#include "../agreement.h"
#include "../simulation.h"

#include <math.h>

#define DIMUON "configs/na64e-dimuon.yaml"
#define SIGNAL "configs/na64e-signal.yaml"
#define SMALL \
    "physics.cut=5 GeV", "sampling.region.min_photon_energy=5.4 GeV", "physics.shower.spot_energy=0.5 GeV", \
        "sampling.batch=5000"

/* A column of the recorded events. */
static size_t column_of(const struct eot_event_table *t, const char *name) {
    for (size_t i = 0; i < t->n_column; i++)
        if (strcmp(t->column[i].name, name) == 0) return i;
    cr_assert_fail("no column %s", name);
    return 0;
}

/* The same run with these preferences; result and run are s's, which the caller closes. */
static void run_with(struct simulation *s, const char *file, const char *const *set) {
    simulation_open(s, file, set, NULL);
    simulation_run(s);
}

Test(losses, change_errors_and_no_expectation, .timeout = 600) {
    struct simulation natural, preferred;
    run_with(&natural, DIMUON, (const char *const[]){SMALL, "scoring.record_fraction=0", "sampling.eot=100000", NULL});
    run_with(&preferred, DIMUON,
             (const char *const[]){SMALL, "scoring.record_fraction=0", "sampling.eot=60000", "sampling.seed=2",
                                   "sampling.loss_preference=0.5", NULL});
    expect_the_same(&preferred.result, &natural.result, 5);
    simulation_close(&natural);
    simulation_close(&preferred);
}

/* With the importance of vertices, too: without extra losses the tail of the missing energy rests on no or one event
 * that lost its energy unseen, with them it is a measurement. */
Test(losses, fill_the_tail, .timeout = 600) {
    struct simulation s[2];
    for (int i = 0; i < 2; i++)
        run_with(&s[i], DIMUON,
                 (const char *const[]){SMALL, "scoring.record_fraction=0", "sampling.eot=200000",
                                       i == 0 ? "sampling.seed=3" : "sampling.seed=4", "sampling.preference=0.9",
                                       "sampling.preference_mixture=[0.1, 0, 0.2, 1]",
                                       i == 0 ? "sampling.loss_preference=0" : "sampling.loss_preference=0.8", NULL});
    const struct eot_estimate *tail[2] = {simulation_estimate(&s[0], "selected.per_eot_gaussian"),
                                          simulation_estimate(&s[1], "selected.per_eot_gaussian")};
    for (int i = 0; i < 2; i++)
        cr_log_info("selected: %.3g +- %.2g, %.1f effective events", tail[i]->value, tail[i]->std_error,
                    tail[i]->n_eff);
    cr_expect(tail[0]->is_poorly_determined && tail[0]->upper_limit_90 > tail[1]->value); /* and says so */
    cr_expect(!tail[1]->is_poorly_determined && tail[1]->upper_limit_90 == 0.0);
    cr_expect_gt(tail[1]->n_eff, 20.0);
    cr_expect_float_eq(tail[1]->value, 6.2e-13, 4.0 * hypot(tail[1]->std_error, 0.3e-13)); /* of 4e6 showers */
    expect_the_same(&s[1].result, &s[0].result, 5);
    for (int i = 0; i < 2; i++) simulation_close(&s[i]);
}

/* Signal of several masses: the factor is that of the event, for all of them. */
Test(losses, go_with_several_masses, .timeout = 600) {
    struct simulation natural, preferred;
    run_with(&natural, SIGNAL,
             (const char *const[]){"physics.mphi=[0.2 GeV, 1 GeV]", "scoring.record_fraction=0", "sampling.eot=30000",
                                   "sampling.batch=5000", NULL});
    run_with(&preferred, SIGNAL,
             (const char *const[]){"physics.mphi=[0.2 GeV, 1 GeV]", "scoring.record_fraction=0", "sampling.eot=30000",
                                   "sampling.batch=5000", "sampling.seed=2", "sampling.loss_preference=0.5",
                                   "sampling.preference=0.5", NULL});
    expect_the_same(&preferred.result, &natural.result, 2);
    simulation_close(&natural);
    simulation_close(&preferred);
}

/* Each event weighs at most the largest vertex's weight over 1 - share; their sum is the rate of vertices, which is
 * counted before the factor. */
Test(losses, weights_are_bounded_and_their_mean_is_one, .timeout = 300) {
    struct simulation s;
    double sum = 0.0, squares = 0.0, largest = 0.0, eot = 20000.0;
    run_with(&s, DIMUON,
             (const char *const[]){SMALL, "scoring.record_fraction=1", "sampling.eot=20000",
                                   "sampling.loss_preference=0.8", NULL});
    const struct eot_event_table *t = &s.result.events;
    size_t weight = column_of(t, "weight");
    for (size_t i = 0; i < t->n_event; i++) {
        double w = t->value[i * t->n_column + weight];
        sum += w;
        squares += w * w;
        largest = fmax(largest, w);
    }
    const struct eot_estimate *rate = simulation_estimate(&s, "dimuon.per_eot");
    cr_log_info("%zu events, largest weight %.3f of that of vertices; %.5g +- %.2g per EOT, vertices %.5g", t->n_event,
                largest / s.run.largest_weight[0], sum / eot, sqrt(squares) / eot, rate->value);
    cr_assert_gt(t->n_event, 10000);
    cr_expect_leq(largest, s.run.largest_weight[0] / (1.0 - 0.8) * 1.00001);
    cr_expect_gt(largest, s.run.largest_weight[0] * 1.5); /* there are such weights */
    cr_expect_float_eq(sum / eot, rate->value, 4.0 * hypot(sqrt(squares) / eot, rate->std_error));
    simulation_close(&s);
}

/* A device and the host make the same events. */
Test(losses, are_the_same_on_every_device, .timeout = 300) {
    char hash[2][65];
    for (int i = 0; i < 2; i++) {
        struct simulation s;
        simulation_open(&s, DIMUON,
                        (const char *const[]){SMALL, "sampling.eot=2000", "sampling.loss_preference=0.8",
                                              "sampling.preference=0.5", NULL},
                        i == 0 ? "host" : NULL);
        simulation_run(&s);
        memcpy(hash[i], s.result.tally_sha256, sizeof hash[i]);
        simulation_close(&s);
    }
    cr_expect_str_eq(hash[0], hash[1]);
}
