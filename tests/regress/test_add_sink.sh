#!/usr/bin/env bash
# A new form of output is one file and one row of host/output/sinks.def; a row without its function, or with a column left out, does not compile.
# usage: test_add_sink.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
. "$2/tests/regress/scratch.bash"
scratch_copy "$2"
rows=$scratch/source/host/output/sinks.def
cp "$rows" "$scratch/rows"
cat >"$scratch/source/host/output/count.c" <<'C'
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
run() { # FOLDER
    "$scratch/build/eotmc" run "$scratch/source/configs/smoke.yaml" --device host --progress none --set sampling.eot=16 --set sampling.batch=8 --set scoring.showers=0 --set output.figures=off \
        -o "$scratch/$1" >"$scratch/log" 2>&1 || scratch_fail "the run ends with $?"
}
echo 'EOT_SINK(count, "count.txt", config->sampling.eot < 17, eot_output_count)' >>"$rows"
scratch_build || scratch_fail "one file and one row do not compile"
run on
[ "$(cat "$scratch/on/count.txt" 2>/dev/null)" = "smoke 16" ] || scratch_fail "no count.txt with the number of primaries: $(ls "$scratch/on")"
for file in summary.json result.h5 effective-config.yaml; do [ -s "$scratch/on/$file" ] || scratch_fail "no $file beside it"; done

{ cat "$scratch/rows"; echo 'EOT_SINK(count, "count.txt", config->sampling.eot > 17, eot_output_count)'; } >"$rows"
scratch_build || scratch_fail "the row with another condition does not compile"
run off
[ -s "$scratch/off/summary.json" ] && [ ! -e "$scratch/off/count.txt" ] || scratch_fail "a row that is not enabled writes its file"

{ cat "$scratch/rows"; echo 'EOT_SINK(count, "count.txt", eot_output_count)'; } >"$rows"
scratch_expect_error "a row with a column left out" 'EOT_SINK.*requires 4 arguments|too few arguments'
{ cat "$scratch/rows"; echo 'EOT_SINK(count, "count.txt", true, eot_output_missing_writer)'; } >"$rows"
scratch_expect_error "a row without its function" 'eot_output_missing_writer'
echo "a sink is one file and one row"
