/* The programs of the backend on OpenCL: sources to compiled kernels, by the driver or from the cache. A program holds
 * the source files of the kernels that a job says it uses; other kernels get theirs when they are first launched. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/log.h"
#include "base/sha256.h"
#include "device/pocl_cache.h"
#include "opencl_private.h"
#include "source.h"

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

bool eot_opencl_is_pocl(const struct eot_device *device) {
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
        eot_opencl_is_pocl(device)
            ? ", or see that the folder of its cache can be written and has room (POCL_CACHE_DIR, or "
              "~/.cache/eotmc/pocl)"
            : "",
        path[0] != '\0' ? path : "(could not be saved)", shown);
    free(log);
    return status;
}

/* The program from a cached binary; NULL if the driver does not take it. */
static cl_program program_load(const struct opencl_shared *shared, const char *key, const struct eot_log *log) {
    size_t n_bytes = 0;
    cl_int code = CL_SUCCESS, binary_code = CL_SUCCESS;
    unsigned char *bytes = eot_cache_read(key, &n_bytes);
    if (bytes == NULL) return NULL;
    const unsigned char *binary = bytes;
    cl_uint n_kernel = 0;
    cl_program program =
        clCreateProgramWithBinary(shared->context, 1, &shared->device, &n_bytes, &binary, &binary_code, &code);
    if (code == CL_SUCCESS) code = binary_code;
    if (code == CL_SUCCESS) code = clBuildProgram(program, 1, &shared->device, shared->options, NULL, NULL);
    if (code == CL_SUCCESS) code = clCreateKernelsInProgram(program, 0, NULL, &n_kernel);
    free(bytes);
    if (code == CL_SUCCESS && n_kernel > 0) return program;
    eot_log_message(log, EOT_LOG_VERBOSE, "the driver rejects the cached kernels (%s); building them again",
                    eot_cl_code_name(code));
    if (program != NULL) clReleaseProgram(program);
    return NULL;
}

/* PoCL keeps compiled kernels itself, and compiles all of them a second time when it is asked for a program's binary.
 */
static bool driver_keeps_kernels(const struct eot_device *device) {
    const char *setting = getenv("POCL_KERNEL_CACHE");
    return eot_opencl_is_pocl(device) && (setting == NULL || strcmp(setting, "0") != 0);
}

static void program_store(cl_program program, const char *key, const struct eot_log *log) {
    size_t n_bytes = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof n_bytes, &n_bytes, NULL) != CL_SUCCESS ||
        n_bytes == 0)
        return;
    unsigned char *bytes = malloc(n_bytes);
    bool is_good = bytes != NULL &&
                   clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof bytes, &bytes, NULL) == CL_SUCCESS &&
                   eot_cache_write(key, bytes, n_bytes);
    if (!is_good)
        eot_log_message(log, EOT_LOG_VERBOSE,
                        "the built kernels could not be cached; the next start builds them again");
    free(bytes);
}

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
static void hot_kernel_limit(struct opencl_shared *shared, const char *source, const struct eot_log *log) {
    enum { N_REGISTER = 72 };
    char limited_options[600];
    cl_int code = CL_SUCCESS;
    snprintf(limited_options, sizeof limited_options, "%s -cl-nv-maxrregcount=%d", shared->options, N_REGISTER);
    shared->limited = clCreateProgramWithSource(shared->context, 1, &source, NULL, &code);
    if (code == CL_SUCCESS) code = clBuildProgram(shared->limited, 1, &shared->device, limited_options, NULL, NULL);
    if (code == CL_SUCCESS) return;
    eot_log_message(log, EOT_LOG_VERBOSE, "the registers of kernel cascade could not be limited (%s)",
                    eot_cl_code_name(code));
    if (shared->limited != NULL) clReleaseProgram(shared->limited);
    shared->limited = NULL;
}

/* Hash of all that a program depends on. */
static void program_key(const struct opencl_shared *shared, const char *source, char key[65]) {
    const struct eot_device *device = shared->information;
    struct eot_sha256 hash;
    char format[16];
    snprintf(format, sizeof format, "%d", EOT_CACHE_FORMAT);
    const char *part[] = {
        format, device->platform, device->platform_version, device->name, device->driver, shared->options, source};
    eot_sha256_init(&hash);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        eot_sha256_update(&hash, part[i],
                          strlen(part[i]) + 1); /* with the final 0, so that parts cannot run together */
    eot_sha256_finish(&hash, key);
}

/* The sources of some kernels, 0: of all. The caller frees them. */
static enum eot_status source_of(const struct opencl_shared *shared, uint64_t kernels, char **source,
                                 struct eot_error *err) {
    const char *name[EOT_N_KERNEL];
    size_t n = 0;
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if ((kernels >> i & 1u) != 0) name[n++] = eot_kernel_name[i];
    return eot_source_flatten_for(shared->kernel_dir, name, n, source, err);
}

/* Which of the kernels are in a program: it is theirs, where they have none. */
static enum eot_status take_kernels(struct opencl_shared *shared, cl_program program, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = 0;
    char *names = NULL;
    EOT_CL(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, 0, NULL, &n));
    names = malloc(n + 3);
    EOT_CHECK_MEMORY(names);
    EOT_CL(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, n, names + 1, NULL));
    names[0] = ';';
    snprintf(names + 1 + strlen(names + 1), 2, ";");
    for (int i = 0; i < EOT_N_KERNEL; i++) {
        char name[80];
        snprintf(name, sizeof name, ";%s;", eot_kernel_name[i]);
        if (shared->program[i] != NULL || strstr(names, name) == NULL) continue;
        EOT_CL(clRetainProgram(program));
        shared->program[i] = program;
    }
done:
    free(names);
    return status;
}

enum eot_status eot_opencl_program_build(struct opencl_shared *shared, uint64_t kernels, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_log log = {.level = shared->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    const struct eot_device *device = shared->information;
    const bool is_cached = !shared->no_cache && !driver_keeps_kernels(device);
    char *source = NULL, key[65];
    cl_program program = NULL;
    cl_int code = CL_SUCCESS;
    EOT_TRY(source_of(shared, kernels, &source, err));
    program_key(shared, source, key);
    if (is_cached) program = program_load(shared, key, &log);
    if (program == NULL) {
        const char *text = source;
        EOT_CL((program = clCreateProgramWithSource(shared->context, 1, &text, NULL, &code), code));
        code = clBuildProgram(program, 1, &shared->device, shared->options, NULL, NULL);
        if (code != CL_SUCCESS) {
            status = program_fail(device, program, code, "clBuildProgram", key, source, shared->options, err);
            goto done;
        }
        if (is_cached) program_store(program, key, &log);
        if (eot_opencl_is_pocl(device)) eot_pocl_cache_seal();
    }
    EOT_TRY(take_kernels(shared, program, err));
    if (strstr(device->platform, "NVIDIA") != NULL && shared->limited == NULL &&
        shared->program[EOT_KERNEL_cascade] == program)
        hot_kernel_limit(shared, source, &log);
done:
    if (program != NULL) clReleaseProgram(program); /* its kernels hold it */
    free(source);
    return status;
}

/* What the driver tells of a kernel. */
static enum eot_status kernel_ask(const struct opencl *cl, enum eot_kernel kernel, struct opencl_kernel *k,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct opencl_shared *shared = cl->shared;
    const struct eot_log log = {.level = shared->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    cl_ulong private_bytes = 0;
    EOT_CL(clGetKernelWorkGroupInfo(k->kernel, shared->device, CL_KERNEL_WORK_GROUP_SIZE, sizeof k->max_group,
                                    &k->max_group, NULL));
    EOT_CL(clGetKernelWorkGroupInfo(k->kernel, shared->device, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE,
                                    sizeof k->preferred_multiple, &k->preferred_multiple, NULL));
    if (clGetKernelWorkGroupInfo(k->kernel, shared->device, CL_KERNEL_PRIVATE_MEM_SIZE, sizeof private_bytes,
                                 &private_bytes, NULL) == CL_SUCCESS)
        eot_log_message(
            &log, EOT_LOG_VERBOSE, "kernel %s: groups up to %zu, preferred multiple %zu, %llu bytes of private memory",
            eot_kernel_name[kernel], k->max_group, k->preferred_multiple, (unsigned long long)private_bytes);
done:
    return status;
}

enum eot_status eot_opencl_kernel(struct opencl *cl, enum eot_kernel kernel, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct opencl_shared *shared = cl->shared;
    struct opencl_kernel *k = &cl->kernel[kernel];
    cl_int code = CL_SUCCESS;
    if (k->kernel != NULL) return EOT_OK;
    pthread_mutex_lock(&shared->building);
    if (shared->program[kernel] == NULL) {
        const bool is_among = shared->kernels == 0 || (shared->kernels >> kernel & 1u) != 0;
        EOT_TRY(eot_opencl_program_build(shared, is_among ? shared->kernels : 1ull << kernel, err));
    }
    EOT_CHECK(shared->program[kernel] != NULL, EOT_E_BUILD, "no source file defines kernel %s; see --kernel-dir",
              eot_kernel_name[kernel]);
    EOT_CL((k->kernel = clCreateKernel(
                kernel == EOT_KERNEL_cascade && shared->limited != NULL ? shared->limited : shared->program[kernel],
                eot_kernel_name[kernel], &code),
            code));
    EOT_TRY(kernel_ask(cl, kernel, k, err));
done:
    pthread_mutex_unlock(&shared->building);
    return status;
}

enum eot_status eot_opencl_programs_init(struct opencl_shared *shared, const struct eot_device *device, int lane_width,
                                         const struct eot_backend_options *options, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *copy = malloc(sizeof *copy);
    EOT_CHECK_MEMORY(copy);
    *copy = *device;
    shared->information = copy;
    shared->no_cache = options->no_kernel_cache;
    shared->is_verbose = options->verbose;
    if (options->kernel_dir != NULL) {
        shared->kernel_dir = strdup(options->kernel_dir);
        EOT_CHECK_MEMORY(shared->kernel_dir);
    }
    EOT_TRY(program_options(device, lane_width, options, shared->options, sizeof shared->options, err));
done:
    return status;
}

void eot_opencl_programs_free(struct opencl_shared *shared) {
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if (shared->program[i] != NULL) clReleaseProgram(shared->program[i]);
    if (shared->limited != NULL) clReleaseProgram(shared->limited);
    free((void *)(uintptr_t)shared->information);
    free(shared->kernel_dir);
}
