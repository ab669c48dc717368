/* The backend on an NVIDIA GPU: the driver's interface, without CUDA's run-time library. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend_private.h"
#include "base/clock.h"
#include "base/log.h"
#include "cuda_driver.h"
#include "cuda_program.h"
#include "cuda_queue.h"
#include "devices.h"

/* A kernel, once it is compiled. */
struct cuda_kernel {
    void *module, *function;
    size_t max_group;
};

/* What a backend and its second queue share. */
struct cuda_shared {
    struct eot_cuda_account account; /* its backend is the one that closes all this */
    struct eot_cuda_driver driver;
    void *context; /* the device's primary one */
    int device, capability, max_threads;
    bool is_retained;
    struct eot_cuda_text text;
    struct cuda_kernel kernel[EOT_N_KERNEL];
    pthread_mutex_t compiling;
    bool is_verbose;
};

struct cuda {
    struct cuda_shared *shared;
    struct eot_cuda_queue queue;
};

enum { WARP = 32, GROUP = 64 };

/* The memory of a buffer as the driver names it; struct eot_buffer has a pointer. */
static uint64_t address(const struct eot_buffer *buffer) { return (uint64_t)(uintptr_t)buffer->memory; }

static enum eot_status cuda_buffer_write(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                         size_t n_bytes, const void *source, struct eot_error *err) {
    struct cuda *c = backend->state;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_TRY(eot_cuda_queue_write(&c->queue, address(buffer) + offset, source, n_bytes, err));
done:
    return status;
}

static enum eot_status cuda_buffer_read(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                        size_t n_bytes, void *target, struct eot_error *err) {
    struct cuda *c = backend->state;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_TRY(eot_cuda_queue_read(&c->queue, address(buffer) + offset, target, n_bytes, err));
done:
    return status;
}

static enum eot_status cuda_buffer_zero(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                        size_t n_bytes, struct eot_error *err) {
    struct cuda *c = backend->state;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_TRY(eot_cuda_queue_zero(&c->queue, address(buffer) + offset, n_bytes, err));
done:
    return status;
}

static void cuda_buffer_free(struct eot_backend *backend, struct eot_buffer *buffer) {
    struct cuda *c = backend->state;
    if (buffer == NULL) return;
    if (buffer->memory != NULL && c->shared->driver.cuCtxSetCurrent(c->shared->context) == 0) {
        (void)eot_cuda_queue_wait(&c->queue, NULL); /* for what still uses it */
        (void)c->shared->driver.cuMemFree_v2(address(buffer));
    }
    free(buffer);
}

static enum eot_status cuda_buffer_create(struct eot_backend *backend, size_t n_bytes, const void *initial,
                                          struct eot_buffer **buffer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct cuda *c = backend->state;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    uint64_t memory = 0;
    *buffer = NULL;
    struct eot_buffer *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    EOT_CHECK(n_bytes <= backend->max_buffer, EOT_E_DEVICE,
              "a buffer of %zu bytes is larger than %s allows (%zu); use a smaller sampling.batch or device.lanes",
              n_bytes, backend->name, backend->max_buffer);
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_CU(cuMemAlloc_v2(&memory, n_bytes));
    b->memory = (void *)(uintptr_t)memory;
    b->n_bytes = n_bytes;
    EOT_TRY(initial != NULL ? cuda_buffer_write(backend, b, 0, n_bytes, initial, err)
                            : cuda_buffer_zero(backend, b, 0, n_bytes, err));
    *buffer = b;
    b = NULL;
done:
    cuda_buffer_free(backend, b);
    return status;
}

/* Give the driver a kernel's code; false with the driver's code if it refuses it. */
static bool kernel_load(struct cuda_shared *s, enum eot_kernel kernel, const struct eot_cuda_image *image, int *code) {
    struct cuda_kernel *k = &s->kernel[kernel];
    *code = s->driver.cuModuleLoadDataEx(&k->module, image->bytes, 0, NULL, NULL);
    if (*code == 0) *code = s->driver.cuModuleGetFunction(&k->function, k->module, eot_kernel_name[kernel]);
    if (*code == 0) return true;
    if (k->module != NULL) (void)s->driver.cuModuleUnload(k->module);
    k->module = k->function = NULL;
    return false;
}

static void kernel_describe(const struct cuda_shared *s, enum eot_kernel kernel, enum eot_cuda_origin origin,
                            double seconds) {
    static const char *const FROM[EOT_N_CUDA_ORIGIN] = {
        [EOT_CUDA_CACHE] = "cached", [EOT_CUDA_FOLDER] = "compiled before", [EOT_CUDA_COMPILER] = "compiled now"};
    const struct eot_log log = {.level = s->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    const struct eot_cuda_driver *d = &s->driver;
    void *function = s->kernel[kernel].function;
    int registers = 0, local = 0, n_group = 0;
    if (d->cuFuncGetAttribute(&registers, EOT_CUDA_FUNCTION_REGISTERS, function) != 0 ||
        d->cuFuncGetAttribute(&local, EOT_CUDA_FUNCTION_LOCAL_BYTES, function) != 0 ||
        d->cuOccupancyMaxActiveBlocksPerMultiprocessor(&n_group, function, GROUP, 0) != 0)
        return;
    eot_log_message(&log, EOT_LOG_VERBOSE,
                    "kernel %s: %d registers, %d bytes of local memory, occupancy %.1f %% in groups of %d; %s, %.2f s",
                    eot_kernel_name[kernel], registers, local,
                    s->max_threads > 0 ? 100.0 * n_group * GROUP / s->max_threads : 0.0, (int)GROUP, FROM[origin],
                    seconds);
}

/* The kernel, compiled at its first use. */
static enum eot_status kernel_get(struct cuda_shared *s, enum eot_kernel kernel, struct cuda_kernel *found,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = &s->driver;
    const struct eot_log log = {.level = s->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    struct eot_cuda_image image = {.bytes = NULL};
    struct cuda_kernel *k = &s->kernel[kernel];
    double start = eot_clock_seconds();
    int max_group = 0;
    pthread_mutex_lock(&s->compiling);
    for (enum eot_cuda_origin first = EOT_CUDA_CACHE; k->function == NULL; first = image.origin + 1) {
        int code = 0;
        free(image.bytes);
        EOT_TRY(eot_cuda_image_find(&s->text, kernel, s->capability, first, &image, err));
        if (kernel_load(s, kernel, &image, &code)) break;
        if (image.origin == EOT_CUDA_COMPILER) {
            status = eot_cuda_error(driver, err, __FILE__, __LINE__, __func__, "cuModuleLoadDataEx(", code);
            goto done;
        }
        eot_log_message(&log, EOT_LOG_VERBOSE, "the driver refuses the stored code of kernel %s (%s); trying another",
                        eot_kernel_name[kernel], eot_cuda_code_name(driver, code));
    }
    if (image.bytes != NULL) {
        EOT_CU(cuFuncGetAttribute(&max_group, EOT_CUDA_FUNCTION_MAX_GROUP, k->function));
        k->max_group = (size_t)max_group;
        double seconds = eot_clock_seconds() - start;
        pthread_mutex_lock(&s->account.lock);
        s->account.backend->build_s += seconds;
        pthread_mutex_unlock(&s->account.lock);
        kernel_describe(s, kernel, image.origin, seconds);
    }
    *found = *k;
done:
    pthread_mutex_unlock(&s->compiling);
    free(image.bytes);
    return status;
}

/* Two warps; one where the multiprocessors would not have four groups each to share out. */
static size_t automatic_group(const struct eot_backend *backend, size_t n_item) {
    return n_item / GROUP >= 4 * (size_t)backend->compute_units ? GROUP : WARP;
}

static enum eot_status cuda_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                   struct eot_buffer *const *arguments, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct cuda *c = backend->state;
    struct cuda_shared *s = c->shared;
    const struct eot_cuda_driver *driver = &s->driver;
    struct cuda_kernel k = {.function = NULL};
    uint64_t memory[EOT_MAX_KERNEL_ARGUMENT];
    void *pointer[EOT_MAX_KERNEL_ARGUMENT];
    if (n_item == 0) return EOT_OK;
    EOT_CU(cuCtxSetCurrent(s->context));
    EOT_TRY(kernel_get(s, kernel, &k, err));
    if (group == 0) group = automatic_group(backend, n_item);
    EOT_CHECK(group <= k.max_group, EOT_E_USAGE,
              "work-group of %zu items is too large for kernel %s on %s (at most %zu); set device.work_group to a "
              "smaller one, or 0",
              group, eot_kernel_name[kernel], backend->name, k.max_group);
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++) {
        memory[i] = address(arguments[i]);
        pointer[i] = &memory[i];
    }
    EOT_TRY(eot_cuda_queue_launch(&c->queue,
                                  &(struct eot_cuda_launch){.kernel = kernel,
                                                            .function = k.function,
                                                            .pointer = pointer,
                                                            .n_group = (n_item + group - 1) / group,
                                                            .group = group},
                                  err));
done:
    return status;
}

static size_t cuda_held(struct eot_backend *backend, enum eot_kernel kernel) {
    struct cuda_shared *s = ((struct cuda *)backend->state)->shared;
    struct cuda_kernel k = {.function = NULL};
    struct eot_error ignored; /* the launch that follows says it */
    int n_group = 0;
    if (s->driver.cuCtxSetCurrent(s->context) != 0 || kernel_get(s, kernel, &k, &ignored) != EOT_OK ||
        s->driver.cuOccupancyMaxActiveBlocksPerMultiprocessor(&n_group, k.function, GROUP, 0) != 0)
        return 0;
    return (size_t)n_group * GROUP * (size_t)backend->compute_units;
}

static enum eot_status cuda_wait(struct eot_backend *backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct cuda *c = backend->state;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_TRY(eot_cuda_queue_wait(&c->queue, err));
done:
    return status;
}

/* By a kernel of one work item for each element: the matrices are small. */
static enum eot_status cuda_matrix_product(struct eot_backend *backend, size_t m, size_t n, size_t k,
                                           struct eot_buffer *a, struct eot_buffer *b, struct eot_buffer *c,
                                           struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const uint32_t size[3] = {(uint32_t)m, (uint32_t)n, (uint32_t)k};
    struct eot_buffer *sizes = NULL;
    EOT_TRY(cuda_buffer_create(backend, sizeof size, size, &sizes, err));
    EOT_TRY(cuda_launch(backend, EOT_KERNEL_matrix_product, m * n, 0, (struct eot_buffer *[]){sizes, a, b, c}, err));
done:
    cuda_buffer_free(backend, sizes);
    return status;
}

static void shared_free(struct cuda_shared *s) {
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if (s->kernel[i].module != NULL) (void)s->driver.cuModuleUnload(s->kernel[i].module);
    eot_cuda_text_free(&s->text);
    if (s->is_retained) (void)s->driver.cuDevicePrimaryCtxRelease_v2(s->device);
    pthread_mutex_destroy(&s->compiling);
    pthread_mutex_destroy(&s->account.lock);
    free(s);
}

static void cuda_close(struct eot_backend *backend) {
    struct cuda *c = backend->state;
    if (c != NULL && c->shared != NULL) {
        const struct eot_cuda_driver *d = &c->shared->driver;
        if (c->shared->context != NULL) (void)d->cuCtxSetCurrent(c->shared->context);
        eot_cuda_queue_close(&c->queue);
        if (c->shared->account.backend == backend) shared_free(c->shared); /* a second queue is closed before */
    }
    free(c);
    free(backend);
}

static enum eot_status queue_open(struct cuda *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = &c->shared->driver;
    EOT_CU(cuCtxSetCurrent(c->shared->context));
    EOT_TRY(eot_cuda_queue_open(&c->queue, driver, &c->shared->account, err));
done:
    return status;
}

static enum eot_status cuda_second_queue(struct eot_backend *backend, struct eot_backend **second,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct cuda *elder = backend->state;
    *second = NULL;
    struct eot_backend *b = malloc(sizeof *b);
    EOT_CHECK_MEMORY(b);
    *b = *backend;
    b->next = b->second_queue = NULL;
    b->n_launch = 0;
    b->checksum.range = b->checksum.sum = NULL;
    memset(b->use, 0, sizeof b->use);
    struct cuda *c = b->state = calloc(1, sizeof *c);
    EOT_CHECK_MEMORY(c);
    c->shared = elder->shared;
    EOT_TRY(queue_open(c, err));
    *second = b;
    b = NULL;
done:
    eot_backend_close(b);
    return status;
}

static const struct eot_backend_operations CUDA_OPERATIONS = {
    .buffer_create = cuda_buffer_create,
    .buffer_free = cuda_buffer_free,
    .buffer_write = cuda_buffer_write,
    .buffer_read = cuda_buffer_read,
    .buffer_zero = cuda_buffer_zero,
    .launch = cuda_launch,
    .held = cuda_held,
    .wait = cuda_wait,
    .matrix_product = cuda_matrix_product,
    .second_queue = cuda_second_queue,
    .close = cuda_close,
};

enum eot_status eot_cuda_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                      struct eot_backend **backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char reason[256] = "";
    *backend = NULL;
    struct eot_backend *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    b->op = &CUDA_OPERATIONS;
    struct cuda *c = b->state = calloc(1, sizeof *c);
    EOT_CHECK_MEMORY(c);
    struct cuda_shared *s = c->shared = calloc(1, sizeof *s);
    EOT_CHECK_MEMORY(s);
    const struct eot_cuda_driver *driver = &s->driver;
    s->account.backend = b;
    s->is_verbose = options->verbose;
    pthread_mutex_init(&s->compiling, NULL);
    pthread_mutex_init(&s->account.lock, NULL);
    EOT_CHECK(device->missing[0] == '\0', EOT_E_DEVICE,
              "%s (driver %s) cannot run eotmc (it lacks %s); choose another one of `eotmc devices`, or --device host",
              device->name, device->driver, device->missing);
    EOT_CHECK(options->units <= 0 || options->units == (int)device->compute_units, EOT_E_USAGE,
              "--units %d (%s can only be used whole through CUDA); leave --units out", options->units, device->name);
    EOT_CHECK(eot_cuda_driver_load(&s->driver, reason, sizeof reason), EOT_E_DEVICE,
              "cannot use %s (%s); update the driver, or run with --device host", device->name, reason);
    snprintf(b->name, sizeof b->name, "%s", device->name);
    snprintf(b->driver, sizeof b->driver, "%s", device->driver);
    b->compute_units = (int)device->compute_units;
    b->is_gpu = true;
    b->lane_width = 1;
    b->max_buffer = (size_t)device->max_buffer;
    s->capability = device->capability;
    double start = eot_clock_seconds();
    EOT_CU(cuDeviceGet(&s->device, device->ordinal));
    EOT_CU(cuDeviceGetAttribute(&s->max_threads, EOT_CUDA_DEVICE_MAX_THREADS_PER_MULTIPROCESSOR, s->device));
    EOT_CU(cuDevicePrimaryCtxRetain(&s->context, s->device));
    s->is_retained = true;
    EOT_TRY(queue_open(c, err));
    EOT_TRY(eot_cuda_text_init(&s->text, options, err));
    b->build_s = eot_clock_seconds() - start;
    *backend = b;
    b = NULL;
done:
    eot_backend_close(b);
    return status;
}
