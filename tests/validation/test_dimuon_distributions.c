/* Muon pairs of photons of 5, 20 and 100 GeV on lead: energy fractions x+ of a run, and angles theta E/m of the
 * device's sampler, in each tenth of the reference within 5 %. References: for x+ the numerical integral of the
 * differential cross section; for angles a sampler written here, in double, from the formulas of the Geant4 Physics
 * Reference Manual in Geant4 11's form (form factor cut at 0.138 A^0.27, its integral by quadrature; each variable by
 * inversion of a numerical table, without rejection). */
#undef EOT_REAL_DOUBLE /* the sampler as a device runs it */
#include "../simulation.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "eotmc/physics/dimuon_gamma.h"

enum { N_TENTH = 10, N_RUN = 40000, N_SAMPLE = 400000, N_CELL = 4000, N_T = 400, N_PSI = 100, N_X = 100 };
static const double ENERGY[] = {5.0, 20.0, 100.0}, Z = 82.0, A = 207.2, M = 0.1056583755, M_ELECTRON = 0.51099895e-3;

/* dsigma/dx+ of the manual, but for constants. */
static double density_of_x(double k, double x) {
    double D = 1.54 * pow(A, 0.27), B = 183.0 * pow(Z, -1.0 / 3.0), delta = M * M / (2.0 * k * x * (1.0 - x)),
           root_e = sqrt(exp(1.0));
    double W =
        B * M / (D * M_ELECTRON) * (1.0 + (D * root_e - 2.0) * delta / M) / (1.0 + B * root_e * delta / M_ELECTRON);
    return W > 1.0 ? (1.0 - 4.0 / 3.0 * x * (1.0 - x)) * log(W) : 0.0;
}

/* Place in [0, n] of a number u of the cumulative table c[0..n]. */
static double inverted(const double *c, int n, double u) {
    int low = 0, high = n;
    double target = u * c[n];
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (c[middle] <= target)
            low = middle;
        else
            high = middle;
    }
    return low + (c[low + 1] > c[low] ? (target - c[low]) / (c[low + 1] - c[low]) : 0.5);
}

static void cumulate_x(double k, double *c) {
    double low = M / k, width = (1.0 - 2.0 * low) / N_CELL;
    c[0] = 0.0;
    for (int i = 0; i < N_CELL; i++) c[i + 1] = c[i] + density_of_x(k, low + (i + 0.5) * width);
}
static double x_at(double k, double place) { return M / k + (1.0 - 2.0 * M / k) * place / N_CELL; }

static void expect_tenths(const char *what, double k, const double count[N_TENTH]) {
    double n = 0.0;
    for (int i = 0; i < N_TENTH; i++) n += count[i];
    printf("%-28s %5g GeV:", what, k);
    for (int i = 0; i < N_TENTH; i++) {
        printf(" %+5.1f", 100.0 * (count[i] * N_TENTH / n - 1.0));
        cr_expect_lt(fabs(count[i] * N_TENTH / n - 1.0), 0.05, "%s at %g GeV, tenth %d: %+.1f %%", what, k, i,
                     100.0 * (count[i] * N_TENTH / n - 1.0));
    }
    printf(" %%\n");
}

/* 4000 pairs a tenth: 1.6 % of statistics. */
Test(dimuon_distributions, energy_fractions_of_photon_beams) {
    struct simulation s;
    double *c = malloc((N_CELL + 1) * sizeof *c);
    cr_assert_not_null(c);
    for (int e = 0; e < 3; e++) {
        char energy[40], region[64];
        snprintf(energy, sizeof energy, "beam.energy=%g GeV", ENERGY[e]);
        snprintf(region, sizeof region, "sampling.region.min_photon_energy=%g GeV", 0.999 * ENERGY[e]);
        simulation_open(&s, "tests/lead_photons.yaml", (const char *const[]){energy, region, NULL}, "host");
        s.config.sampling.eot = N_RUN;
        s.config.sampling.batch = 4000;
        simulation_run(&s);
        double count[N_TENTH] = {0};
        cumulate_x(ENERGY[e], c);
        cr_assert_gt(s.run.n_row, N_RUN / 2);
        for (size_t i = 0; i < s.run.n_row; i++) {
            double k = (double)s.run.row[i].value[EOT_E_PARENT_ENERGY],
                   x = (double)s.run.row[i].value[EOT_E_MU_PLUS] / k;
            cr_assert_float_eq(k / ENERGY[e], 1.0, 1e-3);
            double place = (x - M / k) / (1.0 - 2.0 * M / k) * N_CELL;
            int cell = (int)fmin(fmax(place, 0.0), N_CELL - 1.0);
            double u = (c[cell] + (place - cell) * (c[cell + 1] - c[cell])) / c[N_CELL];
            count[(int)fmin(fmax(u * N_TENTH, 0.0), N_TENTH - 1.0)]++;
        }
        expect_tenths("x+", ENERGY[e], count);
        simulation_close(&s);
    }
    free(c);
}

/* The variable t of the manual has the density int_0^1 y (1-y)/((q/t)^2 + b y)^2 dy x (1 - 2 P + 4 P t (1-t)): the
 * integral by Gauss-Legendre in ln(1 + b y/a). */
static double form(double t, double q, double b) {
    double a = (q / t) * (q / t), top = log1p(b / a), sum = 0.0;
    for (int i = 0; i < 200; i++) {
        double v = top * (i + 0.5) / 200.0, y = a / b * expm1(v);
        sum += y * (1.0 - y) / ((a + b * y) * b) * top / 200.0; /* dy = (a + b y)/b dv */
    }
    return sum;
}

/* Independent sample of (gamma theta+, k theta+/m). */
struct angles {
    double of_muon, of_photon;
};
static void cumulate_t(double k, double x, double *c) {
    double P = x * (1.0 - x), cut = 2.0 * 0.138 * pow(A, 0.27);
    c[0] = 0.0;
    for (int i = 0; i < N_T; i++) { /* t = v^2: finer where t is small */
        double v = (i + 0.5) / N_T, t = v * v;
        c[i + 1] = c[i] + v * form(t, M / (2.0 * k * P), 1.0 / (cut * cut)) * (1.0 - 2.0 * P + 4.0 * P * t * (1.0 - t));
    }
}
static struct angles reference_angles(double k, double x, const double *c, gsl_rng *r) {
    double P = x * (1.0 - x), q = M / (2.0 * k * P), A027 = pow(A, 0.27), d[N_PSI + 1] = {0.0};
    double v = inverted(c, N_T, gsl_rng_uniform_pos(r)) / N_T, t = fmax(v * v, 1e-9), pi = 3.14159265358979;
    for (int i = 0; i < N_PSI; i++)
        d[i + 1] = d[i] + 1.0 - 2.0 * P + 4.0 * P * t * (1.0 - t) * (1.0 + cos(4.0 * pi * (i + 0.5) / N_PSI));
    double psi = 2.0 * pi * inverted(d, N_PSI, gsl_rng_uniform_pos(r)) / N_PSI;
    double screening = M_ELECTRON / (183.0 * pow(Z, -1.0 / 3.0) * M),
           C2 = 4.0 / sqrt(P) * pow(q * q / (t * t) + screening * screening, 2.0),
           rho_max = 1.9 / A027 * (1.0 / t - 1.0);
    double rho4 = C2 * expm1(log1p(pow(rho_max, 4.0) / C2) * gsl_rng_uniform_pos(r)); /* density rho^3/(rho^4 + C2) */
    double u = sqrt(fmax(0.0, 1.0 / t - 1.0)), theta = fabs(M / k * (u + 0.5 * pow(rho4, 0.25) * cos(psi)) / x);
    return (struct angles){theta * x * k / M, theta * k / M};
}

static int compare(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return u < v ? -1 : u > v;
}

/* 4e5 samples of either kind: tenths to 0.7 %, 1.5 % of the slow. Also for slow mu+ alone: the correlation of energy
 * and angle. */
Test(dimuon_distributions, angles_of_the_sampler) {
    static double of_t[N_X][N_T + 1];
    double *c = malloc((N_CELL + 1) * sizeof *c), *reference[3];
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    cr_assert(c != NULL && r != NULL);
    for (int i = 0; i < 3; i++) cr_assert_not_null(reference[i] = malloc(N_SAMPLE * sizeof *reference[i]));
    for (int e = 0; e < 3; e++) {
        static const char *const NAME[3] = {"theta+ E+/m", "theta+ k/m", "theta+ E+/m, x+ below 1/4"};
        double k = ENERGY[e], count[3][N_TENTH] = {{0}};
        int n[3] = {0};
        cumulate_x(k, c);
        for (int j = 0; j < N_X; j++) cumulate_t(k, x_at(k, inverted(c, N_CELL, (j + 0.5) / N_X)), of_t[j]);
        for (int i = 0; i < N_SAMPLE; i++) { /* x at its percentiles, the same for both */
            double x = x_at(k, inverted(c, N_CELL, (i % N_X + 0.5) / N_X));
            struct angles a = reference_angles(k, x, of_t[i % N_X], r);
            reference[0][n[0]++] = a.of_muon;
            reference[1][n[1]++] = a.of_photon;
            if (x < 0.25) reference[2][n[2]++] = a.of_muon;
        }
        for (int v = 0; v < 3; v++) qsort(reference[v], (size_t)n[v], sizeof(double), compare);
        for (int i = 0; i < N_SAMPLE; i++) {
            double x = x_at(k, inverted(c, N_CELL, (i % N_X + 0.5) / N_X));
            eot_dimuon_gamma_angles a = eot_dimuon_gamma_angles_sample(
                (real)k, (real)x, (real)Z, (real)A, eot_random_init((u64)i, EOT_STAGE_PROBE, (u32)e, 7, 0));
            double theta = atan2(hypot((double)a.plus.x, (double)a.plus.y), (double)a.plus.z),
                   value[3] = {theta * x * k / M, theta * k / M, theta * x * k / M};
            cr_assert(a.is_good);
            for (int v = 0; v < (x < 0.25 ? 3 : 2); v++) {
                int tenth = 0;
                while (tenth < N_TENTH - 1 && value[v] > reference[v][(size_t)((double)n[v] * (tenth + 1) / N_TENTH)])
                    tenth++;
                count[v][tenth]++;
            }
        }
        for (int v = 0; v < 3; v++) expect_tenths(NAME[v], k, count[v]);
    }
    for (int i = 0; i < 3; i++) free(reference[i]);
    free(c);
    gsl_rng_free(r);
}
