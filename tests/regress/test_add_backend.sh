#!/usr/bin/env bash
# A new backend is its files and one row of host/device/backends.def; a row without its descriptor does not link, a descriptor that lacks a member does not compile.
# usage: test_add_backend.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
source=$2
. "$source/tests/regress/scratch.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*"
    tail -n 30 "$work/configure.log" "$work/build.log" "$work/run.log" 2>/dev/null
    exit 1
}
scratch_create "$source" "$work" || fail "the copy does not configure"
rows=$work/sources/host/device/backends.def
echo 'EOT_BACKEND(EXAMPLE, example)' >>"$rows"
! scratch_build "$work" eotmc || fail "a row without a descriptor links"
grep -q eot_interface_example "$work/build.log" || fail "the build does not name the missing descriptor"

# Two devices that are the host's kernels under another name.
cat >"$work/sources/host/device/example_backend.c" <<'C'
#include <stdio.h>

#include "backend_private.h"
#include "interface.h"

static enum eot_status example_list(struct eot_device_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < 2; i++) {
        struct eot_device *device;
        EOT_TRY(eot_device_list_add(list, &device, err));
        snprintf(device->name, sizeof device->name, "device of the example %d", i);
        snprintf(device->platform, sizeof device->platform, "example");
        device->type = EOT_DEVICE_OTHER;
        device->interface = EOT_INTERFACE_EXAMPLE;
        device->ordinal = i;
        device->fp64 = device->int64_atomics = true;
        device->compute_units = device->n_part_max = 1;
    }
done:
    return status;
}

static enum eot_status example_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                      struct eot_error *err) {
    (void)part;
    return eot_device_check_parts(device, n_part, err);
}

static void example_absence(char *reason, size_t n_reason) { snprintf(reason, n_reason, "two examples are all"); }

EOT_INTERFACE_DEFINE(example, 0, example_list, eot_host_backend_open, example_divide, example_absence);
C
cmake "$work/build" >>"$work/configure.log" 2>&1
scratch_build "$work" eotmc || fail "one file and one row do not compile"
eotmc=$work/build/eotmc
"$eotmc" devices >"$work/run.log" 2>&1 && [ "$(grep -c 'device of the example' "$work/run.log")" = 2 ] || fail "its devices are not listed"
"$eotmc" selftest --device example:1 >"$work/run.log" 2>&1 || fail "the self-test on it ends with $?"
! "$eotmc" selftest --device example:2 >"$work/run.log" 2>&1 && grep -q 'two examples are all' "$work/run.log" || fail "a device that is not there is not explained"
! "$eotmc" selftest --device example:0/2 >"$work/run.log" 2>&1 || fail "it is divided"

sed -i 's/, example_absence);/);/' "$work/sources/host/device/example_backend.c"
! scratch_build "$work" eotmc || fail "a descriptor without a member compiles"
grep -qE 'EOT_INTERFACE_DEFINE.*(requires 6 arguments|too few arguments)' "$work/build.log" || fail "the build does not say what is missing"
echo "a backend is its files and one row"
