"""Random set-ups, and what may be done to a set-up without changing its results: moving, turning, mirroring charges,
cutting matter, adding nothing. A set-up is a configuration as nested dictionaries; lengths are numbers in cm, fields in
T, energies in GeV, angles in rad, as the configuration takes bare numbers."""

import copy
import math

X0 = {"lead": 0.561, "tungsten": 0.350, "copper": 1.436, "iron": 1.757, "polystyrene": 41.3, "aluminium": 8.9}
CRYSTALS = {"CsI": 1.86, "BGO": 1.118, "lead_glass": 1.265, "liquid_argon": 14.0}


class Builder:
    """Puts volumes one behind the other along z."""

    def __init__(self, rng):
        self.rng = rng
        self.volumes = []
        self.z = 0.0

    def gap(self, low, high):
        self.z += round(self.rng.uniform(low, high), 2)

    def add(self, role, material, size, thickness, center=(0.0, 0.0), z=None, **more):
        volume = {"name": "%s%d" % (role[:1] + role[-1:], len(self.volumes)), "role": role,
                  "z": round(self.z if z is None else z, 3), "size": [round(s, 2) for s in size],
                  "center": [round(c, 2) for c in center]}
        if isinstance(material, list):
            volume["layers"] = material
        else:
            volume.update(material=material, thickness=round(thickness, 3))
        volume.update(more)
        self.volumes.append(volume)
        if z is None:
            self.z = round(self.z + depth_of(volume), 3)
        return volume


def depth_of(volume):
    if "layers" in volume:
        return volume.get("repeat", 1) * sum(layer["thickness"] for layer in volume["layers"])
    return volume["thickness"]


def layered(rng, low, high):
    """Layers of a sampling calorimeter, and its radiation lengths a period."""
    absorber = rng.choice(["lead", "tungsten", "copper", "iron"])
    t, s = round(rng.uniform(low, high), 2), round(rng.uniform(0.1, 0.5), 2)
    layers = [{"material": absorber, "thickness": t}, {"material": "polystyrene", "thickness": s, "active": True}]
    return layers, t / X0[absorber] + s / X0["polystyrene"]


def add_ecal(b, deepest=28):
    """@param deepest radiation lengths."""
    rng, size = b.rng, [b.rng.uniform(10, 50), b.rng.uniform(10, 50)]
    cells, depth = [rng.randint(1, 6), rng.randint(1, 6)], b.rng.uniform(8, deepest)
    if rng.random() < 0.35:
        known = dict(X0, **CRYSTALS)
        material = rng.choice(["lead", "tungsten", "copper", "iron"] + list(CRYSTALS))
        return b.add("ecal", material, size, known[material] * depth, cells=cells, active=True)
    layers, period = layered(rng, 0.1, 0.6)
    return b.add("ecal", layers, size, None, cells=cells, repeat=max(4, int(depth / period)))


def add_calorimeters(b):
    rng = b.rng
    if rng.random() < 0.7:
        b.gap(1, 10)
        b.add("veto", "polystyrene", [rng.uniform(20, 60), rng.uniform(20, 60)], rng.uniform(1, 6), active=True)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        b.gap(1, 10)
        layers, _ = layered(rng, 1.0, 3.0)
        b.add("hcal", layers, [rng.uniform(30, 80), rng.uniform(30, 80)], None, repeat=rng.randint(8, 30),
              cells=[rng.randint(1, 4), rng.randint(1, 4)])


def add_block(b):
    b.gap(0.5, 5)
    material = b.rng.choice(list(X0))
    b.add("passive", material, [b.rng.uniform(10, 60), b.rng.uniform(10, 60)],
          X0[material] * b.rng.uniform(0.02, 0.8), center=(b.rng.uniform(-8, 8), b.rng.uniform(-8, 8)))


def random_field(rng, low, high):
    """A field across the beam: along x, along y, or between them."""
    angle = rng.choice([0, 90, 180, 270, rng.uniform(0, 360)])
    field = rng.uniform(low, high)
    return [round(field * math.sin(math.radians(angle)), 6), round(field * math.cos(math.radians(angle)), 6), 0.0]


def add_spectrometer(b, world):
    """0 to 3 magnets and 0 to 6 chambers in any order. A chamber's gas is argon."""
    rng = b.rng
    things = ["magnet"] * rng.choice([0, 1, 1, 2, 3]) + ["tracker"] * rng.randint(0, 6)
    rng.shuffle(things)
    wide = rng.uniform(10, 80)
    for thing in things:
        b.gap(2, 60)
        if thing == "tracker":
            b.add("tracker", "argon", [wide, wide], 0.8, resolution=rng.choice([0.005, 0.01, 0.02]), active=True)
        else:
            b.add("magnet", world, [rng.uniform(20, 80), rng.uniform(20, 80)], rng.uniform(30, 200),
                  field=random_field(rng, 0.3, 1.8))


def add_measuring_spectrometer(b, world):
    """1 to 3 magnets, and 4 to 6 chambers in front of, between, inside and behind them, so wide and so close that many
    muons cross all of them."""
    rng = b.rng
    n_magnet, wide = rng.choice([1, 1, 2, 3]), rng.uniform(25, 90)
    places = 2 * n_magnet + 1  # in front of the first magnet, in it, behind it, in the second one, ...
    at = sorted([0, places - 1] + [rng.randint(0, places - 1) for _ in range(rng.randint(2, 4))])
    gas, sigma = rng.choice(["argon", "argon", world]), rng.choice([0.005, 0.01, 0.02])
    for place in range(places):
        here = at.count(place)
        if place % 2 == 0:
            for _ in range(here):
                b.gap(3, 40)
                b.add("tracker", gas, [wide, wide], 0.8, resolution=sigma, active=True)
            continue
        b.gap(2, 20)
        magnet = b.add("magnet", world, [rng.uniform(30, 120), rng.uniform(30, 120)], rng.uniform(40, 150),
                       field=random_field(rng, 0.6, 1.8))
        inside = [min(wide, 0.95 * s) for s in magnet["size"]]
        for k in range(here):
            share = (k + rng.uniform(0.1, 0.9)) / here
            b.add("tracker", gas, inside, 0.8, z=magnet["z"] + share * (magnet["thickness"] - 0.9) + 0.05,
                  resolution=sigma, active=True)


def add_front(b, beam, world):
    """Thin matter and a weak magnet in front of the first volume, up to 0.3 X0 in all; the beam starts before them, and
    the magnet moves it by less than a third of what it meets."""
    rng, first, z = b.rng, b.volumes[0], -round(b.rng.uniform(1, 20), 2)
    for _ in range(rng.choice([1, 1, 2])):
        size = [rng.uniform(10, 60), rng.uniform(10, 60)]
        if rng.random() < 0.5:
            material = rng.choice(["aluminium", "polystyrene", "iron", "lead"])
            thickness = X0[material] * rng.uniform(0.005, 0.15)
            b.add("passive", material, size, thickness, z=z - thickness)
        else:
            thickness = rng.uniform(20, 100)
            most = min(first["size"]) / 6.0 * beam["energy"] / (0.003 * thickness * (0.5 * thickness - z))
            b.add("magnet", world, size, thickness, z=z - thickness, field=random_field(rng, 0.0, min(1.8, most)))
        z -= thickness + round(rng.uniform(1, 10), 2)
    beam["position_z"] = round(z - rng.uniform(1, 20), 2)


def add_beside(b, volume):
    """A block or vacuum beside a volume, at the same z."""
    rng, axis, side = b.rng, b.rng.randint(0, 1), b.rng.choice([-1, 1])
    size, center = [rng.uniform(3, 20), rng.uniform(3, 20)], list(volume["center"])
    center[axis] += side * (0.5 * (volume["size"][axis] + size[axis]) + 0.1 + rng.choice([0.0, 2.0]))
    depth = depth_of(volume)
    b.add("passive", rng.choice(["lead", "iron", "polystyrene"]), size, depth * rng.uniform(0.2, 0.9),
          center=center, z=volume["z"] + 0.05 * depth)


def world_of(volumes, beam_z, material, margin=20.0):
    low, high = [0.0, 0.0, beam_z - 10.0], [0.0, 0.0, 0.0]
    for v in volumes:
        for a in (0, 1):
            low[a] = min(low[a], v["center"][a] - 0.5 * v["size"][a] - margin)
            high[a] = max(high[a], v["center"][a] + 0.5 * v["size"][a] + margin)
        high[2] = max(high[2], v["z"] + depth_of(v) + margin)
    return {"material": material, "min": [round(x, 2) for x in low], "max": [round(x, 2) for x in high]}


def overlaps(v, w):
    for a in (0, 1):
        if abs(v["center"][a] - w["center"][a]) >= 0.5 * (v["size"][a] + w["size"][a]) - 1e-6:
            return False
    return v["z"] < w["z"] + depth_of(w) - 1e-6 and w["z"] < v["z"] + depth_of(v) - 1e-6


def stands_in(v, magnet):
    """Whether v lies wholly inside a magnet."""
    if magnet["role"] != "magnet" or v["role"] not in ("tracker", "passive") or "field" in v:
        return False
    wide = all(abs(v["center"][a] - magnet["center"][a]) <= 0.5 * (magnet["size"][a] - v["size"][a]) for a in (0, 1))
    return wide and magnet["z"] <= v["z"] and v["z"] + depth_of(v) <= magnet["z"] + depth_of(magnet)


def without_overlaps(volumes):
    kept = []
    for v in volumes:
        if not any(overlaps(v, w) and not stands_in(v, w) for w in kept):
            kept.append(v)
    return kept


def random_beam(rng, job, half):
    particle = rng.choice(["mu-", "mu+"]) if job == "muon" else rng.choice(["e-", "e-", "e+", "gamma"])
    energy = round(math.exp(rng.uniform(math.log(2.0), math.log(300.0))), 3)
    reach = rng.choice([0.7, 0.7, 0.7, 1.05])  # of the half widths: some beams hit an edge, or miss in part
    return {"particle": particle, "energy": energy, "spread": rng.choice([0, 0.01]),
            "spot_x": round(rng.uniform(0, 1), 3), "spot_y": round(rng.uniform(0, 1), 3),
            "divergence_x": round(rng.uniform(0, 2e-3), 6), "divergence_y": round(rng.uniform(0, 2e-3), 6),
            "position_x": round(rng.uniform(-1, 1) * reach * half[0], 3),
            "position_y": round(rng.uniform(-1, 1) * reach * half[1], 3), "position_z": round(rng.uniform(-60, -5), 2)}


def random_setup(rng, has_angle):
    """A set-up of a job: showers with muon pairs (`dimuon`, `analog`) or a beam of muons (`muon`). Of half the forced
    ones many muons reach a spectrometer in vacuum."""
    job = rng.choice(["dimuon"] * 5 + ["analog", "analog", "muon"])
    measures = job == "dimuon" and rng.random() < 0.8
    material = "vacuum" if measures else rng.choice(["vacuum", "vacuum", "air"])
    b = Builder(rng)
    first = add_ecal(b, 20 if measures else 28) if job != "muon" or rng.random() < 0.5 else None
    if not measures or rng.random() < 0.25:
        add_calorimeters(b)
    for _ in range(rng.choice([0, 0, 0, 1]) if measures else rng.choice([0, 1, 2])):
        add_block(b)
    if not b.volumes:
        add_block(b)
    for v in list(b.volumes):
        if rng.random() < 0.25:
            add_beside(b, v)
    if measures:
        add_measuring_spectrometer(b, material)
    else:
        add_spectrometer(b, material)
    half = [0.5 * s for s in (first or b.volumes[0])["size"]]
    beam = random_beam(rng, job, half)
    if rng.random() < 0.3:
        add_front(b, beam, material)
    volumes = without_overlaps(b.volumes)
    if has_angle:
        for axis in "xy":
            beam["angle_" + axis] = round(rng.choice([0, 0, rng.uniform(-0.01, 0.01)]), 6)
    world = world_of(volumes, beam["position_z"], material)
    for a, axis in enumerate("xy"):
        beam["position_" + axis] = min(max(beam["position_" + axis], world["min"][a] + 1), world["max"][a] - 1)
    cut = min(max(beam["energy"] * rng.uniform(0.02, 0.1), 0.2), 0.5 * beam["energy"])
    setup = {"schema": "eotmc-config/1", "name": job, "beam": beam,
             "geometry": {"layers": rng.choice(["effective", "effective", "explicit"]), "world": world,
                          "volumes": volumes},
             "physics": {"cut": round(cut, 4), "rare": {"dimuon_gamma": True,
                                                        "dimuon_trident": rng.random() < 0.2}},
             "sampling": {"mode": "analog" if job == "analog" else "forced",
                          "region": {"min_photon_energy": round(rng.choice([0, 0, 0.2]) * beam["energy"], 3)}},
             "selection": {"charge": rng.choice([-1, 1]), "veto": [0, 1000], "hcal": [0, 1000],
                           "missing_energy": round(0.1 * beam["energy"], 3)},
             "scoring": {}, "output": {"figures": False}}
    if job == "muon":
        del setup["physics"]["rare"], setup["physics"]["cut"], setup["sampling"], setup["selection"]
        setup["scoring"] = {"exit": "plane", "exit_z": world["max"][2] - 5.0}
    return job, setup


def moved(setup, rng):
    """(a) Everything moved by one vector."""
    s, by = copy.deepcopy(setup), [round(rng.uniform(-1000, 1000), 2) for _ in range(3)]
    for v in s["geometry"]["volumes"]:
        v["center"] = [v["center"][0] + by[0], v["center"][1] + by[1]]
        v["z"] += by[2]
    for end in ("min", "max"):
        s["geometry"]["world"][end] = [x + d for x, d in zip(s["geometry"]["world"][end], by)]
    for a, axis in enumerate("xyz"):
        s["beam"]["position_" + axis] += by[a]
    if "exit_z" in s["scoring"]:
        s["scoring"]["exit_z"] += by[2]
    return s


def charge_reversed(setup, _rng):
    """(b) The other charge in the opposite field."""
    s = copy.deepcopy(setup)
    other = {"e-": "e+", "e+": "e-", "mu-": "mu+", "mu+": "mu-", "gamma": "gamma"}
    s["beam"]["particle"] = other[s["beam"]["particle"]]
    for v in s["geometry"]["volumes"]:
        if "field" in v:
            v["field"] = [-f for f in v["field"]]
    if "selection" in s:
        s["selection"]["charge"] = -s["selection"]["charge"]
    return s


def turned(setup, _rng):
    """(c) A quarter turn about z: (x, y) -> (-y, x)."""
    s = copy.deepcopy(setup)

    def turn(v):
        return [-v[1], v[0]]

    for v in s["geometry"]["volumes"]:
        v["center"] = turn(v["center"])
        v["size"] = v["size"][::-1]
        if "cells" in v:
            v["cells"] = v["cells"][::-1]
        if "field" in v:
            v["field"] = turn(v["field"]) + [v["field"][2]]
    world, beam = s["geometry"]["world"], s["beam"]
    low, high = world["min"], world["max"]
    world["min"], world["max"] = [-high[1], low[0], low[2]], [-low[1], high[0], high[2]]
    for key in ("position_", "angle_"):
        if key + "x" in beam:
            beam[key + "x"], beam[key + "y"] = turn([beam[key + "x"], beam[key + "y"]])
    for key in ("spot_", "divergence_"):
        beam[key + "x"], beam[key + "y"] = beam[key + "y"], beam[key + "x"]
    return s


def cut_volume(volume, axis, share):
    """A homogeneous volume in two."""
    parts = [copy.deepcopy(volume), copy.deepcopy(volume)]
    parts[0]["name"] += "a"
    parts[1]["name"] += "b"
    if axis == 2:
        first = round(share * volume["thickness"], 3)
        parts[0]["thickness"] = first
        parts[1]["thickness"] = volume["thickness"] - first
        parts[1]["z"] = volume["z"] + first
        return parts
    low, size = volume["center"][axis] - 0.5 * volume["size"][axis], volume["size"][axis]
    first = round(share * size, 3)
    for part, begin, width in ((parts[0], low, first), (parts[1], low + first, size - first)):
        part["size"][axis] = width
        part["center"][axis] = begin + 0.5 * width
    return parts


def with_nothing(setup, rng):
    """Boxes of the world's material (vacuum in vacuum) where there is room."""
    s, world = copy.deepcopy(setup), setup["geometry"]["world"]
    for i in range(40):
        low = [rng.uniform(world["min"][a], world["max"][a]) for a in range(3)]
        high = [rng.uniform(world["min"][a], world["max"][a]) for a in range(3)]
        size = [round(abs(h - l), 2) for l, h in zip(low, high)]
        if min(size) < 0.2:
            continue
        box = {"name": "nothing%d" % i, "role": "passive", "material": world["material"], "size": size[:2],
               "center": [0.5 * (l + h) for l, h in zip(low, high)][:2], "thickness": size[2],
               "z": min(low[2], high[2])}
        fits = all(world["min"][a] <= box["center"][a] - 0.5 * size[a]
                   and box["center"][a] + 0.5 * size[a] <= world["max"][a] for a in (0, 1))
        if fits and box["z"] + size[2] <= world["max"][2] and \
                not any(overlaps(box, v) and not stands_in(box, v) for v in s["geometry"]["volumes"]):
            s["geometry"]["volumes"] += [box] if rng.random() < 0.5 else cut_volume(box, rng.randint(0, 2), 0.4)
    return s


def cut_in_two(setup, rng):
    """(d) Passive volumes and magnets cut in two, and vacuum added."""
    s = with_nothing(setup, rng) if rng.random() < 0.6 else copy.deepcopy(setup)
    parts = []
    for v in s["geometry"]["volumes"]:
        can = v["role"] in ("passive", "magnet") and "material" in v
        parts += cut_volume(v, rng.randint(0, 2), rng.uniform(0.2, 0.8)) if can else [v]
    s["geometry"]["volumes"] = parts
    return s


def all_at_once(setup, rng):
    """(z) All images one after the other."""
    for image in (with_idle_field, moved, charge_reversed, turned, cut_in_two):
        setup = image(setup, rng)
    return setup


def with_idle_field(setup, rng):
    """(e) A field where no charged particle goes that comes back: behind the beam's start, or, in vacuum, far beside
    all volumes, at any depth. (Muon beams are scored in a whole plane, which the latter would be before.)"""
    s = copy.deepcopy(setup)
    world = s["geometry"]["world"]
    idle = {"name": "idle", "role": "magnet", "material": world["material"], "size": [10, 10],
            "field": [0.0, rng.choice([-1.5, 1.5]), 0.0]}
    if world["material"] == "vacuum" and "selection" in setup and rng.random() < 0.6:
        axis, side, depth = rng.randint(0, 1), rng.choice(["min", "max"]), world["max"][2] - world["min"][2]
        sign = 1.0 if side == "max" else -1.0
        center = [0.5 * (world["min"][a] + world["max"][a]) for a in (0, 1)]
        center[axis] = world[side][axis] + sign * rng.uniform(120.0, 200.0)
        world[side][axis] = center[axis] + sign * 20.0
        first, length = rng.uniform(0.02, 0.9) * depth, rng.uniform(0.02, 0.9) * depth
        idle.update(z=world["min"][2] + first, thickness=min(length, 0.99 * depth - first), center=center)
    else:
        z = world["min"][2]
        world["min"][2] = z - 60.0
        idle.update(z=z - 50.0, thickness=40.0, center=[rng.uniform(-5, 5), 0.0])
    s["geometry"]["volumes"].append(idle)
    return s
