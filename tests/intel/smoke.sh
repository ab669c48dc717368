#!/usr/bin/env bash
# tests/intel/smoke.sh EOTMC SOURCE   the smoke run on Intel's runtime gives the host's tallies, and the self-test passes.
set -u
eotmc=$1 config=$2/configs/smoke.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$eotmc" devices | grep -q 'Intel(R) OpenCL'; then
    echo "skipped: the runtime does not take this processor"
    exit 77
fi
"$eotmc" selftest --device Intel || exit 1
for device in Intel host; do
    "$eotmc" run "$config" -o "$work/$device" --device $device --progress none >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
    tr -d ' \n' <"$work/$device/summary.json" | grep -o '"tally_sha256":"[0-9a-f]*"' >"$work/$device.hash"
done
grep -q . "$work/host.hash" || { echo "FAILED: no hash in the summary"; exit 1; }
cmp "$work/Intel.hash" "$work/host.hash" || { echo "FAILED: Intel's runtime and the host differ"; exit 1; }
cat "$work/host.hash"
