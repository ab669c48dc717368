#!/usr/bin/env bash
# NVIDIA's run-time compiler takes every kernel, and what they need stays within limits. A toolkit is enough; no card is needed.
# usage: test_cuda_compile.sh EOTMC SOURCE_DIR BUILD_DIR
# Every kernel is compiled for sm_90; for sm_80 and sm_100 all but those that take most of the time (SLOW), unless EOT_CUDA_ALL=1. Only the kernels of OPTIONAL
# depend on the options of a configuration, so that of a second one only they are compiled; `cascade` also for charged parents: in one medium, in explicit layers, behind a beam line, analog.
set -u
eotmc=$1 source=$2
registers=64 # of the hot kernel at most, which spills nothing on sm_80 and sm_90
spill=64 spill_100=80 # most bytes that any other kernel, or a function of it, spills; on sm_100
SLOW="conversion toys" OPTIONAL="cascade locate replay"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$eotmc" kernels --arch sm_90 --kernel probe_layout >"$work/first" 2>"$work/err"; then
    grep -q 'libnvrtc.so is not here' "$work/err" && { echo "skipped: $(cat "$work/err")"; exit 77; }
    cat "$work/err"; echo "FAILED: eotmc kernels"; exit 1
fi
all=$(sed -n 's/^EOT_KERNEL(\([a-z_]*\),.*/\1/p' "$source/kernels/kernels.def")
signal=$source/configs/na64e-signal.yaml hadron=$source/configs/na64e-hadron.yaml
charged=$source/configs/bench/signal-masses.yaml layers=$work/layers.yaml
sed 's/^  layers: effective/  layers: explicit/' "$charged" >"$layers"
grep -q 'layers: explicit' "$layers" || { echo "FAILED: no explicit layers"; exit 1; }
arrivals=$work/arrivals.yaml analog=$work/analog.yaml # with track lengths; without ways
tridents() { printf 'schema: eotmc-config/1\ninclude: %s\nphysics: {rare: {dimuon_trident: on}}\n' "$1"; }
tridents "$source/configs/na64e-beamline.yaml" >"$arrivals"
tridents "$source/configs/na64e-analog.yaml" >"$analog"
# One line a process: name of its table, architecture, configuration, kernels. The long ones begin.
jobs() {
    echo "hadron sm_90 $hadron hadron"
    for kernel in $SLOW; do echo "$kernel sm_90 $signal $kernel"; done
    [ "${EOT_CUDA_ALL:-0}" = 0 ] || for architecture in sm_80 sm_100; do
        echo "hadron $architecture $hadron hadron"
        for kernel in $SLOW; do echo "$kernel $architecture $signal $kernel"; done
    done
    for architecture in sm_90 sm_80 sm_100; do echo "rest $architecture $signal" $(printf '%s\n' $all | grep -vxF "$(printf '%s\n' $SLOW)"); done
    for architecture in sm_90 sm_80 sm_100; do echo "photons $architecture cascade-cut5 cascade"; done
    for architecture in sm_90 sm_80; do echo "charged $architecture $charged cascade"; echo "layers $architecture $layers cascade"
        echo "arrivals $architecture $arrivals cascade"; echo "analog $architecture $analog cascade"; done
    echo "photons-rest sm_90 cascade-cut5" $(printf '%s\n' $OPTIONAL | grep -vx cascade)
}
# One image serves configurations that differ in options that the kernel does not depend on, and no others.
for options in "$signal" "--case cascade-cut5"; do
    "$eotmc" kernels --arch compute_80 --output "$work/images" --kernel lanes_start --kernel cascade $options >"$work/images.txt" 2>&1 || { cat "$work/images.txt"; exit 1; }
done
[ "$(find "$work/images" -name 'lanes_start.*' | wc -l) $(find "$work/images" -name 'cascade.*' | wc -l) $(grep -c 'in the folder already' "$work/images.txt")" = "1 2 1" ] ||
    { ls "$work/images"; cat "$work/images.txt"; echo "FAILED: images of two configurations"; exit 1; }
export eotmc work
compile() {
    name=$1 architecture=$2 configuration=$3
    shift 3
    case $configuration in *.yaml) set -- "$configuration" "${@/#/--kernel=}" ;; *) set -- --case "$configuration" "${@/#/--kernel=}" ;; esac
    "$eotmc" kernels --arch "$architecture" "$@" >"$work/table.$name.$architecture" 2>"$work/err.$name.$architecture" || { cat "$work/err.$name.$architecture"; echo "FAILED: $name for $architecture"; exit 1; }
}
export -f compile
jobs | xargs -P 2 -d '\n' -I{} bash -c 'compile {}' || exit 1
cat "$work"/table.*
awk -v registers=$registers -v spill=$spill -v spill_100=$spill_100 -v all="$all" -v slow="$SLOW" -v every="${EOT_CUDA_ALL:-0}" '
    $2 ~ /^sm_/ { seen[$1 " " $2] = 1
        if ($3 <= 0 || $4 < 0) bad = "the compiler tells no registers of " $1
        if ($1 == "cascade" && ($3 > registers || ($4 > 0 && $2 != "sm_100"))) bad = "cascade has " $3 " registers and spills " $4 " bytes on " $2
        if ($4 > ($2 == "sm_100" ? spill_100 : spill)) bad = $1 " spills " $4 " bytes on " $2 }
    END { n = split(all, kernel, /[ \n]+/)
        for (i = 1; i <= n; i++) for (a = 80; a <= 100; a += 10) {
            is_slow = index(" " slow " ", " " kernel[i] " ")
            if ((a == 90 || !is_slow || every != "0") && !((kernel[i] " sm_" a) in seen)) bad = kernel[i] " is not compiled for sm_" a }
        if (bad != "") print "FAILED: " bad
        exit bad != "" }' "$work"/table.*
