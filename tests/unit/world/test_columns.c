/* Which volume is where for showers below the cut, and how far they get: from configurations whose answer is known. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef EOT_REAL_DOUBLE
#include "eotmc/transport/deposit.h"

#include "world/columns.h"

static struct eot_config config;
static struct eot_setup setup;
static struct eot_world world;

/* A world of vacuum with an ECAL of lead, 10 x 10 cm, from 0 to 20 cm, and what is given besides. */
static void make(const char *volumes, const char *material) {
    char text[1 << 16];
    struct eot_error err = {.status = EOT_OK};
    snprintf(text, sizeof text,
             "schema: eotmc-config/1\n"
             "beam: {particle: e-, energy: 100 GeV, position_z: -90 cm}\n"
             "geometry:\n"
             "  world: {material: %s, min: [-50 cm, -50 cm, -100 cm], max: [50 cm, 50 cm, 200 cm]}\n"
             "  volumes:\n"
             "    - {name: ecal, role: ecal, z: 0 cm, size: [10 cm, 10 cm], material: lead, thickness: 20 cm, cells: "
             "[2, 2]}\n%s",
             material, volumes);
    char path[] = "/tmp/test_columns_XXXXXX";
    int descriptor = mkstemp(path);
    cr_assert_geq(descriptor, 0);
    FILE *file = fdopen(descriptor, "w");
    fputs(text, file);
    fclose(file);
    enum eot_status status = eot_config_read(path, NULL, 0, &config, &err);
    remove(path);
    cr_assert_eq(status, EOT_OK, "%s", err.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &err), EOT_OK, "%s", err.text);
    memset(&world, 0, sizeof world);
    cr_assert_eq(eot_world_columns(&config, &setup, &world, &err), EOT_OK, "%s", err.text);
}

static void release(void) {
    eot_world_free(&world);
    eot_setup_free(&setup);
    eot_config_free(&config);
}

static eot_column_place find(double x, double y, double z) {
    return eot_columns_find(world.table.value, &world.event.columns, (f32)x, (f32)y, (f32)z);
}
static const eot_deposit_volume *volume_at(double x, double y, double z) {
    int i = find(x, y, z).volume;
    return i < 0 ? NULL : &world.event.volume[i];
}
static eot_column_place walk(eot_shower_axis axis, double path, int direction) {
    return eot_columns_walk(world.table.value, &world.event.columns, world.event.volume, axis,
                            find(axis.x, axis.y, axis.z), (f32)path, direction);
}
/* The same world as before, to the bit? */
static void expect_same_as(const struct eot_f32_table *table, const eot_event_world *event, const char *what) {
    cr_expect_eq(world.event.n_volume, event->n_volume, "%s: %d volumes", what, world.event.n_volume);
    cr_expect_arr_eq(world.event.volume, event->volume, sizeof event->volume);
    cr_expect_eq(memcmp(&world.event.columns, &event->columns, sizeof event->columns), 0, "%s: columns", what);
    cr_assert_eq(world.table.n, table->n, "%s: %zu numbers instead of %zu", what, world.table.n, table->n);
    cr_expect_arr_eq(world.table.value, table->value, table->n * sizeof *table->value);
}

#define BOX(name, size, center, z, thickness, material) \
    "    - {name: " name ", size: " size ", center: " center ", z: " z ", thickness: " thickness "," \
    " material: " material "}\n"
#define BLOCK(name, size, center, z, thickness) BOX(name, size, center, z, thickness, "iron")
#define VACUUM(name, size, center, z, thickness) BOX(name, size, center, z, thickness, "vacuum")

Test(columns, cutting_matter_changes_nothing, .fini = release) {
    static const struct {
        const char *what, *volumes;
    } cut[] = {
        {"along x", BLOCK("a", "[3 cm, 20 cm]", "[6.5 cm, 0 cm]", "30 cm", "7 cm")
                        BLOCK("b", "[7 cm, 20 cm]", "[11.5 cm, 0 cm]", "30 cm", "7 cm")},
        {"along y", BLOCK("a", "[10 cm, 9 cm]", "[10 cm, 5.5 cm]", "30 cm", "7 cm")
                        BLOCK("b", "[10 cm, 11 cm]", "[10 cm, -4.5 cm]", "30 cm", "7 cm")},
        {"along z", BLOCK("a", "[10 cm, 20 cm]", "[10 cm, 0 cm]", "30 cm", "3.3 cm")
                        BLOCK("b", "[10 cm, 20 cm]", "[10 cm, 0 cm]", "33.3 cm", "3.7 cm")},
        {"vacuum added", BLOCK("a", "[10 cm, 20 cm]", "[10 cm, 0 cm]", "30 cm", "7 cm")
                             VACUUM("b", "[20 cm, 20 cm]", "[1 cm, 2 cm]", "-50 cm", "20 cm")
                                 VACUUM("c", "[3 cm, 4 cm]", "[2 cm, 1 cm]", "40 cm", "50 cm")
                                     VACUUM("d", "[8 cm, 4 cm]", "[20 cm, 1 cm]", "3 cm", "9 cm")},
    };
    make(BLOCK("a", "[10 cm, 20 cm]", "[10 cm, 0 cm]", "30 cm", "7 cm"), "vacuum");
    struct eot_f32_table table = world.table;
    eot_event_world event = world.event;
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        eot_setup_free(&setup);
        eot_config_free(&config);
        make(cut[i].volumes, "vacuum");
        expect_same_as(&table, &event, cut[i].what);
        eot_world_free(&world);
    }
    world.table = table;
}

Test(columns, neighbours_at_one_z_are_both_there, .fini = release) {
    make("    - {name: veto, role: veto, size: [6 cm, 10 cm], center: [8 cm, 0 cm], z: 0 cm, thickness: 20 cm,\n"
         "       material: polystyrene, active: on}\n"
         "    - {name: h1, role: hcal, size: [6 cm, 10 cm], center: [-3 cm, 0 cm], z: 30 cm, thickness: 20 cm,\n"
         "       material: iron, active: on}\n"
         "    - {name: h0, role: hcal, size: [6 cm, 10 cm], center: [3 cm, 0 cm], z: 30 cm, thickness: 20 cm,\n"
         "       material: iron, active: on}\n",
         "air");
    cr_expect_eq(volume_at(1, 1, 5)->role, EOT_ROLE_ECAL);
    cr_expect_eq(volume_at(6, 1, 5)->role, EOT_ROLE_VETO);
    cr_expect_eq(volume_at(-6, 1, 5)->is_void, 1);
    cr_expect_eq(volume_at(1, 1, 25)->is_void, 1);
    cr_expect_eq(volume_at(-1, 1, 35)->module, 0, "at one z, modules count in the configuration's order");
    cr_expect_eq(volume_at(1, 1, 35)->module, 1);
    cr_expect_eq(find(1, 1, -1).volume, EOT_COLUMN_FRONT);
    cr_expect_eq(find(1, 1, 50).volume, EOT_COLUMN_REAR);
    cr_expect_eq(find(51, 1, 5).volume, EOT_COLUMN_SIDE);
    cr_expect_eq(world.event.columns.ecal_is_whole, 1);
}

/* The path is that of the line: radiation lengths along z of what it crosses. */
Test(columns, an_inclined_axis_counts_what_it_crosses, .fini = release) {
    make("    - {name: block, size: [6 cm, 10 cm], center: [8 cm, 0 cm], z: 0 cm, thickness: 20 cm, material: iron}\n"
         "    - {name: wall, size: [40 cm, 40 cm], z: 40 cm, thickness: 30 cm, material: polystyrene}\n",
         "vacuum");
    const eot_shower_axis axis = {4.0f, 0.5f, 5.0f, 0.2f, 0.01f}; /* out of the ECAL at z = 10, out of iron at z = 20 */
    double lead = (double)world.event.volume[world.event.columns.ecal].inverse_X0,
           iron = (double)volume_at(6, 0, 5)->inverse_X0, wall = (double)volume_at(0, 0, 50)->inverse_X0;
    double crossed[] = {5.0 * lead, 10.0 * iron, 20.0 * 0.0, 30.0 * wall}, end[] = {10.0, 20.0, 40.0, 70.0},
           start = 5.0;
    for (int i = 0; i < 4; i++) {
        double before = 0.0;
        for (int k = 0; k < i; k++) before += crossed[k];
        if (crossed[i] > 0.0) {
            double want = start + 0.3 * (end[i] - start);
            eot_column_place p = walk(axis, before + 0.3 * crossed[i], 1);
            cr_expect_float_eq((double)p.z, want, 2e-3, "piece %d: z = %g, not %g", i, (double)p.z, want);
            eot_shower_axis back = axis; /* from there backwards, the same way */
            back.z = p.z;
            back.x = axis.x + axis.sx * (p.z - axis.z);
            back.y = axis.y + axis.sy * (p.z - axis.z);
            eot_column_place q = walk(back, before + 0.3 * crossed[i] + 1.0 * lead, -1);
            cr_expect_float_eq((double)q.z, 4.0, 5e-3, "piece %d: back to z = %g", i, (double)q.z);
        }
        start = end[i];
    }
    cr_expect_eq(walk(axis, 1e3, 1).volume, EOT_COLUMN_REAR);
    cr_expect_eq(walk(axis, 1e3, -1).volume, EOT_COLUMN_FRONT);
    eot_shower_axis out = {4.0f, 0.5f, 25.0f, 3.0f, 0.0f};
    cr_expect_eq(walk(out, 1.0, 1).volume, EOT_COLUMN_SIDE);
    cr_expect_eq(walk(out, 1.0, 1).has_met, 0);
}

/* Energy goes where the place is, not where the axis is. */
Test(columns, deposits_go_to_the_volume_at_the_place, .fini = release) {
    make("    - {name: front, size: [20 cm, 20 cm], z: -50 cm, thickness: 1 cm, material: iron}\n"
         "    - {name: veto, role: veto, size: [6 cm, 10 cm], center: [8 cm, 0 cm], z: 0 cm, thickness: 20 cm,\n"
         "       material: polystyrene, active: on}\n"
         "    - {name: block, size: [6 cm, 10 cm], center: [-8 cm, 0 cm], z: 0 cm, thickness: 20 cm, material: iron}\n"
         "    - {name: wall, size: [6 cm, 10 cm], z: 60 cm, thickness: 10 cm, material: iron}\n",
         "vacuum");
    i64 acc[EOT_N_ACC] = {0}, want[EOT_N_LEDGER] = {0};
    eot_deposit_view d = eot_deposit_view_of(world.table.value, &world.event, acc);
    int ecal = world.event.columns.ecal;
    static const struct {
        f32 x, y, z;
        int from_ecal, ledger, is_inside;
    } at[] = {{1.0f, -1.0f, 3.0f, 1, EOT_ACC_LEDGER_ECAL, 1},   {6.0f, 1.0f, 3.0f, 1, EOT_ACC_LEDGER_VETO, 1},
              {-6.0f, 1.0f, 3.0f, 1, EOT_ACC_LEDGER_OTHER, 1},  {1.0f, 6.0f, 3.0f, 1, EOT_ACC_LEDGER_SIDE, 0},
              {1.0f, 60.0f, 3.0f, 1, EOT_ACC_LEDGER_SIDE, 0},   {1.0f, 1.0f, -49.5f, 0, EOT_ACC_LEDGER_FRONT, 1},
              {1.0f, 1.0f, 65.0f, 0, EOT_ACC_LEDGER_OTHER, 1},  {1.0f, 1.0f, 80.0f, 0, EOT_ACC_LEDGER_REAR, 0},
              {1.0f, 1.0f, -80.0f, 0, EOT_ACC_LEDGER_FRONT, 0}, {1.0f, 1.0f, 30.0f, 0, EOT_ACC_LEDGER_OTHER, 1}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        eot_column_place axis = at[i].from_ecal ? eot_column_place_of(ecal, at[i].z)
                                                : find((double)at[i].x, (double)at[i].y, (double)at[i].z);
        i64 counts = (i64)1 << i;
        want[at[i].ledger] += counts;
        cr_expect_eq(eot_deposit_at(d, axis, at[i].x, at[i].y, counts, 1), at[i].is_inside, "point %zu", i);
    }
    for (int i = 0; i < EOT_N_LEDGER; i++)
        cr_expect_eq(acc[i], want[i], "term %d of the ledger: %lld", i, (long long)acc[i]);
    cr_expect_eq(acc[EOT_ACC_VETO_VISIBLE], 2);
    cr_expect_eq(acc[EOT_ACC_ECAL_CELL + 1], 1, "the cell at positive x, negative y");
}

Test(columns, there_may_be_many_volumes, .fini = release) {
    char text[1 << 15];
    size_t n = 0;
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "    - {name: v%d, size: [4 cm, 4 cm], center: [%d mm, 0 cm], z: %g cm, thickness: 4 mm, "
                              "material: %s}\n",
                              i, i % 7, 21.0 + 0.5 * i, i % 2 ? "iron" : "lead");
    make(text, "air");
    cr_expect_eq(world.event.n_volume, 4, "an ECAL, two materials and the world");
    for (int i = 0; i < 200; i++) {
        const eot_deposit_volume *v = volume_at(0.1 * (i % 7), 0.0, 21.2 + 0.5 * i);
        cr_expect_eq(v->is_void, 0);
        if (i < 199) cr_expect_eq(volume_at(0.1 * (i % 7), 0.0, 21.45 + 0.5 * i)->is_void, 1);
    }
}
