#!/usr/bin/env bash
# What others read our results with opens all of them and finds the same numbers: uhi, hist, boost-histogram, h5py, pandas, pyhepmc. Skipped where these cannot be had
# (tools/python_packages.sh, which ./quickstart test runs).
# usage: test_readers.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2 python=$3/readers/bin/python
[ -s "$3/readers/packages" ] || { echo "skipped: no readers here ($(cat "$3/readers/reason" 2>/dev/null || echo "tools/python_packages.sh readers $3/readers makes them"))"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$eotmc" run "$source/configs/smoke.yaml" --device host -q --set sampling.eot=400 --set sampling.batch=40 --set output.hepmc=on -o "$work" 2>"$work/log" || { echo "FAILED: run: $(cat "$work/log")"; exit 1; }
"$python" - "$work" <<'PYTHON'
import json, sys
import boost_histogram, h5py, hist, numpy, pandas, pyhepmc, uhi.io.hdf5, uhi.io.json, uhi.schema

folder = sys.argv[1]
failed = []
def check(is_good, what):
    if not is_good: failed.append(what)

summary = json.load(open(folder + "/summary.json"))
file = h5py.File(folder + "/result.h5")

# --- histograms: valid by UHI's own schema; JSON and HDF5 give the same histogram, to the bit; sums keep their errors
uhi.schema.validate(summary["histograms"])
check(set(summary["histograms"]) == set(file["histograms"]) and len(file["histograms"]) > 5, "names of histograms: %s" % list(file["histograms"]))
for name, document in summary["histograms"].items():
    a = hist.Hist(uhi.io.hdf5.read(file["histograms/" + name]))
    b = boost_histogram.Histogram(json.loads(json.dumps(document), object_hook=uhi.io.json.object_hook))
    check(numpy.array_equal(a.values(flow=True), b.values(flow=True)) and numpy.array_equal(a.variances(flow=True), b.variances(flow=True)), name + ": HDF5 and JSON differ")
    check(numpy.array_equal(a.axes[0].edges, b.axes[0].edges), name + ": edges")
    check(a.values(flow=True).tolist() == document["storage"]["values"], name + ": values")
    check(a.axes[0].label == document["axes"][0]["metadata"]["label"] and a.storage_type is boost_histogram.storage.Weight, name + ": axis or storage")
    total = a.sum(flow=True)
    check(abs(total.value - sum(document["storage"]["values"])) <= 1e-12 * abs(total.value), name + ": sum")
rate = summary["estimates"]["dimuon.per_eot"]["value"]
depth = hist.Hist(uhi.io.hdf5.read(file["histograms/dimuon.depth_X0"])).sum(flow=True).value
check(abs(depth / rate - 1.0) < 1e-6, "the depths sum to %g per EOT, not to %g" % (depth, rate))

# --- events: one dataset a column; integers are integers; a table of pandas
events = pandas.DataFrame({name: column[:] for name, column in file["events"].items()})
check(len(events) == 400, "%d events" % len(events))
check(list(file["events"])[0] == "primary" and events["primary"].dtype == numpy.int64 and events["weight"].dtype == numpy.float64, "types of columns")
for name, column in file["events"].items():
    unit, meaning = column.attrs["unit"], column.attrs["meaning"]
    check(isinstance(unit, str) and len(meaning) > 3, name + ": unit or meaning")
    check(unit == "1" or name.endswith(unit) or "_" + unit.replace("/", "_") in name or unit in name, "%s has the unit %s" % (name, unit))
check(events["primary"].is_unique and events["primary"].between(0, 399).all(), "primaries")
check(abs(events["weight"].sum() / 400 / rate - 1.0) < 1e-6, "the weights sum to %g per EOT, not to %g" % (events["weight"].sum() / 400, rate))

# --- vertices: all of them, with their weight, energy and momentum kept
n = 0
for vertex in pyhepmc.open(folder + "/events.hepmc"):
    row = events.iloc[n]
    n += 1
    inner = [p for p in vertex.particles if p.status == 4]
    outer = [p for p in vertex.particles if p.status == 1]
    check(abs(vertex.weight() / (row["weight"] / 400) - 1.0) < 1e-9, "weight of vertex %d" % n)
    check(sorted(abs(p.pid) for p in outer)[:2] == [13, 13], "no muon pair: %s" % [p.pid for p in outer])
    before, after = sum(p.momentum.e for p in inner), sum(p.momentum.e for p in outer)
    check(abs(after / before - 1.0) < 1e-6, "energy of vertex %d: %g, %g" % (n, before, after))
    check(vertex.cross_section is not None, "vertex %d has no cross section" % n)
check(n == 400, "%d vertices" % n)
for line in failed[:20]: print("FAILED:", line)
print("%d histograms, %d columns of %d events, %d vertices are read" % (len(summary["histograms"]), len(events.columns), len(events), n))
sys.exit(len(failed) > 0)
PYTHON
