#!/usr/bin/env bash
# SIGKILL in the place of an operation on files, for showers, signal and muon conversion: --resume makes the bits of an undisturbed run, and leaves no file of the
# killed one. On the host at all operations of the program, on PoCL at those in the folder of the run (a thousand others are the driver's, with its kernels; some of
# them are taken, too). EOT_FAULTS_ALL=1 kills at each operation (half an hour); the suite at some.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
pocl=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
[ -n "$pocl" ] || echo "no PoCL here: on the host alone"
first=7 stride=61 driver_stride=541
[ "${EOT_FAULTS_ALL:-0}" = 1 ] && first=1 stride=1 driver_stride=53
operations=open,close,write,sync,rename,mkdir,unlink
for device in host $pocl; do
    for job in "smoke.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=2 --set output.hepmc=on" \
        "na64e-signal.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=0 --set scoring.record_fraction=0.5" \
        "na64mu-mu2e.yaml --set sampling.eot=40 --set sampling.batch=10"; do
        read -ra run <<<"$job"
        run[0]=$source/configs/${run[0]}
        run+=(--set output.figures=off)
        undisturbed
        in_folder=0
        if [ "$device" != host ]; then
            faults $operations kill 17 $driver_stride
            in_folder=1
        fi
        faults $operations kill $first $stride
        echo "${run[0]##*/} on $device: $n_fault kills so far"
    done
done
[ $n_failed -eq 0 ] && echo "$n_fault kills, each resumed to the same bits"
exit $((n_failed > 0))
