/* Muon beams through `eotmc run`: how a calorimeter is cut into layers and steps does not matter, the scored face and
 * plane are where they should be. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/output.h"

/* One run. @param layers the lines of the volume that say what it is made of. @param size its width [cm]. */
static void run(const char *layers, double size, const char *kinetic_energy, const char *exit, int n,
                struct eot_result *result) {
    char folder[] = "/tmp/eotmc-exit-XXXXXX", path[256], command[768];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/config.yaml", folder);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fprintf(f,
            "schema: eotmc-config/1\nbeam: {particle: mu-, kinetic_energy: %s, position_z: -0.1 cm}\n"
            "geometry:\n  layers: explicit\n  world: {material: vacuum, min: [-500 cm, -500 cm, -1 cm], max: [500 cm, "
            "500 cm, 450 cm]}\n"
            "  volumes:\n    - name: block\n      role: hcal\n      z: 0 cm\n      size: [%g cm, %g cm]\n%s"
            "physics: {decay: off}\nsampling: {eot: %d}\nscoring: {exit: %s}\noutput: {figures: off}\n",
            kinetic_energy, size, size, layers, n, exit);
    fclose(f);
    snprintf(command, sizeof command, "%s run %s -o %s --force --progress none >%s/log 2>&1", EOT_BINARY, path, folder,
             folder);
    cr_assert_eq(system(command), 0, "failed: %s (%s)", command, layers);
    struct eot_error err = {0};
    snprintf(path, sizeof path, "%s/summary.json", folder);
    cr_assert_eq(eot_output_summary_read(path, result, &err), EOT_OK, "%s", err.text);
    cr_expect_lt(fabs(result->energy_residual), 1e-6, "%s: residual %g", layers, result->energy_residual);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}

static const struct eot_estimate *estimate(const struct eot_result *r, const char *name) {
    const struct eot_estimate *e = eot_result_estimate(r, name);
    cr_assert_not_null(e, "%s is missing", name);
    return e;
}

/* Three HCAL modules' worth of iron and scintillator. The 1.5 %, or 4 combined standard errors (0.2 % of
 * angles, 0.9 % of the mean at this number). */
static void expect_same_however_cut(const char *kinetic_energy) {
    static const char *const layers[] = {
        "      repeat: 144\n      layers: [{material: iron, thickness: 25 mm}, {material: polystyrene, thickness: 4 "
        "mm, active: on}]\n",
        "      repeat: 36\n      layers: [{material: iron, thickness: 100 mm}, {material: polystyrene, thickness: 16 "
        "mm, active: on}]\n",
        "      repeat: 144\n      merge: 4\n      layers: [{material: iron, thickness: 25 mm}, {material: polystyrene, "
        "thickness: 4 mm, active: on}]\n",
        "      repeat: 144\n      merge: 0\n      layers: [{material: iron, thickness: 25 mm}, {material: polystyrene, "
        "thickness: 4 mm, active: on}]\n",
        "      repeat: 144\n      max_step: 1.25 cm\n      layers: [{material: iron, thickness: 25 mm}, {material: "
        "polystyrene, thickness: 4 mm, active: on}]\n",
    };
    static const char *const what[] = {"explicit", "explicit, merged 4:1", "slabs of four periods", "one medium",
                                       "steps of half a layer"};
    static const char *const name[] = {"exit.survival",       "exit.loss_mean_GeV",  "exit.loss_q50_GeV",
                                       "exit.angle_q68_mrad", "exit.angle_q95_mrad", "exit.displacement_q68_cm"};
    struct eot_result first = {0};
    for (int i = 0; i < 5; i++) {
        struct eot_result r = {0};
        run(layers[i], 1000.0, kinetic_energy, "last", 20000, &r);
        for (int k = 0; i > 0 && k < 6; k++) {
            const struct eot_estimate *a = estimate(&first, name[k]), *b = estimate(&r, name[k]);
            double allowed = fmax(0.015 * a->value, 4.0 * hypot(a->std_error, b->std_error));
            cr_expect(fabs(b->value - a->value) < allowed, "%s, %s: %s = %g +- %g, explicit %g", kinetic_energy,
                      what[i], name[k], b->value, b->std_error, a->value);
        }
        if (i == 0)
            first = r;
        else
            eot_result_free(&r);
    }
    eot_result_free(&first);
}

Test(muon_exit, layers_and_steps_do_not_matter_at_20_GeV, .timeout = 200) { expect_same_however_cut("20 GeV"); }
Test(muon_exit, layers_and_steps_do_not_matter_where_a_tenth_of_the_muons_stop, .timeout = 200) {
    expect_same_however_cut("5.5 GeV");
}

/* A block as narrow as its muons scatter: those that leave by a side and pass its rear plane in vacuum count for the
 * plane, not for the face. */
Test(muon_exit, a_volume_is_left_by_its_face_and_a_plane_anywhere, .timeout = 200) {
    const char *iron = "      material: iron\n      thickness: 100 cm\n";
    struct eot_result wide = {0}, face = {0}, plane = {0}, inside = {0}, half = {0};
    run(iron, 1000.0, "5 GeV", "block", 20000, &wide);
    run(iron, 2.0, "5 GeV", "block", 20000, &face);
    run(iron, 2.0, "5 GeV", "plane, exit_z: 100 cm", 20000, &plane);
    run(iron, 1000.0, "5 GeV", "plane, exit_z: 50 cm", 20000, &inside);
    run("      material: iron\n      thickness: 50 cm\n", 1000.0, "5 GeV", "block", 20000, &half);
    double p_wide = estimate(&wide, "exit.survival")->value, p_face = estimate(&face, "exit.survival")->value,
           p_plane = estimate(&plane, "exit.survival")->value;
    /* Gaussian of both projections inside 1 cm, from the wide block's 68 % quantile: sigma = q/0.9945; an upper limit,
     * muons that come back aside */
    double sigma = estimate(&wide, "exit.displacement_q68_cm")->value / 0.99446,
           inside_face = erf(1.0 / (sigma * sqrt(2.0)));
    cr_expect_gt(p_wide, 0.999);
    cr_expect_gt(p_plane, 0.999, "%g", p_plane);
    cr_expect(p_face < inside_face * inside_face && p_face > 0.5 * inside_face * inside_face,
              "%g of the muons leave by the face; below %g expected", p_face, inside_face * inside_face);
    static const char *const name[] = {"exit.loss_mean_GeV", "exit.loss_q50_GeV", "exit.angle_q68_mrad",
                                       "exit.displacement_q68_cm"};
    for (int k = 0; k < 4; k++) { /* a plane within matter is as the end of a thinner block */
        const struct eot_estimate *a = estimate(&inside, name[k]), *b = estimate(&half, name[k]);
        cr_expect(fabs(a->value - b->value) < 4.0 * hypot(a->std_error, b->std_error),
                  "%s: %g at the plane, %g behind the block", name[k], a->value, b->value);
    }
    struct eot_result *all[] = {&wide, &face, &plane, &inside, &half};
    for (int i = 0; i < 5; i++) eot_result_free(all[i]);
}
