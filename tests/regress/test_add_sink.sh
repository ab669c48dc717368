#!/usr/bin/env bash
# A new form of output is one file and one row of host/output/sinks.def; a row without its function, or with a column left out, does not compile.
# usage: test_add_sink.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
source=$2
. "$source/tests/regress/scratch.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*"
    tail -n 30 "$work/configure.log" "$work/build.log" "$work/run.log" 2>/dev/null
    exit 1
}
scratch_create "$source" "$work" || fail "the copy does not configure"
rows=$work/sources/host/output/sinks.def
cp "$rows" "$work/rows"
with_row() { { cat "$work/rows"; echo "$1"; } >"$rows"; }
refused() { # WHY PATTERN
    ! scratch_build "$work" eotmc || fail "$1 compiles"
    grep -qE -- "$2" "$work/build.log" || fail "$1 does not compile, but the build does not say '$2'"
}
run() { # FOLDER
    "$work/build/eotmc" run "$source/configs/smoke.yaml" --device host --progress none --set sampling.eot=16 --set sampling.batch=8 --set scoring.showers=0 --set output.figures=off \
        -o "$work/$1" >"$work/run.log" 2>&1 || fail "the run ends with $?"
}
cat >"$work/sources/host/output/count.c" <<'C'
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "output/output.h"
#include "output/sinks.h"

enum eot_status eot_output_count(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_error *err) {
    char text[96];
    snprintf(text, sizeof text, "%s %" PRIu64 "\n", config->name, result->primaries[0][1] - result->primaries[0][0]);
    return eot_output_write_file(folder, "count.txt", text, strlen(text), err);
}
C
with_row 'EOT_SINK(count, "count.txt", config->sampling.eot < 17, RESULT, eot_output_count)'
scratch_build "$work" eotmc || fail "one file and one row do not compile"
run on
[ "$(cat "$work/on/count.txt" 2>/dev/null)" = "smoke 16" ] || fail "no count.txt with the number of primaries: $(ls "$work/on")"
for file in summary.json result.h5 effective-config.yaml; do [ -s "$work/on/$file" ] || fail "no $file beside it"; done

with_row 'EOT_SINK(count, "count.txt", config->sampling.eot > 17, RESULT, eot_output_count)'
scratch_build "$work" eotmc || fail "the row with another condition does not compile"
run off
[ -s "$work/off/summary.json" ] && [ ! -e "$work/off/count.txt" ] || fail "a row that is not enabled writes its file"

with_row 'EOT_SINK(count, "count.txt", RESULT, eot_output_count)'
refused "a row with a column left out" 'EOT_SINK.*requires 5 arguments|too few arguments'
with_row 'EOT_SINK(count, "count.txt", true, RESULT, eot_output_missing_writer)'
refused "a row without its function" 'eot_output_missing_writer'
echo "a sink is one file and one row"
