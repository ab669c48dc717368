#!/usr/bin/env bash
# One run of the workflow: begun, gone on with where it was stopped, or begun again where the folder has the run of another
# configuration. usage: run.sh EOTMC CONFIG FOLDER [--set KEY=VALUE]...
set -u
eotmc=$1 config=$2 folder=$3
shift 3
log=$(mktemp) && trap 'rm -f "$log"' EXIT
"$eotmc" run "$config" -o "$folder" --resume --progress none "$@" 2>"$log"
status=$?
if [ $status -ne 0 ] && grep -q 'of another configuration' "$log"; then
    echo "run.sh: $folder has the run of another configuration, which is begun again" >&2
    "$eotmc" run "$config" -o "$folder" --force --progress none "$@"
    status=$?
else
    cat "$log" >&2
fi
exit $status
