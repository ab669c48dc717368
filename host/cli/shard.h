/** @file shard.h
 * Which part of a run a process makes: `--shard I/N`, or what the variables of batch systems and MPI launchers say. */
#ifndef EOT_HOST_CLI_SHARD_H
#define EOT_HOST_CLI_SHARD_H

#include <limits.h>

#include "engine/run.h"

struct eot_shard {
    struct eot_run_part part; /* n = 0: the whole run */
    bool is_auto;             /* taken from the environment: other processes run the same command */
    int local_rank;           /* number of the process on its machine; -1: not known */
    char selector[32];        /* of its device; "": as others choose */
};

/** Read "I/N" (I from 0 to N - 1) or "auto". auto looks for Slurm's job arrays (SLURM_ARRAY_TASK_ID, _MIN, _COUNT,
 * _STEP) and tasks (SLURM_PROCID of SLURM_NTASKS), both of them together, then Open MPI's (OMPI_COMM_WORLD_RANK, _SIZE)
 * and PMI's (PMI_RANK, PMI_SIZE) ranks.
 * @return EOT_E_USAGE for anything else, and for auto where there is none of them. */
enum eot_status eot_shard_parse(const char *text, struct eot_shard *shard, struct eot_error *err);

/** Read "FIRST:END". @return EOT_E_USAGE. */
enum eot_status eot_range_parse(const char *text, struct eot_run_part *part, struct eot_error *err);

/** What a part taken from the environment needs of its own: the folder shard-I-of-N below `folder`, and, where a
 * machine has several GPUs and none is asked for, one of them by the rank on the machine. @param device what --device
 * says, or NULL; on return it may point into the shard.
 * @return EOT_E_USAGE (the name is too long), what the list of devices returns. */
enum eot_status eot_shard_apply(struct eot_shard *shard, const char **device, char folder[PATH_MAX],
                                struct eot_error *err);

#endif
