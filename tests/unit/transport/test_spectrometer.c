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
        eot_track track = eot_track_of(w->table.value, &w->event.spectrometer, out, charge,
                                       eot_random_init((u64)i, EOT_STAGE_DETECTOR, 1, 1, 0));
        if (track.momentum == 0.0f) continue;
        /* air and gas take 2 MeV on the way to the first chamber, delta rays and radiation at most a little more */
        cr_expect(track.true_momentum > 0.8f * (f32)energy && track.true_momentum < (f32)energy,
                  "%g GeV: %g at the chamber", energy, (double)track.true_momentum);
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

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Muons through air and gas, which scatter as transport does: the error of the fit, which has Highland's angle (good to
 * 11 %), is the spread of the central 68 %; and without it in the weights it would not be: chi2 is 1 per degree of
 * freedom within the same. */
Test(spectrometer, errors_hold_where_scattering_dominates) {
    enum { N = 1200 };
    static double pull[N];
    static i64 acc[EOT_N_ACC], tally[EOT_N_TALLY];
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml",
                    (const char *const[]){"geometry.volumes.mm2.size=[60 cm, 20 cm]",
                                          "geometry.volumes.mm3.size=[60 cm, 20 cm]", NULL},
                    "host");
    eot_event_launch launch = eot_event_launch_from(&s.config, &s.world);
    const eot_spectrometer *spectrometer = &s.world.event.spectrometer;
    for (double energy = 5.0; energy < 50.0; energy *= 3.0) {
        int n = 0;
        double chi2 = 0.0;
        for (int i = 0; i < N; i++) {
            eot_event_vertex v;
            memset(&v, 0, sizeof v);
            v.z = 492.0;
            v.plus.z = v.minus.z = 1.0f;
            v.E_plus = (f32)energy;
            v.weight = 1.0f;
            eot_muon_outcome out = eot_event_muon(eot_world_matter(&s.world),
                                                  eot_event_view_of(&s.world.event, &launch, acc, tally), (u64)i, v, 1);
            eot_track t = eot_track_of(s.world.table.value, spectrometer, out, 1,
                                       eot_random_init((u64)i, EOT_STAGE_DETECTOR, 1, 1, 0));
            if (t.momentum == 0.0f) continue;
            pull[n++] = ((double)t.true_momentum / (double)t.momentum - 1.0) /
                        ((double)t.error * (double)t.true_momentum / (double)t.momentum);
            chi2 += (double)t.chi2 / N;
        }
        cr_assert_gt(n, N / 2, "%g GeV: %d tracks", energy, n);
        qsort(pull, (size_t)n, sizeof pull[0], compare);
        double half = 0.5 * (pull[(int)(0.8413 * n)] - pull[(int)(0.1587 * n)]);
        cr_expect(half > 0.85 && half < 1.15, "%g GeV: the central 68 %% of the pulls are +- %g", energy, half);
        cr_expect(fabs(pull[n / 2]) < 0.15, "%g GeV: the median of the pulls is %g", energy, pull[n / 2]);
        chi2 *= (double)N / n;
        cr_expect(chi2 > 0.8 && chi2 < 1.3, "%g GeV: chi2 is %g per degree of freedom", energy, chi2);
    }
    simulation_close(&s);
}
