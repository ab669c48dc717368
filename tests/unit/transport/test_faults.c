/* Faults on the device fail the run and name the lowest faulting primary. They are made by spoiling a buffer between
 * two kernels. */
#include "../../simulation.h"

#include <math.h>
#include <stddef.h>

#include "device/launch.h"

static struct eot_backend_operations honest;
static enum eot_kernel spoiled_kernel; /* before which a buffer is spoiled */
static int spoiled_argument;           /* which */
static size_t spoiled_offset, n_spoiled;
static const void *spoiled_bytes;

static enum eot_status launch_with_spoiled_buffer(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item,
                                                  size_t group, struct eot_buffer *const *arguments,
                                                  struct eot_error *err) {
    if (kernel == spoiled_kernel) {
        enum eot_status status =
            honest.buffer_write(backend, arguments[spoiled_argument], spoiled_offset, n_spoiled, spoiled_bytes, err);
        if (status != EOT_OK) return status;
    }
    return honest.launch(backend, kernel, n_item, group, arguments, err);
}

static void expect_fault(struct simulation *s, const char *reason, int event) {
    char command[64];
    enum eot_status status = simulation_execute(s);
    cr_assert_eq(status, EOT_E_DEVICE, "%s expected, but status %d", reason, status);
    snprintf(command, sizeof command, "eotmc replay <run folder or configuration> --event %d", event);
    cr_assert_not_null(strstr(s->error.text, command), "%s", s->error.text);
    cr_assert_not_null(strstr(s->error.text, reason), "%s", s->error.text);
}

static void spoil(enum eot_kernel kernel, int argument, size_t offset, size_t n_bytes, const void *bytes) {
    spoiled_kernel = kernel;
    spoiled_argument = argument;
    spoiled_offset = offset;
    n_spoiled = n_bytes;
    spoiled_bytes = bytes;
}

Test(faults, fail_the_run_and_name_the_primary) {
    struct simulation s;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"sampling.eot=64", "sampling.batch=64", "sampling.first=1000",
                                          "sampling.lost_tracks_max=0", "sampling.lost_tracks_fraction=0", NULL},
                    "host");
    honest = *s.backend->op;
    struct eot_backend_operations wrong = honest;
    wrong.launch = launch_with_spoiled_buffer;
    s.backend->op = &wrong;

    u32 draw = 7000000; /* the replay is told of a step that the shower does not have */
    spoil(EOT_KERNEL_replay, EOT_ARGUMENT_INDEX(replay, record),
          5 * sizeof(eot_vertex_record) + offsetof(eot_vertex_record, draw), sizeof draw, &draw);
    expect_fault(&s, "its vertex was not found again", 1005);

    f32 energy = 1.5f; /* the parent of the vertex had another energy in the cascade */
    spoil(EOT_KERNEL_replay, EOT_ARGUMENT_INDEX(replay, record),
          63 * sizeof(eot_vertex_record) + offsetof(eot_vertex_record, E), sizeof energy, &energy);
    expect_fault(&s, "its vertex was not found again", 1063);

    f64 nowhere = NAN; /* muons start at no place */
    spoil(EOT_KERNEL_muon, EOT_ARGUMENT_INDEX(muon, vertex), 7 * EOT_EVENT_VERTEX_BYTES, sizeof nowhere, &nowhere);
    expect_fault(&s, "a muon that is not a number", 1007);

    f32 direction[3] = {NAN, NAN, NAN}; /* mu+ flies nowhere */
    spoil(EOT_KERNEL_muon, EOT_ARGUMENT_INDEX(muon, vertex), 7 * EOT_EVENT_VERTEX_BYTES + 3 * sizeof(f64),
          sizeof direction, direction);
    expect_fault(&s, "a muon that is not a number", 1007);

    s.backend->op = &honest;
    simulation_run(&s);
    simulation_close(&s);
}
