/* Stopping power by process and range against published tables; the processes' limits; the builder's errors. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <criterion/theories.h>

#include "../../validation/muon_slab.h"

Test(muon_dedx, agrees_with_the_published_tables) {
    FILE *file = fopen(EOT_SOURCE_DIR "/tests/reference/muon_dedx.csv", "r");
    cr_assert_not_null(file);
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    char line[256], name[32];
    int n = 0;
    while (fgets(line, sizeof line, file)) {
        double T, want[6];
        if (sscanf(line, "%31[a-z],%lf,%lf,%lf,%lf,%lf,%lf,%lf", name, &T, want, want + 1, want + 2, want + 3, want + 4,
                   want + 5) != 8)
            continue;
        n++;
        int i = name[0] == 'i' ? SLAB_IRON : name[0] == 'l' ? SLAB_LEAD : SLAB_POLYSTYRENE;
        struct eot_muon_dedx_row r;
        struct eot_error err = {0};
        cr_assert_eq(eot_muon_dedx(m + i, &T, 1, &r, &err), EOT_OK, "%s", err.text);
        cr_expect_float_eq(r.ionisation / want[0], 1.0, 0.01, "%s %g GeV: ionisation %g, published %g", name, T,
                           r.ionisation, want[0]);
        cr_expect_float_eq(r.total / want[4], 1.0, 0.01, "%s %g GeV: total %g, published %g", name, T, r.total,
                           want[4]);
        cr_expect_float_eq(r.csda_range / want[5], 1.0, 0.01, "%s %g GeV: range %g, published %g", name, T,
                           r.csda_range, want[5]);
        if (T < 1.0) continue; /* radiation is below 1e-4 of the loss, and the models' limits begin */
        cr_expect_float_eq(r.brems / want[1], 1.0, 0.03, "%s %g GeV: bremsstrahlung %g, published %g", name, T, r.brems,
                           want[1]);
        cr_expect_float_eq(r.pair / want[2], 1.0, 0.03, "%s %g GeV: pairs %g, published %g", name, T, r.pair, want[2]);
        /* below 3 GeV the tables have a coefficient of R1990 ten times too large (muon_photonuclear.h): 11 to 13 % at 2
         * GeV, 2e-5 of the total loss */
        if (want[3] > 0.0 && T >= 3.0)
            cr_expect_float_eq(r.photonuclear / want[3], 1.0, 0.10, "%s %g GeV: photonuclear %g, published %g", name, T,
                               r.photonuclear, want[3]);
    }
    fclose(file);
    cr_assert_eq(n, 51, "read %d rows", n);
}

Test(muon_dedx, range_grows_with_energy_and_rows_keep_their_order) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    double T[200];
    struct eot_muon_dedx_row r[200];
    for (int i = 0; i < 200; i++) T[i] = 0.001 * pow(3.0e5, i / 199.0);
    for (int k = 0; k < SLAB_N_MATERIAL; k++) {
        cr_assert_eq(eot_muon_dedx(m + k, T, 200, r, NULL), EOT_OK);
        for (int i = 1; i < 200; i++) {
            /* dR/dT = 1/S: the difference lies between the reciprocals at its ends, to the 1e-3 of the interpolation */
            double low = 1.0e3 / fmax(r[i].total, r[i - 1].total), high = 1.0e3 / fmin(r[i].total, r[i - 1].total);
            double slope = (r[i].csda_range - r[i - 1].csda_range) / (T[i] - T[i - 1]);
            cr_expect(slope > 0.998 * low && slope < 1.002 * high, "%s at %g GeV: dR/dT = %g, 1/S between %g and %g",
                      m[k].name, T[i], slope, low, high);
        }
    }
}

Test(muon_dedx, energies_outside_the_tables_are_refused) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    double T = 1.0e4;
    struct eot_muon_dedx_row r;
    struct eot_error err;
    cr_assert_eq(eot_muon_dedx(m, &T, 1, &r, &err), EOT_E_CONFIG);
    cr_expect(strstr(err.text, "10000"), "%s", err.text);
}

Test(muon_tables, options_out_of_range_are_refused_and_an_unreachable_tolerance_is_numeric) {
    struct eot_material m[SLAB_N_MATERIAL];
    slab_materials(m);
    struct eot_muon_options good = eot_muon_options_default(), bad[8];
    for (int i = 0; i < 8; i++) bad[i] = good;
    bad[0].v_cut = 0.5;
    bad[1].v_cut = 0.0;
    bad[2].delta_cut = 0.0;
    bad[3].elastic_per_X0 = 100.0;
    bad[4].stop_kinetic = 0.0;
    bad[5].largest_loss = 1.0;
    bad[6].straggling = 7;
    bad[7].tolerance = 1.0e-17;
    for (int i = 0; i < 8; i++) {
        struct eot_f32_table table = {0};
        eot_muon_tables layout;
        struct eot_error err = {0};
        cr_expect_eq(eot_muon_tables_build(m, 1, bad + i, &table, &layout, NULL, &err),
                     i < 7 ? EOT_E_CONFIG : EOT_E_NUMERIC, "case %d: %s", i, err.text);
        cr_expect_gt(strlen(err.text), 20, "case %d", i);
        eot_f32_table_free(&table);
    }
}

Test(muon_tables, a_vacuum_does_nothing) {
    struct eot_material vacuum = {.name = "vacuum"};
    struct eot_muon_options o = eot_muon_options_default();
    struct eot_f32_table table = {0};
    eot_muon_tables layout;
    double achieved;
    cr_assert_eq(eot_muon_tables_build(&vacuum, 1, &o, &table, &layout, &achieved, NULL), EOT_OK);
    for (u32 i = 0; i < EOT_MUON_N_ROW * EOT_MUON_N_COLUMN; i++) cr_assert_eq(table.value[layout.rows + i], 0.0f);
    eot_f32_table_free(&table);
}
