#include "cli/geometry_gdml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/nesting.h"

/* The element names of XML have no + and /, and do not begin with a digit: such characters become _ and their code. */
static const char *xml_name(const char *name, char text[160]) {
    size_t n = 0;
    for (const char *c = name; *c != '\0' && n + 6 < 160; c++) {
        bool is_good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
                       (c > name && ((*c >= '0' && *c <= '9') || *c == '-'));
        if (is_good)
            text[n++] = *c;
        else
            n += (size_t)snprintf(text + n, 160 - n, "_%02x", (unsigned char)*c);
    }
    text[n] = '\0';
    return text;
}

static void print_materials(const struct eot_setup *setup) {
    char name[160];
    printf("  <materials>\n");
    for (int i = 0; i < setup->n_material; i++)
        for (int k = 0; k < setup->material[i].n_element; k++) {
            const struct eot_element *e = &setup->material[i].element[k];
            bool is_known = false;
            for (int j = 0; j <= i; j++)
                for (int l = 0; l < (j < i ? setup->material[j].n_element : k); l++)
                    is_known |= strcmp(setup->material[j].element[l].symbol, e->symbol) == 0;
            if (!is_known)
                printf("    <element name=\"element_%s\" formula=\"%s\" Z=\"%d\"><atom value=\"%.12g\"/></element>\n",
                       e->symbol, e->symbol, e->Z, e->A);
        }
    for (int i = 0; i < setup->n_material; i++) {
        const struct eot_material *m = &setup->material[i];
        printf("    <material name=\"%s\">\n      <MEE unit=\"eV\" value=\"%.12g\"/>\n      <D unit=\"g/cm3\" "
               "value=\"%.12g\"/>\n",
               xml_name(m->name, name), m->mean_excitation, m->density);
        for (int k = 0; k < m->n_element; k++)
            printf("      <fraction n=\"%.15g\" ref=\"element_%s\"/>\n", m->element[k].mass_fraction,
                   m->element[k].symbol);
        printf("    </material>\n");
    }
    printf("  </materials>\n");
}

static void print_box(const char *name, const char *part, double x, double y, double z) {
    printf("    <box name=\"%s%s_box\" x=\"%.12g\" y=\"%.12g\" z=\"%.12g\" lunit=\"cm\"/>\n", name, part, x, y, z);
}

static bool is_stack(const struct eot_volume_config *v) { return v->n_layer > 1 || v->repeat > 1; }

static void print_solids(const struct eot_geometry_config *g) {
    char name[160], part[32];
    printf("  <solids>\n");
    print_box("world", "", g->world_max[0] - g->world_min[0], g->world_max[1] - g->world_min[1],
              g->world_max[2] - g->world_min[2]);
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        xml_name(v->name, name);
        print_box(name, "_volume", v->size_x, v->size_y, v->thickness);
        if (!is_stack(v)) continue;
        print_box(name, "_period", v->size_x, v->size_y, v->thickness / v->repeat);
        for (size_t k = 0; k < v->n_layer; k++) {
            snprintf(part, sizeof part, "_layer%zu", k);
            print_box(name, part, v->size_x, v->size_y, v->layer[k].thickness);
        }
    }
    printf("  </solids>\n");
}

static void print_daughter(const char *name, const char *part, double x, double y, double z) {
    printf(
        "      <physvol name=\"%s%s_in\"><volumeref ref=\"%s%s\"/><position name=\"%s%s_at\" x=\"%.12g\" y=\"%.12g\" "
        "z=\"%.12g\" unit=\"cm\"/></physvol>\n",
        name, part, name, part, name, part, x, y, z);
}

/* Role, field and cells, of which GDML itself knows nothing. */
static void print_auxiliary(const struct eot_geometry_config *g, size_t i) {
    static const char *const roles[] = {"passive", "ecal", "veto", "hcal", "magnet", "tracker"};
    const double *field = eot_volume_field(g, i);
    printf("      <auxiliary auxtype=\"SensDet\" auxvalue=\"%s\"/>\n", roles[g->volume[i].role]);
    if (field[0] != 0.0 || field[1] != 0.0 || field[2] != 0.0)
        printf("      <auxiliary auxtype=\"MagField\" auxvalue=\"%.12g %.12g %.12g\" auxunit=\"tesla\"/>\n", field[0],
               field[1], field[2]);
}

static void middle_of(const struct eot_volume_config *v, double middle[3]) {
    middle[0] = v->center_x;
    middle[1] = v->center_y;
    middle[2] = v->z + 0.5 * v->thickness;
}

/* The layers of a volume, one period, and the periods one behind the other. */
static void print_stack(const struct eot_config *config, const struct eot_volume_config *v, const char *name) {
    char part[32], material[160];
    double period = v->thickness / v->repeat, z = -0.5 * period;
    for (size_t k = 0; k < v->n_layer; k++)
        printf("    <volume name=\"%s_layer%zu\"><materialref ref=\"%s\"/><solidref "
               "ref=\"%s_layer%zu_box\"/>%s</volume>\n",
               name, k, xml_name(config->material[v->layer[k].material].name, material), name, k,
               v->layer[k].active ? "<auxiliary auxtype=\"Active\" auxvalue=\"on\"/>" : "");
    printf("    <volume name=\"%s_period\"><materialref ref=\"%s\"/><solidref ref=\"%s_period_box\"/>\n", name,
           xml_name(config->material[v->layer[0].material].name, material), name);
    for (size_t k = 0; k < v->n_layer; k++) {
        snprintf(part, sizeof part, "_layer%zu", k);
        print_daughter(name, part, 0.0, 0.0, z + 0.5 * v->layer[k].thickness);
        z += v->layer[k].thickness;
    }
    printf("    </volume>\n");
}

/* Volume i; what stands in it was printed before. */
static void print_volume(const struct eot_config *config, size_t i) {
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_volume_config *v = &g->volume[i];
    char name[160], material[160], inner[160];
    double own[3], other[3];
    xml_name(v->name, name);
    middle_of(v, own);
    if (is_stack(v)) print_stack(config, v, name);
    printf("    <volume name=\"%s_volume\"><materialref ref=\"%s\"/><solidref ref=\"%s_volume_box\"/>\n", name,
           xml_name(config->material[v->layer[0].material].name, material), name);
    if (is_stack(v) && v->repeat > 1)
        printf("      <replicavol number=\"%d\"><volumeref ref=\"%s_period\"/><replicate_along_axis><direction "
               "z=\"1\"/><width value=\"%.12g\" unit=\"cm\"/><offset value=\"0\" "
               "unit=\"cm\"/></replicate_along_axis></replicavol>\n",
               v->repeat, name, v->thickness / v->repeat);
    else if (is_stack(v))
        print_daughter(name, "_period", 0.0, 0.0, 0.0);
    for (size_t k = 0; k < g->n_volume; k++) {
        if (eot_volume_magnet(g, k) != (int)i) continue;
        middle_of(&g->volume[k], other);
        print_daughter(xml_name(g->volume[k].name, inner), "_volume", other[0] - own[0], other[1] - own[1],
                       other[2] - own[2]);
    }
    print_auxiliary(g, i);
    printf("    </volume>\n");
}

static void print_structure(const struct eot_config *config) {
    const struct eot_geometry_config *g = &config->geometry;
    char name[160];
    double middle[3], world[3];
    printf("  <structure>\n");
    for (int is_outer = 0; is_outer < 2; is_outer++) /* what stands in a magnet comes before it */
        for (size_t i = 0; i < g->n_volume; i++)
            if ((eot_volume_magnet(g, i) < 0) == is_outer) print_volume(config, i);
    printf("    <volume name=\"world\"><materialref ref=\"%s\"/><solidref ref=\"world_box\"/>\n",
           xml_name(config->material[g->world_material].name, name));
    for (int a = 0; a < 3; a++) world[a] = 0.5 * (g->world_min[a] + g->world_max[a]);
    for (size_t i = 0; i < g->n_volume; i++) {
        if (eot_volume_magnet(g, i) >= 0) continue;
        middle_of(&g->volume[i], middle);
        print_daughter(xml_name(g->volume[i].name, name), "_volume", middle[0] - world[0], middle[1] - world[1],
                       middle[2] - world[2]);
    }
    printf("      <auxiliary auxtype=\"Origin\" auxvalue=\"%.12g %.12g %.12g\" auxunit=\"cm\"/>\n    </volume>\n  "
           "</structure>\n",
           -world[0], -world[1], -world[2]);
}

enum eot_status eot_cli_gdml_print(const struct eot_config *config, const struct eot_setup *setup,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    for (size_t i = 0; i < g->n_volume; i++) {
        double low[3], high[3], outer_low[3], outer_high[3];
        int magnet = eot_volume_magnet(g, i);
        if (magnet < 0) continue;
        eot_volume_box(&g->volume[i], low, high);
        eot_volume_box(&g->volume[magnet], outer_low, outer_high);
        for (int a = 0; a < 3; a++)
            EOT_CHECK(low[a] >= outer_low[a] && high[a] <= outer_high[a], EOT_E_CONFIG,
                      "%s stands in two magnets, which GDML cannot say; cut it in two", g->volume[i].name);
        EOT_CHECK(!is_stack(&g->volume[magnet]), EOT_E_CONFIG,
                  "%s stands in the layers of %s, which GDML cannot say; give the magnet one material",
                  g->volume[i].name, g->volume[magnet].name);
    }
    printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gdml xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
           "xsi:noNamespaceSchemaLocation=\"http://service-spi.web.cern.ch/service-spi/app/releases/GDML/schema/"
           "gdml.xsd\">\n  <define/>\n");
    print_materials(setup);
    print_solids(g);
    print_structure(config);
    printf("  <setup name=\"Default\" version=\"1.0\"><world ref=\"world\"/></setup>\n</gdml>\n");
done:
    return status;
}
