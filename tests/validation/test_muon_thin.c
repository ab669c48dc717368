/* Losses in thin layers, 8 mm of argon and 300 um of silicon, against distributions that are computed here without any
 * table or sampler of the program: argon from the spectrum of single collisions (oscillators of its subshells, see
 * host/physics/muon_collisions.h), silicon from Landau's and Vavilov's spectrum xi/W^2 with the restricted Bethe mean,
 * both convolved by Fourier transform. Means of what is below 100 keV (argon) and 10 MeV (silicon) against the
 * restricted Bethe integral with density effect, numbers of larger losses against the integral of their cross sections:
 * of delta rays alone, and, where radiation adds to them (silicon), of all processes. */
#include <criterion/criterion.h>
#include <gsl/gsl_fft_complex.h>

#include "muon_slab.h"
#include "physics/muon_integrals.h"

enum { N_MUON = 200000, N_POINT = 1 << 18, N_QUANTILE = 5 };
static const double QUANTILE[N_QUANTILE] = {0.05, 0.25, 0.5, 0.75, 0.95};
#define MUON 0.1056583755
#define ELECTRON 0.51099895e-3

/* A layer and what the formulas need of a muon in it; energies in GeV. */
struct layer {
    double thickness, Z_over_A, density, mean_excitation, effect[5];
    struct {
        int n_electron;
        double eV;
    } shell[7];
    double T, beta2, beta_gamma2, largest, delta, xi;
};
static const struct layer
    ARGON = {.thickness = 0.8,
             .Z_over_A = 18.0 / 39.948,
             .density = 1.662e-3,
             .mean_excitation = 188.0e-9,
             .effect = {0.1971, 2.9618, 1.7635, 4.4855, 11.9480},
             .shell = {{2, 3205.9}, {2, 326.3}, {2, 250.6}, {4, 248.4}, {2, 29.3}, {2, 15.9}, {4, 15.7}}},
    SILICON = {.thickness = 0.03,
               .Z_over_A = 14.0 / 28.0855,
               .density = 2.329,
               .mean_excitation = 173.0e-9,
               .effect = {0.1492, 3.2546, 0.2015, 2.8716, 4.4355}};

static struct layer at(struct layer l, double T) {
    double E = T + MUON, p2 = T * (T + 2.0 * MUON), x;
    l.T = T;
    l.beta2 = p2 / (E * E);
    l.beta_gamma2 = p2 / (MUON * MUON);
    l.largest = 2.0 * ELECTRON * p2 / (MUON * MUON + ELECTRON * ELECTRON + 2.0 * ELECTRON * E);
    x = 0.5 * log10(l.beta_gamma2);
    l.delta =
        2.0 * log(10.0) * x - l.effect[4] + (x < l.effect[3] ? l.effect[0] * pow(l.effect[3] - x, l.effect[1]) : 0.0);
    if (x < l.effect[2]) l.delta = 0.0;
    l.xi = 0.5 * 0.307075e-3 * l.Z_over_A / l.beta2 * l.density * l.thickness;
    return l;
}

/* Mean loss in transfers up to W (PDG 2022, eq. 34.11). */
static double restricted(const struct layer *l, double W) {
    return l->xi * (log(2.0 * ELECTRON * l->beta_gamma2 * W / (l->mean_excitation * l->mean_excitation)) -
                    l->beta2 * (1.0 + W / l->largest) - l->delta);
}

/* Quantiles of shift + a Gaussian + a compound Poisson sum. @param number of collisions in cells of `width`: cell i at
 * i width. @param above number of those above all cells: with one of them the sum is above all quantiles. */
static void quantiles_of(double *number, double width, double above, double shift, double variance, double *quantile) {
    double *wave = calloc(2 * N_POINT, sizeof *wave), rate = above, sum = 0.0;
    for (int i = 0; i < N_POINT; i++) rate += wave[2 * i] = number[i];
    gsl_fft_complex_radix2_forward(wave, 1, N_POINT);
    for (int k = 0; k < N_POINT; k++) {
        double turn = 2.0 * M_PI / N_POINT * (k < N_POINT / 2 ? k : k - N_POINT);
        double size = exp(wave[2 * k] - rate - 0.5 * variance * turn * turn / (width * width));
        double phase = wave[2 * k + 1] - shift / width * turn;
        wave[2 * k] = size * cos(phase);
        wave[2 * k + 1] = size * sin(phase);
    }
    gsl_fft_complex_radix2_inverse(wave, 1, N_POINT);
    for (int i = 0, q = 0; i < N_POINT && q < N_QUANTILE; i++) {
        double next = sum + wave[2 * i];
        for (; q < N_QUANTILE && next >= QUANTILE[q]; q++)
            quantile[q] = width * (i - 0.5 + (QUANTILE[q] - sum) / (next - sum));
        sum = next;
    }
    free(wave);
}

/* Single collisions of argon: distant ones, whose losses fall linearly from U to 0 at 3 W - 2 U, and close ones. */
static void argon_quantiles(const struct layer *l, double cut, double *quantile) {
    static double number[N_POINT];
    double width = 1.0e-9, log_mean = 0.0, n_all = 0.0;
    memset(number, 0, sizeof number);
    for (int k = 0; k < 7; k++) {
        log_mean += l->shell[k].n_electron * log(1.0e-9 * l->shell[k].eV);
        n_all += l->shell[k].n_electron;
    }
    double ratio = l->mean_excitation / exp(log_mean / n_all);
    for (int k = 0; k < 7; k++) {
        double U = 1.0e-9 * l->shell[k].eV, W = ratio * U, share = l->shell[k].n_electron / n_all, span = 3.0 * (W - U);
        double distant = l->xi * share / W * (log(2.0 * ELECTRON * l->beta_gamma2 / W) - l->beta2 - l->delta);
        for (int i = 0; i < N_POINT; i++) {
            double a = width * (i - 0.5), b = width * (i + 0.5);
            double rest_a = fmin(fmax((U + span - a) / span, 0.0), 1.0),
                   rest_b = fmin(fmax((U + span - b) / span, 0.0), 1.0);
            number[i] += distant * (rest_a * rest_a - rest_b * rest_b);
            if (b > W && a < cut) number[i] += l->xi * share * (1.0 / fmax(a, W) - 1.0 / fmin(b, cut));
        }
    }
    quantiles_of(number, width, l->xi * (1.0 / (width * (N_POINT - 0.5)) - 1.0 / cut), 0.0, 0.0, quantile);
}

/* xi/W^2 up to the cut; what is below a 50th of xi is Gaussian. */
static void landau_quantiles(const struct layer *l, double cut, double *quantile) {
    static double number[N_POINT];
    double width = l->xi / 400.0, low = l->xi / 50.0;
    for (int i = 0; i < N_POINT; i++) {
        double a = fmax(width * (i - 0.5), low), b = fmin(width * (i + 0.5), cut);
        number[i] = a < b ? l->xi * (1.0 / a - 1.0 / b) : 0.0;
    }
    quantiles_of(number, width, l->xi * (1.0 / (width * (N_POINT - 0.5)) - 1.0 / cut),
                 restricted(l, cut) - l->xi * log(cut / low), l->xi * low, quantile);
}

/* Shoot muons through n slices of the layer. */
static void shoot(int material, const struct layer *l, int n, struct slab_result *r) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s;
    struct eot_error err = {0};
    double thickness[8];
    u32 region[8] = {0};
    memset(&s, 0, sizeof s);
    o.decay_in_flight = o.decay_at_rest = 0; /* a decay's neutrino is rounded */
    s.n_region = 2;
    s.region[0] = s.region[1] = slab_region(material);
    s.region[1].volume = 1; /* slices of volumes apart, so that each is a step */
    for (int i = 0; i < n; i++) {
        thickness[i] = l->thickness / n;
        region[i] = (u32)(i % 2);
    }
    cr_assert_eq(slab_create(&s, &o, thickness, region, n, 1000.0, &err), EOT_OK, "%s", err.text);
    slab_shoot(&s, l->T, N_MUON, 7, r);
    slab_free(&s);
}

static void expect_quantiles(const char *what, double T, struct slab_result *r, const double *want, double tolerance) {
    for (int q = 0; q < N_QUANTILE; q++) {
        double got = slab_quantile(r->loss, r->n_out, 100.0 * QUANTILE[q]);
        if (getenv("EOT_PRINT"))
            printf("%s %g GeV q%g: %.4f keV, %.4f\n", what, T, QUANTILE[q], 1e6 * got, got / want[q]);
        cr_expect_float_eq(got / want[q], 1.0, tolerance, "%s at %g GeV, quantile %g: %g keV, not %g", what, T,
                           QUANTILE[q], 1e6 * got, 1e6 * want[q]);
    }
    int n_same = 1, most = 1; /* no steps: few losses alike, as the rounding of 2^-24 makes some */
    for (int i = 1; i < r->n_out; i++) {
        n_same = r->loss[i] == r->loss[i - 1] ? n_same + 1 : 1;
        most = n_same > most ? n_same : most;
    }
    cr_expect_lt(most, 8, "%s at %g GeV: %d losses are equal", what, T, most);
    cr_expect_lt(r->worst_balance, 1.0e-12 * T, "%s at %g GeV: balance %g GeV", what, T, r->worst_balance);
}

/* Mean of the losses below `limit`, and the number above it. The mean leaves out muons with one larger transfer: they
 * lose the usual besides, hence the factor. The larger ones: delta rays; above 50 GeV 1 % of them are radiative. */
static void expect_mean(const char *what, const struct layer *l, const struct slab_result *r, double limit) {
    double sum = 0.0, square = 0.0;
    int n_above = 0;
    for (int i = 0; i < r->n_out; i++) {
        n_above += r->loss[i] > limit;
        sum += r->loss[i] > limit ? 0.0 : r->loss[i];
        square += r->loss[i] > limit ? 0.0 : r->loss[i] * r->loss[i];
    }
    int n = r->n_out - n_above;
    double mean = sum / n, error = sqrt((square / n - mean * mean) / n), want = restricted(l, limit);
    double above =
        r->n_out * l->xi * (1.0 / limit - 1.0 / l->largest - l->beta2 / l->largest * log(l->largest / limit));
    if (getenv("EOT_PRINT"))
        printf("%s %g GeV: mean %.4f(%.4f) keV, restricted Bethe %.4f; %d above, %.1f\n", what, l->T, 1e6 * mean,
               1e6 * error, 1e6 * want, n_above, above);
    cr_expect_float_eq(mean, want, 0.02 * want + 4.0 * error, "%s at %g GeV: mean %g(%g) keV, not %g", what, l->T,
                       1e6 * mean, 1e6 * error, 1e6 * want);
    cr_expect_float_eq(n_above, above, 4.0 * sqrt(above) + 0.1 * above, "%s at %g GeV: %d above %g GeV, not %g", what,
                       l->T, n_above, limit, above);
}

static const double ENERGY[] = {1.0, 10.0, 160.0, 500.0};

Test(muon_thin, argon_is_its_single_collisions, .timeout = 300) {
    double cut = eot_muon_options_default().delta_cut, want[N_QUANTILE];
    for (int k = 0; k < 4; k++) {
        struct layer l = at(ARGON, ENERGY[k]);
        struct slab_result r;
        argon_quantiles(&l, cut, want);
        shoot(SLAB_ARGON, &l, 1, &r);
        expect_quantiles("argon", l.T, &r, want, 0.02);
        expect_mean("argon", &l, &r, 1.0e-4);
        slab_result_free(&r);
        shoot(SLAB_ARGON, &l, 4, &r); /* cut into slices of 2 mm */
        expect_quantiles("argon, sliced", l.T, &r, want, 0.02);
        slab_result_free(&r);
    }
}

Test(muon_thin, silicon_is_landaus_and_vavilovs, .timeout = 300) {
    double cut = eot_muon_options_default().delta_cut, want[N_QUANTILE];
    for (int k = 0; k < 4; k++) {
        struct layer l = at(SILICON, ENERGY[k]);
        struct slab_result r;
        landau_quantiles(&l, cut, want);
        shoot(SLAB_SILICON, &l, 1, &r);
        expect_quantiles("silicon", l.T, &r, want, 0.02);
        expect_mean("silicon", &l, &r, 1.0e-2);
        slab_result_free(&r);
    }
}

/* Number and sum [GeV] of the losses of one muon between two losses, by integration of the cross sections of all
 * processes: delta rays, bremsstrahlung, pairs, photonuclear reactions. */
static void integrate(const struct layer *l, struct eot_muon_integrator *g, double low, double high, double result[2]) {
    struct eot_material m[SLAB_N_MATERIAL];
    struct eot_error err = {0};
    double E = l->T + MUON, part;
    slab_materials(m);
    for (int power = 0; power < 2; power++) {
        double sum = eot_muon_delta_moment(g, l->T, l->Z_over_A, power, fmin(low, l->largest), fmin(high, l->largest));
        for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++) {
            struct eot_muon_spectrum s = {.material = &m[SLAB_SILICON], .integrator = g, .process = p, .E = E};
            cr_assert_eq(eot_muon_integrate(g, &s, power, low / E, high / E, &part, &err), EOT_OK, "%s", err.text);
            sum += part * (power == 1 ? E : 1.0);
        }
        result[power] = sum * l->density * l->thickness;
    }
}

/* Losses above 10 MeV in silicon by decades: at 500 GeV a third of them is radiative. */
static void expect_large_losses(double T, int n_muon) {
    static const double EDGE[] = {0.01, 0.03, 0.1, 1.0, 10.0, 1000.0};
    enum { N_BIN = sizeof EDGE / sizeof EDGE[0] - 1 };
    struct layer l = at(SILICON, T);
    struct eot_muon_options o = eot_muon_options_default();
    struct eot_muon_integrator g;
    struct eot_error err = {0};
    struct slab s;
    struct slab_result r;
    double got[N_BIN] = {0}, want_all[2] = {0}, sum = 0.0, square = 0.0, n_all = 0.0;
    u32 region = 0;
    memset(&s, 0, sizeof s);
    s.n_region = 1;
    s.region[0] = slab_region(SLAB_SILICON);
    cr_assert_eq(slab_create(&s, &o, &l.thickness, &region, 1, 1000.0, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_muon_integrator_create(1e-3, &g, &err), EOT_OK, "%s", err.text);
    slab_shoot(&s, T, n_muon, 11, &r);
    for (int i = 0; i < r.n_out; i++)
        for (int b = 0; b < N_BIN; b++) {
            if (r.loss[i] < EDGE[b] || r.loss[i] >= EDGE[b + 1]) continue;
            got[b] += 1.0;
            n_all += 1.0;
            sum += r.loss[i];
            square += r.loss[i] * r.loss[i];
        }
    for (int b = 0; b < N_BIN; b++) {
        double want[2], usual = 1.2e-4; /* GeV, that a muon loses besides: it moves the edge */
        if (EDGE[b] >= T) continue;
        integrate(&l, &g, EDGE[b] - usual, fmin(EDGE[b + 1], T) - usual, want);
        for (int k = 0; k < 2; k++) want_all[k] += want[k] * r.n_out;
        want[0] *= r.n_out;
        if (getenv("EOT_PRINT"))
            printf("silicon %g GeV, %g to %g GeV: %g muons, %.1f\n", T, EDGE[b], EDGE[b + 1], got[b], want[0]);
        cr_expect_float_eq(got[b], want[0], 4.0 * sqrt(want[0] + 1.0),
                           "silicon at %g GeV: %g losses of %g to %g GeV, not %g", T, got[b], EDGE[b], EDGE[b + 1],
                           want[0]);
    }
    if (getenv("EOT_PRINT"))
        printf("silicon %g GeV, above 10 MeV: %g muons, %.1f; %.4f(%.4f) GeV, %.4f\n", T, n_all, want_all[0], sum,
               sqrt(square), want_all[1]);
    cr_expect_float_eq(n_all, want_all[0], 4.0 * sqrt(want_all[0]), "silicon at %g GeV: %g losses above 10 MeV, not %g",
                       T, n_all, want_all[0]);
    slab_result_free(&r);
    slab_free(&s);
    eot_muon_integrator_free(&g);
}

Test(muon_thin, large_losses_in_silicon_are_the_integral_of_their_cross_sections, .timeout = 300) {
    for (int k = 0; k < 4; k++) expect_large_losses(ENERGY[k], 1000000);
}
