#include "world/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "physics/em.h"
#include "physics/muon_tables.h"
#include "physics/process.h"
#include "physics/shower.h"
#include "physics/signal.h"
#include "world/beam_line.h"
#include "world/calibrate.h"
#include "world/calibrate_showers.h"
#include "world/columns.h"
#include "world/grid.h"
#include "world/hadron.h"
#include "world/importance.h"
#include "world/losses.h"
#include "world/masses.h"
#include "world/reach.h"
#include "world/response.h"
#include "world/secondaries.h"
#include "world/sections.h"
#include "world/spectrometer.h"
#include "world/world_cache.h"

/* Of the kinetic energy: what loss in air and chambers may fluctuate by without its shape being drawn. A spectrometer
 * resolves 1e-2, and no detector sees it otherwise. */
#define UNSEEN_SPREAD 1.0e-4

/* Largest integration error of the tables. */
static double largest_error(const struct eot_world_accuracy *a) {
    double largest = a->muon;
    for (int m = 0; m < EOT_N_MEDIUM_MAX; m++) {
        largest = fmax(fmax(largest, a->em[m].brems), fmax(a->em[m].pair, a->em[m].compton));
        for (int p = 0; p < EOT_N_RARE; p++) largest = fmax(largest, a->em[m].rare[p]);
    }
    return largest;
}

bool eot_world_is_accurate(const struct eot_world_accuracy *a) {
    bool is_good =
        a->muon >= 0.0 && a->muon <= eot_muon_options_default().tolerance && a->hcal_peak >= 0.0 && a->hcal_peak < 1.0;
    for (int m = 0; m < EOT_N_MEDIUM_MAX; m++) {
        const double error[] = {a->em[m].brems, a->em[m].pair, a->em[m].compton};
        for (int i = 0; i < 3; i++) is_good = is_good && error[i] >= 0.0 && error[i] <= EOT_EM_TOLERANCE;
        for (int p = 0; p < EOT_N_RARE; p++)
            is_good = is_good && a->em[m].rare[p] >= 0.0 && a->em[m].rare[p] <= eot_process_at(p)->tolerance;
    }
    return is_good;
}

/* The tables that are integrals: functions of materials, geometry and physics, of neither seed nor sample. */
static enum eot_status build_muon_tables(const struct eot_config *config, const struct eot_setup *setup,
                                         double unseen_spread, struct eot_world *w, struct eot_error *err) {
    struct eot_muon_options m = eot_muon_options_default();
    m.v_cut = config->physics.muon_hard_loss;
    if (config->physics.muon_straggling == EOT_CONFIG_STRAGGLING_MOMENTS) m = eot_muon_options_moments();
    if (config->physics.muon_straggling == EOT_CONFIG_STRAGGLING_OFF) m.straggling = EOT_MUON_STRAGGLING_OFF;
    m.scattering = config->physics.multiple_scattering;
    m.unseen_spread = unseen_spread;
    m.decay_in_flight = m.decay_at_rest = config->physics.decay;
    return eot_muon_tables_build(setup->material, setup->n_material, &m, &w->table, &w->muon, &w->accuracy.muon, err);
}

static enum eot_status build_tables(const struct eot_config *config, const struct eot_setup *setup,
                                    const struct eot_em_options *o, const struct eot_world_options *options,
                                    struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_em_options with_tables = *o;
    struct eot_process_build build = {.config = config,
                                      .options = o,
                                      .is_cascade_only = options->cascade_only,
                                      .like = options->like != NULL ? &options->like->event.vertex : NULL,
                                      .like_table = options->like != NULL ? options->like->table.value : NULL,
                                      .table = &w->table,
                                      .vertex = &w->event.vertex};
    double table_error[EOT_N_RARE] = {0.0};
    with_tables.vertex = &w->event.vertex;
    with_tables.table_error = table_error;
    if (!options->cascade_only) EOT_TRY(build_muon_tables(config, setup, UNSEEN_SPREAD, w, err));
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (!o->rare[p]) continue;
        build.rel_error = 0.0;
        EOT_TRY(eot_process_at(p)->build(&build, err));
        table_error[p] = build.rel_error;
    }
    EOT_TRY(eot_em_tables_build(&with_tables, &w->table, &w->em, w->accuracy.em, err));
    if (options->cascade_only) goto done;
    EOT_TRY(eot_shower_tables_build(&config->physics, &w->table, &w->event.shower, err));
done:
    return status;
}

static eot_beam beam_of(const struct eot_beam_config *b) {
    return (eot_beam){.energy = (f32)b->energy,
                      .spread = (f32)b->spread,
                      .spot_x = (f32)b->spot_x,
                      .spot_y = (f32)b->spot_y,
                      .divergence_x = (f32)b->divergence_x,
                      .divergence_y = (f32)b->divergence_y,
                      .angle_x = (f32)b->angle_x,
                      .angle_y = (f32)b->angle_y,
                      .position_x = (f32)b->position_x,
                      .position_y = (f32)b->position_y,
                      .position_z = (f32)b->position_z,
                      .particle = (i32)b->particle};
}

/* All sections, of what the cache's key holds. */
static enum eot_status build(const struct eot_config *config, const struct eot_setup *setup,
                             const struct eot_em_options *o, const struct eot_world_options *options,
                             struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    eot_event_world *e = &w->event;
    EOT_TRY(eot_spectrometer_build(config, setup, &w->table, &e->spectrometer, err));
    EOT_TRY(build_tables(config, setup, o, options, w, err));
    EOT_TRY(eot_world_grid(setup, w, err));
    EOT_TRY(eot_world_lengths(setup, w, err));
    e->multiple_scattering = config->physics.multiple_scattering;
    e->calorimeter_z = (f32)ecal->z;
    e->layers_inverse_X0 = (f32)(1.0 / (ecal->thickness / eot_setup_volume_X0(setup, ecal)));
    e->beam = beam_of(&config->beam);
    EOT_TRY(eot_world_beam_line(config, setup, o, true, w, err));
    EOT_TRY(eot_world_columns(config, setup, w, err));
    EOT_TRY(eot_world_hadron(config, setup, w, err));
    eot_world_response(config, e);
    if (options->cascade_only) goto done;
    EOT_TRY(eot_showers_calibrate(config, setup, w, err));
    EOT_TRY(eot_world_reach(config, setup, w, err));
    EOT_TRY(eot_world_secondaries(config, setup, options->no_cache, w, err));
    if (e->response.n_hcal > 0)
        EOT_TRY(eot_hcal_calibrate(config, w, &e->response.hcal_scale, &w->accuracy.hcal_peak, err));
    if (e->vertex.n_mass > 1)
        EOT_TRY(eot_world_masses(config, setup, w, err));
    else
        EOT_TRY(eot_world_importance(config, setup, w, err));
done:
    return status;
}

/* Times the cut: what is sought is worth other random numbers than those of all particles above the cut from there on.
 */
static const double SOUGHT_ABOVE = 1.5;

/* Energy [GeV] above which the cascade follows particles: the cut; in runs of forced vertices that of the least parent
 * of one that is sought, or of the least track length that is summed up. What is below is followed by replays alone. */
static double sought_energy(const struct eot_config *config, const struct eot_world *w, double cut) {
    const double threshold[] = {
#define EOT_TRACK_THRESHOLD(E) (double)(E),
#include "eotmc/tally/track_thresholds.def"
#undef EOT_TRACK_THRESHOLD
    };
    double sought = INFINITY;
    if (config->sampling.mode != EOT_SAMPLING_FORCED) return cut;
    for (size_t i = 0; i < sizeof threshold / sizeof *threshold && config->scoring.track_length; i++)
        if (threshold[i] >= cut) sought = fmin(sought, threshold[i]); /* no others are summed up */
    for (int p = 0; p < EOT_N_PARTICLE; p++)
        if (w->em.rare_parents & 1 << p) sought = fmin(sought, (double)w->em.rare_min[p]);
    return isfinite(sought) && sought > SOUGHT_ABOVE * cut ? sought : cut;
}

/* What a device reads of the configuration that the cache's key does not hold: the region of rare vertices and the
 * selections. */
static void apply_settings(const struct eot_config *config, const struct eot_em_options *o, struct eot_world *w) {
    for (int p = 0; p < EOT_N_PARTICLE; p++) {
        w->rare_threshold[p] = fmax(o->rare_min[p], o->cut);
        w->em.rare_min[p] = (f32)w->rare_threshold[p]; /* a charged particle may fall below the cut within a step: what
                                                          it does there is left out like all others' */
    }
    w->em.sought = (f32)sought_energy(config, w, o->cut);
    w->event.secondaries.shower_in_windows = config->scoring.shower_in_windows;
    w->event.need.charges = eot_world_charges(config);
    memset(w->event.selection, 0, sizeof w->event.selection);
    w->event.n_selection = 1 + (i32)config->n_further;
    w->event.selection[0] = eot_world_selection(config, &config->selection);
    for (size_t i = 0; i < config->n_further; i++)
        w->event.selection[1 + i] = eot_world_selection(config, &config->further[i].selection);
}

/* What the host alone reads. */
static void derive(const struct eot_config *config, const struct eot_setup *setup, const struct eot_em_options *o,
                   struct eot_world *w) {
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    memcpy(w->rare_on, o->rare, sizeof w->rare_on);
    w->rare_unit = 1.0;
    for (int p = 0; p < EOT_N_RARE; p++)
        if (o->rare[p]) w->rare_unit = eot_process_at(p)->unit(config, &w->event.vertex);
    for (int i = 0; i < config->physics.masses.n; i++) w->mass[i] = config->physics.masses.value[i];
    w->n_mass = w->event.vertex.n_mass > 1 ? w->event.vertex.n_mass : 1;
    w->mass_unit[0] = w->rare_unit;
    for (int i = 0; i < w->n_mass && w->n_mass > 1; i++)
        w->mass_unit[i] = eot_signal_mass_unit(config, &w->event.vertex, i);
    w->calorimeter_X0 = ecal->thickness / eot_setup_volume_X0(setup, ecal);
    w->achieved_error = largest_error(&w->accuracy);
    w->hcal_peak_error = w->accuracy.hcal_peak;
}

enum eot_status eot_world_create_muons(const struct eot_config *config, const struct eot_setup *setup,
                                       struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(w, 0, sizeof *w);
    EOT_TRY(build_muon_tables(config, setup, 0.0, w, err)); /* losses are what such a run is read for */
    EOT_TRY(eot_world_grid(setup, w, err));
    w->event.beam = beam_of(&config->beam);
    w->achieved_error = w->accuracy.muon;
    eot_world_hash(w, w->sha256);
done:
    return status;
}

enum eot_status eot_world_create_line(const struct eot_config *config, const struct eot_setup *setup,
                                      struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_em_options o;
    memset(w, 0, sizeof *w);
    EOT_TRY(eot_world_em_options(config, setup, config->physics.cut, &o, err));
    EOT_TRY(eot_world_grid(setup, w, err));
    w->event.beam = beam_of(&config->beam);
    w->event.calorimeter_z = (f32)config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)].z;
    EOT_TRY(eot_world_beam_line(config, setup, &o, false, w, err));
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
    bool has_cache = !options->no_cache;
    struct eot_em_options o;
    char key[65];
    memset(w, 0, sizeof *w);
    EOT_TRY(eot_world_em_options(config, setup, cut, &o, err));
    if (has_cache) {
        eot_world_cache_key(config, cut, options->cascade_only, key);
        w->is_cached = eot_world_cache_read(key, w);
    }
    if (!w->is_cached) {
        EOT_TRY(build(config, setup, &o, options, w, err));
        if (has_cache) eot_world_cache_write(key, w);
    }
    apply_settings(config, &o, w);
    if (!options->cascade_only) eot_world_losses(config, setup, w);
    derive(config, setup, &o, w);
    eot_world_hash(w, w->sha256);
done:
    return status;
}

void eot_world_free(struct eot_world *w) {
    eot_f32_table_free(&w->table);
    free(w->voxel);
    free(w->region);
    if (w->source != NULL) w->source_free(w->source);
    w->voxel = NULL;
    w->region = NULL;
    w->source = NULL;
}
