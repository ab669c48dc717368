#include "store/keeper.h"

#include <string.h>

#include "output/file.h"

enum eot_status eot_checkpoint_check_same(const struct eot_checkpoint_head *own,
                                          const struct eot_checkpoint_head *other, const char *what,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(strcmp(own->version, other->version) == 0, EOT_E_CONFIG,
              "%s was made by eotmc %s, this is %s; use one version for a run", what, other->version, own->version);
    EOT_CHECK(strcmp(own->job, other->job) == 0, EOT_E_CONFIG, "%s is of another kind of run (%s, not %s)", what,
              other->job, own->job);
    EOT_CHECK(strcmp(own->config_sha256, other->config_sha256) == 0, EOT_E_CONFIG,
              "%s is of another configuration (hash %.12s, not %.12s); `diff` its effective-config.yaml with this one",
              what, other->config_sha256, own->config_sha256);
    EOT_CHECK(strcmp(own->world_sha256, other->world_sha256) == 0 && own->n_column == other->n_column, EOT_E_CONFIG,
              "%s was made with other tables (hash %.12s, not %.12s; another build of eotmc or of its libraries); make "
              "all of a run with one",
              what, other->world_sha256, own->world_sha256);
done:
    return status;
}

static enum eot_status load(void *context, const struct eot_sums_layout *layout, struct eot_run *run, bool *is_loaded,
                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_keeper *k = context;
    struct eot_checkpoint_head head;
    *is_loaded = false;
    eot_sha256_init(&k->events.hash);
    k->events.n_row = 0;
    memset(k->events.plane, 0, sizeof k->events.plane);
    if (!k->goes_on || !eot_checkpoint_exists(k->folder)) goto done;
    /* first who made it: its sums may be others than this version knows */
    EOT_TRY(eot_checkpoint_read_head(k->folder, &head, err));
    EOT_TRY(eot_checkpoint_check_same(&k->head, &head, "the checkpoint", err));
    EOT_TRY(eot_checkpoint_read(k->folder, layout, &head, run, &k->events, err));
    EOT_TRY(eot_checkpoint_check_same(&k->head, &head, "the checkpoint", err)); /* it may be the older one */
    run->part_first = head.first;
    run->part_end = head.end;
    *is_loaded = true;
done:
    return status;
}

static enum eot_status save(void *context, const struct eot_run *run, bool is_finished, struct eot_error *err) {
    struct eot_keeper *k = context;
    k->head.first = run->part_first;
    k->head.end = run->part_end;
    k->head.is_finished = is_finished;
    k->head.wall_s = run->wall_s;
    k->head.kernel_s = run->kernel_s;
    return eot_checkpoint_write(k->folder, &k->head, run, &k->events, err);
}

void eot_keeper_start(struct eot_keeper *k, const char *folder, bool goes_on, const struct eot_checkpoint_head *head,
                      double interval_s) {
    k->folder = folder;
    k->goes_on = goes_on;
    k->head = *head;
    k->hooks = (struct eot_run_keeper){.context = k, .interval_s = interval_s, .load = load, .save = save};
}
