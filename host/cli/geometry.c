/* eotmc geometry: the set-up that a configuration describes, as a table and as a picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/geometry_gdml.h"
#include "cli/geometry_spectrometer.h"
#include "cli/json.h"
#include "cli/open.h"
#include "output/output.h"
#include "output/setup_figure.h"
#include "geometry/setup.h"

static const char *const ROLES[] = {"passive", "ecal", "veto", "hcal", "magnet", "tracker"};

/** "150 x (1.5 mm lead + 1.5 mm polystyrene*)", active layers starred. */
static void layers_text(const struct eot_config *config, const struct eot_volume_config *v, char *text, size_t size) {
    size_t used = 0;
    bool is_stack = v->n_layer > 1 || v->repeat > 1;
    text[0] = '\0';
    if (is_stack) used += (size_t)snprintf(text, size, "%d x (", v->repeat);
    for (size_t i = 0; i < v->n_layer && used < size; i++) {
        if (is_stack)
            used += (size_t)snprintf(text + used, size - used, "%s%.4g mm ", i > 0 ? " + " : "",
                                     v->layer[i].thickness * 10);
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", config->material[v->layer[i].material].name,
                                     v->layer[i].active ? "*" : "");
    }
    if (is_stack && used < size) snprintf(text + used, size - used, ")");
}

static void print_text(const struct eot_config *config, const struct eot_setup *setup) {
    const struct eot_geometry_config *g = &config->geometry;
    printf("%s: %zu volumes, layers %s, grid of %d x %d x %d voxels, %d regions\n\n", config->name, g->n_volume,
           g->layers == EOT_LAYERS_EXPLICIT ? "explicit" : "effective", setup->n_x, setup->n_y, setup->n_z,
           setup->n_region);
    printf("%-12s %-8s %18s %14s %16s %9s %10s  %s\n", "volume", "role", "z [cm]", "thickness [cm]", "x, y [cm]", "X0",
           "lambda_int", "layers (* active)");
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        char layers[256], span[64], size[64], role[32];
        layers_text(config, v, layers, sizeof layers);
        snprintf(span, sizeof span, "%.2f .. %.2f", v->z, v->z + v->thickness);
        snprintf(size, sizeof size, "%.4g x %.4g", v->size_x, v->size_y);
        snprintf(role, sizeof role, v->role == EOT_ROLE_PASSIVE ? "%s" : "%s %d", ROLES[v->role],
                 eot_setup_module(config, (int)i));
        printf("%-12s %-9s %17s %14.3f %16s %9.4g %10.4g  %s", v->name, role, span, v->thickness, size,
               eot_setup_volume_X0(setup, v), eot_setup_volume_lambda_int(setup, v), layers);
        if (v->cells_x * v->cells_y > 1) printf(", %d x %d cells", v->cells_x, v->cells_y);
        if (v->role == EOT_ROLE_MAGNET) printf(", field (%g, %g, %g) T", v->field[0], v->field[1], v->field[2]);
        if (v->role == EOT_ROLE_TRACKER) printf(", %g um", v->resolution * 1e4);
        printf("\n");
    }
    printf("\n%-16s %14s %10s %10s %15s %8s %9s %11s %12s\n", "material", "density[g/cm3]", "X0 [cm]", "[g/cm2]",
           "lambda_int [cm]", "Z/A", "I [eV]", "E_c [MeV]", "R_M [cm]");
    for (int i = 0; i < setup->n_material; i++) {
        const struct eot_material *m = &setup->material[i];
        printf("%-16s %14.5g %10.4g %10.4g %15.4g %8.5f %9.4g %11.4g %12.4g\n", m->name, m->density, m->X0,
               m->X0 * m->density, m->lambda_int, m->Z_over_A, m->mean_excitation, m->critical_energy * 1e3,
               m->moliere_radius);
    }
}

static enum eot_status print_json(const struct eot_config *config, const struct eot_setup *setup,
                                  const struct eot_cli_spectrometer *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    json_t *volumes = json_array(), *materials = json_array(), *root;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        json_t *layers = json_array();
        for (size_t k = 0; k < v->n_layer; k++) {
            status =
                eot_json_append(layers,
                                json_pack("{s:s, s:f, s:b}", "material", config->material[v->layer[k].material].name,
                                          "thickness_cm", v->layer[k].thickness, "active", (int)v->layer[k].active),
                                err);
            if (status != EOT_OK) {
                json_decref(layers);
                goto done;
            }
        }
        EOT_TRY(eot_json_append(
            volumes,
            json_pack("{s:s, s:s, s:i, s:f, s:f, s:[f, f], s:[f, f], s:i, s:o, s:[i, i], s:[f, f, f], s:f, s:f, s:f}",
                      "name", v->name, "role", ROLES[v->role], "module", eot_setup_module(config, (int)i), "z_cm", v->z,
                      "thickness_cm", v->thickness, "center_cm", v->center_x, v->center_y, "size_cm", v->size_x,
                      v->size_y, "repeat", v->repeat, "layers", layers, "cells", v->cells_x, v->cells_y, "field_T",
                      v->field[0], v->field[1], v->field[2], "resolution_cm", v->resolution, "X0",
                      eot_setup_volume_X0(setup, v), "lambda_int", eot_setup_volume_lambda_int(setup, v)),
            err));
    }
    for (int i = 0; i < setup->n_material; i++) {
        const struct eot_material *m = &setup->material[i];
        EOT_TRY(eot_json_append(materials,
                                json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "name", m->name, "density_g_cm3",
                                          m->density, "X0_cm", m->X0, "lambda_int_cm", m->lambda_int, "Z_over_A",
                                          m->Z_over_A, "mean_excitation_eV", m->mean_excitation, "critical_energy_GeV",
                                          m->critical_energy, "moliere_radius_cm", m->moliere_radius),
                                err));
    }
    root = json_pack("{s:s, s:s, s:s, s:s, s:{s:[i, i, i], s:i}, s:O, s:O, s:o}", "schema", "eotmc-geometry/1", "name",
                     config->name, "config_sha256", config->sha256, "layers",
                     g->layers == EOT_LAYERS_EXPLICIT ? "explicit" : "effective", "grid", "voxels", setup->n_x,
                     setup->n_y, setup->n_z, "regions", setup->n_region, "volumes", volumes, "materials", materials,
                     "spectrometer", eot_cli_spectrometer_json(s));
    EOT_TRY(eot_json_print(root, 12, err));
done:
    json_decref(volumes);
    json_decref(materials);
    return status;
}

enum eot_status eot_cmd_geometry(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text", *output = ".", *figure = NULL, *view = "side";
    bool is_help = false;
    struct eot_opened opened = {.positional = {0}};
    struct eot_cli_spectrometer spectrometer = {.problem = ""};
    const struct eot_config *config = &opened.config;
    const struct eot_setup *setup = &opened.setup;
    char folder[1024], name[96], second[112];
    const struct eot_option table[] = {
        EOT_ROW_SET(&opened.set),
        {"figure", 0, EOT_OPTION_TEXT, &figure, "FILE.png",
         "the picture; its gnuplot script and data stand beside it; none = no picture (default: DIR/geometry.png)"},
        {"output", 'o', EOT_OPTION_TEXT, &output, "DIR", "folder of the picture (default: .)"},
        {"view", 0, EOT_OPTION_CHOICE, &view, "side|top", "what is vertical in the picture: y or x (default: side)"},
        {"format", 0, EOT_OPTION_CHOICE, &format, "text|json|gdml",
         "form of the output; gdml: for Geant4 and ROOT, with all layers, and no picture (default: text)"},
    };
    const struct eot_command command = {
        .name = "geometry",
        .arguments = "CONFIG",
        .summary =
            "Print the volumes of a configuration with their thickness in cm, radiation lengths and nuclear\n"
            "interaction lengths, its materials, grid and the momentum resolution of its spectrometer, and write\n"
            "pictures of the set-up and of that resolution.",
        .min_positional = 1,
        .max_positional = 1,
        .example =
            "eotmc geometry configs/na64e-dimuon.yaml -o out\n"
            "  eotmc geometry configs/na64e-dimuon.yaml --set geometry.layers=explicit --figure none --format json",
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &opened.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_opened_read(&opened, opened.positional.text[0], err));
    if (strcmp(format, "gdml") == 0) {
        EOT_TRY(eot_cli_gdml_print(config, setup, err));
        goto done;
    }
    EOT_TRY(eot_cli_spectrometer_make(config, setup, &spectrometer, err));
    if (eot_format_is_json(format))
        EOT_TRY(print_json(config, setup, &spectrometer, err));
    else {
        print_text(config, setup);
        eot_cli_spectrometer_print(&spectrometer);
    }
    if (figure != NULL && strcmp(figure, "none") == 0) goto done;
    if (figure != NULL)
        EOT_TRY(eot_output_split_picture(figure, folder, sizeof folder, name, sizeof name, err));
    else {
        snprintf(folder, sizeof folder, "%s", output);
        snprintf(name, sizeof name, "geometry");
    }
    EOT_TRY(eot_output_prepare(folder, err));
    EOT_TRY(eot_output_setup_figure(folder, name, strcmp(view, "top") == 0 ? EOT_VIEW_TOP : EOT_VIEW_SIDE, config,
                                    setup, err));
    fprintf(stderr, "picture: %s/%s.png\n", folder, name);
    if (!spectrometer.s.has_track) goto done;
    snprintf(second, sizeof second, "%s_momentum", name);
    EOT_TRY(eot_cli_spectrometer_figure(&spectrometer, folder, second, err));
    fprintf(stderr, "picture: %s/%s.png\n", folder, second);
done:
    eot_cli_spectrometer_free(&spectrometer);
    eot_opened_free(&opened);
    return status;
}
