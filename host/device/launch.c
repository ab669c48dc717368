#include "device/launch.h"

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

static enum eot_status launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                              struct eot_buffer *const *argument, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++)
        EOT_CHECK(argument[i] != NULL, EOT_E_INTERNAL, "kernel %s: argument %s is missing; report this as a bug",
                  eot_kernel_name[kernel], eot_kernel_argument_name[kernel][i]);
    backend->n_launch++;
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
