#!/usr/bin/env bash
# eotmc bench: cases, the JSON that scripts read, what is refused. Short: the numbers are not looked at, only their relations.
# usage: test_bench.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1
. "$2/tests/cli/interrupt.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
value() { sed -n "s/^ \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$work/out"; } # of a key at the top
run() {
    "$eotmc" bench "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
refused() { # WHAT PATTERN
    [ $code -eq 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qE -- "$2" "$work/err" || fail "$1: exit code $code: $(cat "$work/err")"
}

run --help
[ $code -eq 0 ] && grep -q -- '--simt' "$work/out" || fail "bench --help"
run --list
for name in cascade-cut5 cascade-cut0.2 dimuon-forced replay muon muon-merged hadron-pi philox; do grep -q "^$name " "$work/out" || fail "--list lacks $name"; done
run --case cascade-cut5 --print-options
grep -q '^-DEOT_N_MEDIUM=1 -DEOT_ARRIVALS=0 -DEOT_RARE=1 ' "$work/out" || fail "--print-options: $(cat "$work/out")"

run --case cascade-cut5 --eot 2000 --repeat 2 --format json
[ $code -eq 0 ] || fail "cascade-cut5: $(cat "$work/err")"
for key in eot_per_s steps_per_s steps_per_eot philox_blocks_per_s eot_per_megablock bound_fraction; do
    awk -v x="$(value $key)" 'BEGIN { exit !(x > 0) }' || fail "$key is '$(value $key)'"
done
hash=$(value tally_hash)
[ ${#hash} -eq 64 ] || fail "tally_hash is '$hash'"
grep -q '"spread"' "$work/out" && grep -q 'round 2 of 2' "$work/err" || fail "spread or rounds are missing"
run --case cascade-cut5 --eot 2000 --repeat 1 --format json --device host -q
[ "$(value tally_hash)" = "$hash" ] && [ ! -s "$work/err" ] || fail "the host gives another hash, or --quiet is not: $(cat "$work/err")"
run --case cascade-cut5 --eot 2000 --repeat 1 --format json --units 1
if [ $code -eq 4 ] && grep -q clCreateSubDevices "$work/err"; then echo "this device cannot be divided: --units is not tested"; else
    [ "$(value tally_hash)" = "$hash" ] && [ "$(value cores)" = 1 ] || fail "one core gives another hash: $(cat "$work/err")"
fi
run --case muon --case launch --case gather --case stack --case elementary --case philox --eot 64 --repeat 1 --format json --device host -q
[ $code -eq 0 ] && [ "$(grep -c '"case":' "$work/out")" -eq 6 ] && grep -q '"cases"' "$work/out" && grep -q layer_crossings_per_s "$work/out" || fail "six cases: $(cat "$work/err")"
run --case replay --case dimuon-forced --eot 40 --repeat 1 --device host -q
[ $code -eq 0 ] && grep -q '^dimuon-forced: ' "$work/out" && grep -q ' eot_equivalent_per_s ' "$work/out" || fail "dimuon-forced: $(cat "$work/err")"
run --simt --case cascade-cut5 --eot 500 --lanes 32 --format json
[ $code -eq 0 ] && grep -q '"efficiency": 0\.' "$work/out" && grep -q '"stack_depth_max"' "$work/out" || fail "--simt: $(cat "$work/err")"

run --case cascade-cut5 --eot 500 --repeat 1 --device host
[ $code -eq 0 ] && grep -q 'case cascade-cut5: a round of .* is too short for a good rate; --eot [0-9]* makes' "$work/err" || fail "a short round: $(cat "$work/err")"

# 2^18 blocks have the same checksums everywhere
run --case philox --repeat 1 --format json -q
hash=$(value tally_hash)
run --case philox --repeat 1 --format json -q --device host
[ ${#hash} -eq 64 ] && [ "$(value tally_hash)" = "$hash" ] || fail "philox: hash '$hash', on the host '$(value tally_hash)'"

# Ctrl-C between rounds and inside of one
# ratios to the results of a file, measured now or taken from another file
run --case cascade-cut5 --eot 2000 --repeat 1 --format json --device host -q
cp "$work/out" "$work/then.json"
run --case cascade-cut5 --eot 2000 --repeat 1 --device host -q --against "$work/then.json"
grep -qE '^cascade-cut5 .* [0-9.]+$' "$work/out" || fail "no ratio to the rate of a file"
run --against "$work/then.json" --from "$work/then.json"
grep -qE '^cascade-cut5 .* 1\.000$' "$work/out" || fail "a file against itself has another ratio than 1"
run --from "$work/then.json" --against "$2/bench/results/h100-2026-11-26-first.json"
grep -qE '^cascade-cut5 .* another device: NVIDIA H100' "$work/out" || fail "another card is not named"
interrupted 'round 1 of' "$eotmc" bench --case cascade-cut5 --repeat 10000 --format json --device host --eot 2000
[ $code -eq 130 ] && [ ! -s "$work/out" ] && [ "$(grep -vc '^round' "$work/err")" -eq 1 ] && grep -q 'interrupted; nothing was measured' "$work/err" ||
    fail "Ctrl-C: exit code $code: $(cat "$work/err")"

run --case no-such
refused "an unknown case" 'there are cascade-cut5'
run --case muon --case muon
refused "a case twice" 'twice'
run --case muon --repeat 0
refused "no rounds" 'repeat'
run --case muon --repeat 1.5
refused "half a round" 'whole number'
run --case muon --eot 0 --repeat 1
refused "no primaries" "'--eot' = '0' \(must be a whole number from 1"
run --case muon --eot -5
refused "fewer than no primaries" 'whole number from 1'
run --case muon --eot many
refused "primaries that are no number" 'whole number from 1'
run --case muon --units 0 --eot 2000 --repeat 1 --device host
refused "no cores" "'--units' = '0' \(must be a whole number from 1"
run --case muon --lanes 0 --eot 2000 --repeat 1 --device host -q
[ $code -eq 0 ] && "$eotmc" bench --help | tr -s '\n ' ' ' | grep -q -- '--lanes N [^-]*0, automatic' || fail "--lanes 0 is not what the help says: $(cat "$work/err")"
run --case muon --lanes -5
refused "fewer than no lanes" 'whole number from 0'
run --case muon --repeat 10001
refused "too many rounds" '1 to 10000'
run --case muon --format xml
refused "an unknown format" 'text\|json'
run --case muon --units 5000
refused "more cores than there are" '--units 5000 \(.* has [0-9]+\); give fewer'
run --case muon --device banana
refused "an unknown device" 'matches no device'
run --case muon --device host,host
refused "two devices" 'one device'
run --case dimuon-forced --eot 1 --device host
refused "one shower" '--eot 1 is too few'
run --simt --case philox
refused "lockstep without steps" 'no particle steps'
run --simt --case muon --device banana
refused "lockstep on a device" 'lockstep is followed on the host'
run --print-options
refused "options of no case" 'one --case'
run --case muon surplus
refused "a surplus argument" 'surplus'
exit $((n_failed > 0))
