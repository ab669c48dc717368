/** @file keeper.h
 * A run's checkpoints in its folder: what eot_run_execute is given to save with and to go on from. */
#ifndef EOT_HOST_STORE_KEEPER_H
#define EOT_HOST_STORE_KEEPER_H

#include "store/checkpoint.h"

struct eot_keeper {
    const char *folder;
    bool goes_on;                    /* from a checkpoint, if the folder has one */
    struct eot_checkpoint_head head; /* of this run; the part and the times are filled when it is saved */
    struct eot_checkpoint_events events;
    struct eot_run_keeper hooks;
};

/** Prepare the hooks. @param head version, kind, hashes, columns and devices of the run. @param interval_s between two
 * checkpoints. @param keeper must stay where it is while the run goes on. */
void eot_keeper_start(struct eot_keeper *keeper, const char *folder, bool goes_on,
                      const struct eot_checkpoint_head *head, double interval_s);

/** Refuse a state that is not one of the same run. @param what it is, for the message: "the checkpoint", a folder.
 * @return EOT_E_CONFIG, which names the difference. */
enum eot_status eot_checkpoint_check_same(const struct eot_checkpoint_head *own,
                                          const struct eot_checkpoint_head *other, const char *what,
                                          struct eot_error *err);

#endif
