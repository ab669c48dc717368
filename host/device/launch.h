/** @file launch.h
 * Launches of the kernels by the names of their arguments. All of it is generated from kernels/kernels.def: of each
 * kernel a struct of its arguments, `struct eot_args_cascade {struct eot_buffer *table, *em, ...;}`, and a function
 * that takes it, `eot_launch_cascade(backend, n_item, group, (struct eot_args_cascade){.table = ..., ...}, err)`. */
#ifndef EOT_HOST_DEVICE_LAUNCH_H
#define EOT_HOST_DEVICE_LAUNCH_H

#include "device/backend.h"

enum { EOT_MAX_KERNEL_ARGUMENT = 16 };

/** Of each kernel: its name, how many arguments it has, and their names in the order of its parameters. */
extern const char *const eot_kernel_name[EOT_N_KERNEL];
extern const int eot_kernel_n_argument[EOT_N_KERNEL];
extern const char *const *const eot_kernel_argument_name[EOT_N_KERNEL];

#define X(argument) struct eot_buffer *argument;
#define EOT_KERNEL(name, arguments) \
    struct eot_args_##name { \
        arguments \
    };
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
#undef X

/** Number of an argument among those of its kernel, for code that sees them as an array. */
#define EOT_ARGUMENT_INDEX(kernel, argument) \
    (offsetof(struct eot_args_##kernel, argument) / sizeof(struct eot_buffer *))

/** Run n_item work items of a kernel in groups of `group`, as struct eot_backend_operations says of `launch`.
 * Every argument has to be given. @return EOT_E_INTERNAL with the names of kernel and argument if one is missing; what
 * the backend returns. */
#define EOT_KERNEL(name, arguments) \
    enum eot_status eot_launch_##name(struct eot_backend *backend, size_t n_item, size_t group, \
                                      struct eot_args_##name list, struct eot_error *err);
#include "../../kernels/kernels.def"
#undef EOT_KERNEL

#endif
