#!/usr/bin/env bash
# Asymptotic limits of random models are pyhf's within 1e-3, so are those of an exported study at twelve masses, and pyhf's pseudo-experiments have our exact
# limit. Skipped where pyhf cannot be had (tools/python_packages.sh, which ./quickstart test runs).
# usage: test_limit_pyhf.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2 python=$3/pyhf/bin/python n_model=5 level=0.9
[ -s "$3/pyhf/packages" ] || { echo "skipped: no pyhf here ($(cat "$3/pyhf/reason" 2>/dev/null || echo "tools/python_packages.sh pyhf $3/pyhf makes it"))"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$source/tests/reference/limit/random_models.py" make "$work/models" $n_model 7 || { echo "FAILED: no models"; exit 1; }
cp "$source/tests/reference/limit/four_bins.json" "$source/tests/reference/limit/all_modifiers.json" "$work/models"
for model in "$work"/models/*.json; do
    "$eotmc" limit --workspace "$model" --method asymptotic --cl $level --format json >"$work/limit.json" || { echo "FAILED: $model"; exit 1; }
    "$python" - "$work/limit.json" "$(basename "$model" .json)" >>"$work/limits" <<'PYTHON'
import json, sys
found = json.load(open(sys.argv[1]))["methods"]["asymptotic"]
print(sys.argv[2], found["observed"], *found["expected"])
PYTHON
done
"$python" "$source/tests/reference/limit/random_models.py" check "$work/models" "$work/limits" $level || { echo "FAILED: pyhf has other limits"; exit 1; }

"$python" - "$source/results/na64e-plane/yield.json" "$work/yield.json" <<'PYTHON'
import json, sys
whole = json.load(open(sys.argv[1]))
whole["points"] = whole["points"][::3][:12]
json.dump(whole, open(sys.argv[2], "w"))
PYTHON
"$eotmc" limit --signal-from "yield: $work/yield.json, efficiency: $source/results/na64e-plane/efficiency.csv" --background-from 'name: hadrons, events: 1.92, error: 30 %' --eot 1e11 \
    --observed 2 --cl $level --method asymptotic,exact -o "$work/study" --no-figure >"$work/log" || { echo "FAILED: no study"; exit 1; }
"$python" "$source/tests/reference/limit/check_study.py" "$work/study" || { echo "FAILED: pyhf has other limits of the exported study"; exit 1; }
"$python" "$source/tests/reference/limit/check_toys.py" "$work/study" || { echo "FAILED: pyhf's pseudo-experiments have another limit"; exit 1; }
