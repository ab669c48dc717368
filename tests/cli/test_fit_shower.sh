#!/usr/bin/env bash
# eotmc-fit-shower with the profiles of a user's own simulation: two beam energies in one CSV, an iron-scintillator ECAL. The "full simulation" is eotmc at the
# lowest cut; showers with the fitted constants have its depth at a higher cut, those with NA64's have not. And what is wrong with a CSV is said with its line.
# usage: test_fit_shower.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2 fit=$3/eotmc-fit-shower
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
status=0
failed() { echo "FAILED: $1"; status=1; }

sed 's/^  volumes:/&\n    # iron and scintillator/; s/layers: \[{material: lead.*}\]}/repeat: 62, layers: [{material: iron, thickness: 1 cm}, {material: polystyrene, thickness: 4 mm, active: on}]}/' \
  "$source/tests/other_ecal.yaml" >"$work/iron.yaml"
grep -q "material: iron" "$work/iron.yaml" || failed "no configuration"
run() { # NAME ENERGY CUT ARGUMENTS...
  name=$1 energy=$2 cut=$3
  shift 3
  "$eotmc" run "$work/iron.yaml" -o "$work/$name" --device host --progress none --set scoring.showers=1600 --set beam.energy="$energy GeV" \
    --set physics.cut="$cut GeV" "$@" >"$work/log" 2>&1 || { failed "run $name"; cat "$work/log"; }
}
depth() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["estimates"]["ecal.mean_depth_X0"]["value"])' "$work/$1/summary.json"; }

run low8 8 0.2
run low20 20 0.2
python3 - "$work" >"$work/profile.csv" <<'P'
import json, sys
print("# energy per bin and electron")
print("beam_GeV,depth_X0,GeV")
for energy in (8, 20):
    d = json.load(open("%s/low%d/summary.json" % (sys.argv[1], energy)))["histograms"]
    h = d["ecal.profile"] if isinstance(d, dict) else [x for x in d if x["name"] == "ecal.profile"][0]
    axis, values = h["axes"][0], h["storage"]["values"][1:-1]
    edges = axis.get("edges") or [axis["lower"] + (axis["upper"] - axis["lower"]) * i / axis["bins"] for i in range(axis["bins"] + 1)]
    for low, high, value in zip(edges, edges[1:], values):
        print("%g,%.4f,%.6f" % (energy, 0.5 * (low + high), value))
P
"$fit" "$work/iron.yaml" "$work/profile.csv" --showers 300 --cuts 0.2,3 >"$work/constants" || failed "the fit"
grep -q "beam of 8 GeV" "$work/constants" && grep -q "beam of 20 GeV" "$work/constants" || failed "both energies must be fitted"
set=()
for key in depth alpha backscatter_share; do
  value=$(sed -nE "s/^physics: \{shower: \{.*$key: (\[[^]]*\]|[0-9.]+).*/\1/p" "$work/constants")
  [ -n "$value" ] || failed "no $key in: $(grep '^physics:' "$work/constants")"
  set+=(--set "physics.shower.$key=$value")
done
run fitted 20 3 "${set[@]}"
run unscaled 20 3 --set physics.shower.calibrate=off
python3 -c '
import sys
low, fitted, unscaled = map(float, sys.argv[1:])
print("mean depth: %.3f X0 at the lowest cut, at 3 GeV %.3f fitted, %.3f with the constants of another ECAL" % (low, fitted, unscaled))
sys.exit(not (abs(fitted - low) < 0.1 and unscaled - low > 0.12))' "$(depth low20)" "$(depth fitted)" "$(depth unscaled)" || failed "depths"

# wrong files
wrong() { # PATTERN LINES...
  pattern=$1
  shift
  printf '%s\n' "$@" >"$work/wrong.csv"
  message=$("$fit" "$work/iron.yaml" "$work/wrong.csv" 2>&1) && failed "accepted: $*"
  [[ $message == *$pattern* ]] || failed "$message (want $pattern)"
}
wrong "wrong.csv:1: the first line must name the columns" "depth,energy" "1,2"
wrong "wrong.csv:3: not a number" "depth_X0,GeV" "1,2" "2,many"
wrong "has 2 bins inside the ECAL" "depth_X0,GeV" "1,2" "2,3"
wrong "are not of one width" "depth_X0,GeV" "1,2" "2,3" "3,4" "4,4" "5,4" "6,3" "7,2" "8,2" "9,1" "15,1"
wrong "not above twice the lowest cut" "beam_GeV,depth_X0,GeV" "0.3,1,2" "0.3,2,2" "0.3,3,2" "0.3,4,2" "0.3,5,2" "0.3,6,2" "0.3,7,2" "0.3,8,2" "0.3,9,2"
exit $status
