/* The path of a step through layers: where the clock runs out, what ends the step otherwise, and the sums on the way.
 */
#include "muon_matter.h"

/* Layers of 1 cm along z, kinds 0 and 1 by turns, with hard events at RATE[kind] per cm. */
static const double RATE[2] = {0.3, 0.05};
enum { N_LAYER = 40 };

static void layers_create(struct matter *m) {
    matter_create(m, 1, 1, N_LAYER);
    for (int k = 0; k < 2; k++) {
        matter_material(m, k, EOT_MUON_RATE, RATE[k]);
        m->region[k].max_step = 1.0e9f;
    }
    for (int a = 0; a < 2; a++)
        for (int i = 0; i < 2; i++) m->value[MATTER_EDGES + a * MATTER_MOST_EDGES + i] = (f32)(2000 * i - 1000);
    for (int i = 0; i < N_LAYER; i++) m->voxel[i] = (u32)(i % 2);
}

static eot_muon_flight fly(const struct matter *m, eot_muon muon, double decay_rate) {
    eot_matter_view view = matter_view(m);
    eot_muon_medium medium =
        eot_muon_medium_at(view.table, view.muon, &m->region[muon.region], (f32)muon.kinetic_energy);
    eot_muon_ahead ahead = eot_muon_look_ahead(view, muon, medium.loss);
    eot_muon_flight flight;
    eot_muon_fly(&flight, view, &muon, &medium, &ahead, (f32)decay_rate);
    return flight;
}

/* Where along z the optical depth `clock` is used up, from z0 on; and the sums over the layers of the other kind than
 * the first. */
struct expected {
    double path, one, two, three;
    int is_event;
};
static struct expected walk(double z0, double cosine, double decay_rate, double clock) {
    struct expected e = {0.0, 0.0, 0.0, 0.0, 0};
    int first = (int)z0 % 2;
    for (int i = (int)z0; i < N_LAYER && !e.is_event; i++) {
        double rate = RATE[i % 2] + decay_rate, length = (fmin(i + 1.0, N_LAYER) - fmax(z0, i)) / cosine;
        if (rate * length > clock) {
            length = clock / rate;
            e.is_event = 1;
        }
        clock -= rate * length;
        double from = e.path, to = e.path + length;
        if (i % 2 != first) {
            e.one += to - from;
            e.two += to * to - from * from;
            e.three += to * to * to - from * from * from;
        }
        e.path = to;
    }
    return e;
}

Test(muon_flight, ends_where_the_optical_depth_is_used_up) {
    static struct matter m;
    layers_create(&m);
    int n_event = 0, n_through = 0;
    for (u64 n = 0; n < 4000; n++) {
        eot_u32x4 x = matter_words(n, 0);
        double z0 = 5.0 * (double)eot_uniform(x.x), cosine = 0.2 + 0.79 * (double)eot_uniform(x.y),
               decay = 0.02 * (double)(n % 2);
        double direction[3] = {sqrt(1.0 - cosine * cosine), 0.0, cosine};
        eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, z0}, direction, 10.0);
        muon.clock = 20.0f * eot_uniform(x.z) * eot_uniform(x.w);
        struct expected want = walk(z0, cosine, decay, (double)muon.clock);
        eot_muon_flight f = fly(&m, muon, decay);
        double rounding = 2.0e-6 * (want.path + 10.0);
        cr_assert_float_eq((double)f.path, want.path, 10.0 * rounding, "%llu: path %g, expected %g",
                           (unsigned long long)n, (double)f.path, want.path);
        cr_assert_float_eq((double)f.in_second.one, want.one, 10.0 * rounding);
        cr_assert_float_eq((double)f.in_second.two, want.two, 20.0 * rounding * want.path);
        cr_assert_float_eq((double)f.in_second.three, want.three, 30.0 * rounding * want.path * want.path);
        if (f.is_event) {
            n_event++;
            cr_assert_eq(f.axis, -1);
            cr_assert_float_eq((double)f.clock, 0.0, 1.0e-5);
            cr_assert_eq(f.i_z, (int)(z0 + want.path * cosine));
            cr_assert_float_eq((double)f.rate, RATE[f.i_z % 2] + decay, 1.0e-7);
            cr_assert_eq(f.is_in_second, f.i_z % 2 != (int)z0 % 2);
        } else { /* out of the last layer, the clock where it should be */
            n_through++;
            cr_assert_eq(f.axis, 2);
            cr_assert_eq(f.i_z, N_LAYER - 1);
            cr_assert_eq(f.edge_z, (f32)N_LAYER);
            cr_assert_eq(want.is_event, 0);
        }
    }
    cr_expect(n_event > 1000 && n_through > 100, "%d events, %d without", n_event, n_through);
}

Test(muon_flight, backwards_is_the_same) {
    static struct matter m;
    layers_create(&m);
    eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 39.75}, (double[]){0.0, 0.0, -1.0}, 10.0);
    muon.clock = 1.0f; /* 0.75 cm at 0.05, then 0.3, 0.05, ... per cm */
    eot_muon_flight f = fly(&m, muon, 0.0);
    double left = 1.0 - 0.75 * 0.05 - 2.0 * 0.35; /* after 4 more layers */
    cr_expect_eq(f.is_event, 1);
    cr_expect_float_eq((double)f.path, 4.75 + left / 0.3, 1.0e-4);
    cr_expect_eq(f.i_z, 34);
}

/* 5 % of the kinetic energy at the larger of the two losses per cm that it has met. */
Test(muon_flight, ends_at_the_longest_step_of_what_it_meets) {
    static struct matter m;
    layers_create(&m);
    matter_material(&m, 0, EOT_MUON_LOSS, 0.01);
    matter_material(&m, 1, EOT_MUON_LOSS, 0.05);
    eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
    muon.clock = 1000.0f;
    eot_muon_flight f = fly(&m, muon, 0.0);
    cr_expect_float_eq((double)f.path, 10.0, 1.0e-5); /* 0.5 GeV at 0.05 GeV/cm */
    cr_expect(f.is_event == 0 && f.axis == -1);
    muon.kinetic_energy = 0.1f; /* 5 MeV: 0.5 cm of the first, then a layer that allows 0.1 cm: none of it */
    f = fly(&m, muon, 0.0);
    cr_expect_float_eq((double)f.path, 0.5, 1.0e-6);
}

Test(muon_flight, ends_at_the_side_of_the_voxel) {
    static struct matter m;
    layers_create(&m);
    eot_muon muon = matter_muon(&m, (double[]){999.0, 0.0, 0.5}, (double[]){0.6, 0.0, 0.8}, 10.0);
    muon.clock = 1000.0f;
    eot_muon_flight f = fly(&m, muon, 0.0);
    cr_expect_float_eq((double)f.path, 1.0 / 0.6, 1.0e-5);
    cr_expect_eq(f.axis, 0);
    cr_expect_eq(f.i_z, 1);
}

/* EOT_MUON_MOST_LAYERS whole layers, and the next, end a step. */
Test(muon_flight, ends_after_so_many_layers) {
    static struct matter m;
    layers_create(&m);
    m.grid.n_z = 90;
    for (int i = 0; i < 90; i++) m.voxel[i] = (u32)(i % 2);
    eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
    muon.clock = 1000.0f;
    eot_muon_flight f = fly(&m, muon, 0.0);
    cr_expect_float_eq((double)f.path, EOT_MUON_MOST_LAYERS + 0.5, 1.0e-4);
    cr_expect(f.axis == 2 && f.is_event == 0 && f.i_z == EOT_MUON_MOST_LAYERS);
}

/* A third kind, another volume, a field or a limit of its own begins a new step. */
Test(muon_flight, ends_before_layers_that_it_may_not_join) {
    static struct matter m;
    for (int k = 0; k < 5; k++) {
        layers_create(&m);
        int stranger = 7;
        if (k == 0) m.voxel[stranger] = 2;
        if (k == 1)
            for (int i = 1; i < N_LAYER; i += 2) m.region[1].volume = 5;
        if (k == 2) m.region[1].field_y = 1.0f;
        if (k == 3) m.region[1].max_step = 3.0f;
        if (k == 4) m.region[0].field_x = 1.0e-6f; /* in a field: no layer but its own */
        eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
        muon.clock = 1000.0f;
        eot_muon_flight f = fly(&m, muon, 0.0);
        cr_expect_eq(f.axis, 2, "%d", k);
        cr_expect_float_eq((double)f.path, k == 0 ? stranger - 0.5 : 0.5, 1.0e-5, "%d: %g cm", k, (double)f.path);
        cr_expect_eq(f.edge_z, k == 0 ? (f32)stranger : 1.0f);
    }
}

/* EOT_MUON_STRAGGLING_MOMENTS draws passive layers with a loss far from Gaussian one by one. */
Test(muon_flight, layers_far_from_Gaussian_are_steps_of_their_own) {
    static struct matter m;
    layers_create(&m);
    for (int k = 0; k < 2; k++) {
        matter_material(&m, k, EOT_MUON_LOSS, 1.0e-3);
        matter_material(&m, k, EOT_MUON_VARIANCE, 1.0e-6); /* mean^2 = variance < 3 variances in 1 cm */
    }
    eot_muon muon = matter_muon(&m, (double[]){0.0, 0.0, 0.0}, (double[]){0.0, 0.0, 1.0}, 10.0);
    muon.clock = 1000.0f;
    cr_expect_eq(fly(&m, muon, 0.0).path, (f32)N_LAYER);
    m.tables.straggling = EOT_MUON_STRAGGLING_MOMENTS;
    cr_expect_eq(fly(&m, muon, 0.0).path, 1.0f);
    matter_material(&m, 0, EOT_MUON_XI, 1.0e-3); /* seen: it goes on into the next, which is passive */
    m.region[0].active[0] = 1;
    cr_expect_eq(fly(&m, muon, 0.0).path, 2.0f);
}
