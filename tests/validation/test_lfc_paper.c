/* What the NA64 paper on e N -> mu N phi says about its approximations, against the exact tree level: where it holds,
 * and where it does not. Lead, e -> mu. Expected values: an independent high-precision evaluation, quoted to the digits
 * that the tolerances here follow from. */
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/base/constants.h"
#include "physics/lfc/lfc.h"

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(lfc_paper, .init = setup);

static struct eot_lfc_reaction lead(double m_phi) {
    return (struct eot_lfc_reaction){EOT_LFC_E2MU, m_phi, 1e-4, 82.0, 207.0, EOT_LFC_SAMPLER_EXACT};
}

static double total(double m_phi, enum eot_lfc_method method, enum eot_lfc_side side, double E, double theta_max,
                    double psi_max) {
    struct eot_lfc_reaction r = lead(m_phi);
    struct eot_lfc_options options = {.theta_max = theta_max, .psi_max = psi_max, .tolerance = 1e-5};
    struct eot_lfc_value value;
    struct eot_error err;
    cr_assert_eq(eot_lfc_total(&r, method, side, E, &options, &value, &err), EOT_OK, "%s", err.text);
    return value.value;
}
static double differential(double m_phi, enum eot_lfc_method method, double E, double x) {
    struct eot_lfc_reaction r = lead(m_phi);
    struct eot_lfc_value value;
    struct eot_error err;
    cr_assert_eq(eot_lfc_differential(&r, method, EOT_LFC_PHI, E, x, NULL, &value, &err), EOT_OK, "%s", err.text);
    return value.value;
}
static double psi_density(double m_phi, enum eot_lfc_method method, double E, double psi) {
    struct eot_lfc_reaction r = lead(m_phi);
    struct eot_lfc_options options = {.tolerance = 1e-5};
    struct eot_lfc_value value;
    struct eot_error err;
    cr_assert_eq(eot_lfc_angular(&r, method, EOT_LFC_LEPTON, E, psi, &options, &value, &err), EOT_OK, "%s", err.text);
    return value.value;
}

#define NEAR(got, want, tolerance, what, m, E) \
    cr_expect(fabs((got) - (want)) <= (tolerance), "%s at m_phi = %g, E = %g: %.5f, expected %g", what, m, E, got, \
              (double)(want))

struct ratio_row {
    double m_phi, E, want, tolerance;
};

Test(lfc_paper, ww_totals_hold_to_two_per_cent_above_50_GeV_and_not_below) {
    const struct ratio_row row[] = {
        {0.11, 100, 0.9988, 1e-4}, {0.2, 100, 1.0065, 1e-4}, {0.5, 100, 1.0096, 1e-4}, {1, 100, 1.0132, 1e-4},
        {3, 100, 1.0137, 1e-4},    {0.5, 10, 1.032, 6e-4},   {0.5, 20, 1.023, 6e-4},   {0.5, 50, 1.014, 6e-4},
        {1, 10, 1.015, 6e-4},      {1, 20, 1.024, 6e-4},     {1, 50, 1.019, 6e-4},     {1, 100, 1.013, 6e-4},
        {1, 150, 1.011, 6e-4},     {1, 160, 1.010, 6e-4},    {3, 10, 1.42, 6e-3},      {3, 20, 1.092, 6e-4},
        {3, 50, 1.0136, 1e-4},     {3, 150, 1.0142, 1e-4},   {3, 160, 1.0141, 1e-4},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double got = total(row[i].m_phi, EOT_LFC_WW, EOT_LFC_PHI, row[i].E, 0, 0) /
                     total(row[i].m_phi, EOT_LFC_ETL, EOT_LFC_PHI, row[i].E, 0, 0);
        NEAR(got, row[i].want, row[i].tolerance, "WW/ETL", row[i].m_phi, row[i].E);
        if (row[i].E >= 50 && row[i].m_phi <= 1) cr_expect(fabs(got - 1) < 0.02);
    }
}

Test(lfc_paper, iww_totals_are_too_large_by_2_to_3_at_100_GeV) {
    const struct ratio_row row[] = {{0.11, 100, 2.109, 6e-4},
                                    {0.2, 100, 2.087, 6e-4},
                                    {0.5, 100, 2.305, 6e-4},
                                    {1, 100, 2.900, 6e-4},
                                    {3, 100, 5.56, 6e-3}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        NEAR(total(row[i].m_phi, EOT_LFC_IWW, EOT_LFC_PHI, row[i].E, 0, 0) /
                 total(row[i].m_phi, EOT_LFC_ETL, EOT_LFC_PHI, row[i].E, 0, 0),
             row[i].want, row[i].tolerance, "IWW/ETL", row[i].m_phi, row[i].E);
}

Test(lfc_paper, ww_in_x_holds_in_the_bulk_and_fails_at_the_edges) {
    const struct ratio_row row[] = {/* the share of the cross section where WW dsigma/dx is within 2 %, 100 GeV */
                                    {0.11, 100, 0.998, 0},
                                    {0.2, 100, 0.966, 0},
                                    {0.5, 100, 0.897, 0},
                                    {1, 100, 0.859, 0},
                                    {3, 100, 0.945, 0}};
    enum { N = 600 };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double m = row[i].m_phi, sum = 0, within = 0, low = m / 100, high = 1 - EOT_M_MUON / 100;
        for (int j = 0; j < N; j++) { /* 1-x on a logarithmic scale in the upper half */
            double a = (j + 0.5) / N, x = 1 - (1 - high) * pow((1 - low) / (1 - high), a), weight = (1 - x);
            double etl = differential(m, EOT_LFC_ETL, 100, x), ww = differential(m, EOT_LFC_WW, 100, x);
            sum += weight * etl;
            if (fabs(ww / etl - 1) < 0.02) within += weight * etl;
        }
        NEAR(within / sum, row[i].want, 0.02, "share within 2 %", m,
             100.0); /* 0.02: the reference has the crossing of 2 % to 1e-3 in x, where 2 % of the muons are */
    }
    NEAR(differential(1, EOT_LFC_WW, 100, 0.1) / differential(1, EOT_LFC_ETL, 100, 0.1), 0.96, 6e-3,
         "WW/ETL at x = 0.1", 1.0, 100.0);
    NEAR(differential(1, EOT_LFC_WW, 100, 0.05) / differential(1, EOT_LFC_ETL, 100, 0.05), 0.73, 6e-3,
         "WW/ETL at x = 0.05", 1.0, 100.0);
    NEAR(differential(0.11, EOT_LFC_WW, 100, 0.99) / differential(0.11, EOT_LFC_ETL, 100, 0.99), 1.009, 6e-4,
         "WW/ETL at x = 0.99", 0.11, 100.0);
    NEAR(differential(0.5, EOT_LFC_WW, 100, 0.99) / differential(0.5, EOT_LFC_ETL, 100, 0.99), 1.034, 6e-4,
         "WW/ETL at x = 0.99", 0.5, 100.0);
}

/* Place of the largest value of f between low and high, by golden section on a logarithmic scale. */
static double peak_of(double (*f)(double m_phi, enum eot_lfc_method method, double E, double place), double m_phi,
                      enum eot_lfc_method method, double low, double high) {
    const double golden = 0.6180339887498949;
    double a = log(low), b = log(high), c = b - golden * (b - a), d = a + golden * (b - a);
    while (b - a > 1e-4) {
        if (f(m_phi, method, 100, exp(c)) > f(m_phi, method, 100, exp(d)))
            b = d;
        else
            a = c;
        c = b - golden * (b - a);
        d = a + golden * (b - a);
    }
    return exp(0.5 * (a + b));
}

Test(lfc_paper, the_angle_of_the_muon_peaks_near_m_phi_over_E) {
    const struct ratio_row row[] = {{0.11, 100, 1.50, 0}, {0.2, 100, 1.21, 0}, {0.5, 100, 1.05, 0},
                                    {0.7, 100, 1.05, 0},  {1, 100, 1.03, 0},   {3, 100, 0.99, 0}};
    const double grid = 0.025; /* step of the reference's scan in psi */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double m = row[i].m_phi, scale = m / 100;
        double exact = peak_of(psi_density, m, EOT_LFC_ETL, 0.3 * scale, 5 * scale) / scale,
               ww = peak_of(psi_density, m, EOT_LFC_WW, 0.3 * scale, 5 * scale) / scale;
        NEAR(exact, row[i].want, grid, "peak psi E/m", m, 100.0);
        cr_expect(fabs(ww / exact - 1) < 0.05, "WW peak %.3f, exact %.3f", ww, exact);
    }
    NEAR(peak_of(psi_density, 3, EOT_LFC_IWW, 0.01, 0.2) * 100 / 3, 1.32, grid, "IWW peak psi E/m", 3.0, 100.0);
}

Test(lfc_paper, x_peaks_towards_1_as_the_mass_grows) {
    const struct ratio_row row[] = {{0.11, 100, 0.904, 3e-3},
                                    {0.2, 100, 0.940, 3e-3},
                                    {0.5, 100, 0.979, 1e-3},
                                    {1, 100, 0.990, 1e-3},
                                    {3, 100, 0.997, 1e-3}}; /* 3e-3: flat to 1e-4 */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        NEAR(peak_of(differential, row[i].m_phi, EOT_LFC_ETL, 0.5, 0.9989), row[i].want, row[i].tolerance, "peak x",
             row[i].m_phi, 100.0);
}

Test(lfc_paper, the_limits_of_the_angles_cut_little_at_100_GeV_and_much_in_a_shower) {
    const struct ratio_row psi[] = {/* share of the cross section beyond psi = 0.3 */
                                    {0.11, 100, 3e-4, 0.6e-4}, {0.5, 100, 2e-3, 6e-4}, {1, 100, 8e-3, 6e-4},
                                    {3, 100, 0.087, 6e-4},     {0.11, 20, 3e-3, 6e-4}, {0.5, 20, 0.02, 6e-3},
                                    {1, 20, 0.09, 6e-3},       {3, 20, 0.59, 6e-3},    {0.11, 10, 7e-3, 6e-4},
                                    {0.5, 10, 0.06, 6e-3},     {1, 10, 0.24, 6e-3},    {3, 10, 0.85, 6e-3}};
    for (size_t i = 0; i < sizeof psi / sizeof psi[0]; i++)
        NEAR(1 - total(psi[i].m_phi, EOT_LFC_ETL, EOT_LFC_LEPTON, psi[i].E, 0, 0.3) /
                     total(psi[i].m_phi, EOT_LFC_ETL, EOT_LFC_LEPTON, psi[i].E, 0, 0),
             psi[i].want, psi[i].tolerance, "beyond psi = 0.3", psi[i].m_phi, psi[i].E);
    const struct ratio_row theta[] = {{0.11, 10, 7e-4, 0.6e-4},
                                      {0.5, 10, 9e-4, 0.6e-4},
                                      {1, 10, 2e-3, 6e-4},
                                      {3, 10, 0.11, 6e-3}}; /* beyond theta = 0.1 */
    for (size_t i = 0; i < sizeof theta / sizeof theta[0]; i++)
        NEAR(1 - total(theta[i].m_phi, EOT_LFC_ETL, EOT_LFC_PHI, theta[i].E, 0.1, 0) /
                     total(theta[i].m_phi, EOT_LFC_ETL, EOT_LFC_PHI, theta[i].E, 0, 0),
             theta[i].want, theta[i].tolerance + 2e-5, "beyond theta = 0.1", theta[i].m_phi, theta[i].E);
    const struct ratio_row ww[] = {{0.11, 100, 0.9996, 1e-4},
                                   {0.2, 100, 0.9991, 1e-4},
                                   {0.5, 100, 0.9967, 1e-4},
                                   {1, 100, 0.9890, 1e-4},
                                   {3, 100, 0.917, 6e-4}}; /* WW over y/over x */
    for (size_t i = 0; i < sizeof ww / sizeof ww[0]; i++)
        NEAR(total(ww[i].m_phi, EOT_LFC_WW, EOT_LFC_LEPTON, 100, 0, 0) /
                 total(ww[i].m_phi, EOT_LFC_WW, EOT_LFC_PHI, 100, 0, 0),
             ww[i].want, ww[i].tolerance, "WW over y / over x", ww[i].m_phi, 100.0);
}

static double x_function(double s, void *arguments) { /* 1-x = (1-high) + ... on a smooth scale in s */
    const double *a = arguments;
    return differential(a[0], EOT_LFC_ETL, 100, 1 - a[1] * exp(s)) * a[1] * exp(s);
}

Test(lfc_paper, most_muons_are_soft) {
    const struct ratio_row row[] = {{0.11, 100, 0.16, 6e-3},
                                    {0.5, 100, 0.47, 6e-3},
                                    {1, 100, 0.62, 6e-3},
                                    {3, 100, 0.79, 6e-3}}; /* share with E_mu < 7.5 GeV */
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(200);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double a[2] = {row[i].m_phi, EOT_M_MUON / 100}, soft, error;
        gsl_function f = {x_function, a};
        gsl_integration_qag(&f, 0.0, log(0.075 / a[1]), 0.0, 1e-4, 200, GSL_INTEG_GAUSS21, workspace, &soft, &error);
        NEAR(soft / total(row[i].m_phi, EOT_LFC_ETL, EOT_LFC_PHI, 100, 0, 0), row[i].want, row[i].tolerance,
             "share below 7.5 GeV", row[i].m_phi, 100.0);
    }
    gsl_integration_workspace_free(workspace);
}

Test(lfc_paper, the_gm2_band_meets_h_of_7e_4_only_below_160_MeV) {
    struct eot_error err;
    const double h = 7e-4, delta_a = 251e-11, sigma = 59e-11;
    const struct ratio_row row[] = {{0.156, 0, -3, 0.02},
                                    {0.117, 0, 0, 0.15},
                                    {0.110, 0, 3, 0.25}}; /* mass, -, sigmas where h is; half an MeV of the mass */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct eot_lfc_value value;
        cr_assert_eq(eot_lfc_gm2(row[i].m_phi, &value, &err), EOT_OK, "%s", err.text);
        NEAR((h * h * value.value - delta_a) / sigma, row[i].want, row[i].tolerance, "sigmas of h = 7e-4", row[i].m_phi,
             0.0);
    }
    struct eot_lfc_value value;
    cr_assert_eq(eot_lfc_gm2(0.2, &value, &err), EOT_OK);
    cr_expect(h < 0.8 * sqrt((delta_a - 3 * sigma) / value.value), "h = 7e-4 lies in the band at 0.2 GeV");
}
