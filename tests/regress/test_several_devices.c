/* A run over several devices, or parts of one, is the run on one: same tallies, same estimates, same events. */
#include "../simulation.h"

#include "device/devices.h"

#include <signal.h>
#include <stdatomic.h>

static const char *const SET[] = {"physics.cut=1 GeV",           "sampling.eot=300",
                                  "sampling.batch=16",           "device.lanes=0",
                                  "scoring.record_fraction=0.5", NULL};

static size_t n_device(const struct simulation *s) {
    size_t n = 0;
    for (const struct eot_backend *b = s->backend; b != NULL; b = b->next) n++;
    return n;
}

static void expect_same(const char *selector, size_t n_wanted, struct simulation *s, const struct simulation *one) {
    simulation_open_backend(
        s, &(struct eot_backend_options){.selector = selector, .extra_options = eot_world_kernel_options(&s->config)});
    cr_assert_eq(n_device(s), n_wanted, "%s: %zu devices", selector, n_device(s));
    simulation_run(s);
    cr_expect_str_eq(s->result.tally_sha256, one->result.tally_sha256, "%s", selector);
    cr_expect_eq(s->result.n_device, n_wanted);
    cr_assert_eq(s->result.n_estimate, one->result.n_estimate);
    for (size_t i = 0; i < s->result.n_estimate; i++) {
        cr_expect_eq(s->result.estimate[i].value, one->result.estimate[i].value, "%s: %s", selector,
                     s->result.estimate[i].name);
        cr_expect_eq(s->result.estimate[i].std_error, one->result.estimate[i].std_error, "%s: %s", selector,
                     s->result.estimate[i].name);
    }
    cr_assert_eq(s->run.n_row, one->run.n_row);
    for (size_t i = 0; i < s->run.n_row; i++) {
        cr_expect_eq(s->run.row[i].primary, one->run.row[i].primary, "%s: event %zu", selector, i);
        cr_expect_arr_eq(s->run.row[i].value, one->run.row[i].value, sizeof s->run.row[i].value, "%s: event %zu",
                         selector, i);
    }
}

Test(several_devices, give_the_result_of_one) {
    struct simulation one, s;
    simulation_open(&one, "configs/smoke.yaml", SET, "host");
    simulation_run(&one);
    cr_assert_gt(one.run.n_row, 50u);
    simulation_open(&s, "configs/smoke.yaml", SET, "host");
    expect_same("host/2", 2, &s, &one);
    expect_same("host,host/3", 4, &s, &one);
    struct eot_device *device;
    size_t n;
    SIMULATION_OK(&s, eot_devices_list(&device, &n, &s.error));
    if (strstr(device[0].platform, "Portable Computing") == NULL)
        cr_log_warn("no PoCL here as device 0: only the host was tried");
    else {
        expect_same("0,host", 2, &s, &one); /* the host gives PoCL's bits */
        if (device[0].n_part_max >= 2 && device[0].compute_units % 2 == 0) {
            expect_same("0/2", 2, &s, &one);
            expect_same("pthread/2,host", 3, &s, &one);
        } else
            cr_log_warn("%s has %u compute units and cannot be halved", device[0].name, device[0].compute_units);
    }
    free(device);
    simulation_close(&s);
    simulation_close(&one);
}

static struct eot_backend_operations honest;
static volatile sig_atomic_t interrupted;
enum { FAILING_LAUNCH = 5, INTERRUPTED_LAUNCH = 10 };
static atomic_int n_launch; /* of muons, by all devices: one a batch. Which device makes which is chance */
static const char *failed;  /* name of the device that made the failing one */

static enum eot_status failing_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                      struct eot_buffer *const *arguments, struct eot_error *err) {
    if (kernel == EOT_KERNEL_muon && atomic_fetch_add(&n_launch, 1) == FAILING_LAUNCH) {
        failed = backend->name;
        return eot_error_set(err, EOT_E_DEVICE, __FILE__, __LINE__, __func__,
                             "the device is on fire (test); put it out");
    }
    return honest.launch(backend, kernel, n_item, group, arguments, err);
}

static enum eot_status interrupting_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item,
                                           size_t group, struct eot_buffer *const *arguments, struct eot_error *err) {
    if (kernel == EOT_KERNEL_muon && atomic_fetch_add(&n_launch, 1) == INTERRUPTED_LAUNCH) interrupted = 1;
    return honest.launch(backend, kernel, n_item, group, arguments, err);
}

Test(several_devices, failure_of_one_names_it) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml", SET, "host/2");
    honest = *s.backend->op;
    struct eot_backend_operations bad = honest;
    bad.launch = failing_launch;
    for (struct eot_backend *b = s.backend; b != NULL; b = b->next) b->op = &bad;
    cr_expect_eq(simulation_execute(&s), EOT_E_DEVICE);
    cr_assert_not_null(failed);
    char text[200];
    snprintf(text, sizeof text, "%s: the device is on fire (test); put it out", failed);
    cr_expect_str_eq(s.error.text, text);
    simulation_close(&s);
}

/* Two threads launch on one device of OpenCL; which of them fails is chance, and there is one device to name. */
Test(several_devices, failure_of_a_second_queue_ends_the_run) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml", SET, NULL);
    if (s.backend->is_host) cr_skip_test("no OpenCL device here");
    honest = *s.backend->op;
    struct eot_backend_operations bad = honest;
    bad.launch = failing_launch;
    s.backend->op = &bad;
    cr_expect_eq(simulation_execute(&s), EOT_E_DEVICE);
    cr_expect_not_null(s.backend->second_queue);
    cr_expect_str_eq(s.error.text, "the device is on fire (test); put it out");
    simulation_close(&s);
}

/* What an interrupted run holds is the run of so many primaries. Whichever device makes that launch, at most two more
 * batches are under way: of 19, some are left. */
Test(several_devices, interruption_keeps_a_range_from_the_first) {
    struct simulation s;
    struct eot_run run;
    simulation_open(&s, "configs/smoke.yaml", SET, "host/3");
    honest = *s.backend->op;
    struct eot_backend_operations interrupting = honest;
    interrupting.launch = interrupting_launch;
    for (struct eot_backend *b = s.backend; b != NULL; b = b->next) b->op = &interrupting;
    struct eot_run_options options = {
        .backend = s.backend, .progress = EOT_PROGRESS_NONE, .skips_excluded = true, .is_interrupted = &interrupted};
    uint64_t n = 0;
    memset(&run, 0, sizeof run);
    for (int attempt = 0; attempt < 10 && n == 0; attempt++) { /* the one with the first batch may be slow */
        eot_run_free(&run);
        atomic_store(&n_launch, 0);
        interrupted = 0;
        SIMULATION_OK(&s, eot_run_execute(&s.config, &s.setup, &s.world, &options, &run, &s.error));
        cr_assert(run.is_partial);
        n = run.end - run.first;
    }
    cr_assert(n >= 16 && n < 300 && n % 16 == 0, "%d primaries", (int)n);
    for (struct eot_backend *b = s.backend; b != NULL; b = b->next) b->op = &honest;
    s.config.sampling.eot = n;
    simulation_run(&s);
    cr_expect_eq(run.n_row, s.run.n_row);
    for (int k = 0; k < EOT_N_TALLY; k++) {
        int64_t partial = 0, whole = 0;
        for (size_t b = 0; b < run.n_block; b++) partial += run.block[b].event[k];
        for (size_t b = 0; b < s.run.n_block; b++) whole += s.run.block[b].event[k];
        cr_expect_eq(partial, whole, "tally %d", k);
    }
    eot_run_free(&run);
    simulation_close(&s);
}

Test(several_devices, wrong_lists_are_refused) {
    static const struct {
        const char *selector, *text;
        bool one_only;
    } wrong[] = {{"host,", "ends with a comma", false},
                 {"host,banana", "matches no device", false},
                 {"host/0", "0 parts", false},
                 {"host/1000", "1000 parts", false},
                 {",host", "matches no device", false},
                 {"host,host", "one device is used here", true},
                 {"host/2", "one device is used here", true}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct eot_backend *backend;
        struct eot_error error = {0};
        cr_expect_eq(eot_backend_open(
                         &(struct eot_backend_options){.selector = wrong[i].selector, .one_only = wrong[i].one_only},
                         &backend, &error),
                     EOT_E_USAGE, "%s", wrong[i].selector);
        cr_expect_null(backend);
        cr_expect_not_null(strstr(error.text, wrong[i].text), "%s: %s", wrong[i].selector, error.text);
    }
}
