#!/usr/bin/env bash
# eotmc limit: the forms of its output, and what it refuses.
# usage: test_limit.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
run() {
    "$eotmc" limit "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
refused() { # WHAT PATTERN
    [ $code -eq 2 ] || fail "$1: exit code $code, not 2: $(cat "$work/err")"
    { [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qE -- "$2" "$work/err" && grep -q '; ' "$work/err"; } || fail "$1: not one line with '$2': $(cat "$work/err")"
    [ ! -s "$work/out" ] || fail "$1: output on standard output"
}
has() { # PATTERN... in the output, blanks of JSON apart
    for pattern in "$@"; do tr -d ' \n' <"$work/out" | grep -qE -- "$pattern" || fail "no $pattern in $(cat "$work/out")"; done
}
run --help
grep -q 'eotmc limit --background' "$work/out" || fail "--help"
run --signal 1 --background 1.92 --background-error 0.1 --constraint poisson --observed 2 --cl 0.90 --method asymptotic,exact,fc --format json
[ $code -eq 0 ] || fail "exit code $code: $(cat "$work/err")"
has '"asymptotic":\{"observed":3\.346' '"exact":\{"observed":3\.56' '"expected":\[2\.32' '"fc":\{"observed":3\.99' '"constraint":"poisson"' '"z":0\.14'
run --background 1.92 --method asymptotic,exact,toys,fc --toys 500 --format json
[ $code -eq 0 ] || fail "exit code $code: $(cat "$work/err")"
has '"asymptotic":\{"observed":3\.257' '"exact":\{"observed":null' '"toys":\{"observed":null' '"fc":\{"observed":null' '"expected":\[2\.302' '"failed":0'
run --background 0 --observed 0 --cl 0.95
grep -qE '^exact +2\.9957' "$work/out" || fail "nothing seen, nothing expected: $(cat "$work/out")"
run --background 3 --background-error 0.2 --constraint lognormal --method toys --toys 500 --observed 3
cp "$work/out" "$work/toys"
run --background 3 --background-error 0.2 --constraint lognormal --method toys --toys 500 --observed 3 --device host
cmp -s "$work/out" "$work/toys" || fail "another device gives other limits"
run --background 3 --background-error 0.2 --constraint lognormal --method toys --toys 500 --observed 3 --seed 2
cmp -s "$work/out" "$work/toys" && fail "another seed gives the same limits"

four=$source/tests/reference/limit/four_bins.json
run --workspace "$four" --format json
has '"observed":2\.5746' '"expected":\[1\.1464' '"parameter":"mu"' '"measurement":"limit"' '"bins":4'
run --workspace "$four" --measurement limit --method asymptotic,toys --toys 500 --format json
has '"toys":\{"observed":[23]\.' '"observed_error":0\.'

run
refused "no numbers" 'no --background'
run --background -1
refused "negative background" "--background' = -1"
run --background 1 --background-error -0.1
refused "negative error" "--background-error' = -0.1"
run --background 1 --background-error 0.1 --constraint uniform
refused "unknown constraint" 'uniform'
run --background 1 --observed 1.5 --method exact
refused "half an event" "--observed' = 1.5"
run --background 1 --observed -3
refused "negative observed" "--observed' = -3"
run --background 1 --method profile
refused "unknown method" "no 'profile'"
run --background 1 --cl 1
refused "certainty" "--cl' = 1"
run --background 1 --signal 0
refused "no signal" "--signal' = 0"
run --workspace "$work/none.json"
refused "no file" 'cannot open'
run --workspace "$four" --measurement other
refused "other measurement" "no measurement 'other'"
run --workspace "$four" --method exact
refused "exact of a workspace" 'exact'
run --workspace "$four" --background 1
refused "numbers and a workspace" '--background'
wrong() { # WHAT SED PATTERN: the workspace changed
    sed "$2" "$four" >"$work/wrong.json"
    run --workspace "$work/wrong.json"
    refused "$1" "$3"
}
wrong "unknown modifier" 's/"shapesys"/"shapefactor"/' "shapefactor"
wrong "not JSON" 's/\[/(/' 'wrong.json:1'
wrong "too few bins" 's/\[0.9,0.6,0.3,0.12\]/[0.9,0.6,0.3]/' 'has 3 numbers'
wrong "negative rate" 's/\[0.9,0.6/[-0.9,0.6/' 'negative'
wrong "no observations of the channel" 's/"observations":\[{"name":"signal_region"/"observations":[{"name":"elsewhere"/' 'no observations'
wrong "no such parameter" 's/"poi":"mu"/"poi":"strength"/' "'strength'"
wrong "factor of zero" 's/"lo":0.9/"lo":0/' 'lo = 0'
wrong "events where none can be" 's/\[0.9,0.6,0.3,0.12\]/[0,0.6,0.3,0.12]/; s/\[0.1,0.3,0.35,0.25\]/[0,0.3,0.35,0.25]/' 'cannot give what was seen'
exit $((n_failed > 0))
