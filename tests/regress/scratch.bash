# A copy of the sources that a test can change and build: what an addition costs is tried, not claimed. Source this file, then call
#   scratch_copy SOURCE_DIR   a copy in $scratch/source; $scratch is a new temporary folder, removed when the test ends
#   scratch_build             builds the program eotmc there (not optimised) as $scratch/build/eotmc; fails where it does not compile
#   scratch_expect_error WHY PATTERN   the build must fail, and say PATTERN
#   scratch_fail WHY          ends the test, with the end of the build's log
scratch_fail() {
    echo "FAILED: $*"
    [ ! -s "$scratch/log" ] || tail -n 30 "$scratch/log"
    exit 1
}
scratch_copy() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch/source/tests"
    (cd "$1" && cp -r CMakeLists.txt cmake host include kernels tools configs "$scratch/source/" && cp -r tests/reference "$scratch/source/tests/") || scratch_fail "cannot copy the sources"
}
scratch_build() {
    if [ ! -f "$scratch/build/CMakeCache.txt" ]; then
        local options=(-DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Scratch -DCMAKE_C_FLAGS=-O0)
        command -v ninja >/dev/null && options+=(-G Ninja)
        command -v ccache >/dev/null && options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
        cmake -S "$scratch/source" -B "$scratch/build" "${options[@]}" >"$scratch/log" 2>&1 || return 1
    fi
    CCACHE_BASEDIR=$scratch CCACHE_NOHASHDIR=1 cmake --build "$scratch/build" --target eotmc --parallel "$(nproc)" >"$scratch/log" 2>&1
}
scratch_expect_error() { # WHY PATTERN
    ! scratch_build || scratch_fail "$1 compiles"
    grep -qE -- "$2" "$scratch/log" || scratch_fail "$1 does not compile, but the build does not say '$2'"
}
