#!/usr/bin/env bash
# Planes in the shipped configurations: recording all kinds changes no estimate; the signal and the muon pairs cut in two at the front of the HCAL are the whole run, to the
# last bit by HDF5 and within errors by MCPL; pions and kaons cut in two in front of the ECAL are the whole run; other devices see the same particles; a run says where a
# plane has energy instead of particles, once. usage: test_planes_shipped.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "FAILED: $*"; failed=1; }
run() { # FOLDER CONFIG, arguments
    local folder=$work/$1 config=$2
    shift 2
    "$eotmc" run "$source/configs/$config.yaml" -q --set output.figures=off --set scoring.record_fraction=0 -o "$folder" "$@" 2>"$work/log" || { fail "run ${folder##*/} $config $*: $(tail -n 2 "$work/log")"; return 1; }
}
result() { sed -e 's/,$//' -e '/^ *"\(id\|config_sha256\|tables_sha256\|wall_s\|kernel_s\|jit_s\|tables_s\|[a-z_]*_per_s\)":/d' -e '/"planes\./,/^ *}/d' "$work/$1/summary.json" | sed -n '/"estimates"/,/"performance"/p'; }
same() { # A B what
    [ "$(grep -o '"tally_sha256": *"[0-9a-f]*"' "$work/$1/summary.json")" = "$(grep -o '"tally_sha256": *"[0-9a-f]*"' "$work/$2/summary.json")" ] || fail "$3: other tallies"
    diff <(result "$1") <(result "$2") >"$work/difference" || fail "$3: $(head -n 6 "$work/difference")"
    [ "$(result "$1" | wc -l)" -gt 100 ] || fail "$3: there is next to nothing to compare"
}
crossings() { grep -A1 "\"planes\.$2\.crossings\"" "$work/$1/summary.json" | grep -o '"value": *[0-9]*' | grep -o '[0-9]*$'; }
kinds='kinds: [muons, electrons, photons, hadrons]'

# --- electrons: the signal and the muon pairs
planes="output.planes=[{name: hcal, z: 60 cm, format: hdf5}, {name: list, z: 60 cm}, {name: front, z: 0 cm, $kinds}, {name: veto, z: 49.9 cm, $kinds}, {name: far, z: 930 cm, $kinds}]"
for config in na64e-signal na64e-dimuon; do
    also=(--device host --set sampling.eot=2000 --set sampling.batch=400 --set sampling.splitting=1 --set sampling.roulette=off)
    run "$config-whole" $config "${also[@]}" && run "$config-planes" $config "${also[@]}" --set "$planes" || continue
    same $config-whole $config-planes "planes change $config"
    [ "$(grep -c plane_parametrised "$work/log")" = 1 ] || fail "$config is to say once where showers have no particles: $(cat "$work/log")"
    run "$config-hdf5" $config "${also[@]}" --set "beam.file=$work/$config-planes/planes/hcal.h5" && same $config-whole $config-hdf5 "$config from the HCAL's front on"
    run "$config-mcpl" $config "${also[@]}" --set "beam.file=$work/$config-planes/planes/list.mcpl" --set sampling.run=1
    [ "$(crossings $config-planes front)" -ge 2000 ] || fail "$config: $(crossings $config-planes front) particles at the front of the ECAL"
done

# --- hadrons: cut in front of the ECAL, decays behind the cut
for particle in pi- K+; do
    also=(--device host --set "beam.particle=$particle" --set sampling.eot=3000 --set sampling.batch=1000)
    run whole-$particle na64e-hadron "${also[@]}" --set 'beam.decay_region=[-100 cm, 900 cm]' &&
        run planes-$particle na64e-hadron "${also[@]}" --set 'beam.decay_region=[-100 cm, 900 cm]' --set "output.planes=[{name: cut, z: -100 cm, kinds: [hadrons]}, {name: front, z: -0.1 cm, $kinds}, {name: far, z: 930 cm, $kinds}]" || continue
    same whole-$particle planes-$particle "planes change the run of $particle"
    run behind-$particle na64e-hadron "${also[@]}" --set 'beam.decay_region=[-100 cm, 900 cm]' --set beam.position_z="-100 cm" --set "beam.file=$work/planes-$particle/planes/cut.mcpl" --set beam.file_as=primaries --set sampling.run=1
    run opencl-$particle na64e-hadron "${also[@]:2}" --set sampling.eot=300 --set sampling.batch=100 --set "output.planes=[{name: front, z: -0.1 cm, $kinds}]" &&
        run host-$particle na64e-hadron "${also[@]}" --set sampling.eot=300 --set sampling.batch=100 --set "output.planes=[{name: front, z: -0.1 cm, $kinds}]" &&
        { cmp -s "$work/opencl-$particle/planes/front.mcpl" "$work/host-$particle/planes/front.mcpl" || fail "another device sees other particles of $particle"; }
done
run conversions na64mu-mu2e --device host --set sampling.eot=200 --set sampling.batch=100 && run conversions-planes na64mu-mu2e --device host --set sampling.eot=200 --set sampling.batch=100 --set "output.planes=[{name: ecal, z: 20 cm, $kinds}]" &&
    same conversions conversions-planes "planes change the conversions"
run conversions-opencl na64mu-mu2e --set sampling.eot=200 --set sampling.batch=100 --set "output.planes=[{name: ecal, z: 20 cm, $kinds}]" &&
    { cmp -s "$work/conversions-opencl/planes/ecal.mcpl" "$work/conversions-planes/planes/ecal.mcpl" || fail "another device sees other particles of conversions"; }
[ "$(crossings conversions-planes ecal)" -gt 200 ] || fail "200 muons, electrons and photons of conversions: $(crossings conversions-planes ecal) particles"

command -v python3 >/dev/null || { echo "without Python: only bits are compared"; exit "$failed"; }
python3 - "$work" <<'PYTHON' || failed=1
import json, math, sys
work, failed = sys.argv[1], []
def summary(name): return json.load(open("%s/%s/summary.json" % (work, name)))
def agree(what, a, da, b, db):
    pull = (a - b) / math.hypot(da, db)
    print("%-44s %.5g +- %.2g, in two %.5g +- %.2g: %.1f" % (what, a, da, b, db, pull))
    if not abs(pull) < 4: failed.append("%s: %g +- %g and %g +- %g" % (what, a, da, b, db))
for config in ("na64e-signal", "na64e-dimuon"):
    whole, part = summary(config + "-whole"), summary(config + "-mcpl")
    row = [next(r for r in s["cutflow"] if r["cut"] == "one track") for s in (whole, part)]
    agree(config + ": one track per EOT", row[0]["weighted"], row[0]["std_error"], row[1]["weighted"], row[1]["std_error"])
    for name in ("track.momentum_ratio_median", "track.momentum_resolution", "track.measured_fraction"):
        a, b = whole["estimates"][name], part["estimates"][name]
        if a["std_error"] or b["std_error"]: agree(config + ": " + name, a["value"], a["std_error"], b["value"], b["std_error"])
    balance = sum(e["value"] for n, e in part["estimates"].items() if n.startswith("energy.") and n.endswith("_fraction") and "crossed" not in n)
    if abs(balance - 1) > 1e-6 or part["estimates"]["energy.recoil_fraction"]["value"] != 0: failed.append("%s: the energy of events of MCPL is %g of what they have" % (config, balance))
for particle in ("pi-", "K+"):
    whole, part = summary("whole-" + particle)["estimates"], summary("behind-" + particle)["estimates"]
    weight = part["beam.file.weight"]["value"]
    for name in ("hadron.decay_probability", "hadron.survival.per_hadron", "hadron.track.per_decay", "hadron.track.per_decay.mu_nu"):
        a, b = whole[name], part[name]
        scale = weight if name.endswith(("probability", "per_hadron")) else 1
        if a["std_error"] or b["std_error"]: agree(particle + ": " + name, a["value"], a["std_error"], scale * b["value"], scale * b["std_error"])
for line in failed: print("FAILED:", line)
sys.exit(len(failed) > 0)
PYTHON
exit "$failed"
