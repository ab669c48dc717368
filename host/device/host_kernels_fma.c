/* host_kernels.c once more, compiled for x86-64 CPUs with AVX2 and FMA (the build gives this file -mavx2 -mfma): fma()
 * becomes one instruction instead of a library call. Chosen at run time; the same bits, since contraction is off and
 * fma() is correctly rounded either way. */
#if defined(__x86_64__)
#define EOT_HOST_KERNELS eot_host_kernels_fma
#include "host_kernels.c"
#else
typedef int eot_host_kernels_fma_unused;
#endif
