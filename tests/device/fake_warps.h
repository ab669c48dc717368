/* Kernels of PTX in warps, and what they did (ptx_warp.h), for fake_cuda.c. */
#ifndef FAKE_WARPS_H
#define FAKE_WARPS_H

#include <stddef.h>

#include "ptx_warp.h"

/* n work items in groups, in warps of which so many lanes run at a time: 32, or 1 to have them one by one. */
struct fake_launch {
    int kernel;
    ptx_warp_kernel *code;
    const uint64_t *memory;
    size_t n;
    uint32_t n_group, n_together;
};
void fake_warps_run(const struct fake_launch *launch);
/* The counts so far, as JSON, to the file that FAKE_CUDA_WARPS names. */
void fake_warps_write(void);

#endif
