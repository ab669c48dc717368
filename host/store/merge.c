#include "store/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/keeper.h"

static int compare_rows(const void *a, const void *b) {
    const struct eot_event_row *u = a, *v = b;
    return u->primary < v->primary ? -1 : u->primary > v->primary;
}

/* The rows of both, in the order of primaries (those of one primary stay in their order: they are of one part). */
static enum eot_status merge_rows(struct eot_run *run, const struct eot_run *part, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = run->n_row + part->n_row, n_kept = n < EOT_MAX_EVENT_ROW ? n : EOT_MAX_EVENT_ROW;
    struct eot_event_row *row = malloc((n + 1) * sizeof *row);
    EOT_CHECK_MEMORY(row);
    for (size_t i = 0, a = 0, b = 0; i < n; i++) {
        bool is_own = b == part->n_row || (a < run->n_row && compare_rows(&run->row[a], &part->row[b]) <= 0);
        row[i] = is_own ? run->row[a++] : part->row[b++];
    }
    free(run->row);
    run->row = row;
    run->n_row = n_kept;
    run->n_row_dropped += part->n_row_dropped + (n - n_kept);
done:
    return status;
}

static int compare_devices(const void *a, const void *b) { return memcmp(a, b, 2 * sizeof(char[128])); }

/* The devices of both, in an order of their own. */
static void merge_devices(struct eot_checkpoint_head *head, const struct eot_checkpoint_head *part) {
    for (uint64_t i = 0; i < part->n_device; i++) {
        bool is_there = false;
        for (uint64_t k = 0; k < head->n_device; k++)
            is_there |= memcmp(head->device[k], part->device[i], sizeof head->device[k]) == 0;
        if (!is_there && head->n_device < EOT_CHECKPOINT_MAX_DEVICE)
            memcpy(head->device[head->n_device++], part->device[i], sizeof part->device[i]);
    }
    qsort(head->device, (size_t)head->n_device, sizeof head->device[0], compare_devices);
}

enum eot_status eot_merge_add(const char *folder, const struct eot_sums_layout *layout,
                              struct eot_checkpoint_head *head, struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_checkpoint_head own;
    struct eot_checkpoint_events events;
    struct eot_run part = {0};
    struct eot_error inner;
    EOT_TRY(eot_checkpoint_read_head(folder, &own, err));
    if (head->version[0] != '\0') EOT_TRY(eot_checkpoint_check_same(head, &own, folder, err));
    EOT_TRY(eot_checkpoint_read(folder, layout, &own, &part, &events, err));
    if (head->version[0] == '\0') {
        *head = own;
        *run = part;
        memset(&part, 0, sizeof part);
        goto done;
    }
    status = eot_sums_merge(&run->sums, &part.sums, &inner);
    if (status != EOT_OK) EOT_FAIL(status, "%s: %s", folder, inner.text);
    EOT_TRY(merge_rows(run, &part, err));
    EOT_TRY(eot_plane_rows_merge(&run->planes, &part.planes, err));
    merge_devices(head, &own);
    run->n_followed += part.n_followed;
    eot_lost_events_join(&run->lost, &part.lost);
    head->is_finished = head->is_finished && own.is_finished;
    run->wall_s += own.wall_s;
    run->kernel_s += own.kernel_s;
done:
    eot_run_free(&part);
    return status;
}

enum eot_status eot_merge_holes(const struct eot_sums *sums, uint64_t (**hole)[2], size_t *n_hole,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t at = sums->frame.first, end = sums->frame.first + sums->frame.n_primary;
    *n_hole = 0;
    *hole = malloc((sums->n_range + 1) * sizeof **hole);
    EOT_CHECK_MEMORY(*hole);
    for (size_t i = 0; i <= sums->n_range; i++) {
        uint64_t first = i < sums->n_range ? sums->range[i][0] : end;
        if (first > at) {
            (*hole)[*n_hole][0] = at;
            (*hole)[(*n_hole)++][1] = first;
        }
        if (i < sums->n_range) at = sums->range[i][1];
    }
done:
    return status;
}
