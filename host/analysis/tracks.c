/** @file tracks.c
 * How well the spectrometer measures: of all tracks with a momentum, whatever is selected, the ratio of the measured to
 * the true momentum at the first chamber, the spread of 1/p, and wrong charges. Read from the fine bins of u = q
 * p_true/p
 * - 1 (eotmc/tally/tally.h). */
#include <math.h>
#include <stdlib.h>

#include "analysis/estimator.h"

static const double HALF_OF_68 = 0.341344746068543; /* half of the probability within one standard deviation */

/* Weights of the bins, summed up: below[i] is that of the bins before i. */
struct ratios {
    double below[EOT_N_RATIO + 1];
};

/* Lower edge of a bin. */
static double edge_of(int i) {
    int from_0 = i - EOT_N_RATIO / 2;
    double size = (double)EOT_RATIO_LEAST * expm1(abs(from_0) / (double)EOT_RATIO_PER_UNIT);
    return from_0 < 0 ? -size : size;
}

static struct ratios ratios_of(const struct eot_estimator *e) {
    struct ratios r = {{0.0}};
    for (int i = 0; i < EOT_N_RATIO; i++) r.below[i + 1] = r.below[i] + eot_estimator_total(e, EOT_T_RATIO + 2 * i);
    return r;
}

/* Weight of u below a value; it is spread evenly over each bin. */
static double below(const struct ratios *r, double u) {
    int i = 0;
    while (i < EOT_N_RATIO && edge_of(i + 1) <= u) i++;
    if (i == EOT_N_RATIO) return r->below[i];
    double share = fmin(fmax((u - edge_of(i)) / (edge_of(i + 1) - edge_of(i)), 0.0), 1.0);
    return r->below[i] + share * (r->below[i + 1] - r->below[i]);
}

/* Weight of |p_true/p| = |1 + u| below a value: that of u, and of the wrong charges. */
static double below_size(const struct ratios *r, double v) { return below(r, v - 1.0) - below(r, -v - 1.0); }

typedef double weight_below(const struct ratios *r, double u);

/* Where a weight is reached, from `low` on. */
static double quantile(const struct ratios *r, weight_below *weight, double wanted, double low) {
    double high = edge_of(EOT_N_RATIO) + 1.0;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        if (weight(r, middle) < wanted)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* Median of |p|/p_true. */
static double median_ratio(const struct ratios *r, double rank) {
    return 1.0 / fmax(quantile(r, below_size, rank * r->below[EOT_N_RATIO], 0.0), 1e-9);
}

/* Half the width of the central 68.3 % of p_true/p. */
static double half_width(const struct ratios *r, double less) {
    double all = r->below[EOT_N_RATIO], low = edge_of(0);
    return 0.5 * (quantile(r, below, (0.5 + HALF_OF_68 - less) * all, low) -
                  quantile(r, below, (0.5 - HALF_OF_68 + less) * all, low));
}

/* With the standard deviations of the ranks of quantiles in n_eff entries: half for the median, whose error is taken
 * from two of them either way, since the gaps between a few entries vary much; for the width that of the content of the
 * middle. A quantile rests on the entries of its thinner side: half of them, and a sixth. */
static enum eot_status add_spread(const struct eot_estimator *e, double n_eff, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct ratios r = ratios_of(e);
    double rank = fmin(1.0 / sqrt(n_eff), 0.45), of_one = 0.5 / sqrt(n_eff) / rank, content = 2.0 * HALF_OF_68,
           less = fmin(0.5 * sqrt(content * (1.0 - content) / n_eff), 0.15);
    struct eot_mean mean = {.value = median_ratio(&r, 0.5),
                            .std_error =
                                0.5 * of_one * fabs(median_ratio(&r, 0.5 - rank) - median_ratio(&r, 0.5 + rank)),
                            .n_eff = 0.5 * n_eff};
    EOT_TRY(eot_estimator_add(e, "track.momentum_ratio_median", "1", mean, err));
    mean = (struct eot_mean){.value = half_width(&r, 0.0),
                             .std_error = 0.5 * (half_width(&r, -less) - half_width(&r, less)),
                             .n_eff = (0.5 - HALF_OF_68) * n_eff};
    EOT_TRY(eot_estimator_add(e, "track.momentum_resolution", "1", mean, err));
done:
    return status;
}

/* Share of a weighted tally in another. */
static enum eot_status add_share(const struct eot_estimator *e, const char *name, int part, int of,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_share share = {.in = EOT_T_WEIGHTED + 4 * part, .of = EOT_T_WEIGHTED + 4 * of};
    struct eot_mean mean;
    EOT_TRY(eot_estimator_share(e, &share, &mean, err));
    if (mean.n_batches > 0) EOT_TRY(eot_estimator_add(e, name, "1", mean, err));
done:
    return status;
}

enum eot_status eot_estimator_add_tracks(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int place = EOT_T_WEIGHTED + 4 * EOT_W_TRACK;
    double n_eff = eot_statistics_n_eff(eot_estimator_total(e, place), eot_estimator_total(e, place + 2));
    if (!e->world->event.spectrometer.has_track) return EOT_OK;
    EOT_TRY(add_share(e, "track.measured_fraction", EOT_W_TRACK, EOT_W_CROSSED, err));
    if (!(n_eff > 0.0)) goto done; /* no track: there is no ratio */
    EOT_TRY(add_share(e, "track.charge_wrong_fraction", EOT_W_TRACK_WRONG, EOT_W_TRACK, err));
    EOT_TRY(add_spread(e, n_eff, err));
done:
    return status;
}
