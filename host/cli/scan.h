/** @file scan.h
 * What the parts of `eotmc scan` share: the grid of points and their results. */
#ifndef EOT_HOST_CLI_SCAN_H
#define EOT_HOST_CLI_SCAN_H

#include "analysis/result.h"
#include "base/options.h"
#include "cli/simulate.h"

#define EOT_SCAN_FILE "scan.json"
#define EOT_SCAN_BACKGROUND "background" /* folder in that of a point */
#define EOT_SCAN_TOGETHER "all-masses"   /* folder of the run that several masses of phi share */

/** What the command line asks for. */
struct eot_scan_request {
    const char *background, *folder, *progress, *estimates, *shard;
    double eot, checkpoint_minutes, exit_code;
    bool has_no_figure, is_one_by_one;
    struct eot_text_list set, over;
};

enum { EOT_SCAN_MAX_AXIS = 4 };

struct eot_scan_axis {
    char *key;
    size_t n;
    char **value; /* n texts: as given, or made from a range */
};

enum eot_scan_state { EOT_SCAN_WAITING, EOT_SCAN_DONE, EOT_SCAN_KEPT, EOT_SCAN_FAILED, EOT_SCAN_PARTIAL };

struct eot_scan_point {
    char name[200];               /* "key=value,key=value": its folder */
    size_t at[EOT_SCAN_MAX_AXIS]; /* which value of each axis */
    enum eot_scan_state state;
    /* As read from its summary.json, with the figure of merit added; only of points that are done, kept or partial.
     */
    struct eot_result result;
    char *failure; /* what went wrong */
};

struct eot_scan {
    const char *config, *folder;
    const struct eot_scan_request *request;
    size_t n_axis, n_point;
    bool is_together; /* the points' signal comes from one run of several masses of phi */
    struct eot_scan_axis axis[EOT_SCAN_MAX_AXIS];
    struct eot_scan_point *point; /* the last axis runs fastest */
    size_t n_estimate;
    const char **estimate; /* those of the figure and of the printed table */
    char *list;            /* what they point to, where they were asked for */
};

/** The grid of the request's --over. @param scan zeroed; release with eot_scan_free, also after an error.
 * @return EOT_E_USAGE, EOT_E_MEMORY. */
enum eot_status eot_scan_make_grid(struct eot_scan *scan, const struct eot_scan_request *request,
                                   struct eot_error *err);
void eot_scan_free(struct eot_scan *scan);
/** Read the results in the folder of a point, and add the figure of merit where the request has a background.
 * @return EOT_E_IO, EOT_E_CONFIG, EOT_E_MEMORY. */
enum eot_status eot_scan_read_point(struct eot_scan *scan, size_t i, struct eot_error *err);
/** Tables, figure, and the chosen estimates on standard output. @return EOT_E_USAGE for an estimate that no point has,
 * EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_scan_conclude(struct eot_scan *scan, struct eot_error *err);

/** Read "key=v1,v2,[a, b],1..2:5": commas inside brackets and quotes do not separate. @param axis zeroed; release with
 * eot_scan_axis_free, also after an error. @return EOT_E_USAGE, EOT_E_MEMORY. */
enum eot_status eot_scan_axis_parse(const char *text, struct eot_scan_axis *axis, struct eot_error *err);
void eot_scan_axis_free(struct eot_scan_axis *axis);
/** Write scan.csv and scan.json: for every point its keys and every estimate with its error. @return EOT_E_IO,
 * EOT_E_MEMORY. */
enum eot_status eot_scan_write_tables(const struct eot_scan *scan, struct eot_error *err);
/** Write scan.png, .gp and .dat: the chosen estimates against the first key that has several values. Nothing without a
 * point that is done.
 * @return EOT_E_IO (gnuplot), EOT_E_MEMORY. */
enum eot_status eot_scan_write_figure(const struct eot_scan *scan, struct eot_error *err);
/** The chosen estimates of all points on standard output. */
void eot_scan_print(const struct eot_scan *scan);

/** The result in a folder if it is that of this configuration and no file is missing: a run may have been cut off, or
 * files removed since. @param result filled if so. */
bool eot_scan_is_finished(const char *folder, const struct eot_config *config, struct eot_result *result);
/** Whether the folder has a checkpoint of this configuration: the run is then resumed. @return EOT_E_USAGE for a part
 * of it where all is asked for. */
enum eot_status eot_scan_was_begun(const char *folder, const struct eot_config *config, const struct eot_run_part *part,
                                   bool *is_begun, struct eot_error *err);

/** Whether the points differ in the mass of phi alone, and one run of the signal can serve them all: the configuration
 * of that run. Where it cannot (a shard, planes, an analog run, too many masses, another order), points are run one by
 * one.
 * @param is_possible false, and config of no use, in that case; it is to be freed. @return EOT_E_MEMORY. */
enum eot_status eot_scan_together(const struct eot_scan *scan, const struct eot_simulator *simulator,
                                  struct eot_config *config, bool *is_possible, struct eot_error *err);
/** All points from one run, in the folder EOT_SCAN_TOGETHER; each point's folder gets the results of its mass, unless
 * that was done before. @return as eot_simulate. */
enum eot_status eot_scan_run_together(struct eot_scan *scan, struct eot_simulator *simulator,
                                      const struct eot_config *config, struct eot_error *err);

#endif
