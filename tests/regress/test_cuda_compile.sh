#!/usr/bin/env bash
# NVIDIA's run-time compiler takes every kernel, and what they need stays within limits. A toolkit is enough; no card is needed.
# usage: test_cuda_compile.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1
registers=64 spill=64 # most registers of the hot kernel, which spills nothing on sm_80 and sm_90; most bytes that any other kernel spills
fit_spill=16384 # but for select_event, by the matrices of the track fit: 3300 bytes on sm_80 and sm_90, 14812 on sm_100
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$eotmc" kernels --arch sm_90 --kernel probe_layout >"$work/first" 2>"$work/err"; then
    grep -q 'libnvrtc.so is not here' "$work/err" && { echo "skipped: $(cat "$work/err")"; exit 77; }
    cat "$work/err"; echo "FAILED: eotmc kernels"; exit 1
fi
n_kernel=$(grep -c '^EOT_KERNEL' "$2/kernels/kernels.def")
check() { # NAME ARGUMENTS...
    name=$1
    shift
    for architecture in sm_80 sm_90 sm_100; do
        "$eotmc" kernels --arch $architecture "$@" >"$work/table" 2>"$work/err" || { cat "$work/err"; echo "FAILED: $name for $architecture"; exit 1; }
        cat "$work/table"
        awk -v registers=$registers -v spill=$spill -v fit_spill=$fit_spill -v n=$n_kernel -v a=$architecture '$2 == a { seen++; if ($3 <= 0 || $4 < 0) bad = "the compiler tells no registers of " $1
                if ($1 == "cascade" && ($3 > registers || ($4 > 0 && a != "sm_100"))) bad = "cascade has " $3 " registers and spills " $4 " bytes"
                if ($4 > ($1 == "select_event" ? fit_spill : spill)) bad = $1 " spills " $4 " bytes" }
            END { if (seen != n) bad = seen " kernels of " n; if (bad != "") print bad; exit bad != "" }' "$work/table" || { echo "FAILED: $name for $architecture"; exit 1; }
    done
}
check "photons as parents" --case cascade-cut5
check "charged parents" "$2/configs/na64e-signal.yaml"
