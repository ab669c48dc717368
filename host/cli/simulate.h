/** @file simulate.h
 * One configuration simulated into a folder: what `eotmc run` does once, and `eotmc scan` for every point with one
 * device. */
#ifndef EOT_HOST_CLI_SIMULATE_H
#define EOT_HOST_CLI_SIMULATE_H

#include <signal.h>

#include "base/log.h"
#include "base/progress.h"
#include "check/findings.h"
#include "config/config.h"
#include "device/backend.h"
#include "engine/run.h"
#include "store/folder.h"

struct eot_simulator {
    const char *device, *kernel_dir;
    bool no_kernel_cache, no_table_cache, is_verbose;
    bool is_quiet;  /* nothing on standard output */
    bool is_silent; /* warnings and errors only on standard error */
    enum eot_progress_mode progress;
    const char *command;                         /* "run": who speaks where the process ends at once */
    int exit_code;                               /* of a run that was interrupted; 0: that of EOT_E_INTERRUPTED */
    const volatile sig_atomic_t *is_interrupted; /* may be NULL */
    enum eot_folder_use use;                     /* of a folder that holds a run */
    struct eot_run_part part;
    double checkpoint_s;            /* between two checkpoints */
    const char *const *mass_folder; /* for the results of each of several masses of phi; NULL: in the run's */
    /* Opened by the first simulation, and kept for those whose kernels are built with the same options. */
    struct eot_backend *backend;
    const char *kernel_options;
    struct eot_findings said; /* warnings that were printed: those of one run, which the next need not repeat */
};

#define EOT_CHECKPOINT_MINUTES 5.0 /* between two checkpoints, unless --checkpoint says otherwise */

/** What --checkpoint and --checkpoint-exit-code may say. @return EOT_E_USAGE. */
enum eot_status eot_simulator_check_options(double checkpoint_minutes, double exit_code, struct eot_error *err);

/** Simulate a configuration and write what output/sinks.def lists into the folder, and checkpoints (store/checkpoint.h)
 * meanwhile.
 * Where a signal (base/interrupt.h) meets a call that cannot be stopped, the process ends: at once before the first
 * primary, with what was done saved and written within two seconds of it later.
 * @return EOT_E_INTERRUPTED for a run that was interrupted (what it did is saved and written, marked partial; a whole
 * run may lack figures), and what the parts return. */
enum eot_status eot_simulate(struct eot_simulator *simulator, const struct eot_config *config, const char *folder,
                             struct eot_error *err);
/** Close the device. */
void eot_simulator_close(struct eot_simulator *simulator);
/** Close the device and forget what was said. */
void eot_simulator_free(struct eot_simulator *simulator);

#endif
