#!/usr/bin/env bash
# bench/gpu-static: the hot kernel keeps its limits on GPUs, as compilers see it, and the limits are looked at; --all has a row of every kernel, and the same
# figures of the hot one.
# usage: test_gpu_static.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2/bench/gpu-static" "$1" json >"$work/json" 2>"$work/log"
code=$?
cat "$work/json" "$work/log"
[ $code -eq 0 ] || exit $code
"$2/bench/gpu-static" "$1" json --all --targets gfx90a >"$work/all" || { echo "FAILED: --all"; exit 1; }
for kernel in $(sed -n 's/^EOT_KERNEL(\([a-z_]*\),.*/\1/p' "$2/kernels/kernels.def"); do
    grep -q "\"target\": \"gfx90a\", \"kernel\": \"$kernel\"" "$work/all" || { echo "FAILED: no row of $kernel"; exit 1; }
done
hot() { grep '"target": "gfx90a", "kernel": "cascade"' "$1" | tr -d ',\n'; }
[ "$(hot "$work/json")" = "$(hot "$work/all")" ] || { echo "FAILED: alone the hot kernel has $(hot "$work/json"), among the others $(hot "$work/all")"; exit 1; }
grep -q 'no ptxas here' "$work/log" && exit 0
# a limit that cannot be kept is reported
"$2/bench/gpu-static" "$1" --targets sm_90 --registers 16 >/dev/null 2>"$work/log" && { echo "FAILED: 16 registers are not missed"; exit 1; }
grep -q 'FAILED: cascade on sm_90 spills' "$work/log" || { echo "FAILED: $(cat "$work/log")"; exit 1; }
