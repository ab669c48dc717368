#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/backend.h"
#include "physics/process.h"
#include "world/beam_line.h"
#include "world/world.h"

bool eot_world_has_losses(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED && config->sampling.loss_preference > 0.0;
}

bool eot_world_has_ways(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED && !eot_world_has_arrivals(config);
}

/* A text that lives as long as the program: the one that is known already, or a copy; NULL without memory. */
static const char *kept(const char *text) {
    static struct known {
        struct known *next;
        char text[];
    } *first = NULL;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    struct known *k = first;
    while (k != NULL && strcmp(k->text, text) != 0) k = k->next;
    if (k == NULL && (k = malloc(sizeof *k + strlen(text) + 1)) != NULL) {
        strcpy(k->text, text);
        k->next = first;
        first = k;
    }
    pthread_mutex_unlock(&lock);
    return k != NULL ? k->text : NULL;
}

const char *eot_world_kernel_options_for(const struct eot_config *config, enum eot_track_tally tally) {
    const bool is_hadron = eot_beam_is_hadron(config); /* runs no cascade */
    const int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    const bool has_two = !is_hadron && ecal >= 0 && eot_world_has_explicit_layers(&config->geometry.volume[ecal]),
               has_line = !is_hadron && eot_world_has_arrivals(config);
    char text[256], layers[32] = "";
    unsigned rare = 0;
    for (int p = 0; p < EOT_N_RARE && !is_hadron; p++) rare |= config->physics.rare[p] ? 1u << p : 0u;
    /* the ECAL's layers are those of the tables, unless there are tables of other media besides */
    if (!has_two || !has_line) snprintf(layers, sizeof layers, "-DEOT_N_MEDIUM=%d ", has_two ? 2 : 1);
    snprintf(text, sizeof text,
             "%s-DEOT_ARRIVALS=%d -DEOT_RARE=%u -DEOT_TRACK_TALLY=%d -DEOT_WAYS=%d -DEOT_LOSSES=%d -DEOT_MASSES=%d "
             "-DEOT_HADRON=%d",
             layers, has_line, rare, is_hadron ? 0 : (int)tally, !is_hadron && eot_world_has_ways(config),
             !is_hadron && eot_world_has_losses(config), !is_hadron && config->physics.masses.n > 1, is_hadron);
    const char *options = kept(text);
    return options != NULL ? options : ""; /* kernels without options do all, slower */
}

const char *eot_world_kernel_options(const struct eot_config *config) {
    return eot_world_kernel_options_for(config, config->scoring.track_length ? EOT_TRACK_THRESHOLDS : EOT_TRACK_NONE);
}

static uint64_t bit(enum eot_kernel kernel) { return 1ull << kernel; }

uint64_t eot_world_kernels_of_cascade(const struct eot_config *config) {
    return bit(EOT_KERNEL_cascade) | bit(EOT_KERNEL_lanes_start) | bit(EOT_KERNEL_lanes_summary) |
           bit(eot_world_has_arrivals(config) ? EOT_KERNEL_arrivals : EOT_KERNEL_source);
}

/* One kernel, where a plane wants particles of these kinds, bits of enum eot_plane_kind. */
static uint64_t for_planes(const struct eot_config *config, int kinds, enum eot_kernel kernel) {
    bool is_wanted = false;
    for (size_t p = 0; p < config->output.n_plane; p++)
        is_wanted = is_wanted || (config->output.plane[p].kinds & kinds) != 0;
    return is_wanted ? bit(kernel) : 0;
}

/* What is done with the vertices of showers, and with showers that are followed for their deposits. */
static uint64_t kernels_of_events(const struct eot_config *config) {
    const struct eot_scoring_config *s = &config->scoring;
    uint64_t kernels = for_planes(config, EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS, EOT_KERNEL_shower_crossings);
    bool stops = false;
    if (s->showers > 0 || eot_process_parents(config->physics.rare) != 0) kernels |= bit(EOT_KERNEL_replay);
    if (eot_process_parents(config->physics.rare) == 0) return kernels;
    kernels |= bit(EOT_KERNEL_fit_track) | bit(EOT_KERNEL_select_event);
    if (fmax(s->deposit_fraction, s->record_fraction) < 1.0)
        kernels |= bit(EOT_KERNEL_locate) | bit(EOT_KERNEL_reach) | bit(EOT_KERNEL_choose) |
                   bit(EOT_KERNEL_count_followed) | bit(EOT_KERNEL_list_followed);
    for (size_t p = 0; p < config->output.n_plane; p++)
        stops = stops || config->output.plane[p].format == EOT_PLANE_HDF5;
    kernels |= bit(stops ? EOT_KERNEL_muon_leg : EOT_KERNEL_muon);
    if (config->output.n_plane > 0) kernels |= bit(EOT_KERNEL_crossings);
    return kernels;
}

/* Events that are followed on from their states. */
static uint64_t kernels_of_states(const struct eot_config *config) {
    return bit(EOT_KERNEL_muon_leg) | bit(EOT_KERNEL_fit_track) | bit(EOT_KERNEL_select_event) |
           (config->output.n_plane > 0 ? bit(EOT_KERNEL_state_crossings) : 0);
}

uint64_t eot_world_kernels(const struct eot_config *config) {
    if (eot_beam_is_hadron(config))
        return bit(EOT_KERNEL_hadron) |
               for_planes(config, EOT_PLANE_MUONS | EOT_PLANE_HADRONS, EOT_KERNEL_hadron_crossings);
    if (eot_beam_is_muon(config)) {
        const bool converts = config->physics.rare[EOT_RARE_LFC];
        return bit(converts ? EOT_KERNEL_conversion : EOT_KERNEL_muon_beam) |
               for_planes(config, EOT_PLANE_MUONS,
                          converts ? EOT_KERNEL_conversion_crossings : EOT_KERNEL_beam_crossings);
    }
    if (config->beam.file[0] != '\0' && config->beam.file_as != EOT_FILE_AS_PRIMARIES) return kernels_of_states(config);
    return eot_world_kernels_of_cascade(config) | kernels_of_events(config);
}
