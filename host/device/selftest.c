#include "selftest.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend_private.h"
#include "base/clock.h"
#include "eotmc/math/random.h"

enum spacing { EOT_LINEAR, EOT_LOGARITHMIC };

/* The lists' headers first, as in kernels/probe.cl. */
#define EOT_PROBE(name, low, high, spacing, ulp, expression)
#include "../../kernels/probes.def"
#undef EOT_PROBE
#define EOT_LAYOUT_PROBE(type)
#define EOT_LAYOUT_MEMBER(type, member)
#include "../../kernels/layouts.def"
#undef EOT_LAYOUT_PROBE
#undef EOT_LAYOUT_MEMBER

static const struct probe {
    const char *name;
    double low, high;
    enum spacing spacing;
    double allowed_ulp;
} PROBES[] = {
#define EOT_PROBE(name, low, high, spacing, ulp, expression) {#name, low, high, spacing, ulp},
#include "../../kernels/probes.def"
#undef EOT_PROBE
};
enum { N_PROBE = sizeof PROBES / sizeof PROBES[0] };

/* Each rare process has a probe of the name of its key. */
enum probe_number {
#define EOT_PROBE(name, low, high, spacing, ulp, expression) PROBE_##name,
#include "../../kernels/probes.def"
#undef EOT_PROBE
};
#define EOT_PROCESS(id, key, parents, family, fallback, doc) \
    _Static_assert(PROBE_##key >= 0, "kernels/probes.def has no probe of this process");
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS

static const char *const LAYOUTS[] = {
#define EOT_LAYOUT_PROBE(type) "sizeof " #type,
#define EOT_LAYOUT_MEMBER(type, member) "offset of " #type "." #member,
#include "../../kernels/layouts.def"
#undef EOT_LAYOUT_PROBE
#undef EOT_LAYOUT_MEMBER
};
enum { N_LAYOUT = sizeof LAYOUTS / sizeof LAYOUTS[0] };

/* An argument of a probe kernel: its bytes go there and come back. */
struct argument {
    const char *name; /* as in kernels.def */
    size_t n_bytes;
    void *bytes;
};

static enum eot_status probe_run(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                 const struct argument *argument, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_buffer *buffer[EOT_MAX_KERNEL_ARGUMENT] = {NULL};
    int n_argument = eot_kernel_n_argument[kernel];
    for (int i = 0; i < n_argument; i++) {
        EOT_CHECK(strcmp(argument[i].name, eot_kernel_argument_name[kernel][i]) == 0, EOT_E_INTERNAL,
                  "kernel %s: argument %d is %s, not %s; report this as a bug", eot_kernel_name[kernel], i,
                  eot_kernel_argument_name[kernel][i], argument[i].name);
        EOT_TRY(backend->op->buffer_create(backend, argument[i].n_bytes, argument[i].bytes, &buffer[i], err));
    }
    EOT_TRY(backend->op->launch(backend, kernel, n_item, group, buffer, err));
    for (int i = 0; i < n_argument; i++)
        EOT_TRY(backend->op->buffer_read(backend, buffer[i], 0, argument[i].n_bytes, argument[i].bytes, err));
done:
    for (int i = 0; i < EOT_MAX_KERNEL_ARGUMENT; i++) backend->op->buffer_free(backend, buffer[i]);
    return status;
}

static void report_add(struct eot_selftest_report *report, const char *name, size_t n_point, double max_ulp,
                       double allowed_ulp) {
    if (report == NULL || report->n_row == EOT_SELFTEST_MAX_ROW) return;
    struct eot_selftest_row *row = &report->row[report->n_row++];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->n_point = n_point;
    row->max_ulp = max_ulp;
    row->allowed_ulp = allowed_ulp;
}

#define FAIL_UNLESS(condition, backend, ...) \
    do { \
        if (!(condition)) { \
            char what_[512]; \
            snprintf(what_, sizeof what_, __VA_ARGS__); \
            EOT_FAIL(EOT_E_SELFTEST, \
                     "self-test failed on %s (driver %s): %s; update the driver, or use another one of `eotmc " \
                     "devices`, --device host for one", \
                     (backend)->name, (backend)->driver, what_); \
        } \
    } while (0)

/* The published known answers (Random123, tests/kat_vectors, "philox4x32 10"). */
static enum eot_status check_random(struct eot_backend *backend, struct eot_selftest_report *report,
                                    struct eot_error *err) {
    static const uint32_t input[3][6] = {
        {0, 0, 0, 0, 0, 0},
        {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu},
        {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u}};
    static const uint32_t want[3][4] = {{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u},
                                        {0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu},
                                        {0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}};
    enum eot_status status = EOT_OK;
    enum { N = 24 };
    uint32_t counter[1 + 6 * N] = {N}, block[4 * N] = {0};
    for (int i = 0; i < N; i++) memcpy(counter + 1 + 6 * i, input[i % 3], sizeof input[0]);
    EOT_TRY(probe_run(backend, EOT_KERNEL_probe_random, N, 0,
                      (struct argument[]){{"counter", sizeof counter, counter}, {"block", sizeof block, block}}, err));
    for (int i = 0; i < 4 * N; i++)
        FAIL_UNLESS(block[i] == want[i / 4 % 3][i % 4], backend,
                    "Philox4x32-10 gives 0x%08x, the published answer is 0x%08x", block[i], want[i / 4 % 3][i % 4]);
    report_add(report, "philox known answers", 4 * N, 0.0, 0.0);
done:
    return status;
}

static enum eot_status check_atomics(struct eot_backend *backend, bool full, struct eot_selftest_report *report,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const uint32_t n = full ? 32768 : 1024;
    const int64_t amount =
        0x123456789; /* more than 32 bits, with carries between the halves; the sum stays below 2^62 */
    uint32_t size[3] = {n, (uint32_t)amount, (uint32_t)(amount >> 32)}, count[2] = {0, UINT32_MAX};
    int64_t sum[2] = {0, 0}, want = amount * ((int64_t)n * (n + 1) / 2);
    uint32_t *slot = calloc(n, sizeof *slot);
    EOT_CHECK_MEMORY(slot);
    struct argument argument[] = {{"size", sizeof size, size},
                                  {"sum", sizeof sum, sum},
                                  {"count", sizeof count, count},
                                  {"slot", n * sizeof *slot, slot}};
    EOT_TRY(probe_run(backend, EOT_KERNEL_probe_atomics, n, 0, argument, err));
    FAIL_UNLESS(sum[0] == want && sum[1] == -want, backend,
                "64-bit atomic sums are %lld and %lld instead of %lld and its negative", (long long)sum[0],
                (long long)sum[1], (long long)want);
    FAIL_UNLESS(count[0] == n && count[1] == 5, backend,
                "32-bit atomics give count %u and minimum %u instead of %u and 5", count[0], count[1], n);
    for (uint32_t i = 0; i < n; i++)
        FAIL_UNLESS(slot[i] == 1, backend, "the atomic counter gave out the number %u %u times instead of once", i,
                    slot[i]);
    report_add(report, "atomics", 4 + (size_t)n, 0.0, 0.0);
done:
    free(slot);
    return status;
}

static enum eot_status check_layout(struct eot_backend *backend, struct eot_backend *host,
                                    struct eot_selftest_report *report, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint32_t device_bytes[N_LAYOUT] = {0}, host_bytes[N_LAYOUT] = {0};
    EOT_TRY(probe_run(host, EOT_KERNEL_probe_layout, 1, 1, &(struct argument){"bytes", sizeof host_bytes, host_bytes},
                      err));
    EOT_TRY(probe_run(backend, EOT_KERNEL_probe_layout, 1, 1,
                      &(struct argument){"bytes", sizeof device_bytes, device_bytes}, err));
    for (int i = 0; i < N_LAYOUT; i++)
        FAIL_UNLESS(device_bytes[i] == host_bytes[i], backend, "%s is %u bytes on the device and %u on the host",
                    LAYOUTS[i], device_bytes[i], host_bytes[i]);
    report_add(report, "struct layouts", N_LAYOUT, 0.0, 0.0);
done:
    return status;
}

/* Bits of a float as an integer that increases with it, so that neighbours differ by 1. */
static int64_t float_order(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t magnitude = (int64_t)(bits & 0x7fffffffu);
    return (bits >> 31) != 0 ? -magnitude : magnitude;
}

static double ulp_difference(float a, float b) {
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b) ? 0.0 : INFINITY;
    return fabs((double)(float_order(a) - float_order(b)));
}

static float grid_value(const struct probe *p, uint32_t k, uint32_t n) {
    if (k == 0) return (float)p->low; /* both ends exactly */
    if (k == n - 1) return (float)p->high;
    double t = (double)k / (double)(n - 1);
    return (float)(p->spacing == EOT_LINEAR ? p->low + t * (p->high - p->low) : p->low * pow(p->high / p->low, t));
}

static enum eot_status check_functions(struct eot_backend *backend, struct eot_backend *host, bool full,
                                       struct eot_selftest_report *report, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const uint32_t n_point = full ? 8192 : 128, n = N_PROBE * n_point;
    uint32_t size[2] = {n, n_point};
    static const uint32_t corner[4][2] = {{0, 0}, {0, UINT32_MAX}, {UINT32_MAX, 0}, {UINT32_MAX, UINT32_MAX}};
    float *x = malloc(n * sizeof *x), *y = calloc(n, sizeof *y), *want = calloc(n, sizeof *want);
    uint32_t *bits = malloc(2 * n * sizeof *bits);
    EOT_CHECK_MEMORY(x);
    EOT_CHECK_MEMORY(y);
    EOT_CHECK_MEMORY(want);
    EOT_CHECK_MEMORY(bits);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = i % n_point;
        x[i] = grid_value(&PROBES[i / n_point], k, n_point);
        eot_u32x4 r = eot_philox(k, 0, EOT_STAGE_PROBE << 24, i / n_point, 1, 0);
        bits[2 * i] = k < 4 ? corner[k][0] : r.x;
        bits[2 * i + 1] = k < 4 ? corner[k][1] : r.y;
    }
    EOT_TRY(probe_run(host, EOT_KERNEL_probe_functions, n, 0,
                      (struct argument[]){{"size", sizeof size, size},
                                          {"x", n * sizeof *x, x},
                                          {"bits", 2 * n * sizeof *bits, bits},
                                          {"y", n * sizeof *y, want}},
                      err));
    EOT_TRY(probe_run(backend, EOT_KERNEL_probe_functions, n, 0,
                      (struct argument[]){{"size", sizeof size, size},
                                          {"x", n * sizeof *x, x},
                                          {"bits", 2 * n * sizeof *bits, bits},
                                          {"y", n * sizeof *y, y}},
                      err));
    for (uint32_t i_probe = 0; i_probe < N_PROBE; i_probe++) {
        const struct probe *p = &PROBES[i_probe];
        double max_ulp = -1.0;
        uint32_t worst = 0;
        for (uint32_t i = i_probe * n_point; i < (i_probe + 1) * n_point; i++) {
            double ulp = ulp_difference(y[i], want[i]);
            if (ulp > max_ulp) {
                max_ulp = ulp;
                worst = i;
            }
        }
        report_add(report, p->name, n_point, max_ulp, p->allowed_ulp);
        FAIL_UNLESS(
            max_ulp <= p->allowed_ulp, backend,
            "probe %s at x = %.9g, bits 0x%08x 0x%08x gives %.9g, on the host %.9g (%.0f ulp apart, %.0f allowed)",
            p->name, (double)x[worst], bits[2 * worst], bits[2 * worst + 1], (double)y[worst], (double)want[worst],
            max_ulp, p->allowed_ulp);
    }
done:
    free(x);
    free(y);
    free(want);
    free(bits);
    return status;
}

enum eot_status eot_selftest(struct eot_backend *backend, bool full, struct eot_selftest_report *report,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *host = NULL;
    double start = eot_clock_seconds(), build_s = backend->build_s;
    if (report != NULL) *report = (struct eot_selftest_report){.n_row = 0};
    EOT_TRY(eot_host_backend_open(NULL, &(struct eot_backend_options){.selector = "host"}, &host, err));
    EOT_TRY(check_random(backend, report, err));
    EOT_TRY(check_layout(backend, host, report, err));
    EOT_TRY(check_atomics(backend, full, report, err));
    EOT_TRY(check_functions(backend, host, full, report, err));
done:
    if (report != NULL) report->seconds = eot_clock_seconds() - start - (backend->build_s - build_s);
    eot_backend_close(host);
    return status;
}
