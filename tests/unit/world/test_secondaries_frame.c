/* The frame that the tables of secondaries are made in: a set-up that was moved, turned by right angles about z or
 * mirrored, or has more vacuum, is the same there in bits, so that its tables are. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "world/secondaries_stack.h"

struct framed {
    struct eot_secondaries_stack stack;
    double line[4];
    unsigned char hash[65];
};

/* A set-up whose boxes have no symmetry. @param way bit 0 and 1 mirror x and y, bit 2 exchanges them. @param by moved
 * by this [cm]. @param is_cut the block behind the ECAL is two, and vacuum boxes stand on the axis and the world begins
 * earlier. */
static void frame(int way, const double by[3], bool is_cut, struct framed *out) {
    char text[4096];
    double c[6][2] = {{1.5, -0.25}, {0.5, 0.75}, {-2.0, 1.0}, {0.7, 0.3}, {0.001, -0.002}, {0.0, 0.0}},
           size[3][2] = {{20, 24}, {40, 30}, {50, 60}};
    for (int i = 0; i < 6; i++) {
        double x = way & 1 ? -c[i][0] : c[i][0], y = way & 2 ? -c[i][1] : c[i][1];
        c[i][0] = (way & 4 ? y : x) + (i < 4 ? by[0] : 0.0);
        c[i][1] = (way & 4 ? x : y) + (i < 4 ? by[1] : 0.0);
        if (i < 3 && way & 4) {
            double w = size[i][0];
            size[i][0] = size[i][1];
            size[i][1] = w;
        }
    }
    int n = snprintf(
        text, sizeof text,
        "schema: eotmc-config/1\nbeam: {particle: e-, energy: 100 GeV, position_x: %.12g cm, position_y: "
        "%.12g cm, position_z: %.12g cm, angle_x: %.12g, angle_y: %.12g}\n"
        "geometry:\n  world: {material: vacuum, min: [%g cm, %g cm, %g cm], max: [%g cm, %g cm, %g cm]}\n"
        "  volumes:\n"
        "    - {name: ecal, role: ecal, z: %.12g cm, size: [%.12g cm, %.12g cm], center: [%.12g cm, %.12g cm], "
        "repeat: 50, layers: [{material: lead, thickness: 1.5 mm}, {material: polystyrene, thickness: 1.5 "
        "mm, active: on}]}\n"
        "    - {name: veto, role: veto, z: %.12g cm, size: [%.12g cm, %.12g cm], center: [%.12g cm, %.12g cm], "
        "material: polystyrene, thickness: 5 cm, active: on}\n",
        c[3][0], c[3][1], by[2] - 5.0, c[4][0], c[4][1], by[0] - 90.0, by[1] - 90.0, by[2] - (is_cut ? 60.0 : 10.0),
        by[0] + 90.0, by[1] + 90.0, by[2] + 300.0, by[2], size[0][0], size[0][1], c[0][0], c[0][1], by[2] + 40.0,
        size[1][0], size[1][1], c[1][0], c[1][1]);
    for (int part = 0; part < (is_cut ? 2 : 1); part++)
        n +=
            snprintf(text + n, sizeof text - (size_t)n,
                     "    - {name: block%d, role: passive, z: %.12g cm, size: [%.12g cm, %.12g cm], center: [%.12g cm, "
                     "%.12g cm], material: iron, thickness: %.12g cm}\n",
                     part, by[2] + 20.0 + 1.7 * part, size[2][0], size[2][1], c[2][0], c[2][1],
                     !is_cut     ? 4.0
                     : part == 0 ? 1.7
                                 : 2.3);
    if (is_cut)
        snprintf(text + n, sizeof text - (size_t)n,
                 "    - {name: nothing, role: passive, z: %.12g cm, size: [7 cm, 9 cm], center: [%.12g cm, %.12g cm], "
                 "material: vacuum, thickness: 3.3 cm}\n",
                 by[2] + 30.0, c[1][0], c[1][1]);
    struct eot_config config;
    struct eot_setup setup;
    struct eot_error err = {0};
    cr_assert_eq(eot_config_read_text("test", text, NULL, 0, &config, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_secondaries_axis(&config, &setup, 1, &out->stack, &err), EOT_OK, "%s", err.text);
    eot_secondaries_frame(&out->stack, &config.beam, out->line);
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    eot_secondaries_hash(&out->stack, &setup, &hash);
    eot_sha256_finish(&hash, (char *)out->hash);
    eot_setup_free(&setup);
    eot_config_free(&config);
}

Test(secondaries_frame, is_the_same_for_all_images) {
    static const double here[3] = {0.0, 0.0, 0.0}, there[3] = {123.45, -678.9, 531.07};
    struct framed base, image;
    frame(0, here, false, &base);
    cr_assert_gt(base.stack.target, 0);
    for (int way = 0; way < 8; way++)
        for (int k = 0; k < 4; k++) {
            frame(way, k & 1 ? there : here, k & 2, &image);
            cr_expect_arr_eq(image.line, base.line, sizeof base.line, "the beam, image %d, %d", way, k);
            cr_expect_arr_eq(image.hash, base.hash, 64, "the matter, image %d, %d", way, k);
            eot_secondaries_stack_free(&image.stack);
        }
    eot_secondaries_stack_free(&base.stack);
}
