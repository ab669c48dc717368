#!/usr/bin/env bash
# The program as a driver gets it, compiled for the instruction sets of the devices that are aimed at.
# usage: test_targets.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
cc=$(command -v clang-15 || command -v clang) || { echo "skipped: no clang here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" selftest --print-source >"$work/program.cl" || { echo "FAILED: eotmc selftest --print-source"; exit 1; }
[ "$(grep -cE '^(EOT_ONE_BY_ONE )?EOT_KERNEL_FN\(' "$work/program.cl")" -ge "$(grep -c '^EOT_KERNEL' "$2/kernels/kernels.def")" ] || { echo "FAILED: kernels are missing in the flattened program"; exit 1; }
n=0
target_compile() { # NAME BACKEND OPTIONS...
    name=$1 backend=$2
    shift 2
    "$cc" --print-targets 2>/dev/null | grep -q "^ *$backend " || [ "$backend" = any ] || { echo "$name: this clang lacks the target, left out"; return 0; }
    "$cc" -x cl -cl-std=CL1.2 -Xclang -cl-ext=+all -Wall -Wextra -Werror -Wno-unused-function -O1 "$@" -o "$work/$name" "$work/program.cl" || { echo "FAILED: the kernels do not compile for $name"; exit 1; }
    [ -s "$work/$name" ] || { echo "FAILED: no output for $name"; exit 1; }
    echo "$name: $(stat -c %s "$work/$name") bytes"
    n=$((n + 1))
}
target_compile spir64 any --target=spir64 -emit-llvm -c
target_compile nvptx64 nvptx64 --target=nvptx64-nvidia-nvcl -S
target_compile amdgcn amdgcn --target=amdgcn-amd-amdhsa -mcpu=gfx906 -nogpulib -S
[ $n -gt 0 ]
