/* Whole runs with a spectrometer of several magnets, chambers inside them: momenta are right whatever else there is,
 * and the tallies have the same bits on the host and on the default device. */
#include "../simulation.h"

static const char *const NONE[] = {NULL};

static void expect_right(const struct simulation *s, const char *what) {
    const struct eot_estimate *ratio = simulation_estimate(s, "track.momentum_ratio_median"),
                              *width = simulation_estimate(s, "track.momentum_resolution"),
                              *wrong = simulation_estimate(s, "track.charge_wrong_fraction"),
                              *measured = simulation_estimate(s, "track.measured_fraction");
    cr_expect_gt(ratio->n_eff, 300.0, "%s: %g tracks", what, ratio->n_eff);
    cr_expect_float_eq(ratio->value, 1.0, 0.02, "%s: median of p/p_true %g", what, ratio->value);
    cr_expect_leq(fabs(ratio->value - 1.0), 5.0 * ratio->std_error, "%s: median of p/p_true %g +- %g", what,
                  ratio->value, ratio->std_error);
    cr_expect_lt(width->value, 0.05, "%s: resolution %g", what, width->value);
    cr_expect_eq(wrong->value, 0.0, "%s: %g of the charges are wrong", what, wrong->value);
    cr_expect_gt(measured->value, 0.5, "%s: %g of the muons are measured", what, measured->value);
}

Test(spectrometer_run, magnets_elsewhere_do_not_matter_and_devices_agree) {
    struct simulation host, device;
    simulation_open(&host, "tests/spectrometer.yaml", NONE, "host");
    simulation_open(&device, "tests/spectrometer.yaml", NONE, NULL);
    simulation_run(&host);
    simulation_run(&device);
    cr_expect_str_eq(host.result.tally_sha256, device.result.tally_sha256);
    expect_right(&host, "all magnets");
    simulation_close(&device);
    /* what lies outside of the chambers changes no track: the same bits without the last magnet's field, as far as no
     * muon comes back from it */
    struct eot_estimate with = *simulation_estimate(&host, "track.momentum_resolution");
    simulation_close(&host);
    simulation_open(&host, "tests/spectrometer.yaml",
                    (const char *const[]){"geometry.volumes.last.field=[0 T, 3 T, 0 T]",
                                          "geometry.volumes.upstream.field=[0 T, -2 T, 0 T]", NULL},
                    "host");
    simulation_run(&host);
    expect_right(&host, "other fields outside of the chambers");
    cr_expect_eq(simulation_estimate(&host, "track.momentum_resolution")->value, with.value);
    simulation_close(&host);
}

/* chi2 cuts tracks, and only those. */
Test(spectrometer_run, the_cut_on_chi2_is_one_on_tracks) {
    struct simulation all, some;
    simulation_open(&all, "tests/spectrometer.yaml", NONE, "host");
    simulation_open(&some, "tests/spectrometer.yaml", (const char *const[]){"selection.track_chi2=1", NULL}, "host");
    simulation_run(&all);
    simulation_run(&some);
    double before = all.result.cutflow[1].events, after = some.result.cutflow[1].events;
    cr_assert_gt(before, 200.0);
    /* chi2 of 5 degrees of freedom is below 5 with probability 0.584; of 200 tracks and more */
    cr_expect(fabs(after - 0.584 * before) < 5.0 * sqrt(0.584 * 0.416 * before), "%g of %g tracks are left", after,
              before);
    cr_expect_eq(simulation_estimate(&all, "track.momentum_resolution")->value,
                 simulation_estimate(&some, "track.momentum_resolution")->value);
    simulation_close(&all);
    simulation_close(&some);
}
