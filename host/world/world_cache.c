#include "world/world_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache.h"
#include "base/sha256.h"
#include "world/importance.h"
#include "world/sections.h"

void eot_world_cache_key(const struct eot_config *config, double cut, bool cascade_only, char key[65]) {
    static const char *const without[] = {
        "name:", "sampling:", "device:", "tagging:", "scoring:", "output:", "selection:", "selections:"};
    const struct eot_sampling_config *s = &config->sampling;
    const double preference = eot_world_preference(config), *mixture = s->preference_mixture;
    const bool has_masses = config->physics.masses.n > 1, sees_cuts = preference > 0.0 || has_masses;
    const size_t n_without = sizeof without / sizeof without[0] - (sees_cuts ? 2 : 0);
    struct eot_sha256 hash;
    char text[240];
    bool is_in = true;
    eot_sha256_init(&hash);
    eot_table_version_hash(&hash);
    snprintf(text, sizeof text, "%.17g %.17g%s", cut, preference, cascade_only ? " cascade" : "");
    eot_sha256_update(&hash, text, strlen(text));
    for (int i = 0; i < s->mass_shares.n && has_masses; i++) {
        snprintf(text, sizeof text, " share %.17g", s->mass_shares.value[i]);
        eot_sha256_update(&hash, text, strlen(text));
    }
    if (sees_cuts) {
        snprintf(text, sizeof text, " %.17g %.17g %.17g %.17g %.17g %.17g", mixture[0], mixture[1], mixture[2],
                 mixture[3], s->min_photon_energy, s->min_lepton_energy);
        eot_sha256_update(&hash, text, strlen(text));
    }
    if (preference > 0.0 && eot_world_has_losses(config)) {
        snprintf(text, sizeof text, " losses %.17g", s->loss_preference);
        eot_sha256_update(&hash, text, strlen(text));
    }
    eot_sha256_update(&hash, "", 1);
    for (const char *line = config->effective_yaml; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (line[n] == '\n') n++;
        if (line[0] != ' ') { /* a section, or a key of the root */
            is_in = true;
            for (size_t i = 0; i < n_without; i++) is_in = is_in && strncmp(line, without[i], strlen(without[i])) != 0;
        }
        bool is_path = strncmp(line, "  file:", 7) == 0; /* beam.file: the job adds its events to the tables */
        if (is_in && !is_path) eot_sha256_update(&hash, line, n);
        line += n;
    }
    eot_sha256_finish(&hash, key);
}

bool eot_world_cache_read(const char *key, struct eot_world *w) {
    size_t n_bytes = 0;
    unsigned char *bytes = eot_cache_read(key, &n_bytes);
    bool is_good = bytes != NULL && eot_world_unpack(w, key, bytes, n_bytes);
    free(bytes);
    if (is_good && !eot_world_is_accurate(&w->accuracy)) {
        eot_world_free(w);
        memset(w, 0, sizeof *w);
        is_good = false;
    }
    return is_good;
}

bool eot_world_cache_write(const char *key, const struct eot_world *w) {
    size_t n_bytes;
    unsigned char *bytes = eot_world_pack(w, key, &n_bytes);
    bool is_good = bytes != NULL && eot_cache_write(key, bytes, n_bytes);
    free(bytes);
    return is_good;
}
