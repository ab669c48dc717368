#!/usr/bin/env bash
# The rules that no compiler knows: directions of includes, words that do not mean the same in C11 and OpenCL C, literals of double precision.
# usage: test_rules.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
cd "$2" || exit 1
found=$(mktemp)
trap 'rm -f "$found"' EXIT
broken() { echo "$*" | tee -a "$found"; } # a file, since most callers are the last part of a pipe
each() { while IFS= read -r line; do [ -z "$line" ] || broken "$1: $line"; done; }
# A file without comments and texts, line numbers kept: file:line:code.
code() {
    for f in "$@"; do
        sed -E 's,//.*,,; s,"([^"\\]|\\.)*","",g' "$f" | awk -v file="$f" '
            { out = ""; text = $0
              while (text != "") {
                  if (inside) { i = index(text, "*/"); if (i == 0) { text = "" } else { inside = 0; text = substr(text, i + 2) } }
                  else { i = index(text, "/*"); if (i == 0) { out = out text; text = "" } else { out = out substr(text, 1, i - 1); inside = 1; text = substr(text, i + 2) } }
              }
              print file ":" NR ":" out }'
    done
}
includes() { grep -nE '^ *# *include' "$@" /dev/null; }
host=$(find host -name '*.c' -o -name '*.h')
shared=$(find include/eotmc -name '*.h')
kernels=$(ls kernels/*.cl)

# --- who may include what
includes $host | grep -E 'CL/' | grep -v '^host/device/' | each "OpenCL outside of host/device"
includes $host | grep -E '<gsl/' | grep -vE '^host/(physics|table|analysis|limit|study)/|^host/main\.c' | each "GSL outside of host/physics, host/table, host/analysis, host/limit, host/study, host/main.c"
includes $host | grep -E '<yaml\.h>' | grep -vE '^host/config/' | each "libyaml outside of host/config"
includes $shared $kernels | grep -vE '"(eotmc/[a-z0-9_/]+\.(h|def)|[a-z0-9_]+\.def|[a-z0-9_]+\.h)"' | grep -v '^include/eotmc/base/portable\.h' | each "shared code includes only \"eotmc/...\""
includes $shared | grep -vE '"eotmc/' | grep -v '^include/eotmc/base/portable\.h' | each "shared headers include only \"eotmc/...\""
# --- arrows between folders and circles of files (tests/lint/includes.awk)
sources=$(find host include kernels tools -name '*.[ch]' -o -name '*.cl' -o -name '*.def')
awk -f tests/lint/includes.awk tests/lint/arrows.txt $sources | each "include"

# --- kernels: those of the jobs of bench/gpu-check are compiled for a card that has no compiler
other=' arrivals crossings muon_leg state_crossings shower_crossings beam_crossings conversion_crossings hadron_crossings toys matrix_product '
for kernel in $(sed -n 's/^EOT_KERNEL(\([a-z_]*\),.*/\1/p' kernels/kernels.def); do
    case $other in *" $kernel "*) continue ;; esac
    grep -qE -- "--kernel $kernel( |\"|\$)" bench/gpu-check || broken "bench/gpu-check does not compile the kernel $kernel (is it one of other jobs? then name it in $0)"
done

# --- words
all_shared=$(echo "$shared"; echo "$kernels")
device_code=$(code $(echo "$all_shared" | grep -v '^include/eotmc/base/portable\.h'))
calls='min|max|clamp|mix|select|mad|mad24|mul24|mul_hi|rsqrt|sincos|step|cross|dot|sign|distance|length|normalize|radians|degrees|smoothstep|lround|nearbyint|fpclassify|printf|native_[a-z0-9]+|half_[a-z0-9]+|convert_[a-z0-9_]+|as_[a-z0-9]+'
echo "$device_code" | grep -E "(^|[^A-Za-z0-9_])($calls) *\(" | each "means something else, or nothing, in the other dialect"
echo "$device_code" | grep -E '(^|[^A-Za-z0-9_.])(M_PI|goto|_Generic|_Static_assert|bool|size_t|long|ulong|uint|I|(float|double|int|uint|long|ulong)(2|3|4|8|16))([^A-Za-z0-9_]|$)' | grep -vE 'get_global_(id|size)' |
    each "forbidden word in shared code"
library='log|log2|log10|log1p|exp|exp2|exp10|expm1|pow|pown|powr|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|erf|erfc|cbrt|hypot|tgamma|lgamma|fmod|remainder|round|rint|ldexp|frexp'
echo "$device_code" | grep -v '^include/eotmc/math/elementary\.h' | grep -E "(^|[^A-Za-z0-9_])($library) *\(" | each "library function (use eotmc/math/elementary.h)"
# literals of double precision: R(1.5), D(1.5) and 1.5f are removed first
echo "$device_code" | sed -E 's/(^|[^A-Za-z0-9_])[RD]\([-+]?[0-9.]+([eE][-+]?[0-9]+)?\)/\1/g; s/([^A-Za-z0-9_.]|^)([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?f/\1/g' |
    grep -E ':[0-9]+:.*(^|[^A-Za-z0-9_.])([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)' | each "double literal without R(), D() or f"
code $host | grep -vE '^host/(main|base/apart|base/interrupt)\.c' | grep -E '(^|[^A-Za-z0-9_])(exit|_exit|quick_exit) *\(' | each "exit() outside of host/main.c (and of a child, and where a signal ends a call that does not come back)"
code $host | grep -E 'fast-?math|-cl-unsafe|-cl-mad|finite-math' | each "fast-math switch"
grep -nE -- '-ffast-math|-cl-fast|-cl-unsafe|-cl-mad-enable|finite-math' CMakeLists.txt host/device/* | grep -v 'Never' | each "fast-math switch"

[ ! -s "$found" ] || { echo "FAILED: $(wc -l <"$found") places against the rules"; exit 1; }
echo "$(echo "$all_shared" | wc -l) shared and $(echo "$host" | wc -l) host files keep the rules"
