#!/usr/bin/env bash
# Calls to the system that fail, once and for good: memory, open, close, write (also one that writes half), fsync, rename, mkdir, unlink. The run ends with a
# message or is none the worse; nothing half-written has a final name; --resume then makes the bits of an undisturbed run.
# EOT_FAULTS_ALL=1 fails each call, from the first to the last that a run makes (an hour of processor time, most of it for memory); EOT_FAULTS_MEMORY=N takes
# every N-th call for memory then; the suite takes some of each.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
run=("$source/configs/smoke.yaml" --set sampling.eot=20 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off --set output.hepmc=on)
undisturbed
all=${EOT_FAULTS_ALL:-0}
stride() { [ "$all" = 1 ] && echo 1 || echo "$1"; }
first() { [ "$all" = 1 ] && echo 1 || echo "$1"; }
eio=5 enospc=28 eintr=4
faults open once "$(first 1)" "$(stride 7)"
faults open on "$(first 2)" "$(stride 13)" 24
faults close once "$(first 3)" "$(stride 31)" $eio
faults write once "$(first 4)" "$(stride 19)" $enospc
faults write on "$(first 2)" "$(stride 29)" $enospc
faults write short "$(first 5)" "$(stride 31)"
faults write once "$(first 6)" "$(stride 31)" $eintr
faults sync once "$(first 2)" "$(stride 7)" $eio
faults rename once "$(first 1)" "$(stride 3)" $eio
faults rename on "$(first 2)" "$(stride 5)" 30
faults mkdir once "$(first 1)" "$(stride 3)" $enospc
faults unlink once "$(first 1)" "$(stride 4)" 13
memory=1103
[ "$all" = 1 ] && memory=1
memory=${EOT_FAULTS_MEMORY:-$memory}
faults memory once $((memory > 50 ? 50 : 1)) "$memory"
faults memory on $((memory > 200 ? 200 : 1)) $((memory > 1 ? 2 * memory : 1))
[ $n_failed -eq 0 ] && echo "$n_fault faults: a message or no harm, and the same bits afterwards"
exit $((n_failed > 0))
