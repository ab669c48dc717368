#include "world/losses.h"

#include <math.h>

#include "eotmc/transport/muon/extra.h"
#include "world/reach.h"
#include "world/spectrometer.h"

/* Extra decays, extra hard losses on the way of a muon where they act; how deep in the last calorimeter a shower is
 * made of which much leaves it: of electrons [X0], of hadrons [interaction lengths]. Other values change errors only.
 */
static const double DECAYS = 2.0, HARD = 1.5, LENGTHS = 10.0, HADRON_LENGTHS = 2.0;
static const double SHARE_OF_MISSING = 0.5; /* the resolution makes up for the rest */
static const double LEAST = 1.0;            /* GeV */
enum { N_SLICE = 400 };

/* Rate of collisions per cm in which a muon of kinetic energy T gives away at least `lost` [GeV]; all of them: lost =
 * 0. */
static double collisions(const struct eot_world *w, int region, double T, double lost) {
    const eot_muon_medium medium = eot_muon_medium_at(w->table.value, &w->muon, &w->region[region], (real)T);
    const eot_muon_event_rates rates = {
        .region = &w->region[region], .kinetic = (real)T, .row = medium.i, .rate = medium.rate};
    if (!(lost > 0.0)) return (double)medium.rate;
    return (double)eot_muon_large_rate(w->table.value, &w->muon, (eot_muon_large){rates, (real)T, (real)lost, R(0.5)});
}

/* The same along the axis of the chambers where extra hard losses are: mean number. */
static double collisions_on_the_way(const struct eot_config *config, const struct eot_setup *setup,
                                    const struct eot_world *w, double T, double lost) {
    const eot_spectrometer *s = &w->event.spectrometer;
    const struct eot_volume_config *last = eot_spectrometer_chamber(config, s, s->n_plane - 1);
    double z0 = (double)w->event.losses.hard_z0, width = ((double)w->event.losses.hard_z1 - z0) / N_SLICE, sum = 0.0;
    for (int i = 0; i < N_SLICE; i++) {
        int region = eot_setup_region_at(setup, last->center_x, last->center_y, z0 + (i + 0.5) * width);
        if (region >= 0) sum += width * collisions(w, region, T, lost);
    }
    return sum;
}

/* The front of the first detector with a window, and where hard losses begin to leave the last calorimeter. */
static void find_places(const struct eot_config *config, const struct eot_setup *setup, eot_loss_preference *p) {
    const struct eot_geometry_config *g = &config->geometry;
    double first = (double)p->hard_z1, rear = -INFINITY, deep = 0.0;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        bool has_window = v->role == EOT_ROLE_VETO || v->role == EOT_ROLE_HCAL;
        if (has_window) first = fmin(first, v->z);
        if (!has_window && v->role != EOT_ROLE_ECAL) continue;
        if (v->z + v->thickness <= rear) continue;
        rear = v->z + v->thickness;
        deep =
            fmin(fmax(LENGTHS / eot_setup_volume_X0(setup, v), HADRON_LENGTHS / eot_setup_volume_lambda_int(setup, v)),
                 1.0) *
            v->thickness;
    }
    p->decay_z1 = (f32)first;
    p->hard_z0 = (f32)(rear - deep);
}

void eot_world_losses(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w) {
    eot_loss_preference *p = &w->event.losses;
    const eot_spectrometer *s = &w->event.spectrometer;
    double least = INFINITY;
    *p = (eot_loss_preference){.share = 0.0f};
    if (!eot_world_has_losses(config) || s->n_plane == 0) return;
    p->share = (f32)config->sampling.loss_preference;
    p->charges = eot_world_charges(config);
    for (size_t i = 0; i <= config->n_further; i++) {
        const struct eot_selection_config *cuts = i == 0 ? &config->selection : &config->further[i - 1].selection;
        least = fmin(least, cuts->missing_energy);
    }
    p->least = (f32)fmax(SHARE_OF_MISSING * least, LEAST);
    p->hard_z1 = s->plane_z[s->n_plane - 1];
    p->decay_z0 = w->event.calorimeter_z;
    find_places(config, setup, p);
    if (config->physics.decay && p->decay_z1 > p->decay_z0) p->decay_rate = (f32)DECAYS / (p->decay_z1 - p->decay_z0);
    double n = p->hard_z1 > p->hard_z0 ? collisions_on_the_way(config, setup, w, 0.5 * config->beam.energy, 0.0) : 0.0;
    p->hard_factor = n > 0.0 ? (f32)(HARD / n) : 0.0f;
}

double eot_world_loss_decay(const struct eot_world *w, double E, double lost) {
    const eot_loss_preference *p = &w->event.losses;
    double y = 1.0 - lost / E,
           momentum = sqrt(fmax(E * E - EOT_M_MUON * EOT_M_MUON, 1e-12)); /* y: the electron's share */
    if (!(y > 0.0) || !(p->decay_rate > 0.0f)) return 0.0;
    /* integral of 5/3 - 3 y^2 + 4/3 y^3, the electron's spectrum of a fast unpolarised muon */
    double softer = y * (5.0 / 3.0 - y * y * (1.0 - y / 3.0));
    return (double)(p->decay_z1 - p->decay_z0) * (double)w->muon.decay_rate / momentum * softer;
}

double eot_world_loss_hard(const struct eot_config *config, const struct eot_setup *setup, const struct eot_world *w,
                           double E, double lost) {
    if (!(w->event.losses.hard_factor > 0.0f) || !(E - EOT_M_MUON > lost)) return 0.0;
    return collisions_on_the_way(config, setup, w, E - EOT_M_MUON, lost);
}
