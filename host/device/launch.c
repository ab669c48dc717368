#include "device/launch.h"

#include <string.h>

const char *const eot_kernel_name[EOT_N_KERNEL] = {
#define EOT_KERNEL(name, arguments) #name,
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
};

const int eot_kernel_n_argument[EOT_N_KERNEL] = {
#define EOT_KERNEL(name, arguments) sizeof(struct eot_args_##name) / sizeof(struct eot_buffer *),
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
};

const char *const *const eot_kernel_argument_name[EOT_N_KERNEL] = {
#define X(argument) #argument,
#define EOT_KERNEL(name, arguments) (const char *const[]){arguments},
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
#undef X
};

/* Backends keep the arguments of a launch in an array of this size. */
#define EOT_KERNEL(name, arguments) \
    _Static_assert(sizeof(struct eot_args_##name) <= EOT_MAX_KERNEL_ARGUMENT * sizeof(struct eot_buffer *), \
                   "kernel " #name " has too many arguments");
#include "../../kernels/kernels.def"
#undef EOT_KERNEL

/* Place of the argument in which a kernel counts the items that its work items take (eotmc/transport/event_muons.h),
 * -1: it has a work item for each. */
static int place_of_taken(enum eot_kernel kernel) {
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++)
        if (strcmp(eot_kernel_argument_name[kernel][i], "taken") == 0) return i;
    return -1;
}

static enum eot_status launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                              struct eot_buffer *const *argument, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const int taken = place_of_taken(kernel);
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++)
        EOT_CHECK(argument[i] != NULL, EOT_E_INTERNAL, "kernel %s: argument %s is missing; report this as a bug",
                  eot_kernel_name[kernel], eot_kernel_argument_name[kernel][i]);
    backend->n_launch++;
    /* n_item is the number of the kernel's items: with fewer, it would look at a counter that is not 0 */
    size_t n_held = taken < 0 || backend->op->held == NULL ? 0 : backend->op->held(backend, kernel);
    if (n_held > 0 && n_held < n_item) {
        EOT_TRY(backend->op->buffer_zero(backend, argument[taken], 0, sizeof(uint32_t), err));
        n_item = n_held;
    }
    EOT_TRY(backend->op->launch(backend, kernel, n_item, group, argument, err));
done:
    return status;
}

#define X(argument) list.argument,
#define EOT_KERNEL(name, arguments) \
    enum eot_status eot_launch_##name(struct eot_backend *backend, size_t n_item, size_t group, \
                                      struct eot_args_##name list, struct eot_error *err) { \
        return launch(backend, EOT_KERNEL_##name, n_item, group, (struct eot_buffer *const[]){arguments}, err); \
    }
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
#undef X
