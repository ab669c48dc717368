/* The built-in materials against PDG, Atomic and Nuclear Properties of Materials, and Review of Particle Physics
 * (2022), table 6.1: radiation length, density, mean excitation energy, least ionisation loss; and what must hold for
 * all. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <string.h>

#include "materials/library.h"
#include "physics/muon_tables.h"

struct row {
    char name[24];
    double X0, density, least, mean_excitation; /* g/cm2, g/cm3, MeV cm2/g, eV; 0 = not compared */
};

/* As PDG prints them; gases at 20 C, 1 atm. */
ParameterizedTestParameters(library, numbers_are_pdgs) {
    static struct row rows[] = {
        {"beryllium", 65.19, 1.848, 1.595, 63.7},
        {"graphite", 42.70, 2.210, 1.742, 78.0},
        {"diamond", 42.70, 3.520, 1.725, 78.0},
        {"nitrogen", 37.99, 1.165e-3, 1.825, 82.0},
        {"aluminium", 24.01, 2.699, 1.615, 166.0},
        {"silicon", 21.82, 2.329, 1.664, 173.0},
        {"argon", 19.55, 1.662e-3, 1.519, 188.0},
        {"titanium", 16.16, 4.540, 1.477, 233.0},
        {"iron", 13.84, 7.874, 1.451, 286.0},
        {"copper", 12.86, 8.960, 1.403, 322.0},
        {"germanium", 12.25, 5.323, 1.370, 350.0},
        {"tin", 8.82, 7.310, 1.263, 488.0},
        {"xenon", 8.48, 5.483e-3, 1.255, 482.0},
        {"tungsten", 6.76, 19.300, 1.145, 727.0},
        {"gold", 6.46, 19.320, 1.134, 790.0},
        {"lead", 6.37, 11.350, 1.122, 823.0},
        {"uranium", 6.00, 18.950, 1.081, 890.0},
        {"air", 36.62, 1.205e-3, 1.815, 85.7},
        {"concrete", 26.57, 2.300, 1.711, 135.2},
        {"pyrex", 28.17, 2.230, 1.696, 134.0},
        {"lead_glass", 7.87, 6.220, 1.255, 526.4},
        {"standard_rock", 26.54, 2.650, 1.688, 136.4},
        {"CH4", 46.47, 6.672e-4, 2.417, 41.7},
        {"C2H6", 45.66, 1.263e-3, 2.304, 45.4},
        {"CO2", 36.20, 1.842e-3, 1.819, 85.0},
        {"nylon", 41.92, 1.180, 1.973, 63.9},
        {"polycarbonate", 41.50, 1.200, 1.886, 73.1},
        {"polyethylene", 44.77, 0.890, 2.079, 57.4},
        {"mylar", 39.95, 1.400, 1.848, 78.7},
        {"kapton", 40.58, 1.420, 1.820, 79.6},
        {"PMMA", 40.55, 1.190, 1.929, 74.0},
        {"polystyrene", 43.79, 1.060, 1.936, 68.7},
        {"polyvinyltoluene", 43.90, 1.032, 1.956, 64.7},
        {"teflon", 34.84, 2.200, 1.671, 99.1},
        {"alumina", 27.94, 3.970, 1.647, 145.2},
        {"BaF2", 9.91, 4.893, 1.303, 375.9},
        {"BGO", 7.97, 7.130, 1.251, 534.1},
        {"LiF", 39.26, 2.635, 1.614, 94.0},
        {"CsI", 8.39, 4.510, 1.243, 553.1},
        {"NaI", 9.49, 3.667, 1.305, 452.0},
        {"PbWO4", 7.39, 8.300, 1.229, 600.7},
        {"fused_silica", 27.05, 2.200, 1.699, 139.2},
        {"silica_aerogel", 27.25, 0.200, 1.740, 139.2},
        {"LSO", 0, 7.400, 0, 472.0},
        {"liquid_argon", 19.55, 1.396, 1.508, 188.0},
    };
    return cr_make_param_array(struct row, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct row *row, library, numbers_are_pdgs) {
    struct eot_material_config config;
    struct eot_material m;
    struct eot_error err = {0};
    double least = 0;
    cr_assert(eot_material_builtin(row->name, &config), "%s", row->name);
    cr_assert_eq(eot_material_derive(&config, &m, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_muon_least_ionisation(&m, &least, &err), EOT_OK, "%s", err.text);
    if (row->X0 > 0)
        cr_expect_float_eq(m.X0 * m.density, row->X0, 0.01 * row->X0, "%s: X0 %g g/cm2, PDG %g", row->name,
                           m.X0 * m.density, row->X0);
    cr_expect_float_eq(m.density, row->density, 1e-3 * row->density, "%s: %g g/cm3", row->name, m.density);
    cr_expect_float_eq(m.mean_excitation, row->mean_excitation, 1e-9, "%s: I %g eV", row->name, m.mean_excitation);
    if (row->least > 0) /* PDG's are rounded to 0.001, some are for other parameters of the same density */
        cr_expect_float_eq(least, row->least, 0.005 * row->least, "%s: least loss %g MeV cm2/g, PDG %g", row->name,
                           least, row->least);
}

Test(library, elements_are_those_from_hydrogen_to_uranium) {
    for (int Z = 1; Z <= 92; Z++) {
        const struct eot_element_data *e = eot_element_at((size_t)Z - 1);
        cr_assert_not_null(e);
        cr_expect_eq(e->Z, Z, "element %d is %s, Z = %d", Z, e->symbol, e->Z);
        cr_expect(e->A > 1.9 * Z - 1.0 && e->A < 2.7 * Z, "%s: A = %g", e->symbol, e->A);
        cr_expect(Z < 14 || fabs(e->mean_excitation / Z - 10.3) < 3.3, "%s: I = %g eV", e->symbol, e->mean_excitation);
        cr_expect_eq(eot_element_find(e->symbol), e, "%s is there twice", e->symbol);
        cr_expect(eot_material_is_element(eot_material_builtin_name((size_t)Z - 1)));
    }
}

/* Compositions, names; Sternheimer's parameters: Cbar = 2 ln(I/plasma energy) + 1, delta continuous at x0 or at most a
 * conductor's 0.14 there (0.16: rounding of a high power); whether they are right for the density, too. */
Test(library, materials_are_consistent) {
    size_t n = 0, n_element = 0;
    for (; eot_material_builtin_name(n) != NULL; n++) {
        const char *name = eot_material_builtin_name(n);
        struct eot_material_config config, other;
        struct eot_material m;
        struct eot_error err = {0};
        double sum = 0;
        cr_assert(eot_material_builtin(name, &config));
        cr_assert_eq(eot_material_derive(&config, &m, &err), EOT_OK, "%s", err.text);
        for (size_t i = 0; i < config.n_element; i++) sum += config.element[i].mass_fraction;
        cr_expect_float_eq(sum, 1.0, 1.5e-6, "%s: mass fractions sum to %.8f", name, sum);
        cr_expect(m.density > 0 && m.X0 > 0 && m.lambda_int > 0 && m.critical_energy > 0, "%s", name);
        for (size_t k = 0; k < n; k++) cr_expect_str_neq(eot_material_builtin_name(k), name);
        n_element += eot_material_is_element(name);
        if (config.density_effect[1] <= 0) continue;
        eot_material_builtin(name, &other);
        const double *p = other.density_effect;
        double Cbar = 2 * log(m.mean_excitation / m.plasma_energy) + 1;
        double delta0 = 2 * log(10.0) * p[2] + p[0] * pow(p[3] - p[2], p[1]) - p[4];
        if (strcmp(name, "standard_rock") != 0) /* by definition it has those of denser calcium carbonate */
            cr_expect_float_eq(p[4], Cbar, 0.03, "%s: Cbar %g, from I and density %g", name, p[4], Cbar);
        cr_expect(delta0 > -0.02 && delta0 < 0.16, "%s: delta(x0) = %g", name, delta0);
    }
    cr_expect_geq(n - n_element, 60, "%zu materials besides %zu elements", n - n_element, n_element);
}

/* A gas at twice the density has at beta gamma what it had at sqrt(2) times that (Sternheimer, Berger and Seltzer 1984,
 * for other pressures). */
Test(library, density_effect_follows_the_density) {
    double p[5] = {0.1971, 2.9618, 1.7635, 4.4855, 11.9480}, q[5];
    memcpy(q, p, sizeof q);
    eot_density_effect_rescale(q, 2.0);
    for (double x = 1.0; x < 5.0; x += 0.1) {
        double y = x + 0.5 * log10(2.0), delta[2];
        for (int i = 0; i < 2; i++) {
            const double *c = i == 0 ? q : p;
            double at = i == 0 ? x : y;
            delta[i] = at < c[2] ? 0.0 : 2 * log(10.0) * at - c[4] + (at < c[3] ? c[0] * pow(c[3] - at, c[1]) : 0.0);
        }
        cr_expect_float_eq(delta[0], delta[1], 1e-9, "X %g: %g, %g", x, delta[0], delta[1]);
    }
}
