/** @file portable.h
 * The dialect shared by C11, OpenCL C 1.2 and CUDA C++; the only file that asks which of the three is being compiled.
 *
 * `real` is the type that formulas compute in: float in kernels and in the host backend that runs the same kernels (one
 * text, the same bits), double in host/physics, which integrates the same formulas (EOT_REAL_DOUBLE). Tables that a
 * device reads are always f32; positions are always f64. Elementary functions other than the correctly rounded ones
 * (sqrt, fabs, floor, fma, fmin, fmax) come from eotmc/math/elementary.h.
 *
 * EOT_FN begins every function of a header; EOT_HOT_FN those that a kernel's innermost loop calls with whole states as
 * arguments: they become a part of the loop, where a call would copy the state to memory and back. EOT_BODY_FN begins
 * what a kernel does for one work item, where that is long: drivers for CPUs make up to three copies of a kernel, for
 * several sizes of launches, and compile such a function once, called by all three. EOT_SHARED_FN begins what is long
 * and called at several places of one kernel: CUDA's compiler makes one function of it, where a copy at each place
 * would take it minutes. EOT_OFTEN_FN begins what is called at many places: a function in CUDA kernels so long that a
 * GPU waits for their instructions (EOT_LONG_KERNEL, host/device/cuda_program.c). Both begin, too, what is called once
 * but is to find its states in memory, so that a kernel needs fewer registers. EOT_HOT_OFTEN_FN is EOT_HOT_FN
 * elsewhere. */
#ifndef EOT_BASE_PORTABLE_H
#define EOT_BASE_PORTABLE_H

#if defined(__OPENCL_C_VERSION__) || defined(__OPENCL_VERSION__) /* offline clang defines only the first */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
typedef int i32;
typedef uint u32;
typedef long i64;
typedef ulong u64;
typedef float f32;
typedef double f64;
#define EOT_IS_DEVICE 1
#define EOT_FN static inline
#if defined(EOT_LANE_WIDTH) && EOT_LANE_WIDTH > 1 /* CPU drivers; those of GPUs inline all by themselves */
#define EOT_HOT_FN static inline __attribute__((always_inline))
#define EOT_BODY_FN static __attribute__((noinline))
#else
#define EOT_HOT_FN static inline
#define EOT_BODY_FN static inline
#endif
#define EOT_GLOBAL __global
#define EOT_KERNEL_FN(name) __kernel              /* a function that a driver launches */
#define EOT_GLOBAL_ID ((u32)get_global_id(0))     /* number of the work item */
#define EOT_GLOBAL_SIZE ((u32)get_global_size(0)) /* how many there are, those beyond the items included */
#define EOT_EXPECT(c) ((void)sizeof(c))           /* still type-checked, never evaluated */
/* Integer additions to a place that other work items may add to at the same time. */
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#define EOT_ATOMIC_ADD_I64(place, amount) ((void)atom_add(place, amount))
#define EOT_ATOMIC_INCREMENT_U32(place) atomic_inc(place)
#define EOT_ATOMIC_MIN_U32(place, value) ((void)atomic_min(place, value))
#define EOT_ATOMIC_MAX_LOW(place, value) \
    ((void)atomic_max((volatile __global u32 *)(place), value)) /* little endian \
                                                                 */
static inline u32 eot_f32_bits(f32 x) { return as_uint(x); }
static inline f32 eot_f32_from_bits(u32 b) { return as_float(b); }
static inline u64 eot_f64_bits(f64 x) { return as_ulong(x); }
static inline f64 eot_f64_from_bits(u64 b) { return as_double(b); }
/* Of a kernel whose work items part company: some CPU drivers would run it in masked vectors. */
#if defined(EOT_LANE_WIDTH) && defined(__has_attribute)
#if EOT_LANE_WIDTH > 1 && __has_attribute(intel_vec_len_hint)
#define EOT_ONE_BY_ONE __attribute__((intel_vec_len_hint(1)))
#endif
#endif
#elif defined(__CUDACC__) /* nvcc and NVRTC, which has no header of the C library */
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;
#define EOT_IS_DEVICE 1
#define EOT_FN static __device__ inline
#define EOT_HOT_FN static __device__ inline
#define EOT_ROLLED _Pragma("unroll 1")
#define EOT_BODY_FN static __device__ inline
#define EOT_SHARED_FN static __device__ __noinline__
#ifdef EOT_LONG_KERNEL
#define EOT_OFTEN_FN static __device__ __noinline__
#define EOT_HOT_OFTEN_FN EOT_OFTEN_FN
#endif
#define EOT_GLOBAL
/* Kernels are compiled one by one, each in a program of its own in which the others are functions that nobody calls:
 * -DEOT_KERNEL_HEAD_x for each kernel x tells which one it is (host/device/cuda_program.c). */
#define EOT_KERNEL_FN(name) EOT_KERNEL_HEAD_##name
#define EOT_CUDA_ENTRY extern "C" __global__
#define EOT_CUDA_OTHER static __device__
#define EOT_GLOBAL_ID (blockIdx.x * blockDim.x + threadIdx.x)
#define EOT_GLOBAL_SIZE (gridDim.x * blockDim.x)
#define EOT_EXPECT(c) ((void)sizeof(c))
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define EOT_ATOMIC_ADD_I64(place, amount) eot_add_by_warp((u64 *)(place), (u64)(amount))
/* Of the work items of a warp that add to one place at the same time, one adds the sum of all: many additions to one
 * place come one after the other, wherever the place is. The sum comes in three parts, since a warp adds 32-bit
 * integers only. */
static __device__ __noinline__ void eot_add_by_warp(u64 *place, u64 amount) {
    u32 active = __activemask(), peers = __match_any_sync(active, (u64)place);
    u64 sum = __reduce_add_sync(peers, (u32)amount & 0x7ffffffu);
    sum += (u64)__reduce_add_sync(peers, (u32)(amount >> 27) & 0x7ffffffu) << 27;
    sum += (u64)__reduce_add_sync(peers, (u32)(amount >> 54)) << 54;
    if (__ffs((int)peers) - 1 == (int)(threadIdx.x & 31u)) atomicAdd(place, sum);
}
#else
#define EOT_ATOMIC_ADD_I64(place, amount) ((void)atomicAdd((u64 *)(place), (u64)(amount)))
#endif
#define EOT_ATOMIC_INCREMENT_U32(place) atomicAdd(place, 1u)
#define EOT_ATOMIC_MIN_U32(place, value) ((void)atomicMin(place, value))
#define EOT_ATOMIC_MAX_LOW(place, value) ((void)atomicMax((u32 *)(place), value)) /* little endian */
static __device__ inline u32 eot_f32_bits(f32 x) { return __float_as_uint(x); }
static __device__ inline f32 eot_f32_from_bits(u32 b) { return __uint_as_float(b); }
static __device__ inline u64 eot_f64_bits(f64 x) { return (u64)__double_as_longlong(x); }
static __device__ inline f64 eot_f64_from_bits(u64 b) { return __longlong_as_double((i64)b); }
#else
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h> /* sqrt, fma, floor, ... overload on float and double as OpenCL C does */
typedef int32_t i32;
typedef uint32_t u32;
typedef int64_t i64;
typedef uint64_t u64;
typedef float f32;
typedef double f64;
#define EOT_IS_DEVICE 0
#define EOT_FN static inline
#define EOT_HOT_FN static inline
#define EOT_BODY_FN static inline
#define EOT_GLOBAL
/* EOT_GLOBAL_ID and EOT_GLOBAL_SIZE are the host backend's (host/device/host_kernels.c). */
#define EOT_KERNEL_FN(name) static
/* The host backend runs one work item after the other. */
#define EOT_ATOMIC_ADD_I64(place, amount) ((void)(*(place) += (amount)))
#define EOT_ATOMIC_INCREMENT_U32(place) ((*(place))++)
#define EOT_ATOMIC_MIN_U32(place, value) ((void)(*(place) = (value) < *(place) ? (value) : *(place)))
#define EOT_ATOMIC_MAX_LOW(place, value) ((void)(*(place) = (i64)(value) > *(place) ? (i64)(value) : *(place)))
#ifdef NDEBUG
#define EOT_EXPECT(c) ((void)sizeof(c))
#else
#define EOT_EXPECT(c) ((c) ? (void)0 : abort())
#endif
static inline u32 eot_f32_bits(f32 x) {
    u32 b;
    memcpy(&b, &x, sizeof b);
    return b;
}
static inline f32 eot_f32_from_bits(u32 b) {
    f32 x;
    memcpy(&x, &b, sizeof x);
    return x;
}
static inline u64 eot_f64_bits(f64 x) {
    u64 b;
    memcpy(&b, &x, sizeof b);
    return b;
}
static inline f64 eot_f64_from_bits(u64 b) {
    f64 x;
    memcpy(&x, &b, sizeof x);
    return x;
}
#endif

#ifndef EOT_SHARED_FN
#define EOT_SHARED_FN EOT_FN
#endif

#ifndef EOT_OFTEN_FN
#define EOT_OFTEN_FN EOT_FN
#define EOT_HOT_OFTEN_FN EOT_HOT_FN
#endif

#ifndef EOT_ONE_BY_ONE
#define EOT_ONE_BY_ONE
#endif

/* In front of a loop that a compiler for GPUs is to leave a loop: over rows of a small matrix, where turns side by side
 * would keep all of the matrix in registers, more than there are; and in long kernels, whose instructions a GPU waits
 * for (EOT_LONG_KERNEL). */
#ifndef EOT_ROLLED
#define EOT_ROLLED
#endif

/* Whether work items advance side by side, so that all wait while one is in a loop of its own: on GPUs. */
#if EOT_IS_DEVICE && (!defined(EOT_LANE_WIDTH) || EOT_LANE_WIDTH == 1)
#define EOT_SIDE_BY_SIDE 1
#else
#define EOT_SIDE_BY_SIDE 0
#endif

/* Correctly rounded functions as loops over lanes use them. CPU drivers that link the library of OpenCL C after they
 * vectorise loops (Intel's) give up at a call, not at these intrinsics; no bit changes. */
#if EOT_IS_DEVICE && defined(EOT_LANE_WIDTH) && defined(__has_builtin)
#if EOT_LANE_WIDTH > 1 && __has_builtin(__builtin_elementwise_fma) && __has_builtin(__builtin_elementwise_sqrt)
#define EOT_HAS_ELEMENTWISE
#endif
#endif
#ifdef EOT_HAS_ELEMENTWISE
#define eot_fma(a, b, c) __builtin_elementwise_fma(a, b, c)
#define eot_sqrt(a) __builtin_elementwise_sqrt(a)
#define eot_floor(a) __builtin_elementwise_floor(a)
#define eot_fabs(a) __builtin_elementwise_abs(a)
#else
#define eot_fma(a, b, c) fma(a, b, c)
#define eot_sqrt(a) sqrt(a)
#define eot_floor(a) floor(a)
#define eot_fabs(a) fabs(a)
#endif

#ifdef EOT_REAL_DOUBLE
typedef f64 real;
#define R(x) (x)
#else
typedef f32 real;
#define R(x) (x##f)
#endif

/** The largest integer that is not above x, |x| < 2^63. The floor of CPU drivers takes 14 instructions and a branch; a
 * GPU has it as one. */
#if defined(__CUDACC__) || defined(__NV_CL_C_VERSION) || defined(__CUDACC_RTC__)
EOT_FN i64 eot_i64_floor(f64 x) { return (i64)floor(x); }
#else
EOT_FN i64 eot_i64_floor(f64 x) {
    i64 n = (i64)x;
    return n - ((f64)n > x ? 1 : 0);
}
#endif

/** The smaller and the larger of two numbers that are no NaN: one instruction where fmin and fmax, which look for NaN,
 * take three. */
EOT_FN real eot_min(real a, real b) { return a < b ? a : b; }
EOT_FN real eot_max(real a, real b) { return a > b ? a : b; }

/** Number of the lowest bit that is set. @param bits not 0. */
EOT_FN u32 eot_lowest_bit(u32 bits) {
#if defined(__CUDACC__)
    return (u32)__ffs((int)bits) - 1u;
#elif EOT_IS_DEVICE
    return 31u - clz(bits & (0u - bits));
#else
    return (u32)__builtin_ctz(bits);
#endif
}

/* Between `struct` and what it holds: a GPU loads so many bytes with one instruction if they are aligned. A CPU needs
 * no alignment for that, and PoCL's compiler makes slow gathers of loads of neighbouring lanes that have it. */
#if !EOT_SIDE_BY_SIDE
#define EOT_AT_ONCE(bytes)
#elif defined(__CUDACC__)
#define EOT_AT_ONCE(bytes) __align__(bytes)
#else
#define EOT_AT_ONCE(bytes) __attribute__((aligned(bytes)))
#endif

#define D(x) (x) /* a literal that is meant to be f64 on every side */

/** Compile-time check of a struct that crosses the bus: its size in bytes (C11's _Static_assert is not OpenCL C 1.2).
 */
#define EOT_LAYOUT(type, bytes) typedef char eot_layout_##type[(sizeof(type) == (bytes)) ? 1 : -1]

#endif
