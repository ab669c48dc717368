/* Test-only: a configuration made ready once (tables, device), then run as often as a test likes with other sampling or
 * device keys. */
#ifndef EOT_TESTS_SIMULATION_H
#define EOT_TESTS_SIMULATION_H

#include <criterion/criterion.h>
#include <string.h>

#include "analysis/estimate.h"
#include "job/job.h"

struct simulation {
    struct eot_config config;
    struct eot_setup setup;
    struct eot_world world;
    struct eot_backend *backend;
    const char *selector, *kernel_options; /* what a run would open the device with; NULL: a test has opened another */
    struct eot_error error;
    const struct eot_log *log; /* of the runs; NULL: none */
    struct eot_run run;        /* of the last simulation_run */
    struct eot_result result;  /* of the last simulation_run */
    bool measures_excluded;    /* what the cut or the region leaves out, too */
};

#define SIMULATION_OK(s, call) cr_assert_eq((call), EOT_OK, "%s", (s)->error.text)

static inline void simulation_open_backend(struct simulation *s, const struct eot_backend_options *options) {
    eot_backend_close(s->backend);
    s->backend = NULL;
    s->kernel_options = NULL;
    SIMULATION_OK(s, eot_backend_open(options, &s->backend, &s->error));
}

/* The device with kernels for what the configuration says now, as a run opens it. */
static inline void simulation_open_device(struct simulation *s) {
    const char *kernel_options = eot_world_kernel_options(&s->config);
    simulation_open_backend(s, &(struct eot_backend_options){.selector = s->selector, .extra_options = kernel_options});
    s->kernel_options = kernel_options;
}

/* @param file of a configuration, from the project root. @param set overrides, the last one NULL. @param selector of
 * the device, NULL: the one that a run would take. */
static inline void simulation_open(struct simulation *s, const char *file, const char *const *set,
                                   const char *selector) {
    char path[1024];
    size_t n = 0;
    memset(s, 0, sizeof *s);
    while (set[n] != NULL) n++;
    snprintf(path, sizeof path, "%s/%s", EOT_SOURCE_DIR, file);
    SIMULATION_OK(s, eot_config_read(path, set, n, &s->config, &s->error));
    SIMULATION_OK(s, eot_setup_create(&s->config, &s->setup, &s->error));
    SIMULATION_OK(
        s, eot_job_of(&s->config)
               ->world(&s->config, &s->setup, &(struct eot_world_options){.no_cache = false}, &s->world, &s->error));
    s->selector = selector;
    simulation_open_device(s);
}

/* Run what s->config.sampling and .device say now. @return the status; result is valid if it is EOT_OK. */
static inline enum eot_status simulation_execute(struct simulation *s) {
    eot_run_free(&s->run);
    eot_result_free(&s->result);
    if (s->kernel_options != NULL && strcmp(s->kernel_options, eot_world_kernel_options(&s->config)) != 0)
        simulation_open_device(s);
    struct eot_run_options options = {
        .backend = s->backend, .progress = EOT_PROGRESS_NONE, .log = s->log, .skips_excluded = !s->measures_excluded};
    enum eot_status status = eot_run_execute(&s->config, &s->setup, &s->world, &options, &s->run, &s->error);
    return status == EOT_OK ? eot_result_from_run(&s->config, &s->world, &s->run, s->backend, &s->result, &s->error)
                            : status;
}
static inline void simulation_run(struct simulation *s) { SIMULATION_OK(s, simulation_execute(s)); }

static inline const struct eot_estimate *simulation_estimate(const struct simulation *s, const char *name) {
    const struct eot_estimate *e = eot_result_estimate(&s->result, name);
    cr_assert_not_null(e, "no estimate %s", name);
    return e;
}

static inline void simulation_close(struct simulation *s) {
    eot_run_free(&s->run);
    eot_result_free(&s->result);
    eot_backend_close(s->backend);
    eot_world_free(&s->world);
    eot_setup_free(&s->setup);
    eot_config_free(&s->config);
}

/* Run, close, and keep the result; eot_result_free. */
static inline struct eot_result simulation_run_and_close(struct simulation *s) {
    simulation_run(s);
    struct eot_result result = s->result;
    memset(&s->result, 0, sizeof s->result);
    simulation_close(s);
    return result;
}

/* Hash of the tallies of a run. */
static inline void simulation_hash(const char *file, const char *const *set, const char *device, char hash[65]) {
    struct simulation s;
    simulation_open(&s, file, set, device);
    simulation_run(&s);
    memcpy(hash, s.result.tally_sha256, 65);
    simulation_close(&s);
}

#endif
