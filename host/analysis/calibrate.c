#undef EOT_REAL_DOUBLE /* follows muons as the device does, in single precision */
#include "analysis/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/transport/muon.h"

enum { N_MUON = 20000, N_PART = 10, N_GRID = 400 };

static int compare_doubles(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return u < v ? -1 : u > v;
}

/* Maximum of a Gaussian kernel density of n sorted values, bandwidth 5 % of the median. */
static double peak_of(const double *sorted, int n) {
    double median = sorted[n / 2], width = 0.05 * median, best = 0.0, best_density = -1.0;
    for (int g = 0; g < N_GRID; g++) {
        double x = median * (0.4 + 1.2 * g / N_GRID), density = 0.0;
        for (int i = 0; i < n; i++) {
            double t = (sorted[i] - x) / width;
            if (t > 5.0) break;
            if (t > -5.0) density += exp(-0.5 * t * t);
        }
        if (density > best_density) {
            best_density = density;
            best = x;
        }
    }
    return best;
}

enum eot_status eot_hcal_calibrate(const struct eot_config *config, const struct eot_world *w, float *scale, double *relative_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *signal = calloc(N_MUON, sizeof *signal), part_peak[N_PART], mean = 0.0, square = 0.0;
    EOT_CHECK_MEMORY(signal);
    const struct eot_volume_config *module = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_HCAL, 0)];
    float visible = 0.0f;
    for (int i = 0; i < w->event.n_slab; i++)
        if (w->event.slab[i].role == EOT_ROLE_HCAL && w->event.slab[i].module == 0) visible = w->event.slab[i].shower_visible;
    for (int i = 0; i < N_MUON; i++) {
        eot_random random = eot_random_init((u64)i, EOT_STAGE_PROBE, 1, 20261122u, 0);
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        eot_point start = {module->center_x, module->center_y, module->z - 1e-3};
        eot_vec3 along = {0.0f, 0.0f, 1.0f};
        eot_muon m = eot_muon_start(w->table.value, &w->grid, w->voxel, start, along, (f32)config->detector.hcal_mip_energy - EOT_M_MUON, 0.0f, -1, b.x);
        while (m.fate == EOT_MUON_ALIVE && m.position.z < module->z + module->thickness) {
            const eot_region *r = &w->region[m.region];
            eot_muon_step s = eot_muon_advance(w->table.value, &w->muon, &w->grid, w->region, w->voxel, m, random);
            random = s.random;
            m = s.muon;
            if (r->role == EOT_ROLE_HCAL && r->module == 0) signal[i] += (double)(s.visible + (s.shower + s.electron > 0.02f ? visible * (s.shower + s.electron) : s.event_active ? s.shower : 0.0f));
        }
    }
    for (int p = 0; p < N_PART; p++) {
        int n = N_MUON / N_PART;
        qsort(signal + p * n, (size_t)n, sizeof *signal, compare_doubles);
        part_peak[p] = peak_of(signal + p * n, n);
        mean += part_peak[p] / N_PART;
        square += part_peak[p] * part_peak[p] / N_PART;
    }
    qsort(signal, N_MUON, sizeof *signal, compare_doubles);
    double peak = peak_of(signal, N_MUON);
    EOT_CHECK(peak > 0.0, EOT_E_NUMERIC, "muons of %g GeV leave no signal in HCAL module %s (no active layer?); mark its scintillator `active: on`", config->detector.hcal_mip_energy, module->name);
    *scale = (float)(config->detector.hcal_mip_peak / peak);
    *relative_error = sqrt(fmax(0.0, square - mean * mean) / (N_PART - 1)) / peak;
done:
    free(signal);
    return status;
}
