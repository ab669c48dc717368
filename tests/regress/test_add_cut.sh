#!/usr/bin/env bash
# A cut costs two rows, one in cuts.def and its number in selection.def; a column of the record costs one. With them the copy of the sources builds, and schema,
# cut flow, estimates, scan, selections and record have what is new.
# usage: test_add_cut.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$source/tests/regress/scratch.bash"
export XDG_CACHE_HOME=$work/cache CCACHE_DIR=${CCACHE_DIR:-${HOME:-/tmp}/.cache/ccache}
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
stop() {
    fail "$@"
    exit 1
}
scratch_create "$source" "$work" || stop "the copy does not configure: $(tail -5 "$work/configure.log")"
copy=$work/sources
echo 'EOT_CUT(EXAMPLE, "example", "ECAL: not too much", EOT_ROLE_ECAL, ev.ecal <= s.most_ecal)' >>"$copy/include/eotmc/tally/cuts.def"
echo 'EOT_SELECTION_NUMBER(most_ecal, ENERGY, 0, 1000, "1000 GeV", "largest energy in the ECAL")' >>"$copy/include/eotmc/detector/selection.def"
echo 'EOT_COLUMN(EXAMPLE, "hcal_sum_GeV", "GeV", REAL, ev.hcal_sum, "calibrated energy in all HCAL modules")' >>"$copy/include/eotmc/tally/columns.def"
scratch_build "$work" eotmc || stop "three rows do not build: $(grep -m 5 -E 'error|undefined' "$work/build.log")"
eotmc=$work/build/eotmc

# --- configuration: both places, with unit and default
"$eotmc" run "$copy/configs/smoke.yaml" --set 'selections=[{name: tight, most_ecal: 50}]' --set selection.most_ecal='90 GeV' --dump-config >"$work/out" 2>&1 || fail "the keys are not read: $(cat "$work/out")"
grep -q '^  most_ecal: 90 GeV$' "$work/out" && grep -q '^ *most_ecal: 50 GeV$' "$work/out" || fail "the effective configuration lacks the key: $(grep -A 12 '^selection' "$work/out")"
"$eotmc" run "$copy/configs/smoke.yaml" --set selection.most_eacl=3 -o "$work/none" >"$work/out" 2>&1
grep -q "did you mean 'most_ecal'" "$work/out" || fail "the key is not among the candidates: $(cat "$work/out")"

# --- a scan over it: cut flow, estimates and columns have it, and it cuts
"$eotmc" scan "$copy/configs/na64e-signal.yaml" --over selection.most_ecal='30 GeV,1000 GeV' --set 'selections=[{name: tight, most_ecal: 30}]' --set sampling.eot=200 --set sampling.batch=20 \
    --set physics.cut='5 GeV' --set scoring.showers=0 --set scoring.record_fraction=1 --set output.figures=off --device host --progress none --no-figure -o "$work/scan" >"$work/out" 2>"$work/err" ||
    stop "the scan fails: $(cat "$work/err")"
head -n 1 "$work/out" | grep -q 'efficiency.mip .*efficiency.example .*efficiency.total' || fail "the scan's table lacks the cut: $(head -n 1 "$work/out")"
head -n 1 "$work/scan/scan.csv" | tr , '\n' | grep -qx 'efficiency.example' || fail "scan.csv lacks efficiency.example"
head -n 1 "$work/scan/scan.csv" | tr , '\n' | grep -qx 'selection.tight.efficiency.example' || fail "scan.csv lacks selection.tight.efficiency.example"
cell() { # COLUMN ROW
    awk -F, -v name="$1" -v row="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i } NR == row + 1 { print $k }' "$work/scan/scan.csv"
}
awk "BEGIN { exit !($(cell efficiency.example 2) == $(cell efficiency.mip 2) && $(cell efficiency.example 1) < $(cell efficiency.mip 1) && $(cell efficiency.example 1) > 0) }" ||
    fail "efficiencies: $(cell efficiency.mip 1) -> $(cell efficiency.example 1) below 30 GeV, $(cell efficiency.mip 2) -> $(cell efficiency.example 2) below 1000 GeV"
[ "$(cell efficiency.example 1)" = "$(cell selection.tight.efficiency.example 2)" ] || fail "the named selection gives $(cell selection.tight.efficiency.example 2), not $(cell efficiency.example 1)"
folder=$(find "$work/scan" -maxdepth 1 -name '*=30GeV')
[ "$(grep -c '"cut": "ECAL: not too much"' "$folder/summary.json")" -eq 2 ] || fail "the cut flows of the two selections lack it"
"$eotmc" replay "$folder" --event 3 >"$work/out" 2>&1 && grep -q '^  hcal_sum_GeV ' "$work/out" || fail "the record lacks the column: $(tail -3 "$work/out")"
grep -aq 'hcal_sum_GeV' "$folder/result.h5" || fail "result.h5 lacks the column"

# --- a row that lacks a member does not compile
for row in 'tally/cuts.def EOT_CUT(LACKING,"lacking",EOT_ROLE_ECAL,ev.ecal>0.0f)' 'detector/selection.def EOT_SELECTION_NUMBER(lacking,ENERGY,0,1000,"")' 'tally/columns.def EOT_COLUMN(LACKING,"lacking","1",ev.ecal,"")'; do
    file=$copy/include/eotmc/${row%% *}
    cp "$file" "$work/kept"
    echo "${row#* }" >>"$file"
    for text in tally/tally.h tally/record.h detector/selection.h; do printf '#include "eotmc/%s"\n' $text; done | "${CC:-cc}" -std=c11 -fsyntax-only -I"$copy/include" -x c - >"$work/check.log" 2>&1 && fail "$row compiles"
    grep -qE 'requires [0-9]+ arguments|too few arguments' "$work/check.log" || fail "$row: $(head -3 "$work/check.log")"
    cp "$work/kept" "$file"
done
[ $n_failed -eq 0 ] || exit 1
echo "a cut costs two rows, a column one"
