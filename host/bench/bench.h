/** @file bench.h
 * Named, frozen problems and their measurement: interleaved in rounds, each case beside the rate of Philox blocks of
 * the same device at the same time, so that ratios carry over from machine to machine and from a busy one to a quiet
 * one. */
#ifndef EOT_HOST_BENCH_BENCH_H
#define EOT_HOST_BENCH_BENCH_H

#include <signal.h>

#include "base/log.h"
#include "device/backend.h"
#include "device/simt.h"

/** EOT_BENCH_METRICS(X): name, unit, in the order of the output. */
#define EOT_BENCH_METRICS(X) \
    X(eot_per_s, "1/s")            /* primaries simulated, muons of a muon beam, vertices replayed */ \
    X(eot_equivalent_per_s, "1/s") /* forced sampling: what the sample is worth (eot.equivalent) */ \
    X(track_to_2_percent_s, "s")   /* forced sampling: processor seconds to 2 % on the rate of one track, */ \
    X(veto_to_2_percent_s, "s")    /* of those with one MIP in the VETO, */ \
    X(mip_to_2_percent_s, "s")     /* of those with one MIP in each HCAL module: error^2 x seconds */ \
    X(muons_per_s, "1/s") \
    X(layer_crossings_per_s, "1/s") /* muons that pass times layers */ \
    X(steps_per_s, "1/s")           /* particle steps */ \
    X(steps_per_eot, "1") \
    X(operations_per_s, "1/s")    /* of a resource measured by itself */ \
    X(philox_blocks_per_s, "1/s") /* before and after the case, in the same round */ \
    X(eot_per_megablock, "1")     /* eot_per_s over 1e6 Philox blocks/s */ \
    X(bound_fraction, "1") /* steps/s over Philox blocks/s: 1 would be the bound, because a step draws one block */ \
    X(eot_per_megablock_cpu, "1") /* the same two by processor time instead of wall time, on devices that are the \
                                     processor: hardly disturbed by other programs */ \
    X(bound_fraction_cpu, "1") \
    X(blocks_per_operation, \
      "1") /* Philox blocks in the time of one operation; by processor time where that is the device */
enum eot_bench_metric {
#define EOT_BENCH_METRIC(name, unit) EOT_BENCH_##name,
    EOT_BENCH_METRICS(EOT_BENCH_METRIC)
#undef EOT_BENCH_METRIC
        EOT_N_BENCH_METRIC
};
extern const char *const eot_bench_metric_name[EOT_N_BENCH_METRIC], *const eot_bench_metric_unit[EOT_N_BENCH_METRIC];

struct eot_bench_options {
    size_t n_case;
    const char *const *name; /* n_case names of eot_bench_case_name; n_case = 0: all of them */
    int repeat;              /* rounds */
    uint64_t eot;            /* primaries of a round; 0 = the case's own number */
    int lanes;               /* particles side by side; 0 = automatic */
    uint64_t batch;          /* primaries of a batch; 0 = the case's own, on a GPU automatic */
    uint64_t chunk;          /* events of a launch behind the cascade; 0 = automatic */
    int in_flight;           /* batches at work at a time; 0 = automatic */
    struct eot_backend_options device;
    const struct eot_log *log;
    const volatile sig_atomic_t *is_interrupted; /* may be NULL */
};

struct eot_bench_spread {
    bool is_there;
    double min, median, max; /* over the rounds */
};

struct eot_bench_result {
    const char *name, *what;
    uint64_t n; /* primaries, or operations, of one round */
    int n_round;
    struct eot_bench_spread metric[EOT_N_BENCH_METRIC];
    char tally_hash[65]; /* of what the rounds computed, the same in each; of `philox` 2^18 blocks; "" where there is
                            nothing to hash */
    double jit_s, tables_s;
    char device[128], driver[128];
    int compute_units;
    struct eot_simt_report simt; /* of eot_bench_simt only */
    int simt_lanes;
};

/** Name of case i and what it measures; NULL beyond the last. */
const char *eot_bench_case_name(size_t i);
const char *eot_bench_case_what(size_t i);

/** Build options of a case's kernels. @return EOT_E_USAGE without such a case, or what the configuration returns. */
enum eot_status eot_bench_kernel_options(const char *name, char *text, size_t n_text, struct eot_error *err);

/** Measure. @param result n_result of them; the caller frees the array.
 * @return EOT_E_USAGE (no such case), EOT_E_SELFTEST (rounds of one case differ in their tallies, or the device's
 * random numbers from the host's), EOT_E_INTERRUPTED, and what runs return. */
enum eot_status eot_bench_execute(const struct eot_bench_options *options, struct eot_bench_result **result,
                                  size_t *n_result, struct eot_error *err);

/** Run the cases once on the lockstep backend: options->repeat and ->device are not looked at. Cases without particle
 * steps of their own are left out, or refused where they are named. */
enum eot_status eot_bench_simt(const struct eot_bench_options *options, struct eot_bench_result **result,
                               size_t *n_result, struct eot_error *err);

#endif
