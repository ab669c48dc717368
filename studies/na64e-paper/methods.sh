#!/usr/bin/env bash
# A differential cross section by the exact tree level, WW and IWW beside each other, as CSV.
# usage: methods.sh EOTMC OPTIONS of `eotmc xs`
set -euo pipefail
eotmc=$1
shift
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
for method in etl ww iww; do "$eotmc" xs --method $method --format csv "$@" >"$folder/$method"; done
n=$(($(head -n 1 "$folder/etl" | tr ',' '\n' | wc -l) - 1)) # the last column is the integration's error
paste -d, <(cut -d, -f1-$n "$folder/etl" | sed '1s/[^,]*$/etl_pb/') <(cut -d, -f$n "$folder/ww" | sed '1s/.*/ww_pb/') \
    <(cut -d, -f$n "$folder/iww" | sed '1s/.*/iww_pb/')
