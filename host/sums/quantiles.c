#include "sums/quantiles.h"

#include <math.h>
#include <string.h>

enum { MANTISSA_BITS = 23, EXPONENT_BIAS = 127 };

static size_t inner_bins(struct eot_quantile_axis axis) {
    return (size_t)(axis.end_octave - axis.first_octave) << EOT_QUANTILE_BITS;
}

size_t eot_quantile_bins(struct eot_quantile_axis axis) { return inner_bins(axis) + 2; }

size_t eot_quantile_bin(struct eot_quantile_axis axis, float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t first = (int64_t)(axis.first_octave + EXPONENT_BIAS) << EOT_QUANTILE_BITS,
            place = (int64_t)(bits >> (MANTISSA_BITS - EOT_QUANTILE_BITS)) - first;
    if (!(x > 0.0f) || place < 0) return 0;
    return (size_t)place < inner_bins(axis) ? (size_t)place + 1 : inner_bins(axis) + 1;
}

double eot_quantile_edge(struct eot_quantile_axis axis, size_t bin) {
    if (bin == 0) return 0.0;
    if (bin > inner_bins(axis) + 1) return ldexp(2.0, axis.end_octave);
    size_t k = bin - 1, within = k & (((size_t)1 << EOT_QUANTILE_BITS) - 1);
    int octave = axis.first_octave + (int)(k >> EOT_QUANTILE_BITS);
    return ldexp(1.0 + ldexp((double)within, -EOT_QUANTILE_BITS), octave);
}

/* Values of entries number k and k + 1 in the order of the entries. */
static void entry_values(struct eot_quantile_axis axis, const int64_t *count, int64_t k, double value[2]) {
    int64_t before = 0;
    size_t n = eot_quantile_bins(axis);
    int n_found = 0;
    for (size_t i = 0; i < n && n_found < 2; i++) {
        if (count[i] == 0) continue;
        double low = eot_quantile_edge(axis, i), width = eot_quantile_edge(axis, i + 1) - low;
        for (; n_found < 2 && k + n_found < before + count[i]; n_found++)
            value[n_found] = low + ((double)(k + n_found - before) + 0.5) / (double)count[i] * width;
        before += count[i];
    }
    if (n_found == 1) value[1] = value[0]; /* k was the last */
}

double eot_quantile_at(struct eot_quantile_axis axis, const int64_t *count, double rank) {
    int64_t k = (int64_t)rank;
    double value[2] = {0.0, 0.0};
    entry_values(axis, count, k, value);
    return value[0] + (rank - (double)k) * (value[1] - value[0]);
}

double eot_quantile_moment(struct eot_quantile_axis axis, const int64_t *count, double center, int power) {
    double sum = 0.0;
    for (size_t i = 0; i < eot_quantile_bins(axis); i++)
        if (count[i] != 0) {
            double d = 0.5 * (eot_quantile_edge(axis, i) + eot_quantile_edge(axis, i + 1)) - center, term = 1.0;
            for (int k = 0; k < power; k++) term *= d;
            sum += (double)count[i] * term;
        }
    return sum;
}

double eot_quantile_tail_index(struct eot_quantile_axis axis, const int64_t *count) {
    size_t bin = eot_quantile_bins(axis);
    double n = 0.0, n_seen = 0.0, sum = 0.0;
    for (size_t i = 0; i < bin; i++) n += (double)count[i];
    if (n < 25.0) return 0.0;
    double n_top = floor(fmin(0.2 * n, 3.0 * sqrt(n)));
    double threshold = eot_quantile_at(axis, count, n - n_top);
    while (bin-- > 0 && n_seen < n_top) {
        double entries = fmin((double)count[bin], n_top - n_seen),
               middle = 0.5 * (eot_quantile_edge(axis, bin) + eot_quantile_edge(axis, bin + 1));
        if (entries > 0.0) sum += entries * log(fmax(1.0, middle / threshold));
        n_seen += entries;
    }
    return threshold > 0.0 ? sum / n_top : 0.0;
}
