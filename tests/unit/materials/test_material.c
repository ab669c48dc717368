/* Elements and materials against PDG, Atomic and Nuclear Properties of Materials, and Review of Particle Physics
 * (2022), table 6.1. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <string.h>

#include "geometry/setup.h"
#include "materials/library.h"

struct element_row {
    char symbol[4];
    double X0; /* g/cm2, as PDG prints it: rounded to 0.01 */
};

ParameterizedTestParameters(material, radiation_lengths_of_elements_are_pdgs) {
    static struct element_row rows[] = {
        {"H", 63.04},  {"He", 94.32}, {"Li", 82.78}, {"Be", 65.19}, {"B", 52.69},  {"C", 42.70},  {"N", 37.99},
        {"O", 34.24},  {"F", 32.93},  {"Ne", 28.93}, {"Na", 27.74}, {"Mg", 25.03}, {"Al", 24.01}, {"Si", 21.82},
        {"P", 21.21},  {"S", 19.50},  {"Cl", 19.28}, {"Ar", 19.55}, {"K", 17.32},  {"Ca", 16.14}, {"Ti", 16.16},
        {"Cr", 14.94}, {"Mn", 14.64}, {"Fe", 13.84}, {"Ni", 12.68}, {"Cu", 12.86}, {"Zn", 12.43}, {"Ge", 12.25},
        {"Br", 11.42}, {"Ag", 8.97},  {"Cd", 9.00},  {"Sn", 8.82},  {"I", 8.48},   {"Xe", 8.48},  {"Cs", 8.31},
        {"W", 6.76},   {"Pt", 6.54},  {"Au", 6.46},  {"Pb", 6.37},  {"Bi", 6.29},  {"U", 6.00},
    };
    return cr_make_param_array(struct element_row, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct element_row *row, material, radiation_lengths_of_elements_are_pdgs) {
    const struct eot_element_data *element = eot_element_find(row->symbol);
    cr_assert_not_null(element, "%s", row->symbol);
    cr_assert_float_eq(eot_element_X0(element), row->X0, 0.005 + 3e-4 * row->X0, "%s: %g, PDG %g", row->symbol,
                       eot_element_X0(element), row->X0);
}

struct material_row {
    char name[16];
    double X0_mass, X0, lambda_mass, Z_over_A, mean_excitation,
        plasma_energy; /* g/cm2, cm, g/cm2, -, eV, eV; 0 = not compared */
};

ParameterizedTestParameters(material, built_in_materials_are_pdgs) {
    static struct material_row rows[] = {
        {"lead", 6.37, 0.5612, 199.6, 0.39575, 823.0, 61.07},
        {"iron", 13.84, 1.757, 132.1, 0.46557, 286.0, 55.17},
        {"copper", 12.86, 1.436, 137.3, 0.45636, 322.0, 58.27},
        {"aluminium", 24.01, 8.897, 107.2, 0.48181, 166.0, 32.86},
        {"tungsten", 6.76, 0.3504, 191.9, 0.40252, 727.0, 80.32},
        {"polystyrene", 43.79, 41.31, 81.7, 0.53768, 68.7, 21.75},
        {"water", 36.08, 36.08, 83.3, 0.55508, 75.0, 21.47},
        {"air", 36.62, 30390, 90.1, 0.49919, 85.7, 0.71},
        {"argon", 19.55, 11760, 119.7, 0.45059, 188.0, 0.79},
    };
    return cr_make_param_array(struct material_row, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct material_row *row, material, built_in_materials_are_pdgs) {
    struct eot_material_config config;
    struct eot_material m;
    struct eot_error err = {0};
    cr_assert(eot_material_builtin(row->name, &config));
    cr_assert_eq(eot_material_derive(&config, &m, &err), EOT_OK, "%s", err.text);
    cr_assert_float_eq(m.X0 * m.density, row->X0_mass, 0.005 + 3e-4 * row->X0_mass);
    cr_assert_float_eq(m.X0, row->X0, 1.0e-3 * row->X0); /* PDG prints four digits, of a rounded X0 in g/cm2 */
    cr_assert_float_eq(m.lambda_int * m.density, row->lambda_mass,
                       0.05 + 1e-3 * row->lambda_mass); /* rounding of each element's value */
    cr_assert_float_eq(m.Z_over_A, row->Z_over_A, 1e-4 * row->Z_over_A);
    cr_assert_float_eq(m.mean_excitation, row->mean_excitation, 1e-12);
    cr_assert_float_eq(m.plasma_energy, row->plasma_energy, 0.006);
    /* Sternheimer's parameters: Cbar = 2 ln(I/plasma energy) + 1, and delta(x0) is continuous, or a conductor's small
     * delta0 <= 0.14. */
    const double *p = m.density_effect;
    cr_assert_float_eq(p[4], 2 * log(m.mean_excitation / m.plasma_energy) + 1, 0.01);
    double delta0 = 2 * log(10.0) * p[2] + p[0] * pow(p[3] - p[2], p[1]) - p[4];
    cr_assert(delta0 > -0.005 && delta0 < 0.145, "%s: delta(x0) = %g", row->name, delta0);
}

/* PDG's soft tissue (ICRP), 13 elements, of which PDG's table 6.1 lacks seven: 37.63 g/cm2 and 83.0 g/cm2. */
Test(material, mixtures_add_by_mass_fractions) {
    static const struct eot_element_config tissue[] = {
        {"H", 0.104472},  {"C", 0.232190},  {"N", 0.024880}, {"O", 0.630238},  {"Na", 0.001130},
        {"Mg", 0.000130}, {"P", 0.001330},  {"S", 0.001990}, {"Cl", 0.001340}, {"K", 0.001990},
        {"Ca", 0.000230}, {"Fe", 0.000050}, {"Zn", 0.000030}};
    double inverse_X0 = 0, inverse_lambda = 0;
    for (size_t i = 0; i < sizeof tissue / sizeof tissue[0]; i++) {
        const struct eot_element_data *e = eot_element_find(tissue[i].symbol);
        inverse_X0 += tissue[i].mass_fraction / eot_element_X0(e);
        inverse_lambda += tissue[i].mass_fraction / eot_element_lambda_int(e);
    }
    cr_assert_float_eq(1 / inverse_X0, 37.63, 0.02);
    cr_assert_float_eq(1 / inverse_lambda, 83.0, 0.1);
}

/* models of Grindhammer and Peters, hep-ex/0001020: an element's E_c = 2.66 MeV (X0 Z/A)^1.1, and for the NA64 ECAL 8.4
 * MeV and 2.8 cm. */
Test(material, critical_energy_and_moliere_radius_of_the_ecal_stack) {
    struct eot_material_config config;
    struct eot_material lead, scintillator;
    struct eot_error err = {0};
    eot_material_builtin("lead", &config);
    cr_assert_eq(eot_material_derive(&config, &lead, &err), EOT_OK);
    eot_material_builtin("polystyrene", &config);
    cr_assert_eq(eot_material_derive(&config, &scintillator, &err), EOT_OK);
    cr_assert_float_eq(lead.critical_energy, 2.66e-3 * pow(6.37 * 82 / 207.2, 1.1), 1e-5);
    double w = lead.density / (lead.density + scintillator.density);
    double a = w / (lead.X0 * lead.density), b = (1 - w) / (scintillator.X0 * scintillator.density), X0 = 1 / (a + b);
    double critical = X0 * (a * lead.critical_energy + b * scintillator.critical_energy);
    cr_assert_float_eq(X0, 6.87, 0.01);
    cr_assert_float_eq(critical, 8.4e-3, 0.05e-3);
    cr_assert_float_eq(X0 / (0.5 * (lead.density + scintillator.density)) * 21.2e-3 / critical, 2.8, 0.05);
}

Test(material, general_density_effect_is_near_the_tabulated_one) {
    static const char *const names[] = {"lead", "iron", "copper", "aluminium", "polystyrene", "water", "air", "argon"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct eot_material_config config;
        struct eot_material tabulated, general;
        struct eot_error err = {0};
        eot_material_builtin(names[i], &config);
        cr_assert_eq(eot_material_derive(&config, &tabulated, &err), EOT_OK);
        memset(config.density_effect, 0, sizeof config.density_effect);
        cr_assert_eq(eot_material_derive(&config, &general, &err), EOT_OK);
        const double *t = tabulated.density_effect, *g = general.density_effect;
        cr_assert_float_eq(2 * log(10.0) * g[2] + g[0] * pow(g[3] - g[2], g[1]), g[4], 1e-9); /* continuous at x0 */
        for (double x = 0; x < 6;
             x +=
             0.25) { /* x = log10(beta gamma); 0.5 in delta is 2 % of the stopping power (delta/2 in a bracket of 12) */
            double dt = x < t[2] ? 0 : 2 * log(10.0) * x - t[4] + (x < t[3] ? t[0] * pow(t[3] - x, t[1]) : 0);
            double dg = x < g[2] ? 0 : 2 * log(10.0) * x - g[4] + (x < g[3] ? g[0] * pow(g[3] - x, g[1]) : 0);
            cr_assert_float_eq(dt, dg, 0.5, "%s at log10(beta gamma) = %g: %g and %g", names[i], x, dt, dg);
        }
    }
}

/* Half the density moves the density effect by log10(2)/2 in log10(beta gamma) (Sternheimer 1984): delta at high energy
 * is 2 ln(beta gamma plasma/I) - 1. */
Test(material, a_built_in_material_with_another_density_keeps_its_high_energy_limit) {
    struct eot_config config;
    struct eot_setup setup;
    struct eot_error err = {0};
    const char *overrides[] = {
        "materials=[{name: iron, density: 3.937}, {name: micromegas_gas, density: 0.001, elements: {Ar: 1}}]"};
    cr_assert_eq(eot_config_read(EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml", overrides, 1, &config, &err), EOT_OK,
                 "%s", err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
    bool found = false;
    for (int i = 0; i < setup.n_material; i++) {
        const struct eot_material *m = &setup.material[i];
        if (strcmp(m->name, "iron") != 0) continue;
        found = true;
        cr_assert_float_eq(m->density, 3.937, 1e-12);
        cr_assert_float_eq(m->density_effect[4], 2 * log(m->mean_excitation / m->plasma_energy) + 1, 0.01);
        cr_assert_float_eq(m->density_effect[3] - m->density_effect[2], 3.1531 + 0.0012, 1e-9);
        cr_assert_float_eq(m->X0, 2 * 1.757, 0.003);
    }
    cr_assert(found);
    eot_setup_free(&setup);
    eot_config_free(&config);
}
