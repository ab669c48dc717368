#!/usr/bin/env python3
"""Relations that hold whatever the numbers are: random set-ups and their images must give the same results.

usage: relations.py EOTMC [--seed S] [--n N] [--relation LETTERS] [--seeds K] [--eot N] [--jobs J] [--keep DIR]

(a) everything moved; (b) charges and fields reversed; (c) a quarter turn about z; (d) matter cut in two, vacuum added;
(e) a field where nothing goes; (f) reconstructed momenta are right: in vacuum, where the resolution is below 50 %, the
median of |p_rec|/p_true is 1 within 2 %, and charges are wrong as often as Gaussians in 1/p say, with the errors of the
fits; (g) the energy balance closes; (h) analog and forced agree; (i) tracks do not depend on which events have their
deposits followed: same seeds, same cut flow; (s) muons split and in roulette on their way to the chambers are those of
nature; (z) a to e one after the other, which takes a third of the time of all.
Set-ups and images: tests/relations/setups.py.

Both sides run with several independent seeds. All estimates of the base whose value is 10 errors or more (100 effective
entries) are compared. They are correlated: the variance of their chi-square is taken from differences of runs of one
side, which have none but chance. Where the first comparison looks odd (p < 1e-3 or a pull above 4), another one with
fresh seeds and four times as many primaries decides: p < 1e-6 or a pull above 5.5 is a violation."""

import argparse
import collections
import concurrent.futures
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import setups


def split(setup, rng):
    """Several histories of each vertex's muons, and roulette of those that are unlikely to hit the chambers."""
    has_chambers = any(v["role"] == "tracker" for v in setup["geometry"]["volumes"])
    if setup.get("sampling", {}).get("mode") != "forced" or not has_chambers:
        return None
    image = json.loads(json.dumps(setup))
    image["sampling"].update(splitting=rng.randint(2, 16), roulette=True)
    image["scoring"].update(deposit_fraction=0.05, record_fraction=0)
    return image


RELATIONS = {"a": ("moved", setups.moved), "b": ("charges reversed", setups.charge_reversed),
             "c": ("turned", setups.turned), "d": ("cut in two", setups.cut_in_two),
             "e": ("idle field", setups.with_idle_field), "f": ("momenta", None), "g": ("balance", None),
             "h": ("analog and forced", None), "i": ("deposits of few", None),
             "s": ("split", split), "z": ("all at once", setups.all_at_once)}
LEFT_OUT = ("eot.", "events.", "physics.cut", "ecal.showers")
ANALOG = ("dimuon.", "cascade.", "cut.", "selected.")  # what does not depend on how vertices are drawn
BALANCE = 1e-9
WANTED_TRACKS, FEWEST_TRACKS = 1000, 100  # of a statement on momenta


# estimates, name: (value, error); residual of the energy balance; events with one track; fitted tracks (n_eff); share of
# wrong charges that the errors of their fits promise
Result = collections.namedtuple("Result", "estimates residual tracks fitted wrong")


class Failed(Exception):
    """A run that gave no result."""


def run(options, setup, seed, eot, folder):
    """One run. @return a Result."""
    config = json.loads(json.dumps(setup))
    sampling = config.setdefault("sampling", {})
    sampling.update(seed=seed, eot=eot, batch=max(1, eot // 20))
    if setup["name"] != "muon":
        config["scoring"]["showers"] = max(20, eot // 6)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "config.yaml")
    with open(path, "w") as file:
        json.dump(config, file, indent=1)
    command = [options.eotmc, "run", path, "-o", os.path.join(folder, "out"), "--progress", "none", "--device",
               options.device]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=options.environment)
    if done.returncode != 0:
        raise Failed(done.stdout.decode(errors="replace").strip().splitlines()[-1])
    with open(os.path.join(folder, "out", "summary.json")) as file:
        summary = json.load(file)
    estimates = {name: (e["value"], e["std_error"]) for name, e in summary["estimates"].items()
                 if not name.startswith(LEFT_OUT) and e.get("value") is not None and e.get("std_error") is not None
                 and ("upper_limit_90" not in e or name.startswith("track."))}  # of an empty sum: not 0 +- 0
    for cut in summary.get("cutflow", []):
        if cut.get("weighted") is None or cut.get("std_error") is None or not cut.get("applied", True) or \
                "upper_limit_90" in cut:
            continue
        estimates["cut." + cut["cut"]] = (cut["weighted"], cut["std_error"])
    tracks = sum(cut["events"] or 0 for cut in summary.get("cutflow", []) if cut["cut"] == "one track")
    balance = summary.get("energy_balance", {}).get("relative_residual") or 0.0
    return Result(estimates, balance, tracks, *fitted_tracks(summary, config["beam"]["energy"]))


def fitted_tracks(summary, most):
    """Effective number of tracks with a momentum (the median of their momenta rests on the half of them), and the share
    of wrong charges among them if 1/p is Gaussian with the errors of the fits, by true momentum. `most`: the largest
    momentum [GeV]."""
    median = summary["estimates"].get("track.momentum_ratio_median")
    if median is None or not median.get("n_eff"):
        return 0.0, 0.0
    axis = summary["histograms"]["track.true_momentum"]["axes"][0]
    weights, errors = (summary["histograms"][name]["storage"]["values"][1:]  # the first is the underflow, the last the
                       for name in ("track.true_momentum", "track.momentum_error"))  # overflow
    middles = [axis["lower"] + (i + 0.5) * (axis["upper"] - axis["lower"]) / axis["bins"] for i in range(axis["bins"])]
    middles.append(0.5 * (axis["upper"] + max(most, axis["upper"])))
    all_weight = wrong = error_per_p = 0.0
    for p, weight, error in zip(middles, weights, errors[:-1] + [0.0]):
        if error > 0:
            error_per_p = error / p
        else:
            error = error_per_p * p  # of a bin with few tracks: as large as the chambers' resolution makes it
        all_weight += weight
        if error > 0:
            wrong += weight * 0.5 * math.erfc(1.0 / (error * math.sqrt(2.0)))
    return 2.0 * median["n_eff"], wrong / all_weight if all_weight > 0 else 0.0


def run_side(options, pool, setup, label, first_seed, eot, n_seed):
    folder = os.path.join(options.folder, label)
    todo = [pool.submit(run, options, setup, first_seed, eot, os.path.join(folder, "0"))]
    todo[0].result()  # its tables are then in the cache
    todo += [pool.submit(run, options, setup, first_seed + i, eot, os.path.join(folder, str(i)))
             for i in range(1, n_seed)]
    return [t.result() for t in todo]


def reversed_name(name):
    return name.replace("electron", "#").replace("positron", "electron").replace("#", "positron")


def gamma_tail(shape, x):
    """Upper incomplete Gamma function, regularised: series or continued fraction."""
    if x <= 0:
        return 1.0
    scale = math.exp(-x + shape * math.log(x) - math.lgamma(shape)) if x < 700 + shape * 8 else 0.0
    if x < shape + 1:
        term = total = 1 / shape
        k = shape
        while term > total * 1e-14:
            k += 1
            term *= x / k
            total += term
        return max(0.0, 1 - total * scale)
    b, c = x + 1 - shape, 1e300
    d = 1 / b
    h = d
    for i in range(1, 1000):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        h *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return scale * h


def mean_of(values):
    """Mean of (value, error) of several seeds, and its error: the larger one of what the runs say, and what they show
    by their spread (the spread of a quantity with a long tail has an error that few entries cannot tell)."""
    n = len(values)
    mean = sum(v for v, _ in values) / n
    said = sum(e * e for _, e in values) / n ** 2
    seen = sum((v - mean) ** 2 for v, _ in values) / (n * (n - 1)) if n > 1 else 0.0
    return mean, math.sqrt(max(said, seen))


def contrast(n, rng):
    """Random weights of sum 0 and mean square 1: what they make of n runs has no mean, and the variance of a sum."""
    g = [rng.gauss(0, 1) for _ in range(n)]
    mean = sum(g) / n
    size = math.sqrt(sum((x - mean) ** 2 for x in g) / n)
    return [(x - mean) / size for x in g]


def compare(base, image, names, rng):
    """@return number of estimates, p of the chi-square, the largest pull and its name. @param names pairs."""
    pulls, nulls, n = [], [[] for _ in range(60)], len(base)
    weights = [contrast(n, rng) for _ in range(2 * len(nulls))]
    for name, other in names:
        a, b = [r[0][name] for r in base], [r[0][other] for r in image]
        (mean_a, error_a), (mean_b, error_b) = mean_of(a), mean_of(b)
        variance = error_a ** 2 + error_b ** 2
        if variance == 0.0:
            if abs(mean_a - mean_b) > 1e-6 * abs(mean_a):
                pulls.append((math.inf, name))
            continue
        if abs(mean_a) <= 10 * error_a:
            continue
        pulls.append(((mean_b - mean_a) / math.sqrt(variance), name))
        for k, null in enumerate(nulls):
            z = sum(w * v for w, (v, _) in zip(weights[2 * k], a))
            z += sum(w * v for w, (v, _) in zip(weights[2 * k + 1], b))
            null.append(z / n / math.sqrt(variance))
    if not pulls:
        return 0, 1.0, 0.0, "", 0.0
    chi2 = sum(z * z for z, _ in pulls)
    null_chi2 = [sum(z * z for z in null) for null in nulls]
    mean = len(pulls)
    spread = sum((x - mean) ** 2 for x in null_chi2) / len(null_chi2)
    unit = max(1.0, spread / (2.0 * mean))  # chi-square / unit has mean / unit degrees of freedom
    p = gamma_tail(0.5 * mean / unit, 0.5 * chi2 / unit) if math.isfinite(chi2) else 0.0
    worst = max(pulls, key=lambda x: abs(x[0]))
    return len(pulls), p, worst[0], worst[1], chi2


def label_of(seed, letter):
    return "%d-%s" % (seed, letter)


def enhance(options, pool, setup, rate, label):
    """Set an enhancement with which 1 primary in 20 makes a pair, or the largest one that is accepted."""
    sampling = setup["sampling"]
    sampling["analog_enhancement"] = max(1.0, float("%.3g" % (0.05 / rate)))
    try:
        run_side(options, pool, setup, label + "-enhanced", 78, 20, 1)
    except Failed as failed:
        most = re.search(r"analog_enhancement .*lower it to ([0-9.e+]+)", str(failed))
        if not most:
            raise
        sampling["analog_enhancement"] = 0.9 * float(most.group(1))


def analog_of(options, pool, setup, base, label):
    """The same set-up with every primary followed, with cross sections so large that 1 in 20 makes a pair."""
    rate = sum(r[0].get("dimuon.per_eot", (0, 0))[0] for r in base) / len(base)
    if not rate > 0:
        return None
    image = json.loads(json.dumps(setup))
    is_analog = setup["sampling"]["mode"] == "analog"
    image["sampling"]["mode"] = "forced" if is_analog else "analog"
    if not is_analog:
        enhance(options, pool, image, rate, label)
    return image


def pairs(letter, base, image):
    names = sorted(base[0][0])
    renamed = [(n, reversed_name(n) if letter in "bz" else n) for n in names]
    return [(n, m) for n, m in renamed if all(n in r[0] for r in base) and all(m in r[0] for r in image)
            and (letter != "h" or n.startswith(ANALOG))]


def momenta_are_right(options, pool, setup, base, seed, lines):
    """(f) of the runs of one side; of more primaries where they have few tracks."""
    names = ("track.momentum_ratio_median", "track.momentum_resolution", "track.charge_wrong_fraction")
    if setup["geometry"]["world"]["material"] != "vacuum" or \
            setup.get("sampling", {}).get("mode") != "forced":
        return True
    n_track = sum(r.fitted for r in base)
    if 0.15 * WANTED_TRACKS < n_track < WANTED_TRACKS:
        more = int(1.2 * options.eot * WANTED_TRACKS / n_track)
        base = run_side(options, pool, setup, "%d-f" % seed, 5000, more, options.seeds)
        n_track = sum(r.fitted for r in base)
    if not all(n in r.estimates for n in names for r in base):
        return True
    (ratio, ratio_error), (resolution, _), (wrong, wrong_error) = (mean_of([r.estimates[n] for r in base])
                                                                   for n in names)
    if n_track < FEWEST_TRACKS or not 0 < resolution < 0.5:
        return True
    options.n_measured += n_track >= WANTED_TRACKS
    promised = sum(r.wrong for r in base) / len(base)
    gaussian = 0.5 * math.erfc(1.0 / (resolution * math.sqrt(2.0)))
    lines.append("  f momenta           %d tracks, ratio %.4f(%.4f), resolution %.3f, wrong charges %.2g (by the fits "
                 "%.2g, one Gaussian %.2g)" % (n_track, ratio, ratio_error, resolution, wrong, promised, gaussian))
    most = max(promised, gaussian)
    most_wrong = most + 5.0 * max(wrong_error, math.sqrt(max(most, 1e-6) / n_track)) + 1e-6
    return abs(ratio - 1.0) < 0.02 + 3.0 * ratio_error and wrong < most_wrong


def tracks_are_kept(options, pool, setup, base, seed, lines):
    """(i): the cut flow of the same primaries, all or few of which have their deposits followed."""
    image = json.loads(json.dumps(setup))
    image["scoring"]["deposit_fraction"] = 0.02
    other = run_side(options, pool, image, "%d-i" % seed, 1, options.eot, options.seeds)
    names = [n for n in base[0][0] if n.startswith("cut.")]
    lost = max([abs(sum(r[0].get(n, (0, 0))[0] for r in other) - sum(r[0].get(n, (0, 0))[0] for r in base)) /
                max(sum(r[0].get(n, (0, 0))[0] for r in base), 1e-300) for n in names], default=0.0)
    lines.append("  i deposits of few   %d tracks, %.2g of a cut's rate differ" % (sum(r[2] for r in base), lost))
    return lost < 1e-3


def describe(setup):
    roles = [v["role"] for v in setup["geometry"]["volumes"]]
    return "%s %g GeV, %d volumes, %d magnets, %d chambers" % (
        setup["beam"]["particle"], setup["beam"]["energy"], len(roles), roles.count("magnet"), roles.count("tracker"))


def check(options, pool, job, setup, letter, base, seed, lines):
    """One relation of one set-up. @return whether it holds."""
    rng = random.Random("%d %s" % (seed, letter))
    image = analog_of(options, pool, setup, base, label_of(seed, letter)) if letter == "h" else RELATIONS[letter][1](setup, rng)
    if image is None:
        return True
    label = label_of(seed, letter)
    sides = (base, run_side(options, pool, image, label, 1000, options.eot, options.seeds))
    for attempt in (1, 2):
        n, p, pull, name, chi2 = compare(sides[0], sides[1], pairs(letter, *sides), rng)
        lines.append("  %s %-17s %3d estimates, chi-square %6.1f, p %.2g, largest pull %+.1f %s" %
                     (letter, RELATIONS[letter][0], n, chi2, p, pull, name))
        if p > 1e-3 and abs(pull) < 4:
            return True
        if attempt == 1:
            more = 4 * options.eot
            sides = (run_side(options, pool, setup, label + "-base", 2000, more, options.seeds),
                     run_side(options, pool, image, label + "-image", 3000, more, options.seeds))
    return p > 1e-6 and abs(pull) < 5.5


def refusals(options, setup, folder):
    """What `eotmc check` has against a set-up, as one text."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "config.yaml")
    with open(path, "w") as file:
        json.dump(setup, file, indent=1)
    done = subprocess.run([options.eotmc, "check", path, "--format", "json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=options.environment)
    try:
        return "; ".join(e["key"] + " " + e["message"] for e in json.loads(done.stdout)["errors"])
    except ValueError:
        return done.stderr.decode(errors="replace")


def accepted_setup(options, seed):
    """A random set-up that eotmc accepts: chambers that cannot measure a momentum become passive; what is refused all
    the same is drawn again."""
    for attempt in range(50):
        rng = random.Random("%d %d" % (seed, attempt))
        job, setup = setups.random_setup(rng, options.has_angle)
        folder = os.path.join(options.folder, "%d-check" % seed)
        reason = refusals(options, setup, folder)
        if "momentum cannot be measured" in reason:
            for v in setup["geometry"]["volumes"]:
                if v["role"] == "tracker":
                    v["role"] = "passive"
            reason = refusals(options, setup, folder)
        if not reason:
            return job, setup
    raise Failed("no set-up was accepted: " + reason)


def check_setup(options, pool, seed):
    """All relations of one set-up. @return the number that do not hold."""
    job, setup = accepted_setup(options, seed)
    lines, n_bad = ["set-up %d (%s): %s" % (seed, job, describe(setup))], 0
    try:
        if job == "analog":
            set_enhancement(options, pool, setup, seed)
        base = run_side(options, pool, setup, "%d-base" % seed, 1, options.eot, options.seeds)
    except Failed as failed:
        print("\n".join(lines + ["  VIOLATED: no result: %s" % failed]), flush=True)
        return 1
    for letter in options.relation:
        try:
            if letter == "g":
                worst = max(abs(r[1]) for r in base)
                holds = worst < BALANCE
                lines.append("  g balance           residual %.2g" % worst)
            elif letter in "hi" and job == "muon":
                continue
            elif letter == "f":
                holds = momenta_are_right(options, pool, setup, base, seed, lines)
            elif letter == "i":
                holds = tracks_are_kept(options, pool, setup, base, seed, lines)
            else:
                holds = check(options, pool, job, setup, letter, base, seed, lines)
        except Failed as failed:
            lines.append("  %s %s: no result: %s" % (letter, RELATIONS[letter][0], failed))
            holds = False
        if not holds:
            n_bad += 1
            lines.append("  VIOLATED: %s" % RELATIONS[letter][0])
    print("\n".join(lines), flush=True)
    return n_bad


def set_enhancement(options, pool, setup, seed):
    """Of an analog set-up, by the rate that a forced run gives."""
    forced = json.loads(json.dumps(setup))
    forced["sampling"]["mode"] = "forced"
    label = label_of(seed, "rate")
    rate = run_side(options, pool, forced, label, 77, 100, 1)[0][0].get("dimuon.per_eot", (0, 0))[0]
    if rate > 0:
        enhance(options, pool, setup, rate, label)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("eotmc")
    parser.add_argument("--seed", type=int, default=1, help="of the first set-up")
    parser.add_argument("--n", type=int, default=10, help="set-ups")
    parser.add_argument("--relation", default="abcdefghis", help="letters of those to check")
    parser.add_argument("--seeds", type=int, default=6, help="runs of each side, at least 4")
    parser.add_argument("--eot", type=int, default=400, help="primaries of a run")
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    parser.add_argument("--device", default="host")
    parser.add_argument("--keep", help="folder for configurations and results")
    options = parser.parse_args()
    options.folder = options.keep or tempfile.mkdtemp(prefix="relations-")
    options.environment = dict(os.environ, XDG_CACHE_HOME=os.path.join(options.folder, "cache"))
    help_text = subprocess.run([options.eotmc, "run", "--help"], stdout=subprocess.PIPE).returncode
    if help_text != 0:
        sys.exit("relations: %s does not run" % options.eotmc)
    options.has_angle = knows_angle(options)
    n_bad = options.n_measured = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as outer:
        for bad in outer.map(lambda seed: check_setup(options, pool, seed),
                             range(options.seed, options.seed + options.n)):
            n_bad += bad
    if not options.keep:
        shutil.rmtree(options.folder)
    print("%d set-ups, %d of them with %d fitted tracks, %d relations violated" %
          (options.n, options.n_measured, WANTED_TRACKS, n_bad))
    return 1 if n_bad else 0


def knows_angle(options):
    """Whether this eotmc has the key beam.angle_x."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "configs", "schema.md")
    with open(source) as file:
        return "`beam.angle_x`" in file.read()


if __name__ == "__main__":
    sys.exit(main())
