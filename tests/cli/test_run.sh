#!/usr/bin/env bash
# The command run: help, dumped configuration, wrong arguments, interruption, progress, what goes to which output; and replay's.
# usage: test_run.sh EOTMC SOURCE_DIR BUILD_DIR
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
run() { # ARGUMENTS...: the exit code is in $code, the outputs in $work/out and $work/err
    "$eotmc" "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
expect() { # WHAT CODE PATTERN: exit code, and a pattern in the messages
    [ $code -eq "$2" ] || fail "$1: exit code $code, not $2: $(cat "$work/err")"
    [ -z "$3" ] || grep -qE -- "$3" "$work/err" || fail "$1: no '$3' in: $(cat "$work/err")"
}
refused() { # WHAT CODE PATTERN: the same, with one line that says what to do and nothing on standard output
    expect "$@"
    [ ! -s "$work/out" ] || fail "$1: output on standard output"
    { [ "$(wc -l <"$work/err")" -eq 1 ] && grep -q '; ' "$work/err"; } || fail "$1: not one line with what to do: $(cat "$work/err")"
}
tally() { sed -n 's/.*"tally_sha256": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"; }

# --- help
run run --help
[ $code -eq 0 ] && grep -q 'eotmc run configs/na64e-dimuon.yaml' "$work/out" && grep -q -- '--dump-config' "$work/out" || fail "run --help"

# --- a run: results on standard output, messages on standard error
run run "$config" --device host -o "$work/one" --set sampling.seed=5 --progress plain
expect "a run" 0 'EOT/s'
grep -q '^dimuon.per_eot ' "$work/out" || fail "no estimates on standard output"
grep -qE 'results in|EOT/s, *ETA|^smoke: 64 EOT' "$work/out" && fail "messages on standard output: $(cat "$work/out")"
[ -n "$(tally "$work/one")" ] || fail "no tally hash"
grep -qE '"relative_residual": (0|0\.0|[-+0-9.e]*e-(0[6-9]|[1-9][0-9]))' "$work/one/summary.json" || fail "energy balance: $(grep relative_residual "$work/one/summary.json")"

# --- a run of one batch has errors: it is made in ten
run run "$config" --device host -o "$work/single" --set sampling.batch=1000 --progress none
expect "a run of one batch" 0 ''
grep -q '^dimuon.mean_depth_X0 ' "$work/out" || fail "a run of one batch: $(cat "$work/out")"

# --- the dumped and the written configuration make the same run
run run "$config" --dump-config --set sampling.seed=5
[ $code -eq 0 ] && [ ! -s "$work/err" ] || fail "--dump-config: $(cat "$work/err")"
cp "$work/out" "$work/dumped.yaml"
cmp -s "$work/dumped.yaml" "$work/one/effective-config.yaml" || fail "the dumped configuration is not the effective one"
run run "$work/dumped.yaml" --dump-config
cmp -s "$work/out" "$work/dumped.yaml" || fail "a dumped configuration dumps otherwise"
run run "$work/dumped.yaml" --device host -o "$work/two" --progress none
expect "a run of the dumped configuration" 0 ''
[ "$(tally "$work/one")" = "$(tally "$work/two")" ] || fail "the dumped configuration gives other tallies"
grep -q 'EOT/s' "$work/err" && fail "--progress none shows progress"
run run "$work/dumped.yaml" --device host -o "$work/three" --progress none --set sampling.seed=6
[ "$(tally "$work/one")" != "$(tally "$work/three")" ] || fail "another seed gives the same tallies"

# --- what is refused
run run
refused "no configuration" 2 'CONFIG'
run run "$config" --devise host
refused "an unknown option" 2 "--devise.*--device"
run run "$config" --progress loud
refused "an unknown progress" 2 'auto\|plain\|none'
run run "$config" -o "$work/none" --device host --set sampling.eot=lots
refused "a wrong value" 2 'sampling.eot = lots'
run run no/such.yaml
refused "a missing file" 3 'no/such.yaml'
run run "$config" -o "$work/none" --device no-such-device
refused "a wrong device" 2 'no-such-device'
run run "$config" -o "$work/none" --device host --kernel-dir "$work/nowhere"
[ $code -eq 0 ] || [ $code -eq 3 ] || fail "--kernel-dir with the host: exit code $code"
touch "$work/file"
run run "$config" --device host -o "$work/file/below"
refused "an output that cannot be written" 3 'file/below'

# --- Ctrl-C: what is done by then is valid and marked
long_run() { # FOLDER EOT OPTIONS...: a run that gets Ctrl-C once some of its primaries are done; sets code
    folder=$1 eot=$2
    shift 2
    interrupted '^[1-9][^ ]* / .* EOT .*ETA' "$eotmc" run "$config" --device host -o "$folder" --progress plain --set sampling.eot="$eot" --set sampling.batch=20 --set physics.cut="5 GeV" "$@"
}
long_run "$work/partial" 10000000
expect "an interrupted run" 130 'interrupted after [0-9]+ of 10000000 primaries'
grep -q '"partial": true' "$work/partial/summary.json" || fail "the summary is not marked partial"
done=$(sed -n 's/.*interrupted after \([0-9]*\) of.*/\1/p' "$work/err")
tr -d ' \n' <"$work/partial/summary.json" | grep -q "\"primaries\":\[\[0,$done\]\]" || fail "the summary's primaries are not the $done that were done"
[ -z "$(find "$work/partial" -name '*.tmp')" ] || fail "temporary files are left"
# a run so long that all it has done lies in one block of the error estimate: nothing is lost either
long_run "$work/early" 100000000 --set output.figures=off
grep -q '"partial": true' "$work/early/summary.json" || fail "a run interrupted early has no result: $(cat "$work/err")"
run run "$config" --device host -o "$work/again" --progress none --set sampling.eot="$done" --set sampling.batch=20 --set physics.cut="5 GeV"
[ "$(tally "$work/partial")" = "$(tally "$work/again")" ] || fail "an interrupted run of $done differs from a whole one"

# --- replay
run replay --help
[ $code -eq 0 ] && grep -q 'eotmc replay out/dimuon --event' "$work/out" || fail "replay --help"
run replay "$work/one" --event 7
expect "replay" 0 ''
for word in 'primary 7, seed 5' 'vertex in step' ': photon of' '<- muon pair' ', muon pair (gamma N -> mu+ mu- N), at' 'mu+, ' 'mu-, ' 'missing 0' 'cuts_passed'; do
    grep -qF -- "$word" "$work/out" || fail "replay does not print '$word'"
done
run replay "$work/one" --event 7 --format json --figure "$work/event.png"
[ $code -eq 0 ] && grep -q '"schema": "eotmc-replay/2"' "$work/out" || fail "replay --format json"
grep -q '"parent": "photon"' "$work/out" && grep -q '"process": "dimuon_gamma"' "$work/out" && grep -q '"parent_GeV":' "$work/out" || fail "replay --format json does not say what made the vertex"
[ -s "$work/event.png" ] && [ -s "$work/event.gp" ] && [ -s "$work/event.dat" ] || fail "replay --figure"
grep -q 'other keys or defaults' "$work/err" && fail "replay calls a folder of this version another model"
cp -r "$work/one" "$work/older"
sed -i 's/backscatter_share: .*/backscatter_share: 0/' "$work/older/effective-config.yaml"
run replay "$work/older" --event 7
[ $code -eq 0 ] && grep -q 'older was made with other keys or defaults' "$work/err" || fail "replay does not say that a folder has another configuration"
# a vertex of the signal is called what it is, whether an electron or a positron holds it
signal=(--set physics.rare.dimuon_gamma=off --set physics.rare.lfc=on --set physics.cut="5 GeV" --set sampling.eot=10)
for event in 0 1 2 3; do
    run replay "$config" --event $event "${signal[@]}"
    expect "replay of the signal" 0 ''
    grep -qE ': (electron|positron) of [0-9.]+ GeV, muon and phi \(e N -> mu N phi\), at ' "$work/out" && grep -q '<- muon and phi' "$work/out" && ! grep -qE 'photon of|muon pair' "$work/out" ||
        fail "replay does not name the signal: $(grep -E 'vertex in step|<-' "$work/out")"
done
run replay "$work/one" --event 64
refused "a primary that the run has not" 2 '--event 64 \(the run has primaries 0 to 63\)'
run replay "$work/one"
refused "no primary" 2 '--event'
run replay "$work/nowhere" --event 1
refused "no run" 3 'nowhere'
# the mean loss in thin gas rests on rare transfers and is marked with every seed; behind a metre of iron it is not
cat >"$work/gas.yaml" <<'EOF'
schema: eotmc-config/1
name: thin-gas
beam: {particle: mu-, energy: 160 GeV, position_z: -1 cm}
geometry:
  layers: explicit
  world: {material: vacuum, min: [-200 cm, -200 cm, -10 cm], max: [200 cm, 200 cm, 100 cm]}
  volumes:
    - {name: gas, z: 0 cm, size: [100 cm, 100 cm], material: argon, thickness: 8 mm}
sampling: {eot: 20000}
output: {figures: off}
EOF
marks() { # SUMMARY: is the mean loss marked?
    python3 -c "import json, sys; print(json.load(open(sys.argv[1]))['estimates']['exit.loss_mean_GeV'].get('poorly_determined', False))" "$1/summary.json"
}
for seed in 1 2 3 4; do
    run run "$work/gas.yaml" -o "$work/gas" --force --set sampling.seed=$seed --progress none
    [ $code -eq 0 ] && [ "$(marks "$work/gas")" = True ] || fail "the mean loss in thin gas is not marked with seed $seed: $(grep loss_mean "$work/out" "$work/err")"
done
run run "$source/configs/bench/muon-hcal1.yaml" -o "$work/iron" --set sampling.eot=20000 --set physics.muon_straggling=vavilov --progress none
[ $code -eq 0 ] && [ "$(marks "$work/iron")" = False ] || fail "the mean loss in iron is marked: $(grep loss_mean "$work/out" "$work/err")"
[ $n_failed -eq 0 ] && echo "run and replay do what they say"
