#include "materials/library.h"

#include <math.h>
#include <string.h>

#include "eotmc/base/constants.h"

#define EOT_LIST(...) \
    { __VA_ARGS__ }
static const struct eot_element_data ELEMENTS[] = {
#define EOT_ELEMENT(symbol, name, Z, A, mean_excitation, lambda_int, density, density_effect) \
    {#symbol, Z, A, mean_excitation, lambda_int},
#include "elements.def"
#undef EOT_ELEMENT
};
#define N_ELEMENT (sizeof ELEMENTS / sizeof ELEMENTS[0])

/* The elements as materials, then the others. */
static const struct builtin {
    const char *name;
    double density, mean_excitation, published_at, density_effect[5];
    struct eot_element_config element[EOT_MAX_ELEMENT];
} MATERIALS[] = {
#define EOT_ELEMENT(symbol, name, Z, A, mean_excitation, lambda_int, density, density_effect) \
    {#name, density, mean_excitation, density, density_effect, {{#symbol, 1.0}}},
#include "elements.def"
#undef EOT_ELEMENT
#define EOT_MATERIAL(name, density, mean_excitation, published_at, density_effect, elements) \
    {#name, density, mean_excitation, published_at, density_effect, elements},
#include "materials.def"
#undef EOT_MATERIAL
};
#undef EOT_LIST
#define N_MATERIAL (sizeof MATERIALS / sizeof MATERIALS[0])

const struct eot_element_data *eot_element_at(size_t n) { return n < N_ELEMENT ? &ELEMENTS[n] : NULL; }

const struct eot_element_data *eot_element_find(const char *symbol) {
    for (size_t i = 0; i < N_ELEMENT; i++)
        if (strcmp(ELEMENTS[i].symbol, symbol) == 0) return &ELEMENTS[i];
    return NULL;
}

double eot_element_X0(const struct eot_element_data *element) {
    static const double light[5][2] = {
        {0, 0}, {5.31, 6.144}, {4.79, 5.621}, {4.74, 5.805}, {4.71, 5.924}}; /* Thomas-Fermi fails for Z < 5 */
    double Z = element->Z, a2 = (EOT_ALPHA * Z) * (EOT_ALPHA * Z);
    double coulomb = a2 * (1 / (1 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2 * a2 - 0.002 * a2 * a2 * a2);
    double L = element->Z < 5 ? light[element->Z][0] : log(184.15 / cbrt(Z)),
           L_inelastic = element->Z < 5 ? light[element->Z][1] : log(1194 / cbrt(Z * Z));
    return element->A /
           (4 * EOT_ALPHA * EOT_R_ELECTRON * EOT_R_ELECTRON * EOT_AVOGADRO * (Z * Z * (L - coulomb) + Z * L_inelastic));
}

double eot_element_lambda_int(const struct eot_element_data *element) {
    if (element->lambda_int > 0) return element->lambda_int;
    const struct eot_element_data *below = NULL, *above = NULL;
    for (size_t i = 0; i < N_ELEMENT; i++) {
        const struct eot_element_data *e = &ELEMENTS[i];
        if (e->lambda_int <= 0) continue;
        if (e->A <= element->A && (below == NULL || e->A > below->A)) below = e;
        if (e->A > element->A && (above == NULL || e->A < above->A)) above = e;
    }
    double t = log(element->A / below->A) / log(above->A / below->A); /* the table begins and ends with a known value */
    return exp((1 - t) * log(below->lambda_int) + t * log(above->lambda_int));
}

bool eot_material_is_element(const char *name) {
    for (size_t i = 0; i < N_ELEMENT; i++)
        if (strcmp(MATERIALS[i].name, name) == 0) return true;
    return false;
}

void eot_density_effect_rescale(double parameters[5], double density_ratio) {
    double log_ratio = log(density_ratio);
    parameters[2] -= 0.5 * log_ratio / log(10.0);
    parameters[3] -= 0.5 * log_ratio / log(10.0);
    parameters[4] -= log_ratio;
}

const char *eot_material_builtin_name(size_t n) { return n < N_MATERIAL ? MATERIALS[n].name : NULL; }

bool eot_material_builtin(const char *name, struct eot_material_config *material) {
    for (size_t i = 0; i < N_MATERIAL; i++) {
        const struct builtin *b = &MATERIALS[i];
        if (strcmp(b->name, name) != 0) continue;
        memset(material, 0, sizeof *material);
        strncpy(material->name, b->name, sizeof material->name - 1);
        material->density = b->density;
        material->mean_excitation = b->mean_excitation;
        memcpy(material->density_effect, b->density_effect, sizeof material->density_effect);
        if (b->published_at > 0) eot_density_effect_rescale(material->density_effect, b->density / b->published_at);
        while (material->n_element < EOT_MAX_ELEMENT && b->element[material->n_element].symbol[0] != '\0')
            material->n_element++;
        material->element = (struct eot_element_config *)(uintptr_t)b->element; /* read-only: the caller copies */
        return true;
    }
    return false;
}
