#!/usr/bin/env bash
# The CUDA backend without a card: a driver that runs the host's kernels and a compiler that compiles nothing (tests/device/fake_*.c). What is tested is all around
# the kernels: finding the driver, messages, compiled code and its cache, memory, launches, two queues, two devices; and that the results have the host's bits.
# usage: test_cuda_fake.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
fake=$(readlink -f "$3")/tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EOTMC_CUDA_DRIVER=$fake/libfake_cuda.so EOTMC_NVRTC=$fake/libfake_nvrtc.so
fail() { cat "$work/out" "$work/err" 2>/dev/null; echo "FAILED: $*"; exit 1; }
# says CODE PATTERN COMMAND...: exit code and a pattern in what it writes
says() {
    code=$1 pattern=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    rc=$?
    [ $rc -eq "$code" ] || fail "exit code $rc, not $code: $*"
    grep -qE "$pattern" "$work/out" "$work/err" || fail "no '$pattern': $*"
}
[ -e "$EOTMC_CUDA_DRIVER" ] && [ -e "$EOTMC_NVRTC" ] || fail "the fake libraries are not built"

# the driver
says 0 'Fake GPU A' "$eotmc" devices
says 0 'Fake GPU B' env FAKE_CUDA=two "$eotmc" devices
FAKE_CUDA=nodevice "$eotmc" devices >"$work/out" 2>"$work/err" || fail "a driver without a card is an error"
grep -q Fake "$work/out" && fail "a card where there is none"
says 2 'cuda:0 matches no device.*CUDA_ERROR_NO_DEVICE' env FAKE_CUDA=nodevice "$eotmc" selftest --device cuda:0
says 2 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH' env FAKE_CUDA=noinit "$eotmc" selftest --device cuda:0
says 2 'driver is too old: it has no cuInit' env EOTMC_CUDA_DRIVER="$EOTMC_NVRTC" "$eotmc" selftest --device cuda:0
says 2 'names no library' env EOTMC_CUDA_DRIVER="$work/none.so" "$eotmc" selftest --device cuda:0
says 2 'matches no device' "$eotmc" selftest --device cuda:1

# compiled code: compiled, from the cache, from a folder; without a compiler; damaged; refused by the driver
selftest() { env XDG_CACHE_HOME="$work/cache" "$@" "$eotmc" selftest --device cuda:0 -v; }
says 0 'kernel probe_layout: 32 registers.*compiled now' selftest X=1
says 0 'kernel probe_layout: 32 registers.*cached' selftest X=1
grep -q 'compiled now' "$work/err" && fail "something is compiled though it is cached"
for file in $(find "$work/cache" -type f); do printf x | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 4)) conv=notrunc 2>/dev/null; done
says 0 'kernel probe_layout: 32 registers.*compiled now' selftest X=1
says 0 'refuses the stored code of kernel' selftest FAKE_CUDA=refuse=1
says 4 'CUDA_ERROR_INVALID_IMAGE.*the driver is older than the compiler' selftest FAKE_CUDA=refuse=1000
says 4 'no code of kernel.*EOTMC_NVRTC' env XDG_CACHE_HOME="$work/none" EOTMC_NVRTC=none "$eotmc" selftest --device cuda:0
says 0 'probe_layout +sm_90' "$eotmc" kernels --arch sm_90 --output "$work/folder"
says 0 'kernel probe_layout: 32 registers.*compiled before' env XDG_CACHE_HOME="$work/none" EOTMC_NVRTC=none EOTMC_CUDA_KERNELS="$work/folder" "$eotmc" selftest --device cuda:0 -v
says 2 '^.*--arch is missing' "$eotmc" kernels
mkdir -p "$work/wrong" && cp -r "$source/kernels" "$source/include" "$work/wrong/" && echo 'static int x = no_such_name;' >>"$work/wrong/kernels/probe.cl"
says 4 'cannot compile kernel .*NVRTC 99.9.*Log: .*"no_such_name" is undefined' "$eotmc" selftest --device cuda:0 --kernel-dir "$work/wrong"

# memory and launches
short() { env "$1" "$eotmc" bench --case cascade-cut5 --eot 2000 --repeat 1 -q --device cuda:0 "${@:2}"; }
says 4 'cuMemAlloc failed \(CUDA_ERROR_OUT_OF_MEMORY, 2: out of memory\).*smaller sampling.batch' short FAKE_CUDA=memory=900000 --lanes 2000
# a failure is told when somebody waits: one of the kernels since the last time; which one, if the driver is asked to wait for each
says 4 'lanes_start, cascade, lanes_summary failed \(CUDA_ERROR_LAUNCH_FAILED, 719' short FAKE_CUDA=launch=cascade
says 4 ' cascade failed \(CUDA_ERROR_LAUNCH_FAILED, 719' env CUDA_LAUNCH_BLOCKING=1 FAKE_CUDA=launch=cascade "$eotmc" bench --case cascade-cut5 --eot 2000 --repeat 1 -q --device cuda:0
says 4 ' lanes_summary failed \(CUDA_ERROR_LAUNCH_FAILED, 719' env CUDA_LAUNCH_BLOCKING=1 FAKE_CUDA=launch=lanes_summary "$eotmc" bench --case cascade-cut5 --eot 2000 --repeat 1 -q --device cuda:0

# the host's bits
bits() { # CASE N ARGUMENTS...
    for device in host cuda:0; do
        "$eotmc" bench --case "$1" --eot "$2" --repeat 1 -q --device $device --format json "${@:3}" >"$work/$device" 2>"$work/err" || fail "$* on $device"
    done
    [ "$(grep -c tally_hash "$work/host")" = 1 ] || fail "no hash of $*"
    [ "$(grep tally_hash "$work/host")" = "$(grep tally_hash "$work/cuda:0")" ] || fail "$* differs from the host"
    echo "$*: the host's bits"
}
bits cascade-cut5 20000
bits cascade-cut5 20000 --in-flight 2 --batch 3000 --lanes 100
bits dimuon-forced 400 --in-flight 2 --batch 150 --chunk 64
bits muon 2000
bits_run() { # CONFIG ARGUMENTS...
    for device in host cuda:0 cuda:0,cuda:1; do
        FAKE_CUDA=two "$eotmc" run "$source/configs/$1" --device $device -o "$work/run" --force --progress none --set output.figures=off --set scoring.showers=0 "${@:2}" >"$work/out" 2>"$work/err" || fail "$* on $device"
        grep tally_sha256 "$work/run/summary.json" >"$work/hash.$device" || fail "no hash of $*"
        rm -rf "$work/run"
        cmp -s "$work/hash.host" "$work/hash.$device" || fail "$* on $device differs from the host"
    done
    echo "$*: the host's bits, also on two devices"
}
bits_run smoke.yaml --set sampling.eot=300 --set sampling.batch=100
bits_run na64e-signal.yaml --set sampling.eot=300 --set sampling.batch=100 --set physics.cut="2 GeV"
bits_run na64e-analog.yaml --set sampling.eot=100000 --set sampling.batch=30000
bits_run na64mu-mu2e.yaml --set sampling.eot=1000 --set sampling.batch=300

# what the host asks for: all copies through pinned memory; a launch of the cascade moves a few words, whatever the number of lanes, and is waited for twice (the
# lanes' sums and their checksum); events are read once a launch
counted() { # NAME ARGUMENTS...: a run of the analog job, one batch at a time
    FAKE_CUDA_COUNT="$work/$1" "$eotmc" run "$source/configs/na64e-analog.yaml" --device cuda:0 -o "$work/run" --force --progress none --set output.figures=off --set scoring.showers=0 \
        --set sampling.eot=4000 --set sampling.batch=4000 --set device.in_flight=1 "${@:2}" >"$work/out" 2>"$work/err" || fail "a run that is counted"
    grep tally_sha256 "$work/run/summary.json" >"$work/hash.$1"
}
counted few --set device.lanes=256 --set device.launch_steps=4096
counted many --set device.lanes=256 --set device.launch_steps=64
counted wide --set device.lanes=1024 --set device.launch_steps=64
cmp -s "$work/hash.few" "$work/hash.many" && cmp -s "$work/hash.few" "$work/hash.wide" || fail "lanes and launches change results"
number() { awk -v name="$2" '$1 == name { print $2 }' "$work/$1"; }
for run in few many wide; do [ "$(number $run pageable)" = 0 ] || fail "copies from or to memory that is not pinned: $(cat "$work/$run")"; done
n=$(($(number many cascade) - $(number few cascade)))
[ $n -ge 20 ] || fail "only $n more launches"
bytes=$((($(number many bytes_up) + $(number many bytes_down) - $(number few bytes_up) - $(number few bytes_down)) / n))
waits=$((($(number many waits) - $(number few waits)) / n))
echo "each of $n launches of the cascade: $bytes bytes, $waits waits; $(number many cascade) launches with 256 lanes, $(number wide cascade) with 1024: $(number many bytes_down) and $(number wide bytes_down) bytes down"
[ $bytes -le 512 ] && [ $waits -le 4 ] || fail "$bytes bytes and $waits waits for a launch of the cascade"
