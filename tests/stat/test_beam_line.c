/* What stands in front of the ECAL acts on the beam: bend, radiation, what misses; step by step with the device's own
 * functions, and whole runs. */
#undef EOT_REAL_DOUBLE
#include "eotmc/physics/brems.h"
#include "eotmc/transport/arrivals.h"
#include "eotmc/transport/event.h"

#include <math.h>
#include <stdlib.h>

#include "../simulation.h"
#include "world/beam_line.h"
#include "world/launch.h"
#include "world/matter.h"

#define NO_FIELD "geometry.volumes.bend.field=[0 T, 0 T, 1e-12 T]"
#define NO_FOIL "geometry.volumes.foil.material=vacuum"
static const char FILE_NAME[] = "tests/beam_line.yaml";

/* The lists of n primaries one after the other; @param list of the last one. */
static void make_lists(const struct simulation *s, u32 n, int64_t sum[EOT_N_BEAM_SUM], f32 list[2 * EOT_N_ARRIVAL]) {
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
    eot_cascade_parameters c = eot_run_cascade_parameters(&s->config, s->world.rare_unit);
    eot_line_view view = eot_line_view_of(eot_world_matter(&s->world), &s->world.event, stack, c.seed, c.run);
    c.n_arrival = s->world.event.line.most;
    c.arrival_stride = 1;
    memset(sum, 0, EOT_N_BEAM_SUM * sizeof *sum);
    for (u32 i = 0; i < n; i++) {
        c.first_primary = i;
        eot_arrivals_list(view, &c, 0, list, sum);
    }
}

/* The first particle of primary 0 that arrives. */
static eot_line_step first_arrival(const struct simulation *s) {
    static f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
    eot_beam beam = s->world.event.beam;
    eot_line_view view = eot_line_view_of(eot_world_matter(&s->world), &s->world.event, stack, 1, 0);
    eot_line_state p =
        eot_line_start(view, eot_source_sample(beam, 0, 1, 0, beam.position_z), eot_primary_type(&s->config), 0);
    eot_line_step step = eot_line_advance(view, p);
    while (step.outcome != EOT_LINE_ARRIVES && step.after.is_alive) step = eot_line_advance(view, step.after);
    cr_assert_eq(step.outcome, EOT_LINE_ARRIVES, "nothing arrives");
    return step;
}

/* sin(theta) = 0.299792458 B l/p = 0.08394 at 10 GeV. */
Test(beam_line, a_field_bends) {
    static const struct {
        const char *particle, *energy, *field, *center;
        double angle, at_front; /* mrad; cm */
    } want[] = {{"e-", "10 GeV", "[0 T, 1.4 T, 0 T]", "[21 cm, 0 cm]", 84.04, 21.04},
                {"e+", "10 GeV", "[0 T, 1.4 T, 0 T]", "[-21 cm, 0 cm]", -84.04, -21.04},
                {"e-", "10 GeV", "[0 T, -1.4 T, 0 T]", "[-21 cm, 0 cm]", -84.04, -21.04},
                {"e-", "100 GeV", "[0 T, 1.4 T, 0 T]", "[0 cm, 0 cm]", 8.394, 2.098},
                {"gamma", "10 GeV", "[0 T, 1.4 T, 0 T]", "[0 cm, 0 cm]", 0.0, 0.0}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct simulation s;
        char text[4][96];
        snprintf(text[0], sizeof text[0], "beam.particle=%s", want[i].particle);
        snprintf(text[1], sizeof text[1], "beam.energy=%s", want[i].energy);
        snprintf(text[2], sizeof text[2], "geometry.volumes.bend.field=%s", want[i].field);
        snprintf(text[3], sizeof text[3], "geometry.volumes.ecal.center=%s", want[i].center);
        simulation_open(&s, FILE_NAME, (const char *const[]){NO_FOIL, text[0], text[1], text[2], text[3], NULL},
                        "host");
        eot_line_step a = first_arrival(&s);
        double angle = 1e3 * atan((double)a.sx);
        cr_expect_float_eq(angle, want[i].angle, 1e-3 * fabs(want[i].angle) + 1e-3, "%s, %s: %g mrad", want[i].particle,
                           want[i].energy, angle);
        cr_expect_float_eq(a.from.x, want[i].at_front, 1e-2 * fabs(want[i].at_front) + 1e-3, "x = %g cm", a.from.x);
        cr_expect_float_eq(a.from.y, 0.0, 1e-3);
        cr_expect_float_eq(a.from.z, 0.0, 1e-4);
        cr_expect_eq(a.before.E, (f32)s.config.beam.energy);
        simulation_close(&s);
    }
}

/* Electrons behind some lead by integration, without the sampler: bins of E0/N_BIN, rates between them from dsigma/dk,
 * fourth-order Runge-Kutta in depth. Photons below half a bin are left out. */
enum { N_BIN = 2000 };
struct spectrum {
    double h;              /* GeV, width of a bin */
    double all[N_BIN + 1]; /* 1/cm, out of each bin; the last one is the beam's own energy */
    double *rate;          /* [from][to], 1/cm */
    double f[N_BIN + 1];
};

static double rate_of(const struct eot_material *m, double E, double low, double high) {
    static const double x[2] = {0.21132486540518713, 0.78867513459481287};
    eot_brems_medium suppression = {(f32)((double)EOT_LPM_ENERGY_PER_X0 * m->X0), (f32)(m->plasma_energy * 1e-9)};
    double sum = 0.0;
    for (int k = 0; k < m->n_element; k++)
        for (int i = 0; i < 2; i++)
            sum +=
                m->density * (double)EOT_AVOGADRO * m->element[k].mass_fraction / m->element[k].A * 0.5 * (high - low) *
                (double)eot_brems_dxsec_dk((f32)E, (f32)(low + x[i] * (high - low)), (f32)m->element[k].Z, suppression);
    return sum;
}

static void spectrum_make(struct spectrum *s, const struct eot_material *m, double E0) {
    s->h = E0 / N_BIN;
    s->rate = calloc((size_t)(N_BIN + 1) * N_BIN, sizeof *s->rate);
    cr_assert_not_null(s->rate);
    for (int i = 1; i <= N_BIN; i++) {
        double E = i == N_BIN ? E0 : (i + 0.5) * s->h;
        s->all[i] = 0.0;
        for (int j = 0; j < i; j++) {
            double low = fmax(E - (j + 1) * s->h, 0.5 * s->h), high = E - j * s->h;
            double rate = high > low ? rate_of(m, E, low, high) : 0.0;
            s->rate[(size_t)i * N_BIN + (size_t)j] = rate;
            s->all[i] += rate;
        }
    }
    s->all[0] = 0.0;
    memset(s->f, 0, sizeof s->f);
    s->f[N_BIN] = 1.0;
}

static void derivative(const struct spectrum *s, const double *f, double *slope) {
    for (int i = 0; i <= N_BIN; i++) slope[i] = -s->all[i] * f[i];
    for (int i = 1; i <= N_BIN; i++) {
        const double *row = s->rate + (size_t)i * N_BIN;
        for (int j = 0; j < i; j++) slope[j] += row[j] * f[i];
    }
}

static void spectrum_advance(struct spectrum *s, double path) {
    static double k[4][N_BIN + 1], f[N_BIN + 1];
    static const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
    for (int r = 0; r < 4; r++) {
        for (int i = 0; i <= N_BIN; i++) f[i] = s->f[i] + (r > 0 ? at[r] * path * k[r - 1][i] : 0.0);
        derivative(s, f, k[r]);
    }
    for (int i = 0; i <= N_BIN; i++)
        for (int r = 0; r < 4; r++) s->f[i] += weight[r] * path * k[r][i];
}

/* The energy that 100 GeV electrons keep behind 0.1 X0 of lead, in shares of the beam. Complete screening without
 * suppression gives .00575 .01168 .01248 .01405 .01648 .02040 .02692 .03883 .06703 .06516. */
Test(beam_line, lead_in_front_leaves_the_spectrum_of_the_convolution) {
    enum { N = 2000000, N_SHARE = 10, N_DEPTH = 10 };
    static const int from[N_SHARE] = {5, 10, 20, 30, 40, 50, 60, 70, 80, 90},
                     to[N_SHARE] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 95};
    struct simulation s;
    static struct spectrum want;
    static int64_t sum[EOT_N_BEAM_SUM];
    f32 list[2 * EOT_N_ARRIVAL];
    simulation_open(&s, FILE_NAME, (const char *const[]){NO_FIELD, NULL}, "host");
    const struct eot_volume_config *foil = &s.config.geometry.volume[0];
    make_lists(&s, N, sum, list);
    spectrum_make(&want, &s.setup.material[foil->layer[0].material], 100.0);
    for (int i = 0; i < N_DEPTH; i++) spectrum_advance(&want, foil->thickness / N_DEPTH);
    for (int k = 0; k < N_SHARE; k++) {
        double share = 0.0, expected = 0.0;
        for (int b = from[k]; b < to[k]; b++) share += (double)sum[EOT_BEAM_KEPT + b] / N;
        for (int b = from[k] * N_BIN / 100; b < to[k] * N_BIN / 100; b++) expected += want.f[b];
        printf("E'/E %.2f to %.2f: %.5f +- %.5f, by integration %.5f\n", from[k] / 100.0, to[k] / 100.0, share,
               sqrt(share / N), expected);
        cr_expect_float_eq(share / expected, 1.0, 0.02 + 3.0 / sqrt(N * expected), "E'/E from %d %%", from[k]);
    }
    cr_expect_eq(sum[EOT_BEAM_IN],
                 sum[EOT_BEAM_IONISATION] + sum[EOT_BEAM_BELOW] + sum[EOT_BEAM_ARRIVED] + sum[EOT_BEAM_MISSED]);
    cr_expect_eq(sum[EOT_BEAM_HIT], N);
    cr_expect_eq(sum[EOT_BEAM_SPILLED], 0);
    /* 0.56 mm of lead: 1.2 MeV, by the Bethe formula that the cascade has */
    cr_expect_float_eq((double)sum[EOT_BEAM_IONISATION] / EOT_ENERGY_QUANTUM / N, 1.2e-3, 0.05e-3);
    free(want.rate);
    simulation_close(&s);
}

/* Every count of a primary is somewhere: in the matter in front, the ECAL, the VETO, beside and behind them, or gone.
 */
Test(beam_line, energy_is_kept_to_the_last_count) {
    static const char *const set[][4] = {
        {"beam.spot_x=8 cm", "geometry.volumes.veto.size=[20 cm, 20 cm]", NULL},
        {"beam.particle=gamma", "beam.divergence_x=20 mrad",
         "physics.secondaries=off"}, /* its VETO spots are where they are made */
        {"beam.energy=10 GeV", "beam.divergence_y=25 mrad", "geometry.volumes.ecal.center=[20 cm, 0 cm]", NULL},
        {"geometry.volumes.foil.thickness=5 mm", "beam.spot_y=6 cm", "physics.cut=0.2 GeV", NULL}};
    static int64_t sum[EOT_N_BEAM_SUM], acc[EOT_N_ACC], tally[EOT_N_TALLY], total[EOT_N_LEDGER];
    static f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
    for (size_t k = 0; k < sizeof set / sizeof set[0]; k++) {
        struct simulation s;
        f32 list[2 * EOT_N_ARRIVAL];
        simulation_open(&s, FILE_NAME, set[k], "host");
        eot_event_launch launch = eot_event_launch_from(&s.config, &s.world);
        launch.has_vertex = 0;
        eot_replay_view view = eot_replay_view_of(s.world.table.value, &s.world.event, &launch, stack, 1, 0);
        view.matter = eot_world_matter(&s.world);
        memset(total, 0, sizeof total);
        for (u32 primary = 0; primary < 150; primary++) {
            eot_vertex_record record = {primary, 0, 0.0f, 0.0f, 0.0f};
            i64 all = 0;
            memset(acc, 0, sizeof acc);
            eot_event_vertex v =
                eot_event_replay(view, eot_replay_deposits(view, acc, NULL), s.world.em, record, tally);
            for (int i = 0; i < EOT_N_LEDGER; i++) {
                all += acc[i];
                total[i] += acc[i];
            }
            cr_assert_eq(all, eot_energy_counts(v.E_beam), "set-up %zu, primary %u: %lld counts missing", k, primary,
                         (long long)(eot_energy_counts(v.E_beam) - all));
            cr_assert_eq(v.fault, 0u);
        }
        make_lists(&s, 1000, sum, list);
        cr_expect_eq(sum[EOT_BEAM_IN],
                     sum[EOT_BEAM_IONISATION] + sum[EOT_BEAM_BELOW] + sum[EOT_BEAM_ARRIVED] + sum[EOT_BEAM_MISSED]);
        cr_expect(sum[EOT_BEAM_HIT] > 50 && sum[EOT_BEAM_HIT] < 1000, "set-up %zu: %lld hits", k,
                  (long long)sum[EOT_BEAM_HIT]);
        cr_expect(total[EOT_ACC_LEDGER_ECAL] > 0 && total[EOT_ACC_LEDGER_FRONT] > 0, "set-up %zu", k);
        cr_expect_gt(total[EOT_ACC_LEDGER_MISSED] + total[EOT_ACC_LEDGER_VETO], 0, "set-up %zu", k);
        simulation_close(&s);
    }
}

/* At 0.1 rad beside the ECAL: in by its side at the depth that geometry says, or by nothing. */
Test(beam_line, a_beam_at_an_angle_enters_by_the_side) {
    struct simulation s;
    simulation_open(&s, FILE_NAME,
                    (const char *const[]){NO_FIELD, NO_FOIL, "beam.position_x=-51 cm", "beam.angle_x=0.1 rad",
                                          "geometry.volumes.ecal.thickness=60 cm", "geometry.volumes.veto.z=70 cm",
                                          "geometry.volumes.ecal.center=[0 cm, 3 cm]", NULL},
                    "host");
    eot_line_step a = first_arrival(&s);
    cr_expect_float_eq(a.from.z, 10.0, 1e-3, "enters at z = %g cm", a.from.z);
    cr_expect_float_eq(a.from.x, -10.0, 1e-4, "enters at x = %g cm", a.from.x);
    cr_expect_float_eq((double)a.sx, 0.1, 1e-5);
    simulation_run(&s);
    cr_expect_eq(simulation_estimate(&s, "beam.ecal_hit_fraction")->value, 1.0);
    double deep = simulation_estimate(&s, "dimuon.mean_depth_X0")->value;
    simulation_close(&s);
    simulation_open(&s, FILE_NAME,
                    (const char *const[]){NO_FIELD, NO_FOIL, "geometry.volumes.ecal.thickness=60 cm",
                                          "geometry.volumes.veto.z=70 cm", NULL},
                    "host");
    simulation_run(&s);
    double front = simulation_estimate(&s, "dimuon.mean_depth_X0")->value,
           error = simulation_estimate(&s, "dimuon.mean_depth_X0")->std_error;
    cr_expect_float_eq(deep - front, 10.0 / s.world.calorimeter_X0, 6.0 * error, "mean depth %g and %g X0", deep,
                       front);
    simulation_close(&s);
}

/* The same set-up somewhere else is the same. */
Test(beam_line, a_moved_set_up_gives_the_same) {
    static const char *const
        here[] = {"beam.spot_x=8 cm", "beam.energy=40 GeV", "beam.angle_x=-20 mrad", "beam.position_x=6 cm", NULL},
        *const there[] = {
            "beam.spot_x=8 cm",
            "beam.energy=40 GeV",
            "beam.angle_x=-20 mrad",
            "beam.position_x=14 cm",
            "beam.position_y=-16 cm",
            "beam.position_z=-368 cm",
            "geometry.world={material: vacuum, min: [-92 cm, -116 cm, -418 cm], max: [108 cm, 84 cm, 182 cm]}",
            "geometry.volumes.foil.center=[8 cm, -16 cm]",
            "geometry.volumes.bend.center=[8 cm, -16 cm]",
            "geometry.volumes.ecal.center=[8 cm, -16 cm]",
            "geometry.volumes.veto.center=[8 cm, -16 cm]",
            "geometry.volumes.foil.z=-68 cm",
            "geometry.volumes.bend.z=-318 cm",
            "geometry.volumes.ecal.z=32 cm",
            "geometry.volumes.veto.z=82 cm",
            NULL};
    static int64_t sum[2][EOT_N_BEAM_SUM];
    enum { N = 20000 };
    for (int k = 0; k < 2; k++) {
        struct simulation s;
        f32 list[2 * EOT_N_ARRIVAL];
        simulation_open(&s, FILE_NAME, k == 0 ? here : there, "host");
        make_lists(&s, N, sum[k], list);
        simulation_close(&s);
    }
    printf("%lld and %lld of %d hit\n", (long long)sum[0][EOT_BEAM_HIT], (long long)sum[1][EOT_BEAM_HIT], N);
    cr_expect(sum[0][EOT_BEAM_HIT] > N / 10 && sum[0][EOT_BEAM_HIT] < N);
    /* the same random numbers; rounding decides at edges only */
    cr_expect_float_eq((double)sum[0][EOT_BEAM_HIT], (double)sum[1][EOT_BEAM_HIT], 5.0);
    cr_expect_float_eq((double)sum[0][EOT_BEAM_ARRIVED] / (double)sum[1][EOT_BEAM_ARRIVED], 1.0, 1e-3);
    cr_expect_float_eq((double)sum[0][EOT_BEAM_IONISATION] / (double)sum[1][EOT_BEAM_IONISATION], 1.0, 1e-3);
}

/* Matter cut into pieces, vacuum put anywhere: one material, the same mean losses and scattering. */
Test(beam_line, matter_may_be_cut) {
    static const char *const
        whole[] = {NO_FIELD, "geometry.volumes.foil.thickness=2 mm", NULL},
        *const cut[] = {
            NO_FIELD,
            "geometry.volumes=[{name: a, z: -100 cm, size: [60 cm, 60 cm], material: lead, thickness: 0.7 mm},"
            "{name: v, z: -99.93 cm, size: [50 cm, 60 cm], material: vacuum, thickness: 3 cm},"
            "{name: b, z: -90 cm, size: [60 cm, 60 cm], material: lead, thickness: 1.3 mm},"
            "{name: bend, role: magnet, z: -350 cm, size: [60 cm, 60 cm], material: vacuum, thickness: 200 cm, field: "
            "[0 T, 0 T, 1e-12 T]},"
            "{name: ecal, role: ecal, z: 0 cm, size: [20 cm, 20 cm], material: lead, thickness: 20 cm, active: on}]",
            NULL};
    enum { N = 100000 };
    static int64_t sum[2][EOT_N_BEAM_SUM];
    for (int k = 0; k < 2; k++) {
        struct simulation s;
        f32 list[2 * EOT_N_ARRIVAL];
        simulation_open(&s, FILE_NAME, (k == 0 ? whole : cut) + (k == 0 ? 0 : 1), "host");
        make_lists(&s, N, sum[k], list);
        cr_expect_float_eq((double)s.world.event.line.X0, 0.2 / 0.5612, 1e-3);
        simulation_close(&s);
    }
    double chi2 = 0.0;
    int n = 0;
    for (int b = 0; b < EOT_N_KEPT_BIN; b++) {
        double x = (double)sum[0][EOT_BEAM_KEPT + b], y = (double)sum[1][EOT_BEAM_KEPT + b];
        if (x + y < 20.0) continue;
        chi2 += (x - y) * (x - y) / (x + y);
        n++;
    }
    printf("chi2 %.1f for %d bins\n", chi2, n);
    cr_expect_lt(chi2, n + 5.0 * sqrt(2.0 * n));
    cr_expect_float_eq((double)sum[0][EOT_BEAM_IONISATION] / (double)sum[1][EOT_BEAM_IONISATION], 1.0, 0.01);
}

/* Thin matter takes less than a few steps of an f32 energy (100 GeV: 8 keV): 2 m of air whole and in 25 pieces, of
 * which each takes 3.8 such steps. */
Test(beam_line, thin_matter_takes_the_same_in_pieces) {
    enum { N = 20000, N_PIECE = 25, SIZE = 4096 };
    double loss[2];
    for (int k = 0; k < 2; k++) {
        struct simulation s;
        f32 list[2 * EOT_N_ARRIVAL];
        static int64_t sum[EOT_N_BEAM_SUM];
        int n_piece = k == 0 ? 1 : N_PIECE;
        char text[SIZE] = "geometry.volumes=[";
        for (int i = 0; i < n_piece; i++)
            snprintf(text + strlen(text), SIZE - strlen(text),
                     "{name: air%d, z: %g cm, size: [60 cm, 60 cm], material: air, thickness: %g cm},", i,
                     -250.0 + 200.0 * i / n_piece, 200.0 / n_piece);
        snprintf(
            text + strlen(text), SIZE - strlen(text),
            "{name: ecal, role: ecal, z: 0 cm, size: [20 cm, 20 cm], material: lead, thickness: 20 cm, active: on}]");
        simulation_open(&s, FILE_NAME, (const char *const[]){text, "beam.energy=100 GeV", NULL}, "host");
        make_lists(&s, N, sum, list);
        loss[k] = (double)sum[EOT_BEAM_IONISATION] / EOT_ENERGY_QUANTUM / N;
        simulation_close(&s);
    }
    cr_expect_float_eq(loss[1] / loss[0], 1.0, 2e-3, "%g and %g GeV", loss[0], loss[1]);
}

/* Inputs of users that version 0.1.0 got wrong. */
Test(beam_line, a_beam_that_hits_nothing_is_refused) {
    static const char *const set[][4] = {
        {NO_FIELD, NO_FOIL, "beam.position_x=12 cm", NULL},                    /* beside the ECAL */
        {NO_FOIL, "beam.energy=10 GeV", NULL},                                 /* bent by 84 mrad, 21 cm */
        {"geometry.volumes.foil.thickness=1 cm", "beam.particle=gamma", NULL}, /* 1.8 X0 */
        {NO_FIELD, "beam.position_z=60 cm", NULL}};                            /* behind the ECAL */
    static const char *const why[] = {"reaches the ECAL", "reaches the ECAL", "1.78 X0", "reaches the ECAL"};
    for (size_t k = 0; k < sizeof set / sizeof set[0]; k++) {
        struct simulation s;
        simulation_open(&s, FILE_NAME, set[k], "host");
        cr_expect_eq(simulation_execute(&s), EOT_E_CONFIG, "set-up %zu", k);
        cr_expect_not_null(strstr(s.error.text, why[k]), "%s", s.error.text);
        simulation_close(&s);
    }
}

/* A Gaussian spot on a smaller ECAL: the share that hits, and a rate per particle of the beam. */
Test(beam_line, rates_are_per_particle_of_the_beam) {
    static const char *const wide[] = {NO_FIELD, NO_FOIL, "beam.spot_x=10 cm", "beam.spot_y=20 cm", NULL},
                             *const narrow[] = {NO_FIELD, NO_FOIL, NULL};
    struct simulation s;
    double rate[2], error[2], hit = erf(1.0 / sqrt(2.0)) * erf(0.5 / sqrt(2.0));
    for (int k = 0; k < 2; k++) {
        simulation_open(&s, FILE_NAME, k == 0 ? wide : narrow, NULL);
        simulation_run(&s);
        const struct eot_estimate *e = simulation_estimate(&s, "dimuon.per_eot"),
                                  *h = simulation_estimate(&s, "beam.ecal_hit_fraction");
        rate[k] = e->value;
        error[k] = e->std_error;
        if (k == 0) cr_expect_float_eq(h->value, hit, 4.0 * h->std_error, "%g hit, want %g", h->value, hit);
        cr_expect_gt(h->std_error, 0.0);
        cr_expect_eq(s.result.energy_residual, 0.0);
        simulation_close(&s);
    }
    cr_expect_float_eq(rate[0] / hit, rate[1], 4.0 * hypot(error[0] / hit, error[1]), "%g for %g", rate[0], rate[1]);
}

/* With matter, a field, misses and entries by the side: forced as analog, host as device, whatever the batch. */
Test(beam_line, forced_agrees_with_analog_and_host_with_device) {
    struct simulation s;
    char hash[65];
    simulation_open(&s, FILE_NAME,
                    (const char *const[]){"beam.spot_x=6 cm", "beam.energy=60 GeV", "beam.angle_x=-14 mrad",
                                          "geometry.volumes.foil.thickness=2 mm", "sampling.eot=20000",
                                          "sampling.batch=1000", "scoring.deposit_fraction=0.1", NULL},
                    NULL);
    simulation_run(&s);
    const struct eot_estimate *e = simulation_estimate(&s, "dimuon.per_eot");
    double forced = e->value, error = e->std_error;
    cr_expect_eq(s.result.energy_residual, 0.0);
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    s.config.sampling.analog_enhancement = 500.0;
    s.config.sampling.eot = 100000;
    s.config.sampling.seed = 2;
    simulation_run(&s);
    e = simulation_estimate(&s, "dimuon.per_eot");
    double pull = (forced - e->value) / hypot(error, e->std_error);
    printf("forced %.4g +- %.2g, analog %.4g +- %.2g: %.2f sigma\n", forced, error, e->value, e->std_error, pull);
    cr_expect_lt(fabs(pull), 4.0);
    s.config.sampling.eot = 300;
    for (int m = 0; m < 2; m++) {
        s.config.sampling.mode = m == 0 ? EOT_SAMPLING_FORCED : EOT_SAMPLING_ANALOG;
        s.config.sampling.batch = 100;
        simulation_run(&s);
        snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
        s.config.sampling.batch = 37;
        simulation_run(&s);
        cr_expect_str_eq(s.result.tally_sha256, hash, "batches of 37");
        struct eot_backend *device = s.backend;
        s.backend = NULL;
        simulation_open_backend(&s, &(struct eot_backend_options){.selector = "host"});
        simulation_run(&s);
        cr_expect_str_eq(s.result.tally_sha256, hash, "the host");
        eot_backend_close(s.backend);
        s.backend = device;
    }
    simulation_close(&s);
}
