"""Random HistFactory models: workspaces in a folder, with what pyhf makes of limits that another program found.

usage: random_models.py make FOLDER N [SEED]         FOLDER/model_<i>.json, 1 to 30 bins, 1 to 6 samples
       random_models.py check FOLDER LIMITS [LEVEL]  LIMITS: lines "model_<i> observed -2 -1 median +1 +2"; each of the
                                                     limits times 1 -+ 1e-3 must have CLs above and below 1 - LEVEL
Both are deterministic. `check` needs pyhf (0.7.6) and, if it is there, uses Minuit for the fits.
"""
import json
import sys
from pathlib import Path

import numpy as np


def random_workspace(rng):
    """One or two channels with backgrounds down to 0.01 events, shared and separate systematics of all kinds."""
    n_channel = int(rng.integers(1, 3))
    n_total = int(rng.integers(1, 31))
    bins = [n_total] if n_channel == 1 or n_total < 2 else [n_total // 2, n_total - n_total // 2]
    n_sample = int(rng.integers(1, 6))
    shared = [f"alpha_{k}" for k in range(int(rng.integers(0, 4)))]
    has_lumi = rng.random() < 0.3
    scale = 10.0 ** rng.uniform(-2.0, 2.0)
    channels, observations = [], []

    def systematics(data, is_signal):
        modifiers = []
        for name in shared:
            kind = rng.random()
            if kind < 0.4:
                up, down = 1.0 + rng.uniform(0.02, 0.3), 1.0 - rng.uniform(0.02, 0.25)
                if rng.random() < 0.3:
                    up, down = down, up
                modifiers.append({"name": name, "type": "normsys", "data": {"hi": up, "lo": down}})
            elif kind < 0.7 and not is_signal:
                hi = [x * (1.0 + rng.uniform(0.0, 0.3)) for x in data]
                lo = [x * (1.0 - rng.uniform(0.0, 0.3)) for x in data]
                modifiers.append({"name": name, "type": "histosys", "data": {"hi_data": hi, "lo_data": lo}})
        if has_lumi:
            modifiers.append({"name": "lumi", "type": "lumi", "data": None})
        return modifiers

    for c, n_bin in enumerate(bins):
        samples = []
        signal = [float(x) for x in rng.uniform(0.05, 1.0, n_bin)]
        samples.append({"name": "signal", "data": signal,
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}] + systematics(signal, True)})
        total = np.zeros(n_bin)
        has_staterror = rng.random() < 0.4
        for s in range(n_sample):
            data = [max(0.01, float(x)) for x in scale * rng.uniform(0.1, 1.0, n_bin) / n_sample]
            total += data
            modifiers = systematics(data, False)
            if has_staterror:
                errors = [x * float(rng.uniform(0.02, 0.3)) for x in data]
                modifiers.append({"name": f"staterror_{c}", "type": "staterror", "data": errors})
            elif rng.random() < 0.6:
                errors = [x * float(rng.uniform(0.05, 0.5)) for x in data]
                modifiers.append({"name": f"shape_{c}_{s}", "type": "shapesys", "data": errors})
            samples.append({"name": f"background_{s}", "data": data, "modifiers": modifiers})
        name = f"region_{c}"
        channels.append({"name": name, "samples": samples})
        observations.append({"name": name, "data": [float(x) for x in rng.poisson(total)]})
    parameters = [{"name": "mu", "bounds": [[0.0, 1000.0]], "inits": [1.0]}]
    if has_lumi:
        parameters.append({"name": "lumi", "auxdata": [1.0], "sigmas": [0.02], "bounds": [[0.5, 1.5]], "inits": [1.0]})
    return {"channels": channels, "observations": observations, "version": "1.0.0",
            "measurements": [{"name": "limit", "config": {"poi": "mu", "parameters": parameters}}]}


def make(folder, n, seed):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        rng = np.random.default_rng([seed, i])
        (folder / f"model_{i}.json").write_text(json.dumps(random_workspace(rng)))


def check(folder, limits, level):
    import pyhf

    try:
        pyhf.set_backend("numpy", pyhf.optimize.minuit_optimizer(tolerance=1e-6, strategy=1))
    except (ImportError, AttributeError):
        pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-10))
    n_bad = n_checked = 0
    for line in Path(limits).read_text().splitlines():
        name, *numbers = line.split()
        workspace = pyhf.Workspace(json.loads((folder / f"{name}.json").read_text()))
        model = workspace.model()
        data = workspace.data(model)
        for which in (0, 3):  # observed and median
            poi = float(numbers[which])
            cls = []
            for factor in (1.0 - 1e-3, 1.0 + 1e-3):
                observed, expected = pyhf.infer.hypotest(poi * factor, data, model, return_expected_set=True)
                cls.append(float(observed if which == 0 else expected[which - 1]))
            n_checked += 1
            if not cls[0] > 1.0 - level > cls[1]:
                n_bad += 1
                print(f"{name} {'observed' if which == 0 else 'median'} {poi}: CLs {cls[0]:.6f} {cls[1]:.6f}", flush=True)
    print(f"{n_checked} limits, {n_bad} that pyhf does not have within 1e-3")
    return n_bad


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    else:
        sys.exit(1 if check(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]) if len(sys.argv) > 4 else 0.9) else 0)
