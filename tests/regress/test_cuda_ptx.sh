#!/usr/bin/env bash
# What NVIDIA's compiler makes of the kernels computes what the kernels say: its PTX, translated to C (tests/device/ptx_to_c.py), runs on the fake driver and gives the
# host's bits. It once gave two matrices of the track fit the same memory, which no test without a card could see. Needs NVRTC, no card.
# usage: test_cuda_ptx.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
fake=$(readlink -f "$3")/tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$eotmc" kernels --arch compute_90 --kernel probe_layout --output "$work/first" >"$work/out" 2>"$work/err"; then
    grep -q 'libnvrtc.so is not here' "$work/err" && { echo "skipped: $(cat "$work/err")"; exit 77; }
    cat "$work/err"; echo "FAILED: eotmc kernels"; exit 1
fi
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }

# As the signal, with what crosses two planes written down.
{ sed '/^output:/,/^[a-z]/{/^output:/d;/^ /d};/^  splitting:/d;/^  roulette:/d' "$source/configs/na64e-signal.yaml"
  echo "output: {figures: off, planes: [{name: behind, z: 48 cm, kinds: [muons, electrons, photons]}, {name: far, z: 700 cm, format: hdf5}]}"; } >"$work/planes.yaml"
cp -r "$source/configs/setups" "$work/"

# name, case of `eotmc bench` or configuration, primaries
jobs() {
    echo "cascade cascade-cut5 20000"
    echo "dimuon dimuon-forced 1000"
    echo "masses signal-masses 400"
    echo "muon muon 100"
    echo "hadron hadron-pi 500"
    echo "planes $work/planes.yaml 500"
    echo "beamline $source/configs/na64e-beamline.yaml 2000"
    echo "mu2e $source/configs/na64mu-mu2e.yaml 1000"
}
# hash DEVICE CONFIGURATION PRIMARIES: of the tallies, and of the files of planes
hash() {
    case $2 in
    *.yaml) "$eotmc" run "$2" --set sampling.eot="$3" --set output.figures=off --device "$1" --progress none --force -o "$out" -v 2>"$out.err" >"$out.out" &&
        { sed -n 's/.*"tally_sha256": "\([0-9a-f]*\)".*/\1/p' "$out/summary.json"; cat "$out"/planes/*.mcpl 2>/dev/null | gzip -dcf | sha256sum; } ;;
    *) "$eotmc" bench --case "$2" --eot "$3" --repeat 1 --device "$1" --format json -v 2>"$out.err" | sed -n 's/.*"tally_hash": "\([0-9a-f]*\)".*/\1/p' ;;
    esac
}
compare() {
    name=$1 configuration=$2 n=$3 out=$work/$1
    case $configuration in *.yaml) options=$configuration ;; *) options="--case $configuration" ;; esac
    export XDG_CACHE_HOME=$work/cache.$name
    hash host "$configuration" "$n" >"$out.host"
    # the kernels of this job, as the fake driver is asked for them; then these, as PTX
    used=$(export EOTMC_CUDA_DRIVER=$fake/libfake_cuda.so EOTMC_NVRTC=$fake/libfake_nvrtc.so EOTMC_CUDA_KERNELS=$work/none
        hash cuda:0 "$configuration" "$n" >"$out.plain"
        sed -n 's/^kernel \([a-z_]*\): .*compiled now.*/--kernel \1/p' "$out.err" | sort -u)
    [ -n "$used" ] || { cat "$out.err"; echo "FAILED: $name: no kernel is compiled"; return 1; }
    "$eotmc" kernels $options --arch compute_90 --output "$out.ptx" $used >"$out.log" 2>&1 || { cat "$out.log"; echo "FAILED: $name: eotmc kernels"; return 1; }
    (export EOTMC_CUDA_DRIVER=$fake/libfake_cuda.so EOTMC_NVRTC=$work/none.so EOTMC_CUDA_KERNELS=$out.ptx FAKE_CUDA_PTX=$source/tests/device/ptx_run.sh FAKE_CUDA_PTX_CACHE=$work
        hash cuda:0 "$configuration" "$n" >"$out.cuda")
    n_made=$(grep -c '^kernel .*compiled before' "$out.err") n_used=$(echo "$used" | wc -l)
    echo "$name: $n_used kernels, $(head -c 16 "$out.host") and $(head -c 16 "$out.cuda")"
    grep -q . "$out.host" && cmp -s "$out.host" "$out.plain" && cmp -s "$out.host" "$out.cuda" && [ "$n_made" -eq "$n_used" ] && return 0
    cat "$out.err"; echo "FAILED: $name: $n_made of $n_used kernels ran as PTX; $(cat "$out.host") on the host, $(cat "$out.cuda") from PTX"; return 1
}
export eotmc source fake work
export -f compare hash
jobs | xargs -P 2 -d '\n' -I{} bash -c 'compare {}' || exit 1
echo "$(ls "$work"/*.ptx | sed -n 's/\.compute_90.*//p' | sort -u | wc -l) kernels"
