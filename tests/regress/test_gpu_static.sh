#!/usr/bin/env bash
# bench/gpu-static: the hot kernel keeps its limits on GPUs, as compilers see it; every kernel has its row, and the limits are looked at.
# usage: test_gpu_static.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2/bench/gpu-static" "$1" json >"$work/json" 2>"$work/log"
code=$?
cat "$work/json" "$work/log"
[ $code -eq 0 ] || exit $code
for kernel in $(sed -n 's/^EOT_KERNEL(\([a-z_]*\),.*/\1/p' "$2/kernels/kernels.def"); do
    grep -q "\"target\": \"gfx90a\", \"kernel\": \"$kernel\"" "$work/json" || { echo "FAILED: no row of $kernel"; exit 1; }
done
grep -q 'no ptxas here' "$work/log" && exit 0
# a limit that cannot be kept is reported
sed -e 's/^hot=cascade registers=72/hot=cascade registers=16/' -e 's/^architectures=.*/architectures=sm_90/' "$2/bench/gpu-static" >"$work/tight" && chmod +x "$work/tight"
"$work/tight" "$1" >/dev/null 2>"$work/log" && { echo "FAILED: 16 registers are not missed"; exit 1; }
grep -q 'FAILED: cascade on sm_90 spills' "$work/log" || { echo "FAILED: $(cat "$work/log")"; exit 1; }
