/* The oscillators of atoms, and the tables of single collisions made of them. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/muon_ionisation.h"
#include "physics/muon_collisions.h"

static struct eot_material pure(int Z, double A, double mean_excitation) {
    return (struct eot_material){.name = "pure",
                                 .density = 1.0,
                                 .n_element = 1,
                                 .element = {{"X", Z, A, mean_excitation, 1.0}},
                                 .Z_over_A = Z / A,
                                 .mean_excitation = mean_excitation,
                                 .density_effect = {0.15, 3.0, 0.2, 3.0, 4.4}};
}

/* The shares add up to 1, their logarithmic mean is I, and distant and close collisions together lose what the
 * restricted Bethe formula says, identically (without spin and radiative terms). */
Test(muon_collisions, oscillators_add_up_to_the_restricted_bethe_formula) {
    struct eot_muon_oscillator o[EOT_MOST_OSCILLATORS];
    for (int Z = 1; Z <= 92; Z++) {
        double mean_excitation = 16.0 * pow(Z, 0.9) + (Z == 1 ? 3.2 : 0.0), share = 0.0, log_mean = 0.0;
        struct eot_material m = pure(Z, 2.2 * Z, mean_excitation);
        int n = eot_muon_oscillators(&m, o);
        cr_assert(n > 0 && n <= EOT_MOST_OSCILLATORS, "Z %d: %d oscillators", Z, n);
        for (int k = 0; k < n; k++) {
            double electrons = o[k].share * Z;
            cr_expect_float_eq(electrons, round(electrons), 1e-9, "Z %d: %g electrons", Z, electrons);
            cr_expect(o[k].ionisation > 5.0e-9 && o[k].ionisation < o[k].resonance && o[k].resonance < 1.0e-3);
            share += o[k].share;
            log_mean += o[k].share * log(o[k].resonance);
        }
        cr_expect_float_eq(share, 1.0, 1e-12, "Z %d: electrons %g", Z, share * Z);
        cr_expect_float_eq(exp(log_mean), 1.0e-9 * mean_excitation, 1e-12 * mean_excitation);
        for (double T = 1.0; T < 500.0; T *= 5.0) {
            double beta2 = eot_muon_beta2(T), bg2 = T * (T + 2.0 * EOT_M_MUON) / (EOT_M_MUON * EOT_M_MUON), cut = 0.01;
            double delta = 1.0, loss = 0.0;
            for (int k = 0; k < n; k++)
                loss += eot_muon_distant(o + k, T, delta) * o[k].resonance + o[k].share * log(cut / o[k].resonance);
            double want =
                log(2.0 * EOT_M_ELECTRON * bg2 * cut / (1.0e-18 * mean_excitation * mean_excitation)) - beta2 - delta;
            cr_expect_float_eq(loss, want, 1e-9 * want, "Z %d, T %g: %g xi, not %g", Z, T, loss, want);
        }
    }
}

/* Of the tables: mean loss per cm that of the formulas, losses fall with their tail probability, sums grow. */
Test(muon_collisions, tables_have_the_mean_of_the_formulas) {
    static double cut[EOT_MUON_N_LOSS_ROW];
    struct eot_error err = {0};
    struct eot_muon_integrator g;
    double *table = calloc(EOT_MUON_N_SPECTRUM * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_COLLISION, sizeof *table);
    struct eot_material m = pure(18, 39.948, 188.0);
    cr_assert_eq(eot_muon_integrator_create(1.0e-3, &g, &err), EOT_OK);
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) cut[i] = 0.02;
    cr_assert_eq(eot_muon_collisions_build(&g, &m, cut, 1.0e-4, table, &err), EOT_OK, "%s", err.text);
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
        double T = eot_muon_loss_row_energy(i), W = eot_muon_largest_transfer(T), E = T + EOT_M_MUON, soft = 0.0, part;
        const double *all = table + i * EOT_MUON_N_COLLISION,
                     *radiative = all + EOT_MUON_N_LOSS_ROW * EOT_MUON_N_COLLISION;
        for (int p = 0; p < 2; p++) {
            struct eot_muon_spectrum s = {.material = &m, .integrator = &g, .process = p, .E = E};
            cr_assert_eq(eot_muon_integrate(&g, &s, 1, p == 1 ? 4.0 * EOT_M_ELECTRON / E : 1.0e-7,
                                            fmin(1.0e-4, 1.0 - EOT_M_MUON / E), &part, &err),
                         EOT_OK);
            soft += part * E;
        }
        double ionisation = eot_muon_ionisation(&g, &m, T);
        if (W > 0.02) ionisation -= eot_muon_delta_moment(&g, T, m.Z_over_A, 1, 0.02, W);
        enum { LAST = EOT_MUON_N_COLLISION_TAIL - 1 };
        double mean = all[EOT_MUON_COLLISION_RATE] * all[EOT_MUON_N_COLLISION_TAIL + LAST],
               mean_radiative = radiative[EOT_MUON_COLLISION_RATE] * radiative[EOT_MUON_N_COLLISION_TAIL + LAST];
        cr_expect_float_eq(mean, ionisation + soft, 0.01 * mean, "T %g: %g, not %g", T, mean, ionisation + soft);
        cr_expect_float_eq(mean_radiative, soft, 0.02 * soft, "T %g: %g, not %g", T, mean_radiative, soft);
        for (int k = 0; k < LAST; k++) {
            cr_assert(all[k] >= all[k + 1] &&
                      all[EOT_MUON_N_COLLISION_TAIL + k] < all[EOT_MUON_N_COLLISION_TAIL + k + 1]);
            cr_assert_geq(all[2 * EOT_MUON_N_COLLISION_TAIL + k], all[2 * EOT_MUON_N_COLLISION_TAIL + k + 1]);
        }
    }
    eot_muon_integrator_free(&g);
    free(table);
}
