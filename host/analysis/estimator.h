/** @file estimator.h
 * What the parts of the estimates share: sums of the tallies by block, rates and shares with their errors, and names.
 */
#ifndef EOT_HOST_ANALYSIS_ESTIMATOR_H
#define EOT_HOST_ANALYSIS_ESTIMATOR_H

#include "analysis/result.h"
#include "analysis/statistics.h"
#include "engine/run.h"

/** How the error of a rate is found. */
enum eot_error_method {
    EOT_BY_SQUARES, /* one vertex a primary, or hardly ever two */
    EOT_BY_BATCHES  /* n_eff from the squares, the error from the batches: several vertices of one shower are not
                       independent */
};

/** What estimates are made from, and where they go. */
struct eot_estimator {
    const struct eot_config *config;
    const struct eot_world *world;
    const struct eot_run *run;
    struct eot_result *result;
    struct eot_batch_sum *scratch; /* [run->n_block] */
    enum eot_error_method method;  /* of rates of vertices */
    size_t selection;              /* whose tallies are read: 0, the default one; 1 to config->n_further */
    size_t mass;                   /* and of which mass of phi (run->n_mass) */
    bool has_mass_name;            /* names begin with the mass's, "mphi_0.2." */
};

/** Largest weight [vertices per EOT] that an entry of a weighted sum could have had: that of the heaviest vertex of the
 * run, times what extra losses and roulette of its muons can make of it. Without vertices: the weight that analog ones
 * have, and in forced mode 1, as an electron makes no more than one. */
double eot_estimator_largest(const struct eot_estimator *e);
/** The most that the weight of an event can be over that of its vertex: by roulette and extra losses of its muons. */
double eot_estimator_largest_of_muons(const struct eot_estimator *e);
/** Rare vertices that a weight of 1 stands for, of the mass that is read. */
double eot_estimator_unit(const struct eot_estimator *e);
/** The largest energy [GeV] that a primary can have: the beam's and 6 standard deviations. */
double eot_estimator_top_energy(const struct eot_estimator *e);

/** Sums and sums of squares of the weighted tally at an offset, for each block; of sums of pass probabilities, the
 * squares that the tally keeps apart. @param sum [run->n_block]. */
void eot_estimator_sums(const struct eot_estimator *e, int offset, struct eot_batch_sum *sum);
/** Sum of a counter over all blocks. */
int64_t eot_estimator_counter(const struct eot_estimator *e, int which);
/** Value of a weighted tally at an offset, summed over all blocks. */
double eot_estimator_total(const struct eot_estimator *e, int offset);

/** Rate per EOT of the sums in e->scratch; of an empty sum with its upper limit, EOT_LIMIT_EVENTS_90 entries of the
 * largest weight. @return EOT_E_NUMERIC. */
enum eot_status eot_estimator_rate_of_scratch(const struct eot_estimator *e, struct eot_mean *mean,
                                              struct eot_error *err);
/** Rate per EOT of the weighted tally at an offset. @return EOT_E_NUMERIC. */
enum eot_status eot_estimator_rate(const struct eot_estimator *e, int offset, struct eot_mean *mean,
                                   struct eot_error *err);
/** Rate per EOT of two weighted tallies that no vertex is in both of. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_estimator_rate_of_both(const struct eot_estimator *e, int offset, int other, struct eot_mean *mean,
                                           struct eot_error *err);
/** A ratio of two weighted tallies over the run, by their offsets. */
struct eot_share {
    int in, of;               /* sum of w x; sum of w */
    int cross;                /* sum of w^2 x; 0: x is 0 or 1, and it is that of w^2 x^2 */
    double unit;              /* of x in the squares and in `cross`; 0: 1 */
    bool is_mean;             /* of a quantity x, which rests on all entries; else a share, 0 to 1, with limits */
    struct eot_mean left_out; /* per EOT: added to the denominator */
};
/** Its value, with the error of the linearised ratio, or that from the batches (e->method). n_batches is 0 where the
 * denominator is: there is no ratio. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_estimator_share(const struct eot_estimator *e, const struct eot_share *share, struct eot_mean *mean,
                                    struct eot_error *err);

/** Place of a sum of a channel (enum eot_channel_sum) in a tally. */
int eot_channel_offset(int process, int parent, int which);

/** Name of a mass of phi [GeV] in results: "mphi_0.2". */
void eot_mass_name(double m_phi, char *text, size_t n_text);
/** "selection.NAME." in front of a name for a further selection, the name itself for the default one; before it the
 * mass's name where it is asked for.
 * @param text at least 80 bytes. */
void eot_estimator_name(const struct eot_estimator *e, const char *name, char *text, size_t n_text);
/** Add an estimate to a result: every estimate of every job goes through here. It has to state n_eff, or is_exact;
 * whether it is poorly determined follows. @return EOT_E_MEMORY, EOT_E_INTERNAL. */
enum eot_status eot_add_mean(struct eot_result *result, const char *name, const char *unit, struct eot_mean mean,
                             struct eot_error *err);
/** Add an estimate, with the selection's name in front. @return EOT_E_MEMORY, EOT_E_INTERNAL. */
enum eot_status eot_estimator_add(const struct eot_estimator *e, const char *name, const char *unit,
                                  struct eot_mean mean, struct eot_error *err);
/** Add a number without error. @return EOT_E_MEMORY, EOT_E_INTERNAL. */
enum eot_status eot_estimator_add_exact(const struct eot_estimator *e, const char *name, const char *unit, double value,
                                        struct eot_error *err);

/** beam.*: what became of the primaries before the ECAL. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_estimator_add_beam(const struct eot_estimator *e, struct eot_error *err);
/** Cut flow, categories, selected.per_eot and, of the signal, efficiencies of the selection e->selection. @return
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_estimator_add_selection(const struct eot_estimator *e, struct eot_error *err);
/** Of all tracks: track.measured_fraction (of the muons that have crossed all chambers), track.momentum_ratio_median,
 * track.momentum_resolution, track.charge_wrong_fraction. Nothing without a spectrometer. @return EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_estimator_add_tracks(const struct eot_estimator *e, struct eot_error *err);
/** The selected events by missing energy and momentum, a map for each model of the tail. @param prefix of their names.
 * @param map sums of a selection, [EOT_N_MAP]. @param n electrons on target that a weight of 1 is divided by.
 * @return EOT_E_MEMORY, EOT_E_INTERNAL. */
enum eot_status eot_add_maps(struct eot_result *result, const char *prefix, const int64_t *map, double n,
                             struct eot_error *err);
/** Of several masses of phi, eotmc/transport/mass.h: the list of them, and the covariances between them of
 * signal.simulated_per_eot, signal.per_eot, efficiency.total, selected.per_eot, whose diagonals are the squares of
 * their errors. @return EOT_E_MEMORY. */
enum eot_status eot_estimator_add_masses(struct eot_estimator *e, struct eot_error *err);
/** Histograms of the rows of histograms.def, of a further selection those after the cuts, and the maps of selected
 * events. @return EOT_E_MEMORY. */
enum eot_status eot_estimator_add_histograms(const struct eot_estimator *e, struct eot_error *err);

/** Add a row to a cut flow. @param cut its name. @param events that pass, unweighted. @param mean their weighted sum
 * per primary. */
void eot_cutflow_add(struct eot_selection_result *result, const char *cut, double events, struct eot_mean mean);

#endif
