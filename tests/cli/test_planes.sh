#!/usr/bin/env bash
# Planes across the beam (output.planes) and events of files (beam.file): recording changes nothing; a run that is cut in two at a plane in HDF5 gives the result of the whole
# run to the last bit, wherever the plane is and whichever way it looks for events; parts, resumed runs and other devices write the same files; particles are the same in MCPL
# and HDF5; files that are damaged, cut off or of something else are refused with a line. With the readers of others where these are here (tools/python_packages.sh).
# usage: test_planes.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2 python=$3/readers/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "FAILED: $*"; failed=1; }
run() { # FOLDER, arguments
    local folder=$work/$1
    shift
    "$eotmc" run "$source/configs/smoke.yaml" -q --set sampling.eot=160 --set sampling.batch=20 --set output.figures=off -o "$folder" "$@" 2>"$work/log" ||
        { fail "run ${folder##*/} $*: $(tail -n 2 "$work/log")"; return 1; }
}
# Everything that a run says but who made it, from which configuration, how fast, and what only the planes add.
result() { sed -e 's/,$//' -e '/^ *"\(id\|config_sha256\|tables_sha256\|wall_s\|kernel_s\|jit_s\|tables_s\|[a-z_]*_per_s\)":/d' -e '/"planes\./,/^ *}/d' "$work/$1/summary.json" | sed -n '/"estimates"/,/"performance"/p'; }
tally() { grep -o '"tally_sha256": *"[0-9a-f]*"' "$work/$1/summary.json"; }
same() { # A B what
    [ "$(tally "$1")" = "$(tally "$2")" ] || fail "$3: other tallies"
    diff <(result "$1") <(result "$2") >"$work/difference" || fail "$3: $(head -n 6 "$work/difference")"
}
planes='output.planes=[{name: hcal, z: 60 cm, format: hdf5}, {name: inside, z: 31.7 cm, format: hdf5}, {name: list, z: 60 cm}, {name: far, z: 720 cm, format: hdf5}]'
for way in "scoring.deposit_fraction=1" "scoring.deposit_fraction=0.05"; do # all events are followed, or those that a look ahead finds
    also=(--set "$way" --set scoring.record_fraction=0 --device host)
    run whole "${also[@]}" --force && run recorded "${also[@]}" --set "$planes" --force || break
    same whole recorded "planes change the run ($way)"
    for plane in hcal inside far; do
        run "again" "${also[@]}" --set "beam.file=$work/recorded/planes/$plane.h5" --force && same whole again "cut in two at the plane $plane ($way)"
    done
done
[ "$(result whole | grep -c .)" -gt 200 ] || fail "the results that are compared are nearly empty"

# --- cut in three: a run of beam.file has planes, too
also=(--set scoring.deposit_fraction=1 --set scoring.record_fraction=0 --device host)
run three "${also[@]}" --set "$planes"
run behind "${also[@]}" --set "beam.file=$work/three/planes/inside.h5" --set 'output.planes=[{name: hcal, z: 60 cm, format: hdf5}, {name: list, z: 60 cm}, {name: far, z: 720 cm, format: hdf5}]' && same three behind "a plane behind the plane"
run last "${also[@]}" --set "beam.file=$work/behind/planes/hcal.h5" && same three last "cut in three at 60 cm"
run last "${also[@]}" --set "beam.file=$work/behind/planes/far.h5" --force && same three last "cut in three at 720 cm"
rows() { tail -c "$((72 * $(grep -A1 "\"planes.$2.crossings\"" "$work/$1/summary.json" | grep -o '"value": *[0-9]*' | grep -o '[0-9]*$')))" "$work/$1/planes/$2.mcpl"; } # particles of an MCPL file of ours
cmp -s <(rows three list) <(rows behind list) && [ "$(rows three list | wc -c)" -gt 7200 ] || fail "the muons of a list behind a plane differ"

# --- electrons of muons that decay behind a plane in HDF5 are in planes behind it, of the whole run and of one that goes on from there
toy=("$eotmc" run "$source/tests/planes_toy.yaml" -q --device host --set output.figures=off --set beam.particle=e- --set "beam.energy=100 GeV" --set "beam.position_z=-10 cm" --set "physics.cut=2 GeV"
    --set "geometry.volumes.ecal.z=0 cm" --set geometry.volumes.ecal.repeat=150 --set scoring.deposit_fraction=1 --set sampling.eot=1600 --set sampling.batch=400)
late='{name: late, z: 650 m, kinds: [electrons]}'
"${toy[@]}" --set "output.planes=[{name: exit, z: 60 cm, format: hdf5}, $late]" -o "$work/decays" 2>"$work/log" && "${toy[@]}" --set "beam.file=$work/decays/planes/exit.h5" --set "output.planes=[$late]" -o "$work/decays-behind" 2>>"$work/log" || fail "decays: $(tail -n 2 "$work/log")"
{
    n=$(grep -A1 '"planes.late.crossings"' "$work/decays/summary.json" | grep -o '"value": *[0-9]*' | grep -o '[0-9]*$')
    again=$(grep -A1 '"planes.late.crossings"' "$work/decays-behind/summary.json" | grep -o '"value": *[0-9]*' | grep -o '[0-9]*$')
    [ "$n" -ge 5 ] && [ "$again" = "$n" ] && cmp -s <(rows decays late) <(rows decays-behind late) || fail "electrons of decays at 650 m: $n, behind a plane at 60 cm $again"
}

# --- every kind of beam at planes: recording changes nothing; through MCPL and on, the same results within errors
all='output.planes=[{name: start, z: -5 cm, kinds: [muons, electrons, photons, hadrons]}, {name: front, z: 0 cm, kinds: [electrons, photons]}, {name: mid, z: 3 cm, kinds: [electrons, photons]}, {name: hcal, z: 60 cm, kinds: [muons, hadrons]}, {name: far, z: 704 cm, kinds: [muons, hadrons], format: hdf5}]'
for particle in e- gamma mu- pi- K+; do
    also=(--set beam.particle=$particle --set sampling.eot=400 --set sampling.batch=100 --set scoring.record_fraction=0)
    run plain-$particle "${also[@]}" --device host && run beam-$particle "${also[@]}" --set "$all" --device host || continue
    same plain-$particle beam-$particle "planes change the run of $particle"
    for i in 0 1; do run "half$i" "${also[@]}" --set "$all" --shard "$i/2" --device host --force; done
    "$eotmc" merge "$work"/half? -o "$work/merged-$particle" >"$work/log" 2>&1 && same beam-$particle merged-$particle "merged parts of $particle"
    for f in start front mid hcal; do cmp -s "$work/beam-$particle/planes/$f.mcpl" "$work/merged-$particle/planes/$f.mcpl" || fail "$f.mcpl of merged parts of $particle differs"; done
    run from-$particle "${also[@]}" --set "$all" --set "beam.file=$work/beam-$particle/planes/start.mcpl" --set beam.file_as=primaries --set sampling.run=1 --device host
done
run behind-mu- --device host --set beam.particle=mu- --set sampling.eot=400 --set sampling.batch=100 --set "$all" --set "beam.file=$work/beam-mu-/planes/hcal.mcpl" --set beam.file_as=primaries --set sampling.run=1
run behind-e- --device host --set sampling.eot=400 --set sampling.batch=100 --set "$all" --set "beam.file=$work/beam-e-/planes/front.mcpl" --set beam.file_as=primaries --set sampling.run=1
run opencl-e- --set sampling.eot=60 --set sampling.batch=20 --set "$all" && run host-e- --device host --set sampling.eot=60 --set sampling.batch=20 --set "$all" &&
    for f in start front mid hcal; do cmp -s "$work/opencl-e-/planes/$f.mcpl" "$work/host-e-/planes/$f.mcpl" || fail "$f.mcpl of another device differs"; done
"$eotmc" run "$source/configs/na64mu-mu2e.yaml" -q --set sampling.eot=100 --set sampling.batch=50 --set output.figures=off --device host --set 'output.planes=[{name: a, z: 1 cm}]' -o "$work/conversion" 2>"$work/log" || fail "planes of conversions: $(cat "$work/log")"
grep -A1 '"planes.a.crossings"' "$work/conversion/summary.json" | grep -q '"value": 100' || fail "muons of conversions at a plane: $(grep -A1 planes.a "$work/conversion/summary.json")"

# --- parts, a run that goes on, another device: the same files
run one --device host --set "$planes"
for i in 0 1 2; do run "part$i" --device host --set "$planes" --shard "$i/3"; done
"$eotmc" merge "$work"/part? -o "$work/merged" >"$work/log" 2>&1 || fail "merge: $(cat "$work/log")"
same one merged "merged parts"
for f in list.mcpl hcal.h5; do cmp -s "$work/one/planes/$f" "$work/merged/planes/$f" || fail "$f of merged parts differs"; done
rm -rf "$work/killed" && mkdir "$work/killed"
timeout -s INT 0.7 "$eotmc" run "$source/configs/smoke.yaml" -q --set sampling.eot=160 --set sampling.batch=20 --set output.figures=off --device host --set "$planes" -o "$work/killed" --force 2>/dev/null
run killed --device host --set "$planes" --resume
same one killed "a run that goes on"
for f in list.mcpl hcal.h5; do cmp -s "$work/one/planes/$f" "$work/killed/planes/$f" || fail "$f of a run that goes on differs"; done

# --- what is refused, each by one line
refuse() { # what, pattern, arguments
    local what=$1 pattern=$2
    shift 2
    "$eotmc" run "$source/configs/smoke.yaml" -q --set sampling.eot=160 --set sampling.batch=20 --device host -o "$work/refused" --force "$@" >"$work/out" 2>&1 && { fail "$what is not refused"; return; }
    grep -q -- "$pattern" "$work/out" || fail "$what: $(cat "$work/out")"
    [ "$(wc -l <"$work/out")" -le 3 ] || fail "$what: $(wc -l <"$work/out") lines"
}
h5=$work/one/planes/hcal.h5 mcpl=$work/one/planes/list.mcpl
refuse "a file that is not there" "cannot be read" --set "beam.file=$work/nothing.h5"
refuse "another ending" "its ending" --set "beam.file=$source/README.md"
refuse "other primaries" "sampling.eot=160" --set "beam.file=$h5" --set sampling.eot=80
refuse "another seed" "sampling.seed=1" --set "beam.file=$h5" --set sampling.seed=2
refuse "two planes of one name" "two planes" --set 'output.planes=[{name: a, z: 1 cm}, {name: a, z: 2 cm}]'
refuse "a plane outside" "outside the world" --set 'output.planes=[{name: a, z: 900 m}]'
refuse "a plane as a beam" "use its MCPL file" --set "beam.file=$h5" --set beam.file_as=primaries
refuse "events of a muon beam" "beam.file_as: primaries" --set "beam.file=$mcpl" --set beam.particle=mu-
refuse "a beam that is not in the file" "no particle that this beam is of" --set "beam.file=$mcpl" --set beam.file_as=primaries --set sampling.run=1
refuse "random numbers twice" "sampling.run=1" --set "beam.file=$mcpl" --set beam.file_as=primaries --set beam.particle=mu-
refuse "energies beyond the tables" "set beam.energy" --set "beam.file=$mcpl" --set beam.file_as=primaries --set sampling.run=1 --set beam.particle=mu- --set "beam.energy=30 GeV"
head -c 3000 "$h5" >"$work/cut.h5"
refuse "half a plane" "damaged" --set "beam.file=$work/cut.h5"
cp "$source/README.md" "$work/text.h5"
refuse "a text as a plane" "no file of HDF5" --set "beam.file=$work/text.h5"
for n in 4 20 60 8000; do head -c "$n" "$mcpl" >"$work/cut.mcpl" && refuse "MCPL of $n bytes" "MCPL\|cut off" --set "beam.file=$work/cut.mcpl"; done
{ head -c 8 "$mcpl" && printf '\377\377\377\377\377\377\377\177' && tail -c +17 "$mcpl"; } >"$work/many.mcpl"
refuse "MCPL of 2^63 particles" "cut off" --set "beam.file=$work/many.mcpl"
cat >"$work/good.hepmc" <<'HEPMC'
HepMC::Version 3.02.05
HepMC::Asciiv3-START_EVENT_LISTING
W Default
E 0 1 6
U GEV MM
W 2.0e-9
P 1 0 11 0.0 0.0 1.0e+02 1.0e+02 5.1e-04 4
P 2 0 1000822070 0.0 0.0 0.0 1.928e+02 1.928e+02 4
V -1 0 [1,2] @ 1.0 -2.0 100.0 1.0e+02
P 3 -1 13 0.01 0.0 40.0 40.00014 0.1056583755 1
P 4 -1 22 0.01 0.0 20.0 20.0000025 0.0 1
P 5 -1 51 -0.02 0.0 39.9 39.9005 0.2 1
P 6 -1 1000822070 0.0 0.0 0.1 1.928e+02 1.928e+02 1
HepMC::Asciiv3-END_EVENT_LISTING
HEPMC
bad() { sed "$2" "$work/good.hepmc" >"$work/bad.hepmc" && refuse "HepMC with $1" "$3" --set "beam.file=$work/bad.hepmc"; }
bad "an unknown vertex" 's/^P 3 -1/P 3 -7/' "line 10"
bad "a particle beyond its number" 's/^P 6 /P 60000 /' "line 13"
bad "a number that is none" 's/40.00014/nan/' "line 10"
bad "other units" 's/GEV MM/EV MM/' "line 5"
bad "no end" '/END_EVENT/d' "no end"
bad "a negative weight" 's/W 2.0e-9/W -1/' "line 6"

# --- another generator's event: what is followed, what is told
run generator --device host --set "beam.file=$work/good.hepmc" --set sampling.eot=20 && {
    grep -q "1 of 51, 1 of 1000822070" "$work/generator/summary.json" || fail "particles that are not followed are not told"
    "$eotmc" events "$work/generator" --format json >"$work/events" 2>&1 || fail "events of a generator: $(cat "$work/events")"
}

[ -s "$3/readers/packages" ] && grep -q mcpl "$3/readers/packages" || { [ "$failed" = 0 ] && echo "without other readers ($(cat "$3/readers/reason" 2>/dev/null || echo "tools/python_packages.sh readers $3/readers makes them"))"; exit "$failed"; }
run from_mcpl --device host --set "beam.file=$mcpl" --set sampling.eot=4000 --set sampling.batch=400 --set scoring.record_fraction=1
"$python" - "$work" <<'PYTHON' || failed=1
import json, sys
import h5py, mcpl, numpy as np
work = sys.argv[1]
failed = []
def check(is_good, what):
    if not is_good: failed.append(what)
file = h5py.File(work + "/one/planes/hcal.h5")
p = {name: column[:] for name, column in file["particles"].items()}
theirs = list(mcpl.MCPLFile(work + "/one/planes/list.mcpl").particles)
head = mcpl.MCPLFile(work + "/one/planes/list.mcpl")
check(b"name: smoke" in head.blobs["effective-config.yaml"] or b'name: "smoke"' in head.blobs["effective-config.yaml"], "no configuration in the MCPL file")
check(len(theirs) == len(p["pdg"]) > 200, "%d and %d particles" % (len(theirs), len(p["pdg"])))
def close(a, b, what): check(np.allclose(a, b, rtol=1e-6, atol=1e-9), what)
close([q.ekin for q in theirs], p["kinetic_energy_GeV"] * 1e3, "MeV")
close([q.time for q in theirs], p["time_ns"] * 1e-6, "ms")
close([q.weight for q in theirs], p["weight"] / 160, "weights")
close([q.position for q in theirs], np.array([p["x_cm"], p["y_cm"], p["z_cm"]]).T, "cm")
close([q.direction for q in theirs], np.array([p["direction_x"], p["direction_y"], p["direction_z"]]).T, "directions")
check([q.userflags for q in theirs] == [int(i) & 0xffffffff for i in p["primary"]], "user flags")
check([q.pdgcode for q in theirs] == list(p["pdg"]) and set(p["pdg"]) == {13, -13}, "PDG numbers")
check(np.all(p["direction_z"] > 0) and np.all(p["z_cm"] == 60.0), "towards +z at 60 cm")
# the muons of the list are those of the record: their vertices' energies, and less of it at the plane
for name, column in file["particles"].items(): check(len(column.attrs["unit"]) > 0 and len(column.attrs["meaning"]) > 3, name)
check(np.all(p["kinetic_energy_GeV"] + 0.10566 < p["vertex_energy_GeV"]), "muons have lost energy on their way")
events = h5py.File(work + "/one/result.h5")["events"]
plus = dict(zip(events["primary"][:], events["mu_plus_energy_GeV"][:]))
close([plus[i] for i in p["primary"][p["pdg"] == -13]], p["vertex_energy_GeV"][p["pdg"] == -13], "energies of mu+ at the vertex")
# hits: those of the muon whose track it is
n_track, momentum = events["n_track"][:], events["track_true_momentum_GeV"][:]
hit = np.maximum(events["mu_plus_hit0_momentum_GeV"][:], events["mu_minus_hit0_momentum_GeV"][:])
both = (n_track == 1) & (momentum > 0)
check(both.sum() > 0 and np.all((hit[both] >= momentum[both])), "momenta at the first chamber")
# through MCPL: the same muons behind the plane, with other random numbers
again = h5py.File(work + "/from_mcpl/result.h5")["events"]
mean = lambda e, c: (np.average(e[c][:], weights=e["weight"][:]), np.sqrt(np.sum((e["weight"][:] * (e[c][:] - np.average(e[c][:], weights=e["weight"][:]))) ** 2)) / np.sum(e["weight"][:]))
for column in ("hcal0_GeV",):
    a, b = mean(events, column), mean(again, column)
    check(abs(a[0] - b[0]) < 4 * np.hypot(a[1], b[1]), "%s: %s and %s" % (column, a, b))
close(np.sum(again["weight"][:]) / 4000, sum({q.userflags: q.weight for q in theirs}.values()), "the rate")
# every kind of beam: what crosses, with which energy and weight; and the results of beams that come from the files
def rows(run, plane): return [(q.pdgcode, q.ekin * 1e-3, q.weight, q.userflags, q.position, q.direction) for q in mcpl.MCPLFile("%s/%s/planes/%s.mcpl" % (work, run, plane)).particles]
def estimates(run): return json.load(open("%s/%s/summary.json" % (work, run)))["estimates"]
MASS = {11: 0.00051099895, 13: 0.1056583755, 22: 0, 211: 0.13957039, 321: 0.493677}
for particle, pdg in (("e-", 11), ("gamma", 22), ("mu-", 13), ("pi-", -211), ("K+", 321)):
    start, anew = rows("beam-" + particle, "start"), rows("from-" + particle, "start")
    check(len(start) == 400 and {q[0] for q in start} == {pdg} and abs(sum(q[2] for q in start) - 1) < 1e-6, "%s: all primaries at the beam's start" % particle)
    energy = np.array([q[1] + MASS[abs(pdg)] for q in start])
    check(abs(energy.mean() - 100) < 4 / np.sqrt(400) and 0.8 < energy.std() < 1.2, "%s: energies %g +- %g" % (particle, energy.mean(), energy.std()))
    check(len(anew) == 400 and all(np.allclose(a[1], b[1], rtol=1e-6) and np.allclose(a[4], b[4], atol=2e-6) and np.allclose(a[5], b[5], atol=1e-6) for a, b in zip(start, anew)), "%s: through MCPL to 1e-6" % particle)
    one, two = estimates("beam-" + particle), estimates("from-" + particle)
    worst = {}
    for name, e in one.items():
        f = two.get(name, {})
        error = np.hypot(e.get("std_error") or 0, f.get("std_error") or 0)
        if name.startswith(("dimuon.per_eot", "cascade.track", "exit.survival", "exit.loss_mean", "hadron.decay_prob")) and error > 0: worst[name] = abs(e["value"] - f["value"]) / error
    check(len(worst) >= 2 and max(worst.values()) < 4.5, "%s from its file: %s" % (particle, {n: v for n, v in worst.items() if v >= 4.5} or worst))
# showers: energy at depth 0 and 3 cm, and the same run from the front of the ECAL
for particle in ("e-", "gamma"):
    front, mid = rows("beam-" + particle, "front"), rows("beam-" + particle, "mid")
    total = {}
    for q in mid: total[q[3]] = total.get(q[3], 0) + q[1]
    check(len(front) == 400 and len(mid) > 800 and {abs(q[0]) for q in mid} == {11, 22}, "%s: %d at the front, %d behind 3 cm" % (particle, len(front), len(mid)))
    check(max(total.values()) < 107 and min(q[1] for q in mid) >= 2 - 1e-3 and 60 < np.mean(list(total.values())) < 100, "%s: energy above the cut behind 3 cm: %g" % (particle, np.mean(list(total.values()))))
one, two = estimates("beam-e-"), estimates("behind-e-")
for name in ("dimuon.per_eot", "cascade.track_length_X0.photon_above_5GeV"):
    error = np.hypot(one[name]["std_error"], two[name]["std_error"])
    check(abs(one[name]["value"] - two[name]["value"]) < 4 * error, "%s cut at the front of the ECAL: %s and %s" % (name, one[name], two[name]))
# muons: the whole way, and from the front of the HCAL on
whole, part = (h5py.File("%s/%s/planes/far.h5" % (work, run))["particles"] for run in ("beam-mu-", "behind-mu-"))
for column in ("kinetic_energy_GeV", "x_cm", "y_cm", "direction_x", "direction_y"):
    a, b = whole[column][:], part[column][:]
    for of, x, y in (("mean", a, b), ("spread", np.abs(a - a.mean()), np.abs(b - a.mean()))):
        error = np.hypot(x.std() / np.sqrt(len(x)), y.std() / np.sqrt(len(y)))
        check(abs(x.mean() - y.mean()) < 4.5 * error, "%s of %s behind the HCAL: %g and %g +- %g" % (of, column, x.mean(), y.mean(), error))
# hadrons: their weights fall as they decay, and what decays is muons
far = h5py.File(work + "/beam-K+/planes/far.h5")["particles"]
weight, kind = far["weight"][:], far["pdg"][:]
check(set(np.unique(kind)) <= {-13, 211, 321} and -13 in kind and np.all(weight[kind == 321] < 1), "kaons at 7 m: %s" % set(np.unique(kind)))
for line in failed[:20]: print("FAILED:", line)
print("%d particles in MCPL and HDF5, %d events through MCPL" % (len(theirs), len(again["primary"])))
sys.exit(len(failed) > 0)
PYTHON
exit "$failed"
