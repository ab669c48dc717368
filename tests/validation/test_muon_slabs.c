/* Muons through the ECAL and an HCAL module against PUMAS in its detailed mode (tests/reference/pumas_slabs.csv), and
 * independence of how layers are cut.
 *
 * PUMAS condenses all losses below 1 % of the energy: their mean is right, the ionisation's variance too, its Landau
 * shape is not. Losses are compared with the options that do the same (eot_muon_options_moments); angles and
 * displacements with those and with the default options. */
#include <criterion/criterion.h>

#include "muon_slab.h"

enum { N_MUON = 20000, N_REFERENCE = 10000 };

/* Standard error of a quantile of n sorted values. */
static double quantile_error(double *x, int n, double percent) {
    double p = percent / 100.0, dp = fmin(0.3 * fmin(p, 1.0 - p), 0.03);
    double slope = (slab_quantile(x, n, 100.0 * (p + dp)) - slab_quantile(x, n, 100.0 * (p - dp))) / (2.0 * dp);
    return slope * sqrt(p * (1.0 - p) / n);
}

/* Tolerance, or 4 combined standard errors where those are larger (some hundred comparisons): of ours and of
 * N_REFERENCE muons. Both projections count for angles. Smallest effect seen: the tolerance. (The mean in the ECAL at
 * 100 GeV is a tail's: PUMAS's sample is 3 standard errors below its own dE/dx.) */
static void compare(const char *what, const char *setup, double T, double got, double want, double tolerance,
                    double error, double n_ratio) {
    double combined = 4.0 * error * sqrt(1.0 + n_ratio);
    cr_expect(fabs(got - want) < fmax(tolerance * want, combined),
              "%s %g GeV %s: %g, PUMAS %g (%+.1f %%; tolerance %g %%, 4 standard errors %.1f %%)", setup, T, what, got,
              want, 100.0 * (got / want - 1.0), 100.0 * tolerance, 100.0 * combined / want);
}

static void check_angles(struct slab_result *r, const char *setup, double T, const double *angle,
                         const double *displacement) {
    double ratio = (double)r->n_out / N_REFERENCE, percent[] = {68.0, 95.0, 99.7}, tolerance[] = {0.04, 0.04, 0.10};
    for (int i = 0; i < 3; i++) {
        double error = quantile_error(r->angle, 2 * r->n_out, percent[i]);
        compare("angle", setup, T, 1.0e3 * slab_quantile(r->angle, 2 * r->n_out, percent[i]), angle[i], tolerance[i],
                1.0e3 * error, ratio);
    }
    for (int i = 0; i < 3; i += 2) {
        double error = quantile_error(r->displacement, 2 * r->n_out, percent[i]);
        compare("displacement", setup, T, slab_quantile(r->displacement, 2 * r->n_out, percent[i]), displacement[i / 2],
                tolerance[i], error, ratio);
    }
}

Test(muon_slabs, agree_with_pumas) {
    FILE *file = fopen(EOT_SOURCE_DIR "/tests/reference/pumas_slabs.csv", "r");
    cr_assert_not_null(file);
    struct eot_muon_options o[2] = {eot_muon_options_moments(), eot_muon_options_default()};
    o[1].decay_in_flight = o[1].decay_at_rest = 0;
    struct slab slab[2][2]; /* options, setup */
    struct eot_error err = {0};
    for (int k = 0; k < 4; k++)
        cr_assert_eq(slab_calorimeter(&slab[k / 2][k % 2], &o[k / 2], k % 2, 1, 1, &err), EOT_OK, "%s", err.text);
    char line[512], setup[16];
    int n_row = 0;
    while (fgets(line, sizeof line, file)) {
        double T, cut, n, survival, mean, rms, q[5], angle[3], displacement[2];
        if (sscanf(line, "%15[a-z1],%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", setup, &T, &cut,
                   &n, &survival, &mean, &rms, q, q + 1, q + 2, q + 3, q + 4, angle, angle + 1, angle + 2, displacement,
                   displacement + 1) != 17)
            continue;
        n_row++;
        int is_ecal = setup[0] == 'e';
        struct slab_result r;
        slab_shoot(&slab[0][is_ecal], T, N_MUON, 2, &r);
        double ratio = (double)r.n_out / N_REFERENCE, percent[] = {5.0, 25.0, 50.0, 75.0, 99.0},
               got = slab_mean(r.loss, r.n_out), square = 0.0;
        for (int i = 0; i < r.n_out; i++) square += (r.loss[i] - got) * (r.loss[i] - got);
        compare("mean loss", setup, T, got, mean, 0.015, sqrt(square) / r.n_out, ratio);
        for (int i = 0; i < 5; i++) {
            double error = quantile_error(r.loss, r.n_out, percent[i]);
            compare(i == 4 ? "loss, 99 %" : "loss quantile", setup, T, slab_quantile(r.loss, r.n_out, percent[i]), q[i],
                    i == 4 ? 0.08 : 0.02, error, ratio);
        }
        cr_expect_float_eq((double)r.n_out / N_MUON, survival, 0.01, "%s %g GeV: survival %g, PUMAS %g", setup, T,
                           (double)r.n_out / N_MUON, survival);
        cr_expect_eq(r.n_fault, 0);
        check_angles(&r, setup, T, angle, displacement);
        slab_result_free(&r);
        slab_shoot(&slab[1][is_ecal], T, N_MUON, 2, &r);
        check_angles(&r, setup, T, angle, displacement);
        slab_result_free(&r);
    }
    fclose(file);
    cr_assert_eq(n_row, 6, "read %d rows", n_row);
    for (int k = 0; k < 4; k++) slab_free(&slab[k / 2][k % 2]);
}

/* Explicit, merged 4:1, one medium; and explicit with layers halved in the step's length: no observable may know. 1.5
 * %, or 4 combined standard errors. */
Test(muon_slabs, do_not_depend_on_how_the_layers_are_cut) {
    struct eot_muon_options o = eot_muon_options_default();
    double T[] = {5.0, 20.0};
    for (int k = 0; k < 2; k++) {
        double mean[4], angle[4], survival[4], visible[4], far[4], mean_error = 0.0, angle_error = 0.0, far_error = 0.0,
                                                                   visible_error = 0.0;
        for (int i = 0; i < 4; i++) {
            struct slab s;
            struct eot_error err = {0};
            cr_assert_eq(slab_calorimeter(&s, &o, 0, 1, i == 1 ? 4 : i == 2 ? 0 : 1, &err), EOT_OK, "%s", err.text);
            if (i == 3)
                for (int j = 0; j < 2; j++) s.region[j].max_step = 0.9f;
            struct slab_result r;
            slab_shoot(&s, T[k], 10000, 23, &r);
            mean[i] = slab_mean(r.loss, r.n_out);
            visible[i] = slab_mean(r.visible, r.n_out);
            survival[i] = (double)r.n_out / r.n;
            angle[i] = slab_quantile(r.angle, 2 * r.n_out, 68.0);
            far[i] = slab_quantile(r.displacement, 2 * r.n_out, 99.7);
            double square = 0.0, square_visible = 0.0;
            for (int j = 0; j < r.n_out; j++) {
                square += (r.loss[j] - mean[i]) * (r.loss[j] - mean[i]);
                square_visible += (r.visible[j] - visible[i]) * (r.visible[j] - visible[i]);
            }
            mean_error = sqrt(2.0 * square) / r.n_out;
            visible_error = sqrt(2.0 * square_visible) / r.n_out;
            angle_error = sqrt(2.0) * quantile_error(r.angle, 2 * r.n_out, 68.0);
            far_error = sqrt(2.0) * quantile_error(r.displacement, 2 * r.n_out, 99.7);
            slab_result_free(&r);
            slab_free(&s);
        }
        for (int i = 1; i < 4; i++) {
            cr_expect(fabs(mean[i] - mean[0]) < fmax(0.015 * mean[0], 4.0 * mean_error),
                      "%g GeV, cut %d: mean loss %g, explicit %g", T[k], i, mean[i], mean[0]);
            cr_expect(fabs(angle[i] - angle[0]) < fmax(0.015 * angle[0], 4.0 * angle_error),
                      "%g GeV, cut %d: angle %g, explicit %g", T[k], i, angle[i], angle[0]);
            cr_expect(fabs(far[i] - far[0]) < 4.0 * far_error, "%g GeV, cut %d: displacement 99.7 %% %g, explicit %g",
                      T[k], i, far[i], far[0]);
            cr_expect(fabs(visible[i] - visible[0]) < fmax(0.015 * visible[0], 4.0 * visible_error),
                      "%g GeV, cut %d: visible %g, explicit %g", T[k], i, visible[i], visible[0]);
            cr_expect_float_eq(survival[i], survival[0], 0.015);
        }
    }
}

/* Where explicit scatters begin is a matter of speed: 0.02 and 0.5 a radiation length, 1 and 20 in the ECAL, 1.4 and 35
 * in an HCAL module. Sees 1 %, 3 % at 99.7 %. */
Test(muon_slabs, scattering_does_not_depend_on_where_hard_scatters_begin) {
    double percent[] = {68.0, 95.0, 99.7};
    for (int is_ecal = 0; is_ecal < 2; is_ecal++) {
        double got[2][3], error[3];
        for (int k = 0; k < 2; k++) {
            struct eot_muon_options o = eot_muon_options_default();
            struct eot_error err = {0};
            struct slab s;
            if (k == 1) o.elastic_per_X0 *= 25.0;
            if (k == 0) o.elastic_per_cm = 0.0;
            cr_assert_eq(slab_calorimeter(&s, &o, is_ecal, 1, 1, &err), EOT_OK, "%s", err.text);
            struct slab_result r;
            slab_shoot(&s, 20.0, 20000, 41, &r);
            for (int i = 0; i < 3; i++) {
                got[k][i] = slab_quantile(r.angle, 2 * r.n_out, percent[i]);
                error[i] = sqrt(2.0) * quantile_error(r.angle, 2 * r.n_out, percent[i]);
            }
            slab_result_free(&r);
            slab_free(&s);
        }
        for (int i = 0; i < 3; i++)
            cr_expect(fabs(got[1][i] - got[0][i]) < 4.0 * error[i],
                      "%s, angle %g %%: %g with few hard scatters, %g with many, +- %g", is_ecal ? "ECAL" : "HCAL",
                      percent[i], got[0][i], got[1][i], error[i]);
    }
}

/* Visible energy in thin layers: the mean is that of the loss there, the variance that of single transfers up to 1 MeV,
 * xi 1 MeV (Rutherford), however the layers are cut; the muon's own loss is the same as with every transfer seen where
 * it happens. */
Test(muon_slabs, thin_layers_see_transfers_up_to_what_an_electron_leaves_in_them) {
    struct eot_muon_options o = eot_muon_options_default();
    o.decay_in_flight = o.decay_at_rest = 0;
    double mean[3], variance[3], median[3], mean_error = 0.0, median_error = 0.0;
    enum { N = 8000 };
    for (int i = 0; i < 3; i++) { /* all seen in its place; thin layers; thin layers in one medium */
        struct slab s;
        struct eot_error err = {0};
        cr_assert_eq(slab_calorimeter(&s, &o, 0, 1, i == 2 ? 0 : 1, &err), EOT_OK, "%s", err.text);
        if (i > 0) s.region[1].active[0] = s.region[2].active[1] = 2;
        struct slab_result r;
        slab_shoot(&s, 50.0, N, 91, &r);
        mean[i] = slab_mean(r.visible, r.n_out);
        variance[i] = 0.0;
        for (int k = 0; k < r.n_out; k++) variance[i] += (r.visible[k] - mean[i]) * (r.visible[k] - mean[i]) / r.n_out;
        mean_error = fmax(mean_error, sqrt(variance[i] / N));
        median[i] = slab_quantile(r.loss, r.n_out, 50.0);
        median_error = quantile_error(r.loss, r.n_out, 50.0);
        slab_result_free(&r);
        slab_free(&s);
    }
    double xi = 0.5 * 0.307075e-3 * 0.53768 * 1.06 * 19.2; /* of 48 times 4 mm, GeV */
    for (int i = 1; i < 3; i++) {
        cr_expect(fabs(mean[i] - mean[0]) < 4.0 * sqrt(2.0) * mean_error, "cut %d: mean visible %g, all seen %g +- %g",
                  i, mean[i], mean[0], mean_error);
        cr_expect_float_eq(variance[i] / (xi * 1.0e-3), 1.0, 0.1, "cut %d: variance %g GeV^2, Rutherford %g", i,
                           variance[i], xi * 1.0e-3); /* 1.6 % statistical; W/W_max, path */
        cr_expect(fabs(median[i] - median[0]) < 4.0 * sqrt(2.0) * median_error, "cut %d: median loss %g, all seen %g",
                  i, median[i], median[0]);
    }
    cr_expect_gt(variance[0], 5.0 * variance[1]);
}
