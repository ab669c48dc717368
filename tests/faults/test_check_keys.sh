#!/usr/bin/env bash
# `eotmc check` on every key x the values at and beyond its edges, of other kinds, absent, twice: see check_keys.py.
eotmc=$1 source=$2
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$source/tests/faults/check_keys.py" "$eotmc" "$source" "$work" "${EOT_KEYS_SHARE:-0}" "${EOT_KEYS_OF:-1}" # by default all of them, in half a minute
