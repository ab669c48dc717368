/** @file cuda_driver.h
 * NVIDIA's driver and run-time compiler, loaded when eotmc runs: nothing of CUDA is needed to build it, nor where there
 * is no NVIDIA card. */
#ifndef EOT_HOST_DEVICE_CUDA_DRIVER_H
#define EOT_HOST_DEVICE_CUDA_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** The driver's entry points. */
struct eot_cuda_driver {
    void *library;
#define EOT_CUDA_CALL(name, arguments) int(*name) arguments;
#include "cuda_driver.def"
#undef EOT_CUDA_CALL
    int version; /* 1000 major + 10 minor: the newest CUDA that it serves */
};

/** The compiler's entry points. */
struct eot_nvrtc {
    void *library;
#define EOT_NVRTC_CALL(name, arguments) int(*name) arguments;
#include "cuda_driver.def"
#undef EOT_NVRTC_CALL
    int major, minor; /* version */
};

/* What is used of cuda.h. */
enum {
    EOT_CUDA_OUT_OF_MEMORY = 2,
    EOT_CUDA_NO_DEVICE = 100,
    EOT_CUDA_INVALID_IMAGE = 200,
    EOT_CUDA_NO_BINARY_FOR_GPU = 209,
    EOT_CUDA_INVALID_PTX = 218,
    EOT_CUDA_JIT_COMPILER_NOT_FOUND = 221,
    EOT_CUDA_UNSUPPORTED_PTX_VERSION = 222,
    EOT_CUDA_ILLEGAL_ADDRESS = 700,
    EOT_CUDA_LAUNCH_OUT_OF_RESOURCES = 701,
    EOT_CUDA_LAUNCH_TIMEOUT = 702,
    EOT_CUDA_ILLEGAL_INSTRUCTION = 715,
    EOT_CUDA_MISALIGNED_ADDRESS = 716,
    EOT_CUDA_LAUNCH_FAILED = 719,
    EOT_CUDA_SYSTEM_DRIVER_MISMATCH = 803
};
enum {
    EOT_CUDA_DEVICE_MAX_GROUP = 1,
    EOT_CUDA_DEVICE_MULTIPROCESSORS = 16,
    EOT_CUDA_DEVICE_MAX_THREADS_PER_MULTIPROCESSOR = 39,
    EOT_CUDA_DEVICE_CAPABILITY_MAJOR = 75,
    EOT_CUDA_DEVICE_CAPABILITY_MINOR = 76
};
enum { EOT_CUDA_FUNCTION_MAX_GROUP = 0, EOT_CUDA_FUNCTION_LOCAL_BYTES = 3, EOT_CUDA_FUNCTION_REGISTERS = 4 };
enum { EOT_CUDA_STREAM_NON_BLOCKING = 1 };

/** Load the driver's library and initialise it. It is libcuda.so.1 in the linker's path or where NVIDIA's packages and
 * containers put it, or the file that the environment variable EOTMC_CUDA_DRIVER names ("none": there is no CUDA). It
 * stays loaded until the program ends.
 * @param reason why there is none, if the result is false: a clause for a message; may be NULL. */
bool eot_cuda_driver_load(struct eot_cuda_driver *driver, char *reason, size_t n_reason);

/** Load the run-time compiler: libnvrtc.so of CUDA 11.2 or later, in the linker's path, in $CUDA_HOME, $CUDA_PATH or
 * /usr/local/cuda*, or the file that EOTMC_NVRTC names ("none": there is none). @return false if there is none. */
bool eot_nvrtc_load(struct eot_nvrtc *nvrtc);

/** Fails the enclosing function unless the call of the driver gives 0: "cuMemAlloc failed (CUDA_ERROR_OUT_OF_MEMORY,
 * 2: out of memory); <what to do>". Needs `driver`, a pointer to the entry points. */
#define EOT_CU(call) \
    do { \
        int code_ = driver->call; \
        if (code_ != 0) { \
            status = eot_cuda_error(driver, err, __FILE__, __LINE__, __func__, #call, code_); \
            goto done; \
        } \
    } while (0)
enum eot_status eot_cuda_error(const struct eot_cuda_driver *driver, struct eot_error *err, const char *file, int line,
                               const char *function, const char *call, int code);
/** "CUDA_ERROR_OUT_OF_MEMORY". */
const char *eot_cuda_code_name(const struct eot_cuda_driver *driver, int code);

#endif
