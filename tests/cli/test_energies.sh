#!/usr/bin/env bash
# Every process at both ends of the energies that are documented, 1 and 300 GeV, and above them a refusal with its line where a process ends.
# usage: test_energies.sh EOTMC SOURCE_DIR BUILD_DIR
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
small=(--device host --progress none --set output.figures=off --set sampling.eot=64 --set sampling.batch=8 --set scoring.showers=4)
# runs NAME ESTIMATE CONFIG SET...: it runs, and the estimate is a positive number
runs() {
    local name=$1 estimate=$2 config=$3
    shift 3
    "$eotmc" run "$source/configs/$config" -o "$work/out" --force "${small[@]}" "${@/#/--set=}" >"$work/text" 2>"$work/err" || { fail "$name: $(tail -1 "$work/err")"; return; }
    python3 -c "import json, sys; sys.exit(not json.load(open('$work/out/summary.json'))['estimates']['$estimate']['value'] > 0)" || fail "$name: $estimate is not above 0"
}
all=(physics.rare.dimuon_trident=on physics.rare.dimuon_annihilation=on)
runs "muon pairs at 1 GeV" dimuon.per_eot na64e-dimuon.yaml "${all[@]}" beam.energy=1 physics.cut=0.4 sampling.region.min_photon_energy=0
runs "muon pairs at 300 GeV" dimuon.per_eot na64e-dimuon.yaml "${all[@]}" beam.energy=300 physics.cut=5
runs "signal at 1 GeV" signal.per_eot na64e-signal.yaml beam.energy=1 physics.cut=0.3 physics.mphi=0.11 sampling.region.min_lepton_energy=0
runs "signal at 300 GeV" signal.per_eot na64e-signal.yaml beam.energy=300 physics.mphi=3
runs "conversion at 300 GeV" signal.per_mot na64mu-mu2e.yaml beam.energy=300
runs "muons at 1 GeV" eot.simulated bench/muon-hcal1.yaml beam.energy=1
runs "muons at 300 GeV" exit.survival bench/muon-hcal1.yaml beam.energy=300
"$eotmc" check "$source/configs/na64mu-mu2e.yaml" --device host --set beam.energy=480 >"$work/text" 2>"$work/err"
[ $? -eq 2 ] && grep -q 'beam.energy = 480 (.*at most 300 GeV' "$work/text" || fail "mu N -> e N phi at 480 GeV is not refused: $(cat "$work/text")"
"$eotmc" check "$source/configs/na64e-signal.yaml" --device host --set beam.energy=3.2 --set physics.mphi=3 --set physics.cut=1 --set sampling.region.min_lepton_energy=0 >"$work/text" 2>"$work/err" ||
    fail "m_phi = 3 GeV at 3.2 GeV, which its spread reaches: $(cat "$work/text")"
"$eotmc" check "$source/configs/na64e-signal.yaml" --device host --set beam.energy=2.5 --set physics.mphi=3 --set physics.cut=1 --set sampling.region.min_lepton_energy=0 >"$work/text" 2>"$work/err"
[ $? -eq 2 ] && grep -q 'physics.mphi = 3 (no nucleus' "$work/text" || fail "m_phi = 3 GeV at 2.5 GeV is not refused: $(cat "$work/text")"
echo "energies: $n_failed failed"
[ "$n_failed" -eq 0 ]
