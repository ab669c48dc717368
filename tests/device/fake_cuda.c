/* A driver library of CUDA without a card: libcuda.so.1's entry points, with kernels run by the host's own compilation
 * of them. Loaded by EOTMC_CUDA_DRIVER. It does not look into the code that it is given, only at its first bytes.
 * FAKE_CUDA says what goes wrong, a list of words with commas: nodevice, noinit, memory=BYTES (of the device),
 * launch=KERNEL (its launches fail), refuse=N (the first N images are refused), two (devices). */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device/backend_private.h"

static struct {
    pthread_mutex_t lock;
    size_t n_bytes;
    int n_refused;
    int failure;              /* of a launch, told when somebody waits for it, as of a real device */
    int kernel[EOT_N_KERNEL]; /* functions are pointers to these */
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const size_t SIZE_FIELD = 64; /* in front of each allocation, which stays aligned */

/* The value after a word of FAKE_CUDA, "" if it has none, NULL if the word is not there. */
static const char *wish(const char *word) {
    const char *at = getenv("FAKE_CUDA");
    size_t n = strlen(word);
    for (; at != NULL && *at != '\0'; at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, word, n) == 0 && strchr("=,", at[n]) != NULL) return at[n] == '=' ? at + n + 1 : "";
    return NULL;
}

static size_t memory_size(void) {
    const char *text = wish("memory");
    return text != NULL ? strtoull(text, NULL, 10) : (size_t)4 << 30;
}

int cuInit(unsigned flags) {
    (void)flags;
    return wish("noinit") != NULL ? 803 : wish("nodevice") != NULL ? 100 : 0;
}
int cuDriverGetVersion(int *version) {
    *version = 13000;
    return 0;
}
int cuGetErrorName(int code, const char **text) {
    *text = code == 0     ? "CUDA_SUCCESS"
            : code == 2   ? "CUDA_ERROR_OUT_OF_MEMORY"
            : code == 100 ? "CUDA_ERROR_NO_DEVICE"
            : code == 200 ? "CUDA_ERROR_INVALID_IMAGE"
            : code == 719 ? "CUDA_ERROR_LAUNCH_FAILED"
            : code == 803 ? "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"
                          : NULL;
    return *text != NULL ? 0 : 1;
}
int cuGetErrorString(int code, const char **text) {
    *text = code == 2 ? "out of memory" : "an error of the fake driver";
    return 0;
}
int cuDeviceGetCount(int *n) {
    *n = wish("two") != NULL ? 2 : 1;
    return 0;
}
int cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return 0;
}
int cuDeviceGetName(char *name, int n_name, int device) {
    snprintf(name, (size_t)n_name, "Fake GPU %c", 'A' + device);
    return 0;
}
int cuDeviceTotalMem_v2(size_t *n_bytes, int device) {
    (void)device;
    *n_bytes = memory_size();
    return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    (void)device;
    switch (attribute) {
    case 1: *value = 1024; return 0; /* threads of a group */
    case 16: *value = 2; return 0;   /* multiprocessors */
    case 39: *value = 2048; return 0;
    case 75: *value = 9; return 0;
    case 76: *value = 0; return 0;
    default: return 1;
    }
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
    (void)device;
    *context = &fake;
    return 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
    (void)device;
    return 0;
}
int cuCtxSetCurrent(void *context) { return context == &fake ? 0 : 201; }

int cuMemAlloc_v2(uint64_t *memory, size_t n_bytes) {
    char *bytes = NULL;
    pthread_mutex_lock(&fake.lock);
    if (fake.n_bytes + n_bytes <= memory_size()) bytes = malloc(n_bytes + SIZE_FIELD);
    if (bytes != NULL) {
        fake.n_bytes += n_bytes;
        memcpy(bytes, &n_bytes, sizeof n_bytes);
        memset(bytes + SIZE_FIELD, 0xa5, n_bytes); /* memory of a device is not zero */
    }
    pthread_mutex_unlock(&fake.lock);
    *memory = bytes != NULL ? (uint64_t)(uintptr_t)(bytes + SIZE_FIELD) : 0;
    return bytes != NULL ? 0 : 2;
}
int cuMemFree_v2(uint64_t memory) {
    char *bytes = (char *)(uintptr_t)memory - SIZE_FIELD;
    size_t n_bytes;
    memcpy(&n_bytes, bytes, sizeof n_bytes);
    pthread_mutex_lock(&fake.lock);
    fake.n_bytes -= n_bytes;
    pthread_mutex_unlock(&fake.lock);
    free(bytes);
    return 0;
}
int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t n_bytes, void *stream) {
    memcpy((void *)(uintptr_t)target, source, n_bytes);
    return stream != NULL ? 0 : 400;
}
int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t n_bytes, void *stream) {
    memcpy(target, (const void *)(uintptr_t)source, n_bytes);
    return stream != NULL ? 0 : 400;
}
int cuMemsetD8Async(uint64_t target, unsigned char value, size_t n_bytes, void *stream) {
    memset((void *)(uintptr_t)target, value, n_bytes);
    return stream != NULL ? 0 : 400;
}
int cuStreamCreate(void **stream, unsigned flags) {
    (void)flags;
    *stream = malloc(1);
    return *stream != NULL ? 0 : 2;
}
int cuStreamDestroy_v2(void *stream) {
    free(stream);
    return 0;
}
int cuStreamSynchronize(void *stream) { return stream != NULL ? 0 : 400; }
int cuEventCreate(void **event, unsigned flags) {
    (void)flags;
    *event = calloc(1, sizeof(struct timespec));
    return *event != NULL ? 0 : 2;
}
int cuEventDestroy_v2(void *event) {
    free(event);
    return 0;
}
int cuEventRecord(void *event, void *stream) {
    clock_gettime(CLOCK_MONOTONIC, event);
    return stream != NULL ? 0 : 400;
}
int cuEventSynchronize(void *event) { return event != NULL ? fake.failure : 400; }
int cuEventElapsedTime(float *milliseconds, void *from, void *to) {
    const struct timespec *a = from, *b = to;
    *milliseconds = (float)(1e3 * (double)(b->tv_sec - a->tv_sec) + 1e-6 * (double)(b->tv_nsec - a->tv_nsec));
    return 0;
}

int cuModuleLoadDataEx(void **module, const void *image, unsigned n_option, int *option, void **value) {
    (void)n_option;
    (void)option;
    (void)value;
    *module = NULL;
    const char *refuse = wish("refuse");
    if (refuse != NULL && fake.n_refused < atoi(refuse)) {
        fake.n_refused++;
        return 200;
    }
    bool is_code = memcmp(image, "\177ELF", 4) == 0 || strstr(image, ".version") != NULL; /* a cubin, or PTX */
    *module = is_code ? malloc(1) : NULL;
    return *module != NULL ? 0 : 200;
}
int cuModuleUnload(void *module) {
    free(module);
    return 0;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
    for (int i = 0; i < EOT_N_KERNEL && module != NULL; i++)
        if (strcmp(eot_kernel_name[i], name) == 0) {
            fake.kernel[i] = i;
            *function = &fake.kernel[i];
            return 0;
        }
    return 500;
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
    (void)function;
    *value = attribute == 0 ? 1024 : attribute == 4 ? 32 : 0;
    return 0;
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *n, void *function, int group, size_t shared_bytes) {
    (void)function;
    (void)shared_bytes;
    *n = 2048 / group;
    return 0;
}
int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned group_x,
                   unsigned group_y, unsigned group_z, unsigned shared_bytes, void *stream, void **arguments,
                   void **extra) {
    int kernel = *(const int *)function;
    const char *failing = wish("launch");
    void *memory[EOT_MAX_KERNEL_ARGUMENT];
    if (grid_y * grid_z * group_y * group_z != 1 || shared_bytes != 0 || stream == NULL || extra != NULL) return 1;
    if (failing != NULL && strncmp(failing, eot_kernel_name[kernel], strlen(eot_kernel_name[kernel])) == 0)
        fake.failure = 719;
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++)
        memory[i] = (void *)(uintptr_t) * (const uint64_t *)arguments[i];
    size_t n_item = (size_t)grid_x * group_x;
    for (size_t item = 0; item < n_item && fake.failure == 0; item++)
        eot_host_kernels_plain[kernel](item, n_item, memory);
    return 0;
}
