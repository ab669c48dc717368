/** @file shard.h
 * Which part of a run a process makes: `--shard I/N`, or what the variables of batch systems and MPI launchers say. */
#ifndef EOT_HOST_CLI_SHARD_H
#define EOT_HOST_CLI_SHARD_H

#include "engine/run.h"

struct eot_shard {
    struct eot_run_part part; /* n = 0: the whole run */
    bool is_auto;             /* taken from the environment: other processes run the same command */
    int local_rank;           /* number of the process on its machine; -1: not known */
};

/** Read "I/N" (I from 0 to N - 1) or "auto". auto looks for Slurm's job arrays (SLURM_ARRAY_TASK_ID, _MIN, _COUNT,
 * _STEP) and tasks (SLURM_PROCID of SLURM_NTASKS), both of them together, then Open MPI's (OMPI_COMM_WORLD_RANK, _SIZE)
 * and PMI's (PMI_RANK, PMI_SIZE) ranks.
 * @return EOT_E_USAGE for anything else, and for auto where there is none of them. */
enum eot_status eot_shard_parse(const char *text, struct eot_shard *shard, struct eot_error *err);

/** Read "FIRST:END". @return EOT_E_USAGE. */
enum eot_status eot_range_parse(const char *text, struct eot_run_part *part, struct eot_error *err);

/** The GPU that this process of a machine takes, so that processes share them evenly: a selector for --device. "" where
 * there are no two GPUs, or the rank on the machine is not known. */
enum eot_status eot_shard_device(const struct eot_shard *shard, char *selector, size_t n_selector,
                                 struct eot_error *err);

#endif
