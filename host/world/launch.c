#include "world/launch.h"

#include <math.h>

i32 eot_primary_type(const struct eot_config *config) {
    if (eot_beam_charge(config) == 0) return EOT_PHOTON;
    return eot_beam_charge(config) > 0 ? EOT_POSITRON : EOT_ELECTRON;
}

/* As eot_is_kept() takes it. */
static uint64_t kept_threshold(double fraction) { return (uint64_t)ceil(ldexp(fraction, 53)); }

eot_event_launch eot_event_launch_from(const struct eot_config *config, const struct eot_world *world) {
    const struct eot_scoring_config *s = &config->scoring;
    const bool may_split = eot_setup_may_split(config);
    return (eot_event_launch){.seed = config->sampling.seed,
                              .run = config->sampling.run,
                              .sample_threshold = kept_threshold(s->deposit_fraction),
                              .follow_threshold = kept_threshold(fmax(s->deposit_fraction, s->record_fraction)),
                              .sample_weight = (f32)(1.0 / s->deposit_fraction),
                              .primary_type = eot_primary_type(config),
                              .has_vertex = 1,
                              .has_ways = eot_world_has_ways(config),
                              .n_history = may_split ? (u32)config->sampling.splitting : 1,
                              .has_roulette = may_split && config->sampling.roulette,
                              .profile_z0 = world->event.calorimeter_z};
}
