#!/usr/bin/env bash
# tests/intel/run.sh FOLDER PROGRAM ARGUMENTS...   runs a program with Intel's OpenCL runtime in FOLDER as the only one (see tools/intel_opencl.sh).
folder=$1
shift
if [ ! -f "$folder/vendors/intel.icd" ]; then
    echo "skipped: no Intel runtime in $folder ($(cat "$folder/reason" 2>/dev/null || echo "tools/intel_opencl.sh puts it there"))"
    exit 77
fi
export OCL_ICD_VENDORS=$folder/vendors
exec "$@"
