/* Parts of one run put together, to the same bits as one run. */
#include "cli/merge_runs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/masses.h"
#include "cli/preflight.h"
#include "cli/scan.h"
#include "job/job.h"
#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"
#include "store/folder.h"
#include "store/keeper.h"
#include "store/merge.h"

static enum eot_status parts_add(struct eot_merge_parts *p, char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char **grown = realloc(p->folder, (p->n + 1) * sizeof *grown);
    EOT_CHECK_MEMORY(folder);
    if (grown == NULL) free(folder);
    EOT_CHECK_MEMORY(grown);
    p->folder = grown;
    p->folder[p->n++] = folder;
done:
    return status;
}

static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

bool eot_merge_is_part(const char *path) { return eot_checkpoint_exists(path) || eot_output_has(path, EOT_SCAN_FILE); }

enum eot_status eot_merge_parts_find(struct eot_merge_parts *p, const char *path, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    DIR *folder = NULL;
    size_t n_before = p->n;
    if (eot_merge_is_part(path)) return parts_add(p, strdup(path), err);
    folder = opendir(path);
    EOT_CHECK(folder != NULL, EOT_E_IO, "there is no folder '%s'; name folders of runs", path);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strncmp(entry->d_name, "shard-", 6) != 0) continue;
        char *below = eot_output_path(path, entry->d_name);
        EOT_CHECK_MEMORY(below);
        if (eot_merge_is_part(below))
            EOT_TRY(parts_add(p, below, err));
        else
            free(below);
    }
    EOT_CHECK(p->n > n_before, EOT_E_IO,
              "'%s' holds no checkpoint (%s), nor folders shard-I-of-N that do; name folders of runs", path,
              EOT_CHECKPOINT_FILE);
    qsort(p->folder + n_before, p->n - n_before, sizeof *p->folder, compare_texts);
done:
    if (folder != NULL) closedir(folder);
    return status;
}

void eot_merge_parts_free(struct eot_merge_parts *p) {
    for (size_t i = 0; i < p->n; i++) free(p->folder[i]);
    free(p->folder);
    *p = (struct eot_merge_parts){0};
}

/* The configuration of a part, which is that of the whole run. */
static enum eot_status read_config(const char *folder, struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, "effective-config.yaml");
    EOT_CHECK_MEMORY(path);
    EOT_TRY(eot_config_read(path, NULL, 0, config, err));
done:
    free(path);
    return status;
}

/* The primaries that are missing, each with the command that makes them. */
static enum eot_status tell_holes(const struct eot_sums *sums, const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t(*hole)[2] = NULL;
    size_t n = 0;
    EOT_TRY(eot_merge_holes(sums, &hole, &n, err));
    for (size_t i = 0; i < n; i++)
        fprintf(stderr,
                "primaries %llu to %llu are missing; this makes them: eotmc run %s/effective-config.yaml --range "
                "%llu:%llu -o %s-%llu\n",
                (unsigned long long)hole[i][0], (unsigned long long)hole[i][1] - 1, folder,
                (unsigned long long)hole[i][0], (unsigned long long)hole[i][1], folder, (unsigned long long)hole[i][0]);
done:
    free(hole);
    return status;
}

static enum eot_status write_result(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_checkpoint_head *head, struct eot_run *run, const char *folder,
                                    struct eot_findings *warnings, bool is_quiet, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_result result = {0};
    struct eot_findings undrawn = {0};
    const struct eot_log log = {.level = EOT_LOG_NORMAL};
    EOT_TRY(eot_result_from_run(config, world, run, NULL, &result, err));
    for (uint64_t i = 0; i < head->n_device; i++)
        EOT_TRY(eot_result_add_device(&result, head->device[i][0], head->device[i][1], err));
    for (size_t i = 0; i < warnings->n; i++)
        EOT_TRY(eot_findings_warn(&result.warnings, err, warnings->row[i].code, "%s", warnings->row[i].message));
    EOT_TRY(eot_masses_write(config, world, run, &result, folder, NULL, err));
    EOT_TRY(eot_output_write(folder, config, &result, &undrawn, err));
    EOT_TRY(eot_preflight_say(&undrawn, 0, &log, NULL, err));
    if (!is_quiet) eot_output_print(&result);
done:
    eot_findings_free(&undrawn);
    eot_result_free(&result);
    return status;
}

/* Everything of the merged run into its folder. */
static enum eot_status write_run(const struct eot_config *config, struct eot_checkpoint_head *head, struct eot_run *run,
                                 const char *folder, bool is_quiet, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_job *job;
    struct eot_setup setup = {0};
    struct eot_world world = {0};
    struct eot_keeper keeper = {0};
    struct eot_findings warnings = {0};
    EOT_TRY(eot_job_find(config, &job, err));
    EOT_TRY(eot_setup_create(config, &setup, err));
    EOT_TRY(eot_preflight_look(config, &setup, &warnings, err)); /* as every part has been asked */
    EOT_TRY(job->world(config, &setup, &(struct eot_world_options){0}, &world, err));
    EOT_CHECK(strcmp(world.sha256, head->world_sha256) == 0, EOT_E_CONFIG,
              "the parts were made with other tables (hash %.12s) than this machine makes (%.12s); merge them where "
              "they were made",
              head->world_sha256, world.sha256);
    eot_run_take_units(run, &world);
    run->is_partial = eot_sums_primaries(&run->sums) < run->sums.frame.n_primary;
    run->part_first = run->first = run->sums.frame.first;
    run->part_end = run->sums.frame.first + run->sums.frame.n_primary;
    run->end = run->sums.n_range > 0 ? run->sums.range[run->sums.n_range - 1][1] : run->first;
    double ignored[2];
    EOT_TRY(job->work(run, &ignored[0], &ignored[1], err));
    eot_keeper_start(&keeper, folder, false, head, 0.0);
    eot_sha256_init(&keeper.events.hash);
    EOT_TRY(eot_output_effective_config(folder, config, NULL, err));
    EOT_TRY(keeper.hooks.save(&keeper, run, !run->is_partial, err));
    EOT_TRY(write_result(config, &world, head, run, folder, &warnings, is_quiet, err));
done:
    eot_findings_free(&warnings);
    eot_world_free(&world);
    eot_setup_free(&setup);
    return status;
}

enum eot_status eot_merge_runs(const struct eot_merge_parts *parts, const char *path, bool forces, bool is_quiet,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_checkpoint_head head = {.version = ""};
    struct eot_run run = {0};
    struct eot_folder folder = {.lock = -1};
    struct eot_sums_layout layout = {0};
    const struct eot_job *job;
    EOT_TRY(read_config(parts->folder[0], &config, err));
    EOT_TRY(eot_job_find(&config, &job, err));
    job->layout(&config, &layout);
    for (size_t i = 0; i < parts->n; i++) EOT_TRY(eot_merge_add(parts->folder[i], &layout, &head, &run, err));
    EOT_CHECK(strcmp(head.config_sha256, config.sha256) == 0, EOT_E_CONFIG,
              "%s/effective-config.yaml is not the configuration of the checkpoint beside it (hash %.12s, not %.12s); "
              "put the right one back",
              parts->folder[0], config.sha256, head.config_sha256);
    if (eot_sums_primaries(&run.sums) == run.sums.frame.n_primary) /* one run is asked that, too */
        EOT_TRY(eot_run_check_lost(&config, &run, run.n_followed, err));
    EOT_TRY(eot_folder_open(path, forces ? EOT_FOLDER_FORCE : EOT_FOLDER_NEW, &folder, err));
    EOT_TRY(write_run(&config, &head, &run, path, is_quiet, err));
    EOT_TRY(tell_holes(&run.sums, path, err));
    fprintf(stderr, "%zu parts, %llu of %llu primaries; results in %s\n", parts->n,
            (unsigned long long)eot_sums_primaries(&run.sums), (unsigned long long)run.sums.frame.n_primary, path);
done:
    eot_folder_close(&folder);
    eot_run_free(&run);
    eot_config_free(&config);
    return status;
}
