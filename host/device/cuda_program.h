/** @file cuda_program.h
 * The kernels' text compiled for NVIDIA's GPUs, a program for each kernel: by the run-time compiler, or found among
 * those that were compiled before. */
#ifndef EOT_HOST_DEVICE_CUDA_PROGRAM_H
#define EOT_HOST_DEVICE_CUDA_PROGRAM_H

#include "device/backend.h"

#define EOT_CUDA_MAX_OPTIONS 512

/** What all kernels of a backend are compiled from. */
struct eot_cuda_text {
    char *source;                       /* owned */
    char options[EOT_CUDA_MAX_OPTIONS]; /* definitions: -DNAME=VALUE ... */
    bool no_cache;                      /* compile anew */
    bool is_compiler_sought;
    struct eot_nvrtc *compiler; /* owned; NULL: not sought yet, or there is none */
};

/** @param options as for a backend: kernel_dir, no_kernel_cache, extra_options. @return EOT_OK, EOT_E_IO, EOT_E_BUILD,
 * EOT_E_INTERNAL (an option is not a definition), EOT_E_MEMORY. Release with eot_cuda_text_free. */
enum eot_status eot_cuda_text_init(struct eot_cuda_text *text, const struct eot_backend_options *options,
                                   struct eot_error *err);
void eot_cuda_text_free(struct eot_cuda_text *text);

/** Where compiled code may come from, in the order in which it is looked for. */
enum eot_cuda_origin {
    EOT_CUDA_CACHE,  /* eotmc's cache */
    EOT_CUDA_FOLDER, /* compiled before: $EOTMC_CUDA_KERNELS, or cuda-kernels beside the program */
    EOT_CUDA_COMPILER,
    EOT_N_CUDA_ORIGIN
};

/** Compiled code of one kernel. */
struct eot_cuda_image {
    char *bytes; /* owned: a cubin (ELF), or PTX with a final 0 */
    size_t n_bytes;
    enum eot_cuda_origin origin;
};

/** The code of a kernel for a device of compute capability `capability` (10 major + minor). What is compiled is put
 * into the cache.
 * @param first origins before this one are left out: the driver has refused what came from them. @return EOT_OK,
 * EOT_E_BUILD (with capability, options and log; or there is neither code nor compiler), EOT_E_MEMORY. */
enum eot_status eot_cuda_image_find(struct eot_cuda_text *text, enum eot_kernel kernel, int capability,
                                    enum eot_cuda_origin first, struct eot_cuda_image *image, struct eot_error *err);

/** Compile one kernel. @param architecture "sm_90" (cubin) or "compute_90" (PTX). @param log what the compiler says of
 * registers and spills, owned by the caller; may be NULL. @return EOT_OK, EOT_E_BUILD, EOT_E_MEMORY. */
enum eot_status eot_cuda_image_compile(struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture,
                                       struct eot_cuda_image *image, char **log, struct eot_error *err);

/** Name of the file of a kernel in a folder of compiled code: "cascade.sm_90.<16 digits of the hash of text and
 * options>.cubin", or .ptx for "compute_90". */
void eot_cuda_image_name(const struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture, char *name,
                         size_t n_name);

#endif
