#!/usr/bin/env bash
# The set-ups of README.md: pions, kaons and the signal in na64e-hadron.yaml and na64e-signal.yaml with the last chamber at D, chambers of SIZE x SIZE cm and a
# dipole of 2 m and field B in the middle of the spectrometer. On stdout: D SIZE BL run estimate value error, for table.py and ../na64e-hadron-optimise/optimise.py.
# usage: scan.sh EOTMC CONFIGS FOLDER
set -u
eotmc=$1 configs=$2 folder=$3
selections='selections=[{name: kink, kink: 2 mrad}, {name: e30, missing_energy: 30 GeV}, {name: e30_kink, missing_energy: 30 GeV, kink: 2 mrad}, {name: soft, max_momentum: 45 GeV/c}, {name: soft_kink, max_momentum: 45 GeV/c, kink: 2 mrad}]'
plain='selections=[{name: e30, missing_energy: 30 GeV}, {name: soft, max_momentum: 45 GeV/c}]'
late='--set geometry.volumes.gm2.z=-56cm --set geometry.volumes.gm3.z=-33cm' # trackers of the beam nearer to the ECAL
near='--set geometry.volumes.gm2.z=-31cm --set geometry.volumes.gm3.z=-8cm' # and right in front of it
point() { # D HALF BL NAME CONFIG OPTION...
    local D=$1 half=$2 BL=$3 name=$4 config=$5 out middle=$((($1 + 500) / 2)) size
    shift 5
    size="[$half cm, $half cm]"
    out=$folder/$D-$half-$BL-$name
    [ -f "$out/summary.json" ] || "$eotmc" run "$configs/$config" -o "$out" --progress none --set output.figures=off \
        --set geometry.volumes.mm1.z="$((middle - 102)) cm" --set geometry.volumes.mbpl.z="$((middle - 100)) cm" \
        --set geometry.volumes.mm2.z="$((middle + 101)) cm" --set geometry.volumes.mm3.z="$D cm" \
        --set geometry.world.max="[50 cm, 50 cm, $((D + 20)) cm]" \
        --set geometry.volumes.mm0.size="$size" --set geometry.volumes.mm1.size="$size" --set geometry.volumes.mm2.size="$size" \
        --set geometry.volumes.mm3.size="$size" --set geometry.volumes.mbpl.field="[0 T, $(awk "BEGIN {print $BL/2}") T, 0 T]" \
        "$@" >"$out.log" 2>&1 || { tail -n 1 "$out.log" >&2; return; }
    python3 - "$out/summary.json" "$D" "$half" "$BL" "$name" <<'PY'
import json, sys
e = json.load(open(sys.argv[1]))["estimates"]
for k in sorted(e):
    if k.endswith("survival.per_hadron.srd_ecal") or k.endswith("survival.per_hadron") or k.endswith("efficiency.total") or k == "hadron.track.per_decay":
        print(*sys.argv[2:], k, "%.5g %.2g" % (e[k]["value"], e[k]["std_error"] or 0))
PY
}
for BL in 1.4 3.8; do
    for D in 720 800 1000 1200 1400; do
        for half in 8 15 30; do
            point $D $half $BL pi na64e-hadron.yaml --set sampling.eot=20000 --set "$selections"
            point $D $half $BL K na64e-hadron.yaml --set sampling.eot=60000 --set beam.particle=K- --set "$selections"
            # shellcheck disable=SC2086
            point $D $half $BL K-late na64e-hadron.yaml --set sampling.eot=60000 --set beam.particle=K- --set "$selections" $late
            # shellcheck disable=SC2086
            point $D $half $BL K-near na64e-hadron.yaml --set sampling.eot=60000 --set beam.particle=K- --set "$selections" $near
            [ $BL = 1.4 ] && point $D $half $BL signal na64e-signal.yaml --set physics.mphi="0.2 GeV" --set sampling.eot=4000 --set scoring.showers=0 --set "$plain"
        done
    done
done
# Points of README.md between those, and those with more primaries.
for D in 830 860 940; do
    n=100000
    [ $D = 940 ] && n=60000
    point $D 8 1.4 pi-more na64e-hadron.yaml --set sampling.eot=$n --set "$selections"
    # shellcheck disable=SC2086
    point $D 8 1.4 K-late-more na64e-hadron.yaml --set sampling.eot=$n --set beam.particle=K- --set "$selections" $late
done
for mass in 0.11 0.2 0.5 1; do
    point 850 8 1.4 signal-$mass na64e-signal.yaml --set physics.mphi="$mass GeV" --set sampling.eot=20000 --set scoring.showers=0 --set "$plain"
    point 800 15 1.4 signal-$mass na64e-signal.yaml --set physics.mphi="$mass GeV" --set sampling.eot=20000 --set scoring.showers=0 --set "$plain"
done
for D in 940 1000; do point $D 8 1.4 signal-more na64e-signal.yaml --set physics.mphi="0.2 GeV" --set sampling.eot=20000 --set scoring.showers=0 --set "$plain"; done
for beam in pi- K-; do
    out=$folder/paper-$beam # its results are in summary.json
    [ -f "$out/summary.json" ] || "$eotmc" run "$configs/na64e-paper.yaml" -o "$out" --progress none --set output.figures=off --set sampling.eot=200000 --set beam.particle="$beam" >"$out.log" 2>&1 ||
        tail -n 1 "$out.log" >&2
done
