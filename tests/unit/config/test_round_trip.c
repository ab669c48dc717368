/* The effective configuration is a valid configuration that reproduces itself. */
#include <criterion/criterion.h>
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
