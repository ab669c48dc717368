#!/usr/bin/env bash
# The layout of the sources is that of .clang-format (version 14, as Debian 12 has it), and no line is over 120 columns.
# usage: test_format.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
cd "$2" || exit 1
sources=$(find host include kernels tests tools bench -name '*.[ch]' -o -name '*.cl' -o -name '*.cc' | sort)
long=$(awk 'length > 120 {print FILENAME ":" FNR ": a line of " length " columns"}' $sources $(find host include kernels -name '*.def'))
[ -z "$long" ] || { echo "$long"; echo "FAILED: lines over 120 columns"; exit 1; }
formatter=$(command -v clang-format-14 || command -v clang-format) || { echo "skipped: no clang-format here"; exit 77; }
"$formatter" --version | grep -q 'version 14\.' || { echo "skipped: $("$formatter" --version) lays out otherwise than version 14"; exit 77; }
printf '%s\n' $sources | xargs -P "$(nproc)" -n 40 "$formatter" --dry-run -Werror || { echo "FAILED: run clang-format -i on these"; exit 1; }
echo "$(echo "$sources" | wc -l) files are laid out as .clang-format says"
