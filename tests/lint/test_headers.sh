#!/usr/bin/env bash
# Every shared header alone, in each dialect that it must compile in: C11 in single and double precision with gcc and clang, and OpenCL C 1.2 and 3.0.
# usage: test_headers.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
cd "$2" || exit 1
warnings="-Werror -Wall -Wextra -Wpedantic -Wconversion -Wdouble-promotion -Wshadow"
header_compile() { # HEADER COMMAND...
    header=$1
    shift
    printf '#include "%s"\n' "${header#include/}" | "$@" -Iinclude -fsyntax-only - 2>&1 | sed "s|^|[$(basename "$1") ${header}] |"
    return "${PIPESTATUS[1]}"
}
export -f header_compile
jobs=()
clang=$(command -v clang-15 || command -v clang || echo clang)
for compiler in gcc "$clang"; do
    command -v "$compiler" >/dev/null || { echo "no $compiler here: its part is left out"; continue; }
    for precision in "" -DEOT_REAL_DOUBLE; do jobs+=("$compiler -x c -std=c11 $warnings $precision"); done
done
command -v "$clang" >/dev/null && for standard in CL1.2 CL3.0; do
    jobs+=("$clang -x cl -cl-std=$standard --target=spir64 -Xclang -cl-ext=+all -Werror -Wall -Wextra -Wconversion -Wdouble-promotion -Wshadow")
done
[ ${#jobs[@]} -gt 0 ] || { echo "no compiler"; exit 77; }
headers=$(find include/eotmc -name '*.h' | sort)
for job in "${jobs[@]}"; do
    for header in $headers; do
        [[ $job == *EOT_REAL_DOUBLE* ]] && grep -q 'error "single precision only' "$header" && continue
        printf '%s %s\n' "$header" "$job"
    done
done | xargs -P "$(nproc)" -I{} bash -c 'header_compile {}' || { echo "FAILED: a shared header does not compile alone (see above)"; exit 1; }
echo "$(echo "$headers" | wc -w) headers compile alone in ${#jobs[@]} dialects"
