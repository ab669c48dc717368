#include "device/backend.h"
#include "physics/process.h"
#include "world/beam_line.h"
#include "world/world.h"

/* What options say of the ECAL's layers and of what is in front of it: its layers are those of the tables, unless there
 * are tables of other media besides. */
enum layers { ONE, TWO, ONE_AND_LINE, TWO_AND_LINE, N_LAYERS };

bool eot_world_has_losses(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED && config->sampling.loss_preference > 0.0;
}

bool eot_world_has_ways(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED && !eot_world_has_arrivals(config);
}

const char *eot_world_kernel_options_for(const struct eot_config *config, enum eot_track_tally tally) {
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
#define FOR_ALL(layers, parents, tally, ways, losses) \
    layers " -DEOT_RARE_PARENTS=" #parents " -DEOT_TRACK_TALLY=" #tally " -DEOT_WAYS=" #ways " -DEOT_LOSSES=" #losses \
           " -DEOT_HADRON=0"
#define FOR_TALLIES(n, p, ways, losses) \
    { FOR_ALL(n, p, 0, ways, losses), FOR_ALL(n, p, 1, ways, losses), FOR_ALL(n, p, 2, ways, losses) }
#define FOR_PARENTS(n, p) \
    { \
        {FOR_TALLIES(n, p, 0, 0), FOR_TALLIES(n, p, 0, 1)}, { FOR_TALLIES(n, p, 1, 0), FOR_TALLIES(n, p, 1, 1) } \
    }
#define FOR_LAYERS(n) \
    { \
        FOR_PARENTS(n, 0), FOR_PARENTS(n, 1), FOR_PARENTS(n, 2), FOR_PARENTS(n, 3), FOR_PARENTS(n, 4), \
            FOR_PARENTS(n, 5), FOR_PARENTS(n, 6), FOR_PARENTS(n, 7) \
    }
    static const char *const options[N_LAYERS][8][2][2][3] = {
        FOR_LAYERS("-DEOT_N_MEDIUM=1 -DEOT_ARRIVALS=0"), FOR_LAYERS("-DEOT_N_MEDIUM=2 -DEOT_ARRIVALS=0"),
        FOR_LAYERS("-DEOT_N_MEDIUM=1 -DEOT_ARRIVALS=1"), FOR_LAYERS("-DEOT_ARRIVALS=1")};
    if (eot_beam_is_hadron(config)) /* runs no cascade */
        return "-DEOT_N_MEDIUM=1 -DEOT_ARRIVALS=0 -DEOT_RARE_PARENTS=0 -DEOT_TRACK_TALLY=0 -DEOT_WAYS=0 -DEOT_LOSSES=0 "
               "-DEOT_HADRON=1";
    bool has_two = ecal >= 0 && eot_world_has_explicit_layers(&config->geometry.volume[ecal]);
    return options[(has_two ? TWO : ONE) + (eot_world_has_arrivals(config) ? ONE_AND_LINE : ONE)][eot_process_parents(
        config->physics.rare)][eot_world_has_ways(config)][eot_world_has_losses(config)][tally];
}

const char *eot_world_kernel_options(const struct eot_config *config) {
    return eot_world_kernel_options_for(config, config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE);
}

static uint64_t bit(enum eot_kernel kernel) { return 1ull << kernel; }

uint64_t eot_world_kernels_of_cascade(const struct eot_config *config) {
    return bit(EOT_KERNEL_cascade) | bit(EOT_KERNEL_lanes_start) | bit(EOT_KERNEL_lanes_summary) |
           bit(eot_world_has_arrivals(config) ? EOT_KERNEL_arrivals : EOT_KERNEL_source);
}

/* What is done with the vertices of showers. */
static uint64_t kernels_of_events(const struct eot_config *config) {
    uint64_t kernels = bit(EOT_KERNEL_replay);
    bool stops = false;
    if (eot_process_parents(config->physics.rare) == 0) return kernels;
    kernels |= bit(EOT_KERNEL_select_event);
    if (config->scoring.deposit_fraction < 1.0) kernels |= bit(EOT_KERNEL_locate) | bit(EOT_KERNEL_reach);
    for (size_t p = 0; p < config->output.n_plane; p++)
        stops = stops || config->output.plane[p].format == EOT_PLANE_HDF5;
    kernels |= bit(stops ? EOT_KERNEL_muon_leg : EOT_KERNEL_muon);
    if (config->output.n_plane > 0) kernels |= bit(EOT_KERNEL_crossings);
    return kernels;
}

uint64_t eot_world_kernels(const struct eot_config *config) {
    if (eot_beam_is_hadron(config)) return bit(EOT_KERNEL_hadron);
    if (eot_beam_is_muon(config))
        return bit(config->physics.rare[EOT_RARE_LFC] ? EOT_KERNEL_conversion : EOT_KERNEL_muon_beam);
    if (config->beam.file[0] != '\0') return bit(EOT_KERNEL_muon_leg) | bit(EOT_KERNEL_select_event);
    return eot_world_kernels_of_cascade(config) | kernels_of_events(config);
}
