/* Sign and momentum of tracks through the magnet, with the device's own functions: muons that start behind the last
 * HCAL. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include "../../simulation.h"
#include "world/matter.h"
#include "world/launch.h"

/* Mean of the fitted momentum, signed by the charge, of muons of given charge and energy [GeV]. */
static double mean_momentum(const struct simulation *s, int charge, double energy, int n) {
    static i64 acc[EOT_N_ACC], tally[EOT_N_TALLY];
    const struct eot_world *w = &s->world;
    eot_event_launch launch = eot_event_launch_from(&s->config, w);
    double sum = 0.0;
    int n_track = 0;
    for (int i = 0; i < n; i++) {
        eot_event_vertex v;
        memset(&v, 0, sizeof v);
        v.z = 492.0; /* cm: between HCAL and tracker */
        v.plus.z = v.minus.z = 1.0f;
        v.E_plus = v.E_minus = (f32)energy;
        v.weight = 1.0f;
        eot_muon_outcome out =
            eot_event_muon(eot_world_matter(w), eot_event_view_of(&w->event, &launch, acc, tally), (u64)i, v, charge);
        eot_track track = eot_track_fit(out, &w->event.response, eot_random_init((u64)i, EOT_STAGE_DETECTOR, 1, 1, 0));
        if (track.momentum == 0.0f) continue;
        n_track++;
        sum += 1.0 / (double)track.momentum; /* Gaussian in the bend */
        cr_expect_eq(track.momentum > 0.0f, charge > 0, "charge %d, momentum %g", charge, (double)track.momentum);
    }
    cr_assert_gt(n_track, n * 9 / 10);
    return (double)n_track / sum;
}

static void expect_signs(const char *field) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml", (const char *const[]){field, NULL}, "host");
    for (int charge = -1; charge <= 1; charge += 2)
        for (double energy = 30.0; energy < 70.0; energy += 30.0) {
            /* two planes of 100 um, 1 m apart, on each side measure the bend to 0.2 mrad of 14 or 7 mrad; 300 tracks */
            double momentum = mean_momentum(&s, charge, energy, 300);
            cr_expect_float_eq(momentum, charge * energy, 0.01 * energy, "%s: charge %d, %g GeV: momentum %g", field,
                               charge, energy, momentum);
        }
    simulation_close(&s);
}

Test(spectrometer, sign_and_momentum) { expect_signs("geometry.volumes.mbpl.field=[0 T, 0.7 T, 0 T]"); }
Test(spectrometer, sign_and_momentum_in_the_opposite_field) {
    expect_signs("geometry.volumes.mbpl.field=[0 T, -0.7 T, 0 T]");
}
