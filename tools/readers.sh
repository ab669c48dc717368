#!/usr/bin/env bash
# tools/readers.sh FOLDER   makes a virtual environment of Python in FOLDER with the packages that others read our results with (uhi, hist, boost-histogram, h5py,
# pandas, pyhepmc, mcpl; jsonschema and pyyaml for the published schemas), for tests/cli/test_readers.sh; nothing is installed elsewhere. Where that cannot be done FOLDER/reason says
# why, and the exit code is 0.
set -u
folder=$1
packages="uhi[hdf5,schema] hist boost-histogram h5py pandas pyhepmc mcpl jsonschema pyyaml"
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 3
[ "$(cat "$folder/packages" 2>/dev/null)" = "$packages" ] && exit 0
rm -rf "$folder"/* # an older one, or half of one
give_up() {
    rm -rf "$folder"/*
    echo "$1" >"$folder/reason"
    echo "readers: $1" >&2
    exit 0
}
command -v python3 >/dev/null || give_up "Python is needed, and is not here (Debian: python3-venv)"
python3 -m venv "$folder" >"$folder/log" 2>&1 || give_up "no virtual environment can be made here (Debian: python3-venv)"
# shellcheck disable=SC2086 # a list of packages
timeout 300 "$folder/bin/python" -m pip install --quiet --disable-pip-version-check $packages >"$folder/log" 2>&1 ||
    give_up "it could not be downloaded ($(tail -n 1 "$folder/log"))"
echo "$packages" >"$folder/packages"
