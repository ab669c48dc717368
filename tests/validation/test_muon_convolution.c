/* Energy lost in whole calorimeters from the cross sections alone: all collisions above 1 MeV as a compound Poisson
 * distribution, by Fourier transform, with no table, no sampler and no transport. The step in its default options must
 * give the same quantiles, and the reference simulation the same tail and mean. Energy dependence enters by evaluating
 * at the energy in the middle: below 0.5 % where less than 3 % is lost. */
#include <criterion/criterion.h>
#include <gsl/gsl_fft_complex.h>
#include <gsl/gsl_integration.h>

#include "eotmc/physics/muon_bremsstrahlung.h"
#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/physics/muon_pair.h"
#include "eotmc/physics/muon_photonuclear.h"
#include "muon_slab.h"

enum { N_POINT = 1 << 18, N_OFFSET = 400, N_LOG = 600, N_NODE = 16 };
#define WIDTH 0.5e-3 /* of a cell [GeV] */

struct layers {
    int material[2];
    double grammage[2]; /* g/cm2 */
};

/* Collisions per GeV of loss W in one material [1/(GeV g/cm2)]. */
static double spectrum(const struct eot_material *m, double T, double W, const gsl_integration_glfixed_table *nodes) {
    double E = T + 0.1056583755, sum = 0.0;
    f32 v = (f32)(W / E), energy = (f32)E;
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        double ub = (double)eot_muon_brems_dxsec((f32)e->Z, (f32)e->A, energy, v);
        eot_muon_pair_kinematics c = eot_muon_pair_prepare((f32)e->Z, energy, v);
        for (size_t k = 0; c.log_tmin < 0.0f && k < N_NODE; k++) {
            double t, weight;
            gsl_integration_glfixed_point((double)c.log_tmin, 0.0, k, &t, &weight, nodes);
            ub += weight * (double)eot_muon_pair_integrand(c, (f32)t);
        }
        eot_muon_photonuclear_kinematics n = eot_muon_photonuclear_prepare((f32)e->Z, (f32)e->A, energy, v);
        for (size_t k = 0; n.log_high > n.log_low && k < N_NODE; k++) {
            double t, weight;
            gsl_integration_glfixed_point((double)n.log_low, (double)n.log_high, k, &t, &weight, nodes);
            ub += weight * (double)eot_muon_photonuclear_integrand(n, (f32)t);
        }
        sum += e->mass_fraction / e->A * ub;
    }
    return sum * 6.02214076e23 * 1.0e-30 / E + (double)eot_muon_delta_spectrum((f32)T, (f32)W, (f32)m->Z_over_A);
}

/* Cumulative distribution of the loss: cumulative[i] at loss shift + (i + 1/2) WIDTH. @return shift [GeV]. */
static double convolve(const struct eot_material *m, const struct layers *l, double T, double *cumulative,
                       double *mean) {
    gsl_integration_glfixed_table *nodes = gsl_integration_glfixed_table_alloc(N_NODE);
    static double log_W[N_LOG], log_f[N_LOG];
    double *wave = calloc(2 * N_POINT, sizeof *wave), xi = 0.0, total = 0.0;
    const int first = 2; /* cells from 0.75 MeV on */
    double low = 0.5 * WIDTH, high = T;
    for (int i = 0; i < N_LOG; i++) log_W[i] = log(low) + log(high / low) * i / (N_LOG - 1);
    for (int i = 0; i < N_LOG; i++) log_f[i] = 0.0;
    for (int k = 0; k < 2; k++) {
        struct eot_muon_dedx_row row;
        cr_assert_eq(eot_muon_dedx(m + l->material[k], &T, 1, &row, NULL), EOT_OK);
        total += 1.0e-3 * row.total * l->grammage[k];
        xi += 0.5 * 0.307075e-3 * m[l->material[k]].Z_over_A * l->grammage[k];
        for (int i = 0; i < N_LOG; i++)
            log_f[i] += l->grammage[k] * spectrum(m + l->material[k], T, exp(log_W[i]), nodes);
    }
    double step = log_W[1] - log_W[0], explicit_mean = 0.0, rate = 0.0;
    for (int j = first; j < N_POINT && WIDTH * (j + 1) < high; j++) {
        double sum = 0.0;
        for (int s = 0; s < 3; s++) { /* Simpson over the cell, f linear in ln W between points */
            double x = (log(WIDTH * (j - 0.5 + 0.5 * s)) - log_W[0]) / step;
            int i = (int)x < N_LOG - 2 ? (int)x : N_LOG - 2;
            double a = log_f[i], b = log_f[i + 1];
            double f = a > 0.0 && b > 0.0 ? a * pow(b / a, x - i) : 0.0;
            sum += (s == 1 ? 4.0 : 1.0) / 6.0 * f * WIDTH;
        }
        wave[2 * j] = sum;
        rate += sum;
        explicit_mean += sum * WIDTH * j;
    }
    double variance = xi * WIDTH * (first - 0.5) / (WIDTH * WIDTH); /* of the rest: xi W_cut, in cells */
    gsl_fft_complex_radix2_forward(wave, 1, N_POINT);
    for (int k = 0; k < N_POINT; k++) {
        double turn = 2.0 * M_PI / N_POINT * (k < N_POINT / 2 ? k : k - N_POINT);
        double size = exp(wave[2 * k] - rate - 0.5 * variance * turn * turn), phase = wave[2 * k + 1] - N_OFFSET * turn;
        wave[2 * k] = size * cos(phase);
        wave[2 * k + 1] = size * sin(phase);
    }
    gsl_fft_complex_radix2_inverse(wave, 1, N_POINT);
    double sum = 0.0;
    for (int k = 0; k < N_POINT; k++) cumulative[k] = sum += wave[2 * k];
    free(wave);
    gsl_integration_glfixed_table_free(nodes);
    *mean = total;
    return total - explicit_mean - N_OFFSET * WIDTH;
}

static double quantile_of(const double *cumulative, double shift, double p) {
    int i = 1;
    while (i + 1 < N_POINT && cumulative[i] < p) i++;
    return shift + WIDTH * (i - 0.5 + (p - cumulative[i - 1]) / (cumulative[i] - cumulative[i - 1]));
}

static double above(const double *cumulative, double shift, double loss) {
    int i = (int)((loss - shift) / WIDTH - 0.5);
    return 1.0 - cumulative[i < 0 ? 0 : i < N_POINT ? i : N_POINT - 1];
}

Test(muon_convolution, the_step_loses_what_the_cross_sections_say_and_so_does_the_reference_in_its_tail) {
    struct {
        int is_ecal;
        double T, reference_q99; /* of 10000 muons, tests/reference/pumas_slabs.csv */
    } row[] = {{1, 20.0, 2.30641}, {1, 100.0, 5.07204}, {0, 100.0, 16.63296}};
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    double *cumulative = malloc(N_POINT * sizeof *cumulative), percent[] = {5.0, 25.0, 50.0, 75.0, 99.0};
    struct eot_muon_options o = eot_muon_options_default();
    o.decay_in_flight = o.decay_at_rest = 0;
    for (int k = 0; k < 3; k++) {
        struct layers l = {{row[k].is_ecal ? SLAB_LEAD : SLAB_IRON, SLAB_POLYSTYRENE},
                           {row[k].is_ecal ? 22.5 * 11.35 : 120.0 * 7.874, (row[k].is_ecal ? 22.5 : 19.2) * 1.06}};
        double mean, middle = row[k].T, shift = convolve(m, &l, middle, cumulative, &mean);
        middle = row[k].T - 0.5 * quantile_of(cumulative, shift, 0.5);
        shift = convolve(m, &l, middle, cumulative, &mean);
        struct slab s;
        struct eot_error err = {0};
        cr_assert_eq(slab_calorimeter(&s, &o, row[k].is_ecal, 1, 1, &err), EOT_OK, "%s", err.text);
        struct slab_result r;
        enum { N = 40000 };
        slab_shoot(&s, row[k].T, N, 77, &r);
        double square = 0.0, got_mean = slab_mean(r.loss, r.n_out);
        for (int i = 0; i < r.n_out; i++) square += (r.loss[i] - got_mean) * (r.loss[i] - got_mean);
        double error_mean = sqrt(square) / r.n_out;
        cr_expect(fabs(got_mean - mean) < 4.0 * error_mean + 0.005 * mean, "row %d: mean %g +- %g, stopping power %g",
                  k, got_mean, error_mean, mean);
        for (int i = 0; i < 5; i++) {
            double p = percent[i] / 100.0, want = quantile_of(cumulative, shift, p),
                   got = slab_quantile(r.loss, r.n_out, percent[i]);
            double dp = 0.2 * fmin(p, 1.0 - p);
            double sigma = sqrt(p * (1.0 - p) / N) *
                           (quantile_of(cumulative, shift, p + dp) - quantile_of(cumulative, shift, p - dp)) /
                           (2.0 * dp);
            cr_expect(fabs(got - want) < 4.0 * sigma + 0.005 * want,
                      "row %d, quantile %g %%: step %g +- %g, cross sections %g", k, percent[i], got, sigma, want);
            if (getenv("EOT_PRINT"))
                printf("row %d q%g: step %.4f(%.4f) convolution %.4f\n", k, percent[i], got, sigma, want);
        }
        /* the reference's 99 % quantile: the share of muons above it is 1 % within the binomial error of its 10000 */
        double share = above(cumulative, shift, row[k].reference_q99);
        cr_expect_float_eq(share, 0.01, 3.5e-3, "row %d: share above the reference's 99 %% quantile %g", k, share);
        if (getenv("EOT_PRINT"))
            printf("row %d mean: step %.4f(%.4f) stopping power %.4f; share above reference q99 %.5f\n", k, got_mean,
                   error_mean, mean, share);
        slab_result_free(&r);
        slab_free(&s);
    }
    free(cumulative);
}
