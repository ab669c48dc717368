#!/usr/bin/env bash
# eotmc compare: two and three runs, their pictures, what is refused.
# usage: test_compare.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
for seed in 1 2 3; do
    "$eotmc" run "$source/configs/smoke.yaml" --device host --progress none --set sampling.seed=$seed --set sampling.eot=48 --set scoring.showers=0 -o "$work/seed$seed" >"$work/out" 2>&1 ||
        fail "run $seed: $(cat "$work/out")"
done
"$eotmc" compare --help | grep -q 'eotmc compare out/' || fail "--help"
"$eotmc" compare "$work/seed1" "$work/seed2/" -o "$work/pictures" >"$work/out" 2>"$work/err" || fail "two runs: $(cat "$work/err")"
# names of the folders, since the runs' are the same; the pull is the difference over the joint error, from the summaries themselves
head -n 1 "$work/out" | grep -q 'seed1 .*pull' || fail "head: $(head -n 1 "$work/out")"
number() { tr -d ' \n' <"$work/$1/summary.json" | sed -n "s/.*\"dimuon.per_eot\":{\"value\":\([-+0-9.e]*\),\"std_error\":\([-+0-9.e]*\).*/\\$2/p"; }
want=$(awk "BEGIN { printf \"%+.1f\", ($(number seed1 1) - $(number seed2 1)) / sqrt($(number seed1 2) ^ 2 + $(number seed2 2) ^ 2) }")
[ "$(awk '$1 == "dimuon.per_eot" { print $NF }' "$work/out")" = "$want" ] || fail "pull of dimuon.per_eot is not $want: $(grep '^dimuon.per_eot ' "$work/out")"
for picture in hcal_energy missing_energy; do [ -s "$work/pictures/$picture.png" ] && [ -s "$work/pictures/$picture.gp" ] || fail "no $picture"; done
# each outline has a sum of 1: six blocks of bins in hcal_energy (three modules of two runs)
awk '/^# low/ { inside = 1; n++; next } NF == 0 { inside = 0 } inside { sum[n] += $3 } END { for (i = 1; i <= n; i++) if (sum[i] < 0.999999 || sum[i] > 1.000001) bad = 1; exit n == 6 && !bad ? 0 : 1 }' \
    "$work/pictures/hcal_energy.dat" || fail "the modules' spectra are not scaled to 1"
"$eotmc" compare "$work/seed1" "$work/seed2" "$work/seed3" -o "$work/pictures" --per-eot >"$work/out" 2>"$work/err" || fail "three runs: $(cat "$work/err")"
head -n 1 "$work/out" | grep -q 'pull' && fail "a pull of three runs"
"$eotmc" compare "$work/seed1" >"$work/out" 2>"$work/err"
[ $? -eq 2 ] || fail "one run: $(cat "$work/err")"
"$eotmc" compare "$work/seed1" "$work/nothing" >"$work/out" 2>"$work/err"
{ [ $? -eq 3 ] && grep -q 'nothing/summary.json' "$work/err" && [ ! -s "$work/out" ]; } || fail "a folder without a run: $(cat "$work/err")"
# a histogram's name that would be a command of gnuplot is refused, and is not run
for seed in 1 2; do
    mkdir "$work/evil$seed"
    sed "s/\"missing_energy\": {/\"x'; system('touch executed') #\": {/" "$work/seed$seed/summary.json" >"$work/evil$seed/summary.json"
    grep -q "system('touch" "$work/evil$seed/summary.json" || fail "the summary has no histogram missing_energy to rename"
done
"$eotmc" compare "$work/evil1" "$work/evil2" -o "$work/evil" >"$work/out" 2>"$work/err"
{ [ $? -eq 2 ] && grep -q "figure's name" "$work/err"; } || fail "a name that is a command: $(cat "$work/err")"
[ -z "$(find "$work" -name executed)" ] || fail "a histogram's name was run as a command"
[ $n_failed -eq 0 ] && echo "compare does what it says"
