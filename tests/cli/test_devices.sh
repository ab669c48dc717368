#!/usr/bin/env bash
# eotmc devices and eotmc selftest: outputs, messages, exit codes.
# usage: test_devices.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
expect() { # EXIT_CODE PATTERN ARGUMENTS...   the pattern must be in the output or in the messages
    code=$1 pattern=$2
    shift 2
    "$eotmc" "$@" >"$work/out" 2>&1
    got=$?
    [ $got -eq "$code" ] && grep -qE -- "$pattern" "$work/out" && return
    echo "eotmc $*: exit code $got (want $code), want '$pattern' in:"
    cat "$work/out"
    n_failed=$((n_failed + 1))
}
expect 0 'language +OpenCL C|one core, no driver' devices
expect 0 '"schema": "eotmc-devices/1"' devices --format json
expect 0 'Example|example' devices --help
expect 2 "xml" devices --format xml
expect 2 'matches no device \(there are: .*= host\); give' devices --device banana
expect 0 '^\* [0-9]+  host' devices --device host
expect 0 'passed on host' selftest --device host
expect 0 '"schema": "eotmc-selftest/1"' selftest --device host --format json
expect 0 'Example|example' selftest --help
expect 2 'matches no device' selftest --device 99
OCL_ICD_VENDORS=/nonexistent expect 0 '^\* 0  host' devices
OCL_ICD_VENDORS=/nonexistent expect 0 'passed on host' selftest
if ! "$eotmc" devices | grep -q '^\* .*host'; then
    expect 0 'passed on' selftest
    expect 3 'no kernels in .*--kernel-dir' selftest --kernel-dir "$work"
    export XDG_CACHE_HOME=$work/cache # where the text of a program that does not build goes
    cp -rL "$source/include" "$source/kernels" "$work"
    # one coefficient of the logarithm changed: the device must not agree with the host any more
    sed -i 's/7\.0376836292e-2f/7.1e-2f/' "$work/include/eotmc/math/elementary.h"
    expect 5 'self-test failed on .*\(driver .*probe (log|normal|pow)' selftest --fast --no-kernel-cache --kernel-dir "$work"
    if grep -q warning "$work/out"; then # of the driver's compiler, which has just compiled the changed kernels
        cat "$work/out"
        n_failed=$((n_failed + 1))
    fi
    echo '__kernel void wrong(__global int *x) { x[0] = no_such_name; }' >>"$work/kernels/probe.cl"
    expect 4 'cannot build the kernels for .*driver .*options .*-cl-std=CL1.2' selftest --kernel-dir "$work"
    expect 4 "no_such_name" selftest --kernel-dir "$work"
fi
[ $n_failed -eq 0 ] && echo "all as expected"
