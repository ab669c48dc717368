/* The descriptors of the rare processes: one each, in the order of processes.def, and docs/processes.md is made of
 * them. With EOT_REWRITE_DOCS=1 in the environment that file is written anew. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "physics/process.h"

static const char *const KEYS[EOT_N_RARE] = {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) [EOT_RARE_##id] = #key,
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
};

Test(process, numbers_and_keys_find_each_other) {
    for (int p = 0; p < EOT_N_RARE; p++) {
        cr_assert_not_null(eot_process_at(p));
        cr_assert_str_eq(eot_process_at(p)->key, KEYS[p]);
        cr_assert_eq(eot_process_find(KEYS[p]), p);
    }
    cr_assert_null(eot_process_at(-1));
    cr_assert_null(eot_process_at(EOT_N_RARE));
    cr_assert_eq(eot_process_find("dimuon"), -1);
    cr_assert_eq(eot_process_find(""), -1);
}

Test(process, no_number_beyond_the_rows_is_a_process) {
    const int none[] = {-1, EOT_N_RARE};
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(eot_rare_parents(none[i]), 0);
        cr_assert_eq(eot_rare_family(none[i]), EOT_N_FAMILY);
    }
}

Test(process, parents_of_what_is_on_are_the_union) {
    bool on[EOT_N_RARE] = {false};
    cr_assert_eq(eot_process_parents(on), 0);
    on[EOT_RARE_DIMUON_ANNIHILATION] = true;
    cr_assert_eq(eot_process_parents(on), EOT_BY_POSITRON);
    on[EOT_RARE_DIMUON_GAMMA] = true;
    cr_assert_eq(eot_process_parents(on), EOT_BY_POSITRON | EOT_BY_PHOTON);
    on[EOT_RARE_LFC] = true;
    cr_assert_eq(eot_process_parents(on), EOT_BY_ELECTRON | EOT_BY_POSITRON | EOT_BY_PHOTON);
}

/* What reads the descriptors takes these for granted. */
Test(process, every_descriptor_is_whole) {
    struct eot_config config = {.physics.mphi = 0.2, .physics.h = 1e-4};
    for (int p = 0; p < EOT_N_RARE; p++) {
        const struct eot_process *d = eot_process_at(p);
        const char *const words[] = {d->reaction, d->products, d->estimate, d->model, d->validity, d->reference};
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            cr_assert_gt(strlen(words[i]), 0, "%s, word %zu", d->key, i);
            cr_assert_null(strchr(words[i], '|'), "%s: a bar would break the table", d->key);
        }
        const char *family = eot_family_key((enum eot_process_family)eot_rare_family(p));
        cr_assert_eq(strncmp(d->estimate, family, strlen(family)), 0, "%s", d->key);
        for (int q = 0; q < p; q++) cr_assert_str_neq(d->estimate, eot_process_at(q)->estimate);
        cr_assert(d->tolerance > 0.0 && d->tolerance < 0.1, "%s", d->key);
        cr_assert(d->threshold(&config) > EOT_M_MUON && d->threshold(&config) < 1e3, "%s", d->key);
        cr_assert_neq(eot_rare_parents(p), 0, "%s", d->key);
    }
}

/* Whatever the muons are, momentum in is momentum out. (The signal's: tests/stat/test_signal.c,
 * tests/cli/test_hepmc.sh.) */
Test(process, final_states_of_pairs_conserve_four_momentum) {
    struct eot_config config = {.physics.mphi = 0.2, .physics.h = 1e-4};
    struct eot_final_context context = {.config = &config, .E_max = 100.0};
    struct eot_error err;
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (eot_rare_family(p) != EOT_FAMILY_DIMUON) continue;
        bool is_on_nucleus = p != EOT_RARE_DIMUON_ANNIHILATION;
        for (int type = 0; type < EOT_N_PARTICLE; type++) {
            if (!(eot_rare_parents(p) & 1 << type)) continue;
            struct eot_final_vertex v = {.primary = 7,
                                         .parent = type,
                                         .E = 60.0,
                                         .slope_x = 0.01,
                                         .slope_y = -0.02,
                                         .E_plus = 35.0,
                                         .E_minus = 20.0,
                                         .plus = {0.012, -0.021, 1.0},
                                         .minus = {0.007, -0.018, 1.0},
                                         .target_Z = is_on_nucleus ? 82.0 : 0.0,
                                         .target_A = is_on_nucleus ? 207.2 : 0.0};
            struct eot_final_state s = {.n = 0};
            cr_assert_eq(eot_process_at(p)->final_state(&v, &context, &s, &err), EOT_OK, "%s", eot_process_at(p)->key);
            cr_assert(s.n >= 4 && s.n <= EOT_MAX_FINAL_PARTICLE && s.xsec > 0.0, "%s", eot_process_at(p)->key);
            cr_assert(s.particle[0].is_incoming && s.particle[1].is_incoming);
            for (int a = 0; a < 4; a++) {
                double sum = 0.0;
                for (size_t i = 0; i < s.n; i++)
                    sum += s.particle[i].is_incoming ? s.particle[i].p[a] : -s.particle[i].p[a];
                cr_assert_lt(fabs(sum), 1e-11, "%s: component %d of the sum is %g", eot_process_at(p)->key, a, sum);
            }
        }
    }
    eot_final_context_free(&context);
}

Test(process, the_documentation_is_made_of_the_descriptors) {
    const char *path = EOT_SOURCE_DIR "/docs/processes.md";
    char *want = eot_process_markdown();
    cr_assert_not_null(want);
    if (getenv("EOT_REWRITE_DOCS") != NULL) {
        FILE *out = fopen(path, "w");
        cr_assert_not_null(out);
        fputs(want, out);
        cr_assert_eq(fclose(out), 0);
    }
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "docs/processes.md is missing; run this test with EOT_REWRITE_DOCS=1");
    char *got = calloc(1, strlen(want) + 2);
    size_t n = fread(got, 1, strlen(want) + 1, file);
    fclose(file);
    cr_assert(n == strlen(want) && strcmp(got, want) == 0,
              "docs/processes.md differs from the descriptors; run this test with EOT_REWRITE_DOCS=1");
    free(got);
    free(want);
}

/* Switches and their documentation come from the rows; one family at a time. */
Test(process, a_signal_beside_pairs_is_refused_by_name) {
    static const char text[] =
        "schema: eotmc-config/1\nbeam: {energy: 100}\ngeometry:\n  world: {min: [-1, -1, -1], max: "
        "[1, 1, 9]}\n  volumes:\n  - {name: a, z: 0, size: [1, 1], material: lead, thickness: "
        "1}\n";
    static const char *const both[] = {"physics.rare.lfc=on", "physics.rare.dimuon_trident=on"},
                             *const signal[] = {"physics.rare.lfc=on", "physics.rare.dimuon_gamma=off"};
    struct eot_config config;
    struct eot_error err;
    cr_assert_eq(eot_config_read_text("text", text, both, 2, &config, &err), EOT_E_CONFIG);
    cr_assert_not_null(strstr(err.text, "physics.rare.lfc"), "%s", err.text);
    cr_assert_not_null(strstr(err.text,
                              "run one with physics.rare.dimuon_gamma=off, physics.rare.dimuon_trident=off and "
                              "one with physics.rare.lfc=off"),
                       "%s", err.text);
    cr_assert_eq(eot_config_read_text("text", text, signal, 2, &config, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_config_family(&config), EOT_FAMILY_SIGNAL);
    eot_config_free(&config);
    cr_assert_eq(eot_config_read_text("text", text, NULL, 0, &config, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_config_family(&config), EOT_FAMILY_DIMUON);
    cr_assert(config.physics.rare[EOT_RARE_DIMUON_GAMMA] && !config.physics.rare[EOT_RARE_DIMUON_TRIDENT]);
    eot_config_free(&config);
}
