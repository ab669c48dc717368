#!/usr/bin/env bash
# One run of the workflow: begun, gone on with where it was stopped, or begun again where the folder has the run of another
# configuration. A run that is stopped is waited for, and keeps its checkpoint but no summary.json, which is what says that it
# is done. usage: run.sh EOTMC CONFIG FOLDER [--set KEY=VALUE]...
set -u
eotmc=$1 config=$2 folder=$3
shift 3
log=$(mktemp) && trap 'rm -f "$log"' EXIT
child=""
trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT HUP
follow() { # OPTION...: the program in this folder, until it has ended; signals are passed on
    "$eotmc" run "$config" -o "$folder" --progress none "$@" &
    child=$!
    wait "$child"
    status=$?
    while kill -0 "$child" 2>/dev/null; do
        wait "$child"
        status=$?
    done
    child=""
    [ $status -eq 0 ] || rm -f "$folder/summary.json"
}
follow --resume "$@" 2>"$log"
if [ $status -ne 0 ] && grep -q 'of another configuration' "$log"; then
    echo "run.sh: $folder has the run of another configuration, which is begun again" >&2
    follow --force "$@"
else
    cat "$log" >&2
fi
exit $status
