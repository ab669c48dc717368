/** @file run.h
 * A production run: batches of primaries through cascade, replay, muons, detector and selection on a backend; knows no
 * OpenCL. */
#ifndef EOT_HOST_ENGINE_RUN_H
#define EOT_HOST_ENGINE_RUN_H

#include <signal.h>

#include "base/log.h"
#include "device/backend.h"
#include "eotmc/tally/tally.h"
#include "eotmc/transport/state.h"
#include "world/world.h"

/** Sums of a range of primaries: what estimates are made of. Integers, so that they do not depend on the order of
 * addition. */
struct eot_block {
    uint64_t n_primary;
    int64_t track[3 * EOT_TRACK_BINS]; /* counts of EOT_TRACK_QUANTUM per X0 */
    int64_t event[EOT_N_TALLY];        /* of the default selection, and what does not depend on the selection */
    int64_t *further; /* [n_further][EOT_N_TALLY] of the further selections; NULL: none, or nothing yet */
    uint64_t n_step, n_vertex;
    uint64_t vertex_sum; /* of analog vertices that were found: a sum of hashes, in any order */
};

/** An event kept for the record. */
struct eot_event_row {
    uint64_t primary;
    float value[EOT_N_EVENT_COLUMN];
};

/** Showers without a rare vertex: what they leave where, summed over n of them. */
enum eot_shower_score {
    EOT_S_DEPOSIT = 0,
    EOT_S_VISIBLE,
    EOT_S_PRESHOWER,
    EOT_S_REAR,
    EOT_S_SIDE,
    EOT_S_FRONT,
    EOT_N_SHOWER_SCORE
};
#define EOT_MAX_PROFILE 256
struct eot_shower_scores {
    uint64_t n;
    int n_bin, n_cell;
    double bin_width;                                           /* cm of depth */
    double sum[EOT_N_SHOWER_SCORE], square[EOT_N_SHOWER_SCORE]; /* GeV, GeV^2 */
    double cross_visible, cross_preshower;                      /* sum of score x deposit */
    double profile[EOT_MAX_PROFILE], profile_square[EOT_MAX_PROFILE];
    double cell[EOT_N_ECAL_CELL], cell_square[EOT_N_ECAL_CELL];
    double *depth; /* cm, mean depth of each shower */
};

/** Lanes of the cascade that fill a device, and primaries a batch should have for each, so that few are idle when a
 * batch ends. */
size_t eot_run_full_lanes(const struct eot_backend *backend);
#define EOT_RUN_PRIMARIES_PER_LANE 100

struct eot_run_options {
    struct eot_backend *backend; /* eot_run_execute: batches are spread over all of its chain; others use the first */
    enum eot_progress_mode progress;
    const struct eot_log *log;                   /* may be NULL */
    const volatile sig_atomic_t *is_interrupted; /* may be NULL; checked between launches */
    bool skips_excluded;                         /* do not measure the rate that the cut or the region leaves out */
    bool skips_events;                           /* find the rare vertices and stop there */
    bool wants_errors; /* a run that is a single batch is made in ten: one has no standard error */
};

#define EOT_MAX_BLOCK 256
#define EOT_MAX_EVENT_ROW 200000 /* rows kept; further ones are counted as dropped */

struct eot_run {
    size_t n_block;
    struct eot_block *block; /* n_block, contiguous ranges of primaries in order */
    uint64_t first, end;     /* primaries done: [first, end) */
    bool is_partial;
    size_t n_row, n_row_dropped;
    struct eot_event_row *row;
    size_t n_further; /* selections besides the default one */
    double rare_unit; /* rare vertices that a weight of 1 in the blocks stands for */
    double wall_s, kernel_s;
    struct {
        double rate, error;
    } excluded[EOT_N_RARE_CHANNEL]; /* rare vertices per EOT that the cut or the region leaves out; 0, 0 when nothing is
                                       left out */
    uint64_t n_excluded_shower;
    size_t device_bytes;
    struct eot_shower_scores shower;
};

/** Track lengths of electrons, positrons and photons on the nodes of an energy grid uniform in ln E (weights of hat
 * functions: see enum eot_track_tally). */
struct eot_track_spectra {
    size_t n_energy, n_batch;
    double log_first, log_step; /* node j is at exp(log_first + j log_step) GeV */
    uint64_t *n_primary;        /* [n_batch] */
    double *length;             /* [n_batch][electrons, positrons][n_energy], X0, sums over the batch's primaries */
    double *photon;             /* [n_batch][n_energy], the same of photons */
    double wall_s;
};

/** Run config->sampling.eot primaries. Release with eot_run_free.
 * @return EOT_E_DEVICE with the command that replays the primary, if any fault occurred; EOT_E_MEMORY; what the backend
 * returns. An interruption is not an error: is_partial is set and the batches done so far are valid. */
enum eot_status eot_run_execute(const struct eot_config *config, const struct eot_setup *setup,
                                const struct eot_world *world, const struct eot_run_options *options,
                                struct eot_run *run, struct eot_error *err);
/** Track lengths of the showers of n_batch batches of `eot` primaries in all, on an energy grid from the cut. The
 * kernels are faster if they were built with eot_world_kernel_options_for(config, EOT_TRACK_SPECTRUM). Release with
 * eot_track_spectra_free, also after an error.
 * @return EOT_E_INTERRUPTED, EOT_E_MEMORY, what the backend returns. */
enum eot_status eot_run_track_spectra(const struct eot_config *config, const struct eot_world *world,
                                      const struct eot_run_options *options, uint64_t eot, size_t n_batch,
                                      struct eot_track_spectra *spectra, struct eot_error *err);
void eot_track_spectra_free(struct eot_track_spectra *spectra);
/** The launch parameters of the cascade that a configuration fixes; primaries and lanes are the caller's. */
eot_cascade_parameters eot_run_cascade_parameters(const struct eot_config *config, double rare_unit);
/** Complete an event's record on the host: weight in vertices per EOT; of e N -> mu N phi the momentum transfer.
 * @return kinetic energy of the recoil [GeV]. */
double eot_run_complete_row(const struct eot_world *world, const eot_event_launch *launch, uint64_t primary,
                            float row[EOT_N_EVENT_COLUMN]);
/** The worst of an event's faults (bits of eot_event_fault) in words. */
const char *eot_run_fault_text(uint32_t faults);
void eot_run_free(struct eot_run *run);
/** The tally of a block for selection i: 0, the default one; 1 to n_further. NULL if the block is empty. */
const int64_t *eot_block_tally(const struct eot_block *block, size_t i);

#endif
