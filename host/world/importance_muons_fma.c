/* importance_muons.c once more for x86-64 CPUs with AVX2 and FMA, as host/device/host_kernels_fma.c; chosen at run
 * time, the same bits. */
#if defined(__x86_64__)
#define EOT_TRIAL_FOLLOW eot_trial_follow_fma
#include "importance_muons.c"
#else
typedef int eot_trial_follow_fma_unused;
#endif
