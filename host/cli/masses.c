#include "cli/masses.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/estimator.h"
#include "job/job.h"
#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"
#include "store/checkpoint.h"

enum eot_status eot_mass_config(const struct eot_config *config, size_t i, struct eot_config *own,
                                struct eot_error *err) {
    char mass[64];
    const char *const overrides[] = {mass, "sampling.mass_shares=[]"};
    snprintf(mass, sizeof mass, "physics.mphi=%.17g", config->physics.masses.value[i]);
    return eot_config_read_text("effective-config.yaml", config->effective_yaml, overrides, 2, own, err);
}

enum eot_status eot_masses_check(const struct eot_config *config, const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = NULL;
    for (int i = 0; i < config->physics.masses.n && config->physics.masses.n > 1; i++) {
        char own[32];
        eot_mass_name(config->physics.masses.value[i], own, sizeof own);
        free(path);
        path = eot_output_path(folder, own);
        EOT_CHECK_MEMORY(path);
        EOT_CHECK(!eot_output_has(path, EOT_CHECKPOINT_FILE), EOT_E_USAGE,
                  "the folder '%s' holds a run of its own (%s), and the results of this mass would be written there; "
                  "choose another folder with -o",
                  path, EOT_CHECKPOINT_FILE);
    }
done:
    free(path);
    return status;
}

static enum eot_status write_one(const struct eot_config *config, const struct eot_world *world, struct eot_run *run,
                                 const struct eot_result *whole, size_t i, const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config own = {.name = ""};
    struct eot_result result = {0};
    struct eot_findings undrawn = {0};
    EOT_TRY(eot_mass_config(config, i, &own, err));
    EOT_TRY(eot_result_from_mass(&own, world, run, i, whole, &result, err));
    for (size_t k = 0; k < whole->warnings.n; k++)
        EOT_TRY(eot_findings_warn(&result.warnings, err, whole->warnings.row[k].code, "%s",
                                  whole->warnings.row[k].message));
    EOT_TRY(eot_output_prepare(folder, err));
    own.output.figures = 0;
    EOT_TRY(eot_output_write(folder, &own, &result, &undrawn, err));
done:
    eot_findings_free(&undrawn);
    eot_result_free(&result);
    eot_config_free(&own);
    return status;
}

enum eot_status eot_masses_write(const struct eot_config *config, const struct eot_world *world, struct eot_run *run,
                                 const struct eot_result *whole, const char *folder, const char *const *name,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < run->n_mass && run->n_mass > 1; i++) {
        char own[32];
        eot_mass_name(config->physics.masses.value[i], own, sizeof own);
        char *path = name != NULL ? NULL : eot_output_path(folder, own);
        EOT_CHECK(name != NULL || path != NULL, EOT_E_MEMORY, "out of memory for the name of a folder; free memory");
        status = write_one(config, world, run, whole, i, name != NULL ? name[i] : path, err);
        free(path);
        if (status != EOT_OK) goto done;
    }
done:
    return status;
}
