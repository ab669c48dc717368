/* The NA64 set-up: thicknesses against shared values of the detector papers (models: 40.6 X0 and 45 cm for the
 * ECAL, 7.40 interaction lengths and 68.8 X0 for an HCAL module), and the grid against the volumes it was made from. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geometry/setup.h"

static struct eot_config config;
static struct eot_setup setup;

static void build(const char *const *overrides, size_t n_override) {
    struct eot_error err = {0};
    cr_assert_eq(eot_config_read(EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml", overrides, n_override, &config, &err),
                 EOT_OK, "%s", err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
}
static void effective(void) { build(NULL, 0); }
static void explicit_layers(void) {
    const char *overrides[] = {"geometry.layers=explicit"};
    build(overrides, 1);
}
static void clear(void) {
    eot_setup_free(&setup);
    eot_config_free(&config);
}

Test(setup, ecal_and_hcal_have_the_published_depth, .init = effective, .fini = clear) {
    const struct eot_volume_config *ecal = &config.geometry.volume[eot_setup_volume(&config, EOT_ROLE_ECAL, 0)];
    const struct eot_volume_config *hcal = &config.geometry.volume[eot_setup_volume(&config, EOT_ROLE_HCAL, 2)];
    cr_assert_str_eq(hcal->name, "hcal2");
    cr_assert_float_eq(ecal->thickness, 45, 1e-9);
    cr_assert_float_eq(eot_setup_volume_X0(&setup, ecal), 40.6, 0.05); /* rounding of the published digit */
    cr_assert_float_eq(eot_setup_volume_lambda_int(&setup, ecal), 1.57, 0.005);
    cr_assert_float_eq(eot_setup_volume_lambda_int(&setup, hcal), 7.40, 0.005);
    cr_assert_float_eq(eot_setup_volume_X0(&setup, hcal), 68.8, 0.1);
    cr_assert_float_eq(eot_setup_region_X0(&setup, eot_setup_volume_region(&setup, 0)), 1.108, 0.001);
}

Test(setup, effective_ecal_is_one_medium_half_lead_half_scintillator, .init = effective, .fini = clear) {
    const eot_region *region = &setup.region[eot_setup_region_at(&setup, 1, 2, 20)];
    cr_assert_eq(region->role, EOT_ROLE_ECAL);
    cr_assert_eq(region->n_constituent, 2);
    cr_assert_str_eq(setup.material[region->material[0]].name, "lead");
    cr_assert_str_eq(setup.material[region->material[1]].name, "polystyrene");
    cr_assert_float_eq(region->fraction[0], 0.5, 1e-7);
    cr_assert_float_eq(region->fraction[1], 0.5, 1e-7);
    cr_assert_eq(region->active[0], 0);
    cr_assert_eq(region->active[1], 2);
    cr_assert_eq(setup.n_z, 21); /* 10 volumes and the gaps between them; VETO to HCAL0 and so on; MM1 to the magnet */
}

Test(setup, explicit_layers_follow_each_other, .init = explicit_layers, .fini = clear) {
    for (int i = 0; i < 150; i++) {
        const eot_region *lead = &setup.region[eot_setup_region_at(&setup, 0, 0, 0.3 * i + 0.07)];
        const eot_region *scintillator = &setup.region[eot_setup_region_at(&setup, 0, 0, 0.3 * i + 0.22)];
        cr_assert_str_eq(setup.material[lead->material[0]].name, "lead");
        cr_assert_str_eq(setup.material[scintillator->material[0]].name, "polystyrene");
        cr_assert_eq(lead->n_constituent, 1);
        cr_assert_eq(scintillator->active[0], 2);
    }
    cr_assert_eq(setup.n_z, 21 - 4 + 300 + 3 * 96);
    cr_assert_leq(setup.n_region, 16); /* equal layers share a region */
}

static void check_grid(void) {
    const float *edges[3] = {setup.edges_x, setup.edges_y, setup.edges_z};
    const int n[3] = {setup.n_x, setup.n_y, setup.n_z};
    for (int axis = 0; axis < 3; axis++) {
        cr_assert_eq(edges[axis][0], (float)config.geometry.world_min[axis]);
        cr_assert_eq(edges[axis][n[axis]], (float)config.geometry.world_max[axis]);
        for (int i = 0; i < n[axis]; i++) cr_assert_lt(edges[axis][i], edges[axis][i + 1]);
    }
    /* Every voxel's centre is in the volume that the voxel's region names. */
    double seen[64] = {0};
    for (int k = 0; k < setup.n_z; k++)
        for (int j = 0; j < setup.n_y; j++)
            for (int i = 0; i < setup.n_x; i++) {
                double x = 0.5 * ((double)edges[0][i] + (double)edges[0][i + 1]),
                       y = 0.5 * ((double)edges[1][j] + (double)edges[1][j + 1]);
                double z = 0.5 * ((double)edges[2][k] + (double)edges[2][k + 1]);
                int inside = -1;
                for (int v = 0; v < (int)config.geometry.n_volume; v++) {
                    const struct eot_volume_config *w = &config.geometry.volume[v];
                    if (fabs(x - w->center_x) < w->size_x / 2 && fabs(y - w->center_y) < w->size_y / 2 && z > w->z &&
                        z < w->z + w->thickness)
                        inside = v;
                }
                const eot_region *region =
                    &setup.region[setup.voxel[((size_t)k * (size_t)setup.n_y + (size_t)j) * (size_t)setup.n_x +
                                              (size_t)i]];
                cr_assert_eq(region->volume, inside, "at %g %g %g", x, y, z);
                float sum = 0;
                for (int c = 0; c < region->n_constituent; c++) sum += region->fraction[c];
                cr_assert_float_eq(sum, 1, 1e-6);
                if (inside >= 0)
                    seen[inside] += ((double)edges[0][i + 1] - (double)edges[0][i]) *
                                    ((double)edges[1][j + 1] - (double)edges[1][j]) *
                                    ((double)edges[2][k + 1] - (double)edges[2][k]);
            }
    for (int v = 0; v < (int)config.geometry.n_volume; v++) {
        const struct eot_volume_config *w = &config.geometry.volume[v];
        double volume = w->size_x * w->size_y * w->thickness;
        cr_assert_float_eq(seen[v], volume, 1e-3 * volume, "%s", w->name); /* 8 mm at 9 m: edges to 6e-5 cm */
    }
}

Test(setup, effective_grid_is_the_volumes, .init = effective, .fini = clear) { check_grid(); }
Test(setup, explicit_grid_is_the_volumes, .init = explicit_layers, .fini = clear) { check_grid(); }

Test(setup, merging_periods_makes_that_many_slabs, .fini = clear) {
    const char *overrides[] = {"geometry.volumes.hcal0.merge=5"};
    build(overrides, 1);
    cr_assert_eq(setup.n_z, 21 - 1 + 10); /* 48 periods by 5: nine slabs of 5 and one of 3 */
    check_grid();
}

Test(setup, steps_are_limited_in_effective_media_and_in_the_field_only, .init = effective, .fini = clear) {
    cr_assert_float_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 10)].max_step, 1000, 1e-3);
    cr_assert_float_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 700)].max_step, 100, 1e-6);
    cr_assert_float_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 700)].field_y, 0.7, 1e-6);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 52)].max_step, EOT_NO_STEP_LIMIT);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, -7)].max_step, EOT_NO_STEP_LIMIT);
    cr_assert_eq(eot_setup_region_at(&setup, 0, 0, 5000), -1);
}

Test(setup, modules_count_along_z_whatever_their_order_in_the_file, .fini = clear) {
    const char *overrides[] = {"geometry.volumes.hcal0.z=500 cm", "geometry.volumes.mm0.z=640 cm",
                               "geometry.volumes.mm1.z=650 cm", "geometry.volumes.mbpl.z=660 cm",
                               "geometry.volumes.mm2.z=861 cm"};
    build(overrides, 5);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 210)].module, 0);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 510)].module, 2);
    cr_assert_str_eq(config.geometry.volume[eot_setup_volume(&config, EOT_ROLE_HCAL, 0)].name, "hcal1");
    cr_assert_eq(eot_setup_volume(&config, EOT_ROLE_HCAL, 3), -1);
}

Test(setup, a_volume_can_be_merged_while_the_others_stay_explicit, .fini = clear) {
    const char *overrides[] = {"geometry.layers=explicit", "geometry.volumes.ecal.merge=0"};
    build(overrides, 2);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 20)].n_constituent, 2);
    cr_assert_eq(setup.region[eot_setup_region_at(&setup, 0, 0, 70)].n_constituent, 1);
    cr_assert_eq(setup.n_z, 21 - 3 + 3 * 96);
    check_grid();
}

/* The same layer twice is one constituent; a layer that is seen and one that is not are two, of one material. */
Test(setup, constituents_are_the_different_layers_with_their_shares, .fini = clear) {
    const char *overrides[] = {"geometry.volumes.ecal.layers=[{material: lead, thickness: 1 mm}, {material: "
                               "polystyrene, thickness: 1 mm, active: on}, "
                               "{material: lead, thickness: 0.5 mm}, {material: polystyrene, thickness: 0.5 mm}]"};
    build(overrides, 1);
    const eot_region *region = &setup.region[eot_setup_region_at(&setup, 0, 0, 20)];
    cr_assert_eq(region->n_constituent, 3);
    cr_assert_eq(region->material[1], region->material[2]);
    cr_assert_eq(region->active[1] - region->active[2], 2);
    cr_assert_float_eq(region->fraction[0], 0.5, 1e-6);
    cr_assert_float_eq(region->fraction[1], 1.0 / 3, 1e-6);
    cr_assert_float_eq(region->fraction[2], 1.0 / 6, 1e-6);
}

/* A caller may fill the configuration without a file: what the reader would have found is found again. */
Test(setup, overlaps_and_planes_too_near_are_refused_without_a_file) {
    struct eot_error err = {0};
    cr_assert_eq(eot_config_read(EOT_SOURCE_DIR "/configs/na64e-dimuon.yaml", NULL, 0, &config, &err), EOT_OK, "%s",
                 err.text);
    config.geometry.volume[1].z = 40;
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_E_CONFIG);
    cr_assert_not_null(strstr(err.text, "veto overlaps ecal"), "%s", err.text);
    config.geometry.volume[1].z = 50;
    config.geometry.volume[9].z = config.geometry.volume[8].z + config.geometry.volume[8].thickness +
                                  1e-5; /* single precision resolves 6e-5 cm at 8 m */
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_E_CONFIG);
    cr_assert_not_null(strstr(err.text, "cannot be told apart"), "%s", err.text);
    eot_config_free(&config);
}

/* --- chambers in the gap of a magnet */

static enum eot_status read_volumes(const char *volumes, struct eot_error *err) {
    char text[2048];
    snprintf(text, sizeof text,
             "schema: eotmc-config/1\nbeam: {particle: e-, energy: 100 GeV, position_z: -5 cm}\ngeometry:\n"
             "  world: {material: air, min: [-50 cm, -50 cm, -10 cm], max: [50 cm, 50 cm, 400 cm]}\n  volumes:\n"
             "    - {name: ecal, role: ecal, z: 0 cm, size: [20 cm, 20 cm], material: lead, thickness: 40 cm}\n%s",
             volumes);
    return eot_config_read_text("gap", text, NULL, 0, &config, err);
}
#define HALF(name, x) \
    "    - {name: " name ", role: magnet, z: 100 cm, center: [" x ", 0 cm], size: [20 cm, 30 cm], material: vacuum, " \
    "thickness: 100 cm, field: [0 T, 1 T, 0 T]}\n"
#define INNER(keys) "    - {name: inner, z: 140 cm, material: silicon, thickness: 1 cm, " keys "}\n"

Test(setup, a_chamber_in_a_gap_replaces_the_matter_and_keeps_the_field) {
    static const char *const ORDER[] = {INNER("role: tracker, size: [10 cm, 10 cm]") HALF("a", "0 cm"),
                                        HALF("a", "0 cm") INNER("role: passive, size: [10 cm, 10 cm]"),
                                        HALF("a", "0 cm") INNER("role: tracker, size: [20 cm, 30 cm]"),
                                        HALF("a", "-10 cm") INNER("role: tracker, size: [10 cm, 10 cm]")
                                            HALF("b", "10 cm")}; /* across two pieces of one field */
    for (int i = 0; i < 4; i++) {
        struct eot_error err = {0};
        cr_assert_eq(read_volumes(ORDER[i], &err), EOT_OK, "%s", err.text);
        cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
        const eot_region *in = &setup.region[eot_setup_region_at(&setup, 1, 2, 140.5)],
                         *before = &setup.region[eot_setup_region_at(&setup, 1, 2, 139.5)];
        cr_expect_str_eq(setup.material[in->material[0]].name, "silicon");
        cr_expect_str_eq(setup.material[before->material[0]].name, "vacuum");
        cr_expect(in->field_y == 1.0f && before->field_y == 1.0f && in->max_step == before->max_step, "order %d", i);
        cr_expect_eq(before->role, EOT_ROLE_MAGNET);
        clear();
    }
}

Test(setup, what_is_not_wholly_in_a_gap_overlaps) {
    static const char *const WRONG[] = {
        HALF("a", "0 cm") INNER("role: tracker, size: [21 cm, 10 cm]"), /* wider than the gap */
        HALF("a", "0 cm") INNER("role: tracker, center: [8 cm, 0 cm], size: [10 cm, 10 cm]"),
        HALF("a", "0 cm") INNER("role: veto, size: [10 cm, 10 cm]"),
        HALF("a", "0 cm") INNER("role: magnet, size: [10 cm, 10 cm], field: [1 T, 0 T, 0 T]"),
        HALF("a", "0 cm") INNER("role: tracker, size: [10 cm, 10 cm], field: [1 T, 0 T, 0 T]"),
        HALF("a", "-10 cm") HALF("b", "10.5 cm") INNER("role: tracker, size: [10 cm, 10 cm]"), /* a slit between */
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct eot_error err = {0};
        cr_expect_eq(read_volumes(WRONG[i], &err), EOT_E_CONFIG, "case %zu", i);
        cr_expect_not_null(strstr(err.text, "overlaps"), "case %zu: %s", i, err.text);
        eot_config_free(&config);
    }
}
