#include "physics/process.h"
#include "world/world.h"

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
    static const char *const options[2][8][3] = {FOR_MEDIUM(1), FOR_MEDIUM(2)};
    return options[ecal >= 0 && eot_world_has_explicit_layers(&config->geometry.volume[ecal])]
                  [eot_process_parents(config->physics.rare)][tally];
}

const char *eot_world_kernel_options(const struct eot_config *config) {
    return eot_world_kernel_options_for(config, config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE);
}
