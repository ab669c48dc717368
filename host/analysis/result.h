/** @file result.h
 * What a run hands to the output: plain data, filled by host/analysis, written by host/output. All strings are owned by
 * the struct. */
#ifndef EOT_HOST_ANALYSIS_RESULT_H
#define EOT_HOST_ANALYSIS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "check/findings.h"

/** Bytes that any name of a result fits in: a mass, a further selection and a quantity, as
 * mphi_1.23456789e-05.selection.NAME.efficiency.positron.missing_energy. */
#define EOT_RESULT_NAME 128

/** A number of a result. What it rests on is said by n_eff, or by is_exact: see struct eot_mean, whose members these
 * are; the limits are 0 where there are none. */
struct eot_estimate {
    char name[EOT_RESULT_NAME], unit[16];
    double value, std_error, n_eff, n_eff_error; /* entries that make it; that its error rests on, 0: not known */
    long n_batches;
    bool is_exact, has_no_error, is_poorly_determined;
    double upper_limit_90, lower_limit_90;
};
struct eot_histogram { /* edges has n_bin + 1 */
    char name[EOT_RESULT_NAME];
    char unit[16];            /* of the axis */
    char title[96], axis[64]; /* for figures */
    char content[48];         /* what is in a bin, "energy per shower"; "" = entries, per what content_unit says */
    char content_unit[16];    /* of the contents of a bin, which is not divided by its width: "1/EOT" */
    size_t n_bin;
    double *edges, *values, *variances;
    double underflow, overflow, underflow_variance, overflow_variance;
};
/** Selected events by missing energy and momentum of the muon, per EOT. All bins are of one width and begin at 0. */
struct eot_map {
    char name[EOT_RESULT_NAME];
    size_t n_bin;               /* of each axis, without underflow and overflow */
    double width;               /* GeV */
    double *values, *variances; /* [momentum][missing energy], n_bin + 2 each: with underflow and overflow */
};
struct eot_cutflow_row {
    char cut[64];
    double events, weighted,
        std_error; /* number of simulated events (the last cut: sum of their probabilities to pass it), per primary */
    double n_eff, upper_limit_90;
    bool has_no_error, is_poorly_determined;
    bool is_not_applied; /* its detector is missing: all events pass */
};
struct eot_category {
    char name[8], title[96];
    double weighted, std_error;
    double n_eff, upper_limit_90;
    bool has_no_error, is_poorly_determined;
};
struct eot_fault_count {
    char name[32];
    uint64_t count;
};
/** An event that was given up because a track of its was lost; eotmc replay follows it step by step. */
struct eot_lost_event {
    uint64_t primary;
    char cause[64];
};

/** Covariance of one estimate between the masses of phi that a run serves. */
struct eot_covariance {
    char name[EOT_RESULT_NAME];
    size_t n;      /* masses */
    double *value; /* [n][n] */
};
/** One of several masses of phi that share the events of a run. */
struct eot_result_mass {
    double m_phi, share;         /* GeV; of the vertices that are drawn */
    double n_eff, largest_ratio; /* of its vertices; the most that an event's weight can be over that of its shower */
};

#define EOT_RESULT_MAX_CUTFLOW 16
#define EOT_RESULT_MAX_CATEGORY 8
/** What a further selection leaves of the same events; the default one has its rows in the result itself. */
struct eot_selection_result {
    char name[64];
    size_t n_cutflow, n_category;
    struct eot_cutflow_row cutflow[EOT_RESULT_MAX_CUTFLOW];
    struct eot_category category[EOT_RESULT_MAX_CATEGORY];
};

/** A column of the record of events. */
struct eot_column_info {
    const char *name, *unit, *meaning; /* the name ends with the unit unless that is 1, e.g. "parent_energy_GeV" */
    bool is_integer;
};
/** The record of events. Integers are exact: primaries are below 2^53. */
struct eot_event_table {
    size_t n_event, n_column;
    const struct eot_column_info *column; /* n_column */
    double *value;                        /* n_event x n_column, row-major */
    struct eot_column_info *own;          /* the columns where they are the result's own, with their names; else NULL */
    char (*own_name)[32];
};

struct eot_device_record {
    char name[128], driver[128];
};
/** The fields of eot_result.performance, for those that go through all of them. */
#define EOT_PERFORMANCE(X) \
    X(wall_s) X(kernel_s) X(jit_s) X(tables_s) X(eot_per_s) X(steps_per_s) X(steps_per_eot) X(muons_per_s)

struct eot_result {
    char id[33]; /* of the sample: a hash of version, configuration, tables, primaries and tallies; "" where unknown */
    char name[64], mode[8], config_sha256[65], tables_sha256[65], own_tables_sha256[65], tally_sha256[65], version[32];
    char per[16]; /* a primary, that rates are per: EOT, muon, hadron */
    uint64_t seed, run;
    bool partial;
    size_t n_device;
    struct eot_device_record *device;
    size_t n_range;
    uint64_t (*primaries)[2]; /* [first, end) */
    size_t n_estimate;
    struct eot_estimate *estimate;
    size_t n_histogram;
    struct eot_histogram *histogram;
    size_t n_map;
    struct eot_map *map;
    size_t n_cutflow;
    struct eot_cutflow_row *cutflow;
    size_t n_category;
    struct eot_category *category;
    size_t n_selection; /* further ones */
    struct eot_selection_result *selection;
    size_t n_fault;
    struct eot_fault_count *fault;
    size_t n_mass; /* of several masses of phi that share the events; else 0 */
    struct eot_result_mass *mass;
    bool is_of_mass; /* the result is of one of them; else of all together */
    size_t n_covariance;
    struct eot_covariance *covariance;
    uint64_t n_followed, n_lost; /* events; of them given up: their kinds are the faults */
    size_t n_lost_event;
    struct eot_lost_event *lost_event;             /* the first of them */
    double energy_in, energy_out, energy_residual; /* GeV, GeV, relative */
    struct eot_event_table events;
    const struct eot_plane_rows *planes; /* of output.planes, and the run's sums; borrowed, NULL where it was read */
    const struct eot_sums *sums;
    double rare_unit;             /* rare vertices that a weight of 1 in the sums stands for */
    struct eot_findings warnings; /* what makes a number less than it seems */
    const char *effective_yaml;   /* borrowed */
    struct {
        double wall_s, kernel_s, jit_s, tables_s, eot_per_s, steps_per_s, steps_per_eot, muons_per_s;
    } performance;
};

/** Release what the result owns (the columns of events and effective_yaml are borrowed) and zero it. */
void eot_result_free(struct eot_result *result);

/** Append a copy; EOT_E_MEMORY, or EOT_E_INTERNAL for an estimate's, histogram's or map's name that is there already.
 * The arrays of histograms and maps are copied. */
enum eot_status eot_result_add_estimate(struct eot_result *result, const struct eot_estimate *estimate,
                                        struct eot_error *err);
enum eot_status eot_result_add_histogram(struct eot_result *result, const struct eot_histogram *histogram,
                                         struct eot_error *err);
enum eot_status eot_result_add_map(struct eot_result *result, const struct eot_map *map, struct eot_error *err);
enum eot_status eot_result_add_cutflow_row(struct eot_result *result, const struct eot_cutflow_row *row,
                                           struct eot_error *err);
enum eot_status eot_result_add_category(struct eot_result *result, const struct eot_category *category,
                                        struct eot_error *err);
/** EOT_E_INTERNAL for a name that is there already. */
enum eot_status eot_result_add_selection(struct eot_result *result, const struct eot_selection_result *selection,
                                         struct eot_error *err);
/** The array is copied. */
enum eot_status eot_result_add_covariance(struct eot_result *result, const struct eot_covariance *covariance,
                                          struct eot_error *err);
enum eot_status eot_result_add_mass(struct eot_result *result, const struct eot_result_mass *mass,
                                    struct eot_error *err);
enum eot_status eot_result_add_fault(struct eot_result *result, const char *name, uint64_t count,
                                     struct eot_error *err);
enum eot_status eot_result_add_lost_event(struct eot_result *result, uint64_t primary, const char *cause,
                                          struct eot_error *err);
enum eot_status eot_result_add_device(struct eot_result *result, const char *name, const char *driver,
                                      struct eot_error *err);
/** Append the primary ids [first, end). */
enum eot_status eot_result_add_range(struct eot_result *result, uint64_t first, uint64_t end, struct eot_error *err);

/** The estimate, histogram or map of that name, or NULL. */
const struct eot_estimate *eot_result_estimate(const struct eot_result *result, const char *name);
const struct eot_histogram *eot_result_histogram(const struct eot_result *result, const char *name);
const struct eot_map *eot_result_map(const struct eot_result *result, const char *name);

/** The i-th edge, 0 to n_bin, of an axis of equal bins. */
double eot_histogram_regular_edge(double lower, double upper, size_t n_bin, size_t i);
/** Are all edges to the last bit those of equal bins between the first and the last? */
bool eot_histogram_is_regular(const struct eot_histogram *histogram);

/** Refuse what must not reach a file: a value or error that is not finite (EOT_E_NUMERIC), a negative error or
 * variance, bin edges that do not rise. */
enum eot_status eot_result_check(const struct eot_result *result, struct eot_error *err);

#endif
