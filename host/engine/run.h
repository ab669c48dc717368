/** @file run.h
 * What a run is asked for and what comes of it: integer sums, rows of recorded events, times; and the parts of the
 * engine that others use. Knows no OpenCL. */
#ifndef EOT_HOST_ENGINE_RUN_H
#define EOT_HOST_ENGINE_RUN_H

#include <signal.h>

#include "base/log.h"
#include "base/progress.h"
#include "device/backend.h"
#include "engine/plane_rows.h"
#include "eotmc/tally/tally.h"
#include "eotmc/transport/state.h"
#include "sums/sums.h"
#include "world/world.h"

/** Sections of the sums of a shower run, in the order of eot_run_layout. */
enum eot_run_section {
    EOT_RUN_TRACK = 0,      /* [3][EOT_TRACK_BINS] counts of EOT_TRACK_QUANTUM per X0 */
    EOT_RUN_EVENT,          /* [masses][selections][EOT_N_TALLY] */
    EOT_RUN_WORK,           /* [EOT_N_RUN_WORK] */
    EOT_RUN_EXCLUDED_COUNT, /* [1] showers that measured what the cut or the region leaves out */
    EOT_RUN_EXCLUDED,       /* [masses][EOT_N_RARE_CHANNEL][weight, weight^2], in units of mass_unit */
    EOT_RUN_SHOWER_COUNT,   /* [1] showers without a rare vertex */
    EOT_RUN_SHOWER,         /* [EOT_N_SHOWER_SUM] */
    EOT_RUN_PROFILE,        /* [EOT_MAX_PROFILE][E, E^2] GeV */
    EOT_RUN_CELL,           /* [EOT_N_ECAL_CELL][E, E^2] GeV */
    EOT_RUN_LARGEST,        /* [masses] bits of the largest weight of a vertex, as a 32-bit float */
    EOT_RUN_SELECTED,       /* [masses][selections][EOT_N_MAP] */
    EOT_RUN_PLANE,          /* [planes] particles that crossed them */
    EOT_RUN_BEFORE, /* [masses][selections][EOT_N_TALLY], only with planes in HDF5: the part of EOT_RUN_EVENT that is
                       counted before muons are followed and events selected */
    /* only of several masses: enum eot_product of each pair, and the products of weights of excluded vertices of
       electrons, in the same order */
    EOT_RUN_PRODUCT,
    EOT_RUN_EXCLUDED_PRODUCT,
    /* only where primaries have arrivals (eot_world_has_arrivals): */
    EOT_RUN_BEAM,         /* [EOT_N_BEAM_SUM] */
    EOT_RUN_SHOWER_MISSED /* [E, E^2] GeV of plain showers, the ledger's term */
};
enum eot_run_work {
    EOT_RUN_N_STEP = 0,
    EOT_RUN_N_VERTEX,
    EOT_RUN_VERTEX_SUM, /* of analog vertices that were found: a sum of hashes, in any order */
    EOT_N_RUN_WORK
};

/** Scores of a shower without a rare vertex [GeV]: what it leaves where. */
enum eot_shower_score {
    EOT_S_DEPOSIT = 0,
    EOT_S_VISIBLE,
    EOT_S_PRESHOWER,
    EOT_S_REAR,
    EOT_S_SIDE,
    EOT_S_FRONT,
    EOT_N_SHOWER_SCORE
};
#define EOT_N_SHOWER_POWER 6 /* powers of a score that are summed where its spread is an estimate */
/** Their sums: of each score, of its square, of score x deposit for two, of the powers of the visible energy over the
 * beam's and of the mean depth [X0]. */
enum eot_shower_sum {
    EOT_SS_SCORE = 0,
    EOT_SS_SQUARE = EOT_SS_SCORE + EOT_N_SHOWER_SCORE,
    EOT_SS_CROSS_VISIBLE = EOT_SS_SQUARE + EOT_N_SHOWER_SCORE,
    EOT_SS_CROSS_PRESHOWER,
    EOT_SS_VISIBLE,
    EOT_SS_DEPTH = EOT_SS_VISIBLE + EOT_N_SHOWER_POWER,
    EOT_N_SHOWER_SUM = EOT_SS_DEPTH + EOT_N_SHOWER_POWER
};
#define EOT_MAX_PROFILE 256
/** Bins of the profile in depth, and cells of the ECAL. */
struct eot_shower_binning {
    int n_bin, n_cell;
    double bin_width; /* cm */
};
struct eot_shower_binning eot_run_shower_binning(const struct eot_config *config);

/** What the sums of a shower run are of. */
struct eot_run_shape {
    size_t n_selection; /* that are applied to its events, the default one included */
    size_t n_mass;      /* of phi (eotmc/transport/mass.h); 0 is 1 */
    size_t n_plane;     /* of output.planes */
    bool has_states;    /* one of these is in HDF5 */
    bool has_arrivals;  /* of its primaries */
};
/** The sums of a shower run. @param layout zeroed. */
void eot_run_layout(const struct eot_run_shape *shape, struct eot_sums_layout *layout);
/** Whether sums are those of a run that keeps events at planes in HDF5. */
bool eot_run_keeps_events(const struct eot_sums *sums);
/** Whether a plane of a configuration is in HDF5. */
bool eot_run_has_states(const struct eot_config *config);

/** A block of primaries of a shower run, in its sums. */
struct eot_block {
    uint64_t n_primary;
    int64_t *track;          /* [3][EOT_TRACK_BINS] */
    int64_t *event;          /* [masses][selections][EOT_N_TALLY] */
    int64_t *map;            /* [masses][selections][EOT_N_MAP], of the whole run */
    int64_t *product;        /* EOT_RUN_PRODUCT, of the whole run */
    int64_t *beam;           /* [EOT_N_BEAM_SUM], NULL where primaries have no arrivals */
    int64_t *plane, *before; /* EOT_RUN_PLANE and EOT_RUN_BEFORE */
    uint64_t n_step, n_vertex, vertex_sum;
    uint32_t largest[EOT_MAX_MASS]; /* bits of the largest weight of a vertex, for each mass */
};

/** Events that are given up because a track of theirs is lost: their number, and the first of them for a replay. */
#define EOT_MAX_LOST_KEPT 32
struct eot_lost_events {
    uint64_t n;
    size_t n_kept;
    struct {
        uint64_t primary;
        uint32_t faults; /* bits of enum eot_event_fault */
    } kept[EOT_MAX_LOST_KEPT];
};
void eot_lost_events_add(struct eot_lost_events *lost, uint64_t primary, uint32_t faults);
/** Add those of another part of the run; the first ones by primary are kept. */
void eot_lost_events_join(struct eot_lost_events *lost, const struct eot_lost_events *part);

/** An event kept for the record: as many values as its job has columns. */
struct eot_event_row {
    uint64_t primary;
    float value[EOT_N_EVENT_COLUMN];
};
struct eot_event_rows {
    size_t n, n_dropped;
    struct eot_event_row *row;
    struct eot_plane_rows planes;
    uint64_t n_followed;         /* events that were followed: all of which rows could have been kept */
    struct eot_lost_events lost; /* of these */
};
#define EOT_MAX_EVENT_ROW 200000 /* rows kept; further ones are counted as dropped */
/** Append a row of n_value values, or count it as dropped. @return EOT_E_MEMORY. */
enum eot_status eot_event_rows_add(struct eot_event_rows *rows, uint64_t primary, const float *value, size_t n_value,
                                   struct eot_error *err);

/** The rows of planes of a part of a batch, in the order of primaries whatever launches they came from, into those of
 * the batch. @param part is empty then. @param count particles of each plane, added to. @return EOT_E_MEMORY. */
enum eot_status eot_planes_keep(struct eot_plane_rows *part, int64_t *count, struct eot_plane_rows *kept,
                                struct eot_error *err);

/** Lanes of the cascade that fill a device, and primaries a batch should have for each, so that few are idle when a
 * batch ends. */
size_t eot_run_full_lanes(const struct eot_backend *backend);
/** Work items of a group of the cascade. */
size_t eot_run_cascade_group(const struct eot_config *config, const struct eot_backend *backend);
#define EOT_RUN_PRIMARIES_PER_LANE 400

struct eot_findings;
struct eot_run;
/** Keeps a run on the disk while it goes on. */
struct eot_run_keeper {
    void *context;
    double interval_s; /* between two saves */
    /** What an earlier process has done of this run: sums, rows, part and times. @param run zeroed. @param is_loaded
     * whether there was anything. */
    enum eot_status (*load)(void *context, const struct eot_sums_layout *layout, struct eot_run *run, bool *is_loaded,
                            struct eot_error *err);
    /** Save what has been done so far. @param is_finished the part that was asked for is done. */
    enum eot_status (*save)(void *context, const struct eot_run *run, bool is_finished, struct eot_error *err);
};

/** The part of a run to be made, in whole batches: share i of n equal ones, or the primaries [first, end), or (all 0)
 * the whole run. Parts of one run are merged to it bit for bit. */
struct eot_run_part {
    uint64_t i, n, first, end;
};

/** What a run asks of its caller when it is to stop, but a device does not come back (a very long launch, a kernel that
 * is being compiled, a driver that hangs). */
struct eot_run_end {
    void *context;
    /** From here on the run sees to it itself that it is saved and ends. */
    void (*watched)(void *context);
    /** End the process. @param run as it was saved: finished batches. Other threads wait for a lock meanwhile. Must not
     * return. */
    void (*now)(void *context, struct eot_run *run);
};

struct eot_run_options {
    struct eot_backend *backend; /* a run is spread over all of its chain; eot_run_track_spectra uses the first */
    enum eot_progress_mode progress;
    const struct eot_log *log;                   /* may be NULL */
    const volatile sig_atomic_t *is_interrupted; /* may be NULL; checked between launches */
    bool skips_excluded;                         /* do not measure the rate that the cut or the region leaves out */
    bool skips_events;                           /* find the rare vertices and stop there */
    size_t chunk;                                /* events of a launch; 0 = automatic. Does not change results */
    struct eot_run_part part;
    const struct eot_run_keeper *keeper; /* may be NULL */
    const struct eot_run_end *end;       /* may be NULL; without a keeper it is not used */
    struct eot_findings *findings; /* may be NULL; warnings that only the device tells are added (check/findings.h) */
    bool wants_errors;             /* a run whose errors come from batches is made in several */
};

/* Before a mass [GeV] in the names of its estimates and of its folder. */
#define EOT_MASS_PREFIX "mphi_"

#define EOT_MAX_BLOCK 200 /* so that the sums of a run stay below 10 MB */

struct eot_run {
    struct eot_sums sums;
    uint64_t first, end;           /* primaries done of the part that was asked for: [first, end) */
    uint64_t part_first, part_end; /* that part */
    bool is_partial;               /* not all primaries of that part are done */
    size_t n_row, n_row_dropped;
    struct eot_event_row *row;
    struct eot_plane_rows planes;
    uint64_t n_followed; /* events that were followed to their end */
    struct eot_lost_events lost;
    double rare_unit;               /* rare vertices that a weight of 1 in the sums stands for */
    size_t n_mass;                  /* of phi; 1 without the signal */
    double mass[EOT_MAX_MASS];      /* GeV */
    double mass_unit[EOT_MAX_MASS]; /* the same of the weights for each; of one mass, rare_unit */
    double wall_s, kernel_s;
    /* of a shower run, by eot_run_view */
    size_t n_block;
    struct eot_block *block;             /* n_block, contiguous ranges of primaries in order */
    double largest_weight[EOT_MAX_MASS]; /* of a vertex, in vertices per EOT; 0: there is none */
    struct {
        double rate, error, n_eff;
    } excluded[EOT_MAX_MASS][EOT_N_RARE_CHANNEL]; /* rare vertices per EOT that the cut or the region leaves out; 0, 0
                                                     when nothing is left out */
    uint64_t n_excluded_shower;
};

/** The units of a run's sums, those of its world. */
void eot_run_take_units(struct eot_run *run, const struct eot_world *world);
/** Fill what a shower run shows of its sums: blocks and excluded rates. @return EOT_E_MEMORY. */
enum eot_status eot_run_view(struct eot_run *run, struct eot_error *err);
void eot_run_free(struct eot_run *run);

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

#endif
