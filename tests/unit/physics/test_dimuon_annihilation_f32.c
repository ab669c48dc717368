/* The sampler as a device runs it, in single precision. */
#undef EOT_REAL_DOUBLE
#include "test_dimuon_annihilation.c"
