#!/usr/bin/env bash
# eotmc scan: folders, tables, figure; what is kept and what is done again; a point that fails; Ctrl-C; what is refused.
# usage: test_scan.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
. "$source/tests/cli/interrupt.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
config=$source/configs/smoke.yaml
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
scan() { # ARGUMENTS...: of a scan of 16 primaries a point
    "$eotmc" scan "$config" --device host --progress none --set sampling.eot=16 --set sampling.batch=8 --set scoring.showers=0 "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
refused() { # WHAT CODE PATTERN
    [ $code -eq "$2" ] || fail "$1: exit code $code, not $2: $(cat "$work/err")"
    tail -n 1 "$work/err" | grep -qE -- "$3" || fail "$1: no '$3' in: $(cat "$work/err")"
    [ ! -s "$work/out" ] || fail "$1: output on standard output"
}
kept() { grep -c 'finished before, kept' "$work/err"; }
tally() { sed -n 's/.*"tally_sha256": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"; }

"$eotmc" scan --help | grep -q -- '--over' || fail "--help"
# --- a grid: a folder a point, the same results as of `run`, tables, picture
scan --over 'beam.energy=80 GeV,100 GeV' --over 'selection.veto=[5 MeV, 16 MeV],[4 MeV, 20 MeV]' -o "$work/grid" --estimates dimuon.per_eot
[ $code -eq 0 ] || fail "a grid: exit code $code: $(cat "$work/err")"
[ "$(ls -d "$work"/grid/beam.energy=*GeV,selection.veto=*MeV* | wc -l)" -eq 4 ] || fail "not four folders: $(ls "$work/grid")"
point="$work/grid/beam.energy=100GeV,selection.veto=4MeV_20MeV"
for file in summary.json result.h5 effective-config.yaml; do [ -s "$point/$file" ] || fail "no $file in $point"; done
[ -s "$work/grid/scan.png" ] && [ -s "$work/grid/scan.gp" ] && [ -s "$work/grid/scan.dat" ] || fail "no picture with its script and data"
"$eotmc" run "$point/effective-config.yaml" --device host --progress none -o "$work/run" >"$work/out.run" 2>"$work/err.run" || fail "a point's configuration does not run: $(cat "$work/err.run")"
[ "$(tally "$point")" = "$(tally "$work/run")" ] && [ -n "$(tally "$work/run")" ] || fail "a point is not what run gives"
[ "$(wc -l <"$work/grid/scan.csv")" -eq 5 ] || fail "scan.csv has not five lines"
head -n 1 "$work/grid/scan.csv" | grep -q '^beam.energy,selection.veto,state,folder,.*dimuon.per_eot,dimuon.per_eot.std_error' || fail "head of scan.csv"
grep -q '^100 GeV,"\[4 MeV, 20 MeV\]",done,' "$work/grid/scan.csv" || fail "a row of scan.csv: $(cut -c1-100 "$work/grid/scan.csv")"
value=$(tr -d ' \n' <"$point/summary.json" | sed -n 's/.*"dimuon.per_eot":{"value":\([-+0-9.e]*\).*/\1/p')
column=$(head -n 1 "$work/grid/scan.csv" | tr ',' '\n' | grep -nx 'dimuon.per_eot' | cut -d: -f1)
in_table=$(tail -n 1 "$work/grid/scan.csv" | sed 's/"[^"]*"/x/g' | cut -d, -f"$column")
awk -v a="$value" -v b="$in_table" 'BEGIN { exit !(a > 0 && (a - b) / a < 1e-8 && (b - a) / a < 1e-8) }' || fail "the table has $in_table, the point $value"
grep -q '"schema": "eotmc-scan/1"' "$work/grid/scan.json" && [ "$(grep -c '"state": "done"' "$work/grid/scan.json")" -eq 4 ] || fail "scan.json"
grep -qE '^80 GeV .*\+-' "$work/out" || fail "the printed table: $(cat "$work/out")"

# --- what is kept: finished points of the same configuration; done again: a half-finished one, another configuration
scan --over beam.energy=80,90,100 -o "$work/line" --no-figure
[ $code -eq 0 ] && [ "$(kept)" -eq 0 ] || fail "a line: exit code $code, $(kept) kept"
first=$(cut -d, -f1,4- "$work/line/scan.csv")
rm "$work/line/beam.energy=90/summary.json"
scan --over beam.energy=80,90,100,110 -o "$work/line" --no-figure
[ $code -eq 0 ] && [ "$(kept)" -eq 2 ] || fail "a line that lacks a summary: exit code $code, $(kept) kept"
[ "$(cut -d, -f1,4- "$work/line/scan.csv" | head -n 4)" = "$first" ] || fail "the points that were kept, or the one done again, have changed"
rm "$work/line/beam.energy=80/result.h5"
: >"$work/line/beam.energy=90/result.h5"
scan --over beam.energy=80,90,100 -o "$work/line" --no-figure
[ $code -eq 0 ] && [ "$(kept)" -eq 1 ] || fail "a line that lacks results: exit code $code, $(kept) kept"
[ "$(grep -cE 'beam.energy=[89]0 has no result.h5, or an empty one; it is run again' "$work/err")" -eq 2 ] || fail "no word about results that are missing: $(cat "$work/err")"
for energy in 80 90; do [ -s "$work/line/beam.energy=$energy/result.h5" ] || fail "no result.h5 at $energy GeV"; done
[ "$(cut -d, -f1,4- "$work/line/scan.csv")" = "$(head -n 4 <<<"$first")" ] || fail "the points that were done again have changed"
for again in 0 1; do
    scan --over beam.energy=80 --set output.hepmc=on -o "$work/hepmc" --no-figure
    [ $code -eq 0 ] && [ "$(kept)" -eq 0 ] && [ "$(grep -c 'has no events.hepmc' "$work/err")" -eq $again ] || fail "vertices that are missing: exit code $code: $(cat "$work/err")"
    rm "$work/hepmc/beam.energy=80/events.hepmc"
done
scan --over beam.energy=80,90,100 -o "$work/line" --no-figure --set sampling.seed=2
[ "$(kept)" -eq 0 ] || fail "points of another seed were kept"

# --- a point that fails is named, the others go on
mkdir "$work/broken"
: >"$work/broken/beam.energy=90"
scan --over beam.energy=80,90,100 -o "$work/broken" --no-figure
[ $code -eq 3 ] || fail "a point that cannot be written: exit code $code, not 3: $(cat "$work/err")"
tail -n 1 "$work/err" | grep -q '1 of 3 points failed (the first was beam.energy=90: ' || fail "the failed point is not named: $(tail -n 1 "$work/err")"
[ -s "$work/broken/beam.energy=100/summary.json" ] || fail "the point after the failed one did not run"
grep -q '^90,failed,' "$work/broken/scan.csv" && grep -q '"failure": ' "$work/broken/scan.json" || fail "the tables do not say what failed"
rm "$work/broken/beam.energy=90"
scan --over beam.energy=80,90,100 -o "$work/broken" --no-figure
[ $code -eq 0 ] && [ "$(kept)" -eq 2 ] || fail "after the failure's cause is gone: exit code $code, $(kept) kept"

# --- Ctrl-C: finished points count, the one at work is done again
interrupted '^[1-9][^ ]* / 1e\+08 EOT .*ETA' "$eotmc" scan "$config" --device host --progress plain --set scoring.showers=0 --set sampling.batch=16 --set physics.cut="5 GeV" \
    --over sampling.eot=16,100000000 -o "$work/long" --no-figure
[ $code -eq 130 ] && tail -n 1 "$work/err" | grep -q 'interrupted after 1 of 2 points' || fail "Ctrl-C: exit code $code: $(cat "$work/err")"
grep -q '^16,done,' "$work/long/scan.csv" && grep -q '^100000000,waiting,' "$work/long/scan.csv" || fail "the table after Ctrl-C: $(cut -c1-60 "$work/long/scan.csv")"

# --- the figure of merit is made of what the table has beside it: h sqrt(N90/s), at h = 1e-4 (freed memory is filled, so that a use of it shows)
MALLOC_PERTURB_=165 "$eotmc" scan "$source/configs/na64e-signal.yaml" --background "$config" --over selection.missing_energy="10 GeV,15 GeV,20 GeV,30 GeV" --device host --progress none \
    --set sampling.eot=300 --set sampling.batch=30 --set scoring.showers=0 --set output.figures=off --no-figure -o "$work/merit" >"$work/out" 2>"$work/err" </dev/null ||
    fail "a scan with background: $(cat "$work/err")"
n=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    NR > 1 { h = $column["merit.h90"]; want = 1e-4 * sqrt($column["merit.limit_events"] / $column["merit.signal_events"]); good += h > 0.999 * want && h < 1.001 * want }
    END { print good }' "$work/merit/scan.csv")
[ "$n" = 4 ] || fail "the figure of merit of $n of 4 points is what it is made of: $(cut -d, -f1 "$work/merit/scan.csv"; tail -n 5 "$work/out")"

# --- in parts, one of which is killed inside a point and goes on there: the tables of one scan, to the last digit
part() { # FOLDER OPTIONS...
    "$eotmc" scan "$source/configs/na64e-signal.yaml" --background "$config" --over selection.missing_energy="10 GeV,20 GeV" --device host --progress none --no-figure \
        --set sampling.eot=1500 --set sampling.batch=50 --set scoring.showers=0 --set output.figures=off --checkpoint 0 -o "$work/$@" >"$work/out" 2>"$work/err" </dev/null
}
part one || fail "a scan with background: $(cat "$work/err")"
inside="$work/part-0/selection.missing_energy=20GeV/background"
if "${CC:-cc}" -shared -fPIC -O1 -w "$source/tests/faults/shim.c" -o "$work/shim.so" -ldl; then # killed at the 15th time that it renames a file there
    (LD_PRELOAD=$work/shim.so FAULT_CALL=rename FAULT_FOLDER=$inside FAULT_MODE=kill FAULT_AT=15 part part-0 --shard 0/2) 2>/dev/null
    [ -s "$inside/checkpoint.previous.eot" ] && [ ! -e "$inside/summary.json" ] || fail "the scan was not killed inside its last point: $(ls -A "$inside")"
else
    echo "no compiler here: a part of a scan that is killed inside a point is left out"
fi
part part-0 --shard 0/2 || fail "a part of a scan that was killed: $(cat "$work/err")"
SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2 part parts --shard auto || fail "--shard auto: $(cat "$work/err")"
"$eotmc" merge "$work/parts" "$work/part-0" -o "$work/both" >"$work/out" 2>"$work/err" || fail "merging a scan: $(cat "$work/err")"
cmp -s "$work/one/scan.csv" "$work/both/scan.csv" && cmp -s "$work/one/scan.json" "$work/both/scan.json" || fail "a scan in parts has other tables than one"
for point in 10GeV 20GeV/background; do
    [ "$(tally "$work/one/selection.missing_energy=$point")" = "$(tally "$work/both/selection.missing_energy=$point")" ] || fail "$point: other tallies"
done
"$eotmc" merge "$work/part-0" -o "$work/half" >"$work/out" 2>"$work/err" || fail "merging half a scan: $(cat "$work/err")"
[ "$(grep -c ',partial,' "$work/half/scan.csv")" = 2 ] && grep -q 'primaries 750 to 1499 are missing' "$work/err" || fail "half a scan: $(cat "$work/err")"
part part-0
[ $? -eq 2 ] && [ "$(grep -c '^point .*holds a part of the point, primaries 0 to 749' "$work/err")" = 2 ] || fail "all of a scan in the folder of a part: $(cat "$work/err")"
"$eotmc" merge "$work/part-0" "$work/line" -o "$work/none" >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && grep -q 'are of different scans' "$work/err" || fail "parts of two scans: $(cat "$work/err")"
"$eotmc" merge "$work/part-0" "$work/run" -o "$work/none" >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && grep -q 'merge them by themselves' "$work/err" || fail "a scan and a run: $(cat "$work/err")"

# --- what is refused, before anything is run
scan -o "$work/none"
refused "no key" 2 'no --over'
scan --over beam.energy -o "$work/none"
refused "no values" 2 'not KEY=VALUE'
scan --over beam.energy=80,,100 -o "$work/none"
refused "an empty value" 2 'an empty value'
scan --over beam.energy=80,100,80 -o "$work/none"
refused "a value twice" 2 'share the folder'
scan --over beam.energy=80 --over beam.energy=100 -o "$work/none"
refused "a key twice" 2 'twice'
scan --over beam.energy=80,100 --set beam.energy=90 -o "$work/none"
refused "a key that is set, too" 2 '--set beam.energy=90 with --over beam.energy .*; leave one of them out'
scan --over 'sampling={eot: 16},{eot: 32}' -o "$work/none"
refused "a section with a key that is set" 2 '--set sampling.eot=16 with --over sampling '
scan --over beam.energy=80,100 --set beam.kinetic_energy=90 -o "$work/none"
refused "a key that is set in other words" 2 'point beam.energy=80: --over overrides what --set says'
scan --over geometry.volumes.ecal.repeat=140,150 --set geometry.volumes.0.repeat=130 -o "$work/none"
refused "a key that is set by the number of its volume" 2 '--over overrides what --set says'
scan --over beam.energy=80,90 --over beam.kinetic_energy=60,70 -o "$work/none"
refused "two axes for the same key" 2 'points .* and .* have the same configuration'
scan --over "beam.energy=80 GeV,80000 MeV" -o "$work/none"
refused "a value twice in two units" 2 'have the same configuration'
scan --over beam.energy=80 --set beam.energy -o "$work/none"
refused "a setting without a value" 2 'not key=value'
scan --over beam.energ=80 --set beam.energy=90 -o "$work/none"
refused "a key that begins like the one that is set" 2 'unknown key'
scan --over beam.energie=80,100 -o "$work/none"
refused "an unknown key" 2 'point beam.energie=80: .*beam.energie'
scan --over beam.energy=80,-5 -o "$work/none"
refused "a wrong value of the last point" 2 'point beam.energy=-5: '
scan --over beam.energy=80 --background "$work/nothing.yaml" -o "$work/none"
refused "no such background" 3 'nothing.yaml'
[ ! -e "$work/none" ] || fail "something was run although the arguments were refused"
scan --over beam.energy=80 -o "$work/line" --estimates dimuon.per_eto --no-figure
refused "an unknown estimate" 2 'did you mean dimuon.per_eot'
[ $n_failed -eq 0 ] && echo "scan does what it says"
