#!/usr/bin/env bash
# SIGKILL in the place of an operation on files, for each kind of job: --resume makes the bits of an undisturbed run, and leaves no file of the killed one. On the
# host at all operations of the program, on PoCL at those in the folder of the run (a thousand others are the driver's, with its kernels; some of them are taken,
# too). All jobs work on the folder of a run in the same way, which is tested; EOT_FAULTS_ALL=1 kills each of them at each operation nevertheless (an hour); the suite
# at some.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
pocl=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
[ -n "$pocl" ] || echo "no PoCL here: on the host alone"
first=7 stride=61 driver_stride=541
[ "${EOT_FAULTS_ALL:-0}" = 1 ] && first=1 stride=1 driver_stride=53
operations=open,close,write,sync,rename,mkdir,unlink
jobs=("configs/smoke.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=2 --set output.hepmc=on"
    "configs/na64e-signal.yaml --set sampling.eot=20 --set sampling.batch=5 --set scoring.showers=0 --set scoring.record_fraction=0.5"
    "configs/na64mu-mu2e.yaml --set sampling.eot=40 --set sampling.batch=10"
    "configs/smoke.yaml --set beam.particle=mu- --set sampling.eot=40 --set sampling.batch=10 --set scoring.showers=0"
    "tests/hadron_toy.yaml --set sampling.eot=40 --set sampling.batch=10 --set output.hepmc=on")
# What a run does in its folder, in order: an operation and a file a line. Left out is what not every run has: kept events, which are appended in front of a
# checkpoint where there are new ones (with two batches at work there may be none), and events.hepmc.
sequence() {
    rm -rf "$work/counted" "$work/log"
    faulty "$work/counted" FAULT_CALL=$operations FAULT_LOG="$work/log" FAULT_FOLDER="$work/counted" -- || fail "a run without faults: $(cat "$work/err")"
    sed -E "s,$work/counted/?,,; s/[.][0-9]+[.]tmp/.tmp/; /checkpoint-events[.]eot|events[.]hepmc/d; s/^(open|sync|close) $/folder/" "$work/log" | uniq
}
first_sequence=
for device in host $pocl; do
    for job in "${jobs[@]}"; do
        read -ra run <<<"$job"
        run[0]=$source/${run[0]}
        run+=(--set output.figures=off)
        in_folder=0
        undisturbed
        this_sequence=$(sequence)
        first_sequence=${first_sequence:-$this_sequence}
        [ "$(wc -l <<<"$this_sequence")" -gt 60 ] || fail "${run[0]##*/} on $device: hardly an operation on files: $this_sequence"
        [ "$this_sequence" = "$first_sequence" ] ||
            fail "$job on $device works on its folder in another order: $(diff <(echo "$first_sequence") <(echo "$this_sequence"))"
        if [ "$device" != host ]; then
            faults $operations kill 17 $driver_stride
            in_folder=1
        fi
        faults $operations kill $first $stride
        echo "$job on $device: $n_fault kills so far"
    done
done
[ $n_failed -eq 0 ] && echo "$n_fault kills, each resumed to the same bits; the same sequence of operations for all jobs"
exit $((n_failed > 0))
