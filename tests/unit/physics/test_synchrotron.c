/* Synchrotron radiation: energy, spectrum and number of photons by the textbook's numbers, and the SRD's efficiency. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "physics/synchrotron.h"

Test(synchrotron, numbers_of_the_beam_line) {
    struct eot_synchrotron s = eot_synchrotron_of(100.0, 1.75, 400.0);
    cr_expect_float_eq(s.loss, 0.155, 0.0005);
    cr_expect_float_eq(s.critical_energy, 11.64e-3, 0.05e-3);
    cr_expect_float_eq(s.photons, 43.3, 0.2);
    for (double E = 20.0; E < 200.0; E *= 1.5) {
        struct eot_synchrotron t = eot_synchrotron_of(E, 1.2, 300.0);
        cr_expect_float_eq(t.loss, 1.266e-6 * E * E * 1.2 * 1.2 * 3.0, 0.001 * t.loss);
        cr_expect_float_eq(t.critical_energy, 0.665e-6 * E * E * 1.2, 0.001 * t.critical_energy);
    }
    cr_expect_eq(eot_synchrotron_of(100.0, 0.0, 400.0).photons, 0.0);
}

/* The density is normalised; mean and mean square of x are 8/(15 sqrt(3)) and 11/27. */
Test(synchrotron, moments_of_the_spectrum) {
    double sum[3] = {0.0};
    for (double y = -30.0; y < 4.6; y += 0.001) { /* x = exp(y) */
        double x = exp(y), n = eot_synchrotron_density(x) * x * 0.001;
        sum[0] += n;
        sum[1] += n * x;
        sum[2] += n * x * x;
    }
    cr_expect_float_eq(sum[0], 1.0, 1e-3);
    cr_expect_float_eq(sum[1], 8.0 / (15.0 * sqrt(3.0)), 1e-4);
    cr_expect_float_eq(sum[2], 11.0 / 27.0, 1e-4);
}

static double efficiency(double E, double low, double high, double acceptance, double stochastic) {
    struct eot_config config = {.physics = {.shower_photon_length = {1.286, 0.019, 0.7, 3.5}},
                                .detector = {.srd_field = 1.75,
                                             .srd_length = 400.0,
                                             .srd_acceptance = acceptance,
                                             .srd_stochastic = stochastic,
                                             .srd_energy = {low, high}}};
    struct eot_error err;
    double e;
    cr_assert_eq(eot_srd_efficiency(&config, E, &e, &err), EOT_OK);
    return e;
}

/* The sum over a wide window is 1, its mean that of the loss (by the median, of a sum of 43 photons nearly the mean). A
 * beam of 50 GeV radiates a quarter of the energy: a threshold that suits 100 GeV loses it. */
Test(synchrotron, efficiency_of_the_detector) {
    cr_expect_float_eq(efficiency(100.0, 0.0, 10.0, 1.0, 0.0), 1.0, 1e-3);
    double low = 0.0, high = 1.0; /* the median, by bisection */
    for (int i = 0; i < 30; i++) {
        double middle = 0.5 * (low + high);
        if (efficiency(100.0, middle, 10.0, 1.0, 0.0) > 0.5)
            low = middle;
        else
            high = middle;
    }
    cr_expect_float_eq(low, 0.152, 0.004, "median %g GeV", low);
    double previous = 0.0;
    for (double E = 30.0; E < 160.0; E += 10.0) { /* rises with the energy and falls with the threshold */
        double e = efficiency(E, 0.02, 10.0, 0.5, 0.1);
        printf("%g GeV: %.4f\n", E, e);
        cr_expect(e >= previous - 1e-6 && e <= 1.0 + 1e-6 && e >= efficiency(E, 0.04, 10.0, 0.5, 0.1) - 1e-9);
        previous = e;
    }
    cr_expect_gt(efficiency(100.0, 0.02, 10.0, 0.5, 0.1), 0.9);
    cr_expect_lt(efficiency(50.0, 0.02, 10.0, 0.5, 0.1), 0.5);
    cr_expect_eq(efficiency(100.0, 0.02, 10.0, 0.0, 0.1) > 0.01, 0);
}
