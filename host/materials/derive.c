#include <math.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "materials/library.h"
#include "materials/material.h"

#define GAS_DENSITY 0.02 /* g/cm3; below it the gases' parameters apply */

/** Sternheimer's parameters for a material that has none tabulated.
 * Source: R. M. Sternheimer and R. F. Peierls, Phys. Rev. B 3 (1971) 3681: k = 3, x0 and x1 by Cbar, and a from
 * continuity at x0. Validity: delta within 0.5 of the tabulated parameters of lead, 0.3 of iron's, 0.2 of polystyrene's
 * (tests/unit/materials/test_material.c); none of it is left above beta gamma = 10^x1. */
static void density_effect_general(struct eot_material *m) {
    double *p = m->density_effect, C = 2 * log(m->mean_excitation / m->plasma_energy) + 1, x0, x1;
    if (m->density >= GAS_DENSITY) {
        bool is_low = m->mean_excitation < 100;
        x1 = is_low ? 2 : 3;
        x0 = C < (is_low ? 3.681 : 5.215) ? 0.2 : 0.326 * C - (is_low ? 1.0 : 1.5);
    } else {
        x1 = C < 12.25 ? 4 : 5;
        x0 = C < 10 ? 1.6 : C < 10.5 ? 1.7 : C < 11 ? 1.8 : C < 11.5 ? 1.9 : C < 13.804 ? 2.0 : 0.326 * C - 2.5;
        if (C >= 13.804 && x0 + 1 > x1) x1 = x0 + 1; /* very thin gases: the fit's x0 passes its x1 */
    }
    p[0] = (C - 2 * log(10.0) * x0) / pow(x1 - x0, 3);
    p[1] = 3;
    p[2] = x0;
    p[3] = x1;
    p[4] = C;
}

enum eot_status eot_material_derive(const struct eot_material_config *config, struct eot_material *m,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double inverse_X0 = 0, inverse_lambda = 0, log_excitation = 0, critical = 0;
    memset(m, 0, sizeof *m);
    memcpy(m->name, config->name, sizeof m->name);
    m->density = config->density;
    EOT_CHECK(config->n_element > 0 && config->n_element <= EOT_MAX_ELEMENT, EOT_E_CONFIG,
              "material %s has %zu elements (1 to %d are possible); correct its elements", m->name, config->n_element,
              EOT_MAX_ELEMENT);
    for (size_t i = 0; i < config->n_element; i++) {
        const struct eot_element_data *e = eot_element_find(config->element[i].symbol);
        EOT_CHECK(e != NULL, EOT_E_CONFIG,
                  "material %s: unknown element '%s' (not in the table); use one of host/materials/elements.def",
                  m->name, config->element[i].symbol);
        double w = config->element[i].mass_fraction, Z_over_A = e->Z / e->A, X0 = eot_element_X0(e);
        struct eot_element *to = &m->element[m->n_element++];
        memcpy(to->symbol, config->element[i].symbol, sizeof to->symbol);
        to->Z = e->Z;
        to->A = e->A;
        to->mean_excitation = e->mean_excitation;
        to->mass_fraction = w;
        inverse_X0 += w / X0;
        inverse_lambda += w / eot_element_lambda_int(e);
        m->Z_over_A += w * Z_over_A;
        log_excitation += w * Z_over_A * log(e->mean_excitation);
        critical += w / X0 * 2.66e-3 *
                    pow(X0 * Z_over_A,
                        1.1); /* Grindhammer and Peters, hep-ex/0001020, sec. 2: E_c of an element [GeV], X0 in g/cm2 */
    }
    m->X0 = 1 / (inverse_X0 * m->density);
    m->lambda_int = 1 / (inverse_lambda * m->density);
    m->mean_excitation = config->mean_excitation > 0 ? config->mean_excitation : exp(log_excitation / m->Z_over_A);
    m->plasma_energy = 28.816 * sqrt(m->density * m->Z_over_A); /* PDG (2022), table 34.1 */
    m->critical_energy = critical / inverse_X0;
    m->moliere_radius = m->X0 * 21.2e-3 / m->critical_energy; /* E_s = 21.2 MeV */
    memcpy(m->density_effect, config->density_effect, sizeof m->density_effect);
    if (m->density_effect[1] <= 0) density_effect_general(m);
done:
    return status;
}
