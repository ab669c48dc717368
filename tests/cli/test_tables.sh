#!/usr/bin/env bash
# eotmc tables: list, dump, figure, messages; the cache of tables, in `tables` and in `run`.
# usage: test_tables.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
config=$source/configs/na64e-dimuon.yaml
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
# Without secondaries, whose tables have entries of their own in the cache; the runs below have them.
tables() { # ARGUMENTS...: the exit code is in $code, the outputs in $work/out and $work/err
    "$eotmc" tables "$config" --set physics.secondaries=off "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    [ $code -eq 0 ] || fail "tables $*: exit code $code: $(cat "$work/err")"
}
rejects() { # EXIT_CODE PATTERN ARGUMENTS...
    local want=$1 pattern=$2
    shift 2
    "$eotmc" tables "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    [ $code -eq "$want" ] && [ ! -s "$work/out" ] && grep -qE -- "$pattern" "$work/err" || fail "tables $*: exit code $code (want $want), want '$pattern' in: $(cat "$work/err")"
}
number() { grep -m 1 "\"$1\":" "$work/out" | sed 's/.*: *"\{0,1\}//; s/[",]*$//'; } # value of a key in the JSON
stored() { find "$XDG_CACHE_HOME" -name '*.bin' | sort; }

# --- built, then taken from the cache, the same
tables --format json
[ "$(number cached)" = false ] || fail "an empty cache held something"
grep -q '"schema": "eotmc-tables/1"' "$work/out" || fail "no schema"
first=$(number tables_sha256)
awk -v e="$(number achieved_error)" 'BEGIN { exit !(e > 0 && e <= 1e-3) }' || fail "achieved error $(number achieved_error)"
[ "$(stored | wc -l)" -eq 1 ] || fail "not one file in the cache: $(stored)"
tables --format json
[ "$(number cached)" = true ] && [ "$(number tables_sha256)" = "$first" ] || fail "the second time: cached $(number cached), $(number tables_sha256), first $first"
# what does not enter the tables leaves them in place
tables --format json --set sampling.seed=77 --set sampling.eot=5 --set scoring.record_fraction=0.5 --set output.figures=off --set device.lanes=64
[ "$(number cached)" = true ] && [ "$(number tables_sha256)" = "$first" ] || fail "another seed, another table"
# the selection leaves the cached tables in place too, but a device reads it: the hash covers it
tables --format json --set selection.missing_energy='30 GeV'
[ "$(number cached)" = true ] && [ "$(number tables_sha256)" != "$first" ] || fail "another selection: cached $(number cached), the same hash"
# what enters them does not
for change in 'physics.lpm=off' 'beam.energy=90 GeV' 'physics.cut=0.3 GeV' 'geometry.volumes.hcal0.repeat=40' 'detector.hcal.mip_energy=40 GeV' 'physics.muon_hard_loss=0.02'; do
    before=$(stored | wc -l)
    tables --format json --set "$change"
    [ "$(number cached)" = false ] && [ "$(stored | wc -l)" -eq $((before + 1)) ] || fail "$change: taken from the cache of other tables"
done
# a damaged file is built again, and replaced
rm -r "$XDG_CACHE_HOME"
tables
file=$(stored)
size=$(stat -c %s "$file")
printf 'X' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
tables --format json
[ "$(number cached)" = false ] && [ "$(number tables_sha256)" = "$first" ] || fail "a damaged file: cached $(number cached)"
tables --format json
[ "$(number cached)" = true ] || fail "the damaged file was not replaced"
truncate -s 1000 "$file"
tables --format json
[ "$(number cached)" = false ] && [ "$(number tables_sha256)" = "$first" ] || fail "a cut file: cached $(number cached)"
# --no-table-cache neither reads nor writes
touch -d 2000-01-01 "$file"
tables --format json --no-table-cache
[ "$(number cached)" = false ] && [ "$(number tables_sha256)" = "$first" ] && [ "$(stat -c %Y "$file")" -eq "$(date -d 2000-01-01 +%s)" ] || fail "--no-table-cache used the cache"
# a cache that cannot be there is no error (a file in its place: holds for root too)
touch "$work/file"
XDG_CACHE_HOME=$work/file tables --format json
[ "$(number cached)" = false ] && [ "$(number tables_sha256)" = "$first" ] && [ ! -s "$work/err" ] || fail "without a cache: $(cat "$work/err")"
[ -z "$(find "$work/cache" -name '*.bin.*')" ] || fail "temporary files stay behind"

# --- a run with tables built, from the cache, and without one
for way in built cached none; do
    [ $way = built ] && rm -r "$XDG_CACHE_HOME"
    before=$(stored)
    "$eotmc" run "$config" --device host --progress none -v --set sampling.mode=forced --set sampling.eot=400 --set sampling.batch=200 --set output.figures=off -o "$work/$way" \
        $([ $way = none ] && echo --no-table-cache) >/dev/null 2>"$work/err" || fail "run, tables $way: $(cat "$work/err")"
    grep -q "physics tables $([ $way = cached ] && echo 'taken from the cache' || echo built)" "$work/err" || fail "run, tables $way: $(cat "$work/err")"
    grep -E '"(tally|tables)_sha256"' "$work/$way/summary.json" >"$work/$way.sha"
    [ "$(wc -l <"$work/$way.sha")" -eq 2 ] || fail "summary.json has no hashes"
    [ $way = built ] || [ "$(stored)" = "$before" ] || fail "tables $way: other files in the cache"
    cmp -s "$work/built.sha" "$work/$way.sha" || fail "tables $way: other tallies than with tables built anew: $(cat "$work/$way.sha")"
done

# --- the list, the files, the figure
tables --dump "$work/a b/dump" --figure "$work/figure"
grep -qE '^bremsstrahlung above cut +lead\+polystyrene +0\.2 \.\. 108\.[0-9]* GeV +[0-9]+ +[0-9.e-]+ +[0-9]+$' "$work/out" || fail "no line of bremsstrahlung: $(cat "$work/out")"
for word in 'pair production' 'Compton' 'gamma N -> mu' 'mu\+ mu- energy split' 'radiation below cut' 'muon losses and rates +iron' 'straggling' 'HCAL calibration'; do grep -qE -- "$word" "$work/out" || fail "the list lacks $word"; done
dump="$work/a b/dump"
for file in em_lead+polystyrene dimuon_gamma_xsec muon_dedx_lead muon_dedx_iron muon_dedx_polystyrene; do
    [ -s "$dump/$file.csv" ] || fail "no $file.csv"
    grep -v '^#' "$dump/$file.csv" | awk -F, 'NR == 1 { n = NF } NF != n || /nan|inf/ { bad = 1 } NR > 2 && !/^[0-9]/ { bad = 1 } END { exit bad || NR < 20 }' || fail "$file.csv is no table"
done
for T in 1 2 5 10 20 50 100; do grep -q "^$T," "$dump/muon_dedx_lead.csv" || fail "muon_dedx_lead.csv has no line at $T GeV"; done
head -3 "$dump/muon_dedx_lead.csv" | grep -q '^kinetic_energy_GeV,ionisation,brems,pair,photonuclear,total,csda_range_g_cm2$' || fail "columns of muon_dedx_lead.csv: $(head -3 "$dump/muon_dedx_lead.csv")"
[ "$(grep -v '^[#k]' "$dump/muon_dedx_lead.csv" | sed -n '1s/,.*//p')" = 0.001 ] && [ "$(tail -1 "$dump/muon_dedx_lead.csv" | cut -d, -f1)" = 300 ] || fail "range of muon_dedx_lead.csv"
# the total is the sum of the processes, the range grows (values: tests/unit/physics/test_muon_dedx.c)
awk -F, '!/^[#k]/ { d = $2 + $3 + $4 + $5 - $6; if (d * d > 1e-12 * $6 * $6 || $6 <= 0 || $7 <= last) exit 1; last = $7 }' "$dump/muon_dedx_lead.csv" || fail "muon_dedx_lead.csv: total or range"
# shared reference of the project, microbarn per Pb atom
awk -F, '$1 == 1 && $2 == 82 { if ($4 < 30.19 || $4 > 30.25) exit 1; n = 1 } END { exit !n }' "$dump/dimuon_gamma_xsec.csv" || fail "gamma -> mu mu in lead at 1 GeV: $(grep '^1,82' "$dump/dimuon_gamma_xsec.csv")"
[ -z "$(find "$work/a b" "$work/figure" -name '.*' -type f)" ] || fail "temporary files stay behind"
for kind in png gp dat; do [ -s "$work/figure/muon_dedx.$kind" ] || fail "no muon_dedx.$kind"; done
head -c 8 "$work/figure/muon_dedx.png" | grep -q PNG || fail "muon_dedx.png is no picture"
tables --set geometry.layers=explicit --dump "$work/explicit"
[ -s "$work/explicit/em_lead.csv" ] && [ -s "$work/explicit/em_polystyrene.csv" ] || fail "two layers, not two media: $(ls "$work/explicit")"

# --- help and messages
"$eotmc" tables --help >"$work/help" && grep -q 'example' "$work/help" && grep -q 'Exit codes' "$work/help" || fail "--help"
rejects 2 'missing argument' --format json
rejects 2 "did you mean '--dump'" "$config" --dmup x
rejects 2 'must be one of' "$config" --format xml
rejects 2 'physics.cut = 0' "$config" --set physics.cut=0
rejects 3 "$work/none.yaml" "$work/none.yaml"
rejects 3 "$work/file/dump" "$config" --dump "$work/file/dump"
rejects 3 "$work/file" "$config" --figure "$work/file"
[ $n_failed -eq 0 ] || exit 1
echo "all checks passed"
