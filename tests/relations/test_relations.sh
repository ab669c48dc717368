#!/usr/bin/env bash
# Ten random set-ups with a fixed seed, and their images: moved, turned, mirrored, cut in two. More of them, with fresh seeds:
#   python3 tests/relations/relations.py build/eotmc --seed 1000 --n 100
# usage: test_relations.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
command -v python3 >/dev/null || { echo "skipped: no python3 here (./quickstart test installs it)"; exit 77; }
exec python3 "$2/tests/relations/relations.py" "$1" --seed 1 --n 10
