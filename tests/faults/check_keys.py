"""eotmc check over every key of configs/schema.md x values at and beyond its edges, of wrong kinds, absent and twice.

usage: check_keys.py EOTMC SOURCE_DIR SCRATCH_DIR SHARE OF     every OF-th case, from case SHARE on
What has to hold: exit code 0 or 2; one message for one fault; below 1 s of processor time and 300 MB."""
import itertools
import json
import os
import re
import subprocess
import sys

eotmc, source, scratch, share, of = sys.argv[1:4] + [int(x) for x in sys.argv[4:6]]
os.environ["OCL_ICD_VENDORS"] = scratch  # no drivers: their start is not what is timed
os.environ["XDG_CACHE_HOME"] = scratch

EXTRA = """
materials:
  - {name: foil, density: 2 g/cm3, elements: {Al: 0.4, O: 0.6}}
selections:
  - {name: tight, missing_energy: 30 GeV}
"""
PLACE = [("geometry.volumes[].layers[].", "geometry.volumes.ecal.layers.0."), ("geometry.volumes[].", "geometry.volumes.veto."),
         ("materials[].", "materials.0."), ("selections[].", "selections.0.")]
WRONG_UNIT = {"": "cm", "GeV": "cm", "GeV/c": "cm", "cm": "GeV", "rad": "GeV", "T": "cm", "g/cm3": "cm", "eV": "cm"}


def rows():
    """(key, value, unit, low, high) of each row of the table."""
    for line in open(source + "/configs/schema.md"):
        cell = [c.strip() for c in line.split("|")[1:-1]]
        if len(cell) == 6 and cell[0].startswith("`"):
            low, high = (cell[3].split(" .. ") + [None, None])[:2] if cell[3] else (None, None)
            yield cell[0].strip("`"), cell[1], cell[2], low, high


def beyond(text, step):
    """A number just outside of an edge."""
    x = float(text)
    return repr(x + step * max(abs(x) * 1e-6, 1e-12))


def values(kind, unit, low, high):
    """(what it is, text, whether it is one fault for certain)."""
    n = int(re.match(r"(\d+) (numbers|integers)", kind).group(1)) if re.match(r"\d+ ", kind) else 0
    is_count = "integer" in kind
    u = " " + unit if unit else ""

    def put(x):
        return "[" + ", ".join([x] * n) + "]" if n else x

    if kind == "number" or kind == "integer" or n:
        yield "min", put(low + u), False
        yield "max", put(high + u), False
        yield "below", put((str(int(float(low)) - 1) if is_count else beyond(low, -1)) + u), True
        yield "above", put((str(int(float(high)) + 1) if is_count and float(high) < 1e15 else beyond(high, 1)) + u), not is_count
        yield "zero", put("0" + u), False
        yield "minus one", put("-1" + u), False
        yield "nan", put("nan"), True
        yield "inf", put("inf" + u), True
        yield "huge", put("1e300" + u), True
        yield "wrong unit", put("1 " + WRONG_UNIT[unit]), True
        yield "unknown unit", put("1 furlong"), True
        yield "wrong type", put("soon"), True
        yield "list", "[1, 2, 3, 4, 5, 6, 7, 8, 9]", True
        yield "short list", "[]", True
    else:
        for text in ("0", "-1", "nan", "inf", "1e300", "soon", "[1, 2]", "[]", "../up", "x" * 5000, "a\tb", "1 GeV"):
            yield text[:20], text, False
    yield "map", "{a: 1}", kind not in ("mapping symbol: fraction",)
    yield "empty", "", True
    yield "nested", "[" * 20 + "]" * 20, False


def run(arguments):
    """Exit code, standard output, error output, processor seconds, megabytes."""
    child = subprocess.Popen([eotmc, "check"] + arguments + ["--device", "host", "--format", "json"], stdin=subprocess.DEVNULL,
                             stdout=open(scratch + "/out", "w"), stderr=open(scratch + "/err", "w"))
    _, status, use = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    read = lambda name: open(scratch + "/" + name, errors="replace").read()
    return code, read("out"), read("err"), use.ru_utime + use.ru_stime, use.ru_maxrss / 1024


def messages(out, err):
    try:
        return [e["message"] for e in json.loads(out)["errors"]]
    except ValueError:
        return [line for line in err.splitlines() if line.strip()]


def blocks(lines, key):
    """First and last line of each entry of that name in the text of a configuration, by the indents of a path."""
    path, at, indent, found = [p.replace("[]", "") for p in key.split(".")], 0, -1, []
    for depth, name in enumerate(path):
        for i in range(at, len(lines)):
            m = re.match(r"( *)(- )?" + re.escape(name) + r":", lines[i])
            if m and len(m.group(1)) + len(m.group(2) or "") > indent:
                at, indent = i, len(m.group(1)) + len(m.group(2) or "")
                break
        else:
            return []
    end = at + 1
    while end < len(lines) and re.match(r" {%d}" % (indent + 1), lines[end]):
        end += 1
    return [(at, end)]


def cases():
    base = scratch + "/base.yaml"
    open(base, "w").write(open(source + "/configs/smoke.yaml").read() + EXTRA)
    effective = subprocess.run([eotmc, "run", base, "--dump-config"], capture_output=True, text=True).stdout
    assert effective.startswith("schema"), "the configuration cannot be read"
    lines = effective.splitlines()
    for key, kind, unit, low, high in rows():
        at = key
        for head, place in PLACE:
            if key.startswith(head):
                at = place + key[len(head):]
                break
        for what, text, is_fault in values(kind, unit, low, high):
            yield key, what, [base, "--set", at + "=" + text], is_fault
        for first, end in blocks(lines, key):
            for what, new in (("missing", lines[:first] + lines[end:]), ("twice", lines[:end] + lines[first:end] + lines[end:])):
                if lines[first].lstrip().startswith("- "):
                    continue  # the first of an item: what is left of the item would belong to the one before
                path = scratch + "/case.yaml"
                yield key, what, (path, "\n".join(new) + "\n"), what == "twice"


n_case = n_failed = 0
slowest = largest = 0.0
for key, what, arguments, is_fault in itertools.islice(cases(), share, None, of):
    if isinstance(arguments, tuple):
        open(arguments[0], "w").write(arguments[1])
        arguments = [arguments[0]]
    code, out, err, seconds, megabytes = run(arguments)
    found = messages(out, err) if code != 0 else []
    wrong = []
    if code not in (0, 2):
        wrong.append(f"exit code {code}")
    if is_fault and code == 0:
        wrong.append("nothing is said")
    if code == 2 and (not found or (is_fault and len(found) != 1) or len(set(found)) != len(found)):
        wrong.append(f"{len(found)} messages")
    if seconds > 1.0:
        wrong.append(f"{seconds:.2f} s")
    if megabytes > 300:
        wrong.append(f"{megabytes:.0f} MB")
    if wrong:
        n_failed += 1
        print(f"FAILED: {key}, {what}: {', '.join(wrong)}: {' | '.join(found)[:600] or err[:300]}")
    n_case += 1
    slowest, largest = max(slowest, seconds), max(largest, megabytes)
print(f"{n_case} cases, at most {slowest:.2f} s of processor and {largest:.0f} MB")
sys.exit(n_failed > 0)
