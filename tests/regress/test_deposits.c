/* Runs that follow only a fraction of the events with deposits (scoring.deposit_fraction): the same cut flow, unbiased
 * deposits, exact energy balance. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include "../simulation.h"
#include "world/matter.h"

#include <math.h>

#include "world/launch.h"

static const char *const SET[] = {"physics.cut=5 GeV",
                                  "sampling.region.min_photon_energy=5.4 GeV",
                                  "physics.shower.spot_energy=0.5 GeV",
                                  "scoring.showers=0",
                                  "scoring.track_length=off",
                                  "sampling.batch=4000",
                                  "sampling.roulette=off",
                                  NULL};

static void set_fraction(struct simulation *s, double deposit, double record) {
    s->config.scoring.deposit_fraction = deposit;
    s->config.scoring.record_fraction = record;
}

static void sum_tallies(const struct simulation *s, int64_t sum[EOT_N_TALLY]) {
    memset(sum, 0, EOT_N_TALLY * sizeof *sum);
    for (size_t b = 0; b < s->run.n_block; b++)
        for (int k = 0; k < EOT_N_TALLY; k++) sum[k] += s->run.block[b].event[k];
}

static double histogram_sum(const int64_t *tally, int which, int square) {
    double sum = 0.0;
    for (int b = 0; b < EOT_N_BIN + 2; b++)
        sum += eot_sum_value(tally + EOT_T_HISTOGRAM + 4 * (which * (EOT_N_BIN + 2) + b) + 2 * square);
    return sum;
}

/* 20000 events with 570 tracks: a muon that was given up too early, one in some hundred of those that come through,
 * would be seen. */
Test(deposits, do_not_change_what_passes_a_cut) {
    static int64_t all[EOT_N_TALLY], some[EOT_N_TALLY];
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml", SET, NULL);
    s.config.sampling.eot = 20000;
    set_fraction(&s, 1.0, 0.0);
    simulation_run(&s);
    sum_tallies(&s, all);
    cr_assert_gt(all[EOT_C_CUT + EOT_CUT_TRACK], 450);
    double E_all = s.result.energy_in, ecal_all = simulation_estimate(&s, "energy.ecal_fraction")->value;
    set_fraction(&s, 0.1, 0.0);
    simulation_run(&s);
    sum_tallies(&s, some);
    for (int k = EOT_C_EVENTS; k <= EOT_C_LAST_CUT; k++)
        cr_expect_eq(all[k], some[k], "counter %d: %lld events, %lld", k, (long long)all[k], (long long)some[k]);
    for (int k = EOT_T_WEIGHTED; k < EOT_T_HISTOGRAM; k++)
        cr_expect_eq(all[k], some[k], "weighted tally %d", k - EOT_T_WEIGHTED);
    for (int h = 0; h < EOT_N_EVENT_HISTOGRAM; h++)
        for (int k = 0; k < 4 * (EOT_N_BIN + 2) && (h < EOT_H_HCAL0 || h > EOT_H_HCAL3); k++) {
            int at = EOT_T_HISTOGRAM + 4 * h * (EOT_N_BIN + 2) + k;
            cr_expect_eq(all[at], some[at], "histogram %d, word %d", h, k);
        }
    /* deposits: of a tenth of the events; sums within 5 standard deviations, energies exactly balanced */
    cr_expect_float_eq((double)some[EOT_C_SAMPLED], 2000.0, 5.0 * sqrt(1800.0));
    cr_expect_eq(all[EOT_C_SAMPLED], 20000);
    for (int h = EOT_H_HCAL0; h <= EOT_H_HCAL2; h++) {
        double sigma = sqrt(histogram_sum(some, h, 1));
        cr_expect_float_eq(histogram_sum(some, h, 0), histogram_sum(all, h, 0), 5.0 * sigma, "HCAL%d", h - EOT_H_HCAL0);
        cr_expect_lt(sigma, 0.04 * histogram_sum(all, h, 0));
    }
    cr_expect_float_eq(s.result.energy_in, 0.1 * E_all, 0.1 * E_all * 5.0 * sqrt(0.9 / 2000.0));
    cr_expect_eq(s.result.energy_residual, 0.0);
    const struct eot_estimate *ecal = simulation_estimate(&s, "energy.ecal_fraction");
    cr_expect_float_eq(ecal->value, ecal_all, 5.0 * ecal->std_error, "%g +- %g, all: %g", ecal->value, ecal->std_error,
                       ecal_all);
    simulation_close(&s);
}

/* Where the muons stop, launches, batches and the device make no difference; recorded events are those of a run that
 * follows all. */
Test(deposits, do_not_depend_on_launches_or_device) {
    struct simulation s;
    char hash[65];
    simulation_open(
        &s, "configs/smoke.yaml",
        (const char *const[]){"physics.cut=1 GeV", "sampling.eot=600", "sampling.batch=64", "device.lanes=0", NULL},
        NULL);
    set_fraction(&s, 0.2, 0.3);
    simulation_run(&s);
    snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
    size_t n_row = s.run.n_row;
    struct eot_event_row *row = malloc(n_row * sizeof *row);
    cr_assert_not_null(row);
    memcpy(row, s.run.row, n_row * sizeof *row);
    cr_assert_gt(n_row, 100u);
    s.config.sampling.batch = 600;
    simulation_run(&s);
    cr_expect_str_eq(s.result.tally_sha256, hash, "one batch");
    set_fraction(&s, 1.0, 0.3);
    simulation_run(&s);
    cr_expect_str_neq(s.result.tally_sha256, hash);
    cr_assert_eq(s.run.n_row, n_row);
    for (size_t i = 0; i < n_row; i++) {
        cr_expect_eq(s.run.row[i].primary, row[i].primary);
        cr_expect_arr_eq(s.run.row[i].value, row[i].value, sizeof row[i].value, "primary %d", (int)row[i].primary);
    }
    free(row);
    simulation_open_backend(&s, &(struct eot_backend_options){.selector = "host"});
    set_fraction(&s, 0.2, 0.3);
    simulation_run(&s);
    cr_expect_str_eq(s.result.tally_sha256, hash, "the host");
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    s.config.sampling.analog_enhancement = 4000.0;
    simulation_run(&s);
    snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
    simulation_open_backend(&s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options(&s.config)});
    s.config.sampling.batch = 100;
    simulation_run(&s);
    cr_expect_str_eq(s.result.tally_sha256, hash, "analog");
    simulation_close(&s);
}

/* How far a muon of given energy comes that starts on the axis at z, inside the box that the bound is for: one that
 * scatters out of it may go far in the air. */
static double furthest_z(const struct simulation *s, double kinetic, double z, u64 primary) {
    const struct eot_world *w = &s->world;
    eot_event_vertex v;
    memset(&v, 0, sizeof v);
    v.x = v.y = 0.3;
    v.z = z;
    v.minus.z = 1.0f;
    v.E_minus = (f32)kinetic + EOT_M_MUON;
    eot_event_launch launch = eot_event_launch_from(&s->config, w);
    eot_event_muon_state state = eot_event_muon_born(eot_world_matter(w), &launch, primary, v, -1);
    eot_muon m = state.m;
    eot_random random = state.random;
    while (m.fate == EOT_MUON_ALIVE) {
        eot_muon_step step = eot_muon_advance(eot_world_matter(w), m, random);
        m = step.muon;
        random = step.random;
        if (fabs(m.position.x) > 11.46 || fabs(m.position.y) > 11.46) break; /* half an ECAL */
        z = fmax(z, m.position.z);
    }
    return z;
}

/* Muons with just the energy that is said to be needed must not get to the last plane, and it must not be said much too
 * low to be of use. */
Test(deposits, least_energy_is_a_bound) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-dimuon.yaml", (const char *const[]){"scoring.showers=0", NULL}, "host");
    const eot_event_world *e = &s.world.event;
    double last = (double)e->spectrometer.plane_z[e->spectrometer.n_plane - 1], previous = INFINITY;
    for (double z = 0.0; z < 480.0; z += 40.0) {
        double need = (double)eot_event_muon_need(s.world.table.value, e, (f32)z);
        int n_through = 0, n_with_more = 0, n = 300;
        cr_expect_leq(need, previous);
        previous = need;
        for (int i = 0; i < n; i++) {
            n_through += furthest_z(&s, need, z, (u64)i) >= last;
            n_with_more += furthest_z(&s, 2.0 * need + 0.2, z, (u64)i) >= 400.0;
        }
        cr_expect_eq(n_through, 0, "%d of %d muons of %g GeV at %g cm get to %g cm", n_through, n, need, z, last);
        cr_expect_gt(n_with_more, n / 10, "%g cm: %g GeV", z, need);
    }
    cr_expect_gt((double)eot_event_muon_need(s.world.table.value, e, 0.0f),
                 3.0); /* 3.6 m of iron cost more than 10 MeV/cm of it */
    cr_expect_eq(eot_event_muon_need(s.world.table.value, e, 1000.0f), 0.0f);
    cr_expect_geq(eot_event_muon_need(s.world.table.value, e, -10.0f),
                  eot_event_muon_need(s.world.table.value, e, 0.0f));
    simulation_close(&s);
}
