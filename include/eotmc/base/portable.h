/** @file portable.h
 * The dialect shared by C11 and OpenCL C 1.2; the only file that asks which of the two is being compiled.
 *
 * `real` is the type that formulas compute in: float in kernels and in the host backend that runs the same kernels (one
 * text, the same bits), double in host/physics, which integrates the same formulas (EOT_REAL_DOUBLE). Tables that a
 * device reads are always f32; positions are always f64. Elementary functions other than the correctly rounded ones
 * (sqrt, fabs, floor, fma, fmin, fmax) come from eotmc/math/elementary.h. */
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
#define EOT_GLOBAL __global
#define EOT_EXPECT(c) ((void)sizeof(c)) /* still type-checked, never evaluated */
static inline u32 eot_f32_bits(f32 x) { return as_uint(x); }
static inline f32 eot_f32_from_bits(u32 b) { return as_float(b); }
/* Of a kernel whose work items part company: some CPU drivers would run it in masked vectors. */
#if defined(EOT_LANE_WIDTH) && defined(__has_attribute)
#if EOT_LANE_WIDTH > 1 && __has_attribute(intel_vec_len_hint)
#define EOT_ONE_BY_ONE __attribute__((intel_vec_len_hint(1)))
#endif
#endif
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
#define EOT_GLOBAL
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
#endif

#ifndef EOT_ONE_BY_ONE
#define EOT_ONE_BY_ONE
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

#define EOT_FN static inline

#ifdef EOT_REAL_DOUBLE
typedef f64 real;
#define R(x) (x)
#else
typedef f32 real;
#define R(x) (x##f)
#endif

/** The smaller and the larger of two numbers that are no NaN: one instruction where fmin and fmax, which look for NaN,
 * take three. */
EOT_FN real eot_min(real a, real b) { return a < b ? a : b; }
EOT_FN real eot_max(real a, real b) { return a > b ? a : b; }

#define D(x) (x) /* a literal that is meant to be f64 on every side */

/** Compile-time check of a struct that crosses the bus: its size in bytes (C11's _Static_assert is not OpenCL C 1.2).
 */
#define EOT_LAYOUT(type, bytes) typedef char eot_layout_##type[(sizeof(type) == (bytes)) ? 1 : -1]

#endif
