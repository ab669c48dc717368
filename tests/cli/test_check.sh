#!/usr/bin/env bash
# `eotmc check`, and what a run says before it starts: errors with file and line, warnings with codes, the same in summary.json; cuts without their detector.
# usage: test_check.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
field() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($2)" "$1"; }
codes() { field "$1" '" ".join(w["code"] for w in d["warnings"])'; }

# --- no errors, no warnings: the shipped configurations
for config in "$source"/configs/*.yaml; do
    "$eotmc" check "$config" --device host --format json >"$work/out" 2>"$work/err" || fail "$config: exit code $?"
    [ "$(field "$work/out" 'd["errors"] + d["warnings"]')" = "[]" ] || fail "$config: $(cat "$work/out")"
done

# --- errors, each with file, line, key and message; exit code 2
"$eotmc" check "$source/tests/cli/wrong/many_at_once.yaml" --format json >"$work/out" 2>"$work/err"
[ $? -eq 2 ] || fail "errors do not give exit code 2"
[ "$(field "$work/out" '[sorted(e) for e in d["errors"]] == [["file", "key", "line", "message"]] * 9')" = True ] || fail "errors: $(cat "$work/out")"
[ "$(field "$work/out" '[e["line"] for e in d["errors"]]')" = "[13, 15, 17, 18, 27, 35, 36, 37, 38]" ] || fail "lines: $(cat "$work/out")"
"$eotmc" check "$source/configs/na64mu-mu2e.yaml" --set output.hepmc=on --set sampling.mode=analog --device host --format json >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && [ "$(field "$work/out" '[e["key"] for e in d["errors"]]')" = "['output.hepmc', 'sampling.mode']" ] || fail "what a job refuses: $(cat "$work/out")"
"$eotmc" check "$source/configs/na64e-dimuon.yaml" --set geometry.volumes.ecal.cells='[9, 9]' --device host >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && grep -q '^error: .*setups/na64e.yaml:28: geometry.volumes.ecal .*cells (at most' "$work/out" || fail "what the simulation cannot hold: $(cat "$work/out")"
"$eotmc" check no/such.yaml >"$work/out" 2>&1
[ $? -eq 3 ] || fail "a file that is not there"

# --- warnings: what was asked for, alone
expect() { # CODES SET...
    local codes=$1
    shift
    "$eotmc" check "$source/configs/na64e-dimuon.yaml" "${@/#/--set=}" --device host --format json >"$work/out" 2>"$work/err" || fail "$*: $(cat "$work/out" "$work/err")"
    [ "$(codes "$work/out")" = "$codes" ] || fail "$*: warnings '$(codes "$work/out")', not '$codes'"
}
expect "missing_energy_above_beam" selection.missing_energy=100
expect "hcal_side_by_side" geometry.volumes.hcal1.z='60 cm' geometry.volumes.hcal{0,1}.size='[30 cm, 60 cm]' 'geometry.volumes.hcal0.center=[-15 cm, 0 cm]' 'geometry.volumes.hcal1.center=[15 cm, 0 cm]'
expect "veto_window" geometry.volumes.veto.thickness=1cm
expect "region_below_cut" sampling.region.min_lepton_energy=1 physics.cut=5
expect "preference_unused" sampling.preference=0.5 sampling.mode=analog sampling.roulette=off
expect "" sampling.preference=0.5
expect "loss_preference_unused" sampling.loss_preference=0.5 sampling.mode=analog sampling.roulette=off
expect "" sampling.loss_preference=0.5
expect "field_in_calorimeter" 'geometry.volumes.hcal0.field=[0 T, 1 T, 0 T]'
expect "ecal_constants" geometry.volumes.ecal.layers.0.material=tungsten
expect "ecal_constants shower_constants" geometry.volumes.ecal.layers.0.material=tungsten physics.shower.calibrate=off
expect "ecal_constants" geometry.volumes.ecal.layers.0.thickness=5mm geometry.volumes.ecal.layers.1.thickness=5mm geometry.volumes.ecal.repeat=45
expect "" geometry.volumes.ecal.layers.0.material=tungsten detector.ecal.{stochastic=0.11,constant=0.03,sampling=0.09,em_visible_ratio=0.7}
expect "" geometry.volumes.ecal.repeat=140 geometry.volumes.ecal.size='[30 cm, 30 cm]'
for region in '[-100 cm, 200 cm]:0' '[-232 cm, 1300 cm]:0' '[-100 cm, 1301 cm]:1' '[-240 cm, 200 cm]:1' '[-1 m, 900 m]:1'; do # of a beam from -232 cm in a world that ends at 1300 cm
    "$eotmc" check "$source/tests/hadron_toy.yaml" --set "beam.decay_region=${region%:*}" --device host --format json >"$work/out" 2>"$work/err" || fail "$region: $(cat "$work/err")"
    [ "$(codes "$work/out" | grep -c decay_region_cut)" = "${region#*:}" ] || fail "decay region $region: $(codes "$work/out")"
done
OCL_ICD_VENDORS=$work "$eotmc" check "$source/configs/smoke.yaml" --device 0 --format json >"$work/out" 2>"$work/err" || fail "without OpenCL: $(cat "$work/err")"
[ "$(codes "$work/out")" = host_only ] || fail "without OpenCL: $(cat "$work/out")"

# --- a run says the same before it starts, and summary.json has it; its cuts are not applied
cat >"$work/bare.yaml" <<'YAML'
schema: eotmc-config/1
name: bare
beam: {energy: 100 GeV, position_z: -1 cm}
physics: {cut: 5 GeV}
geometry:
  world: {min: [-20 cm, -20 cm, -10 cm], max: [20 cm, 20 cm, 100 cm]}
  volumes:
    - {name: target, role: ecal, z: 0 cm, size: [20 cm, 20 cm], material: lead, thickness: 10 cm}
sampling: {eot: 200, batch: 20}
scoring: {showers: 20}
output: {figures: off}
YAML
"$eotmc" check "$work/bare.yaml" --device host --format json >"$work/out" 2>"$work/err" || fail "bare.yaml: $(cat "$work/err")"
"$eotmc" run "$work/bare.yaml" -o "$work/bare" --device host --progress none >"$work/text" 2>"$work/err" || fail "bare.yaml does not run: $(cat "$work/err")"
[ "$(codes "$work/out")" = "passive_ecal no_veto no_hcal no_trackers ecal_constants" ] || fail "bare.yaml: $(codes "$work/out")"
[ "$(codes "$work/bare/summary.json")" = "no_visible_energy $(codes "$work/out")" ] || fail "summary.json of bare.yaml: $(codes "$work/bare/summary.json")"
for code in $(codes "$work/out"); do
    grep -q "^warning: .*($code)\$" "$work/err" || fail "the run does not say $code: $(cat "$work/err")"
    grep -q "^$code: " "$work/text" || fail "the printed result lacks $code"
done
[ "$(grep -c 'not applied  its detector is not there' "$work/text")" -eq 4 ] || fail "the cut flow on the screen: $(cat "$work/text")"
[ "$(field "$work/bare/summary.json" '[c["applied"] for c in d["cutflow"]]')" = "[True, False, False, False, False, True, True]" ] || fail "the cut flow of bare.yaml"
[ "$(field "$work/bare/summary.json" 'len({c["weighted"] for c in d["cutflow"][:6]}) == 1 and d["cutflow"][6]["weighted"] > 0')" = True ] || fail "cuts without a detector do not pass: $(cat "$work/text")"
[ "$(field "$work/bare/summary.json" '[e for e in d["estimates"] if "visible" in e]')" = "[]" ] || fail "estimates of a visible energy that is none"
"$eotmc" compare "$work/bare" "$work/bare" >"$work/out" 2>&1 || fail "a summary.json with warnings is not read: $(cat "$work/out")"
# the VETO's cut alone is applied where the VETO alone is there
"$eotmc" run "$work/bare.yaml" -o "$work/veto" --device host --progress none --set 'selection.veto=[5 MeV, 60 MeV]' --set 'geometry.volumes=[{name: t, role: ecal, z: 0, size: [20, 20], material: lead, thickness: 10}, {name: v, role: veto, z: 20, size: [30, 30], material: polystyrene, thickness: 5, active: on}]' >"$work/text" 2>"$work/err" ||
    fail "with a VETO: $(cat "$work/err")"
[ "$(field "$work/veto/summary.json" '[c["applied"] for c in d["cutflow"]]')" = "[True, False, True, False, False, True, True]" ] || fail "the cut flow with a VETO"
[ "$(field "$work/veto/summary.json" '0 < d["cutflow"][2]["events"] < d["cutflow"][1]["events"]')" = True ] || fail "the VETO does not cut: $(cat "$work/text")"

# --- the smallest run, one primary, has a result that says it has no error
for config in smoke.yaml na64mu-mu2e.yaml; do
    "$eotmc" run "$source/configs/$config" -o "$work/one" --force --device host --progress none --set sampling.eot=1 --set output.figures=off >"$work/text" 2>"$work/err" || { fail "$config, one primary: $(tail -1 "$work/err")"; continue; }
    [ "$(codes "$work/one/summary.json")" = no_error ] || fail "$config, one primary: $(codes "$work/one/summary.json")"
done

# --- a scan asks all points first, and yield asks too
"$eotmc" scan "$source/configs/smoke.yaml" --over geometry.volumes.ecal.cells='[2;2],[9;9]' -o "$work/scan" --device host >"$work/out" 2>&1 && fail "a scan with a bad point runs"
[ -e "$work/scan/summary.json" ] && fail "a scan with a bad point began"
"$eotmc" yield "$source/configs/na64e-dimuon.yaml" --mphi 0.5 --eot 100 --no-cache --device host --set geometry.volumes.veto.thickness=1cm >"$work/out" 2>"$work/err"
grep -q 'veto_window' "$work/err" || fail "yield does not warn: $(cat "$work/err")"

# --- messages: help of a command; a newline in what was given
"$eotmc" help check | diff - <("$eotmc" check --help) >/dev/null || fail "help check is not check --help"
"$eotmc" help | grep -q '^  check ' || fail "help does not list the commands"
for arguments in $'a\nb' $'run\tx --a\nb' $'check a\nb.yaml' $'check --set a\nb=\n'; do
    IFS=' ' read -r -d '' -a words <<<"$arguments"
    "$eotmc" "${words[@]}" >"$work/out" 2>"$work/err" && fail "$arguments passes"
    [ "$(grep -c . "$work/err")" -le 1 ] || fail "$arguments: more than one line: $(cat "$work/err")"
done

echo "check: $n_failed failed"
[ "$n_failed" -eq 0 ]
