#include "job/preparation.h"

#include "device/selftest.h"
#include "engine/run.h"
#include "world/world.h"

/* The size of groups that a run launches a kernel with; 0: the device's choice. */
static size_t group_of(const struct eot_config *config, const struct eot_backend *b, enum eot_kernel kernel) {
    switch (kernel) {
    case EOT_KERNEL_cascade: return eot_run_cascade_group(config, b);
    case EOT_KERNEL_hadron:
    case EOT_KERNEL_hadron_crossings:
    case EOT_KERNEL_muon_beam:
    case EOT_KERNEL_beam_crossings:
    case EOT_KERNEL_conversion:
    case EOT_KERNEL_conversion_crossings: return (size_t)config->device.work_group;
    default: return 0;
    }
}

static void test(struct eot_preparation *p) {
    for (struct eot_backend *b = p->backend; b != NULL && p->wants_test && p->status == EOT_OK; b = b->next)
        p->status = eot_selftest(b, false, NULL, &p->error);
}

static void *prepare(void *argument) {
    struct eot_preparation *p = argument;
    const uint64_t kernels = eot_world_kernels(p->config) | 1ull << EOT_KERNEL_checksum;
    test(p);
    for (struct eot_backend *b = p->backend; b != NULL && p->status == EOT_OK; b = b->next)
        for (int i = 0; i < EOT_N_KERNEL; i++) {
            struct eot_error ignored = {.status = EOT_OK};
            if (b->op->prepare == NULL || (kernels >> i & 1u) == 0) continue;
            b->op->prepare(b, (enum eot_kernel)i, group_of(p->config, b, (enum eot_kernel)i), &ignored);
        }
    return NULL;
}

void eot_preparation_start(struct eot_preparation *preparation, const struct eot_config *config,
                           struct eot_backend *backend, bool wants_test) {
    *preparation = (struct eot_preparation){.config = config, .backend = backend, .wants_test = wants_test};
    preparation->has_thread = pthread_create(&preparation->thread, NULL, prepare, preparation) == 0;
    if (!preparation->has_thread) test(preparation);
}

enum eot_status eot_preparation_finish(struct eot_preparation *preparation, struct eot_error *err) {
    if (preparation->has_thread) pthread_join(preparation->thread, NULL);
    preparation->has_thread = false;
    if (preparation->status != EOT_OK && err != NULL) *err = preparation->error;
    return preparation->status;
}
