/** @file quantiles.h
 * A histogram fine enough to read quantiles from: bins are the upper bits of a float, 2^11 an octave, so that each is
 * wide by a part in 2048 to 4096 of its values. Counts are integers, and it costs the same memory for any number of
 * entries.
 *
 * The quantum of what is read from it: quantiles are interpolated within a bin, entries of coarser histograms go by the
 * middle of their bin; both are off by at most 2^-11 (4.9e-4) of the value, and by far less where a bin holds several
 * entries. */
#ifndef EOT_HOST_SUMS_QUANTILES_H
#define EOT_HOST_SUMS_QUANTILES_H

#include <stddef.h>
#include <stdint.h>

#define EOT_QUANTILE_BITS 11 /* bins an octave: 2^this */

/** From 2^first_octave to 2^end_octave; below is one bin, above another. */
struct eot_quantile_axis {
    int first_octave, end_octave;
};

/** Number of counts that an axis needs. */
size_t eot_quantile_bins(struct eot_quantile_axis axis);
/** Bin of x >= 0. */
size_t eot_quantile_bin(struct eot_quantile_axis axis, float x);
/** Lower edge of a bin: 0 for the first. The upper edge is that of the next; the last bin ends at twice its lower edge.
 */
double eot_quantile_edge(struct eot_quantile_axis axis, size_t bin);

/** The value that n entries have at a place of their order, 0 <= rank <= n - 1; entries of a bin are taken as evenly
 * spread over it. @param count of the axis. */
double eot_quantile_at(struct eot_quantile_axis axis, const int64_t *count, double rank);

/** Sum over the entries of (x - center)^power, each in the middle of its bin. */
double eot_quantile_moment(struct eot_quantile_axis axis, const int64_t *count, double center, int power);

/** Tail index of the entries: the mean of log(x/threshold) over the largest of them (B. M. Hill, Ann. Stat. 3 (1975)
 * 1163), min(n/5, 3 sqrt(n)) in number as A. Vehtari et al., J. Mach. Learn. Res. 25 (2024) 72, take. It is 1/a where
 * P(> x) falls like x^-a; above 0.5 the entries' variance does not converge. @return 0 for fewer than 25 entries. */
double eot_quantile_tail_index(struct eot_quantile_axis axis, const int64_t *count);

#endif
