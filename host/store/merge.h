/** @file merge.h
 * Parts of one run put together. */
#ifndef EOT_HOST_STORE_MERGE_H
#define EOT_HOST_STORE_MERGE_H

#include "store/checkpoint.h"

/** Add the part whose checkpoint is in `folder` to a run. The first one makes the run; the others have to be of the
 * same. Sums are exact, so that the order does not matter. Of recorded events the first EOT_MAX_EVENT_ROW by primary
 * are kept, as one run keeps them.
 * @param head of the run so far; head->version is empty before the first part. @param run zeroed before the first.
 * @return EOT_E_IO for a damaged checkpoint, EOT_E_CONFIG for a part of another run, EOT_E_USAGE for primaries that are
 * there already; they name the folder. EOT_E_MEMORY. */
enum eot_status eot_merge_add(const char *folder, const struct eot_sums_layout *layout,
                              struct eot_checkpoint_head *head, struct eot_run *run, struct eot_error *err);

/** Ranges of primaries that a run lacks. @param hole the caller's to free: [n_hole][first, end). @return EOT_E_MEMORY.
 */
enum eot_status eot_merge_holes(const struct eot_sums *sums, uint64_t (**hole)[2], size_t *n_hole,
                                struct eot_error *err);

#endif
