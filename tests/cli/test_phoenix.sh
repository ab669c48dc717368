#!/usr/bin/env bash
# eotmc replay --format phoenix: the event keeps the rules of Phoenix's loader, and has the tracks, steps and cells of the replay, in mm.
# usage: test_phoenix.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for event in 0 5 17; do
    for config in smoke na64e-signal na64mu-mu2e; do
        "$eotmc" replay "$source/configs/$config.yaml" --event $event --format phoenix >"$work/p.$config.$event" &&
            "$eotmc" replay "$source/configs/$config.yaml" --event $event --format json >"$work/j.$config.$event" || { echo "FAILED: $config, event $event"; exit 1; }
    done
done
python3 - "$work" <<'PYTHON'
import glob, json, math, sys
n_track = n_hit = n_cell = 0
for path in glob.glob(sys.argv[1] + "/p.*"):
    document, replay = json.load(open(path)), json.load(open(path.replace("/p.", "/j.")))
    (name, event), = document.items()
    assert name == "EVENT %d" % event["event number"] == "EVENT %d" % replay["event"] and isinstance(event["run number"], int)
    tracks, hits, calorimeter = event["Tracks"]["muons"], event["Hits"]["shower"], event["PlanarCaloCells"]["ECAL"]
    muons = [m for v in replay["vertices"] for m in v["muons"]] + ([replay["beam_muon"]] if "beam_muon" in replay else [])
    muons = [m for m in muons if m["steps"]]
    assert len(tracks) == len(muons), path
    ends = sorted(tuple(10 * x for x in m["steps"][-1]["position_cm"]) for m in muons)
    for track, end in zip(sorted(tracks, key=lambda t: t["pos"][-1]), ends):
        assert len(track["pos"]) >= 3 and all(len(p) == 3 and all(math.isfinite(x) for x in p) for p in track["pos"]), path
        assert all(abs(a - b) <= 1e-6 * max(1, abs(b)) for a, b in zip(track["pos"][-1], end)), (path, track["pos"][-1], end)
        assert track["color"].startswith("0x") and int(track["color"], 16) >= 0 and track["linewidth"] > 0
        n_track += 1
    steps = [s for s in replay["steps"] if not s["ghost"]]
    assert len(hits) == len(steps) and {h["type"] for h in hits} <= {"Line"}
    for hit, step in zip(hits, steps):
        assert len(hit["pos"]) == 6 and all(abs(a - 10 * b) < 1e-5 * max(1, abs(a)) for a, b in zip(hit["pos"], step["from_cm"] + step["to_cm"])), path
        n_hit += 1
    assert len(calorimeter["plane"]) == 4 and calorimeter["plane"][3] == 450.0
    energies = [e for v in replay["vertices"][:1] for e in v["ecal_cells_GeV"] if e > 0]
    assert len(calorimeter["cells"]) == len(energies)
    for cell, energy in zip(calorimeter["cells"], energies):
        assert abs(cell["energy"] * 0.22 / 500 - energy / max(energies)) < 1e-6 and len(cell["pos"]) == 2 and abs(cell["cellSize"] - 38.2) < 1e-9
        n_cell += 1
assert n_track > 5 and n_hit > 50 and n_cell > 20, (n_track, n_hit, n_cell)
print("%d tracks, %d lines and %d cells are those of the replay" % (n_track, n_hit, n_cell))
PYTHON
