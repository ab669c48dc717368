/** @file progress.h
 * One line of progress on stderr: work done / total, rate, time left. On a terminal it is updated in place at most 5
 * times a second; otherwise plain lines come at intervals that double from 2 s to 60 s. */
#ifndef EOT_HOST_BASE_PROGRESS_H
#define EOT_HOST_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum eot_progress_mode {
    EOT_PROGRESS_AUTO, /* in place on a terminal, plain lines otherwise */
    EOT_PROGRESS_PLAIN,
    EOT_PROGRESS_NONE
};

struct eot_progress {
    FILE *out;
    enum eot_progress_mode mode; /* PLAIN, NONE, or AUTO = in place */
    const char *unit;            /* "EOT" */
    uint64_t total, before;      /* before: done by an earlier, resumed run; counts for the total, not for the rate */
    double start, due, interval; /* seconds of the monotonic clock */
    double compiling;            /* seconds since the start in which kernels were compiled: not in rate and times */
    int width;                   /* characters of the line that stands on the terminal, 0 = none */
};

/** The mode named by "auto", "plain" or "none"; AUTO for anything else (the option parser has checked it). */
enum eot_progress_mode eot_progress_mode_from_text(const char *text);

/** Begin. @param unit borrowed, e.g. "EOT". @param before work already done, part of total. Prints nothing yet. Writes
 * to stderr. */
void eot_progress_start(struct eot_progress *progress, enum eot_progress_mode mode, const char *unit, uint64_t total,
                        uint64_t before);
/** Report that `done` of the total are done; cheap, prints only when a line is due. */
void eot_progress_update(struct eot_progress *progress, uint64_t done);
/** Print the last line (with the time taken instead of the time left) and end it. Call it once, also after an
 * interruption. */
void eot_progress_finish(struct eot_progress *progress, uint64_t done);
/** Erase the line in place so that something else can be printed; the next update prints it again. */
void eot_progress_clear(struct eot_progress *progress);

/** As eot_progress_update, at a given time [s, monotonic clock]. */
void eot_progress_update_at(struct eot_progress *progress, uint64_t done, double now);

/** The text of the line, e.g. "1.2e+09 / 1.5e+11 EOT (0.8 %), 1.02e+06 EOT/s, ETA 40 h 31 min".
 * @param before work of an earlier run, not in the rate. @param elapsed seconds since the start, any value >= 0;
 * without a rate the ETA is "unknown".
 * @param is_final tells the time taken instead of the time left. */
void eot_progress_format(char *text, size_t n_text, const char *unit, uint64_t done, uint64_t total, uint64_t before,
                         double elapsed, bool is_final);
/** A duration: "7 s", "2 min 05 s", "3 h 20 min", "5 d 07 h"; "unknown" if negative, NaN or above 1000 years. */
void eot_duration_format(char *text, size_t n_text, double seconds);

#endif
