# A copy of the sources in a temporary folder, to try what an addition costs. Source this file, then:
#   scratch_create SOURCE_DIR     copies what eotmc is built from into $scratch; it is removed at exit
#   scratch_build [WORDS...]      configures once and builds the program; its output is in $scratch/log; returns the build's status
# Compilers' results are taken from ccache where there is one.
scratch_create() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir "$scratch/source"
    (cd "$1" && tar cf - --exclude=./build --exclude=./.git --exclude=./results --exclude=./out .) | tar xf - -C "$scratch/source"
}
scratch_build() {
    local launcher=()
    command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
    export CCACHE_BASEDIR=$scratch CCACHE_NOHASHDIR=1
    if [ ! -e "$scratch/build/CMakeCache.txt" ]; then
        cmake -S "$scratch/source" -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF "${launcher[@]}" "$@" >"$scratch/log" 2>&1 || return 1
    fi
    cmake --build "$scratch/build" --target eotmc -j"$(nproc)" >"$scratch/log" 2>&1
}
