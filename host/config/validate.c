#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nesting.h"
#include "config/reader.h"
#include "eotmc/geometry/grid.h"

#define TOUCH 1e-6 /* cm, volumes may share a face within it */

/** Add a problem at the place where `path` is written, or at the section where it would be. A key that has a problem
 * already gets no second one. */
static enum eot_status __attribute__((format(printf, 3, 4)))
problem(struct eot_reader *r, const char *path, const char *format, ...) {
    char text[1024];
    if (eot_problems_has(&r->tree.problems, path)) return EOT_OK;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return eot_read_on(r, eot_tree_fail(&r->tree, eot_tree_nearest(&r->tree, path), path, r->err, "%s", text));
}

/** Whether a key of the default selection has a problem already: others have its value, and would have it, too. */
static bool is_told(const struct eot_reader *r, const char *path) { return eot_problems_has(&r->tree.problems, path); }

/** Windows that are not empty and a charge, of the selection whose keys begin with `prefix`. */
static enum eot_status check_selection(struct eot_reader *r, const struct eot_selection_config *s, const char *prefix) {
    enum eot_status status = EOT_OK;
    char path[128];
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    snprintf(path, sizeof path, "%s" #key, prefix); \
    if (s->key.low >= s->key.high && !is_told(r, "selection." #key)) \
        EOT_TRY(problem(r, path, "(empty: the lower end is not below the upper one); write [low, high]"));
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning)
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning)
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    snprintf(path, sizeof path, "%scharge", prefix);
    if (s->charge == 0 && !is_told(r, "selection.charge"))
        EOT_TRY(problem(r, path, "(must be -1 or 1); -1 selects mu-, 1 selects mu+"));
done:
    return status;
}

static enum eot_status check_selections(struct eot_reader *r) {
    enum eot_status status = EOT_OK;
    const struct eot_config *c = r->config;
    EOT_TRY(check_selection(r, &c->selection, "selection."));
    for (size_t i = 0; i < c->n_further; i++) {
        const struct eot_named_selection_config *further = &c->further[i];
        char path[64], prefix[80];
        if (further->name[0] == '\0') continue; /* its problem is told */
        snprintf(path, sizeof path, "selections.%s", further->name);
        snprintf(prefix, sizeof prefix, "%s.", path);
        if (strcmp(further->name, "default") == 0)
            EOT_TRY(problem(r, path, "(the selection of this name is the section selection); choose another name"));
        if (strpbrk(further->name, "+/") != NULL)
            EOT_TRY(problem(r, path, "(the name becomes part of other names, without + and /); choose another name"));
        for (size_t k = 0; k < i; k++)
            if (strcmp(further->name, c->further[k].name) == 0)
                EOT_TRY(problem(r, path, "(two selections have this name); give each its own"));
        if (eot_beam_is_muon(c))
            EOT_TRY(problem(r, "selections", "(a beam of muons has the default selection only); leave selections out"));
        EOT_TRY(check_selection(r, &further->selection, prefix));
    }
done:
    return status;
}

static enum eot_status __attribute__((format(printf, 3, 4)))
fail_volume(struct eot_reader *r, const struct eot_volume_config *volume, const char *format, ...) {
    char path[128], text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(path, sizeof path, "geometry.volumes.%s", volume->name);
    const struct eot_node *node = eot_tree_find(&r->tree, path);
    for (size_t i = 0; node != NULL && node->source <= 0 && i < node->n_child;
         i++) /* an override of one of its keys is the likely cause */
        if (node->child[i]->source > 0) {
            snprintf(path + strlen(path), sizeof path - strlen(path), ".%.40s", node->child[i]->key);
            node = node->child[i];
            break;
        }
    return eot_read_on(r, eot_tree_fail(&r->tree, node, path, r->err, "%s", text));
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

/** Has this volume a problem of its own? What follows from its numbers is then not asked. */
static bool is_broken(const struct eot_reader *r, size_t i) {
    char path[128];
    const struct eot_volume_config *v = &r->config->geometry.volume[i];
    snprintf(path, sizeof path, "geometry.volumes.%s", v->name);
    return v->name[0] == '\0' || v->n_layer == 0 || eot_problems_has(&r->tree.problems, path);
}

/** Against the volumes before it: names, and space. */
static enum eot_status check_neighbours(struct eot_reader *r, size_t i, const bool *broken) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &r->config->geometry.volume[i];
    double low[3], high[3], other_low[3], other_high[3];
    eot_volume_box(v, low, high);
    for (size_t k = 0; k < i; k++) {
        const struct eot_volume_config *w = &r->config->geometry.volume[k];
        if (strcmp(v->name, w->name) == 0) return fail_volume(r, v, "(two volumes have this name); give each its own");
        eot_volume_box(w, other_low, other_high);
        bool overlaps = !broken[k];
        for (int a = 0; a < 3; a++) overlaps &= low[a] < other_high[a] - TOUCH && other_low[a] < high[a] - TOUCH;
        if (overlaps && !is_in_gap(&r->config->geometry, i, k))
            EOT_TRY(fail_volume(
                r, v,
                "(overlaps %s, which fills z = %.6g to %.6g cm; this one %.6g to %.6g cm); move one of them or make it "
                "smaller (only trackers and passive matter without a field may stand inside another volume, a magnet)",
                w->name, other_low[2], other_high[2], low[2], high[2]));
    }
done:
    return status;
}

/** What a volume must be by itself. */
static enum eot_status check_volume(struct eot_reader *r, const struct eot_volume_config *v) {
    enum eot_status status = EOT_OK;
    double thinnest = v->thickness, far = fmax(fabs(v->z), fabs(v->z + v->thickness));
    for (size_t k = 0; v->merge < 0 && k < v->n_layer; k++) thinnest = fmin(thinnest, v->layer[k].thickness);
    if (thinnest < 4 * FLT_EPSILON * far)
        EOT_TRY(fail_volume(
            r, v,
            "(a slab of %.3g cm at z = %.6g cm, where single precision resolves %.1g cm); make it thicker, or "
            "move the origin near to it",
            thinnest, far, FLT_EPSILON * far));
    if (v->merge >= 0 && constituents(v) > EOT_N_CONSTITUENT)
        EOT_TRY(fail_volume(
            r, v,
            "(%d different layers in an effective medium, at most %d); set merge: -1 for this volume to keep "
            "its layers explicit",
            constituents(v), EOT_N_CONSTITUENT));
    if (v->merge > v->repeat)
        EOT_TRY(fail_volume(r, v, "(merge = %d is more than its repeat = %d); use 0 to merge all of it", v->merge,
                            v->repeat));
    if (v->role == EOT_ROLE_MAGNET && v->field[0] == 0 && v->field[1] == 0 && v->field[2] == 0)
        EOT_TRY(fail_volume(r, v, "(role magnet without a field); give field: [0 T, 1.4 T, 0 T], or role: passive"));
done:
    return status;
}

/** Inside the world. */
static enum eot_status check_inside(struct eot_reader *r, const struct eot_volume_config *v) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &r->config->geometry;
    static const char axis[] = "xyz";
    double low[3], high[3];
    eot_volume_box(v, low, high);
    for (int a = 0; a < 3; a++)
        if (low[a] < g->world_min[a] - TOUCH || high[a] > g->world_max[a] + TOUCH)
            EOT_TRY(fail_volume(r, v,
                                "(reaches from %.6g to %.6g cm in %c, outside the world, %.6g to %.6g cm); move it, or "
                                "enlarge geometry.world",
                                low[a], high[a], axis[a], g->world_min[a], g->world_max[a]));
done:
    return status;
}

static enum eot_status check_volumes(struct eot_reader *r, bool has_world) {
    enum eot_status status = EOT_OK;
    struct eot_error *err = r->err;
    const struct eot_geometry_config *g = &r->config->geometry;
    int n_ecal = 0, n_veto = 0;
    bool *broken = calloc(g->n_volume + 1, sizeof *broken);
    EOT_CHECK_MEMORY(broken);
    for (size_t i = 0; i < g->n_volume; i++) broken[i] = is_broken(r, i);
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        if (broken[i]) continue;
        if (has_world) EOT_TRY(check_inside(r, v));
        EOT_TRY(check_volume(r, v));
        EOT_TRY(check_neighbours(r, i, broken));
        if ((v->role == EOT_ROLE_ECAL && ++n_ecal > 1) || (v->role == EOT_ROLE_VETO && ++n_veto > 1))
            EOT_TRY(fail_volume(
                r, v,
                "(a second volume of this role; there can be one ecal and one veto); give it role: passive, or "
                "join the two"));
    }
done:
    free(broken);
    return status;
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
    return problem(r, key,
                   "(on together with muon pairs: of 1e9 vertices one would be signal, and weights differ as much); "
                   "run one with %s and one with %s",
                   pairs, signal);
}

/* GeV: to where showers and the signal are validated; with a spread of a tenth and 6 standard deviations their tables
 * reach 490 GeV. Tables of muons end at 2^9 GeV of kinetic energy. */
static const double LEAST_ENERGY = 1.0, LARGEST_ENERGY = 300.0, LARGEST_KINETIC_OF_MUONS = 512.0;

/** The beam's energy against the tables of what it makes. */
static enum eot_status check_beam_energy(struct eot_reader *r) {
    const struct eot_config *c = r->config;
    const char *key = eot_tree_find(&r->tree, "beam.kinetic_energy") != NULL ? "beam.kinetic_energy" : "beam.energy";
    bool is_muon = eot_beam_is_muon(c), is_hadron = eot_beam_is_hadron(c);
    double top = c->beam.energy * (1.0 + 6.0 * c->beam.spread) - eot_beam_mass(c);
    if ((!is_muon || c->physics.rare[EOT_RARE_LFC]) && c->beam.energy > LARGEST_ENERGY)
        return problem(r, key, "(%s: at most %g GeV in all); lower it",
                       is_muon     ? "conversions of muons are validated up to there"
                       : is_hadron ? "pions and kaons are followed up to there"
                                   : "electrons, positrons and photons are validated up to there",
                       LARGEST_ENERGY);
    if (!is_muon && c->beam.energy < LEAST_ENERGY)
        return problem(r, key, "(%s are followed from %g GeV in all on); raise it",
                       is_hadron ? "pions and kaons" : "electrons, positrons and photons", LEAST_ENERGY);
    if (is_muon && top > LARGEST_KINETIC_OF_MUONS)
        return problem(r, c->beam.spread > 0.0 ? "beam.spread" : key,
                       "(muons reach %.6g GeV of kinetic energy within 6 standard deviations, their tables %g GeV); "
                       "lower it, or the beam's energy",
                       top, LARGEST_KINETIC_OF_MUONS);
    return EOT_OK;
}

/** Energies that must lie below the beam's. */
static enum eot_status check_energies(struct eot_reader *r) {
    enum eot_status status = EOT_OK;
    const struct eot_config *c = r->config;
    EOT_TRY(check_beam_energy(r));
    if (c->physics.cut >= c->beam.energy)
        EOT_TRY(problem(r, "physics.cut",
                        "(not below beam.energy = %.6g GeV: nothing would be followed); lower the cut, to %.6g GeV for "
                        "example",
                        c->beam.energy, c->beam.energy / 2));
    if (c->sampling.min_photon_energy >= c->beam.energy)
        EOT_TRY(problem(r, "sampling.region.min_photon_energy",
                        "(not below beam.energy = %.6g GeV: no photon would be left); lower it", c->beam.energy));
    if (c->sampling.min_lepton_energy >= c->beam.energy)
        EOT_TRY(problem(r, "sampling.region.min_lepton_energy",
                        "(not below beam.energy = %.6g GeV: no electron would be left); lower it", c->beam.energy));
done:
    return status;
}

/** What lies in the world besides volumes: where the beam starts and a scored plane. */
static enum eot_status check_in_world(struct eot_reader *r) {
    enum eot_status status = EOT_OK;
    const struct eot_config *c = r->config;
    const struct eot_geometry_config *g = &c->geometry;
    const double start[3] = {c->beam.position_x, c->beam.position_y, c->beam.position_z};
    static const char *const keys[3] = {"beam.position_x", "beam.position_y", "beam.position_z"};
    for (int a = 0; a < 3; a++)
        if (start[a] < g->world_min[a] || start[a] >= g->world_max[a])
            EOT_TRY(problem(r, keys[a],
                            "(%.6g cm is outside the world, %.6g to %.6g cm); move the beam, or enlarge geometry.world",
                            start[a], g->world_min[a], g->world_max[a]));
    for (size_t i = 0; i < c->output.n_plane; i++) {
        const struct eot_plane_config *p = &c->output.plane[i];
        char key[64];
        snprintf(key, sizeof key, "output.planes.%s", p->name);
        if (!(p->z > g->world_min[2] && p->z <= g->world_max[2]))
            EOT_TRY(problem(r, key,
                            "(z = %.6g cm is outside the world, %.6g to %.6g cm); move it, or enlarge "
                            "geometry.world",
                            p->z, g->world_min[2], g->world_max[2]));
        if (strchr(p->name, '/') != NULL)
            EOT_TRY(problem(r, key, "(the name is that of a file: no '/'); choose another name"));
        if (p->kinds == 0) EOT_TRY(problem(r, key, "(kinds: off, nothing to write); leave the plane out"));
    }
    if (c->detector.srd_energy[0] > c->detector.srd_energy[1])
        EOT_TRY(problem(r, "detector.srd.energy", "(its end is below its begin); give the lower energy first"));
    if (c->beam.decay_region[0] > c->beam.decay_region[1])
        EOT_TRY(problem(r, "beam.decay_region", "(its end is not behind its begin); give the smaller z first"));
    if (eot_beam_is_hadron(c) && c->beam.decay_region[0] != c->beam.decay_region[1] &&
        (c->beam.decay_region[1] <= c->beam.position_z || c->beam.decay_region[0] >= g->world_max[2]))
        EOT_TRY(problem(r, "beam.decay_region",
                        "(no part of it is between the beam's start at %.6g cm and the end of the world at %.6g cm); "
                        "give a region there",
                        c->beam.position_z, g->world_max[2]));
    if (strcmp(c->scoring.exit, "plane") == 0 &&
        (c->scoring.exit_z <= g->world_min[2] || c->scoring.exit_z > g->world_max[2]))
        EOT_TRY(problem(r, "scoring.exit_z",
                        "(outside the world, %.6g to %.6g cm); move the plane or enlarge geometry.world",
                        g->world_min[2], g->world_max[2]));
done:
    return status;
}

/** Several masses rise, and have a share each if they have any. */
static enum eot_status check_masses(struct eot_reader *r) {
    enum eot_status status = EOT_OK;
    const struct eot_numbers *m = &r->config->physics.masses, *share = &r->config->sampling.mass_shares;
    if (eot_problems_has(&r->tree.problems, "physics.mphi")) return EOT_OK;
    if (m->n == 0) EOT_TRY(problem(r, "physics.mphi", "(an empty list); give one mass or more"));
    for (int i = 1; i < m->n; i++)
        if (!(m->value[i] > m->value[i - 1])) {
            EOT_TRY(problem(r, "physics.mphi", "(%.9g GeV stands behind %.9g GeV); give rising masses, each once",
                            m->value[i], m->value[i - 1]));
            break;
        }
    if (share->n > 0 && share->n != m->n)
        EOT_TRY(problem(r, "sampling.mass_shares",
                        "(%d shares of %d masses); give one for each of physics.mphi, or none", share->n, m->n));
done:
    return status;
}

enum eot_status eot_config_validate(struct eot_reader *r) {
    enum eot_status status = EOT_OK;
    const struct eot_config *c = r->config;
    const struct eot_geometry_config *g = &c->geometry;
    const struct eot_problems *known = &r->tree.problems;
    static const char axis[] = "xyz";
    bool has_energy = c->beam.energy > 0 && !eot_problems_has(known, "beam.energy") &&
                      !eot_problems_has(known, "beam.kinetic_energy");
    bool has_world = !eot_problems_has(known, "geometry.world") && eot_tree_find(&r->tree, "geometry.world") != NULL;
    if (has_energy) EOT_TRY(check_energies(r));
    if (c->detector.ecal_sampling > c->detector.ecal_stochastic && !eot_problems_has(known, "detector.ecal.stochastic"))
        EOT_TRY(problem(r, "detector.ecal.sampling",
                        "(more than the whole stochastic term, %.6g); lower it, or raise detector.ecal.stochastic",
                        c->detector.ecal_stochastic));
    bool has_exit = strcmp(c->scoring.exit, "last") == 0 || strcmp(c->scoring.exit, "plane") == 0 ||
                    c->scoring.exit[0] == '\0' || eot_problems_has(known, "geometry.volumes") ||
                    eot_tree_find(&r->tree, "geometry.volumes") == NULL;
    for (size_t i = 0; i < g->n_volume; i++) has_exit |= strcmp(c->scoring.exit, g->volume[i].name) == 0;
    if (!has_exit)
        EOT_TRY(problem(r, "scoring.exit", "(no volume has this name); name one of geometry.volumes, last, or plane"));
    EOT_TRY(check_processes(r));
    EOT_TRY(check_masses(r));
    EOT_TRY(check_selections(r));
    for (int a = 0; a < 3 && has_world; a++)
        if (g->world_min[a] >= g->world_max[a]) {
            EOT_TRY(problem(r, "geometry.world.max",
                            "(not above geometry.world.min in %c); give the upper corner of the world", axis[a]));
            has_world = false;
        }
    EOT_TRY(check_volumes(r, has_world));
    if (has_world) EOT_TRY(check_in_world(r));
done:
    return status;
}
