/* The continuous loss of a step: mean, variance, visible part and energy balance, against tables by hand whose
 * straggling is uniform, and against iron. Seeds are fixed; a false alarm has a probability below 1e-6 per comparison
 * (5 sigma). */
#include "muon_matter.h"

#include "../../validation/muon_slab.h"

enum { N = 200000 };

struct moments {
    double mean, variance, error, variance_error; /* standard errors */
};
static struct moments moments_of(const double *x, int n) {
    double mean = 0.0, second = 0.0, fourth = 0.0;
    for (int i = 0; i < n; i++) mean += x[i] / n;
    for (int i = 0; i < n; i++) {
        double d2 = (x[i] - mean) * (x[i] - mean);
        second += d2 / n;
        fourth += d2 * d2 / n;
    }
    return (struct moments){mean, second, sqrt(second / n), sqrt(fmax(fourth - second * second, 0.0) / n)};
}
static void expect_moments(const char *what, const double *x, int n, double mean, double variance, double rounding) {
    struct moments m = moments_of(x, n);
    cr_expect_float_eq(m.mean, mean, 5.0 * m.error + rounding * mean, "%s: mean %g +- %g, expected %g", what, m.mean,
                       m.error, mean);
    cr_expect_float_eq(m.variance, variance, 5.0 * m.variance_error + rounding * variance,
                       "%s: variance %g +- %g, expected %g", what, m.variance, m.variance_error, variance);
}

/* 10 cm of a passive and 5 cm of an active medium: losses 0.02 and 0.004 GeV/cm, xi 0.002 and 0.001 GeV/cm. */
static eot_muon_medium_path mixed_path(void) {
    eot_muon_medium_path p;
    memset(&p, 0, sizeof p);
    p.loss = 0.2f + 0.02f;
    p.active_loss = 0.02f;
    p.xi = 0.02f + 0.005f;
    p.active_xi = 0.005f;
    p.inverse_cut = 50.0f;
    return p;
}

/* The loss on that path at 10 GeV or another energy, in tables by hand where no path is thin. */
static eot_muon_soft_loss loss_of(const struct matter *m, eot_muon_medium_path p, double kinetic, eot_u32x4 bits,
                                  eot_u32x4 more_bits) {
    eot_muon_crossing c;
    memset(&c, 0, sizeof c);
    c.region[0] = c.region[1] = m->region;
    c.kinetic = (f32)kinetic;
    return eot_muon_soft_loss_sample(matter_view(m), p, c, bits, more_bits);
}

Test(muon_loss, active_and_passive_matter_fluctuate_apart) {
    static struct matter m;
    static double lost[N], visible[N], passive[N];
    matter_create(&m, 1, 1, 1);
    eot_muon_medium_path p = mixed_path();
    cr_assert_eq(eot_muon_path_is_mixed(p), 1);
    for (int i = 0; i < N; i++) {
        eot_muon_soft_loss l = loss_of(&m, p, 10.0, matter_words((u64)i, 0), matter_words((u64)i, 1));
        cr_assert(l.visible >= 0.0f && l.visible <= l.ionisation);
        lost[i] = (double)l.ionisation;
        visible[i] = (double)l.visible;
        passive[i] = lost[i] - visible[i];
    }
    double width2 = STRAGGLE_WIDTH * STRAGGLE_WIDTH / 12.0; /* variance of the loss over xi^2 */
    double in_passive = 0.02 * 0.02 * width2, in_active = 0.005 * 0.005 * width2;
    expect_moments("all", lost, N, 0.22, in_passive + in_active, 2.0e-6);
    expect_moments("passive", passive, N, 0.2, in_passive, 2.0e-6);
    expect_moments("active", visible, N, 0.02, in_active, 2.0e-6);
}

/* dT/dx = -(a + b (T - T0)): T0 - T = a/b (1 - exp(-b x)); the step's second order leaves a (b x)^2 x/6. */
Test(muon_loss, mean_is_of_second_order_in_the_path) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    m.tables.straggling = EOT_MUON_STRAGGLING_OFF;
    for (double bx = -0.1; bx <= 0.1; bx += 0.05) {
        double ax = 0.3, exact = fabs(bx) > 1.0e-9 ? ax / bx * (1.0 - exp(-bx)) : ax;
        eot_muon_medium_path p;
        memset(&p, 0, sizeof p);
        p.loss = (f32)ax;
        p.xi = 0.01f;
        p.slope = (f32)bx;
        eot_u32x4 bits = matter_words(0, 0);
        double got = (double)loss_of(&m, p, 5.0, bits, bits).ionisation;
        cr_expect_float_eq(got, exact, ax * bx * bx / 5.0 + 1.0e-6, "slope %g: %g, exact %g", bx, got, exact);
    }
}

/* In layers between others what is seen fluctuates as transfers up to 1/inverse_layer_cut do: a narrower distribution
 * (a larger kappa) of the same mean. In tables whose width does not depend on kappa but above 2^6, where it falls as
 * 8/sqrt(kappa). */
Test(muon_loss, thin_active_layers_see_less_of_the_fluctuation) {
    static struct matter m;
    static double visible[N], lost[N];
    matter_create(&m, 1, 1, 1);
    eot_muon_medium_path p;
    memset(&p, 0, sizeof p);
    p.loss = p.active_loss = 0.02f;
    p.xi = p.active_xi = 0.01f;
    p.inverse_cut = 50.0f;
    p.is_thin = 1;
    m.tables.inverse_layer_cut = 25600.0f; /* kappa 256: the width halves */
    for (int i = 0; i < N; i++) {
        eot_muon_soft_loss l = loss_of(&m, p, 0.5, matter_words((u64)i, 0), matter_words((u64)i, 1));
        visible[i] = (double)l.visible;
        lost[i] = (double)l.ionisation;
    }
    double variance = 1.0e-4 * STRAGGLE_WIDTH * STRAGGLE_WIDTH / 12.0;
    expect_moments("lost", lost, N, 0.02, variance, 1.0e-4);
    struct moments seen = moments_of(visible, N), all = moments_of(lost, N);
    cr_expect_lt(seen.mean, all.mean); /* it never exceeds what is lost */
    cr_expect_lt(seen.variance, all.variance);
    /* min(U, U/2 + ...) of one uniform number: U = 0.02 + 0.01 w, seen 0.02 + 0.005 w where w > 0, U where w < 0 */
    double half = 0.5 * STRAGGLE_WIDTH; /* of w */
    cr_expect_float_eq(seen.mean, 0.02 + 0.005 * 0.5 * (0.5 * half) - 0.01 * 0.5 * (0.5 * half),
                       5.0 * seen.error + 2.0e-6);
}

/* J. Baro et al., NIM B 100 (1995) 31: mean and variance as asked for in each of its three shapes. The Gaussian is cut
 * at 3 sigma: the factor 1.015387 is that of a truncated one, but here what exceeds 3 sigma is put there, which leaves
 * a variance of 1.015387^2 (1 - 6 phi(3) + 16 Q(3)) = 1.0259. */
Test(muon_loss, moments_are_those_asked_for) {
    static double x[N];
    double mean = 2.0, variance[] = {0.2, 0.9, 3.0, 40.0}; /* mean^2/variance 20, 4.4, 1.3, 0.1 */
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < N; i++) {
            eot_u32x4 w = matter_words((u64)i, (u32)k);
            x[i] = (double)eot_muon_moments_loss((f32)mean, (f32)variance[k], eot_uniform(w.x), eot_normal(w.y, w.z).a);
            cr_assert_geq(x[i], 0.0);
        }
        char what[40];
        snprintf(what, sizeof what, "variance %g", variance[k]);
        expect_moments(what, x, N, mean, k == 0 ? 1.0259 * variance[k] : variance[k], 2.0e-4);
    }
}

Test(muon_loss, slow_muon_loses_no_more_than_it_has) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    eot_muon_medium_path p = mixed_path();
    for (u64 i = 0; i < 1000; i++) {
        eot_muon_soft_loss l = loss_of(&m, p, 0.21, matter_words(i, 0), matter_words(i, 1));
        cr_assert(l.ionisation >= 0.0f && l.ionisation <= 0.21f);
        cr_assert(l.visible >= 0.0f && l.visible <= l.ionisation * 1.000001f);
    }
}

/* Vavilov's straggling of 2 cm of iron: mean and variance are those of the tables' columns (restricted loss; the
 * radiative part below v_cut does not fluctuate, and is less than a thousandth of the column). */
Test(muon_loss, iron_has_the_mean_and_variance_of_its_tables) {
    static double lost[N];
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s;
    struct eot_error err = {0};
    cr_assert_eq(slab_of(&s, &o, SLAB_IRON, 10.0, &err), EOT_OK, "%s", err.text);
    for (double T = 1.0; T < 200.0; T *= 7.0) {
        eot_muon_medium medium = eot_muon_medium_at(s.table.value, &s.tables, &s.region[0], (f32)T);
        eot_muon_medium_path p = eot_muon_medium_along(medium, medium, 2.0f, 0.0f);
        for (int i = 0; i < N; i++) {
            eot_u32x4 w = matter_words((u64)i, 0);
            eot_muon_crossing c = {.region = {s.region, s.region}, .path = {2.0f, 0.0f}, .kinetic = (f32)T};
            lost[i] = (double)eot_muon_soft_loss_sample(slab_matter(&s), p, c, w, w).ionisation;
        }
        char what[40];
        snprintf(what, sizeof what, "iron, %g GeV", T);
        struct moments got = moments_of(lost, N);
        double mean = (double)p.loss * (1.0 - 0.5 * (double)p.slope);
        cr_expect_float_eq(got.mean, mean, 5.0 * got.error + 1.0e-3 * mean, "%s: mean %g +- %g, expected %g", what,
                           got.mean, got.error, mean);
        /* 2 % of the variance: linear interpolation of the tail */
        cr_expect_float_eq(got.variance, (double)p.variance, 5.0 * got.variance_error + 0.02 * (double)p.variance,
                           "%s: variance %g +- %g, expected %g", what, got.variance, got.variance_error,
                           (double)p.variance);
    }
    slab_free(&s);
}

/* Loss of muons of kinetic energy T [GeV] in 8 mm of argon of a role. */
static eot_muon_soft_loss argon_loss(const struct slab *s, i32 role, double T, u64 i) {
    eot_region region = s->region[0];
    region.role = role;
    eot_muon_medium medium = eot_muon_medium_at(s->table.value, &s->tables, &region, (f32)T);
    eot_muon_medium_path p = eot_muon_medium_along(medium, medium, 0.8f, 0.0f);
    eot_muon_crossing c = {.region = {&region, &region}, .path = {0.8f, 0.0f}, .kinetic = (f32)T};
    c.random = eot_random_init(i, EOT_STAGE_MUON, 0, 1, 0);
    eot_u32x4 w = matter_words(i, 0);
    return eot_muon_soft_loss_sample(slab_matter(s), p, c, w, w);
}

/* What no detector reads has the mean and the variance of its single collisions and no more of their shape; a detector
 * reads the same as without this, and so does a slow muon anywhere. The column of the tables leaves out the radiative
 * corrections of delta rays: 3 % of the variance at 50 GeV. */
Test(muon_loss, unseen_thin_matter_has_the_mean_and_variance_of_its_collisions) {
    static double lost[N];
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s, all;
    struct eot_error err = {0};
    cr_assert_eq(slab_of(&all, &o, SLAB_ARGON, 10.0, &err), EOT_OK, "%s", err.text);
    o.unseen_spread = 1.0e-4;
    cr_assert_eq(slab_of(&s, &o, SLAB_ARGON, 10.0, &err), EOT_OK, "%s", err.text);
    for (double T = 1.0; T < 200.0; T *= 7.0) {
        eot_muon_medium medium = eot_muon_medium_at(s.table.value, &s.tables, s.region, (f32)T);
        double mean = 0.8 * (double)medium.loss, variance = 0.8 * (double)medium.variance;
        eot_octave_cell row =
            eot_octave_find((f32)T, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
        const f32 *spectrum = eot_muon_spectrum_row(s.table.value, &s.tables, SLAB_ARGON, EOT_MUON_SOFT, row.i);
        double squares = (double)spectrum[2 * EOT_MUON_N_COLLISION_TAIL],
               number = (double)spectrum[EOT_MUON_COLLISION_RATE];
        double T_row = (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + (row.i << EOT_MUON_LOSS_ROW_SHIFT));
        double of_row = (double)eot_muon_medium_at(s.table.value, &s.tables, s.region, (f32)T_row).variance;
        cr_expect_float_eq(of_row, number * squares, 0.05 * of_row, "%g GeV: variance %g, of single collisions %g",
                           T_row, of_row, number * squares);
        for (int i = 0; i < N; i++) lost[i] = (double)argon_loss(&s, EOT_ROLE_TRACKER, T, (u64)i).ionisation;
        char what[40];
        snprintf(what, sizeof what, "argon, %g GeV", T);
        expect_moments(what, lost, N, mean, variance, 2.0e-4);
    }
    for (u64 i = 0; i < 1000; i++) {
        const struct {
            i32 role;
            double T;
        } as_ever[] = {{EOT_ROLE_VETO, 50.0}, {EOT_ROLE_HCAL, 50.0}, {EOT_ROLE_ECAL, 50.0}, {EOT_ROLE_TRACKER, 0.05}};
        for (int k = 0; k < 4; k++) {
            eot_muon_soft_loss a = argon_loss(&all, as_ever[k].role, as_ever[k].T, i),
                               b = argon_loss(&s, as_ever[k].role, as_ever[k].T, i);
            cr_assert_eq(eot_f32_bits(a.ionisation), eot_f32_bits(b.ionisation), "role %d", as_ever[k].role);
            cr_assert_eq(a.draw, b.draw);
        }
    }
    slab_free(&all);
    slab_free(&s);
}
