/* The sampler as a device runs it, in single precision: the same chi-square tests. */
#undef EOT_REAL_DOUBLE
#include "test_lfc_sampling.c"
