#!/usr/bin/env bash
# Sizes that a reader can hold: a file has at most 600 lines, a function at most 120 lines and 8 parameters. test_format.sh has the columns.
# usage: test_sizes.sh EOTMC SOURCE_DIR BUILD_DIR
# Exempt: eot_lanes_advance, whose loop over lanes is one piece because compilers vectorise it as one; kernels, whose parameters are their buffers; functions
# of the drivers of CUDA and OpenCL in what the tests put in their place, whose parameters are the drivers'.
set -u
cd "$2" || exit 1
sources=$(find host include kernels tests tools -name '*.[ch]' -o -name '*.cl' -o -name '*.cc' | sort)
others=$(find host include kernels -name '*.def'; find tests tools bench cmake quickstart CMakeLists.txt -name '*.sh' -o -name '*.bash' -o -name '*.awk' -o -name '*.cmake' -o -type f ! -name '*.*' -o -name CMakeLists.txt)
fixture=$(mktemp -d)
trap 'rm -rf "$fixture"' EXIT
{ # what it must see: lengths and parameters behind texts, characters and comments with braces
    printf 'static int one(int a, /* { , */ char b,\n               int (*c)(int, int)) {\n    return b == \047{\047 || a == "},{"[0]; // }\n}\n'
    printf 'static const char *const NAME[] = {"a",\n    "b"};\nint two(void) { return 0; }\n__kernel void three(int a, int b) {\n}\n'
} >"$fixture/f.c"
seen=$(awk -f tests/lint/functions.awk "$fixture/f.c" | cut -d: -f2- | tr '\n' ';')
[ "$seen" = "1 one 4 3;7 two 1 0;8 three 2 2 kernel;" ] || { echo "FAILED: tests/lint/functions.awk sees $seen"; exit 1; }
functions=$(awk -f tests/lint/functions.awk $sources)
[ "$(grep -c . <<<"$functions")" -gt 1000 ] && grep -q ' eot_lanes_advance [0-9]' <<<"$functions" || { echo "FAILED: $(grep -c . <<<"$functions") functions are found, too few"; exit 1; }
found=$(
    awk 'FNR == 601 {print FILENAME ": more than 600 lines"}' $sources $others
    awk '$3 > 120 && $2 != "eot_lanes_advance" { print $1 ": " $2 " has " $3 " lines (at most 120)" }
        $4 > 8 && $5 != "kernel" && $2 !~ /^(cu|cl)[A-Z]|^WRAP/ { print $1 ": " $2 " has " $4 " parameters (at most 8; pass a struct)" }' <<<"$functions"
)
[ -z "$found" ] || { echo "$found"; echo "FAILED: $(grep -c . <<<"$found") places are too large"; exit 1; }
echo "$(wc -w <<<"$sources $others") files with $(grep -c . <<<"$functions") functions keep the sizes"
