#!/usr/bin/env bash
# tools/intel_opencl.sh FOLDER   puts Intel's OpenCL runtime for CPUs (PyPI: intel-opencl-rt and the libraries that it needs, 250 MB) into FOLDER, for tests and
# comparisons; nothing is installed. Then: OCL_ICD_VENDORS=FOLDER/vendors eotmc devices. Where that cannot be done FOLDER/reason says why, and the exit code is 0.
set -u
folder=$1
version=2026.2.0
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 3
[ -f "$folder/vendors/intel.icd" ] && exit 0
rm -rf "$folder/lib" "$folder/vendors" "$folder/reason"
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
give_up() {
    echo "$1" >"$folder/reason"
    echo "Intel's OpenCL runtime: $1" >&2
    exit 0
}
[ "$(uname -m)" = x86_64 ] || give_up "it is for x86-64, this is $(uname -m)"
command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 || give_up "Python with pip is needed to download it, and is not here (Debian: python3-pip)"
timeout 300 python3 -m pip download --quiet --disable-pip-version-check --only-binary=:all: --dest "$wheels" "intel-opencl-rt==$version" "intel-cmplr-lib-rt==$version" \
    >"$wheels/log" 2>&1 || give_up "it could not be downloaded ($(tail -n 1 "$wheels/log"))"
python3 - "$wheels" "$folder" <<'PYTHON' || give_up "its packages could not be unpacked"
import glob, os, sys, zipfile
wheels, folder = sys.argv[1:]
os.makedirs(folder + "/lib", exist_ok=True)
for wheel in glob.glob(wheels + "/*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            base = os.path.basename(name)
            # wheels hold copies for links; the loader of this system is used, not theirs
            is_copy = base == "libcommon_clang.so" or base.startswith("libintelocl.so.") or base.startswith("libOpenCL")
            if ".data/data/lib/" in name and base and not is_copy:
                with archive.open(name) as source, open(folder + "/lib/" + base, "wb") as target:
                    while block := source.read(1 << 20):
                        target.write(block)
PYTHON
missing=$(ldd "$folder/lib/libintelocl.so" | grep 'not found')
[ -z "$missing" ] || give_up "libraries are missing ($(echo $missing))"
mkdir -p "$folder/vendors" && echo "$folder/lib/libintelocl.so" >"$folder/vendors/intel.icd"
