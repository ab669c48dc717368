/* The muon's cross sections: limits, positivity, and what the formulas must reduce to. In double, as the host
 * integrates them. */
#include <criterion/criterion.h>
#include <criterion/theories.h>
#include <math.h>

#include "eotmc/physics/muon_bremsstrahlung.h"
#include "eotmc/physics/muon_elastic.h"
#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/physics/muon_pair.h"
#include "eotmc/physics/muon_photonuclear.h"

static double pair(double Z, double E, double v, int n) { /* midpoint rule with n points: an independent integration */
    eot_muon_pair_kinematics c = eot_muon_pair_prepare(Z, E, v);
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += eot_muon_pair_integrand(c, c.log_tmin * (i + 0.5) / n);
    return -c.log_tmin * sum / n;
}

static double photonuclear(double Z, double A, double E, double v, int n) {
    eot_muon_photonuclear_kinematics c = eot_muon_photonuclear_prepare(Z, A, E, v);
    double sum = 0.0;
    if (!(c.log_high > c.log_low)) return 0.0;
    for (int i = 0; i < n; i++)
        sum += eot_muon_photonuclear_integrand(c, c.log_low + (c.log_high - c.log_low) * (i + 0.5) / n);
    return (c.log_high - c.log_low) * sum / n;
}

TheoryDataPoints(muon_dcs, cross_sections_are_finite_and_never_negative) = {
    DataPoints(double, 1.0, 6.0, 26.0, 82.0),
    DataPoints(double, 0.107, 0.2, 1.0, 5.0, 100.0, 500.0),
    DataPoints(double, -1.0, 0.0, 1.0e-9, 1.0e-4, 1.0e-2, 0.5, 0.9, 0.999, 1.0 - 1.0e-9, 1.0, 2.0),
};
Theory((double Z, double E, double v), muon_dcs, cross_sections_are_finite_and_never_negative) {
    double A = Z < 2.0 ? 1.008 : 2.2 * Z;
    double s[3] = {eot_muon_brems_dxsec(Z, A, E, v), photonuclear(Z, A, E, v, 50),
                   v > 0.0 && v < 1.0 ? pair(Z, E, v, 50) : 0.0};
    for (int i = 0; i < 3; i++) {
        cr_assert(isfinite(s[i]) && s[i] >= 0.0, "process %d: %g", i, s[i]);
        if (v <= 0.0 || v >= 1.0) cr_assert_eq(s[i], 0.0, "process %d outside its range: %g", i, s[i]);
    }
}

Test(muon_dcs, twelve_gauss_points_are_enough_for_the_asymmetry_of_a_pair) {
    /* Gauss-Legendre with 12 points (Abramowitz and Stegun, table 25.4) against the midpoint rule with 20000 */
    static const double x[6] = {0.125233408511469, 0.367831498998180, 0.587317954286617,
                                0.769902674194305, 0.904117256370475, 0.981560634246719};
    static const double w[6] = {0.249147045813403, 0.233492536538355, 0.203167426723066,
                                0.160078328543346, 0.106939325995318, 0.047175336386512};
    double E[] = {2.0, 10.0, 100.0, 300.0}, v[] = {1.0e-3, 1.0e-2, 0.1, 0.5}, Z[] = {6.0, 82.0};
    for (int i = 0; i < 32; i++) {
        eot_muon_pair_kinematics c = eot_muon_pair_prepare(Z[i % 2], E[i / 8], v[i / 2 % 4]);
        double sum = 0.0;
        if (c.log_tmin == 0.0) continue;
        for (int k = 0; k < 6; k++)
            sum += w[k] * (eot_muon_pair_integrand(c, 0.5 * c.log_tmin * (1.0 - x[k])) +
                           eot_muon_pair_integrand(c, 0.5 * c.log_tmin * (1.0 + x[k])));
        double gauss = -0.5 * c.log_tmin * sum, exact = pair(Z[i % 2], E[i / 8], v[i / 2 % 4], 20000);
        cr_expect_float_eq(gauss / exact, 1.0, 5.0e-3, "Z %g, E %g, v %g: %g, exact %g", Z[i % 2], E[i / 8],
                           v[i / 2 % 4], gauss, exact);
    }
}

Test(muon_dcs, twelve_gauss_points_are_enough_for_the_momentum_transfer_of_a_photonuclear_reaction) {
    static const double x[6] = {0.125233408511469, 0.367831498998180, 0.587317954286617,
                                0.769902674194305, 0.904117256370475, 0.981560634246719};
    static const double w[6] = {0.249147045813403, 0.233492536538355, 0.203167426723066,
                                0.160078328543346, 0.106939325995318, 0.047175336386512};
    double E[] = {2.0, 10.0, 100.0, 300.0}, v[] = {0.02, 0.1, 0.3, 0.7}, Z[] = {6.0, 82.0};
    for (int i = 0; i < 32; i++) {
        double A = i % 2 ? 207.2 : 12.011;
        eot_muon_photonuclear_kinematics c = eot_muon_photonuclear_prepare(Z[i % 2], A, E[i / 8], v[i / 2 % 4]);
        if (!(c.log_high > c.log_low)) continue;
        double sum = 0.0, half = 0.5 * (c.log_high - c.log_low), middle = 0.5 * (c.log_high + c.log_low);
        for (int k = 0; k < 6; k++)
            sum += w[k] * (eot_muon_photonuclear_integrand(c, middle - half * x[k]) +
                           eot_muon_photonuclear_integrand(c, middle + half * x[k]));
        double exact = photonuclear(Z[i % 2], A, E[i / 8], v[i / 2 % 4], 20000);
        cr_expect_float_eq(half * sum / exact, 1.0, 5.0e-3, "Z %g, E %g, v %g: %g, exact %g", Z[i % 2], E[i / 8],
                           v[i / 2 % 4], half * sum, exact);
    }
}

/* Real photons: sigma_gamma p = lim 4 pi^2 alpha F2/Q^2; 115 to 118 microbarn from 20 to 200 GeV (D. O. Caldwell et
 * al., Phys. Rev. Lett. 40 (1978) 1222), 5 %. */
Test(muon_dcs, structure_function_gives_photoproduction_at_small_q2) {
    double nu[] = {20.0, 50.0, 100.0, 180.0};
    for (int i = 0; i < 4; i++) {
        double Q2 = 1.0e-5, x = Q2 / (2.0 * EOT_M_PROTON * nu[i]);
        double sigma = 4.0 * EOT_PI * EOT_PI * EOT_ALPHA * 389.379 * eot_proton_f2(x, Q2) / Q2;
        cr_expect_float_eq(sigma, 116.0, 6.0, "%g GeV: %g microbarn", nu[i], sigma);
    }
}

Test(muon_dcs, the_largest_transfer_has_its_limits) {
    cr_expect_float_eq(eot_muon_largest_transfer(1.0e-3) / (2.0 * EOT_M_ELECTRON * 2.0e-3 / EOT_M_MUON), 1.0, 0.03,
                       "slow: 2 m_e beta^2 gamma^2");
    cr_expect_float_eq(eot_muon_largest_transfer(1.0e4) / 1.0e4, 1.0, 2.0e-3, "fast: the whole energy");
    /* elastic kinematics at 10 GeV: the electron that takes the most goes forward, so 2 p (p + p') terms balance;
     * energy and momentum conserved exactly */
    double T = 10.0, W = eot_muon_largest_transfer(T), p = sqrt(T * (T + 2.0 * EOT_M_MUON)),
           pe = sqrt(W * (W + 2.0 * EOT_M_ELECTRON));
    double after = T - W, pa = sqrt(after * (after + 2.0 * EOT_M_MUON));
    cr_expect_float_eq(p - pe, pa, 1.0e-9, "momentum %g, electron %g, muon after %g", p, pe, pa);
}

Test(muon_dcs, form_factor_is_1_at_rest_and_falls_as_the_charge_radius_says) {
    /* F = 1 - q^2 <r^2>/6; radii from H. de Vries, C. W. de Jager, C. de Vries, At. Data Nucl. Data Tables 36 (1987)
     * 495 */
    struct {
        double Z, A, radius;
    } row[] = {{1.0, 1.008, 0.81}, {6.0, 12.011, 2.47}, {26.0, 55.845, 3.74}, {82.0, 207.2, 5.50}};
    for (int i = 0; i < 4; i++) {
        double q = 5.0e-3, f2 = eot_nuclear_form_factor2(q * q, row[i].Z, row[i].A);
        double radius = sqrt(3.0 * (1.0 - f2)) / q * 0.1973269804;
        cr_expect_float_eq(eot_nuclear_form_factor2(0.0, row[i].Z, row[i].A), 1.0, 1.0e-12);
        cr_expect_float_eq(radius / row[i].radius, 1.0, 0.05, "Z %g: radius %g fm, measured %g", row[i].Z, radius,
                           row[i].radius);
    }
}

Test(muon_dcs, elastic_scattering_has_molieres_constants) {
    /* chi_c^2 of iron, Z (Z + 1) form: 0.157 Z (Z + 1)/A x/(p beta)^2 [MeV^2 cm2/g]: H. A. Bethe, Phys. Rev. 89 (1953)
     * 1256, eq. 10 */
    double rutherford =
        EOT_AVOGADRO / 55.845 * 4.0 * EOT_PI * EOT_ALPHA * EOT_ALPHA * EOT_HBARC * EOT_HBARC * 26.0 * 27.0;
    cr_expect_float_eq(rutherford * 1.0e6 / (0.157 * 26.0 * 27.0 / 55.845), 1.0, 0.01, "%g", rutherford);
    /* screening from the Bohr radius 5.29177e-9 cm: chi_a^2 = (hbar/(p 0.885 a_0 Z^-1/3))^2 (1.13 + 3.76 (Z/137)^2),
     * his eq. 21 */
    double atom = 0.885 * 5.29177e-9 / cbrt(26.0),
           want = 1.973269804e-14 / atom * sqrt(1.13 + 3.76 * 26.0 * 26.0 / (137.0 * 137.0));
    cr_expect_float_eq(sqrt(eot_screening_momentum2(26.0, 1.0)) / want, 1.0, 2.0e-3, "%g GeV, %g",
                       sqrt(eot_screening_momentum2(26.0, 1.0)), want);
}
