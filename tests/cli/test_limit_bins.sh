#!/usr/bin/env bash
# Bins of a study: relations between binnings, what is joined, what runs of hadrons share, options instead of a file, and what is refused.
# usage: test_limit_bins.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$(realpath "$1") source=$(realpath "$2") build=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
cd "$work" || exit 1
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
common="--set sampling.eot=1500 --set sampling.batch=150 --progress none"
"$eotmc" scan "$source/configs/na64e-signal.yaml" --over physics.mphi=0.2,0.8 $common --no-figure -o signal >log 2>&1 || fail "scan: $(tail -1 log)"
# the maps hold what is selected, and so does result.h5's
awk '/"selected.per_eot_(gaussian|exponential)": \{/ { getline; sub(/.*: /, ""); sub(/,.*/, ""); want[++n] = $0 }
     /"maps"/ { inside = 1 } inside && /"entries"/ { m++ } inside && /^ *[0-9.e+-]+,?$/ { k++; gsub(/[ ,]/, ""); if (k % 4 == 3) sum[m] += $0 } inside && /"faults"|"warnings"/ { inside = 0 }
     END { if (n != 2 || m != 2) exit 1; for (i = 1; i <= 2; i++) { other = m + 1 - i; d = sum[i] / want[i] - 1; e = sum[other] / want[i] - 1; if (d * d > 1e-8 && e * e > 1e-8) { print i, sum[i], want[i]; exit 1 } } }' \
    signal/physics.mphi=0.2/summary.json || fail "the maps of a run do not hold what it selects"
study() { # BINS BACKGROUNDS: lines of a study with these
    printf 'schema: eotmc-study/1\nname: test\neot: 1e11\nmethods: [asymptotic, exact]\n%s\nsignals: [{scan: signal}]\nbackgrounds: [%s]\n' "$1" "$2"
    printf 'systematics: [{name: efficiency, on: [signal], size: 10 %%}]\n'
}
run() {
    "$eotmc" limit "$@" >out 2>err </dev/null
    code=$?
}
limit() { # STUDY: medians by the asymptotic formulas of both masses
    run "$1" -o result --no-figure
    [ $code -eq 0 ] || fail "$1: $(cat err)"
    awk -F, '$1 == "asymptotic" && $4 == 1 { print $8 }' result/plane.csv
}
same() { # WHAT FILE FILE TOLERANCE
    paste "$2" "$3" | awk -v t="$4" '{ d = $1 / $2 - 1; if (!(d * d <= t * t)) exit 1; n++ } END { exit n != 2 }' || fail "$1: $(paste "$2" "$3")"
}
refused() { # WHAT PATTERN
    [ $code -eq 2 ] || fail "$1: exit code $code, not 2: $(cat err)"
    { [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$2" err && grep -q '; ' err; } || fail "$1: not one line with '$2': $(cat err)"
}
# one bin of everything is the count
study '' '{name: hadrons, events: 1.92, error: 30 %, constraint: lognormal}' >count.yaml
study 'bins: {missing_energy: [-inf, inf], muon_momentum: [-inf, inf]}' '{name: hadrons, events: 1.92, error: 30 %, constraint: lognormal}' >one.yaml
limit count.yaml >count && limit one.yaml >one && same "one bin is not the count" count one 1e-6
# a bin without signal or background changes nothing; the shape's unit neither
bins='bins: {muon_momentum: [0, 20, inf]}'
study "$bins" '{name: hadrons, events: 1.92, error: 30 %, constraint: lognormal, shape: [1, 3]}' >two.yaml
study "$bins" '{name: hadrons, events: 1.92, error: 30 %, constraint: lognormal, shape: [50, 150]}' >unit.yaml
limit two.yaml >two && limit unit.yaml >unit && same "the unit of a shape matters" two unit 1e-9
# two backgrounds of half the size and the same shape, whose common error is one systematic, are one
study "$bins" '{name: hadrons, events: 1.92, shape: [1, 3]}' | sed 's/^systematics: \[/&{name: both, on: [hadrons], size: 30 %}, /' >whole.yaml
study "$bins" '{name: pions, events: 0.96, shape: [1, 3]}, {name: kaons, events: 0.96, shape: [1, 3]}' | sed 's/^systematics: \[/&{name: both, on: [pions, kaons], size: 30 %}, /' >halves.yaml
limit whole.yaml >whole && limit halves.yaml >halves && same "halves of a background are another" whole halves 1e-6
# a background where the signal is not: the shape gains over the count, and the file says so
study 'bins: {muon_momentum: [0, 45, inf]}' '{name: hadrons, events: 1.92, shape: [1, 30]}' >apart.yaml
limit apart.yaml >apart
study '' '{name: hadrons, events: 1.92}' >known.yaml
limit known.yaml >known
paste apart known | awk '!($1 < 0.99 * $2) { exit 1 }' || fail "a background elsewhere gains nothing: $(paste apart known)"
run apart.yaml -o apart_out --no-figure
awk '/"gain_of_shape"/ { inside = 1 } inside && /"events":/ { gsub(/[^0-9.]/, ""); if ($0 > 1.03) n++ } END { exit n != 2 }' apart_out/limit.json || fail "limit.json does not say what the shape gains"
# joined: the bin without background goes with the next lower one
study 'bins: {missing_energy: [20, 30, 50, inf], muon_momentum: [0, 20, inf]}' '{name: hadrons, events: 1.92, error: 30 %, shape: [1, 1, 0, 0, 2, 0]}' >empty.yaml
run empty.yaml -o empty_out --no-figure
{ [ $code -eq 0 ] && grep -q '^3 bins, joined from 6' out; } || fail "three bins expected: $(cat out err)"
[ "$(tr -d ' \n' <empty_out/limit.json | grep -oE '"bin_of_cell":\[[0-9,]*\]')" = '"bin_of_cell":[0,1,1,2,2,2]' ] || fail "cells are joined otherwise"
# what is seen goes with its cell
sed 's/^signals/observed: [1, 0, 1, 0, 3, 0]\n&/' empty.yaml >seen.yaml
run seen.yaml -o seen_out --no-figure
tr -d ' \n' <seen_out/pyhf/workspace.json | grep -q '"observations":\[{"data":\[1.0,1.0,3.0\]' || fail "events seen are in other bins: $(cat err)"
# runs of pions and kaons: the factors they share are one nuisance, each has its statistics
hadrons() { # NAME VALUE FACTORS: a run that states a background of hadrons, from one of the signal's
    rm -rf "$1" && cp -r signal/physics.mphi=0.2 "$1"
    awk -v value="$2" -v factors="$3" '/"estimates": \{/ {
            print; printf "\"background.hadron.per_eot\": {\"value\": %s, \"std_error\": %s, \"unit\": \"1\", \"n_eff\": 1000.0},", value, 0.4 * value
            n = split(factors, f, " "); for (i = 1; i < n; i += 2) printf "\"background.hadron.error.%s\": {\"value\": %s, \"std_error\": 0.0, \"unit\": \"1\", \"exact\": true},", f[i], f[i + 1]
            next } { print }' signal/physics.mphi=0.2/summary.json >"$1/summary.json"
    sed -i 's/^\( *particle:\).*/\1 pi-/' "$1/effective-config.yaml"
}
hadrons pions 1.2e-11 "statistics 0.02 pi_per_e 0.1 rejection 0.25"
hadrons kaons 0.7e-11 "statistics 0.03 pi_per_e 0.1 rejection 0.25 K_per_pi 0.2"
study '' '{name: pions, run: pions}, {name: kaons, run: kaons}' >hadrons.yaml
run hadrons.yaml -o hadrons_out --no-figure
[ $code -eq 0 ] || fail "runs of hadrons: $(cat err)"
workspace=$(tr -d ' \n' <hadrons_out/pyhf/workspace.json)
for name in pi_per_e:2 rejection:2 K_per_pi:1 pions_error:1 kaons_error:1; do
    [ "$(grep -o "\"name\":\"${name%:*}\"" <<<"$workspace" | wc -l)" -eq "${name#*:}" ] || fail "${name%:*} is not on ${name#*:} samples"
done
grep -qE '"pions_error","type":"shapesys"' <<<"$workspace" && grep -qE '"data":\[0\.0239+' <<<"$workspace" || grep -qE '"data":\[0\.024' <<<"$workspace" || fail "the statistics of the pions: $workspace"
sed -i 's/"background.hadron.error.pi_per_e": {"value": 0.1/"background.hadron.error.pi_per_e": {"value": 0.15/' kaons/summary.json
run hadrons.yaml -o x --no-figure
refused "factors of different size" "different errors of the factor 'pi_per_e'"
# a run of hadrons has the map of what it selects, per electron of the beam
"$eotmc" run "$source/configs/na64e-hadron.yaml" --set sampling.eot=2000 --set sampling.batch=500 --set output.figures=off --progress none -o true_pions >log 2>&1 || fail "run of pions: $(tail -1 log)"
awk '/"background.hadron.per_eot": \{/ { getline; sub(/.*: /, ""); sub(/,.*/, ""); want = $0 }
     /"maps"/ { inside = 1 } inside && /"entries"/ { m++ } inside && /^ *[0-9.e+-]+,?$/ { k++; gsub(/[ ,]/, ""); if (k % 4 == 3) sum[m] += $0 } inside && /"faults"|"warnings"/ { inside = 0 }
     END { a = sum[1] / want - 1; b = sum[2] / want - 1; if (!(want > 0) || m != 2 || (a * a > 1e-8 && b * b > 1e-8)) { print want, sum[1], sum[2]; exit 1 } }' true_pions/summary.json ||
    fail "the map of hadrons does not hold what is selected"
# options alone say the same as the file
run --signal-from 'scan: signal' --background-from 'name: hadrons, events: 1.92, error: 30 %, constraint: lognormal, shape: [1, 3]' --bins 'muon_momentum: [0, 20, inf]' \
    --systematic 'name: efficiency, on: [signal], size: 10 %' --eot 1e11 --method asymptotic,exact -o options --no-figure
[ $code -eq 0 ] || fail "options: $(cat err)"
limit two.yaml >/dev/null
cmp -s options/plane.csv result/plane.csv || fail "options give another plane than the file"
run two.yaml -o x --no-figure --background-from 'name: hadrons, events: 3, shape: [1, 1]'
[ $code -eq 0 ] && grep -q 'background hadrons *3 ' out || fail "an option does not go before the study: $(cat out err)"
wrong() { # WHAT STUDY SED PATTERN
    sed "$3" "$2" >wrong.yaml
    run wrong.yaml -o wrong --no-figure
    refused "$1" "$4"
}
wrong "an edge between those of the maps" two.yaml 's/\[0, 20, inf\]/[0, 12, inf]/' 'edge of 12 GeV'
wrong "edges that fall" two.yaml 's/\[0, 20, inf\]/[10, 5]/' 'not above the edge before'
wrong "one edge" two.yaml 's/\[0, 20, inf\]/[10]/' '2 to 26 edges'
wrong "no such variable" two.yaml 's/muon_momentum/momentum/' 'known are: missing_energy muon_momentum'
wrong "no shape" two.yaml 's/, shape: \[1, 3\]//' 'list of 2 numbers'
wrong "a shape of three" two.yaml 's/shape: \[1, 3\]/shape: [1, 2, 3]/' 'list of 2 numbers'
wrong "a shape of nothing" two.yaml 's/shape: \[1, 3\]/shape: [0, 0]/' 'all numbers are 0'
wrong "a negative shape" two.yaml 's/shape: \[1, 3\]/shape: [-1, 3]/' 'no number from 0'
wrong "a shape without bins" count.yaml 's/constraint: lognormal/&, shape: [1, 3]/' 'without bins'
wrong "a number seen in two bins" two.yaml 's/^signals/observed: 2\n&/' 'observed = 2'
wrong "half an event" two.yaml 's/^signals/observed: [1, 0.5]\n&/' 'no whole number'
wrong "bins without signal" two.yaml 's/\[0, 20, inf\]/[100, 110, 120]/' 'nothing of the signal'
wrong "no record of HEPData" two.yaml 's/^signals/hepdata: 17\n&/' 'hepdata = 17'
rm -rf old && cp -r signal old && sed -i '/"maps": {/,/^ },$/d' old/*/summary.json
wrong "runs without maps" two.yaml 's/scan: signal/scan: old/' 'no map of its selected events'
run --bins 'muon_momentum: [0, 20, inf]' --bins 'muon_momentum: [0, 20, inf]' --eot 1e11
refused "an option twice" "'--bins' is given twice"
run --signal-from 'scan: signal'
refused "no electrons" 'eot is missing'
[ -s "$build/pyhf/packages" ] || { echo "without pyhf: its part is left out"; exit $((n_failed > 0)); }
"$build/pyhf/bin/python" "$source/tests/reference/limit/check_study.py" empty_out || fail "pyhf or HEPData"
exit $((n_failed > 0))
