"""What the exported files of a study give in pyhf, and whether they are valid.

usage: check_study.py FOLDER      exit 1 unless the patchset belongs to the workspace, the asymptotic limits of all patches are those of limit.json within 1e-3,
                                  and hepdata-validator accepts the submission
"""
import json
import sys

import pyhf
from hepdata_validator.full_submission_validator import FullSubmissionValidator

folder = sys.argv[1]
workspace = pyhf.Workspace(json.load(open(f"{folder}/pyhf/workspace.json")))
patchset = pyhf.PatchSet(json.load(open(f"{folder}/pyhf/patchset.json")))
patchset.verify(workspace)
limits = json.load(open(f"{folder}/limit.json"))
(curve,) = [c for c in limits["limits"] if c["method"] == "asymptotic" and c["eot"] == limits["eot"]]
n_bad = 0
for patch, point in zip(patchset.patches, curve["points"], strict=True):
    patched = pyhf.Workspace(patchset.apply(workspace, patch.name))
    model = patched.model()
    h = patch.values[1]
    data = patched.data(model)
    observed, expected = pyhf.infer.intervals.upper_limits.toms748_scan(
        data, model, 0.05, 8.0, level=1.0 - limits["confidence_level"], rtol=1e-5)
    for ours, theirs in ((point["h_observed"], observed), (point["h_expected"][2], expected[2])):
        if ours is not None and abs(h * float(theirs) ** 0.5 / ours - 1.0) > 1e-3:
            n_bad += 1
            print(f"{patch.name}: {ours}, pyhf {h * float(theirs) ** 0.5}")
validator = FullSubmissionValidator()
if not validator.validate(directory=f"{folder}/hepdata"):
    n_bad += 1
    validator.print_errors(f"{folder}/hepdata/submission.yaml")
print(f"{len(patchset.patches)} patches, {n_bad} faults")
sys.exit(1 if n_bad else 0)
