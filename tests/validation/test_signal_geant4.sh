#!/usr/bin/env bash
# Tracks of the signal at m_phi = 0.2 GeV in na64e-signal.yaml: what VETO and HCAL see of them, against a full simulation of the same set-up
# (tests/reference/signal_tracks_geant4.csv says by what). Shares in windows within 1.5 % and 2 standard errors, quantiles within 3 % and 2 standard errors.
# usage: test_signal_geant4.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$eotmc" run "$source/configs/na64e-signal.yaml" -o "$work/run" --progress none --set output.figures=off --set "physics.mphi=0.2 GeV" --set scoring.shower_in_windows=off \
    --set scoring.showers=0 --set scoring.record_fraction=1 --set sampling.eot=200000 >"$work/text" 2>&1 || { tail -n 3 "$work/text"; exit 1; }
"$eotmc" events "$work/run" --where "n_track == 1" --columns weight,veto_GeV,hcal0_GeV,hcal1_GeV,hcal2_GeV --most 1000000 --format csv >"$work/tracks.csv" 2>"$work/text" ||
    { cat "$work/text"; exit 1; }
python3 - "$work/tracks.csv" "$source/tests/reference/signal_tracks_geant4.csv" <<'PY'
import csv, sys

tracks = [{k: float(v) for k, v in r.items()} for r in csv.DictReader(open(sys.argv[1]))]
reference = list(csv.DictReader(line for line in open(sys.argv[2]) if not line.startswith("#")))
total = sum(t["weight"] for t in tracks)
n_effective = total**2 / sum(t["weight"] ** 2 for t in tracks)
modules = ["hcal0_GeV", "hcal1_GeV", "hcal2_GeV"]


def in_veto(t):
    return 0.005 <= t["veto_GeV"] <= 0.016


def in_hcal(t):
    return all(1.2 <= t[m] <= 4.0 for m in modules)


SHARES = {"veto_window": in_veto, "hcal_windows": in_hcal, "both": lambda t: in_veto(t) and in_hcal(t),
          **{f"hcal{i}_above_4GeV": lambda t, m=m: t[m] > 4.0 for i, m in enumerate(modules)}}


def quantile(of, q):
    passed = 0.0
    for value, weight in of:
        passed += weight
        if passed >= q * total:
            break
    return value


n_wrong = 0
for r in reference:
    expected, error = float(r["geant4"]), float(r["error"])
    if r["quantile"] == "share":
        ours = sum(t["weight"] for t in tracks if SHARES[r["quantity"]](t)) / total
        own, margin = (ours * (1 - ours) / n_effective) ** 0.5, 0.015
    else:
        q, of = float(r["quantile"]), sorted((t[r["quantity"]], t["weight"]) for t in tracks)
        spread = (q * (1 - q) / n_effective) ** 0.5
        ours, own, margin = quantile(of, q), (quantile(of, q + spread) - quantile(of, q - spread)) / 2, 0.03
    both = (error**2 + own**2) ** 0.5
    wrong = abs(ours - expected) > margin * expected + 2 * both
    n_wrong += wrong
    print(f"{r['quantity']:16} {r['quantile']:6} {ours:.5g} full simulation {expected:.5g}: {100 * (ours / expected - 1):+.1f} +- {100 * both / expected:.1f} %"
          f"{', FAILED' if wrong else ''}")
print(f"{len(tracks)} tracks ({n_effective:.0f} effective), {len(reference)} numbers, {n_wrong} beyond their limits")
sys.exit(n_wrong > 0 or len(reference) != 30 or len(tracks) < 5000)
PY
