#!/usr/bin/env bash
# eotmc report: one page that needs nothing else, has every number of the run, and is drawn without an error by a browser, narrow and wide, light and dark. Without
# Chromium the page is checked as a text only, and the test is skipped.
# usage: test_report.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
"$eotmc" run "$source/configs/smoke.yaml" --device host -q -o "$work/smoke" --set sampling.eot=400 --set sampling.batch=40 --set output.figures=on \
    --set 'selections=[{name: tight, missing_energy: 30 GeV}]' 2>"$work/err" || fail "run: $(cat "$work/err")"
"$eotmc" run "$source/configs/na64mu-mu2e.yaml" --device host -q -o "$work/mu2e" --set sampling.eot=200 --set sampling.batch=20 --set output.figures=off 2>"$work/err" || fail "run: $(cat "$work/err")"
"$eotmc" compare "$work/smoke" "$source/results/na64e-dimuon" -o "$work/compared" >/dev/null 2>"$work/err" || fail "compare: $(cat "$work/err")"
"$eotmc" report "$work/smoke" "$work/mu2e" "$work/compared" -o "$work/report.html" 2>"$work/err" || fail "report: $(cat "$work/err")"
"$eotmc" report "$work/smoke" --event 7 -o "$work/again.html" 2>"$work/err" && "$eotmc" report "$work/smoke" --event 7 -o "$work/twice.html" 2>>"$work/err" || fail "report --event: $(cat "$work/err")"
cmp -s "$work/again.html" "$work/twice.html" || fail "the same run gives another page"
grep -q 'Primary 7, ' "$work/again.html" || fail "--event 7 shows another event"

# --- pictures made again from summary.json are those of the run
rm "$work/smoke/figures/missing_energy.png"
cp -r "$work/smoke/figures" "$work/before"
"$eotmc" report "$work/smoke" --no-event --redraw -o "$work/redrawn.html" 2>"$work/err" || fail "report --redraw: $(cat "$work/err")"
[ -s "$work/smoke/figures/missing_energy.png" ] || fail "no picture is made again"
for file in "$work"/before/*.gp "$work"/before/*.dat; do cmp -s "$file" "$work/smoke/figures/${file##*/}" || fail "${file##*/} is another than that of the run"; done

# --- what is refused leaves no page
mkdir "$work/empty"
"$eotmc" report "$work/empty" -o "$work/none.html" 2>"$work/err" && fail "an empty folder is taken"
grep -q 'no summary.json' "$work/err" || fail "an empty folder: $(cat "$work/err")"
"$eotmc" report "$work/smoke" --event 99999 -o "$work/none.html" 2>/dev/null && fail "an event that is not in the run is taken"
"$eotmc" report "$work/smoke" --event 1 --no-event -o "$work/none.html" 2>/dev/null && fail "--event with --no-event"
[ ! -e "$work/none.html" ] || fail "a page of what is refused"

# --- the page as a text
python3 - "$work" <<'PYTHON' || n_failed=$((n_failed + 1))
import html.parser, json, re, sys
work = sys.argv[1]
text = open(work + "/report.html").read()
failed = []
class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "img", "input"}
    def __init__(self):
        super().__init__()
        self.open, self.text, self.tooltips, self.sources = [], [], 0, []
    def handle_starttag(self, tag, attributes):
        self.sources += [v for k, v in attributes if k in ("src", "href")]
        if tag not in self.VOID: self.open.append(tag)
    def handle_startendtag(self, tag, attributes): pass
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: failed.append("</%s> closes another element at %s" % (tag, self.getpos()))
    def handle_data(self, data):
        self.text.append(data)
        self.tooltips += "title" in self.open and "svg" in self.open
page = Page()
page.feed(text)
if page.open: failed.append("not closed: %s" % page.open)
words = "".join(page.text)
for run in ("smoke", "mu2e"):
    summary = json.load(open("%s/%s/summary.json" % (work, run)))
    for name in summary["estimates"]:
        if name not in words: failed.append("%s: the estimate %s is not on the page" % (run, name))
    for name in summary["histograms"]:
        if name not in words: failed.append("%s: the histogram %s is not on the page" % (run, name))
    for row in summary["cutflow"] + [r for s in summary.get("selections", []) for r in s["cutflow"]]:
        if row["cut"] not in words: failed.append("%s: the cut %s is not on the page" % (run, row["cut"]))
    for key in ("config_sha256", "tables_sha256", "version"):
        if summary["run"][key] not in words: failed.append("%s: no %s" % (run, key))
    for warning in summary["warnings"]:
        if warning["message"] not in words: failed.append("%s: a warning is not on the page: %s" % (run, warning))
for source in page.sources:
    if not source.startswith(("data:", "#")): failed.append("the page needs " + source)
for address in re.findall(r"https?://[^\s\"'<)]+", text):
    if address != "http://www.w3.org/2000/svg": failed.append("the page names an address: " + address)
if page.tooltips < 300: failed.append("only %d tooltips" % page.tooltips)
for line in failed[:20]: print("FAILED:", line)
sys.exit(len(failed) > 0)
PYTHON

# --- the page in a browser: it measures itself, at 1600 px and in a frame of 390 px
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
    [ $n_failed -eq 0 ] || exit 1
    echo "skipped: no Chromium here (Debian: chromium); the text of the page is right"
    exit 77
fi
export HOME=$work
chrome() { timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --enable-logging=stderr --v=0 "$@"; }
cat >"$work/measure.js" <<'SCRIPT'
<script>window.addEventListener("load", () => {
  const images = [...document.images], box = document.querySelector(".event"), muons = () => box.querySelectorAll("polyline, line").length, all = muons();
  const slider = box.querySelector("input"); slider.value = 0; slider.dispatchEvent(new Event("input"));
  const none = muons(); slider.value = 1000; slider.dispatchEvent(new Event("input"));
  const view = box.querySelector("select"); view.value = "front"; view.dispatchEvent(new Event("change"));
  const result = { width: innerWidth, wide: document.documentElement.scrollWidth, images: images.length, drawn: images.filter(i => i.complete && i.naturalWidth > 100).length, displays: document.querySelectorAll(".event svg rect").length, tracks: all, tracks_at_0: none, front: muons(), figures: document.querySelectorAll("figure svg").length };
  if (parent !== window) parent.postMessage(JSON.stringify(result), "*"); else document.body.setAttribute("data-measured", JSON.stringify(result));
});</script>
SCRIPT
sed "\$e cat $work/measure.js" "$work/report.html" >"$work/measured.html" # before the last line, </html>
cat >"$work/narrow.html" <<'PAGE'
<!DOCTYPE html><html><body><iframe src="measured.html" width="390" height="800" style="border:0"></iframe><script>addEventListener("message", e => document.body.setAttribute("data-measured", e.data));</script></body></html>
PAGE
chrome --window-size=1600,1200 --virtual-time-budget=20000 --dump-dom "file://$work/measured.html" >"$work/wide.dom" 2>"$work/wide.log" || fail "Chromium: $(tail -n 2 "$work/wide.log")"
chrome --window-size=800,1000 --virtual-time-budget=20000 --dump-dom "file://$work/narrow.html" >"$work/narrow.dom" 2>"$work/narrow.log" || fail "Chromium: $(tail -n 2 "$work/narrow.log")"
grep -h 'CONSOLE' "$work/wide.log" "$work/narrow.log" && fail "errors on the console"
chrome --window-size=1600,1400 --screenshot="$work/light.png" "file://$work/report.html" >/dev/null 2>&1 || fail "no picture of the page"
chrome --window-size=1600,1400 --blink-settings=preferredColorScheme=0 --screenshot="$work/dark.png" "file://$work/report.html" >/dev/null 2>&1 || fail "no dark picture of the page"
python3 - "$work" <<'PYTHON' || n_failed=$((n_failed + 1))
import html, json, re, struct, sys, zlib
work = sys.argv[1]
failed = []
for name, width in (("wide", 1600), ("narrow", 390)):
    found = re.search('data-measured="([^"]*)"', open("%s/%s.dom" % (work, name)).read())
    if not found:
        failed.append(name + ": the page has not measured itself")
        continue
    m = json.loads(html.unescape(found.group(1)))
    if m["width"] != width or m["wide"] > width: failed.append("%s: %d px of content in %d px" % (name, m["wide"], m["width"]))
    if m["images"] < 2 or m["drawn"] != m["images"]: failed.append("%s: %d of %d images are drawn" % (name, m["drawn"], m["images"]))
    if m["displays"] < 15 or m["figures"] < 12: failed.append("%s: %d boxes of set-ups, %d figures" % (name, m["displays"], m["figures"]))
    if not m["tracks"] > 3 or not 0 <= m["tracks_at_0"] < m["tracks"] or m["front"] != m["tracks"]: failed.append("%s: tracks of the display: %s" % (name, m))

def pixels(path):
    """Rows of (r, g, b) of an 8-bit PNG that is not interlaced."""
    data, at, packed = open(path, "rb").read(), 8, b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR": width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT": packed += data[at + 8:at + 8 + n]
        at += 12 + n
    n_channel = {2: 3, 6: 4}[colour]
    raw, line, rows = zlib.decompress(packed), bytearray(width * n_channel), []
    for y in range(height):
        start = y * (width * n_channel + 1)
        filtering, new = raw[start], bytearray(raw[start + 1:start + 1 + width * n_channel])
        for i in range(len(new)):
            a, b, c = (new[i - n_channel] if i >= n_channel else 0), line[i], (line[i - n_channel] if i >= n_channel else 0)
            if filtering == 1: new[i] = (new[i] + a) & 255
            elif filtering == 2: new[i] = (new[i] + b) & 255
            elif filtering == 3: new[i] = (new[i] + (a + b) // 2) & 255
            elif filtering == 4:
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                new[i] = (new[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
        line = new
        if y % 10 == 0: rows.append([tuple(line[x * n_channel:x * n_channel + 3]) for x in range(0, width, 4)])
    return rows
structure = {}
for name, paper in (("light", (255, 255, 255)), ("dark", (0x15, 0x18, 0x1c))):
    rows = pixels("%s/%s.png" % (work, name))
    if rows[0][0] != paper: failed.append("%s: the paper is %s" % (name, rows[0][0]))
    structure[name] = [[p != paper for p in row] for row in rows]
    share = sum(map(sum, structure[name])) / sum(map(len, rows))
    if not 0.05 < share < 0.9: failed.append("%s: %.1f %% of the page is ink" % (name, 100 * share))
same = sum(a == b for x, y in zip(structure["light"], structure["dark"]) for a, b in zip(x, y)) / sum(map(len, structure["light"]))
if same < 0.97: failed.append("light and dark page differ in %.1f %% of their ink" % (100 - 100 * same))
for line in failed: print("FAILED:", line)
sys.exit(len(failed) > 0)
PYTHON
[ $n_failed -eq 0 ] || { echo "$n_failed checks failed"; exit 1; }
echo "the page needs nothing else and is drawn"
