#include "job/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

/* All that a batch holds: its sums, rows, lost events. */
static void hash_of(const struct eot_job_batch *b, size_t n_column, char sha256[65]) {
    struct eot_sha256 hash;
    const struct eot_sums_layout *layout = &b->sums.layout;
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, b->sums.block_value, layout->n_value[EOT_SUMS_PER_BLOCK] * sizeof(int64_t));
    eot_sha256_update(&hash, b->sums.run_value, layout->n_value[EOT_SUMS_PER_RUN] * sizeof(int64_t));
    for (size_t i = 0; i < b->rows.n; i++)
        eot_sha256_update(&hash, b->rows.row[i].value, n_column * sizeof b->rows.row[i].value[0]);
    for (size_t i = 0; i < b->rows.lost.n_kept; i++)
        eot_sha256_update(&hash, &b->rows.lost.kept[i].faults, sizeof b->rows.lost.kept[i].faults);
    eot_sha256_finish(&hash, sha256);
}

enum eot_status eot_known_check(struct eot_known *k, const struct eot_job_context *c, void *worker,
                                struct eot_backend *backend, const struct eot_sums_frame *frame, bool is_last,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const long interval = (long)c->config->device.known_launches;
    const struct eot_job *job = eot_job_of(c->config);
    struct eot_sums_layout layout = {0};
    struct eot_job_batch batch = {.first = frame->first, .n = 1};
    bool is_known = k->sha256[0] != '\0', is_complete = false;
    char sha256[65];
    if (interval == 0 || (is_last ? !is_known || !k->has_doubt : backend->n_launch - k->n_launch < interval))
        return EOT_OK;
    job->layout(c->config, &layout);
    EOT_TRY(eot_sums_create(&batch.sums, &layout, frame, true, err));
    EOT_TRY(job->batch(worker, &batch, &is_complete, err));
    if (!is_complete) goto done;
    hash_of(&batch, job->n_column, sha256);
    k->is_wrong = is_known && strcmp(sha256, k->sha256) != 0;
    EOT_CHECK(!k->is_wrong, EOT_E_DEVICE,
              "primary %llu, followed again on %s, gives other numbers than before: the device does not compute "
              "reliably, and what it made from primary %llu on is in doubt; make this part of the run again (--force), "
              "on another device",
              (unsigned long long)frame->first, backend->name, (unsigned long long)k->first_in_doubt);
    memcpy(k->sha256, sha256, sizeof sha256);
    k->has_doubt = false;
    k->n_launch = backend->n_launch;
done:
    eot_sums_free(&batch.sums);
    free(batch.rows.row);
    eot_plane_rows_free(&batch.rows.planes);
    return status;
}
