#!/bin/sh
# eotmc geometry: the table, the JSON form, the picture, the exit codes.
# usage: test_config_geometry.sh EOTMC SOURCE_DIR BUILD_DIR
eotmc=$1 source=$2
config=$source/configs/na64e-dimuon.yaml
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
bad=0
fail() {
    bad=$((bad + 1))
    echo "FAILED: $*"
}

"$eotmc" geometry "$config" -o "$work/new/folder" >"$work/text" 2>"$work/err" || fail "exit code $? (want 0): $(cat "$work/err")"
grep -Eq '^ecal +ecal 0 +0\.00 \.\. 45\.00 +45\.000 .* 40\.6[0-9]* +1\.57' "$work/text" || fail "no line for the ECAL: 45 cm, 40.6 X0, 1.57 lambda"
[ "$(grep -Ec '^hcal[012] .* 139\.200 .* 7\.40' "$work/text")" -eq 3 ] || fail "no three HCAL modules of 139.2 cm and 7.40 lambda"
for file in geometry.png geometry.gp geometry.dat; do [ -s "$work/new/folder/$file" ] || fail "no $file"; done
head -c 8 "$work/new/folder/geometry.png" | od -An -tx1 | grep -q '89 50 4e 47 0d 0a 1a 0a' || fail "geometry.png is no PNG file"
(cd "$work/new/folder" && rm geometry.png && gnuplot geometry.gp && [ -s geometry.png ]) || fail "the script does not make the picture again"

"$eotmc" geometry "$config" --figure "$work/top.png" --view top >/dev/null 2>&1 || fail "--view top: exit code $?"
[ -s "$work/top.png" ] || fail "no top.png"

"$eotmc" geometry "$config" --figure none --format json --set geometry.layers=explicit --set geometry.volumes.hcal0.repeat=24 >"$work/json" ||
    fail "json: exit code $?"
grep -q '"schema": "eotmc-geometry/1"' "$work/json" || fail "no schema in the JSON form"
grep -q '"layers": "explicit"' "$work/json" || fail "--set geometry.layers had no effect"
grep -Eq '"lambda_int": 3\.70' "$work/json" || fail "--set geometry.volumes.hcal0.repeat had no effect"
if command -v python3 >/dev/null; then python3 -m json.tool <"$work/json" >/dev/null || fail "the JSON form does not parse"; fi

"$eotmc" geometry --help >"$work/help" || fail "--help: exit code $?"
grep -q 'eotmc geometry configs/' "$work/help" || fail "--help without an example"

"$eotmc" geometry "$config" --figure "$work/picture.pdf" >/dev/null 2>"$work/err"
[ $? -eq 2 ] || fail "a PDF picture: exit code is not 2"
"$eotmc" geometry "$config" --figure "$work/a'; system('touch executed') #.png" >/dev/null 2>"$work/err"
[ $? -eq 2 ] || fail "a picture's name that is a command: exit code is not 2"
[ ! -e "$work/executed" ] || fail "a picture's name was run as a command"
"$eotmc" geometry "$config" --figure "$work/-e.png" >/dev/null 2>"$work/err" && [ -s "$work/-e.png" ] || fail "a picture's name that begins with -: $(cat "$work/err")"
echo taken >"$work/file"
"$eotmc" geometry "$config" -o "$work/file" >/dev/null 2>"$work/err"
[ $? -eq 3 ] || fail "a folder that is a file: exit code is not 3"

echo "$bad failed"
[ "$bad" -eq 0 ]
