/** @file pocl_cache.h
 * The folder in which PoCL keeps compiled kernels. PoCL crashes on damaged ones (3.1: SIGBUS for a library that is cut
 * off, an abort for bitcode), so they lie in a folder of ours, each with its hash beside it. */
#ifndef EOT_HOST_DEVICE_POCL_CACHE_H
#define EOT_HOST_DEVICE_POCL_CACHE_H

/** Before the first call of OpenCL: choose the folder (pocl in that of base/cache.h; POCL_CACHE_DIR, if that is set, is
 * left as it is) and remove damaged files from it, which PoCL then makes anew. */
void eot_pocl_cache_check(void);

/** After kernels were built or used: write the hashes of the files that have none yet. */
void eot_pocl_cache_seal(void);

#endif
