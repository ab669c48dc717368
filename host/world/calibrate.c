#include "world/calibrate.h"

#include <math.h>
#include <stdlib.h>

#include "world/calibrate_muons.h"
#include "world/columns.h"
#include "eotmc/base/constants.h"

enum { N_MUON = EOT_CALIBRATION_MUONS, N_PART = 10 };

static int compare_doubles(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}

/* Gaussian kernel density of n sorted values at x, not normalised. */
static double density_at(const double *sorted, int n, double x, double width) {
    double density = 0.0;
    int first = 0, last = n;
    while (first < last) { /* the first value above x - 5 widths */
        int middle = (first + last) / 2;
        if (sorted[middle] < x - 5.0 * width)
            first = middle + 1;
        else
            last = middle;
    }
    for (int i = first; i < n && sorted[i] < x + 5.0 * width; i++) {
        double t = (sorted[i] - x) / width;
        density += exp(-0.5 * t * t);
    }
    return density;
}

/* Maximum of the density with a bandwidth of 5 % of the median: on steps of half a bandwidth between 0.4 and 1.6
 * medians, then by halving to 1e-4. The density has no structure finer than its bandwidth. */
static double peak_of(const double *sorted, int n) {
    double median = sorted[n / 2], width = 0.05 * median, step = 0.5 * width, best = 0.0, best_density = -1.0;
    for (int i = 0; i <= 48; i++) {
        double x = 0.4 * median + i * step, density = density_at(sorted, n, x, width);
        if (density > best_density) {
            best_density = density;
            best = x;
        }
    }
    for (step *= 0.5; step > 1e-4 * median; step *= 0.5)
        for (int side = -1; side <= 1; side += 2) {
            double density = density_at(sorted, n, best + side * step, width);
            if (density > best_density) {
                best_density = density;
                best += side * step;
                break;
            }
        }
    return best;
}

static eot_calibration_follow *follow_for_this_cpu(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return eot_calibration_follow_fma;
#endif
    return eot_calibration_follow_plain;
}

enum eot_status eot_hcal_calibrate(const struct eot_config *config, const struct eot_world *w, float *scale,
                                   double *relative_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *signal = calloc(N_MUON, sizeof *signal), part_peak[N_PART], mean = 0.0, square = 0.0;
    EOT_CHECK_MEMORY(signal);
    const struct eot_volume_config *module = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_HCAL, 0)];
    struct eot_calibration_muon muon = {.x = module->center_x,
                                        .y = module->center_y,
                                        .z_front = module->z,
                                        .z_rear = module->z + module->thickness,
                                        .kinetic = (f32)config->detector.hcal_mip_energy - (f32)EOT_M_MUON};
    muon.shower_visible = eot_world_volume(&w->event, EOT_ROLE_HCAL, 0)->shower_visible;
    follow_for_this_cpu()(w, &muon, N_MUON, signal);
    for (int p = 0; p < N_PART; p++) {
        int n = N_MUON / N_PART;
        qsort(signal + p * n, (size_t)n, sizeof *signal, compare_doubles);
        part_peak[p] = peak_of(signal + p * n, n);
        mean += part_peak[p] / N_PART;
        square += part_peak[p] * part_peak[p] / N_PART;
    }
    qsort(signal, N_MUON, sizeof *signal, compare_doubles);
    double peak = peak_of(signal, N_MUON);
    EOT_CHECK(
        peak > 0.0, EOT_E_NUMERIC,
        "muons of %g GeV leave no signal in HCAL module %s (no active layer?); mark its scintillator `active: on`",
        config->detector.hcal_mip_energy, module->name);
    *scale = (float)(config->detector.hcal_mip_peak / peak);
    *relative_error = sqrt(fmax(0.0, square - mean * mean) / (N_PART - 1)) / peak;
done:
    free(signal);
    return status;
}
