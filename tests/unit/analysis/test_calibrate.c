/* Calibration of the HCAL on single muons. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "world/calibrate.h"
#include "world/calibrate_muons.h"
#include "world/columns.h"
#include "eotmc/base/constants.h"

static struct eot_config config;
static struct eot_setup setup;
static struct eot_world world;

static void make(void) {
    struct eot_error err = {.status = EOT_OK};
    cr_assert_eq(eot_config_read(EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml", NULL, 0, &config, &err), EOT_OK, "%s",
                 err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_world_create_with(&config, &setup, config.physics.cut,
                                       &(struct eot_world_options){.no_cache = true}, &world, &err),
                 EOT_OK, "%s", err.text);
}
static void release(void) {
    eot_world_free(&world);
    eot_setup_free(&setup);
    eot_config_free(&config);
}
TestSuite(calibrate, .init = make, .fini = release);

static struct eot_calibration_muon first_module(void) {
    const struct eot_volume_config *v = &config.geometry.volume[eot_setup_volume(&config, EOT_ROLE_HCAL, 0)];
    struct eot_calibration_muon muon = {
        v->center_x, v->center_y, v->z, v->z + v->thickness, (float)(config.detector.hcal_mip_energy - EOT_M_MUON),
        0.0f};
    muon.shower_visible = eot_world_volume(&world.event, EOT_ROLE_HCAL, 0)->shower_visible;
    return muon;
}

Test(calibrate, both_builds_give_the_same_bits) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) cr_skip_test("no AVX2 and FMA here");
    enum { N = 500 };
    double plain[N], fma[N];
    struct eot_calibration_muon muon = first_module();
    eot_calibration_follow_plain(&world, &muon, N, plain);
    eot_calibration_follow_fma(&world, &muon, N, fma);
    for (int i = 0; i < N; i++)
        cr_assert(memcmp(&plain[i], &fma[i], sizeof plain[i]) == 0, "muon %d: %.17g, %.17g GeV", i, plain[i], fma[i]);
#else
    cr_skip_test("x86-64 only");
#endif
}

Test(calibrate, muons_peak_where_the_configuration_says) {
    enum { N = 8000, N_BIN = 24 };
    static double signal[N];
    int count[N_BIN] = {0}, best = 0;
    struct eot_calibration_muon muon = first_module();
    eot_calibration_follow_plain(&world, &muon, N, signal);
    for (int i = 0; i < N; i++) { /* bins of 4 % of the peak */
        double x = signal[i] * (double)world.event.response.hcal_scale / config.detector.hcal_mip_peak;
        int b = (int)floor((x - 0.52) / 0.04);
        if (b >= 0 && b < N_BIN) count[b]++;
    }
    for (int b = 1; b < N_BIN - 1; b++)
        if (count[b - 1] + count[b] + count[b + 1] > count[best] + (best > 0 ? count[best - 1] : 0) + count[best + 1])
            best = b;
    double mode = 0.54 + 0.04 * best;
    cr_assert_float_eq(mode, 1.0, 0.045, "histogram's mode at %.3f of the wanted peak", mode);
    cr_assert(world.hcal_peak_error > 0.0 && world.hcal_peak_error < 0.01, "statistical error %g",
              world.hcal_peak_error);
}

Test(calibrate, the_factor_goes_as_the_wanted_peak) {
    struct eot_error err = {.status = EOT_OK};
    float scale = 0.0f;
    double relative_error = 0.0;
    config.detector.hcal_mip_peak *= 2.0;
    cr_assert_eq(eot_hcal_calibrate(&config, &world, &scale, &relative_error, &err), EOT_OK, "%s", err.text);
    cr_assert_float_eq((double)(scale / world.event.response.hcal_scale), 2.0, 1e-6);
    cr_assert_eq(relative_error, world.hcal_peak_error);
}
