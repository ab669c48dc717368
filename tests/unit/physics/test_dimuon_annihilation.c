/* e+ e- -> mu+ mu- on electrons at rest: published numbers, the integral of the differential cross section, kinematics,
 * and the sampler by chi-square (single and double precision: test_dimuon_annihilation_f32.c). 4e5 samples in 40 bins;
 * a correct sampler fails with probability 1e-6. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "eotmc/math/random.h"
#include "eotmc/physics/dimuon_annihilation.h"

#ifdef EOT_REAL_DOUBLE
#define SUITE dimuon_annihilation
static const double EPSILON = 1e-13;
#else
#define SUITE dimuon_annihilation_f32
static const double EPSILON = 3e-6;
#endif
static const double MICROBARN = 1e-30, ENERGY[] = {43.70, 44.0, 46.0, 61.0, 100.0, 150.0, 300.0};
enum { N_ENERGY = sizeof ENERGY / sizeof ENERGY[0], N_SAMPLE = 400000, N_BIN = 40 };

/* Geant4 Physics Reference Manual, "Positron - electron annihilation into muon - anti-muon": threshold 43.69 GeV;
 * maximum 1.008 microbarn at 1.396 times it. */
Test(SUITE, threshold_and_maximum_are_the_published_ones) {
    double threshold = (double)EOT_DIMUON_ANNIHILATION_THRESHOLD, best = 0.0, at = 0.0;
    cr_expect_float_eq(threshold, 43.69, 0.005);
    for (int i = 0; i < 4000; i++) {
        double E = threshold * (1.0 + 1e-3 * i), xsec = (double)eot_dimuon_annihilation_xsec((real)E) / MICROBARN;
        if (xsec > best) {
            best = xsec;
            at = E / threshold;
        }
    }
    cr_expect_float_eq(best, 1.008, 0.0005, "%g", best);
    cr_expect_float_eq(at, 1.396, 0.002, "%g", at);
}

/* The manual's formula, pi r_mu^2/3 xi (1 + xi/2) sqrt(1 - xi) with xi = threshold/E, neglects m_e^2/s; far above, 4 pi
 * alpha^2/(3 s) = 86.8 nb GeV^2/s (PDG 2022, Eq. 50.27). */
Test(SUITE, agrees_with_the_massless_formula_and_its_limit) {
    for (int i = 1; i < N_ENERGY; i++) {
        double xi = 4.0 * 0.1056583755 * 0.1056583755 / (2.0 * 0.51099895e-3 * ENERGY[i]),
               r_mu = 2.8179403262e-13 * 0.51099895e-3 / 0.1056583755;
        double want = 3.14159265358979 / 3.0 * r_mu * r_mu * xi * (1.0 + 0.5 * xi) * sqrt(1.0 - xi);
        cr_expect_float_eq((double)eot_dimuon_annihilation_xsec((real)ENERGY[i]) / want, 1.0, 1e-3, "%g GeV",
                           ENERGY[i]);
    }
    double E = 1e6, s = 2.0 * 0.51099895e-3 * E;
    cr_expect_float_eq((double)eot_dimuon_annihilation_xsec((real)E) / MICROBARN * s, 0.0868, 1e-4);
}

Test(SUITE, vanishes_below_threshold_and_rises_like_the_muons_velocity) {
    real threshold = EOT_DIMUON_ANNIHILATION_THRESHOLD;
    cr_expect_eq((double)eot_dimuon_annihilation_xsec(R(0.9999) * threshold), 0.0);
    cr_expect_eq((double)eot_dimuon_annihilation_xsec(R(1.0)), 0.0);
    double near = (double)eot_dimuon_annihilation_xsec(threshold * R(1.001)),
           four = (double)eot_dimuon_annihilation_xsec(threshold * R(1.004));
    cr_expect_float_eq(four / near, 2.0, 0.02); /* sqrt(E - threshold) */
}

Test(SUITE, total_is_the_integral_of_the_differential_cross_section) {
    for (int i = 0; i < N_ENERGY; i++) { /* Simpson's rule is exact: a parabola in cos */
        double E = ENERGY[i];
        double sum = ((double)eot_dimuon_annihilation_dxsec_dcos((real)E, R(-1.0)) +
                      4.0 * (double)eot_dimuon_annihilation_dxsec_dcos((real)E, R(0.0)) +
                      (double)eot_dimuon_annihilation_dxsec_dcos((real)E, R(1.0))) /
                     3.0;
        cr_expect_float_eq(sum / (double)eot_dimuon_annihilation_xsec((real)E), 1.0, EPSILON, "%g GeV: %g", E,
                           sum / (double)eot_dimuon_annihilation_xsec((real)E) - 1.0);
    }
}

Test(SUITE, angles_follow_the_differential_cross_section) {
    for (int i = 0; i < N_ENERGY; i++) {
        real E = (real)ENERGY[i], slope = eot_dimuon_annihilation_at(E).slope;
        double count[N_BIN] = {0}, chi_square = 0.0;
        eot_random g = eot_random_init(0, EOT_STAGE_PROBE, (u32)i, 1, 0);
        for (int n = 0; n < N_SAMPLE; n += 4) {
            eot_u32x4 block = eot_random_block(g);
            g.draw++;
            const u32 word[4] = {block.x, block.y, block.z, block.w};
            for (int k = 0; k < 4; k++) {
                int bin =
                    (int)floor(0.5 * ((double)eot_dimuon_annihilation_cos(slope, eot_uniform(word[k])) + 1.0) * N_BIN);
                count[bin < 0 ? 0 : bin >= N_BIN ? N_BIN - 1 : bin]++;
            }
        }
        for (int b = 0; b < N_BIN; b++) {
            double low = -1.0 + 2.0 * b / N_BIN, high = low + 2.0 / N_BIN, middle = 0.5 * (low + high);
            double want = N_SAMPLE * (high - low) / 6.0 *
                          ((double)eot_dimuon_annihilation_dxsec_dcos(E, (real)low) +
                           4.0 * (double)eot_dimuon_annihilation_dxsec_dcos(E, (real)middle) +
                           (double)eot_dimuon_annihilation_dxsec_dcos(E, (real)high)) /
                          (double)eot_dimuon_annihilation_xsec(E);
            chi_square += (count[b] - want) * (count[b] - want) / want;
        }
        cr_expect_gt(gsl_cdf_chisq_Q(chi_square, N_BIN - 1), 1e-6, "%g GeV: chi2 %g", ENERGY[i], chi_square);
    }
}

Test(SUITE, energy_and_momentum_are_conserved) {
    double m = 0.1056583755, m_e = 0.51099895e-3;
    for (int i = 0; i < N_ENERGY; i++)
        for (int j = 0; j < 1000; j++) {
            double E = (double)(real)ENERGY[i];
            eot_u32x4 block = eot_random_block(eot_random_init((u64)j, EOT_STAGE_PROBE, (u32)i, 2, 0));
            eot_dimuon_annihilation_pair p = eot_dimuon_annihilation_sample((real)E,
                                                                            j == 0   ? R(0.0)
                                                                            : j == 1 ? R(1.0)
                                                                                     : eot_uniform(block.x),
                                                                            eot_uniform(block.y));
            double plus = (double)p.E_plus, minus = (double)p.E_minus, p_plus = sqrt(plus * plus - m * m),
                   p_minus = sqrt(minus * minus - m * m);
            cr_expect_float_eq((plus + minus) / (E + m_e), 1.0, EPSILON);
            cr_expect_float_eq((p_plus * (double)p.plus.z + p_minus * (double)p.minus.z) / sqrt(E * E - m_e * m_e), 1.0,
                               EPSILON, "%g GeV", E);
            cr_expect_float_eq(p_plus * (double)p.plus.x + p_minus * (double)p.minus.x, 0.0, 10.0 * EPSILON);
            cr_expect_float_eq(p_plus * (double)p.plus.y + p_minus * (double)p.minus.y, 0.0, 10.0 * EPSILON);
            cr_expect_leq(hypot((double)p.plus.x, (double)p.plus.y), 0.005);
        }
}
