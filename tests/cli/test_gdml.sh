#!/usr/bin/env bash
# The GDML of a set-up, parsed back: places, volumes, masses and radiation lengths along z are those of the configuration, to 1e-6; also of a set-up cut in two, moved,
# with a tracker in a magnet, and with names that XML does not take.
# usage: test_gdml.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/odd.yaml" <<'YAML'
schema: eotmc-config/1
name: odd
beam: {particle: mu-, energy: 100 GeV}
materials: [{name: 3-gas+b/c, density: 2 mg/cm3, elements: {Ar: 0.7, C: 0.1, O: 0.2}}]
geometry:
  world: {material: air, min: [-30, -40, -50], max: [50, 60, 300]}
  volumes:
    - {name: 1st/half+, role: passive, z: -20, center: [3, -2], size: [20, 10], repeat: 3, layers: [{material: lead, thickness: 1}, {material: polystyrene, thickness: 0.5}, {material: 3-gas+b/c, thickness: 0.25}]}
    - {name: m, role: magnet, z: 20, center: [-3, 7], size: [40, 60], material: iron, thickness: 80, field: [0 T, 1 T, 0 T]}
    - {name: t, role: tracker, z: 40, center: [0, 0], size: [8, 8], material: silicon, thickness: 0.03, active: on, resolution: 10 um}
    - {name: u, role: tracker, z: 150, center: [0, 0], size: [8, 8], material: silicon, thickness: 0.03, active: on, resolution: 10 um}
YAML
sed -e 's/z: 20, center: \[-3, 7\], size: \[40, 60\], material: iron, thickness: 80/z: 20, center: [-3, 7], size: [40, 60], material: iron, thickness: 10/' -e '/name: t,/d' \
    -e 's/^    - {name: u,/    - {name: m2, role: magnet, z: 30, center: [-3, 7], size: [40, 60], material: iron, thickness: 70, field: [0 T, 1 T, 0 T]}\n&/' "$work/odd.yaml" >"$work/cut.yaml"
sed -e '/name: t,/d' "$work/odd.yaml" >"$work/whole.yaml"
for config in "$source/configs/na64e-dimuon.yaml" "$source/configs/na64e-beamline.yaml" "$work/odd.yaml" "$work/cut.yaml" "$work/whole.yaml"; do
    name=$(basename "$config" .yaml)
    "$eotmc" geometry "$config" --format gdml >"$work/$name.gdml" 2>"$work/err" && "$eotmc" geometry "$config" --format json --figure none >"$work/$name.json" 2>>"$work/err" ||
        { echo "FAILED: $name: $(cat "$work/err")"; exit 1; }
    "$eotmc" run "$config" --dump-config >"$work/$name.yaml.effective"
done
sed -e '/name: m,/s/material: iron, thickness: 80/layers: [{material: iron, thickness: 40}, {material: air, thickness: 40}]/' "$work/odd.yaml" >"$work/layered.yaml"
"$eotmc" geometry "$work/layered.yaml" --format gdml >"$work/out" 2>"$work/err" && { echo "FAILED: a tracker in the layers of a magnet"; exit 1; }
[ ! -s "$work/out" ] || { echo "FAILED: output of what is refused"; exit 1; }
python3 - "$work" <<'PYTHON'
import json, math, re, sys
import xml.etree.ElementTree as xml

work, failed = sys.argv[1], []

def X0_of(elements):
    """Radiation length [g/cm2] of (Z, A, mass fraction): PDG's review (2022), eqs. 34.25, 34.26, table 34.2."""
    light = {1: (5.31, 6.144), 2: (4.79, 5.621), 3: (4.74, 5.805), 4: (4.71, 5.924)}
    inverse = 0.0
    for Z, A, fraction in elements:
        a2 = (Z / 137.035999084) ** 2
        f = a2 * (1 / (1 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)
        l, l_prime = light.get(Z, (math.log(184.15 * Z ** (-1 / 3)), math.log(1194 * Z ** (-2 / 3))))
        inverse += fraction / 716.408 / A * (Z * Z * (l - f) + Z * l_prime)
    return 1 / inverse

class Gdml:
    def __init__(self, path):
        root = xml.parse(path).getroot()
        names = [e.get("name") for part in ("materials", "solids", "structure") for e in root.find(part)]
        if len(set(names)) != len(names): failed.append(path + ": a name twice")
        for name in names:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name): failed.append("%s: no name of XML: %s" % (path, name))
        element = {e.get("name"): (int(e.get("Z")), float(e.find("atom").get("value"))) for e in root.find("materials") if e.tag == "element"}
        self.density, self.X0, self.box, self.volume = {}, {}, {}, {}
        for m in root.find("materials"):
            if m.tag != "material": continue
            parts = [element[f.get("ref")] + (float(f.get("n")),) for f in m.findall("fraction")]
            if abs(sum(p[2] for p in parts) - 1) > 1e-9: failed.append("fractions of " + m.get("name"))
            self.density[m.get("name")] = float(m.find("D").get("value"))
            self.X0[m.get("name")] = X0_of(parts) / self.density[m.get("name")]
        for b in root.find("solids"): self.box[b.get("name")] = [float(b.get(k)) for k in "xyz"]
        for v in root.find("structure"):
            for reference in v.iter("volumeref"):
                if reference.get("ref") not in self.volume: failed.append("%s is used before it is defined" % reference.get("ref"))
            daughters = [(p.find("volumeref").get("ref"), [float(p.find("position").get(k)) for k in "xyz"]) for p in v.findall("physvol")]
            size = self.box[v.find("solidref").get("ref")]
            for r in v.findall("replicavol"):
                n, width = int(r.get("number")), float(r.find(".//width").get("value"))
                if abs(n * width - size[2]) > 1e-6 * size[2] or daughters: failed.append("replicas do not fill " + v.get("name"))
                daughters = [(r.find("volumeref").get("ref"), [0, 0, (i + 0.5) * width - size[2] / 2]) for i in range(n)]
            self.volume[v.get("name")] = (v.find("materialref").get("ref"), size, daughters)
        self.origin = [float(x) for x in root.find(".//auxiliary[@auxtype='Origin']").get("auxvalue").split()]
    def mass(self, name):
        material, size, daughters = self.volume[name]
        own = size[0] * size[1] * size[2] - sum(math.prod(self.volume[d][1]) for d, _ in daughters)
        if own < -1e-6 * math.prod(size): failed.append("more in %s than fits" % name)
        return max(own, 0) * self.density[material] + sum(self.mass(d) for d, _ in daughters)
    def depth(self, name, x, y):
        """Radiation lengths along z through a volume at a place relative to its middle."""
        material, size, daughters = self.volume[name]
        if abs(x) > size[0] / 2 or abs(y) > size[1] / 2: return 0.0
        crossed = [(d, p) for d, p in daughters if abs(x - p[0]) <= self.volume[d][1][0] / 2 and abs(y - p[1]) <= self.volume[d][1][1] / 2]
        own = size[2] - sum(self.volume[d][1][2] for d, _ in crossed)
        return own / self.X0[material] + sum(self.depth(d, x - p[0], y - p[1]) for d, p in crossed)

def near(a, b, what):
    if abs(a - b) > 1e-6 * max(abs(a), abs(b), 1e-9): failed.append("%s: %.9g, not %.9g" % (what, a, b))

gdml = {}
for name in ("na64e-dimuon", "na64e-beamline", "odd", "cut", "whole"):
    g = gdml[name] = Gdml("%s/%s.gdml" % (work, name))
    d = json.load(open("%s/%s.json" % (work, name)))
    density = {m["name"]: m["density_g_cm3"] for m in d["materials"]}
    X0 = {m["name"]: m["X0_cm"] for m in d["materials"]}
    world = re.search(r"world:\n.*?min: \[(.*?)\]\n\s+max: \[(.*?)\]", open("%s/%s.yaml.effective" % (work, name)).read(), re.S)
    low, high = [[float(x.split()[0]) for x in group.split(",")] for group in world.groups()]
    near(g.origin[2], -(low[2] + high[2]) / 2, name + ": origin")
    place = {daughter: position for daughter, position in g.volume["world"][2]}
    air, depth_here = "air", 0.0
    at = (0.7, -0.3)
    rest = high[2] - low[2]
    for v in d["volumes"]:
        own = re.sub(r"[^A-Za-z_]", "", v["name"])
        xml_name = next(n for n in g.volume if n.endswith("_volume") and re.sub(r"_[0-9a-f]{2}", "", n[:-7]) in (v["name"], re.sub(r"[0-9]*[+/]|^[0-9]", "", v["name"]), re.sub(r"[+/]|^[0-9]", "", v["name"])))
        inside = xml_name not in place
        mass = sum(l["thickness_cm"] * density[l["material"]] for l in v["layers"]) * v["repeat"] * v["size_cm"][0] * v["size_cm"][1]
        held = [w for w in d["volumes"] if w is not v and v["role"] == "magnet" and w["role"] == "tracker" and v["z_cm"] <= w["z_cm"] and w["z_cm"] + w["thickness_cm"] <= v["z_cm"] + v["thickness_cm"]]
        for w in held: mass += w["thickness_cm"] * w["size_cm"][0] * w["size_cm"][1] * (density[w["layers"][0]["material"]] - density[v["layers"][0]["material"]])
        near(g.mass(xml_name), mass, "%s: mass of %s" % (name, v["name"]))
        if not held: near(g.depth(xml_name, 0, 0), v["X0"], "%s: X0 of %s" % (name, v["name"]))
        if inside: continue
        for axis, centre in enumerate(v["center_cm"] + [v["z_cm"] + v["thickness_cm"] / 2]):
            near(place[xml_name][axis] - g.origin[axis], centre, "%s: place of %s" % (name, v["name"]))
        if all(abs(at[a] - v["center_cm"][a]) < v["size_cm"][a] / 2 for a in (0, 1)):
            rest -= v["thickness_cm"]
            depth_here += v["X0"] + sum(w["X0"] - w["thickness_cm"] / X0[v["layers"][0]["material"]] for w in held)
    near(g.depth("world", at[0] + g.origin[0], at[1] + g.origin[1]), depth_here + rest / X0[air], name + ": X0 along z")
near(gdml["cut"].mass("world"), gdml["whole"].mass("world"), "a magnet cut in two: mass")
near(gdml["cut"].depth("world", 0, 0), gdml["whole"].depth("world", 0, 0), "a magnet cut in two: X0")
for line in failed[:20]: print("FAILED:", line)
print("%d volumes of five set-ups are those of the configuration" % sum(len(g.volume) for g in gdml.values()))
sys.exit(len(failed) > 0)
PYTHON
