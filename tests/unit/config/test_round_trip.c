/* The effective configuration is a valid configuration that reproduces itself. */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"

static const char *const CONFIGS[] = {EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml",
                                      EOT_SOURCE_DIR "/configs/smoke.yaml"};

Test(round_trip, the_effective_configuration_reproduces_itself_and_its_hash) {
    for (size_t i = 0; i < sizeof CONFIGS / sizeof CONFIGS[0]; i++) {
        struct eot_config first, second;
        struct eot_error err = {0};
        const char *overrides[] = {"beam.kinetic_energy=37.3 GeV", "geometry.volumes.hcal1.merge=5",
                                   "physics.shower.depth=[-1.1, 0.97, 1e-7]", "geometry.layers=explicit"};
        cr_assert_eq(eot_config_read(CONFIGS[i], overrides, 4, &first, &err), EOT_OK, "%s", err.text);
        char path[] = "round_trip_XXXXXX"; /* in the build folder, where tests run */
        int descriptor = mkstemp(path);
        cr_assert_geq(descriptor, 0);
        FILE *file = fdopen(descriptor, "w");
        fputs(first.effective_yaml, file);
        cr_assert_eq(fclose(file), 0);
        enum eot_status status = eot_config_read(path, NULL, 0, &second, &err);
        unlink(path);
        cr_assert_eq(status, EOT_OK, "%s", err.text);
        cr_assert_str_eq(second.effective_yaml, first.effective_yaml);
        cr_assert_str_eq(second.sha256, first.sha256);
        cr_assert_eq(second.geometry.n_volume, first.geometry.n_volume);
        cr_assert_eq(second.geometry.volume[3].merge, 5);
        eot_config_free(&first);
        eot_config_free(&second);
    }
}

static const char *const PATTERNS[] = {EOT_SOURCE_DIR "/configs/*.yaml", EOT_SOURCE_DIR "/configs/bench/*.yaml"};

/* Overrides that a generator draws from: numbers whose last digit could get lost. */
static const char *const DRAWN[] = {"beam.kinetic_energy=%.17g", "beam.energy=%.17g GeV",           "physics.cut=%.9g",
                                    "beam.spot_x=%.17g mm",      "detector.ecal.constant=%.17g %%", "physics.h=%.17g"};

Test(round_trip, every_configuration_that_is_shipped_and_random_changes_of_it) {
    glob_t found;
    unsigned seed = 20261126;
    size_t n = 0;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
        cr_assert_eq(glob(PATTERNS[i], i > 0 ? GLOB_APPEND : 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        for (int draw = 0; draw < 8; draw++) {
            struct eot_config first, second;
            struct eot_error err = {0};
            char text[128];
            double x = 1.0 + rand_r(&seed) / (double)RAND_MAX;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            if (draw > 0) snprintf(text, sizeof text, DRAWN[(size_t)draw % (sizeof DRAWN / sizeof DRAWN[0])], x);
#pragma GCC diagnostic pop
            const char *const overrides[] = {text};
            if (eot_config_read(found.gl_pathv[i], overrides, draw > 0, &first, &err) != EOT_OK) {
                cr_expect(draw > 0, "%s", err.text); /* a cut above the beam's energy, say */
                continue;
            }
            cr_expect_eq(eot_config_read_text("effective", first.effective_yaml, NULL, 0, &second, &err), EOT_OK,
                         "%s %s: %s", found.gl_pathv[i], draw > 0 ? text : "", err.text);
            cr_expect_str_eq(second.sha256, first.sha256, "%s %s", found.gl_pathv[i], draw > 0 ? text : "");
            n++;
            eot_config_free(&first);
            eot_config_free(&second);
        }
    globfree(&found);
    cr_expect_gt(n, 40, "only %zu configurations", n);
}

/* A muon of 0.5 GeV kinetic energy has 0.6 GeV in all, which the other key takes. */
Test(round_trip, the_least_kinetic_energy) {
    static const char TEXT[] = "schema: eotmc-config/1\nbeam: {particle: mu-, kinetic_energy: 0.5 GeV}\n"
                               "geometry:\n  world: {min: [-9, -9, -9], max: [9, 9, 9]}\n  volumes:\n"
                               "    - {name: a, role: passive, z: 0, size: [1, 1], material: iron, thickness: 1}\n";
    struct eot_config first, second;
    struct eot_error err = {0};
    cr_assert_eq(eot_config_read_text("text", TEXT, NULL, 0, &first, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_config_read_text("effective", first.effective_yaml, NULL, 0, &second, &err), EOT_OK, "%s",
                 err.text);
    cr_expect_str_eq(second.sha256, first.sha256);
    eot_config_free(&first);
    eot_config_free(&second);
}
