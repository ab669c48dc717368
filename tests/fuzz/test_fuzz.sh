#!/usr/bin/env bash
# libFuzzer with the sanitizers of addresses and of undefined behaviour on what reads texts and files: stored and made inputs first, then EOT_FUZZ_SECONDS (20) of
# mutations for each target, or with EOT_FUZZ_RUNS that many inputs, however long they take. usage: test_fuzz.sh EOTMC SOURCE_DIR BUILD_DIR [TARGET...]. What crashes lies in BUILD_DIR/fuzz; mended, it goes into corpus/<target>.
eotmc=$1 source=$2 build=$3/fuzz
shift 3
limit=-max_total_time=${EOT_FUZZ_SECONDS:-20}
[ -z "${EOT_FUZZ_RUNS:-}" ] || limit=-runs=$EOT_FUZZ_RUNS
command -v clang-15 >/dev/null || { echo "skipped: no clang-15"; exit 77; }
echo 'int LLVMFuzzerTestOneInput(const unsigned char *b, unsigned long n) { (void)b; return n == 0 ? 0 : 0; }' >"${TMPDIR:-/tmp}/eot-fuzz-$$.c"
clang-15 -fsanitize=fuzzer,address,undefined "${TMPDIR:-/tmp}/eot-fuzz-$$.c" -o "${TMPDIR:-/tmp}/eot-fuzz-$$" 2>/dev/null
can_fuzz=$?
rm -f "${TMPDIR:-/tmp}/eot-fuzz-$$" "${TMPDIR:-/tmp}/eot-fuzz-$$.c"
[ $can_fuzz -eq 0 ] || { echo "skipped: clang-15 has no libFuzzer or no sanitizers here"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-O1 -g -w -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
launcher=$(command -v ccache >/dev/null && echo -DCMAKE_C_COMPILER_LAUNCHER=ccache)
{ cmake -S "$source" -B "$build" -DCMAKE_C_COMPILER=clang-15 -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=None "-DCMAKE_C_FLAGS=$flags" $launcher &&
    cmake --build "$build" --target libeotmc -j2; } >"$work/log" 2>&1 || { tail -n 20 "$work/log"; echo "FAILED: no library with sanitizers"; exit 1; }
libraries=$(pkg-config --libs gsl yaml-0.1 jansson OpenCL clblast)
hdf5=$(sed -nE 's/^HDF5_hdf5_LIBRARY_RELEASE:FILEPATH=//p; s/^HDF5_C_LIBRARY_hdf5:FILEPATH=//p' "$build/CMakeCache.txt" | grep '^/' | head -1)

# Inputs that a run makes.
XDG_CACHE_HOME=$work/cache "$eotmc" run "$source/configs/smoke.yaml" --device host --progress none --set sampling.eot=20 -o "$work/run" >/dev/null 2>&1 </dev/null || { echo "FAILED: no run to take inputs from"; exit 1; }
mkdir -p "$work"/made/{config,overrides,units,checkpoint,tables,summary}
cp "$source"/configs/*.yaml "$work/run/effective-config.yaml" "$work/made/config/"
n_head=$((14 + 65 + 65)) # of base/cache.c
for file in "$work"/cache/eotmc/*.bin; do tail -c +$((n_head + 1)) "$file" >"$work/made/tables/$(basename "$file")"; done
cp "$work/run/summary.json" "$work/made/summary/"

n_failed=0
[ $# -gt 0 ] || set -- config overrides units checkpoint tables summary
for target in "$@"; do
    clang-15 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -D_GNU_SOURCE -DEOT_REAL_DOUBLE -DCL_TARGET_OPENCL_VERSION=120 -DEOT_SOURCE_DIR="\"$source\"" \
        -I"$source/host" -I"$source/include" -I"$build/generated" "$source/tests/fuzz/$target.c" "$build/libeotmc.a" $libraries $hdf5 -lpthread -ldl -lm -o "$build/fuzz-$target" >"$work/log" 2>&1 ||
        { tail -n 20 "$work/log"; echo "FAILED: $target does not build"; exit 1; }
    mkdir -p "$work/found" 
    rm -rf "$work/found"/*
    max=20000
    case $target in tables) max=2000000 ;; summary) max=100000 ;; overrides) max=400 ;; checkpoint) max=10000 ;; esac
    [ "$target" != checkpoint ] || EOT_FUZZ_SEED=$work/made/checkpoint/run "$build/fuzz-checkpoint" -runs=0 >"$work/log" 2>&1 || { tail -n 5 "$work/log"; echo "FAILED: no checkpoint to begin with"; n_failed=$((n_failed + 1)); }
    stored=()
    [ -d "$source/tests/fuzz/corpus/$target" ] && stored=("$source/tests/fuzz/corpus/$target")
    "$build/fuzz-$target" "$limit" -max_len=$max -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$build/$target-" -print_final_stats=1 \
        "$work/found" "$work/made/$target" "${stored[@]}" >"$work/log" 2>&1 ||
        { grep -E 'ERROR|SUMMARY|runtime error|^ +#[0-9] |artifact|Test unit' "$work/log" | head -n 20; echo "FAILED: $target"; n_failed=$((n_failed + 1)); }
    echo "$target: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$work/log") inputs"
done
exit $((n_failed > 0))
