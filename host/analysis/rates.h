/** @file rates.h
 * Rates per EOT and ratios of the weighted tallies of a run, with their errors, and estimates made of them: what the
 * files that write estimates share. */
#ifndef EOT_HOST_ANALYSIS_RATES_H
#define EOT_HOST_ANALYSIS_RATES_H

#include "analysis/result.h"
#include "analysis/statistics.h"
#include "engine/run.h"

/** How the error of a rate is found. */
enum eot_rate_error {
    EOT_BY_SQUARES, /* one vertex a primary, or hardly ever two */
    EOT_BY_BATCHES, /* n_eff from the squares, the error from the batches: several vertices of one shower are not
                       independent */
    EOT_NO_SQUARES  /* pass probabilities, whose squares are too small for the tally */
};

/** A run, how its rates' errors are found, and memory for a sum per block. */
struct eot_rates {
    const struct eot_run *run;
    enum eot_rate_error method;
    struct eot_batch_sum *scratch; /* [run->n_block] */
};

/** Sums of a weighted tally per block. @param offset its place in the block's tallies. @param sum [n_block] out. */
void eot_weighted_sums(const struct eot_run *run, int offset, struct eot_batch_sum *sum);
/** Rate per EOT of a weighted tally. @return EOT_E_NUMERIC (no primaries). */
enum eot_status eot_rate(const struct eot_rates *rates, int offset, struct eot_mean *mean, struct eot_error *err);
/** The same with another way to its error. */
enum eot_status eot_rate_by(const struct eot_rates *rates, enum eot_rate_error method, int offset,
                            struct eot_mean *mean, struct eot_error *err);
/** Rate per EOT of two weighted tallies that no vertex is in both of. @return also EOT_E_MEMORY. */
enum eot_status eot_rate_of_both(const struct eot_rates *rates, int offset, int other, struct eot_mean *mean,
                                 struct eot_error *err);
/** Ratio of two sums over the run, `in` a part of `of` to which `left_out` (a rate per EOT with its error in std_error)
 * is added; from the batches where there are several, else n_batches is 0. */
enum eot_status eot_share_of(const struct eot_run *run, int in, int of, struct eot_mean left_out, struct eot_mean *mean,
                             struct eot_error *err);

/** Add an estimate. @return EOT_E_MEMORY. */
enum eot_status eot_add_mean(struct eot_result *result, const char *name, const char *unit, struct eot_mean mean,
                             struct eot_error *err);
/** A number without error. */
enum eot_status eot_add_exact(struct eot_result *result, const char *name, const char *unit, double value,
                              struct eot_error *err);

#endif
