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
