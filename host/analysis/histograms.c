/** @file histograms.c
 * Histograms of a run from its tallies; names and axes are the rows of include/eotmc/tally/histograms.def. */
#include <math.h>
#include <stdio.h>

#include "analysis/estimator.h"

enum { LINEAR, LOG10 };
enum stage { BEFORE_CUTS, AFTER_CUTS };

static const struct {
    double low, per_unit;
    int scale;
} AXIS[EOT_N_EVENT_HISTOGRAM] = {
#define EOT_HISTOGRAM(id, shown, stage, name, unit, title, axis, scale, low, per_unit) \
    {(double)(low), (double)(per_unit), scale},
#define EOT_HISTOGRAM_NAME(id, shown, stage, name, unit, title, axis)
#include "eotmc/tally/histograms.def"
#undef EOT_HISTOGRAM
#undef EOT_HISTOGRAM_NAME
};

/* A histogram as results have it. */
struct shown {
    int which;
    bool is_shown;
    enum stage stage;
    const char *name, *unit, *title, *axis;
};

static void edges_of(int which, double edges[EOT_N_BIN + 1]) {
    for (int b = 0; b <= EOT_N_BIN; b++) {
        edges[b] = AXIS[which].low + b / AXIS[which].per_unit;
        if (AXIS[which].scale == LOG10) edges[b] = pow(10.0, edges[b]);
    }
}

/* Place of a bin in a tally; 0: underflow. */
static int bin_offset(int which, int bin) { return EOT_T_HISTOGRAM + 4 * (which * (EOT_N_BIN + 2) + bin); }

static enum eot_status add_histogram(const struct eot_estimator *e, const struct shown *shown, struct eot_error *err) {
    double edges[EOT_N_BIN + 1], values[EOT_N_BIN + 2], variances[EOT_N_BIN + 2],
        n = (double)eot_sums_primaries(&e->run->sums) / eot_estimator_unit(e);
    struct eot_histogram h = {
        .n_bin = EOT_N_BIN, .edges = edges, .values = values + 1, .variances = variances + 1, .content_unit = "1/EOT"};
    for (int b = 0; b < EOT_N_BIN + 2; b++) {
        int place = bin_offset(shown->which, b);
        values[b] = eot_estimator_total(e, place) / n;
        variances[b] = eot_estimator_total(e, place + 2) / (n * n);
    }
    edges_of(shown->which, edges);
    eot_estimator_name(e, shown->name, h.name, sizeof h.name);
    snprintf(h.unit, sizeof h.unit, "%s", shown->unit);
    snprintf(h.title, sizeof h.title, "%s", shown->title);
    snprintf(h.axis, sizeof h.axis, "%s", shown->axis);
    h.underflow = values[0];
    h.overflow = values[EOT_N_BIN + 1];
    h.underflow_variance = variances[0];
    h.overflow_variance = variances[EOT_N_BIN + 1];
    return eot_result_add_histogram(e->result, &h, err);
}

/* Efficiency by energy of the lepton at the vertex. With r = sum w q / sum w its variance is sum w^2 (q - r)^2 / (sum
 * w)^2, where q is the probability to pass times the weight of the event over that of its vertex. No tally holds sum
 * w^2 q, which is at least sum w^2 q^2 over the largest q. */
static enum eot_status add_efficiency_histogram(const struct eot_estimator *e, struct eot_error *err) {
    double edges[EOT_N_BIN + 1], values[EOT_N_BIN], variances[EOT_N_BIN];
    struct eot_histogram h = {.unit = "GeV",
                              .title = "Efficiency of the selection by energy of the lepton at the vertex",
                              .axis = "lepton energy",
                              .content = "efficiency",
                              .content_unit = "1",
                              .n_bin = EOT_N_BIN,
                              .edges = edges,
                              .values = values,
                              .variances = variances};
    const double largest = eot_estimator_largest_of_muons(e);
    edges_of(EOT_H_PARENT, edges);
    eot_estimator_name(e, "signal.efficiency", h.name, sizeof h.name);
    for (int b = 0; b < EOT_N_BIN; b++) {
        int all = bin_offset(EOT_H_PARENT, b + 1), selected = bin_offset(EOT_H_PARENT_SELECTED, b + 1);
        double w = eot_estimator_total(e, all), w2 = eot_estimator_total(e, all + 2),
               p = eot_estimator_total(e, selected), p2 = eot_estimator_total(e, selected + 2), cross = p2 / largest;
        double r = w > 0.0 ? p / w : 0.0;
        values[b] = r;
        variances[b] = w > 0.0 ? fmax(0.0, p2 - 2.0 * r * cross + r * r * w2) / (w * w) : 0.0;
    }
    return eot_result_add_histogram(e->result, &h, err);
}

/* Relative error of 1/p by the fits, by true momentum: the root of the mean square of those of a bin. */
static enum eot_status add_resolution_histogram(const struct eot_estimator *e, struct eot_error *err) {
    double edges[EOT_N_BIN + 1], values[EOT_N_BIN], variances[EOT_N_BIN];
    struct eot_histogram h = {.name = "track.momentum_error",
                              .unit = "GeV",
                              .title = "Relative error of the momentum by the fit of the track",
                              .axis = "momentum at the first chamber",
                              .content = "relative error (root mean square)",
                              .content_unit = "1",
                              .n_bin = EOT_N_BIN,
                              .edges = edges,
                              .values = values,
                              .variances = variances};
    edges_of(EOT_H_TRACK_MOMENTUM, edges);
    for (int b = 0; b < EOT_N_BIN; b++) {
        int all = bin_offset(EOT_H_TRACK_MOMENTUM, b + 1), square = bin_offset(EOT_H_TRACK_VARIANCE, b + 1);
        double w = eot_estimator_total(e, all), w2 = eot_estimator_total(e, all + 2),
               s = eot_estimator_total(e, square), s2 = eot_estimator_total(e, square + 2);
        double mean = w > 0.0 ? s / w : 0.0, n_eff = w2 > 0.0 ? w * w / w2 : 0.0;
        /* of the mean square, at least; of its root a quarter over the mean */
        double spread = n_eff > 0.0 ? fmax(s2 / w2 - mean * mean, 0.0) / n_eff : 0.0;
        bool is_known =
            n_eff >= EOT_FEWEST_ENTRIES && mean > 0.0; /* fewer do not tell their spread: the bin stays empty */
        values[b] = is_known ? sqrt(mean) : 0.0;
        variances[b] = is_known ? spread / (4.0 * mean) : 0.0;
    }
    return eot_result_add_histogram(e->result, &h, err);
}

enum eot_status eot_add_maps(struct eot_result *result, const char *prefix, const int64_t *map, double n,
                             struct eot_error *err) {
    static const char *const word[EOT_N_TAIL] = {
#define EOT_TAIL(id, word, probability) word,
#include "eotmc/tally/tails.def"
#undef EOT_TAIL
    };
    enum eot_status status = EOT_OK;
    double values[EOT_MAP_SIDE * EOT_MAP_SIDE], variances[EOT_MAP_SIDE * EOT_MAP_SIDE];
    for (int tail = 0; tail < EOT_N_TAIL; tail++) {
        struct eot_map m = {
            .n_bin = EOT_N_MAP_BIN, .width = 1.0 / (double)EOT_MAP_PER_UNIT, .values = values, .variances = variances};
        for (int i = 0; i < EOT_MAP_SIDE; i++)
            for (int k = 0; k < EOT_MAP_SIDE; k++) {
                const int64_t *place = map + eot_map_offset(tail, i, k);
                values[i * EOT_MAP_SIDE + k] = eot_sum_value(place) / n;
                variances[i * EOT_MAP_SIDE + k] = eot_square_value(place + 2) / (n * n);
            }
        snprintf(m.name, sizeof m.name, "%s%s", prefix, word[tail]);
        EOT_TRY(eot_result_add_map(result, &m, err));
    }
done:
    return status;
}

/* The maps of a selection. */
static enum eot_status add_maps(const struct eot_estimator *e, struct eot_error *err) {
    double n = (double)eot_sums_primaries(&e->run->sums) / eot_estimator_unit(e);
    const int64_t *map = eot_sums_at(&e->run->sums, EOT_RUN_SELECTED, 0) +
                         (e->mass * (1 + e->config->n_further) + e->selection) * EOT_N_MAP;
    char prefix[EOT_RESULT_NAME];
    eot_estimator_name(e, "selected.", prefix, sizeof prefix);
    return eot_add_maps(e->result, prefix, map, n, err);
}

enum eot_status eot_estimator_add_histograms(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const bool is_signal = eot_config_family(e->config) == EOT_FAMILY_SIGNAL;
    const int n_hcal = e->world->event.response.n_hcal, has_track = e->world->event.spectrometer.has_track;
    const struct shown all[] = {
#define EOT_HISTOGRAM(id, shown, stage, name, unit, title, axis, scale, low, per_unit) \
    {EOT_H_##id, shown, stage, name, unit, title, axis},
#define EOT_HISTOGRAM_NAME(id, shown, stage, name, unit, title, axis) \
    {EOT_H_##id, shown, stage, name, unit, title, axis},
#include "eotmc/tally/histograms.def"
#undef EOT_HISTOGRAM
#undef EOT_HISTOGRAM_NAME
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].is_shown && (e->selection == 0 || all[i].stage == AFTER_CUTS))
            EOT_TRY(add_histogram(e, &all[i], err));
    EOT_TRY(add_maps(e, err));
    if (is_signal) EOT_TRY(add_efficiency_histogram(e, err));
    if (has_track && e->selection == 0) EOT_TRY(add_resolution_histogram(e, err));
done:
    return status;
}
