#!/usr/bin/env bash
# output.hepmc: what eotmc writes, read back by the HepMC3 library.
# usage: test_hepmc.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -f /usr/include/HepMC3/ReaderAscii.h ] || { echo "no libhepmc3-dev: nothing to read it with"; exit 77; }
${CXX:-c++} -std=c++17 -O1 -o "$work/reader" "$source/tests/cli/read_hepmc.cc" -lHepMC3 || { echo "FAILED: the reader does not compile"; exit 1; }
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
run() { # NAME CONFIG SET...
    local name=$1 config=$2 set=()
    shift 2
    for s in "$@"; do set+=(--set "$s"); done
    "$eotmc" run "$source/$config" --device host --progress none -o "$work/$name" --set scoring.showers=0 --set output.figures=off --set output.hepmc=on "${set[@]}" >"$work/out" 2>"$work/err" </dev/null ||
        fail "$name: $(cat "$work/err")"
    "$work/reader" "$work/$name/events.hepmc" >"$work/read" 2>&1 || fail "$name: the reader fails: $(cat "$work/read")"
    grep -qi 'warning\|error' "$work/read" && fail "$name: the reader complains: $(cat "$work/read")"
}
value() { sed -n "s/^$1 //p" "$work/read"; }
estimate() { tr -d ' \n' <"$work/$1/summary.json" | sed -n "s/.*\"$2\":{\"value\":\([-+0-9.e]*\).*/\1/p"; }
is() { awk "BEGIN { exit !($1) }" || fail "$2"; }
common() { # NAME: units, codes of status, conservation to 1e-5 of the beam's energy, mass shells, vertices in the ECAL (45 cm), at the speed of light
    [ "$(value bad)" = 0 ] || fail "$1: $(value bad) things wrong: $(cat "$work/read")"
    is "$(value violation) < 1e-12" "$1: four-momentum is not conserved: $(value violation)"
    is "$(value shell) < 1e-9" "$1: off the mass shell: $(value shell)"
    read -r low high < <(value z)
    is "$low >= 0 && $high <= 451 && $high > 10" "$1: vertices from $low to $high mm"
    read -r t_low t_high < <(value t)
    is "$t_low >= 0 && $t_high <= 1.001 * $high && $t_high >= 0.999 * $high" "$1: times from $t_low to $t_high mm"
}

# --- the signal, every vertex
run signal configs/na64e-signal.yaml sampling.eot=300 sampling.batch=100 'physics.cut=2 GeV' scoring.record_fraction=1
common signal
n=$(value events)
is "$n > 200 && $n <= 300" "signal: $n events of 300 showers"
is "$(value 'in 11') + $(value 'in -11') == $n && $(value 'in -11') > 20" "signal: incoming leptons"
[ "$(value 'in 11')" = "$(value 'out 13')" ] && [ "$(value 'in -11')" = "$(value 'out -13')" ] && [ "$(value 'out 54')" = "$n" ] || fail "signal: $(cat "$work/read")"
is "$(value 'in 1000822070') > 0.9 * $n" "signal: lead is not the usual nucleus"
is "$(value sum) / ($(estimate signal signal.simulated_per_eot) + $(estimate signal signal.positron_simulated_per_eot)) - 1 < 1e-5" "signal: sum of weights $(value sum)"
is "1 - $(value sum) / ($(estimate signal signal.simulated_per_eot) + $(estimate signal signal.positron_simulated_per_eot)) < 1e-5" "signal: sum of weights $(value sum)"
# the largest cross section against eotmc xs (lead, h = 1e-4, 0.2 GeV: it rises with energy)
read -r _ E_high < <(value energy)
read -r _ xsec_high < <(value xsec)
want=$("$eotmc" xs --mphi 0.2 --energy "$E_high" --A 207.2 --format csv | sed -n 2p | cut -d, -f3)
is "$xsec_high / $want > 0.995 && $xsec_high / $want < 1.005" "signal: cross section $xsec_high pb at $E_high GeV, not $want"
# the sample's, the same in all events: its flux of leptons through nuclei makes its rate
read -r low high < <(value sample)
is "$low == $high && $low > 0 && $low < $xsec_high" "signal: cross section of the sample from $low to $high pb"
is "$low * $(value flux) / $(value sum) - 1 < 1e-6 && 1 - $low * $(value flux) / $(value sum) < 1e-6" "signal: the sample's cross section, $low pb, is not its rate over its flux"

# --- muon pairs; a fair sample of a third of them; the selected ones only
run dimuon configs/smoke.yaml scoring.record_fraction=1 sampling.eot=900 sampling.batch=100
common dimuon
n=$(value events) all=$(value sum)
[ "$(value 'in 22')" = "$n" ] && [ "$(value 'out 13')" = "$n" ] && [ "$(value 'out -13')" = "$n" ] || fail "dimuon: $(cat "$work/read")"
is "$all / $(estimate dimuon dimuon.per_eot) - 1 < 1e-5 && 1 - $all / $(estimate dimuon dimuon.per_eot) < 1e-5" "dimuon: sum of weights $all"
run third configs/smoke.yaml scoring.record_fraction=0.333 sampling.eot=900 sampling.batch=100
third=$(value events)
is "$third > 0.2 * $n && $third < 0.46 * $n" "a third: $third of $n events" # 8 standard deviations
is "$(value sum) > 0.7 * $all && $(value sum) < 1.3 * $all" "a third: sum of weights $(value sum), not $all" # 6 standard deviations of equal weights
run selected configs/smoke.yaml scoring.record_fraction=0 sampling.eot=100 sampling.batch=50
is "$(value events) < 10" "selected: $(value events) events of muon pairs"

# --- decays of kaons, each: the hadron and what leaves it, weights per hadron
run kaons configs/na64e-hadron.yaml beam.particle=K+ sampling.eot=400 sampling.batch=100 scoring.record_fraction=1
is "$(value events) > 390" "kaons: $(value events) events"
is "$(value violation) < 1e-12" "kaons: four-momentum is not conserved: $(value violation)"
is "$(value shell) < 1e-9" "kaons: off the mass shell: $(value shell)"
is "$(value sum) / $(estimate kaons hadron.decay_probability) - 1 < 1e-5 && 1 - $(value sum) / $(estimate kaons hadron.decay_probability) < 1e-5" "kaons: sum of weights $(value sum)"
grep -q '^in 321 ' "$work/read" || fail "kaons: none comes in"
for code in -13 14 22 211; do grep -q "^out $code " "$work/read" || fail "kaons: no particle $code"; done
grep -q '^out 13 ' "$work/read" && fail "kaons: a mu- of a K+"
[ $n_failed -eq 0 ] && echo "HepMC3 files are read back as they were meant"
