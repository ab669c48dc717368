#!/usr/bin/env bash
# host/ without a warning under gcc and clang: their front ends only, with the build's own options.
# usage: test_warnings.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
commands="$3/compile_commands.json"
[ -f "$commands" ] || { echo "skipped: no compile_commands.json (the generator does not write one)"; exit 77; }
list=$(sed -nE 's/^ *"command": "(.*)",?$/\1/p' "$commands" | sed 's/\\"/"/g; s/\\\\/\\/g' | grep -E " -c [^ ]*/(host|tools)/[^ ]*$")
[ -n "$list" ] || { echo "FAILED: no commands for host/ in $commands"; exit 1; }
n=0
for compiler in gcc "$(command -v clang-15 || command -v clang || echo clang)"; do
    command -v "$compiler" >/dev/null || { echo "no $compiler here: its part is left out"; continue; }
    echo "$list" | sed -E "s|^[^ ]+|$compiler|; s| -o [^ ]+||; s| -M[DTF]( [^ -][^ ]*)?||g; s| -c ([^ ]+)\$| -fsyntax-only -Wall -Wextra -Wconversion -Wshadow -Werror \1|" |
        tr '\n' '\0' | xargs -0 -P "$(nproc)" -I{} sh -c '{}' || { echo "FAILED: warnings of $compiler"; exit 1; }
    n=$((n + 1))
done
echo "$(echo "$list" | wc -l) files without a warning under $n compilers"
[ $n -gt 0 ] || exit 77
