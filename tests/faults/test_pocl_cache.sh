#!/usr/bin/env bash
# PoCL's compiled kernels that are damaged: they are compiled anew, to the same bits, and nothing crashes.
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
unset POCL_CACHE_DIR POCL_KERNEL_CACHE
device=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
[ -n "$device" ] || { echo "skipped: no PoCL here"; exit 77; }
n_failed=0
run() { # FOLDER
    "$eotmc" run "$source/configs/smoke.yaml" --device "$device" --progress none --set output.figures=off -o "$work/$1" --force >"$work/out" 2>&1 </dev/null
    local code=$?
    [ $code -eq 0 ] && grep -o '"tally_sha256": "[0-9a-f]*"' "$work/$1/summary.json" || echo "exit code $code: $(tail -n 1 "$work/out")"
}
wanted=$(run whole)
folder=$work/cache/eotmc/pocl
[ "$(find "$folder" -name '*.so' | wc -l)" -gt 5 ] || { echo "FAILED: $folder has no kernels of PoCL; run: $wanted"; exit 1; }
mv "$folder" "$work/good"
damage() { # WHAT FILE COMMAND...: of the last, the file is the end
    local what=$1 file=$2 found
    shift 2
    rm -rf "$folder"
    cp -r "$work/good" "$folder"
    found=$(find "$folder" -name "$file" | head -1)
    "$@" "$found"
    found=$(run damaged)
    [ "$found" = "$wanted" ] || { echo "FAILED: $file $what: $found"; n_failed=$((n_failed + 1)); }
}
flip() { printf '\377' | dd of="$1" bs=1 seek=5000 conv=notrunc status=none; }
unsealed() { rm "$1.sha256"; truncate -s 4000 "$1"; touch -d '1 hour ago' "$1"; }
damage "emptied" muon.so truncate -s 0
damage "cut off" muon.so truncate -s 10000
damage "cut off" program.bc truncate -s 10000
damage "changed" muon.so flip
damage "cut off, of a killed process" muon.so unsealed
damage "cut off, of a killed process" program.bc unsealed
[ $n_failed -eq 0 ] && echo "damaged kernels of PoCL are compiled anew"
exit $((n_failed > 0))
