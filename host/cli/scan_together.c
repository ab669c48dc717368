/* A scan over the mass of phi whose points come from one run. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "cli/masses.h"
#include "cli/preflight.h"
#include "cli/scan.h"
#include "geometry/setup.h"
#include "output/file.h"
#include "output/gnuplot.h"

enum eot_status eot_scan_together(const struct eot_scan *scan, const struct eot_simulator *simulator,
                                  struct eot_config *config, bool *is_possible, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_scan_request *r = scan->request;
    const struct eot_scan_axis *axis = &scan->axis[0];
    struct eot_setup setup = {0};
    struct eot_findings findings = {0};
    struct eot_error ignored;
    const char **all = NULL;
    struct eot_text list = {0};
    *is_possible = !r->is_one_by_one && scan->n_axis == 1 && strcmp(axis->key, "physics.mphi") == 0 && axis->n > 1 &&
                   axis->n <= EOT_MAX_MASS && simulator->part.n == 0;
    if (!*is_possible) return EOT_OK;
    all = malloc((r->set.n + 1) * sizeof *all);
    EOT_CHECK_MEMORY(all);
    if (r->set.n > 0) memcpy(all, r->set.text, r->set.n * sizeof *all);
    eot_text_add(&list, "physics.mphi=[");
    for (size_t i = 0; i < axis->n; i++) eot_text_add(&list, "%s%s", i > 0 ? ", " : "", axis->value[i]);
    eot_text_add(&list, "]");
    EOT_CHECK(!list.is_failed, EOT_E_MEMORY, "out of memory for a list of masses; free memory");
    all[r->set.n] = list.text;
    *is_possible = eot_config_read(scan->config, all, r->set.n + 1, config, &ignored) == EOT_OK &&
                   config->physics.masses.n == (int)axis->n && eot_setup_create(config, &setup, &ignored) == EOT_OK &&
                   eot_preflight_look(config, &setup, &findings, &ignored) == EOT_OK &&
                   eot_check_require(config, &findings, &ignored) == EOT_OK;
done:
    eot_findings_free(&findings);
    eot_setup_free(&setup);
    eot_text_free(&list);
    free(all);
    return status;
}

/* Whether all points have their results, made together by this configuration. */
static bool points_are_there(const struct eot_scan *scan, const struct eot_config *config) {
    bool is_good = true;
    for (size_t i = 0; i < scan->n_point && is_good; i++) {
        struct eot_config own = {.name = ""};
        struct eot_error ignored;
        char *folder = eot_output_path(scan->folder, scan->point[i].name);
        struct eot_result result = {0};
        is_good = folder != NULL && eot_mass_config(config, i, &own, &ignored) == EOT_OK;
        own.output.figures = 0; /* they are the run's */
        is_good = is_good && eot_scan_is_finished(folder, &own, &result);
        eot_result_free(&result);
        eot_config_free(&own);
        free(folder);
    }
    return is_good;
}

enum eot_status eot_scan_run_together(struct eot_scan *scan, struct eot_simulator *simulator,
                                      const struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *folder = eot_output_path(scan->folder, EOT_SCAN_TOGETHER);
    const char **name = calloc(scan->n_point, sizeof *name);
    bool is_kept = false, is_begun = false;
    struct eot_result before = {0};
    EOT_CHECK_MEMORY(folder);
    EOT_CHECK_MEMORY(name);
    for (size_t i = 0; i < scan->n_point; i++) {
        name[i] = eot_output_path(scan->folder, scan->point[i].name);
        EOT_CHECK_MEMORY(name[i]);
    }
    fprintf(stderr, "all %zu masses from one run\n", scan->n_point);
    simulator->mass_folder = name;
    is_kept = eot_scan_is_finished(folder, config, &before) && points_are_there(scan, config);
    if (!is_kept) {
        EOT_TRY(eot_scan_was_begun(folder, config, &simulator->part, &is_begun, err));
        simulator->use = is_begun ? EOT_FOLDER_RESUME : EOT_FOLDER_FORCE;
        EOT_TRY(eot_simulate(simulator, config, folder, err));
    }
    for (size_t i = 0; i < scan->n_point; i++) scan->point[i].state = is_kept ? EOT_SCAN_KEPT : EOT_SCAN_DONE;
done:
    simulator->mass_folder = NULL;
    for (size_t i = 0; name != NULL && i < scan->n_point; i++) free((char *)(uintptr_t)name[i]);
    free(name);
    free(folder);
    eot_result_free(&before);
    return status;
}
