/* The backend on OpenCL: context, program (built or from the cache), buffers, launches. */
#include <fcntl.h>
#include <clblast_c.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/pocl_cache.h"
#include "backend_private.h"
#include "base/clock.h"
#include "base/cache.h"
#include "base/log.h"
#include "base/sha256.h"
#include "cl_status.h"
#include "devices.h"
#include "source.h"

/* What a backend and its second queue share. */
struct opencl_shared {
    struct eot_backend *backend; /* whose account it is */
    cl_context context;
    cl_device_id device, part;   /* part: the sub-device that `device` then is, or NULL */
    cl_program program, limited; /* limited: of the hot kernel alone, where its registers are limited; may be NULL */
    pthread_rwlock_t compiling;  /* a launch that may compile is alone, so that its time can be told */
    size_t compiled_group[EOT_N_KERNEL]; /* group of the last launch: drivers may compile anew for another one */
    pthread_mutex_t account;
    int n_running; /* launches */
    double running_since;
};

struct opencl {
    struct opencl_shared *shared;
    cl_command_queue queue;
    struct opencl_kernel {
        cl_kernel kernel;
        size_t max_group, preferred_multiple;
    } kernel[EOT_N_KERNEL];
    bool has_algebra; /* CLBlast has compiled its kernels */
};

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

static enum eot_status opencl_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                     struct eot_buffer *const *arguments, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct opencl *cl = backend->state;
    struct opencl_kernel *k = &cl->kernel[kernel];
    cl_event event = NULL;
    if (n_item == 0) return EOT_OK;
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

static enum eot_status opencl_matrix_product(struct eot_backend *backend, size_t m, size_t n, size_t k,
                                             struct eot_buffer *a, struct eot_buffer *b, struct eot_buffer *c,
                                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct opencl *cl = backend->state;
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
    if (shared->program != NULL) clReleaseProgram(shared->program);
    if (shared->limited != NULL) clReleaseProgram(shared->limited);
    if (shared->context != NULL) clReleaseContext(shared->context);
    if (shared->part != NULL) clReleaseDevice(shared->part);
    pthread_rwlock_destroy(&shared->compiling);
    pthread_mutex_destroy(&shared->account);
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

/* Kernel objects, which two threads cannot share. */
static cl_int kernels_create(struct opencl *cl) {
    cl_int code = CL_SUCCESS;
    for (int i = 0; i < EOT_N_KERNEL && code == CL_SUCCESS; i++)
        cl->kernel[i].kernel = clCreateKernel(
            i == EOT_KERNEL_cascade && cl->shared->limited != NULL ? cl->shared->limited : cl->shared->program,
            eot_kernel_name[i], &code);
    return code;
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
    for (int i = 0; i < EOT_N_KERNEL; i++) cl->kernel[i].kernel = NULL;
    EOT_CL((cl->queue = clCreateCommandQueue(cl->shared->context, cl->shared->device, CL_QUEUE_PROFILING_ENABLE, &code),
            code));
    code = kernels_create(cl);
    EOT_CHECK(code == CL_SUCCESS, EOT_E_DEVICE, "clCreateKernel failed on %s (%s, %d); set device.in_flight=1", b->name,
              eot_cl_code_name(code), (int)code);
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
    .matrix_product = opencl_matrix_product,
    .second_queue = opencl_second_queue,
    .close = opencl_close,
};

/* Save the text that the driver refused, with its log as a comment at the end; the file's name in path, or "" if that
 * failed. */
static void save_refused(const char *key, const char *source, const char *log, char path[PATH_MAX]) {
    char folder[PATH_MAX - 32];
    if (!eot_cache_folder(folder, sizeof folder))
        snprintf(folder, sizeof folder, "%s", getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    snprintf(path, PATH_MAX, "%s/refused-%.12s.cl", folder, key);
    unlink(path); /* and made anew: the folder may be /tmp, and a link there another's */
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    FILE *out = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    bool is_good =
        out != NULL && fputs(source, out) >= 0 && fprintf(out, "\n#if 0 /* the driver's log */\n%s\n#endif\n", log) > 0;
    if (out != NULL && fclose(out) != 0) is_good = false;
    if (!is_good) path[0] = '\0';
}

static bool is_pocl(const struct eot_device *device) {
    return strstr(device->platform, "Portable Computing Language") != NULL;
}

static enum eot_status program_fail(const struct eot_device *device, cl_program program, cl_int code, const char *call,
                                    const char *key, const char *source, const char *options, struct eot_error *err) {
    char *log = NULL, path[PATH_MAX];
    size_t n_log = 0;
    if (program != NULL &&
        clGetProgramBuildInfo(program, device->device_id, CL_PROGRAM_BUILD_LOG, 0, NULL, &n_log) == CL_SUCCESS &&
        n_log > 0) {
        log = calloc(1, n_log + 1);
        if (log != NULL &&
            clGetProgramBuildInfo(program, device->device_id, CL_PROGRAM_BUILD_LOG, n_log, log, NULL) != CL_SUCCESS)
            log[0] = '\0';
    }
    const char *shown = log != NULL && log[strspn(log, " \t\r\n")] != '\0' ? log : "(the driver's log is empty)";
    save_refused(key, source, shown, path);
    enum eot_status status = eot_error_set(
        err, EOT_E_BUILD, __FILE__, __LINE__, __func__,
        "cannot build the kernels for %s (%s: %s, %d; driver %s, options %s); run with --device host, or update the "
        "driver%s. Source: %s. Log: %s",
        device->name, call, eot_cl_code_name(code), code, device->driver, options,
        is_pocl(device) ? ", or see that the folder of its cache can be written and has room (POCL_CACHE_DIR, or "
                          "~/.cache/eotmc/pocl)"
                        : "",
        path[0] != '\0' ? path : "(could not be saved)", shown);
    free(log);
    return status;
}

/* The program from a cached binary; leaves cl->shared->program NULL if the driver does not take it. */
static void program_load(struct opencl *cl, const char *key, const char *options, const struct eot_log *log) {
    size_t n_bytes = 0;
    cl_int code = CL_SUCCESS, binary_code = CL_SUCCESS;
    unsigned char *bytes = eot_cache_read(key, &n_bytes);
    if (bytes == NULL) return;
    const unsigned char *binary = bytes;
    cl->shared->program =
        clCreateProgramWithBinary(cl->shared->context, 1, &cl->shared->device, &n_bytes, &binary, &binary_code, &code);
    if (code == CL_SUCCESS) code = binary_code;
    if (code == CL_SUCCESS) code = clBuildProgram(cl->shared->program, 1, &cl->shared->device, options, NULL, NULL);
    if (code == CL_SUCCESS) code = kernels_create(cl);
    if (code != CL_SUCCESS) {
        eot_log_message(log, EOT_LOG_VERBOSE, "the driver rejects the cached kernels (%s); building them again",
                        eot_cl_code_name(code));
        for (int i = 0; i < EOT_N_KERNEL; i++) {
            if (cl->kernel[i].kernel != NULL) clReleaseKernel(cl->kernel[i].kernel);
            cl->kernel[i].kernel = NULL;
        }
        if (cl->shared->program != NULL) clReleaseProgram(cl->shared->program);
        cl->shared->program = NULL;
    }
    free(bytes);
}

/* PoCL keeps compiled kernels itself, and compiles all of them a second time when it is asked for a program's binary.
 */
static bool driver_keeps_kernels(const struct eot_device *device) {
    const char *setting = getenv("POCL_KERNEL_CACHE");
    return is_pocl(device) && (setting == NULL || strcmp(setting, "0") != 0);
}

static void program_store(const struct opencl *cl, const char *key, const struct eot_log *log) {
    size_t n_bytes = 0;
    if (clGetProgramInfo(cl->shared->program, CL_PROGRAM_BINARY_SIZES, sizeof n_bytes, &n_bytes, NULL) != CL_SUCCESS ||
        n_bytes == 0)
        return;
    unsigned char *bytes = malloc(n_bytes);
    bool is_good =
        bytes != NULL &&
        clGetProgramInfo(cl->shared->program, CL_PROGRAM_BINARIES, sizeof bytes, &bytes, NULL) == CL_SUCCESS &&
        eot_cache_write(key, bytes, n_bytes);
    if (!is_good)
        eot_log_message(log, EOT_LOG_VERBOSE,
                        "the built kernels could not be cached; the next start builds them again");
    free(bytes);
}

enum {
    CPU_LANE_WIDTH = 32
}; /* several vectors of any CPU, so that one's latency hides behind the others; their state stays in the nearest cache
    */

/* What the driver's compiler is told. Never any of the fast-math switches: they change physics. */
static enum eot_status program_options(const struct eot_device *device, int lane_width,
                                       const struct eot_backend_options *options, char *text, size_t n_text,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *extra = options->extra_options != NULL ? options->extra_options : "";
    for (const char *c = extra; *c != '\0'; c += strcspn(c, " ")) {
        c += strspn(c, " ");
        EOT_CHECK(*c == '\0' || strncmp(c, "-D", 2) == 0, EOT_E_INTERNAL,
                  "build option %s is not a definition (only -DNAME=VALUE is allowed); remove it", c);
    }
    cl_uint vector = 1;
    EOT_CL(clGetDeviceInfo(device->device_id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof vector, &vector, NULL));
    int n = snprintf(text, n_text, "-cl-std=CL1.2 -DEOT_LANE_WIDTH=%d -DEOT_VECTOR_WIDTH=%u%s%s%s", lane_width,
                     vector > 1 ? vector : 1, device->exact_divide ? " -cl-fp32-correctly-rounded-divide-sqrt" : "",
                     extra[0] != '\0' ? " " : "", extra);
    EOT_CHECK(n > 0 && (size_t)n < n_text, EOT_E_INTERNAL, "build options are too long (%s); shorten them", extra);
done:
    return status;
}

/* NVIDIA's compiler gives a kernel all registers that it has use for, and the hot kernel then has too few warps in
 * flight to hide its look-ups: build it once more with a limit that costs no spills with photons as parents
 * (bench/gpu-static holds it to that). Without success the kernel stays as it is. */
static void hot_kernel_limit(struct opencl *cl, const char *source, const char *options, const struct eot_log *log) {
    enum { N_REGISTER = 72 };
    char limited_options[600];
    cl_int code = CL_SUCCESS;
    snprintf(limited_options, sizeof limited_options, "%s -cl-nv-maxrregcount=%d", options, N_REGISTER);
    cl->shared->limited = clCreateProgramWithSource(cl->shared->context, 1, &source, NULL, &code);
    if (code == CL_SUCCESS)
        code = clBuildProgram(cl->shared->limited, 1, &cl->shared->device, limited_options, NULL, NULL);
    cl_kernel kernel =
        code == CL_SUCCESS ? clCreateKernel(cl->shared->limited, eot_kernel_name[EOT_KERNEL_cascade], &code) : NULL;
    if (code != CL_SUCCESS) {
        eot_log_message(log, EOT_LOG_VERBOSE, "the registers of kernel cascade could not be limited (%s)",
                        eot_cl_code_name(code));
        if (cl->shared->limited != NULL) clReleaseProgram(cl->shared->limited);
        cl->shared->limited = NULL;
        return;
    }
    clReleaseKernel(cl->kernel[EOT_KERNEL_cascade].kernel);
    cl->kernel[EOT_KERNEL_cascade].kernel = kernel;
}

static enum eot_status program_open(struct opencl *cl, const struct eot_device *device, int lane_width,
                                    const struct eot_backend_options *options, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_log log = {.level = options->verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    char *source = NULL, key[65], build_options[512];
    cl_int code = CL_SUCCESS;
    EOT_TRY(program_options(device, lane_width, options, build_options, sizeof build_options, err));
    EOT_TRY(eot_source_flatten(options->kernel_dir, &source, err));
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    char format[16];
    snprintf(format, sizeof format, "%d", EOT_CACHE_FORMAT);
    const char *part[] = {
        format, device->platform, device->platform_version, device->name, device->driver, build_options, source};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        eot_sha256_update(&hash, part[i],
                          strlen(part[i]) + 1); /* with the final 0, so that parts cannot run together */
    eot_sha256_finish(&hash, key);
    const bool is_cached = !options->no_kernel_cache && !driver_keeps_kernels(device);
    if (is_cached) program_load(cl, key, build_options, &log);
    if (cl->shared->program == NULL) {
        const char *text = source;
        size_t n_text = strlen(source);
        EOT_CL((cl->shared->program = clCreateProgramWithSource(cl->shared->context, 1, &text, &n_text, &code), code));
        const char *call = "clBuildProgram";
        code = clBuildProgram(cl->shared->program, 1, &cl->shared->device, build_options, NULL, NULL);
        if (code == CL_SUCCESS) {
            call = "clCreateKernel";
            code = kernels_create(cl);
        }
        if (code != CL_SUCCESS) {
            status = program_fail(device, cl->shared->program, code, call, key, source, build_options, err);
            goto done;
        }
        if (is_cached) program_store(cl, key, &log);
        if (is_pocl(device)) eot_pocl_cache_seal();
    }
    if (strstr(device->platform, "NVIDIA") != NULL) hot_kernel_limit(cl, source, build_options, &log);
    for (int i = 0; i < EOT_N_KERNEL; i++) {
        struct opencl_kernel *k = &cl->kernel[i];
        cl_ulong private_bytes = 0;
        EOT_CL(clGetKernelWorkGroupInfo(k->kernel, cl->shared->device, CL_KERNEL_WORK_GROUP_SIZE, sizeof k->max_group,
                                        &k->max_group, NULL));
        EOT_CL(clGetKernelWorkGroupInfo(k->kernel, cl->shared->device, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE,
                                        sizeof k->preferred_multiple, &k->preferred_multiple, NULL));
        if (clGetKernelWorkGroupInfo(k->kernel, cl->shared->device, CL_KERNEL_PRIVATE_MEM_SIZE, sizeof private_bytes,
                                     &private_bytes, NULL) == CL_SUCCESS)
            eot_log_message(&log, EOT_LOG_VERBOSE,
                            "kernel %s: groups up to %zu, preferred multiple %zu, %llu bytes of private memory",
                            eot_kernel_name[i], k->max_group, k->preferred_multiple, (unsigned long long)private_bytes);
    }
done:
    free(source);
    return status;
}

enum eot_status eot_opencl_backend_open(const struct eot_device *device, const struct eot_backend_options *options,
                                        struct eot_backend **backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_int code = CL_SUCCESS;
    *backend = NULL;
    struct eot_backend *b = calloc(1, sizeof *b);
    EOT_CHECK_MEMORY(b);
    b->op = &OPENCL_OPERATIONS;
    struct opencl *cl = b->state = calloc(1, sizeof *cl);
    EOT_CHECK_MEMORY(cl);
    struct opencl_shared *shared = cl->shared = calloc(1, sizeof *shared);
    EOT_CHECK_MEMORY(shared);
    shared->backend = b;
    pthread_rwlock_init(&shared->compiling, NULL);
    pthread_mutex_init(&shared->account, NULL);
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
    EOT_TRY(program_open(cl, device, b->lane_width, options, err));
    b->build_s = eot_clock_seconds() - start;
    *backend = b;
    b = NULL;
done:
    eot_backend_close(b);
    return status;
}
