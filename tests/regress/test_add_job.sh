#!/usr/bin/env bash
# A kind of run is one row and one file: a row of jobs.def with a descriptor builds, a row without one, and a descriptor that lacks a member, do not.
# usage: test_add_job.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
. "$2/tests/regress/scratch.bash"
fail() { echo "FAILED: $*"; tail -n 20 "$scratch/build.log"; exit 1; }
command -v cmake >/dev/null || { echo "skipped: no cmake here"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
scratch_create "$2" "$scratch" || { echo "FAILED: the copy does not configure"; tail -n 5 "$scratch/configure.log"; exit 1; }
jobs=$scratch/sources/host/job
sed -i 's/^EOT_JOB(muon_beam)$/EOT_JOB(stub)\n&/' "$jobs/jobs.def"
grep -qx 'EOT_JOB(stub)' "$jobs/jobs.def" || fail "jobs.def has another form than this test knows"
scratch_build "$scratch" eotmc && fail "a row without a descriptor builds"
grep -q 'undefined reference to .eot_job_stub' "$scratch/build.log" || fail "a row without a descriptor does not build for another reason"

# a job that accepts nothing, of the parts of another
cat >"$jobs/stub.c" <<'EOF'
#include "job/job.h"
static bool accepts(const struct eot_config *config) { return config == NULL; }
static const char *mode(const struct eot_config *config) { return accepts(config) ? "none" : "analog"; }
static enum eot_status world(const struct eot_config *config, const struct eot_setup *setup, const struct eot_world_options *options,
                             struct eot_world *w, struct eot_error *err) {
    (void)options;
    return eot_world_create_muons(config, setup, w, err);
}
static void layout(const struct eot_config *config, struct eot_sums_layout *l) {
    (void)config;
    eot_sums_section_add(l, "count", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, 1, true);
}
static enum eot_status worker_create(const struct eot_job_context *context, struct eot_backend *backend, void **worker, struct eot_error *err) {
    (void)context, (void)backend, (void)err;
    *worker = NULL;
    return EOT_OK;
}
static void worker_free(void *worker) { (void)worker; }
static enum eot_status batch(void *worker, struct eot_job_batch *b, bool *is_complete, struct eot_error *err) {
    (void)worker, (void)err;
    eot_sums_at(&b->sums, 0, 0)[0] += b->n;
    *is_complete = true;
    return EOT_OK;
}
static enum eot_status work(struct eot_run *run, double *n_step, double *n_muon, struct eot_error *err) {
    (void)err;
    *n_step = *n_muon = (double)eot_sums_count(&run->sums, 0, 0);
    return EOT_OK;
}
static uint64_t full_batch(const struct eot_backend *b) { return (uint64_t)b->compute_units; }
static enum eot_status estimate(const struct eot_config *config, const struct eot_world *w, const struct eot_run *run, struct eot_result *result,
                                struct eot_error *err) {
    (void)config, (void)w, (void)run, (void)result, (void)err;
    return EOT_OK;
}
static enum eot_status follow(const struct eot_config *config, const struct eot_world *w, uint64_t primary, struct eot_replay *replay,
                              struct eot_error *err) {
    (void)config, (void)w, (void)primary, (void)replay, (void)err;
    return EOT_OK;
}
EOT_JOB_DEFINE(stub, "stub", "nothing", "primaries", NULL, 0, false, accepts, mode, world, full_batch, layout, eot_job_prepare_nothing, worker_create,
               worker_free, batch, eot_job_finish_nothing, work, estimate, follow);
EOF
scratch_build "$scratch" eotmc || fail "a row with a descriptor does not build"
grep -q 'warning:' "$scratch/build.log" && fail "a row with a descriptor builds with warnings"
"$scratch/build/eotmc" run "$scratch/sources/configs/bench/muon-ecal.yaml" -o "$scratch/out" --device host --progress none --set sampling.eot=100 \
    --set output.figures=off >"$scratch/build.log" 2>&1 || fail "the program with one more job does not run"

sed -i 's/ follow);$/ NULL);/; s/estimate, NULL);/NULL);/' "$jobs/stub.c"
scratch_build "$scratch" eotmc && fail "a descriptor that lacks a member builds"
grep -q 'EOT_JOB_DEFINE' "$scratch/build.log" || fail "a descriptor that lacks a member does not build for another reason"
echo "a row with a descriptor builds; a row without one, and one that lacks a member, do not"
