#!/usr/bin/env bash
# Calls to the system that fail, once and for good: memory, open, close, write (also one that writes half), fsync, rename, mkdir, unlink. The run ends with a
# message or is none the worse; nothing half-written has a final name; --resume then makes the bits of an undisturbed run.
# EOT_FAULTS_ALL=1 fails each call of files, and memory at every 97th (an hour); the suite takes some of each.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
run=("$source/configs/smoke.yaml" --set sampling.eot=20 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off --set output.hepmc=on)
undisturbed
all=${EOT_FAULTS_ALL:-0}
stride() { [ "$all" = 1 ] && echo 1 || echo "$1"; }
eio=5 enospc=28 eintr=4
faults open once 1 "$(stride 7)"
faults open on 2 "$(stride 13)" 24
faults close once 3 "$(stride 31)" $eio
faults write once 4 "$(stride 19)" $enospc
faults write on 2 "$(stride 29)" $enospc
faults write short 5 "$(stride 31)"
faults write once 6 "$(stride 31)" $eintr
faults sync once 2 "$(stride 7)" $eio
faults rename once 1 "$(stride 3)" $eio
faults rename on 2 "$(stride 5)" 30
faults mkdir once 1 "$(stride 3)" $enospc
faults unlink once 1 "$(stride 4)" 13
memory=1103
[ "$all" = 1 ] && memory=97
faults memory once 50 $memory
faults memory on 200 $((2 * memory))
[ $n_failed -eq 0 ] && echo "$n_fault faults: a message or no harm, and the same bits afterwards"
exit $((n_failed > 0))
