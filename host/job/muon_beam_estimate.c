/* From the sums of a muon beam to exit.*: survival; mean, rms and quantiles of the energy lost; quantiles of the
 * absolute projected angle and displacement among survivors, both projections pooled. Errors: binomial for survival,
 * moments for mean and rms, order statistics for quantiles. Muons that are lost are not in the sample. */
#include <math.h>
#include <stdio.h>

#include "analysis/estimator.h"
#include "job/muon_beam_private.h"

enum { N_HISTOGRAM_BIN = 100 };

/* A quantity of the muons that pass: its counts, and how it is called. */
struct distribution {
    struct eot_quantile_axis axis;
    const int64_t *count;
    double n, n_muon; /* entries, and the muons that made them */
    const char *name, *unit, *title, *label;
};

static enum eot_status add(struct eot_result *result, const char *name, const char *unit, double value,
                           double std_error, double n_eff, struct eot_error *err) {
    return eot_add_mean(result, name, unit, (struct eot_mean){.value = value, .std_error = std_error, .n_eff = n_eff},
                        err);
}

/* Quantile q; its error is a quarter of the distance between the order statistics two binomial standard deviations
 * below and above (R. S. Woodruff, J. Am. Stat. Assoc. 47 (1952) 635), or half of that between those one below and
 * above where there are too few entries for two. Where these lie in one bin, the bin is what is known: an even
 * distribution over it. The quantile rests on the muons on its thinner side. */
static enum eot_status add_quantile(struct eot_result *result, const struct distribution *d, const char *label,
                                    double q, struct eot_error *err) {
    char name[80];
    double at = q * (d->n - 1.0), sigma = sqrt(q * (1.0 - q) * d->n),
           wide = at - 2.0 * sigma >= 0.0 && at + 2.0 * sigma <= d->n - 1.0 ? 2.0 : 1.0,
           low = floor(fmax(0.0, at - wide * sigma)), high = fmin(d->n - 1.0, ceil(at + wide * sigma));
    double below = eot_quantile_at(d->axis, d->count, low), above = eot_quantile_at(d->axis, d->count, high);
    size_t bin = eot_quantile_bin(d->axis, (float)below);
    double error = 0.5 * (above - below) / wide;
    if (eot_quantile_bin(d->axis, (float)above) == bin)
        error = fmax(error, (eot_quantile_edge(d->axis, bin + 1) - eot_quantile_edge(d->axis, bin)) / sqrt(12.0));
    snprintf(name, sizeof name, "%s_q%s_%s", d->name, label, d->unit);
    return add(result, name, d->unit, eot_quantile_at(d->axis, d->count, at), error, d->n_muon * fmin(q, 1.0 - q), err);
}

/* Distribution per muon of the beam, from 0 to the 99.9 % quantile; entries go by the middle of their fine bin.
 * @param weight of an entry. */
static enum eot_status add_histogram(struct eot_result *result, const struct distribution *d, double weight,
                                     struct eot_error *err) {
    double edges[N_HISTOGRAM_BIN + 1], values[N_HISTOGRAM_BIN] = {0}, variances[N_HISTOGRAM_BIN] = {0};
    struct eot_histogram h = {.n_bin = N_HISTOGRAM_BIN, .edges = edges, .values = values, .variances = variances};
    size_t n_fine = eot_quantile_bins(d->axis);
    double end = eot_quantile_at(d->axis, d->count, floor(0.999 * (d->n - 1.0)));
    if (d->count[0] == (int64_t)d->n) return EOT_OK; /* nothing was lost or deflected: no axis to draw */
    for (int i = 0; i <= N_HISTOGRAM_BIN; i++) edges[i] = end * i / N_HISTOGRAM_BIN;
    for (size_t i = 0; i < n_fine; i++) {
        if (d->count[i] == 0) continue;
        double middle = 0.5 * (eot_quantile_edge(d->axis, i) + eot_quantile_edge(d->axis, i + 1)),
               entries = (double)d->count[i];
        int bin = (int)fmin(middle / end * N_HISTOGRAM_BIN, N_HISTOGRAM_BIN);
        if (bin == N_HISTOGRAM_BIN) {
            h.overflow += entries * weight;
            h.overflow_variance += entries * weight * weight;
        } else {
            values[bin] += entries * weight;
            variances[bin] += entries * weight * weight;
        }
    }
    snprintf(h.name, sizeof h.name, "%s", d->name);
    snprintf(h.unit, sizeof h.unit, "%s", d->unit);
    snprintf(h.title, sizeof h.title, "%s", d->title);
    snprintf(h.axis, sizeof h.axis, "%s", d->label);
    snprintf(h.content_unit, sizeof h.content_unit, "1/muon");
    return eot_result_add_histogram(result, &h, err);
}

/* Moments of the energy lost about its mean: sums over the muons. */
struct loss_moments {
    double n, mean, variance, fourth; /* the latter two per muon */
    double of_mean, of_variance;      /* factors on squared errors */
    double entries;                   /* that make the variance */
};

/* Losses in thin layers fall like 1/W^2 up to energies that no muon of the run loses: their mean and spread grow with
 * the number of muons, and entries make the variance of which the next would be larger. */
#define HEAVY_TAIL 0.5        /* tail index from which on a variance does not converge */
#define FEWEST_OF_HEAVY 100.0 /* entries that make the variance of such losses, below which it is not known */

static struct loss_moments loss_moments(const struct eot_sums *sums, const struct distribution *loss) {
    struct loss_moments m = {.n = loss->n, .mean = eot_sums_wide(sums, EOT_EXIT_S_MOMENT, 0) / loss->n};
    double sum[7], n = m.n;
    m.variance = fmax(0.0, eot_sums_wide(sums, EOT_EXIT_S_MOMENT, 1) / n - m.mean * m.mean);
    for (int k = 2; k <= 6; k++) sum[k] = eot_quantile_moment(loss->axis, loss->count, m.mean, k);
    double v = sum[2] / n; /* of the same bins as the higher moments */
    m.fourth = sum[4] / n;
    m.of_mean = eot_statistics_skewness_factor(sum[2], sum[3]);
    /* of the squares, whose distances from their mean are d^2 - v */
    m.of_variance = eot_statistics_skewness_factor(sum[4] - n * v * v, sum[6] - 3.0 * v * sum[4] + 2.0 * n * v * v * v);
    m.entries = n > 1.0 && m.fourth > 0.0 ? n * m.variance * m.variance / m.fourth : 0.0;
    if (m.entries < FEWEST_OF_HEAVY && eot_quantile_tail_index(loss->axis, loss->count) > HEAVY_TAIL)
        m.entries = fmin(m.entries, 1.0);
    return m;
}

/* Mean and rms of the energy lost by n muons. Losses have 24 bits, squares are summed to 2^-53: a spread below that is
 * none, and then the mean has the error of its digits, and there is no rms. */
static enum eot_status add_moments(const struct eot_sums *sums, const struct distribution *loss,
                                   struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct loss_moments m = loss_moments(sums, loss);
    double digits = ldexp(m.mean, -24), v = m.variance;
    EOT_TRY(eot_add_mean(result, "exit.loss_mean_GeV", "GeV",
                         (struct eot_mean){.value = m.mean,
                                           .std_error = fmax(sqrt(v / m.n * m.of_mean), digits),
                                           .n_eff = m.n,
                                           .n_eff_error = v > digits * digits ? m.entries : 0.0},
                         err));
    if (v > digits * digits)
        EOT_TRY(eot_add_mean(
            result, "exit.loss_rms_GeV", "GeV",
            (struct eot_mean){.value = sqrt(v),
                              .std_error = sqrt(fmax(0.0, m.fourth - v * v) * m.of_variance / (4.0 * v * m.n)),
                              .n_eff = m.entries},
            err));
done:
    return status;
}

static enum eot_status add_survivors(const struct eot_sums *sums, double n_muon, double n_passed,
                                     struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const char *const loss_label[] = {"05", "25", "50", "75", "95", "99"}, *const label[] = {"68", "95", "997"};
    static const double loss_q[] = {0.05, 0.25, 0.5, 0.75, 0.95, 0.99}, q[] = {0.68, 0.95, 0.997};
    const struct distribution d[] = {
        {eot_muon_axis[EOT_EXIT_S_LOSS], eot_sums_at(sums, EOT_EXIT_S_LOSS, 0), n_passed, n_passed, "exit.loss", "GeV",
         "Energy lost by muons that pass", "energy lost"},
        {eot_muon_axis[EOT_EXIT_S_ANGLE], eot_sums_at(sums, EOT_EXIT_S_ANGLE, 0), 2.0 * n_passed, n_passed,
         "exit.angle", "mrad", "Projected angle of muons that pass", "projected angle"},
        {eot_muon_axis[EOT_EXIT_S_DISPLACEMENT], eot_sums_at(sums, EOT_EXIT_S_DISPLACEMENT, 0), 2.0 * n_passed,
         n_passed, "exit.displacement", "cm", "Projected displacement of muons that pass", "projected displacement"}};
    EOT_TRY(add_moments(sums, &d[0], result, err));
    for (int i = 0; i < 6; i++) EOT_TRY(add_quantile(result, &d[0], loss_label[i], loss_q[i], err));
    for (int k = 1; k < 3; k++)
        for (int i = 0; i < 3; i++) EOT_TRY(add_quantile(result, &d[k], label[i], q[i], err));
    for (int k = 0; k < 3; k++) EOT_TRY(add_histogram(result, &d[k], n_passed / d[k].n / n_muon, err));
done:
    return status;
}

enum eot_status eot_muon_beam_estimate(const struct eot_config *config, const struct eot_world *world,
                                       const struct eot_run *run, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums *sums = &run->sums;
    const int64_t *c = eot_sums_at(sums, EOT_EXIT_S_COUNTER, 0);
    double n = (double)eot_sums_primaries(sums), n_passed = (double)c[EOT_EXIT_C_PASSED],
           n_sound = n - (double)(c[EOT_EXIT_C_FAULT_NAN] + c[EOT_EXIT_C_FAULT_STUCK]);
    (void)config;
    (void)world;
    EOT_TRY(eot_add_mean(result, "eot.simulated", "1", (struct eot_mean){.value = n, .is_exact = true}, err));
    if (n_sound > 0.0)
        EOT_TRY(eot_add_mean(result, "exit.survival", "1", eot_statistics_share(n_passed, n_sound), err));
    if (n_passed >= 2.0) EOT_TRY(add_survivors(sums, n_sound, n_passed, result, err));
    EOT_TRY(eot_result_add_fault(result, "nan", (uint64_t)c[EOT_EXIT_C_FAULT_NAN], err));
    EOT_TRY(eot_result_add_fault(result, "stuck", (uint64_t)c[EOT_EXIT_C_FAULT_STUCK], err));
    int64_t out = c[EOT_EXIT_C_OUT] + c[EOT_EXIT_C_DEPOSITED] + c[EOT_EXIT_C_NEUTRINO] + c[EOT_EXIT_C_LOST];
    result->energy_in = (double)c[EOT_EXIT_C_IN] / EOT_ENERGY_QUANTUM;
    result->energy_out = (double)out / EOT_ENERGY_QUANTUM;
    result->energy_residual = (double)(c[EOT_EXIT_C_IN] - out) / (double)c[EOT_EXIT_C_IN];
done:
    return status;
}
