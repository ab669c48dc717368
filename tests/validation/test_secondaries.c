/* What VETO and HCAL see of a muon's secondaries: against full Geant4 of the NA64 set-up, and in other set-ups against
 * a simulation of every collision of the muon and all that comes of it, step by step through the layers
 * (physics/soft), of which the tables know nothing but single collisions. */
#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef EOT_REAL_DOUBLE /* follows muons as the device does */
#include "eotmc/select/response.h"
#include "eotmc/transport/event.h"
#include "physics/muon_integrals.h"
#include "physics/soft/muon_source.h"
#include "world/matter.h"
#include "world/secondaries_stack.h"

static int compare(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}
static double quantile(double *sorted, int n, double q) { return sorted[(int)(q * n)]; }
static double above(const double *value, int n, double x) {
    int k = 0;
    for (int i = 0; i < n; i++) k += value[i] > x;
    return (double)k / n;
}

/* One set-up: what stands before the VETO, and an HCAL module. */
struct setup {
    struct eot_config config;
    struct eot_setup setup;
    struct eot_world world;
    bool has_showers; /* muons: what showers of their large losses send into the VETO counts */
};

static const char TEXT[] =
    "schema: eotmc-config/1\nbeam: {particle: e-, energy: 100 GeV, position_z: -5 cm}\n"
    "geometry:\n  layers: %s\n  world: {material: air, min: [-50 cm, -50 cm, -10 cm], max: [50 cm, 50 cm, 300 cm]}\n"
    "  volumes:\n"
    "    - {name: ecal, role: ecal, z: 0 cm, size: [22.92 cm, 22.92 cm], repeat: 150,\n"
    "       layers: [{material: lead, thickness: 1.5 mm}, {material: polystyrene, thickness: 1.5 mm, active: on}]}\n"
    "    - {name: veto, role: veto, z: %g cm, size: [55 cm, 55 cm], material: polystyrene, thickness: %g cm, active: "
    "on}\n"
    "    - {name: hcal0, role: hcal, z: 100 cm, size: [60 cm, 60 cm], repeat: %d,\n"
    "       layers: [{material: %s, thickness: %g mm}, {material: polystyrene, thickness: %g mm, active: on}]}\n"
    "physics: {cut: 2 GeV, decay: off}\n";

static void make(struct setup *s, const char *layers, double veto_z, double veto, int repeat, const char *absorber,
                 double absorber_mm, double active_mm) {
    char text[2048];
    struct eot_error err = {0};
    snprintf(text, sizeof text, TEXT, layers, veto_z, veto, repeat, absorber, absorber_mm, active_mm);
    s->has_showers = false;
    cr_assert_eq(eot_config_read_text("test", text, NULL, 0, &s->config, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_setup_create(&s->config, &s->setup, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(eot_world_create(&s->config, &s->setup, 2.0, &s->world, &err), EOT_OK, "%s", err.text);
}
static void unmake(struct setup *s) {
    eot_world_free(&s->world);
    eot_setup_free(&s->setup);
    eot_config_free(&s->config);
}

/* What n muons, or pairs of muons, along the axis from z [cm] leave [MeV]. @param crossed in the VETO of what was made
 * before it. */
static void follow_some(const struct setup *s, double E, int n_each, double z, int n, double *veto, double *crossed,
                        double *hcal) {
    const struct eot_world *w = &s->world;
    eot_event_launch launch = {.seed = 3};
    i64 *acc = calloc(EOT_N_ACC, sizeof *acc), *tally = calloc(EOT_N_TALLY, sizeof *tally);
    const double MeV = 1e3 / EOT_ENERGY_QUANTUM;
    for (int i = 0; i < n; i++) {
        eot_event_vertex v = eot_event_vertex_none();
        memset(acc, 0, EOT_N_ACC * sizeof *acc);
        v.weight = 1.0f;
        v.E_minus = v.E_plus = (f32)E;
        v.minus = v.plus = (eot_vec3){0.0f, 0.0f, 1.0f};
        v.z = z;
        eot_event_view view = eot_event_view_of(&w->event, &launch, acc, tally);
        for (int k = 0; k < n_each; k++) eot_event_muon(eot_world_matter(w), view, (u64)i, v, 2 * k - 1);
        if (s->has_showers) eot_event_arrivals(w->table.value, view, (u64)i);
        veto[i] = MeV * (double)acc[EOT_ACC_VETO_VISIBLE];
        crossed[i] = MeV * (double)acc[EOT_ACC_CROSSED];
        hcal[i] = MeV * (double)acc[EOT_ACC_HCAL_VISIBLE];
    }
    free(acc);
    free(tally);
}
static void follow(const struct setup *s, double E, double z, int n, double *veto, double *crossed, double *hcal) {
    follow_some(s, E, 1, z, n, veto, crossed, hcal);
}

/* The same by every collision above 0.1 MeV, one by one: of a muon of constant energy in a stack, from slab `first` up
 * to `last`. */
static void follow_all(const struct setup *s, struct eot_secondaries_stack *stack, double E, int first, int last, int n,
                       double *seen) {
    enum { N = 200 };
    const double LEAST = 1e-4, T = E - (double)EOT_M_MUON, along[3] = {0.0, 0.0, 1.0};
    struct eot_muon_integrator g;
    struct eot_error err = {0};
    const int n_material = s->setup.n_material;
    struct eot_secondaries_media media = {&s->setup, calloc((size_t)n_material, sizeof *media.medium),
                                          calloc((size_t)n_material, sizeof *media.is_built)};
    struct eot_soft_stack soft = eot_secondaries_soft(stack, &media);
    struct eot_soft_particle *waiting = malloc(EOT_SOFT_MOST * sizeof *waiting);
    double(*sum)[3][N + 1] = calloc((size_t)n_material, sizeof *sum), *mean = calloc((size_t)n_material, sizeof *mean);
    cr_assert_eq(eot_muon_integrator_create(1e-3, &g, &err), EOT_OK);
    for (int m = 0; m < n_material; m++) {
        const struct eot_material *a = &s->setup.material[m];
        mean[m] = a->density * (eot_muon_ionisation(&g, a, T) -
                                eot_muon_delta_moment(&g, T, a->Z_over_A, 1, LEAST, 0.999 * T * T / (T + 0.0109)));
        for (int p = 0; p < 3; p++)
            for (int i = 0; i < N; i++) {
                double low = p == EOT_SOFT_MUON_PAIR ? 2.05e-3 : LEAST, W = low * pow(T / low, (i + 0.5) / N);
                sum[m][p][i + 1] = sum[m][p][i] + a->density * eot_soft_muon_density(&g, a, p, T, W) * log(T / low) / N;
            }
    }
    struct eot_soft_random random = {11};
    for (int k = 0; k < n; k++) {
        seen[k] = 0.0;
        for (int i = first; i < last; i++) {
            int m = stack->slab[i].medium;
            double thickness = stack->edge[i + 1] - stack->edge[i];
            if (stack->slab[i].score == 0) { /* below: many and soft */
                double variance =
                    thickness * s->setup.material[m].density * 0.1535e-3 * s->setup.material[m].Z_over_A * LEAST;
                seen[k] += thickness * mean[m] + sqrt(-2.0 * variance * log(eot_soft_uniform(&random))) *
                                                     cos(6.283185307179586 * eot_soft_uniform(&random));
            }
            for (int p = 0; p < 3; p++)
                for (double z = stack->edge[i];;) {
                    const double low = p == EOT_SOFT_MUON_PAIR ? 2.05e-3 : LEAST, *c = sum[m][p];
                    z -= log(eot_soft_uniform(&random)) / fmax(c[N], 1e-30);
                    if (z >= stack->edge[i + 1]) break;
                    double u = c[N] * eot_soft_uniform(&random);
                    int j = 0;
                    while (j < N - 1 && c[j + 1] <= u) j++;
                    double W = low * pow(T / low, (j + (u - c[j]) / (c[j + 1] - c[j])) / N);
                    const double place[3] = {0.0, 0.0, z};
                    struct eot_soft_particle out[2];
                    int n_out =
                        eot_soft_muon_secondaries(p, T, W, eot_soft_at(&soft, 0, W, place, along), &random, out);
                    for (int q = 0; q < n_out; q++) eot_soft_follow(&soft, out[q], &random, waiting, &seen[k]);
                }
        }
        seen[k] *= 1e3;
    }
    eot_muon_integrator_free(&g);
    free(waiting);
    free(sum);
    free(mean);
    free(media.medium);
    free(media.is_built);
}

enum { N_MUON = 6000 };
struct seen {
    double veto[N_MUON], crossed[N_MUON], hcal[N_MUON];
};

static void expect_share(const char *what, double x, double share, int n, double other, int n_other) {
    double tolerance = 0.10 * other + 3.0 * sqrt(share / n + other / n_other);
    cr_expect_lt(fabs(share - other), tolerance, "%s: P(above %g MeV) = %.4f, reference %.4f", what, x, share, other);
}

/* @param error relative, of the reference's quantile */
static void expect_quantiles(const char *what, double *value, const double *q, const double *want, int n,
                             double error) {
    qsort(value, N_MUON, sizeof *value, compare);
    for (int i = 0; i < n; i++) {
        /* own statistical error: from the quantiles that are one standard deviation of the share away */
        double d = sqrt(q[i] * (1.0 - q[i]) / N_MUON),
               own = 0.5 * (quantile(value, N_MUON, fmin(q[i] + d, 0.999)) - quantile(value, N_MUON, q[i] - d)),
               got = quantile(value, N_MUON, q[i]);
        cr_expect_lt(fabs(got - want[i]), 0.03 * want[i] + 2.0 * hypot(own, error * want[i]),
                     "%s: quantile %g is %.3f MeV, reference %.3f", what, q[i], got, want[i]);
    }
}

/* Geant4 11.4, 10000 muons (accompaniment) and 20000 (HCAL); standard electromagnetic physics, range cuts of 0.7 mm;
 * mu- through the NA64 ECAL, stopped by hand behind it. */
Test(secondaries, are_those_of_geant4, .timeout = 600) {
    static const double x[] = {0.3, 1.0, 3.0, 6.0, 10.0, 20.0},
                        at10[] = {0.2015, 0.1403, 0.0879, 0.0633, 0.0438, 0.0154},
                        at50[] = {0.2610, 0.1983, 0.1294, 0.0972, 0.0708, 0.0308};
    static const double q[] = {0.05, 0.25, 0.5, 0.75, 0.9, 0.95},
                        hcal50[] = {39.7003, 44.1604, 48.9198, 56.7855, 71.1562, 90.6026};
    struct setup s;
    struct seen *seen = malloc(sizeof *seen);
    make(&s, "effective", 50.0, 5.0, 48, "iron", 25.0, 4.0);
    for (int k = 0; k < 2; k++) {
        const double *want = k == 0 ? at10 : at50;
        follow(&s, k == 0 ? 10.0 : 50.0, -4.9, N_MUON, seen->veto, seen->crossed, seen->hcal);
        for (int i = 0; i < 6; i++)
            expect_share(k == 0 ? "10 GeV" : "50 GeV", x[i], above(seen->crossed, N_MUON, x[i]), N_MUON, want[i],
                         10000);
    }
    expect_quantiles("HCAL, 50 GeV", seen->hcal, q, hcal50, 6, 0.005);
    unmake(&s);
    free(seen);
}

/* The share of muons in the VETO's window of 5 to 16 MeV, with 20 photoelectrons per MeV: 6000 muons of each. */
Test(secondaries, the_window_is_that_of_geant4, .timeout = 600) {
    static const struct {
        double E, z, want;
    } row[] = {{10.0, -4.9, 0.8965}, {50.0, -4.9, 0.8563}, {10.0, 49.9, 0.9578}, {50.0, 49.9, 0.9527}};
    struct setup s;
    struct seen *seen = malloc(sizeof *seen);
    make(&s, "effective", 50.0, 5.0, 48, "iron", 25.0, 4.0);
    for (int k = 0; k < 4; k++) {
        int n = 0;
        follow(&s, row[k].E, row[k].z, N_MUON, seen->veto, seen->crossed, seen->hcal);
        for (int i = 0; i < N_MUON; i++) {
            f32 v = eot_veto_seen((f32)(1e-3 * seen->veto[i]), 20.0f,
                                  eot_calorimeter_random((u64)i, (u32)EOT_DRAW_VETO, 1u, 0u));
            n += v > 0.005f && v < 0.016f;
        }
        double share = (double)n / N_MUON, error = sqrt(2.0 * row[k].want * (1.0 - row[k].want) / N_MUON); /* of both */
        cr_expect_lt(fabs(share - row[k].want), 0.015 * row[k].want + 2.0 * error,
                     "%g GeV from %g cm: %.4f, Geant4 %.4f", row[k].E, row[k].z, share, row[k].want);
    }
    unmake(&s);
    free(seen);
}

/* What n showers without a muon leave in the VETO [MeV]. */
static void follow_showers(const struct setup *s, double E, int n, double *veto) {
    const struct eot_world *w = &s->world;
    eot_event_world *event = malloc(sizeof *event);
    i64 *acc = calloc(EOT_N_ACC, sizeof *acc), *tally = calloc(EOT_N_TALLY, sizeof *tally);
    f32 *stack = calloc((size_t)EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH, sizeof *stack);
    eot_event_launch launch = {.seed = 7, .primary_type = EOT_ELECTRON};
    *event = w->event;
    event->beam.energy = (f32)E;
    for (int i = 0; i < n; i++) {
        eot_vertex_record none = {.i_primary = (u32)i};
        memset(acc, 0, EOT_N_ACC * sizeof *acc);
        eot_replay_view view = eot_replay_view_of(w->table.value, event, &launch, stack, 1, 0);
        view.matter = eot_matter_view_of(w->table.value, 0, &w->grid, w->region, w->voxel);
        eot_event_replay(view, eot_replay_deposits(view, acc, 0), w->em, none, tally);
        i64 before = 0, after = 0;
        for (int k = 0; k < EOT_N_LEDGER; k++) before += acc[k];
        eot_event_arrivals(w->table.value, eot_event_view_of(event, &launch, acc, tally), (u64)i);
        for (int k = 0; k < EOT_N_LEDGER; k++) after += acc[k];
        cr_expect_eq(before, after, "what crosses changes the sum of the ledger");
        veto[i] = 1e3 / EOT_ENERGY_QUANTUM * (double)acc[EOT_ACC_VETO_VISIBLE];
    }
    free(event);
    free(acc);
    free(tally);
    free(stack);
}

/* Mean, with its error that includes that of our tables. */
static double mean_of(const struct setup *s, const double *value, int n, double *error) {
    double sum = 0.0, square = 0.0;
    for (int i = 0; i < n; i++) {
        sum += value[i] / n;
        square += value[i] * value[i] / n;
    }
    *error = hypot(sqrt((square - sum * sum) / n), s->world.accuracy.arrivals * sum);
    return sum;
}

static void expect_mean(const struct setup *s, double E, const double *value, int n, double mean, double error) {
    double own, got = mean_of(s, value, n, &own);
    cr_expect_lt(fabs(got - mean), 0.10 * mean + 2.0 * hypot(own, error), "%g GeV: %.3f(%.3f) MeV, Geant4 %.3f", E, got,
                 own, mean);
}

/* What showers without a muon leave in the VETO: mean within 10 %, and the errors of both and of our tables. Geant4:
 * 300 showers of 20 GeV and 200 of 100 GeV without particles below 0.3 MeV. */
Test(secondaries, of_showers_without_a_muon, .timeout = 600) {
    struct setup s;
    double *veto = malloc(8000 * sizeof *veto);
    make(&s, "effective", 50.0, 5.0, 48, "iron", 25.0, 4.0);
    follow_showers(&s, 20.0, 8000, veto);
    expect_mean(&s, 20.0, veto, 8000, 0.597, 0.063);
    follow_showers(&s, 100.0, 2000, veto);
    expect_mean(&s, 100.0, veto, 2000, 4.409, 0.252);
    unmake(&s);
    free(veto);
}

/* A row of tests/reference/veto_geant4.csv: mean and quartiles with their errors [MeV], shares above some energies. */
enum { N_ABOVE = 6 };
static const double ABOVE[N_ABOVE] = {0.3, 1.0, 3.0, 6.0, 10.0, 20.0};
struct reference {
    char sample[16];
    double E, mean[2], quartile[3][2], above[N_ABOVE];
    int n;
};

static void expect_reference_muons(const struct setup *s, const struct reference *r, struct seen *seen) {
    follow(s, r->E, -4.9, N_MUON, seen->veto, seen->crossed, seen->hcal);
    for (int i = 0; i < N_ABOVE; i++) {
        double got = above(seen->crossed, N_MUON, ABOVE[i]), want = r->above[i],
               error = sqrt(want * (1.0 - want) / N_MUON + want * (1.0 - want) / r->n);
        cr_expect_lt(fabs(got - want), 0.10 * want + 2.0 * error, "%g GeV muons: P(above %g MeV) = %.4f, Geant4 %.4f",
                     r->E, ABOVE[i], got, want);
    }
}

/* Quartiles below 0.1 MeV are those of nothing. */
static void expect_reference_showers(const struct setup *s, const struct reference *r, double *veto) {
    enum { N = N_MUON };
    follow_showers(s, r->E, N, veto);
    expect_mean(s, r->E, veto, N, r->mean[0], r->mean[1]);
    qsort(veto, N, sizeof *veto, compare);
    for (int i = 0; i < 3; i++) {
        double q = 0.25 * (i + 1), d = sqrt(q * (1.0 - q) / N), got = quantile(veto, N, q), want = r->quartile[i][0],
               own = 0.5 * (quantile(veto, N, q + d) - quantile(veto, N, q - d));
        cr_expect_lt(fabs(got - want), fmax(0.15 * want, 0.1) + 2.0 * hypot(own, r->quartile[i][1]),
                     "%g GeV showers: quartile %d is %.3f MeV, Geant4 %.3f", r->E, i + 1, got, want);
    }
}

/* Muons and showers of more energies. */
Test(secondaries, are_those_of_geant4_at_more_energies, .timeout = 600) {
    struct setup s;
    struct seen *seen = malloc(sizeof *seen);
    FILE *f = fopen(EOT_SOURCE_DIR "/tests/reference/veto_geant4.csv", "r");
    char line[512];
    int rows = 0;
    cr_assert_not_null(f);
    make(&s, "effective", 50.0, 5.0, 48, "iron", 25.0, 4.0);
    s.has_showers = true;
    while (fgets(line, sizeof line, f) != NULL) {
        struct reference r;
        double *q = r.quartile[0], *p = r.above;
        if (sscanf(line, "%15[a-z],%lf,%d,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", r.sample, &r.E,
                   &r.n, &r.mean[0], &r.mean[1], &q[0], &q[1], &q[2], &q[3], &q[4], &q[5], &p[0], &p[1], &p[2], &p[3],
                   &p[4], &p[5]) != 17)
            continue;
        rows++;
        if (strcmp(r.sample, "muon") == 0)
            expect_reference_muons(&s, &r, seen);
        else
            expect_reference_showers(&s, &r, seen->veto);
    }
    cr_expect_geq(rows, 5);
    fclose(f);
    unmake(&s);
    free(seen);
}

/* The shares of muons in the windows of VETO (5 to 16 MeV) and HCAL (1.2 to 4 GeV where 2.5 GeV are 45 MeV in
 * scintillator), and of both. */
static void shares_of(const double *veto, const double *hcal, int n, double share[3]) {
    share[0] = share[1] = share[2] = 0.0;
    for (int i = 0; i < n; i++) {
        bool in_veto = veto[i] > 5.0 && veto[i]<16.0, in_hcal = hcal[i]> 21.6 && hcal[i] < 72.0;
        share[0] += (double)in_veto / n;
        share[1] += (double)in_hcal / n;
        share[2] += (double)(in_veto && in_hcal) / n;
    }
}

/* Layers that the grid has one by one and layers that it averages: the same, in windows within 1 %. From the middle of
 * the ECAL on, 30 GeV. */
Test(secondaries, layers_and_their_average_agree, .timeout = 600) {
    enum { N = 24000 };
    static const double q[] = {0.05, 0.25, 0.5, 0.75, 0.9};
    struct setup s;
    double *seen[2][2], *crossed = malloc(N * sizeof *crossed), share[2][3];
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 2; i++) seen[k][i] = malloc(N * sizeof *seen[k][i]);
        make(&s, k == 0 ? "explicit" : "effective", 50.0, 5.0, 48, "iron", 25.0, 4.0);
        follow(&s, 30.0, 35.0, N, seen[k][0], crossed, seen[k][1]);
        unmake(&s);
        shares_of(seen[k][0], seen[k][1], N, share[k]);
        qsort(seen[k][1], N, sizeof(double), compare);
    }
    for (int i = 0; i < 3; i++) {
        double error = sqrt(2.0 * share[0][i] * (1.0 - share[0][i]) / N);
        cr_expect_lt(fabs(share[1][i] - share[0][i]), 0.01 * share[0][i] + 2.0 * error, "share %d: %.4f and %.4f", i,
                     share[0][i], share[1][i]);
    }
    for (int i = 0; i < 5; i++) {
        double x = quantile(seen[0][1], N, q[i]), y = quantile(seen[1][1], N, q[i]), d = sqrt(q[i] * (1.0 - q[i]) / N),
               error = 0.5 * (quantile(seen[0][1], N, q[i] + d) - quantile(seen[0][1], N, q[i] - d)) / x;
        cr_expect_lt(fabs(y / x - 1.0), 0.01 + 2.0 * M_SQRT2 * error, "quantile %g: %g and %g MeV", q[i], x, y);
    }
    for (int k = 0; k < 4; k++) free(seen[k / 2][k % 2]);
    free(crossed);
}

/* A set-up and what flies through it: one muon, or a pair of them, of E [GeV] each. */
struct case_of {
    const char *what, *absorber;
    double veto_z, veto, absorber_mm, active_mm; /* cm, mm */
    int repeat;
    double E;
    int n_each;
};

/* Sums of n_each of the independent values. */
static void add_up(double *value, int n_each) {
    double *sum = calloc(N_MUON, sizeof *sum);
    for (int i = 0; i < N_MUON; i++)
        for (int k = 0; k < n_each; k++) sum[i] += value[(i + k * (N_MUON / 2 + 1)) % N_MUON];
    memcpy(value, sum, N_MUON * sizeof *sum);
    free(sum);
}

/* Other set-ups, against every collision by itself. */
static void expect_as_step_by_step(const struct case_of *c) {
    static const double x[] = {0.3, 1.0, 3.0, 10.0}, q[] = {0.05, 0.25, 0.5, 0.75, 0.9};
    struct setup s;
    struct eot_error err = {0};
    struct eot_secondaries_stack stack = {0};
    struct seen *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    make(&s, "effective", c->veto_z, c->veto, c->repeat, c->absorber, c->absorber_mm, c->active_mm);
    follow_some(&s, c->E, c->n_each, 20.0, N_MUON, a->veto, a->crossed, a->hcal);
    cr_assert_eq(eot_secondaries_axis(&s.config, &s.setup, 1, &stack, &err), EOT_OK);
    int near = stack.target; /* 18 cm of the ECAL before it */
    while (near > 0 && stack.edge[near] > 45.0 - 18.0) near--;
    follow_all(&s, &stack, c->E, near, stack.target, N_MUON, b->crossed);
    add_up(b->crossed, c->n_each);
    eot_secondaries_stack_free(&stack);
    for (int i = 0; i < 4; i++)
        cr_log_info("%s: above %g MeV into the VETO %.4f, step by step %.4f", c->what, x[i],
                    above(a->crossed, N_MUON, x[i]), above(b->crossed, N_MUON, x[i]));
    for (int i = 0; i < 4; i++)
        expect_share(c->what, x[i], above(a->crossed, N_MUON, x[i]), N_MUON, above(b->crossed, N_MUON, x[i]), N_MUON);
    double first, last, want[5];
    struct eot_volume_config *module = &s.config.geometry.volume[2];
    follow_some(&s, c->E, c->n_each, 80.0, N_MUON, a->veto, a->crossed,
                a->hcal); /* behind the ECAL: the reference has no showers of it */
    cr_assert_eq(eot_secondaries_layers(&s.setup, module, &stack, &first, &last, &err), EOT_OK);
    int n_slab = 2 * module->repeat < stack.n ? 2 * module->repeat : stack.n;
    follow_all(&s, &stack, c->E, 0, n_slab, N_MUON, b->hcal);
    add_up(b->hcal, c->n_each);
    qsort(b->hcal, N_MUON, sizeof *b->hcal, compare);
    for (int i = 0; i < 5; i++) want[i] = quantile(b->hcal, N_MUON, q[i]) * 2.0 * module->repeat / n_slab;
    qsort(a->hcal, N_MUON, sizeof *a->hcal, compare);
    for (int i = 0; i < 5; i++)
        cr_log_info("%s: quantile %g of the module %.2f MeV, step by step %.2f", c->what, q[i],
                    quantile(a->hcal, N_MUON, q[i]), want[i]);
    if (n_slab == 2 * module->repeat) expect_quantiles(c->what, a->hcal, q, want, 5, 0.01);
    cr_expect_eq(n_slab, 2 * module->repeat, "%s: the reference has too few layers", c->what);
    eot_secondaries_stack_free(&stack);
    unmake(&s);
    free(a);
    free(b);
}
/* In the order of the struct's members. The last three have NA64's own layers, with the muons of the signal at 1 GeV,
 * nine in ten of whose tracks have 16 to 55 GeV, and a muon pair. */
static const struct case_of
    THIN = {"2 mm between iron, VETO of 1 cm", "iron", 50.0, 1.0, 25.0, 2.0, 12, 30.0, 1},
    THICK = {"10 mm between copper, VETO behind 20 cm of air", "copper", 65.0, 5.0, 12.0, 10.0, 18, 30.0, 1},
    TUNGSTEN = {"4 mm between 2 mm of tungsten", "tungsten", 50.0, 5.0, 2.0, 4.0, 28, 30.0, 1},
    SLOW = {"16 GeV", "iron", 50.0, 5.0, 25.0, 4.0, 12, 16.0, 1},
    FAST = {"55 GeV", "iron", 50.0, 5.0, 25.0, 4.0, 12, 55.0, 1},
    PAIR = {"two muons of 20 GeV", "iron", 50.0, 5.0, 25.0, 4.0, 12, 20.0, 2};

Test(secondaries, thin_layers_and_a_thin_veto, .timeout = 600) { expect_as_step_by_step(&THIN); }
Test(secondaries, thick_layers_and_a_far_veto, .timeout = 600) { expect_as_step_by_step(&THICK); }
Test(secondaries, tungsten, .timeout = 600) { expect_as_step_by_step(&TUNGSTEN); }
Test(secondaries, of_muons_as_of_the_signal_at_1_GeV, .timeout = 600) {
    expect_as_step_by_step(&SLOW);
    expect_as_step_by_step(&FAST);
}
Test(secondaries, of_pairs_of_muons, .timeout = 600) { expect_as_step_by_step(&PAIR); }
