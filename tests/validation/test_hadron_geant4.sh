#!/usr/bin/env bash
# Pions and kaons of na64e-hadron.yaml that decay between SRD and ECAL: the share that is left after each row of the cut flow, against a full simulation of the
# same set-up (tests/reference/hadron_geant4.csv says by what) within 3 % and 3 standard errors.
# usage: test_hadron_geant4.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for particle in pi- K-; do
    "$eotmc" run "$source/configs/na64e-hadron.yaml" -o "$work/$particle" --progress none --set output.figures=off --set "beam.particle=$particle" \
        --set "beam.decay_region=[-232 cm, 0 cm]" --set sampling.eot=60000 >"$work/text" 2>&1 || { tail -n 3 "$work/text"; exit 1; }
done
python3 - "$work" "$source/tests/reference/hadron_geant4.csv" <<'PY'
import csv, json, sys

work, reference = sys.argv[1:]
rows = list(csv.DictReader(line for line in open(reference) if not line.startswith("#")))
n_wrong = 0
for r in rows:
    result = json.load(open(f"{work}/{r['particle']}/summary.json"))
    if r["channel"] == "all":
        flow = {c["cut"]: c for c in result["cutflow"]}
        decays = flow["decays of hadrons"]["weighted"]
        ours, error = flow[r["row"]]["weighted"] / decays, flow[r["row"]]["std_error"] / decays
    else:
        of = "track" if r["row"] == "one track" else "survival"
        e = result["estimates"][f"hadron.{of}.per_decay.{r['channel']}"]
        ours, error = e["value"], e["std_error"]
    share, both = float(r["share"]), (float(r["error"]) ** 2 + error ** 2) ** 0.5
    wrong = abs(ours - share) > 0.03 * share + 3 * both
    n_wrong += wrong
    print(f"{r['particle']:4} {r['channel']:10} {r['row']:24} {ours:.4f} full simulation {share:.4f} +- {both:.4f}: {100 * (ours / share - 1):+.1f} %, "
          f"{(ours - share) / both:+.1f} standard errors{', FAILED' if wrong else ''}")
print(f"{len(rows)} shares, {n_wrong} beyond 3 % and 3 standard errors")
sys.exit(n_wrong > 0 or len(rows) != 12)
PY
