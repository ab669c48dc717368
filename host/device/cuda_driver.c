#include "cuda_driver.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One entry point of a library. ISO C has no conversion from an object's to a function's pointer; POSIX has the bits.
 */
static bool entry_load(void *library, const char *name, void *function, size_t n_function) {
    void *address = dlsym(library, name);
    memcpy(function, &address, n_function < sizeof address ? n_function : sizeof address);
    return address != NULL;
}

/* Not closed again: NVIDIA's libraries leave threads behind. */
static void *library_open(const char *path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE); }

static bool driver_entries_load(struct eot_cuda_driver *driver, const char **missing) {
#define EOT_CUDA_CALL(name, arguments) \
    if (!entry_load(driver->library, #name, &driver->name, sizeof driver->name)) { \
        *missing = #name; \
        return false; \
    }
#include "cuda_driver.def"
#undef EOT_CUDA_CALL
    return true;
}

bool eot_cuda_driver_load(struct eot_cuda_driver *driver, char *reason, size_t n_reason) {
    static const char *const PLACES[] = {"libcuda.so.1",
                                         "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
                                         "/usr/lib/aarch64-linux-gnu/libcuda.so.1",
                                         "/usr/lib64/libcuda.so.1",
                                         "/usr/local/nvidia/lib64/libcuda.so.1",
                                         "/usr/local/cuda/compat/libcuda.so.1",
                                         "/usr/lib/wsl/lib/libcuda.so.1"};
    const char *named = getenv("EOTMC_CUDA_DRIVER"), *missing = "";
    memset(driver, 0, sizeof *driver);
    if (reason != NULL) snprintf(reason, n_reason, "NVIDIA's driver library libcuda.so.1 is not here");
    if (named != NULL && named[0] != '\0') {
        if (strcmp(named, "none") != 0) driver->library = library_open(named);
        if (driver->library == NULL && reason != NULL)
            snprintf(reason, n_reason, "EOTMC_CUDA_DRIVER=%s names no library that can be loaded", named);
    } else {
        for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0] && driver->library == NULL; i++)
            driver->library = library_open(PLACES[i]);
    }
    if (driver->library == NULL) return false;
    if (!driver_entries_load(driver, &missing)) {
        if (reason != NULL) snprintf(reason, n_reason, "NVIDIA's driver is too old: it has no %s", missing);
        return false;
    }
    int code = driver->cuInit(0);
    if (code != 0) {
        if (reason != NULL)
            snprintf(reason, n_reason, "NVIDIA's driver says %s (%d)", eot_cuda_code_name(driver, code), code);
        return false;
    }
    return driver->cuDriverGetVersion(&driver->version) == 0;
}

static bool nvrtc_entries_load(struct eot_nvrtc *nvrtc, const char *path) {
    nvrtc->library = library_open(path);
    if (nvrtc->library == NULL) return false;
#define EOT_NVRTC_CALL(name, arguments) \
    if (!entry_load(nvrtc->library, #name, &nvrtc->name, sizeof nvrtc->name)) return false;
#include "cuda_driver.def"
#undef EOT_NVRTC_CALL
    return nvrtc->nvrtcVersion(&nvrtc->major, &nvrtc->minor) == 0;
}

bool eot_nvrtc_load(struct eot_nvrtc *nvrtc) {
    static const char *const NAMES[] = {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"};
    static const size_t N_NAME = sizeof NAMES / sizeof NAMES[0];
    const char *named = getenv("EOTMC_NVRTC"),
               *folder[] = {"", getenv("CUDA_HOME"), getenv("CUDA_PATH"), "/usr/local/cuda", "/usr/local/cuda-*"};
    bool is_loaded = false;
    memset(nvrtc, 0, sizeof *nvrtc);
    if (named != NULL && named[0] != '\0') return strcmp(named, "none") != 0 && nvrtc_entries_load(nvrtc, named);
    for (size_t k = 0; k < sizeof folder / sizeof folder[0] && !is_loaded; k++)
        for (size_t i = 0; i < N_NAME && !is_loaded && folder[k] != NULL; i++) {
            char pattern[1024];
            glob_t found = {.gl_pathc = 0};
            if (folder[k][0] == '\0') {
                is_loaded = nvrtc_entries_load(nvrtc, NAMES[i]);
                continue;
            }
            snprintf(pattern, sizeof pattern, "%s/lib64/%s", folder[k], NAMES[i]);
            if (glob(pattern, 0, NULL, &found) == 0)
                for (size_t l = found.gl_pathc; l > 0 && !is_loaded; l--) /* the newest is the last */
                    is_loaded = nvrtc_entries_load(nvrtc, found.gl_pathv[l - 1]);
            globfree(&found);
        }
    return is_loaded;
}

const char *eot_cuda_code_name(const struct eot_cuda_driver *driver, int code) {
    const char *text = NULL;
    return driver->cuGetErrorName(code, &text) == 0 && text != NULL ? text : "an error without a name";
}

static const char *advice_for(int code) {
    switch (code) {
    case EOT_CUDA_OUT_OF_MEMORY:
        return "the device is out of memory: use a smaller sampling.batch or device.lanes, or device.in_flight=1";
    case EOT_CUDA_INVALID_IMAGE:
    case EOT_CUDA_NO_BINARY_FOR_GPU:
    case EOT_CUDA_INVALID_PTX:
    case EOT_CUDA_JIT_COMPILER_NOT_FOUND:
    case EOT_CUDA_UNSUPPORTED_PTX_VERSION:
        return "the driver is older than the compiler of the kernels: update the driver, or give an older NVRTC "
               "(EOTMC_NVRTC)";
    case EOT_CUDA_SYSTEM_DRIVER_MISMATCH:
        return "the driver's library and its kernel module differ: restart the machine, or use the module's library";
    case EOT_CUDA_ILLEGAL_ADDRESS:
    case EOT_CUDA_LAUNCH_FAILED:
    case EOT_CUDA_LAUNCH_TIMEOUT:
    case EOT_CUDA_LAUNCH_OUT_OF_RESOURCES:
    case EOT_CUDA_ILLEGAL_INSTRUCTION:
    case EOT_CUDA_MISALIGNED_ADDRESS:
        return "a kernel failed (CUDA_LAUNCH_BLOCKING=1 tells which): check the device with `eotmc selftest`, run with "
               "--device host, and report this";
    default: return "check the driver with `nvidia-smi` and `eotmc selftest`, or run with --device host";
    }
}

enum eot_status eot_cuda_error(const struct eot_cuda_driver *driver, struct eot_error *err, const char *file, int line,
                               const char *function, const char *call, int code) {
    const char *text = NULL;
    int n = (int)strcspn(call, "(");
    if (n > 3 && strncmp(call + n - 3, "_v2", 3) == 0) n -= 3; /* as the manual has it */
    if (driver->cuGetErrorString(code, &text) != 0 || text == NULL) text = "no text";
    return eot_error_set(err, EOT_E_DEVICE, file, line, function, "%.*s failed (%s, %d: %s); %s", n, call,
                         eot_cuda_code_name(driver, code), code, text, advice_for(code));
}
