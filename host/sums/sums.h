/** @file sums.h
 * The numbers of a run as integers, with the ranges of primaries that they come from. Integers do not depend on the
 * order of addition, so that batches, devices and shards of a run add up to the same bits in any order.
 *
 * A layout lists sections, each of n sums of one kind. A run's primaries are divided into blocks, whose spread gives
 * the errors of estimates; the division is that of the whole run, also for a part of it. */
#ifndef EOT_HOST_SUMS_SUMS_H
#define EOT_HOST_SUMS_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define EOT_WIDE 3 /* places of a wide sum */

/** What a sum consists of. */
enum eot_sums_kind {
    EOT_SUMS_COUNT,   /* one int64_t */
    EOT_SUMS_MAXIMUM, /* one int64_t, not negative: the largest, instead of the sum; of the run only */
    EOT_SUMS_WIDE /* a real number in fixed point with 64 bits before and 128 bits behind the point: EOT_WIDE places,
                     see eot_wide_add */
};

/** What the sums of a section are over. */
enum eot_sums_scope {
    EOT_SUMS_PER_BLOCK, /* the primaries of each block by themselves */
    EOT_SUMS_PER_RUN,   /* all primaries */
    EOT_SUMS_APART      /* a sample of its own, which every part of a run measures alike, or not at all */
};

struct eot_sums_section {
    const char *name; /* static text */
    enum eot_sums_kind kind;
    enum eot_sums_scope scope;
    size_t n;      /* sums */
    bool is_tally; /* covered by the tally hash of results */
    size_t first;  /* place among the values of its scope */
};

#define EOT_SUMS_MAX_SECTION 20
struct eot_sums_layout {
    size_t n_section;
    struct eot_sums_section section[EOT_SUMS_MAX_SECTION];
    size_t n_value[3]; /* places, by scope: of one block, of the run, apart */
};

/** Append a section to a layout. @return its number. */
size_t eot_sums_section_add(struct eot_sums_layout *layout, const char *name, enum eot_sums_kind kind,
                            enum eot_sums_scope scope, size_t n, bool is_tally);

/** How the whole run divides its primaries [first, first + n_primary): batch i of `batch` primaries belongs to block i
 * n_block / n_batch. */
struct eot_sums_frame {
    uint64_t first, n_primary, batch;
    size_t n_block;
};

struct eot_sums {
    struct eot_sums_layout layout;
    struct eot_sums_frame frame;
    size_t n_range;
    uint64_t (*range)[2]; /* [first, end) of primaries that are in the sums, rising, neither touching nor overlapping */
    uint64_t *block_primaries; /* [n_block] */
    int64_t *block_value;      /* [n_block][n_value of a block] */
    int64_t *run_value;
    int64_t *apart_value; /* NULL in the sums of a batch */
};

/** Make sums of zero. @param is_batch only one block, and nothing apart: what a worker fills. Release with
 * eot_sums_free. @return EOT_E_MEMORY. */
enum eot_status eot_sums_create(struct eot_sums *sums, const struct eot_sums_layout *layout,
                                const struct eot_sums_frame *frame, bool is_batch, struct eot_error *err);
void eot_sums_free(struct eot_sums *sums);

/** Block of the primary `first` of a batch. */
size_t eot_sums_block_of(const struct eot_sums_frame *frame, uint64_t first);

/** Add the sums of a batch, whose n primaries begin at `first`.
 * @return EOT_E_INTERNAL for primaries that are in the sums already or that the frame does not have, EOT_E_MEMORY. */
enum eot_status eot_sums_add(struct eot_sums *sums, const struct eot_sums *batch, uint64_t first, uint64_t n,
                             struct eot_error *err);

/** Add another part of the same run. The sums are not changed where it is refused.
 * @return EOT_E_USAGE for another layout or frame, for primaries that both have (they are named), and for samples apart
 * that differ; EOT_E_MEMORY. */
enum eot_status eot_sums_merge(struct eot_sums *sums, const struct eot_sums *part, struct eot_error *err);

/** Number of primaries in the sums. */
uint64_t eot_sums_primaries(const struct eot_sums *sums);

/** SHA-256 of everything that merging adds up: layout, frame, ranges, all values. */
void eot_sums_hash(const struct eot_sums *sums, char hex[65]);
/** SHA-256 of the totals over the run of the sections that are tallies, in their order: the same whatever batches and
 * blocks the primaries came in. */
void eot_sums_tally_hash(const struct eot_sums *sums, char hex[65]);

/** The values of a section, wide sum i from place EOT_WIDE i on: of block `block`, or, for the other scopes, of the run
 * (block is not looked at). */
int64_t *eot_sums_at(const struct eot_sums *sums, size_t section, size_t block);
/** Total of count i of a section over all blocks; of a maximum, the largest. */
int64_t eot_sums_count(const struct eot_sums *sums, size_t section, size_t i);
/** Total of wide sum i of a section over all blocks. */
double eot_sums_wide(const struct eot_sums *sums, size_t section, size_t i);

/** Add v to a wide sum: place[0] and place[1] hold the lower and the upper 64 bits behind the point, place[2] the whole
 * part. v is rounded to 2^-128 (2.9e-39); a sum is exact from there on. @param v finite, below 2^63 in size, as the sum
 * has to be. */
void eot_wide_add(int64_t place[EOT_WIDE], double v);
/** Value of a wide sum. */
double eot_wide_value(const int64_t place[EOT_WIDE]);

#endif
