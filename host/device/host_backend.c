#include "backend_private.h"
#include "base/clock.h"
#include "interface.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void eot_backend_account(struct eot_backend *backend, enum eot_kernel kernel, double seconds, double processor_s) {
    backend->use[kernel].seconds += seconds;
    backend->use[kernel].processor_s += processor_s;
    backend->use[kernel].n_launch++;
}

enum eot_status eot_buffer_check(const struct eot_buffer *buffer, size_t offset, size_t n_bytes,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(offset <= buffer->n_bytes && n_bytes <= buffer->n_bytes - offset, EOT_E_INTERNAL,
              "access to bytes %zu..%zu of a device buffer of %zu bytes (out of range); report this as a bug", offset,
              offset + n_bytes, buffer->n_bytes);
done:
    return status;
}

static enum eot_status host_buffer_create(struct eot_backend *backend, size_t n_bytes, const void *initial,
                                          struct eot_buffer **buffer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    (void)backend;
    *buffer = NULL;
    struct eot_buffer *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    b->n_bytes = n_bytes;
    b->memory = initial != NULL ? malloc(n_bytes) : calloc(1, n_bytes);
    EOT_CHECK(b->memory != NULL, EOT_E_MEMORY,
              "cannot have a buffer of %zu bytes (out of memory); use a smaller sampling.batch or free memory",
              n_bytes);
    if (initial != NULL) memcpy(b->memory, initial, n_bytes);
    *buffer = b;
    b = NULL;
done:
    free(b);
    return status;
}

static void host_buffer_free(struct eot_backend *backend, struct eot_buffer *buffer) {
    (void)backend;
    if (buffer == NULL) return;
    free(buffer->memory);
    free(buffer);
}

static enum eot_status host_buffer_write(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                         size_t n_bytes, const void *source, struct eot_error *err) {
    (void)backend;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status == EOT_OK && n_bytes > 0) memcpy((char *)buffer->memory + offset, source, n_bytes);
    return status;
}

static enum eot_status host_buffer_read(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                        size_t n_bytes, void *target, struct eot_error *err) {
    (void)backend;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status == EOT_OK && n_bytes > 0) memcpy(target, (char *)buffer->memory + offset, n_bytes);
    return status;
}

static enum eot_status host_buffer_zero(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                        size_t n_bytes, struct eot_error *err) {
    (void)backend;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status == EOT_OK && n_bytes > 0) memset((char *)buffer->memory + offset, 0, n_bytes);
    return status;
}

static enum eot_status host_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                   struct eot_buffer *const *arguments, struct eot_error *err) {
    (void)err;
    eot_host_kernel *const *kernels = backend->state;
    void *memory[EOT_MAX_KERNEL_ARGUMENT];
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++) memory[i] = arguments[i]->memory;
    if (group > 1) n_item = (n_item + group - 1) / group * group;
    double start = eot_clock_seconds(), processor = eot_clock_processor_seconds();
    for (size_t item = 0; item < n_item; item++) kernels[kernel](item, n_item, memory);
    double seconds = eot_clock_seconds() - start;
    backend->kernel_s += seconds;
    eot_backend_account(backend, kernel, seconds, eot_clock_processor_seconds() - processor);
    return EOT_OK;
}

void eot_host_product(size_t m, size_t n, size_t k, const double *A, const double *B, double *C) {
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) C[i * n + j] = 0.0;
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < n; j++) C[i * n + j] += A[i * k + l] * B[l * n + j];
    }
}

static enum eot_status host_matrix_product(struct eot_backend *backend, size_t m, size_t n, size_t k,
                                           struct eot_buffer *a, struct eot_buffer *b, struct eot_buffer *c,
                                           struct eot_error *err) {
    (void)backend;
    (void)err;
    eot_host_product(m, n, k, a->memory, b->memory, c->memory);
    return EOT_OK;
}

static void host_close(struct eot_backend *backend) { free(backend); }

static const struct eot_backend_operations HOST_OPERATIONS = {
    .buffer_create = host_buffer_create,
    .buffer_free = host_buffer_free,
    .buffer_write = host_buffer_write,
    .buffer_read = host_buffer_read,
    .buffer_zero = host_buffer_zero,
    .launch = host_launch,
    .matrix_product = host_matrix_product,
    .close = host_close,
};

enum eot_status eot_host_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                      struct eot_backend **backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    (void)device;
    (void)options;
    *backend = NULL;
    struct eot_backend *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    eot_host_kernel *const *kernels = eot_host_kernels_plain;
    const char *build = "plain";
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        kernels = eot_host_kernels_fma;
        build = "avx2+fma";
    }
#endif
    snprintf(b->name, sizeof b->name, "host");
    snprintf(b->driver, sizeof b->driver, "C, %s", build);
    b->is_host = true;
    b->compute_units = b->lane_width = 1;
    b->max_buffer = SIZE_MAX / 2;
    b->op = &HOST_OPERATIONS;
    b->state = (void *)(uintptr_t)kernels;
    *backend = b;
done:
    return status;
}

static void host_describe(struct eot_device *device) {
    snprintf(device->platform, sizeof device->platform, "none");
    snprintf(device->name, sizeof device->name, "host");
    snprintf(device->driver, sizeof device->driver, "kernels compiled as C");
    snprintf(device->c_version, sizeof device->c_version, "C11");
    device->type = EOT_DEVICE_HOST;
    device->interface = EOT_INTERFACE_HOST;
    device->fp64 = device->int64_atomics = device->exact_divide = true;
    device->compute_units = 1;
    device->n_part_max = EOT_MAX_DEVICE_CHOICE;
    device->max_group = device->max_parameter = SIZE_MAX / 2;
    device->memory = device->max_buffer = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static enum eot_status host_list(struct eot_device_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *device;
    EOT_TRY(eot_device_list_add(list, &device, err));
    host_describe(device);
done:
    return status;
}

/* Parts of the host are threads. */
static enum eot_status host_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                   struct eot_error *err) {
    (void)err;
    for (unsigned k = 0; k < n_part; k++) part[k] = *device;
    return EOT_OK;
}

static void host_absence(char *reason, size_t n_reason) { snprintf(reason, n_reason, "%s", ""); }

EOT_INTERFACE_DEFINE(host, 0, host_list, eot_host_backend_open, host_divide, host_absence);
