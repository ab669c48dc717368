#!/bin/sh
# Each wrong configuration in tests/cli/wrong, each wrong --set, and each wrong command line gives exit code 2 and its message, and nothing on stdout.
# usage: test_config_errors.sh EOTMC SOURCE_DIR BUILD_DIR
eotmc=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0

# check CODE FRAGMENTS_FILE COMMAND...: exit code, all fragments (one a line) on stderr, a line for each problem there, nothing on stdout
check() {
    want=$1 fragments=$2
    shift 2
    n=$((n + 1))
    "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    problem=
    [ "$got" -eq "$want" ] || problem="exit code $got, not $want"
    while IFS= read -r fragment; do
        grep -qF -- "$fragment" "$work/err" || problem="$problem; no '$fragment'"
    done <"$fragments"
    [ -s "$work/out" ] && problem="$problem; output on stdout"
    lines=$(grep -c '^[^ ]*\.yaml:[0-9]*: ' "$fragments") # a fragment that names a place is a problem, and a problem is a line
    [ "$lines" -gt 0 ] || lines=1
    [ "$(wc -l <"$work/err")" -eq "$lines" ] || problem="$problem; not $lines lines on stderr"
    [ "$(grep -c '; ' "$work/err")" -eq "$lines" ] || problem="$problem; it does not say what to do"
    if [ -n "$problem" ]; then
        bad=$((bad + 1))
        echo "FAILED: $*"
        echo "  $problem"
        sed 's/^/  | /' "$work/err"
    fi
}

for file in "$source"/tests/cli/wrong/*.yaml; do
    sed -n 's/^# expect: //p' "$file" | sed "s|FILE|$file|" >"$work/fragments"
    [ -s "$work/fragments" ] || { echo "FAILED: $file expects nothing"; bad=$((bad + 1)); }
    check 2 "$work/fragments" "$eotmc" geometry "$file" --figure none
done
files=$n
[ "$files" -ge 40 ] || { echo "FAILED: only $files wrong configurations"; bad=$((bad + 1)); }

# override TEXT FRAGMENT
override() {
    printf '%s\n' "$2" >"$work/fragments"
    check 2 "$work/fragments" "$eotmc" geometry "$source/configs/na64e-dimuon.yaml" --figure none --set "$1"
}
override beam.energy=-8 "--set beam.energy=-8: beam.energy = -8 (must not be negative"
override beam.enrgy=8 "--set beam.enrgy=8: beam.enrgy = 8 (unknown key); did you mean 'energy'?"
override beam.energy "--set beam.energy: (not key=value)"
override =5 "--set =5: (not key=value)"
override beam.energy= "--set beam.energy=: beam.energy (no value)"
override beam..energy=5 "(empty part in the key)"
override beam.energy.x=5 "(energy is a value, not a section)"
override beam=5 "--set beam=5: beam = 5 (must be a section)"
override "beam.energy=5 mm" "--set beam.energy=5 mm: beam.energy = 5 mm (the unit is of length"
override "beam.energy=[1" "--set beam.energy=[1: malformed YAML"
override geometry.volumes.hcal9.repeat=3 "(no item 'hcal9' in the list)"
override geometry.volumes.10.repeat=3 "(no item '10' in the list)"
override geometry.volumes.hcal0.repeat=two "--set geometry.volumes.hcal0.repeat=two: geometry.volumes.hcal0.repeat = two (not a number)"
override geometry.volumes.veto.z=40 "--set geometry.volumes.veto.z=40: geometry.volumes.veto.z = 40 (overlaps ecal"
override geometry.volumes.ecal.layers.0.material=gold2 "(unknown material)"
override physics.cut=0.1 "the cross-section tables start at 0.1 GeV"
override physics.cut=200 "(too large; allowed are 0.2 GeV .. 100 GeV); give a value within that range, and below beam.energy"
override physics.cut=-1 "(must not be negative; allowed are 0.2 GeV .. 100 GeV); give a value within that range"
override physics.cut=nan "(not a finite number); write a number in GeV"
override physics.cut=100 "(not below beam.energy = 100 GeV: nothing would be followed); lower the cut, to 50 GeV for example"
override sampling.seed=1e10 "(too large; allowed are 0 .. 4294967295)"
override device.lanes=many "device.lanes = many (not a number)"
override schema=eotmc-config/9 "(this program reads eotmc-config/1)"
override "selection.hcal={low: 1, high: 2}" "(must be a list of 2 numbers)"

# usage FRAGMENT ARGUMENT...
usage() {
    printf '%s\n' "$1" >"$work/fragments"
    shift
    check 2 "$work/fragments" "$eotmc" geometry "$@"
}
usage "CONFIG"
usage "--colour" --colour "$source/configs/na64e-dimuon.yaml"
usage "xml" --format xml "$source/configs/na64e-dimuon.yaml"
# the same from run and replay, before they make a folder
printf '%s\n' "--set beam.energy=-8: beam.energy = -8 (must not be negative" >"$work/fragments"
check 2 "$work/fragments" "$eotmc" run "$source/configs/smoke.yaml" -o "$work/never" --device host --set beam.energy=-8
check 2 "$work/fragments" "$eotmc" replay "$source/configs/smoke.yaml" --event 1 --set beam.energy=-8
sed -n 's/^# expect: //p' "$source/tests/cli/wrong/unknown_key.yaml" | sed "s|FILE|$source/tests/cli/wrong/unknown_key.yaml|" >"$work/fragments"
check 2 "$work/fragments" "$eotmc" run "$source/tests/cli/wrong/unknown_key.yaml" -o "$work/never" --device host
[ -e "$work/never" ] && { echo "FAILED: a wrong configuration leaves a folder"; bad=$((bad + 1)); }
printf '%s\n' "no/such.yaml: cannot open the configuration" >"$work/fragments"
check 3 "$work/fragments" "$eotmc" geometry no/such.yaml
printf '%s\n' "cannot read the configuration" >"$work/fragments"
check 3 "$work/fragments" "$eotmc" geometry "$work"

echo "$n cases ($files wrong configurations), $bad failed"
[ "$bad" -eq 0 ]
