#!/usr/bin/env bash
# A driver of OpenCL whose calls fail, bring wrong bytes, compute wrongly or hang: the run ends with a message that names the call, or is none the worse; the
# batches that were finished are saved; --resume makes the bits of an undisturbed run. EOT_FAULTS_ALL=1 fails each call, with each error (two hours); the suite some.
eotmc=$1 source=$2 shim=opencl_shim.c
. "$source/tests/faults/faults.bash"
device=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
[ -n "$device" ] || { echo "skipped: no PoCL here"; exit 77; }
run=("$source/configs/smoke.yaml" --set sampling.eot=40 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off --set output.hepmc=on)
undisturbed
all=${EOT_FAULTS_ALL:-0}

# --- each kind of call: the first, the last and some between; what fails after the first batch leaves batches in the checkpoint
entries="clGetPlatformIDs clGetDeviceIDs clGetDeviceInfo clCreateContext clCreateCommandQueue clCreateProgramWithSource clBuildProgram clCreateKernel
    clGetKernelWorkGroupInfo clCreateBuffer clSetKernelArg clEnqueueNDRangeKernel clWaitForEvents clGetEventProfilingInfo clEnqueueReadBuffer
    clEnqueueWriteBuffer clEnqueueFillBuffer clFinish"
errors=(-5 -4 -6 -2 -36 -14 -9999) # resources, memory of the device, of the host, device lost, queue, events, a number of the driver's own
[ "$all" = 1 ] || errors=(-5 -2)
i_entry=0
for entry in $entries; do
    n=$(number_of "$entry")
    [ "$n" -gt 0 ] || fail "a run makes no call of $entry"
    places=("$n" $((n > 2 ? (7 * i_entry % (n - 1)) + 1 : 1)))
    [ "$all" = 1 ] && places=($(seq "$n"))
    for at in "${places[@]}"; do
        for error in "${errors[@]}"; do
            fault "$entry" once "$at" "$error"
            [ "$all" = 1 ] || break
        done
    done
    fault "$entry" on $(((n + 1) / 2)) "${errors[i_entry % ${#errors[@]}]}"
    i_entry=$((i_entry + 1))
done
fault clEnqueueNDRangeKernel kill 60

# --- the message names the call, and finished batches are saved
named() { # CALL AT
    rm -rf "$work/faulty"
    faulty "$work/faulty" FAULT_CALL="$1" FAULT_MODE=on FAULT_AT="$2" --
    [ $? -eq 4 ] && grep -q "$1 failed (CL_OUT_OF_RESOURCES, -5)" "$work/err" || fail "$1 fails from call $2 on: $(cat "$work/err")"
    "$eotmc" merge "$work/faulty" -o "$work/merged" --force >"$work/out" 2>"$work/err" </dev/null || fail "what was done before $1 failed: $(cat "$work/err")"
    grep -qE '^1 parts, [1-4]0 of 40 primaries' "$work/err" || fail "no batch was saved before $1 failed: $(cat "$work/err")"
}
number_of clEnqueueNDRangeKernel >/dev/null
named clEnqueueNDRangeKernel $(($(cat "$work/count") - 12))

# --- bytes that arrive changed are found, wherever they come
spoilt() { # MODE AT
    rm -rf "$work/faulty"
    faulty "$work/faulty" FAULT_CALL=clEnqueueReadBuffer FAULT_MODE="$1" FAULT_AT="$2" --
    local code=$?
    n_fault=$((n_fault + 1))
    case $code in
    0) [ "$at" -le 12 ] || fail "read $2, $1: not found" ;; # of the self-test, which reads back more than it looks at
    4) grep -q 'bytes that were read from .* are not those that it holds' "$work/err" || fail "read $2, $1: $(cat "$work/err")" ;;
    5) grep -q 'self-test' "$work/err" || fail "read $2, $1: $(cat "$work/err")" ;;
    *) fail "read $2, $1: exit code $code: $(cat "$work/err")" ;;
    esac
    "$eotmc" run "${run[@]}" --progress none --device "$device" --resume -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null || fail "read $2, $1, then --resume: $(cat "$work/err")"
    same "read $2, $1, then --resume" "$work/faulty"
}
n=$(number_of clEnqueueReadBuffer)
stride=11
[ "$all" = 1 ] && stride=1
for ((at = 1; at <= n; at += stride)); do spoilt flip "$at"; done
for ((at = 20; at <= n; at += 3 * stride)); do spoilt garbage "$at"; spoilt worse "$at"; done

# --- a device that begins to compute wrongly: a known primary no longer gives what it gave
rm -rf "$work/faulty"
faulty "$work/faulty" FAULT_CALL=clEnqueueNDRangeKernel FAULT_MODE=wrong FAULT_AT=100 FAULT_KERNEL=source FAULT_ARGUMENT=2 -- --set device.known_launches=20 --set sampling.eot=200
[ $? -eq 4 ] && grep -qE 'primary 0, followed again on .*, gives other numbers than before.* from primary [0-9]+ on is in doubt' "$work/err" || fail "a device that computes wrongly: $(cat "$work/err")"
rm -rf "$work/faulty"
faulty "$work/faulty" FAULT_CALL=clEnqueueNDRangeKernel FAULT_MODE=wrong FAULT_AT=100 FAULT_KERNEL=none -- --set device.known_launches=1 --set sampling.eot=200 || fail "a device that computes rightly: $(cat "$work/err")"

# --- a launch that does not come back: a signal saves the state and ends the run within 2 s, with the results of what was done
rm -rf "$work/faulty"
LD_PRELOAD="$work/shim.so" FAULT_CALL=clWaitForEvents FAULT_MODE=stall FAULT_SECONDS=100 FAULT_AT=$((95 - 20)) \
    "$eotmc" run "${run[@]}" --progress none --device "$device" --checkpoint-exit-code 85 -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null &
pid=$!
before=
for _ in $(seq 200); do # until it stands still
    now=$(awk '{print $14 + $15}' "/proc/$pid/stat" 2>/dev/null)
    [ -n "$before" ] && [ "$now" = "$before" ] && [ -s "$work/faulty/effective-config.yaml" ] && break
    before=$now
    sleep 0.7
done
kill -TERM $pid
sleep 2
kill -0 $pid 2>/dev/null && { fail "SIGTERM does not end a run that hangs within 2 s"; kill -KILL $pid; }
wait $pid
code=$?
[ $code -eq 85 ] || fail "a launch that hangs, then SIGTERM: exit code $code: $(cat "$work/err")"
[ -s "$work/faulty/checkpoint.eot" ] && grep -q '"partial": true' "$work/faulty/summary.json" || fail "a launch that hangs: nothing is saved after SIGTERM"
grep -qE 'interrupted after [0-3]0? of 40 primaries; the results in .* are valid' "$work/err" || fail "a launch that hangs: $(cat "$work/err")"
[ -z "$(find "$work/faulty" -name '.*' ! -path "$work/faulty")" ] || fail "a launch that hangs: stray files after SIGTERM"
"$eotmc" run "${run[@]}" --progress none --device "$device" --resume -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null || fail "a launch that hangs, then --resume: $(cat "$work/err")"
same "a launch that hangs, then --resume" "$work/faulty"
if [ "$all" = 1 ]; then # and without a signal, after half a minute, it is said
    rm -rf "$work/faulty"
    faulty "$work/faulty" FAULT_CALL=clWaitForEvents FAULT_MODE=stall FAULT_SECONDS=35 FAULT_AT=75 -- || fail "a launch of 35 s: $(cat "$work/err")"
    grep -q 'has not answered for' "$work/err" || fail "a launch of 35 s: $(cat "$work/err")"
    same "a launch of 35 s" "$work/faulty"
fi
[ $n_failed -eq 0 ] && echo "$n_fault faults of a driver: a message or no harm, and the same bits afterwards"
exit $((n_failed > 0))
