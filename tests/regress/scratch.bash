# Tools for tests that change a copy of the sources and build it.
#   scratch_create SOURCE_DIR FOLDER   copy the sources to FOLDER and configure a build in FOLDER/build
#   scratch_apply FOLDER DOCUMENT      apply the fenced blocks of a document, see below
#   scratch_build FOLDER TARGET        build; the messages are in FOLDER/build.log
#   scratch_check FOLDER FILE.c        whether a source compiles, without building it; the messages are in FOLDER/check.log
# Blocks: the word after ``` and the language says what is done with a block's text.
#   file=PATH               it is a new file
#   append=PATH             it goes to the end of PATH
#   insert=PATH after=LINE  it goes behind the line of PATH that reads LINE
scratch_create() {
    mkdir -p "$2/sources" && cp -r "$1"/{CMakeLists.txt,cmake,configs,host,include,kernels,tests,tools} "$2/sources/" || return 1
    [ ! -d "$1/bench" ] || cp -r "$1/bench" "$2/sources/"
    local options=(-DBUILD_TESTING=ON -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_C_FLAGS_DEBUG=-O0")
    command -v ninja >/dev/null && options+=(-G Ninja)
    command -v ccache >/dev/null && options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
    # Objects of the same text in another folder of the same depth are found again by ccache.
    export CCACHE_BASEDIR=$2 CCACHE_NOHASHDIR=1
    cmake -S "$2/sources" -B "$2/build" "${options[@]}" >"$2/configure.log" 2>&1
}
scratch_build() { cmake --build "$1/build" --target "$2" -j "$(nproc)" >"$1/build.log" 2>&1; }
scratch_check() {
    "${CC:-cc}" -std=gnu11 -fsyntax-only -Werror=switch -Werror=implicit-function-declaration -DEOT_REAL_DOUBLE -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120 \
        -I"$1/sources/include" -I"$1/sources/host" -I"$1/build/generated" "$1/sources/$2" >"$1/check.log" 2>&1
}
scratch_apply() {
    local folder=$1/sources instruction path after line
    local block n=0
    while IFS= read -r line; do
        if [[ -z ${instruction-} ]]; then
            if [[ $line =~ ^\`\`\`[a-z]*\ +((file|append|insert)=.*)$ ]]; then
                instruction=${BASH_REMATCH[1]} block=
            fi
        elif [[ $line == '```' ]]; then
            path=${instruction#*=} after=${instruction#* after=} path=${path%% *}
            case $instruction in
            file=*)
                [ ! -e "$folder/$path" ] || { echo "$path is there already"; return 1; }
                mkdir -p "$(dirname "$folder/$path")"
                printf '%s' "$block" >"$folder/$path"
                ;;
            append=*) printf '%s' "$block" >>"$folder/$path" ;;
            insert=*)
                grep -qxF -- "$after" "$folder/$path" || { echo "$path has no line '$after'"; return 1; }
                printf '%s' "$block" >"$1/block"
                awk -v after="$after" -v file="$1/block" '{ print } $0 == after { while ((getline text < file) > 0) print text }' "$folder/$path" >"$1/changed" &&
                    cp "$1/changed" "$folder/$path"
                ;;
            esac
            instruction=
            n=$((n + 1))
        else
            block+=$line$'\n'
        fi
    done <"$2"
    [ $n -gt 0 ] || { echo "$2 has no block to apply"; return 1; }
    echo "$n blocks of $(basename "$2") applied"
}
