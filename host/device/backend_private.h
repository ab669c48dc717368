/** @file backend_private.h
 * What the backends and the selection share. Only host/device includes it. */
#ifndef EOT_HOST_DEVICE_BACKEND_PRIVATE_H
#define EOT_HOST_DEVICE_BACKEND_PRIVATE_H

#include "device/backend.h"
#include "device/launch.h"

struct eot_buffer {
    size_t n_bytes;
    void *memory; /* host: the bytes; OpenCL: the cl_mem, which is a pointer too; CUDA: the address on the device */
};

/** The host's own compilation of the kernels: runs one work item. @param item its number. @param n_item the launch's
 * size. @param a pointers, as many as kernels.def says. */
typedef void eot_host_kernel(size_t item, size_t n_item, void *const *a);
extern eot_host_kernel *const eot_host_kernels_plain[EOT_N_KERNEL];
extern eot_host_kernel
    *const eot_host_kernels_fma[EOT_N_KERNEL]; /* for CPUs with AVX2 and FMA (x86-64 only): the same bits, faster */

struct eot_device;
/** The host as a device, without any driver. @param device not looked at; may be NULL. @return EOT_OK or EOT_E_MEMORY.
 */
enum eot_status eot_host_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                      struct eot_backend **backend, struct eot_error *err);

/** The backend on a device of OpenCL. @return EOT_OK, EOT_E_DEVICE (it lacks a feature), EOT_E_BUILD, EOT_E_IO
 * (--kernel-dir), EOT_E_MEMORY. */
enum eot_status eot_opencl_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                        struct eot_backend **backend, struct eot_error *err);

/** The backend on a device of CUDA. Kernels are compiled when they are first launched, so that a launch may return
 * EOT_E_BUILD. @return EOT_OK, EOT_E_DEVICE, EOT_E_USAGE (options->units), EOT_E_BUILD or EOT_E_IO (--kernel-dir),
 * EOT_E_MEMORY. */
enum eot_status eot_cuda_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                      struct eot_backend **backend, struct eot_error *err);

/** C = A B on the host, row after row: A [m][k], B [k][n], C [m][n]; each sum in the order of k. */
void eot_host_product(size_t m, size_t n, size_t k, const double *A, const double *B, double *C);

/** EOT_E_INTERNAL unless [offset, offset + n_bytes) lies in the buffer. */
enum eot_status eot_buffer_check(const struct eot_buffer *buffer, size_t offset, size_t n_bytes, struct eot_error *err);

/** Add a launch to the account of its kernel. @param processor_s processor time of this process during it. */
void eot_backend_account(struct eot_backend *backend, enum eot_kernel kernel, double seconds, double processor_s);

#endif
