"""What pyhf's pseudo-experiments say of an exact limit of ours.

usage: check_toys.py FOLDER [N]   FOLDER: results of a study with one background whose error is an auxiliary count, and no other errors. The exact limit of the
                                  first mass, tested in pyhf with N pseudo-experiments of each hypothesis (1000), must have CLs = 1 - CL within 3.3 standard
                                  deviations (once in 1000 times it would not have)
"""
import json
import logging
import sys

import numpy as np
import pyhf

folder, n_toy = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
logging.disable(logging.WARNING)
np.random.seed(17)
workspace = pyhf.Workspace(json.load(open(f"{folder}/pyhf/workspace.json")))
patchset = pyhf.PatchSet(json.load(open(f"{folder}/pyhf/patchset.json")))
limits = json.load(open(f"{folder}/limit.json"))
(curve,) = [c for c in limits["limits"] if c["method"] == "exact" and c["eot"] == limits["eot"]]
level, patch = limits["confidence_level"], patchset.patches[0]
mu = (curve["points"][0]["h_observed"] / patch.values[1]) ** 2
model = workspace.model()
calculator = pyhf.infer.calculators.ToyCalculator(workspace.data(model), model, test_stat="qtilde", ntoys=n_toy, track_progress=False)
with_signal, without = calculator.distributions(mu)
above, below, cls = (float(x) for x in calculator.pvalues(calculator.teststatistic(mu), with_signal, without))
error = cls * np.sqrt(((1.0 - above) / above + (1.0 - below) / below) / n_toy)
print(f"exact limit mu = {mu:.4f}: CLs of {n_toy} pseudo-experiments of pyhf {cls:.4f} +- {error:.4f}, ours {1.0 - level:g}")
sys.exit(0 if abs(cls - (1.0 - level)) < 3.3 * error else 1)
