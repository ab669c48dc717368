/* The tallies of a run are the same integers whatever the work-group, launch length, lanes, batch, cache or source of
 * the kernels, and on the host too. */
#include "../simulation.h"

static const char *const SET[] = {"physics.cut=1 GeV", "sampling.eot=200", "sampling.batch=64", "device.lanes=0", NULL};

static void expect_tally(struct simulation *s, const char *hash, const char *what) {
    simulation_run(s);
    cr_expect_str_eq(s->result.tally_sha256, hash, "%s, %s: %s differs from %s", what, s->result.mode,
                     s->result.tally_sha256, hash);
}

Test(invariance, tallies_do_not_depend_on_launches_or_device) {
    static const enum eot_sampling_mode modes[2] = {EOT_SAMPLING_FORCED, EOT_SAMPLING_ANALOG};
    static const struct {
        const char *what;
        int work_group, launch_steps, lanes, in_flight;
        uint64_t batch;
    } variant[] = {{"work groups of 1", 1, 0, 0, 0, 64},
                   {"work groups of 16", 16, 0, 0, 0, 64},
                   {"work groups of 64", 64, 0, 0, 0, 64},
                   {"launches of 17 steps", 0, 17, 0, 0, 64},
                   {"launches of 999 steps", 0, 999, 0, 0, 64},
                   {"3 lanes", 0, 0, 3, 0, 64},
                   {"100 lanes", 0, 0, 100, 0, 64},
                   {"one batch at a time", 0, 0, 0, 1, 64},
                   {"batches of 37", 0, 0, 0, 0, 37},
                   {"batches of 7", 0, 0, 0, 2, 7},
                   {"one batch", 0, 0, 0, 0, 1000}};
    struct simulation s;
    char hash[2][65];
    simulation_open(&s, "configs/smoke.yaml", SET, NULL);
    s.config.sampling.analog_enhancement = 4000.0; /* many events: they are what depends on launches */
    const struct eot_device_config automatic = s.config.device;
    const uint64_t batch = s.config.sampling.batch;
    for (int m = 0; m < 2; m++) { /* each mode has kernels of its own */
        s.config.sampling.mode = modes[m];
        s.config.device = automatic;
        s.config.sampling.batch = batch;
        simulation_run(&s);
        snprintf(hash[m], sizeof hash[m], "%s", s.result.tally_sha256);
        cr_assert_gt(simulation_estimate(&s, "dimuon.per_eot")->n_eff, 30.0);
        for (size_t i = 0; i < sizeof variant / sizeof variant[0]; i++) {
            s.config.sampling.batch = variant[i].batch;
            s.config.device = (struct eot_device_config){.work_group = variant[i].work_group,
                                                         .launch_steps = variant[i].launch_steps,
                                                         .lanes = variant[i].lanes,
                                                         .in_flight = variant[i].in_flight};
            expect_tally(&s, hash[m], variant[i].what);
        }
    }
    s.config.device = automatic;
    simulation_open_backend(&s, &(struct eot_backend_options){.selector = "host"});
    for (int m = 0; m < 2; m++) {
        s.config.sampling.mode = modes[m];
        expect_tally(&s, hash[m], "the host");
    }
    s.config.sampling.seed++;
    simulation_run(&s);
    cr_expect_str_neq(s.result.tally_sha256, hash[1], "another seed gives the same tallies");
    simulation_close(&s);
}

/* The host, which says that it is a GPU: its work-groups and its many lanes, and a word on batches that are too small
 * for them. */
Test(invariance, lanes_as_on_a_gpu) {
    struct simulation s;
    char hash[65], text[200] = "", advice[64];
    simulation_open(&s, "configs/smoke.yaml", SET, "host");
    simulation_run(&s);
    snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
    s.backend->is_host = false;
    s.backend->is_gpu = true;
    snprintf(advice, sizeof advice, "sampling.batch=%zu fills it",
             (size_t)EOT_RUN_PRIMARIES_PER_LANE * eot_run_full_lanes(s.backend));
    struct eot_log log = {.level = EOT_LOG_NORMAL, .out = tmpfile()};
    s.log = &log;
    expect_tally(&s, hash, "a GPU");
    rewind(log.out);
    cr_expect_not_null(fgets(text, sizeof text, log.out));
    cr_expect_not_null(strstr(text, "batches of 64 primaries leave much of host"), "%s", text);
    cr_expect_not_null(strstr(text, advice), "%s", text);
    fclose(log.out);
    simulation_close(&s);
}

static size_t n_held, n_asked;
static size_t held(struct eot_backend *backend, enum eot_kernel kernel) {
    (void)backend;
    (void)kernel;
    n_asked++;
    return n_held;
}

/* Few work items that take the muons of a launch one after another, as on a GPU; several at once where the device is
 * PoCL's. */
Test(invariance, muons_do_not_depend_on_who_takes_them) {
    static const char *const set[] = {"physics.cut=1 GeV",         "sampling.eot=600",
                                      "sampling.batch=300",        "scoring.deposit_fraction=0.05",
                                      "scoring.record_fraction=0", NULL};
    static const size_t number[] = {1, 5, 64, 1199};
    for (int is_host = 0; is_host < 2; is_host++) {
        struct simulation s;
        char hash[65];
        simulation_open(&s, "configs/smoke.yaml", set, is_host ? "host" : NULL);
        s.config.device.in_flight = 1; /* a second queue has operations of its own */
        simulation_run(&s);
        snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
        cr_assert_gt(s.run.block[0].event[EOT_C_MUONS], 100);
        struct eot_backend_operations operations = *s.backend->op;
        operations.held = held;
        s.backend->op = &operations;
        for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
            n_held = number[i];
            expect_tally(&s, hash, "few work items");
        }
        cr_expect_geq(n_asked, 2 * sizeof number / sizeof number[0], "muons are not followed up to the chambers");
        n_asked = 0;
        simulation_close(&s);
    }
}

/* A range of primaries in two runs adds up to the whole. */
Test(invariance, ranges_add_up) {
    struct simulation s;
    static int64_t sum[EOT_N_TALLY];
    simulation_open(&s, "configs/smoke.yaml", SET, "host");
    for (int part = 0; part < 2; part++) {
        s.config.sampling.first = part == 0 ? 0 : 70;
        s.config.sampling.eot = part == 0 ? 70 : 130;
        simulation_run(&s);
        for (size_t b = 0; b < s.run.n_block; b++)
            for (int k = 0; k < EOT_N_TALLY; k++) sum[k] += s.run.block[b].event[k];
    }
    s.config.sampling.first = 0;
    s.config.sampling.eot = 200;
    simulation_run(&s);
    for (size_t b = 0; b < s.run.n_block; b++)
        for (int k = 0; k < EOT_N_TALLY; k++) sum[k] -= s.run.block[b].event[k];
    for (int k = 0; k < EOT_N_TALLY; k++) cr_expect_eq(sum[k], 0, "tally %d", k);
    simulation_close(&s);
}

Test(invariance, cache_and_source_of_the_kernels_do_not_matter) {
    struct simulation s;
    char hash[65];
    simulation_open(&s, "configs/smoke.yaml", (const char *const[]){"sampling.eot=64", NULL}, NULL);
    simulation_run(&s);
    snprintf(hash, sizeof hash, "%s", s.result.tally_sha256);
    simulation_open_backend(&s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options(&s.config)});
    expect_tally(&s, hash, "kernels from the cache");
    simulation_open_backend(&s, &(struct eot_backend_options){.kernel_dir = EOT_SOURCE_DIR, .no_kernel_cache = true});
    expect_tally(&s, hash, "general kernels from the source tree, without cache");
    simulation_close(&s);
}

/* Kernels that were built for forced vertices know no others, and an analog run with them is refused. */
Test(invariance, kernels_of_forced_vertices_refuse_an_analog_run) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml", SET, NULL);
    if (s.backend->is_host) cr_skip_test("no OpenCL device here");
    cr_expect(s.backend->is_forced_only);
    simulation_open_backend(&s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options(&s.config)});
    s.config.sampling.mode = EOT_SAMPLING_ANALOG;
    cr_expect_eq(simulation_execute(&s), EOT_E_INTERNAL);
    cr_expect_not_null(strstr(s.error.text, "built for forced vertices"), "%s", s.error.text);
    simulation_close(&s);
}
