#include "world/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "world/calibrate.h"
#include "base/sha256.h"
#include "eotmc/base/constants.h"
#include "eotmc/detector/accumulator.h"
#include "eotmc/physics/dimuon_annihilation.h"
#include "physics/dimuon.h"
#include "physics/em.h"
#include "physics/muon_tables.h"
#include "physics/shower.h"
#include "physics/signal.h"
#include "world/importance.h"
#include "world/reach.h"
#include "world/world_cache.h"

static const double ENERGY_MARGIN = 1.02; /* tables reach this factor above the largest energy of a primary */
static const double NO_PARENT = 1e9;      /* GeV: no particle has as much */

/* Two explicit layers in the cascade, or one effective medium. */
static bool has_explicit_layers(const struct eot_volume_config *ecal) { return ecal->merge < 0 && ecal->n_layer > 1; }

void eot_world_rare_switches(const struct eot_config *config, bool on[EOT_N_RARE]) {
    on[EOT_RARE_DIMUON_GAMMA] = config->physics.rare_dimuon_gamma;
    on[EOT_RARE_LFC] = config->physics.rare_lfc;
    on[EOT_RARE_DIMUON_TRIDENT] = config->physics.rare_dimuon_trident;
    on[EOT_RARE_DIMUON_ANNIHILATION] = config->physics.rare_dimuon_annihilation;
}

double eot_world_rare_threshold(const struct eot_config *config, int process) {
    if (process == EOT_RARE_DIMUON_ANNIHILATION) return EOT_DIMUON_ANNIHILATION_THRESHOLD;
    return process == EOT_RARE_LFC ? config->physics.mphi + EOT_M_MUON
                                   : 2.0 * EOT_M_MUON; /* of an infinitely heavy nucleus */
}

double eot_world_signal_preference(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED ? config->sampling.signal_preference : 0.0;
}

const char *eot_world_kernel_options_for(const struct eot_config *config, enum eot_track_tally tally) {
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
#define FOR_ALL(n_medium, parents, tally) \
    "-DEOT_N_MEDIUM=" #n_medium " -DEOT_RARE_PARENTS=" #parents " -DEOT_TRACK_TALLY=" #tally
#define FOR_PARENTS(n, p) \
    { FOR_ALL(n, p, 0), FOR_ALL(n, p, 1), FOR_ALL(n, p, 2) }
#define FOR_MEDIUM(n) \
    { \
        FOR_PARENTS(n, 0), FOR_PARENTS(n, 1), FOR_PARENTS(n, 2), FOR_PARENTS(n, 3), FOR_PARENTS(n, 4), \
            FOR_PARENTS(n, 5), FOR_PARENTS(n, 6), FOR_PARENTS(n, 7) \
    }
    bool on[EOT_N_RARE];
    eot_world_rare_switches(config, on);
    static const char *const options[2][8][3] = {FOR_MEDIUM(1), FOR_MEDIUM(2)};
    return options[ecal >= 0 && has_explicit_layers(&config->geometry.volume[ecal])][eot_rare_parents_of(on)][tally];
}

const char *eot_world_kernel_options(const struct eot_config *config) {
    return eot_world_kernel_options_for(config, config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE);
}

/* The cascade's medium: explicit layers where the ECAL has two and they are not merged, an effective medium otherwise.
 */
enum eot_status eot_world_em_options(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                     struct eot_em_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int i_ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    EOT_CHECK(i_ecal >= 0, EOT_E_CONFIG,
              "the geometry has no volume with role ecal (the cascade runs in it); give one volume role: ecal");
    const struct eot_volume_config *ecal = &config->geometry.volume[i_ecal];
    double energy_max = config->beam.energy * (1.0 + 6.0 * config->beam.spread) * ENERGY_MARGIN, period = 0.0;
    *o = (struct eot_em_options){.cut = cut,
                                 .energy_max = energy_max,
                                 .depth = ecal->thickness,
                                 .step_max_X0 = config->physics.step_max_X0,
                                 .lpm = config->physics.lpm};
    eot_world_rare_switches(config, o->rare);
    for (int type = 0; type < 3;
         type++) { /* the lowest threshold of the parent's processes, or where the region begins */
        double lowest = NO_PARENT;
        for (int p = 0; p < EOT_N_RARE; p++)
            if (o->rare[p] && eot_rare_parents(p) & 1 << type)
                lowest = fmin(lowest, eot_world_rare_threshold(config, p));
        o->rare_min[type] =
            fmax(lowest, type == EOT_PHOTON ? config->sampling.min_photon_energy : config->sampling.min_lepton_energy);
    }
    for (size_t i = 0; i < ecal->n_layer; i++) period += ecal->layer[i].thickness;
    if (has_explicit_layers(ecal)) {
        EOT_CHECK(ecal->n_layer == 2, EOT_E_CONFIG,
                  "volume %s has %zu explicit layers (the cascade follows periods of two); use geometry.layers: "
                  "effective, or merge: 0 for it",
                  ecal->name, ecal->n_layer);
        o->n_medium = 2;
        for (int i = 0; i < 2; i++) {
            o->medium[i].n_constituent = 1;
            o->medium[i].material[0] = &setup->material[ecal->layer[i].material];
            o->medium[i].fraction[0] = 1.0;
            o->medium[i].thickness = ecal->layer[i].thickness;
        }
    } else {
        EOT_CHECK(ecal->n_layer <= EOT_N_CONSTITUENT, EOT_E_CONFIG,
                  "volume %s has %zu layers (an effective medium has at most %d); merge equal layers", ecal->name,
                  ecal->n_layer, EOT_N_CONSTITUENT);
        o->n_medium = 1;
        o->medium[0].n_constituent = (int)ecal->n_layer;
        for (size_t i = 0; i < ecal->n_layer; i++) {
            o->medium[0].material[i] = &setup->material[ecal->layer[i].material];
            o->medium[0].fraction[i] = ecal->layer[i].thickness / period;
        }
    }
done:
    return status;
}

/* One slab of the shower's axis: averages of a volume as Grindhammer and Peters define them (models: 1/X0 = sum w/X0_i,
 * Ec = X0 sum w Ec_i/X0_i, 1/R_M likewise). */
static const double MIP_BETA_GAMMA = 3.5; /* where ionisation is least */

static eot_slab slab_of(const struct eot_setup *setup, const struct eot_volume_config *v, double em_visible_ratio) {
    eot_slab s;
    memset(&s, 0, sizeof s);
    double mass = 0.0, inverse_X0 = 0.0, critical = 0.0, length = 0.0, seen = 0.0, lost = 0.0, Z[2] = {0.0, 0.0},
           part[2] = {0.0, 0.0};
    for (size_t i = 0; i < v->n_layer; i++) {
        const struct eot_material *m = &setup->material[v->layer[i].material];
        double d = v->layer[i].thickness, g = m->density * d, X0 = m->X0 * m->density;
        mass += g;
        length += d;
        inverse_X0 += g / X0;
        critical += g * m->critical_energy / X0;
        double ionisation = g * m->Z_over_A *
                            (log(2.0 * EOT_M_ELECTRON * 1e9 * MIP_BETA_GAMMA * MIP_BETA_GAMMA / m->mean_excitation) -
                             1.0); /* Bethe, without density effect */
        lost += ionisation;
        for (int k = 0; k < m->n_element; k++)
            Z[v->layer[i].active] += g * m->element[k].mass_fraction * m->element[k].Z;
        part[v->layer[i].active] += g;
        if (v->layer[i].active) seen += ionisation;
    }
    double Ec = critical / inverse_X0, moliere = mass / length > 0.0 ? 0.0212 / (critical / length)
                                                                     : 0.0; /* Es = 21.2 MeV; sum of w Ec/X0 per cm */
    s.z0 = (f32)v->z;
    s.z1 = (f32)(v->z + v->thickness);
    s.inverse_X0 = (f32)(inverse_X0 / length);
    s.log_critical_energy = (f32)log(Ec);
    s.moliere_radius = (f32)moliere;
    s.center_x = (f32)v->center_x;
    s.center_y = (f32)v->center_y;
    s.half_x = (f32)(0.5 * v->size_x);
    s.half_y = (f32)(0.5 * v->size_y);
    s.role = v->role;
    s.cells_x = v->cells_x;
    s.cells_y = v->cells_y;
    s.first_cell = -1;
    s.Z = (f32)((Z[0] + Z[1]) / mass);
    if (part[0] > 0.0 &&
        part[1] > 0.0) { /* absorber and active layers: GP's e-hat, and the sampling frequency of one period */
        s.one_minus_e_hat = (f32)(1.0 - 1.0 / (1.0 + 0.007 * (Z[0] / part[0] - Z[1] / part[1])));
        s.inverse_sampling_frequency = (f32)inverse_X0; /* period / X0 */
    }
    s.shower_visible = (f32)(lost > 0.0 ? seen / lost * (v->n_layer > 1 ? em_visible_ratio : 1.0) : 0.0);
    return s;
}

static int compare_slabs(const void *a, const void *b) {
    f32 u = ((const eot_slab *)a)->z0, v = ((const eot_slab *)b)->z0;
    return u < v ? -1 : u > v;
}

static enum eot_status make_slabs(const struct eot_config *config, const struct eot_setup *setup, eot_event_world *e,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    eot_slab volume[EOT_N_SLAB];
    int n = 0, n_hcal = 0;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        EOT_CHECK(n < EOT_N_SLAB / 2, EOT_E_CONFIG, "geometry has more than %d volumes along the beam; merge some",
                  EOT_N_SLAB / 2);
        eot_slab s = slab_of(setup, v,
                             v->role == EOT_ROLE_ECAL ? config->detector.ecal_em_visible_ratio
                                                      : config->detector.em_visible_ratio);
        s.module = eot_setup_module(config, (int)i);
        if (v->role == EOT_ROLE_ECAL) {
            EOT_CHECK(v->cells_x * v->cells_y <= EOT_N_ECAL_CELL, EOT_E_CONFIG,
                      "volume %s has %d cells (at most %d are kept); use fewer", v->name, v->cells_x * v->cells_y,
                      EOT_N_ECAL_CELL);
            s.first_cell = EOT_ACC_ECAL_CELL;
        }
        if (v->role == EOT_ROLE_HCAL) {
            EOT_CHECK(s.module < EOT_N_HCAL, EOT_E_CONFIG, "volume %s is HCAL module %d (at most %d are simulated)",
                      v->name, s.module, EOT_N_HCAL);
            EOT_CHECK(v->cells_x * v->cells_y <= EOT_N_HCAL_CELL, EOT_E_CONFIG,
                      "volume %s has %d cells (at most %d are kept); use fewer", v->name, v->cells_x * v->cells_y,
                      EOT_N_HCAL_CELL);
            s.first_cell = EOT_ACC_HCAL_CELL + s.module * EOT_N_HCAL_CELL;
            n_hcal++;
            e->response.hcal_end = fmaxf(e->response.hcal_end, s.z1);
        }
        volume[n++] = s;
    }
    qsort(volume, (size_t)n, sizeof volume[0], compare_slabs);
    const struct eot_material *world = &setup->material[g->world_material];
    e->n_slab = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && volume[i].z0 > volume[i - 1].z1) { /* the gap */
            eot_slab gap;
            memset(&gap, 0, sizeof gap);
            gap.z0 = volume[i - 1].z1;
            gap.z1 = volume[i].z0;
            gap.inverse_X0 = (f32)(world->X0 > 0.0 && isfinite(world->X0) ? 1.0 / world->X0 : 1e-9);
            gap.log_critical_energy = (f32)log(world->critical_energy > 0.0 ? world->critical_energy : 0.08);
            gap.moliere_radius = 1.0f;
            gap.half_x = (f32)g->world_max[0];
            gap.half_y = (f32)g->world_max[1];
            gap.first_cell = -1;
            e->slab[e->n_slab++] = gap;
        }
        e->slab[e->n_slab++] = volume[i];
    }
    int i_ecal = 0;
    while (i_ecal < e->n_slab && e->slab[i_ecal].role != EOT_ROLE_ECAL) i_ecal++;
    for (int i = 0; i < i_ecal && i_ecal < e->n_slab; i++)
        if (e->slab[i].role != EOT_ROLE_VETO && e->slab[i].role != EOT_ROLE_HCAL)
            e->slab[i].module = EOT_MODULE_IN_FRONT;
    e->response.n_hcal = n_hcal;
done:
    return status;
}

static enum eot_status make_spectrometer(const struct eot_config *config, eot_response *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double magnet_z = 0.0;
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role == EOT_ROLE_MAGNET) {
            r->field_integral += (f32)(v->field[1] * v->thickness);
            magnet_z = v->z;
        }
    }
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role != EOT_ROLE_TRACKER) continue;
        int module = eot_setup_module(config, (int)i);
        EOT_CHECK(module < EOT_N_PLANE, EOT_E_CONFIG, "volume %s is tracker plane %d (at most %d are simulated)",
                  v->name, module, EOT_N_PLANE);
        r->plane_z[module] = (f32)v->z; /* a hit is where the muon enters */
        r->plane_resolution[module] = (f32)v->resolution;
        r->n_plane++;
        if (v->z < magnet_z) r->n_before++;
    }
done:
    return status;
}

static double largest_error(const struct eot_world_accuracy *a) {
    double largest = a->muon;
    for (int m = 0; m < EOT_N_MEDIUM_MAX; m++)
        largest = fmax(fmax(fmax(largest, a->em[m].brems), fmax(a->em[m].pair, a->em[m].compton)),
                       fmax(a->em[m].dimuon_gamma, a->em[m].lfc));
    return largest;
}

bool eot_world_is_accurate(const struct eot_world_accuracy *a) {
    bool is_good =
        a->muon >= 0.0 && a->muon <= eot_muon_options_default().tolerance && a->hcal_peak >= 0.0 && a->hcal_peak < 1.0;
    for (int m = 0; m < EOT_N_MEDIUM_MAX; m++) {
        const double error[] = {a->em[m].brems, a->em[m].pair, a->em[m].compton, a->em[m].dimuon_gamma, a->em[m].lfc};
        for (int i = 0; i < 5; i++) is_good = is_good && error[i] >= 0.0 && error[i] <= EOT_EM_TOLERANCE;
    }
    return is_good;
}

/* The tables that are integrals: functions of materials, geometry and physics, of neither seed nor sample. */
static enum eot_status build_muon_tables(const struct eot_config *config, const struct eot_setup *setup,
                                         struct eot_world *w, struct eot_error *err) {
    struct eot_muon_options m = eot_muon_options_default();
    m.v_cut = config->physics.muon_hard_loss;
    if (config->physics.muon_straggling == EOT_CONFIG_STRAGGLING_MOMENTS) m = eot_muon_options_moments();
    if (config->physics.muon_straggling == EOT_CONFIG_STRAGGLING_OFF) m.straggling = EOT_MUON_STRAGGLING_OFF;
    m.scattering = config->physics.multiple_scattering;
    m.decay_in_flight = m.decay_at_rest = config->physics.decay;
    return eot_muon_tables_build(setup->material, setup->n_material, &m, &w->table, &w->muon, &w->accuracy.muon, err);
}

static enum eot_status build_tables(const struct eot_config *config, const struct eot_setup *setup,
                                    const struct eot_em_options *o, bool cascade_only, struct eot_world *w,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_em_options with_signal = *o;
    double *preference = NULL;
    with_signal.vertex = &w->event.vertex;
    if (!cascade_only) EOT_TRY(build_muon_tables(config, setup, w, err));
    if (o->rare[EOT_RARE_LFC]) {
        double E_max = fmax(o->energy_max, 1.1 * config->beam.energy);
        EOT_TRY(eot_signal_tables_build(o, eot_beam_is_muon(config) ? EOT_LFC_MU2E : EOT_LFC_E2MU, config->physics.mphi,
                                        E_max, &w->table, &w->event.vertex, &w->accuracy.em[0].lfc, err));
        if (!cascade_only) EOT_TRY(eot_world_importance(config, setup, w, &preference, err));
        with_signal.lfc_preference = preference;
    }
    EOT_TRY(eot_em_tables_build(&with_signal, &w->table, &w->em, w->accuracy.em, err));
    if (cascade_only) goto done;
    EOT_TRY(eot_dimuon_tables_build(o, &w->table, &w->event.vertex, err));
    if (o->rare[EOT_RARE_DIMUON_TRIDENT])
        EOT_TRY(eot_dimuon_trident_table_build(o, 0.0, &w->table, &w->event.vertex.trident, err));
    EOT_TRY(eot_shower_tables_build(&config->physics, &w->table, &w->event.shower, err));
done:
    free(preference);
    return status;
}

/* Content hash of everything that the device reads. */
static void hash_world(struct eot_world *w) {
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, w->table.value, w->table.n * sizeof *w->table.value);
    eot_sha256_update(&hash, w->voxel, w->n_voxel * sizeof *w->voxel);
    eot_sha256_update(&hash, &w->em, sizeof w->em);
    eot_sha256_update(&hash, &w->muon, sizeof w->muon);
    eot_sha256_update(&hash, &w->grid, sizeof w->grid);
    eot_sha256_update(&hash, w->region, (size_t)w->n_region * sizeof *w->region);
    eot_sha256_finish(&hash, w->sha256);
}

/* The voxel grid: its edges go to the end of the table. */
static enum eot_status make_grid(const struct eot_setup *setup, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *edges = malloc(sizeof *edges * (size_t)(setup->n_x + setup->n_y + setup->n_z + 3));
    EOT_CHECK_MEMORY(edges);
    const float *from[3] = {setup->edges_x, setup->edges_y, setup->edges_z};
    const int n_cell[3] = {setup->n_x, setup->n_y, setup->n_z};
    uint32_t offset[3];
    for (int a = 0; a < 3 && status == EOT_OK; a++) {
        for (int i = 0; i <= n_cell[a]; i++) edges[i] = from[a][i];
        status = eot_f32_table_append(&w->table, edges, (size_t)n_cell[a] + 1, &offset[a], err);
    }
    free(edges);
    EOT_TRY(status);
    w->grid = (eot_grid){setup->n_x, setup->n_y, setup->n_z, offset[0], offset[1], offset[2], 0, setup->n_region};
    w->n_voxel = (size_t)setup->n_x * (size_t)setup->n_y * (size_t)setup->n_z;
    w->voxel = malloc(w->n_voxel * sizeof *w->voxel);
    w->region = malloc((size_t)setup->n_region * sizeof *w->region);
    EOT_CHECK_MEMORY(w->voxel);
    EOT_CHECK_MEMORY(w->region);
    memcpy(w->voxel, setup->voxel, w->n_voxel * sizeof *w->voxel);
    memcpy(w->region, setup->region, (size_t)setup->n_region * sizeof *w->region);
    w->n_region = setup->n_region;
done:
    return status;
}

static eot_beam beam_of(const struct eot_beam_config *b) {
    return (eot_beam){(f32)b->energy,       (f32)b->spread,       (f32)b->spot_x,     (f32)b->spot_y,
                      (f32)b->divergence_x, (f32)b->divergence_y, (f32)b->position_x, (f32)b->position_y,
                      (f32)b->position_z,   (i32)b->particle};
}

/* The numbers of a selection as the device has them. */
static eot_selection selection_from(const struct eot_selection_config *s) {
    eot_selection to;
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    to.key##_low = (f32)s->key.low; \
    to.key##_high = (f32)s->key.high;
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) to.key = (f32)s->key;
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) to.key = (i32)s->key;
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    return to;
}

enum eot_status eot_world_create_muons(const struct eot_config *config, const struct eot_setup *setup,
                                       struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(w, 0, sizeof *w);
    EOT_TRY(build_muon_tables(config, setup, w, err));
    EOT_TRY(make_grid(setup, w, err));
    w->event.beam = beam_of(&config->beam);
    w->achieved_error = w->accuracy.muon;
    hash_world(w);
done:
    return status;
}

enum eot_status eot_world_create(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                 struct eot_world *w, struct eot_error *err) {
    return eot_world_create_with(config, setup, cut, &(struct eot_world_options){0}, w, err);
}

enum eot_status eot_world_create_with(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                      const struct eot_world_options *options, struct eot_world *w,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(w, 0, sizeof *w);
    const struct eot_detector_config *d = &config->detector;
    eot_event_world *e = &w->event;
    bool has_cache = !options->no_cache && !options->cascade_only;
    struct eot_em_options o;
    char key[65];
    EOT_TRY(eot_world_em_options(config, setup, cut, &o, err));
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    if (has_cache) {
        eot_world_cache_key(config, cut, key);
        w->is_cached = eot_world_cache_read(key, w);
    }
    if (!w->is_cached) EOT_TRY(build_tables(config, setup, &o, options->cascade_only, w, err));
    size_t n_built = w->table.n;
    float cached_scale = e->response.hcal_scale;
    memcpy(w->rare_on, o.rare, sizeof w->rare_on);
    for (int p = 0; p < 3; p++) {
        w->rare_threshold[p] = fmax(o.rare_min[p], cut);
        w->em.rare_min[p] = (f32)w->rare_threshold[p]; /* a charged particle may fall below the cut within a step: what
                                                          it does there is left out like all others' */
    }
    w->rare_unit = o.rare[EOT_RARE_LFC] ? pow(config->physics.h / (double)e->vertex.lfc[0].coupling, 2.0) : 1.0;
    w->calorimeter_X0 = ecal->thickness / eot_setup_volume_X0(setup, ecal);

    EOT_TRY(make_grid(setup, w, err));

    /* events */
    e->multiple_scattering = config->physics.multiple_scattering;
    e->calorimeter_z = (f32)ecal->z;
    e->layers_inverse_X0 = (f32)(1.0 / w->calorimeter_X0);
    e->beam = beam_of(&config->beam);
    eot_response *r = &e->response;
    *r = (eot_response){.beam_resolution = (f32)d->beam_momentum_resolution,
                        .ecal_stochastic = (f32)d->ecal_stochastic,
                        .ecal_constant = (f32)d->ecal_constant,
                        .ecal_sampling = (f32)d->ecal_sampling,
                        .tail_start = (f32)d->ecal_tail_start,
                        .hcal_stochastic = (f32)d->hcal_stochastic,
                        .hcal_constant = (f32)d->hcal_constant,
                        .hcal_scale = 1.0f,
                        .hcal_photostatistics = (f32)d->hcal_photostatistics,
                        .veto_photostatistics = (f32)d->veto_photostatistics};
    e->n_selection = 1 + (i32)config->n_further;
    e->selection[0] = selection_from(&config->selection);
    for (size_t i = 0; i < config->n_further; i++) e->selection[1 + i] = selection_from(&config->further[i].selection);
    EOT_TRY(make_slabs(config, setup, e, err));
    EOT_TRY(make_spectrometer(config, r, err));
    if (!options->cascade_only) EOT_TRY(eot_world_reach(config, setup, w, err));
    if (r->n_hcal > 0) {
        for (int i = 0; i < e->n_slab; i++)
            if (e->slab[i].role == EOT_ROLE_HCAL)
                r->hadronic_visible = e->slab[i].shower_visible; /* h/mip taken as e/mip */
        if (w->is_cached)
            r->hcal_scale = cached_scale;
        else if (!options->cascade_only)
            EOT_TRY(eot_hcal_calibrate(config, w, &r->hcal_scale, &w->accuracy.hcal_peak, err));
    }
    if (has_cache && !w->is_cached) eot_world_cache_write(key, w, n_built);
    w->achieved_error = largest_error(&w->accuracy);
    w->hcal_peak_error = w->accuracy.hcal_peak;
    hash_world(w);
done:
    return status;
}

void eot_world_free(struct eot_world *w) {
    eot_f32_table_free(&w->table);
    free(w->voxel);
    free(w->region);
    w->voxel = NULL;
    w->region = NULL;
}
