#!/usr/bin/env bash
# SIGKILL at random times, again and again until the run is done, for showers, signal and muon conversion, on the host and on PoCL: the bits of an undisturbed run,
# nothing half-written under a final name, no file left behind. usage: test_random_kills.sh EOTMC SOURCE_DIR BUILD_DIR [--n KILLS], of each kind on each device (3).
eotmc=$1 source=$2 n_kill=3
[ "${4:-}" = --n ] && n_kill=$5
. "$source/tests/faults/faults.bash"
pocl=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
[ -n "$pocl" ] || echo "no PoCL here: on the host alone"
now() { date +%s%N; }
n_run=0 n_in_all=0
for device in host $pocl; do
    for job in "smoke.yaml --set sampling.eot=400 --set sampling.batch=10 --set scoring.showers=5 --set output.hepmc=on" \
        "na64e-signal.yaml --set sampling.eot=200 --set sampling.batch=10 --set scoring.showers=0 --set scoring.record_fraction=0.5" \
        "na64mu-mu2e.yaml --set sampling.eot=10000 --set sampling.batch=200"; do
        read -ra run <<<"$job"
        run[0]=$source/configs/${run[0]}
        run+=(--set output.figures=off)
        undisturbed # makes tables and kernels
        start=$(now)
        undisturbed
        milliseconds=$((($(now) - start) / 1000000))
        n_here=0
        while [ $n_here -lt "$n_kill" ]; do
            rm -rf "$work/faulty"
            code=137
            while [ $code -eq 137 ]; do
                "$eotmc" run "${run[@]}" --progress none --device "$device" --checkpoint 0 --resume -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null &
                pid=$!
                pause=$((RANDOM * milliseconds / 32768))
                [ $n_here -lt "$n_kill" ] && sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))" && kill -KILL $pid 2>/dev/null
                wait $pid 2>/dev/null
                code=$?
                if [ $code -eq 137 ]; then
                    n_here=$((n_here + 1))
                    whole_files "${run[0]##*/} on $device, kill $n_here" "$work/faulty"
                fi
            done
            [ $code -eq 0 ] || { fail "${run[0]##*/} on $device: exit code $code: $(cat "$work/err")"; break; }
            same "${run[0]##*/} on $device, killed $n_here times so far" "$work/faulty"
            n_run=$((n_run + 1))
        done
        n_in_all=$((n_in_all + n_here))
    done
done
[ $n_failed -eq 0 ] && echo "$n_in_all kills at random times in $n_run runs: the same bits"
exit $((n_failed > 0))
