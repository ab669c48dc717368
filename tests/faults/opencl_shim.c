/* A library to preload: it stands between a program and its OpenCL driver, and fails calls, spoils what they bring, or
 * lets them hang. What it does stands in the environment:
 * FAULT_CALL   names of functions of OpenCL, separated by commas
 * FAULT_AT     the number of the call of these that is hit, from 1; 0: none
 * FAULT_MODE   once (that one fails), on (that one and all after it), kill (SIGKILL in its place), stall (it takes
 *              FAULT_SECONDS more); of clEnqueueReadBuffer also flip (one bit of what is read is wrong), garbage (all
 *              of it is), worse (flip, that one and all after it); of clEnqueueNDRangeKernel also wrong: from that
 *              launch on, the first word of argument FAULT_ARGUMENT is spoilt after each launch of FAULT_KERNEL
 * FAULT_ERRNO  the error's code (default: CL_OUT_OF_RESOURCES)
 * FAULT_COUNT  a file that gets the number of calls when the program ends */
#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS
#include <CL/cl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long n_call;

static const char *setting(const char *name, const char *otherwise) {
    const char *text = getenv(name);
    return text != NULL ? text : otherwise;
}

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text != NULL ? atol(text) : otherwise;
}

static int is_mode(const char *mode) { return strcmp(setting("FAULT_MODE", "once"), mode) == 0; }

static int is_named(const char *call) {
    const char *all = setting("FAULT_CALL", "");
    size_t n = strlen(call);
    for (const char *at = all; *at != '\0'; at += *at == ',') {
        size_t length = strcspn(at, ",");
        if (length == n && strncmp(at, call, n) == 0) return 1;
        at += length;
    }
    return 0;
}

/* Whether this call is hit; kills and stalls are done here. */
static int is_hit(const char *call) {
    if (!is_named(call)) return 0;
    long i = atomic_fetch_add(&n_call, 1) + 1, at = number("FAULT_AT", 0);
    int is_on = is_mode("on") || is_mode("worse") || is_mode("wrong");
    if (at == 0 || (i != at && !(is_on && i > at))) return 0;
    if (is_mode("kill")) kill(getpid(), SIGKILL);
    if (is_mode("stall")) sleep((unsigned)number("FAULT_SECONDS", 60));
    return !is_mode("stall");
}

static cl_int error_code(void) { return (cl_int)number("FAULT_ERRNO", CL_OUT_OF_RESOURCES); }

__attribute__((destructor)) static void count_out(void) {
    FILE *out = getenv("FAULT_COUNT") != NULL ? fopen(getenv("FAULT_COUNT"), "w") : NULL;
    if (out == NULL) return;
    fprintf(out, "%ld\n", (long)n_call);
    fclose(out);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (real == NULL) real = (__typeof__(real))dlsym(RTLD_NEXT, #name);
#define WRAP(name, parameters, arguments) \
    cl_int name parameters { \
        REAL(name) \
        return is_hit(#name) ? error_code() : real arguments; \
    }
#define WRAP_NEW(type, name, parameters, arguments) \
    type name parameters { \
        REAL(name) \
        if (!is_hit(#name)) return real arguments; \
        if (code != NULL) *code = error_code(); \
        return NULL; \
    }

WRAP(clGetPlatformIDs, (cl_uint n, cl_platform_id *p, cl_uint *m), (n, p, m))
WRAP(clGetPlatformInfo, (cl_platform_id p, cl_platform_info i, size_t n, void *v, size_t *m), (p, i, n, v, m))
WRAP(clGetDeviceIDs, (cl_platform_id p, cl_device_type t, cl_uint n, cl_device_id *d, cl_uint *m), (p, t, n, d, m))
WRAP(clGetDeviceInfo, (cl_device_id d, cl_device_info i, size_t n, void *v, size_t *m), (d, i, n, v, m))
WRAP(clBuildProgram,
     (cl_program p, cl_uint n, const cl_device_id *d, const char *o, void(CL_CALLBACK *f)(cl_program, void *), void *u),
     (p, n, d, o, f, u))
WRAP(clGetProgramBuildInfo, (cl_program p, cl_device_id d, cl_program_build_info i, size_t n, void *v, size_t *m),
     (p, d, i, n, v, m))
WRAP(clGetKernelWorkGroupInfo, (cl_kernel k, cl_device_id d, cl_kernel_work_group_info i, size_t n, void *v, size_t *m),
     (k, d, i, n, v, m))
WRAP(clEnqueueWriteBuffer,
     (cl_command_queue q, cl_mem b, cl_bool w, size_t o, size_t n, const void *v, cl_uint e, const cl_event *l,
      cl_event *r),
     (q, b, w, o, n, v, e, l, r))
WRAP(clEnqueueFillBuffer,
     (cl_command_queue q, cl_mem b, const void *v, size_t s, size_t o, size_t n, cl_uint e, const cl_event *l,
      cl_event *r),
     (q, b, v, s, o, n, e, l, r))
WRAP(clWaitForEvents, (cl_uint n, const cl_event *e), (n, e))
WRAP(clGetEventProfilingInfo, (cl_event e, cl_profiling_info i, size_t n, void *v, size_t *m), (e, i, n, v, m))
WRAP(clFinish, (cl_command_queue q), (q))
WRAP_NEW(cl_context, clCreateContext,
         (const cl_context_properties *p, cl_uint n, const cl_device_id *d,
          void(CL_CALLBACK *f)(const char *, const void *, size_t, void *), void *u, cl_int *code),
         (p, n, d, f, u, code))
WRAP_NEW(cl_command_queue, clCreateCommandQueue,
         (cl_context c, cl_device_id d, cl_command_queue_properties p, cl_int *code), (c, d, p, code))
WRAP_NEW(cl_program, clCreateProgramWithSource,
         (cl_context c, cl_uint n, const char **s, const size_t *l, cl_int *code), (c, n, s, l, code))
WRAP_NEW(cl_kernel, clCreateKernel, (cl_program p, const char *n, cl_int *code), (p, n, code))
WRAP_NEW(cl_mem, clCreateBuffer, (cl_context c, cl_mem_flags f, size_t n, void *v, cl_int *code), (c, f, n, v, code))

cl_int clEnqueueReadBuffer(cl_command_queue q, cl_mem b, cl_bool waits, size_t offset, size_t n, void *to,
                           cl_uint n_event, const cl_event *list, cl_event *event) {
    REAL(clEnqueueReadBuffer)
    if (!is_hit("clEnqueueReadBuffer")) return real(q, b, waits, offset, n, to, n_event, list, event);
    if (!is_mode("flip") && !is_mode("worse") && !is_mode("garbage")) return error_code();
    cl_int code = real(q, b, CL_TRUE, offset, n, to, n_event, list, event);
    if (is_mode("garbage"))
        memset(to, 0xa5, n);
    else if (n > 0)
        ((unsigned char *)to)[n / 2] ^= (unsigned char)(1u << (n_call % 8));
    return code;
}

/* The buffers that kernels have as the argument that is to be spoilt. */
static struct {
    cl_kernel kernel;
    cl_mem buffer;
} spoilt[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

cl_int clSetKernelArg(cl_kernel k, cl_uint i, size_t n, const void *v) {
    REAL(clSetKernelArg)
    if (is_hit("clSetKernelArg")) return error_code();
    if (is_mode("wrong") && (long)i == number("FAULT_ARGUMENT", 0) && n == sizeof(cl_mem)) {
        pthread_mutex_lock(&lock);
        for (int at = 0; at < 64; at++) {
            if (spoilt[at].kernel != NULL && spoilt[at].kernel != k) continue;
            spoilt[at].kernel = k;
            memcpy(&spoilt[at].buffer, v, n);
            break;
        }
        pthread_mutex_unlock(&lock);
    }
    return real(k, i, n, v);
}

static void spoil(cl_command_queue q, cl_kernel k) {
    static __typeof__(&clEnqueueReadBuffer) read;
    static __typeof__(&clEnqueueWriteBuffer) write;
    static __typeof__(&clFinish) finish;
    char name[64] = "";
    cl_mem buffer = NULL;
    unsigned word = 0;
    clGetKernelInfo(k, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL);
    if (strcmp(name, setting("FAULT_KERNEL", "")) != 0) return;
    read = (__typeof__(read))dlsym(RTLD_NEXT, "clEnqueueReadBuffer");
    write = (__typeof__(write))dlsym(RTLD_NEXT, "clEnqueueWriteBuffer");
    finish = (__typeof__(finish))dlsym(RTLD_NEXT, "clFinish");
    pthread_mutex_lock(&lock);
    for (int at = 0; at < 64; at++)
        if (spoilt[at].kernel == k) buffer = spoilt[at].buffer;
    pthread_mutex_unlock(&lock);
    if (buffer == NULL || finish(q) != CL_SUCCESS) return;
    if (read(q, buffer, CL_TRUE, 0, sizeof word, &word, 0, NULL, NULL) != CL_SUCCESS) return;
    word ^= 1u << 12;
    write(q, buffer, CL_TRUE, 0, sizeof word, &word, 0, NULL, NULL);
}

cl_int clEnqueueNDRangeKernel(cl_command_queue q, cl_kernel k, cl_uint dimensions, const size_t *offset,
                              const size_t *global, const size_t *local, cl_uint n_event, const cl_event *list,
                              cl_event *event) {
    REAL(clEnqueueNDRangeKernel)
    int hit = is_hit("clEnqueueNDRangeKernel");
    if (hit && !is_mode("wrong")) return error_code();
    cl_int code = real(q, k, dimensions, offset, global, local, n_event, list, event);
    if (hit && code == CL_SUCCESS) spoil(q, k);
    return code;
}
