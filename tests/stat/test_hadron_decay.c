/* Decays of pions and kaons as a device samples them: two-body spectra and angles by kinematics, three-body spectra by
 * integration of the Dalitz density, channels, and conservation of energy and momentum. */
#undef EOT_REAL_DOUBLE
#include "eotmc/physics/hadron_decay.h"

#include <math.h>
#include <stdio.h>

#include "../chi_square.h"

enum { N = 1000000, N_BIN = 40 };

static eot_hadron_parent parent_of(i32 kind, double E) {
    double m = (double)eot_hadron_mass(kind);
    eot_vec3 u = {0.05f, -0.02f, 0.0f};
    u.z = sqrtf(1.0f - u.x * u.x - u.y * u.y);
    return (eot_hadron_parent){kind, -1, (f32)m, (f32)E, (f32)sqrt(E * E - m * m), u};
}

static eot_hadron_products decay(eot_hadron_parent parent, u64 i) {
    return eot_hadron_decay_sample(parent, eot_random_init(i, EOT_STAGE_HADRON, 2u, 7u, (u32)parent.kind));
}

/* Angle [rad] of a product to its parent. */
static double angle(eot_hadron_product p) { return atan2((double)p.sine, (double)p.cosine); }

/* pi -> mu nu and K -> mu nu: E_mu flat between the limits of kinematics, the largest angle, shares of E_nu. */
static void check_two_body(i32 kind, i32 channel, double E) {
    double M = (double)eot_hadron_mass(kind), m = (double)EOT_M_MUON, p = sqrt(E * E - M * M),
           own = (M * M - m * m) / (2.0 * M), low = (E * (M * M + m * m) / (2.0 * M) - p * own) / M,
           high = (E * (M * M + m * m) / (2.0 * M) + p * own) / M, largest = asin(own * M / (m * p)), most = 0.0;
    long count[N_BIN] = {0}, above[2] = {0}, n = 0;
    double flat[N_BIN], limit[2] = {20.0, 30.0};
    eot_hadron_parent parent = parent_of(kind, E);
    for (u64 i = 0; i < N; i++) {
        eot_hadron_products d = decay(parent, i);
        if (d.channel != channel) continue;
        double E_mu = (double)d.item[0].E;
        int bin = (int)((E_mu - low) / (high - low) * N_BIN);
        cr_assert(d.n == 2 && d.item[0].type == EOT_PRODUCT_MUON && d.item[0].charge == -1);
        cr_assert(E_mu > low - 1e-5 * E && E_mu < high + 1e-5 * E, "%.9g", E_mu);
        count[bin < 0 ? 0 : bin < N_BIN ? bin : N_BIN - 1]++;
        most = fmax(most, angle(d.item[0]));
        for (int k = 0; k < 2; k++) above[k] += (double)d.item[1].E > limit[k];
        n++;
    }
    for (int i = 0; i < N_BIN; i++) flat[i] = 1.0;
    double chance = chi_square_p(count, flat, N_BIN);
    cr_expect_gt(chance, CHI_SQUARE_LEAST_P, "E_mu of %g GeV is not flat: p = %g", E, chance);
    cr_expect(most < largest * 1.0005 && most > 0.999 * largest, "largest kink %.6g, kinematics %.6g", most, largest);
    for (int k = 0; k < 2; k++) {
        double share = fmin(1.0, fmax(0.0, (E - limit[k] - low) / (high - low))), seen = (double)above[k] / (double)n;
        cr_expect_float_eq(seen, share, 4.5 * sqrt(share * (1.0 - share) / (double)n) + 1e-6,
                           "%g GeV: E_nu > %g GeV %.5f, kinematics %.5f", E, limit[k], seen, share);
        printf("%s %g GeV: E_mu from %.4g GeV, kink %.5g mrad, E_nu > %g GeV: %.4f (%.4f)\n",
               kind == EOT_HADRON_PION ? "pi" : "K", E, low, 1e3 * most, limit[k], seen, share);
    }
}

Test(hadron_decay, muons_of_two_bodies_are_flat_and_narrow) {
    static const double energy[] = {20.0, 50.0, 100.0, 150.0};
    for (int i = 0; i < 4; i++) {
        check_two_body(EOT_HADRON_PION, EOT_CHANNEL_PI_MU_NU, energy[i]);
        check_two_body(EOT_HADRON_KAON, EOT_CHANNEL_K_MU_NU, energy[i]);
    }
}

Test(hadron_decay, channels_have_their_branching) {
    long count[EOT_N_HADRON_CHANNEL] = {0};
    double expected[EOT_N_HADRON_CHANNEL];
    for (u64 i = 0; i < N; i++) count[decay(parent_of(EOT_HADRON_KAON, 100.0), i).channel]++;
#define EOT_HADRON_CHANNEL(id, parent, branching, group, title) \
    expected[EOT_CHANNEL_##id] = EOT_HADRON_##parent == EOT_HADRON_KAON ? branching : 0.0;
#include "eotmc/physics/hadron_channels.def"
#undef EOT_HADRON_CHANNEL
    cr_expect_eq(count[EOT_CHANNEL_PI_MU_NU] + count[EOT_CHANNEL_PI_E_NU], 0);
    cr_expect_gt(chi_square_p(count + EOT_CHANNEL_K_MU_NU, expected + EOT_CHANNEL_K_MU_NU,
                              EOT_N_HADRON_CHANNEL - EOT_CHANNEL_K_MU_NU),
                 CHI_SQUARE_LEAST_P);
}

Test(hadron_decay, conserves_energy_momentum_and_charge) {
    double worst_E = 0.0, worst_p = 0.0;
    long n_channel[EOT_N_HADRON_CHANNEL] = {0};
    for (u64 i = 0; i < 200000; i++) {
        i32 kind = i % 3 == 0 ? EOT_HADRON_PION : EOT_HADRON_KAON;
        eot_hadron_parent parent = parent_of(kind, i % 2 == 0 ? 100.0 : 2.0);
        eot_hadron_products d = decay(parent, i);
        double E = 0.0, p[3] = {0.0};
        int charge = 0;
        cr_assert(!d.is_failed && d.n <= EOT_MOST_PRODUCTS);
        n_channel[d.channel]++;
        for (int k = 0; k < d.n; k++) {
            const eot_hadron_product *q = &d.item[k];
            double m = q->type == EOT_PRODUCT_MUON       ? (double)EOT_M_MUON
                       : q->type == EOT_PRODUCT_PION     ? (double)EOT_M_PION
                       : q->type == EOT_PRODUCT_ELECTRON ? (double)EOT_M_ELECTRON
                                                         : 0.0,
                   size = sqrt(fmax(0.0, ((double)q->E - m) * ((double)q->E + m)));
            E += (double)q->E;
            charge += q->charge;
            p[0] += size * (double)q->direction.x;
            p[1] += size * (double)q->direction.y;
            p[2] += size * (double)q->direction.z;
        }
        cr_assert_eq(charge, -1);
        worst_E = fmax(worst_E, fabs(E / (double)parent.E - 1.0));
        double along[3] = {(double)parent.direction.x, (double)parent.direction.y, (double)parent.direction.z};
        for (int a = 0; a < 3; a++) worst_p = fmax(worst_p, fabs(p[a] / (double)parent.p - along[a]));
    }
    for (int c = 0; c < EOT_N_HADRON_CHANNEL; c++)
        if (c != EOT_CHANNEL_PI_E_NU) cr_expect_gt(n_channel[c], 100, "channel %d", c);
    printf("energy to %.2g, momentum to %.2g\n", worst_E, worst_p);
    cr_expect_lt(worst_E, 2e-6);
    cr_expect_lt(worst_p, 5e-6);
}

/* Spectrum of the lepton's energy in the kaon's frame, by integration over the pion's, in n bins. @return the integral.
 */
static double lepton_spectrum(double m, double bin[N_BIN], double *low, double *high) {
    enum { N_E = 400, N_SUB = 20 };
    double M = (double)EOT_M_KAON, m0 = (double)EOT_M_PION_ZERO, sum = 0.0, top = (M * M + m0 * m0 - m * m) / (2.0 * M);
    *low = m;
    *high = (M * M + m * m - m0 * m0) / (2.0 * M);
    for (int i = 0; i < N_BIN; i++) {
        bin[i] = 0.0;
        for (int k = 0; k < N_SUB; k++) {
            double E = *low + (*high - *low) * (i + (k + 0.5) / N_SUB) / N_BIN;
            for (int j = 0; j < N_E; j++)
                bin[i] += (double)eot_kl3_density((f32)(m0 + (top - m0) * (j + 0.5) / N_E), (f32)E, (f32)m);
        }
        sum += bin[i];
    }
    return sum * (*high - *low) * (top - m0) / (N_BIN * N_SUB * N_E);
}

static void check_kl3(double m, double mean_limit) {
    double expected[N_BIN], low, high, mean = 0.0, sum = 0.0, seen = 0.0;
    long count[N_BIN] = {0};
    lepton_spectrum(m, expected, &low, &high);
    for (u64 i = 0; i < N; i++) {
        eot_dalitz_point d = eot_kl3_sample((f32)m, eot_random_init(i, EOT_STAGE_HADRON, 2u, 3u, 0u));
        cr_assert(d.is_found);
        int bin = (int)(((double)d.E2 - low) / (high - low) * N_BIN);
        count[bin < 0 ? 0 : bin < N_BIN ? bin : N_BIN - 1]++;
        seen += (double)d.E2 / N;
    }
    for (int i = 0; i < N_BIN; i++) {
        mean += expected[i] * (low + (high - low) * (i + 0.5) / N_BIN);
        sum += expected[i];
    }
    cr_expect_float_eq(seen, mean / sum, mean_limit * mean / sum, "mean lepton energy %.6g, integrated %.6g", seen,
                       mean / sum);
    cr_expect_gt(chi_square_p(count, expected, N_BIN), CHI_SQUARE_LEAST_P);
}

Test(hadron_decay, three_bodies_follow_the_dalitz_density) {
    double bin[N_BIN], low, high, m_e = (double)EOT_M_ELECTRON, m_mu = (double)EOT_M_MUON;
    check_kl3(m_e, 0.002);
    check_kl3(m_mu, 0.002);
    /* the ratio of the phase-space integrals is that of the rates: 0.3352/0.507 = 0.661 +- 0.005 (PDG 2022: 0.6608 +-
     * 0.0030 as a fit), theory of these form factors 0.66 */
    double ratio = lepton_spectrum(m_mu, bin, &low, &high) / lepton_spectrum(m_e, bin, &low, &high);
    printf("Kmu3/Ke3 %.4f\n", ratio);
    cr_expect_float_eq(ratio, 0.661, 0.01);
}

/* Largest value of a density of two energies, each from its mass to the end of its spectrum. */
#define LARGEST(density, m1, top1, m2, top2) \
    for (int i = 0; i <= N_GRID; i++) \
        for (int k = 0; k <= N_GRID; k++) { \
            f32 x = (f32)((m1) + ((top1) - (m1)) * i / N_GRID), y = (f32)((m2) + ((top2) - (m2)) * k / N_GRID); \
            largest = fmax(largest, (double)(density)); \
        }

Test(hadron_decay, majorants_hold_and_are_close) {
    enum { N_GRID = 1000 };
    const double M = (double)EOT_M_KAON, lepton[2] = {(double)EOT_M_ELECTRON, (double)EOT_M_MUON};
    const double even[2] = {(double)EOT_M_PION, (double)EOT_M_PION_ZERO}, m = (double)EOT_M_PION_ZERO;
    const double odd = (double)EOT_M_PION;
    for (int c = 0; c < 2; c++) {
        double l = lepton[c], e = even[c], largest = 0.0, most = (double)eot_kl3_majorant((f32)l);
        LARGEST(eot_kl3_density(x, y, (f32)l), m, (M * M + m * m - l * l) / (2.0 * M), l,
                (M * M + l * l - m * m) / (2.0 * M))
        cr_expect(largest < most && largest > 0.95 * most, "%g of %g", largest, most);
        largest = 0.0;
        most = (double)eot_k3pi_majorant((f32)e);
        LARGEST(eot_k3pi_density(x, y, (f32)odd, (f32)e), odd, (M * M + odd * odd - 4.0 * e * e) / (2.0 * M), e,
                (M * M + e * e - (odd + e) * (odd + e)) / (2.0 * M))
        cr_expect(largest < most && largest > 0.95 * most, "%g of %g", largest, most);
    }
}
