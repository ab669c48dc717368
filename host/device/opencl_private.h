/** @file opencl_private.h
 * What the parts of the backend on OpenCL share: its state, and the programs of its kernels. */
#ifndef EOT_HOST_DEVICE_OPENCL_PRIVATE_H
#define EOT_HOST_DEVICE_OPENCL_PRIVATE_H

#include <pthread.h>

#include "backend_private.h"
#include "cl_status.h"
#include "device.h"

/* What a backend and its second queue share. */
struct opencl_shared {
    struct eot_backend *backend; /* whose account it is */
    cl_context context;
    cl_device_id device, part;            /* part: the sub-device that `device` then is, or NULL */
    const struct eot_device *information; /* of device; a copy */
    char options[512];                    /* of the compiler */
    char *kernel_dir;                     /* NULL: the embedded sources */
    bool no_cache, is_verbose;
    pthread_mutex_t building;            /* held while a program is built */
    uint64_t kernels;                    /* of one program: bits 1 << enum eot_kernel; 0: all */
    cl_program program[EOT_N_KERNEL];    /* in which each kernel is, NULL: not built yet */
    cl_program limited;                  /* of the hot kernel alone, where its registers are limited; may be NULL */
    pthread_rwlock_t compiling;          /* a launch that may compile is alone, so that its time can be told */
    size_t compiled_group[EOT_N_KERNEL]; /* group of the last launch: drivers may compile anew for another one */
    pthread_mutex_t account;
    int n_running; /* launches */
    double running_since;
};

struct opencl {
    struct opencl_shared *shared;
    cl_command_queue queue;
    struct opencl_kernel {
        cl_kernel kernel; /* NULL: not asked for yet */
        size_t max_group, preferred_multiple;
    } kernel[EOT_N_KERNEL];
    bool has_algebra; /* CLBlast has compiled its kernels */
};

/** Whether a device is PoCL's. */
bool eot_opencl_is_pocl(const struct eot_device *device);

/** What the programs of a device are built with, before the first of them. @param lane_width of the cascade.
 * @return EOT_E_INTERNAL (unsuitable options), EOT_E_MEMORY. */
enum eot_status eot_opencl_programs_init(struct opencl_shared *shared, const struct eot_device *device, int lane_width,
                                         const struct eot_backend_options *options, struct eot_error *err);
void eot_opencl_programs_free(struct opencl_shared *shared);

/** One program, built or from the cache, of the source files of some kernels. @param kernels as of struct
 * opencl_shared. @return EOT_E_BUILD (with device, driver, options, log), EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_opencl_program_build(struct opencl_shared *shared, uint64_t kernels, struct eot_error *err);

/** A kernel of a queue; its program is built if there is none yet. @return as eot_opencl_program_build. */
enum eot_status eot_opencl_kernel(struct opencl *cl, enum eot_kernel kernel, struct eot_error *err);

#endif
