#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/nesting.h"
#include "config/reader.h"
#include "eotmc/geometry/grid.h"

#define TOUCH 1e-6 /* cm, volumes may share a face within it */

/** Fail at the place where `path` is written (or at the file, if it is a default). */
#define FAIL_AT(path, ...) return eot_tree_fail(&r->tree, eot_tree_find(&r->tree, path), path, r->err, __VA_ARGS__)

/** Windows that are not empty and a charge, of the selection whose keys begin with `prefix`. */
static enum eot_status check_selection(struct eot_reader *r, const struct eot_selection_config *s, const char *prefix) {
    char path[128];
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    if (s->key.low >= s->key.high) { \
        snprintf(path, sizeof path, "%s" #key, prefix); \
        FAIL_AT(path, "(empty: the lower end is not below the upper one); write [low, high]"); \
    }
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning)
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning)
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    snprintf(path, sizeof path, "%scharge", prefix);
    if (s->charge == 0) FAIL_AT(path, "(must be -1 or 1); -1 selects mu-, 1 selects mu+");
    return EOT_OK;
}

static enum eot_status check_selections(struct eot_reader *r) {
    const struct eot_config *c = r->config;
    enum eot_status status = check_selection(r, &c->selection, "selection.");
    for (size_t i = 0; i < c->n_further && status == EOT_OK; i++) {
        const struct eot_named_selection_config *further = &c->further[i];
        char path[64], prefix[80];
        snprintf(path, sizeof path, "selections.%s", further->name);
        snprintf(prefix, sizeof prefix, "%s.", path);
        if (strcmp(further->name, "default") == 0)
            FAIL_AT(path, "(the selection of this name is the section selection); choose another name");
        if (strpbrk(further->name, "+/") != NULL)
            FAIL_AT(path, "(the name becomes part of other names, without + and /); choose another name");
        for (size_t k = 0; k < i; k++)
            if (strcmp(further->name, c->further[k].name) == 0)
                FAIL_AT(path, "(two selections have this name); give each its own");
        if (eot_beam_is_muon(c))
            FAIL_AT("selections", "(a beam of muons has the default selection only); leave selections out");
        status = check_selection(r, &further->selection, prefix);
    }
    return status;
}

static enum eot_status fail_volume(struct eot_reader *r, const struct eot_volume_config *volume, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "geometry.volumes.%s", volume->name);
    const struct eot_node *node = eot_tree_find(&r->tree, path);
    for (size_t i = 0; node != NULL && node->source == 0 && i < node->n_child;
         i++) /* an override of one of its keys is the likely cause */
        if (node->child[i]->source > 0) {
            snprintf(path + strlen(path), sizeof path - strlen(path), ".%.40s", node->child[i]->key);
            node = node->child[i];
            break;
        }
    return eot_tree_fail(&r->tree, node, path, r->err, "%s", text);
}

/** Whether one of two volumes stands in the gap of the other, a magnet. */
static bool is_in_gap(const struct eot_geometry_config *g, size_t i, size_t k) {
    return (g->volume[k].role == EOT_ROLE_MAGNET && eot_volume_magnet(g, i) >= 0) ||
           (g->volume[i].role == EOT_ROLE_MAGNET && eot_volume_magnet(g, k) >= 0);
}

/** Number of different (material, active) pairs among a volume's layers. */
static int constituents(const struct eot_volume_config *v) {
    int n = 0;
    for (size_t i = 0; i < v->n_layer; i++) {
        bool is_new = true;
        for (size_t k = 0; k < i; k++)
            is_new &= v->layer[k].material != v->layer[i].material || v->layer[k].active != v->layer[i].active;
        n += is_new;
    }
    return n;
}

static enum eot_status check_volumes(struct eot_reader *r) {
    const struct eot_geometry_config *g = &r->config->geometry;
    static const char axis[] = "xyz";
    char text[512];
    int n_ecal = 0, n_veto = 0;
    for (int a = 0; a < 3; a++)
        if (g->world_min[a] >= g->world_max[a])
            FAIL_AT("geometry.world.max", "(not above geometry.world.min in %c); give the upper corner of the world",
                    axis[a]);
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        double low[3], high[3];
        eot_volume_box(v, low, high);
        for (int a = 0; a < 3; a++)
            if (low[a] < g->world_min[a] - TOUCH || high[a] > g->world_max[a] + TOUCH) {
                snprintf(text, sizeof text,
                         "(reaches from %.6g to %.6g cm in %c, outside the world, %.6g to %.6g cm); move it, or "
                         "enlarge geometry.world",
                         low[a], high[a], axis[a], g->world_min[a], g->world_max[a]);
                return fail_volume(r, v, text);
            }
        double thinnest = v->thickness, far = fmax(fabs(low[2]), fabs(high[2]));
        for (size_t k = 0; v->merge < 0 && k < v->n_layer; k++) thinnest = fmin(thinnest, v->layer[k].thickness);
        if (thinnest < 4 * FLT_EPSILON * far) {
            snprintf(text, sizeof text,
                     "(a slab of %.3g cm at z = %.6g cm, where single precision resolves %.1g cm); make it thicker, or "
                     "move the origin near to it",
                     thinnest, far, FLT_EPSILON * far);
            return fail_volume(r, v, text);
        }
        for (size_t k = 0; k < i; k++) {
            const struct eot_volume_config *w = &g->volume[k];
            if (strcmp(v->name, w->name) == 0)
                return fail_volume(r, v, "(two volumes have this name); give each its own");
            double other_low[3], other_high[3];
            eot_volume_box(w, other_low, other_high);
            bool overlaps = true;
            for (int a = 0; a < 3; a++) overlaps &= low[a] < other_high[a] - TOUCH && other_low[a] < high[a] - TOUCH;
            if (overlaps && !is_in_gap(g, i, k)) {
                snprintf(text, sizeof text,
                         "(overlaps %s, which fills z = %.6g to %.6g cm; this one %.6g to %.6g cm; only a tracker or "
                         "passive matter without a field may stand in another volume, wholly inside a magnet); move "
                         "one of them or make it smaller",
                         w->name, other_low[2], other_high[2], low[2], high[2]);
                return fail_volume(r, v, text);
            }
        }
        if (v->merge >= 0 && constituents(v) > EOT_N_CONSTITUENT) {
            snprintf(text, sizeof text,
                     "(%d different layers in an effective medium, at most %d); set merge: -1 for this volume to keep "
                     "its layers explicit",
                     constituents(v), EOT_N_CONSTITUENT);
            return fail_volume(r, v, text);
        }
        if (v->merge > v->repeat) {
            snprintf(text, sizeof text, "(merge = %d is more than its repeat = %d); use 0 to merge all of it", v->merge,
                     v->repeat);
            return fail_volume(r, v, text);
        }
        if (v->role == EOT_ROLE_MAGNET && v->field[0] == 0 && v->field[1] == 0 && v->field[2] == 0)
            return fail_volume(r, v, "(role magnet without a field); give field: [0 T, 1.4 T, 0 T], or role: passive");
        if ((v->role == EOT_ROLE_ECAL && ++n_ecal > 1) || (v->role == EOT_ROLE_VETO && ++n_veto > 1))
            return fail_volume(r, v,
                               "(a second volume of this role; there can be one ecal and one veto); give it role: "
                               "passive, or join the two");
    }
    return EOT_OK;
}

/* "a, b" of the keys of a family's processes that are on. @return whether there are any. */
static bool keys_of_family(const struct eot_config *c, enum eot_process_family family, char *text, size_t size) {
    static const char *const keys[EOT_N_RARE] = {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) "physics.rare." #key,
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
    };
    size_t n = 0;
    text[0] = '\0';
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (!c->physics.rare[p] || eot_rare_family(p) != (i32)family || n >= size) continue;
        n += (size_t)snprintf(text + n, size - n, "%s%s=off", n > 0 ? ", " : "", keys[p]);
    }
    return n > 0;
}

static enum eot_status check_processes(struct eot_reader *r) {
    char pairs[256], signal[256], key[128];
    if (!keys_of_family(r->config, EOT_FAMILY_DIMUON, pairs, sizeof pairs) ||
        !keys_of_family(r->config, EOT_FAMILY_SIGNAL, signal, sizeof signal))
        return EOT_OK;
    snprintf(key, sizeof key, "%.*s", (int)strcspn(signal, "="), signal);
    FAIL_AT(key,
            "(on together with muon pairs: of 1e9 vertices one would be signal, and weights differ as much); run one "
            "with %s and one with %s",
            pairs, signal);
}

enum eot_status eot_config_validate(struct eot_reader *r) {
    const struct eot_config *c = r->config;
    const struct eot_geometry_config *g = &c->geometry;
    if (c->physics.cut >= c->beam.energy)
        FAIL_AT("physics.cut",
                "(not below beam.energy = %.6g GeV: nothing would be followed); lower the cut, to %.6g GeV for example",
                c->beam.energy, c->beam.energy / 2);
    if (c->detector.ecal_sampling > c->detector.ecal_stochastic)
        FAIL_AT("detector.ecal.sampling",
                "(more than the whole stochastic term, %.6g); lower it, or raise detector.ecal.stochastic",
                c->detector.ecal_stochastic);
    if (c->sampling.min_photon_energy >= c->beam.energy)
        FAIL_AT("sampling.region.min_photon_energy",
                "(not below beam.energy = %.6g GeV: no photon would be left); lower it", c->beam.energy);
    if (c->sampling.min_lepton_energy >= c->beam.energy)
        FAIL_AT("sampling.region.min_lepton_energy",
                "(not below beam.energy = %.6g GeV: no electron would be left); lower it", c->beam.energy);
    bool has_exit = strcmp(c->scoring.exit, "last") == 0 || strcmp(c->scoring.exit, "plane") == 0;
    for (size_t i = 0; i < g->n_volume; i++) has_exit |= strcmp(c->scoring.exit, g->volume[i].name) == 0;
    if (!has_exit) FAIL_AT("scoring.exit", "(no volume has this name); name one of geometry.volumes, last, or plane");
    if (strcmp(c->scoring.exit, "plane") == 0 &&
        (c->scoring.exit_z <= g->world_min[2] || c->scoring.exit_z > g->world_max[2]))
        FAIL_AT("scoring.exit_z", "(outside the world, %.6g to %.6g cm); move the plane or enlarge geometry.world",
                g->world_min[2], g->world_max[2]);
    enum eot_status status = check_processes(r);
    if (status == EOT_OK) status = check_selections(r);
    if (status == EOT_OK) status = check_volumes(r);
    if (status != EOT_OK) return status;
    const double start[3] = {c->beam.position_x, c->beam.position_y, c->beam.position_z};
    static const char *const keys[3] = {"beam.position_x", "beam.position_y", "beam.position_z"};
    for (int a = 0; a < 3; a++)
        if (start[a] < g->world_min[a] || start[a] >= g->world_max[a])
            FAIL_AT(keys[a],
                    "(%.6g cm is outside the world, %.6g to %.6g cm); move the beam, or enlarge geometry.world",
                    start[a], g->world_min[a], g->world_max[a]);
    return EOT_OK;
}
