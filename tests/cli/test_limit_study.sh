#!/usr/bin/env bash
# eotmc limit STUDY: from a scan and a background's run to the plane, its files, and what is refused.
# usage: test_limit_study.sh EOTMC SOURCE_DIR BUILD_DIR
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
common="--set sampling.eot=600 --set sampling.batch=60 --progress none"
"$eotmc" scan "$source/configs/na64e-signal.yaml" --over physics.mphi=0.11,0.2,0.4,0.8,1.6,3 $common --no-figure -o signal >log 2>&1 || fail "scan: $(tail -1 log)"
"$eotmc" run "$source/configs/na64e-dimuon.yaml" $common --set output.figures=off -o dimuons >log 2>&1 || fail "run: $(tail -1 log)"
cat >study.yaml <<'YAML'
schema: eotmc-study/1
name: test
eot: 1e11
eot_family: [1e10, 1e12]
methods: [asymptotic, exact, fc]
observed: 2
signals: [{scan: signal}]
backgrounds:
  - {name: hadrons, events: 1.92, error: 30 %}
systematics:
  - {name: efficiency, on: [signal], size: 10 %}
  - {name: hadron_model, on: [hadrons], size: 20 %, constraint: gaussian}
gm2: [{name: "251(59)e-11", deviation: 251e-11, error: 59e-11}]
relic: {mass_ratio: 3}
YAML
run() {
    "$eotmc" limit "$@" >out 2>err </dev/null
    code=$?
}
refused() { # WHAT PATTERN
    [ $code -eq 2 ] || fail "$1: exit code $code, not 2: $(cat err)"
    { [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$2" err && grep -q '; ' err; } || fail "$1: not one line with '$2': $(cat err)"
}
run study.yaml -o plane
[ $code -eq 0 ] || fail "exit code $code: $(cat err)"
for name in limit.json plane.csv lines.csv plane.png plane.svg plane.pdf pyhf/workspace.json pyhf/patchset.json hs3.json hepdata/submission.yaml hepdata/efficiency.yaml; do
    [ -s "plane/$name" ] || fail "no $name"
done
grep -q '"schema": "eotmc-limit/1"' plane/limit.json || fail "schema of limit.json"
[ "$(head -c 5 plane/plane.pdf)" = '%PDF-' ] || fail "plane.pdf is no PDF"
# limits on h in the table are those in events: h^2 x rate = events, so h^2 ratios between methods are the same at all masses
awk -F, 'NR > 1 && $2 == 1e11 { h[$1, $3] = $8; mass[$3] } END { for (m in mass) { r = h["exact", m] / h["asymptotic", m]; if (!(first > 0)) first = r; d = r / first - 1; if (d * d > 1e-10) exit 1 } }' plane/plane.csv ||
    fail "the ratio of methods depends on the mass"
awk -F, 'NR > 1 { if (!($6 <= $7 * 1.01 && $7 <= $8 && $8 <= $9 && $9 <= $10 && $11 > 0 && $11 < 1)) exit 1; n++ } END { exit !(n > 60) }' plane/plane.csv || fail "bands out of order, or few masses"
# the same limit from the exported workspace, by numbers: mu of the first mass times its events
events=$("$eotmc" limit --workspace plane/pyhf/workspace.json --format json | tr -d ' \n' | grep -oE '"observed":[0-9.]+' | cut -d: -f2)
table=$(awk -F, '$1 == "asymptotic" && $2 == 1e11 && $4 == 1 { print $5; exit }' plane/plane.csv)
reference=$(tr -d ' \n' <plane/pyhf/patchset.json | grep -oE '"values":\[0\.11,[0-9.e+-]+' | cut -d, -f2)
awk -v mu="$events" -v h="$table" -v r="$reference" 'BEGIN { d = r * sqrt(mu) / h - 1; exit !(d * d < 1e-8) }' || fail "the workspace gives mu = $events at h = $reference, the table h = $table"
# ten times more electrons without background: the limit on h falls as their square root
run study.yaml -o other --no-figure --set 'backgrounds=[{name: none, events: 0}]' --set systematics='[]' --set 'eot_family=[]' --set observed=0
[ $code -eq 2 ] || fail "an empty list is taken: $code"
sed '/^systematics/,/^gm2/{/^gm2/!d}; s/events: 1.92, error: 30 %/events: 0/; s/^observed.*/observed: 0/' study.yaml >empty.yaml
run empty.yaml -o other --no-figure
[ $code -eq 0 ] || fail "no background: $(cat err)"
awk -F, 'NR > 1 && $1 == "exact" && $4 == 1 { h[$2, $3] = $8; m[$3] } END { for (k in m) { r = h["1e+10", k] / h["1e+12", k] - 10; if (r * r > 1e-8) exit 1 } }' other/plane.csv || fail "h does not fall as the root of EOT"
# a background that is poorly determined: its upper limit matters or not
poor() { # UPPER_LIMIT: a run that selects nothing, and says so
    rm -rf dimuons_poor && cp -r dimuons dimuons_poor
    awk -v limit="$1" '/"selected.per_eot": \{/ { print; print "\"poorly_determined\": true, \"upper_limit_90\": " limit ","; inside = 1; next }
        inside && /"value"/ { sub(/: [0-9.e+-]+/, ": 0.0"); inside = 0 } { print }' dimuons/summary.json >dimuons_poor/summary.json
    sed 's/  - {name: hadrons.*/&\n  - {name: dimuons, run: dimuons_poor}/' study.yaml >poor.yaml
}
poor 1e-13 # 0.01 events
run poor.yaml -o poor --no-figure
{ [ $code -eq 0 ] && grep -q "'dimuons' is poorly determined" err && grep -q dimuons_upper_limit poor/pyhf/workspace.json; } || fail "0.01 events of a poor background: $code $(cat err)"
poor 2e-11 # 2 events
run poor.yaml -o poor --no-figure
refused "2 events of a poor background" 'would move the median limit by [0-9]+ %'
run poor.yaml -o poor --no-figure --accept-poor
[ $code -eq 0 ] || fail "--accept-poor: $(cat err)"
wrong() { # WHAT SED PATTERN
    sed "$2" study.yaml >wrong.yaml
    run wrong.yaml -o wrong --no-figure
    refused "$1" "$3"
}
wrong "negative background" 's/events: 1.92/events: -1/' 'events = -1'
wrong "missing scan" 's/scan: signal/scan: nowhere/' "'nowhere'"
wrong "missing run" 's/{name: hadrons.*/{name: hadrons, run: nowhere}/' "'nowhere'"
wrong "unknown key" 's/^observed/obsreved/' 'did you mean observed'
wrong "no number" 's/events: 1.92/events: few/' 'events = few'
wrong "unknown sample" 's/on: \[hadrons\]/on: [pions]/' 'no such sample'
wrong "unknown method" 's/asymptotic, exact/profile/' 'methods = profile'
wrong "no events at all" 's/events: 1.92, //' 'exactly one of run'
cp -r signal partial && sed -i 's/"partial": false/"partial": true/' "partial/physics.mphi=0.2/summary.json"
wrong "partial run" 's/scan: signal/scan: partial/' 'partial'
"$eotmc" run "$source/configs/na64e-dimuon.yaml" $common --set output.figures=off --set selection.missing_energy="30 GeV" -o cut >log 2>&1
wrong "another selection" 's/{name: hadrons.*/{name: hadrons, run: cut}/' 'section selection'
run study.yaml --background 1
refused "a study and numbers" '--background'
run --eot 1e12 --background 1
refused "options of a study" '--eot'
# what pyhf and HEPData make of it
[ -s "$build/pyhf/packages" ] || { echo "without pyhf: its part is left out"; exit $((n_failed > 0)); }
"$build/pyhf/bin/python" "$source/tests/reference/limit/check_study.py" plane || fail "pyhf or HEPData"
exit $((n_failed > 0))
