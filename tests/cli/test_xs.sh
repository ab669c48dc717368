#!/usr/bin/env bash
# eotmc xs: the interface of the command, its messages and exit codes. The numbers are checked by tests/validation; here only that the command hands them out.
# usage: test_xs.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
near() { # GOT WANTED TOLERANCE NAME
    awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; if (b < 0) b = -b; exit !(a != "" && d <= t * b) }' || fail "$4: $1, expected $2"
}
column() { awk -F, -v n="$1" 'NR == 2 { print $n }'; }
# rejects TEXT ARGUMENTS...: exit code 2, nothing on stdout, one line that holds TEXT on stderr
rejects() {
    local text=$1; shift
    "$eotmc" xs "$@" >"$folder/out" 2>"$folder/err"
    local code=$?
    [ $code -eq 2 ] || fail "xs $*: exit code $code, expected 2"
    [ -s "$folder/out" ] && fail "xs $*: wrote to stdout"
    [ "$(wc -l <"$folder/err")" -eq 1 ] || fail "xs $*: not one line of message"
    grep -qF -- "$text" "$folder/err" || fail "xs $*: message '$(cat "$folder/err")' lacks '$text'"
}

# totals of the reference table (tests/reference/lfc/sigma_total.csv, its columns 5, 7 and 9)
while IFS=, read -r process mphi energy _ etl _ ww _ iww _; do
    for pair in "etl $etl" "ww $ww" "iww $iww"; do
        method=${pair% *} want=${pair#* }
        got=$("$eotmc" xs --process "$process" --method "$method" --mphi "$mphi" --energy "$energy" --format csv | column 3)
        near "$got" "$want" 1e-4 "$process $method m_phi = $mphi, E = $energy"
    done
done < <(grep -E '^(e2mu|mu2e),' "$source/tests/reference/lfc/sigma_total.csv")

# keys of the JSON of each kind
json() { "$eotmc" xs --format json "$@" || fail "xs $*: failed"; }
keys() { grep -o '"[A-Za-z0-9_]*":' | tr -d '":' | sort -u | tr '\n' ' '; }
has() { local text=$1; shift; for k in "$@"; do case " $text " in *" $k "*) ;; *) fail "no key $k in: $text" ;; esac; done; }
has "$(json --mphi 0.11,0.5 --energy 50,100 | keys)" schema points mphi_GeV energy_GeV sigma_pb rel_error
has "$(json --mphi 0.5 --energy 100 --differential x --at 0.5,0.9 | keys)" x dsigma_pb rel_error
has "$(json --mphi 0.5 --energy 100 --differential y --at 0.5 | keys)" y dsigma_pb rel_error
has "$(json --mphi 0.5 --energy 100 --differential psi --at 0.005 | keys)" psi_rad dsigma_pb
has "$(json --mphi 0.5 --energy 100 --differential x-theta --at '0.3,0;0.7,1e-3' | keys)" x theta_rad d2sigma_pb rel_error
has "$(json --mphi 0.5 --energy 100 --differential y-psi --at '0.3,0' | keys)" y psi_rad d2sigma_pb rel_error
has "$(json --ratio --mphi 0.5 --energy 100 | keys)" etl_pb ww_pb iww_pb ww_over_etl iww_over_etl
has "$(json --gm2 --mphi 0.2 | keys)" delta_a_over_h2 h_low h_central h_high
has "$(json --relic --mphi 0.2 | keys)" h reading mass_ratio g sigma_v_pb
json --mphi 0.11 --energy 50 | grep -q '"schema": "eotmc-xs/1"' || fail "no schema"
[ "$(json --mphi 0.11,0.5 --energy 50,100,150 | grep -c sigma_pb)" -eq 6 ] || fail "not one point for each mass and energy"

# differentials and conventions (reference tables)
near "$("$eotmc" xs --mphi 0.5 --energy 100 --differential x --at 0.95 --format csv | column 4)" 4.989759941 1e-4 "dsigma/dx"
near "$("$eotmc" xs --mphi 0.5 --energy 100 --differential y --at 0.05 --format csv | column 4)" 4.989757618 1e-4 "dsigma/dy"
near "$("$eotmc" xs --mphi 0.5 --energy 100 --differential x-theta --at 0.7,2.142857143e-3 --format csv | column 5)" 5.520679818e4 1e-4 "d2sigma/dxdcos"
near "$("$eotmc" xs --mphi 0.5 --energy 100 --differential y-psi --at 0.05,2.5e-2 --format csv | column 5)" 4.399157516e3 1e-4 "d2sigma/dydcos"
near "$("$eotmc" xs --mphi 0.2 --gm2 --format csv | column 5)" 1.831597949e-3 1e-8 "h of g-2"
near "$("$eotmc" xs --mphi 0.2 --relic --sigma-v 1 --format csv | column 2)" 4.191748785e-3 1e-8 "h of the relic line"
# cross sections go as h^2, and vanish at threshold and below
near "$("$eotmc" xs --mphi 0.5 --energy 100 --h 2e-4 --format csv | column 3)" 3.145306294 1e-4 "h^2"
[ "$("$eotmc" xs --mphi 3 --energy 3 --format csv | column 3)" = 0 ] || fail "not 0 below threshold"
"$eotmc" xs --mphi 0.11 --energy 100 --theta-max 1e-3 --format csv | column 3 | awk '{ exit !($1 < 6.8) }' || fail "--theta-max does not act on the exact one"
"$eotmc" xs --ratio --mphi 3 --energy 3,100 --format json | grep -q '"ww_over_etl": null' || fail "a ratio to 0 is not null"

# help
"$eotmc" xs --help >"$folder/help" || fail "--help fails"
grep -q 'eotmc xs --mphi' "$folder/help" || fail "--help has no example"

# messages
rejects "did you mean '--energy'" --mphi 0.5 --enery 100
rejects "--process" --process e2tau --mphi 0.5 --energy 100
rejects "no --mphi" --energy 100
rejects "no --energy" --mphi 0.5
rejects "not a list of numbers" --mphi 0.5,,1 --energy 100
rejects "not a list of numbers" --mphi 0.5 --energy 100GeV
rejects "not a list of numbers" --mphi nan --energy 100
rejects "decay to e phi" --mphi 0.1 --energy 100
rejects "above 3 GeV" --mphi 3.5 --energy 100
rejects "at most 500 GeV" --mphi 0.5 --energy 501
rejects "at most 500 GeV" --mphi 0.5 --energy -5
rejects "must be in [0, 1]" --mphi 0.5 --energy 100 --differential x --at 1.5
rejects "must be in [0, pi]" --mphi 0.5 --energy 100 --differential y-psi --at 0.5,4
rejects "must be pairs" --mphi 0.5 --energy 100 --differential y-psi --at 0.5
rejects "without --at" --mphi 0.5 --energy 100 --differential x
rejects "without --differential" --mphi 0.5 --energy 100 --at 0.5
rejects "give one" --ratio --gm2 --mphi 0.5
rejects "must be 1 to 118" --mphi 0.5 --energy 100 --Z 0
rejects "between Z" --mphi 0.5 --energy 100 --Z 82 --A 50
rejects "coupling h" --mphi 0.5 --energy 100 --h 0
rejects "1e-08 to 0.01" --mphi 0.5 --energy 100 --tolerance 1
rejects "largest angle" --mphi 0.5 --energy 100 --theta-max 4

# figures
if command -v gnuplot >/dev/null; then
    "$eotmc" xs --figure "$folder/figures" || fail "--figure fails"
    for name in totals differentials ratios; do
        for kind in png gp dat; do [ -s "$folder/figures/$name.$kind" ] || fail "no $name.$kind"; done
        head -c 8 "$folder/figures/$name.png" | grep -q PNG || fail "$name.png is no picture"
        grep -q 'nan' "$folder/figures/$name.dat" && fail "$name.dat holds nan"
    done
fi
[ $failures -eq 0 ] || exit 1
echo "all checks passed"
