#!/bin/sh
# PTX of a kernel as a library that the fake driver loads. usage: ptx_run.sh KERNEL.ptx KERNEL.so
# FAKE_CUDA_PTX_CACHE: a folder in which libraries of texts already seen are kept. With FAKE_CUDA_WARPS it runs in warps (ptx_to_warp.py).
set -eu
here=$(dirname "$0")
translate=ptx_to_c.py
[ -z "${FAKE_CUDA_WARPS:-}" ] || translate=ptx_to_warp.py
made=${FAKE_CUDA_PTX_CACHE:?}/$translate.$(sha256sum <"$1" | cut -c1-32).so
if [ ! -e "$made" ]; then
    python3 "$here/$translate" "$1" >"$1.c"
    fma=$(grep -qw fma /proc/cpuinfo && echo -mfma || true)
    ${CC:-cc} -O1 -w -Werror=incompatible-pointer-types -I"$here" -ffp-contract=off -fno-strict-aliasing -fno-math-errno $fma -fPIC -shared -o "$made.$$" "$1.c" -lm
    mv "$made.$$" "$made"
fi
ln -s "$made" "$2"
