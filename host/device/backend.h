/** @file backend.h
 * The one interface through which host/run sees a device: OpenCL (host/device/opencl*.c), CUDA
 * (host/device/cuda_*.c) or the host itself (the same kernel texts compiled as C, one work item after the other).
 * Kernels are listed in kernels/kernels.def; every kernel argument is a pointer to global memory (scalars travel in a
 * parameter buffer). */
#ifndef EOT_HOST_DEVICE_BACKEND_H
#define EOT_HOST_DEVICE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum eot_kernel {
#define EOT_KERNEL(name, arguments) EOT_KERNEL_##name,
#include "../../kernels/kernels.def"
#undef EOT_KERNEL
    EOT_N_KERNEL
};
_Static_assert(EOT_N_KERNEL <= 64, "sets of kernels are bits of 64");

struct eot_buffer; /* device memory, owned by its backend */

struct eot_backend {
    char name[128], driver[128]; /* as in the manifest */
    bool is_host, is_gpu;
    bool is_forced_only; /* the kernels were built for forced vertices (-DEOT_WAYS=1) and know no others */
    int compute_units;
    int lane_width;         /* lanes of the cascade that one work item follows: EOT_LANE_WIDTH of the kernels' build */
    size_t max_buffer;      /* bytes of the largest single buffer */
    double build_s;         /* JIT time so far (program build, not execution) */
    double algebra_build_s; /* of that, the library of matrix products, at its first use */
    double least_product;   /* multiplications of a product of matrices from which a device's library makes it */
    double kernel_s;        /* time so far in which kernels ran, once where several did */
    struct {
        long n_launch;
        double seconds,
            processor_s; /* processor_s: of this process meanwhile, which on a CPU is what the kernel cost */
    } use[EOT_N_KERNEL]; /* of each kernel; with `verbose` it is told when the backend is closed */
    bool is_verbose;
    _Atomic long n_launch; /* of this queue; another thread may look at it */
    struct {
        struct eot_buffer *range, *sum;
    } checksum; /* of eot_backend_read; NULL before the first */
    const struct eot_backend_operations *op;
    void *state;
    struct eot_backend *next;         /* of the devices that --device lists; NULL: the last */
    struct eot_backend *second_queue; /* see eot_backend_second_queue; NULL: not asked for */
};

struct eot_backend_operations {
    /** New buffer of n_bytes (> 0), copied from `initial`, or zero-filled when it is NULL. */
    enum eot_status (*buffer_create)(struct eot_backend *backend, size_t n_bytes, const void *initial,
                                     struct eot_buffer **buffer, struct eot_error *err);
    void (*buffer_free)(struct eot_backend *backend, struct eot_buffer *buffer); /* NULL accepted */
    enum eot_status (*buffer_write)(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                    size_t n_bytes, const void *source, struct eot_error *err);
    enum eot_status (*buffer_read)(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                   size_t n_bytes, void *target, struct eot_error *err);
    enum eot_status (*buffer_zero)(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                   size_t n_bytes, struct eot_error *err);
    /** Run n_item work items in groups of `group` (0 = the backend's choice; n_item is padded up to a multiple of the
     * group: kernels guard against excess items by a count in their parameter buffer), after all that was asked for
     * before. Backends may wait for it or not (CUDA's does not): what fails then is told by the next read. arguments:
     * those of kernels.def in its order; callers name them, see device/launch.h. */
    enum eot_status (*launch)(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                              struct eot_buffer *const *arguments, struct eot_error *err);
    /** Wait for all launches so far. NULL: `launch` waits. */
    enum eot_status (*wait)(struct eot_backend *backend, struct eot_error *err);
    /** Compile a kernel for a size of groups (0 = the backend's choice) before it is launched, where the driver
     * compiles kernels one by one. NULL: there is nothing to compile, or no driver that does so. */
    enum eot_status (*prepare)(struct eot_backend *backend, enum eot_kernel kernel, size_t group,
                               struct eot_error *err);
    /** How many work items of a kernel the device holds at once; 0: not known, or all the same to it. NULL: likewise.
     */
    size_t (*held)(struct eot_backend *backend, enum eot_kernel kernel);
    /** C = A B in double precision: A [m][k], B [k][n], C [m][n], row after row. */
    enum eot_status (*matrix_product)(struct eot_backend *backend, size_t m, size_t n, size_t k, struct eot_buffer *a,
                                      struct eot_buffer *b, struct eot_buffer *c, struct eot_error *err);
    /** See eot_backend_second_queue. NULL: the device has no use for one. */
    enum eot_status (*second_queue)(struct eot_backend *backend, struct eot_backend **second, struct eot_error *err);
    void (*close)(struct eot_backend *backend);
};

struct eot_backend_options {
    const char *selector;   /* --device: NULL = automatic, "host", an index of `eotmc devices`, or a substring of a
                             * device's name; a list of these with commas;   SEL/n: n equal parts of a device
                             * (sub-devices;   host/n: n threads), each a backend of its own */
    bool one_only;          /* refuse a list */
    const char *kernel_dir; /* --kernel-dir: read kernels and headers from this project root instead of the embedded
                               ones; NULL = embedded */
    bool no_kernel_cache;   /* compile anew. Else compiled kernels are kept: by PoCL itself (unless the process has
                               POCL_KERNEL_CACHE=0), by eotmc for other drivers */
    bool verbose;
    int units;         /* use only so many of the device's compute units (a sub-device); 0 = all */
    uint64_t kernels;  /* bits 1 << enum eot_kernel of those that will be launched: their sources are one program.
                          Others are compiled when they are first launched. 0: all are one program */
    bool builds_later; /* on OpenCL that program is built when the first of them is launched or prepared */
    const char *extra_options; /* further -D options, e.g. "-DEOT_WG=16"; NULL = none */
};

/** Choose and open devices, build the program (or take it from the cache) for each: a chain by `next`, in the order of
 * the selector. Release with eot_backend_close, which closes the chain.
 * @return EOT_E_USAGE (no device matches; the text lists what is there), EOT_E_DEVICE, EOT_E_BUILD (with device,
 * driver, options, log). */
enum eot_status eot_backend_open(const struct eot_backend_options *options, struct eot_backend **backend,
                                 struct eot_error *err);
void eot_backend_close(struct eot_backend *backend);

/** Read n_bytes of a buffer and compare them with the checksum that the device makes of them: what one bit is wrong in
 * on its way is not used. The host's memory is read as it is. @param offset, n_bytes multiples of 4.
 * @return EOT_E_DEVICE (the checksums differ), what the backend returns. */
enum eot_status eot_backend_read(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset, size_t n_bytes,
                                 void *target, struct eot_error *err);

/** The same device and program for one more thread: launches of both may be under way at a time, so that one fills the
 * device where the other leaves it idle (a launch ends with its slowest work-group, and the host looks at its outcome
 * before the next one). It has buffers of its own; times are all accounted to `backend`, which closes it.
 * @param second NULL for the host, which has no use for one, and for oclgrind. @return EOT_OK, EOT_E_DEVICE,
 * EOT_E_MEMORY. */
enum eot_status eot_backend_second_queue(struct eot_backend *backend, struct eot_backend **second,
                                         struct eot_error *err);

#endif
