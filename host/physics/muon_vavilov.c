/* Vavilov's straggling by inversion of its characteristic function: P. V. Vavilov, Sov. Phys. JETP 5 (1957) 749, with
 * the largest transfer small against the kinematic one (beta^2 term dropped: it changes the variance by beta^2 W_cut/2
 * W_max, which the caller absorbs in kappa). */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_expint.h>
#include <math.h>
#include <stdlib.h>

#include "physics/muon_tables.h"

static double tail_probability(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
}

/* Point at which an increasing cumulative (n values at x0 + i dx) reaches `want`. `from` carries the search on between
 * increasing `want`. */
static double invert(const double *cumulative, size_t n, double x0, double dx, double want, size_t *from) {
    size_t i = *from;
    while (i + 2 < n && cumulative[i + 1] < want) i++;
    *from = i;
    double step = cumulative[i + 1] - cumulative[i];
    double t = step > 0.0 ? (want - cumulative[i]) / step : 0.0;
    return x0 + dx * ((double)i + fmin(fmax(t, 0.0), 1.0));
}

/* Sine integral and Cin = gamma + ln z - Ci. Above 100 the asymptotic series (Abramowitz,
 * Stegun, 5.2.8, 5.2.9, 5.2.34, 5.2.35): its fifth terms are below 4e-14, and it spares the library's two Chebyshev
 * sums and four circular functions at most of a million points. */
static int sine_integrals(double z, double sin_z, double cos_z, double *si, double *cin) {
    gsl_sf_result sine, cosine;
    if (z > 100.0) {
        double w = 1.0 / (z * z);
        double f = (1.0 - w * (2.0 - w * (24.0 - w * (720.0 - w * 40320.0)))) / z;
        double g = (1.0 - w * (6.0 - w * (120.0 - w * (5040.0 - w * 362880.0)))) * w;
        *si = M_PI_2 - f * cos_z - g * sin_z;
        *cin = M_EULER + log(z) - f * sin_z + g * cos_z;
        return GSL_SUCCESS;
    }
    int code = gsl_sf_Si_e(z, &sine) | gsl_sf_Ci_e(z, &cosine);
    *si = sine.val;
    *cin = M_EULER + log(z) - cosine.val;
    return code;
}

enum eot_status eot_muon_vavilov_row(double kappa, double lower[EOT_MUON_N_TAIL], double upper[EOT_MUON_N_TAIL],
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *wave = NULL, *sum = NULL;
    /* Window in lambda = (loss - mean)/xi: below, where Landau's tail or 9 sigma end; above, two and a half largest
     * transfers and 9 sigma. */
    double width = 1.0 / sqrt(kappa);
    double x_low = -(fmax(-log(kappa), 0.0) + 5.0 + 9.0 * fmin(width, 2.0));
    double x_high = 2.5 / kappa + 9.0 * fmin(width, 10.0);
    double dx = fmin(0.05, 0.05 * width);
    size_t n = 256;
    while ((double)n * dx < x_high - x_low) n *= 2;
    dx = (x_high - x_low) / (double)n;
    /* First the characteristic function, conjugate, in GSL's half-complex order; then the density. */
    wave = calloc(n, sizeof *wave);
    sum = calloc(n + 1, sizeof *sum);
    EOT_CHECK_MEMORY(wave);
    EOT_CHECK_MEMORY(sum);
    double dt = 2.0 * M_PI / ((double)n * dx);
    wave[0] = 1.0;
    for (size_t k = 1; k < n / 2; k++) {
        double t = dt * (double)k, z = t / kappa;
        double sin_z = sin(z), cos_z = cos(z), si, cin;
        EOT_CHECK(sine_integrals(z, sin_z, cos_z, &si, &cin) == GSL_SUCCESS, EOT_E_NUMERIC,
                  "sine integral failed at %g (GSL); report this as a bug", z);
        double decay = kappa * (1.0 - cos_z - z * si);
        if (decay < -40.0) break; /* 4e-18 */
        double phase = kappa * (z - sin_z - z * cin) - t * x_low, size = exp(decay);
        wave[k] = size * cos(phase);
        wave[n - k] = -size * sin(phase);
    }
    EOT_CHECK(gsl_fft_halfcomplex_radix2_backward(wave, 1, n) == GSL_SUCCESS, EOT_E_NUMERIC,
              "Fourier transform of %zu points failed (GSL); report this as a bug", n);
    /* cumulative by the trapezoid rule; a band-limited density, so only the interval's end points carry its error */
    for (size_t i = 0; i + 1 < n; i++) sum[i + 1] = sum[i] + 0.5 * (fmax(wave[i], 0.0) + fmax(wave[i + 1], 0.0));
    double total = sum[n - 1];
    EOT_CHECK(fabs(total / (double)n - 1.0) < 1.0e-3, EOT_E_NUMERIC,
              "straggling distribution at kappa %g has norm %g (must be 1); report this as a bug", kappa,
              total / (double)n);
    for (size_t i = 0; i < n; i++) sum[i] /= total;
    size_t from = 0;
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) lower[i] = invert(sum, n, x_low, dx, tail_probability(i), &from);
    /* from above, so that small upper tails keep their relative accuracy */
    double tail = 0.0;
    size_t j = n - 1;
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
        double want = tail_probability(i), more = tail;
        while (j > 0) {
            more = tail + 0.5 * (fmax(wave[j], 0.0) + fmax(wave[j - 1], 0.0)) / total;
            if (more >= want) break;
            tail = more;
            j--;
        }
        upper[i] = x_low + dx * ((double)j - (more > tail ? fmin((want - tail) / (more - tail), 1.0) : 0.0));
    }
    /* The mean of what the sampler returns must be 0: linear in the tail probability within a cell, constant below the
     * first point, halves meet at 1/2. */
    double mean = tail_probability(0) * (lower[0] + upper[0]);
    for (int i = 0; i + 1 < EOT_MUON_N_TAIL; i++) {
        double a = tail_probability(i), b = tail_probability(i + 1);
        if (b <= 0.5) mean += 0.5 * (b - a) * (lower[i] + lower[i + 1] + upper[i] + upper[i + 1]);
    }
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
        lower[i] -= mean;
        upper[i] -= mean;
    }
    EOT_CHECK(fabs(mean) < 0.05 * fmin(width, 1.0) + 0.05, EOT_E_NUMERIC,
              "straggling quantiles at kappa %g have mean %g xi; report this as a bug", kappa, mean);
done:
    free(wave);
    free(sum);
    return status;
}
