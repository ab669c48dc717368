/* Muon beams and conversions: the sums and the recorded events are the same whatever the batch, the number of devices
 * and batches in flight, the work-group; and on PoCL as on the host. A replay gives the record again. */
#include "../simulation.h"

#include "device/devices.h"
#include "device/launch.h"
#include "job/replay.h"

static const char *const BEAM[] = {"sampling.eot=600", "sampling.batch=100", "sampling.first=40",
                                   "scoring.record_fraction=0.25", NULL};

struct reference {
    char hash[65];
    struct eot_event_row *row;
    size_t n_row;
};

static void reference_take(struct simulation *s, struct reference *r) {
    simulation_run(s);
    snprintf(r->hash, sizeof r->hash, "%s", s->result.tally_sha256);
    r->n_row = s->run.n_row;
    r->row = s->run.row; /* taken over */
    s->run.row = NULL;
    cr_assert_gt(r->n_row, 50u);
}

static void expect_reference(struct simulation *s, const struct reference *r, const char *what) {
    size_t n_value = eot_job_of(&s->config)->n_column;
    simulation_run(s);
    cr_expect_str_eq(s->result.tally_sha256, r->hash, "%s", what);
    cr_assert_eq(s->run.n_row, r->n_row, "%s", what);
    for (size_t i = 0; i < r->n_row; i++) {
        cr_expect_eq(s->run.row[i].primary, r->row[i].primary, "%s, row %zu", what, i);
        cr_expect_arr_eq(s->run.row[i].value, r->row[i].value, n_value * sizeof(float), "%s, row %zu", what, i);
    }
}

static void expect_independence(const char *file) {
    static const struct {
        const char *what;
        uint64_t batch;
        int work_group, in_flight;
    } variant[] = {{"batches of 37", 37, 0, 0},
                   {"batches of 7, two in flight", 7, 0, 2},
                   {"one batch", 1000, 0, 0},
                   {"work groups of 16", 100, 16, 0},
                   {"one batch at a time", 100, 0, 1}};
    struct simulation s;
    struct reference r;
    simulation_open(&s, file, BEAM, "host");
    const char *name = eot_job_of(&s.config)->name;
    reference_take(&s, &r);
    simulation_open_backend(&s, &(struct eot_backend_options){.selector = "host/3"});
    expect_reference(&s, &r, "three threads of the host");
    simulation_open_backend(&s, &(struct eot_backend_options){.extra_options = eot_world_kernel_options(&s.config)});
    if (s.backend->is_host) cr_log_warn("no OpenCL device here: only the host was tried");
    for (size_t i = 0; i < sizeof variant / sizeof variant[0]; i++) {
        s.config.sampling.batch = variant[i].batch;
        s.config.device.work_group = variant[i].work_group;
        s.config.device.in_flight = variant[i].in_flight;
        expect_reference(&s, &r, variant[i].what);
    }
    /* the record again, by following the primaries */
    size_t n_value = eot_job_of(&s.config)->n_column;
    for (size_t i = 0; i < r.n_row; i += 9) {
        struct eot_replay replay;
        SIMULATION_OK(&s, eot_replay_execute(&s.config, &s.world, r.row[i].primary, &replay, &s.error));
        cr_expect_str_eq(replay.job->name, name);
        cr_expect_gt(replay.beam_muon.n_step, 0u);
        cr_assert(replay.has_row || replay.n_vertex == 1);
        cr_expect_arr_eq(replay.has_row ? replay.row : replay.vertex[0].row, r.row[i].value, n_value * sizeof(float),
                         "%s, primary %llu", name, (unsigned long long)r.row[i].primary);
        if (replay.n_vertex == 1) cr_expect_eq(replay.vertex[0].residual, 0.0);
        eot_replay_free(&replay);
    }
    cr_expect_eq(s.result.energy_residual, 0.0);
    free(r.row);
    simulation_close(&s);
}

Test(jobs, muon_beam_does_not_depend_on_who_makes_it) { expect_independence("configs/bench/muon-hcal1.yaml"); }
Test(jobs, muon_conversion_does_not_depend_on_who_makes_it) { expect_independence("configs/na64mu-mu2e.yaml"); }
Test(jobs, hadrons_do_not_depend_on_who_makes_them) { expect_independence("configs/na64e-hadron.yaml"); }

Test(jobs, each_configuration_has_one) {
    static const struct {
        const char *file, *job;
    } want[] = {{"configs/smoke.yaml", "shower run"},
                {"configs/na64e-signal.yaml", "shower run"},
                {"configs/bench/muon-ecal.yaml", "muon beam"},
                {"configs/na64mu-mu2e.yaml", "muon conversion"},
                {"configs/na64e-hadron.yaml", "hadron decay"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct eot_config config = {.name = ""};
        struct eot_error err;
        char path[1024];
        int n_accept = 0;
        snprintf(path, sizeof path, "%s/%s", EOT_SOURCE_DIR, want[i].file);
        cr_assert_eq(eot_config_read(path, NULL, 0, &config, &err), EOT_OK, "%s", err.text);
        cr_expect_str_eq(eot_job_of(&config)->name, want[i].job, "%s", want[i].file);
        for (size_t k = 0; k < eot_n_job; k++) n_accept += eot_jobs[k]->accepts(&config);
        cr_expect_eq(n_accept, 1, "%s is accepted by %d jobs", want[i].file, n_accept);
        eot_config_free(&config);
    }
}

/* Whatever the beam is of, and whether the signal is on: one job, not more, not fewer. */
Test(jobs, each_beam_has_one) {
    for (int particle = 0; particle < EOT_N_BEAM_PARTICLE; particle++)
        for (int is_signal = 0; is_signal < 2; is_signal++) {
            struct eot_config config = {.beam = {.particle = (enum eot_beam_particle)particle}};
            const struct eot_job *job = NULL;
            int n_accept = 0;
            config.physics.rare[EOT_RARE_LFC] = is_signal != 0;
            for (size_t k = 0; k < eot_n_job; k++) n_accept += eot_jobs[k]->accepts(&config);
            cr_expect_eq(n_accept, 1, "particle %d, signal %d: %d jobs", particle, is_signal, n_accept);
            cr_assert_eq(eot_job_find(&config, &job, NULL), EOT_OK);
            cr_expect(job->accepts(&config));
        }
}

/* What a run keeps does not grow with its primaries: 10 MB at most, so that it can be written often, also where events
 * are selected in eight ways. */
Test(jobs, sums_are_small) {
    for (size_t k = 0; k < eot_n_job; k++)
        for (size_t n_further = 0; n_further <= EOT_MAX_SELECTION - 1; n_further++) {
            struct eot_sums_layout layout = {0};
            eot_jobs[k]->layout(&(struct eot_config){.name = "", .n_further = n_further}, &layout);
            size_t n_block = eot_run_most_blocks(&layout);
            double bytes = (double)(n_block * layout.n_value[EOT_SUMS_PER_BLOCK] + layout.n_value[EOT_SUMS_PER_RUN] +
                                    layout.n_value[EOT_SUMS_APART]) *
                           sizeof(int64_t);
            cr_expect_gt(bytes, 0.0);
            cr_expect_lt(bytes, 10e6, "%s: %g bytes", eot_jobs[k]->name, bytes);
            /* a run of a file has the sums of what came before the file's plane besides */
            bool is_file = eot_jobs[k] == &eot_job_file_run;
            size_t most = is_file ? 100 : EOT_MAX_BLOCK, least = is_file ? 13 : 25;
            cr_expect(n_block >= (n_further > 0 ? least : most), "%s: %zu blocks", eot_jobs[k]->name, n_block);
            printf("%s: %.3g MB, %zu blocks\n", eot_jobs[k]->name, 1e-6 * bytes, n_block);
        }
}

/* An interrupted beam is the run of so many muons. */
Test(jobs, interrupted_muon_beam_keeps_a_range) {
    static volatile sig_atomic_t interrupted = 1;
    struct simulation s;
    struct eot_run run;
    simulation_open(&s, "configs/bench/muon-ecal.yaml", BEAM, "host");
    struct eot_run_options options = {
        .backend = s.backend, .progress = EOT_PROGRESS_NONE, .is_interrupted = &interrupted};
    SIMULATION_OK(&s, eot_run_execute(&s.config, &s.setup, &s.world, &options, &run, &s.error));
    cr_expect(run.is_partial && run.sums.n_range == 0);
    cr_expect_eq(eot_result_from_run(&s.config, &s.world, &run, s.backend, &s.result, &s.error), EOT_E_INTERRUPTED);
    eot_run_free(&run);
    simulation_close(&s);
}

/* Kernels are built before a run for what it will launch: none is missing among those that the configuration tells. */
static void expect_known_kernels(const char *file, const char *const *set) {
    struct simulation s;
    int n_used = 0;
    simulation_open(&s, file, set, "host");
    simulation_run(&s);
    const uint64_t known = eot_world_kernels(&s.config);
    for (int k = 0; k < EOT_N_KERNEL; k++) {
        if (s.backend->use[k].n_launch == 0) continue;
        n_used++;
        cr_expect((known >> k & 1u) != 0, "%s, %s: kernel %s", file, set[0], eot_kernel_name[k]);
    }
    cr_expect_gt(n_used, 0, "%s", file);
    simulation_close(&s);
}

#define PLANE(what) "output.planes=[{name: a, z: 60 cm" what "}]"
#define FEW "sampling.eot=200", "sampling.batch=100"
Test(jobs, kernels_of_a_run_are_known_before_it) {
    static const struct {
        const char *file, *set[8];
    } run[] = {
        {"configs/smoke.yaml", {FEW}},
        {"configs/smoke.yaml", {FEW, "sampling.mode=analog"}},
        {"configs/smoke.yaml", {FEW, "scoring.deposit_fraction=0.5", "scoring.showers=0"}},
        {"configs/smoke.yaml", {FEW, "scoring.deposit_fraction=0.5", "scoring.record_fraction=1"}},
        {"configs/na64e-signal.yaml", {FEW}},
        {"configs/na64e-beamline.yaml", {FEW}},
        {"configs/smoke.yaml", {FEW, PLANE(", kinds: [electrons, photons]")}},
        {"configs/smoke.yaml", {FEW, PLANE(", format: hdf5")}},
        {"configs/bench/muon-hcal1.yaml", {FEW, PLANE("")}},
        {"configs/na64mu-mu2e.yaml", {FEW, PLANE("")}},
        {"configs/na64e-hadron.yaml", {FEW, PLANE("")}},
        {"configs/bench/muon-hcal1.yaml", {FEW}},
        {"configs/na64mu-mu2e.yaml", {FEW}},
        {"configs/na64e-hadron.yaml", {FEW}},
    };
    for (size_t i = 0; i < sizeof run / sizeof run[0]; i++) expect_known_kernels(run[i].file, run[i].set);
}
