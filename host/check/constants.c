/** @file constants.c
 * Constants that were fitted to NA64's calorimeters, in a set-up that has others. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "materials/library.h"

/** What the shape of a shower and the response depend on. */
struct calorimeter {
    double Z;         /* mean, by mass */
    double X0;        /* cm, mean along the path */
    double period_X0; /* thickness of a period of absorber and active layers [X0]; 0: active throughout */
};

/** A layer: material, thickness [cm], whether it is active. */
struct layer {
    const struct eot_material *material;
    double thickness;
    bool is_active;
};

static struct calorimeter calorimeter_of(const struct layer *layer, size_t n) {
    double mass = 0, length = 0, X0 = 0, Z = 0;
    bool has_absorber = false;
    for (size_t i = 0; i < n; i++) {
        const struct eot_material *m = layer[i].material;
        double g = m->density * layer[i].thickness;
        mass += g;
        length += layer[i].thickness;
        X0 += layer[i].thickness / m->X0;
        has_absorber |= !layer[i].is_active;
        for (int k = 0; k < m->n_element; k++) Z += g * m->element[k].mass_fraction * m->element[k].Z;
    }
    if (!(X0 > 0 && mass > 0)) return (struct calorimeter){0}; /* vacuum */
    return (struct calorimeter){Z / mass, length / X0, has_absorber ? X0 : 0};
}

/** Two layers of built-in materials, the second one active. */
static enum eot_status fitted(const char *absorber, double thickness, const char *active, double active_thickness,
                              struct calorimeter *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_material material[2];
    struct eot_material_config config;
    const char *const name[2] = {absorber, active};
    for (int i = 0; i < 2; i++) {
        EOT_CHECK(eot_material_builtin(name[i], &config), EOT_E_INTERNAL, "no material %s; report this as a bug",
                  name[i]);
        EOT_TRY(eot_material_derive(&config, &material[i], err));
    }
    *c = calorimeter_of((struct layer[]){{&material[0], thickness, false}, {&material[1], active_thickness, true}}, 2);
done:
    return status;
}

static struct calorimeter calorimeter_of_volume(const struct eot_check *c, const struct eot_volume_config *v) {
    enum { MOST = 64 }; /* layers of one period; what is beyond them hardly changes a mean */
    struct layer layer[MOST];
    size_t n = v->n_layer < MOST ? v->n_layer : MOST;
    for (size_t i = 0; i < n; i++)
        layer[i] = (struct layer){&c->setup->material[v->layer[i].material], v->layer[i].thickness, v->layer[i].active};
    return calorimeter_of(layer, n);
}

static bool differ(double a, double b, double share) { return fabs(a - b) > share * fmax(fabs(a), fabs(b)); }

/** Is it as another calorimeter, as far as constants are concerned? */
static bool is_other(const struct calorimeter *a, const struct calorimeter *b) {
    return differ(a->Z, b->Z, 0.1) || differ(a->X0, b->X0, 0.1) || differ(a->period_X0, b->period_X0, 0.25);
}

/** The keys among `key` that have their default, "a, b". @return whether there are any. */
static bool defaults_among(const struct eot_config *config, const char *const *key, size_t n, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++)
        if (eot_config_is_default(config, key[i]))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", key[i]);
    return used > 0;
}

enum eot_status eot_check_constants(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    static const char *const ecal[] = {"detector.ecal.stochastic", "detector.ecal.constant", "detector.ecal.sampling",
                                       "detector.ecal.em_visible_ratio"};
    static const char *const hcal[] = {"detector.hcal.stochastic", "detector.hcal.mip_peak", "detector.hcal.mip_energy",
                                       "detector.hcal.em_visible_ratio"};
    static const struct {
        enum eot_role role;
        const char *code, *what;
        const char *const *key;
        size_t n;
    } groups[] = {{EOT_ROLE_ECAL, "ecal_constants", "the response of the ECAL", ecal, sizeof ecal / sizeof ecal[0]},
                  {EOT_ROLE_HCAL, "hcal_constants", "the response of the HCAL", hcal, sizeof hcal / sizeof hcal[0]}};
    enum eot_status status = EOT_OK;
    char keys[320];
    if (eot_beam_kind_of(c->config) != EOT_BEAM_KIND_SHOWER) return EOT_OK;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        bool is_ecal = groups[i].role == EOT_ROLE_ECAL;
        int volume = eot_setup_volume(c->config, groups[i].role, 0);
        if (volume < 0) continue;
        struct calorimeter na64, own = calorimeter_of_volume(c, &c->config->geometry.volume[volume]);
        EOT_TRY(is_ecal ? fitted("lead", 0.15, "polystyrene", 0.15, &na64, err)
                        : fitted("iron", 2.5, "polystyrene", 0.4, &na64, err));
        if (own.X0 == 0 || !is_other(&own, &na64) ||
            !defaults_among(c->config, groups[i].key, groups[i].n, keys, sizeof keys))
            continue;
        EOT_TRY(eot_findings_warn(
            f, err, groups[i].code,
            "%s: constants of NA64's %s (mean Z %.3g, X0 %.3g cm, period %.2g X0) in one of Z %.3g, X0 %.3g cm, period "
            "%.2g X0; give your own for %s",
            groups[i].what, is_ecal ? "ECAL" : "HCAL", na64.Z, na64.X0, na64.period_X0, own.Z, own.X0, own.period_X0,
            keys));
    }
done:
    return status;
}
