#!/usr/bin/env bash
# Comments name only files that exist: by their path from the root, from host/ or include/, or by the end of it; <name> and * stand for any text.
# usage: test_comments.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
cd "$2" || exit 1
made='embedded.c kernel_sources.h table_sources.h version.h' # by the build
written='effective-config.yaml'                              # by a run
elsewhere='expf.c logf.c sinf.c cuda.h nvrtc.h'              # mathematical functions of ARM's optimized routines; CUDA's toolkit
other='h.c'                                                  # "and the Hermitian conjugate"
files=$(find . -path ./.git -prune -o -path './build*' -prune -o -type f -print | sed 's|^\./||')
sources=$(find host include kernels tests tools -name '*.[ch]' -o -name '*.cl' -o -name '*.def' -o -name '*.cc')
names=$(awk -f tests/lint/comments.awk $sources)
[ "$(grep -c . <<<"$names")" -gt 100 ] || { echo "FAILED: only $(grep -c . <<<"$names") names are found in comments"; exit 1; }
missing=$({ echo "$files" | sed 's|^|= |'; echo "$names" | grep -vE -- " ($(echo $made $written $elsewhere $other | sed 's/ /|/g'))\$"; } | awk '
    $1 == "=" { path[++n] = "/" $2; end = $2; while (1) { known[end] = 1; if (!sub(/^[^\/]*\//, "", end)) break }; next }
    $2 in known { next }
    $2 ~ /[<*{]/ { pattern = $2; gsub(/\./, "[.]", pattern); gsub(/<[^>]*>|\*/, "[^/]*", pattern); gsub(/\{[^}]*\}/, "[^/]*", pattern)
        for (i = 1; i <= n; i++) if (path[i] ~ "/" pattern "$") next }
    { print $1 ": there is no " $2 }')
own=$(awk 'match($0, /@file [^ ]+/) { name = substr($0, RSTART + 6, RLENGTH - 6); base = FILENAME; sub(/.*\//, "", base); if (name != base) print FILENAME ": calls itself " name }' $sources)
[ -z "$missing$own" ] || { printf '%s\n' "$missing" "$own" | grep .; echo "FAILED: comments name files that do not exist"; exit 1; }
echo "$(grep -c . <<<"$names") names of files in comments exist"
