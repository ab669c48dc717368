/* Showers above the cut and the muon pairs made in them against Geant4 (tests/reference/showers), within the tolerances
 * of the main job; and that track lengths scale with the beam energy. The deviations are printed. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>

static void skip_comments(FILE *file, char *line, int size) {
    do cr_assert_not_null(fgets(line, size, file));
    while (line[0] == '#');
}

/* Print how far an estimate is from a reference; expect it within a relative tolerance, or three standard errors of the
 * two where that is more. */
static void expect_near(const struct eot_estimate *e, double reference, double error, double tolerance) {
    double deviation = e->value / reference - 1.0,
           sigma = sqrt(e->std_error * e->std_error + error * error) / reference;
    printf("%-48s %11.4g +- %8.2g   reference %10.4g   %+6.2f %% +- %.2f %%\n", e->name, e->value, e->std_error,
           reference, 100.0 * deviation, 100.0 * sigma);
    cr_expect_lt(fabs(deviation), fmax(tolerance, 3.0 * sigma), "%s deviates by %.2f %%", e->name, 100.0 * deviation);
}

Test(showers, track_lengths_and_pairs_at_100_GeV) {
    struct simulation s;
    char line[256], name[96];
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){"sampling.eot=12000", NULL}, NULL);
    simulation_run(&s);

    FILE *file = fopen(EOT_SOURCE_DIR "/tests/reference/showers/track_lengths.csv", "r");
    int n_compared = 0;
    cr_assert_not_null(file);
    skip_comments(file, line, sizeof line);
    while (fgets(line, sizeof line, file) != NULL) {
        double threshold, value[3], error[3];
        cr_assert_eq(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf", &threshold, &value[0], &error[0], &value[1], &error[1],
                            &value[2], &error[2]),
                     7, "%s", line);
        for (int p = 0; p < 3; p++) {
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%gGeV",
                     (const char *const[]){"electron", "positron", "photon"}[p], threshold);
            const struct eot_estimate *e = eot_result_estimate(&s.result, name);
            if (e == NULL) continue;
            expect_near(e, value[p], error[p], p == EOT_POSITRON && threshold >= 20.0 ? 0.04 : 0.02);
            n_compared++;
        }
    }
    fclose(file);
    cr_expect_geq(n_compared, 12);

    file = fopen(EOT_SOURCE_DIR "/tests/reference/showers/dimuons.csv", "r");
    cr_assert_not_null(file);
    skip_comments(file, line, sizeof line);
    while (fgets(line, sizeof line, file) != NULL) {
        double threshold, integral, geant4;
        cr_assert_eq(sscanf(line, "%lf,%lf,%lf", &threshold, &integral, &geant4), 3, "%s", line);
        if (threshold < 1.0)
            snprintf(name, sizeof name, "dimuon.gamma.per_eot");
        else
            snprintf(name, sizeof name, "dimuon.gamma.per_eot_above_%gGeV", threshold);
        expect_near(simulation_estimate(&s, name), integral, 0.0, 0.02); /* of the same formula as here */
    }
    fclose(file);
    const struct eot_estimate *all = simulation_estimate(&s, "dimuon.gamma.per_eot"),
                              *above = simulation_estimate(&s, "dimuon.gamma.per_eot_above_5GeV");
    cr_expect_float_eq(all->value, 1.60e-4, 0.12e-4);
    cr_expect_lt(all->std_error, 0.01 * all->value);
    cr_expect_float_eq(above->value, 7.5e-5, 0.5e-5);
    simulation_close(&s);
}

/* Bremsstrahlung and pair production far above the critical energy depend on ratios of energies only (B. Rossi,
 * High-Energy Particles, 1952, sec. 5.5): a shower of half the energy has the same track length, in X0, above half the
 * threshold. Ionisation and LPM suppression break it by a few per cent. */
Test(showers, track_lengths_scale_with_energy) {
    struct simulation full, half;
    static const char *const particle[3] = {"electron", "positron", "photon"};
    simulation_open(&full, "tests/ecal_only.yaml",
                    (const char *const[]){"sampling.eot=6000", "physics.cut=1 GeV", NULL}, NULL);
    simulation_open(
        &half, "tests/ecal_only.yaml",
        (const char *const[]){"sampling.eot=6000", "physics.cut=1 GeV", "beam.energy=50 GeV", "sampling.seed=2", NULL},
        NULL);
    simulation_run(&full);
    simulation_run(&half);
    for (int p = 0; p < 3; p++)
        for (int t = 0; t < 2; t++) {
            char name[96];
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%sGeV", particle[p], t == 0 ? "10" : "5");
            const struct eot_estimate *reference = simulation_estimate(&full, name);
            snprintf(name, sizeof name, "cascade.track_length_X0.%s_above_%sGeV", particle[p], t == 0 ? "5" : "2.5");
            printf("50 GeV, ");
            expect_near(simulation_estimate(&half, name), reference->value, reference->std_error, 0.03);
        }
    simulation_close(&full);
    simulation_close(&half);
}
