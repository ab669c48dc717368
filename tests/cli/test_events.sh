#!/usr/bin/env bash
# eotmc events: conditions, sorting, columns and formats of the recorded events; what is refused.
# usage: test_events.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
"$eotmc" run "$source/configs/smoke.yaml" --device host -q --set sampling.eot=200 --set sampling.batch=20 -o "$work/run" 2>"$work/err" || fail "run: $(cat "$work/err")"
events() { "$eotmc" events "$work/run" "$@" 2>"$work/err"; }
all=(--format csv --columns primary,parent_energy_GeV,n_track,weight -n 1000)
events "${all[@]}" >"$work/all" || fail "events: $(cat "$work/err")"
[ "$(wc -l <"$work/all")" -eq 201 ] || fail "not 200 events: $(wc -l <"$work/all")"

# --- a condition and its contrary cut the record in two; both of two conditions hold
for condition in "parent_energy_GeV > 10|parent_energy_GeV<=10" "n_track == 0|n_track != 0" "primary >= 77|primary<77"; do
    events "${all[@]}" --where "${condition%|*}" | tail -n +2 >"$work/one" || fail "--where ${condition%|*}"
    events "${all[@]}" --where "${condition#*|}" | tail -n +2 >"$work/other"
    [ -s "$work/one" ] && [ -s "$work/other" ] || fail "$condition: one of the two is empty"
    sort "$work/one" "$work/other" | cmp -s - <(tail -n +2 "$work/all" | sort) || fail "$condition does not cut the record in two"
done
events "${all[@]}" --where "parent_energy_GeV > 10" --where "primary < 77" | tail -n +2 >"$work/both"
cmp -s "$work/both" <(tail -n +2 "$work/all" | awk -F, '$2 > 10 && $1 < 77') || fail "two conditions"

# --- sorting: by value, largest first, and only so many
events "${all[@]}" --sort parent_energy_GeV | tail -n +2 | cut -d, -f2 >"$work/sorted"
sort -g -c "$work/sorted" || fail "--sort"
cmp -s <(tac "$work/sorted") <(events "${all[@]}" --sort parent_energy_GeV --descending | tail -n +2 | cut -d, -f2) || fail "--descending"
[ "$(events --sort weight -n 3 | wc -l)" -eq 4 ] || fail "-n 3"
grep -q '^200 of 200 recorded events, the first shown' "$work/err" || fail "how many: $(cat "$work/err")"

# --- JSON has the same numbers, integers as integers; the columns are listed with unit and meaning
events --format json --columns primary,weight -n 1000 | python3 -c '
import json, sys
rows = json.load(sys.stdin)
csv = [line.split(",") for line in open(sys.argv[1]).read().split()[1:]]
assert [r["primary"] for r in rows] == [int(c[0]) for c in csv] and all(abs(r["weight"] / float(c[3]) - 1) < 1e-5 for r, c in zip(rows, csv))
assert all(isinstance(r["primary"], int) for r in rows)' "$work/all" || fail "JSON and CSV differ"
events --list-columns | grep -qE '^missing_energy_GeV +GeV +[a-z]' || fail "--list-columns"

# --- what is refused
refused() { # CODE PATTERN ARGUMENTS...
    local code=$1 pattern=$2
    shift 2
    "$eotmc" events "$@" >"$work/out" 2>"$work/err"
    [ $? -eq "$code" ] && grep -qE -- "$pattern" "$work/err" && [ ! -s "$work/out" ] || fail "$*: $(cat "$work/out" "$work/err")"
}
refused 2 "did you mean 'weight'" "$work/run" --sort wieght
refused 2 "no condition" "$work/run" --where "weight"
refused 2 "no number" "$work/run" --where "weight > x"
refused 2 "no column 'x'" "$work/run" --columns x
refused 3 "no folder of a run" "$work"
"$eotmc" run "$source/configs/smoke.yaml" --device host -q --set scoring.record_fraction=0 --set selection.missing_energy=1000 -o "$work/none" 2>/dev/null
refused 2 "recorded no event" "$work/none"
[ $n_failed -eq 0 ] || { echo "$n_failed checks failed"; exit 1; }
echo "the recorded events are listed"
