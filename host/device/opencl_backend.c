/* The backend on OpenCL: context, buffers, launches, products of matrices. */
#include <clblast_c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "device/pocl_cache.h"
#include "opencl_private.h"

static enum eot_status opencl_buffer_create(struct eot_backend *backend, size_t n_bytes, const void *initial,
                                            struct eot_buffer **buffer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct opencl *cl = backend->state;
    cl_int code = CL_SUCCESS;
    *buffer = NULL;
    struct eot_buffer *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    EOT_CHECK(n_bytes <= backend->max_buffer, EOT_E_DEVICE,
              "a buffer of %zu bytes is larger than %s allows (%zu); use a smaller sampling.batch or device.lanes",
              n_bytes, backend->name, backend->max_buffer);
    /* the driver only reads `initial`, though its interface lacks the const */
    void *copied = NULL;
    memcpy(&copied, &initial, sizeof copied);
    EOT_CL((b->memory =
                clCreateBuffer(cl->shared->context, CL_MEM_READ_WRITE | (initial != NULL ? CL_MEM_COPY_HOST_PTR : 0),
                               n_bytes, copied, &code),
            code));
    b->n_bytes = n_bytes;
    if (initial == NULL) EOT_TRY(backend->op->buffer_zero(backend, b, 0, n_bytes, err));
    *buffer = b;
    b = NULL;
done:
    backend->op->buffer_free(backend, b);
    return status;
}

static void opencl_buffer_free(struct eot_backend *backend, struct eot_buffer *buffer) {
    (void)backend;
    if (buffer == NULL) return;
    if (buffer->memory != NULL) clReleaseMemObject(buffer->memory);
    free(buffer);
}

static enum eot_status opencl_buffer_write(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                           size_t n_bytes, const void *source, struct eot_error *err) {
    struct opencl *cl = backend->state;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CL(clEnqueueWriteBuffer(cl->queue, buffer->memory, CL_TRUE, offset, n_bytes, source, 0, NULL, NULL));
done:
    return status;
}

static enum eot_status opencl_buffer_read(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                          size_t n_bytes, void *target, struct eot_error *err) {
    struct opencl *cl = backend->state;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CL(clEnqueueReadBuffer(cl->queue, buffer->memory, CL_TRUE, offset, n_bytes, target, 0, NULL, NULL));
done:
    return status;
}

static enum eot_status opencl_buffer_zero(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                          size_t n_bytes, struct eot_error *err) {
    struct opencl *cl = backend->state;
    const cl_uchar zero = 0;
    enum eot_status status = eot_buffer_check(buffer, offset, n_bytes, err);
    if (status != EOT_OK || n_bytes == 0) goto done;
    EOT_CL(clEnqueueFillBuffer(cl->queue, buffer->memory, &zero, sizeof zero, offset, n_bytes, 0, NULL, NULL));
    EOT_CL(clFinish(cl->queue));
done:
    return status;
}

/* What the device prefers; on a GPU the largest multiple of it up to 64 items that leaves each compute unit a few
 * groups to share out. One size on a CPU: its drivers compile a kernel anew for each. */
static size_t automatic_group(const struct eot_backend *backend, const struct opencl_kernel *k, size_t n_item) {
    size_t group = k->preferred_multiple > 0 ? k->preferred_multiple : 1;
    while (backend->is_gpu && 2 * group <= 64 && 2 * group <= k->max_group &&
           n_item / (2 * group) >= 4 * (size_t)backend->compute_units)
        group *= 2;
    return group < k->max_group ? group : k->max_group;
}

/* Before a launch: true if it may compile, and then it is the only one. */
static bool launch_begin(struct opencl_shared *shared, enum eot_kernel kernel, size_t group) {
    pthread_rwlock_rdlock(&shared->compiling);
    bool may_compile = shared->compiled_group[kernel] != group;
    if (may_compile) {
        pthread_rwlock_unlock(&shared->compiling);
        pthread_rwlock_wrlock(&shared->compiling);
        may_compile = shared->compiled_group[kernel] != group; /* the other queue may have been first */
        shared->compiled_group[kernel] = group;
    }
    pthread_mutex_lock(&shared->account);
    if (shared->n_running++ == 0) shared->running_since = eot_clock_seconds();
    pthread_mutex_unlock(&shared->account);
    return may_compile;
}

/* After it. @param running s, by the driver's clocks. @param compiling s. */
static void launch_end(struct opencl_shared *shared, enum eot_kernel kernel, double running, double processor,
                       double compiling) {
    pthread_mutex_lock(&shared->account);
    if (--shared->n_running == 0) shared->backend->kernel_s += eot_clock_seconds() - shared->running_since - compiling;
    eot_backend_account(shared->backend, kernel, running, processor);
    shared->backend->build_s += compiling;
    pthread_mutex_unlock(&shared->account);
    pthread_rwlock_unlock(&shared->compiling);
}

/* A kernel of this queue; what its program takes to build is no time of kernels. */
static enum eot_status kernel_ready(struct opencl *cl, enum eot_kernel kernel, struct eot_error *err) {
    if (cl->kernel[kernel].kernel != NULL) return EOT_OK;
    double start = eot_clock_seconds();
    enum eot_status status = eot_opencl_kernel(cl, kernel, err);
    pthread_mutex_lock(&cl->shared->account);
    cl->shared->backend->build_s += eot_clock_seconds() - start;
    pthread_mutex_unlock(&cl->shared->account);
    return status;
}

static enum eot_status opencl_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                     struct eot_buffer *const *arguments, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct opencl *cl = backend->state;
    struct opencl_kernel *k = &cl->kernel[kernel];
    cl_event event = NULL;
    if (n_item == 0) return EOT_OK;
    status = kernel_ready(cl, kernel, err);
    if (status != EOT_OK) return status;
    if (group == 0) group = automatic_group(backend, k, n_item);
    bool may_compile = launch_begin(cl->shared, kernel, group);
    double start = eot_clock_seconds(), processor = eot_clock_processor_seconds(), running = 0.0, compiling = 0.0;
    EOT_CHECK(group <= k->max_group, EOT_E_USAGE,
              "work-group of %zu items is too large for kernel %s on %s (at most %zu); set device.work_group to a "
              "smaller one, or 0",
              group, eot_kernel_name[kernel], backend->name, k->max_group);
    size_t n_padded = (n_item + group - 1) / group * group;
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++)
        EOT_CL(clSetKernelArg(k->kernel, (cl_uint)i, sizeof(cl_mem), &arguments[i]->memory));
    EOT_CL(clEnqueueNDRangeKernel(cl->queue, k->kernel, 1, NULL, &n_padded, &group, 0, NULL, &event));
    EOT_CL(clWaitForEvents(1, &event));
    double wall = eot_clock_seconds() - start;
    cl_ulong from = 0, to = 0; /* ns */
    EOT_CL(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof from, &from, NULL));
    EOT_CL(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof to, &to, NULL));
    running = to > from ? 1e-9 * (double)(to - from) : 0.0;
    if (may_compile && wall > running) compiling = wall - running;
done:
    launch_end(cl->shared, kernel, running, eot_clock_processor_seconds() - processor, compiling);
    if (event != NULL) clReleaseEvent(event);
    return status;
}

/* OpenCL does not tell. A multiprocessor of an H100 has registers for 384 work items of `reach`; too many cost less
 * than too few (bench/README.md). */
static size_t opencl_held(struct eot_backend *backend, enum eot_kernel kernel) {
    (void)kernel;
    return backend->is_gpu ? (size_t)backend->compute_units * 512 : 0;
}

/* PoCL compiles a kernel at its first launch: this is one, of a group that has nothing to do, since all numbers of
 * items are 0. Other drivers compile whole programs. */
static enum eot_status opencl_prepare(struct eot_backend *backend, enum eot_kernel kernel, size_t group,
                                      struct eot_error *err) {
    enum { N_BYTE = 1 << 20 }; /* longer than any struct that is read before the number of items */
    enum eot_status status = EOT_OK;
    struct opencl *cl = backend->state;
    struct eot_buffer *nothing = NULL, *arguments[EOT_MAX_KERNEL_ARGUMENT];
    if (!eot_opencl_is_pocl(cl->shared->information)) return EOT_OK;
    status = kernel_ready(cl, kernel, err);
    if (status != EOT_OK) return status;
    if (group == 0) group = automatic_group(backend, &cl->kernel[kernel], 1);
    if (cl->shared->compiled_group[kernel] == group) return EOT_OK;
    EOT_TRY(backend->op->buffer_create(backend, N_BYTE, NULL, &nothing, err));
    for (int i = 0; i < EOT_MAX_KERNEL_ARGUMENT; i++) arguments[i] = nothing;
    EOT_TRY(backend->op->launch(backend, kernel, 1, group, arguments, err));
done:
    backend->op->buffer_free(backend, nothing);
    return status;
}

static enum eot_status one_product(struct opencl *cl, size_t m, size_t n, size_t k, struct eot_buffer *a,
                                   struct eot_buffer *b, struct eot_buffer *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    CLBlastStatusCode code = CLBlastDgemm(CLBlastLayoutRowMajor, CLBlastTransposeNo, CLBlastTransposeNo, m, n, k, 1.0,
                                          a->memory, 0, k, b->memory, 0, n, 0.0, c->memory, 0, n, &cl->queue, NULL);
    EOT_CHECK(
        code == CLBlastSuccess, EOT_E_DEVICE,
        "CLBlast's product of %zu x %zu and %zu x %zu matrices failed (code %d of clblast_c.h); use --device host", m,
        k, k, n, (int)code);
    EOT_CL(clFinish(cl->queue));
done:
    return status;
}

/* On the host, without CLBlast. */
static enum eot_status product_on_host(struct eot_backend *backend, size_t m, size_t n, size_t k, struct eot_buffer *a,
                                       struct eot_buffer *b, struct eot_buffer *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *A = malloc((m * k + k * n + m * n) * sizeof *A), *B = A + m * k, *C = B + k * n;
    EOT_CHECK_MEMORY(A);
    EOT_TRY(backend->op->buffer_read(backend, a, 0, m * k * sizeof *A, A, err));
    EOT_TRY(backend->op->buffer_read(backend, b, 0, k * n * sizeof *B, B, err));
    eot_host_product(m, n, k, A, B, C);
    EOT_TRY(backend->op->buffer_write(backend, c, 0, m * n * sizeof *C, C, err));
done:
    free(A);
    return status;
}

static enum eot_status opencl_matrix_product(struct eot_backend *backend, size_t m, size_t n, size_t k,
                                             struct eot_buffer *a, struct eot_buffer *b, struct eot_buffer *c,
                                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct opencl *cl = backend->state;
    if (!cl->has_algebra && (double)m * (double)n * (double)k < backend->least_product)
        return product_on_host(backend, m, n, k, a, b, c, err);
    double start = eot_clock_seconds();
    EOT_TRY(one_product(cl, m, n, k, a, b, c, err));
    if (!cl->has_algebra) { /* CLBlast compiles its kernels at the first call; the second shows what the product takes
                             */
        double first = eot_clock_seconds() - start;
        start = eot_clock_seconds();
        cl->has_algebra = true;
        EOT_TRY(one_product(cl, m, n, k, a, b, c, err));
        double built = first - (eot_clock_seconds() - start);
        backend->algebra_build_s += built > 0.0 ? built : 0.0;
        backend->build_s += built > 0.0 ? built : 0.0;
    }
done:
    return status;
}

static void shared_free(struct opencl_shared *shared) {
    eot_opencl_programs_free(shared);
    if (shared->context != NULL) clReleaseContext(shared->context);
    if (shared->part != NULL) clReleaseDevice(shared->part);
    pthread_rwlock_destroy(&shared->compiling);
    pthread_mutex_destroy(&shared->account);
    pthread_mutex_destroy(&shared->building);
    free(shared);
}

static void opencl_close(struct eot_backend *backend) {
    struct opencl *cl = backend->state;
    if (cl != NULL && cl->has_algebra) CLBlastClearCache(); /* its programs hold the context */
    if (cl != NULL) {
        for (int i = 0; i < EOT_N_KERNEL; i++)
            if (cl->kernel[i].kernel != NULL) clReleaseKernel(cl->kernel[i].kernel);
        if (cl->queue != NULL) clReleaseCommandQueue(cl->queue);
        if (cl->shared != NULL && cl->shared->backend == backend)
            shared_free(cl->shared); /* a second queue is closed before */
        eot_pocl_cache_seal();       /* PoCL compiles for a size of groups when that is first launched */
    }
    free(cl);
    free(backend);
}

static enum eot_status opencl_second_queue(struct eot_backend *backend, struct eot_backend **second,
                                           struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct opencl *elder = backend->state;
    cl_int code = CL_SUCCESS;
    *second = NULL;
    if (strstr(backend->name, "Oclgrind") != NULL)
        return EOT_OK; /* it follows one launch at a time, and stops the program at a second one */
    struct eot_backend *b = malloc(sizeof *b);
    EOT_CHECK_MEMORY(b);
    *b = *backend;
    b->next = b->second_queue = NULL;
    b->n_launch = 0;
    b->checksum.range = b->checksum.sum = NULL;
    memset(b->use, 0, sizeof b->use);
    struct opencl *cl = b->state = calloc(1, sizeof *cl);
    EOT_CHECK_MEMORY(cl);
    cl->shared = elder->shared;
    memcpy(cl->kernel, elder->kernel, sizeof cl->kernel);
    for (int i = 0; i < EOT_N_KERNEL; i++) cl->kernel[i].kernel = NULL; /* which two threads cannot share */
    EOT_CL((cl->queue = clCreateCommandQueue(cl->shared->context, cl->shared->device, CL_QUEUE_PROFILING_ENABLE, &code),
            code));
    *second = b;
    b = NULL;
done:
    eot_backend_close(b);
    return status;
}

static const struct eot_backend_operations OPENCL_OPERATIONS = {
    .buffer_create = opencl_buffer_create,
    .buffer_free = opencl_buffer_free,
    .buffer_write = opencl_buffer_write,
    .buffer_read = opencl_buffer_read,
    .buffer_zero = opencl_buffer_zero,
    .launch = opencl_launch,
    .held = opencl_held,
    .prepare = opencl_prepare,
    .matrix_product = opencl_matrix_product,
    .second_queue = opencl_second_queue,
    .close = opencl_close,
};

enum {
    CPU_LANE_WIDTH = 32
}; /* several vectors of any CPU, so that one's latency hides behind the others; their state stays in the nearest cache
    */
/* Kernels of every program: those of the self-test and of reading back. */
static const uint64_t ALWAYS = 1ull << EOT_KERNEL_probe_random | 1ull << EOT_KERNEL_probe_functions |
                               1ull << EOT_KERNEL_probe_atomics | 1ull << EOT_KERNEL_probe_layout |
                               1ull << EOT_KERNEL_checksum;
/* Multiplications of a product of matrices from which CLBlast is faster, its compilation included (bench/README.md). */
static const double LEAST_PRODUCT = 2e10;

enum eot_status eot_opencl_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                        struct eot_backend **backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_int code = CL_SUCCESS;
    *backend = NULL;
    struct eot_backend *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    b->op = &OPENCL_OPERATIONS;
    b->least_product = LEAST_PRODUCT;
    struct opencl *cl = b->state = calloc(1, sizeof *cl);
    EOT_CHECK_MEMORY(cl);
    struct opencl_shared *shared = cl->shared = calloc(1, sizeof *shared);
    EOT_CHECK_MEMORY(shared);
    shared->backend = b;
    pthread_rwlock_init(&shared->compiling, NULL);
    pthread_mutex_init(&shared->account, NULL);
    pthread_mutex_init(&shared->building, NULL);
    EOT_CHECK(device->missing[0] == '\0', EOT_E_DEVICE,
              "%s (driver %s) cannot run eotmc (it lacks %s); choose another one of `eotmc devices`, or --device host",
              device->name, device->driver, device->missing);
    snprintf(b->name, sizeof b->name, "%s", device->name);
    snprintf(b->driver, sizeof b->driver, "%s", device->driver);
    b->compute_units = (int)device->compute_units;
    b->is_gpu = device->type == EOT_DEVICE_GPU;
    b->lane_width = device->type == EOT_DEVICE_CPU ? CPU_LANE_WIDTH : 1;
    b->max_buffer = (size_t)device->max_buffer;
    shared->device = device->device_id;
    if (device->is_part) shared->part = shared->device;
    if (options->units > 0 && options->units < b->compute_units && !device->is_part) {
        const cl_device_partition_property by_count[] = {CL_DEVICE_PARTITION_BY_COUNTS, options->units,
                                                         CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
        EOT_CL(clCreateSubDevices(shared->device, by_count, 1, &shared->part, NULL));
        shared->device = shared->part;
        b->compute_units = options->units;
    }
    double start = eot_clock_seconds();
    EOT_CL((shared->context = clCreateContext(NULL, 1, &shared->device, NULL, NULL, &code), code));
    EOT_CL((cl->queue = clCreateCommandQueue(shared->context, shared->device, CL_QUEUE_PROFILING_ENABLE, &code), code));
    EOT_TRY(eot_opencl_programs_init(shared, device, b->lane_width, options, err));
    shared->kernels = options->kernels != 0 ? options->kernels | ALWAYS : 0;
    if (!options->builds_later) EOT_TRY(eot_opencl_program_build(shared, shared->kernels, err));
    b->build_s = eot_clock_seconds() - start;
    *backend = b;
    b = NULL;
done:
    eot_backend_close(b);
    return status;
}
