#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "setup/setup.h"

enum eot_status eot_cmd_geometry(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_setup setup = {0};
    const char *overrides[64], *path = NULL;
    size_t n_override = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--set") == 0 && i + 1 < argc && n_override < 64)
            overrides[n_override++] = argv[++i];
        else
            path = argv[i];
    }
    EOT_CHECK(path != NULL, EOT_E_USAGE, "no configuration given; eotmc geometry configs/na64e-dimuon.yaml");
    EOT_TRY(eot_config_read(path, overrides, n_override, &config, err));
    EOT_TRY(eot_setup_create(&config, &setup, err));
    for (size_t i = 0; i < config.geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config.geometry.volume[i];
        printf("%-10s %10.3f %10.3f %8.2f %8.3f\n", v->name, v->z, v->thickness, eot_setup_volume_X0(&setup, v), eot_setup_volume_lambda_int(&setup, v));
    }
    printf("%d x %d x %d voxels, %d regions\n", setup.n_x, setup.n_y, setup.n_z, setup.n_region);
done:
    eot_setup_free(&setup);
    eot_config_free(&config);
    return status;
}
