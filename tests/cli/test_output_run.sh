#!/usr/bin/env bash
# What eotmc run leaves behind: every file or, when a folder cannot be written or the disk is full, exit code 3, a message and no half-written file.
# usage: test_output_run.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
"$eotmc" --help | grep -q '^  run ' || { echo "this eotmc has no command run"; exit 77; }
work=$(mktemp -d)
mounted=
finish() {
    [ -z "$mounted" ] || umount "$mounted"
    rm -rf "$work"
}
trap finish EXIT
export XDG_CACHE_HOME=$work/cache
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
run() { # FOLDER ARGUMENTS...: the exit code is in $code, the outputs in $work/out and $work/err
    "$eotmc" run "$source/configs/na64e-dimuon.yaml" --device host --set sampling.mode=forced --set sampling.eot=2000 --set sampling.batch=500 -o "$@" \
        >"$work/out" 2>"$work/err" </dev/null
    code=$?
}
expect() { # WHAT CODE PATTERN: the last run's exit code, and a pattern in its messages
    [ $code -eq "$2" ] && { [ -z "$3" ] || grep -qE -- "$3" "$work/err"; } || fail "$1: exit code $code (want $2), want '$3' in: $(cat "$work/err")"
}
no_halves() { # FOLDER: no temporary file, and what is there is whole
    [ -z "$(find "$1" -name '*.tmp' -print -quit)" ] || fail "$1 has temporary files: $(find "$1" -name '*.tmp')"
    [ ! -e "$1/summary.json" ] || [ "$(tail -c 2 "$1/summary.json")" = "}" ] || fail "$1/summary.json is half-written"
}

# --- all is well: a new folder with parents, a blank and a quote in its name
good="$work/a b/it's new"
run "$good" --progress plain
expect "a run" 0 'EOT/s'
for file in summary.json result.h5 effective-config.yaml figures/{hcal_energy,missing_energy,dimuon_parent_energy,dimuon_depth_X0,cutflow}.{png,gp,dat}; do
    [ -s "$good/$file" ] || fail "no $file"
done
grep -q '"schema": "eotmc-summary/2"' "$good/summary.json" || fail "summary.json has no schema"
grep -q 'per EOT' "$work/out" || fail "no cut flow on standard output: $(cat "$work/out")"
grep -q $'\r' "$work/err" && fail "a plain progress line is updated in place"
no_halves "$good"
run "$work/quiet" --progress none
expect "a quiet run" 0 ''
grep -q 'ETA' "$work/err" && fail "--progress none shows progress"

# --- folders that cannot be written, whoever runs this
touch "$work/file"
run "$work/file"
expect "a file in place of the folder" 3 "$work/file' \(Not a directory\); "
run "$work/file/below"
expect "a file in place of a parent" 3 "$work/file/below' \(Not a directory\); "
run /proc/eotmc
expect "a file system without new folders" 3 "'/proc/eotmc' \("

# --- a full disk: no file beyond 4 KiB (a shell that ignores SIGXFSZ hands that on), then a real one if mounting is allowed here
(
    trap '' XFSZ
    ulimit -f 4
    run "$work/full" --force
    echo "$code" >"$work/code"
)
code=$(cat "$work/code")
expect "files limited to 4 KiB" 3 "$work/full/[^']*' .*; free space"
no_halves "$work/full"
[ ! -e "$work/full/summary.json" ] || fail "a summary.json of at most 4 KiB"
mkdir "$work/small"
if mount -t tmpfs -o size=16k tmpfs "$work/small" 2>/dev/null; then
    mounted=$work/small
    run "$work/small" --force
    expect "a disk of 16 KiB" 3 "$work/small/[^']*' .*; free space"
    no_halves "$work/small"
else
    echo "no permission to mount: the full disk is tried with a file size limit only"
fi
run "$work/stdout" && "$eotmc" run "$source/configs/na64e-dimuon.yaml" --device host --set sampling.eot=1000 -o "$work/stdout" --force >/dev/full 2>"$work/err"
code=$?
expect "a full standard output" 3 'cannot write to standard output'
[ $n_failed -eq 0 ] && echo "outputs are whole or absent"
