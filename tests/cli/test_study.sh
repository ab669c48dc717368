#!/usr/bin/env bash
# The study of the paper (studies/na64e-paper) with few showers: what would be made, a study that is killed and goes on, what a
# change of a file makes again, and the page.
# usage: test_study.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
skip() {
    echo "skipped: $*"
    exit 77
}
for program in snakemake gnuplot python3 setsid; do command -v $program >/dev/null || skip "no $program"; done
folder=$(mktemp -d)
group=""
trap '[ -z "$group" ] || kill -KILL -- "-$group" 2>/dev/null; rm -rf "$folder"' EXIT
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}
mkdir "$folder/own" && cp -r "$source/studies" "$source/configs" "$folder/own/" && cd "$folder/own" || exit 1
study=studies/na64e-paper out=out/na64e-paper
sed -i -e "s,^eotmc: .*,eotmc: $eotmc," -e 's/^masses: .*/masses: [0.11, 0.2, 1]/' -e '/^  chambers:/,/^limits/{/^limits/!d}' \
    -e 's/^  quick: .*/  quick: {signal: 4000, dimuon: 50000, tail: 100000, pion: 80000, kaon: 8000}/' $study/settings.yaml
study() { snakemake -s $study/Snakefile --cores 2 --rerun-incomplete --nolock "$@"; }
# jobs that would be made, by rule: "rule=n ..."
planned() { study -n --quiet rules "$@" 2>&1 | awk '$2 ~ /^[0-9]+$/ && NF >= 2 && $1 != "total" { print $1 "=" $2 }' | sort | tr '\n' ' '; }
expect() {
    [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"
}

all="all=1 angles=1 background=4 collect=1 differential=2 figure=7 limit=2 page=1 ratios=1 report=1 signal=6 totals=1 "
expect "planned at first" "$(planned)" "$all"

# Stopped in the middle of the pions, of which a checkpoint is kept; then killed outright among the signals; then to the end.
setsid snakemake -s $study/Snakefile --cores 2 --nolock $out/pion/summary.json >"$folder/log" 2>&1 &
group=$!
for _ in $(seq 600); do [ -e $out/pion/checkpoint.eot ] || pgrep -g "$group" -f 'eotmc run' >/dev/null && break; sleep 0.1; done
sleep 2
kill -TERM -- "-$group" && wait "$group"
[ ! -e $out/pion/summary.json ] || echo "note: the pions were done before the signal came"
setsid snakemake -s $study/Snakefile --cores 2 --rerun-incomplete --nolock >>"$folder/log" 2>&1 &
group=$!
for _ in $(seq 6000); do [ "$(ls $out/signal/*/*/summary.json 2>/dev/null | wc -l)" -ge 2 ] && break; sleep 0.1; done
kill -KILL -- "-$group"
wait "$group" 2>/dev/null
group=""
mkdir "$folder/kept"
for f in $out/signal/*/*/summary.json; do stat -c '%n %Y' "$f"; done >"$folder/kept/before"
[ "$(wc -l <"$folder/kept/before")" -ge 2 ] || fail "no signals were made before the study was killed"
study >"$folder/log" 2>&1 || {
    tail -n 40 "$folder/log"
    fail "a study that was killed does not go on"
}
while read -r name time; do
    # the one that was written while the study was killed may be made again: its job had not ended
    [ "$(stat -c %Y "$name")" = "$time" ] || echo "$name"
done <"$folder/kept/before" >"$folder/kept/again"
[ "$(wc -l <"$folder/kept/again")" -le 1 ] || fail "made again though they were done: $(tr '\n' ' ' <"$folder/kept/again")"
grep -q "The page: $out/index.html" "$folder/log" || fail "the last line does not name the page"
expect "planned when all is done" "$(planned)" ""
# the pions, which were stopped, have the bits of a run that nothing stopped
"$eotmc" run $study/pion.yaml --set sampling.eot=80000 -o "$folder/whole" --progress none -q >/dev/null 2>&1 || fail "the pions by themselves"
tally() { sed -nE 's/.*"tally_sha256": (.*[^,]),?$/\1/p' "$1/summary.json" | head -1; }
[ -n "$(tally $out/pion)" ] || fail "no tally of the pions"
expect "the pions' tally" "$(tally $out/pion)" "$(tally "$folder/whole")"

# the page: seven figures, each with its data; a verdict for each statement; no other file or network
[ -s $out/index.html ] || fail "no page"
expect "figures on the page" "$(grep -c '<section id="figure' $out/index.html)" 7
expect "pictures on the page" "$(grep -o '<img [^>]*src="data:image/svg+xml;base64' $out/index.html | wc -l)" 7
grep -qE '(src|href)="https?:' $out/index.html && fail "the page needs the network"
# in a browser, at 1600 px and in a frame of 390 px: all pictures drawn, nothing wider than the page, no errors
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -n "$browser" ]; then
    export HOME=$folder
    chrome() { timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --no-first-run --enable-logging=stderr --v=0 --virtual-time-budget=20000 "$@"; }
    sed 's,</body>,<script>addEventListener("load"\, () => { const drawn = [...document.images].filter(i => i.naturalWidth > 100).length; const text = `drawn=${drawn} fits=${document.documentElement.scrollWidth <= innerWidth}`; if (parent !== window) parent.postMessage(text\, "*"); else document.body.setAttribute("data-measured"\, text); });</script></body>,' \
        $out/index.html >"$folder/measured.html"
    echo '<!DOCTYPE html><html><body><iframe src="measured.html" width="390" height="800"></iframe><script>addEventListener("message", e => document.body.setAttribute("data-measured", e.data));</script></body></html>' >"$folder/narrow.html"
    for width in measured narrow; do
        chrome --window-size=1600,1200 --dump-dom "file://$folder/$width.html" >"$folder/$width.dom" 2>"$folder/$width.log" || fail "Chromium: $(tail -n 2 "$folder/$width.log")"
        grep -q 'data-measured="drawn=7 fits=true"' "$folder/$width.dom" || fail "$width: $(grep -o 'data-measured="[^"]*"' "$folder/$width.dom")"
        grep 'CONSOLE' "$folder/$width.log" && fail "errors on the console"
    done
fi
python3 - $out/verdicts.json <<'END' || fail "verdicts.json"
import json, sys
record = json.load(open(sys.argv[1]))
assert set(record) == {"text"} | {f"figure {n}" for n in (1, 2, 4, 5, 6, 7, 8)}, record.keys()
rows = [row for part in record.values() for row in part]
assert all(row["verdict"] in ("agrees", "differs", "no comparison") and row["found"].endswith(".") for row in rows), rows
# what does not depend on statistics: integrals
at = {row["statement"]: row for part in ("figure 1", "figure 2") for row in record[f"{part}"]}
for start, verdict in (("WW is within about 2 %", "agrees"), ("The same of", "differs"), ("IWW is off most", "agrees"),
                       ("dσ/dx is peaked", "agrees"), ("dσ/dψ peaks", "differs"), ("ψ_max = 0.3", "differs"), ("IWW is about 2", "agrees")):
    row = next(r for s, r in at.items() if s.startswith(start))
    assert row["verdict"] == verdict, row
END

# what a change makes again
touch_and_expect() {
    echo "# changed" >>"$2"
    expect "planned after a change of $2" "$(planned)" "$1"
    sed -i '$d' "$2" && touch -d '2000-01-01' "$2"
}
touch_and_expect "all=1 figure=1 page=1 " $study/figures/figure4.gp
touch_and_expect "all=1 collect=1 figure=4 limit=2 page=1 report=1 " $study/limit.yaml
touch_and_expect "all=1 background=1 collect=1 figure=4 limit=2 page=1 report=1 " $study/kaon.yaml
touch_and_expect "all=1 background=4 collect=1 figure=4 limit=2 page=1 report=1 signal=6 " configs/na64e-paper.yaml
expect "planned after the changes were taken back" "$(planned)" ""
expect "planned with full statistics" "$(planned --config statistics=full)" "all=1 background=4 collect=1 figure=4 limit=2 page=1 report=1 signal=6 "
[ $failures -eq 0 ] || exit 1
echo "all checks passed"
