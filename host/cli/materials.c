/* eotmc materials: the built-in materials and what follows from their compositions. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "materials/library.h"
#include "physics/muon_tables.h"

/* A material with what the library does not say of it. */
struct listed {
    struct eot_material m;
    bool is_published;       /* the density effect's parameters */
    double least_ionisation; /* MeV cm2/g, of a muon */
};

static enum eot_status look_up(const char *name, struct listed *l, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_material_config config;
    if (!eot_material_builtin(name, &config)) {
        const char *known[512];
        size_t n = 0;
        while (n < 512 && eot_material_builtin_name(n) != NULL) {
            known[n] = eot_material_builtin_name(n);
            n++;
        }
        const char *nearest = eot_text_nearest(name, known, n);
        EOT_CHECK(false, EOT_E_USAGE, "there is no built-in material %s%s%s%s; `eotmc materials` lists them", name,
                  nearest != NULL ? " (did you mean " : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "?)" : "");
    }
    EOT_TRY(eot_material_derive(&config, &l->m, err));
    l->is_published = config.density_effect[1] > 0;
    EOT_TRY(eot_muon_least_ionisation(&l->m, &l->least_ionisation, err));
done:
    return status;
}

static void print_head(void) {
    printf("%-20s %11s %9s %11s %9s %9s %9s %8s %9s %s\n", "material", "density", "X0", "X0", "E_c", "R_M",
           "lambda_int", "I", "dE/dx min", "delta");
    printf("%-20s %11s %9s %11s %9s %9s %9s %8s %9s\n", "", "g/cm3", "g/cm2", "cm", "MeV", "cm", "g/cm2", "eV",
           "MeV cm2/g");
}

static void print_row(const struct listed *l) {
    const struct eot_material *m = &l->m;
    printf("%-20s %11.5g %9.2f %11.4g %9.2f %9.4g %9.1f %8.1f %9.3f  %s\n", m->name, m->density, m->X0 * m->density,
           m->X0, 1e3 * m->critical_energy, m->moliere_radius, m->lambda_int * m->density, m->mean_excitation,
           l->least_ionisation, l->is_published ? "published" : "general");
}

static void print_one(const struct listed *l) {
    const struct eot_material *m = &l->m;
    const double *d = m->density_effect;
    printf("%s\n", m->name);
    printf("  density             %.6g g/cm3\n", m->density);
    printf("  radiation length    %.4g cm, %.2f g/cm2\n", m->X0, m->X0 * m->density);
    printf("  interaction length  %.4g cm, %.1f g/cm2\n", m->lambda_int, m->lambda_int * m->density);
    printf("  critical energy     %.2f MeV (Grindhammer and Peters)\n", 1e3 * m->critical_energy);
    printf("  Moliere radius      %.4g cm\n", m->moliere_radius);
    printf("  Z/A                 %.5f\n", m->Z_over_A);
    printf("  mean excitation     %.1f eV\n", m->mean_excitation);
    printf("  plasma energy       %.2f eV\n", m->plasma_energy);
    printf("  least ionisation    %.3f MeV cm2/g, of a muon\n", l->least_ionisation);
    printf("  density effect      a %.4f, k %.4f, x0 %.4f, x1 %.4f, Cbar %.4f (%s)\n", d[0], d[1], d[2], d[3], d[4],
           l->is_published ? "published by Sternheimer, Berger and Seltzer 1984" : "Sternheimer and Peierls 1971");
    printf("  elements           ");
    for (int i = 0; i < m->n_element; i++) printf(" %s %.6g", m->element[i].symbol, m->element[i].mass_fraction);
    printf(" (mass fractions)\n");
}

static json_t *json_of(const struct listed *l) {
    const struct eot_material *m = &l->m;
    const double *d = m->density_effect;
    json_t *elements = json_object();
    for (int i = 0; elements != NULL && i < m->n_element; i++)
        json_object_set_new(elements, m->element[i].symbol, json_real(m->element[i].mass_fraction));
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:[f,f,f,f,f], s:b, s:o}", "name",
                     m->name, "density_g_cm3", m->density, "X0_cm", m->X0, "X0_g_cm2", m->X0 * m->density,
                     "interaction_length_cm", m->lambda_int, "interaction_length_g_cm2", m->lambda_int * m->density,
                     "critical_energy_MeV", 1e3 * m->critical_energy, "moliere_radius_cm", m->moliere_radius,
                     "Z_over_A", m->Z_over_A, "mean_excitation_eV", m->mean_excitation, "plasma_energy_eV",
                     m->plasma_energy, "least_ionisation_MeV_cm2_g", l->least_ionisation, "density_effect", d[0], d[1],
                     d[2], d[3], d[4], "density_effect_published", (int)l->is_published, "elements", elements);
}

static enum eot_status list(const struct eot_text_list *name, bool is_json, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *rows = json_array();
    bool is_all = name->n == 0;
    struct listed l;
    EOT_CHECK_MEMORY(rows);
    if (is_all && !is_json) print_head();
    for (size_t i = 0; is_all ? eot_material_builtin_name(i) != NULL : i < name->n; i++) {
        EOT_TRY(look_up(is_all ? eot_material_builtin_name(i) : name->text[i], &l, err));
        if (is_json)
            EOT_TRY(eot_json_append(rows, json_of(&l), err));
        else if (is_all)
            print_row(&l);
        else
            print_one(&l);
    }
    if (is_json)
        EOT_TRY(eot_json_print(json_pack("{s:s, s:O}", "schema", "eotmc-materials/1", "materials", rows), 9, err));
done:
    json_decref(rows);
    return status;
}

enum eot_status eot_cmd_materials(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text";
    bool is_help = false;
    struct eot_text_list positional = {0};
    const struct eot_option table[] = {EOT_ROW_FORMAT_TEXT(&format)};
    const struct eot_command command = {
        .name = "materials",
        .arguments = "[NAME]...",
        .summary = "List the built-in materials, or say all of some: density, radiation length X0, critical energy, "
                   "Moliere\nradius, nuclear interaction length, mean excitation energy, least ionisation loss, and "
                   "whether the density\neffect is by published parameters or by the general expression.",
        .example = "eotmc materials\n  eotmc materials PbWO4 CsI --format json",
        .max_positional = 64,
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (!is_help) EOT_TRY(list(&positional, eot_format_is_json(format), err));
done:
    eot_text_list_free(&positional);
    return status;
}
