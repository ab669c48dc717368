/* Masses, nuclei, energies and angles that the reference tables do not hold: next to threshold, light nuclei, 3 GeV at
 * 10 GeV, mu -> e near the muon pole. Totals: the fast rules against nested adaptive integration without truncation
 * (itself checked by the integrals over x and over y agreeing). Differentials: against a dense rule, and against each
 * other. */
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/physics/lfc.h"
#include "physics/lfc/lfc.h"

static const double TOLERANCE = 1e-4, TOLERANCE_DOUBLE_TAIL = 1e-3, TAIL = 1e-6;
static const double NUCLEUS[][2] = {{82, 207}, {26, 56}, {6, 12}, {1, 1}};
static const struct eot_lfc_options DEFAULT = {0}, REFERENCE = {.tolerance = 1e-6, .reference = 1};

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(lfc_adaptive, .init = setup);

static double threshold_of(const struct eot_lfc_reaction *r) {
    struct eot_error err;
    double threshold;
    cr_assert_eq(eot_lfc_threshold_energy(r, &threshold, &err), EOT_OK, "%s", err.text);
    return threshold;
}

static void totals(enum eot_lfc_process process, double m_phi) {
    const double ratio[] = {1.001, 1.02, 1.3}, energy[] = {10.0, 100.0, 300.0, 500.0}, consistent = 2e-6;
    for (int i_nucleus = 0; i_nucleus < 4; i_nucleus++) {
        struct eot_lfc_reaction r = {
            process, m_phi, 1e-4, NUCLEUS[i_nucleus][0], NUCLEUS[i_nucleus][1], EOT_LFC_SAMPLER_EXACT};
        for (int i = 0; i < 7; i++) {
            double E = i < 3 ? ratio[i] * threshold_of(&r) : energy[i - 3];
            struct eot_lfc_value fast[2], slow[2];
            struct eot_error err;
            for (int side = 0; side < 2; side++) {
                cr_assert_eq(eot_lfc_total(&r, EOT_LFC_ETL, (enum eot_lfc_side)side, E, &REFERENCE, &slow[side], &err),
                             EOT_OK, "%s", err.text);
                cr_assert_eq(eot_lfc_total(&r, EOT_LFC_ETL, (enum eot_lfc_side)side, E, &DEFAULT, &fast[side], &err),
                             EOT_OK, "%s", err.text);
                cr_expect(fabs(fast[side].value - slow[side].value) <= TOLERANCE * slow[side].value,
                          "m_phi = %g, Z = %g, E = %.9g, side %d: %.9e, adaptive %.9e, relative %.1e", m_phi, r.Z, E,
                          side, fast[side].value, slow[side].value, fast[side].value / slow[side].value - 1.0);
            }
            cr_expect(fabs(slow[1].value - slow[0].value) <= consistent * slow[0].value,
                      "m_phi = %g, Z = %g, E = %.9g: over x %.9e, over y %.9e", m_phi, r.Z, E, slow[0].value,
                      slow[1].value);
        }
    }
}
Test(lfc_adaptive, totals_e2mu_0106) { totals(EOT_LFC_E2MU, 0.106); }
Test(lfc_adaptive, totals_e2mu_02) { totals(EOT_LFC_E2MU, 0.2); }
Test(lfc_adaptive, totals_e2mu_1) { totals(EOT_LFC_E2MU, 1.0); }
Test(lfc_adaptive, totals_e2mu_3) { totals(EOT_LFC_E2MU, 3.0); }
Test(lfc_adaptive, totals_mu2e_011) { totals(EOT_LFC_MU2E, 0.11); }
Test(lfc_adaptive, totals_mu2e_02) { totals(EOT_LFC_MU2E, 0.2); }
Test(lfc_adaptive, totals_mu2e_1) { totals(EOT_LFC_MU2E, 1.0); }
Test(lfc_adaptive, totals_mu2e_3) { totals(EOT_LFC_MU2E, 3.0); }

/* The double differential by a composite rule of its own: ln t in cells that shrink geometrically towards both limits
 * and both minima of r^2. */
static double double_dense(const eot_lfc_system *n, int side, double E, double E_x, double angle, double h) {
    enum { N_CELL = 250 };
    static const double NODE[3] = {-0.7745966692414834, 0.0, 0.7745966692414834},
                        WEIGHT[3] = {5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0};
    const double finest = 1e-6; /* width of the narrowest cells, about */
    double m_fixed = side == 0 ? n->m_phi : n->m_f, m_rest = side == 0 ? n->m_f : n->m_phi, sine = sin(0.5 * angle);
    eot_lfc_point g =
        eot_lfc_point_from(*n, E, E_x, eot_lfc_Q0(*n, E, E_x, m_fixed, m_rest), 2.0 * sine * sine, m_fixed, m_rest);
    if (!(g.t_max > g.t_min)) return 0.0;
    double a[2] = {g.a0, g.a0_other}, slope[2] = {g.a1, g.a1_other}, edge[4] = {g.t_min, g.t_min, g.t_max, g.t_max},
           sum = 0.0;
    for (int i = 0; i < 1 + side; i++) {
        double c = (0.5 * g.B * (g.t_min + g.t_max) - a[i] * slope[i]) / (slope[i] * slope[i] + g.B);
        edge[1 + i] = fmin(fmax(c, g.t_min), g.t_max);
    }
    if (edge[1] > edge[2]) {
        double c = edge[1];
        edge[1] = edge[2];
        edge[2] = c;
    }
    for (int i_part = 0; i_part < 6; i_part++) { /* each interval from both of its ends to its middle */
        double from = edge[(i_part + 1) / 2], other = i_part % 2 == 0 ? edge[i_part / 2 + 1] : edge[i_part / 2];
        double end = 0.5 * log(other / from), k = log(fabs(end) / finest + 1.0);
        for (int i = 0; i < N_CELL; i++)
            for (int j = 0; j < 3; j++) {
                double v = (i + 0.5 + 0.5 * NODE[j]) / N_CELL * k;
                double t = from * exp((end < 0.0 ? -finest : finest) * expm1(v)),
                       jacobian = finest * exp(v) * k / N_CELL * 0.5 * WEIGHT[j];
                double amplitude = side == 0 ? eot_lfc_amplitude_x(*n, g, t) : eot_lfc_amplitude_y(*n, g, t);
                sum += jacobian * t * amplitude * eot_lfc_form_factor(*n, t);
            }
    }
    return sum * eot_lfc_prefactor(*n, g, h, sqrt((E_x - m_fixed) * (E_x + m_fixed))) * EOT_PB_PER_GEV2;
}

struct angle_arguments {
    const struct eot_lfc_reaction *reaction;
    int side;
    double E, fraction, w_end;
};
static double angle_function(double v,
                             void *arguments) { /* w = 1 - cos = w_end exp(-v^2): no square root at the largest angle */
    struct angle_arguments *a = arguments;
    struct eot_lfc_value value;
    struct eot_error err;
    double w = a->w_end * exp(-v * v);
    cr_assert_eq(eot_lfc_double_differential(a->reaction, EOT_LFC_ETL, (enum eot_lfc_side)a->side,
                                             (struct eot_lfc_place){a->E, a->fraction, 2.0 * asin(sqrt(0.5 * w))},
                                             &DEFAULT, &value, &err),
                 EOT_OK, "%s", err.text);
    return 2.0 * v * w * value.value;
}

/* Double differentials over the whole ranges of energy share and angle against the dense rule; single differentials
 * against the angular integral of the double. */
static void differentials(enum eot_lfc_process process, double m_phi) {
    const double share[] = {0.002, 0.03, 0.2, 0.5, 0.8, 0.97, 0.999}, angle_scale[] = {0.0, 0.5, 3.0, 20.0},
                 angle_fixed[] = {0.3, 1.6, 3.0};
    enum { N_SHARE = 7, N_ANGLE = 7 };
    const double energy[] = {0.0, 10.0, 160.0}; /* 0: 1.001 of threshold */
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(200);
    for (int i_nucleus = 0; i_nucleus < 4; i_nucleus++)
        for (int i_energy = 0; i_energy < 3; i_energy++)
            for (int side = 0; side < 2; side++) {
                struct eot_lfc_reaction r = {
                    process, m_phi, 1e-4, NUCLEUS[i_nucleus][0], NUCLEUS[i_nucleus][1], EOT_LFC_SAMPLER_EXACT};
                double E = i_energy == 0 ? 1.001 * threshold_of(&r) : energy[i_energy];
                if (E <= threshold_of(&r)) continue;
                double m_i, m_f;
                eot_lfc_masses(process, &m_i, &m_f);
                eot_lfc_system n = eot_lfc_system_from(m_i, m_f, m_phi, r.Z, r.A);
                eot_lfc_range range =
                    side == 0 ? eot_lfc_energy_range(n, E, m_phi, m_f) : eot_lfc_energy_range(n, E, m_f, m_phi);
                double fast[N_SHARE][N_ANGLE], slow[N_SHARE][N_ANGLE], peak = 0.0;
                struct eot_lfc_value value;
                struct eot_error err;
                for (int i = 0; i < N_SHARE; i++) {
                    double fraction = (range.low + share[i] * (range.high - range.low)) / E;
                    for (int j = 0; j < N_ANGLE; j++) {
                        double angle = j < 4 ? fmin(angle_scale[j] * m_phi / E, 2.5) : angle_fixed[j - 4];
                        slow[i][j] = double_dense(&n, side, E, fraction * E, angle, r.coupling);
                        cr_assert_eq(eot_lfc_double_differential(&r, EOT_LFC_ETL, (enum eot_lfc_side)side,
                                                                 (struct eot_lfc_place){E, fraction, angle}, &DEFAULT,
                                                                 &value, &err),
                                     EOT_OK, "%s", err.text);
                        fast[i][j] = value.value;
                        peak = fmax(peak, slow[i][j]);
                    }
                    cr_assert_eq(eot_lfc_differential(&r, EOT_LFC_ETL, (enum eot_lfc_side)side, E, fraction, &DEFAULT,
                                                      &value, &err),
                                 EOT_OK, "%s", err.text);
                    double m_fixed = side == 0 ? m_phi : m_f, m_rest = side == 0 ? m_f : m_phi, E_x = fraction * E;
                    double spare = eot_lfc_Q_recoil(n, E, E_x, m_rest) - eot_lfc_Q0(n, E, E_x, m_fixed, m_rest);
                    struct angle_arguments a = {
                        &r, side, E, fraction,
                        fmin(2.0, spare / (2.0 * sqrt((E - m_i) * (E + m_i) * (E_x - m_fixed) * (E_x + m_fixed))))};
                    gsl_function f = {angle_function, &a};
                    double low = 1e-9 * fmin(eot_lfc_square(m_phi / E), a.w_end), sum,
                           error; /* below: flat in w, less than 1e-8 of the whole */
                    gsl_integration_qag(&f, 0.0, sqrt(log(a.w_end / low)), 0.0, 1e-5, 200, GSL_INTEG_GAUSS15, workspace,
                                        &sum, &error);
                    cr_expect(fabs(value.value - sum) <= TOLERANCE * sum,
                              "m_phi = %g, Z = %g, E = %.9g, side %d, share %g: %.9e, integral of the double %.9e, "
                              "relative %.1e",
                              m_phi, r.Z, E, side, share[i], value.value, sum, value.value / sum - 1.0);
                }
                for (int i = 0; i < N_SHARE; i++)
                    for (int j = 0; j < N_ANGLE; j++) {
                        double want = slow[i][j], got = fast[i][j],
                               tolerance = want > TAIL * peak ? TOLERANCE : TOLERANCE_DOUBLE_TAIL;
                        cr_expect(fabs(got - want) <= tolerance * want,
                                  "m_phi = %g, Z = %g, E = %.9g, side %d, share %g, angle number %d: %.9e, dense rule "
                                  "%.9e, relative %.1e",
                                  m_phi, r.Z, E, side, share[i], j, got, want, got / want - 1.0);
                    }
            }
    gsl_integration_workspace_free(workspace);
}
Test(lfc_adaptive, differentials_e2mu_0106) { differentials(EOT_LFC_E2MU, 0.106); }
Test(lfc_adaptive, differentials_e2mu_02) { differentials(EOT_LFC_E2MU, 0.2); }
Test(lfc_adaptive, differentials_e2mu_1) { differentials(EOT_LFC_E2MU, 1.0); }
Test(lfc_adaptive, differentials_e2mu_3) { differentials(EOT_LFC_E2MU, 3.0); }
Test(lfc_adaptive, differentials_mu2e_011) { differentials(EOT_LFC_MU2E, 0.11); }
Test(lfc_adaptive, differentials_mu2e_02) { differentials(EOT_LFC_MU2E, 0.2); }
Test(lfc_adaptive, differentials_mu2e_1) { differentials(EOT_LFC_MU2E, 1.0); }
Test(lfc_adaptive, differentials_mu2e_3) { differentials(EOT_LFC_MU2E, 3.0); }
