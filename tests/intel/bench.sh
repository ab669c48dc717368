#!/usr/bin/env bash
# tests/intel/bench.sh EOTMC   bench cases on Intel's runtime: the tallies of the device that is chosen without it, and loops over lanes that its compiler has vectorised.
set -u
eotmc=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$eotmc" devices | grep -q 'Intel(R) OpenCL'; then
    echo "skipped: the runtime does not take this processor"
    exit 77
fi
value() { sed -n "s/^ \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$2"; } # of a key at the top
for case in "cascade-cut5 200000" "cascade-cut0.2 5000" "dimuon-forced 500" philox; do
    read -r name eot <<<"$case"
    timeout 300 "$eotmc" bench --case "$name" ${eot:+--eot "$eot"} --repeat 2 --format json -q --device Intel >"$work/intel" || { echo "FAILED: $name on Intel's runtime (code $?)"; exit 1; }
    env -u OCL_ICD_VENDORS "$eotmc" bench --case "$name" ${eot:+--eot "$eot"} --repeat 1 --format json -q >"$work/other" || { echo "FAILED: $name"; exit 1; }
    hash=$(value tally_hash "$work/intel")
    [ ${#hash} -eq 64 ] && [ "$hash" = "$(value tally_hash "$work/other")" ] || { echo "FAILED: $name: Intel's runtime and $(value device "$work/other") differ"; exit 1; }
    echo "$name: $hash, as on $(value device "$work/other")"
    # steps per Philox block of the same minute's processor time: 0.10 with AVX2; 0.025 when a call in a loop kept the compiler from vectorising it
    [ "$name" != cascade-cut5 ] || awk -v x="$(value bound_fraction_cpu "$work/intel")" 'BEGIN { exit !(x > 0.05) }' ||
        { echo "FAILED: $(value bound_fraction_cpu "$work/intel") steps per Philox block; are the loops over lanes vectorised? (the driver's build log says)"; exit 1; }
done
