/* eotmc bench as a function: its hash does not depend on how the work is shared out, and the lockstep backend counts
 * what the kernels did. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

static struct eot_bench_result *run_case(const char *name, const char *device, uint64_t eot, int lanes, int repeat,
                                         bool is_simt) {
    struct eot_error err = {.status = EOT_OK};
    struct eot_bench_result *result = NULL;
    size_t n = 0;
    struct eot_bench_options options = {
        .n_case = 1, .name = &name, .repeat = repeat, .eot = eot, .lanes = lanes, .device = {.selector = device}};
    enum eot_status status =
        is_simt ? eot_bench_simt(&options, &result, &n, &err) : eot_bench_execute(&options, &result, &n, &err);
    cr_assert_eq(status, EOT_OK, "%s", err.text);
    cr_assert_eq(n, 1);
    return result;
}

Test(bench, hash_is_of_the_primaries_not_of_the_lanes_or_rounds) {
    struct eot_bench_result *one = run_case("cascade-cut5", "host", 3000, 1, 2, false),
                            *many = run_case("cascade-cut5", "host", 3000, 7, 1, false),
                            *other = run_case("cascade-cut5", "host", 2999, 7, 1, false),
                            *simt = run_case("cascade-cut5", NULL, 3000, 96, 1, true);
    cr_assert_eq(strlen(one->tally_hash), 64);
    cr_assert_str_eq(one->tally_hash, many->tally_hash);
    cr_assert_str_eq(one->tally_hash, simt->tally_hash, "lockstep changes the tallies");
    cr_assert_str_neq(one->tally_hash, other->tally_hash, "one primary less gives the same hash");
    free(one);
    free(many);
    free(other);
    free(simt);
}

Test(bench, device_and_host_give_the_same_hash) {
    struct eot_bench_result *host = run_case("cascade-cut5", "host", 3000, 0, 1, false),
                            *device = run_case("cascade-cut5", NULL, 3000, 0, 1, false);
    if (strcmp(device->device, "host") == 0) cr_skip_test("no OpenCL device here");
    cr_assert_str_eq(host->tally_hash, device->tally_hash);
    free(host);
    free(device);
}

Test(bench, ratios_are_those_of_the_rates) {
    struct eot_bench_result *r = run_case("cascade-cut5", "host", 2000, 0, 1, false);
    const struct eot_bench_spread *m = r->metric;
    cr_assert(m[EOT_BENCH_eot_per_s].is_there && m[EOT_BENCH_philox_blocks_per_s].is_there &&
              !m[EOT_BENCH_muons_per_s].is_there);
    cr_assert_float_eq(m[EOT_BENCH_eot_per_megablock].median,
                       1e6 * m[EOT_BENCH_eot_per_s].median / m[EOT_BENCH_philox_blocks_per_s].median,
                       1e-9 * m[EOT_BENCH_eot_per_megablock].median);
    cr_assert_float_eq(m[EOT_BENCH_bound_fraction].median,
                       m[EOT_BENCH_steps_per_s].median / m[EOT_BENCH_philox_blocks_per_s].median, 1e-9);
    cr_assert_float_eq(m[EOT_BENCH_steps_per_eot].median,
                       m[EOT_BENCH_steps_per_s].median / m[EOT_BENCH_eot_per_s].median,
                       1e-9 * m[EOT_BENCH_steps_per_eot].median);
    cr_assert(m[EOT_BENCH_bound_fraction].median > 0.0 && m[EOT_BENCH_bound_fraction].median < 1.0,
              "%g steps per Philox block", m[EOT_BENCH_bound_fraction].median);
    free(r);
}

Test(bench, one_lane_alone_keeps_one_of_32_busy) {
    struct eot_bench_result *r = run_case("cascade-cut5", NULL, 50, 1, 1, true);
    const struct eot_simt_report *s = &r->simt;
    uint64_t n = 0;
    for (int d = 0; d < EOT_SIMT_MAX_DEPTH; d++) n += s->depth[d];
    cr_assert_eq(n, s->use[EOT_KERNEL_cascade].active);
    cr_assert_eq(s->warp_steps, s->use[EOT_KERNEL_cascade].active);
    cr_assert_eq(s->mixed_record + s->mixed_daughter, 0, "a single lane cannot disagree with itself");
    cr_assert_leq(32 * s->use[EOT_KERNEL_cascade].active, s->use[EOT_KERNEL_cascade].issued);
    cr_assert_eq(32 * s->steady_active, s->steady_issued);
    free(r);
}

/* Issue 4's limit, at 100 primaries a lane as a run has them. */
Test(bench, hot_kernel_keeps_85_percent_of_a_warp_busy) {
    struct eot_bench_result *r = run_case("cascade-cut5", NULL, 12800, 128, 1, true);
    double efficiency = (double)r->simt.use[EOT_KERNEL_cascade].active / (double)r->simt.use[EOT_KERNEL_cascade].issued;
    cr_assert_geq(efficiency, 0.85, "SIMT efficiency %g", efficiency);
    int deepest = 0;
    for (int d = 0; d < EOT_SIMT_MAX_DEPTH; d++)
        if (r->simt.depth[d] > 0) deepest = d;
    cr_assert_leq(deepest, 5, "the heavier daughter waits, so depth is at most log2(106 GeV / 5 GeV) + 1, not %d",
                  deepest);
    free(r);
}

Test(bench, unknown_case_is_named_with_its_neighbour) {
    const char *name = "cascade-cut6";
    struct eot_error err = {.status = EOT_OK};
    struct eot_bench_result *result = NULL;
    size_t n = 0;
    struct eot_bench_options options = {.n_case = 1, .name = &name, .repeat = 1, .device = {.selector = "host"}};
    cr_assert_eq(eot_bench_execute(&options, &result, &n, &err), EOT_E_USAGE);
    cr_assert(strstr(err.text, "cascade-cut6") != NULL && strstr(err.text, "did you mean cascade-cut5") != NULL, "%s",
              err.text);
}
