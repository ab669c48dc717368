/* The two compilations of the host backend give the same bits: fma() as an instruction and as a library call, with
 * wider vectors or without. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "device/backend_private.h"

#define EOT_PROBE(name, low, high, spacing, ulp, expression) /* the list's headers first, outside of functions */
#include "../../kernels/probes.def"
#undef EOT_PROBE

#if defined(__x86_64__)
Test(host_builds, plain_and_fma_give_the_same_bits) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        cr_skip_test("this CPU has no FMA: only the plain build can run");
    enum {
        N_PROBE = 0
#define EOT_PROBE(name, low, high, spacing, ulp, expression) +1
#include "../../kernels/probes.def"
#undef EOT_PROBE
        ,
        N_POINT = 4096,
        N = N_PROBE * N_POINT
    };
    uint32_t size[2] = {N, N_POINT}, *bits = calloc(2 * N, sizeof *bits), state = 12345;
    float *x = calloc(N, sizeof *x), *plain = calloc(N, sizeof *plain), *with_fma = calloc(N, sizeof *with_fma);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 2; k++) bits[2 * i + k] = state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / 16777216.0f;
    }
    void *arguments[] = {size, x, bits, plain};
    for (size_t i = 0; i < N; i++) eot_host_kernels_plain[EOT_KERNEL_probe_functions](i, N, arguments);
    arguments[3] = with_fma;
    for (size_t i = 0; i < N; i++) eot_host_kernels_fma[EOT_KERNEL_probe_functions](i, N, arguments);
    int n_different = 0;
    for (int i = 0; i < N; i++)
        n_different += memcmp(&plain[i], &with_fma[i], sizeof(float)) != 0 &&
                       !(plain[i] != plain[i] && with_fma[i] != with_fma[i]);
    cr_assert_eq(n_different, 0);
    free(bits);
    free(x);
    free(plain);
    free(with_fma);
}
#endif
