#!/usr/bin/env bash
# The plane of results/na64e-plane is made again: 40 masses, bands, three methods and four numbers of electrons, the same numbers as committed, within 10 s of
# processor time (without its pictures, which are gnuplot's).
# usage: test_limit_plane.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$(realpath "$1") source=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$source" || exit 1
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
same() { # STUDY TABLE
    TIMEFORMAT='%U %S'
    { time "$eotmc" limit "results/na64e-plane/$1" -o "$work/out" --no-figure >"$work/log" 2>"$work/err"; } 2>"$work/time" || fail "$1: $(cat "$work/err")"
    awk '{ exit !($1 + $2 < 10) }' "$work/time" || fail "$1: $(cat "$work/time") s of user and system"
    awk -F, 'NR == 1 || $4 == 1' "$work/out/plane.csv" >"$work/table"
    # row by row, numbers within 1e-5: they are found to 1e-7
    paste -d, "$work/table" "results/na64e-plane/$2" | awk -F, -v n=12 '
        NR == 1 { if (NF != 2 * n) exit 1; next }
        { for (i = 1; i <= n; i++) { d = $i - $(i + n); if ($i != $(i + n) && !(d * d <= 1e-10 * $i * $i)) { print $1, $2, $3 ": column " i, $i, $(i + n); bad = 1 } } }
        END { exit bad || NR != 481 }' || fail "$1: another table"
}
same study.yaml plane.csv
same study-paper-efficiency.yaml plane-paper-efficiency.csv
exit $((n_failed > 0))
