#include "physics/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct eot_process *const PROCESSES[EOT_N_RARE] = {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) &eot_process_##key,
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
};

const struct eot_process *eot_process_at(int process) {
    return process >= 0 && process < EOT_N_RARE ? PROCESSES[process] : NULL;
}

int eot_process_find(const char *key) {
    for (int p = 0; p < EOT_N_RARE; p++)
        if (strcmp(PROCESSES[p]->key, key) == 0) return p;
    return -1;
}

int eot_process_parents(const bool on[EOT_N_RARE]) {
    int parents = 0;
    for (int p = 0; p < EOT_N_RARE; p++)
        if (on[p]) parents |= eot_rare_parents(p);
    return parents;
}

const char *eot_particle_word(int type) {
    switch ((enum eot_particle_type)type) {
    case EOT_ELECTRON: return "electron";
    case EOT_POSITRON: return "positron";
    case EOT_PHOTON: return "photon";
    case EOT_N_PARTICLE: break;
    }
    return "particle";
}

const char *eot_family_key(enum eot_process_family family) {
    switch (family) {
    case EOT_FAMILY_DIMUON: return "dimuon";
    case EOT_FAMILY_SIGNAL: return "signal";
    case EOT_N_FAMILY: break;
    }
    return "none";
}

const char *eot_family_title(enum eot_process_family family) {
    switch (family) {
    case EOT_FAMILY_DIMUON: return "muon pair";
    case EOT_FAMILY_SIGNAL: return "signal";
    case EOT_N_FAMILY: break;
    }
    return "none";
}

char *eot_process_markdown(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    fprintf(out, "# Rare processes\n\n"
                 "Generated from the descriptors in `host/physics`; `tests/unit/physics/test_process.c` compares the "
                 "two, and rewrites this file when it runs with\n`EOT_REWRITE_DOCS=1`. "
                 "[add-a-process.md](add-a-process.md) shows how to add one.\n\n"
                 "| process | switch | parents | model | validity | reference |\n"
                 "| --- | --- | --- | --- | --- | --- |\n");
    for (int p = 0; p < EOT_N_RARE; p++) {
        const struct eot_process *d = PROCESSES[p];
        fprintf(out, "| %s | `physics.rare.%s` |", d->reaction, d->key);
        for (int type = 0, n = 0; type < EOT_N_PARTICLE; type++)
            if (eot_rare_parents(p) & 1 << type) fprintf(out, "%s%s", n++ > 0 ? ", " : " ", eot_particle_word(type));
        fprintf(out, " | %s | %s | %s |\n", d->model, d->validity, d->reference);
    }
    bool is_bad = ferror(out) != 0;
    if (fclose(out) != 0 || is_bad) {
        free(text);
        return NULL;
    }
    return text;
}

enum eot_status eot_process_builds_nothing(struct eot_process_build *build, struct eot_error *err) {
    (void)build;
    (void)err;
    return EOT_OK;
}

int eot_process_lists_nothing(const eot_vertex_tables *vertex, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]) {
    (void)vertex;
    (void)list;
    return 0;
}

double eot_process_unit_one(const struct eot_config *config, const eot_vertex_tables *vertex) {
    (void)config;
    (void)vertex;
    return 1.0;
}

double eot_process_completes_nothing(const eot_vertex_tables *vertex, const eot_event_launch *launch, uint64_t primary,
                                     float row[EOT_N_EVENT_COLUMN]) {
    (void)vertex;
    (void)launch;
    (void)primary;
    (void)row;
    return 0.0;
}
