#!/usr/bin/env bash
# SIGKILL in the place of an operation on files, for showers, signal and muon conversion: --resume makes the bits of an undisturbed run, and leaves no file of the
# killed one. EOT_FAULTS_ALL=1 kills at each operation; the suite at some.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
stride=61
[ "${EOT_FAULTS_ALL:-0}" = 1 ] && stride=1
for job in "smoke.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=2 --set output.hepmc=on" \
    "na64e-signal.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=0 --set scoring.record_fraction=0.5" \
    "na64mu-mu2e.yaml --set sampling.eot=40 --set sampling.batch=10"; do
    read -ra run <<<"$job"
    run[0]=$source/configs/${run[0]}
    run+=(--set output.figures=off)
    undisturbed
    faults open,close,write,sync,rename,mkdir,unlink kill 7 $stride
done
[ $n_failed -eq 0 ] && echo "$n_fault kills, each resumed to the same bits"
exit $((n_failed > 0))
