/* A driver library of CUDA without a card: libcuda.so.1's entry points, with kernels run by the host's own compilation
 * of them. Loaded by EOTMC_CUDA_DRIVER. It does not look into the code that it is given, only at its first bytes;
 * unless FAKE_CUDA_PTX names a program (ptx_run.sh) that makes a library of PTX: then that is what runs.
 * FAKE_CUDA says what goes wrong, a list of words with commas: nodevice, noinit, memory=BYTES (of the device),
 * launch=KERNEL (its launches fail), refuse=N (the first N images are refused), two (devices). It may also say what the
 * card is like: multiprocessors=N, groups=N that one of them holds, lanes=N of a warp that run together.
 *
 * A stream does nothing until somebody waits for it, the latest moment at which a device may: what is read too early,
 * or changed before the device has fetched it, is then wrong. FAKE_CUDA_COUNT names a file to which the process writes
 * when it gives the device back what was asked for: launches, waits, copies and their bytes, and those from or to
 * memory that is not pinned, which a real driver would copy a second time. FAKE_CUDA_WARPS names a file for what warps
 * did, where the libraries of FAKE_CUDA_PTX run in warps (fake_warps.h). */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device/backend_private.h"
#include "fake_warps.h"

enum operation_kind { UP, DOWN, ZERO, LAUNCH, RECORD };

/* A work item of a kernel made from PTX. */
typedef void ptx_kernel(const uint64_t *memory, uint32_t group, uint32_t n_group, uint32_t n_launched,
                        uint32_t in_group);

/* Loaded code with one kernel. */
struct module {
    void *library; /* NULL: the host's own code */
    ptx_kernel *code;
    ptx_warp_kernel *warp; /* the same in warps */
    int kernel;
};

/* What a stream has still to do. */
struct operation {
    enum operation_kind kind;
    void *target;
    const void *source;
    size_t n; /* bytes, or work items */
    const struct module *module;
    uint32_t n_group; /* work items of a group */
    uint64_t memory[EOT_MAX_KERNEL_ARGUMENT];
};
struct stream {
    struct operation *operation;
    size_t n, capacity;
};
struct event {
    struct timespec time;
    struct stream *stream;
};

static struct {
    long launch, kernel[EOT_N_KERNEL], wait, up, down, pageable;
    unsigned long long up_bytes, down_bytes;
} count;

struct pinned {
    char *memory;
    size_t n_bytes;
    struct pinned *next;
};

static struct {
    pthread_mutex_t lock;
    struct pinned *pinned;
    size_t n_bytes;
    int n_refused;
    int failure; /* of a launch, told when somebody waits for it, as of a real device */
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

/* The number after a word of FAKE_CUDA, or another one. */
static int wished(const char *word, int otherwise) {
    const char *text = wish(word);
    return text != NULL ? atoi(text) : otherwise;
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
    case 16: *value = wished("multiprocessors", 2); return 0;
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
/* What the process has asked for so far, to the file that FAKE_CUDA_COUNT names. */
static void write_counts(void) {
    const char *name = getenv("FAKE_CUDA_COUNT");
    FILE *out = name != NULL ? fopen(name, "w") : NULL;
    if (out == NULL) return;
    fprintf(out, "launches %ld\nwaits %ld\ncopies_up %ld\nbytes_up %llu\ncopies_down %ld\nbytes_down %llu\n",
            count.launch, count.wait, count.up, count.up_bytes, count.down, count.down_bytes);
    fprintf(out, "pageable %ld\n", count.pageable);
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if (count.kernel[i] > 0) fprintf(out, "%s %ld\n", eot_kernel_name[i], count.kernel[i]);
    fclose(out);
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    (void)device;
    write_counts();
    fake_warps_write();
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
int cuMemHostAlloc(void **memory, size_t n_bytes, unsigned flags) {
    struct pinned *p = malloc(sizeof *p);
    *memory = malloc(n_bytes);
    if (p == NULL || *memory == NULL || flags != 0) return 2;
    pthread_mutex_lock(&fake.lock);
    *p = (struct pinned){.memory = *memory, .n_bytes = n_bytes, .next = fake.pinned};
    fake.pinned = p;
    pthread_mutex_unlock(&fake.lock);
    return 0;
}
int cuMemFreeHost(void *memory) {
    pthread_mutex_lock(&fake.lock);
    struct pinned **at = &fake.pinned, *found;
    while (*at != NULL && (*at)->memory != memory) at = &(*at)->next;
    found = *at;
    if (found != NULL) *at = found->next;
    pthread_mutex_unlock(&fake.lock);
    free(found);
    free(memory);
    return found != NULL ? 0 : 1;
}
static bool is_pinned(const char *memory, size_t n_bytes) {
    bool is_found = false;
    pthread_mutex_lock(&fake.lock);
    for (const struct pinned *p = fake.pinned; p != NULL; p = p->next)
        is_found |= memory >= p->memory && memory + n_bytes <= p->memory + p->n_bytes;
    pthread_mutex_unlock(&fake.lock);
    return is_found;
}

static int append(struct stream *s, const struct operation *o) {
    if (s == NULL) return 400;
    if (s->n == s->capacity) {
        size_t capacity = 2 * s->capacity + 8;
        struct operation *grown = realloc(s->operation, capacity * sizeof *grown);
        if (grown == NULL) return 2;
        s->operation = grown;
        s->capacity = capacity;
    }
    s->operation[s->n++] = *o;
    return 0;
}

static void launch_now(const struct operation *o) {
    const struct module *m = o->module;
    const char *failing = wish("launch"), *name = eot_kernel_name[m->kernel];
    void *memory[EOT_MAX_KERNEL_ARGUMENT];
    for (int i = 0; i < EOT_MAX_KERNEL_ARGUMENT; i++) memory[i] = (void *)(uintptr_t)o->memory[i];
    if (failing != NULL && strncmp(failing, name, strlen(name)) == 0) fake.failure = 719;
    if (m->warp != NULL && fake.failure == 0)
        fake_warps_run(&(struct fake_launch){.kernel = m->kernel,
                                             .code = m->warp,
                                             .memory = o->memory,
                                             .n = o->n,
                                             .n_group = o->n_group,
                                             .n_together = (uint32_t)wished("lanes", PTX_LANES)});
    for (size_t item = 0; item < o->n && fake.failure == 0 && m->warp == NULL; item++)
        if (m->code != NULL)
            m->code(o->memory, (uint32_t)(item / o->n_group), o->n_group, (uint32_t)(o->n / o->n_group),
                    (uint32_t)(item % o->n_group));
        else
            eot_host_kernels_plain[m->kernel](item, o->n, memory);
}

/* All that a stream has to do, up to a record of an event if that is not NULL. */
static int work(struct stream *s, const struct event *until) {
    size_t n_done = 0;
    bool is_there = false;
    if (s == NULL) return 400;
    while (n_done < s->n && !is_there && fake.failure == 0) {
        const struct operation *o = &s->operation[n_done++];
        switch (o->kind) {
        case UP:
        case DOWN: memcpy(o->target, o->source, o->n); break;
        case ZERO: memset(o->target, 0, o->n); break;
        case LAUNCH: launch_now(o); break;
        case RECORD: {
            struct event *e = o->target;
            clock_gettime(CLOCK_MONOTONIC, &e->time);
            e->stream = NULL;
            is_there = e == until;
        }
        }
    }
    memmove(s->operation, s->operation + n_done, (s->n - n_done) * sizeof *s->operation);
    s->n -= n_done;
    return fake.failure;
}

/* Work comes at once where the memory is not pinned. */
static int copy(struct stream *s, const struct operation *o, bool is_there) {
    int code = append(s, o);
    if (is_there || code != 0) return code;
    __atomic_add_fetch(&count.pageable, 1, __ATOMIC_RELAXED);
    return work(s, NULL);
}
int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t n_bytes, void *stream) {
    __atomic_add_fetch(&count.up, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&count.up_bytes, n_bytes, __ATOMIC_RELAXED);
    return copy(stream,
                &(struct operation){.kind = UP, .target = (void *)(uintptr_t)target, .source = source, .n = n_bytes},
                is_pinned(source, n_bytes));
}
int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t n_bytes, void *stream) {
    __atomic_add_fetch(&count.down, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&count.down_bytes, n_bytes, __ATOMIC_RELAXED);
    return copy(
        stream,
        &(struct operation){.kind = DOWN, .target = target, .source = (const void *)(uintptr_t)source, .n = n_bytes},
        is_pinned(target, n_bytes));
}
int cuMemsetD8Async(uint64_t target, unsigned char value, size_t n_bytes, void *stream) {
    if (value != 0) return 1;
    return append(stream, &(struct operation){.kind = ZERO, .target = (void *)(uintptr_t)target, .n = n_bytes});
}
int cuStreamCreate(void **stream, unsigned flags) {
    (void)flags;
    *stream = calloc(1, sizeof(struct stream));
    return *stream != NULL ? 0 : 2;
}
int cuStreamDestroy_v2(void *stream) {
    free(((struct stream *)stream)->operation);
    free(stream);
    return 0;
}
int cuStreamSynchronize(void *stream) {
    __atomic_add_fetch(&count.wait, 1, __ATOMIC_RELAXED);
    return work(stream, NULL);
}
int cuEventCreate(void **event, unsigned flags) {
    (void)flags;
    *event = calloc(1, sizeof(struct event));
    return *event != NULL ? 0 : 2;
}
int cuEventDestroy_v2(void *event) {
    free(event);
    return 0;
}
int cuEventRecord(void *event, void *stream) {
    ((struct event *)event)->stream = stream;
    return append(stream, &(struct operation){.kind = RECORD, .target = event});
}
int cuEventSynchronize(void *event) {
    struct event *e = event;
    __atomic_add_fetch(&count.wait, 1, __ATOMIC_RELAXED);
    return e->stream != NULL ? work(e->stream, e) : fake.failure; /* it may have come already */
}
int cuEventElapsedTime(float *milliseconds, void *from, void *to) {
    const struct timespec *a = &((const struct event *)from)->time, *b = &((const struct event *)to)->time;
    if (((const struct event *)from)->stream != NULL || ((const struct event *)to)->stream != NULL) return 600;
    *milliseconds = (float)(1e3 * (double)(b->tv_sec - a->tv_sec) + 1e-6 * (double)(b->tv_nsec - a->tv_nsec));
    return 0;
}

/* A library made of PTX. */
static bool load_ptx(struct module *m, const char *text) {
    const char *place = getenv("FAKE_CUDA_PTX_CACHE");
    char folder[400], name[450], library[450], command[2400];
    snprintf(folder, sizeof folder, "%s/fake_cuda_XXXXXX", place != NULL ? place : ".");
    if (mkdtemp(folder) == NULL) return false;
    snprintf(name, sizeof name, "%s/kernel.ptx", folder);
    snprintf(library, sizeof library, "%s/kernel.so", folder);
    snprintf(command, sizeof command, "'%s' '%s' '%s'", getenv("FAKE_CUDA_PTX"), name, library);
    FILE *out = fopen(name, "w");
    bool is_written = out != NULL && fputs(text, out) >= 0;
    if (out != NULL && fclose(out) != 0) is_written = false;
    if (is_written && system(command) == 0) m->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (m->library != NULL) *(void **)&m->code = dlsym(m->library, "ptx_kernel");
    if (m->library != NULL) *(void **)&m->warp = dlsym(m->library, "ptx_warp");
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    if (system(command) != 0) fprintf(stderr, "cannot remove %s\n", folder);
    return m->code != NULL || m->warp != NULL;
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
    bool is_ptx = strstr(image, ".version") != NULL, is_code = is_ptx || memcmp(image, "\177ELF", 4) == 0;
    struct module *m = is_code ? calloc(1, sizeof *m) : NULL;
    if (m == NULL) return 200;
    if (is_ptx && getenv("FAKE_CUDA_PTX") != NULL && !load_ptx(m, image)) {
        free(m);
        return 200;
    }
    *module = m;
    return 0;
}
int cuModuleUnload(void *module) {
    struct module *m = module;
    if (m != NULL && m->library != NULL) dlclose(m->library);
    free(m);
    return 0;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
    struct module *m = module;
    for (int i = 0; i < EOT_N_KERNEL && m != NULL; i++)
        if (strcmp(eot_kernel_name[i], name) == 0) {
            m->kernel = i;
            *function = m;
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
    /* so few work items that they take the items of a launch one after another */
    *n = group > 0 ? wished("groups", 1) : 0;
    return 0;
}
int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned group_x,
                   unsigned group_y, unsigned group_z, unsigned shared_bytes, void *stream, void **arguments,
                   void **extra) {
    const struct module *m = function;
    struct operation o = {.kind = LAUNCH, .n = (size_t)grid_x * group_x, .module = m, .n_group = group_x};
    if (grid_y * grid_z * group_y * group_z != 1 || shared_bytes != 0 || stream == NULL || extra != NULL) return 1;
    for (int i = 0; i < eot_kernel_n_argument[m->kernel]; i++) o.memory[i] = *(const uint64_t *)arguments[i];
    __atomic_add_fetch(&count.launch, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&count.kernel[m->kernel], 1, __ATOMIC_RELAXED);
    return append(stream, &o);
}
