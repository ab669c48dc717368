#!/usr/bin/env bash
# tools/python_packages.sh KIND FOLDER   makes a virtual environment of Python in FOLDER with packages (PyPI) that tests need; nothing is installed elsewhere. Where
# that cannot be done FOLDER/reason says why, and the exit code is 0. KIND is
#   pyhf      pyhf and the validator of HEPData, for tests that compare limits
#   readers   what others read our results with, and what checks the published schemas
set -u
[ $# -eq 2 ] || { sed -n "2,/^set/s/^# //p" "$0" >&2; exit 2; }
kind=$1 folder=$2
case $kind in
pyhf) packages="pyhf==0.7.6 iminuit==2.33.0 hepdata-validator==0.3.6" ;;
readers) packages="uhi[hdf5,schema] hist boost-histogram h5py pandas pyhepmc mcpl jsonschema pyyaml" ;;
*) echo "python_packages.sh: '$kind' is neither pyhf nor readers" >&2; exit 2 ;;
esac
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 3
[ "$(cat "$folder/packages" 2>/dev/null)" = "$packages" ] && exit 0
rm -rf "$folder"/* # an older one, or half of one
give_up() {
    rm -rf "$folder"/*
    echo "$1" >"$folder/reason"
    echo "$kind: $1" >&2
    exit 0
}
command -v python3 >/dev/null || give_up "Python is needed, and is not here (Debian: python3-venv)"
python3 -m venv "$folder" >"$folder/log" 2>&1 || give_up "no virtual environment can be made here (Debian: python3-venv)"
# shellcheck disable=SC2086 # a list of packages
timeout 300 "$folder/bin/python" -m pip install --quiet --disable-pip-version-check $packages >"$folder/log" 2>&1 ||
    give_up "it could not be downloaded ($(tail -n 1 "$folder/log"))"
echo "$packages" >"$folder/packages"
