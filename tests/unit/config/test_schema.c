/* configs/schema.md is the table that the parser reads by. With EOT_REWRITE_SCHEMA=1 in the environment the file is
 * written anew. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"

Test(schema, the_documentation_is_the_parsers_table) {
    const char *path = EOT_SOURCE_DIR "/configs/schema.md";
    char *want = eot_config_schema_markdown();
    cr_assert_not_null(want);
    if (getenv("EOT_REWRITE_SCHEMA") != NULL) {
        FILE *out = fopen(path, "w");
        cr_assert_not_null(out);
        fputs(want, out);
        cr_assert_eq(fclose(out), 0);
    }
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "configs/schema.md is missing; run this test with EOT_REWRITE_SCHEMA=1");
    char *got = calloc(1, strlen(want) + 2);
    size_t n = fread(got, 1, strlen(want) + 1, file);
    fclose(file);
    cr_assert(n == strlen(want) && strcmp(got, want) == 0,
              "configs/schema.md differs from host/config/schema.c; run this test with EOT_REWRITE_SCHEMA=1");
    free(got);
    free(want);
}

Test(schema, every_key_has_a_meaning_and_a_range) {
    for (size_t i = 0; i < EOT_N_KEYS; i++) {
        const struct eot_key *key = &EOT_KEYS[i];
        cr_assert_gt(strlen(key->doc), 0, "%s", key->path);
        cr_assert_null(strchr(key->doc, '|'), "%s: a bar would break the table", key->path);
        if (key->type == EOT_KEY_NUMBER || key->type == EOT_KEY_INTEGER || key->type == EOT_KEY_COUNT32 ||
            key->type == EOT_KEY_COUNT64)
            cr_assert_lt(key->min, key->max, "%s", key->path);
        for (size_t k = 0; k < i; k++)
            cr_assert(key->scope != EOT_KEYS[k].scope || strcmp(key->path, EOT_KEYS[k].path) != 0, "%s stands twice",
                      key->path);
    }
}

Test(schema, defaults_are_the_documented_ones) {
    /* A minimal file: every other key has its default, and --set of that default changes nothing. */
    char path[] = "minimal_XXXXXX"; /* in the build folder, where tests run */
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert_not_null(file);
    fputs("schema: eotmc-config/1\nbeam: {energy: 100}\ngeometry:\n  world: {min: [-1, -1, -1], max: [1, 1, 9]}\n"
          "  volumes: [{name: block, z: 0, size: [1, 1], material: lead, thickness: 5 mm}]\n",
          file);
    fclose(file);
    struct eot_config plain, set;
    struct eot_error err = {0};
    cr_assert_eq(eot_config_read(path, NULL, 0, &plain, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(plain.sampling.eot, 200000);
    cr_assert_float_eq(plain.physics.cut, 0.2, 1e-15);
    cr_assert_eq(plain.sampling.mode, EOT_SAMPLING_FORCED);
    cr_assert_eq(plain.selection.charge, -1);
    cr_assert(plain.physics.lpm && plain.physics.decay && plain.physics.rare[EOT_RARE_DIMUON_GAMMA]);
    cr_assert_float_eq(plain.geometry.volume[0].thickness, 0.5, 1e-15);
    size_t n_checked = 0;
    for (size_t i = 0; i < EOT_N_KEYS; i++) {
        const struct eot_key *key = &EOT_KEYS[i];
        if (key->scope != EOT_SCOPE_ROOT || key->fallback == NULL || key->fallback[0] == '\0') continue;
        char text[256];
        const char *overrides[] = {text};
        snprintf(text, sizeof text, "%s=%s", key->path, key->fallback);
        cr_assert_eq(eot_config_read(path, overrides, 1, &set, &err), EOT_OK, "%s", err.text);
        cr_assert_str_eq(set.effective_yaml, plain.effective_yaml, "%s", text);
        eot_config_free(&set);
        n_checked++;
    }
    cr_assert_gt(n_checked, 50);
    eot_config_free(&plain);
    remove(path);
}
