#!/usr/bin/env bash
# eotmc yield: output, cache of the track lengths, what is refused.
# usage: test_yield.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
config=$source/configs/smoke.yaml
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
run() {
    "$eotmc" yield "$@" --device host --progress none >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
refused() { # WHAT CODE PATTERN
    [ $code -eq "$2" ] || fail "$1: exit code $code, not $2: $(cat "$work/err")"
    { [ "$(grep -vc "^warning: " "$work/err")" -eq 1 ] && grep -qE -- "$3" "$work/err" && grep -q '; ' "$work/err"; } || fail "$1: not one line with '$3': $(cat "$work/err")"
    [ ! -s "$work/out" ] || fail "$1: output on standard output"
}
"$eotmc" yield --help | grep -q 'eotmc yield configs/' || fail "--help"
run "$config" --eot 100 --mphi 0.2,0.5 --format json
[ $code -eq 0 ] || fail "exit code $code: $(cat "$work/err")"
for key in '"schema": "eotmc-yield/1"' '"per_eot": [1-9]' '"std_error": [1-9]' '"positron_per_eot": [1-9]' '"track_lengths_cached": false'; do
    grep -qE "$key" "$work/out" || fail "no $key in $(cat "$work/out")"
done
grep -E 'per_eot|std_error' "$work/out" >"$work/first"
run "$config" --eot 100 --mphi 0.2,0.5 --format json
grep -q '"track_lengths_cached": true' "$work/out" || fail "track lengths were not kept"
grep -E 'per_eot|std_error' "$work/out" | cmp -s - "$work/first" || fail "kept track lengths give other yields"
run "$config" --eot 100 --mphi 0.2 --format json --set sampling.seed=2
grep -q '"track_lengths_cached": false' "$work/out" || fail "another seed took the same track lengths"
run "$config" --eot 100 --mphi 0.5,0.2 --format csv
[ "$(wc -l <"$work/out")" -eq 3 ] && sed -n 2p "$work/out" | grep -q '^0.5,' || fail "rows are not in the order asked for: $(cat "$work/out")"
ratio() { # yields are proportional to h^2
    run "$config" --eot 100 --mphi 0.2 --format csv --h "$1"
    sed -n 2p "$work/out" | cut -d, -f2
}
awk -v a="$(ratio 1e-3)" -v b="$(ratio 1e-4)" 'BEGIN { exit !(a / b > 99.999 && a / b < 100.001) }' || fail "not proportional to h^2"
run "$config"
refused "no mass" 2 'no --mphi'
run "$config" --mphi ''
refused "an empty list" 2 'no --mphi'
run "$config" --mphi 0.2,
refused "a list with nothing after the comma" 2 "not a list of numbers"
run "$config" --mphi 0.2,heavy
refused "a word" 2 "at 'heavy'"
run "$config" --mphi 5
refused "a mass that is too large" 2 '5'
run "$config" --mphi 0.1
refused "a mass that is too small" 2 '0.1'
run "$config" --mphi 2.5 --eot 100 --set 'beam.energy=2.1 GeV' --set sampling.region.min_photon_energy=0
refused "a mass that the beam cannot make" 2 'cannot be made by this beam'
run "$config" --mphi 0.2 --min-energy 0.1
refused "an energy below the cut" 2 'below 0.2 GeV'
run "$config" --mphi 0.2 --min-energy 100
refused "an energy above the beam's" 2 "beam's 100 GeV"
run "$config" --mphi 0.2 --h 0
refused "no coupling" 2 'must be positive'
run "$config" --mphi 0.2 --eot 10
refused "too few showers" 2 'must be 100 to'
run "$source/configs/bench/muon-ecal.yaml" --mphi 0.2
refused "a beam of muons" 2 'no beam of electrons, positrons or photons'
[ $n_failed -eq 0 ] && echo "yield does what it says"
