/* What a region does to a muon per cm: interpolation of the tables, and sums over constituents and layers. */
#include "muon_matter.h"

#include "../../validation/muon_slab.h"

/* Rows stand at 2^-10 GeV 2^(i/16), linear within an octave: i/16 of the way in the octave's lower end. */
static double row_energy(int i) { return ldexp(1.0 + (i % 16) / 16.0, i / 16 - 10); }

Test(muon_medium, rows_are_interpolated_linearly_in_the_energy) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    for (int i = 0; i < EOT_MUON_N_ROW; i++)
        for (int c = 0; c < EOT_MUON_N_COLUMN; c++) /* another straight line in T for each column: met exactly */
            m.value[MATTER_ROWS + i * EOT_MUON_N_COLUMN + c] = (f32)(1.0 + c + (0.5 + c) * row_energy(i));
    for (double T = 0.0011; T < 500.0; T *= 1.137) {
        eot_muon_row r = eot_muon_row_at(m.value, &m.tables, 0, (f32)T);
        double value[6] = {(double)r.loss, (double)r.rate,        (double)r.kick,
                           (double)r.xi,   (double)r.inverse_cut, (double)r.variance};
        for (int c = 0; c < 6; c++)
            cr_expect_float_eq(value[c], 1.0 + c + (0.5 + c) * T, 3.0e-7 * (1.0 + c + (0.5 + c) * T), "column %d, T %g",
                               c, T);
        cr_expect_float_eq((double)r.loss_slope, 0.5, 2.0e-4, "T %g: slope %g", T, (double)r.loss_slope);
        cr_expect(row_energy((int)r.i) <= T * (1.0 + 1.0e-6) && row_energy((int)r.i + 1) >= T * (1.0 - 1.0e-6));
    }
}

Test(muon_medium, constituents_count_with_their_share_of_the_path) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    for (int c = 0; c < EOT_MUON_N_COLUMN; c++) {
        matter_material(&m, 0, (enum eot_muon_column)c, 1.0 + c);
        matter_material(&m, 1, (enum eot_muon_column)c, 10.0 + c);
    }
    m.region[0].n_constituent = 2;
    m.region[0].material[1] = 1;
    m.region[0].fraction[0] = 0.75f;
    m.region[0].fraction[1] = 0.25f;
    m.region[0].active[1] = 2;
    eot_muon_medium medium = eot_muon_medium_at(m.value, &m.tables, &m.region[0], 3.0f);
    double first = 0.75, second = 0.25;
    cr_expect_float_eq((double)medium.loss, first * (1.0 + EOT_MUON_LOSS) + second * (10.0 + EOT_MUON_LOSS), 1.0e-5);
    cr_expect_float_eq((double)medium.rate, first * (1.0 + EOT_MUON_RATE) + second * (10.0 + EOT_MUON_RATE), 1.0e-5);
    cr_expect_float_eq((double)medium.kick, first * (1.0 + EOT_MUON_KICK) + second * (10.0 + EOT_MUON_KICK), 1.0e-5);
    cr_expect_float_eq((double)medium.xi, first * (1.0 + EOT_MUON_XI) + second * (10.0 + EOT_MUON_XI), 1.0e-5);
    cr_expect_float_eq((double)medium.active_loss, second * (10.0 + EOT_MUON_LOSS), 1.0e-5);
    cr_expect_float_eq((double)medium.active_xi, second * (10.0 + EOT_MUON_XI), 1.0e-5);
    cr_expect_float_eq((double)medium.active_variance, second * (10.0 + EOT_MUON_VARIANCE), 1.0e-5);
    cr_expect_float_eq((double)medium.inverse_cut, 10.0 + EOT_MUON_INVERSE_CUT, 1.0e-5);
    cr_expect_eq(medium.is_thin, 1);
    cr_expect_eq(eot_muon_active_share(&m.region[0]), 0.25f);
    m.value[MATTER_MATERIALS + EOT_MUON_CAPTURE_RATE] = 0.004f;
    m.value[MATTER_MATERIALS + EOT_MUON_N_CONSTANT + EOT_MUON_CAPTURE_RATE] = 0.012f;
    cr_expect_float_eq((double)eot_muon_capture_rate(m.value, &m.tables, &m.region[0]), 0.006, 1.0e-9);
}

Test(muon_medium, layers_count_with_their_paths) {
    eot_muon_medium a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    a.loss = 1.0f, a.xi = 2.0f, a.variance = 3.0f, a.active_loss = 0.0f, a.slope = 0.1f, a.inverse_cut = 5.0f;
    b.loss = 7.0f, b.xi = 8.0f, b.variance = 9.0f, b.active_loss = 7.0f, b.slope = 0.2f, b.inverse_cut = 4.0f;
    b.active_xi = 8.0f, b.active_variance = 9.0f, b.is_thin = 1;
    eot_muon_medium_path p = eot_muon_medium_along(a, b, 5.0f, 2.0f);
    cr_expect(p.loss == 17.0f && p.xi == 22.0f && p.variance == 27.0f && p.active_loss == 14.0f);
    cr_expect(p.active_xi == 16.0f && p.active_variance == 18.0f && p.inverse_cut == 5.0f && p.is_thin == 1);
    cr_expect_float_eq((double)p.slope, 0.7, 1.0e-6);
}

/* The continuous loss of the built tables and what the stopping power says: the same within what hard events take,
 * between none and all of the radiative loss and the delta rays above 20 MeV. */
Test(muon_medium, continuous_loss_is_part_of_the_stopping_power) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s;
    struct eot_error err = {0};
    struct eot_material material[SLAB_N_MATERIAL];
    slab_materials(material);
    cr_assert_eq(slab_of(&s, &o, SLAB_IRON, 1.0, &err), EOT_OK, "%s", err.text);
    for (int i = 64; i < 288; i += 32) { /* at nodes, 0.06 GeV and more: exact there */
        double T = row_energy(i);
        struct eot_muon_dedx_row row;
        cr_assert_eq(eot_muon_dedx(material + SLAB_IRON, &T, 1, &row, &err), EOT_OK, "%s", err.text);
        double continuous = (double)eot_muon_medium_at(s.table.value, &s.tables, &s.region[0], (f32)T).loss;
        double all = 1.0e-3 * row.total * 7.874, ionisation = 1.0e-3 * row.ionisation * 7.874;
        cr_expect(continuous <= all * (1.0 + 1.0e-3) && continuous >= 0.75 * ionisation,
                  "%g GeV: continuous %g GeV/cm, ionisation %g, all %g", T, continuous, ionisation, all);
        if (T < 0.3) /* no delta ray reaches 20 MeV, hardly any radiation */
            cr_expect_float_eq(continuous, all, 2.0e-3 * all, "%g GeV: %g, %g GeV/cm", T, continuous, all);
    }
    slab_free(&s);
}
