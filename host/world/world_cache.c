#include "world/world_cache.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache.h"
#include "base/sha256.h"

/* The head of the file; the table's values follow. */
struct head {
    uint64_t n_value;
    struct eot_world_accuracy accuracy;
    eot_em_tables em;
    eot_muon_tables muon;
    eot_event_world event; /* its members that say where tables are: see take_tables() */
    float hcal_scale;
};

/* Members of the event parameters that the table builders fill. */
static void take_tables(eot_event_world *to, const eot_event_world *from) {
    to->vertex = from->vertex;
    to->shower = from->shower;
}

void eot_world_cache_key(const struct eot_config *config, double cut, char key[65]) {
    static const char *const without[] = {
        "name:", "sampling:", "device:", "selection:", "selections:", "scoring:", "output:"};
    struct eot_sha256 hash;
    char text[64];
    bool is_in = true;
    eot_sha256_init(&hash);
    eot_table_version_hash(&hash);
    snprintf(text, sizeof text, "%zu %.17g %.17g", sizeof(struct head), cut,
             config->physics.rare_lfc ? eot_world_signal_preference(config) : 0.0);
    eot_sha256_update(&hash, text, strlen(text) + 1);
    for (const char *line = config->effective_yaml; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (line[n] == '\n') n++;
        if (line[0] != ' ') { /* a section, or a key of the root */
            is_in = true;
            for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
                is_in = is_in && strncmp(line, without[i], strlen(without[i])) != 0;
        }
        if (is_in) eot_sha256_update(&hash, line, n);
        line += n;
    }
    eot_sha256_finish(&hash, key);
}

bool eot_world_cache_read(const char *key, struct eot_world *w) {
    struct head head;
    size_t n_bytes = 0;
    unsigned char *bytes = eot_cache_read(key, &n_bytes);
    bool is_good = false;
    float *value = NULL;
    if (bytes == NULL || n_bytes < sizeof head) goto done;
    memcpy(&head, bytes, sizeof head);
    if (head.n_value == 0 || head.n_value != (n_bytes - sizeof head) / sizeof *value ||
        (n_bytes - sizeof head) % sizeof *value != 0)
        goto done;
    if (!eot_world_is_accurate(&head.accuracy) || !(head.hcal_scale > 0.0f)) goto done;
    value = malloc(n_bytes - sizeof head);
    if (value == NULL) goto done;
    memcpy(value, bytes + sizeof head, n_bytes - sizeof head);
    w->table = (struct eot_f32_table){.value = value, .n = (size_t)head.n_value, .capacity = (size_t)head.n_value};
    w->accuracy = head.accuracy;
    w->em = head.em;
    w->muon = head.muon;
    take_tables(&w->event, &head.event);
    w->event.response.hcal_scale = head.hcal_scale;
    is_good = true;
done:
    free(bytes);
    return is_good;
}

bool eot_world_cache_write(const char *key, const struct eot_world *w, size_t n_value) {
    struct head head;
    size_t n_bytes = sizeof head + n_value * sizeof *w->table.value;
    unsigned char *bytes = malloc(n_bytes);
    if (bytes == NULL) return false;
    memset(&head, 0, sizeof head);
    head.n_value = n_value;
    head.accuracy = w->accuracy;
    head.em = w->em;
    head.muon = w->muon;
    take_tables(&head.event, &w->event);
    head.hcal_scale = w->event.response.hcal_scale;
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, w->table.value, n_value * sizeof *w->table.value);
    bool is_good = eot_cache_write(key, bytes, n_bytes);
    free(bytes);
    return is_good;
}
