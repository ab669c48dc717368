/* The muon step's samplers against the densities they are made from. Seeds are fixed; a false alarm has a probability
 * below 1e-6 per comparison (5 sigma). */
#include <criterion/criterion.h>

#include "../validation/muon_slab.h"

static eot_u32x4 words(u64 i, u32 draw) {
    eot_random g = eot_random_init(i, EOT_STAGE_PROBE, 0, 11, 0);
    g.draw = draw;
    return eot_random_block(g);
}

static struct slab iron_slab(const struct eot_muon_options *o, double thickness) {
    struct slab s;
    memset(&s, 0, sizeof s);
    s.n_region = 1;
    s.region[0] = slab_region(SLAB_IRON);
    u32 region = 0;
    struct eot_error err = {0};
    cr_assert_eq(slab_create(&s, o, &thickness, &region, 1, 1.0e4, &err), EOT_OK, "%s", err.text);
    return s;
}

/* Compound Poisson process of Rutherford collisions, made collision by collision: the straggling table must have its
 * quantiles. The softest collisions are their Gaussian sum (skewness below 0.05 of their own width). Sees 1 % of the
 * distribution's width. */
Test(muon_samplers, straggling_is_that_of_single_collisions) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s = iron_slab(&o, 1.0);
    enum { N = 40000 };
    static double made[N], drawn[N];
    double kappa[] = {0.003, 0.02, 0.3, 5.0};
    for (int k = 0; k < 4; k++) {
        double low = fmin(0.005 * kappa[k], 0.01),
               n_mean = kappa[k] * (1.0 / low - 1.0); /* in units of the largest transfer */
        u32 draw = 0;
        for (int i = 0; i < N; i++) {
            /* exponential gaps count the collisions */
            double sum = 0.0, gap = 0.0;
            u32 block = 0;
            for (;;) {
                eot_u32x4 b = words((u64)i, 1000u + block++);
                gap += -log((double)eot_uniform(b.x)) / n_mean;
                if (gap > 1.0) break;
                sum += low / (1.0 - (double)eot_uniform(b.y) * (1.0 - low));
            }
            eot_u32x4 b = words((u64)i, draw);
            made[i] =
                (sum - kappa[k] * log(1.0 / low) + sqrt(kappa[k] * low) * (double)eot_normal(b.x, b.y).a) / kappa[k];
            drawn[i] = (double)eot_muon_straggle(s.table.value, &s.tables, (f32)kappa[k], eot_uniform(b.z));
        }
        double percent[] = {1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0};
        double width = slab_quantile(made, N, 75.0) - slab_quantile(made, N, 25.0);
        for (int i = 0; i < 7; i++) {
            double p = percent[i] / 100.0, q = slab_quantile(made, N, percent[i]);
            /* error of a quantile sqrt(p (1 - p)/N)/density, density from neighbouring quantiles; of two samples */
            double dp = fmin(0.2 * fmin(p, 1.0 - p), 0.02);
            double density =
                2.0 * dp / (slab_quantile(made, N, 100.0 * (p + dp)) - slab_quantile(made, N, 100.0 * (p - dp)));
            double sigma = sqrt(2.0 * p * (1.0 - p) / N) / density, got = slab_quantile(drawn, N, percent[i]);
            cr_expect(fabs(got - q) < 5.0 * sigma + 0.005 * width,
                      "kappa %g, quantile %g %%: %g, made of collisions %g +- %g", kappa[k], percent[i], got, q, sigma);
        }
    }
    slab_free(&s);
}

Test(muon_samplers, straggling_keeps_mean_and_variance) {
    for (double kappa = 4.0e-5; kappa < 60.0; kappa *= 3.7) {
        double lower[EOT_MUON_N_TAIL], upper[EOT_MUON_N_TAIL], mean = 0.0, square = 0.0;
        struct eot_error err = {0};
        cr_assert_eq(eot_muon_vavilov_row(kappa, lower, upper, &err), EOT_OK, "%s", err.text);
        for (int i = 0; i < EOT_MUON_N_TAIL - 4 - 1; i++) { /* up to 1/2 */
            double a = (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
            double b = (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)(i + 1) << EOT_MUON_TAIL_SHIFT));
            double *side[2] = {lower, upper};
            for (int k = 0; k < 2; k++) {
                double x = side[k][i], y = side[k][i + 1], below = i == 0 ? a : 0.0;
                mean += (b - a) * 0.5 * (x + y) + below * x;
                square += (b - a) * (x * x + x * y + y * y) / 3.0 + below * x * x;
            }
            cr_expect_leq(lower[i], lower[i + 1], "kappa %g: lower quantiles fall at %d", kappa, i);
            cr_expect_geq(upper[i], upper[i + 1], "kappa %g: upper quantiles rise at %d", kappa, i);
        }
        cr_expect_float_eq(mean, 0.0, 1.0e-9 / kappa + 1.0e-9, "kappa %g: mean %g", kappa, mean);
        /* variance 1/kappa; linear interpolation of the tail widens it a little */
        cr_expect_float_eq(square * kappa, 1.0, 0.02, "kappa %g: variance times kappa %g", kappa, square * kappa);
    }
}

/* Energy lost on average over a path [cm]: the stopping power at 41 energies, 1/S by the trapezoidal rule. */
static double mean_loss(const struct eot_material *m, double T, double path) {
    struct eot_muon_dedx_row row[41];
    double energy[41];
    cr_assert_eq(eot_muon_dedx(m, &T, 1, row, NULL), EOT_OK);
    double step = 1.2e-3 * row[0].total * m->density * path / 40.0, gone = 0.0;
    for (int i = 0; i < 41; i++) energy[i] = T - step * i;
    cr_assert_eq(eot_muon_dedx(m, energy, 41, row, NULL), EOT_OK);
    for (int i = 1; i < 41; i++) {
        double piece = 0.5e3 * step / m->density * (1.0 / row[i - 1].total + 1.0 / row[i].total);
        if (gone + piece > path) return step * (i - 1 + (path - gone) / piece);
        gone += piece;
    }
    cr_assert(0, "%g cm take more than %g GeV of %g", path, 40.0 * step, T);
    return 0.0;
}

/* Mean of sampled hard losses against the integral of the same cross section: dE/dx must come out of the step whatever
 * the cuts. No scattering, no straggling: a slab so thin that the energy hardly changes. */
Test(muon_samplers, the_step_loses_what_the_stopping_power_says_whatever_the_cuts) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    double cuts[3][2] = {{5.0e-4, 0.020}, {5.0e-3, 0.005}, {0.05, 0.1}};
    for (int c = 0; c < 3; c++) {
        struct eot_muon_options o = eot_muon_options_default();
        o.v_cut = cuts[c][0];
        o.delta_cut = cuts[c][1];
        o.scattering = 0;
        o.straggling = EOT_MUON_STRAGGLING_OFF;
        struct slab s = iron_slab(&o, 10.0);
        double energy[] = {0.3, 5.0, 60.0};
        for (int k = 0; k < 3; k++) {
            double T = energy[k];
            enum { N = 100000 };
            struct slab_result r;
            slab_shoot(&s, T, N, 5, &r);
            double want = mean_loss(m + SLAB_IRON, T, 10.0);
            double mean = slab_mean(r.loss, r.n_out), rms = 0.0;
            for (int i = 0; i < r.n_out; i++) rms += (r.loss[i] - mean) * (r.loss[i] - mean);
            double sigma = sqrt(rms) / r.n_out;
            cr_expect(fabs(mean - want) < 5.0 * sigma + 2.0e-3 * want,
                      "T %g, v_cut %g: mean loss %g +- %g, stopping power %g", T, o.v_cut, mean, sigma, want);
            cr_expect_eq(r.n_fault, 0);
            slab_result_free(&r);
        }
        slab_free(&s);
    }
}

/* Each process's loss against its own density: the mean of ln v between tail probabilities. Rows of T are exact at
 * their own energy. */
Test(muon_samplers, hard_losses_stay_in_range_and_fall_with_their_tail_probability) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s = iron_slab(&o, 1.0);
    for (int p = 0; p < 4; p++)
        for (double T = 2.0; T < 300.0; T *= 2.3) {
            double before = 2.0 * T;
            for (int i = 1; i < 1000; i++) {
                double loss =
                    (double)eot_muon_hard_loss(s.table.value, &s.tables, SLAB_IRON, p, (f32)T, (f32)(i / 1000.0), 0.5f);
                double least = p == EOT_MUON_DELTA ? o.delta_cut : o.v_cut * (T + 0.1056583755);
                cr_assert(loss >= least * (1.0 - 1.0e-5) && loss <= T * (1.0 + 1.0e-6), "process %d, T %g: loss %g", p,
                          T, loss);
                cr_assert_leq(loss, before * (1.0 + 1.0e-6), "process %d, T %g: %g after %g", p, T, loss, before);
                before = loss;
            }
        }
    slab_free(&s);
}

Test(muon_samplers, michel_energies_have_the_mean_and_the_shape_of_muon_decay) {
    enum { N = 200000 };
    double sum = 0.0, square = 0.0;
    int half = 0;
    for (int i = 0; i < N; i++) {
        double x = (double)eot_muon_michel(words((u64)i, 0), words((u64)i, 1).x);
        sum += x;
        square += x * x;
        half += x < 0.5;
    }
    double mean = sum / N, sigma = sqrt((square / N - mean * mean) / N);
    cr_expect_float_eq(mean, 0.7, 5.0 * sigma, "mean %g +- %g, Michel 7/10", mean, sigma);
    /* below one half: 2 x^3 - x^4 = 3/16 */
    cr_expect_float_eq((double)half / N, 3.0 / 16.0, 5.0 * sqrt(3.0 / 16.0 * 13.0 / 16.0 / N));
}

Test(muon_samplers, decays_happen_at_the_lifetime_and_share_all_the_energy) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s = iron_slab(&o, 1.0e6); /* vacuum, 10 km */
    s.region[0].n_constituent = 1;
    for (u32 i = 0; i < EOT_MUON_N_ROW * EOT_MUON_N_COLUMN; i++) s.table.value[s.tables.rows + i] = 0.0f;
    enum { N = 20000 };
    int n_decay = 0;
    double T = 2.0, electrons = 0.0, worst = 0.0;
    for (int i = 0; i < N; i++) {
        eot_random g = eot_random_init((u64)i, EOT_STAGE_MUON, 0, 3, 0);
        u32 bits = eot_random_block(g).x;
        g.draw = 1;
        eot_point p = {0.0, 0.0, 0.0};
        eot_vec3 u = {0.0f, 0.0f, 1.0f};
        eot_muon m = eot_muon_start(slab_matter(&s), (eot_muon_origin){p, u, (f32)T, 0.0f, 1}, bits);
        while (m.fate == EOT_MUON_ALIVE) {
            eot_muon_step step = eot_muon_advance(slab_matter(&s), m, g);
            m = step.muon;
            g = step.random;
            if (m.fate == EOT_MUON_DECAYED) {
                n_decay++;
                electrons += (double)step.electron;
                worst = fmax(worst, fabs(T + (double)step.rest - (double)step.electron - (double)step.neutrino));
                cr_assert(step.electron >= 0.0f && step.neutrino >= 0.0f);
            }
        }
    }
    double momentum = sqrt(T * (T + 2.0 * 0.1056583755)),
           length = 65863.8 * momentum / 0.1056583755; /* c tau 658.638 m (PDG) */
    double want = 1.0 - exp(-1.0e6 / length);
    cr_expect_float_eq((double)n_decay / N, want, 5.0 * sqrt(want * (1.0 - want) / N), "%d of %d decayed, expected %g",
                       n_decay, N, want);
    cr_expect_float_eq(electrons / n_decay, 0.35 * (T + 0.1056583755), 0.02 * T,
                       "the electron takes 7/20 on average, got %g GeV", electrons / n_decay);
    cr_expect_lt(worst, 1.0e-6);
    slab_free(&s);
}
