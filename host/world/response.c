#include "world/response.h"

#include <math.h>

#include "world/columns.h"

/* Of the HCAL's modules. Its end is the rearmost face of any. */
static void make_hcal(const struct eot_config *config, const eot_event_world *e, eot_response *r) {
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role != EOT_ROLE_HCAL) continue;
        f32 end = (f32)(v->z + v->thickness);
        r->hcal_end = r->n_hcal > 0 ? fmaxf(r->hcal_end, end) : end;
        r->n_hcal++;
    }
    if (r->n_hcal > 0)
        r->hadronic_visible =
            eot_world_volume(e, EOT_ROLE_HCAL, r->n_hcal - 1)->shower_visible; /* h/mip taken as e/mip */
}

void eot_world_response(const struct eot_config *config, eot_event_world *e) {
    const struct eot_detector_config *d = &config->detector;
    e->response = (eot_response){.beam_resolution = (f32)d->beam_momentum_resolution,
                                 .ecal_stochastic = (f32)d->ecal_stochastic,
                                 .ecal_constant = (f32)d->ecal_constant,
                                 .ecal_sampling = (f32)d->ecal_sampling,
                                 .tail_start = (f32)d->ecal_tail_start,
                                 .hcal_stochastic = (f32)d->hcal_stochastic,
                                 .hcal_constant = (f32)d->hcal_constant,
                                 .hcal_scale = 1.0f,
                                 .hcal_photostatistics = (f32)d->hcal_photostatistics,
                                 .veto_photostatistics = (f32)d->veto_photostatistics};
    make_hcal(config, e, &e->response);
}

int eot_world_absent(const struct eot_config *config) {
    int absent = 1 << EOT_ROLE_VETO | 1 << EOT_ROLE_HCAL | 1 << EOT_ROLE_TRACKER;
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    double front = ecal >= 0 ? config->geometry.volume[ecal].z : -INFINITY;
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (v->role != EOT_ROLE_TRACKER || v->z >= front) absent &= ~(1 << v->role); /* chambers of the beam see none */
    }
    return absent;
}

eot_selection eot_world_selection(const struct eot_config *config, const struct eot_selection_config *s) {
    eot_selection to = {.absent = (i32)eot_world_absent(config)};
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
