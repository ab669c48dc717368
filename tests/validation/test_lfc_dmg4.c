/* physics.lfc_sampler = dmg4: how much softer muons are than those of the exact distribution, against an independent
 * evaluation; the cross section above and below the energy where its factor K is clamped; phi along the beam. */
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "physics/lfc/dmg4.h"
#include "physics/lfc/transport.h"

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(lfc_dmg4, .init = setup);

static struct eot_lfc_reaction lead(double m_phi, enum eot_lfc_sampler sampler) {
    return (struct eot_lfc_reaction){EOT_LFC_E2MU, m_phi, 1e-4, 82, 207, sampler};
}

/* P(E_mu > 10 GeV) at 100 GeV on lead by the quantiles of the tables. */
static double hard_share(double m_phi, enum eot_lfc_sampler sampler) {
    struct eot_error err;
    struct eot_f32_table table = {0};
    struct eot_lfc_material material = {1, {eot_lfc_nuclide_from_mass(82, 207, 11.35, 1.0)}};
    struct eot_lfc_reaction reaction = lead(m_phi, sampler);
    eot_lfc_table descriptor;
    cr_assert_eq(eot_lfc_tables_create(&reaction, 110.0, &material, 1, &table, &descriptor, NULL, &err), EOT_OK, "%s",
                 err.text);
    enum { N = 100000 };
    int n = 0;
    for (int i = 0; i < N; i++)
        n += eot_lfc_sample(table.value, descriptor, R(100.0), (real)(i + 0.5) / (real)N, R(0.5)).E_f > R(10.0);
    eot_f32_table_free(&table);
    return (double)n / N;
}

Test(lfc_dmg4, muons_are_as_soft_as_without_the_jacobian) {
    /* Of WW drawn rightly and without y psi, by an independent Monte Carlo to about 1.5e-3; the exact tree level has a
     * share that is 1 % larger than WW's. */
    const struct { double m_phi, right, dmg4; } row[] = {{0.5, 0.425, 0.312}, {1.0, 0.288, 0.159}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double exact = hard_share(row[i].m_phi, EOT_LFC_SAMPLER_EXACT),
               dmg4 = hard_share(row[i].m_phi, EOT_LFC_SAMPLER_DMG4);
        cr_expect(fabs(exact - row[i].right) < 4e-3, "exact, m_phi = %g: %.4f", row[i].m_phi, exact);
        cr_expect(fabs(dmg4 - row[i].dmg4) < 2e-3, "dmg4, m_phi = %g: %.4f", row[i].m_phi, dmg4);
    }
}

Test(lfc_dmg4, the_cross_section_is_exact_above_20_GeV_and_too_large_below) {
    struct eot_error err;
    struct eot_lfc_reaction r = lead(0.5, EOT_LFC_SAMPLER_DMG4);
    struct eot_lfc_value dmg4, exact, near;
    const double above[] = {20, 50, 100}, below[] = {15, 10, 5};
    double last = 1.0;
    for (size_t i = 0; i < sizeof above / sizeof above[0]; i++) {
        cr_assert_eq(eot_lfc_dmg4_total(&r, above[i], &dmg4, &err), EOT_OK);
        cr_assert_eq(eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, above[i], NULL, &exact, &err), EOT_OK);
        cr_expect_eq(dmg4.value, exact.value);
    }
    cr_assert_eq(eot_lfc_dmg4_total(&r, 19.999999, &near, &err), EOT_OK);
    cr_assert_eq(eot_lfc_dmg4_total(&r, 20.0, &dmg4, &err), EOT_OK);
    cr_expect(fabs(near.value / dmg4.value - 1.0) < 1e-4, "a step of %g at 20 GeV", near.value / dmg4.value - 1.0);
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
        cr_assert_eq(eot_lfc_dmg4_total(&r, below[i], &dmg4, &err), EOT_OK);
        cr_assert_eq(eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, below[i], NULL, &exact, &err), EOT_OK);
        cr_expect(dmg4.value / exact.value > last, "ratio %.3f at %g GeV", dmg4.value / exact.value, below[i]);
        last = dmg4.value / exact.value;
    }
}

Test(lfc_dmg4, phi_goes_along_the_beam_and_momentum_is_kept) {
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 0.5, 82.0, 207.0);
    struct eot_lfc_state state = {
        .E = 80.0, .direction = {0.01, -0.02, 1.0}, .E_f = 12.0, .versine = 1e-4, .turn = 0.3};
    eot_lfc_recoil_sample(n, &state, (const double[3]){0.3, 0.6, 0.2});
    struct eot_lfc_momenta m = eot_lfc_momenta_of(n, &state);
    eot_lfc_dmg4_momenta(n, &m);
    double cross = 0.0, size = 0.0;
    for (int i = 1; i < 4; i++) {
        int j = i % 3 + 1;
        cross = fmax(cross, fabs(m.phi[i] * m.lepton[j] - m.phi[j] * m.lepton[i]));
        size += m.phi[i] * m.phi[i];
        cr_expect(fabs(m.lepton[i] - m.lepton_out[i] - m.phi[i] - m.recoil[i]) < 1e-9);
    }
    cr_expect(cross < 1e-9 * 80.0 * 80.0);
    cr_expect(fabs(m.phi[0] * m.phi[0] - size - 0.25) < 1e-9 * size);
}
