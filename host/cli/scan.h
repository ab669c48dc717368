/** @file scan.h
 * What the parts of `eotmc scan` share: the grid of points and their results. */
#ifndef EOT_HOST_CLI_SCAN_H
#define EOT_HOST_CLI_SCAN_H

#include "analysis/result.h"

enum { EOT_SCAN_MAX_AXIS = 4 };

struct eot_scan_axis {
    char *key;
    size_t n;
    char **value; /* n texts: as given, or made from a range */
};

enum eot_scan_state { EOT_SCAN_WAITING, EOT_SCAN_DONE, EOT_SCAN_KEPT, EOT_SCAN_FAILED };

struct eot_scan_point {
    char name[200];               /* "key=value,key=value": its folder */
    size_t at[EOT_SCAN_MAX_AXIS]; /* which value of each axis */
    enum eot_scan_state state;
    /* As read from its summary.json, with the figure of merit added; only of points that are done or kept. */
    struct eot_result result;
    char *failure; /* what went wrong */
};

struct eot_scan {
    const char *config, *folder;
    size_t n_axis, n_point;
    struct eot_scan_axis axis[EOT_SCAN_MAX_AXIS];
    struct eot_scan_point *point; /* the last axis runs fastest */
    size_t n_estimate;
    const char **estimate; /* those of the figure and of the printed table */
};

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

#endif
