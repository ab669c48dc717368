#!/usr/bin/env bash
# The JSON Schemas say what the program takes and writes, by a validator of JSON Schema: all shipped configurations and results are valid, and what the schema of
# configurations refuses eotmc refuses too. Skipped without Python's jsonschema and yaml (tools/python_packages.sh, or Debian's python3-jsonschema python3-yaml).
# usage: test_schemas.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2 python=
for one in "$3/readers/bin/python" python3; do "$one" -c 'import yaml; from jsonschema import Draft202012Validator' 2>/dev/null && { python=$one; break; }; done
[ -n "$python" ] || { echo "skipped: no jsonschema and yaml for Python here ($(cat "$3/readers/reason" 2>/dev/null || echo "tools/python_packages.sh readers $3/readers makes them"))"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*"
    exit 1
}
"$eotmc" schema --format json-schema >"$work/schema.json" || fail "eotmc schema"
"$eotmc" schema | cmp -s - "$source/configs/schema.md" || fail "eotmc schema is not configs/schema.md"
small="--set sampling.eot=300 --set sampling.batch=30 --progress none --device host"
"$eotmc" scan "$source/configs/na64e-signal.yaml" --over physics.mphi=0.11..3:4log $small --no-figure -o "$work/signal" >"$work/log" 2>&1 || fail "scan: $(tail -n 1 "$work/log")"
"$eotmc" run "$source/configs/smoke.yaml" --device host -q --set sampling.run=3 -o "$work/smoke" --set 'selections=[{name: tight, missing_energy: 30 GeV}]' 2>"$work/log" || fail "run: $(cat "$work/log")"
"$eotmc" run "$source/configs/na64mu-mu2e.yaml" $small -q -o "$work/mu2e" 2>"$work/log" || fail "run: $(cat "$work/log")"
sed "s|scan: out/signal|scan: $work/signal|" "$source/configs/studies/na64e.yaml" >"$work/study.yaml"
"$eotmc" limit "$work/study.yaml" -o "$work/limit" >"$work/log" 2>&1 || fail "limit: $(tail -n 1 "$work/log")"

"$python" - "$work" "$source" "$eotmc" <<'PYTHON'
import copy, glob, json, os, subprocess, sys, yaml
from jsonschema import Draft202012Validator as Validator

work, source, eotmc = sys.argv[1:]
failed = []

def validator(path):
    schema = json.load(open(path))
    Validator.check_schema(schema)
    return Validator(schema)

def first_error(v, document):
    for error in v.iter_errors(document):
        return "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:200])

config = validator(work + "/schema.json")
is_taken = lambda path: subprocess.run([eotmc, "run", path, "--dump-config"], capture_output=True).returncode == 0

# --- all that is shipped is valid; so is what eotmc writes and what init makes
files = [p for pattern in ("configs/**/*.yaml", "tests/*.yaml", "results/*/effective-config.yaml") for p in glob.glob(source + "/" + pattern, recursive=True)]
files = [p for p in files if "/studies/" not in p] + glob.glob(work + "/*/effective-config.yaml")
for study in ("dimuon", "signal", "mu2e"):
    files.append("%s/init-%s.yaml" % (work, study))
    subprocess.run([eotmc, "init", files[-1], "--study", study], check=True, capture_output=True)
for path in files:
    error = first_error(config, yaml.safe_load(open(path)))
    if error: failed.append("%s is refused by the schema of configurations: %s" % (path, error))
for schema, pattern in (("summary", source + "/results/*/summary.json"), ("summary", work + "/**/summary.json"), ("limit", work + "/limit/limit.json")):
    v, found = validator("%s/docs/schema/%s.schema.json" % (source, schema)), glob.glob(pattern, recursive=True)
    if not found: failed.append("nothing is found at " + pattern)
    for path in found:
        document = json.load(open(path))
        error = first_error(v, document)
        if error: failed.append("%s: %s" % (path, error))
        for key in list(document):  # every key that is required is missed
            if key in v.schema["required"] and not first_error(v, {k: x for k, x in document.items() if k != key}): failed.append("%s without %s is valid" % (path, key))

# --- what the schema refuses the program refuses: wrong files, and one change of a good file at a time
refused = 0
for path in glob.glob(source + "/tests/cli/wrong/*.yaml"):
    try: document = yaml.safe_load(open(path))
    except Exception: continue
    if first_error(config, document):
        refused += 1
        if is_taken(path): failed.append(path + " is taken by eotmc, and refused by the schema")
if refused < 30: failed.append("the schema refuses only %d wrong configurations" % refused)
good = yaml.safe_load(open(source + "/configs/smoke.yaml"))
changes = [("beam.energy", 1e6), ("beam.energy", "100 cm"), ("beam.energi", 1), ("beam.kinetic_energy", "50 GeV"), ("physics.lpm", "maybe"), ("sampling.eot", 1.5), ("sampling.mode", "both"),
           ("geometry.world.min", [1, 2]), ("geometry.volumes", []), ("geometry.world", None), ("schema", "eotmc-config/9"), ("selection.charge", 2), ("name", "x" * 80), ("include", 5), ("extra", {})]
for key, value in changes:
    document = copy.deepcopy(good)
    *above, last = key.split(".")
    section = document
    for part in above: section = section.setdefault(part, {})
    section[last] = value
    path = work + "/changed.yaml"
    yaml.safe_dump(document, open(path, "w"))
    if not first_error(config, document): failed.append("the schema takes %s = %r" % (key, value))
    if is_taken(path): failed.append("eotmc takes %s = %r" % (key, value))
for line in failed: print("FAILED:", line)
print("%d configurations and the results are valid, %d wrong ones and %d changes refused" % (len(files), refused, len(changes)))
sys.exit(len(failed) > 0)
PYTHON
